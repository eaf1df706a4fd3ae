// SPDX-License-Identifier: GPL-2.0
/*
 * Whether a module says only what a module may say. It is expanded first; what is looked
 * at here is what libsepol will get.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cil_flat.h"
#include "cil_validate_internal.h"

typedef bh_statement_fn *bh_checks[BH_NR_PHASES];

/* Those that are not here were settled by the expander. */
static const bh_checks checks[] = {
	[BH_STATEMENT_TYPE] = { [BH_PHASE_DECLARE] = bh_number_type },
	[BH_STATEMENT_TYPEATTRIBUTE] = { [BH_PHASE_DECLARE] = bh_number_attribute },
	[BH_STATEMENT_TYPEALIAS] = { [BH_PHASE_SETS] = bh_sets_alias },
	[BH_STATEMENT_TYPEALIASACTUAL] = { [BH_PHASE_MEMBERS] = bh_members_alias },
	[BH_STATEMENT_TYPEATTRIBUTESET] = { [BH_PHASE_MEMBERS] = bh_members_attribute,
					    [BH_PHASE_SETS] = bh_sets_attribute,
					    [BH_PHASE_RULES] = bh_rule_attribute,
					    [BH_PHASE_DOMAINS] = bh_domains_attribute },
	[BH_STATEMENT_EXPANDTYPEATTRIBUTE] = { [BH_PHASE_MEMBERS] = bh_members_expand },
	[BH_STATEMENT_ALLOW] = { [BH_PHASE_RULES] = bh_rule_av },
	[BH_STATEMENT_AUDITALLOW] = { [BH_PHASE_RULES] = bh_rule_av },
	[BH_STATEMENT_DONTAUDIT] = { [BH_PHASE_RULES] = bh_rule_av },
	[BH_STATEMENT_TYPETRANSITION] = { [BH_PHASE_RULES] = bh_rule_transition,
					  [BH_PHASE_DOMAINS] = bh_domains_transition },
	[BH_STATEMENT_TYPEBOUNDS] = { [BH_PHASE_RULES] = bh_rule_bounds,
				      [BH_PHASE_DOMAINS] = bh_domains_bounds },
	[BH_STATEMENT_TYPEPERMISSIVE] = { [BH_PHASE_RULES] = bh_rule_permissive },
	[BH_STATEMENT_ROLETYPE] = { [BH_PHASE_RULES] = bh_rule_role },
	[BH_STATEMENT_FILECON] = { [BH_PHASE_RULES] = bh_rule_filecon,
				   [BH_PHASE_DOMAINS] = bh_domains_filecon },
	[BH_STATEMENT_BOOLEANIF] = { 0 }, /* the last: the table has all */
};

struct bh_module_type *bh_own_type(struct bh_validator *validator,
				   const struct bh_cil_node *statement,
				   const struct bh_cil_node *node)
{
	const struct bh_symbol *symbol = bh_typesets_symbol(&validator->sets, node->text);

	if (symbol && symbol->frame->module && symbol->kind == BH_SYMBOL_TYPE)
		return &validator->module->types[symbol->number];
	if (!statement)
		return NULL;
	if (!symbol)
		bh_refuse(&validator->refusals, -EINVAL, statement, "no type %s", node->text);
	else if (!symbol->frame->module)
		bh_refuse(&validator->refusals, -EINVAL, statement,
			  "%s is the base policy's; a type of the module must stand here",
			  node->text);
	else
		bh_refuse(&validator->refusals, -EINVAL, statement,
			  "%s is an attribute; name the type", node->text);
	return NULL;
}

static void check_statements(struct bh_validator *validator)
{
	const struct bh_expansion *expansion = &validator->expansion;

	for (int phase = 0; phase < BH_NR_PHASES; phase++) {
		if (phase == BH_PHASE_MEMBERS)
			bh_typesets_init(&validator->sets, &validator->expansion,
					 validator->module->nr_types);
		for (size_t i = 0; i < expansion->nr_flat; i++) {
			const struct bh_cil_node *node = expansion->flat[i].statement;
			bh_statement_fn *check = checks[bh_form_statement(node)][phase];
			size_t nr_refused = validator->refusals.nr;

			if (check)
				check(validator, node);
			expansion->flat[i].refused |= validator->refusals.nr > nr_refused;
		}
		/* Types without numbers cannot be told apart. */
		if (validator->refusals.code == -E2BIG && phase == BH_PHASE_DECLARE)
			return;
	}
	bh_filecons_check(validator);
}

/* What the rest of a refused module does without, as it might not compile with it. */
static bool is_left_over(const struct bh_validator *validator, const struct bh_cil_node *statement)
{
	switch (bh_form_statement(statement)) {
	case BH_STATEMENT_FILECON: /* is within no bounds */
		return true;
	case BH_STATEMENT_TYPEALIAS: /* of what was refused */
		return !bh_typesets_symbol(&validator->sets, bh_form_argument(statement, 1)->text);
	default:
		return false;
	}
}

static void keep_rest(struct bh_validator *validator)
{
	struct bh_expansion *expansion = &validator->expansion;
	size_t nr = 0;

	for (size_t i = 0; i < expansion->nr_flat; i++)
		if (!expansion->flat[i].refused &&
		    !is_left_over(validator, expansion->flat[i].statement))
			expansion->flat[nr++] = expansion->flat[i];
	expansion->nr_flat = nr;
}

static bool has_rest(const struct bh_validator *validator)
{
	return !validator->trusted && !validator->expansion.full && !validator->refusals.large &&
	       validator->refusals.code != -ENOMEM;
}

static int validate(struct bh_validator *validator, const struct bh_source *base, size_t nr_base,
		    struct bh_error *error)
{
	struct bh_expansion *expansion = &validator->expansion;
	int ret;

	expansion->arena = &validator->module->arena;
	expansion->refusals = &validator->refusals;
	ret = bh_expansion_base(expansion, base, nr_base, error);
	if (ret)
		return ret;
	bh_form_check(validator->module->tree.first, validator->trusted, &validator->refusals);
	ret = bh_expansion_module(expansion, validator->module->tree.first);
	if (ret)
		return ret;
	if (!expansion->full)
		check_statements(validator);
	if (validator->refusals.code) {
		if (!has_rest(validator))
			return bh_refusals_write(&validator->refusals, error);
		keep_rest(validator);
	}
	validator->module->statements = expansion->flat;
	validator->module->nr_statements = expansion->nr_flat;
	expansion->flat = NULL;
	return bh_flat_write(validator);
}

int bh_module_read_rest(const struct bh_source *base, size_t nr_base,
			const struct bh_source *source, bool trusted, struct bh_module **module,
			struct bh_error *error)
{
	static const struct bh_cil_limits limits = { .bytes = BH_MODULE_TEXT_MAX,
						     .nodes = BH_MODULE_NODES_MAX,
						     .depth = BH_MODULE_DEPTH_MAX };
	struct bh_validator validator = { .trusted = trusted,
					  .refusals = { .name = source->name } };
	struct bh_module *new = calloc(1, sizeof(*new));
	int ret;

	*module = NULL;
	if (!new)
		return bh_fail(error, -ENOMEM, "%s: %s", source->name, strerror(ENOMEM));
	new->name = source->name;
	validator.module = new;
	ret = bh_cil_read(source, &limits, &new->tree, error);
	if (!ret && !new->tree.first)
		ret = bh_fail(error, -EINVAL, "%s: empty: no statement in it", source->name);
	if (!ret)
		ret = validate(&validator, base, nr_base, error);
	if (ret == -ENOMEM)
		bh_fail(error, ret, "%s: %s", source->name, strerror(ENOMEM));
	bh_expansion_free(&validator.expansion);
	new->refusals = validator.refusals;
	if (ret)
		bh_module_free(new);
	else
		*module = new;
	return ret;
}

int bh_module_read(const struct bh_source *base, size_t nr_base, const struct bh_source *source,
		   bool trusted, struct bh_module **module, struct bh_error *error)
{
	int ret = bh_module_read_rest(base, nr_base, source, trusted, module, error);

	if (ret || !(*module)->refusals.code)
		return ret;
	ret = bh_refusals_write(&(*module)->refusals, error);
	bh_module_free(*module);
	*module = NULL;
	return ret;
}

void bh_module_free(struct bh_module *module)
{
	if (!module)
		return;
	bh_cil_tree_free(&module->tree);
	bh_arena_free(&module->arena);
	bh_refusals_free(&module->refusals);
	free((char *)module->flat.text);
	free(module->statements);
	free(module->grants);
	free(module->bounds);
	free(module->added);
	free(module);
}

const struct bh_module_type *bh_module_type(const struct bh_module *module, const char *name)
{
	for (size_t i = 0; module && i < module->nr_types; i++)
		if (strcmp(module->types[i].name, name) == 0)
			return &module->types[i];
	return NULL;
}
