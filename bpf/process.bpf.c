// SPDX-License-Identifier: GPL-2.0
/*
 * What one process does to another, and capabilities.
 *
 * Hooks: ptrace_access_check and ptrace_traceme (ptrace; reading /proc/PID is file read of
 * the process), task_kill (sigchld, sigkill, sigstop, signull, signal), capable
 * (capability, capability2 in the initial user namespace, cap_userns and cap2_userns in
 * others).
 *
 * Not covered: scheduling, limits and session of other processes.
 */
#include "bulkhead.bpf.h"

#define PTRACE_MODE_READ 0x01
#define SIGKILL 9
#define SIGCHLD 17
#define SIGSTOP 19
#define CAP_SYS_MODULE 16
#define CAP_OPT_NOAUDIT (1 << 1)

SEC("lsm/ptrace_access_check")
int BPF_PROG(bh_ptrace_access_check, struct task_struct *child, unsigned int mode, int ret)
{
	struct bh_access access = { .detail = BH_DETAIL_TASK };
	struct bh_task *self;

	if (ret)
		return ret;
	self = bh_current();
	if (!self)
		return 0;
	bh_task_label(child, &access.target);
	access.number = child->pid;
	if (mode & PTRACE_MODE_READ) {
		access.tclass = BH_CLASS_FILE;
		access.requested = BH_FILE__READ;
	} else {
		access.tclass = BH_CLASS_PROCESS;
		access.requested = BH_PROCESS__PTRACE;
	}
	return bh_avc_check(self, &access, NULL) ? -EACCES : 0;
}

/* The running task asks to be traced: the subject is its parent. */
SEC("lsm/ptrace_traceme")
int BPF_PROG(bh_ptrace_traceme, struct task_struct *parent, int ret)
{
	struct bh_access access = {
		.tclass = BH_CLASS_PROCESS,
		.requested = BH_PROCESS__PTRACE,
		.detail = BH_DETAIL_TASK,
	};
	struct task_struct *task = bpf_get_current_task_btf();
	struct bh_task *tracer;

	if (ret)
		return ret;
	if (!parent->bpf_storage)
		return 0;
	tracer = bpf_task_storage_get(&bh_tasks, parent, NULL, 0);
	if (!tracer)
		tracer = bh_current(); /* the parent's is out of reach: no more than the child */
	if (!tracer || !tracer->domain)
		return 0;
	bh_task_label(task, &access.target);
	access.number = task->pid;
	return bh_avc_check(tracer, &access, NULL) ? -EACCES : 0;
}

/* Source: selinux_task_kill(). */
static __u32 signal_permission(int signal)
{
	switch (signal) {
	case 0:
		return BH_PROCESS__SIGNULL;
	case SIGCHLD:
		return BH_PROCESS__SIGCHLD;
	case SIGKILL:
		return BH_PROCESS__SIGKILL;
	case SIGSTOP:
		return BH_PROCESS__SIGSTOP;
	default:
		return BH_PROCESS__SIGNAL;
	}
}

#define SIGNALS                                                                                  \
	(BH_PROCESS__SIGCHLD | BH_PROCESS__SIGKILL | BH_PROCESS__SIGSTOP | BH_PROCESS__SIGNULL | \
	 BH_PROCESS__SIGNAL)

void bh_domain_entered(struct bh_task *self)
{
	struct bh_access access = {
		.target = { .type = self->domain, .catset = self->catset },
		.tclass = BH_CLASS_PROCESS,
		.requested = SIGNALS,
	};

	if (!bh_avc_allows(self, &access))
		bh_signals_asked = 1;
}

/* A process that has but one thread is the cheapest to know. */
static __always_inline bool is_granted(struct task_struct *task, struct task_struct *target)
{
	return (task == target || task->tgid == target->tgid) && !READ_ONCE(bh_signals_asked);
}

/* Apart: what the program itself needs of registers and stack is saved for the host, too. */
static __noinline int judge_signal(struct task_struct *task, struct task_struct *target, int signal)
{
	struct bh_access access;
	struct bh_task *self = bh_subject(task);

	if (!self)
		return 0;
	access = (struct bh_access){
		.tclass = BH_CLASS_PROCESS,
		.requested = signal_permission(signal),
		.detail = BH_DETAIL_SIGNAL,
		.number = signal,
	};
	if (target->tgid == task->tgid) {
		access.target.type = self->domain; /* a process has one label */
		access.target.catset = self->catset;
	} else {
		bh_task_label(target, &access.target);
	}
	return bh_avc_check(self, &access, NULL) ? -EACCES : 0;
}

SEC("lsm/task_kill")
int BPF_PROG(bh_task_kill, struct task_struct *target, struct kernel_siginfo *info, int signal,
	     const struct cred *cred, int ret)
{
	struct task_struct *task;

	if (ret)
		return ret;
	task = bpf_get_current_task_btf();
	if (!task->bpf_storage || is_granted(task, target))
		return 0;
	return judge_signal(task, target, signal);
}

/* Source: cred_has_capability(). */
static __u32 capability_class(int capability, bool initial)
{
	if (capability < 32)
		return initial ? BH_CLASS_CAPABILITY : BH_CLASS_CAP_USERNS;
	return initial ? BH_CLASS_CAPABILITY2 : BH_CLASS_CAP2_USERNS;
}

SEC("lsm/capable")
int BPF_PROG(bh_capable, const struct cred *cred, struct user_namespace *ns, int capability,
	     unsigned int opts, int ret)
{
	struct bh_access access;
	struct bh_task *self;

	if (ret)
		return ret;
	if (capability == CAP_SYS_MODULE && bh_lock_refuses())
		return -EPERM; /* whoever it is */
	self = bh_current();
	if (!self)
		return 0;
	if (cred != bpf_get_current_task_btf()->real_cred && bh_cred_is_mounters(cred))
		return 0; /* overlayfs on a layer: the mounter's capability */
	access = (struct bh_access){
		.target = { .type = self->domain, .catset = self->catset },
		.tclass = capability_class(capability, ns->level == 0),
		.requested = 1U << (capability & 31),
		.detail = BH_DETAIL_CAPABILITY,
		.number = capability,
		.quiet = opts & CAP_OPT_NOAUDIT,
	};
	return bh_avc_check(self, &access, NULL) ? -EPERM : 0;
}
