/* SPDX-License-Identifier: GPL-2.0 */
/* The mounts of a container that is being created, seen from its process. */
#ifndef BULKHEAD_VIEW_H
#define BULKHEAD_VIEW_H

#include <stdbool.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "error.h"
#include "mountinfo.h"

struct bh_view {
	int root; /* the process' root directory, O_PATH; -1: not open */
	char *text; /* of its mountinfo */
	struct bh_mounts mounts;
	const struct bh_mount *rootfs; /* the container's root file system */
	const char *prefix; /* what its mount points start with; "" after pivot_root */
	char *host_text[2]; /* of this process' mountinfo and of init's, if that is another */
	struct bh_mounts host[2];
};

#define BH_VIEW_CLOSED     \
	{                  \
		.root = -1 \
	}

/**
 * bh_view_open() - Look at a container's mounts.
 * @pid:    Its process: before pivot_root (crun and runc at createRuntime), or after.
 * @rootfs: Where the runtime was told the root file system is, without links.
 * @view:   Receives the view; closed by bh_view_close(), also on error. @rootfs must
 *          live as long.
 * @error:  Receives why not.
 *
 * Return: 0; -ENOENT its root file system was not found; the error of reading.
 */
int bh_view_open(pid_t pid, const char *rootfs, struct bh_view *view, struct bh_error *error);

/**
 * bh_view_close() - Close a view.
 * @view: From bh_view_open(), or BH_VIEW_CLOSED.
 */
void bh_view_close(struct bh_view *view);

/**
 * bh_view_path() - Where a mount is in the container.
 * @view:  The view.
 * @mount: One of its mounts.
 *
 * Return: The path that the container will see; NULL: it will not see the mount.
 */
const char *bh_view_path(const struct bh_view *view, const struct bh_mount *mount);

/**
 * bh_view_open_mount() - Open the root of a mount.
 * @view:  The view.
 * @mount: One of its mounts.
 *
 * Follows no links, and makes sure that what it opened is this mount.
 *
 * Return: A descriptor (O_PATH); -ESTALE another mount is there; a negative errno.
 */
int bh_view_open_mount(const struct bh_view *view, const struct bh_mount *mount);

/**
 * bh_open_mount() - Open the root of a mount.
 * @root:  Root directory of a process that sees the mount, O_PATH.
 * @mount: The mount.
 *
 * Return: an O_PATH descriptor; -ESTALE another mount is there; the error of openat2().
 */
int bh_open_mount(int root, const struct bh_mount *mount);

/**
 * bh_view_is_hosts() - Is the mount's file system mounted on the host too?
 * @view:  The view.
 * @mount: One of its mounts.
 *
 * Return: true if its superblock is in the host's mount namespace.
 */
bool bh_view_is_hosts(const struct bh_view *view, const struct bh_mount *mount);

/**
 * bh_open_beneath() - Open a path below a directory, following no links.
 * @dir:     Directory, taken as the root of the path.
 * @path:    Path; a leading slash is the directory itself.
 * @flags:   Flags of open(); O_CLOEXEC and O_NOFOLLOW are added.
 * @resolve: RESOLVE_... to add.
 *
 * Source: openat2(2).
 * Return: A descriptor, or a negative errno.
 */
int bh_open_beneath(int dir, const char *path, int flags, unsigned int resolve);

#endif /* BULKHEAD_VIEW_H */
