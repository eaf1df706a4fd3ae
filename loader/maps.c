// SPDX-License-Identifier: GPL-2.0
/* The pinned maps of what is loaded, as descriptors. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "cleanup.h"
#include "maps.h"

static const struct {
	const char *name;
	size_t offset;
} members[] = {
	{ "bh_settings", offsetof(struct bh_maps, settings) },
	{ "bh_inodes", offsetof(struct bh_maps, inodes) },
	{ "bh_leases", offsetof(struct bh_maps, leases) },
	{ "bh_generation", offsetof(struct bh_maps, generation) },
	{ "bh_automata", offsetof(struct bh_maps, automata) },
	{ "bh_containers", offsetof(struct bh_maps, containers) },
	{ "bh_pairs", offsetof(struct bh_maps, pairs) },
	{ "bh_names", offsetof(struct bh_maps, names) },
	{ "bh_released", offsetof(struct bh_maps, released) },
	{ "bh_policies", offsetof(struct bh_maps, policies) },
	{ "bh_filetrans", offsetof(struct bh_maps, filetrans) },
	{ "bh_policyinfo", offsetof(struct bh_maps, policyinfo) },
	{ "bh_types", offsetof(struct bh_maps, types) },
	{ "bh_typenames", offsetof(struct bh_maps, typenames) },
	{ "bh_catsets", offsetof(struct bh_maps, catsets) },
	{ "bh_counters", offsetof(struct bh_maps, counters) },
	{ "bh_events", offsetof(struct bh_maps, events) },
};

#define NR_MEMBERS (sizeof(members) / sizeof(members[0]))

static int *member_fd(struct bh_maps *maps, size_t i)
{
	return (int *)((char *)maps + members[i].offset);
}

/* Before any other map is trusted: bh_settings comes first and says which ABI it is. */
static int check_abi(const struct bh_maps *maps, struct bh_error *error)
{
	struct bpf_map_info info = { 0 };
	uint32_t len = sizeof(info), zero = 0;
	struct bh_settings settings;

	if (bpf_obj_get_info_by_fd(maps->settings, &info, &len))
		return bh_fail(error, -errno, "map bh_settings: %s", strerror(errno));
	if (info.value_size != sizeof(settings))
		return bh_fail(
			error, -EPROTO,
			"another version of bulkhead is loaded; unload it with that version first");
	if (bpf_map_lookup_elem(maps->settings, &zero, &settings))
		return bh_fail(error, -errno, "map bh_settings: %s", strerror(errno));
	if (settings.abi_version != BH_ABI_VERSION)
		return bh_fail(
			error, -EPROTO,
			"ABI %u is loaded and this bulkhead has %u; unload it with that version first",
			settings.abi_version, BH_ABI_VERSION);
	return 0;
}

int bh_map_open(const char *name, struct bh_error *error)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), BH_PIN_DIR "/maps/%s", name);
	fd = bpf_obj_get(path);
	return fd < 0 ? bh_fail(error, -errno, "%s: %s", path, strerror(errno)) : fd;
}

static int open_member(struct bh_maps *maps, size_t i, struct bh_error *error)
{
	int fd = bh_map_open(members[i].name, error);

	if (fd == -ENOENT && !i)
		return bh_fail(error, -ENOENT, "not loaded: run `bulkhead load`");
	if (fd < 0)
		return fd;
	*member_fd(maps, i) = fd;
	return i ? 0 : check_abi(maps, error);
}

int bh_maps_open(struct bh_maps *maps, struct bh_error *error)
{
	*maps = (struct bh_maps)BH_MAPS_CLOSED;
	for (size_t i = 0; i < NR_MEMBERS; i++) {
		int ret = open_member(maps, i, error);

		if (ret)
			return ret;
	}
	return 0;
}

void bh_maps_close(struct bh_maps *maps)
{
	for (size_t i = 0; i < NR_MEMBERS; i++)
		if (*member_fd(maps, i) >= 0)
			close(*member_fd(maps, i));
	*maps = (struct bh_maps)BH_MAPS_CLOSED;
}

int bh_map_keys(int map, size_t size, size_t max, void **keys, size_t *nr)
{
	/* A deletion by the kernel starts the walk again, hence the bound and the room. */
	size_t room = 64, used = 0, limit = max * 2;
	BH_FREE char *found = malloc(room * size);
	const void *previous = NULL;

	if (!found)
		return -ENOMEM;
	while (used < limit) {
		if (used == room) {
			char *larger = realloc(found, room * 2 * size);

			if (!larger)
				return -ENOMEM;
			found = larger;
			room *= 2;
			previous = found + (used - 1) * size;
		}
		if (bpf_map_get_next_key(map, previous, found + used * size)) {
			if (errno != ENOENT)
				return -errno;
			break;
		}
		previous = found + used * size;
		used++;
	}
	*keys = found;
	found = NULL;
	*nr = used;
	return 0;
}

/* Entries of one call. */
#define BATCH 4096

static int make_room(void **array, size_t nr, size_t size)
{
	void *larger = reallocarray(*array, nr, size);

	if (!larger)
		return -ENOMEM;
	*array = larger;
	return 0;
}

int bh_map_entries(int map, size_t key_size, size_t value_size, void **keys, void **values,
		   size_t *nr)
{
	void *from = NULL;
	uint32_t token;
	int ret;

	*keys = *values = NULL;
	*nr = 0;
	do {
		uint32_t count = BATCH;

		if (make_room(keys, *nr + count, key_size) ||
		    make_room(values, *nr + count, value_size))
			return -ENOMEM;
		ret = bpf_map_lookup_batch(map, from, &token, (char *)*keys + *nr * key_size,
					   (char *)*values + *nr * value_size, &count, NULL);
		if (ret && errno != ENOENT)
			return -errno;
		*nr += count;
		from = &token;
	} while (!ret);
	return 0;
}

int bh_settings_read(const struct bh_maps *maps, struct bh_settings *settings,
		     struct bh_error *error)
{
	uint32_t zero = 0;

	if (bpf_map_lookup_elem(maps->settings, &zero, settings))
		return bh_fail(error, -errno, "map bh_settings: %s", strerror(errno));
	return 0;
}

int bh_settings_write(const struct bh_maps *maps, const struct bh_settings *settings,
		      struct bh_error *error)
{
	uint32_t zero = 0;

	if (bpf_map_update_elem(maps->settings, &zero, settings, BPF_ANY))
		return bh_fail(error, -errno, "map bh_settings: %s", strerror(errno));
	return 0;
}

int bh_places_change(const struct bh_maps *maps)
{
	uint64_t *generation = mmap(NULL, sizeof(*generation), PROT_READ | PROT_WRITE, MAP_SHARED,
				    maps->generation, 0);

	if (generation == MAP_FAILED)
		return -errno;
	/* Programs change it, too: a read and a write could take one of theirs back. */
	__atomic_fetch_add(generation, 1, __ATOMIC_SEQ_CST);
	munmap(generation, sizeof(*generation));
	return 0;
}

int bh_maps_avc_reset(const struct bh_maps *maps, struct bh_error *error)
{
	struct bh_settings settings;
	int ret = bh_settings_read(maps, &settings, error);

	if (ret)
		return ret;
	settings.seqno++;
	return bh_settings_write(maps, &settings, error);
}

int bh_maps_counter(const struct bh_maps *maps, uint32_t which, uint64_t *value)
{
	int cpus = libbpf_num_possible_cpus();
	BH_FREE uint64_t *each = NULL;

	if (cpus < 0)
		return cpus;
	each = calloc((size_t)cpus, sizeof(*each));
	if (!each)
		return -ENOMEM;
	if (bpf_map_lookup_elem(maps->counters, &which, each))
		return -errno;
	*value = 0;
	for (int i = 0; i < cpus; i++)
		*value += each[i];
	return 0;
}
