/* SPDX-License-Identifier: GPL-2.0 */
/* Which category sets are in use: pairs of containers, wide sets by number. */
#ifndef BULKHEAD_CATEGORIES_H
#define BULKHEAD_CATEGORIES_H

#include <stdint.h>

#include "error.h"
#include "maps.h"

/**
 * bh_categories_allocate() - Take a pair that no container has; under the lock.
 * @maps:   Open maps.
 * @cgroup: The container's key in bh_containers.
 * @catset: Receives the pair.
 * @error:  Receives why not.
 *
 * Return: 0; -ENOSPC no free pair was found; the error of bpf() or getrandom().
 */
int bh_categories_allocate(const struct bh_maps *maps, uint64_t cgroup, uint32_t *catset,
			   struct bh_error *error);

/**
 * bh_categories_claim() - Take the set that a level names; under the lock.
 * @maps:   Open maps.
 * @level:  Text of a level. Containers may share one: the administrator's word.
 * @cgroup: The container's key in bh_containers.
 * @catset: Receives the set.
 * @error:  Receives why not.
 *
 * Return: 0; -EINVAL not a level; -ENOSPC too many wide sets; the error of bpf().
 */
int bh_categories_claim(const struct bh_maps *maps, const char *level, uint64_t cgroup,
			uint32_t *catset, struct bh_error *error);

/**
 * bh_categories_release() - Give a container's pair back, unless another has it too.
 * @maps:   Open maps; the container's record is not in bh_containers any more.
 * @cgroup: The container's key.
 * @catset: Its set.
 */
void bh_categories_release(const struct bh_maps *maps, uint64_t cgroup, uint32_t catset);

/**
 * bh_categories_find() - The number of a set.
 * @maps:   Open maps.
 * @set:    Categories.
 * @add:    Add a wide set that has no number yet; under the lock.
 * @catset: Receives the number.
 *
 * Return: 0; -ENOENT a wide set that has no number; -ENOSPC; the error of bpf().
 */
int bh_categories_find(const struct bh_maps *maps, const struct bh_catset *set, int add,
		       uint32_t *catset);

/**
 * bh_categories_text() - The level of a set, as text.
 * @maps:   Open maps.
 * @catset: Any set.
 * @text:   Receives the level; `s0:?` for a wide set that is not known.
 * @size:   Size of @text; BH_LEVEL_TEXT_MAX is always enough.
 */
void bh_categories_text(const struct bh_maps *maps, uint32_t catset, char *text, size_t size);

#endif /* BULKHEAD_CATEGORIES_H */
