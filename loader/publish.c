// SPDX-License-Identifier: GPL-2.0
/* Compiled policies into maps: whole, or not at all. */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bulkhead/classmap.h>

#include "av_table.h"
#include "cleanup.h"
#include "filetrans.h"
#include "inputs.h"
#include "labels.h"
#include "names.h"
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

static void typename_of(const struct bh_type *type, struct bh_typename *key)
{
	memcpy(key->name, type->name, sizeof(key->name));
	key->policy = type->policy;
}

void bh_type_forget(const struct bh_maps *maps, uint32_t id, const struct bh_type *type)
{
	struct bh_typename key;

	typename_of(type, &key);
	bpf_map_delete_elem(maps->typenames, &key);
	bpf_map_delete_elem(maps->types, &id);
}

static int put_type(const struct bh_maps *maps, const struct bh_policy_type *type, uint32_t id,
		    uint32_t policy, struct bh_error *error)
{
	struct bh_type value = { .policy = policy };
	struct bh_typename key;

	memcpy(value.name, type->name, strnlen(type->name, sizeof(value.name) - 1));
	if (bpf_map_update_elem(maps->types, &id, &value, BPF_ANY))
		return fail_map(error, "bh_types");
	typename_of(&value, &key);
	if (bpf_map_update_elem(maps->typenames, &key, &id, BPF_ANY))
		return fail_map(error, "bh_typenames");
	return 0;
}

static int put_row(struct bh_av_table *table, const struct bh_policy_row *row,
		   const struct type_ids *types)
{
	struct bh_av_key key = { types->ids[row->source], types->ids[row->target], row->tclass };
	struct bh_av_row value = row->row;

	value.transition = types->ids[row->row.transition] | (row->named ? BH_TRANSITION_NAMED : 0);
	return bh_av_table_put(table, &key, &value);
}

/* What holds for a domain itself. */
static int put_flags(struct bh_av_table *table, uint32_t domain, uint32_t flags)
{
	return bh_av_table_put(table, &(struct bh_av_key){ domain, BH_TYPE_NONE, 0 },
			       &(struct bh_av_row){ .allowed = flags });
}

/*
 * May a task of this policy come to run in a domain of BASE? Then BASE's rows are
 * part of it: the programs look into the task's own policy only.
 */
static bool reaches_base(const struct bh_policy *policy)
{
	if (policy->whole)
		return false; /* it has them already, and perhaps others */
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

int bh_publish_open(const struct bh_maps *maps, uint32_t id, struct bh_error *error)
{
	uint32_t map_id;
	int rows;

	if (bpf_map_lookup_elem(maps->policies, &id, &map_id))
		return fail_map(error, "bh_policies");
	rows = bpf_map_get_fd_by_id(map_id);
	return rows < 0 ? fail_map(error, "of access vectors") : rows;
}

static int put_rows(struct bh_av_table *table, const struct bh_policy *policy,
		    const struct type_ids *types)
{
	int ret = 0;

	for (uint32_t i = 1; i < policy->nr_types && !ret; i++)
		if (policy->types[i].permissive)
			ret = put_flags(table, types->ids[i], BH_TASK_PERMISSIVE);
	for (size_t i = 0; i < policy->nr_rows && !ret; i++)
		ret = put_row(table, &policy->rows[i], types);
	return ret;
}

static int put_table(struct bh_av_table *table, const struct bh_av_table *rows)
{
	int ret = 0;

	for (uint32_t i = 0; i < rows->nr && !ret; i++)
		for (int way = 0; way < BH_AV_WAYS && !ret; way++)
			if (rows->buckets[i].key[way].source)
				ret = bh_av_table_put(table, &rows->buckets[i].key[way],
						      &rows->buckets[i].row[way]);
	return ret;
}

/* All rows, those of the map @base first if there is one. */
static int fill_table(struct bh_av_table *table, const struct bh_policy *policy,
		      const struct type_ids *types, int base, struct bh_error *error)
{
	struct bh_av_table of_base = { 0 };
	int ret = base < 0 ? 0 : bh_av_table_read(base, &of_base, error);

	if (ret)
		return ret;
	ret = bh_av_table_init(table, of_base.nr_rows + policy->nr_rows);
	if (!ret)
		ret = put_table(table, &of_base);
	if (!ret)
		ret = put_rows(table, policy, types);
	bh_av_table_free(&of_base);
	return ret ? bh_fail(error, ret, "table of access vectors: %s", strerror(-ret)) : 0;
}

/* A map with all rows; nobody sees it yet. */
static int make_rows(const struct bh_policy *policy, const struct type_ids *types, int base,
		     struct bh_error *error)
{
	struct bh_av_table table = { 0 };
	int ret = fill_table(&table, policy, types, base, error);

	if (!ret)
		ret = bh_av_table_map(&table, error);
	bh_av_table_free(&table);
	return ret;
}

/* The last steps: from the last one on, programs can use the policy. */
static int insert_policy(const struct bh_maps *maps, uint32_t id, int rows, int filetrans,
			 const struct bh_policyinfo *info, struct bh_error *error)
{
	if (bpf_map_update_elem(maps->policyinfo, &id, info, BPF_ANY))
		return fail_map(error, "bh_policyinfo");
	if (filetrans >= 0 && bpf_map_update_elem(maps->filetrans, &id, &filetrans, BPF_NOEXIST))
		return fail_map(error, "bh_filetrans");
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
	rows = make_rows(base, &types, -1, error);
	return rows < 0 ? rows : insert_policy(maps, BH_POLICY_BASE, rows, -1, &info, error);
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
	void *ids, *types;
	int ret = bh_map_entries(maps->types, sizeof(*all->ids), sizeof(*all->types), &ids, &types,
				 &all->nr);

	all->ids = ids;
	all->types = types;
	return ret;
}

static int compare_published(const void *left, const void *right)
{
	const struct bh_type *const *a = left, *const *b = right;

	return strncmp((*a)->name, (*b)->name, BH_NAME_MAX);
}

/* BASE's by name, in order. */
static const struct bh_type **sort_base(const struct published *all, size_t *nr)
{
	const struct bh_type **sorted = calloc(all->nr + 1, sizeof(*sorted));

	*nr = 0;
	for (size_t i = 0; sorted && i < all->nr; i++)
		if (all->types[i].policy == BH_POLICY_BASE)
			sorted[(*nr)++] = &all->types[i];
	if (sorted)
		qsort(sorted, *nr, sizeof(*sorted), compare_published);
	return sorted;
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
	struct bh_settings settings;
	struct published all;
	int ret = bh_settings_read(maps, &settings, NULL);

	if (ret)
		return ret;
	/* Without listing all: the domain of those that have no module. */
	if (policy == BH_POLICY_BASE && !strcmp(name, "container_t")) {
		*id = settings.type_container;
		return 0;
	}
	ret = read_published(maps, &all);
	if (!ret) {
		*id = find_published(&all, name, policy);
		if (!*id)
			*id = find_published(&all, name, BH_POLICY_BASE);
		ret = *id ? 0 : -ENOENT;
	}
	free_published(&all);
	return ret;
}

static int find_base_ids(const struct published *all, const struct bh_policy *policy,
			 const struct type_ids *types, struct bh_error *error)
{
	size_t nr;
	BH_FREE const struct bh_type **sorted = sort_base(all, &nr);
	struct bh_type wanted = { 0 };
	const struct bh_type *key = &wanted;

	if (!sorted)
		return -ENOMEM;
	for (uint32_t i = 1; i < types->nr; i++) {
		const struct bh_type *const *found;

		if (policy->types[i].module)
			continue;
		memcpy(wanted.name, policy->types[i].name, sizeof(wanted.name));
		found = bsearch(&key, sorted, nr, sizeof(*sorted), compare_published);
		if (!found)
			return bh_fail(error, -ESTALE, "BASE's type %s is not loaded",
				       policy->types[i].name);
		types->ids[i] = all->ids[*found - all->types];
	}
	return 0;
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
	else
		ret = find_base_ids(&all, policy, types, error);
	for (uint32_t i = 1; i < types->nr && !ret; i++) {
		if (!policy->types[i].module)
			continue;
		if (settings->next_type == UINT32_MAX)
			ret = bh_fail(error, -ENOSPC, "type ids have run out");
		types->ids[i] = settings->next_type++;
		if (!ret)
			ret = put_type(maps, &policy->types[i], types->ids[i], policy_id, error);
	}
	free_published(&all);
	return ret;
}

/* The ids that the types of a published policy have. */
static int find_ids(const struct bh_maps *maps, const struct bh_policy *policy, uint32_t id,
		    const struct type_ids *types, struct bh_error *error)
{
	struct published all;
	int ret = read_published(maps, &all);

	if (ret)
		bh_fail(error, ret, "map bh_types: %s", strerror(-ret));
	else
		ret = find_base_ids(&all, policy, types, error);
	for (uint32_t i = 1; i < types->nr && !ret; i++) {
		if (!policy->types[i].module)
			continue;
		types->ids[i] = find_published(&all, policy->types[i].name, id);
		if (!types->ids[i])
			ret = bh_fail(error, -ESTALE, "type %s of policy %u is not loaded",
				      policy->types[i].name, id);
	}
	free_published(&all);
	return ret;
}

int bh_publish_rows(const struct bh_maps *maps, const struct bh_policy *policy, uint32_t id,
		    int base, struct bh_error *error)
{
	BH_FREE uint32_t *ids = calloc(policy->nr_types, sizeof(*ids));
	struct type_ids types = { ids, policy->nr_types };
	int ret;

	if (!ids)
		return -ENOMEM;
	ret = find_ids(maps, policy, id, &types, error);
	return ret ? ret : make_rows(policy, &types, reaches_base(policy) ? base : -1, error);
}

/* What a policy takes in the maps: of a hash, what the kernel adds to an element, too. */
static uint32_t kib_of(const struct bh_policy *policy)
{
	const size_t row = sizeof(struct bh_av_bucket) * 20 / 17 / BH_AV_WAYS;
	const size_t filetrans = sizeof(struct bh_filetrans) + sizeof(uint32_t) + 56;
	size_t bytes = policy->nr_rows * row + policy->nr_types * sizeof(struct bh_type) +
		       policy->nr_filetrans * filetrans;

	if (policy->automaton)
		bytes += policy->automaton->nr_states * sizeof(struct bh_automaton_row);
	return (uint32_t)(bytes >> 10);
}

static void describe(const struct bh_inputs *inputs, struct bh_policyinfo *info)
{
	const char *name = inputs->request.trusted ? inputs->installed : inputs->module.name;

	info->flags = inputs->request.trusted ? BH_POLICY_TRUSTED : 0;
	memcpy(info->digest, inputs->digest, sizeof(info->digest));
	memcpy(info->key, inputs->key, sizeof(info->key));
	memcpy(info->module, name, strnlen(name, sizeof(info->module) - 1));
	strcpy(info->grants, inputs->grant_names);
}

static int publish_new(const struct bh_maps *maps, const struct bh_policy *policy,
		       const struct bh_inputs *inputs, struct bh_settings *settings, uint32_t *id,
		       struct bh_error *error)
{
	struct bh_policyinfo info = { .first_type = settings->next_type, .kib = kib_of(policy) };
	BH_FREE uint32_t *ids = calloc(policy->nr_types, sizeof(*ids));
	struct type_ids types = { ids, policy->nr_types };
	BH_CLOSE int rows = -1, base = -1, filetrans = -1;
	uint32_t first = settings->next_type;
	char name[BH_ID_MAX];
	int ret;

	if (!ids)
		return -ENOMEM;
	*id = settings->next_policy++;
	if (!settings->next_policy)
		return bh_fail(error, -ENOSPC, "policy ids have run out");
	/* Ids are used up before they are used: whatever happens, none is given twice. */
	settings->next_type += policy->nr_types;
	if (settings->next_type < first || settings->next_type >= BH_TRANSITION_NAMED)
		return bh_fail(error, -ENOSPC, "type ids have run out");
	ret = bh_settings_write(maps, settings, error);
	if (ret)
		return ret;
	settings->next_type = first;
	ret = assign_ids(maps, policy, *id, settings, &types, error);
	if (ret)
		return ret;
	if (reaches_base(policy)) {
		base = bh_publish_open(maps, BH_POLICY_BASE, error);
		if (base < 0)
			return base;
	}
	rows = make_rows(policy, &types, base, error);
	if (rows < 0)
		return rows;
	if (policy->nr_filetrans) {
		filetrans = bh_filetrans_make(policy, types.ids, error);
		if (filetrans < 0)
			return filetrans;
	}
	if (policy->automaton)
		ret = bh_labels_publish(maps, *id, policy->automaton, types.ids, types.nr, error);
	if (ret)
		return ret;
	ret = bh_inputs_save(inputs, *id, error);
	if (ret)
		return ret;
	describe(inputs, &info);
	ret = insert_policy(maps, *id, rows, filetrans, &info, error);
	bh_name_of_policy(inputs->key, name);
	/* Last: who finds the name finds all of it. */
	return ret ? ret : bh_names_put(maps, name, *id, error);
}

uint32_t bh_policy_find(const struct bh_maps *maps, const uint8_t *key)
{
	char name[BH_ID_MAX];

	bh_name_of_policy(key, name);
	return (uint32_t)bh_names_find(maps, name);
}

/* The id of the domain in which a container of a published policy starts. */
static int find_start(const struct bh_maps *maps, const struct bh_policy *policy, uint32_t id,
		      uint32_t *start, struct bh_error *error)
{
	const struct bh_policy_type *domain = &policy->types[policy->start];
	struct bh_policyinfo info;
	struct bh_type type;
	int ret;

	if (domain->module && !bpf_map_lookup_elem(maps->policyinfo, &id, &info)) {
		*start = info.first_type;
		for (uint32_t i = 1; i < policy->start; i++)
			*start += policy->types[i].module;
		if (!bpf_map_lookup_elem(maps->types, start, &type) && type.policy == id &&
		    !strncmp(type.name, domain->name, sizeof(type.name)))
			return 0;
	}
	ret = bh_type_find(maps, domain->name, domain->module ? id : BH_POLICY_BASE, start);
	return ret ? bh_fail(error, ret, "type %s: %s", domain->name, strerror(-ret)) : 0;
}

int bh_publish(const struct bh_maps *maps, const struct bh_policy *policy,
	       const struct bh_inputs *inputs, uint32_t *id, uint32_t *start,
	       struct bh_error *error)
{
	struct bh_settings settings;
	int ret = bh_settings_read(maps, &settings, error);

	if (ret)
		return ret;
	if (memcmp(settings.base_digest, policy->base_digest, sizeof(settings.base_digest)))
		return bh_fail(
			error, -ESTALE,
			"BASE has changed since it was loaded: run `bulkhead unload` and `bulkhead load`");
	*id = bh_policy_find(maps, inputs->key);
	if (!*id) {
		ret = publish_new(maps, policy, inputs, &settings, id, error);
		if (ret)
			bh_unpublish(maps, *id);
	}
	return ret ? ret : find_start(maps, policy, *id, start, error);
}

/* Types of a publication that was cut short, bh_gc() finds. */
static void unpublish_types(const struct bh_maps *maps, uint32_t policy, uint32_t first)
{
	struct bh_type type;

	for (uint32_t id = first; !bpf_map_lookup_elem(maps->types, &id, &type); id++) {
		if (type.policy != policy)
			return;
		bh_type_forget(maps, id, &type);
	}
}

void bh_unpublish(const struct bh_maps *maps, uint32_t id)
{
	struct bh_policyinfo info;
	char name[BH_ID_MAX];
	bool known;

	if (!id || id == BH_POLICY_BASE)
		return;
	known = !bpf_map_lookup_elem(maps->policyinfo, &id, &info);
	/* First: who finds the name finds all of it. */
	if (known) {
		bh_name_of_policy(info.key, name);
		bh_names_forget(maps, name, id);
	}
	if (!bpf_map_delete_elem(maps->policies, &id))
		bh_maps_avc_reset(maps, NULL);
	bpf_map_delete_elem(maps->automata, &id);
	bpf_map_delete_elem(maps->filetrans, &id);
	if (known)
		unpublish_types(maps, id, info.first_type);
	bh_inputs_forget(id);
	/* Last: while it is there, the garbage collector finds the rest. */
	bpf_map_delete_elem(maps->policyinfo, &id);
}

const char *bh_policy_label(const struct bh_policyinfo *info, char *label)
{
	char digest[BH_DIGEST_TEXT_MAX];

	bh_digest_text(info->digest, digest);
	label[0] = '\0';
	if (info->flags & BH_POLICY_TRUSTED)
		snprintf(label, BH_POLICY_LABEL_MAX, "%.63s@%.12s", info->module, digest + 7);
	else if (info->module[0])
		snprintf(label, BH_POLICY_LABEL_MAX, "%.19s", digest);
	return label;
}
