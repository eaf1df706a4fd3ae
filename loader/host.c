// SPDX-License-Identifier: GPL-2.0
/* Marks on the roots of the host's file systems. */
#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "host.h"
#include "io.h"
#include "labels.h"
#include "marks.h"
#include "view.h"

#define INIT_MOUNTINFO "/proc/1/mountinfo"
#define INIT_ROOT "/proc/1/root"

static bool is_same_device(const struct bh_mount *a, const struct bh_mount *b)
{
	return a->major == b->major && a->minor == b->minor;
}

static bool is_below(const char *path, const char *dir)
{
	size_t len = strlen(dir);

	if (len == 1)
		return path[1] != '\0';
	return !strncmp(path, dir, len) && path[len] == '/';
}

/*
 * The mount that says where the file system is: of its whole, or of a part that no other
 * mount contains; of several the first, which is the one that lasts longest.
 */
static bool says_where(const struct bh_mounts *all, const struct bh_mount *mount)
{
	for (size_t i = 0; i < all->nr; i++) {
		const struct bh_mount *other = &all->mounts[i];

		if (other == mount || !is_same_device(mount, other) ||
		    bh_mount_is_covered(all, other))
			continue;
		if (is_below(mount->root, other->root) ||
		    (other < mount && !strcmp(mount->root, other->root)))
			return false;
	}
	return true;
}

/* Are its files labelled by nothing but a mark? Of devtmpfs some files are the host's sockets. */
static bool wants_mark(int filesystems, const struct bh_mount *mount)
{
	char name[BH_FSNAME_MAX] = { 0 };
	struct bh_filesystem fs;

	memcpy(name, mount->fstype, strnlen(mount->fstype, sizeof(name) - 1));
	if (!strcmp(name, "devtmpfs") || bpf_map_lookup_elem(filesystems, name, &fs))
		return true;
	return fs.flags & (BH_FS_INTERNAL | BH_FS_DISK);
}

static int mark_root(const struct bh_maps *maps, int init_root, const struct bh_mount *mount,
		     struct bh_error *error)
{
	struct bh_inode mark = { .flags = BH_INODE_MARK }, before;
	struct bh_settings settings;
	BH_CLOSE int fd = bh_open_mount(init_root, mount);
	int ret;

	if (fd < 0)
		return 0; /* out of reach, and so unlabeled_t */
	if (!bpf_map_lookup_elem(maps->inodes, &fd, &before) && bh_mark_holds(maps, &before))
		return 0;
	ret = bh_settings_read(maps, &settings, error);
	if (!ret)
		ret = bh_labels_of_host(maps, mount->point, &mark, error);
	if (ret)
		return ret;
	mark.label.type = settings.type_unlabeled; /* of what no rule names */
	if (bpf_map_update_elem(maps->inodes, &fd, &mark, BPF_ANY))
		return bh_fail(error, -errno, "%s: map bh_inodes: %s", mount->point,
			       strerror(errno));
	return 0;
}

static int mark_all(const struct bh_maps *maps, int filesystems, const struct bh_mounts *all,
		    const struct bh_mount *only, struct bh_error *error)
{
	BH_CLOSE int init_root = open(INIT_ROOT, O_PATH | O_DIRECTORY | O_CLOEXEC);
	int ret = 0;

	if (init_root < 0)
		return bh_fail(error, -errno, INIT_ROOT ": %s", strerror(errno));
	for (size_t i = 0; i < all->nr && !ret; i++) {
		const struct bh_mount *mount = &all->mounts[i];

		if (only && !is_same_device(mount, only))
			continue;
		if (!bh_mount_is_covered(all, mount) && says_where(all, mount) &&
		    wants_mark(filesystems, mount))
			ret = mark_root(maps, init_root, mount, error);
	}
	if (!ret && bh_places_change(maps))
		ret = bh_fail(error, -errno, "map bh_generation: %s", strerror(errno));
	return ret;
}

int bh_host_mark(const struct bh_maps *maps, int filesystems, const struct bh_mount *only,
		 struct bh_error *error)
{
	struct bh_mounts all = { 0 };
	BH_FREE char *text = NULL;
	int ret = bh_read_path(INIT_MOUNTINFO, BH_MOUNTINFO_MAX, &text, NULL);

	if (!ret)
		ret = bh_mountinfo_parse(text, &all);
	if (ret)
		bh_fail(error, ret, INIT_MOUNTINFO ": %s", strerror(-ret));
	else
		ret = mark_all(maps, filesystems, &all, only, error);
	bh_mountinfo_free(&all);
	return ret;
}

void bh_host_mark_again(const struct bh_maps *maps)
{
	BH_CLOSE int filesystems = bh_map_open("bh_filesystems", NULL);

	if (filesystems >= 0)
		bh_host_mark(maps, filesystems, NULL, NULL);
}
