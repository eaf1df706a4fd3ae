// SPDX-License-Identifier: GPL-2.0
/* The validator's part for types, aliases and attributes. */
#include <errno.h>
#include <string.h>

#include "cil_validate_internal.h"

static struct bh_symbol *find_symbol(struct bh_validator *validator, const struct bh_cil_node *node)
{
	const struct bh_symbols *symbols = &validator->expansion.symbols;

	return bh_symbols_find(symbols, &symbols->root, BH_SPACE_TYPES, node->text);
}

void bh_number_type(struct bh_validator *validator, const struct bh_cil_node *statement)
{
	struct bh_module *module = validator->module;
	struct bh_symbol *symbol = find_symbol(validator, bh_form_argument(statement, 1));

	if (module->nr_types == BH_MODULE_TYPES_MAX) {
		bh_refuse(&validator->refusals, -E2BIG, statement, "a module may declare %d types",
			  BH_MODULE_TYPES_MAX);
		return;
	}
	symbol->number = (uint32_t)module->nr_types++;
	module->types[symbol->number].name = symbol->full;
	module->types[symbol->number].line = statement->line;
}

void bh_number_attribute(struct bh_validator *validator, const struct bh_cil_node *statement)
{
	struct bh_module *module = validator->module;
	struct bh_symbol *symbol = find_symbol(validator, bh_form_argument(statement, 1));

	if (module->nr_attributes == BH_MODULE_ATTRIBUTES_MAX) {
		bh_refuse(&validator->refusals, -E2BIG, statement,
			  "a module may declare %d attributes", BH_MODULE_ATTRIBUTES_MAX);
		return;
	}
	symbol->number = (uint32_t)module->nr_attributes++;
}

void bh_members_alias(struct bh_validator *validator, const struct bh_cil_node *statement)
{
	struct bh_symbol *alias = find_symbol(validator, bh_form_argument(statement, 1));
	const struct bh_module_type *type;

	if (!alias || alias->kind != BH_SYMBOL_ALIAS || !alias->frame->module) {
		bh_refuse(&validator->refusals, -EINVAL, statement,
			  "not an alias of this module; declare it with (typealias NAME)");
		return;
	}
	if (alias->actual) {
		bh_refuse(&validator->refusals, -EINVAL, statement, "%s already stands for %s",
			  alias->full, alias->actual->full);
		return;
	}
	type = bh_own_type(validator, statement, bh_form_argument(statement, 2));
	if (type)
		alias->actual = bh_typesets_symbol(&validator->sets, type->name);
}

void bh_sets_alias(struct bh_validator *validator, const struct bh_cil_node *statement)
{
	const struct bh_symbol *alias = find_symbol(validator, bh_form_argument(statement, 1));

	/* What it was to stand for may have been refused. */
	if (!alias->actual && !validator->refusals.nr)
		bh_refuse(&validator->refusals, -EINVAL, statement,
			  "stands for nothing; say for what: (typealiasactual %s TYPE)",
			  alias->full);
}

/* Of BASE's attributes, a type may have those that its bound has. */
static bool is_inherited(struct bh_validator *validator, const struct bh_symbol *attribute,
			 const char *bound)
{
	const struct bh_symbol *type = bh_typesets_symbol(&validator->sets, bound);
	uint64_t *set;

	if (!type || type->kind != BH_SYMBOL_TYPE)
		return false;
	return bh_typesets_of(&validator->sets, attribute, &set) == 0 && bh_typesets_has(set, type);
}

void bh_members_attribute(struct bh_validator *validator, const struct bh_cil_node *statement)
{
	struct bh_symbol *attribute = find_symbol(validator, bh_form_argument(statement, 1));
	struct bh_member *member;

	if (!attribute || attribute->kind != BH_SYMBOL_ATTRIBUTE) {
		bh_refuse(&validator->refusals, -EINVAL, statement,
			  "not an attribute; declare one with (typeattribute NAME)");
		return;
	}
	member = bh_arena_alloc(validator->expansion.arena, sizeof(*member));
	if (!member) {
		validator->refusals.code = -ENOMEM;
		return;
	}
	member->node = bh_form_argument(statement, 2);
	member->frame = &validator->expansion.symbols.root;
	member->next = attribute->members;
	attribute->members = member;
}

void bh_members_expand(struct bh_validator *validator, const struct bh_cil_node *statement)
{
	const struct bh_cil_node *list = bh_form_argument(statement, 1);

	for (const struct bh_cil_node *node = list->text ? list : list->child; node;
	     node = node->next) {
		const struct bh_symbol *symbol = node->text ? find_symbol(validator, node) : NULL;

		if (!symbol || symbol->kind != BH_SYMBOL_ATTRIBUTE || !symbol->frame->module)
			bh_refuse(&validator->refusals, -EINVAL, statement,
				  "it changes how the whole policy is compiled; "
				  "a module names attributes of its own");
		if (node == list)
			break;
	}
}

void bh_sets_attribute(struct bh_validator *validator, const struct bh_cil_node *statement)
{
	struct bh_symbol *attribute = find_symbol(validator, bh_form_argument(statement, 1));
	uint64_t *set;
	int ret;

	if (!attribute || attribute->kind != BH_SYMBOL_ATTRIBUTE)
		return;
	ret = bh_typesets_of(&validator->sets, attribute, &set);
	if (ret == -ENOMEM)
		validator->refusals.code = ret;
	else if (ret)
		bh_refuse(&validator->refusals, -EINVAL, statement,
			  "attributes contain one another; list the types");
	else if (attribute->frame->module)
		validator->module->attributes[attribute->number] = bh_typesets_own(set);
}

static bool evaluate(struct bh_validator *validator, const struct bh_cil_node *statement,
		     uint64_t **set)
{
	return bh_typesets_evaluate(&validator->sets, bh_form_argument(statement, 2),
				    &validator->expansion.symbols.root, set) == 0;
}

static void mark_domains(struct bh_validator *validator, const uint64_t *set, uint32_t line)
{
	struct bh_typeset own = bh_typesets_own(set);

	for (uint32_t i = 0; i < validator->module->nr_types; i++)
		if (bh_typeset_has(&own, i))
			bh_mark_domain(&validator->module->types[i], line);
}

/* BASE's attribute for the module's types. */
void bh_rule_attribute(struct bh_validator *validator, const struct bh_cil_node *statement)
{
	const struct bh_symbol *attribute = find_symbol(validator, bh_form_argument(statement, 1));
	const struct bh_symbol *other;
	uint64_t *set;
	bool domain;

	if (!attribute || attribute->frame->module || validator->trusted ||
	    !evaluate(validator, statement, &set))
		return;
	other = bh_typesets_base(&validator->sets, set);
	if (other) {
		bh_refuse(&validator->refusals, -EINVAL, statement,
			  "%s is the base policy's, and so is %s; "
			  "a module gives attributes to types of its own",
			  attribute->full, other->full);
		return;
	}
	domain = is_inherited(validator, attribute, BH_BOUND_DOMAIN);
	if (!domain && !is_inherited(validator, attribute, BH_BOUND_FILE))
		bh_refuse(&validator->refusals, -EINVAL, statement,
			  "neither %s nor %s has %s; of the base policy's attributes a type may "
			  "have those that its bounds have",
			  BH_BOUND_DOMAIN, BH_BOUND_FILE, attribute->full);
	else if (domain && !is_inherited(validator, attribute, BH_BOUND_FILE))
		mark_domains(validator, set, statement->line);
}

void bh_domains_attribute(struct bh_validator *validator, const struct bh_cil_node *statement)
{
	const struct bh_symbol *attribute = find_symbol(validator, bh_form_argument(statement, 1));
	struct bh_typeset own;
	uint64_t *set;

	if (!attribute || attribute->frame->module || validator->trusted ||
	    is_inherited(validator, attribute, BH_BOUND_DOMAIN) ||
	    !is_inherited(validator, attribute, BH_BOUND_FILE) ||
	    !evaluate(validator, statement, &set))
		return;
	own = bh_typesets_own(set);
	for (uint32_t i = 0; i < validator->module->nr_types; i++) {
		const struct bh_module_type *type = &validator->module->types[i];

		if (bh_typeset_has(&own, i) && type->domain_line)
			bh_refuse(&validator->refusals, -EINVAL, statement,
				  "%s is used as a domain (line %u); %s has no %s", type->name,
				  type->domain_line, BH_BOUND_DOMAIN, attribute->full);
	}
}
