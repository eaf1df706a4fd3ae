// SPDX-License-Identifier: GPL-2.0
/*
 * A module may only narrow: of random modules, those are accepted that stay within bounds, and
 * of those every verdict of a module's domain is a subset of container_t's on the bound of the
 * target. What container_t has libsepol is asked of BASE alone, not of what we made of it.
 *
 * BULKHEAD_SEED and BULKHEAD_MODULES choose others, or more, than those of every run.
 */
#include <errno.h>
#include <stdlib.h>

#include <bulkhead/classmap.h>

#include "fixture.h"
#include "policy_cil.h"
#include "policy_classes.h"
#include "policy_oracle.h"

#define SEED 20261124
#define MODULES 2000
#define TYPES_MAX 4 /* domains, and as many file types */
#define TEXT_MAX 65536
#define TOGETHER 6 /* modules in one compilation */

static sepol_policydb_t *base_db;
static struct bh_oracle base;
static uint64_t random_state;

/* xorshift64*: the same numbers from the same seed, on every machine. */
static uint32_t draw(uint32_t below)
{
	random_state ^= random_state >> 12;
	random_state ^= random_state << 25;
	random_state ^= random_state >> 27;
	return (uint32_t)(random_state * 0x2545f4914f6cdd1dULL >> 32) % below;
}

static bool chance(uint32_t percent)
{
	return draw(100) < percent;
}

static uint32_t type_value(const char *name)
{
	const type_datum_t *datum = hashtab_search(base_db->p.p_types.table, (hashtab_key_t)name);

	return datum ? datum->s.value : 0;
}

/* What container_t has on a type of BASE, at equal categories or whatever they are. */
static struct bh_oracle_verdict bound_has(uint32_t target, uint32_t tclass, bool apart)
{
	static struct bh_oracle_verdict *known[2];
	static bool *asked[2];
	size_t nr = (size_t)(base_db->p.p_types.nprim + 1) * (BH_NR_CLASSES + 1);
	size_t at = target * (BH_NR_CLASSES + 1) + tclass;
	char context[BH_NAME_MAX + 64];
	const char *name = base_db->p.p_type_val_to_name[target - 1];
	bool domain = !strcmp(name, "container_t") || !strcmp(name, "unconfined_t");
	uint32_t from, to;

	if (!known[apart]) {
		known[apart] = calloc(nr, sizeof(*known[apart]));
		asked[apart] = calloc(nr, sizeof(*asked[apart]));
	}
	if (asked[apart][at])
		return known[apart][at];
	snprintf(context, sizeof(context), "system_u:%s:%s:%s", domain ? "system_r" : "object_r",
		 name, apart ? "s0:c2,c3" : "s0:c0,c1");
	from = bh_oracle_sid(&base, "system_u:system_r:container_t:s0:c0,c1");
	to = bh_oracle_sid(&base, context);
	if (bh_oracle_ask(&base, from, to, tclass, &known[apart][at])) {
		printf("Bail out! no verdict on %s\n", context);
		exit(1);
	}
	asked[apart][at] = true;
	return known[apart][at];
}

/* A module under construction, and whether something in it is too much. */
struct random_module {
	char text[TEXT_MAX];
	size_t len;
	uint32_t nr_domains;
	uint32_t nr_files;
	bool too_much;
	char tag; /* in its names: modules that are compiled together have different ones */
};

__attribute__((format(printf, 2, 3))) static void say(struct random_module *module,
						      const char *format, ...)
{
	va_list args;

	va_start(args, format);
	module->len +=
		(size_t)vsnprintf(module->text + module->len, TEXT_MAX - module->len, format, args);
	va_end(args);
}

/* Something that a rule may be about, and what container_t has on the bounds of all of it. */
struct target {
	char name[BH_NAME_MAX];
	bool own;
	const ebitmap_t *types; /* an attribute's, of BASE */
	uint32_t bound; /* else the one */
};

static uint32_t allowed_on(const struct target *target, uint32_t tclass)
{
	uint32_t allowed = bh_class_permissions(tclass);
	ebitmap_node_t *node;
	unsigned int bit;

	if (!target->types)
		return bound_has(target->bound, tclass, false).allowed;
	ebitmap_for_each_positive_bit(target->types, node, bit)
		allowed &= bound_has(bit + 1, tclass, false).allowed;
	return allowed;
}

static void draw_base_target(struct target *target)
{
	const struct policydb *db = &base_db->p;
	uint32_t value = draw(db->p_types.nprim) + 1;

	snprintf(target->name, sizeof(target->name), "%s", db->p_type_val_to_name[value - 1]);
	target->bound = value;
	if (db->type_val_to_struct[value - 1]->flavor == TYPE_ATTRIB)
		target->types = &db->attr_type_map[value - 1];
}

static void draw_target(const struct random_module *module, const char *source, bool own_only,
			struct target *target)
{
	uint32_t kind = draw(own_only ? 4 : 8);

	*target = (struct target){ .own = true };
	if (kind < 2 && module->nr_files) {
		snprintf(target->name, sizeof(target->name), chance(20) ? "f_%u%c" : "f%u%c_t",
			 draw(module->nr_files), module->tag);
		target->bound = type_value("container_file_t");
	} else if (kind < 4) {
		snprintf(target->name, sizeof(target->name), chance(20) ? "d_%u%c" : "d%u%c_t",
			 draw(module->nr_domains), module->tag);
		target->bound = type_value("container_t");
	} else if (kind < 5 && strcmp(source, "container_t")) {
		strcpy(target->name, "self");
		target->bound = type_value("container_t");
	} else {
		target->own = false;
		draw_base_target(target);
	}
}

static void say_rule(struct random_module *module, const char *source, const struct target *target,
		     uint32_t tclass, uint32_t permissions)
{
	static const char *const kinds[] = { "allow", "allow",	    "allow",
					     "allow", "auditallow", "dontaudit" };
	const char *kind = kinds[draw(6)];

	say(module, "(%s %s %s (%s (", kind, source, target->name, bh_class_name(tclass));
	for (unsigned int bit = 0; bit < 32; bit++)
		if (permissions >> bit & 1)
			say(module, " %s", bh_class_permission_name(tclass, bit));
	say(module, ")))\n");
	if (!strcmp(kind, "allow") && permissions & ~allowed_on(target, tclass) &&
	    (!target->types || ebitmap_cardinality((ebitmap_t *)target->types)))
		module->too_much = true;
}

/* Within bounds, unless @wild; classes that container_t has something on come more often. */
static void add_rule(struct random_module *module, bool wild)
{
	char source[BH_NAME_MAX];
	struct target target;
	uint32_t tclass, permissions;
	bool by_base = chance(10);

	snprintf(source, sizeof(source),
		 by_base    ? "container_t" :
		 chance(20) ? "d_%u%c" :
			      "d%u%c_t",
		 draw(module->nr_domains), module->tag);
	draw_target(module, source, by_base, &target);
	for (int tries = 0; tries < 20; tries++) {
		tclass = draw(BH_NR_CLASSES) + 1;
		permissions = draw(UINT32_MAX) & draw(UINT32_MAX) & bh_class_permissions(tclass);
		if (!wild)
			permissions &= allowed_on(&target, tclass);
		if (permissions) {
			say_rule(module, source, &target, tclass, permissions);
			return;
		}
	}
}

static void add_transition(struct random_module *module)
{
	uint32_t from = draw(module->nr_domains), to = draw(module->nr_domains);

	/* One for each source and kind of file: two that differ are an error of their own. */
	if (module->nr_files && chance(50))
		say(module, "(typetransition d%u%c_t f0%c_t process d%u%c_t)\n", from, module->tag,
		    module->tag, to, module->tag);
	else if (module->nr_files)
		say(module, "(typetransition d%u%c_t container_file_t file f%u%c_t)\n", from,
		    module->tag, draw(module->nr_files), module->tag);
	if (module->nr_files && chance(50))
		say(module, "(typetransition d%u%c_t usr_t dir \"n%u\" f%u%c_t)\n", from,
		    module->tag, draw(3), draw(module->nr_files), module->tag);
}

/* What no module may say, whatever else it says. */
static void add_forbidden(struct random_module *module)
{
	static const char *const forbidden[] = {
		"(typepermissive d0%c_t)\n",
		"(typeattributeset mcs_exempt (d0%c_t))\n",
		"(typeattributeset device_node (d0%c_t))\n",
		"(allow unconfined_t d0%c_t (file (read)))\n",
		"(allow container_t etc_t (file (read)))\n",
		"(typetransition d0%c_t usr_t process container_t)\n",
		"(typetransition container_t usr_t process d0%c_t)\n",
		"(typetransition d0%c_t usr_t file \"n\" usr_t)\n",
		"(typetransition container_t usr_t file \"n\" usr_t)\n",
		"(typebounds unconfined_t d0%c_t)\n",
		"(typebounds container_file_t d0%c_t)\n",
		"(roletype unconfined_r d0%c_t)\n",
		"(neverallow d0%c_t self (file (read)))\n",
	};
	const char *statement = forbidden[draw(sizeof(forbidden) / sizeof(forbidden[0]))];
	const char *tag = strchr(statement, '%');

	if (tag)
		say(module, "%.*s%c%s", (int)(tag - statement), statement, module->tag, tag + 2);
	else
		say(module, "%s", statement);
	module->too_much = true;
}

/* Each is the types up to its number. */
static void add_attributes(struct random_module *module, char kind, uint32_t nr)
{
	for (uint32_t i = 0; i < nr; i++) {
		say(module, "(typeattribute %c_%u%c)(typeattributeset %c_%u%c (", kind, i,
		    module->tag, kind, i, module->tag);
		for (uint32_t j = 0; j <= i; j++)
			say(module, " %c%u%c_t", kind, j, module->tag);
		say(module, "))");
	}
}

static void make_module(struct random_module *module)
{
	uint32_t nr_rules = 1 + draw(30);

	module->len = 0;
	module->too_much = false;
	module->nr_domains = 1 + draw(TYPES_MAX);
	module->nr_files = draw(TYPES_MAX + 1);
	for (uint32_t i = 0; i < module->nr_domains; i++)
		say(module, "(type d%u%c_t)(roletype system_r d%u%c_t)%s\n", i, module->tag, i,
		    module->tag, chance(50) ? "" : "; a comment (");
	for (uint32_t i = 0; i < module->nr_files; i++)
		say(module, "(type f%u%c_t)\n", i, module->tag);
	add_attributes(module, 'd', module->nr_domains);
	add_attributes(module, 'f', module->nr_files);
	say(module, "\n");
	if (chance(30))
		add_transition(module);
	for (uint32_t i = 0; i < nr_rules; i++)
		add_rule(module, false);
	if (chance(30))
		add_rule(module, true);
	if (chance(10))
		add_forbidden(module);
}

static const char *subset(const struct bh_policy *policy, const struct bh_policy_row *row)
{
	const struct bh_policy_type *source = &policy->types[row->source];
	const struct bh_policy_type *target = &policy->types[row->target];
	const char *bound = !target->module ? target->name :
			    target->domain  ? "container_t" :
					      "container_file_t";
	uint32_t value = type_value(bound);

	if (!source->module && strcmp(source->name, "container_t"))
		return "a row of another domain of BASE";
	if (row->row.allowed & ~bound_has(value, row->tclass, false).allowed)
		return "more than the bound has";
	if (row->row.allowed_apart & ~bound_has(value, row->tclass, true).allowed)
		return "more than the bound has on another's";
	if (row->row.transition && !policy->types[row->row.transition].module)
		return "a transition out of the module";
	return NULL;
}

static bool check_policy(const struct bh_policy *policy)
{
	for (size_t i = 0; i < policy->nr_rows; i++) {
		const struct bh_policy_row *row = &policy->rows[i];
		const char *wrong = subset(policy, row);

		if (!wrong)
			continue;
		printf("# %s %s %s: %s\n", policy->types[row->source].name,
		       policy->types[row->target].name, bh_class_name(row->tclass), wrong);
		return false;
	}
	for (size_t i = 0; i < policy->nr_filetrans; i++)
		if (!policy->types[policy->filetrans[i].source].module ||
		    !policy->types[policy->filetrans[i].type].module)
			return false;
	for (uint32_t i = 1; i < policy->nr_types; i++)
		if (policy->types[i].permissive)
			return false;
	return true;
}

static uint64_t number_from(const char *variable, uint64_t otherwise)
{
	const char *text = getenv(variable);

	return text && *text ? strtoull(text, NULL, 10) : otherwise;
}

struct tally {
	unsigned long accepted, refused, rows, wrong;
};

/* Compiles @nr modules in one text, which must have the outcome that all of them have. */
static void try_modules(const struct random_module *modules, size_t nr, bool too_much,
			struct tally *tally)
{
	static char text[TOGETHER * TEXT_MAX];
	struct bh_source source = { "m.cil", text, 0 };
	struct bh_policy_request request = fixture_request(&source);
	struct bh_policy *policy;
	int ret;

	if (!nr)
		return;
	for (size_t i = 0; i < nr; i++) {
		memcpy(text + source.len, modules[i].text, modules[i].len);
		source.len += modules[i].len;
	}
	request.start = "container_t";
	ret = bh_policy_compile(&request, &policy, NULL);
	*(ret ? &tally->refused : &tally->accepted) += nr;
	tally->rows += ret ? 0 : policy->nr_rows;
	if (ret != (too_much ? -EINVAL : 0) || (!ret && !check_policy(policy))) {
		text[source.len] = '\0';
		printf("# got %d, these are %s\n", ret, too_much ? "too much" : "within bounds");
		if (!tally->wrong++)
			tap_note("text", text);
	}
	bh_policy_free(policy);
}

/*
 * Those within bounds are compiled a few together, as most of a compilation is BASE: each has
 * types of its own, so that no verdict depends on another module. One that is too much is
 * compiled alone, so that it is what is refused.
 */
static void try_all(uint64_t nr, struct tally *tally)
{
	static struct random_module modules[TOGETHER];
	size_t together = 0;

	for (uint64_t i = 0; i < nr; i++) {
		struct random_module *module = &modules[together];

		module->tag = (char)('a' + together);
		make_module(module);
		if (module->too_much) {
			try_modules(module, 1, true, tally);
			continue;
		}
		if (++together < TOGETHER)
			continue;
		try_modules(modules, together, false, tally);
		together = 0;
	}
	try_modules(modules, together, false, tally);
}

int main(void)
{
	uint64_t seed = number_from("BULKHEAD_SEED", SEED);
	uint64_t nr = number_from("BULKHEAD_MODULES", MODULES);
	struct tally tally = { 0 };
	char *log;

	fixture_read_base();
	if (bh_cil_compile(fixture_base.source, fixture_base.nr_source, false, &base_db, &log) ||
	    bh_oracle_open(&base, base_db))
		return 1;
	free(log);
	printf("# seed %llu, %llu modules\n", (unsigned long long)seed, (unsigned long long)nr);
	random_state = seed ? seed : 1;
	try_all(nr, &tally);
	printf("# %lu accepted with %lu rows, %lu refused\n", tally.accepted, tally.rows,
	       tally.refused);
	tap_is_int((long)tally.wrong, 0, "what is accepted is within bounds, and all that is");
	tap_ok(tally.accepted + tally.refused == nr && tally.accepted > nr / 4 &&
		       tally.refused > nr / 8,
	       "enough of both kinds");
	bh_oracle_close(&base);
	sepol_policydb_free(base_db);
	bh_base_free(&fixture_base);
	return tap_done();
}
