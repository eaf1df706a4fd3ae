// SPDX-License-Identifier: GPL-2.0
/*
 * Labels that are attributes of inodes, and so outlive these in memory.
 *
 * To read one takes a program that may sleep, which may not look at what is above: so these ask
 * for a container's task, ahead of the program of the same hook that decides, and leave what they
 * found in the inode's storage. Whether it holds, label.bpf.c says by the place. They are loaded
 * with all the others, but attached only before a container gets a volume or a policy that gives new
 * files types of their own, when a label is given by `bulkhead label`, or by `bulkhead lock`
 * (loader/attributes.c).
 *
 * Hooks: file_open, mmap_file, inode_create, inode_mknod, inode_symlink, inode_unlink, inode_rmdir,
 * inode_rename, inode_setattr, inode_setxattr. inode_mkdir, inode_link, inode_removexattr, inode_set_acl,
 * inode_remove_acl and inode_file_setattr may not sleep, and the directory of a file without a name is
 * known to the program of file_open that decides: there the system call begins again when the attribute
 * is read. inode_getxattr: a container does not read the attribute itself, as its tag would make it
 * believed elsewhere. inode_post_setxattr: what was known holds no longer.
 *
 * On overlayfs, whose files are an image's, only what has the host's tag counts, and only containers
 * ask whose policy has such types.
 *
 * Not covered: file systems that may move an inode's attribute without asking here (network file
 * systems).
 */
#include "attribute.bpf.h"
#include "bulkhead.bpf.h"

#include <bulkhead/kfunc.h>

#define OVERLAYFS_SUPER_MAGIC 0x794c7630
#define TMPFS_MAGIC 0x01021994
#define PROC_SUPER_MAGIC 0x9fa0
#define SYSFS_MAGIC 0x62656572
#define DEVPTS_SUPER_MAGIC 0x1cd1

#define EINVAL 22
#define EOPNOTSUPP 95
#define EINPROGRESS 115

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
bool bh_keys_of(struct super_block *sb)
{
	return sb->s_magic == OVERLAYFS_SUPER_MAGIC ||
	       (sb->s_magic != TMPFS_MAGIC && bh_attributes_of(sb));
}

static const struct bh_type *type_to_keep(const struct bh_task *self, struct super_block *sb,
					  const struct bh_inode *made)
{
	__u32 id = made->label.type;
	struct bh_type *type;

	if (!bh_settings.attributes || !bh_keys_of(sb))
		return NULL;
	if (made->flags & BH_INODE_KEYED ? !(self->flags & BH_TASK_FILETRANS) :
					   !bh_attributes_of(sb))
		return NULL;
	type = bpf_map_lookup_elem(&bh_types, &id);
	if (!type)
		bh_count(BH_COUNT_UNKEPT); /* its policy is gone: there is no name to write */
	return type;
}

int bh_label_room(const struct bh_task *self, struct super_block *sb)
{
	int err;

	if (!bh_module || !bh_settings.attributes || !bh_keys_of(sb) ||
	    !(self->flags & (BH_TASK_SHARED | BH_TASK_FILETRANS)))
		return 0;
	err = bh_kfunc_label_room();
	if (err == -EINPROGRESS)
		return -ERESTARTNOINTR;
	if (!err)
		return 0;
	bh_count(BH_COUNT_UNKEPT);
	return -EACCES;
}

void bh_label_keep(const struct bh_task *self, struct dentry *dentry, struct inode *inode,
		   const struct bh_inode *made)
{
	const struct bh_type *type;

	if (!bh_module)
		return;
	type = type_to_keep(self, inode->i_sb, made);
	if (type && bh_kfunc_label_keep(dentry, inode, type, made->label.catset,
					made->flags & BH_INODE_KEYED))
		bh_count(BH_COUNT_UNKEPT);
}

void bh_label_keep_file(const struct bh_task *self, struct file *file, const struct bh_inode *made)
{
	const struct bh_type *type;

	if (!bh_module)
		return;
	type = type_to_keep(self, file->f_inode->i_sb, made);
	if (type &&
	    bh_kfunc_label_keep_file(file, type, made->label.catset, made->flags & BH_INODE_KEYED))
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

/* An error may hide one that has the tag. */
static __always_inline bool is_keyed(int found)
{
	return found == BH_LABEL_KEYED || (found < 0 && found != -EINVAL);
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
	if (is_keyed(found))
		made->flags |= BH_INODE_KEYED;
	if (found < 0)
		bh_count(BH_COUNT_UNREADABLE);
	if (!type) {
		made->flags |= BH_INODE_STRANGE;
		type = found > 0 ? find_type(context, policy) : BH_TYPE_NONE;
		/* What could not be read is nobody's: it is asked for again. */
		made->policy = found > 0 ? policy : 0;
	}
	if (type) {
		made->label.type = type;
		made->label.catset = context->catset;
	} else {
		made->label.type = bh_settings.type_unlabeled;
	}
}

static bool is_known(const struct bh_inode *own, __u32 policy)
{
	if (!own)
		return false;
	if (own->flags & (BH_INODE_MARK | BH_INODE_TASK))
		return true;
	if (own->flags & BH_INODE_STRANGE)
		return READ_ONCE(own->policy) == policy;
	return own->flags & (BH_INODE_CREATED | BH_INODE_ASKED);
}

/* Of what was made here but a moment ago the attribute may not be written yet. */
static bool is_to_come(const struct bh_inode *own, const struct bh_inode *made)
{
	return own->flags & BH_INODE_CREATED && !(made->flags & BH_INODE_KEYED);
}

static void put(struct inode *inode, struct bh_inode *made, __u32 policy)
{
	struct bh_inode *own =
		bpf_inode_storage_get(&bh_inodes, inode, made, BPF_LOCAL_STORAGE_GET_F_CREATE);

	if (!own) /* somebody else was faster */
		own = bpf_inode_storage_get(&bh_inodes, inode, 0, 0);
	if (!own) {
		bh_count(BH_COUNT_NOMEM);
		return; /* refused as not asked */
	}
	if (is_known(own, policy) || is_to_come(own, made))
		return; /* by this, or by who was faster */
	if (made->flags & BH_INODE_ATTRIBUTE) {
		WRITE_ONCE(own->label.type, made->label.type);
		WRITE_ONCE(own->label.catset, made->label.catset);
		WRITE_ONCE(own->policy, made->policy);
	}
	/* One that is asked again may have none any more. */
	__sync_fetch_and_and(&own->flags, made->flags | ~(BH_INODE_ATTRIBUTE | BH_INODE_STRANGE |
							  BH_INODE_KEYED));
	__sync_fetch_and_or(&own->flags, made->flags);
}

/*
 * Where everything is the container's own, nothing is asked, unless its policy gives its files types of
 * their own: what is there anyway stays not known.
 */
static __always_inline bool is_to_ask(const struct bh_task *self, struct inode *inode)
{
	if (!inode || !((self->flags & BH_TASK_SHARED && bh_attributes_of(inode->i_sb)) ||
			(self->flags & BH_TASK_FILETRANS && bh_keys_of(inode->i_sb))))
		return false;
	return !is_known(bpf_inode_storage_get(&bh_inodes, inode, 0, 0), self->policy);
}

static void learn(struct bh_task *self, struct inode *inode, int found, struct bh_context *context)
{
	struct bh_inode made = {};

	if (inode->i_sb->s_magic == OVERLAYFS_SUPER_MAGIC && !is_keyed(found))
		found = BH_LABEL_NONE;
	judge(found, context, self->policy, &made);
	put(inode, &made, self->policy);
}

static __noinline void ask(struct bh_task *self, struct inode *inode)
{
	struct bh_context context = {};
	int found;

	if (!is_to_ask(self, inode))
		return;
	found = bh_kfunc_label_read(inode, &context);
	if (found != -EPERM)
		learn(self, inode, found, &context);
}

/* For hooks that may not sleep. Returns true if the system call is to begin again. */
static __noinline bool await(struct bh_task *self, struct inode *inode)
{
	struct bh_context context = {};
	int found;

	if (!is_to_ask(self, inode))
		return false;
	found = bh_kfunc_label_await(inode, &context, self->container);
	if (found == -EINPROGRESS)
		return true;
	if (found == -EPERM || found == -EOPNOTSUPP)
		return false; /* refused as not asked */
	learn(self, inode, found, &context);
	return false;
}

bool bh_await_dentry(struct bh_task *self, struct dentry *dentry)
{
	return bh_module && bh_settings.attributes && await(self, dentry->d_inode);
}

int bh_await_path_parent(struct path *path __arg_trusted)
{
	struct bh_task *self = bh_current_on_object();

	return self && bh_await_dentry(self, path->dentry->d_parent);
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

/*
 * The tag would be believed in whatever else brings it to this host. Asked as if the label were
 * changed: who has it could.
 */
SEC("?lsm/inode_getxattr")
int BPF_PROG(bh_attr_inode_getxattr, struct dentry *dentry, const char *name, int ret)
{
	struct bh_access access = { .requested = BH_COMMON_FILE__RELABELFROM };
	struct bh_task *self = bh_current_on_object();
	struct inode *inode;

	if (ret)
		return ret;
	if (!self || bh_names_label(name) != BH_LABEL_OWN)
		return 0;
	inode = dentry->d_inode;
	access.tclass = bh_inode_class(inode ? inode->i_mode : 0);
	bh_label_known(dentry, &access.target);
	return bh_avc_check(self, &access, dentry) ? -EACCES : 0;
}

/* A label that is given by hand holds from here on. */
SEC("?lsm/inode_post_setxattr")
int BPF_PROG(bh_attr_inode_post_setxattr, struct dentry *dentry, const char *name)
{
	struct inode *inode = dentry->d_inode;
	struct bh_inode *own;

	if (!inode || bh_names_label(name) == BH_LABEL_NONE)
		return 0;
	own = bpf_inode_storage_get(&bh_inodes, inode, 0, 0);
	if (own && !(own->flags & BH_INODE_TASK))
		__sync_fetch_and_and(&own->flags,
				     ~(BH_INODE_CREATED | BH_INODE_ASKED | BH_INODE_ATTRIBUTE |
				       BH_INODE_STRANGE | BH_INODE_KEYED));
	return 0;
}
