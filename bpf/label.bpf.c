// SPDX-License-Identifier: GPL-2.0
/*
 * The label of an object of a file system, and who is looking at it.
 *
 * In order: the device number of a device node; the label of the inode itself (the root of a
 * mount, made by a container, or a process' directory of /proc); what its place says (place.bpf.c);
 * unlabeled_t. The root is found through the object, never through the text of a path.
 *
 * Hooks: d_instantiate (labels what a container made), task_to_inode (labels /proc/PID),
 * cred_prepare and cred_free (know the credentials of overlay mounters); the iterator that
 * the loader runs at start finds the first of those.
 *
 * Labels that outlive the inode in memory are read by attribute.bpf.c; here they hold where what the
 * place says has no categories: volumes that are shared, and the host's files. Where it has some, in
 * an image or a private volume, only a type that the host's key vouches for holds.
 */
#include "attribute.bpf.h"
#include "automaton.bpf.h"
#include "bulkhead.bpf.h"
#include "place.bpf.h"

#define S_IFMT 00170000
#define S_IFBLK 0060000

#define OVERLAYFS_SUPER_MAGIC 0x794c7630
#define PROC_SUPER_MAGIC 0x9fa0

#define UNIX98_PTY_MAJOR_FIRST 136 /* Documentation/admin-guide/devices.txt */
#define UNIX98_PTY_MAJOR_LAST 143

#define MUST_KNOW 0x80000000U /* beside BH_TASK_...: the asker must know, or is refused */

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, struct bh_device);
	__type(value, __u32);
} bh_devices SEC(".maps");

/* In overlay.ko. */
struct ovl_fs___bh {
	const struct cred *creator_cred;
} __attribute__((preserve_access_index));

bool bh_cred_is_mounters(const struct cred *cred)
{
	__u64 key = (__u64)cred;

	return bpf_map_lookup_elem(&bh_mounters, &key);
}

/*
 * A file of /proc/PID carries its task's label, which task_to_inode wrote if it is a
 * container's. Without one it is a task of the host.
 */
static __noinline bool is_proc_of_a_task(struct inode *inode)
{
	struct proc_inode *proc = container_of(inode, struct proc_inode, vfs_inode);

	return BPF_CORE_READ(proc, pid) != NULL;
}

/* Device nodes are what their number says, wherever they stand. */
static __noinline bool label_device(struct inode *inode, struct bh_label *label)
{
	struct bh_device key = {
		.major = inode->i_rdev >> 20,
		.minor = inode->i_rdev & 0xfffff,
		.block = (inode->i_mode & S_IFMT) == S_IFBLK,
	};
	__u32 *type;

	if (!key.block && key.major >= UNIX98_PTY_MAJOR_FIRST && key.major <= UNIX98_PTY_MAJOR_LAST)
		return false; /* a terminal belongs to its devpts */
	type = bpf_map_lookup_elem(&bh_devices, &key);
	label->type = type ? *type : bh_settings.type_device;
	label->catset = BH_CATSET_EMPTY;
	return true;
}

/* The root of a mount has a path of its own. */
static void label_mark(const struct bh_inode *own, __u32 mode, struct bh_label *label)
{
	__s64 type = bh_automaton_type(own->automaton, own->state, bh_inode_class(mode));

	if (type < 0)
		bh_label_nothing(label);
	else if (type)
		label->type = type;
}

static __noinline bool label_own(struct inode *inode, const struct bh_inode *own,
				 struct bh_label *label)
{
	if (bh_mark_holds(own)) {
		*label = own->label;
		if (own->automaton)
			label_mark(own, inode->i_mode, label);
		return true;
	}
	if (!(own->flags & (BH_INODE_CREATED | BH_INODE_TASK)) || own->flags & BH_INODE_KEYED)
		return false;
	*label = own->label;
	return true;
}

/* What a mark with a lease says of itself is kept, too. */
static __always_inline bool label_leased(struct inode *inode, const struct bh_inode *own,
					 struct bh_label *label)
{
	return own->flags == BH_INODE_MARK && own->lease &&
	       inode->i_sb->s_magic != PROC_SUPER_MAGIC && bh_label_kept(own, label);
}

/* The label of the inode itself, if it has one that holds wherever it is. */
static __always_inline bool label_itself(struct inode *inode, __u32 tclass,
					 const struct bh_inode *own, struct bh_label *label)
{
	if (tclass == BH_CLASS_CHR_FILE || tclass == BH_CLASS_BLK_FILE) {
		if (label_device(inode, label))
			return true;
	}
	if (own && (label_leased(inode, own, label) || label_own(inode, own, label)))
		return true;
	if (inode->i_sb->s_magic == PROC_SUPER_MAGIC && is_proc_of_a_task(inode)) {
		label->type = bh_settings.type_host;
		label->catset = BH_CATSET_EMPTY;
		return true;
	}
	return false;
}

/*
 * One that could not be read yet may say anything where a container can have had it written: in a
 * shared volume, and in the own place of one whose policy gives new files types of their own.
 */
static __always_inline bool may_have_one(struct inode *inode, __u32 asker,
					 const struct bh_label *label)
{
	if (label->catset != BH_CATSET_EMPTY)
		return asker & BH_TASK_FILETRANS && bh_keys_of(inode->i_sb);
	return label->type == bh_settings.type_file && bh_attributes_of(inode->i_sb);
}

/* In a container's own place: the type that the host's key vouches for, or that was made there. */
static __always_inline void label_by_key(const struct bh_inode *own, __u32 flags,
					 struct bh_label *label)
{
	if (flags & BH_INODE_KEYED)
		label->type = own->label.type;
}

static __always_inline void label_in_shared(const struct bh_inode *own, __u32 flags,
					    struct bh_label *label)
{
	/* A module may name its types as it likes: that says nothing of the host's files. */
	if (flags & BH_INODE_STRANGE && label->type != bh_settings.type_file)
		bh_label_nothing(label);
	else if (flags & BH_INODE_ATTRIBUTE && label->type != bh_settings.type_unlabeled)
		*label = own->label;
}

/* Most of what a container looks at is its own, of which no attribute says anything. */
static __always_inline bool is_plain(const struct bh_inode *own, __u32 asker,
				     const struct bh_label *label)
{
	return label->catset != BH_CATSET_EMPTY && !(asker & BH_TASK_FILETRANS) &&
	       !(own && own->flags & BH_INODE_KEYED);
}

/*
 * The attribute, where it holds: @label is what the place says. If @asker must know what it says,
 * and nobody does, nothing is allowed.
 */
static __noinline void label_by_attribute(struct inode *inode, const struct bh_inode *own,
					  __u32 asker, struct bh_label *label)
{
	__u32 flags = own ? own->flags : 0;

	if (flags & BH_INODE_MARK || !(bh_settings.attributes || flags & BH_INODE_CREATED))
		return;
	if (!(flags & BH_INODE_ASKED)) {
		if (!(asker & MUST_KNOW) || !may_have_one(inode, asker, label))
			return;
		bh_count(BH_COUNT_UNASKED);
		bh_label_nothing(label);
	} else if (label->catset != BH_CATSET_EMPTY) {
		label_by_key(own, flags, label);
	} else {
		label_in_shared(own, flags, label);
	}
}

void bh_label_asked(struct inode *inode, struct bh_label *label)
{
	label_by_attribute(inode, bpf_inode_storage_get(&bh_inodes, inode, 0, 0), 0, label);
}

bool bh_label_inode(struct inode *inode, struct bh_label *label)
{
	struct bh_inode *own = bpf_inode_storage_get(&bh_inodes, inode, 0, 0);

	if (label_itself(inode, bh_inode_class(inode->i_mode), own, label))
		return true;
	if (!own || !bh_label_kept(own, label))
		return false;
	label_by_attribute(inode, own, 0, label);
	return true;
}

/* What a mark that holds as long as its inode says of a directory there never changes. */
static __always_inline void label_root(struct bh_inode *own, __u32 mode, struct bh_label *label)
{
	if (own->above_type) {
		label->type = own->above_type;
		return;
	}
	label_mark(own, mode, label);
	if (label->type != bh_settings.type_unlabeled)
		own->above_type = label->type;
}

bool bh_search_quickly(struct inode *dir, struct bh_label *label, struct bh_search *search)
{
	struct bh_inode *own = bpf_inode_storage_get(&bh_inodes, dir, 0, 0);
	struct says says;

	if (!own || own->flags & ~BH_INODE_MARK || dir->i_sb->s_magic == PROC_SUPER_MAGIC)
		return false;
	if (own->flags && !own->lease) {
		*label = own->label;
		if (own->automaton)
			label_root(own, dir->i_mode, label);
		mark_says(own, &says);
	} else {
		if (!take_kept(own, READ_ONCE(bh_generation), &says))
			return false;
		*label = says.label;
		if (says.type)
			label->type = says.type;
	}
	found_says(&says, dir, search);
	return true;
}

/*
 * @asker is NULL where what nobody knows is as the place says. By address: what is read last takes no
 * place on the stack until then.
 */
static __always_inline void label_dentry(struct dentry *dentry, struct inode *inode, __u32 tclass,
					 const __u32 *asker, struct bh_label *label)
{
	struct bh_inode *own = NULL;
	struct bh_place place;

	if (inode) {
		own = bpf_inode_storage_get(&bh_inodes, inode, 0, 0);
		if (label_itself(inode, tclass, own, label))
			return;
	}
	if (!(own && bh_label_kept(own, label)) && !label_above(dentry, label)) {
		bh_find_place(dentry, tclass, &place);
		*label = place.label;
	}
	if (inode && !is_plain(own, asker ? *asker : 0, label))
		label_by_attribute(inode, own, asker ? *asker | MUST_KNOW : 0, label);
}

void bh_label_dentry(struct dentry *dentry, __u32 asker, struct bh_label *label)
{
	struct inode *inode = dentry->d_inode;

	label_dentry(dentry, inode, bh_inode_class(inode ? inode->i_mode : 0), &asker, label);
}

void bh_label_known(struct dentry *dentry, struct bh_label *label)
{
	struct inode *inode = dentry->d_inode;

	label_dentry(dentry, inode, bh_inode_class(inode ? inode->i_mode : 0), NULL, label);
}

int bh_label_path(struct path *path __arg_trusted, __u32 asker, struct bh_label *label)
{
	if (!label)
		return 0; /* the verifier cannot know that no caller passes NULL */
	bh_label_dentry(path->dentry, asker, label);
	return 0;
}

int bh_label_known_path(struct path *path __arg_trusted, struct bh_label *label)
{
	if (!label)
		return 0; /* see above */
	bh_label_known(path->dentry, label);
	return 0;
}

int bh_place_path(struct path *path __arg_trusted, struct bh_place *place)
{
	if (!place)
		return 0; /* see above */
	bh_find_place(path->dentry, BH_CLASS_FILE, place);
	return 0;
}

int bh_label_path_parent(struct path *path __arg_trusted, __u32 asker, struct bh_label *label)
{
	if (!label)
		return 0; /* see above */
	bh_label_dentry(path->dentry->d_parent, asker, label);
	return 0;
}

int bh_check_dentry(struct bh_task *self, struct dentry *dentry, __u32 requested)
{
	struct bh_access access = { .requested = requested };
	struct inode *inode = dentry->d_inode;

	access.tclass = bh_inode_class(inode ? inode->i_mode : 0);
	label_dentry(dentry, inode, access.tclass, &self->flags, &access.target);
	return bh_avc_check(self, &access, dentry);
}

/*
 * Has any task ever made what needs a label of its own? Few do, and d_instantiate runs for
 * each socket and pipe. Never false again, and true before bh_task.create_dentry is set.
 */
static volatile bool creations;

void bh_label_at_creation(struct bh_task *self, struct dentry *dentry, const struct bh_label *label)
{
	creations = true;
	self->create_label = *label;
	self->create_parent = (__u64)dentry->d_parent;
	self->create_hash = BPF_CORE_READ(dentry, d_name.hash);
	self->create_dentry = (__u64)dentry;
}

/*
 * The inode of a file that this task was allowed to create is there. The dentry alone
 * would not do: after a creation that failed, its address may come to name another
 * file, so parent and name must match and the inode must not have a label yet.
 */
SEC("lsm/d_instantiate")
int BPF_PROG(bh_d_instantiate, struct dentry *dentry, struct inode *inode)
{
	struct bh_inode made = {};
	struct bh_task *self;

	if (!creations)
		return 0;
	self = bh_current();
	if (!self || !self->create_dentry || self->create_dentry != (__u64)dentry)
		return 0;
	self->create_dentry = 0;
	if (!inode || self->create_parent != (__u64)dentry->d_parent ||
	    self->create_hash != BPF_CORE_READ(dentry, d_name.hash))
		return 0;
	if (bpf_inode_storage_get(&bh_inodes, inode, 0, 0))
		return 0;
	bh_inode_made(self, &self->create_label, &made);
	if (!bpf_inode_storage_get(&bh_inodes, inode, &made, BPF_LOCAL_STORAGE_GET_F_CREATE))
		bh_count(BH_COUNT_NOMEM);
	bh_label_keep(self, dentry, inode, &made);
	return 0;
}

SEC("lsm/task_to_inode")
int BPF_PROG(bh_task_to_inode, struct task_struct *task, struct inode *inode)
{
	struct bh_inode made = { .flags = BH_INODE_TASK };
	struct bh_inode *own;
	struct bh_task *that;

	if (!task->bpf_storage)
		return 0;
	that = bpf_task_storage_get(&bh_tasks, task, NULL, 0);
	if (!that || !that->domain)
		return 0;
	made.label.type = that->domain;
	made.label.catset = that->catset;
	own = bpf_inode_storage_get(&bh_inodes, inode, &made, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (own) {
		own->label = made.label; /* the task may have changed its domain */
		own->flags |= BH_INODE_TASK;
	} else {
		bh_count(BH_COUNT_NOMEM);
	}
	return 0;
}

/*
 * Overlayfs creates files under a fresh copy of the mounter's credentials. Only the
 * kernel's override makes those the running task's, so what is copied from them here is
 * overlayfs' copy.
 */
SEC("lsm/cred_prepare")
int BPF_PROG(bh_cred_prepare, struct cred *new, const struct cred *old, gfp_t gfp, int ret)
{
	__u64 key = (__u64) new, found = 1;
	struct task_struct *task = bpf_get_current_task_btf();

	if (ret)
		return ret;
	if (task->cred == task->real_cred || !bh_current() || !bh_cred_is_mounters(old))
		return 0;
	if (bpf_map_update_elem(&bh_mounters, &key, &found, BPF_ANY)) {
		bh_count(BH_COUNT_NOMEM);
		return -ENOMEM;
	}
	return 0;
}

/* Before the memory can become other credentials. */
SEC("lsm/cred_free")
int BPF_PROG(bh_cred_free, struct cred *cred)
{
	__u64 key = (__u64)cred;

	bpf_map_delete_elem(&bh_mounters, &key);
	return 0;
}

/*
 * Run by the loader on its own open files: of those on an overlay, the credentials of
 * who mounted it are taken down, and their descriptors are printed.
 */
SEC("iter/task_file")
int bh_mounter_iter(struct bpf_iter__task_file *ctx)
{
	struct file *file = ctx->file;
	struct ovl_fs___bh *overlay;
	__u64 key, found = 1;
	struct super_block *sb;
	__u32 fd;

	if (!file || !bpf_core_field_exists(struct ovl_fs___bh, creator_cred))
		return 0;
	sb = file->f_inode->i_sb;
	if (sb->s_magic != OVERLAYFS_SUPER_MAGIC)
		return 0;
	overlay = (struct ovl_fs___bh *)sb->s_fs_info;
	key = (__u64)BPF_CORE_READ(overlay, creator_cred);
	if (!key || bpf_map_update_elem(&bh_mounters, &key, &found, BPF_ANY))
		return 0;
	fd = ctx->fd;
	BPF_SEQ_PRINTF(ctx->meta->seq, "mounter %u\n", fd);
	return 0;
}
