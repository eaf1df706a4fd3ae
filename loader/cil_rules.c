// SPDX-License-Identifier: GPL-2.0
/* The validator's part for rules, and for what makes a type a domain. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <bulkhead/classmap.h>

#include "cil_validate_internal.h"
#include "policy_classes.h"

/* One side of a rule. */
struct side {
	const struct bh_symbol *symbol; /* NULL: self */
	const struct bh_symbol *base; /* one of BASE's types in it, or BASE's attribute */
	struct bh_typeset own; /* the module's types that it stands for */
	size_t nr_types; /* all types that it may stand for */
};

static size_t count_types(const struct bh_validator *validator, const uint64_t *set)
{
	size_t count = 0;

	for (size_t i = 0; i < validator->sets.nr_words; i++)
		count += (size_t)__builtin_popcountll(set[i]);
	return count;
}

void bh_mark_domain(struct bh_module_type *type, uint32_t line)
{
	if (!type->domain_line)
		type->domain_line = line;
}

static void mark_domains(struct bh_validator *validator, const struct bh_typeset *set,
			 uint32_t line)
{
	for (uint32_t i = 0; i < validator->module->nr_types; i++)
		if (bh_typeset_has(set, i))
			bh_mark_domain(&validator->module->types[i], line);
}

static bool find_side(struct bh_validator *validator, const struct bh_cil_node *statement,
		      const struct bh_cil_node *node, struct side *side)
{
	uint64_t *set;

	memset(side, 0, sizeof(*side));
	side->symbol = bh_typesets_symbol(&validator->sets, node->text);
	if (!side->symbol) {
		bh_refuse(&validator->refusals, -EINVAL, statement, "no type or attribute %s",
			  node->text);
		return false;
	}
	/* A cycle was said where it is. */
	if (bh_typesets_of(&validator->sets, side->symbol, &set))
		return false;
	side->base = side->symbol->frame->module ? bh_typesets_base(&validator->sets, set) :
						   side->symbol;
	if (side->symbol->frame->module)
		side->own = bh_typesets_own(set);
	side->nr_types = count_types(validator, set);
	return true;
}

static bool find_target(struct bh_validator *validator, const struct bh_cil_node *statement,
			const struct bh_cil_node *node, struct side *side)
{
	if (strcmp(node->text, "self") == 0) {
		memset(side, 0, sizeof(*side));
		side->nr_types = 1;
		return true;
	}
	return find_side(validator, statement, node, side);
}

static bool find_permissions(struct bh_validator *validator, const struct bh_cil_node *statement,
			     const struct bh_cil_node *node, uint32_t *tclass,
			     uint32_t *permissions)
{
	const struct bh_cil_node *class = node->child;

	*tclass = bh_class_number(class->text);
	*permissions = 0;
	for (const struct bh_cil_node *name = class->next->child; name; name = name->next) {
		uint32_t bit = name->text ? bh_class_permission(*tclass, name->text) : 0;

		if (!bit) {
			bh_refuse(&validator->refusals, -EINVAL, statement,
				  "class %s has no permission %s; they are named one by one",
				  class->text, name->text ? name->text : "list");
			return false;
		}
		*permissions |= bit;
	}
	return true;
}

static void add_grant(struct bh_validator *validator, const struct bh_module_grant *grant)
{
	struct bh_module *module = validator->module;
	struct bh_module_grant *grown;

	grown = reallocarray(module->grants, module->nr_grants + 1, sizeof(*grown));
	if (!grown) {
		validator->refusals.code = -ENOMEM;
		return;
	}
	module->grants = grown;
	module->grants[module->nr_grants++] = *grant;
}

/* A file's type is source of nothing but of its place on a file system. */
static bool makes_domain(uint32_t tclass, uint32_t permissions)
{
	return tclass != BH_CLASS_FILESYSTEM || permissions != BH_FILESYSTEM__ASSOCIATE;
}

/* The table: what BASE's types get must be on the module's, and for container_t only. */
static bool check_source(struct bh_validator *validator, const struct bh_cil_node *statement,
			 const struct side *source, const struct side *target)
{
	if (!source->base || validator->trusted)
		return true;
	if (source->symbol->frame->module) {
		bh_refuse(&validator->refusals, -EINVAL, statement,
			  "%s has the base policy's %s in it; "
			  "a rule's source is a type of the module or %s",
			  source->symbol->full, source->base->full, BH_BOUND_DOMAIN);
		return false;
	}
	if (strcmp(source->symbol->full, BH_BOUND_DOMAIN) != 0) {
		bh_refuse(&validator->refusals, -EINVAL, statement,
			  "%s is the base policy's; "
			  "a rule's source is a type of the module or %s",
			  source->symbol->full, BH_BOUND_DOMAIN);
		return false;
	}
	if (!target->symbol || target->base) {
		bh_refuse(&validator->refusals, -EINVAL, statement,
			  "both types are the base policy's; one must be the module's");
		return false;
	}
	return true;
}

static void count_rules(struct bh_validator *validator, const struct bh_cil_node *statement,
			size_t nr)
{
	validator->nr_rules += nr;
	if (validator->nr_rules <= BH_MODULE_RULES_MAX || validator->many_rules)
		return;
	validator->many_rules = true;
	bh_refuse(&validator->refusals, -E2BIG, statement,
		  "more than %d rules after attributes are expanded; name fewer types",
		  BH_MODULE_RULES_MAX);
}

void bh_rule_av(struct bh_validator *validator, const struct bh_cil_node *statement)
{
	struct bh_module_grant grant = { .statement = statement };
	struct side source;
	struct side target;

	if (!find_side(validator, statement, bh_form_argument(statement, 1), &source) ||
	    !find_target(validator, statement, bh_form_argument(statement, 2), &target) ||
	    !check_source(validator, statement, &source, &target) ||
	    !find_permissions(validator, statement, bh_form_argument(statement, 3), &grant.tclass,
			      &grant.permissions))
		return;

	count_rules(validator, statement, source.nr_types * target.nr_types);
	if (makes_domain(grant.tclass, grant.permissions))
		mark_domains(validator, &source.own, statement->line);
	if (source.base && !validator->trusted && strcmp(statement->child->text, "allow") == 0) {
		grant.target = target.own;
		add_grant(validator, &grant);
	}
}

static bool is_transition_class(uint32_t tclass)
{
	switch (tclass) {
	case BH_CLASS_PROCESS:
	case BH_CLASS_FILE:
	case BH_CLASS_DIR:
	case BH_CLASS_LNK_FILE:
	case BH_CLASS_CHR_FILE:
	case BH_CLASS_SOCK_FILE:
	case BH_CLASS_FIFO_FILE:
		return true;
	default:
		return false;
	}
}

static bool check_class(struct bh_validator *validator, const struct bh_cil_node *statement,
			uint32_t tclass)
{
	if (is_transition_class(tclass))
		return true;
	bh_refuse(&validator->refusals, -EINVAL, statement,
		  "no transition in this class; process and the classes of files have them");
	return false;
}

/* A trusted module may name BASE's types, too. */
static bool is_base_type(const struct bh_validator *validator, const struct bh_cil_node *node)
{
	const struct bh_symbol *symbol = bh_typesets_symbol(&validator->sets, node->text);

	return validator->trusted && symbol && !symbol->frame->module;
}

void bh_rule_transition(struct bh_validator *validator, const struct bh_cil_node *statement)
{
	const struct bh_cil_node *from = bh_form_argument(statement, 1);
	const struct bh_cil_node *to = bh_form_result(statement);
	struct bh_module_type *source = NULL;
	struct bh_module_type *result = NULL;
	struct side target;
	uint32_t tclass;

	if (!is_base_type(validator, from))
		source = bh_own_type(validator, statement, from);
	if ((!source && !is_base_type(validator, from)) ||
	    !find_side(validator, statement, bh_form_argument(statement, 2), &target))
		return;
	if (target.symbol->kind == BH_SYMBOL_ATTRIBUTE) {
		bh_refuse(&validator->refusals, -EINVAL, statement,
			  "%s is an attribute; name the type", target.symbol->full);
		return;
	}
	tclass = bh_class_number(bh_form_argument(statement, 3)->text);
	if (!check_class(validator, statement, tclass) || !bh_filetrans_check(validator, statement))
		return;
	if (!is_base_type(validator, to))
		result = bh_own_type(validator, statement, to);
	if (!result && !is_base_type(validator, to))
		return;
	count_rules(validator, statement, 1);
	if (source)
		bh_mark_domain(source, statement->line);
	if (result && tclass == BH_CLASS_PROCESS) {
		bh_mark_domain(result, statement->line);
		result->entered |= result != source;
	}
}

void bh_domains_transition(struct bh_validator *validator, const struct bh_cil_node *statement)
{
	const struct bh_module_type *result;
	uint32_t tclass = bh_class_number(bh_form_argument(statement, 3)->text);

	if (tclass == BH_CLASS_PROCESS || !is_transition_class(tclass))
		return;
	result = bh_own_type(validator, NULL, bh_form_result(statement));
	if (result && result->domain_line)
		bh_refuse(&validator->refusals, -EINVAL, statement,
			  "%s is a domain (line %u), a file cannot have it", result->name,
			  result->domain_line);
}

static bool is_bound(const struct bh_validator *validator, const struct bh_cil_node *node,
		     const char *bound)
{
	const struct bh_symbol *symbol = bh_typesets_symbol(&validator->sets, node->text);

	return symbol && strcmp(symbol->full, bound) == 0;
}

void bh_rule_bounds(struct bh_validator *validator, const struct bh_cil_node *statement)
{
	const struct bh_cil_node *parent = bh_form_argument(statement, 1);
	const struct bh_symbol *symbol = bh_typesets_symbol(&validator->sets, parent->text);
	struct bh_module_type *type;

	type = bh_own_type(validator, statement, bh_form_argument(statement, 2));
	if (!type)
		return;
	if (type->bounded) {
		bh_refuse(&validator->refusals, -EINVAL, statement, "bounds of %s are stated twice",
			  type->name);
		return;
	}
	type->bounded = true;
	type->parent = symbol ? symbol->full : NULL;
	if (is_bound(validator, parent, BH_BOUND_DOMAIN)) {
		bh_mark_domain(type, statement->line);
	} else if (!validator->trusted && !is_bound(validator, parent, BH_BOUND_FILE)) {
		type->parent = NULL;
		bh_refuse(&validator->refusals, -EINVAL, statement,
			  "bounds of a domain are %s, of any other type %s", BH_BOUND_DOMAIN,
			  BH_BOUND_FILE);
	}
}

void bh_domains_bounds(struct bh_validator *validator, const struct bh_cil_node *statement)
{
	struct bh_module_type *type;

	if (!is_bound(validator, bh_form_argument(statement, 1), BH_BOUND_FILE))
		return;
	type = bh_own_type(validator, NULL, bh_form_argument(statement, 2));
	if (!type || !type->domain_line)
		return;
	type->parent = NULL;
	bh_refuse(&validator->refusals, -EINVAL, statement,
		  "%s is used as a domain (line %u); bounds of a domain are %s", type->name,
		  type->domain_line, BH_BOUND_DOMAIN);
}

void bh_rule_permissive(struct bh_validator *validator, const struct bh_cil_node *statement)
{
	struct bh_module_type *type;

	/* Of a trusted module only: the form of an untrusted one's is refused. */
	type = bh_own_type(validator, statement, bh_form_argument(statement, 1));
	if (type)
		bh_mark_domain(type, statement->line);
}

void bh_rule_role(struct bh_validator *validator, const struct bh_cil_node *statement)
{
	const struct bh_cil_node *role = bh_form_argument(statement, 1);
	struct bh_module_type *type;

	type = bh_own_type(validator, statement, bh_form_argument(statement, 2));
	if (!type)
		return;
	if (strcmp(role->text, "system_r") == 0)
		bh_mark_domain(type, statement->line);
	else if (strcmp(role->text, "object_r") != 0)
		bh_refuse(&validator->refusals, -EINVAL, statement,
			  "a module's types have the roles system_r and object_r only");
}
