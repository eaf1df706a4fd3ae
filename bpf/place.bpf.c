// SPDX-License-Identifier: GPL-2.0
/*
 * What an object's place says of it.
 *
 * Above each object is a mark (the root of a container's mount, or of a disk of the host's) or
 * the root of its file system. Both give a label, and an automaton that may know better by
 * the names below. How far that automaton has come at a directory is kept in the directory's
 * inode storage, so that only the object's own name is left to read.
 *
 * What is kept holds while bh_generation is what it was before the way up was looked at. It
 * changes when marks or leases do, and when a directory is renamed: the rename's hook changes
 * it while the parents are locked, which they stay until the rename is done. So what is below a
 * directory whose parent is locked is not kept.
 *
 * Not covered: directories that a network file system moves by itself (d_splice_alias()).
 */
#include "automaton.bpf.h"
#include "bulkhead.bpf.h"
#include "place.bpf.h"

#define SB_NOUSER (1UL << 31)
#define SB_KERNMOUNT (1UL << 22)
#define RWSEM_WRITER_LOCKED 1

/* A generation that never is: somebody is writing what goes with it. */
#define BEING_WRITTEN (~0ULL)

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 256);
	__type(key, char[BH_FSNAME_MAX]);
	__type(value, struct bh_filesystem);
} bh_filesystems SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, BH_MAX_TYPES);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u32);
	__type(value, __u32);
} bh_leases SEC(".maps");

void bh_places_change(void)
{
	__sync_fetch_and_add(&bh_generation, 1);
}

__u64 bh_places_now(void)
{
	return READ_ONCE(bh_generation);
}

void bh_label_nothing(struct bh_label *label)
{
	label->type = bh_settings.type_unlabeled;
	label->catset = BH_CATSET_EMPTY;
}

/* The mark of a volume holds only while a container needs it. */
bool bh_mark_holds(const struct bh_inode *own)
{
	__u32 lease = own->lease;

	if (!(own->flags & BH_INODE_MARK))
		return false;
	return !lease || bpf_map_lookup_elem(&bh_leases, &lease);
}

/* A mark's own says are kept, too: its lease would be a look-up each time. */
static __always_inline bool take(const struct bh_inode *own, __u64 generation, struct says *says)
{
	if (own->lease && take_kept(own, generation, says))
		return true;
	if (!bh_mark_holds(own))
		return take_kept(own, generation, says);
	mark_says(own, says);
	return true;
}

static __always_inline bool label_by_kept(const struct bh_inode *own, __u64 generation,
					  struct bh_label *label)
{
	struct says says;

	if (!take_kept(own, generation, &says))
		return false;
	*label = says.label;
	if (says.type)
		label->type = says.type;
	return true;
}

bool bh_label_kept(const struct bh_inode *own, struct bh_label *label)
{
	return label_by_kept(own, READ_ONCE(bh_generation), label);
}

bool bh_label_stale(const struct bh_inode *own, struct bh_label *label)
{
	__u64 generation = READ_ONCE(own->generation);

	return generation != BEING_WRITTEN && label_by_kept(own, generation, label);
}

static __noinline void keep(struct inode *dir, __u64 generation, const struct says *says)
{
	struct bh_inode made = {
		.generation = generation,
		.above = says->label,
		.above_automaton = says->automaton,
		.above_state = says->state,
		.above_type = says->type,
	};
	struct bh_inode *own = bpf_inode_storage_get(&bh_inodes, dir, 0, 0);
	__u64 before;

	if (!own) {
		bpf_inode_storage_get(&bh_inodes, dir, &made, BPF_LOCAL_STORAGE_GET_F_CREATE);
		return; /* without memory it is looked up again */
	}
	before = READ_ONCE(own->generation);
	if (before >= generation ||
	    __sync_val_compare_and_swap(&own->generation, before, BEING_WRITTEN) != before)
		return;
	WRITE_ONCE(own->above.type, says->label.type);
	WRITE_ONCE(own->above.catset, says->label.catset);
	WRITE_ONCE(own->above_automaton, says->automaton);
	WRITE_ONCE(own->above_state, says->state);
	WRITE_ONCE(own->above_type, says->type);
	WRITE_ONCE(own->generation, generation);
}

/* A mark with a lease, which held after @generation was read: raised when leases end. */
static __always_inline void keep_mark(struct inode *dir, __u64 generation, const struct says *mark)
{
	struct says says = *mark;
	__s64 type = BH_TYPE_NONE;

	if (says.automaton)
		type = bh_automaton_type(says.automaton, says.state, BH_CLASS_DIR);
	if (type < 0)
		return;
	says.type = type;
	keep(dir, generation, &says);
}

static __noinline struct bh_filesystem *find_filesystem(struct super_block *sb)
{
	char name[BH_FSNAME_MAX] = {};

	if (bpf_core_read_str(name, sizeof(name), &sb->s_type->name[0]) < 0)
		return NULL;
	return bpf_map_lookup_elem(&bh_filesystems, name);
}

static __noinline void filesystem_says(struct super_block *sb, struct says *says)
{
	struct bh_filesystem *fs = find_filesystem(sb);

	bh_label_nothing(&says->label);
	if (!fs || fs->flags & BH_FS_DISK)
		return;
	if (fs->flags & BH_FS_INTERNAL && !(sb->s_flags & (SB_NOUSER | SB_KERNMOUNT)))
		return;
	says->label.type = fs->type;
	says->automaton = fs->automaton;
	says->state = BH_ROW_FIRST;
}

void bh_label_by_filesystem(struct super_block *sb, struct bh_label *label)
{
	struct says says;

	filesystem_says(sb, &says);
	*label = says.label;
}

/* A container's mark is for the file system, too; of the host's marks each file has its own. */
void bh_label_superblock(struct super_block *sb, struct bh_label *label)
{
	struct bh_inode *own = bpf_inode_storage_get(&bh_inodes, sb->s_root->d_inode, 0, 0);
	struct bh_filesystem *fs;

	bh_label_nothing(label);
	if (own && bh_mark_holds(own) && own->automaton != bh_settings.base_policy) {
		label->type = own->label.type;
		return;
	}
	fs = find_filesystem(sb);
	if (fs)
		label->type = fs->type;
}

static bool is_locked(struct inode *dir)
{
	if (!bpf_core_field_exists(dir->i_rwsem.count))
		return true;
	return dir->i_rwsem.count.counter & RWSEM_WRITER_LOCKED;
}

enum found {
	FOUND,
	TORN, /* another CPU was writing what was to be read */
	LOST,
};

/* On the way up from a directory. In a callback the verifier looks at a step once. */
struct climb {
	struct dentry *dentry; /* where it has come to */
	struct bh_inode *own; /* the storage that says something there, or NULL */
	__u64 generation;
	__u32 depth; /* of the directory below it */
	__u32 busy; /* a directory on the way is being changed */
};

/* Returns 1 to stop. */
static long step_up(__u32 i, void *data)
{
	struct climb *climb = data;
	struct dentry *dentry = climb->dentry, *parent = dentry->d_parent;
	struct bh_inode *own;

	if (parent == dentry)
		return 1;
	climb->dentry = parent;
	climb->depth = i + 1;
	climb->busy |= is_locked(parent->d_inode);
	own = bpf_inode_storage_get(&bh_inodes, parent->d_inode, 0, 0);
	if (!own || (!bh_mark_holds(own) && !is_kept(own, climb->generation)))
		return 0;
	climb->own = own;
	return 1;
}

static __always_inline enum found say_above(const struct climb *climb, struct says *says)
{
	struct dentry *root = climb->dentry;

	if (climb->own)
		return take(climb->own, climb->generation, says) ? FOUND : TORN;
	if (root->d_parent != root || root != root->d_sb->s_root) {
		bh_count(BH_COUNT_TOODEEP);
		return LOST;
	}
	filesystem_says(root->d_sb, says);
	return FOUND;
}

/*
 * From @dir, which has nothing itself, up to what has; and down again over the names. Inline, as
 * the kernel counts frames: no more than 8, and the automaton needs three.
 */
static __always_inline enum found resolve(struct dentry *dir, __u64 generation, struct says *says,
					  struct bh_above *above)
{
	struct climb climb = { .dentry = dir, .generation = generation };
	enum found found;

	bpf_loop(BH_MAX_DEPTH, step_up, &climb, 0);
	found = say_above(&climb, says);
	if (found != FOUND)
		return found;
	says->type = BH_TYPE_NONE;
	if (says->automaton && climb.depth) {
		above->inode = (__u64)climb.dentry->d_inode;
		above->dentry = (__u64)dir;
		above->depth = climb.depth;
		above->automaton = says->automaton;
		above->start = says->state;
		if (bh_automaton_run(above, BH_CLASS_DIR))
			return LOST;
		says->state = above->state;
		says->type = above->type;
	}
	if (!climb.busy)
		keep(dir->d_inode, generation, says);
	return FOUND;
}

static __always_inline enum found look_up(struct dentry *dir, struct says *says,
					  struct bh_above *above)
{
	__u64 generation = READ_ONCE(bh_generation);
	struct bh_inode *own;

	own = bpf_inode_storage_get(&bh_inodes, dir->d_inode, 0, 0);
	if (!own || !take(own, generation, says))
		return resolve(dir, generation, says, above);
	if (own->lease && !is_kept(own, generation))
		keep_mark(dir->d_inode, generation, says);
	return FOUND;
}

/* From a directory's state over the one name below it. */
static __always_inline int run_below(struct bh_above *above, __u64 dentry, __u64 dir,
				     __u32 automaton, __u32 state, __u32 tclass)
{
	above->inode = dir;
	above->dentry = dentry;
	above->depth = 1;
	above->automaton = automaton;
	above->start = state;
	return bh_automaton_run(above, tclass);
}

static __always_inline int place_below(struct dentry *dentry, struct dentry *dir, __u32 tclass,
				       const struct says *says, struct bh_above *above,
				       struct bh_place *place)
{
	place->above = says->label;
	place->label = says->label;
	if (!says->automaton)
		return 0;
	place->policy = says->automaton;
	if (says->state == BH_ROW_DEAD)
		return 0; /* no rule names what is below here */
	if (run_below(above, (__u64)dentry, (__u64)dir->d_inode, says->automaton, says->state,
		      tclass))
		return -1;
	place->state = above->state;
	place->type = above->type;
	if (above->type)
		place->label.type = above->type;
	return 0;
}

void bh_find_place(struct dentry *dentry, __u32 tclass, struct bh_place *place)
{
	struct dentry *dir = dentry->d_parent;
	struct bh_above above = {};
	struct says says = {};
	enum found found = TORN;

	__builtin_memset(place, 0, sizeof(*place));
	if (dir == dentry) {
		filesystem_says(dentry->d_sb, &says);
		place->above = says.label;
		place->label = says.label;
		return;
	}
	found = look_up(dir, &says, &above);
	if (found == TORN)
		found = look_up(dir, &says, &above);
	if (found != FOUND || place_below(dentry, dir, tclass, &says, &above, place)) {
		place->lost = 1;
		bh_label_nothing(&place->label);
	}
}

bool bh_search_kept(struct inode *dir, struct bh_search *search)
{
	struct bh_inode *own = bpf_inode_storage_get(&bh_inodes, dir, 0, 0);
	struct says says;

	if (!own || !take(own, READ_ONCE(bh_generation), &says))
		return false;
	found_says(&says, dir, search);
	return true;
}

bool bh_search_dentry(struct dentry *dir, struct bh_search *search)
{
	struct bh_above above = {};
	struct says says = {};

	if (look_up(dir, &says, &above) != FOUND)
		return false;
	found_says(&says, dir->d_inode, search);
	return true;
}

bool bh_label_below(const struct bh_search *search, __u64 dentry, __u32 tclass,
		    struct bh_label *label)
{
	struct bh_above above = {};

	*label = search->label;
	if (!search->automaton || search->state == BH_ROW_DEAD)
		return true;
	if (run_below(&above, dentry, search->inode, search->automaton, search->state, tclass))
		return false;
	if (above.type)
		label->type = above.type;
	return true;
}
