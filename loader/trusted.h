/* SPDX-License-Identifier: GPL-2.0 */
/* Files that only root can have written. */
#ifndef BULKHEAD_TRUSTED_H
#define BULKHEAD_TRUSTED_H

#include <stddef.h>
#include <sys/types.h>

#include "error.h"

/**
 * bh_trusted_read() - Read a file of the administrator's.
 * @path:  The file. A link is refused.
 * @max:   Most bytes that are acceptable.
 * @text:  Receives the bytes and a NUL behind them, freed by free().
 * @len:   Receives their number; may be NULL.
 * @error: Receives why not.
 *
 * Return: 0; -ENOENT there is none; -EPERM it is no regular file, another's than root's, or
 *         others can write it; -EFBIG; the error of reading.
 */
int bh_trusted_read(const char *path, size_t max, char **text, size_t *len, struct bh_error *error);

/**
 * bh_trusted_write() - Write a file of the administrator's: whole, or not at all.
 * @path:  The file; what it held is replaced. Its directory exists.
 * @text:  Bytes.
 * @len:   Number of bytes.
 * @mode:  Its mode: 0644, or 0600 for what only root may read.
 * @error: Receives why not.
 *
 * Return: 0, or the error of writing or renaming.
 */
int bh_trusted_write(const char *path, const char *text, size_t len, mode_t mode,
		     struct bh_error *error);

#endif /* BULKHEAD_TRUSTED_H */
