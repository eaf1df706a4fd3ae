/* SPDX-License-Identifier: GPL-2.0 */
/* Labels on the roots of mounts. */
#ifndef BULKHEAD_MARKS_H
#define BULKHEAD_MARKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "maps.h"

/* One mark, and what was there before it. */
struct bh_mark {
	int fd; /* keeps the inode */
	bool had; /* @before is valid */
	struct bh_inode before;
};

/* The marks of one start, for undoing, and the leases that the container's record gets. */
struct bh_marks {
	struct bh_mark *marks;
	size_t nr;
	uint32_t leases[BH_MAX_LEASES];
	size_t nr_leases;
};

/* How long a mark holds. */
enum bh_mark_life {
	BH_MARK_OF_MOUNT, /* the inode dies with the mount: made for this container */
	BH_MARK_LEASED, /* the inode is the host's: while a container needs the mark */
};

/**
 * bh_marks_set() - Mark an inode; under the lock.
 * @marks: Remembers the mark.
 * @maps:  Open maps.
 * @fd:    The inode; O_PATH is enough. Duplicated.
 * @mark:  Label, automaton and state. The label's type is container_file_t's id, or that
 *         of a shared part of the host.
 * @life:  How long it holds.
 * @what:  What messages call it.
 * @error: Receives why not.
 *
 * Return: 0; -EBUSY a living container has it with another label; -E2BIG too many leases;
 *         the error of bpf().
 */
int bh_marks_set(struct bh_marks *marks, const struct bh_maps *maps, int fd,
		 const struct bh_inode *mark, enum bh_mark_life life, const char *what,
		 struct bh_error *error);

/**
 * bh_mark_holds() - Is an inode the root of a mount, of a container that lives or of the host?
 * @maps:  Open maps.
 * @inode: The inode's value in bh_inodes.
 *
 * Return: true if it is.
 */
bool bh_mark_holds(const struct bh_maps *maps, const struct bh_inode *inode);

/**
 * bh_lease_hold() - Say how many containers have a lease from now on; under the lock.
 * @maps:    Open maps.
 * @lease:   The lease; with none it ends, and the host's mark holds again where it did before.
 * @value:   Its value in bh_leases.
 * @holders: Number of containers.
 */
void bh_lease_hold(const struct bh_maps *maps, uint32_t lease, uint32_t value, uint32_t holders);

/**
 * bh_lease_release() - A container does not need a lease any more; under the lock.
 * @maps:  Open maps.
 * @lease: The lease; it ends with its last holder.
 */
void bh_lease_release(const struct bh_maps *maps, uint32_t lease);

/**
 * bh_marks_undo() - Put back what was there before; under the same lock.
 * @marks: From bh_marks_set().
 * @maps:  Open maps.
 */
void bh_marks_undo(const struct bh_marks *marks, const struct bh_maps *maps);

/**
 * bh_marks_close() - Forget the marks without removing them.
 * @marks: From bh_marks_set(); may be empty.
 */
void bh_marks_close(struct bh_marks *marks);

#endif /* BULKHEAD_MARKS_H */
