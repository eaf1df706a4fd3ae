/* SPDX-License-Identifier: GPL-2.0 */
/* Images as files: the entries of an archive or of a layout directory, read by name. */
#ifndef BULKHEAD_IMAGE_ARCHIVE_H
#define BULKHEAD_IMAGE_ARCHIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "digest.h"
#include "error.h"

#define BH_ARCHIVE_NAME_MAX 512 /* bytes of an entry's name, with NUL */

/* What a hostile image may cost. */
struct bh_archive_limits {
	size_t entries; /* of the archive itself */
	size_t layer_entries; /* of one layer */
	uint64_t bytes; /* decompressed, all reads of one image together */
	uint64_t free_bytes; /* decompressed before the ratio counts */
	uint64_t ratio; /* decompressed to compressed bytes */
};

struct bh_archive_entry {
	char *name;
	char *link; /* the entry that it stands for; NULL: it has the bytes itself */
	size_t number; /* place in the archive */
	uint64_t size;
	bool regular;
};

struct bh_archive {
	const char *path;
	int fd;
	bool directory;
	uint64_t size; /* bytes of the file */
	struct bh_archive_limits limits;
	uint64_t spent; /* of limits.bytes */
	struct bh_archive_entry *entries; /* by name; an archive's only */
	size_t nr_entries;
};

/* One entry, from its start to its end. */
struct bh_stream {
	struct bh_archive *from;
	struct archive *archive; /* NULL: fd is the file itself */
	struct bh_archive_position *position;
	int fd;
	uint64_t read; /* bytes so far */
	void *hash; /* SHA-256 over them */
};

/**
 * bh_archive_open() - Open an image.
 * @path:    A directory with an OCI layout, or a tar, also by gzip or zstd. The archive is
 *           read once for its names.
 * @limits:  What it may cost; NULL: the defaults.
 * @archive: Receives it; closed by bh_archive_close(), also on error. @path must live as
 *           long.
 * @error:   Receives why not.
 *
 * Return: 0; -EINVAL not an archive, or names in it that lead out or come twice; -E2BIG
 *         it exceeds a limit; -ENOMEM; the error of open() or read().
 */
int bh_archive_open(const char *path, const struct bh_archive_limits *limits,
		    struct bh_archive *archive, struct bh_error *error);

/**
 * bh_archive_close() - Close an image.
 * @archive: From bh_archive_open().
 */
void bh_archive_close(struct bh_archive *archive);

/**
 * bh_archive_has() - Is there an entry of that name?
 * @archive: The image.
 * @name:    The name, without a slash in front.
 *
 * Return: true if it can be opened.
 */
bool bh_archive_has(const struct bh_archive *archive, const char *name);

/**
 * bh_stream_open() - Open an entry for reading.
 * @archive: The image; several streams may be open.
 * @name:    Name of a regular file, or of a link of the archive's to one. In a directory no
 *           link is followed and nothing outside is opened.
 * @stream:  Receives it; closed by bh_stream_close(), also on error.
 * @error:   Receives why not.
 *
 * Return: 0; -ENOENT no such entry; -EINVAL not a file; -ENOMEM; -EIO.
 */
int bh_stream_open(struct bh_archive *archive, const char *name, struct bh_stream *stream,
		   struct bh_error *error);

/**
 * bh_stream_read() - Read on.
 * @stream: The entry.
 * @buffer: Receives bytes.
 * @size:   At most so many.
 *
 * Return: the number of bytes, 0 at the end; -EIO the archive is damaged; -E2BIG it costs
 *         too much; the error of read().
 */
ssize_t bh_stream_read(struct bh_stream *stream, void *buffer, size_t size);

/**
 * bh_stream_digest() - SHA-256 of a whole entry.
 * @stream: The entry; what was not read yet is read.
 * @digest: Receives BH_DIGEST_SIZE bytes.
 *
 * Return: 0, or as bh_stream_read().
 */
int bh_stream_digest(struct bh_stream *stream, uint8_t *digest);

/**
 * bh_stream_close() - Close an entry.
 * @stream: From bh_stream_open(), or zeroed.
 */
void bh_stream_close(struct bh_stream *stream);

/**
 * bh_archive_read() - Read an entry whole.
 * @archive: The image.
 * @name:    As bh_stream_open().
 * @max:     Most bytes that are acceptable.
 * @text:    Receives the bytes and a NUL behind them; freed by free().
 * @len:     Receives the number of bytes.
 * @error:   Receives why not.
 *
 * Return: As bh_stream_open() and bh_stream_read(); -E2BIG more than @max bytes.
 */
int bh_archive_read(struct bh_archive *archive, const char *name, size_t max, char **text,
		    size_t *len, struct bh_error *error);

/**
 * bh_archive_clean_name() - A name as extracting it would see it.
 * @name:  From an archive.
 * @clean: Receives it without slashes in front, double ones, "." and one at the end;
 *         empty for the root.
 * @size:  Bytes of @clean.
 *
 * Return: false: it has a "..", or it is too long.
 */
bool bh_archive_clean_name(const char *name, char *clean, size_t size);

/**
 * bh_archive_spend() - Count decompressed bytes.
 * @archive: The image.
 * @bytes:   How many more.
 * @out:     Decompressed so far, of one entry.
 * @in:      What they were made of.
 *
 * Return: 0; -E2BIG a limit is reached.
 */
int bh_archive_spend(struct bh_archive *archive, uint64_t bytes, uint64_t out, uint64_t in);

#endif /* BULKHEAD_IMAGE_ARCHIVE_H */
