// SPDX-License-Identifier: GPL-2.0
/* Loading the programs, attaching them, and pinning it all; taking it away. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "attach.h"
#include "attributes.h"
#include "bulkhead.skel.h"
#include "cleanup.h"
#include "devices.h"
#include "host.h"
#include "key.h"
#include "kmod.h"
#include "labels.h"
#include "maps.h"
#include "pins.h"
#include "publish.h"

struct attached {
	struct {
		const char *name; /* of the program */
		struct bpf_link *link;
	} * links;
	size_t nr;
};

/* The last of what libbpf says: a verifier's log ends with the reason. */
static struct {
	char text[BH_ERROR_TEXT_MAX - 512];
	size_t used;
} said;

static int keep_said(enum libbpf_print_level level, const char *format, va_list args)
{
	size_t len, room = sizeof(said.text) - 1;
	BH_FREE char *all = NULL;
	const char *line;

	/* A log comes in one piece of up to a few MB. */
	if (level == LIBBPF_DEBUG || vasprintf(&all, format, args) < 0) {
		all = NULL;
		return 0;
	}
	len = strlen(all);
	line = all;
	if (len > room) {
		line += len - room;
		len = room;
	}
	if (said.used + len > room) {
		size_t cut = said.used + len - room;

		memmove(said.text, said.text + cut, said.used - cut);
		said.used -= cut;
	}
	memcpy(said.text + said.used, line, len);
	said.used += len;
	said.text[said.used] = '\0';
	return 0;
}

#define NR_PORTS 65536U

static void set_range(struct bh_port *ports, const struct bh_policy_port *range)
{
	for (uint32_t port = range->low; port <= range->high; port++) {
		uint16_t *slot[] = { &ports[port].tcp, &ports[port].udp, &ports[port].dccp,
				     &ports[port].sctp };

		if (range->protocol <= BH_PORT_SCTP)
			*slot[range->protocol] = (uint16_t)range->type;
	}
}

/* In one call: one a port would take seconds. */
static int fill_ports(int map, const struct bh_policy *base, struct bh_error *error)
{
	LIBBPF_OPTS(bpf_map_batch_opts, options);
	BH_FREE struct bh_port *ports = calloc(NR_PORTS, sizeof(*ports));
	BH_FREE uint32_t *keys = calloc(NR_PORTS, sizeof(*keys));
	uint32_t nr = NR_PORTS;

	if (!ports || !keys)
		return -ENOMEM;
	for (uint32_t port = 0; port < NR_PORTS; port++)
		keys[port] = port;
	for (size_t i = 0; i < base->nr_ports; i++)
		set_range(ports, &base->ports[i]);
	if (bpf_map_update_batch(map, keys, ports, &nr, &options) || nr != NR_PORTS)
		return bh_fail(error, -errno, "map bh_ports: %s", strerror(errno));
	return 0;
}

static int fill_filesystems(const struct bh_maps *maps, int map, const struct bh_policy *base,
			    struct bh_error *error)
{
	for (uint32_t i = 0; i < base->nr_filesystems; i++) {
		const struct bh_policy_fs *fs = &base->filesystems[i];
		struct bh_filesystem value = { .type = fs->type, .flags = fs->flags };
		char key[BH_FSNAME_MAX] = { 0 };
		int ret = 0;

		if (fs->automaton) {
			value.automaton = BH_AUTOMATON_FS | i;
			ret = bh_labels_publish(maps, value.automaton, fs->automaton, NULL,
						base->nr_types, error);
		}
		if (ret)
			return ret;
		memcpy(key, fs->name, strnlen(fs->name, sizeof(key) - 1));
		if (bpf_map_update_elem(map, key, &value, BPF_ANY))
			return bh_fail(error, -errno, "map bh_filesystems: %s", strerror(errno));
	}
	return 0;
}

static int fill_settings(const struct bh_maps *maps, const struct bh_policy *base, uint32_t mode,
			 struct bh_error *error)
{
	struct bh_settings settings = {
		.abi_version = BH_ABI_VERSION,
		.mode = mode,
		.base_policy = BH_POLICY_BASE,
		.next_type = base->nr_types,
		.next_policy = BH_POLICY_BASE + 1,
	};
	const struct {
		const char *name;
		__u32 *type;
	} needed[] = {
		{ "unlabeled_t", &settings.type_unlabeled },
		{ "unconfined_t", &settings.type_host },
		{ "node_t", &settings.type_node },
		{ "device_t", &settings.type_device },
		{ "container_t", &settings.type_container },
		{ "container_file_t", &settings.type_file },
	};

	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
		*needed[i].type = bh_policy_type_number(base, needed[i].name);
		if (!*needed[i].type)
			return bh_fail(error, -ENOENT, "BASE has no type %s", needed[i].name);
	}
	memcpy(settings.base_digest, base->base_digest, sizeof(settings.base_digest));
	return bh_settings_write(maps, &settings, error);
}

/* Everything that a program may look up is there before the first one is attached. */
static int fill_maps(const struct bulkhead_bpf *skel, const struct bh_policy *base, uint32_t mode,
		     struct bh_error *error)
{
	struct bh_maps maps = BH_MAPS_CLOSED;
	int ret;

	/* Borrowed from the skeleton, which closes them. */
	maps.settings = bpf_map__fd(skel->maps.data_settings);
	maps.generation = bpf_map__fd(skel->maps.data_generation);
	maps.policies = bpf_map__fd(skel->maps.bh_policies);
	maps.policyinfo = bpf_map__fd(skel->maps.bh_policyinfo);
	maps.types = bpf_map__fd(skel->maps.bh_types);
	maps.typenames = bpf_map__fd(skel->maps.bh_typenames);
	maps.inodes = bpf_map__fd(skel->maps.bh_inodes);
	maps.leases = bpf_map__fd(skel->maps.bh_leases);
	maps.automata = bpf_map__fd(skel->maps.bh_automata);
	ret = bh_places_change(&maps); /* 0 is no generation */
	if (ret)
		return bh_fail(error, ret, "map bh_generation: %s", strerror(-ret));
	ret = fill_settings(&maps, base, mode, error);
	if (!ret)
		ret = bh_publish_base(&maps, base, error);
	if (!ret)
		ret = fill_ports(bpf_map__fd(skel->maps.bh_ports), base, error);
	if (!ret)
		ret = fill_filesystems(&maps, bpf_map__fd(skel->maps.bh_filesystems), base, error);
	if (!ret && base->automaton)
		ret = bh_labels_publish(&maps, BH_POLICY_BASE, base->automaton, NULL,
					base->nr_types, error);
	if (!ret)
		ret = bh_devices_fill(bpf_map__fd(skel->maps.bh_devices), base, error);
	if (!ret)
		ret = bh_host_mark(&maps, bpf_map__fd(skel->maps.bh_filesystems), NULL, error);
	return ret;
}

/* The data sections that the loader writes: each is a variable bh_NAME. */
#define SHARED ".data."

static int pin_map(struct bpf_map *map, const char *dir, struct bh_error *error)
{
	const char *name = bpf_map__name(map), *prefix = "";
	char path[256];
	int ret;

	if (bpf_map__is_internal(map)) {
		if (strncmp(name, SHARED, strlen(SHARED)))
			return 0; /* the programs' own, as .rodata, lives with them */
		prefix = "bh_";
		name += strlen(SHARED);
	}
	snprintf(path, sizeof(path), "%s/maps/%s%s", dir, prefix, name);
	ret = bpf_map__pin(map, path);
	return ret ? bh_fail(error, ret, "pin %s: %s", path, strerror(-ret)) : 0;
}

static int pin_maps(const struct bulkhead_bpf *skel, const char *dir, struct bh_error *error)
{
	struct bpf_map *map;
	int ret = 0;

	bpf_object__for_each_map (map, skel->obj) {
		ret = pin_map(map, dir, error);
		if (ret)
			break;
	}
	return ret;
}

static bool is_iterator(const struct bpf_program *program)
{
	return !strncmp(bpf_program__section_name(program), "iter/", 5);
}

/* Attached, but for as long as this process lives only. */
static int attach_programs(const struct bulkhead_bpf *skel, struct attached *attached,
			   struct bh_error *error)
{
	struct bpf_program *program;
	size_t nr = 0;

	bpf_object__for_each_program (program, skel->obj)
		nr++;
	attached->links = calloc(nr, sizeof(*attached->links));
	if (!attached->links)
		return -ENOMEM;
	bpf_object__for_each_program (program, skel->obj) {
		struct bpf_link *link;

		if (!bpf_program__autoload(program) || is_iterator(program) ||
		    bh_is_reader(bpf_program__name(program)))
			continue;
		link = bpf_program__attach(program);
		if (!link)
			return bh_fail(error, -errno, "attach %s: %s", bpf_program__name(program),
				       strerror(errno));
		attached->links[attached->nr].name = bpf_program__name(program);
		attached->links[attached->nr++].link = link;
	}
	return 0;
}

/* What is pinned stays attached. */
static void close_links(struct attached *attached)
{
	for (size_t i = 0; i < attached->nr; i++)
		bpf_link__destroy(attached->links[i].link);
	free(attached->links);
}

static int pin_links(const struct attached *attached, const char *dir, struct bh_error *error)
{
	char path[256];

	for (size_t i = 0; i < attached->nr; i++) {
		int ret;

		snprintf(path, sizeof(path), "%s/links/%s", dir, attached->links[i].name);
		ret = bpf_link__pin(attached->links[i].link, path);
		if (ret)
			return bh_fail(error, ret, "pin %s: %s", path, strerror(-ret));
	}
	return 0;
}

/* What is not attached now: the loader runs an iterator from its pin, or attaches a reader. */
static int pin_programs(const struct bulkhead_bpf *skel, const char *dir, struct bh_error *error)
{
	struct bpf_program *program;
	char path[256];

	bpf_object__for_each_program (program, skel->obj) {
		int ret;

		if (!bpf_program__autoload(program) ||
		    !(is_iterator(program) || bh_is_reader(bpf_program__name(program))))
			continue;
		snprintf(path, sizeof(path), "%s/progs/%s", dir, bpf_program__name(program));
		ret = bpf_program__pin(program, path);
		if (ret)
			return bh_fail(error, ret, "pin %s: %s", path, strerror(-ret));
	}
	return 0;
}

static int pin_all(const struct bulkhead_bpf *skel, const struct attached *attached,
		   const char *dir, struct bh_error *error)
{
	int ret = bh_pins_make(dir, error);

	if (!ret)
		ret = pin_maps(skel, dir, error);
	if (!ret)
		ret = pin_programs(skel, dir, error);
	/*
	 * Killed before this, the process leaves nothing attached; killed within, programs
	 * that know no container and refuse nothing, for bh_detach_stale().
	 */
	if (!ret)
		ret = pin_links(attached, dir, error);
	/* The moment at which Bulkhead is loaded. */
	if (!ret && rename(dir, BH_PIN_DIR))
		ret = bh_fail(error, -errno, "rename %s: %s", dir, strerror(errno));
	if (ret)
		bh_pins_remove(dir, NULL);
	return ret;
}

static int attach_and_pin(const struct bulkhead_bpf *skel, struct bh_error *error)
{
	struct attached attached = { 0 };
	char dir[64];
	int ret = attach_programs(skel, &attached, error);

	snprintf(dir, sizeof(dir), BH_PIN_NEW "%d", getpid());
	if (!ret)
		ret = pin_all(skel, &attached, dir, error);
	close_links(&attached);
	return ret;
}

/* The key first: the programs that are sealed then have no other. */
static int seal(const struct bulkhead_bpf *skel, const char *key, struct bh_error *error)
{
	int ret;

	/* What a load whose pins somebody removed has left is sealed still. */
	bh_kmod_release();
	ret = bh_kmod_key(key, error);
	return ret ? ret : bh_kmod_seal(skel->obj, error);
}

static int load_skeleton(struct bulkhead_bpf *skel, bool strict, struct bh_error *error)
{
	char key[BH_KEY_DIGITS + 1];
	struct bh_kmod_status kmod;
	int ret = bh_kmod_status(&kmod, error);

	if (!ret && kmod.present)
		ret = bh_key_read(BH_KEY_PATH, key, error);
	if (!ret)
		ret = bh_programs_select(skel, strict, kmod.present, error);
	if (ret)
		return ret;
	skel->rodata->bh_module = kmod.present;
	ret = bulkhead_bpf__load(skel);
	if (ret)
		return bh_fail(error, ret, "the kernel refused the programs: %s\n%s",
			       strerror(-ret), said.text);
	return kmod.present ? seal(skel, key, error) : 0;
}

int bh_attach(const struct bh_policy *base, uint32_t mode, bool strict, struct bh_error *error)
{
	struct bulkhead_bpf *skel;
	int ret;

	libbpf_set_print(keep_said);
	skel = bulkhead_bpf__open();
	if (!skel)
		return bh_fail(error, -errno, "programs: %s\n%s", strerror(errno), said.text);
	ret = load_skeleton(skel, strict, error);
	if (!ret)
		ret = fill_maps(skel, base, mode, error);
	if (!ret)
		ret = attach_and_pin(skel, error);
	if (ret)
		bh_kmod_release();
	bulkhead_bpf__destroy(skel);
	return ret;
}

int bh_detach(struct bh_error *error)
{
	int ret = bh_kmod_check_unlocked(error);

	if (ret)
		return ret;
	ret = bh_pins_remove(BH_PIN_DIR, error);
	if (!ret || ret == -ENOENT)
		bh_kmod_release();
	return ret == -ENOENT ? bh_fail(error, ret, "not loaded") : ret;
}

void bh_detach_stale(void)
{
	bh_pins_remove_stale();
}
