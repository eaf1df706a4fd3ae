// SPDX-License-Identifier: GPL-2.0
/*
 * The life of a container's cgroup.
 *
 * Tracepoints: cgroup_release (the cgroup is gone: so is the container, should the runtime
 * have died without its poststop hook; the loader is told what to take back),
 * cgroup_attach_task (counts the tasks that are moved out; they keep their label), cgroup_mkdir
 * (counts cgroups made below a container's; tasks in them are found through the ancestors).
 *
 * Tracepoints cannot refuse. What a container could do with cgroupfs is refused as file
 * access.
 */
#include "bulkhead.bpf.h"

SEC("tp_btf/cgroup_release")
int BPF_PROG(bh_cgroup_release, struct cgroup *cgroup, const char *path)
{
	struct bh_container *container;
	__u64 id = cgroup->kn->id;

	container = bpf_map_lookup_elem(&bh_containers, &id);
	if (!container)
		return 0;
	container->flags |= BH_CONTAINER_GONE;
	/* What does not fit the next collection of all garbage finds. */
	bpf_map_push_elem(&bh_released, &id, BPF_ANY);
	return 0;
}

SEC("tp_btf/cgroup_attach_task")
int BPF_PROG(bh_cgroup_attach_task, struct cgroup *to, const char *path, struct task_struct *task,
	     bool threadgroup)
{
	struct bh_container *container;
	struct bh_task *that;
	__u64 id;

	if (!task->bpf_storage)
		return 0;
	that = bpf_task_storage_get(&bh_tasks, task, NULL, 0);
	if (!that || !that->domain)
		return 0;
	id = that->container;
	container = bpf_map_lookup_elem(&bh_containers, &id);
	if (container && to->kn->id != id)
		__sync_fetch_and_add(&container->left, 1);
	return 0;
}

SEC("tp_btf/cgroup_mkdir")
int BPF_PROG(bh_cgroup_mkdir, struct cgroup *cgroup, const char *path)
{
	__u64 parent = cgroup->self.parent->cgroup->kn->id;

	if (bpf_map_lookup_elem(&bh_containers, &parent))
		bh_count(BH_COUNT_NESTED);
	return 0;
}
