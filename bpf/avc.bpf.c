// SPDX-License-Identifier: GPL-2.0
/*
 * The verdict and its record.
 *
 * Decides (domain, type, class) -> permissions from the row that the loader computed
 * with libsepol, applies the categories, the host's mode and the domain's, and writes
 * the denial to the ring buffer and the audit log. Nothing else in bpf/ knows of modes or records.
 */
#include "bulkhead.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_HASH_OF_MAPS);
	__uint(max_entries, BH_MAX_POLICIES);
	__type(key, __u32);
	__array(
		values, struct {
			__uint(type, BPF_MAP_TYPE_HASH);
			__uint(max_entries, 1);
			__uint(map_flags, BPF_F_NO_PREALLOC);
			__uint(key_size, sizeof(struct bh_av_key));
			__uint(value_size, sizeof(struct bh_av_row));
		});
} bh_policies SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, BH_MAX_POLICIES);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u32);
	__type(value, struct bh_catset);
} bh_catsets SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 20);
} bh_events SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, BH_COUNT_MAX);
	__type(key, __u32);
	__type(value, __u64);
} bh_counters SEC(".maps");

/* SELinux's own state, wherever its members are on this kernel. */
struct selinux_state___bh {
	bool enforcing;
	bool initialized;
} __attribute__((preserve_access_index));

extern const void selinux_state __ksym __weak;

void bh_count(__u32 which)
{
	__u64 *counter = bpf_map_lookup_elem(&bh_counters, &which);

	if (counter)
		(*counter)++;
}

/* Does SELinux decide on this host, at this moment? */
static __noinline bool selinux_enforces(void)
{
	struct selinux_state___bh *state;
	bool enforcing = false, initialized = false;

	if (!&selinux_state || !bpf_core_field_exists(struct selinux_state___bh, enforcing) ||
	    !bpf_core_field_exists(struct selinux_state___bh, initialized))
		return false;
	state = (void *)&selinux_state;
	bpf_core_read(&enforcing, sizeof(enforcing), &state->enforcing);
	bpf_core_read(&initialized, sizeof(initialized), &state->initialized);
	return enforcing && initialized;
}

static bool catset_has(const struct bh_catset *wide, __u32 set, __u32 category)
{
	if (wide)
		return wide->bits[(category / 64) & (BH_NR_CATEGORIES / 64 - 1)] >>
			       (category % 64) &
		       1;
	return BH_CATSET_LOW(set) == category || BH_CATSET_HIGH(set) == category;
}

struct bh_catset *bh_catset_wide(__u32 set)
{
	__u32 index = set & ~BH_CATSET_WIDE;

	return bpf_map_lookup_elem(&bh_catsets, &index);
}

/* Is @object a subset of @subject? What cannot be looked up is not. */
static __noinline bool catset_contains(__u32 subject, __u32 object)
{
	const struct bh_catset *mine = NULL, *theirs;

	if (object == BH_CATSET_EMPTY || object == subject)
		return true;
	if (subject == BH_CATSET_EMPTY)
		return false;
	if (subject & BH_CATSET_WIDE) {
		mine = bh_catset_wide(subject);
		if (!mine)
			return false;
	}
	if (object & BH_CATSET_PAIR)
		return catset_has(mine, subject, BH_CATSET_LOW(object)) &&
		       catset_has(mine, subject, BH_CATSET_HIGH(object));
	if (!mine)
		return false; /* a wide set has more than two categories */
	theirs = bh_catset_wide(object);
	if (!theirs)
		return false;
	for (__u32 i = 0; i < BH_NR_CATEGORIES / 64; i++)
		if (theirs->bits[i] & ~mine->bits[i])
			return false;
	return true;
}

static struct bh_av_row *find_row(struct bh_task *self, __u32 target, __u32 tclass)
{
	struct bh_av_key key = { self->domain, target, tclass };
	__u32 policy = self->policy;
	void *rows = bpf_map_lookup_elem(&bh_policies, &policy);

	if (!rows) {
		bh_count(BH_COUNT_NOPOLICY);
		return NULL;
	}
	return bpf_map_lookup_elem(rows, &key);
}

static __u32 row_denies(const struct bh_av_row *row, struct bh_task *self,
			const struct bh_access *access)
{
	if (!row)
		return access->requested;
	if (!(access->requested & ~row->allowed_apart))
		return 0; /* allowed whatever the categories */
	if (!catset_contains(self->catset, access->target.catset))
		return access->requested & ~row->allowed_apart;
	return access->requested & ~row->allowed;
}

static __noinline void write_record(struct bh_task *self, struct bh_access *access, __u32 denied,
				    bool permissive)
{
	struct dentry *dentry = (struct dentry *)access->dentry;
	struct bh_event *event;
	__u64 pid_tgid = bpf_get_current_pid_tgid();

	event = bpf_ringbuf_reserve(&bh_events, sizeof(*event), 0);
	if (!event) {
		bh_count(BH_COUNT_LOST);
		return;
	}
	__builtin_memset(event, 0, sizeof(*event));
	event->version = BH_ABI_VERSION;
	event->tclass = access->tclass;
	event->time_ns = bpf_ktime_get_boot_ns();
	event->pid = pid_tgid;
	event->tgid = pid_tgid >> 32;
	event->source.type = self->domain;
	event->source.catset = self->catset;
	event->target = access->target;
	event->denied = denied;
	event->permissive = permissive;
	event->container = self->container;
	event->number = access->number;
	event->detail = access->detail;
	bpf_get_current_comm(event->comm, sizeof(event->comm));
	if (dentry) {
		const unsigned char *name = BPF_CORE_READ(dentry, d_name.name);
		const char *fsname = BPF_CORE_READ(dentry, d_sb, s_type, name);

		event->detail = BH_DETAIL_FILE;
		event->ino = BPF_CORE_READ(dentry, d_inode, i_ino);
		bpf_probe_read_kernel_str(event->name, sizeof(event->name), name);
		bpf_probe_read_kernel_str(event->fsname, sizeof(event->fsname), fsname);
	}
	bh_audit(event);
	bpf_ringbuf_submit(event, 0);
}

static void count_denial(struct bh_task *self)
{
	__u64 id = self->container;
	struct bh_container *container = bpf_map_lookup_elem(&bh_containers, &id);

	if (container)
		__sync_fetch_and_add(&container->denials, 1);
}

/* @denied has been found missing: apply the mode, and record. */
static __noinline int deny(struct bh_task *self, struct bh_access *access,
			   const struct bh_av_row *row, __u32 denied)
{
	struct bh_settings *settings = bh_setting();
	bool permissive = self->flags & BH_TASK_PERMISSIVE;

	if (settings && settings->mode == BH_MODE_AUTO && selinux_enforces())
		return 0; /* SELinux decides: standing by */
	if (settings && settings->mode == BH_MODE_PERMISSIVE)
		permissive = true;

	if (!access->quiet) {
		bh_count(permissive ? BH_COUNT_PERMITTED : BH_COUNT_DENIED);
		count_denial(self);
		if (!row || denied & ~row->dontaudit)
			write_record(self, access, denied, permissive);
	}
	return permissive ? 0 : -EACCES;
}

/* The verifier cannot know that no caller passes NULL: such a one would be refused. */
int bh_avc_decide(struct bh_task *self, struct bh_access *access)
{
	const struct bh_av_row *row;
	__u32 denied;

	if (!self || !access)
		return -EACCES;
	row = find_row(self, access->target.type, access->tclass);
	denied = row_denies(row, self, access);
	if (!denied)
		return 0;
	return deny(self, access, row, denied);
}

int bh_avc_allows(struct bh_task *self, struct bh_access *access)
{
	if (!self || !access)
		return 0;
	return !row_denies(find_row(self, access->target.type, access->tclass), self, access);
}

__u32 bh_avc_transition(struct bh_task *self, __u32 target, __u32 tclass)
{
	const struct bh_av_row *row;

	if (!self)
		return 0;
	row = find_row(self, target, tclass);
	return row ? row->transition : 0;
}

__u32 bh_avc_flags(struct bh_task *self)
{
	const struct bh_av_row *row;

	if (!self)
		return 0;
	row = find_row(self, BH_TYPE_NONE, 0);
	return row ? row->allowed : 0;
}
