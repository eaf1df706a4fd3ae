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
#define CHUNK 16U /* of a name; the stack has no room for more */
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
};

/* The task's own: with preemption, another task's program may come in between. */
struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct way);
} bh_ways SEC(".maps");

struct name {
	void *rows;
	const struct bh_automaton_bytes *bytes;
	__u64 text; /* address */
	__u32 len;
	__s32 state; /* -1: the name cannot be read, or a state is none */
};

static __always_inline __s32 step_byte(const struct name *name, __u32 state, __u8 byte)
{
	const struct bh_automaton_row *row = bpf_map_lookup_elem(name->rows, &state);

	return row ? row->next[name->bytes->class[byte] % BH_AUTOMATON_CLASSES] : -1;
}

/* Some bytes of a name, read onto the stack. Returns 1 to stop. */
static long step_chunk(__u32 i, void *data)
{
	struct name *name = data;
	__u32 from = i * CHUNK, len = name->len - from;
	__s32 state = name->state;
	__u8 text[CHUNK];

	if (len > CHUNK)
		len = CHUNK;
	if (bpf_probe_read_kernel(text, len, (void *)(name->text + from)))
		state = -1;
	for (__u32 at = 0; at < CHUNK && at < len && state >= 0; at++)
		state = step_byte(name, state, text[at]);
	name->state = state;
	return state < 0;
}

__s64 bh_name_step(__u32 policy, __u32 state, __u64 text, __u32 len)
{
	struct name name = { .text = text, .len = len };
	__u32 key = BH_ROW_BYTES;

	name.rows = bpf_map_lookup_elem(&bh_automata, &policy);
	if (!name.rows || len > NAME_LEN_MAX)
		return -1;
	name.bytes = bpf_map_lookup_elem(name.rows, &key);
	if (!name.bytes)
		return -1;
	name.state = step_byte(&name, state, '/');
	if (name.state >= 0)
		bpf_loop((len + CHUNK - 1) / CHUNK, step_chunk, &name, 0);
	return name.state;
}

struct up {
	struct way *way;
	__u64 dentry;
	__u32 sequence;
	__u32 moving;
};

static __u32 sequence_of(__u64 dentry)
{
	return BPF_CORE_READ((struct dentry *)dentry, d_seq.seqcount.sequence);
}

static long step_up(__u32 i, void *data)
{
	struct up *up = data;
	struct dentry *dentry = (struct dentry *)up->dentry;
	__u32 own = sequence_of(up->dentry);

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

static __always_inline __s64 step_dentry(__u32 policy, __u32 state, __u64 address)
{
	struct dentry *dentry = (struct dentry *)address;

	return bh_name_step(policy, state, (__u64)BPF_CORE_READ(dentry, d_name.name),
			    BPF_CORE_READ(dentry, d_name.len));
}

/* Returns 1 to stop: a name cannot be read. */
static long step_down(__u32 i, void *data)
{
	struct down *down = data;
	__u32 at = (down->depth - 1 - i) % BH_MAX_DEPTH;

	down->state = step_dentry(down->policy, down->state, down->way->dentry[at]);
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

static __always_inline __s64 walk_far(const struct bh_above *above)
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

static __always_inline bool is_child(const struct bh_above *above)
{
	struct dentry *dentry = (struct dentry *)above->dentry;

	return (__u64)BPF_CORE_READ(dentry, d_parent, d_inode) == above->inode;
}

/* A child of what has the state: by far the most. */
static __always_inline __s64 walk_one(const struct bh_above *above)
{
	__u32 before;
	__s64 state;

	for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
		before = sequence_of(above->dentry);
		state = step_dentry(above->automaton, above->start, above->dentry);
		if (!(before & 1) && is_child(above) && before == sequence_of(above->dentry))
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
	state = above->depth == 1 ? walk_one(above) : walk_far(above);
	if (state < 0)
		return -1;
	type = bh_automaton_type(above->automaton, state, tclass);
	if (type < 0)
		return -1;
	above->state = state;
	above->type = type;
	return 0;
}
