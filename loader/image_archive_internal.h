/* SPDX-License-Identifier: GPL-2.0 */
/* What the two halves of image_archive.h share. */
#ifndef BULKHEAD_IMAGE_ARCHIVE_INTERNAL_H
#define BULKHEAD_IMAGE_ARCHIVE_INTERNAL_H

#include "image_archive.h"

/**
 * bh_archive_seek() - Begin to read an entry of an archive.
 * @archive: An image that is no directory.
 * @name:    Name of a regular file, or of a link to one.
 * @stream:  Receives reader and position.
 *
 * Return: 0; -ENOENT no such file; -ENOMEM; -EIO the archive is damaged.
 */
int bh_archive_seek(const struct bh_archive *archive, const char *name, struct bh_stream *stream);

#endif /* BULKHEAD_IMAGE_ARCHIVE_INTERNAL_H */
