// SPDX-License-Identifier: GPL-2.0
/* What becomes of an archive's entries, and the archive that this makes. */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "image_position.h"
#include "cleanup.h"
#include "image_changes.h"

static struct bh_image_change *find_change(struct bh_image_changes *changes, const char *name)
{
	for (size_t i = 0; i < changes->nr; i++)
		if (!strcmp(changes->changes[i].name, name))
			return &changes->changes[i];
	return NULL;
}

static int set_data(struct bh_image_change *change, const void *data, size_t len)
{
	if (change->data || !data)
		return 0;
	change->data = malloc(len + 1);
	if (!change->data)
		return -ENOMEM;
	memcpy(change->data, data, len);
	change->len = len;
	return 0;
}

int bh_image_change(struct bh_image_changes *changes, const char *name, const void *data,
		    size_t len)
{
	struct bh_image_change *change = find_change(changes, name), *grown;

	if (change)
		return set_data(change, data, len);
	grown = reallocarray(changes->changes, changes->nr + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	changes->changes = grown;
	change = &grown[changes->nr];
	*change = (struct bh_image_change){ .name = strdup(name) };
	if (!change->name)
		return -ENOMEM;
	changes->nr++;
	return set_data(change, data, len);
}

void bh_image_changes_free(struct bh_image_changes *changes)
{
	for (size_t i = 0; i < changes->nr; i++) {
		free(changes->changes[i].name);
		free(changes->changes[i].data);
	}
	free(changes->changes);
	*changes = (struct bh_image_changes){ 0 };
}

static int fail_write(struct archive *to, const char *path, struct bh_error *error)
{
	int code = archive_errno(to);

	return bh_fail(error, code > 0 ? -code : -EIO, "%s: %s", path, archive_error_string(to));
}

static int write_entry(struct archive *to, struct archive_entry *header,
		       const struct bh_image_change *change, const char *path,
		       struct bh_error *error)
{
	archive_entry_set_pathname(header, change->name);
	archive_entry_set_filetype(header, AE_IFREG);
	archive_entry_set_symlink(header, NULL);
	archive_entry_set_hardlink(header, NULL);
	archive_entry_set_size(header, (la_int64_t)change->len);
	if (archive_write_header(to, header) != ARCHIVE_OK ||
	    archive_write_data(to, change->data, change->len) != (la_ssize_t)change->len)
		return fail_write(to, path, error);
	return 0;
}

static int copy_entry(struct bh_archive *archive, struct archive *from,
		      struct archive_entry *header, struct archive *to, const char *path,
		      struct bh_error *error)
{
	static char buffer[1 << 16];
	la_ssize_t got;

	if (archive_write_header(to, header) < ARCHIVE_WARN)
		return fail_write(to, path, error);
	while ((got = archive_read_data(from, buffer, sizeof(buffer))) > 0)
		if (archive_write_data(to, buffer, (size_t)got) != got)
			return fail_write(to, path, error);
	return got ? bh_fail(error, -EIO, "%s: damaged: %s", archive->path,
			     archive_error_string(from)) :
		     0;
}

static int copy_entries(struct bh_archive *archive, struct bh_image_changes *changes,
			struct archive *from, struct archive *to, const char *path,
			struct bh_error *error)
{
	char name[BH_ARCHIVE_NAME_MAX];
	struct archive_entry *header;
	int ret = 0, got = ARCHIVE_EOF;

	while (!ret && (got = archive_read_next_header(from, &header)) != ARCHIVE_EOF) {
		struct bh_image_change *change = NULL;

		if (got != ARCHIVE_OK && got != ARCHIVE_WARN)
			return bh_fail(error, -EIO, "%s: damaged: %s", archive->path,
				       archive_error_string(from));
		if (bh_archive_clean_name(archive_entry_pathname(header), name, sizeof(name)))
			change = find_change(changes, name);
		if (!change) {
			ret = copy_entry(archive, from, header, to, path, error);
		} else if (change->data) {
			change->done = true;
			ret = write_entry(to, header, change, path, error);
		}
	}
	return ret;
}

static int add_entries(struct bh_image_changes *changes, struct archive *to, const char *path,
		       struct bh_error *error)
{
	int ret = 0;

	for (size_t i = 0; i < changes->nr && !ret; i++) {
		struct bh_image_change *change = &changes->changes[i];
		struct archive_entry *header;

		if (change->done || !change->data)
			continue;
		header = archive_entry_new();
		if (!header)
			return bh_fail(error, -ENOMEM, "%s: %s", path, strerror(ENOMEM));
		archive_entry_set_perm(header, 0644);
		archive_entry_set_mtime(header, 0, 0);
		ret = write_entry(to, header, change, path, error);
		archive_entry_free(header);
	}
	return ret;
}

static int write_tar(struct bh_archive *archive, struct bh_image_changes *changes, int fd,
		     const char *path, struct bh_error *error)
{
	struct bh_archive_position *position;
	struct archive *from = bh_archive_begin(archive->fd, &position);
	struct archive *to = archive_write_new();
	int ret = -ENOMEM;

	if (!from || !to) {
		bh_fail(error, ret, "%s: %s", path, strerror(ENOMEM));
	} else {
		archive_write_set_format_pax_restricted(to);
		ret = archive_write_open_fd(to, fd) == ARCHIVE_OK ? 0 : fail_write(to, path, error);
		if (!ret)
			ret = copy_entries(archive, changes, from, to, path, error);
		if (!ret)
			ret = add_entries(changes, to, path, error);
		if (!ret && archive_write_close(to) != ARCHIVE_OK)
			ret = fail_write(to, path, error);
	}
	archive_write_free(to);
	archive_read_free(from);
	free(position);
	return ret;
}

/* As the file that it replaces, or as open() would make a new one. */
static int set_mode(const struct bh_archive *archive, bool replace, int fd)
{
	struct stat st;
	mode_t mask;

	if (replace)
		return fstat(archive->fd, &st) || fchmod(fd, st.st_mode & 0777) ? -errno : 0;
	mask = umask(0);
	umask(mask);
	return fchmod(fd, 0666 & ~mask) ? -errno : 0;
}

static int rewrite_tar(struct bh_archive *archive, struct bh_image_changes *changes,
		       const char *out, bh_image_approve approve, void *data,
		       struct bh_error *error)
{
	const char *target = out ? out : archive->path;
	BH_FREE char *aside = NULL;
	BH_CLOSE int fd = -1;
	int ret;

	if (asprintf(&aside, "%s.XXXXXX", target) < 0)
		return bh_fail(error, -ENOMEM, "%s: %s", target, strerror(ENOMEM));
	fd = mkostemp(aside, O_CLOEXEC);
	if (fd < 0)
		return bh_fail(error, -errno, "%s: %s", aside, strerror(errno));
	ret = write_tar(archive, changes, fd, aside, error);
	if (!ret)
		ret = approve(aside, data, error);
	if (!ret) {
		ret = set_mode(archive, !out, fd);
		if (!ret && (fsync(fd) || rename(aside, target)))
			ret = -errno;
		if (ret)
			bh_fail(error, ret, "%s: %s", target, strerror(-ret));
	}
	if (ret)
		unlink(aside);
	return ret;
}

int bh_image_rewrite(struct bh_archive *archive, struct bh_image_changes *changes, const char *out,
		     bh_image_approve approve, void *data, struct bh_error *error)
{
	if (!archive->directory)
		return rewrite_tar(archive, changes, out, approve, data, error);
	if (out)
		return bh_fail(error, -EINVAL,
			       "%s: a directory is changed in place: copy it first, without -o",
			       archive->path);
	return bh_image_rewrite_layout(archive, changes, error);
}
