// SPDX-License-Identifier: GPL-2.0
/* bulkhead ps: the confined containers. */
#include <bpf/bpf.h>
#include <errno.h>
#include <getopt.h>
#include <json-c/json.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "categories.h"
#include "cleanup.h"
#include "digest.h"
#include "publish.h"
#include "command.h"
#include "kernel.h"
#include "level.h"
#include "maps.h"

struct row {
	uint64_t cgroup;
	const struct bh_container *container;
	const char *domain;
	const char *level;
	const char *mode;
	const struct bh_policyinfo *policy;
};

/* As bh_policy_label(), or a dash. */
static const char *module_of(const struct row *row, char *label)
{
	return bh_policy_label(row->policy, label)[0] ? label : "-";
}

static const char *mode_of(const struct bh_settings *settings, const struct bh_container *container)
{
	if (settings->mode == BH_MODE_PERMISSIVE || container->flags & BH_TASK_PERMISSIVE)
		return "permissive";
	if (settings->mode == BH_MODE_AUTO && bh_kernel_selinux_enforces())
		return "selinux";
	return "enforcing";
}

static void print_row(const struct row *row)
{
	char label[BH_POLICY_LABEL_MAX];

	printf("%-12.12s  %-16s  %-24s  %-16s  %-20s  %-10s  %7llu  %s\n", row->container->id,
	       row->container->name[0] ? row->container->name : "-", row->domain, row->level,
	       module_of(row, label), row->mode, (unsigned long long)row->container->denials,
	       row->policy->grants[0] ? row->policy->grants : "-");
}

/* What the image says, what the administrator added: told apart. */
static void add_policy(struct json_object *object, const struct bh_policyinfo *policy)
{
	struct json_object *grants = json_object_new_array();
	char names[BH_GRANTS_MAX], digest[BH_DIGEST_TEXT_MAX];
	char *rest = names, *name;

	memcpy(names, policy->grants, sizeof(names));
	while ((name = strsep(&rest, " ")))
		if (*name)
			json_object_array_add(grants, json_object_new_string(name));
	bh_digest_text(policy->digest, digest);
	json_object_object_add(object, "digest",
			       json_object_new_string(policy->module[0] ? digest : ""));
	json_object_object_add(object, "trusted",
			       json_object_new_boolean(policy->flags & BH_POLICY_TRUSTED));
	json_object_object_add(object, "grants", grants);
}

static void add_row(struct json_object *list, const struct row *row)
{
	const struct bh_container *container = row->container;
	const struct {
		const char *key, *value;
	} strings[] = {
		{ "id", container->id }, { "name", container->name },	  { "domain", row->domain },
		{ "level", row->level }, { "module", container->module }, { "mode", row->mode },
	};
	const struct {
		const char *key;
		uint64_t value;
	} numbers[] = {
		{ "cgroup", row->cgroup },
		{ "mntns", container->mntns },
		{ "denials", container->denials },
		{ "left", container->left },
	};
	struct json_object *object = json_object_new_object();

	for (size_t i = 0; i < sizeof(strings) / sizeof(strings[0]); i++)
		json_object_object_add(object, strings[i].key,
				       json_object_new_string(strings[i].value));
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		json_object_object_add(object, numbers[i].key,
				       json_object_new_int64((int64_t)numbers[i].value));
	add_policy(object, row->policy);
	json_object_array_add(list, object);
}

/* Prints the container, or appends it to @list if there is one. */
static void show_container(const struct bh_maps *maps, const struct bh_settings *settings,
			   uint64_t cgroup, struct json_object *list)
{
	char level[BH_LEVEL_TEXT_MAX];
	struct bh_container container;
	struct bh_type type = { .name = "?" };
	struct bh_policyinfo policy = { 0 };
	struct row row = { cgroup, &container, type.name, level, "", &policy };

	/* It may have ended since the keys were read. */
	if (bpf_map_lookup_elem(maps->containers, &cgroup, &container) ||
	    container.flags & BH_CONTAINER_GONE)
		return;
	bpf_map_lookup_elem(maps->types, &container.domain, &type);
	bpf_map_lookup_elem(maps->policyinfo, &container.policy, &policy);
	bh_categories_text(maps, container.catset, level, sizeof(level));
	row.mode = mode_of(settings, &container);
	if (list)
		add_row(list, &row);
	else
		print_row(&row);
}

static int show_all(const struct bh_maps *maps, struct json_object *list, struct bh_error *error)
{
	struct bh_settings settings;
	BH_FREE void *keys = NULL;
	const uint64_t *ids;
	size_t nr;
	int ret = bh_settings_read(maps, &settings, error);

	if (ret)
		return ret;
	ret = bh_map_keys(maps->containers, sizeof(*ids), BH_MAX_CONTAINERS, &keys, &nr);
	if (ret)
		return bh_fail(error, ret, "map bh_containers: %s", strerror(-ret));
	ids = keys;
	if (!list)
		printf("%-12s  %-16s  %-24s  %-16s  %-20s  %-10s  %7s  %s\n", "ID", "NAME",
		       "DOMAIN", "LEVEL", "MODULE", "MODE", "DENIALS", "GRANTS");
	for (size_t i = 0; i < nr; i++)
		show_container(maps, &settings, ids[i], list);
	return 0;
}

static int run_ps(bool json, struct bh_error *error)
{
	struct json_object *list = json ? json_object_new_array() : NULL;
	struct bh_maps maps;
	int ret = bh_maps_open(&maps, error);

	if (!ret)
		ret = show_all(&maps, list, error);
	if (!ret && list)
		puts(json_object_to_json_string_ext(list, JSON_C_TO_STRING_PLAIN));
	json_object_put(list);
	bh_maps_close(&maps);
	return ret;
}

int bh_cmd_ps(int argc, char **argv, struct bh_error *error)
{
	static const struct option options[] = { { "json", no_argument, NULL, 'j' }, { 0 } };
	bool json = false;
	int option;

	opterr = 0;
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option != 'j')
			return bh_usage(error, "ps: unknown option %s", argv[optind - 1]);
		json = true;
	}
	if (optind != argc)
		return bh_usage(error, "ps: takes no argument '%s'", argv[optind]);
	return run_ps(json, error);
}
