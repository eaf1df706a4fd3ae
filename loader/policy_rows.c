// SPDX-License-Identifier: GPL-2.0
/*
 * The rows of the table: for each (domain, type, class) that any rule names, libsepol's
 * verdict. Rules with attributes are expanded only to find which to ask about.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bulkhead/classmap.h>

#include "policy_classes.h"
#include "policy_flatten.h"

/* Candidates, of which several rules may name the same one. */
#define CANDIDATES_MAX (8 * BH_ROWS_MAX)

/* Levels to ask with: an object whose categories the process has, and one with others. */
#define LEVEL_OWN "s0:c0,c1"
#define LEVEL_APART "s0:c2,c3"

/* The numbers by which an oracle knows a type; 0: not asked for yet. */
struct sids {
	uint32_t own;
	uint32_t apart;
};

/* A verdict at both levels. */
struct answer {
	bool known;
	uint32_t allowed;
	uint32_t allowed_apart;
	uint32_t dontaudit;
};

struct flattener {
	struct bh_build *build;
	struct bh_policy_private *private;
	struct bh_policy_row *row;
	size_t nr_row;
	size_t max_row;
	struct sids *sids; /* of build->oracle, by type number */
	struct sids *own_sids; /* of build->own */
	struct answer **bounds; /* what container_t has, by type number and class */
	struct bh_error *error;
};

static bool is_own(const struct flattener *flattener, uint32_t type)
{
	return flattener->private->policy.types[type].module;
}

static bool is_domain(const struct flattener *flattener, uint32_t type)
{
	return flattener->private->policy.types[type].domain;
}

static int grow_rows(struct flattener *flattener)
{
	size_t max = flattener->max_row ? 2 * flattener->max_row : 1024;
	struct bh_policy_row *grown;

	if (max > CANDIDATES_MAX)
		return bh_fail(flattener->error, -E2BIG,
			       "policy: more than %d rules after attributes are expanded",
			       CANDIDATES_MAX);
	grown = reallocarray(flattener->row, max, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	flattener->row = grown;
	flattener->max_row = max;
	return 0;
}

static int add_candidate(struct flattener *flattener, uint32_t source, uint32_t target,
			 uint32_t tclass, uint32_t transition, uint32_t named)
{
	struct bh_policy_row *row;
	int ret;

	/* With a module, the rest is in BASE's own table. */
	if (flattener->build->module && !flattener->build->whole && !is_own(flattener, source) &&
	    !is_own(flattener, target))
		return 0;
	if (flattener->nr_row == flattener->max_row) {
		ret = grow_rows(flattener);
		if (ret)
			return ret;
	}
	row = &flattener->row[flattener->nr_row++];
	memset(row, 0, sizeof(*row));
	row->source = source;
	row->target = target;
	row->tclass = tclass;
	row->row.transition = transition;
	row->named = named;
	return 0;
}

static int add_targets(struct flattener *flattener, uint32_t source, const avtab_key_t *key,
		       uint32_t transition)
{
	struct policydb *db = &flattener->build->policydb->p;
	ebitmap_node_t *node;
	unsigned int bit;
	int ret;

	ebitmap_for_each_positive_bit(&db->attr_type_map[key->target_type - 1], node, bit)
	{
		uint32_t target = flattener->private->by_value[bit + 1];

		if (!target)
			continue;
		ret = add_candidate(flattener, source, target, key->target_class, transition, 0);
		if (ret)
			return ret;
	}
	return 0;
}

static bool is_filetrans(const avtab_key_t *key)
{
	static const uint16_t classes[] = { BH_CLASS_FILE,     BH_CLASS_DIR,
					    BH_CLASS_LNK_FILE, BH_CLASS_CHR_FILE,
					    BH_CLASS_BLK_FILE, BH_CLASS_SOCK_FILE,
					    BH_CLASS_FIFO_FILE };

	if (!(key->specified & AVTAB_TRANSITION))
		return false;
	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
		if (key->target_class == classes[i])
			return true;
	return false;
}

static int add_rule(avtab_key_t *key, avtab_datum_t *datum, void *argument)
{
	struct flattener *flattener = argument;
	struct policydb *db = &flattener->build->policydb->p;
	uint32_t transition = 0;
	ebitmap_node_t *node;
	unsigned int bit;
	int ret;

	if (is_filetrans(key))
		flattener->private->policy.filetrans_any = true;
	if (key->specified & AVTAB_TRANSITION)
		transition = flattener->private->by_value[datum->data];
	else if (!(key->specified & (AVTAB_ALLOWED | AVTAB_AUDITDENY)))
		return 0;

	ebitmap_for_each_positive_bit(&db->attr_type_map[key->source_type - 1], node, bit)
	{
		uint32_t source = flattener->private->by_value[bit + 1];

		if (!source || !is_domain(flattener, source))
			continue;
		ret = add_targets(flattener, source, key, transition);
		if (ret)
			return ret;
	}
	return 0;
}

/* What is decided by file name must have a row that says so. */
static int add_named(struct flattener *flattener)
{
	const struct bh_policy *policy = &flattener->private->policy;
	int ret = 0;

	if (policy->nr_filetrans)
		flattener->private->policy.filetrans_any = true;
	for (size_t i = 0; i < policy->nr_filetrans && !ret; i++)
		ret = add_candidate(flattener, policy->filetrans[i].source,
				    policy->filetrans[i].target, policy->filetrans[i].tclass, 0, 1);
	return ret;
}

/* A conditional rule that holds; one that does not may before its containers end. */
static int add_conditional(avtab_key_t *key, avtab_datum_t *datum, void *argument)
{
	struct flattener *flattener = argument;

	if (is_filetrans(key))
		flattener->private->policy.filetrans_any = true;
	return key->specified & AVTAB_ENABLED ? add_rule(key, datum, argument) : 0;
}

static int compare_rows(const void *left, const void *right)
{
	const struct bh_policy_row *a = left;
	const struct bh_policy_row *b = right;

	if (a->source != b->source)
		return a->source < b->source ? -1 : 1;
	if (a->target != b->target)
		return a->target < b->target ? -1 : 1;
	if (a->tclass != b->tclass)
		return a->tclass < b->tclass ? -1 : 1;
	return 0;
}

static void merge_candidates(struct flattener *flattener)
{
	size_t out = 0;

	if (flattener->nr_row == 0)
		return;
	qsort(flattener->row, flattener->nr_row, sizeof(*flattener->row), compare_rows);
	for (size_t i = 1; i < flattener->nr_row; i++) {
		if (compare_rows(&flattener->row[out], &flattener->row[i]) != 0) {
			flattener->row[++out] = flattener->row[i];
			continue;
		}
		if (flattener->row[i].row.transition)
			flattener->row[out].row.transition = flattener->row[i].row.transition;
		flattener->row[out].named |= flattener->row[i].named;
	}
	flattener->nr_row = out + 1;
}

static uint32_t find_sid(struct flattener *flattener, struct bh_oracle *oracle, uint32_t type,
			 const char *level, uint32_t *sid)
{
	char context[BH_NAME_MAX + 64];

	if (*sid)
		return *sid;
	snprintf(context, sizeof(context), "system_u:%s:%s:%s",
		 is_domain(flattener, type) ? "system_r" : "object_r",
		 flattener->private->policy.types[type].name, level);
	*sid = bh_oracle_sid(oracle, context);
	return *sid;
}

/* What @source may do to @target at both levels. */
static int ask(struct flattener *flattener, struct bh_oracle *oracle, uint32_t source,
	       uint32_t target, uint32_t tclass, struct answer *answer)
{
	struct sids *sids = oracle == &flattener->build->oracle ? flattener->sids :
								  flattener->own_sids;
	uint32_t from = find_sid(flattener, oracle, source, LEVEL_OWN, &sids[source].own);
	uint32_t own = find_sid(flattener, oracle, target, LEVEL_OWN, &sids[target].own);
	uint32_t apart = find_sid(flattener, oracle, target, LEVEL_APART, &sids[target].apart);
	struct bh_oracle_verdict verdict, verdict_apart;

	if (!from || !own || !apart || bh_oracle_ask(oracle, from, own, tclass, &verdict) ||
	    bh_oracle_ask(oracle, from, apart, tclass, &verdict_apart))
		return bh_fail(flattener->error, -EIO,
			       "policy: no verdict for %s on %s in class %s",
			       flattener->private->policy.types[source].name,
			       flattener->private->policy.types[target].name,
			       bh_class_name(tclass));
	*answer =
		(struct answer){ true, verdict.allowed, verdict_apart.allowed, verdict.dontaudit };
	return 0;
}

/* Types of grants are nobody's that is not vouched for. */
static bool is_masked(const struct flattener *flattener, uint32_t type)
{
	return is_own(flattener, type) &&
	       bh_module_type(flattener->build->module,
			      flattener->private->policy.types[type].name);
}

static uint32_t find_bound(const struct flattener *flattener, uint32_t type)
{
	if (!is_own(flattener, type))
		return type;
	return bh_policy_type_number(&flattener->private->policy,
				     is_domain(flattener, type) ? BH_BOUND_DOMAIN : BH_BOUND_FILE);
}

/* What the bound of @source has on the bound of @target: asked once for many rows. */
static int ask_bounds(struct flattener *flattener, const struct bh_policy_row *row,
		      struct answer *answer)
{
	uint32_t source = find_bound(flattener, row->source);
	uint32_t target = find_bound(flattener, row->target);
	struct answer **kept = &flattener->bounds[target];
	int ret = 0;

	if (source == row->source)
		return ask(flattener, &flattener->build->own, source, target, row->tclass, answer);
	if (!*kept)
		*kept = calloc(BH_NR_CLASSES + 1, sizeof(**kept));
	if (!*kept)
		return -ENOMEM;
	if (!(*kept)[row->tclass].known)
		ret = ask(flattener, &flattener->build->own, source, target, row->tclass,
			  &(*kept)[row->tclass]);
	*answer = (*kept)[row->tclass];
	return ret;
}

/*
 * The masked table: of what the module itself gives, no more than its bounds have. libsepol
 * masks only rules whose source is bounded, and takes a type's bounds from the policy. Here
 * they follow from the type being a module's, and hold on either side. What a grant gives is
 * added to that.
 */
static int mask_row(struct flattener *flattener, struct bh_policy_row *row)
{
	struct answer given = { .allowed = row->row.allowed,
				.allowed_apart = row->row.allowed_apart };
	struct answer bound;
	int ret;

	if (flattener->build->nr_grants) {
		ret = ask(flattener, &flattener->build->own, row->source, row->target, row->tclass,
			  &given);
		if (ret)
			return ret;
	} else if (row->row.transition && !is_own(flattener, row->row.transition)) {
		row->row.transition = 0; /* never out of the module */
	}
	ret = ask_bounds(flattener, row, &bound);
	if (ret)
		return ret;
	row->row.allowed &= ~(given.allowed & ~bound.allowed);
	row->row.allowed_apart &= ~(given.allowed_apart & ~bound.allowed_apart);
	return 0;
}

static bool is_of_grant(const struct flattener *flattener, uint32_t type)
{
	return is_own(flattener, type) && !is_masked(flattener, type);
}

static int fill_row(struct flattener *flattener, struct bh_policy_row *row)
{
	struct answer answer;
	int ret = ask(flattener, &flattener->build->oracle, row->source, row->target, row->tclass,
		      &answer);

	if (ret)
		return ret;
	row->row.allowed = answer.allowed;
	row->row.allowed_apart = answer.allowed_apart;
	row->row.dontaudit = answer.dontaudit;
	if (!flattener->build->masked || is_of_grant(flattener, row->source) ||
	    is_of_grant(flattener, row->target) ||
	    (!is_own(flattener, row->source) && !is_own(flattener, row->target)))
		return 0;
	return mask_row(flattener, row);
}

static bool is_empty(const struct bh_policy_row *row)
{
	return !row->row.allowed && !row->row.allowed_apart && !row->row.dontaudit &&
	       !row->row.transition && !row->named;
}

static int fill_rows(struct flattener *flattener)
{
	size_t out = 0;
	int ret;

	for (size_t i = 0; i < flattener->nr_row; i++) {
		ret = fill_row(flattener, &flattener->row[i]);
		if (ret)
			return ret;
		if (!is_empty(&flattener->row[i]))
			flattener->row[out++] = flattener->row[i];
	}
	flattener->nr_row = out;
	if (out > BH_ROWS_MAX)
		return bh_fail(flattener->error, -E2BIG, "policy: %zu rows, %d are allowed", out,
			       BH_ROWS_MAX);
	return 0;
}

int bh_flatten_rows(struct bh_build *build, struct bh_policy_private *private,
		    struct bh_error *error)
{
	struct flattener flattener = { .build = build, .private = private, .error = error };
	uint32_t nr = private->policy.nr_types;
	int ret = -ENOMEM;

	flattener.sids = calloc(nr, sizeof(*flattener.sids));
	flattener.own_sids = calloc(nr, sizeof(*flattener.own_sids));
	flattener.bounds = calloc(nr, sizeof(*flattener.bounds));
	if (flattener.sids && flattener.own_sids && flattener.bounds)
		ret = avtab_map(&build->policydb->p.te_avtab, add_rule, &flattener);
	if (!ret)
		ret = avtab_map(&build->policydb->p.te_cond_avtab, add_conditional, &flattener);
	if (!ret)
		ret = add_named(&flattener);
	if (!ret) {
		merge_candidates(&flattener);
		ret = fill_rows(&flattener);
	}
	free(flattener.sids);
	free(flattener.own_sids);
	for (uint32_t i = 0; flattener.bounds && i < nr; i++)
		free(flattener.bounds[i]);
	free(flattener.bounds);
	if (ret) {
		free(flattener.row);
		return ret;
	}
	private->policy.rows = flattener.row;
	private->policy.nr_rows = flattener.nr_row;
	return 0;
}
