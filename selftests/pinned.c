// SPDX-License-Identifier: GPL-2.0
/*
 * What the tests in bash need of the pinned maps:
 *
 *	pinned count MAP...    the number of keys of each, in one line
 *	pinned abi N           makes what is loaded look like another version's
 */
#include <bpf/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bulkhead/abi.h>

#define KEY_MAX 64

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

static int set_abi(unsigned int version)
{
	struct bh_settings settings;
	int map = open_map("bh_settings");
	unsigned int zero = 0;

	if (bpf_map_lookup_elem(map, &zero, &settings))
		return 1;
	settings.abi_version = version;
	return bpf_map_update_elem(map, &zero, &settings, BPF_EXIST) ? 1 : 0;
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "abi"))
		return set_abi((unsigned int)atoi(argv[2]));
	if (argc < 3 || strcmp(argv[1], "count"))
		return 2;
	for (int i = 2; i < argc; i++)
		count(argv[i]);
	putchar('\n');
	return 0;
}
