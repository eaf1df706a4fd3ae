// SPDX-License-Identifier: GPL-2.0
/*
 * Labels as attributes: read where the caller may sleep, written by a work queue.
 *
 * What was just made is held until its label is written, and so is its file system: unmounted
 * meanwhile, that ends when the last label is written. Whoever calls holds the file system active.
 */

#include <linux/atomic.h>
#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/slab.h>
#include <linux/version.h>
#include <linux/workqueue.h>
#include <linux/xattr.h>

#include <bulkhead/context_text.h>
#include <bulkhead/kfunc.h>

#include "bulkhead.h"
#include "kfunc.h"

/* The mount is not known, so neither is who it says that owns what. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
#define NO_IDMAP (&nop_mnt_idmap)
#else
#define NO_IDMAP (&init_user_ns)
#endif

#define AT_ONCE 4 /* labels that are written at the same time */

/* Each holds an inode in memory. */
static unsigned int most_waiting = 16384;
module_param(most_waiting, uint, 0644);
MODULE_PARM_DESC(most_waiting, "Labels that may wait to be written");

static struct workqueue_struct *queue;
static atomic_t nr_waiting;

struct label_work {
	struct work_struct work;
	struct super_block *sb;
	struct dentry *dentry;
	struct inode *inode;
	size_t len;
	char text[BH_CONTEXT_TEXT_MAX];
};

unsigned int bulkhead_label_waiting(void)
{
	return (unsigned int)atomic_read(&nr_waiting);
}

/* One that is there already is the administrator's word. */
static int write_attribute(const struct label_work *label)
{
	int err;

	sb_start_write(label->sb);
	inode_lock(label->inode);
	err = __vfs_setxattr(NO_IDMAP, label->dentry, label->inode, BH_XATTR_LABEL, label->text,
			     label->len, XATTR_CREATE);
	inode_unlock(label->inode);
	sb_end_write(label->sb);
	return err == -EEXIST ? 0 : err;
}

static void write_label(struct work_struct *work)
{
	struct label_work *label = container_of(work, struct label_work, work);
	int err = sb_rdonly(label->sb) ? -EROFS : write_attribute(label);

	/* What is removed already needs none. */
	if (err && label->inode->i_nlink)
		bulkhead_count_add(BULKHEAD_COUNT_UNWRITTEN);
	else
		bulkhead_count_add(BULKHEAD_COUNT_WRITTEN);
	dput(label->dentry);
	iput(label->inode);
	deactivate_super(label->sb);
	kfree(label);
	atomic_dec(&nr_waiting);
}

static int keep(struct dentry *dentry, struct inode *inode, const struct bh_type *type, u32 catset)
{
	struct label_work *label;

	if (!dentry || !inode || !type)
		return -EINVAL;
	if ((unsigned int)atomic_inc_return(&nr_waiting) > READ_ONCE(most_waiting)) {
		atomic_dec(&nr_waiting);
		bulkhead_count_add(BULKHEAD_COUNT_UNTURNED);
		return -ENOBUFS;
	}
	label = kmalloc(sizeof(*label), GFP_ATOMIC | __GFP_NOWARN);
	if (!label || !atomic_inc_not_zero(&inode->i_sb->s_active)) {
		kfree(label);
		atomic_dec(&nr_waiting);
		bulkhead_count_add(BULKHEAD_COUNT_UNTURNED);
		return -ENOMEM;
	}
	INIT_WORK(&label->work, write_label);
	ihold(inode);
	label->inode = inode;
	label->dentry = dget(dentry);
	label->sb = inode->i_sb;
	label->len = bh_context_format(type->name, catset, label->text, sizeof(label->text));
	queue_work(queue, &label->work);
	return 0;
}

/* Return: 1 there is one; 0 there is none; an error. */
static int read_attribute(struct dentry *dentry, struct inode *inode, const char *name,
			  struct bh_context *context)
{
	char text[BH_CONTEXT_TEXT_MAX];
	int len = __vfs_getxattr(dentry, inode, name, text, sizeof(text));
	int err;

	if (len == -ENODATA || len == -EOPNOTSUPP)
		return 0;
	if (len < 0)
		return len;
	err = bh_context_parse(text, len, context);
	return err ? err : 1;
}

int bulkhead_label_read(struct dentry *dentry, struct inode *inode, struct bh_context *context)
{
	int ret = read_attribute(dentry, inode, BH_XATTR_LABEL, context);

	if (ret)
		return ret < 0 ? ret : BH_LABEL_OWN;
	ret = read_attribute(dentry, inode, BH_XATTR_SELINUX, context);
	if (ret == 1)
		return BH_LABEL_SELINUX;
	/* SELinux's policy may have labels that ours has not. */
	return ret == -EINVAL ? BH_LABEL_NONE : ret;
}

bulkhead_kfunc_start_defs();

__bpf_kfunc int bh_kfunc_label_read(struct inode *inode__ign, struct bh_context *context)
{
	struct dentry *dentry;
	int ret;

	if (!bulkhead_seal_has(_RET_IP_))
		return -EPERM;
	dentry = inode__ign ? d_find_any_alias(inode__ign) : NULL;
	if (!dentry)
		return -ENOENT;
	ret = bulkhead_label_read(dentry, inode__ign, context);
	dput(dentry);
	return ret;
}

__bpf_kfunc int bh_kfunc_label_keep(struct dentry *dentry__ign, struct inode *inode__ign,
				    const struct bh_type *type, u32 catset)
{
	return bulkhead_seal_has(_RET_IP_) ? keep(dentry__ign, inode__ign, type, catset) : -EPERM;
}

__bpf_kfunc int bh_kfunc_label_keep_file(struct file *file__ign, const struct bh_type *type,
					 u32 catset)
{
	if (!bulkhead_seal_has(_RET_IP_))
		return -EPERM;
	return keep(file__ign->f_path.dentry, file_inode(file__ign), type, catset);
}

bulkhead_kfunc_end_defs();

int __init bulkhead_label_init(void)
{
	queue = alloc_workqueue("bulkhead", WQ_UNBOUND, AT_ONCE);
	return queue ? 0 : -ENOMEM;
}

void bulkhead_label_exit(void)
{
	destroy_workqueue(queue);
}
