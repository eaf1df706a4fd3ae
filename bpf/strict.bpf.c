// SPDX-License-Identifier: GPL-2.0
/*
 * What is asked in `strict` only: each directory on the way of a path, questions, and
 * descriptors that are open already.
 *
 * Hooks: inode_permission (search of a directory; access(2), chdir(2) and what else the kernel
 * asks about an inode before another hook is, or when none is), file_permission (read, write
 * and append at each read and write).
 *
 * inode_permission has no dentry. An inode's label is its own, or what is kept in it; else a
 * directory on the way of a path is known by the path walk's own dentry, and what the walk ended
 * at by the directory that it looked into last. In an RCU walk nothing may be kept, and a
 * name may be gone: what cannot be allowed then is asked again by a walk that holds references.
 *
 * What is allowed to read and write is remembered for each CPU, as rows are.
 *
 * Not covered: sockets (decided at connect), and what SELinux leaves out as the kernel's private
 * inodes. Not asked twice: opening (file_open), and writing to directories (the hooks of
 * dir.bpf.c). A descriptor of O_PATH about which is asked without a name is unlabeled_t.
 */
#include "bulkhead.bpf.h"

#define S_IFMT 00170000
#define S_IFSOCK 0140000
#define S_IFDIR 0040000
#define S_PRIVATE (1 << 9) /* include/linux/fs.h */
#define O_APPEND 02000
#define PROC_SUPER_MAGIC 0x9fa0

#define MAY_EXEC 1
#define MAY_WRITE 2
#define MAY_READ 4
#define MAY_APPEND 8
#define MAY_ACCESS 16
#define MAY_OPEN 32
#define MAY_NOT_BLOCK 128

#define ECHILD 10

#define MAX_ALIASES 8 /* names of an inode that are looked at */
#define MAX_CLIMB 128 /* directories above the working directory */
#define CHECKED_BITS 6

/* Who may use what, and what that depends on. The inode by all that tells it from a later one. */
struct checked_key {
	__u64 subject; /* policy, domain */
	__u64 inode; /* its address */
	__u64 number;
	__u64 generation; /* bh_generation before the label was looked up */
	__u32 reuse; /* i_generation */
	__u32 catset;
	__u32 seqno; /* bh_settings.seqno before the verdict */
	__u32 requested; /* permissions */
};

struct checked {
	__u32 version; /* see bh_copy_begin() */
	__u32 reserved;
	struct checked_key key;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1 << CHECKED_BITS);
	__type(key, __u32);
	__type(value, struct checked);
} bh_checked SEC(".maps");

/* Source: file_mask_to_av() in security/selinux/hooks.c. */
static __u32 mask_permissions(__u32 tclass, __u32 mask)
{
	__u32 requested = 0;

	if (mask & MAY_READ)
		requested |= BH_COMMON_FILE__READ;
	if (tclass == BH_CLASS_DIR) {
		if (mask & MAY_EXEC)
			requested |= BH_DIR__SEARCH;
		if (mask & MAY_WRITE)
			requested |= BH_COMMON_FILE__WRITE;
		return requested;
	}
	if (mask & MAY_EXEC)
		requested |= BH_COMMON_FILE__EXECUTE;
	if (mask & MAY_APPEND)
		requested |= BH_COMMON_FILE__APPEND;
	else if (mask & MAY_WRITE)
		requested |= BH_COMMON_FILE__WRITE;
	return requested;
}

/* The directory that the subject looked into last. */
static __always_inline struct bh_search *search_of(struct bh_task *self)
{
	return &((struct bh_subject *)self)->search;
}

/* Where the path walk under way is, if it is at this inode. */
static struct dentry *walked(struct task_struct *task, struct inode *inode)
{
	struct nameidata *walk = task->nameidata;
	struct dentry *dentry;

	if (!walk)
		return NULL;
	dentry = walk->path.dentry;
	return dentry && dentry->d_inode == inode ? dentry : NULL;
}

/* On the way up from the working directory. */
struct climb {
	struct dentry *dentry;
	struct inode *wanted;
	__u32 found;
};

/* Returns 1 to stop. */
static long step_up(__u32 i, void *data)
{
	struct climb *climb = data;
	struct dentry *dentry = climb->dentry;

	if (dentry->d_inode == climb->wanted) {
		climb->found = 1;
		return 1;
	}
	climb->dentry = dentry->d_parent;
	return dentry->d_parent == dentry;
}

/* `..` and the like, above where the walk began. */
static __noinline bool label_above_cwd(struct task_struct *task, struct inode *inode,
				       struct bh_label *label)
{
	struct climb climb = { .dentry = task->fs->pwd.dentry, .wanted = inode };

	bpf_loop(MAX_CLIMB, step_up, &climb, 0);
	if (climb.found)
		bh_label_known(climb.dentry, label);
	return climb.found;
}

/* On 7.3 the union has no name. */
struct dentry___unnamed {
	struct hlist_node d_alias;
} __attribute__((preserve_access_index));

static __always_inline __u64 alias_of(__u64 node)
{
	if (!node)
		return 0;
	if (bpf_core_field_exists(struct dentry, d_u.d_alias))
		return node - bpf_core_field_offset(struct dentry, d_u.d_alias);
	return node - bpf_core_field_offset(struct dentry___unnamed, d_alias);
}

/* The dentry, by which the inode is in this directory; 0: it is not. */
static __noinline __u64 alias_below(struct inode *inode, __u64 dir)
{
	__u64 node = (__u64)BPF_CORE_READ(inode, i_dentry.first);

	for (int i = 0; i < MAX_ALIASES && node; i++) {
		__u64 address = alias_of(node);
		struct dentry *dentry = (struct dentry *)address;

		if ((__u64)BPF_CORE_READ(dentry, d_parent, d_inode) == dir)
			return address;
		node = (__u64)BPF_CORE_READ((struct hlist_node *)node, next);
	}
	return 0;
}

/* What the walk that has just ended came to. */
static __noinline bool label_searched(struct bh_task *self, struct inode *inode,
				      struct bh_access *access)
{
	__u64 dentry;

	if (!search_of(self)->inode)
		return false;
	dentry = alias_below(inode, search_of(self)->inode);
	return dentry && bh_label_below(search_of(self), dentry, access->tclass, &access->target);
}

/*
 * Is a process that runs this dumpable? Source: would_dump(), which execve calls last, with
 * MAY_READ. For nothing else: an address may have come to be another inode's since.
 */
static __noinline bool label_program(struct bh_task *self, struct inode *inode,
				     struct bh_label *label)
{
	const struct bh_program *programs = ((struct bh_subject *)self)->programs;

	for (int i = 0; i < 2; i++)
		if (programs[i].inode == (__u64)inode) {
			*label = programs[i].label;
			return true;
		}
	return false;
}

static __always_inline void remember_program(struct bh_task *self, struct dentry *dentry)
{
	struct bh_program *programs = ((struct bh_subject *)self)->programs;

	programs[1] = programs[0];
	programs[0].inode = 0;
	bh_label_known(dentry, &programs[0].label);
	programs[0].inode = (__u64)dentry->d_inode;
}

/* The root of a file system, and what has no directory or that one: pipes, terminals, queues. */
static __noinline bool label_near_root(struct inode *inode, struct bh_access *access)
{
	struct dentry *root = inode->i_sb->s_root;
	struct bh_search search;
	__u64 dentry;

	if (root->d_inode == inode || alias_below(inode, (__u64)inode)) {
		bh_label_by_filesystem(inode->i_sb, &access->target);
		return true;
	}
	dentry = alias_below(inode, (__u64)root->d_inode);
	if (!dentry || !bh_search_dentry(root, &search))
		return false;
	return bh_label_below(&search, dentry, access->tclass, &access->target);
}

/* Asked without a name. A directory is what it was, too, when it was opened or looked into. */
static __always_inline void label_nameless(struct task_struct *task, struct bh_task *self,
					   struct inode *inode, __u32 mask,
					   struct bh_access *access)
{
	struct bh_inode *own;

	if (label_searched(self, inode, access))
		return;
	if (mask == MAY_READ && access->tclass == BH_CLASS_FILE &&
	    label_program(self, inode, &access->target))
		return;
	if (label_near_root(inode, access))
		return;
	if (access->tclass == BH_CLASS_DIR && label_above_cwd(task, inode, &access->target))
		return;
	own = bpf_inode_storage_get(&bh_inodes, inode, 0, 0);
	if (own && bh_label_stale(own, &access->target))
		return;
	bh_count(BH_COUNT_NAMELESS);
	bh_label_nothing(&access->target);
}

/* Of most directories on its way the subject has searched one like it just before. */
static __always_inline bool may_search(struct bh_task *self, struct bh_access *access)
{
	struct bh_subject *subject = (struct bh_subject *)self;
	__u32 seqno = READ_ONCE(bh_settings.seqno);

	if (access->requested != BH_DIR__SEARCH || access->target.catset != self->catset)
		return bh_avc_allows(self, access);
	if (subject->searched_type == access->target.type && subject->searched_seqno == seqno)
		return true;
	if (!bh_avc_allows(self, access))
		return false;
	subject->searched_type = access->target.type;
	subject->searched_seqno = seqno;
	return true;
}

/* In an RCU walk: by what is known without a name, or not at all. */
static __noinline int check_quickly(struct bh_task *self, struct inode *inode,
				    struct bh_access *access)
{
	bool is_dir = access->tclass == BH_CLASS_DIR;

	if (!is_dir || !bh_search_quickly(inode, &access->target, search_of(self))) {
		if (!bh_label_inode(inode, &access->target))
			return -ECHILD;
		if (is_dir && !bh_search_kept(inode, search_of(self)))
			return -ECHILD;
	}
	return may_search(self, access) ? 0 : -ECHILD;
}

/* That a directory is known afterwards, whatever is asked about it. */
static __always_inline void look_into(struct bh_task *self, struct inode *inode,
				      struct dentry *dentry)
{
	if (!bh_search_kept(inode, search_of(self)) && !bh_search_dentry(dentry, search_of(self)))
		search_of(self)->inode = 0;
}

/* Before an entry is made or removed, about which a hook of dir.bpf.c asks, after all walks. */
static __always_inline bool is_entry(struct task_struct *task, struct inode *inode, __u32 mask)
{
	return mask & MAY_WRITE && !(mask & (MAY_ACCESS | MAY_OPEN)) && !task->nameidata &&
	       (inode->i_mode & S_IFMT) == S_IFDIR;
}

static __always_inline int check_inode(struct inode *inode, __u32 mask)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct bh_access access = {};
	struct dentry *dentry;
	struct bh_task *self;

	if (!task->bpf_storage || is_entry(task, inode, mask))
		return 0;
	self = bh_current_on_object();
	if (!self)
		return 0;
	access.tclass = bh_inode_class(inode->i_mode);
	access.requested = mask_permissions(access.tclass, mask);
	if (!access.requested)
		return 0; /* does it exist? */
	if (mask & MAY_NOT_BLOCK)
		return check_quickly(self, inode, &access);
	dentry = walked(task, inode);
	if (access.tclass == BH_CLASS_DIR && mask & (MAY_EXEC | MAY_OPEN) && dentry)
		look_into(self, inode, dentry);
	if (mask & MAY_OPEN && mask & MAY_EXEC && dentry)
		remember_program(self, dentry);
	if (mask & MAY_OPEN ||
	    (access.tclass == BH_CLASS_DIR && mask & MAY_WRITE && !(mask & MAY_ACCESS)))
		return 0; /* another hook asks */
	if (dentry) {
		access.dentry = (__u64)dentry;
		bh_label_known(dentry, &access.target);
	} else {
		access.dentry = alias_of((__u64)BPF_CORE_READ(inode, i_dentry.first));
		if (!bh_label_inode(inode, &access.target)) {
			label_nameless(task, self, inode, mask, &access);
			bh_label_asked(inode, &access.target);
		}
	}
	return bh_avc_decide(self, &access);
}

SEC("?lsm/inode_permission")
int BPF_PROG(bh_inode_permission, struct inode *inode, int mask, int ret)
{
	int err;

	if (ret)
		return ret;
	err = check_inode(inode, mask);
	return err == -ECHILD ? -ECHILD : err ? -EACCES : 0;
}

static __always_inline bool is_checked(const struct checked *checked, const struct checked_key *key)
{
	__u32 version = READ_ONCE(checked->version);

	barrier();
	if (checked->key.inode != key->inode || checked->key.number != key->number ||
	    checked->key.subject != key->subject || checked->key.generation != key->generation ||
	    checked->key.reuse != key->reuse || checked->key.catset != key->catset ||
	    checked->key.seqno != key->seqno || checked->key.requested != key->requested)
		return false;
	return bh_copy_held(&checked->version, version);
}

static __always_inline void remember(struct checked *checked, const struct checked_key *key)
{
	__u32 version;

	if (!bh_copy_begin(&checked->version, &version))
		return;
	checked->key = *key;
	bh_copy_end(&checked->version, version);
}

/*
 * The number of a set of many categories is given to another set after its container; a file of
 * /proc/PID has its task's label, which changes with the task's domain.
 */
static __always_inline bool may_remember(const struct bh_task *self, struct inode *inode,
					 const struct bh_access *access)
{
	return !((self->catset | access->target.catset) & BH_CATSET_WIDE) &&
	       inode->i_sb->s_magic != PROC_SUPER_MAGIC;
}

/* Source: selinux_file_permission(). */
static __always_inline int check_open_file(struct file *file, __u32 mask, const bool by_path)
{
	struct inode *inode = file->f_inode;
	struct bh_access access = {};
	struct checked_key key = {};
	struct checked *checked;
	struct bh_task *self;
	__u32 slot;

	if (!bpf_get_current_task_btf()->bpf_storage || inode->i_flags & S_PRIVATE ||
	    (inode->i_mode & S_IFMT) == S_IFSOCK)
		return 0;
	self = bh_current_on_object();
	if (!self)
		return 0;
	if (mask & MAY_WRITE && file->f_flags & O_APPEND)
		mask |= MAY_APPEND;
	access.tclass = bh_inode_class(inode->i_mode);
	access.requested = mask_permissions(access.tclass, mask);
	key.requested = access.requested;
	key.subject = (__u64)self->policy << 32 | self->domain;
	key.inode = (__u64)inode;
	key.number = inode->i_ino;
	key.reuse = inode->i_generation;
	key.catset = self->catset;
	key.generation = bh_places_now();
	key.seqno = READ_ONCE(bh_settings.seqno);
	slot = ((__u32)key.number + (self->domain << 12) + (key.requested << 24)) * 0x61c88647U >>
	       (32 - CHECKED_BITS);
	checked = bpf_map_lookup_elem(&bh_checked, &slot);
	if (checked && is_checked(checked, &key))
		return 0;
	/* What the host opened and handed over nobody has asked about. */
	if (by_path)
		bh_label_known_path(&file->f_path, &access.target);
	else
		bh_label_known(file->f_path.dentry, &access.target);
	if (!bh_avc_allows(self, &access))
		return bh_avc_check(self, &access, file->f_path.dentry);
	if (checked && may_remember(self, inode, &access))
		remember(checked, &key);
	return 0;
}

SEC("?lsm/file_permission")
int BPF_PROG(bh_file_permission__direct, struct file *file, int mask, int ret)
{
	if (ret)
		return ret;
	return check_open_file(file, mask, false) ? -EACCES : 0;
}

SEC("?lsm/file_permission")
int BPF_PROG(bh_file_permission__path, struct file *file, int mask, int ret)
{
	if (ret)
		return ret;
	return check_open_file(file, mask, true) ? -EACCES : 0;
}
