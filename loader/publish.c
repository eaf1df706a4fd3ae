// SPDX-License-Identifier: GPL-2.0
/* Compiled policies into maps: whole, or not at all. */
#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>

#include <bulkhead/classmap.h>

#include "cleanup.h"
#include "labels.h"
#include "publish.h"

/* The ids that one policy's type numbers get. */
struct type_ids {
	uint32_t *ids;
	uint32_t nr;
};

static int fail_map(struct bh_error *error, const char *map)
{
	int code = errno;

	return bh_fail(error, -code, "map %s: %s", map, strerror(code));
}

static int put_type(const struct bh_maps *maps, const struct bh_policy_type *type, uint32_t id,
		    uint32_t policy, struct bh_error *error)
{
	struct bh_type value = { .policy = policy };

	memcpy(value.name, type->name, strnlen(type->name, sizeof(value.name) - 1));
	if (bpf_map_update_elem(maps->types, &id, &value, BPF_ANY))
		return fail_map(error, "bh_types");
	return 0;
}

static int put_row(int rows, const struct bh_policy_row *row, const struct type_ids *types,
		   struct bh_error *error)
{
	struct bh_av_key key = { types->ids[row->source], types->ids[row->target], row->tclass };
	struct bh_av_row value = row->row;

	value.transition = types->ids[row->row.transition];
	if (bpf_map_update_elem(rows, &key, &value, BPF_ANY))
		return fail_map(error, "of access vectors");
	return 0;
}

/*
 * May a task of this policy come to run in a domain of BASE? Then BASE's rows are
 * part of it: the programs look into the task's own policy only.
 */
static bool reaches_base(const struct bh_policy *policy)
{
	if (!policy->types[policy->start].module)
		return true;
	for (size_t i = 0; i < policy->nr_rows; i++) {
		const struct bh_policy_row *row = &policy->rows[i];

		if (row->tclass == BH_CLASS_PROCESS && row->row.transition &&
		    !policy->types[row->row.transition].module)
			return true;
	}
	return false;
}

static int copy_base(int rows, const struct bh_av_key *keys, size_t nr, int base,
		     struct bh_error *error)
{
	struct bh_av_row row;

	for (size_t i = 0; i < nr; i++)
		if (bpf_map_lookup_elem(base, &keys[i], &row) ||
		    bpf_map_update_elem(rows, &keys[i], &row, BPF_ANY))
			return fail_map(error, "of access vectors");
	return 0;
}

/* BASE's inner map and its keys. */
static int open_base(const struct bh_maps *maps, int *base, void **keys, size_t *nr,
		     struct bh_error *error)
{
	struct bpf_map_info info = { 0 };
	uint32_t id = BH_POLICY_BASE, map_id, len = sizeof(info);
	int ret;

	if (bpf_map_lookup_elem(maps->policies, &id, &map_id))
		return fail_map(error, "bh_policies");
	*base = bpf_map_get_fd_by_id(map_id);
	if (*base < 0 || bpf_obj_get_info_by_fd(*base, &info, &len))
		return fail_map(error, "of BASE");
	ret = bh_map_keys(*base, sizeof(struct bh_av_key), info.max_entries, keys, nr);
	return ret ? bh_fail(error, ret, "map of BASE: %s", strerror(-ret)) : 0;
}

/* An inner map with all rows; nobody sees it yet. */
static int make_rows(const struct bh_maps *maps, const struct bh_policy *policy,
		     const struct type_ids *types, bool with_base, struct bh_error *error)
{
	LIBBPF_OPTS(bpf_map_create_opts, options, .map_flags = BPF_F_NO_PREALLOC);
	BH_FREE void *keys = NULL;
	BH_CLOSE int base = -1;
	size_t nr = 0;
	int rows, ret = 0;

	if (with_base)
		ret = open_base(maps, &base, &keys, &nr, error);
	if (ret)
		return ret;
	rows = bpf_map_create(BPF_MAP_TYPE_HASH, "bh_rows", sizeof(struct bh_av_key),
			      sizeof(struct bh_av_row), (uint32_t)(policy->nr_rows + nr + 1),
			      &options);
	if (rows < 0)
		return fail_map(error, "of access vectors");
	ret = copy_base(rows, keys, nr, base, error);
	for (size_t i = 0; i < policy->nr_rows && !ret; i++)
		ret = put_row(rows, &policy->rows[i], types, error);
	if (!ret)
		return rows;
	close(rows);
	return ret;
}

/* The last steps: from the second one on, programs can use the policy. */
static int insert_policy(const struct bh_maps *maps, uint32_t id, int rows,
			 const struct bh_policyinfo *info, struct bh_error *error)
{
	if (bpf_map_update_elem(maps->policyinfo, &id, info, BPF_ANY))
		return fail_map(error, "bh_policyinfo");
	if (bpf_map_update_elem(maps->policies, &id, &rows, BPF_NOEXIST))
		return fail_map(error, "bh_policies");
	return 0;
}

int bh_publish_base(const struct bh_maps *maps, const struct bh_policy *base,
		    struct bh_error *error)
{
	struct bh_policyinfo info = { .module = "" };
	BH_FREE uint32_t *ids = calloc(base->nr_types, sizeof(*ids));
	struct type_ids types = { ids, base->nr_types };
	BH_CLOSE int rows = -1;
	int ret = 0;

	if (!ids)
		return -ENOMEM;
	/* Ports hold 16 bits of a type id. */
	if (base->nr_types > UINT16_MAX)
		return bh_fail(error, -E2BIG, "BASE has %u types", base->nr_types);
	for (uint32_t i = 1; i < base->nr_types && !ret; i++) {
		ids[i] = i;
		ret = put_type(maps, &base->types[i], i, BH_POLICY_BASE, error);
	}
	if (ret)
		return ret;
	rows = make_rows(maps, base, &types, false, error);
	return rows < 0 ? rows : insert_policy(maps, BH_POLICY_BASE, rows, &info, error);
}

/* All published types, to find many names among them. */
struct published {
	uint32_t *ids;
	struct bh_type *types;
	size_t nr;
};

static void free_published(struct published *all)
{
	free(all->ids);
	free(all->types);
}

static int read_published(const struct bh_maps *maps, struct published *all)
{
	void *keys = NULL;
	int ret;

	*all = (struct published){ 0 };
	ret = bh_map_keys(maps->types, sizeof(*all->ids), BH_MAX_TYPES, &keys, &all->nr);
	if (ret)
		return ret;
	all->ids = keys;
	all->types = calloc(all->nr + 1, sizeof(*all->types));
	if (!all->types)
		return -ENOMEM;
	for (size_t i = 0; i < all->nr; i++)
		if (bpf_map_lookup_elem(maps->types, &all->ids[i], &all->types[i]))
			return -errno;
	return 0;
}

/* The id of a type of @policy, 0 when there is none. */
static uint32_t find_published(const struct published *all, const char *name, uint32_t policy)
{
	for (size_t i = 0; i < all->nr; i++)
		if (all->types[i].policy == policy &&
		    !strncmp(all->types[i].name, name, BH_NAME_MAX))
			return all->ids[i];
	return BH_TYPE_NONE;
}

int bh_type_find(const struct bh_maps *maps, const char *name, uint32_t policy, uint32_t *id)
{
	struct published all;
	int ret = read_published(maps, &all);

	if (!ret) {
		*id = find_published(&all, name, policy);
		if (!*id)
			*id = find_published(&all, name, BH_POLICY_BASE);
		ret = *id ? 0 : -ENOENT;
	}
	free_published(&all);
	return ret;
}

/* BASE's types by name, the module's from settings.next_type on. */
static int assign_ids(const struct bh_maps *maps, const struct bh_policy *policy,
		      uint32_t policy_id, struct bh_settings *settings,
		      const struct type_ids *types, struct bh_error *error)
{
	struct published all;
	int ret = read_published(maps, &all);

	if (ret)
		bh_fail(error, ret, "map bh_types: %s", strerror(-ret));
	for (uint32_t i = 1; i < types->nr && !ret; i++) {
		const struct bh_policy_type *type = &policy->types[i];

		if (type->module) {
			if (settings->next_type == UINT32_MAX)
				ret = bh_fail(error, -ENOSPC, "type ids have run out");
			types->ids[i] = settings->next_type++;
			if (!ret)
				ret = put_type(maps, type, types->ids[i], policy_id, error);
			continue;
		}
		types->ids[i] = find_published(&all, type->name, BH_POLICY_BASE);
		if (!types->ids[i])
			ret = bh_fail(error, -ESTALE, "BASE's type %s is not loaded", type->name);
	}
	free_published(&all);
	return ret;
}

static int publish_new(const struct bh_maps *maps, const struct bh_policy *policy,
		       const char *module, struct bh_settings *settings, uint32_t *id,
		       struct bh_error *error)
{
	struct bh_policyinfo info = { 0 };
	BH_FREE uint32_t *ids = calloc(policy->nr_types, sizeof(*ids));
	struct type_ids types = { ids, policy->nr_types };
	BH_CLOSE int rows = -1;
	uint32_t first = settings->next_type;
	int ret;

	if (!ids)
		return -ENOMEM;
	*id = settings->next_policy++;
	if (!settings->next_policy)
		return bh_fail(error, -ENOSPC, "policy ids have run out");
	/* Ids are used up before they are used: whatever happens, none is given twice. */
	settings->next_type += policy->nr_types;
	if (settings->next_type < first)
		return bh_fail(error, -ENOSPC, "type ids have run out");
	ret = bh_settings_write(maps, settings, error);
	if (ret)
		return ret;
	settings->next_type = first;
	ret = assign_ids(maps, policy, *id, settings, &types, error);
	if (ret)
		return ret;
	rows = make_rows(maps, policy, &types, reaches_base(policy), error);
	if (rows < 0)
		return rows;
	if (policy->automaton)
		ret = bh_labels_publish(maps, *id, policy->automaton, types.ids, types.nr, error);
	if (ret)
		return ret;
	memcpy(info.digest, policy->digest, sizeof(info.digest));
	memcpy(info.module, module, strnlen(module, sizeof(info.module) - 1));
	return insert_policy(maps, *id, rows, &info, error);
}

uint32_t bh_policy_find(const struct bh_maps *maps, const uint8_t *digest)
{
	struct bh_policyinfo info;
	BH_FREE void *keys = NULL;
	const uint32_t *ids;
	uint32_t rows;
	size_t nr;

	if (bh_map_keys(maps->policyinfo, sizeof(*ids), BH_MAX_POLICIES, &keys, &nr))
		return 0;
	ids = keys;
	/* One without rows was cut short, and is the garbage collector's. */
	for (size_t i = 0; i < nr; i++)
		if (ids[i] != BH_POLICY_BASE &&
		    !bpf_map_lookup_elem(maps->policyinfo, &ids[i], &info) &&
		    !memcmp(info.digest, digest, sizeof(info.digest)) &&
		    !bpf_map_lookup_elem(maps->policies, &ids[i], &rows))
			return ids[i];
	return 0;
}

int bh_publish(const struct bh_maps *maps, const struct bh_policy *policy, const char *module,
	       uint32_t *id, uint32_t *start, struct bh_error *error)
{
	const char *domain = policy->types[policy->start].name;
	struct bh_settings settings;
	int ret = bh_settings_read(maps, &settings, error);

	if (ret)
		return ret;
	if (memcmp(settings.base_digest, policy->base_digest, sizeof(settings.base_digest)))
		return bh_fail(
			error, -ESTALE,
			"BASE has changed since it was loaded: run `bulkhead unload` and `bulkhead load`");
	*id = bh_policy_find(maps, policy->digest);
	if (!*id) {
		ret = publish_new(maps, policy, module, &settings, id, error);
		if (ret)
			bh_unpublish(maps, *id);
	}
	if (ret)
		return ret;
	ret = bh_type_find(maps, domain, *id, start);
	return ret ? bh_fail(error, ret, "type %s: %s", domain, strerror(-ret)) : 0;
}

void bh_unpublish(const struct bh_maps *maps, uint32_t id)
{
	struct published all;

	if (!id || id == BH_POLICY_BASE)
		return;
	bpf_map_delete_elem(maps->policies, &id);
	bpf_map_delete_elem(maps->automata, &id);
	if (!read_published(maps, &all))
		for (size_t i = 0; i < all.nr; i++)
			if (all.types[i].policy == id)
				bpf_map_delete_elem(maps->types, &all.ids[i]);
	free_published(&all);
	/* Last: while it is there, the garbage collector finds the rest. */
	bpf_map_delete_elem(maps->policyinfo, &id);
}
