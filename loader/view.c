// SPDX-License-Identifier: GPL-2.0
/* The mounts of a container that is being created, seen from its process. */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cleanup.h"
#include "io.h"
#include "view.h"

int bh_open_beneath(int dir, const char *path, int flags, unsigned int resolve)
{
	struct open_how how = {
		.flags = (unsigned int)(flags | O_CLOEXEC | O_NOFOLLOW),
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS | resolve,
	};
	int fd = (int)syscall(SYS_openat2, dir, *path ? path : "/", &how, sizeof(how));

	return fd < 0 ? -errno : fd;
}

static int read_mounts(const char *pid, char **text, struct bh_mounts *mounts,
		       struct bh_error *error)
{
	char path[64];
	int ret;

	snprintf(path, sizeof(path), "/proc/%s/mountinfo", pid);
	ret = bh_read_path(path, BH_MOUNTINFO_MAX, text, NULL);
	if (!ret)
		ret = bh_mountinfo_parse(*text, mounts);
	return ret ? bh_fail(error, ret, "%s: %s", path, strerror(-ret)) : 0;
}

static const struct bh_mount *find_mount(const struct bh_mounts *mounts, const char *point)
{
	for (size_t i = 0; i < mounts->nr; i++)
		if (!strcmp(mounts->mounts[i].point, point) &&
		    !bh_mount_is_covered(mounts, &mounts->mounts[i]))
			return &mounts->mounts[i];
	return NULL;
}

/* Before pivot_root the container's root is a mount at @rootfs, after it it is "/". */
static int find_rootfs(struct bh_view *view, const char *rootfs, struct bh_error *error)
{
	struct stat own, init;

	view->prefix = rootfs;
	view->rootfs = find_mount(&view->mounts, rootfs);
	if (view->rootfs)
		return 0;
	view->prefix = "";
	view->rootfs = find_mount(&view->mounts, "/");
	if (!view->rootfs || fstat(view->root, &own) || stat("/proc/1/root", &init) ||
	    (own.st_dev == init.st_dev && own.st_ino == init.st_ino))
		return bh_fail(error, -ENOENT, "%s: not mounted in the container", rootfs);
	return 0;
}

static bool is_same(const char *one, const char *other)
{
	struct stat a, b;

	return !stat(one, &a) && !stat(other, &b) && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/* Then this process sees what init sees. In doubt it does not. */
static bool sees_as_init(void)
{
	return is_same("/proc/self/ns/mnt", "/proc/1/ns/mnt") && is_same("/", "/proc/1/root");
}

int bh_view_open(pid_t pid, const char *rootfs, struct bh_view *view, struct bh_error *error)
{
	char number[16], path[64];
	int ret;

	*view = (struct bh_view)BH_VIEW_CLOSED;
	snprintf(number, sizeof(number), "%d", pid);
	snprintf(path, sizeof(path), "/proc/%d/root", pid);
	view->root = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (view->root < 0)
		return bh_fail(error, -errno, "%s: %s", path, strerror(errno));
	ret = read_mounts(number, &view->text, &view->mounts, error);
	if (!ret)
		ret = read_mounts("self", &view->host_text[0], &view->host[0], error);
	if (!ret && !sees_as_init())
		ret = read_mounts("1", &view->host_text[1], &view->host[1], error);
	return ret ? ret : find_rootfs(view, rootfs, error);
}

void bh_view_close(struct bh_view *view)
{
	if (view->root >= 0)
		close(view->root);
	bh_mountinfo_free(&view->mounts);
	free(view->text);
	for (size_t i = 0; i < 2; i++) {
		bh_mountinfo_free(&view->host[i]);
		free(view->host_text[i]);
	}
	*view = (struct bh_view)BH_VIEW_CLOSED;
}

const char *bh_view_path(const struct bh_view *view, const struct bh_mount *mount)
{
	size_t len = strlen(view->prefix);

	if (strncmp(mount->point, view->prefix, len))
		return NULL;
	if (!mount->point[len])
		return "/";
	return mount->point[len] == '/' ? mount->point + len : NULL;
}

int bh_open_mount(int root, const struct bh_mount *mount)
{
	struct statx st;
	int fd = bh_open_beneath(root, mount->point, O_PATH, RESOLVE_NO_MAGICLINKS);

	if (fd < 0)
		return fd;
	if (!statx(fd, "", AT_EMPTY_PATH, STATX_MNT_ID, &st) && st.stx_mask & STATX_MNT_ID &&
	    st.stx_mnt_id == (__u64)mount->id)
		return fd;
	close(fd);
	return -ESTALE;
}

int bh_view_open_mount(const struct bh_view *view, const struct bh_mount *mount)
{
	return bh_open_mount(view->root, mount);
}

bool bh_view_is_hosts(const struct bh_view *view, const struct bh_mount *mount)
{
	return bh_mounts_have_device(&view->host[0], mount->major, mount->minor) ||
	       bh_mounts_have_device(&view->host[1], mount->major, mount->minor);
}
