// SPDX-License-Identifier: GPL-2.0
/*
 * The rows of the table: for each (domain, type, class) that any rule names, libsepol's
 * verdict. Rules with attributes are expanded only to find which to ask about.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy_classes.h"
#include "policy_flatten.h"

/* Candidates, of which several rules may name the same one. */
#define CANDIDATES_MAX (8 * BH_ROWS_MAX)

/* Levels to ask with: an object whose categories the process has, and one with others. */
#define LEVEL_OWN "s0:c0,c1"
#define LEVEL_APART "s0:c2,c3"

struct flattener {
	struct bh_build *build;
	struct bh_policy_private *private;
	struct bh_policy_row *row;
	size_t nr_row;
	size_t max_row;
	uint32_t *sid_own; /* by type number; 0: not asked for yet */
	uint32_t *sid_apart;
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
			 uint32_t tclass, uint32_t transition)
{
	struct bh_policy_row *row;
	int ret;

	/* With a module, the rest is in BASE's own table. */
	if (flattener->build->module && !is_own(flattener, source) && !is_own(flattener, target))
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
		ret = add_candidate(flattener, source, target, key->target_class, transition);
		if (ret)
			return ret;
	}
	return 0;
}

static int add_rule(avtab_key_t *key, avtab_datum_t *datum, void *argument)
{
	struct flattener *flattener = argument;
	struct policydb *db = &flattener->build->policydb->p;
	uint32_t transition = 0;
	ebitmap_node_t *node;
	unsigned int bit;
	int ret;

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
		if (compare_rows(&flattener->row[out], &flattener->row[i]) != 0)
			flattener->row[++out] = flattener->row[i];
		else if (flattener->row[i].row.transition)
			flattener->row[out].row.transition = flattener->row[i].row.transition;
	}
	flattener->nr_row = out + 1;
}

static uint32_t find_sid(struct flattener *flattener, uint32_t type, const char *level,
			 uint32_t *sid)
{
	char context[BH_NAME_MAX + 64];

	if (sid[type])
		return sid[type];
	snprintf(context, sizeof(context), "system_u:%s:%s:%s",
		 is_domain(flattener, type) ? "system_r" : "object_r",
		 flattener->private->policy.types[type].name, level);
	sid[type] = bh_oracle_sid(&flattener->build->oracle, context);
	return sid[type];
}

/* What @source may do to @target at both levels; ANDed with what @row has if @mask. */
static int ask(struct flattener *flattener, uint32_t source, uint32_t target, bool mask,
	       struct bh_policy_row *row)
{
	struct bh_oracle *oracle = &flattener->build->oracle;
	uint32_t from = find_sid(flattener, source, LEVEL_OWN, flattener->sid_own);
	uint32_t own = find_sid(flattener, target, LEVEL_OWN, flattener->sid_own);
	uint32_t apart = find_sid(flattener, target, LEVEL_APART, flattener->sid_apart);
	struct bh_oracle_verdict verdict;
	struct bh_oracle_verdict verdict_apart;

	if (!from || !own || !apart || bh_oracle_ask(oracle, from, own, row->tclass, &verdict) ||
	    bh_oracle_ask(oracle, from, apart, row->tclass, &verdict_apart))
		return bh_fail(flattener->error, -EIO,
			       "policy: no verdict for %s on %s in class %s",
			       flattener->private->policy.types[source].name,
			       flattener->private->policy.types[target].name,
			       bh_class_name(row->tclass));
	if (mask) {
		row->row.allowed &= verdict.allowed;
		row->row.allowed_apart &= verdict_apart.allowed;
	} else {
		row->row.allowed = verdict.allowed;
		row->row.allowed_apart = verdict_apart.allowed;
		row->row.dontaudit = verdict.dontaudit;
	}
	return 0;
}

static uint32_t find_bound(const struct flattener *flattener, uint32_t type)
{
	if (!is_own(flattener, type))
		return type;
	return bh_policy_type_number(&flattener->private->policy,
				     is_domain(flattener, type) ? BH_BOUND_DOMAIN : BH_BOUND_FILE);
}

/*
 * libsepol masks only rules whose source is bounded, and takes a type's bounds from the
 * policy. Here they follow from the type being a module's, and hold on either side.
 */
static int fill_row(struct flattener *flattener, struct bh_policy_row *row)
{
	uint32_t source = find_bound(flattener, row->source);
	uint32_t target = find_bound(flattener, row->target);
	int ret;

	ret = ask(flattener, row->source, row->target, false, row);
	if (!ret && (source != row->source || target != row->target))
		ret = ask(flattener, source, target, true, row);
	return ret;
}

static bool is_empty(const struct bh_policy_row *row)
{
	return !row->row.allowed && !row->row.allowed_apart && !row->row.dontaudit &&
	       !row->row.transition;
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

	flattener.sid_own = calloc(nr, sizeof(*flattener.sid_own));
	flattener.sid_apart = calloc(nr, sizeof(*flattener.sid_apart));
	if (flattener.sid_own && flattener.sid_apart)
		ret = avtab_map(&build->policydb->p.te_avtab, add_rule, &flattener);
	if (!ret) {
		merge_candidates(&flattener);
		ret = fill_rows(&flattener);
	}
	free(flattener.sid_own);
	free(flattener.sid_apart);
	if (ret) {
		free(flattener.row);
		return ret;
	}
	private->policy.rows = flattener.row;
	private->policy.nr_rows = flattener.nr_row;
	return 0;
}
