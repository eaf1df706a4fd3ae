// SPDX-License-Identifier: GPL-2.0
/* Taking back what containers that are gone have left: one by one, as a rule. */
#include <bpf/bpf.h>
#include <string.h>

#include "categories.h"
#include "cgroup.h"
#include "gc.h"
#include "marks.h"
#include "names.h"
#include "publish.h"

/* Its policy may be nobody's from now on. */
static void count_stop(const struct bh_maps *maps, uint32_t policy)
{
	struct bh_policyinfo info;
	struct bh_settings settings;

	if (policy == BH_POLICY_BASE || bh_settings_read(maps, &settings, NULL) ||
	    bpf_map_lookup_elem(maps->policyinfo, &policy, &info))
		return;
	settings.stops++;
	settings.stops_kib += info.kib;
	bh_settings_write(maps, &settings, NULL);
}

void bh_gc_container(const struct bh_maps *maps, uint64_t cgroup)
{
	struct bh_container container;
	char name[BH_ID_MAX];

	if (bpf_map_lookup_elem(maps->containers, &cgroup, &container))
		return;
	/* First: what it had is garbage from here on, should this be killed. */
	bpf_map_delete_elem(maps->containers, &cgroup);
	for (size_t i = 0; i < BH_MAX_LEASES && container.leases[i]; i++)
		bh_lease_release(maps, container.leases[i]);
	bh_categories_release(maps, cgroup, container.catset);
	bh_name_of_container(container.id, name);
	bh_names_forget(maps, name, cgroup);
	count_stop(maps, container.policy);
}

static int set_dirty(const struct bh_maps *maps, uint32_t dirty, struct bh_error *error)
{
	struct bh_settings settings;
	int ret = bh_settings_read(maps, &settings, error);

	settings.dirty = dirty;
	return ret ? ret : bh_settings_write(maps, &settings, error);
}

int bh_gc_begin(const struct bh_maps *maps, struct bh_error *error)
{
	struct bh_settings settings;
	uint64_t cgroup;
	int ret = bh_settings_read(maps, &settings, error);

	if (!ret && settings.dirty)
		bh_gc(maps);
	if (!ret)
		ret = set_dirty(maps, 1, error);
	if (ret)
		return ret;
	while (!bpf_map_lookup_and_delete_elem(maps->released, NULL, &cgroup))
		bh_gc_container(maps, cgroup);
	bh_cgroup_remove_stale();
	return 0;
}

int bh_gc_end(const struct bh_maps *maps, struct bh_error *error)
{
	struct bh_settings settings;
	int ret = bh_settings_read(maps, &settings, error);

	if (ret)
		return ret;
	if (settings.stops < BH_GC_STOPS && settings.stops_kib < BH_GC_STOPS_KIB)
		return set_dirty(maps, 0, error);
	bh_gc(maps);
	return 0;
}
