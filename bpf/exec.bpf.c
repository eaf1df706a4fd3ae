// SPDX-License-Identifier: GPL-2.0
/*
 * Subjects: which task has which label.
 *
 * Hooks: bprm_creds_for_exec (a container's first process gets its label; a container's
 * task may execute, and changes its domain by type_transition), bprm_committed_creds (the
 * new label holds), task_alloc (a child has its parent's).
 *
 * A label is never removed. Not covered: descriptors that a process inherits over an
 * execve from the runtime; AT_SECURE over a transition.
 */
#include "bulkhead.bpf.h"

#define LSM_UNSAFE_PTRACE 2
#define LSM_UNSAFE_NO_NEW_PRIVS 4
#define MNT_NOSUID 0x01

#define OF_CONTAINER (BH_TASK_SHARED | BH_TASK_FILETRANS) /* in whichever domain */

/* A type id that no policy declares: what has it is refused everything. */
#define TYPE_LOST 0xffffffffU

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct bh_subject);
} bh_lost SEC(".maps");

/*
 * The container whose cgroup the running task is in, the innermost one if containers
 * are nested, and its key.
 */
static __noinline struct bh_container *find_container(__u64 *key)
{
	struct bh_container *container, *found = NULL;
	__u64 id;

	for (int level = 1; level <= BH_CGROUP_DEPTH; level++) {
		id = bpf_get_current_ancestor_cgroup_id(level);
		if (!id)
			break;
		container = bpf_map_lookup_elem(&bh_containers, &id);
		if (container) {
			found = container;
			*key = id;
		}
	}
	return found;
}

/*
 * There is storage, but the look-up gave nothing: another program's storage, or a look-up
 * that interrupted another one. Nobody can say that it is not a container's task, unless
 * its cgroup says so.
 */
struct bh_task *bh_lost_subject(void)
{
	struct bh_task *lost;
	__u32 zero = 0;
	__u64 key;

	if (!find_container(&key))
		return NULL;
	lost = bpf_map_lookup_elem(&bh_lost, &zero);
	if (lost)
		lost->domain = TYPE_LOST;
	return lost;
}

void bh_task_label(struct task_struct *task, struct bh_label *label)
{
	struct bh_task *that = NULL;

	if (task->bpf_storage)
		that = bpf_task_storage_get(&bh_tasks, task, NULL, 0);
	if (that && that->domain) {
		label->type = that->domain;
		label->catset = that->catset;
		return;
	}
	label->type = bh_settings.type_host;
	label->catset = BH_CATSET_EMPTY;
}

/*
 * A task of the host executes. In the cgroup and the mount namespace of a container it
 * is that container's first process, or one that its engine adds (podman exec). What is
 * executed does not matter. The label holds at once, and stays should the execve fail: it
 * can still be refused here, and no later step can miss.
 */
static __noinline int enter_container(struct task_struct *task)
{
	struct bh_container *container;
	struct bh_task entered = {};
	struct bh_task *self;
	__u64 key;

	container = find_container(&key);
	if (!container || task->nsproxy->mnt_ns->ns.inum != container->mntns)
		return 0;
	self = bpf_task_storage_get(&bh_tasks, task, NULL, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!self) {
		bh_count(BH_COUNT_NOMEM);
		return -ENOMEM;
	}
	entered.domain = container->domain;
	entered.catset = container->catset;
	entered.policy = container->policy;
	entered.flags = container->flags | BH_TASK_FIRST_DOMAIN;
	entered.container = key;
	bh_domain_entered(&entered);
	*self = entered;
	return 0;
}

/* In `strict` execve asks about the program once more, without a name (strict.bpf.c). */
static __always_inline int enter(struct linux_binprm *bprm, struct task_struct *task,
				 const bool by_path)
{
	struct bh_subject *self;

	if (enter_container(task))
		return -ENOMEM;
	if (!task->bpf_storage)
		return 0;
	self = bpf_task_storage_get(&bh_tasks, task, NULL, 0);
	if (!self || !self->task.domain)
		return 0;
	/* Opened by the host: nobody has asked about it yet. */
	if (by_path)
		bh_label_known_path(&bprm->file->f_path, &self->programs[0].label);
	else
		bh_label_known(bprm->file->f_path.dentry, &self->programs[0].label);
	self->programs[0].inode = (__u64)bprm->file->f_inode;
	return 0;
}

static int check_process(struct bh_task *self, __u32 domain, __u32 tclass, __u32 requested)
{
	struct bh_access access = {
		.target = { .type = domain, .catset = self->catset },
		.tclass = tclass,
		.requested = requested,
	};

	return bh_avc_check(self, &access, NULL);
}

/* A traced process may change its domain only if the tracer may trace what it becomes. */
static __noinline int check_tracer(struct task_struct *task, struct bh_task *self, __u32 domain)
{
	struct bh_task *tracer = bpf_task_storage_get(&bh_tasks, task->parent, NULL, 0);
	struct bh_access access = {
		.target = { .type = domain, .catset = self->catset },
		.tclass = BH_CLASS_PROCESS,
		.requested = BH_PROCESS__PTRACE,
	};

	if (!tracer)
		return task->parent->bpf_storage ? -EACCES : 0; /* unknown, or the host */
	return tracer->domain ? bh_avc_check(tracer, &access, NULL) : 0;
}

/* no_new_privs and nosuid: the domain stays unless the policy says that it may change. */
static __noinline bool may_change(struct linux_binprm *bprm, struct bh_task *self, __u32 domain)
{
	struct bh_access access = {
		.target = { .type = domain, .catset = self->catset },
		.tclass = BH_CLASS_PROCESS2,
	};

	if (bprm->unsafe & LSM_UNSAFE_NO_NEW_PRIVS)
		access.requested |= BH_PROCESS2__NNP_TRANSITION;
	if (bprm->file->f_path.mnt->mnt_flags & MNT_NOSUID)
		access.requested |= BH_PROCESS2__NOSUID_TRANSITION;
	return !access.requested || bh_avc_allows(self, &access);
}

static int check_entrypoint(struct bh_task *self, __u32 domain, struct bh_access *access,
			    struct dentry *dentry)
{
	struct bh_task entered = *self;

	entered.domain = domain;
	entered.flags = bh_avc_flags(&entered) | (self->flags & OF_CONTAINER);
	bh_domain_entered(&entered);
	access->requested = BH_FILE__ENTRYPOINT;
	return bh_avc_check(&entered, access, dentry);
}

static __always_inline int execute(struct linux_binprm *bprm, struct task_struct *task,
				   struct bh_task *self, const bool by_path)
{
	struct dentry *dentry = bprm->file->f_path.dentry;
	struct bh_access access = { .tclass = BH_CLASS_FILE };
	__u32 domain;

	bh_label_file(bprm->file, self->flags, &access.target, by_path);
	domain = bh_avc_transition(self, access.target.type, BH_CLASS_PROCESS);
	if (!domain || domain == self->domain || !may_change(bprm, self, domain)) {
		self->next_domain = BH_TYPE_NONE;
		access.requested = BH_FILE__EXECUTE | BH_FILE__EXECUTE_NO_TRANS;
		return bh_avc_check(self, &access, dentry);
	}
	self->next_domain = domain;
	access.requested = BH_FILE__EXECUTE;
	if (bh_avc_check(self, &access, dentry) ||
	    check_process(self, domain, BH_CLASS_PROCESS, BH_PROCESS__TRANSITION) ||
	    check_entrypoint(self, domain, &access, dentry))
		return -EACCES;
	if (bprm->unsafe & LSM_UNSAFE_PTRACE)
		return check_tracer(task, self, domain);
	return 0;
}

SEC("?lsm/bprm_creds_for_exec")
int BPF_PROG(bh_bprm_creds_for_exec__direct, struct linux_binprm *bprm, int ret)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct bh_task *self;

	if (ret)
		return ret;
	self = bh_current();
	if (!self)
		return enter(bprm, task, false) ? -ENOMEM : 0;
	return execute(bprm, task, self, false) ? -EACCES : 0;
}

SEC("?lsm/bprm_creds_for_exec")
int BPF_PROG(bh_bprm_creds_for_exec__path, struct linux_binprm *bprm, int ret)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct bh_task *self;

	if (ret)
		return ret;
	self = bh_current();
	if (!self)
		return enter(bprm, task, true) ? -ENOMEM : 0;
	return execute(bprm, task, self, true) ? -EACCES : 0;
}

SEC("lsm/bprm_committed_creds")
int BPF_PROG(bh_bprm_committed_creds, struct linux_binprm *bprm)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct bh_task *self;

	if (!task->bpf_storage)
		return 0;
	self = bpf_task_storage_get(&bh_tasks, task, NULL, 0);
	if (!self || !self->next_domain)
		return 0;
	self->domain = self->next_domain;
	((struct bh_subject *)self)->searched_type = BH_TYPE_NONE;
	self->flags = bh_avc_flags(self) | (self->flags & OF_CONTAINER);
	self->next_domain = BH_TYPE_NONE;
	return 0;
}

SEC("lsm/task_alloc")
int BPF_PROG(bh_task_alloc, struct task_struct *task, unsigned long clone_flags, int ret)
{
	struct bh_task *self, *child;

	if (ret)
		return ret;
	self = bh_current();
	if (!self)
		return 0;
	if (self->domain == TYPE_LOST)
		return -ENOMEM; /* there is no label to hand on */
	child = bpf_task_storage_get(&bh_tasks, task, NULL, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!child) {
		bh_count(BH_COUNT_NOMEM);
		return -ENOMEM;
	}
	child->domain = self->domain;
	child->catset = self->catset;
	child->policy = self->policy;
	child->flags = self->flags;
	child->container = self->container;
	return 0;
}
