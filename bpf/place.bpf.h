/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What directories keep of their place, and the way that is taken most often: a few loads, which
 * cost less than the calls that they would be in.
 */
#ifndef BULKHEAD_PLACE_BPF_H
#define BULKHEAD_PLACE_BPF_H

#include "automaton.bpf.h"
#include "bulkhead.bpf.h"

/* What a directory says of what is in it. */
struct says {
	struct bh_label label; /* of the mark or the file system above */
	__u32 automaton; /* 0: none */
	__u32 state; /* at the directory */
	__u32 type; /* of the directory by its path; BH_TYPE_NONE: as the label */
};

static __always_inline bool is_kept(const struct bh_inode *own, __u64 generation)
{
	return generation && READ_ONCE(own->generation) == generation;
}

/* Another CPU may be writing: then the generation is another one before or after. */
static __always_inline bool take_kept(const struct bh_inode *own, __u64 generation,
				      struct says *says)
{
	if (!is_kept(own, generation))
		return false;
	says->label.type = READ_ONCE(own->above.type);
	says->label.catset = READ_ONCE(own->above.catset);
	says->automaton = READ_ONCE(own->above_automaton);
	says->state = READ_ONCE(own->above_state);
	says->type = READ_ONCE(own->above_type);
	return is_kept(own, generation);
}

/* Where there is a mark. */
static __always_inline void mark_says(const struct bh_inode *own, struct says *says)
{
	says->label = own->label;
	says->automaton = own->automaton;
	says->state = own->state;
	says->type = BH_TYPE_NONE;
}

static __always_inline void found_says(const struct says *says, struct inode *dir,
				       struct bh_search *search)
{
	search->inode = (__u64)dir;
	search->label = says->label;
	search->automaton = says->automaton;
	search->state = says->state;
}

/* Do the names of what is in a directory that says this not matter? */
static __always_inline bool says_all(const struct says *says)
{
	return !says->automaton || says->state == BH_ROW_DEAD;
}

/*
 * The label of an object that is not labelled itself, where what its directory keeps says it
 * and its name does not matter. Else false: bh_find_place() is to be asked.
 */
static __always_inline bool label_above(struct dentry *dentry, struct bh_label *label)
{
	struct dentry *dir = dentry->d_parent;
	struct bh_inode *own;
	struct says says;

	if (dir == dentry)
		return false;
	own = bpf_inode_storage_get(&bh_inodes, dir->d_inode, 0, 0);
	if (!own || !take_kept(own, READ_ONCE(bh_generation), &says) || !says_all(&says))
		return false;
	*label = says.label;
	return true;
}

#endif /* BULKHEAD_PLACE_BPF_H */
