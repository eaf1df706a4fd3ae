// SPDX-License-Identifier: GPL-2.0
/* Taking back what containers that are gone have left: all of it, from the records. */
#include <bpf/bpf.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "categories.h"
#include "cgroup.h"
#include "cleanup.h"
#include "gc.h"
#include "marks.h"
#include "names.h"
#include "publish.h"

/* What the registered containers have: a number for each time that one of them has it. */
struct uses {
	uint32_t *leases;
	size_t nr_leases;
	uint32_t *policies;
	uint32_t *catsets;
	size_t nr; /* containers */
};

static int compare(const void *left, const void *right)
{
	const uint32_t *a = left, *b = right;

	return (*a > *b) - (*a < *b);
}

static void sort(uint32_t *numbers, size_t nr)
{
	qsort(numbers, nr, sizeof(*numbers), compare);
}

/* How often @wanted is among @numbers, which are sorted. */
static uint32_t count(const uint32_t *numbers, size_t nr, uint32_t wanted)
{
	const uint32_t *found = nr ? bsearch(&wanted, numbers, nr, sizeof(wanted), compare) : NULL;
	const uint32_t *first = found, *last = found;

	if (!found)
		return 0;
	while (first > numbers && first[-1] == wanted)
		first--;
	while (last + 1 < numbers + nr && last[1] == wanted)
		last++;
	return (uint32_t)(last - first) + 1;
}

static void add_uses(struct uses *uses, const struct bh_container *container)
{
	uses->policies[uses->nr] = container->policy;
	uses->catsets[uses->nr++] = container->catset;
	for (size_t i = 0; i < BH_MAX_LEASES && container->leases[i]; i++)
		uses->leases[uses->nr_leases++] = container->leases[i];
}

/* Those whose cgroup is no more are deleted on the way. */
static int read_uses(const struct bh_maps *maps, struct uses *uses)
{
	BH_FREE void *keys = NULL, *values = NULL;
	const struct bh_container *containers;
	const uint64_t *ids;
	size_t nr;
	int ret = bh_map_entries(maps->containers, sizeof(*ids), sizeof(*containers), &keys,
				 &values, &nr);

	if (ret)
		return ret;
	ids = keys;
	containers = values;
	uses->leases = calloc(nr * BH_MAX_LEASES + 1, sizeof(*uses->leases));
	uses->policies = calloc(nr + 1, sizeof(*uses->policies));
	uses->catsets = calloc(nr + 1, sizeof(*uses->catsets));
	if (!uses->leases || !uses->policies || !uses->catsets)
		return -1;
	for (size_t i = 0; i < nr; i++) {
		if (containers[i].flags & BH_CONTAINER_GONE)
			bpf_map_delete_elem(maps->containers, &ids[i]);
		else
			add_uses(uses, &containers[i]);
	}
	sort(uses->leases, uses->nr_leases);
	sort(uses->policies, uses->nr);
	sort(uses->catsets, uses->nr);
	return 0;
}

static void free_uses(struct uses *uses)
{
	free(uses->leases);
	free(uses->policies);
	free(uses->catsets);
}

static void free_pairs(const struct bh_maps *maps, const struct uses *uses)
{
	BH_FREE void *keys = NULL, *values = NULL;
	const uint32_t *pairs;
	const uint64_t *owners;
	size_t nr;

	if (bh_map_entries(maps->pairs, sizeof(*pairs), sizeof(*owners), &keys, &values, &nr))
		return;
	pairs = keys;
	owners = values;
	for (size_t i = 0; i < nr; i++) {
		uint64_t shared = owners[i] | BH_PAIR_SHARED;
		uint32_t has = count(uses->catsets, uses->nr, pairs[i]);

		if (!has)
			bpf_map_delete_elem(maps->pairs, &pairs[i]);
		else if (has > 1 && owners[i] != shared)
			bpf_map_update_elem(maps->pairs, &pairs[i], &shared, BPF_EXIST);
	}
}

/* The marks that nobody needs any more end with their leases. */
static void free_leases(const struct bh_maps *maps, const struct uses *uses)
{
	BH_FREE void *keys = NULL, *values = NULL;
	const uint32_t *leases, *held;
	size_t nr;

	if (bh_map_entries(maps->leases, sizeof(*leases), sizeof(*held), &keys, &values, &nr))
		return;
	leases = keys;
	held = values;
	for (size_t i = 0; i < nr; i++) {
		uint32_t has = count(uses->leases, uses->nr_leases, leases[i]);

		if (has != (held[i] & ~BH_LEASE_OF_ROOT))
			bh_lease_hold(maps, leases[i], held[i], has);
	}
}

static void free_policies(const struct bh_maps *maps, const struct uses *uses)
{
	BH_FREE void *keys = NULL, *values = NULL;
	const uint32_t *ids;
	size_t nr;

	if (bh_map_entries(maps->policyinfo, sizeof(*ids), sizeof(struct bh_policyinfo), &keys,
			   &values, &nr))
		return;
	ids = keys;
	for (size_t i = 0; i < nr; i++)
		if (ids[i] != BH_POLICY_BASE && !count(uses->policies, uses->nr, ids[i]))
			bh_unpublish(maps, ids[i]);
}

/* Of a publication that was killed before its policyinfo was there. */
static void free_types(const struct bh_maps *maps)
{
	BH_FREE void *keys = NULL, *values = NULL;
	const struct bh_type *types;
	struct bh_policyinfo info;
	const uint32_t *ids;
	size_t nr;

	if (bh_map_entries(maps->types, sizeof(*ids), sizeof(*types), &keys, &values, &nr))
		return;
	ids = keys;
	types = values;
	for (size_t i = 0; i < nr; i++)
		if (types[i].policy != BH_POLICY_BASE &&
		    bpf_map_lookup_elem(maps->policyinfo, &types[i].policy, &info))
			bh_type_forget(maps, ids[i], &types[i]);
}

static bool stands_for_nothing(const struct bh_maps *maps, const char *name, uint64_t value)
{
	struct bh_container container;
	struct bh_policyinfo info;
	uint32_t policy = (uint32_t)value;

	if (*name == BH_NAME_OF_POLICY)
		return bpf_map_lookup_elem(maps->policyinfo, &policy, &info);
	return bpf_map_lookup_elem(maps->containers, &value, &container) ||
	       strncmp(container.id, name, BH_ID_MAX);
}

static void free_names(const struct bh_maps *maps)
{
	BH_FREE void *keys = NULL, *values = NULL;
	const uint64_t *stands_for;
	const char *names;
	size_t nr;

	if (bh_map_entries(maps->names, BH_ID_MAX, sizeof(*stands_for), &keys, &values, &nr))
		return;
	names = keys;
	stands_for = values;
	for (size_t i = 0; i < nr; i++)
		if (stands_for_nothing(maps, names + i * BH_ID_MAX, stands_for[i]))
			bpf_map_delete_elem(maps->names, names + i * BH_ID_MAX);
}

static void set_clean(const struct bh_maps *maps)
{
	struct bh_settings settings;

	if (bh_settings_read(maps, &settings, NULL))
		return;
	settings.dirty = 0;
	settings.stops = 0;
	settings.stops_kib = 0;
	bh_settings_write(maps, &settings, NULL);
}

void bh_gc(const struct bh_maps *maps)
{
	struct uses uses = { 0 };

	bh_cgroup_remove_stale();
	/* Without knowing who is alive, nothing may be freed. */
	if (!read_uses(maps, &uses)) {
		free_pairs(maps, &uses);
		free_policies(maps, &uses);
		free_leases(maps, &uses);
		free_types(maps);
		free_names(maps);
		set_clean(maps);
	}
	free_uses(&uses);
}
