/* SPDX-License-Identifier: GPL-2.0 */
/* The values that the administrator gave to booleans. */
#ifndef BULKHEAD_BOOLEANS_H
#define BULKHEAD_BOOLEANS_H

#include <stdbool.h>
#include <stddef.h>

#include "error.h"
#include "policy.h"

#define BH_BOOLEANS_PATH "/etc/bulkhead/booleans"

/**
 * bh_booleans_parse() - Read lines of NAME=on or NAME=off.
 * @text:     The text; `#` starts a comment.
 * @name:     What messages call it.
 * @booleans: Receives the values in order, freed by free().
 * @nr:       Receives their number.
 * @error:    Receives name:line and what is wrong there.
 *
 * Return: 0; -EINVAL; -ENOMEM.
 */
int bh_booleans_parse(const char *text, const char *name, struct bh_boolean **booleans, size_t *nr,
		      struct bh_error *error);

/**
 * bh_booleans_read() - Read BH_BOOLEANS_PATH; a missing file is an empty one.
 * @booleans: As bh_booleans_parse().
 * @nr:       As bh_booleans_parse().
 * @error:    As bh_booleans_parse().
 *
 * Return: As bh_booleans_parse() and bh_trusted_read().
 */
int bh_booleans_read(struct bh_boolean **booleans, size_t *nr, struct bh_error *error);

/**
 * bh_booleans_write() - Write BH_BOOLEANS_PATH.
 * @booleans: Values.
 * @nr:       Their number.
 * @error:    Receives why not.
 *
 * Return: As bh_trusted_write().
 */
int bh_booleans_write(const struct bh_boolean *booleans, size_t nr, struct bh_error *error);

/**
 * bh_boolean_parse() - Read NAME=on or NAME=off.
 * @text:    The text.
 * @boolean: Receives name and value.
 *
 * Return: 0, or -EINVAL.
 */
int bh_boolean_parse(const char *text, struct bh_boolean *boolean);

/**
 * bh_boolean_find() - Find a boolean by name.
 * @booleans: Booleans.
 * @nr:       Their number.
 * @name:     The name.
 *
 * Return: The boolean, NULL when there is none.
 */
struct bh_boolean *bh_boolean_find(const struct bh_boolean *booleans, size_t nr, const char *name);

#endif /* BULKHEAD_BOOLEANS_H */
