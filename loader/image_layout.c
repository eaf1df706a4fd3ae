// SPDX-License-Identifier: GPL-2.0
/* Changing an OCI layout directory in place. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cleanup.h"
#include "image_changes.h"
#include "io.h"
#include "view.h"

#define ASIDE ".bulkhead.new" /* in the directory of what it replaces */

static int open_parent(int dir, const char *name, const char **last)
{
	const char *slash = strrchr(name, '/');
	BH_FREE char *parent = slash ? strndup(name, (size_t)(slash - name)) : strdup(".");

	*last = slash ? slash + 1 : name;
	return parent ? bh_open_beneath(dir, parent, O_RDONLY | O_DIRECTORY, 0) : -ENOMEM;
}

static int write_aside(int parent, const struct bh_image_change *change)
{
	BH_CLOSE int fd =
		openat(parent, ASIDE, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);
	int ret;

	if (fd < 0)
		return -errno;
	ret = bh_write_fd(fd, change->data, change->len);
	return ret ? ret : fsync(fd) ? -errno : 0;
}

/* Whole, or not at all; a blob that is there already has the same bytes by its name. */
static int put_file(int dir, struct bh_image_change *change, bool replace)
{
	const char *last;
	BH_CLOSE int parent = open_parent(dir, change->name, &last);
	struct stat st;
	int ret;

	if (parent < 0)
		return parent;
	if (!replace && !fstatat(parent, last, &st, AT_SYMLINK_NOFOLLOW))
		return 0;
	ret = write_aside(parent, change);
	if (!ret && renameat(parent, ASIDE, parent, last))
		ret = -errno;
	if (ret)
		unlinkat(parent, ASIDE, 0);
	else
		change->done = true;
	return ret;
}

static void remove_file(int dir, const char *name)
{
	const char *last;
	BH_CLOSE int parent = open_parent(dir, name, &last);

	if (parent >= 0)
		unlinkat(parent, last, 0);
}

static bool is_blob(const struct bh_image_change *change)
{
	return strchr(change->name, '/');
}

static int put_all(struct bh_archive *archive, struct bh_image_changes *changes, bool blobs,
		   struct bh_error *error)
{
	int ret = 0;

	for (size_t i = 0; i < changes->nr && !ret; i++) {
		struct bh_image_change *change = &changes->changes[i];

		if (!change->data || is_blob(change) != blobs)
			continue;
		ret = put_file(archive->fd, change, !blobs);
		if (ret)
			bh_fail(error, ret, "%s: %s: %s", archive->path, change->name,
				strerror(-ret));
	}
	return ret;
}

int bh_image_rewrite_layout(struct bh_archive *archive, struct bh_image_changes *changes,
			    struct bh_error *error)
{
	int ret = put_all(archive, changes, true, error);

	if (!ret)
		ret = put_all(archive, changes, false, error);
	/* The old ones when nothing names them any more, or the new ones. */
	for (size_t i = 0; i < changes->nr; i++) {
		const struct bh_image_change *change = &changes->changes[i];

		if (is_blob(change) && (ret ? change->done : !change->data))
			remove_file(archive->fd, change->name);
	}
	return ret;
}
