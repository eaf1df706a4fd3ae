/* SPDX-License-Identifier: GPL-2.0 */
/* BASE: the policy texts that the host's administrator installed. */
#ifndef BULKHEAD_BASE_H
#define BULKHEAD_BASE_H

#include <stddef.h>

#include "error.h"
#include "policy.h"

#define BH_BASE_DIR "/usr/share/bulkhead/policy"
#define BH_BASE_ENV "BULKHEAD_BASE" /* names another directory */

struct bh_base {
	struct bh_source *source; /* in the order of the file `order` */
	size_t nr_source;
};

/**
 * bh_base_read() - Read the texts of BASE.
 * @dir:   Directory with the file `order` and the texts that it lists, a name a line
 *         (# starts a comment); NULL: $BULKHEAD_BASE, or else BH_BASE_DIR.
 * @base:  Receives the texts; freed by bh_base_free(). Empty on error.
 * @error: Receives which file could not be read, and why.
 *
 * Return: 0; -EINVAL @dir lists nothing; else the -errno of the file that failed.
 */
int bh_base_read(const char *dir, struct bh_base *base, struct bh_error *error);

/**
 * bh_base_free() - Free the texts of BASE.
 * @base: From bh_base_read(); may be empty.
 */
void bh_base_free(struct bh_base *base);

/**
 * bh_source_read() - Read one text.
 * @path:   File to read; also becomes the text's name.
 * @max:    Bytes that it may have.
 * @source: Receives the text; freed by bh_source_free(). Zeroed on error.
 * @error:  Receives the path and the reason.
 *
 * Return: 0; -E2BIG it has more than @max bytes; -ENOMEM; -EISDIR and other -errno of
 *         open(2) and read(2).
 */
int bh_source_read(const char *path, size_t max, struct bh_source *source, struct bh_error *error);

/**
 * bh_source_free() - Free one text and its name.
 * @source: From bh_source_read(); may be zeroed.
 */
void bh_source_free(struct bh_source *source);

#endif /* BULKHEAD_BASE_H */
