// SPDX-License-Identifier: GPL-2.0
/*
 * crowd FROM TO: registers containers FROM to TO - 1 that do not exist, each with a
 * category pair of its own and the first thousand each with a policy of its own, whose
 * rows are BASE's. No cgroup has their ids, so nothing is ever confined by them.
 */
#include <bpf/bpf.h>
#include <stdio.h>
#include <stdlib.h>

#include <bulkhead/abi.h>

#define BASE_POLICY 1U
#define NR_POLICIES 1000U
#define FIRST_POLICY 100000U /* above what the loader gives here */
#define FIRST_CGROUP (1ULL << 40)

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

static int rows_of_base(int policies)
{
	__u32 base = BASE_POLICY, id;

	checked(bpf_map_lookup_elem(policies, &base, &id), "BASE's policy");
	return checked(bpf_map_get_fd_by_id(id), "BASE's rows");
}

int main(int argc, char **argv)
{
	int containers = pinned(BH_PIN_DIR "/maps/bh_containers");
	int pairs = pinned(BH_PIN_DIR "/maps/bh_pairs");
	int policies = pinned(BH_PIN_DIR "/maps/bh_policies");
	int rows = rows_of_base(policies);
	unsigned int from, to;

	if (argc != 3)
		return 2;
	from = (unsigned int)strtoul(argv[1], NULL, 10);
	to = (unsigned int)strtoul(argv[2], NULL, 10);
	for (unsigned int i = from; i < to; i++) {
		__u64 cgroup = FIRST_CGROUP + i;
		__u32 pair = BH_CATSET_MAKE(i / BH_NR_CATEGORIES, i % BH_NR_CATEGORIES);
		__u32 policy = FIRST_POLICY + i % NR_POLICIES;
		struct bh_container container = {
			.domain = 1, .catset = pair, .policy = policy, .mntns = 1
		};

		snprintf(container.id, sizeof(container.id), "crowd-%u", i);
		if (i < NR_POLICIES)
			checked(bpf_map_update_elem(policies, &policy, &rows, BPF_ANY), "policy");
		checked(bpf_map_update_elem(containers, &cgroup, &container, BPF_NOEXIST),
			"container");
		/* The loader may have given it to one that runs. */
		bpf_map_update_elem(pairs, &pair, &cgroup, BPF_NOEXIST);
	}
	return 0;
}
