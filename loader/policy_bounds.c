// SPDX-License-Identifier: GPL-2.0
/* Which of a module's rules exceed its bounds, said line by line. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sepol/policydb/hierarchy.h>

#include "policy_bounds.h"
#include "policy_cil.h"
#include "policy_classes.h"

/*
 * libsepol writes, for each child type:
 *
 *	Child type web_t exceeds bounds of parent container_t
 *	  (allow web_t shadow_t (file (read)))		what is too much
 *	    <root>
 *	    allow at <module>:34 from <module>:12	where it comes from: flat, the text
 *	      (allow web_t shadow_t (file (read write)))
 *
 * with "<See previous>" for a rule that is too much more than once.
 */
struct report {
	const struct bh_module *module;
	struct bh_error *error;
	const char *parent;
	const char *excess; /* what is too much */
	const char *rule; /* the statement of the module, or of a template */
	const char *file;
	unsigned int line;
	size_t reported; /* of this excess */
	size_t total;
};

static const char *skip_prefix(const char *line, const char *prefix)
{
	size_t len = strlen(prefix);

	return strncmp(line, prefix, len) == 0 ? line + len : NULL;
}

/* "(allow S T (C (P...)))" as "T C { P... }". */
static void describe(const char *excess, char *text, size_t size)
{
	char target[BH_NAME_MAX];
	char tclass[BH_NAME_MAX];
	int at = 0;

	if (sscanf(excess, "(allow %*s %63s (%63s (%n", target, tclass, &at) < 2 || at == 0)
		snprintf(text, size, "%s", excess);
	else
		snprintf(text, size, "%s %s { %.*s }", target, tclass,
			 (int)strcspn(excess + at, ")"), excess + at);
}

static void add_refusal(struct report *report)
{
	char text[BH_CLASS_TEXT_MAX + 2 * BH_NAME_MAX];

	describe(report->excess, text, sizeof(text));
	report->reported++;
	report->total++;
	if (report->rule)
		bh_fail_add(report->error, -EINVAL, "%s:%u: %s: exceeds bounds of %s: %s",
			    report->file, report->line, report->rule, report->parent, text);
	else
		bh_fail_add(report->error, -EINVAL, "%s: %s: exceeds bounds of %s: %s",
			    report->module->name, report->excess, report->parent, text);
}

/* Begins the next excess; the one before must not be lost if it came from no line. */
static void begin_excess(struct report *report, const char *excess)
{
	if (report->excess && !report->reported) {
		report->rule = NULL;
		add_refusal(report);
	}
	report->excess = excess;
	report->reported = 0;
}

/* "<module>:34 from FILE:12" */
static void read_place(struct report *report, char *place)
{
	char *file = strstr(place, " from ");
	char *colon = file ? strrchr(file, ':') : NULL;

	if (!colon)
		return;
	file += strlen(" from ");
	*colon = '\0';
	report->line = (unsigned int)strtoul(colon + 1, NULL, 10);
	report->file = strcmp(file, BH_CIL_MODULE) == 0 ? report->module->name : file;
}

static void read_line(struct report *report, char *line)
{
	const char *rest;

	rest = skip_prefix(line, "Child type ");
	if (rest && (rest = strstr(rest, " exceeds bounds of parent "))) {
		begin_excess(report, NULL);
		report->parent = rest + strlen(" exceeds bounds of parent ");
	} else if (!report->parent) {
		return;
	} else if (skip_prefix(line, "  (")) {
		begin_excess(report, line + 2);
	} else if (skip_prefix(line, "    allow at " BH_CIL_MODULE ":")) {
		read_place(report, line);
	} else if (report->excess && skip_prefix(line, "      (")) {
		report->rule = line + 6;
		add_refusal(report);
	} else if (report->excess && report->rule && skip_prefix(line, "    <See previous>")) {
		add_refusal(report);
	}
}

size_t bh_bounds_report(const struct bh_module *module, char *log, struct bh_error *error)
{
	struct report report = { .module = module, .error = error };
	char *line;

	while ((line = strsep(&log, "\n")))
		read_line(&report, line);
	begin_excess(&report, NULL);
	return report.total;
}

static const char *bound_of(const struct bh_module_type *type)
{
	return type->domain_line ? BH_BOUND_DOMAIN : BH_BOUND_FILE;
}

static uint32_t type_value(const struct policydb *db, const char *name)
{
	const type_datum_t *datum = hashtab_search(db->p_types.table, (hashtab_key_t)name);

	return datum ? datum->s.value : 0;
}

/* Types of one kind, domains or not, as libsepol's numbers. */
struct kind {
	ebitmap_t types;
	ebitmap_t joined; /* types and attributes that were made to stand for the first, too */
	uint32_t first;
	uint32_t bound;
};

static bool find_kind(const struct bh_module *module, struct policydb *db, bool domains,
		      struct kind *kind)
{
	ebitmap_init(&kind->types);
	ebitmap_init(&kind->joined);
	kind->first = 0;
	kind->bound = type_value(db, domains ? BH_BOUND_DOMAIN : BH_BOUND_FILE);
	for (size_t i = 0; i < module->nr_types; i++) {
		uint32_t value = type_value(db, module->types[i].name);

		if (!module->types[i].domain_line == domains)
			continue;
		if (!value || !kind->bound || ebitmap_set_bit(&kind->types, value - 1, 1))
			return false;
		db->type_val_to_struct[value - 1]->bounds = kind->bound;
		if (!kind->first)
			kind->first = value;
	}
	return true;
}

static bool join(struct policydb *db, struct kind *kind)
{
	for (uint32_t value = 1; value <= db->p_types.nprim; value++) {
		ebitmap_t *stands_for = &db->attr_type_map[value - 1];

		if (ebitmap_get_bit(stands_for, kind->first - 1) ||
		    !ebitmap_match_any(stands_for, &kind->types))
			continue;
		if (ebitmap_set_bit(stands_for, kind->first - 1, 1) ||
		    ebitmap_set_bit(&kind->joined, value - 1, 1))
			return false;
	}
	return true;
}

static void part(struct policydb *db, struct kind *kind)
{
	ebitmap_node_t *node;
	unsigned int bit;

	ebitmap_for_each_positive_bit(&kind->joined, node, bit)
		ebitmap_set_bit(&db->attr_type_map[bit], kind->first - 1, 0);
}

static bool check_kind(struct policydb *db, struct kind *kind)
{
	avtab_ptr_t bad = NULL;
	int nr_bad = 0;
	bool hold;

	if (!kind->first)
		return true;
	hold = join(db, kind) &&
	       !bounds_check_type(NULL, db, kind->first, kind->bound, &bad, &nr_bad) && !nr_bad;
	bounds_destroy_bad(bad);
	part(db, kind);
	return hold;
}

bool bh_bounds_hold(const struct bh_module *module, struct policydb *db)
{
	struct kind domains, files;
	bool found = find_kind(module, db, true, &domains);
	/* All bounds are set before any is checked: a target's bound counts, too. */
	bool hold = find_kind(module, db, false, &files) && found && check_kind(db, &domains) &&
		    check_kind(db, &files);

	ebitmap_destroy(&domains.types);
	ebitmap_destroy(&domains.joined);
	ebitmap_destroy(&files.types);
	ebitmap_destroy(&files.joined);
	return hold;
}

static uint32_t allowed_by_bound(struct bh_oracle *oracle, const char *bound, uint32_t tclass)
{
	struct bh_oracle_verdict verdict;
	char context[BH_NAME_MAX + 32];
	uint32_t source;
	uint32_t target;

	source = bh_oracle_sid(oracle, "system_u:system_r:" BH_BOUND_DOMAIN ":s0");
	snprintf(context, sizeof(context), "system_u:%s:%s:s0",
		 strcmp(bound, BH_BOUND_DOMAIN) ? "object_r" : "system_r", bound);
	target = bh_oracle_sid(oracle, context);
	if (!source || !target || bh_oracle_ask(oracle, source, target, tclass, &verdict))
		return 0;
	return verdict.allowed;
}

static int check_grant(const struct bh_module *module, const struct bh_module_grant *grant,
		       struct bh_oracle *oracle, struct bh_error *error)
{
	char permissions[BH_CLASS_TEXT_MAX];
	char rule[256];
	int ret = 0;

	for (uint32_t i = 0; i < module->nr_types; i++) {
		const char *bound = bound_of(&module->types[i]);
		uint32_t excess;

		if (!bh_typeset_has(&grant->target, i))
			continue;
		excess = grant->permissions & ~allowed_by_bound(oracle, bound, grant->tclass);
		if (!excess)
			continue;
		ret = bh_fail_add(
			error, -EINVAL, "%s:%u: %s: exceeds what %s has on %s: %s %s %s",
			module->name, grant->statement->line,
			bh_cil_print(grant->statement, rule, sizeof(rule)), BH_BOUND_DOMAIN, bound,
			module->types[i].name, bh_class_name(grant->tclass),
			bh_class_print(grant->tclass, excess, permissions, sizeof(permissions)));
	}
	return ret;
}

int bh_bounds_check_grants(const struct bh_module *module, struct bh_oracle *oracle,
			   struct bh_error *error)
{
	int ret = 0;

	for (size_t i = 0; i < module->nr_grants; i++)
		if (check_grant(module, &module->grants[i], oracle, error))
			ret = -EINVAL;
	return ret;
}
