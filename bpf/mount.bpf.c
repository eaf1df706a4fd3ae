// SPDX-License-Identifier: GPL-2.0
/*
 * Mounts that a container makes, moves and removes.
 *
 * Hooks: sb_mount (mounton of the mount point, remount of the file system), move_mount
 * (mounton; what fsmount and open_tree made is mounted by it), sb_umount (unmount).
 *
 * Not covered: open_tree(OPEN_TREE_CLONE) and mount_setattr have no hook of their own: they
 * need CAP_SYS_ADMIN, which the capability hook refuses.
 */
#include "bulkhead.bpf.h"

#define MS_REMOUNT 32

/* Source: superblock_has_perm(). */
static __noinline int check_superblock(struct bh_task *self, struct super_block *sb,
				       __u32 requested)
{
	struct bh_access access = { .tclass = BH_CLASS_FILESYSTEM, .requested = requested };

	bh_label_superblock(sb, &access.target);
	return bh_avc_check(self, &access, sb->s_root);
}

/* By what is known of it: it will be covered for this container, and not changed. */
static __noinline int check_mounton(struct bh_task *self, struct dentry *dentry)
{
	struct bh_access access = { .requested = BH_COMMON_FILE__MOUNTON };

	access.tclass = bh_inode_class(dentry->d_inode->i_mode);
	bh_label_known(dentry, &access.target);
	return bh_avc_check(self, &access, dentry);
}

SEC("lsm/sb_mount")
int BPF_PROG(bh_sb_mount, const char *dev_name, const struct path *path, const char *type,
	     unsigned long flags, void *data, int ret)
{
	struct bh_task *self;

	if (ret)
		return ret;
	self = bh_current();
	if (!self)
		return 0;
	if (flags & MS_REMOUNT)
		return check_superblock(self, path->dentry->d_sb, BH_FILESYSTEM__REMOUNT) ?
			       -EACCES :
			       0;
	return check_mounton(self, path->dentry) ? -EACCES : 0;
}

SEC("lsm/move_mount")
int BPF_PROG(bh_move_mount, const struct path *from, const struct path *to, int ret)
{
	struct bh_task *self;

	if (ret)
		return ret;
	self = bh_current();
	if (!self)
		return 0;
	return check_mounton(self, to->dentry) ? -EACCES : 0;
}

SEC("lsm/sb_umount")
int BPF_PROG(bh_sb_umount, struct vfsmount *mnt, int flags, int ret)
{
	struct bh_task *self;

	if (ret)
		return ret;
	self = bh_current();
	if (!self)
		return 0;
	return check_superblock(self, mnt->mnt_sb, BH_FILESYSTEM__UNMOUNT) ? -EACCES : 0;
}
