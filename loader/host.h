/* SPDX-License-Identifier: GPL-2.0 */
/* Marks on the roots of the host's file systems, so that its files are labelled by their paths. */
#ifndef BULKHEAD_HOST_H
#define BULKHEAD_HOST_H

#include "error.h"
#include "maps.h"
#include "mountinfo.h"

/**
 * bh_host_mark() - Mark the roots of file systems that init sees mounted.
 * @maps:        Open maps; BASE's automaton is published.
 * @filesystems: Descriptor of bh_filesystems: what labels its files itself gets no mark.
 * @only:        Of this mount's file system only; NULL: of all.
 * @error:       Receives why not.
 *
 * A root that has a mark keeps it. What cannot be opened has none, and is unlabeled_t.
 * Of a file system that is mounted in parts (subvolumes) the roots of the parts are marked.
 *
 * Return: 0; the error of reading /proc/1/mountinfo or of bpf().
 */
int bh_host_mark(const struct bh_maps *maps, int filesystems, const struct bh_mount *only,
		 struct bh_error *error);

/**
 * bh_host_mark_again() - Mark the roots of the host's file systems that have lost their marks.
 * @maps: Open maps.
 *
 * What it cannot mark stays unlabeled_t, until a container gets something of it.
 */
void bh_host_mark_again(const struct bh_maps *maps);

#endif /* BULKHEAD_HOST_H */
