/* SPDX-License-Identifier: GPL-2.0 */
/* bulkhead.conf: the host's mode, what is asked, and which volumes are shared or private. */
#ifndef BULKHEAD_CONF_H
#define BULKHEAD_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"

#define BH_CONF_PATH "/etc/bulkhead/bulkhead.conf"

struct bh_volume {
	char *path; /* absolute */
	bool private; /* the container's own categories; else s0 */
};

struct bh_conf {
	uint32_t mode; /* BH_MODE_... */
	bool strict; /* the programs of `strict` are attached, too */
	struct bh_volume *volumes;
	size_t nr_volumes;
};

/**
 * bh_conf_parse() - Read the text of a bulkhead.conf.
 * @text:  The text. One setting a line, `#` starts a comment.
 * @name:  What messages call it.
 * @conf:  Receives the settings; freed by bh_conf_free(), also on error.
 * @error: Receives name:line and what is wrong there.
 *
 * Return: 0; -EINVAL; -ENOMEM.
 */
int bh_conf_parse(const char *text, const char *name, struct bh_conf *conf, struct bh_error *error);

/**
 * bh_conf_read() - Read BH_CONF_PATH; a missing file is an empty one.
 * @conf:  As bh_conf_parse().
 * @error: As bh_conf_parse().
 *
 * Return: As bh_conf_parse(), or the error of reading.
 */
int bh_conf_read(struct bh_conf *conf, struct bh_error *error);

/**
 * bh_conf_free() - Free what a parse allocated.
 * @conf: From bh_conf_parse() or bh_conf_read().
 */
void bh_conf_free(struct bh_conf *conf);

/**
 * bh_volume_add() - Append a volume.
 * @conf:    Settings.
 * @path:    Absolute path.
 * @len:     Its length.
 * @private: As in struct bh_volume.
 *
 * Return: 0, or -ENOMEM.
 */
int bh_volume_add(struct bh_conf *conf, const char *path, size_t len, bool private);

/**
 * bh_volume_find() - The volume of a path: the longest that is it or above it.
 * @conf: Settings.
 * @path: Absolute path without links.
 *
 * Return: the volume, or NULL.
 */
const struct bh_volume *bh_volume_find(const struct bh_conf *conf, const char *path);

/**
 * bh_mode_parse() - Read the name of a mode.
 * @text: auto, enforcing or permissive.
 * @mode: Receives BH_MODE_...
 *
 * Return: 0, or -EINVAL.
 */
int bh_mode_parse(const char *text, uint32_t *mode);

/**
 * bh_strict_parse() - Read whether something is strict.
 * @text:   on or off.
 * @strict: Receives it.
 *
 * Return: 0, or -EINVAL.
 */
int bh_strict_parse(const char *text, bool *strict);

/**
 * bh_mode_name() - The name of a mode.
 * @mode: BH_MODE_...
 *
 * Return: The name; "unknown" for another number.
 */
const char *bh_mode_name(uint32_t mode);

#endif /* BULKHEAD_CONF_H */
