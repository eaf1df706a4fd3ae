// SPDX-License-Identifier: GPL-2.0
/* Which category sets are in use: pairs of containers, wide sets by number. */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "categories.h"
#include "cleanup.h"
#include "level.h"

/* 523776 pairs for at most 16384 containers: 64 misses in a row do not happen. */
#define TRIES 64

/* All automatic sets are pairs of two different categories, so none contains another. */
static int draw_pair(uint32_t *catset)
{
	uint16_t drawn[2];
	uint32_t low, high;

	do {
		if (getrandom(drawn, sizeof(drawn), 0) != sizeof(drawn))
			return -EIO;
		/* 1024 divides 65536: no bias. */
		low = drawn[0] % BH_NR_CATEGORIES;
		high = drawn[1] % BH_NR_CATEGORIES;
	} while (low == high);
	*catset = low < high ? BH_CATSET_MAKE(low, high) : BH_CATSET_MAKE(high, low);
	return 0;
}

int bh_categories_allocate(const struct bh_maps *maps, uint64_t cgroup, uint32_t *catset,
			   struct bh_error *error)
{
	for (int i = 0; i < TRIES; i++) {
		int ret = draw_pair(catset);

		if (ret)
			return bh_fail(error, ret, "categories: getrandom: %s", strerror(errno));
		if (!bpf_map_update_elem(maps->pairs, catset, &cgroup, BPF_NOEXIST))
			return 0;
		if (errno != EEXIST)
			return bh_fail(error, -errno, "map bh_pairs: %s", strerror(errno));
	}
	return bh_fail(error, -ENOSPC, "categories: no free pair found in %d tries", TRIES);
}

/* Wide sets are few and never forgotten: files carry their numbers. */
static int find_wide(const struct bh_maps *maps, const struct bh_catset *set, int add,
		     uint32_t *catset)
{
	struct bh_catset known;
	uint32_t index;

	for (index = 1; index < BH_MAX_POLICIES; index++) {
		if (bpf_map_lookup_elem(maps->catsets, &index, &known))
			break;
		if (!memcmp(&known, set, sizeof(known))) {
			*catset = BH_CATSET_WIDE | index;
			return 0;
		}
	}
	if (!add)
		return -ENOENT;
	if (bpf_map_update_elem(maps->catsets, &index, set, BPF_NOEXIST))
		return errno == E2BIG ? -ENOSPC : -errno;
	*catset = BH_CATSET_WIDE | index;
	return 0;
}

int bh_categories_find(const struct bh_maps *maps, const struct bh_catset *set, int add,
		       uint32_t *catset)
{
	return bh_catset_pack(set, catset) ? 0 : find_wide(maps, set, add, catset);
}

/* Taken, so that the allocator gives it to nobody; if it was, then by several from now on. */
static int claim_pair(const struct bh_maps *maps, uint32_t catset, uint64_t cgroup)
{
	uint64_t owner;

	if (!bpf_map_update_elem(maps->pairs, &catset, &cgroup, BPF_NOEXIST))
		return 0;
	if (errno != EEXIST || bpf_map_lookup_elem(maps->pairs, &catset, &owner))
		return -1;
	owner |= BH_PAIR_SHARED;
	return bpf_map_update_elem(maps->pairs, &catset, &owner, BPF_EXIST);
}

int bh_categories_claim(const struct bh_maps *maps, const char *level, uint64_t cgroup,
			uint32_t *catset, struct bh_error *error)
{
	struct bh_catset set;
	int ret = bh_level_parse(level, &set);

	if (ret)
		return bh_fail(error, ret, "level '%.128s': not a level", level);
	ret = bh_categories_find(maps, &set, 1, catset);
	if (ret)
		return bh_fail(error, ret, "level '%.128s': %s", level, strerror(-ret));
	if (!(*catset & BH_CATSET_PAIR))
		return 0;
	return claim_pair(maps, *catset, cgroup) ?
		       bh_fail(error, -errno, "map bh_pairs: %s", strerror(errno)) :
		       0;
}

/* Has a registered container this set? In doubt one has. */
static bool is_held(const struct bh_maps *maps, uint32_t catset)
{
	BH_FREE void *keys = NULL, *values = NULL;
	const struct bh_container *containers;
	size_t nr;

	if (bh_map_entries(maps->containers, sizeof(uint64_t), sizeof(*containers), &keys, &values,
			   &nr))
		return true;
	containers = values;
	for (size_t i = 0; i < nr; i++)
		if (containers[i].catset == catset)
			return true;
	return false;
}

void bh_categories_release(const struct bh_maps *maps, uint64_t cgroup, uint32_t catset)
{
	uint64_t owner;

	if (!(catset & BH_CATSET_PAIR) || bpf_map_lookup_elem(maps->pairs, &catset, &owner))
		return;
	if (owner & BH_PAIR_SHARED ? !is_held(maps, catset) : owner == cgroup)
		bpf_map_delete_elem(maps->pairs, &catset);
}

void bh_categories_text(const struct bh_maps *maps, uint32_t catset, char *text, size_t size)
{
	struct bh_catset set;
	uint32_t index = catset & ~BH_CATSET_WIDE;

	if (!bh_catset_unpack(catset, &set) && bpf_map_lookup_elem(maps->catsets, &index, &set)) {
		snprintf(text, size, "s0:?");
		return;
	}
	bh_level_format(&set, text, size);
}
