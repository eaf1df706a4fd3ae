// SPDX-License-Identifier: GPL-2.0
/* Denials in the kernel's audit log, as SELinux writes its own. Nothing is decided here. */

#include <linux/audit.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include <bulkhead/kfunc.h>

#include "bulkhead.h"
#include "kfunc.h"

#define BH_AVC_OUT struct audit_buffer
#define BH_AVC_ADD audit_log_format
#include <bulkhead/avc_text.h>

static bool set_has(const struct bh_catset *set, unsigned int category)
{
	return category < BH_NR_CATEGORIES && set->bits[category / 64] >> (category % 64) & 1;
}

/* As mls_sid_to_context() does: `c1`, `c1,c2`, and from three in a row on `c1.c3`. */
static void add_wide(struct audit_buffer *ab, const struct bh_catset *set)
{
	char before = ':';
	unsigned int i, last;

	for (i = 0; i < BH_NR_CATEGORIES; i = last + 1) {
		last = i;
		if (!set_has(set, i))
			continue;
		while (set_has(set, last + 1))
			last++;
		audit_log_format(ab, "%cc%u", before, i);
		if (last > i)
			audit_log_format(ab, "%cc%u", last > i + 1 ? '.' : ',', last);
		before = ',';
	}
}

static void add_context(struct audit_buffer *ab, const char *key, const char *role,
			const struct bh_type *type, u32 catset, const struct bh_catset *wide)
{
	audit_log_format(ab, " %s=system_u:%s:%.*s:s0", key, role, (int)sizeof(type->name) - 1,
			 type->name);
	if (catset & BH_CATSET_WIDE)
		add_wide(ab, wide);
	else if (catset & BH_CATSET_PAIR)
		audit_log_format(ab, ":c%u", BH_CATSET_LOW(catset));
	if (catset & BH_CATSET_PAIR && BH_CATSET_LOW(catset) != BH_CATSET_HIGH(catset))
		audit_log_format(ab, ",c%u", BH_CATSET_HIGH(catset));
}

bulkhead_kfunc_start_defs();

__bpf_kfunc int bh_kfunc_avc_audit(const struct bh_event *event, const struct bh_type *source,
				   const struct bh_type *target, const struct bh_catset *source_set,
				   const struct bh_catset *target_set)
{
	struct audit_buffer *ab;

	if (!bulkhead_seal_has(_RET_IP_))
		return -EPERM;
	ab = audit_log_start(audit_context(), GFP_ATOMIC | __GFP_NOWARN, AUDIT_AVC);
	if (!ab) {
		bulkhead_count_add(BULKHEAD_COUNT_UNTAKEN);
		return -ENOENT;
	}
	avc_add_head(ab, event);
	add_context(ab, "scontext", "system_r", source, event->source.catset, source_set);
	add_context(ab, "tcontext", avc_target_role(event), target, event->target.catset,
		    target_set);
	avc_add_tail(ab, event);
	audit_log_end(ab);
	bulkhead_count_add(BULKHEAD_COUNT_RECORDS);
	return 0;
}

bulkhead_kfunc_end_defs();
