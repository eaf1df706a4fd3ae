/* SPDX-License-Identifier: GPL-2.0 */
/* Reading one archive from several places at once: libarchive's callbacks over pread(). */
#ifndef BULKHEAD_IMAGE_POSITION_H
#define BULKHEAD_IMAGE_POSITION_H

#include <stdint.h>

struct archive;

struct bh_archive_position {
	int fd;
	int64_t offset;
	char buffer[1 << 16];
};

/**
 * bh_archive_begin() - Read an image's file as a tar, from its start.
 * @fd:       The file; its own position does not matter.
 * @position: Receives the place; freed by free() after the archive.
 *
 * Return: libarchive's reader, freed by archive_read_free(); NULL: no memory, or not a tar.
 */
struct archive *bh_archive_begin(int fd, struct bh_archive_position **position);

#endif /* BULKHEAD_IMAGE_POSITION_H */
