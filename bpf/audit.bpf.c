// SPDX-License-Identifier: GPL-2.0
/*
 * What bulkhead.ko does for the other files: a denial reaches the kernel's audit log, and with
 * the lock held no module is removed.
 *
 * Without the module nothing of this is called: the verifier finds bh_module false, and leaves
 * out what it can then not reach.
 */
#include "bulkhead.bpf.h"

#include <bulkhead/kfunc.h>

#define TIF_X32_BIT 0x40000000 /* of a system call's number */
#define NR_DELETE_MODULE 176 /* arch/x86/entry/syscalls/syscall_64.tbl */
#define NR_DELETE_MODULE_32 129 /* syscall_32.tbl */

/* Set before the programs are loaded: is the module there? */
const volatile bool bh_module = false;

/* Stands for a set that is not a wide one; the module does not look at it. */
static struct bh_catset no_set;

static struct bh_catset *wide_set(__u32 catset)
{
	struct bh_catset *set = NULL;

	if (catset & BH_CATSET_WIDE)
		set = bh_catset_wide(catset);
	return set ? set : &no_set;
}

void bh_audit(struct bh_event *event)
{
	__u32 source_id = event->source.type, target_id = event->target.type;
	struct bh_catset *source_set, *target_set;
	struct bh_type *source, *target;

	if (!bh_module)
		return;
	source = bpf_map_lookup_elem(&bh_types, &source_id);
	target = bpf_map_lookup_elem(&bh_types, &target_id);
	if (!source || !target) {
		bh_count(BH_COUNT_UNAUDITED); /* its policy is gone: there is no name to write */
		return;
	}
	source_set = wide_set(event->source.catset);
	target_set = wide_set(event->target.catset);
	if (bh_kfunc_avc_audit(event, source, target, source_set, target_set))
		bh_count(BH_COUNT_UNAUDITED);
}

/*
 * delete_module(2) asks for CAP_SYS_MODULE, and with O_TRUNC (`rmmod -f`) removes a module that
 * is in use. Which one cannot be told here: none is removed.
 */
bool bh_lock_refuses(void)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct pt_regs *regs;
	unsigned long number;

	if (!bh_module || bh_kfunc_lock_held() != 1)
		return false;
	regs = (struct pt_regs *)bpf_task_pt_regs(task);
	number = regs->orig_ax & ~TIF_X32_BIT;
	return number == NR_DELETE_MODULE || number == NR_DELETE_MODULE_32;
}
