// SPDX-License-Identifier: GPL-2.0
/* Compiled policies on disk, by the digest of all that they were made of. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <bulkhead/classmap.h>

#include "blob.h"
#include "cache.h"
#include "cleanup.h"
#include "digest.h"
#include "hex.h"
#include "io.h"
#include "policy_flatten.h"

#define FORMAT 3U
#define FILE_MAX_BYTES (64U << 20)
#define TYPES_MAX 65536U
#define NAME_DIGITS (2 * BH_DIGEST_SIZE)

/* In front of the payload; numbers as this machine has them: a cache is not carried around. */
struct header {
	char magic[8];
	uint32_t format;
	uint32_t abi;
	uint64_t len; /* bytes that follow */
	uint8_t key[BH_DIGEST_SIZE];
	uint8_t digest[BH_DIGEST_SIZE]; /* SHA-256 of what follows */
};

_Static_assert(sizeof(struct header) == 88, "has no padding");

static const char magic[8] = "BHCACHE";

static void digest_bytes(const void *data, size_t len, uint8_t *digest)
{
	struct bh_source source = { "", data, len };

	bh_digest(&source, 1, digest);
}

static void file_name(const uint8_t *key, char *name)
{
	bh_hex_encode(key, BH_DIGEST_SIZE, name);
}

/* Only root can have put there what is in it. */
static bool is_roots(int fd, mode_t type, mode_t forbidden)
{
	struct stat st;

	return !fstat(fd, &st) && (st.st_mode & S_IFMT) == type && st.st_uid == 0 &&
	       !(st.st_mode & forbidden);
}

static int open_dir(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	if (is_roots(fd, S_IFDIR, S_IWGRP | S_IWOTH))
		return fd;
	close(fd);
	return -EPERM;
}

static void put_policy(struct bh_blob *blob, const struct bh_policy *policy)
{
	bh_blob_put_number(blob, policy->nr_types);
	bh_blob_put_number(blob, (uint32_t)policy->nr_rows);
	bh_blob_put_number(blob, policy->start);
	bh_blob_put_number(blob, policy->whole);
	bh_blob_put_number(blob, policy->filetrans_any);
	bh_blob_put(blob, policy->base_digest, sizeof(policy->base_digest));
	bh_blob_put(blob, policy->digest, sizeof(policy->digest));
	for (uint32_t i = 1; i < policy->nr_types; i++) {
		const struct bh_policy_type *type = &policy->types[i];

		bh_blob_put_text(blob, type->name, strlen(type->name));
		bh_blob_put_number(blob, (uint32_t)type->module | (uint32_t)type->domain << 1 |
						 (uint32_t)type->permissive << 2);
	}
	bh_blob_put(blob, policy->rows, policy->nr_rows * sizeof(*policy->rows));
	bh_blob_put_number(blob, (uint32_t)policy->nr_filetrans);
	bh_blob_put(blob, policy->filetrans, policy->nr_filetrans * sizeof(*policy->filetrans));
	bh_blob_put_number(blob, policy->automaton ? policy->automaton->bytes : 0);
	if (policy->automaton)
		bh_blob_put(blob, policy->automaton, policy->automaton->bytes);
}

static bool get_types(struct bh_blob *blob, struct bh_policy *policy)
{
	policy->types = calloc(policy->nr_types, sizeof(*policy->types));
	if (!policy->types)
		return false;
	for (uint32_t i = 1; i < policy->nr_types; i++) {
		struct bh_policy_type *type = &policy->types[i];
		size_t len;
		const char *name = bh_blob_get_text(blob, &len);
		uint32_t flags = bh_blob_get_number(blob);

		if (!name || len >= sizeof(type->name))
			return false;
		memcpy(type->name, name, len);
		type->module = flags & 1;
		type->domain = flags >> 1 & 1;
		type->permissive = flags >> 2 & 1;
	}
	return true;
}

static bool get_rows(struct bh_blob *blob, struct bh_policy *policy)
{
	size_t size = policy->nr_rows * sizeof(*policy->rows);
	const void *rows = bh_blob_get(blob, size);

	policy->rows = malloc(size + 1);
	if (!rows || !policy->rows)
		return false;
	memcpy(policy->rows, rows, size);
	for (size_t i = 0; i < policy->nr_rows; i++) {
		const struct bh_policy_row *row = &policy->rows[i];

		if (row->source >= policy->nr_types || row->target >= policy->nr_types ||
		    row->tclass > BH_NR_CLASSES || row->row.transition >= policy->nr_types)
			return false;
	}
	return true;
}

static bool get_filetrans(struct bh_blob *blob, struct bh_policy *policy)
{
	size_t nr = bh_blob_get_number(blob);
	size_t size = nr * sizeof(*policy->filetrans);
	const void *filetrans = nr <= BH_FILETRANS_MAX ? bh_blob_get(blob, size) : NULL;

	if (!filetrans)
		return false;
	policy->filetrans = malloc(size + 1);
	if (!policy->filetrans)
		return false;
	memcpy(policy->filetrans, filetrans, size);
	policy->nr_filetrans = nr;
	for (size_t i = 0; i < nr; i++) {
		const struct bh_policy_filetrans *one = &policy->filetrans[i];

		if (one->source >= policy->nr_types || one->target >= policy->nr_types ||
		    one->type >= policy->nr_types || one->tclass > BH_NR_CLASSES ||
		    !memchr(one->name, '\0', sizeof(one->name)))
			return false;
	}
	return true;
}

static bool get_automaton(struct bh_blob *blob, struct bh_policy *policy)
{
	uint32_t bytes = bh_blob_get_number(blob);
	const void *automaton;

	if (!bytes)
		return true;
	automaton = bh_blob_get(blob, bytes);
	if (!automaton || bytes < sizeof(*policy->automaton))
		return false;
	policy->automaton = malloc(bytes);
	if (!policy->automaton)
		return false;
	memcpy(policy->automaton, automaton, bytes);
	return policy->automaton->bytes == bytes &&
	       policy->automaton->version == BH_AUTOMATON_VERSION;
}

static bool get_policy(struct bh_blob *blob, struct bh_policy *policy)
{
	const void *digests;

	policy->nr_types = bh_blob_get_number(blob);
	policy->nr_rows = bh_blob_get_number(blob);
	policy->start = bh_blob_get_number(blob);
	policy->whole = bh_blob_get_number(blob);
	policy->filetrans_any = bh_blob_get_number(blob);
	digests = bh_blob_get(blob, sizeof(policy->base_digest) + sizeof(policy->digest));
	if (!digests || !policy->nr_types || policy->nr_types > TYPES_MAX ||
	    policy->nr_rows > BH_ROWS_MAX || policy->start >= policy->nr_types)
		return false;
	memcpy(policy->base_digest, digests, sizeof(policy->base_digest));
	memcpy(policy->digest, (const char *)digests + sizeof(policy->base_digest),
	       sizeof(policy->digest));
	return get_types(blob, policy) && get_rows(blob, policy) && get_filetrans(blob, policy) &&
	       get_automaton(blob, policy) && !blob->failed && blob->used == blob->len;
}

/* The digest tells what is corrupt; what it does not, a wrong writer, the sizes do. */
static bool is_whole(const char *text, size_t len, const uint8_t *key)
{
	uint8_t digest[BH_DIGEST_SIZE];
	struct header header;

	if (len < sizeof(header))
		return false;
	memcpy(&header, text, sizeof(header));
	if (memcmp(header.magic, magic, sizeof(magic)) || header.format != FORMAT ||
	    header.abi != BH_ABI_VERSION || header.len != len - sizeof(header) ||
	    memcmp(header.key, key, sizeof(header.key)))
		return false;
	digest_bytes(text + sizeof(header), len - sizeof(header), digest);
	return !memcmp(header.digest, digest, sizeof(digest));
}

static int read_file(int dir, const char *name, char **text, size_t *len)
{
	BH_CLOSE int fd =
		openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

	if (fd < 0 || !is_roots(fd, S_IFREG, 077))
		return -ENOENT;
	/* Used now: others give way first. */
	futimens(fd, NULL);
	return bh_read_fd(fd, FILE_MAX_BYTES, text, len);
}

int bh_cache_load(const char *dir, const uint8_t *key, struct bh_policy **policy)
{
	BH_CLOSE int dir_fd = open_dir(dir);
	char name[NAME_DIGITS + 1];
	struct bh_policy_private *private;
	BH_FREE char *text = NULL;
	struct bh_blob blob = { 0 };
	size_t len;

	*policy = NULL;
	file_name(key, name);
	if (dir_fd < 0 || read_file(dir_fd, name, &text, &len) || !is_whole(text, len, key))
		return -ENOENT;
	private = calloc(1, sizeof(*private));
	if (!private)
		return -ENOMEM;
	blob.data = text + sizeof(struct header);
	blob.len = len - sizeof(struct header);
	if (!get_policy(&blob, &private->policy)) {
		bh_policy_free(&private->policy);
		return -ENOENT;
	}
	*policy = &private->policy;
	return 0;
}

static int write_aside(int dir, const char *name, const struct header *header,
		       const struct bh_blob *blob)
{
	BH_CLOSE int fd =
		openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	int ret;

	if (fd < 0)
		return -errno;
	ret = bh_write_fd(fd, header, sizeof(*header));
	return ret ? ret : bh_write_fd(fd, blob->data, blob->used);
}

static bool is_entry(const char *name)
{
	return strspn(name, "0123456789abcdef") == NAME_DIGITS && !name[NAME_DIGITS];
}

/* Removes the oldest while there are too many; what is in the way of that is left. */
static void make_room(int dir_fd)
{
	char oldest[NAME_DIGITS + 1] = "";
	struct timespec time = { 0 };
	struct dirent *entry;
	struct stat st;
	size_t nr = 0;
	DIR *dir = fdopendir(openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));

	if (!dir)
		return;
	while ((entry = readdir(dir))) {
		if (!is_entry(entry->d_name) ||
		    fstatat(dir_fd, entry->d_name, &st, AT_SYMLINK_NOFOLLOW))
			continue;
		if (nr++ &&
		    (st.st_mtim.tv_sec > time.tv_sec ||
		     (st.st_mtim.tv_sec == time.tv_sec && st.st_mtim.tv_nsec >= time.tv_nsec)))
			continue;
		time = st.st_mtim;
		strcpy(oldest, entry->d_name);
	}
	closedir(dir);
	if (nr >= BH_CACHE_FILES)
		unlinkat(dir_fd, oldest, 0);
}

int bh_cache_store(const char *dir, const uint8_t *key, const struct bh_policy *policy)
{
	BH_CLOSE int dir_fd = open_dir(dir);
	struct header header = { .format = FORMAT, .abi = BH_ABI_VERSION };
	char name[NAME_DIGITS + 1], aside[NAME_DIGITS + 8];
	struct bh_blob blob = { 0 };
	int ret = dir_fd < 0 ? dir_fd : 0;

	if (ret)
		return ret;
	put_policy(&blob, policy);
	if (blob.failed) {
		free(blob.data);
		return -ENOMEM;
	}
	memcpy(header.magic, magic, sizeof(magic));
	memcpy(header.key, key, sizeof(header.key));
	header.len = blob.used;
	digest_bytes(blob.data, blob.used, header.digest);
	file_name(key, name);
	snprintf(aside, sizeof(aside), ".%s.new", name);
	make_room(dir_fd);
	/* One that a killed writer left: the caller's lock says that nobody writes it now. */
	unlinkat(dir_fd, aside, 0);
	ret = write_aside(dir_fd, aside, &header, &blob);
	if (!ret && renameat(dir_fd, aside, dir_fd, name))
		ret = -errno;
	if (ret)
		unlinkat(dir_fd, aside, 0);
	free(blob.data);
	return ret;
}
