// SPDX-License-Identifier: GPL-2.0
/*
 * Labels that are attributes of inodes, and so outlive these in memory.
 *
 * To read one takes a program that may sleep, which may not look at what is above: so these ask
 * for a container's task, ahead of the program of the same hook that decides, and leave what they
 * found in the inode's storage. Whether it holds, label.bpf.c says by the place. They are loaded
 * with all the others, but attached only before a container gets a volume, when a label is given
 * by `bulkhead label`, or by `bulkhead lock` (loader/attributes.c).
 *
 * Hooks: file_open, mmap_file, inode_create, inode_mknod, inode_symlink, inode_unlink, inode_rmdir,
 * inode_rename, inode_setattr, inode_setxattr. inode_mkdir, inode_link, inode_removexattr, inode_set_acl,
 * inode_remove_acl and inode_file_setattr may not sleep: there the system call begins again when
 * the attribute is read. inode_post_setxattr: what was known holds no longer.
 *
 * Not covered: overlayfs, whose files are an image's; file systems that may move an inode's
 * attribute without asking here (network file systems).
 */
#include "bulkhead.bpf.h"

#include <bulkhead/kfunc.h>

#define OVERLAYFS_SUPER_MAGIC 0x794c7630
#define TMPFS_MAGIC 0x01021994
#define PROC_SUPER_MAGIC 0x9fa0
#define SYSFS_MAGIC 0x62656572
#define DEVPTS_SUPER_MAGIC 0x1cd1

#define EOPNOTSUPP 95
#define EINPROGRESS 115
#define ERESTARTNOINTR 513 /* include/linux/errno.h */

#define O_TMPFILE_BIT 020000000 /* __O_TMPFILE */

extern const volatile bool bh_module;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, BH_MAX_TYPES);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct bh_typename);
	__type(value, __u32);
} bh_typenames SEC(".maps");

bool bh_attributes_of(struct super_block *sb)
{
	return sb->s_magic != OVERLAYFS_SUPER_MAGIC && sb->s_magic != PROC_SUPER_MAGIC &&
	       sb->s_magic != SYSFS_MAGIC && sb->s_magic != DEVPTS_SUPER_MAGIC;
}

/* On a tmpfs a file is in memory as long as there is one. */
static const struct bh_type *type_to_keep(struct super_block *sb, __u32 id)
{
	struct bh_type *type;

	if (!bh_settings.attributes || sb->s_magic == TMPFS_MAGIC || !bh_attributes_of(sb))
		return NULL;
	type = bpf_map_lookup_elem(&bh_types, &id);
	if (!type)
		bh_count(BH_COUNT_UNKEPT); /* its policy is gone: there is no name to write */
	return type;
}

void bh_label_keep(struct dentry *dentry, struct inode *inode, const struct bh_label *label)
{
	const struct bh_type *type;

	if (!bh_module)
		return;
	type = type_to_keep(inode->i_sb, label->type);
	if (type && bh_kfunc_label_keep(dentry, inode, type, label->catset))
		bh_count(BH_COUNT_UNKEPT);
}

void bh_label_keep_file(struct file *file, const struct bh_label *label)
{
	const struct bh_type *type;

	if (!bh_module)
		return;
	type = type_to_keep(file->f_inode->i_sb, label->type);
	if (type && bh_kfunc_label_keep_file(file, type, label->catset))
		bh_count(BH_COUNT_UNKEPT);
}

/* The type of this name that the policy declares; BH_TYPE_NONE: there is none. */
static __u32 find_type(struct bh_context *context, __u32 policy)
{
	__u32 *type;

	context->type.policy = policy;
	type = bpf_map_lookup_elem(&bh_typenames, &context->type);
	return type ? *type : BH_TYPE_NONE;
}

/*
 * What the attribute makes of the inode. SELinux's is believed where it keeps containers apart, and
 * not where it says what a file is: a path, or whoever shares a volume, says that here. A name
 * that BASE does not have is the reader's policy's, and may be another type of the next one's.
 */
static void judge(int found, struct bh_context *context, __u32 policy, struct bh_inode *made)
{
	__u32 type = found > 0 ? find_type(context, bh_settings.base_policy) : BH_TYPE_NONE;

	made->flags = BH_INODE_ASKED;
	if (found == BH_LABEL_NONE)
		return;
	if (found == BH_LABEL_SELINUX && (type != bh_settings.type_file || !context->catset))
		return;
	made->flags |= BH_INODE_ATTRIBUTE;
	if (found < 0)
		bh_count(BH_COUNT_UNREADABLE);
	if (!type) {
		made->flags |= BH_INODE_STRANGE;
		type = found > 0 ? find_type(context, policy) : BH_TYPE_NONE;
	}
	if (type) {
		made->label.type = type;
		made->label.catset = context->catset;
	} else {
		made->label.type = bh_settings.type_unlabeled;
	}
}

static bool is_known(const struct bh_inode *own)
{
	if (!own)
		return false;
	if (own->flags & (BH_INODE_MARK | BH_INODE_CREATED | BH_INODE_TASK))
		return true;
	return own->flags & BH_INODE_ASKED && !(own->flags & BH_INODE_STRANGE);
}

static void put(struct inode *inode, struct bh_inode *made)
{
	struct bh_inode *own =
		bpf_inode_storage_get(&bh_inodes, inode, made, BPF_LOCAL_STORAGE_GET_F_CREATE);

	if (!own) /* somebody else was faster */
		own = bpf_inode_storage_get(&bh_inodes, inode, 0, 0);
	if (!own) {
		bh_count(BH_COUNT_NOMEM);
		return; /* refused as not asked */
	}
	if (is_known(own))
		return; /* by this, or by who was faster */
	if (made->flags & BH_INODE_ATTRIBUTE) {
		WRITE_ONCE(own->label.type, made->label.type);
		WRITE_ONCE(own->label.catset, made->label.catset);
	}
	/* One that is asked again may have none any more. */
	__sync_fetch_and_and(&own->flags, made->flags | ~(BH_INODE_ATTRIBUTE | BH_INODE_STRANGE));
	__sync_fetch_and_or(&own->flags, made->flags);
}

/* Where everything is the container's own, nothing is asked: what is there anyway stays not known. */
static __always_inline bool is_to_ask(const struct bh_task *self, struct inode *inode)
{
	return self->flags & BH_TASK_SHARED && inode && bh_attributes_of(inode->i_sb) &&
	       !is_known(bpf_inode_storage_get(&bh_inodes, inode, 0, 0));
}

static __noinline void ask(struct bh_task *self, struct inode *inode)
{
	struct bh_context context = {};
	struct bh_inode made = {};
	int found;

	if (!is_to_ask(self, inode))
		return;
	found = bh_kfunc_label_read(inode, &context);
	if (found == -EPERM)
		return;
	judge(found, &context, self->policy, &made);
	put(inode, &made);
}

/* For hooks that may not sleep. Returns true if the system call is to begin again. */
static __noinline bool await(struct bh_task *self, struct inode *inode)
{
	struct bh_context context = {};
	struct bh_inode made = {};
	int found;

	if (!is_to_ask(self, inode))
		return false;
	found = bh_kfunc_label_await(inode, &context);
	if (found == -EINPROGRESS)
		return true;
	if (found == -EPERM || found == -EOPNOTSUPP)
		return false; /* refused as not asked */
	judge(found, &context, self->policy, &made);
	put(inode, &made);
	return false;
}

static __always_inline int await_dentry(struct dentry *dentry, int ret)
{
	struct bh_task *self = bh_current_on_object();

	if (ret)
		return ret;
	return self && await(self, dentry->d_inode) ? -ERESTARTNOINTR : 0;
}

SEC("?lsm.s/file_open")
int BPF_PROG(bh_attr_file_open, struct file *file, int ret)
{
	struct bh_task *self = bh_current_on_object();

	/* One without a name is labelled by who decides. */
	if (self && !(file->f_flags & O_TMPFILE_BIT))
		ask(self, file->f_inode);
	return ret;
}

/* What somebody else has opened: the program that a container starts with, when it lies in a volume. */
SEC("?lsm.s/mmap_file")
int BPF_PROG(bh_attr_mmap_file, struct file *file, unsigned long reqprot, unsigned long prot,
	     unsigned long flags, int ret)
{
	struct bh_task *self = bh_current_on_object();

	if (self && file)
		ask(self, file->f_inode);
	return ret;
}

SEC("?lsm.s/inode_create")
int BPF_PROG(bh_attr_inode_create, struct inode *dir, struct dentry *dentry, umode_t mode, int ret)
{
	struct bh_task *self = bh_current_on_object();

	if (self)
		ask(self, dir);
	return ret;
}

SEC("?lsm.s/inode_mknod")
int BPF_PROG(bh_attr_inode_mknod, struct inode *dir, struct dentry *dentry, umode_t mode, dev_t dev,
	     int ret)
{
	struct bh_task *self = bh_current_on_object();

	if (self)
		ask(self, dir);
	return ret;
}

SEC("?lsm.s/inode_symlink")
int BPF_PROG(bh_attr_inode_symlink, struct inode *dir, struct dentry *dentry, const char *old_name,
	     int ret)
{
	struct bh_task *self = bh_current_on_object();

	if (self)
		ask(self, dir);
	return ret;
}

SEC("?lsm.s/inode_unlink")
int BPF_PROG(bh_attr_inode_unlink, struct inode *dir, struct dentry *dentry, int ret)
{
	struct bh_task *self = bh_current_on_object();

	if (self) {
		ask(self, dir);
		ask(self, dentry->d_inode);
	}
	return ret;
}

SEC("?lsm.s/inode_rmdir")
int BPF_PROG(bh_attr_inode_rmdir, struct inode *dir, struct dentry *dentry, int ret)
{
	struct bh_task *self = bh_current_on_object();

	if (self) {
		ask(self, dir);
		ask(self, dentry->d_inode);
	}
	return ret;
}

SEC("?lsm.s/inode_rename")
int BPF_PROG(bh_attr_inode_rename, struct inode *old_dir, struct dentry *old_dentry,
	     struct inode *new_dir, struct dentry *new_dentry, int ret)
{
	struct bh_task *self = bh_current_on_object();

	if (self) {
		ask(self, old_dir);
		ask(self, new_dir);
		ask(self, old_dentry->d_inode);
		ask(self, new_dentry->d_inode);
	}
	return ret;
}

SEC("?lsm.s/inode_setattr")
int BPF_PROG(bh_attr_inode_setattr__2, struct dentry *dentry, struct iattr *attr, int ret)
{
	struct bh_task *self = bh_current_on_object();

	if (self)
		ask(self, dentry->d_inode);
	return ret;
}

SEC("?lsm.s/inode_setattr")
int BPF_PROG(bh_attr_inode_setattr__3, void *idmap, struct dentry *dentry, struct iattr *attr,
	     int ret)
{
	struct bh_task *self = bh_current_on_object();

	if (self)
		ask(self, dentry->d_inode);
	return ret;
}

SEC("?lsm.s/inode_setxattr")
int BPF_PROG(bh_attr_inode_setxattr, void *idmap, struct dentry *dentry, const char *name,
	     const void *value, size_t size, int flags, int ret)
{
	struct bh_task *self = bh_current_on_object();

	if (self)
		ask(self, dentry->d_inode);
	return ret;
}

SEC("?lsm/inode_mkdir")
int BPF_PROG(bh_attr_inode_mkdir, struct inode *dir, struct dentry *dentry, umode_t mode, int ret)
{
	struct bh_task *self = bh_current_on_object();

	if (ret)
		return ret;
	return self && await(self, dir) ? -ERESTARTNOINTR : 0;
}

SEC("?lsm/inode_link")
int BPF_PROG(bh_attr_inode_link, struct dentry *old_dentry, struct inode *dir,
	     struct dentry *new_dentry, int ret)
{
	struct bh_task *self = bh_current_on_object();

	if (ret)
		return ret;
	if (self && (await(self, old_dentry->d_inode) || await(self, dir)))
		return -ERESTARTNOINTR;
	return 0;
}

SEC("?lsm/inode_removexattr")
int BPF_PROG(bh_attr_inode_removexattr, void *idmap, struct dentry *dentry, const char *name,
	     int ret)
{
	return await_dentry(dentry, ret);
}

SEC("?lsm/inode_set_acl")
int BPF_PROG(bh_attr_inode_set_acl, void *idmap, struct dentry *dentry, const char *acl_name,
	     struct posix_acl *acl, int ret)
{
	return await_dentry(dentry, ret);
}

SEC("?lsm/inode_remove_acl")
int BPF_PROG(bh_attr_inode_remove_acl, void *idmap, struct dentry *dentry, const char *acl_name,
	     int ret)
{
	return await_dentry(dentry, ret);
}

SEC("?lsm/inode_file_setattr")
int BPF_PROG(bh_attr_inode_file_setattr, struct dentry *dentry, void *fa, int ret)
{
	return await_dentry(dentry, ret);
}

/* A label that is given by hand holds from here on. */
SEC("?lsm/inode_post_setxattr")
int BPF_PROG(bh_attr_inode_post_setxattr, struct dentry *dentry, const char *name)
{
	char text[sizeof(BH_XATTR_SELINUX) + 1] = {};
	struct inode *inode = dentry->d_inode;
	struct bh_inode *own;

	if (!inode || bpf_probe_read_kernel_str(text, sizeof(text), name) < 0)
		return 0;
	if (bpf_strncmp(text, sizeof(BH_XATTR_LABEL), BH_XATTR_LABEL) &&
	    bpf_strncmp(text, sizeof(BH_XATTR_SELINUX), BH_XATTR_SELINUX))
		return 0;
	own = bpf_inode_storage_get(&bh_inodes, inode, 0, 0);
	if (own && !(own->flags & BH_INODE_TASK))
		__sync_fetch_and_and(&own->flags, ~(BH_INODE_CREATED | BH_INODE_ASKED |
						    BH_INODE_ATTRIBUTE | BH_INODE_STRANGE));
	return 0;
}
