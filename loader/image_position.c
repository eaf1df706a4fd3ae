// SPDX-License-Identifier: GPL-2.0
/* Reading one archive from several places at once: libarchive's callbacks over pread(). */
#include <archive.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "image_position.h"

static la_ssize_t read_more(struct archive *archive, void *data, const void **buffer)
{
	struct bh_archive_position *position = data;
	ssize_t got;

	do
		got = pread(position->fd, position->buffer, sizeof(position->buffer),
			    position->offset);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		archive_set_error(archive, errno, "%s", strerror(errno));
	else
		position->offset += got;
	*buffer = position->buffer;
	return got;
}

/* Beyond the end is found out by the next read. */
static la_int64_t skip(struct archive *archive, void *data, la_int64_t bytes)
{
	struct bh_archive_position *position = data;

	(void)archive;
	if (bytes > INT64_MAX - position->offset)
		return 0;
	position->offset += bytes;
	return bytes;
}

struct archive *bh_archive_begin(int fd, struct bh_archive_position **position)
{
	struct archive *archive = archive_read_new();

	*position = calloc(1, sizeof(**position));
	if (!archive || !*position) {
		archive_read_free(archive);
		return NULL;
	}
	(*position)->fd = fd;
	archive_read_support_filter_gzip(archive);
	archive_read_support_filter_zstd(archive);
	archive_read_support_format_tar(archive);
	if (archive_read_open2(archive, *position, NULL, read_more, skip, NULL) == ARCHIVE_OK)
		return archive;
	archive_read_free(archive);
	return NULL;
}
