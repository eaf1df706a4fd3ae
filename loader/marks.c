// SPDX-License-Identifier: GPL-2.0
/* Labels on the roots of mounts. */
#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "host.h"
#include "marks.h"

static int remember(struct bh_marks *marks, int fd, const struct bh_mark *mark)
{
	struct bh_mark *larger = realloc(marks->marks, (marks->nr + 1) * sizeof(*larger));
	int copy;

	if (!larger)
		return -ENOMEM;
	marks->marks = larger;
	copy = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	if (copy < 0)
		return -errno;
	larger[marks->nr] = *mark;
	larger[marks->nr++].fd = copy;
	return 0;
}

static bool is_leased(const struct bh_maps *maps, const struct bh_inode *mark)
{
	uint32_t held;

	return mark->lease && !bpf_map_lookup_elem(maps->leases, &mark->lease, &held);
}

bool bh_mark_holds(const struct bh_maps *maps, const struct bh_inode *inode)
{
	return inode->flags & BH_INODE_MARK && (!inode->lease || is_leased(maps, inode));
}

static bool has_lease(const struct bh_container *container, uint32_t lease)
{
	for (size_t i = 0; i < BH_MAX_LEASES; i++)
		if (container->leases[i] == lease)
			return true;
	return false;
}

/* Somebody else has the volume with another label: say who. */
static int fail_busy(const struct bh_maps *maps, const struct bh_inode *mark, const char *what,
		     struct bh_error *error)
{
	bool private = mark->label.catset != BH_CATSET_EMPTY;
	struct bh_container container;
	BH_FREE void *keys = NULL;
	const uint64_t *ids;
	size_t nr = 0;

	bh_map_keys(maps->containers, sizeof(*ids), BH_MAX_CONTAINERS, &keys, &nr);
	ids = keys;
	for (size_t i = 0; i < nr; i++)
		if (!bpf_map_lookup_elem(maps->containers, &ids[i], &container) &&
		    has_lease(&container, mark->lease))
			return bh_fail(error, -EBUSY, "%s: it is %s container %.12s", what,
				       private ? "private to" : "shared by", container.id);
	return bh_fail(error, -EBUSY, "%s: it is in use with another label", what);
}

/* Is it the mark of a file system of the host's, and not of a container's own? */
static bool is_hosts(const struct bh_mark *mark, const struct bh_settings *settings)
{
	return mark->had && mark->before.flags & BH_INODE_MARK && !mark->before.lease &&
	       mark->before.label.type == settings->type_unlabeled;
}

static int new_lease(const struct bh_maps *maps, const struct bh_mark *mark, uint32_t *lease,
		     struct bh_error *error)
{
	struct bh_settings settings;
	uint32_t holders = 1;
	int ret = bh_settings_read(maps, &settings, error);

	if (ret)
		return ret;
	if (is_hosts(mark, &settings))
		holders |= BH_LEASE_OF_ROOT;
	*lease = ++settings.next_lease;
	if (!*lease)
		return bh_fail(error, -ENOSPC, "leases have run out");
	ret = bh_settings_write(maps, &settings, error);
	if (ret)
		return ret;
	if (bpf_map_update_elem(maps->leases, lease, &holders, BPF_NOEXIST))
		return bh_fail(error, -errno, "map bh_leases: %s", strerror(errno));
	return 0;
}

/* Another holder of a lease that is there. */
static int share_lease(const struct bh_maps *maps, uint32_t lease, struct bh_error *error)
{
	uint32_t holders;

	if (bpf_map_lookup_elem(maps->leases, &lease, &holders))
		return bh_fail(error, -errno, "map bh_leases: %s", strerror(errno));
	holders++;
	if (bpf_map_update_elem(maps->leases, &lease, &holders, BPF_EXIST))
		return bh_fail(error, -errno, "map bh_leases: %s", strerror(errno));
	return 0;
}

void bh_lease_hold(const struct bh_maps *maps, uint32_t lease, uint32_t value, uint32_t holders)
{
	uint32_t of_root = value & BH_LEASE_OF_ROOT;

	holders |= of_root;
	if (holders != of_root) {
		bpf_map_update_elem(maps->leases, &lease, &holders, BPF_EXIST);
	} else if (!bpf_map_delete_elem(maps->leases, &lease)) {
		bh_places_change(maps);
		if (of_root)
			bh_host_mark_again(maps);
	}
}

void bh_lease_release(const struct bh_maps *maps, uint32_t lease)
{
	uint32_t value, holders;

	if (bpf_map_lookup_elem(maps->leases, &lease, &value))
		return;
	holders = value & ~BH_LEASE_OF_ROOT;
	bh_lease_hold(maps, lease, value, holders ? holders - 1 : 0);
}

/* The lease of a mark that is to hold: that of the one which is there, or a new one. */
static int take_lease(struct bh_marks *marks, const struct bh_maps *maps,
		      const struct bh_mark *mark, struct bh_inode *inode, const char *what,
		      struct bh_error *error)
{
	const struct bh_inode *before = &mark->before;
	int ret;

	if (mark->had && is_leased(maps, before)) {
		if (before->label.type != inode->label.type ||
		    before->label.catset != inode->label.catset)
			return fail_busy(maps, before, what, error);
		inode->lease = before->lease;
	}
	if (marks->nr_leases == BH_MAX_LEASES)
		return bh_fail(error, -E2BIG, "%s: a container has at most %d volumes", what,
			       BH_MAX_LEASES);
	ret = inode->lease ? share_lease(maps, inode->lease, error) :
			     new_lease(maps, mark, &inode->lease, error);
	if (ret)
		return ret;
	marks->leases[marks->nr_leases++] = inode->lease;
	return 0;
}

int bh_marks_set(struct bh_marks *marks, const struct bh_maps *maps, int fd,
		 const struct bh_inode *mark, enum bh_mark_life life, const char *what,
		 struct bh_error *error)
{
	struct bh_inode inode = *mark;
	struct bh_mark kept = { .had = true };
	int ret = 0;

	inode.flags = BH_INODE_MARK;
	if (bpf_map_lookup_elem(maps->inodes, &fd, &kept.before)) {
		if (errno != ENOENT)
			return bh_fail(error, -errno, "%s: map bh_inodes: %s", what,
				       strerror(errno));
		kept.had = false;
	}
	if (life == BH_MARK_LEASED)
		ret = take_lease(marks, maps, &kept, &inode, what, error);
	if (ret)
		return ret;
	ret = remember(marks, fd, &kept);
	if (ret)
		return bh_fail(error, ret, "%s: %s", what, strerror(-ret));
	if (bpf_map_update_elem(maps->inodes, &fd, &inode, BPF_ANY))
		return bh_fail(error, -errno, "%s: map bh_inodes: %s", what, strerror(errno));
	/* Nothing is below a mount that was made for this container. */
	ret = life == BH_MARK_LEASED ? bh_places_change(maps) : 0;
	return ret ? bh_fail(error, ret, "map bh_generation: %s", strerror(-ret)) : 0;
}

/* Backwards, in case one inode was marked twice. */
void bh_marks_undo(const struct bh_marks *marks, const struct bh_maps *maps)
{
	for (size_t i = marks->nr; i--;) {
		const struct bh_mark *mark = &marks->marks[i];

		if (mark->had)
			bpf_map_update_elem(maps->inodes, &mark->fd, &mark->before, BPF_ANY);
		else
			bpf_map_delete_elem(maps->inodes, &mark->fd);
	}
	bh_places_change(maps);
}

void bh_marks_close(struct bh_marks *marks)
{
	for (size_t i = 0; i < marks->nr; i++)
		close(marks->marks[i].fd);
	free(marks->marks);
	*marks = (struct bh_marks){ 0 };
}
