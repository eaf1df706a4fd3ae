/* SPDX-License-Identifier: GPL-2.0 */
/* Reading files whole, with a bound, and writing them whole. */
#ifndef BULKHEAD_IO_H
#define BULKHEAD_IO_H

#include <stddef.h>

/**
 * bh_read_fd() - Read a descriptor to its end.
 * @fd:   Open for reading.
 * @max:  Most bytes that are acceptable.
 * @text: Receives the bytes and a NUL behind them; freed by free().
 * @len:  Receives the number of bytes; may be NULL.
 *
 * Return: 0; -EFBIG there is more than @max; -ENOMEM; the error of read().
 */
int bh_read_fd(int fd, size_t max, char **text, size_t *len);

/**
 * bh_read_path() - Read a file to its end.
 * @path: The file. Its last component may be a link: for paths of ours and the
 *        kernel's, not for those that a container names.
 * @max:  As bh_read_fd().
 * @text: As bh_read_fd().
 * @len:  As bh_read_fd().
 *
 * Return: As bh_read_fd(), or the error of open().
 */
int bh_read_path(const char *path, size_t max, char **text, size_t *len);

/**
 * bh_write_fd() - Write all of a buffer.
 * @fd:     Open for writing.
 * @buffer: Bytes.
 * @len:    Number of bytes.
 *
 * Return: 0, or the error of write().
 */
int bh_write_fd(int fd, const void *buffer, size_t len);

/**
 * bh_write_path() - Write a string into a file that exists.
 * @path: A file of the kernel's, as in cgroupfs.
 * @text: What to write, in one write().
 *
 * Return: 0, or the error of open() or write().
 */
int bh_write_path(const char *path, const char *text);

/**
 * bh_open_file_beneath() - Open a regular file below a directory, for reading.
 * @dir:  The directory.
 * @path: Path that must stay below it; no link is followed, a pipe does not block.
 *
 * Source: openat2(2).
 * Return: A descriptor; -EXDEV it leads out; -ELOOP a link; -EINVAL not a regular file; the
 *         error of openat2(2).
 */
int bh_open_file_beneath(int dir, const char *path);

#endif /* BULKHEAD_IO_H */
