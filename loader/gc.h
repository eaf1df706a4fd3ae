/* SPDX-License-Identifier: GPL-2.0 */
/* Taking back what containers that are gone have left. */
#ifndef BULKHEAD_GC_H
#define BULKHEAD_GC_H

#include <stdint.h>

#include "maps.h"

/* Policies that nobody uses stay for the next start until so many containers have stopped. */
#define BH_GC_STOPS 64
#define BH_GC_STOPS_KIB (16U << 10) /* or until theirs may have taken so much memory */

/**
 * bh_gc_begin() - Before state is changed; under the lock, and the log is drained.
 * @maps:  Open maps.
 * @error: Receives why not.
 *
 * Takes back what the containers had whose cgroups were released without a stop, and the
 * cgroups of `bulkhead exec`s that were killed. If whoever changed state last was killed
 * before bh_gc_end(), all garbage is collected.
 *
 * Return: 0, or the error of bpf().
 */
int bh_gc_begin(const struct bh_maps *maps, struct bh_error *error);

/**
 * bh_gc_end() - State is whole again; under the lock.
 * @maps:  Open maps.
 * @error: Receives why not.
 *
 * Return: 0, or the error of bpf().
 */
int bh_gc_end(const struct bh_maps *maps, struct bh_error *error);

/**
 * bh_gc_container() - Delete a container's record, and give back what only it had.
 * @maps:   Open maps, between bh_gc_begin() and bh_gc_end().
 * @cgroup: The container's key; the record need not be there.
 *
 * Its policy stays, for some time.
 */
void bh_gc_container(const struct bh_maps *maps, uint64_t cgroup);

/**
 * bh_gc() - Free all that no container has; under the lock, and the log is drained.
 * @maps: Open maps.
 *
 * Ends what bh_gc_begin() began. What cannot be removed now stays for the next time:
 * nothing but memory depends on it.
 */
void bh_gc(const struct bh_maps *maps);

#endif /* BULKHEAD_GC_H */
