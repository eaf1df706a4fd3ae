// SPDX-License-Identifier: GPL-2.0
/*
 * Type transitions by the name of a new file.
 *
 * Asked only where the row of (domain, type of the directory, class) says that some name has
 * one. A name is the whole key, so that none is taken for another.
 */
#include "bulkhead.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_HASH_OF_MAPS);
	__uint(max_entries, BH_MAX_POLICIES);
	__type(key, __u32);
	__array(
		values, struct {
			__uint(type, BPF_MAP_TYPE_HASH);
			__uint(max_entries, 1);
			__uint(map_flags, BPF_F_NO_PREALLOC);
			__uint(key_size, sizeof(struct bh_filetrans));
			__uint(value_size, sizeof(__u32));
		});
} bh_filetrans SEC(".maps");

static __s64 cannot_tell(void)
{
	bh_count(BH_COUNT_BADNAME);
	return -1;
}

/* The key is on the stack: with preemption, a CPU's scratch would be another task's, too. */
__s64 bh_filetrans_type(struct bh_task *self, __u32 target, __u32 tclass, __u64 name, __u32 len)
{
	struct bh_filetrans key = { .target = target, .tclass = tclass };
	__u32 policy, *type;
	void *types;

	if (!self || len >= sizeof(key.name))
		return cannot_tell();
	if (bpf_probe_read_kernel(key.name, len, (void *)name))
		return cannot_tell();
	key.source = self->domain;
	policy = self->policy;
	types = bpf_map_lookup_elem(&bh_filetrans, &policy);
	if (!types)
		return cannot_tell();
	type = bpf_map_lookup_elem(types, &key);
	return type ? *type : BH_TYPE_NONE;
}
