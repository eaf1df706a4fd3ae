// SPDX-License-Identifier: GPL-2.0
/* Which of a module's rules exceed its bounds, said line by line. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
