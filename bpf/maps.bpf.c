// SPDX-License-Identifier: GPL-2.0
/*
 * The maps that several files use, and the loader's own books.
 *
 * Linked first: bpftool 7.1 loses the place of a map that one object refers to before
 * another defines it ("map relo failed to find map").
 */
#include "bulkhead.bpf.h"

char LICENSE[] SEC("license") = "GPL";

struct bh_settings bh_settings SEC(".data.settings");
__u64 bh_generation SEC(".data.generation");
__u32 bh_signals_asked SEC(".data.signals_asked");

bh_tasks_map bh_tasks SEC(".maps");
bh_inodes_map bh_inodes SEC(".maps");
bh_containers_map bh_containers SEC(".maps");
bh_mounters_map bh_mounters SEC(".maps");

bh_released_map bh_released SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, BH_MAX_CONTAINERS);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u32);
	__type(value, __u64);
} bh_pairs SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, BH_MAX_CONTAINERS + BH_MAX_POLICIES);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(key_size, BH_ID_MAX);
	__type(value, __u64);
} bh_names SEC(".maps");

bh_types_map bh_types SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, BH_MAX_POLICIES);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u32);
	__type(value, struct bh_policyinfo);
} bh_policyinfo SEC(".maps");
