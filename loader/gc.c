// SPDX-License-Identifier: GPL-2.0
/* Taking back what containers that are gone have left. */
#include <bpf/bpf.h>
#include <stdbool.h>
#include <string.h>

#include "categories.h"
#include "cgroup.h"
#include "cleanup.h"
#include "gc.h"
#include "publish.h"

struct containers {
	struct bh_container *records;
	size_t nr;
};

static int read_containers(const struct bh_maps *maps, struct containers *all)
{
	BH_FREE void *keys = NULL;
	const uint64_t *ids;
	size_t nr;
	int ret = bh_map_keys(maps->containers, sizeof(*ids), BH_MAX_CONTAINERS, &keys, &nr);

	if (ret)
		return ret;
	ids = keys;
	all->records = calloc(nr + 1, sizeof(*all->records));
	if (!all->records)
		return -1;
	for (size_t i = 0; i < nr; i++)
		if (!bpf_map_lookup_elem(maps->containers, &ids[i], &all->records[all->nr]))
			all->nr++;
	return 0;
}

static bool is_used(const struct containers *all, uint32_t policy)
{
	for (size_t i = 0; i < all->nr; i++)
		if (all->records[i].policy == policy)
			return true;
	return false;
}

static void free_pairs(const struct bh_maps *maps)
{
	struct bh_container container;
	BH_FREE void *keys = NULL;
	const uint32_t *pairs;
	uint64_t owner;
	size_t nr;

	if (bh_map_keys(maps->pairs, sizeof(*pairs), BH_MAX_CONTAINERS, &keys, &nr))
		return;
	pairs = keys;
	for (size_t i = 0; i < nr; i++)
		if (!bpf_map_lookup_elem(maps->pairs, &pairs[i], &owner) &&
		    bpf_map_lookup_elem(maps->containers, &owner, &container))
			bh_categories_release(maps, owner, pairs[i]);
}

static void free_policies(const struct bh_maps *maps, const struct containers *all)
{
	BH_FREE void *keys = NULL;
	const uint32_t *ids;
	size_t nr;

	if (bh_map_keys(maps->policyinfo, sizeof(*ids), BH_MAX_POLICIES, &keys, &nr))
		return;
	ids = keys;
	for (size_t i = 0; i < nr; i++)
		if (ids[i] != BH_POLICY_BASE && !is_used(all, ids[i]))
			bh_unpublish(maps, ids[i]);
}

static bool is_leased(const struct containers *all, uint32_t lease)
{
	for (size_t i = 0; i < all->nr; i++)
		for (size_t j = 0; j < BH_MAX_LEASES; j++)
			if (all->records[i].leases[j] == lease)
				return true;
	return false;
}

/* The marks that nobody needs any more end with their leases. */
static void free_leases(const struct bh_maps *maps, const struct containers *all)
{
	BH_FREE void *keys = NULL;
	const uint32_t *leases;
	bool freed = false;
	size_t nr;

	if (bh_map_keys(maps->leases, sizeof(*leases), BH_MAX_TYPES, &keys, &nr))
		return;
	leases = keys;
	for (size_t i = 0; i < nr; i++)
		if (!is_leased(all, leases[i]) && !bpf_map_delete_elem(maps->leases, &leases[i]))
			freed = true;
	if (freed)
		bh_places_change(maps);
}

/* Of a publication that was killed before its policyinfo was there. */
static void free_types(const struct bh_maps *maps)
{
	struct bh_policyinfo info;
	BH_FREE void *keys = NULL;
	struct bh_type type;
	const uint32_t *ids;
	size_t nr;

	if (bh_map_keys(maps->types, sizeof(*ids), BH_MAX_TYPES, &keys, &nr))
		return;
	ids = keys;
	for (size_t i = 0; i < nr; i++)
		if (!bpf_map_lookup_elem(maps->types, &ids[i], &type) &&
		    bpf_map_lookup_elem(maps->policyinfo, &type.policy, &info))
			bpf_map_delete_elem(maps->types, &ids[i]);
}

void bh_gc(const struct bh_maps *maps)
{
	struct containers all = { 0 };

	bh_cgroup_remove_stale();
	/* Without knowing who is alive, nothing may be freed. */
	if (!read_containers(maps, &all)) {
		free_pairs(maps);
		free_policies(maps, &all);
		free_leases(maps, &all);
		free_types(maps);
	}
	free(all.records);
}
