// SPDX-License-Identifier: GPL-2.0
/*
 * crowd share FROM TO: registers containers FROM to TO - 1 that do not exist, each with a name and a
 * category pair of its own and the first thousand each with a policy of its own, whose
 * rows are BASE's. No cgroup has their ids, so nothing is ever confined by them.
 *
 * crowd copy FROM TO: as many policies with rows of their own: copies of the newest policy's.
 * Each has a container, or it would be collected.
 */
#include <bpf/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bulkhead/abi.h>

#define BASE_POLICY 1U
#define NR_POLICIES 1000U
#define FIRST_POLICY 100000U /* above what the loader gives here */
#define FIRST_COPY 200000U
#define FIRST_CGROUP (1ULL << 40)
#define FIRST_CGROUP_OF_COPY (1ULL << 41)

struct rows {
	struct bh_av_bucket *buckets;
	__u32 *index;
	__u32 nr;
};

static int containers, pairs, policies, names;

static int checked(int ret, const char *what)
{
	if (ret < 0) {
		perror(what);
		exit(1);
	}
	return ret;
}

static int pinned(const char *path)
{
	return checked(bpf_obj_get(path), path);
}

static int rows_of(__u32 policy)
{
	__u32 id;

	checked(bpf_map_lookup_elem(policies, &policy, &id), "the policy");
	return checked(bpf_map_get_fd_by_id(id), "the policy's rows");
}

static __u32 newest_policy(void)
{
	__u32 key, next, newest = BASE_POLICY;
	void *at = NULL;

	while (!bpf_map_get_next_key(policies, at, &next)) {
		key = next;
		at = &key;
		if (key > newest && key < FIRST_POLICY)
			newest = key;
	}
	return newest;
}

static void *allocated(size_t nr, size_t size)
{
	void *memory = calloc(nr, size);

	checked(memory ? 0 : -1, "memory");
	return memory;
}

static struct rows read_rows(int map)
{
	struct bpf_map_info info = { 0 };
	__u32 size = sizeof(info), batch;
	struct rows rows;

	checked(bpf_obj_get_info_by_fd(map, &info, &size), "the rows' map");
	rows.nr = info.max_entries;
	rows.buckets = allocated(rows.nr, sizeof(*rows.buckets));
	rows.index = allocated(rows.nr, sizeof(*rows.index));
	/* ENOENT: that was all. */
	bpf_map_lookup_batch(map, NULL, &batch, rows.index, rows.buckets, &rows.nr, NULL);
	checked(rows.nr == info.max_entries ? 0 : -1, "the rows");
	return rows;
}

static int copy_of(const struct rows *rows)
{
	LIBBPF_OPTS(bpf_map_create_opts, options, .map_flags = BPF_F_INNER_MAP);
	int map = checked(bpf_map_create(BPF_MAP_TYPE_ARRAY, "bh_rows", sizeof(*rows->index),
					 sizeof(*rows->buckets), rows->nr, &options),
			  "copy");
	__u32 nr = rows->nr;

	checked(bpf_map_update_batch(map, rows->index, rows->buckets, &nr, NULL), "copied rows");
	return map;
}

static void add_policy(__u32 policy, int rows)
{
	checked(bpf_map_update_elem(policies, &policy, &rows, BPF_ANY), "policy");
}

static void add_container(__u64 cgroup, __u32 catset, __u32 policy, const char *kind,
			  unsigned int nr)
{
	struct bh_container container = {
		.domain = 1, .catset = catset, .policy = policy, .mntns = 1
	};

	snprintf(container.id, sizeof(container.id), "%s-%u", kind, nr);
	checked(bpf_map_update_elem(containers, &cgroup, &container, BPF_NOEXIST), "container");
	checked(bpf_map_update_elem(names, container.id, &cgroup, BPF_NOEXIST), "name");
	/* The loader may have given it to one that runs. */
	bpf_map_update_elem(pairs, &catset, &cgroup, BPF_NOEXIST);
}

static void share(unsigned int from, unsigned int to)
{
	int rows = rows_of(BASE_POLICY);

	for (unsigned int i = from; i < to; i++) {
		if (i < NR_POLICIES)
			add_policy(FIRST_POLICY + i, rows);
		add_container(FIRST_CGROUP + i,
			      BH_CATSET_MAKE(i / BH_NR_CATEGORIES, i % BH_NR_CATEGORIES),
			      FIRST_POLICY + i % NR_POLICIES, "crowd", i);
	}
}

static void copy(unsigned int from, unsigned int to)
{
	struct rows rows = read_rows(rows_of(newest_policy()));

	for (unsigned int i = from; i < to; i++) {
		add_policy(FIRST_COPY + i, copy_of(&rows));
		add_container(FIRST_CGROUP_OF_COPY + i, BH_CATSET_EMPTY, FIRST_COPY + i, "copy", i);
	}
}

int main(int argc, char **argv)
{
	unsigned int from, to;

	if (argc != 4)
		return 2;
	containers = pinned(BH_PIN_DIR "/maps/bh_containers");
	pairs = pinned(BH_PIN_DIR "/maps/bh_pairs");
	policies = pinned(BH_PIN_DIR "/maps/bh_policies");
	names = pinned(BH_PIN_DIR "/maps/bh_names");
	from = (unsigned int)strtoul(argv[2], NULL, 10);
	to = (unsigned int)strtoul(argv[3], NULL, 10);
	if (!strcmp(argv[1], "share"))
		share(from, to);
	else if (!strcmp(argv[1], "copy"))
		copy(from, to);
	else
		return 2;
	return 0;
}
