// SPDX-License-Identifier: GPL-2.0
/*
 * Transitions by file name: the policy's table, a line for each source. libsepol answers no
 * question about them, it keeps them only.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <bulkhead/classmap.h>

#include "policy_flatten.h"

struct collector {
	const struct bh_build *build;
	struct bh_policy_private *private;
	struct bh_error *error;
};

/* Nothing of a module's leads out of it; a grant may. */
static bool is_kept(const struct collector *collector, uint32_t source, uint32_t type)
{
	const struct bh_policy_type *types = collector->private->policy.types;

	return source && type && types[source].domain &&
	       (!collector->build->masked || collector->build->nr_grants || types[type].module);
}

static int add(struct collector *collector, const struct bh_policy_filetrans *filetrans)
{
	struct bh_policy *policy = &collector->private->policy;
	struct bh_policy_filetrans *grown;

	/* Whoever copies BASE's rows would need these, too. */
	if (!collector->build->module)
		return bh_fail(collector->error, -EIO,
			       "base policy: a transition by the file name \"%s\"; only modules "
			       "have these",
			       filetrans->name);
	if (policy->nr_filetrans == BH_FILETRANS_MAX)
		return bh_fail(collector->error, -E2BIG,
			       "policy: more than %d transitions by file name", BH_FILETRANS_MAX);
	grown = reallocarray(policy->filetrans, policy->nr_filetrans + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	policy->filetrans = grown;
	policy->filetrans[policy->nr_filetrans++] = *filetrans;
	return 0;
}

/* One name in one directory's type: several sources may have the same result. */
static int add_key(hashtab_key_t key, hashtab_datum_t data, void *argument)
{
	const filename_trans_key_t *of = (const void *)key;
	const filename_trans_datum_t *datum = data;
	struct collector *collector = argument;
	const uint32_t *by_value = collector->private->by_value;
	struct bh_policy_filetrans filetrans = { .target = by_value[of->ttype],
						 .tclass = of->tclass };
	ebitmap_node_t *node;
	unsigned int bit;
	int ret = 0;

	/* The validator has said so, with the line. */
	if (strlen(of->name) >= sizeof(filetrans.name) || of->tclass == BH_CLASS_PROCESS)
		return -EINVAL;
	strcpy(filetrans.name, of->name);
	for (; datum && !ret; datum = datum->next) {
		filetrans.type = by_value[datum->otype];
		ebitmap_for_each_positive_bit(&datum->stypes, node, bit)
		{
			filetrans.source = by_value[bit + 1];
			if (!ret && is_kept(collector, filetrans.source, filetrans.type))
				ret = add(collector, &filetrans);
		}
	}
	return ret;
}

/* The same policy is always the same bytes. */
static int compare(const void *left, const void *right)
{
	const struct bh_policy_filetrans *a = left;
	const struct bh_policy_filetrans *b = right;

	if (a->source != b->source)
		return a->source < b->source ? -1 : 1;
	if (a->target != b->target)
		return a->target < b->target ? -1 : 1;
	if (a->tclass != b->tclass)
		return a->tclass < b->tclass ? -1 : 1;
	return strcmp(a->name, b->name);
}

int bh_flatten_filetrans(const struct bh_build *build, struct bh_policy_private *private,
			 struct bh_error *error)
{
	struct collector collector = { .build = build, .private = private, .error = error };
	struct bh_policy *policy = &private->policy;
	int ret = hashtab_map(build->policydb->p.filename_trans, add_key, &collector);

	if (!ret && policy->nr_filetrans)
		qsort(policy->filetrans, policy->nr_filetrans, sizeof(*policy->filetrans), compare);
	return ret;
}
