/* SPDX-License-Identifier: GPL-2.0 */
/* Images made by the tests: layers from entries, files of an archive, both by libarchive. */
#ifndef BULKHEAD_IMAGE_FIXTURE_H
#define BULKHEAD_IMAGE_FIXTURE_H

#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "digest.h"
#include "hex.h"
#include "policy.h"
#include "tap.h"

#define BYTES_MAX (5U << 20)

struct bytes {
	char *data;
	size_t len;
};

/* An entry of a tar: a file with @data unless @type says otherwise. */
struct entry {
	const char *name;
	const char *data; /* a link's target */
	unsigned int type; /* AE_IF...; 0: a file */
	bool hard; /* a hard link */
	size_t len; /* 0: strlen(data) */
};

/* What the files of an image are. */
struct files {
	struct {
		char name[256];
		struct bytes bytes;
		const char *link; /* symbolic */
	} file[64];
	size_t nr;
};

enum pack { PLAIN, GZIP, ZSTD };

static inline void hex_of(const void *data, size_t len, char *hex)
{
	struct bh_source source = { .text = data, .len = len };
	uint8_t digest[BH_DIGEST_SIZE];

	bh_digest(&source, 1, digest);
	bh_hex_encode(digest, sizeof(digest), hex);
}

static inline void tar_add(struct archive *tar, const struct entry *from)
{
	struct archive_entry *entry = archive_entry_new();
	size_t len = from->len;

	if (!len && from->data)
		len = strlen(from->data);
	if (from->type == AE_IFLNK || from->hard)
		len = 0;
	archive_entry_set_pathname(entry, from->name);
	archive_entry_set_filetype(entry, from->type ? from->type : AE_IFREG);
	archive_entry_set_perm(entry, 0644);
	archive_entry_set_size(entry, (la_int64_t)len);
	if (from->type == AE_IFLNK)
		archive_entry_set_symlink(entry, from->data);
	if (from->hard)
		archive_entry_set_hardlink(entry, from->data);
	archive_write_header(tar, entry);
	if (len)
		archive_write_data(tar, from->data, len);
	archive_entry_free(entry);
}

/* @entries end with one without a name. */
static inline struct bytes make_tar(const struct entry *entries)
{
	struct bytes bytes = { malloc(BYTES_MAX), 0 };
	struct archive *tar = archive_write_new();

	archive_write_set_format_gnutar(tar);
	archive_write_open_memory(tar, bytes.data, BYTES_MAX, &bytes.len);
	for (; entries->name; entries++)
		tar_add(tar, entries);
	archive_write_close(tar);
	archive_write_free(tar);
	return bytes;
}

static inline struct bytes pack_bytes(const struct bytes *in, enum pack pack)
{
	struct bytes bytes = { malloc(BYTES_MAX), 0 };
	struct archive_entry *entry = archive_entry_new();
	struct archive *raw = archive_write_new();

	archive_write_set_format_raw(raw);
	archive_write_set_bytes_in_last_block(raw, 1);
	if (pack == GZIP)
		archive_write_add_filter_gzip(raw);
	if (pack == ZSTD)
		archive_write_add_filter_zstd(raw);
	archive_write_open_memory(raw, bytes.data, BYTES_MAX, &bytes.len);
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_write_header(raw, entry);
	archive_write_data(raw, in->data, in->len);
	archive_write_close(raw);
	archive_write_free(raw);
	archive_entry_free(entry);
	return bytes;
}

static inline void files_put(struct files *files, const char *name, const void *data, size_t len)
{
	size_t i = files->nr++;

	snprintf(files->file[i].name, sizeof(files->file[i].name), "%s", name);
	files->file[i].bytes.data = malloc(len + 1);
	memcpy(files->file[i].bytes.data, data, len);
	files->file[i].bytes.data[len] = '\0';
	files->file[i].bytes.len = len;
	files->file[i].link = NULL;
}

static inline void files_put_text(struct files *files, const char *name, const char *text)
{
	files_put(files, name, text, strlen(text));
}

static inline bool files_has(const struct files *files, const char *name)
{
	for (size_t i = 0; i < files->nr; i++)
		if (!strcmp(files->file[i].name, name))
			return true;
	return false;
}

/* As blobs/sha256/HEX. */
static inline void files_put_blob(struct files *files, const void *data, size_t len, char *hex)
{
	char name[96];

	hex_of(data, len, hex);
	snprintf(name, sizeof(name), "blobs/sha256/%s", hex);
	if (!files_has(files, name))
		files_put(files, name, data, len);
}

static inline void files_free(struct files *files)
{
	for (size_t i = 0; i < files->nr; i++)
		free(files->file[i].bytes.data);
	files->nr = 0;
}

/* Into one tar. */
static inline void files_write_tar(const struct files *files, const char *path)
{
	struct archive *tar = archive_write_new();

	archive_write_set_format_gnutar(tar);
	archive_write_open_filename(tar, path);
	for (size_t i = 0; i < files->nr; i++) {
		struct entry entry = { files->file[i].name, files->file[i].bytes.data, 0, false,
				       files->file[i].bytes.len };

		if (files->file[i].link) {
			entry.type = AE_IFLNK;
			entry.data = files->file[i].link;
		}
		tar_add(tar, &entry);
	}
	archive_write_close(tar);
	archive_write_free(tar);
}

/* Into a directory that has blobs/sha256. */
static inline void files_write_dir(const struct files *files, const char *dir)
{
	char path[512];

	mkdir(dir, 0755);
	snprintf(path, sizeof(path), "%s/blobs", dir);
	mkdir(path, 0755);
	snprintf(path, sizeof(path), "%s/blobs/sha256", dir);
	mkdir(path, 0755);
	for (size_t i = 0; i < files->nr; i++) {
		FILE *out;

		snprintf(path, sizeof(path), "%s/%s", dir, files->file[i].name);
		if (files->file[i].link) {
			if (symlink(files->file[i].link, path))
				perror(path);
			continue;
		}
		out = fopen(path, "w");
		fwrite(files->file[i].bytes.data, 1, files->file[i].bytes.len, out);
		fclose(out);
	}
}

/* What the parts of an image say; NULL: nothing. */
struct says {
	const char *annotations; /* members of the manifest's annotations */
	const char *labels; /* members of the configuration's Labels */
	const char *manifest; /* members of the manifest, with a comma behind */
};

/* The layers' blobs, and JSON that names them: in @ids diff_ids, in @layers descriptors or names. */
static inline void put_layers(struct files *files, const struct bytes *tars, size_t nr,
			      enum pack pack, bool docker, char *ids, char *layers)
{
	*ids = *layers = '\0';
	for (size_t i = 0; i < nr; i++) {
		struct bytes blob = pack_bytes(&tars[i], pack);
		char hex[65], name[96];

		hex_of(tars[i].data, tars[i].len, hex);
		sprintf(ids + strlen(ids), "%s\"sha256:%s\"", i ? "," : "", hex);
		if (docker) {
			snprintf(name, sizeof(name), "%s.tar", hex);
			files_put(files, name, blob.data, blob.len);
			sprintf(layers + strlen(layers), "%s\"%s\"", i ? "," : "", name);
		} else {
			files_put_blob(files, blob.data, blob.len, hex);
			sprintf(layers + strlen(layers),
				"%s{\"mediaType\":\"application/vnd.oci.image.layer.v1.tar\","
				"\"digest\":\"sha256:%s\",\"size\":%zu}",
				i ? "," : "", hex, blob.len);
		}
		free(blob.data);
	}
}

/* An OCI layout's files; @hex is the manifest's digest. */
static inline void make_manifest(struct files *files, const struct bytes *tars, size_t nr,
				 enum pack pack, const struct says *says, char *hex, size_t *size)
{
	static char ids[65536], layers[65536], json[262144];
	char config[65];
	int len;

	put_layers(files, tars, nr, pack, false, ids, layers);
	len = sprintf(json, "{\"config\":{\"Labels\":{%s}},\"rootfs\":{\"diff_ids\":[%s]}}",
		      says->labels ? says->labels : "", ids);
	files_put_blob(files, json, (size_t)len, config);
	len = sprintf(json,
		      "{%s\"config\":{\"digest\":\"sha256:%s\",\"size\":%d},\"layers\":[%s],"
		      "\"annotations\":{%s}}",
		      says->manifest ? says->manifest : "", config, len, layers,
		      says->annotations ? says->annotations : "");
	files_put_blob(files, json, (size_t)len, hex);
	*size = (size_t)len;
}

static inline void make_oci(struct files *files, const struct bytes *tars, size_t nr,
			    enum pack pack, const struct says *says)
{
	char hex[65], json[512];
	size_t size;

	make_manifest(files, tars, nr, pack, says, hex, &size);
	sprintf(json, "{\"manifests\":[{\"digest\":\"sha256:%s\",\"size\":%zu}]}", hex, size);
	files_put_text(files, "index.json", json);
	files_put_text(files, "oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}");
}

static inline void make_docker(struct files *files, const struct bytes *tars, size_t nr,
			       enum pack pack, const struct says *says)
{
	static char ids[65536], layers[65536], json[262144];
	char hex[65], name[96];
	int len;

	put_layers(files, tars, nr, pack, true, ids, layers);
	len = sprintf(json, "{\"config\":{\"Labels\":{%s}},\"rootfs\":{\"diff_ids\":[%s]}}",
		      says->labels ? says->labels : "", ids);
	hex_of(json, (size_t)len, hex);
	snprintf(name, sizeof(name), "%s.json", hex);
	files_put(files, name, json, (size_t)len);
	sprintf(json, "[{\"Config\":\"%s\",\"RepoTags\":[\"a:b\"],\"Layers\":[%s]}]", name, layers);
	files_put_text(files, "manifest.json", json);
}

#endif /* BULKHEAD_IMAGE_FIXTURE_H */
