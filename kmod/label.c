// SPDX-License-Identifier: GPL-2.0
/*
 * Labels as attributes: read where the caller may sleep, written by a work queue.
 *
 * What was just made is held until its label is written, and so is its file system: unmounted
 * meanwhile, that ends when the last label is written. Whoever calls holds the file system active.
 */

#include <linux/atomic.h>
#include <linux/cgroup.h>
#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/hash.h>
#include <linux/jiffies.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/version.h>
#include <linux/wait.h>
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
#define PATIENCE (20 * HZ)

/* Each holds an inode in memory. */
static unsigned int most_waiting = 16384;
module_param(most_waiting, uint, 0644);
MODULE_PARM_DESC(most_waiting, "Labels that may wait to be written");

static unsigned int most_waiting_each = 2048;
module_param(most_waiting_each, uint, 0644);
MODULE_PARM_DESC(most_waiting_each, "Those of them that may be one container's");

#define SPARE 1024 /* room for what was let in at the same time */
#define SHARES_BITS 8

static struct workqueue_struct *queue;
static atomic_t nr_waiting;
static atomic_t shares[1 << SHARES_BITS];

/* In the order in which they came. */
static LIST_HEAD(waiting);
static u64 last_number;
static DEFINE_SPINLOCK(lock); /* of both */
static DECLARE_WAIT_QUEUE_HEAD(settled);

struct label_work {
	struct work_struct work;
	struct list_head list;
	u64 number;
	atomic_t *share;
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
	spin_lock(&lock);
	list_del(&label->list);
	spin_unlock(&lock);
	atomic_dec(label->share);
	kfree(label);
	atomic_dec(&nr_waiting);
	wake_up_all(&settled);
}

/* That of the running task's cgroup, which some others have, too. */
static atomic_t *find_share(void)
{
	u64 id;

	rcu_read_lock();
	id = cgroup_id(task_dfl_cgroup(current));
	rcu_read_unlock();
	return &shares[hash_64(id, SHARES_BITS)];
}

static bool has_room(void)
{
	return (unsigned int)atomic_read(&nr_waiting) + SPARE <= READ_ONCE(most_waiting) &&
	       (unsigned int)atomic_read(find_share()) < READ_ONCE(most_waiting_each);
}

static void enqueue(struct label_work *label)
{
	spin_lock(&lock);
	label->number = ++last_number;
	list_add_tail(&label->list, &waiting);
	spin_unlock(&lock);
	queue_work(queue, &label->work);
}

static bool is_settled(u64 number)
{
	const struct label_work *first;
	bool ret;

	spin_lock(&lock);
	first = list_first_entry_or_null(&waiting, struct label_work, list);
	ret = !first || first->number > number;
	spin_unlock(&lock);
	return ret;
}

int bulkhead_label_settle(void)
{
	long left;
	u64 number;

	spin_lock(&lock);
	number = last_number;
	spin_unlock(&lock);
	left = wait_event_killable_timeout(settled, is_settled(number), PATIENCE);
	return left > 0 ? 0 : left ? (int)left : -ETIMEDOUT;
}

static int format(struct label_work *label, const struct bh_type *type, u32 catset, bool keyed)
{
	u64 tag;
	int err;

	label->len = bh_context_format(type->name, catset, label->text, sizeof(label->text));
	if (!keyed)
		return 0;
	err = bulkhead_key_tag(label->text, label->len, &tag);
	if (!err)
		label->len = bh_context_add_tag(label->text, label->len, tag);
	return err;
}

static int keep(struct dentry *dentry, struct inode *inode, const struct bh_type *type, u32 catset,
		bool keyed)
{
	struct label_work *label;
	int err;

	if (!dentry || !inode || !type)
		return -EINVAL;
	if ((unsigned int)atomic_inc_return(&nr_waiting) > READ_ONCE(most_waiting)) {
		atomic_dec(&nr_waiting);
		bulkhead_count_add(BULKHEAD_COUNT_UNTURNED);
		return -ENOBUFS;
	}
	label = kmalloc(sizeof(*label), GFP_ATOMIC | __GFP_NOWARN);
	err = label ? format(label, type, catset, keyed) : -ENOMEM;
	if (!err && !atomic_inc_not_zero(&inode->i_sb->s_active))
		err = -ENOMEM;
	if (err) {
		kfree(label);
		atomic_dec(&nr_waiting);
		bulkhead_count_add(BULKHEAD_COUNT_UNTURNED);
		return err;
	}
	INIT_WORK(&label->work, write_label);
	ihold(inode);
	label->inode = inode;
	label->dentry = dget(dentry);
	label->sb = inode->i_sb;
	label->share = find_share();
	atomic_inc(label->share);
	enqueue(label);
	return 0;
}

/* Return: the length of the text; 0 there is none; -EINVAL it is too long for a label; an error. */
static int read_attribute(struct dentry *dentry, struct inode *inode, const char *name,
			  char text[BH_CONTEXT_TEXT_MAX])
{
	int len = __vfs_getxattr(dentry, inode, name, text, BH_CONTEXT_TEXT_MAX);

	if (len == -ENODATA || len == -EOPNOTSUPP)
		return 0;
	return len == -ERANGE || !len ? -EINVAL : len;
}

static int judge(const char *text, int len, struct bh_context *context)
{
	struct bh_context_tag tag;
	u64 right;
	int err = bh_context_parse(text, len, context, &tag);

	if (err || !tag.there)
		return err ? err : BH_LABEL_OWN;
	if (bulkhead_key_tag(text, tag.said, &right) || tag.value != right)
		return -EINVAL;
	return BH_LABEL_KEYED;
}

int bulkhead_label_read(struct dentry *dentry, struct inode *inode, struct bh_context *context)
{
	char text[BH_CONTEXT_TEXT_MAX];
	int len = read_attribute(dentry, inode, BH_XATTR_LABEL, text);

	if (len)
		return len < 0 ? len : judge(text, len, context);
	len = read_attribute(dentry, inode, BH_XATTR_SELINUX, text);
	if (len > 0)
		/* SELinux's policy may have labels that ours has not. */
		return bh_context_parse(text, len, context, NULL) ? BH_LABEL_NONE :
								    BH_LABEL_SELINUX;
	return len == -EINVAL ? BH_LABEL_NONE : len;
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

__bpf_kfunc int bh_kfunc_label_room(void)
{
	if (!bulkhead_seal_has(_RET_IP_))
		return -EPERM;
	if (has_room())
		return 0;
	bulkhead_count_add(BULKHEAD_COUNT_HELD_UP);
	return bulkhead_begin_again();
}

__bpf_kfunc int bh_kfunc_label_keep(struct dentry *dentry__ign, struct inode *inode__ign,
				    const struct bh_type *type, u32 catset, u32 keyed)
{
	if (!bulkhead_seal_has(_RET_IP_))
		return -EPERM;
	return keep(dentry__ign, inode__ign, type, catset, keyed);
}

__bpf_kfunc int bh_kfunc_label_keep_file(struct file *file__ign, const struct bh_type *type,
					 u32 catset, u32 keyed)
{
	if (!bulkhead_seal_has(_RET_IP_))
		return -EPERM;
	return keep(file__ign->f_path.dentry, file_inode(file__ign), type, catset, keyed);
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
