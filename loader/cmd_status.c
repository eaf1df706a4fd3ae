// SPDX-License-Identifier: GPL-2.0
/* bulkhead status: what holds now. */
#include <bpf/bpf.h>
#include <dirent.h>
#include <errno.h>
#include <getopt.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "command.h"
#include "conf.h"
#include "kernel.h"
#include "kmod.h"
#include "maps.h"

static const char *const counter_names[BH_COUNT_MAX] = {
	[BH_COUNT_DENIED] = "denied",	    [BH_COUNT_PERMITTED] = "permitted",
	[BH_COUNT_LOST] = "lost",	    [BH_COUNT_NOMEM] = "nomem",
	[BH_COUNT_NOPOLICY] = "nopolicy",   [BH_COUNT_TOODEEP] = "toodeep",
	[BH_COUNT_NESTED] = "nested",	    [BH_COUNT_MOVING] = "moving",
	[BH_COUNT_UNAUDITED] = "unaudited", [BH_COUNT_NAMELESS] = "nameless",
	[BH_COUNT_BADNAME] = "badname",	    [BH_COUNT_UNREADABLE] = "unreadable",
	[BH_COUNT_UNASKED] = "unasked",	    [BH_COUNT_UNKEPT] = "unkept",
};

struct status {
	struct bh_settings settings;
	const char *holds;
	size_t containers;
	size_t policies;
	uint64_t counters[BH_COUNT_MAX];
	struct bh_kmod_status kmod;
	struct json_object *programs; /* names */
	bool strict; /* its programs are among them */
};

static const char *what_holds(uint32_t mode)
{
	if (mode == BH_MODE_PERMISSIVE)
		return "permissive";
	if (mode == BH_MODE_AUTO && bh_kernel_selinux_enforces())
		return "standing by for SELinux";
	return "enforcing";
}

static int count_keys(int map, size_t size, size_t max, size_t *nr)
{
	BH_FREE void *keys = NULL;

	return bh_map_keys(map, size, max, &keys, nr);
}

/* Those whose cgroups are no more wait to be collected. */
static int count_containers(const struct bh_maps *maps, size_t *nr)
{
	BH_FREE void *keys = NULL, *values = NULL;
	const struct bh_container *containers;
	size_t all;
	int ret = bh_map_entries(maps->containers, sizeof(uint64_t), sizeof(*containers), &keys,
				 &values, &all);

	*nr = 0;
	containers = values;
	for (size_t i = 0; i < all && !ret; i++)
		*nr += !(containers[i].flags & BH_CONTAINER_GONE);
	return ret;
}

/* The links that are pinned are the programs that are attached. */
static int list_programs(struct status *status)
{
	DIR *dir = opendir(BH_PIN_DIR "/links");
	struct dirent *entry;

	if (!dir)
		return -errno;
	while ((entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			json_object_array_add(status->programs,
					      json_object_new_string(entry->d_name));
	closedir(dir);
	status->strict = !access(BH_PIN_DIR "/links/bh_inode_permission", F_OK);
	return 0;
}

static int read_status(const struct bh_maps *maps, struct status *status, struct bh_error *error)
{
	int ret = bh_settings_read(maps, &status->settings, error);

	if (ret)
		return ret;
	status->holds = what_holds(status->settings.mode);
	ret = count_containers(maps, &status->containers);
	if (!ret)
		ret = count_keys(maps->policyinfo, sizeof(uint32_t), BH_MAX_POLICIES,
				 &status->policies);
	for (uint32_t i = 0; i < BH_COUNT_MAX && !ret; i++)
		ret = bh_maps_counter(maps, i, &status->counters[i]);
	if (!ret)
		ret = list_programs(status);
	if (bh_kmod_status(&status->kmod, error))
		return -EPROTO;
	return ret ? bh_fail(error, ret, "status: %s", strerror(-ret)) : 0;
}

static void print_text(const struct status *status)
{
	printf("loaded: version %s, ABI %u\n", BH_VERSION, status->settings.abi_version);
	printf("mode: %s, %s\n", bh_mode_name(status->settings.mode), status->holds);
	printf("strict: %s\n", status->strict ? "on" : "off");
	printf("containers: %zu\n", status->containers);
	printf("policies: %zu\n", status->policies);
	printf("programs: %zu attached\n", json_object_array_length(status->programs));
	printf("module: %s\n", status->kmod.present ?
				       "loaded" :
				       "absent (no persistent labels, audit records or lock)");
	printf("locked: %s\n", status->kmod.locked ? "yes" : "no");
	for (uint32_t i = 0; i < BH_COUNT_MAX; i++)
		printf("%s: %llu\n", counter_names[i], (unsigned long long)status->counters[i]);
}

static void print_json(const struct status *status)
{
	struct json_object *root = json_object_new_object();
	struct json_object *counters = json_object_new_object();

	for (uint32_t i = 0; i < BH_COUNT_MAX; i++)
		json_object_object_add(counters, counter_names[i],
				       json_object_new_int64((int64_t)status->counters[i]));
	json_object_object_add(root, "version", json_object_new_string(BH_VERSION));
	json_object_object_add(root, "abi", json_object_new_int((int)status->settings.abi_version));
	json_object_object_add(root, "mode",
			       json_object_new_string(bh_mode_name(status->settings.mode)));
	json_object_object_add(root, "holds", json_object_new_string(status->holds));
	json_object_object_add(root, "strict", json_object_new_boolean(status->strict));
	json_object_object_add(root, "containers",
			       json_object_new_int64((int64_t)status->containers));
	json_object_object_add(root, "policies", json_object_new_int64((int64_t)status->policies));
	json_object_object_add(root, "module", json_object_new_boolean(status->kmod.present));
	json_object_object_add(root, "locked", json_object_new_boolean(status->kmod.locked));
	json_object_object_add(root, "counters", counters);
	json_object_object_add(root, "programs", json_object_get(status->programs));
	puts(json_object_to_json_string_ext(root, JSON_C_TO_STRING_PLAIN));
	json_object_put(root);
}

static int print_status(int json, struct bh_error *error)
{
	struct status status = { .programs = json_object_new_array() };
	struct bh_maps maps;
	int ret = bh_maps_open(&maps, error);

	if (!ret)
		ret = read_status(&maps, &status, error);
	if (!ret && json)
		print_json(&status);
	else if (!ret)
		print_text(&status);
	json_object_put(status.programs);
	bh_maps_close(&maps);
	return ret;
}

int bh_cmd_status(int argc, char **argv, struct bh_error *error)
{
	static const struct option options[] = { { "json", no_argument, NULL, 'j' }, { 0 } };
	int option, json = 0;

	opterr = 0;
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option != 'j')
			return bh_usage(error, "status: unknown option %s", argv[optind - 1]);
		json = 1;
	}
	if (optind != argc)
		return bh_usage(error, "status: takes no argument '%s'", argv[optind]);
	return print_status(json, error);
}
