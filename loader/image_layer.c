// SPDX-License-Identifier: GPL-2.0
/* The files /.bulkhead/policy.cil and policy.pp, layer by layer. */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include <sha2.h>

#include "cleanup.h"
#include "format.h"
#include "image_layer.h"

#define DIR ".bulkhead"

const char *const bh_layer_names[BH_LAYER_FILES] = { DIR "/policy.cil", DIR "/policy.pp" };

static const char *const file_whiteouts[BH_LAYER_FILES] = { DIR "/.wh.policy.cil",
							    DIR "/.wh.policy.pp" };

/* Of this layer alone: whiteouts act on the layers below, wherever in the tar they are. */
struct found_file {
	bool whiteout; /* what is below is gone */
	bool there; /* the file, or something of its name */
	const char *fault;
	char *text;
	size_t len;
};

struct found {
	bool whiteout; /* of the whole directory */
	bool dir; /* /.bulkhead, or something in it */
	bool other; /* /.bulkhead, no directory */
	struct found_file file[BH_LAYER_FILES];
};

/* The two readers: compressed bytes to a tar, and the tar to entries. */
struct reader {
	struct bh_archive *image;
	const char *blob;
	struct bh_stream stream;
	struct archive *outer, *inner;
	SHA2_CTX hash; /* over the tar */
	uint64_t bytes; /* of the tar */
	bool empty; /* no bytes at all */
	int failed; /* errno of a callback */
	char compressed[1 << 16], plain[1 << 16];
};

static la_ssize_t read_compressed(struct archive *archive, void *data, const void **buffer)
{
	struct reader *reader = data;
	ssize_t got =
		bh_stream_read(&reader->stream, reader->compressed, sizeof(reader->compressed));

	*buffer = reader->compressed;
	if (got < 0) {
		reader->failed = (int)got;
		archive_set_error(archive, (int)-got, "%s", strerror((int)-got));
	}
	return got;
}

static la_ssize_t read_plain(struct archive *archive, void *data, const void **buffer)
{
	struct reader *reader = data;
	ssize_t got = 0;

	*buffer = reader->plain;
	if (!reader->empty)
		got = archive_read_data(reader->outer, reader->plain, sizeof(reader->plain));
	if (got < 0) {
		if (!reader->failed)
			reader->failed = -EINVAL;
	} else {
		reader->bytes += (uint64_t)got;
		reader->failed = bh_archive_spend(reader->image, (uint64_t)got, reader->bytes,
						  reader->stream.read);
		SHA256Update(&reader->hash, (const uint8_t *)reader->plain, (size_t)got);
	}
	if (!reader->failed)
		return got;
	archive_set_error(archive, -reader->failed, "%s", strerror(-reader->failed));
	return -1;
}

static int fail_layer(struct reader *reader, int code, struct bh_error *error, const char *reason)
{
	return bh_fail(error, code, "%s: layer %.80s: %s", reader->image->path, reader->blob,
		       reason);
}

static int fail_reading(struct reader *reader, struct archive *archive, struct bh_error *error)
{
	if (reader->failed == -E2BIG)
		return fail_layer(reader, -E2BIG, error, "decompresses to too much");
	return bh_fail(error, reader->failed ? reader->failed : -EINVAL,
		       "%s: layer %.80s: damaged: %s", reader->image->path, reader->blob,
		       archive_error_string(archive) ? archive_error_string(archive) : "no tar");
}

static int open_reader(struct reader *reader, struct bh_error *error)
{
	int ret = bh_stream_open(reader->image, reader->blob, &reader->stream, error);
	struct archive_entry *entry;

	if (ret)
		return ret;
	SHA256Init(&reader->hash);
	reader->outer = archive_read_new();
	reader->inner = archive_read_new();
	if (!reader->outer || !reader->inner)
		return fail_layer(reader, -ENOMEM, error, strerror(ENOMEM));
	archive_read_support_filter_gzip(reader->outer);
	archive_read_support_filter_zstd(reader->outer);
	archive_read_support_format_raw(reader->outer);
	archive_read_support_format_empty(reader->outer);
	archive_read_support_format_tar(reader->inner);
	archive_read_support_format_empty(reader->inner);
	if (archive_read_open(reader->outer, reader, NULL, read_compressed, NULL) != ARCHIVE_OK)
		return fail_reading(reader, reader->outer, error);
	ret = archive_read_next_header(reader->outer, &entry);
	if (ret < ARCHIVE_WARN)
		return fail_reading(reader, reader->outer, error);
	reader->empty = ret == ARCHIVE_EOF;
	if (archive_read_open(reader->inner, reader, NULL, read_plain, NULL) != ARCHIVE_OK)
		return fail_reading(reader, reader->inner, error);
	return 0;
}

static void close_reader(struct reader *reader)
{
	archive_read_free(reader->inner);
	archive_read_free(reader->outer);
	bh_stream_close(&reader->stream);
}

static const char too_large[] = "larger than a module may be";

static int read_text(struct reader *reader, struct archive_entry *entry, struct found_file *found,
		     struct bh_error *error)
{
	size_t size = (size_t)archive_entry_size(entry), used = 0;
	la_ssize_t got = 0;

	if (archive_entry_size(entry) < 0 || size > BH_PACKAGE_BYTES_MAX) {
		found->fault = too_large;
		return 0;
	}
	found->text = malloc(size + 1);
	if (!found->text)
		return fail_layer(reader, -ENOMEM, error, strerror(ENOMEM));
	while (used < size &&
	       (got = archive_read_data(reader->inner, found->text + used, size - used)) > 0)
		used += (size_t)got;
	if (got < 0 || used != size)
		return fail_reading(reader, reader->inner, error);
	found->text[used] = '\0';
	found->len = used;
	if (bh_format_check_size(&(struct bh_source){ "", found->text, used }, NULL))
		found->fault = too_large;
	return 0;
}

static bool is_whiteout(const char *name)
{
	static const char *const names[] = { ".wh..wh..opq", ".wh." DIR, DIR "/.wh..wh..opq" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(name, names[i]))
			return true;
	return false;
}

static int take_file(struct reader *reader, struct archive_entry *entry, const char *name,
		     struct found_file *found, struct bh_error *error)
{
	if (found->there)
		return bh_fail(error, -EINVAL, "%s: layer %.80s: /%s comes twice",
			       reader->image->path, reader->blob, name);
	found->there = true;
	if (archive_entry_filetype(entry) == AE_IFREG && !archive_entry_hardlink(entry) &&
	    !archive_entry_symlink(entry))
		return read_text(reader, entry, found, error);
	found->fault = "not a regular file";
	return 0;
}

static int take_name(struct reader *reader, struct archive_entry *entry, const char *name,
		     size_t which, struct found_file *found, struct bh_error *error)
{
	size_t len = strlen(bh_layer_names[which]);

	found->whiteout |= !strcmp(name, file_whiteouts[which]);
	if (strncmp(name, bh_layer_names[which], len))
		return 0;
	if (!name[len])
		return take_file(reader, entry, name, found, error);
	if (name[len] == '/') {
		found->there = true;
		found->fault = "not a regular file";
	}
	return 0;
}

static int take_entry(struct reader *reader, struct archive_entry *entry, struct found *found,
		      struct bh_error *error)
{
	const char *raw = archive_entry_pathname(entry);
	char name[PATH_MAX];

	if (!raw)
		raw = archive_entry_pathname_utf8(entry);
	if (!raw || !bh_archive_clean_name(raw, name, sizeof(name)))
		return fail_layer(reader, -EINVAL, error,
				  "a name in it is too long, no text, or has '..'");
	found->whiteout |= is_whiteout(name);
	if (!strcmp(name, DIR) && archive_entry_filetype(entry) != AE_IFDIR)
		found->other = true;
	else if (!strcmp(name, DIR) || !strncmp(name, DIR "/", strlen(DIR) + 1))
		found->dir = true;
	if (found->other && found->dir)
		return fail_layer(reader, -EINVAL, error, "/" DIR " comes twice");
	for (size_t i = 0; i < BH_LAYER_FILES; i++) {
		int ret = take_name(reader, entry, name, i, &found->file[i], error);

		if (ret)
			return ret;
	}
	return 0;
}

static int read_entries(struct reader *reader, struct found *found, struct bh_error *error)
{
	struct archive_entry *entry;
	size_t nr = 0;
	int ret = 0, got;

	while (!ret) {
		got = archive_read_next_header(reader->inner, &entry);
		if (got == ARCHIVE_EOF)
			return 0;
		if (got != ARCHIVE_OK && got != ARCHIVE_WARN)
			return fail_reading(reader, reader->inner, error);
		if (++nr > reader->image->limits.layer_entries)
			return fail_layer(reader, -E2BIG, error, "too many entries");
		ret = take_entry(reader, entry, found, error);
	}
	return ret;
}

/* What comes behind the tar's end mark counts for the digests. */
static int check_digests(struct reader *reader, const uint8_t *digest, const uint8_t *diff_id,
			 struct bh_error *error)
{
	uint8_t of_tar[BH_DIGEST_SIZE], of_blob[BH_DIGEST_SIZE];
	const void *rest;
	la_ssize_t got;
	int ret;

	do
		got = read_plain(reader->inner, reader, &rest);
	while (got > 0);
	if (got < 0)
		return fail_reading(reader, reader->outer, error);
	SHA256Final(of_tar, &reader->hash);
	ret = bh_stream_digest(&reader->stream, of_blob);
	if (ret)
		return fail_layer(reader, ret, error, strerror(-ret));
	if (digest && memcmp(digest, of_blob, BH_DIGEST_SIZE))
		return fail_layer(reader, -EBADMSG, error, "its digest is another");
	if (diff_id && memcmp(diff_id, of_tar, BH_DIGEST_SIZE))
		return fail_layer(reader, -EBADMSG, error,
				  "decompressed, its digest is not what the configuration says");
	return 0;
}

/* A file of the layers below stays only if this one says nothing of it. */
static void merge(struct bh_layer_file *file, const struct found *found, struct found_file *own)
{
	bool replaced = found->whiteout || found->other || own->whiteout || own->there ||
			(found->dir && file->no_dir);

	if (!replaced)
		return;
	free(file->text);
	*file = (struct bh_layer_file){ own->text, own->len, own->fault, found->other };
	own->text = NULL;
	if (found->other)
		file->fault = "/" DIR " is not a directory";
}

int bh_layer_apply(struct bh_archive *archive, const char *blob, const uint8_t *digest,
		   const uint8_t *diff_id, struct bh_layer_file *file, struct bh_error *error)
{
	BH_FREE struct reader *reader = calloc(1, sizeof(*reader));
	struct found found = { 0 };
	int ret;

	if (!reader)
		return bh_fail(error, -ENOMEM, "%s: %s", archive->path, strerror(ENOMEM));
	reader->image = archive;
	reader->blob = blob;
	ret = open_reader(reader, error);
	if (!ret)
		ret = read_entries(reader, &found, error);
	if (!ret)
		ret = check_digests(reader, digest, diff_id, error);
	for (size_t i = 0; i < BH_LAYER_FILES; i++) {
		if (!ret)
			merge(&file[i], &found, &found.file[i]);
		free(found.file[i].text);
	}
	close_reader(reader);
	return ret;
}
