// SPDX-License-Identifier: GPL-2.0
/* Images as files: an archive's names, and the directory in its place. */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "image_archive.h"
#include "image_archive_internal.h"
#include "image_position.h"
#include "cleanup.h"

#define HOPS_MAX 4 /* links to links */

static const struct bh_archive_limits defaults = {
	.entries = 16384,
	.layer_entries = 4000000,
	.bytes = 256ULL << 30,
	.free_bytes = 1ULL << 30,
	.ratio = 256,
};

bool bh_archive_clean_name(const char *name, char *clean, size_t size)
{
	size_t used = 0;

	for (;;) {
		size_t len;

		name += strspn(name, "/");
		len = strcspn(name, "/");
		if (!len)
			break;
		if (len == 2 && !memcmp(name, "..", 2))
			return false;
		if (len != 1 || *name != '.') {
			if (used + len + 2 > size)
				return false;
			if (used)
				clean[used++] = '/';
			memcpy(clean + used, name, len);
			used += len;
		}
		name += len;
	}
	clean[used] = '\0';
	return true;
}

int bh_archive_spend(struct bh_archive *archive, uint64_t bytes, uint64_t out, uint64_t in)
{
	if (bytes > archive->limits.bytes - archive->spent)
		return -E2BIG;
	archive->spent += bytes;
	if (out > archive->limits.free_bytes && out / archive->limits.ratio > in)
		return -E2BIG;
	return 0;
}

/* What a symbolic link in an archive means, as a name in it; false: something outside. */
static bool resolve_link(const char *from, const char *to, char *target)
{
	char joined[2 * BH_ARCHIVE_NAME_MAX], *slash;

	if (*to == '/' || strlen(to) >= BH_ARCHIVE_NAME_MAX)
		return false;
	strcpy(joined, from);
	slash = strrchr(joined, '/');
	if (slash)
		*slash = '\0';
	else
		*joined = '\0';
	/* docker save writes ../ID/layer.tar for a layer that another image has too. */
	while (!strncmp(to, "../", 3)) {
		if (!*joined)
			return false;
		slash = strrchr(joined, '/');
		*(slash ? slash : joined) = '\0';
		to += 3;
	}
	strcat(joined, "/");
	strcat(joined, to);
	return bh_archive_clean_name(joined, target, BH_ARCHIVE_NAME_MAX);
}

static int find_link(const char *name, struct archive_entry *from, char **link)
{
	const char *symbolic = archive_entry_symlink(from), *hard = archive_entry_hardlink(from);
	char target[BH_ARCHIVE_NAME_MAX];

	*link = NULL;
	if (!symbolic && !hard)
		return 0;
	if (hard ? !bh_archive_clean_name(hard, target, sizeof(target)) :
		   !resolve_link(name, symbolic, target))
		return -EINVAL;
	*link = strdup(target);
	return *link ? 0 : -ENOMEM;
}

static int add_entry(struct bh_archive *archive, struct archive_entry *from, size_t number,
		     struct bh_error *error)
{
	const char *name = archive_entry_pathname(from);
	char clean[BH_ARCHIVE_NAME_MAX];
	struct bh_archive_entry *grown;
	int ret;

	if (!name || *name == '/' || !bh_archive_clean_name(name, clean, sizeof(clean)))
		return bh_fail(error, -EINVAL,
			       "%s: entry %zu: its name is absolute, too long or has '..'",
			       archive->path, number + 1);
	if (archive->nr_entries == archive->limits.entries)
		return bh_fail(error, -E2BIG, "%s: more than %zu entries", archive->path,
			       archive->limits.entries);
	if (!(archive->nr_entries & (archive->nr_entries - 1))) {
		grown = reallocarray(archive->entries,
				     archive->nr_entries ? archive->nr_entries * 2 : 1,
				     sizeof(*grown));
		if (!grown)
			return bh_fail(error, -ENOMEM, "%s: %s", archive->path, strerror(ENOMEM));
		archive->entries = grown;
	}
	grown = &archive->entries[archive->nr_entries];
	*grown = (struct bh_archive_entry){ .number = number,
					    .size = (uint64_t)archive_entry_size(from),
					    .regular = archive_entry_filetype(from) == AE_IFREG };
	ret = find_link(clean, from, &grown->link);
	if (ret == -EINVAL)
		return bh_fail(error, ret, "%s: entry %zu: a link that leads out", archive->path,
			       number + 1);
	grown->name = strdup(clean);
	archive->nr_entries++;
	return ret || !grown->name ?
		       bh_fail(error, -ENOMEM, "%s: %s", archive->path, strerror(ENOMEM)) :
		       0;
}

static int compare_names(const void *left, const void *right)
{
	const struct bh_archive_entry *a = left, *b = right;

	return strcmp(a->name, b->name);
}

/* Which of two is meant, readers do not agree on. */
static int sort_entries(struct bh_archive *archive, struct bh_error *error)
{
	if (!archive->nr_entries)
		return bh_fail(error, -EINVAL, "%s: not an image: it is empty", archive->path);
	qsort(archive->entries, archive->nr_entries, sizeof(*archive->entries), compare_names);
	for (size_t i = 1; i < archive->nr_entries; i++)
		if (!compare_names(&archive->entries[i - 1], &archive->entries[i]) &&
		    (archive->entries[i].regular || archive->entries[i].link ||
		     archive->entries[i - 1].regular || archive->entries[i - 1].link))
			return bh_fail(error, -EINVAL, "%s: entry %zu: its name comes twice",
				       archive->path, archive->entries[i].number + 1);
	return 0;
}

static int read_names(struct bh_archive *archive, struct archive *from, struct bh_error *error)
{
	struct archive_entry *entry;
	uint64_t before = 0;
	size_t number;
	int ret = 0, got;

	for (number = 0;; number++) {
		uint64_t now;

		got = archive_read_next_header(from, &entry);
		if (got != ARCHIVE_OK && got != ARCHIVE_WARN)
			break;
		now = (uint64_t)archive_filter_bytes(from, 0);
		/* Skipping what is compressed means decompressing it. */
		if (archive_filter_code(from, 0) != ARCHIVE_FILTER_NONE)
			ret = bh_archive_spend(archive, now - before, now, archive->size);
		if (ret)
			return bh_fail(error, ret, "%s: decompresses to too much", archive->path);
		before = now;
		ret = add_entry(archive, entry, number, error);
		if (ret)
			return ret;
	}
	if (got != ARCHIVE_EOF)
		return bh_fail(error, -EINVAL, "%s: %s%s", archive->path,
			       number ? "damaged: " : "not an image: ", archive_error_string(from));
	return sort_entries(archive, error);
}

static int open_tar(struct bh_archive *archive, struct bh_error *error)
{
	struct bh_archive_position *position;
	struct archive *from = bh_archive_begin(archive->fd, &position);
	int ret;

	if (from)
		ret = read_names(archive, from, error);
	else
		ret = bh_fail(error, -EINVAL,
			      "%s: neither an OCI layout nor an archive of an image",
			      archive->path);
	archive_read_free(from);
	free(position);
	return ret;
}

int bh_archive_open(const char *path, const struct bh_archive_limits *limits,
		    struct bh_archive *archive, struct bh_error *error)
{
	struct stat st;

	*archive = (struct bh_archive){ .path = path, .limits = limits ? *limits : defaults };
	/* Not to wait for a pipe's writer. */
	archive->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (archive->fd < 0 || fstat(archive->fd, &st))
		return bh_fail(error, -errno, "%s: %s", path, strerror(errno));
	archive->directory = S_ISDIR(st.st_mode);
	archive->size = (uint64_t)st.st_size;
	if (archive->directory)
		return 0;
	if (!S_ISREG(st.st_mode))
		return bh_fail(error, -EINVAL, "%s: neither a file nor a directory", path);
	return open_tar(archive, error);
}

void bh_archive_close(struct bh_archive *archive)
{
	for (size_t i = 0; i < archive->nr_entries; i++) {
		free(archive->entries[i].name);
		free(archive->entries[i].link);
	}
	free(archive->entries);
	bh_cleanup_fd(&archive->fd);
	*archive = (struct bh_archive){ .fd = -1 };
}

int bh_archive_read(struct bh_archive *archive, const char *name, size_t max, char **text,
		    size_t *len, struct bh_error *error)
{
	struct bh_stream stream;
	BH_FREE char *buffer = NULL;
	size_t room = 0, used = 0;
	ssize_t got = 0;
	int ret = bh_stream_open(archive, name, &stream, error);

	while (!ret) {
		if (room - used < 4096) {
			char *grown = realloc(buffer, room = room * 2 + 8192);

			if (!grown) {
				got = -ENOMEM;
				break;
			}
			buffer = grown;
		}
		got = bh_stream_read(&stream, buffer + used, room - used - 1);
		if (got <= 0)
			break;
		used += (size_t)got;
		if (used > max)
			ret = bh_fail(error, -E2BIG, "%s: %s: larger than %zu bytes", archive->path,
				      name, max);
	}
	bh_stream_close(&stream);
	if (ret || got < 0)
		return ret ? ret :
			     bh_fail(error, (int)got, "%s: %s: %s", archive->path, name,
				     strerror((int)-got));
	buffer[used] = '\0';
	*text = buffer;
	buffer = NULL;
	*len = used;
	return 0;
}

/* Where a name leads; NULL: to no file. */
static const struct bh_archive_entry *find_entry(const struct bh_archive *archive, const char *name)
{
	struct bh_archive_entry key = { .name = (char *)name };
	const struct bh_archive_entry *found;

	for (int hops = 0; hops <= HOPS_MAX; hops++) {
		found = bsearch(&key, archive->entries, archive->nr_entries,
				sizeof(*archive->entries), compare_names);
		if (!found || !found->link)
			return found && found->regular ? found : NULL;
		key.name = found->link;
	}
	return NULL;
}

bool bh_archive_has(const struct bh_archive *archive, const char *name)
{
	struct stat st;

	if (archive->directory)
		return !fstatat(archive->fd, name, &st, AT_SYMLINK_NOFOLLOW);
	return find_entry(archive, name);
}

int bh_archive_seek(const struct bh_archive *archive, const char *name, struct bh_stream *stream)
{
	const struct bh_archive_entry *entry = find_entry(archive, name);
	struct archive_entry *header;
	int got = ARCHIVE_OK;

	if (!entry)
		return -ENOENT;
	stream->archive = bh_archive_begin(archive->fd, &stream->position);
	if (!stream->archive)
		return -ENOMEM;
	for (size_t i = 0; i <= entry->number && (got == ARCHIVE_OK || got == ARCHIVE_WARN); i++)
		got = archive_read_next_header(stream->archive, &header);
	return got == ARCHIVE_OK || got == ARCHIVE_WARN ? 0 : -EIO;
}
