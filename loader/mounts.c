// SPDX-License-Identifier: GPL-2.0
/* Whose are the files of each of a container's mounts? */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attributes.h"
#include "cleanup.h"
#include "host.h"
#include "labels.h"
#include "mounts.h"

enum owner {
	HOST, /* no mark */
	OWN, /* the container's categories */
	SHARED, /* s0 */
};

/* File systems that a runtime makes for one container. */
static bool is_made_by_runtime(const struct bh_view *view, const struct bh_mount *mount)
{
	static const char *const made[] = { "tmpfs", "devpts", "mqueue", "ramfs", "overlay" };

	/* One that the host has mounted too was not made for this container. */
	if (bh_view_is_hosts(view, mount))
		return false;
	for (size_t i = 0; i < sizeof(made) / sizeof(made[0]); i++)
		if (!strcmp(mount->fstype, made[i]))
			return true;
	return false;
}

static bool is_below(const char *path, const char *dir)
{
	size_t len = strlen(dir);

	return !strncmp(path, dir, len) && (!path[len] || path[len] == '/');
}

/* Below a directory that has the container's id in its name, in an engine's place. */
static bool is_engines(const struct bh_mounts_job *job, const char *path)
{
	static const char *const places[] = {
		"/var/lib/containers/storage/overlay-containers/%s/userdata",
		"/run/containers/storage/overlay-containers/%s/userdata",
		"/var/lib/docker/containers/%s",
	};
	char dir[PATH_MAX];

	if (job->bundle && is_below(path, job->bundle))
		return true;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		snprintf(dir, sizeof(dir), places[i], job->oci->id);
#pragma GCC diagnostic pop
		if (is_below(path, dir))
			return true;
	}
	return false;
}

/* VOLUMES/NAME/_data */
static bool is_volume_in(const char *path, const char *volumes)
{
	const char *name;

	if (!is_below(path, volumes))
		return false;
	name = path + strlen(volumes);
	if (*name++ != '/')
		return false;
	name = strchr(name, '/');
	return name && is_below(name, "/_data");
}

/* A volume that the engine keeps under a name; podman's place follows from the bundle. */
static bool is_named_volume(const char *bundle, const char *path)
{
	const char *cut = bundle ? strstr(bundle, "/overlay-containers/") : NULL;
	char volumes[PATH_MAX];

	if (cut) {
		snprintf(volumes, sizeof(volumes), "%.*s/volumes", (int)(cut - bundle), bundle);
		if (is_volume_in(path, volumes))
			return true;
	}
	return is_volume_in(path, "/var/lib/containers/storage/volumes") ||
	       is_volume_in(path, "/var/lib/docker/volumes");
}

static enum owner classify_source(const struct bh_mounts_job *job, const char *path)
{
	const struct bh_volume *volume = bh_volume_find(job->conf, path);

	if (volume)
		return volume->private ? OWN : SHARED;
	if (is_engines(job, path))
		return OWN;
	return is_named_volume(job->bundle, path) ? SHARED : HOST;
}

/* What config.json says is mounted there; of several the last, which lies on top. */
static const struct bh_oci_mount *find_configured(const struct bh_oci *oci, const char *path)
{
	const struct bh_oci_mount *found = NULL;

	for (size_t i = 0; i < oci->nr_mounts; i++) {
		const char *destination = oci->mounts[i].destination;
		size_t len = strlen(destination);

		while (len > 1 && destination[len - 1] == '/')
			len--;
		if (strlen(path) == len && !strncmp(path, destination, len))
			found = &oci->mounts[i];
	}
	return found;
}

/* The path of a source is believed only if what it names is what was mounted. */
static enum owner classify_bind(const struct bh_mounts_job *job,
				const struct bh_oci_mount *configured, const struct stat *root)
{
	BH_FREE char *path = NULL;
	struct stat source;

	if (!configured->source || *configured->source != '/')
		return HOST;
	path = realpath(configured->source, NULL);
	if (!path || lstat(path, &source) || source.st_dev != root->st_dev ||
	    source.st_ino != root->st_ino)
		return HOST;
	return classify_source(job, path);
}

static enum owner classify(const struct bh_mounts_job *job, const struct bh_mount *mount,
			   const char *path, const struct stat *root)
{
	const struct bh_oci_mount *configured;

	if (mount == job->view->rootfs)
		return OWN;
	/* A device is what its number says. */
	if (S_ISCHR(root->st_mode) || S_ISBLK(root->st_mode))
		return HOST;
	configured = find_configured(job->oci, path);
	if (configured && configured->bind && !is_made_by_runtime(job->view, mount))
		return classify_bind(job, configured, root);
	return is_made_by_runtime(job->view, mount) ? OWN : HOST;
}

/* Is the inode at the root of the mount there for this container only? */
static enum bh_mark_life life_of(const struct bh_view *view, const struct bh_mount *mount)
{
	if (is_made_by_runtime(view, mount))
		return BH_MARK_OF_MOUNT;
	/* The engine mounts an overlay for each container, on the host's side. */
	if (mount == view->rootfs && !strcmp(mount->fstype, "overlay") && !strcmp(mount->root, "/"))
		return BH_MARK_OF_MOUNT;
	return BH_MARK_LEASED;
}

/* Files that others have, too, may have labels of their own. */
static int read_attributes(const struct bh_mounts_job *job, const char *path,
			   struct bh_error *error)
{
	const struct bh_oci_mount *configured = find_configured(job->oci, path);

	if (!configured || !configured->bind)
		return 0;
	*job->flags |= BH_TASK_SHARED;
	return bh_attributes_attach(job->maps, error);
}

/* A file system that was mounted after `bulkhead load` has no mark of the host's yet. */
static int mark_host(const struct bh_mounts_job *job, const struct bh_mount *mount,
		     struct bh_error *error)
{
	BH_CLOSE int filesystems = -1;

	if (!bh_mounts_have_device(&job->view->host[1], mount->major, mount->minor))
		return 0;
	filesystems = bh_map_open("bh_filesystems", error);
	return filesystems < 0 ? filesystems : bh_host_mark(job->maps, filesystems, mount, error);
}

static int mark_mount(const struct bh_mounts_job *job, const struct bh_mount *mount,
		      const char *path, struct bh_marks *marks, struct bh_error *error)
{
	struct bh_inode mark = { .label = { job->type, job->catset } };
	BH_CLOSE int fd = bh_view_open_mount(job->view, mount);
	struct stat root;
	enum owner owner;

	if (fd < 0 || fstat(fd, &root)) {
		int ret = fd < 0 ? fd : -errno;

		/* What cannot be reached by its path now stays unmarked, and so refused. */
		return mount == job->view->rootfs ?
			       bh_fail(error, ret, "%s: %s", mount->point, strerror(-ret)) :
			       0;
	}
	owner = classify(job, mount, path, &root);
	if (owner != OWN) {
		int ret = read_attributes(job, path, error);

		if (ret)
			return ret;
	}
	if (owner == HOST)
		return mark_host(job, mount, error);
	if (owner == SHARED)
		mark.label.catset = BH_CATSET_EMPTY;
	else
		bh_labels_of_mark(job->automaton, job->policy, path, &mark);
	return bh_marks_set(marks, job->maps, fd, &mark, life_of(job->view, mount), path, error);
}

int bh_mounts_mark(const struct bh_mounts_job *job, struct bh_marks *marks, struct bh_error *error)
{
	const struct bh_mounts *all = &job->view->mounts;
	BH_FREE char *bundle = realpath(job->oci->bundle, NULL);
	struct bh_mounts_job with = *job;

	with.bundle = bundle;
	for (size_t i = 0; i < all->nr; i++) {
		const struct bh_mount *mount = &all->mounts[i];
		const char *path = bh_view_path(job->view, mount);
		int ret;

		if (!path || bh_mount_is_covered(all, mount))
			continue;
		ret = mark_mount(&with, mount, path, marks, error);
		if (ret)
			return ret;
	}
	return 0;
}
