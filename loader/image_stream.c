// SPDX-License-Identifier: GPL-2.0
/* One entry of an image, from its start to its end, with its SHA-256. */
#include <archive.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include <sha2.h>

#include "image_archive.h"
#include "image_archive_internal.h"
#include "cleanup.h"
#include "io.h"

int bh_stream_open(struct bh_archive *archive, const char *name, struct bh_stream *stream,
		   struct bh_error *error)
{
	int ret = 0;

	*stream = (struct bh_stream){ .from = archive, .fd = -1 };
	stream->hash = malloc(sizeof(SHA2_CTX));
	if (!stream->hash)
		return bh_fail(error, -ENOMEM, "%s: %s", archive->path, strerror(ENOMEM));
	SHA256Init(stream->hash);
	if (archive->directory)
		ret = stream->fd = bh_open_file_beneath(archive->fd, name);
	else
		ret = bh_archive_seek(archive, name, stream);
	if (ret < 0)
		return bh_fail(error, ret, "%s: %s: %s", archive->path, name,
			       ret == -ENOENT ? "the image lacks it" :
			       ret == -ELOOP  ? "a link, which is not followed" :
			       ret == -EINVAL ? "not a regular file" :
						strerror(-ret));
	return 0;
}

static ssize_t read_archive(struct bh_stream *stream, void *buffer, size_t size)
{
	uint64_t before = (uint64_t)archive_filter_bytes(stream->archive, 0);
	ssize_t got = archive_read_data(stream->archive, buffer, size);
	uint64_t now = (uint64_t)archive_filter_bytes(stream->archive, 0);
	int ret = 0;

	if (got < 0)
		return -EIO;
	if (archive_filter_code(stream->archive, 0) != ARCHIVE_FILTER_NONE)
		ret = bh_archive_spend(stream->from, now - before, now, stream->from->size);
	return ret ? ret : got;
}

ssize_t bh_stream_read(struct bh_stream *stream, void *buffer, size_t size)
{
	ssize_t got;

	if (stream->archive)
		got = read_archive(stream, buffer, size);
	else
		do
			got = read(stream->fd, buffer, size);
		while (got < 0 && errno == EINTR);
	if (got < 0)
		return stream->archive ? got : -errno;
	SHA256Update(stream->hash, buffer, (size_t)got);
	stream->read += (uint64_t)got;
	return got;
}

int bh_stream_digest(struct bh_stream *stream, uint8_t *digest)
{
	char buffer[1 << 14];
	SHA2_CTX copy;
	ssize_t got;

	do
		got = bh_stream_read(stream, buffer, sizeof(buffer));
	while (got > 0);
	if (got < 0)
		return (int)got;
	copy = *(SHA2_CTX *)stream->hash;
	SHA256Final(digest, &copy);
	return 0;
}

void bh_stream_close(struct bh_stream *stream)
{
	archive_read_free(stream->archive);
	free(stream->position);
	free(stream->hash);
	if (stream->from)
		bh_cleanup_fd(&stream->fd);
	*stream = (struct bh_stream){ .fd = -1 };
}
