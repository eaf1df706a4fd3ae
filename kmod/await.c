// SPDX-License-Identifier: GPL-2.0
/*
 * Labels for who may not sleep: somebody else reads them, and the system call begins again.
 *
 * What was read is kept for who asked, a second; nothing is held meanwhile, so whether it is
 * still the same inode is told by its numbers. Whoever is killed meanwhile leaves his question
 * behind: so no container has more than a part of the places.
 */

#include <linux/bpf.h>
#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/jiffies.h>
#include <linux/minmax.h>
#include <linux/moduleparam.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include <bulkhead/kfunc.h>

#include "bulkhead.h"
#include "kfunc.h"

#define NR_ANSWERS 256
#define LIFE HZ

static unsigned int most_asked = NR_ANSWERS;
module_param(most_asked, uint, 0644);
MODULE_PARM_DESC(most_asked, "Labels that may be asked for at a time, 256 at most");

static unsigned int most_asked_each = 16;
module_param(most_asked_each, uint, 0644);
MODULE_PARM_DESC(most_asked_each, "Those of them that one container may ask for");

enum state {
	FREE,
	BUSY, /* being read: the inode is held */
	DONE,
};

static struct answer {
	struct work_struct work;
	enum state state;
	u64 asker;
	struct super_block *sb;
	struct dentry *dentry;
	/* What it is about; not followed once it is read. */
	struct inode *inode;
	unsigned long number;
	u32 generation;
	unsigned long until;
	int found;
	struct bh_context context;
} answers[NR_ANSWERS];

static DEFINE_SPINLOCK(lock);
static struct workqueue_struct *readers;

static void read_answer(struct work_struct *work)
{
	struct answer *answer = container_of(work, struct answer, work);
	struct inode *inode = answer->inode;
	struct dentry *dentry = answer->dentry;
	struct super_block *sb = answer->sb;

	answer->found = bulkhead_label_read(dentry, inode, &answer->context);
	spin_lock(&lock);
	answer->until = jiffies + LIFE;
	answer->state = DONE;
	spin_unlock(&lock);
	dput(dentry);
	iput(inode);
	deactivate_super(sb);
}

static bool is_about(const struct answer *answer, const struct inode *inode)
{
	return answer->state != FREE && answer->inode == inode && answer->number == inode->i_ino &&
	       answer->generation == inode->i_generation;
}

static struct answer *find_answer(const struct inode *inode)
{
	int i;

	for (i = 0; i < NR_ANSWERS; i++)
		if (is_about(&answers[i], inode))
			return &answers[i];
	return NULL;
}

static bool is_over(const struct answer *answer)
{
	return answer->state == FREE ||
	       (answer->state == DONE && time_after(jiffies, answer->until));
}

static struct answer *find_room(u64 asker)
{
	unsigned int most = min_t(unsigned int, READ_ONCE(most_asked), NR_ANSWERS);
	unsigned int i, his = 0;
	struct answer *room = NULL;

	for (i = 0; i < most; i++) {
		if (is_over(&answers[i]))
			room = &answers[i];
		else
			his += answers[i].asker == asker;
	}
	if (his >= READ_ONCE(most_asked_each)) {
		bulkhead_count_add(BULKHEAD_COUNT_CROWDED);
		return NULL;
	}
	if (!room)
		bulkhead_count_add(BULKHEAD_COUNT_FULL);
	return room;
}

/* With no room it is asked again. */
static void ask(struct inode *inode, u64 asker)
{
	struct answer *answer = find_room(asker);
	struct dentry *dentry;

	if (!answer)
		return;
	dentry = d_find_any_alias(inode);
	if (!dentry)
		return;
	/* Whoever calls holds it active. */
	atomic_inc(&inode->i_sb->s_active);
	ihold(inode);
	answer->asker = asker;
	answer->inode = inode;
	answer->number = inode->i_ino;
	answer->generation = inode->i_generation;
	answer->dentry = dentry;
	answer->sb = inode->i_sb;
	answer->state = BUSY;
	queue_work(readers, &answer->work);
}

static int take(struct inode *inode, struct bh_context *context, u64 asker)
{
	struct answer *answer = find_answer(inode);

	if (answer && is_over(answer)) {
		answer->state = FREE;
		answer = NULL;
	}
	if (!answer)
		ask(inode, asker);
	if (!answer || answer->state == BUSY)
		return -EINPROGRESS;
	*context = answer->context;
	answer->state = FREE;
	return answer->found;
}

/* Of io_uring's threads nobody begins a call again. */
static bool can_begin_again(void)
{
	return !(current->flags & (PF_KTHREAD | PF_IO_WORKER));
}

int bulkhead_begin_again(void)
{
	if (!can_begin_again())
		return -EOPNOTSUPP;
	/* As if there were a signal: on the way out the kernel finds that there is none. */
	set_tsk_thread_flag(current, TIF_SIGPENDING);
	return -EINPROGRESS;
}

bulkhead_kfunc_start_defs();

__bpf_kfunc int bh_kfunc_label_await(struct inode *inode__ign, struct bh_context *context,
				     u64 container)
{
	int ret;

	if (!bulkhead_seal_has(_RET_IP_))
		return -EPERM;
	if (!can_begin_again())
		return -EOPNOTSUPP;
	spin_lock(&lock);
	ret = take(inode__ign, context, container);
	spin_unlock(&lock);
	return ret == -EINPROGRESS ? bulkhead_begin_again() : ret;
}

bulkhead_kfunc_end_defs();

int __init bulkhead_await_init(void)
{
	int i;

	for (i = 0; i < NR_ANSWERS; i++)
		INIT_WORK(&answers[i].work, read_answer);
	readers = alloc_workqueue("bulkhead-read", WQ_UNBOUND | WQ_HIGHPRI, 0);
	return readers ? 0 : -ENOMEM;
}

void bulkhead_await_exit(void)
{
	destroy_workqueue(readers);
}
