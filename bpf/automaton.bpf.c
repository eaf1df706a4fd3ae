// SPDX-License-Identifier: GPL-2.0
/*
 * Labels by path: an automaton over the bytes of paths, which the loader made of filecon or
 * genfscon rules, runs over the names between a directory whose state is known and an object.
 *
 * Names are found through the object: the dentries on the way up are taken down, then their
 * names are read on the way down. They may change meanwhile, so the sequence
 * counters of all dentries on the way are compared before and after: a path that never was
 * gives no label.
 *
 * All are global functions that take addresses and not pointers: the verifier then looks at
 * them once a program, and not once a path that leads to them (ten times as long).
 */
#include "automaton.bpf.h"

#define NAME_LEN_MAX 255
#define ATTEMPTS 2

struct {
	__uint(type, BPF_MAP_TYPE_HASH_OF_MAPS);
	__uint(max_entries, BH_MAX_POLICIES);
	__type(key, __u32);
	__array(
		values, struct {
			__uint(type, BPF_MAP_TYPE_ARRAY);
			__uint(max_entries, 1);
			__uint(map_flags, BPF_F_INNER_MAP);
			__uint(key_size, sizeof(__u32));
			__uint(value_size, sizeof(struct bh_automaton_row));
		});
} bh_automata SEC(".maps");

/* The dentries between an object and what has a state, the object's first. */
struct way {
	__u64 dentry[BH_MAX_DEPTH];
	__u8 name[NAME_LEN_MAX + 1]; /* the one that is read */
};

/* The task's own: with preemption, another task's program may come in between. */
struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct way);
} bh_ways SEC(".maps");

struct name {
	struct way *way;
	void *rows;
	const struct bh_automaton_bytes *bytes;
	__u32 state;
};

/* Returns 1 to stop, for a state that is none. */
static long step_byte(__u32 i, void *data)
{
	struct name *name = data;
	const struct bh_automaton_row *row;
	__u8 byte = name->way->name[i % sizeof(name->way->name)];

	row = bpf_map_lookup_elem(name->rows, &name->state);
	if (!row)
		return 1;
	name->state = row->next[name->bytes->class[byte] % BH_AUTOMATON_CLASSES];
	return 0;
}

__s64 bh_way_step(struct way *way, __u32 policy, __u32 state, __u64 name, __u32 len)
{
	struct name step = { .way = way, .state = state };
	__u32 key = BH_ROW_BYTES;

	if (!way || len >= NAME_LEN_MAX + 1)
		return -1;
	step.rows = bpf_map_lookup_elem(&bh_automata, &policy);
	if (!step.rows)
		return -1;
	step.bytes = bpf_map_lookup_elem(step.rows, &key);
	if (!step.bytes)
		return -1;
	way->name[0] = '/';
	if (bpf_probe_read_kernel(way->name + 1, len, (void *)name))
		return -1;
	bpf_loop(len + 1, step_byte, &step, 0);
	return step.state;
}

struct up {
	struct way *way;
	__u64 dentry;
	__u32 sequence;
	__u32 moving;
};

static long step_up(__u32 i, void *data)
{
	struct up *up = data;
	struct dentry *dentry = (struct dentry *)up->dentry;
	__u32 own = BPF_CORE_READ(dentry, d_seq.seqcount.sequence);

	up->way->dentry[i % BH_MAX_DEPTH] = up->dentry;
	up->sequence += own;
	up->moving |= own & 1;
	up->dentry = (__u64)BPF_CORE_READ(dentry, d_parent);
	return 0;
}

static __always_inline __s64 way_up(struct way *way, const struct bh_above *above)
{
	struct up up = { .way = way };
	struct dentry *end;

	up.dentry = above->dentry;
	bpf_loop(above->depth, step_up, &up, 0);
	end = (struct dentry *)up.dentry;
	if (up.moving || (__u64)BPF_CORE_READ(end, d_inode) != above->inode)
		return -1;
	return up.sequence;
}

struct down {
	struct way *way;
	__u32 depth;
	__u32 policy;
	__s64 state;
};

/* Returns 1 to stop: a name cannot be read. */
static long step_down(__u32 i, void *data)
{
	struct down *down = data;
	__u32 at = (down->depth - 1 - i) % BH_MAX_DEPTH;
	struct dentry *dentry = (struct dentry *)down->way->dentry[at];

	down->state = bh_way_step(down->way, down->policy, down->state,
				  (__u64)BPF_CORE_READ(dentry, d_name.name),
				  BPF_CORE_READ(dentry, d_name.len));
	return down->state < 0;
}

static __always_inline __s64 way_down(struct way *way, const struct bh_above *above)
{
	struct down down = { .way = way };

	down.depth = above->depth;
	down.policy = above->automaton;
	down.state = above->start;
	bpf_loop(down.depth, step_down, &down, 0);
	return down.state;
}

static __always_inline __s64 walk(const struct bh_above *above)
{
	__s64 before, state;
	struct way *way;

	way = bpf_task_storage_get(&bh_ways, bpf_get_current_task_btf(), NULL,
				   BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!way) {
		bh_count(BH_COUNT_NOMEM);
		return -1;
	}
	for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
		before = way_up(way, above);
		state = way_down(way, above);
		if (before >= 0 && before == way_up(way, above))
			return state;
	}
	bh_count(BH_COUNT_MOVING);
	return -1;
}

static __u32 class_kind(__u32 tclass)
{
	switch (tclass) {
	case BH_CLASS_FILE:
		return BH_KIND_FILE;
	case BH_CLASS_DIR:
		return BH_KIND_DIR;
	case BH_CLASS_CHR_FILE:
		return BH_KIND_CHAR;
	case BH_CLASS_BLK_FILE:
		return BH_KIND_BLOCK;
	case BH_CLASS_SOCK_FILE:
		return BH_KIND_SOCKET;
	case BH_CLASS_FIFO_FILE:
		return BH_KIND_PIPE;
	case BH_CLASS_LNK_FILE:
		return BH_KIND_SYMLINK;
	}
	return BH_KIND_ANY;
}

__s64 bh_automaton_type(__u32 policy, __u32 state, __u32 tclass)
{
	__u32 kind = class_kind(tclass) % BH_NR_KINDS;
	const struct bh_automaton_row *row;
	void *rows = bpf_map_lookup_elem(&bh_automata, &policy);

	row = rows ? bpf_map_lookup_elem(rows, &state) : NULL;
	return row ? row->label[kind] : -1;
}

int bh_automaton_run(struct bh_above *above, __u32 tclass)
{
	__s64 state, type;

	if (!above)
		return -1;
	state = walk(above);
	if (state < 0)
		return -1;
	type = bh_automaton_type(above->automaton, state, tclass);
	if (type < 0)
		return -1;
	above->state = state;
	above->type = type;
	return 0;
}
