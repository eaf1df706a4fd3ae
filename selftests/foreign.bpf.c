// SPDX-License-Identifier: GPL-2.0
/* A BPF program that is not Bulkhead's, and calls bulkhead.ko all the same. */
#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include <bulkhead/kfunc.h>

char LICENSE[] SEC("license") = "GPL";

/* Whose opens it looks at; the program that loaded it writes it. */
__u32 caller = 0;

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct bh_event);
} event_map SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct bh_type);
} type_map SEC(".maps");

int audit_said = 1;
int lock_said = 1;
int keep_said = 1;
int read_said = 1;

static struct bh_catset no_set;

SEC("lsm/file_open")
int BPF_PROG(foreign_open, struct file *file, int ret)
{
	struct bh_event *event;
	struct bh_type *type;
	__u32 zero = 0;

	if (bpf_get_current_pid_tgid() >> 32 != caller)
		return ret;
	event = bpf_map_lookup_elem(&event_map, &zero);
	type = bpf_map_lookup_elem(&type_map, &zero);
	if (!event || !type)
		return ret;
	audit_said = bh_kfunc_avc_audit(event, type, type, &no_set, &no_set);
	lock_said = bh_kfunc_lock_held();
	keep_said = bh_kfunc_label_keep_file(file, type, 0, 0);
	return ret;
}

SEC("lsm.s/file_open")
int BPF_PROG(foreign_read, struct file *file, int ret)
{
	struct bh_context context = {};

	/* Else clang leaves the kernel's struct out, which then is another one. */
	if (!bpf_core_type_exists(struct inode))
		return ret;
	if (bpf_get_current_pid_tgid() >> 32 == caller)
		read_said = bh_kfunc_label_read(file->f_inode, &context);
	return ret;
}
