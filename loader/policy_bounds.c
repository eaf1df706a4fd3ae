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

#define TYPES_SAID_MAX 3 /* of one statement */

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
/* An excess of a statement; the texts are in libsepol's log. */
struct violation {
	const char *rule; /* the statement of the module, or of a template */
	const char *file;
	unsigned int line;
	const char *parent;
	const char *excess; /* what is too much, its source left out */
};

struct report {
	struct bh_module *module;
	struct violation *violation;
	size_t nr;
	size_t max;
	struct violation now; /* rule and place stay for those that say <See previous> */
	const char *whole; /* of now.excess */
	bool reported; /* of this excess */
};

static const char *skip_prefix(const char *line, const char *prefix)
{
	size_t len = strlen(prefix);

	return strncmp(line, prefix, len) == 0 ? line + len : NULL;
}

/* "T (C (P...)))" as "T C { P... }". */
static void describe(FILE *out, const char *excess)
{
	char target[BH_NAME_MAX];
	char tclass[BH_NAME_MAX];
	int at = 0;

	if (sscanf(excess, "%63s (%63s (%n", target, tclass, &at) < 2 || at == 0)
		fputs(excess, out);
	else
		fprintf(out, "%s %s { %.*s }", target, tclass, (int)strcspn(excess + at, ")"),
			excess + at);
}

static void add_violation(struct report *report)
{
	report->reported = true;
	if (report->nr == report->max) {
		size_t max = report->max ? 2 * report->max : 64;
		struct violation *grown =
			reallocarray(report->violation, max, sizeof(*report->violation));

		if (!grown) {
			report->module->refusals.code = -ENOMEM;
			return;
		}
		report->violation = grown;
		report->max = max;
	}
	report->violation[report->nr++] = report->now;
}

/* "(allow S T (C (P...)))": types of one statement differ by their targets. */
static const char *skip_source(const char *excess)
{
	const char *source = skip_prefix(excess, "(allow ");
	const char *target = source ? strchr(source, ' ') : NULL;

	return target ? target + 1 : excess;
}

/* Begins the next excess; the one before must not be lost if it came from no line. */
static void begin_excess(struct report *report, const char *excess)
{
	if (report->whole && !report->reported) {
		report->now.rule = report->whole;
		report->now.file = report->module->name;
		report->now.line = 0;
		add_violation(report);
		report->now.rule = NULL;
	}
	report->whole = excess;
	report->now.excess = excess ? skip_source(excess) : NULL;
	report->reported = false;
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
	report->now.line = (unsigned int)strtoul(colon + 1, NULL, 10);
	report->now.file = strcmp(file, BH_CIL_MODULE) == 0 ? report->module->name : file;
}

static void read_line(struct report *report, char *line)
{
	const char *rest;

	rest = skip_prefix(line, "Child type ");
	if (rest && (rest = strstr(rest, " exceeds bounds of parent "))) {
		begin_excess(report, NULL);
		report->now.parent = rest + strlen(" exceeds bounds of parent ");
	} else if (!report->now.parent) {
		return;
	} else if (skip_prefix(line, "  (")) {
		begin_excess(report, line + 2);
	} else if (skip_prefix(line, "    allow at " BH_CIL_MODULE ":")) {
		read_place(report, line);
	} else if (report->whole && skip_prefix(line, "      (")) {
		report->now.rule = line + 6;
		add_violation(report);
	} else if (report->whole && report->now.rule && skip_prefix(line, "    <See previous>")) {
		add_violation(report);
	}
}

static int compare_statements(const struct violation *a, const struct violation *b)
{
	int order = strcmp(a->file, b->file);

	if (!order)
		order = (a->line > b->line) - (a->line < b->line);
	if (!order)
		order = strcmp(a->rule, b->rule);
	return order ? order : strcmp(a->parent, b->parent);
}

static int compare(const void *left, const void *right)
{
	const struct violation *a = left, *b = right;
	int order = compare_statements(a, b);

	return order ? order : strcmp(a->excess, b->excess);
}

/* What one statement has too much, the first types of it by name; an attribute has many. */
static void write_excess(FILE *out, const struct violation *violation, size_t nr)
{
	size_t nr_types = 0;

	for (size_t i = 0; i < nr; i++) {
		/* Those of several sources are alike. */
		if (i > 0 && strcmp(violation[i].excess, violation[i - 1].excess) == 0)
			continue;
		if (nr_types++ >= TYPES_SAID_MAX)
			continue;
		if (nr_types > 1)
			fputs(", ", out);
		describe(out, violation[i].excess);
	}
	if (nr_types > TYPES_SAID_MAX)
		fprintf(out, " and %zu more type%s", nr_types - TYPES_SAID_MAX,
			nr_types - TYPES_SAID_MAX > 1 ? "s" : "");
}

static void refuse(struct bh_module *module, const struct violation *violation, size_t nr)
{
	const char *file = bh_arena_text(&module->arena, violation->file, "");
	char *excess = NULL;
	size_t len;
	FILE *out = open_memstream(&excess, &len);

	if (out)
		write_excess(out, violation, nr);
	if (!file || !out || fclose(out))
		module->refusals.code = -ENOMEM;
	else
		bh_refuse_line(&module->refusals, -EINVAL, file, violation->line,
			       "%s: exceeds bounds of %s: %s", violation->rule, violation->parent,
			       excess);
	free(excess);
}

static void refuse_all(struct report *report)
{
	const struct violation *violation = report->violation;
	size_t nr;

	if (report->nr)
		qsort(report->violation, report->nr, sizeof(*report->violation), compare);
	for (size_t i = 0; i < report->nr; i += nr) {
		nr = 1;
		while (i + nr < report->nr &&
		       compare_statements(&violation[i], &violation[i + nr]) == 0)
			nr++;
		refuse(report->module, &violation[i], nr);
	}
}

void bh_bounds_report(struct bh_module *module, char *log)
{
	struct report report = { .module = module };
	char *line;

	while ((line = strsep(&log, "\n")))
		read_line(&report, line);
	begin_excess(&report, NULL);
	refuse_all(&report);
	free(report.violation);
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

static void check_grant(struct bh_module *module, const struct bh_module_grant *grant,
			struct bh_oracle *oracle)
{
	char permissions[BH_CLASS_TEXT_MAX];
	char rule[256];

	for (uint32_t i = 0; i < module->nr_types; i++) {
		const char *bound = bound_of(&module->types[i]);
		uint32_t excess;

		if (!bh_typeset_has(&grant->target, i))
			continue;
		excess = grant->permissions & ~allowed_by_bound(oracle, bound, grant->tclass);
		if (!excess)
			continue;
		bh_refuse_line(&module->refusals, -EINVAL, grant->statement->file,
			       grant->statement->line, "%s: exceeds what %s has on %s: %s %s %s",
			       bh_cil_print(grant->statement, rule, sizeof(rule)), BH_BOUND_DOMAIN,
			       bound, module->types[i].name, bh_class_name(grant->tclass),
			       bh_class_print(grant->tclass, excess, permissions,
					      sizeof(permissions)));
	}
}

void bh_bounds_check_grants(struct bh_module *module, struct bh_oracle *oracle)
{
	for (size_t i = 0; i < module->nr_grants; i++)
		check_grant(module, &module->grants[i], oracle);
}
