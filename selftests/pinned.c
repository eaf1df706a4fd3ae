// SPDX-License-Identifier: GPL-2.0
/*
 * What the tests in bash need of the pinned maps:
 *
 *	pinned count MAP...    the number of keys of each, in one line
 *	pinned abi N           makes what is loaded look like another version's
 *	pinned stops N         as if N containers with a policy of their own had stopped
 *	pinned name ID KEY     makes a container's id stand for that key in bh_containers
 *	pinned policies N      fills bh_policyinfo with N policies that nobody uses
 *	pinned crowd N         registers N containers that do not exist
 *	pinned leave N         removes their records, but not their names
 *	pinned empty MAP       removes all keys of it
 */
#include <bpf/bpf.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bulkhead/abi.h>

#define KEY_MAX 128

static int open_map(const char *name)
{
	char path[256];
	int map;

	snprintf(path, sizeof(path), BH_PIN_DIR "/maps/%s", name);
	map = bpf_obj_get(path);
	if (map < 0) {
		perror(path);
		exit(1);
	}
	return map;
}

static void count(const char *name)
{
	unsigned char key[KEY_MAX], next[KEY_MAX];
	unsigned long keys = 0;
	int map = open_map(name);
	void *last = NULL;

	while (!bpf_map_get_next_key(map, last, next)) {
		memcpy(key, next, sizeof(key));
		last = key;
		keys++;
	}
	printf("%s=%lu ", name, keys);
}

static int empty(const char *name)
{
	unsigned char key[KEY_MAX];
	int map = open_map(name);

	while (!bpf_map_get_next_key(map, NULL, key))
		if (bpf_map_delete_elem(map, key))
			return 1;
	return 0;
}

/* One number of the settings. */
static int set_number(size_t offset, unsigned int value)
{
	struct bh_settings settings;
	int map = open_map("bh_settings");
	unsigned int zero = 0;

	if (bpf_map_lookup_elem(map, &zero, &settings))
		return 1;
	memcpy((char *)&settings + offset, &value, sizeof(value));
	return bpf_map_update_elem(map, &zero, &settings, BPF_EXIST) ? 1 : 0;
}

static int set_name(const char *id, unsigned long long cgroup)
{
	char name[BH_ID_MAX] = "";

	snprintf(name, sizeof(name), "%s", id);
	return bpf_map_update_elem(open_map("bh_names"), name, &cgroup, BPF_ANY) ? 1 : 0;
}

static int add_policies(unsigned int nr)
{
	struct bh_policyinfo info = { .key = { 1 } };
	int map = open_map("bh_policyinfo");

	for (unsigned int i = 0; i < nr; i++) {
		unsigned int id = (1U << 30) + i;

		if (bpf_map_update_elem(map, &id, &info, BPF_NOEXIST))
			return 1;
	}
	return 0;
}

static int crowd(unsigned int nr, int leaves)
{
	struct bh_container container = { .domain = 1, .policy = 1, .mntns = 1 };
	int map = open_map("bh_containers");

	for (unsigned int i = 0; i < nr; i++) {
		unsigned long long cgroup = (1ULL << 40) + i;

		snprintf(container.id, sizeof(container.id), "crowd-%u", i);
		if (leaves)
			bpf_map_delete_elem(map, &cgroup);
		else if (set_name(container.id, cgroup) ||
			 bpf_map_update_elem(map, &cgroup, &container, BPF_NOEXIST))
			return 1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	unsigned int number = argc == 3 ? (unsigned int)atoi(argv[2]) : 0;

	if (argc == 3 && !strcmp(argv[1], "abi"))
		return set_number(offsetof(struct bh_settings, abi_version), number);
	if (argc == 3 && !strcmp(argv[1], "stops"))
		return set_number(offsetof(struct bh_settings, stops), number);
	if (argc == 3 && !strcmp(argv[1], "policies"))
		return add_policies(number);
	if (argc == 3 && (!strcmp(argv[1], "crowd") || !strcmp(argv[1], "leave")))
		return crowd(number, !strcmp(argv[1], "leave"));
	if (argc == 3 && !strcmp(argv[1], "empty"))
		return empty(argv[2]);
	if (argc == 4 && !strcmp(argv[1], "name"))
		return set_name(argv[2], strtoull(argv[3], NULL, 10));
	if (argc < 3 || strcmp(argv[1], "count"))
		return 2;
	for (int i = 2; i < argc; i++)
		count(argv[i]);
	putchar('\n');
	return 0;
}
