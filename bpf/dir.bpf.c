// SPDX-License-Identifier: GPL-2.0
/*
 * Entries of directories: made, linked, removed and renamed.
 *
 * Hooks: inode_create, inode_mkdir, inode_mknod, inode_symlink, inode_link, inode_unlink,
 * inode_rmdir, inode_rename. Each asks for the directory (search, write, add_name or
 * remove_name) and for the object (create, link, unlink, rmdir, rename, reparent), as
 * SELinux does. The directory's write is inode_permission's with SELinux.
 *
 * A rename or a link that would change what the path says is refused with EXDEV, as across
 * file systems: mv then copies, and the copy is labelled as its place says.
 */
#include "attribute.bpf.h"
#include "bulkhead.bpf.h"
#include "create.bpf.h"
#include "place.bpf.h"

#define S_IFMT 00170000

#define DIR_ADD (BH_DIR__SEARCH | BH_DIR__WRITE | BH_DIR__ADD_NAME)
#define DIR_REMOVE (BH_DIR__SEARCH | BH_DIR__WRITE | BH_DIR__REMOVE_NAME)

int bh_check_add(struct bh_task *self, struct dentry *dir, const struct bh_label *label)
{
	struct bh_access access = {
		.target = *label,
		.tclass = BH_CLASS_DIR,
		.requested = DIR_ADD,
	};

	return bh_avc_check(self, &access, dir);
}

void bh_label_new(struct bh_task *self, __u32 type, const struct bh_place *place,
		  struct bh_label *label)
{
	if (!type)
		type = place->lost ? place->label.type : place->type;
	if (type)
		label->type = type;
	label->catset = self->catset;
}

int bh_check_create(struct bh_task *self, struct dentry *dentry, __u32 tclass,
		    const struct bh_label *label)
{
	struct bh_access access = {
		.target = *label,
		.tclass = tclass,
		.requested = BH_COMMON_FILE__CREATE,
	};

	return bh_avc_check(self, &access, dentry);
}

/* By type_transition: of its name, else of all names. A name that cannot be told: unlabeled_t. */
static __noinline __u32 new_type(struct bh_task *self, struct dentry *dentry, __u32 dir,
				 __u32 tclass)
{
	__u32 type = bh_avc_transition(self, dir, tclass);
	struct bh_label nothing;
	__s64 named;

	if (!(type & BH_TRANSITION_NAMED))
		return type;
	named = bh_filetrans_type(self, dir, tclass, (__u64)BPF_CORE_READ(dentry, d_name.name),
				  BPF_CORE_READ(dentry, d_name.len));
	if (named < 0) {
		bh_label_nothing(&nothing);
		return nothing.type;
	}
	return named ? named : type & ~BH_TRANSITION_NAMED;
}

/* Check, and remember the label for d_instantiate, which sees the inode. */
static __noinline int check_new(struct bh_task *self, struct dentry *dentry, __u32 tclass)
{
	struct bh_label label;
	struct bh_place place;
	int err;

	bh_label_dentry(dentry->d_parent, self->flags, &label);
	if (bh_check_add(self, dentry->d_parent, &label))
		return -EACCES;
	bh_find_place(dentry, tclass, &place);
	bh_label_new(self, new_type(self, dentry, label.type, tclass), &place, &label);
	if (bh_check_create(self, dentry, tclass, &label))
		return -EACCES;
	self->create_dentry = 0;
	if (!place.lost && label.type == place.label.type && label.catset == place.label.catset)
		return 0; /* its place says so all the time */
	err = bh_label_room(self, dentry->d_sb);
	if (err)
		return err;
	bh_label_place(self, &place.label, &label);
	bh_label_at_creation(self, dentry, &label);
	return 0;
}

static __always_inline int create(struct dentry *dentry, __u32 tclass)
{
	struct bh_task *self = bh_current_on_object();

	return self ? check_new(self, dentry, tclass) : 0;
}

SEC("lsm/inode_create")
int BPF_PROG(bh_inode_create, struct inode *dir, struct dentry *dentry, umode_t mode, int ret)
{
	if (ret)
		return ret;
	return bh_answer(create(dentry, BH_CLASS_FILE));
}

SEC("lsm/inode_mkdir")
int BPF_PROG(bh_inode_mkdir, struct inode *dir, struct dentry *dentry, umode_t mode, int ret)
{
	if (ret)
		return ret;
	return bh_answer(create(dentry, BH_CLASS_DIR));
}

SEC("lsm/inode_mknod")
int BPF_PROG(bh_inode_mknod, struct inode *dir, struct dentry *dentry, umode_t mode, dev_t dev,
	     int ret)
{
	if (ret)
		return ret;
	return bh_answer(create(dentry, bh_inode_class(mode)));
}

SEC("lsm/inode_symlink")
int BPF_PROG(bh_inode_symlink, struct inode *dir, struct dentry *dentry, const char *old_name,
	     int ret)
{
	if (ret)
		return ret;
	return bh_answer(create(dentry, BH_CLASS_LNK_FILE));
}

static __u32 mode_of(struct dentry *dentry)
{
	struct inode *inode = dentry->d_inode;

	return inode ? inode->i_mode : 0;
}

static int check_two(struct bh_task *self, struct dentry *dir, __u32 dir_requested,
		     struct dentry *object, __u32 requested)
{
	if (bh_check_dentry(self, dir, dir_requested))
		return -EACCES;
	return bh_check_dentry(self, object, requested);
}

/*
 * Would the object be labelled otherwise there? Of a directory all that is below it counts,
 * and so the state; two places that no automaton looks at differ by what they are below.
 */
static __noinline bool is_other_place(struct dentry *from, struct dentry *to, __u32 mode)
{
	__u32 tclass = bh_inode_class(mode);
	struct bh_place old, new;
	struct bh_label same;

	if (from->d_parent == to->d_parent && label_above(from, &same))
		return false; /* whatever it is called */
	bh_find_place(from, tclass, &old);
	bh_find_place(to, tclass, &new);
	if (old.lost || new.lost || old.policy != new.policy || old.above.type != new.above.type ||
	    old.above.catset != new.above.catset)
		return true;
	return tclass == BH_CLASS_DIR ? old.state != new.state : old.type != new.type;
}

SEC("lsm/inode_link")
int BPF_PROG(bh_inode_link, struct dentry *old_dentry, struct inode *dir, struct dentry *new_dentry,
	     int ret)
{
	struct bh_task *self;

	if (ret)
		return ret;
	self = bh_current_on_object();
	if (!self)
		return 0;
	if (check_two(self, new_dentry->d_parent, DIR_ADD, old_dentry, BH_COMMON_FILE__LINK))
		return -EACCES;
	if (!is_other_place(old_dentry, new_dentry, mode_of(old_dentry)))
		return 0;
	return bh_avc_enforces(self) ? -EXDEV : 0;
}

SEC("lsm/inode_unlink")
int BPF_PROG(bh_inode_unlink, struct inode *dir, struct dentry *dentry, int ret)
{
	struct bh_task *self;

	if (ret)
		return ret;
	self = bh_current_on_object();
	if (!self)
		return 0;
	return check_two(self, dentry->d_parent, DIR_REMOVE, dentry, BH_COMMON_FILE__UNLINK) ?
		       -EACCES :
		       0;
}

SEC("lsm/inode_rmdir")
int BPF_PROG(bh_inode_rmdir, struct inode *dir, struct dentry *dentry, int ret)
{
	struct bh_task *self;

	if (ret)
		return ret;
	self = bh_current_on_object();
	if (!self)
		return 0;
	return check_two(self, dentry->d_parent, DIR_REMOVE, dentry, BH_DIR__RMDIR) ? -EACCES : 0;
}

static __u32 is_dir(struct dentry *dentry)
{
	return bh_inode_class(mode_of(dentry)) == BH_CLASS_DIR;
}

/* What the rename replaces is removed. Source: may_rename(). */
static __always_inline int check_replaced(struct bh_task *self, struct dentry *dentry)
{
	__u32 requested = is_dir(dentry) ? BH_DIR__RMDIR : BH_COMMON_FILE__UNLINK;

	return check_two(self, dentry->d_parent, DIR_REMOVE, dentry, requested);
}

/* Within a directory two verdicts on it are one; if that is no, they are asked one by one. */
static __always_inline bool may_rename_in(struct bh_task *self, struct dentry *dir)
{
	struct bh_access access = {
		.tclass = BH_CLASS_DIR,
		.requested = DIR_ADD | DIR_REMOVE,
	};

	bh_label_dentry(dir, self->flags, &access.target);
	return bh_avc_allows(self, &access);
}

static __noinline int check_rename(struct bh_task *self, struct dentry *old_dentry,
				   struct dentry *new_dentry)
{
	struct dentry *from = old_dentry->d_parent, *to = new_dentry->d_parent;
	__u32 requested = BH_COMMON_FILE__RENAME;
	bool asked = from == to && may_rename_in(self, from);

	if (from != to && is_dir(old_dentry))
		requested |= BH_DIR__REPARENT;
	if (!asked && bh_check_dentry(self, from, DIR_REMOVE))
		return -EACCES;
	if (bh_check_dentry(self, old_dentry, requested))
		return -EACCES;
	if (!asked && bh_check_dentry(self, to, DIR_ADD))
		return -EACCES;
	return new_dentry->d_inode ? check_replaced(self, new_dentry) : 0;
}

SEC("lsm/inode_rename")
int BPF_PROG(bh_inode_rename, struct inode *old_dir, struct dentry *old_dentry,
	     struct inode *new_dir, struct dentry *new_dentry, int ret)
{
	struct bh_task *self;

	if (ret)
		return ret;
	self = bh_current_on_object();
	if (self) {
		if (check_rename(self, old_dentry, new_dentry))
			return -EACCES;
		if (is_other_place(old_dentry, new_dentry, mode_of(old_dentry)) &&
		    bh_avc_enforces(self))
			return -EXDEV;
	}
	if (is_dir(old_dentry))
		bh_places_change(); /* whoever renames it */
	return 0;
}
