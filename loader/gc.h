/* SPDX-License-Identifier: GPL-2.0 */
/* Taking back what containers that are gone have left. */
#ifndef BULKHEAD_GC_H
#define BULKHEAD_GC_H

#include "maps.h"

/**
 * bh_gc() - Free pairs, policies and types that no container has; under the lock.
 * @maps: Open maps.
 *
 * Also removes the cgroups of `bulkhead exec`s that were killed. What cannot be
 * removed now stays for the next time: nothing but memory depends on it.
 */
void bh_gc(const struct bh_maps *maps);

#endif /* BULKHEAD_GC_H */
