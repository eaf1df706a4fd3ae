// SPDX-License-Identifier: GPL-2.0
/*
 * The verdict and its record.
 *
 * Decides (domain, type, class) -> permissions from the row that the loader computed
 * with libsepol, applies the categories, the host's mode and the domain's, and writes
 * the denial to the ring buffer and the audit log. Nothing else in bpf/ knows of modes or records.
 */
#include "bulkhead.bpf.h"

#include <bulkhead/av_table.h>

struct {
	__uint(type, BPF_MAP_TYPE_HASH_OF_MAPS);
	__uint(max_entries, BH_MAX_POLICIES);
	__type(key, __u32);
	__array(
		values, struct {
			__uint(type, BPF_MAP_TYPE_ARRAY);
			__uint(max_entries, 1);
			__uint(map_flags, BPF_F_INNER_MAP);
			__uint(key_size, sizeof(__u32));
			__uint(value_size, sizeof(struct bh_av_bucket));
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

#define AVC_BITS 8

/* What a row is looked up by, as two words. */
struct cached_key {
	__u64 subject; /* policy, domain */
	__u64 object; /* type, class */
};

/* A copy of a row. */
struct cached_row {
	__u32 version; /* see bh_copy_begin() */
	__u32 seqno; /* bh_settings.seqno when the row was looked up */
	struct cached_key key;
	struct bh_av_row row;
};

/* The access vector cache, direct-mapped. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1 << AVC_BITS);
	__type(key, __u32);
	__type(value, struct cached_row);
} bh_avc SEC(".maps");

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

/* Is @object a subset of @subject, which differs? What cannot be looked up is not. */
static __noinline bool catset_contains(__u32 subject, __u32 object)
{
	const struct bh_catset *mine = NULL, *theirs;

	if (object == BH_CATSET_EMPTY)
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

static bool cache_read(const struct cached_row *cached, const struct cached_key *key, __u32 seqno,
		       struct bh_av_row *row)
{
	__u32 version = READ_ONCE(cached->version);

	barrier();
	if (cached->key.object != key->object || cached->key.subject != key->subject ||
	    cached->seqno != seqno)
		return false;
	*row = cached->row;
	return bh_copy_held(&cached->version, version);
}

static void cache_fill(struct cached_row *cached, const struct cached_key *key, __u32 seqno,
		       const struct bh_av_row *row)
{
	__u32 version;

	if (!bh_copy_begin(&cached->version, &version))
		return;
	cached->key = *key;
	cached->seqno = seqno;
	cached->row = *row;
	bh_copy_end(&cached->version, version);
}

/* In one of two buckets. */
static __always_inline struct bh_av_row *find_vector(struct bpf_map *rows,
						     const struct bh_av_key *vector)
{
	struct bh_av_place place = bh_av_place(vector, rows->max_entries);
	struct bh_av_bucket *bucket = bpf_map_lookup_elem(rows, &place.bucket[0]);
	struct bh_av_row *row = bucket ? bh_av_find(bucket, vector) : NULL;

	if (row)
		return row;
	bucket = bpf_map_lookup_elem(rows, &place.bucket[1]);
	return bucket ? bh_av_find(bucket, vector) : NULL;
}

/* Only what was found is kept. */
static __noinline bool read_row(const struct cached_key *key, struct cached_row *cached,
				__u32 seqno, struct bh_av_row *row)
{
	struct bh_av_key vector = {
		.source = key->subject,
		.target = key->object >> 32,
		.tclass = key->object,
	};
	__u32 policy = key->subject >> 32;
	struct bpf_map *rows = bpf_map_lookup_elem(&bh_policies, &policy);
	struct bh_av_row *found;

	if (!rows) {
		bh_count(BH_COUNT_NOPOLICY);
		return false;
	}
	found = find_vector(rows, &vector);
	if (!found)
		return false;
	*row = *found;
	if (cached)
		cache_fill(cached, key, seqno, row);
	return true;
}

/* Source: avc_has_perm_noaudit(), hash_32(). */
static __always_inline bool find_row(const struct bh_task *self, __u32 target, __u32 tclass,
				     struct bh_av_row *row)
{
	__u32 slot = (target + (tclass << 12) + (self->domain << 18) + (self->policy << 24)) *
			     0x61c88647U >>
		     (32 - AVC_BITS);
	struct cached_row *cached = bpf_map_lookup_elem(&bh_avc, &slot);
	struct cached_key key = {
		.subject = (__u64)self->policy << 32 | self->domain,
		.object = (__u64)target << 32 | tclass,
	};
	struct bh_av_row slow;
	/* Read before the rows: what is copied from old ones has an old number. */
	__u32 seqno = READ_ONCE(bh_settings.seqno);

	if (cached && cache_read(cached, &key, seqno, row))
		return true;
	if (!read_row(&key, cached, seqno, &slow))
		return false;
	*row = slow;
	return true;
}

static __u32 row_denies(const struct bh_av_row *row, const struct bh_task *self,
			const struct bh_access *access)
{
	if (!(access->requested & ~row->allowed_apart))
		return 0; /* allowed whatever the categories */
	if (access->target.catset != self->catset &&
	    !catset_contains(self->catset, access->target.catset))
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

/* @denied has been found missing: apply the mode, and record, if any of it is @audited. */
static __noinline int deny(struct bh_task *self, struct bh_access *access, __u32 denied,
			   __u32 audited)
{
	bool permissive = self->flags & BH_TASK_PERMISSIVE;

	if (bh_settings.mode == BH_MODE_AUTO && selinux_enforces())
		return 0; /* SELinux decides: standing by */
	if (bh_settings.mode == BH_MODE_PERMISSIVE)
		permissive = true;

	if (!access->quiet) {
		bh_count(permissive ? BH_COUNT_PERMITTED : BH_COUNT_DENIED);
		count_denial(self);
		if (audited)
			write_record(self, access, denied, permissive);
	}
	return permissive ? 0 : -EACCES;
}

/* The verifier cannot know that no caller passes NULL: such a one would be refused. */
int bh_avc_decide(struct bh_task *self, struct bh_access *access)
{
	struct bh_av_row row;
	__u32 denied;

	if (!self || !access)
		return -EACCES;
	if (!find_row(self, access->target.type, access->tclass, &row))
		return deny(self, access, access->requested, access->requested);
	denied = row_denies(&row, self, access);
	if (!denied)
		return 0;
	return deny(self, access, denied, denied & ~row.dontaudit);
}

int bh_avc_allows(struct bh_task *self, struct bh_access *access)
{
	struct bh_av_row row;

	if (!self || !access || !find_row(self, access->target.type, access->tclass, &row))
		return 0;
	return !row_denies(&row, self, access);
}

int bh_avc_enforces(struct bh_task *self)
{
	if (!self)
		return 1;
	if (self->flags & BH_TASK_PERMISSIVE || bh_settings.mode == BH_MODE_PERMISSIVE)
		return 0;
	return bh_settings.mode != BH_MODE_AUTO || !selinux_enforces();
}

__u32 bh_avc_transition(struct bh_task *self, __u32 target, __u32 tclass)
{
	struct bh_av_row row;

	if (!self || !find_row(self, target, tclass, &row))
		return 0;
	return row.transition;
}

__u32 bh_avc_flags(struct bh_task *self)
{
	struct bh_av_row row;

	if (!self || !find_row(self, BH_TYPE_NONE, 0, &row))
		return 0;
	return row.allowed;
}
