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
	const struct bh_name *name; /* NULL: self */
	struct bh_typeset own; /* the module's types that it stands for */
	size_t nr_types; /* all types that it may stand for */
};

static size_t count_types(const struct bh_typeset *set)
{
	size_t count = 0;

	for (size_t i = 0; i < sizeof(set->bits) / sizeof(set->bits[0]); i++)
		count += (size_t)__builtin_popcountll(set->bits[i]);
	return count;
}

static void mark_domains(struct bh_validator *validator, const struct bh_typeset *set,
			 uint32_t line)
{
	for (uint32_t i = 0; i < validator->module->nr_types; i++)
		if (bh_typeset_has(set, i) && !validator->module->types[i].domain_line)
			validator->module->types[i].domain_line = line;
}

static void mark_domain(struct bh_module_type *type, uint32_t line)
{
	if (!type->domain_line)
		type->domain_line = line;
}

static bool find_side(struct bh_validator *validator, const struct bh_cil_node *statement,
		      const struct bh_cil_node *node, struct side *side)
{
	memset(side, 0, sizeof(*side));
	if (!node->text || node->quoted) {
		bh_refuse(validator, -EINVAL, statement,
			  "the name of a type or attribute is expected, not a list");
		return false;
	}
	side->name = bh_names_find(&validator->names, node->text);
	if (!side->name) {
		bh_refuse(validator, -EINVAL, statement, "no type or attribute %s", node->text);
		return false;
	}
	if (side->name->module && side->name->kind == BH_NAME_TYPE)
		bh_typeset_add(&side->own, side->name->number);
	else if (side->name->module)
		side->own = validator->module->attributes[side->name->number];

	if (side->name->module)
		side->nr_types = count_types(&side->own);
	else if (side->name->kind == BH_NAME_TYPE)
		side->nr_types = 1;
	else
		side->nr_types = validator->names.nr_base_types + validator->module->nr_types;
	return true;
}

static bool find_target(struct bh_validator *validator, const struct bh_cil_node *statement,
			const struct bh_cil_node *node, struct side *side)
{
	if (node->text && strcmp(node->text, "self") == 0) {
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
	const struct bh_cil_node *list = node->child ? node->child->next : NULL;

	if (!node->child || !node->child->text || !list || !list->child || list->next) {
		bh_refuse(validator, -EINVAL, statement,
			  "a class and its permissions are expected: (CLASS (PERMISSION...))");
		return false;
	}
	*tclass = bh_class_number(node->child->text);
	if (!*tclass) {
		bh_refuse(validator, -EINVAL, statement, "no class %s", node->child->text);
		return false;
	}
	*permissions = 0;
	for (const struct bh_cil_node *name = list->child; name; name = name->next) {
		uint32_t bit = name->text ? bh_class_permission(*tclass, name->text) : 0;

		if (!bit) {
			bh_refuse(validator, -EINVAL, statement,
				  "class %s has no permission %s; they are named one by one",
				  node->child->text, name->text ? name->text : "list");
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
		validator->code = -ENOMEM;
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

static bool check_source(struct bh_validator *validator, const struct bh_cil_node *statement,
			 const struct side *source, const struct side *target)
{
	if (source->name->module || validator->trusted)
		return true;
	if (strcmp(source->name->name, BH_BOUND_DOMAIN) != 0) {
		bh_refuse(validator, -EINVAL, statement,
			  "%s is the base policy's; "
			  "a rule's source is a type of the module or %s",
			  source->name->name, BH_BOUND_DOMAIN);
		return false;
	}
	if (!target->name || !target->name->module) {
		bh_refuse(validator, -EINVAL, statement,
			  "both types are the base policy's; one must be the module's");
		return false;
	}
	return true;
}

void bh_rule_av(struct bh_validator *validator, const struct bh_cil_node *statement)
{
	struct bh_module_grant grant = { .statement = statement };
	struct side source;
	struct side target;

	if (!find_side(validator, statement, bh_argument(statement, 1), &source) ||
	    !find_target(validator, statement, bh_argument(statement, 2), &target) ||
	    !check_source(validator, statement, &source, &target) ||
	    !find_permissions(validator, statement, bh_argument(statement, 3), &grant.tclass,
			      &grant.permissions))
		return;

	validator->nr_rules += source.nr_types * target.nr_types;
	if (makes_domain(grant.tclass, grant.permissions))
		mark_domains(validator, &source.own, statement->line);
	if (!source.name->module && strcmp(statement->child->text, "allow") == 0) {
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

void bh_rule_transition(struct bh_validator *validator, const struct bh_cil_node *statement)
{
	const struct bh_cil_node *class = bh_argument(statement, 3);
	struct bh_module_type *source;
	struct bh_module_type *result;
	struct side target;
	uint32_t tclass;

	if (bh_argument(statement, 5)) {
		bh_refuse(validator, -EINVAL, statement,
			  "transitions by file name are not supported; leave the name out");
		return;
	}
	source = bh_own_type(validator, statement, bh_argument(statement, 1));
	if (!source || !find_side(validator, statement, bh_argument(statement, 2), &target))
		return;
	if (target.name->kind == BH_NAME_ATTRIBUTE) {
		bh_refuse(validator, -EINVAL, statement, "%s is an attribute; name the type",
			  target.name->name);
		return;
	}
	tclass = class->text ? bh_class_number(class->text) : 0;
	if (!is_transition_class(tclass)) {
		bh_refuse(
			validator, -EINVAL, statement,
			"no transition in this class; process and the classes of files have them");
		return;
	}
	result = bh_own_type(validator, statement, bh_argument(statement, 4));
	if (!result)
		return;
	validator->nr_rules++;
	mark_domain(source, statement->line);
	if (tclass == BH_CLASS_PROCESS) {
		mark_domain(result, statement->line);
		result->entered |= result != source;
	}
}

void bh_domains_transition(struct bh_validator *validator, const struct bh_cil_node *statement)
{
	const struct bh_cil_node *class = bh_argument(statement, 3);
	const struct bh_module_type *result;
	uint32_t tclass = class->text ? bh_class_number(class->text) : 0;

	if (tclass == BH_CLASS_PROCESS || !is_transition_class(tclass))
		return;
	result = bh_own_type(validator, NULL, bh_argument(statement, 4));
	if (result && result->domain_line)
		bh_refuse(validator, -EINVAL, statement,
			  "%s is a domain (line %u), a file cannot have it", result->name,
			  result->domain_line);
}

static bool is_bound(struct bh_validator *validator, const struct bh_cil_node *node,
		     const char *bound)
{
	const struct bh_name *name;

	name = node->text ? bh_names_find(&validator->names, node->text) : NULL;
	return name && strcmp(name->name, bound) == 0;
}

void bh_rule_bounds(struct bh_validator *validator, const struct bh_cil_node *statement)
{
	const struct bh_cil_node *parent = bh_argument(statement, 1);
	struct bh_module_type *type;

	type = bh_own_type(validator, statement, bh_argument(statement, 2));
	if (!type)
		return;
	if (type->bounded) {
		bh_refuse(validator, -EINVAL, statement, "bounds of %s are stated twice",
			  type->name);
		return;
	}
	type->bounded = true;
	if (is_bound(validator, parent, BH_BOUND_DOMAIN))
		mark_domain(type, statement->line);
	else if (!is_bound(validator, parent, BH_BOUND_FILE))
		bh_refuse(validator, -EINVAL, statement,
			  "bounds of a domain are %s, of any other type %s", BH_BOUND_DOMAIN,
			  BH_BOUND_FILE);
}

void bh_domains_bounds(struct bh_validator *validator, const struct bh_cil_node *statement)
{
	const struct bh_module_type *type;

	if (!is_bound(validator, bh_argument(statement, 1), BH_BOUND_FILE))
		return;
	type = bh_own_type(validator, NULL, bh_argument(statement, 2));
	if (type && type->domain_line)
		bh_refuse(validator, -EINVAL, statement,
			  "%s is used as a domain (line %u); bounds of a domain are %s", type->name,
			  type->domain_line, BH_BOUND_DOMAIN);
}

void bh_rule_role(struct bh_validator *validator, const struct bh_cil_node *statement)
{
	const struct bh_cil_node *role = bh_argument(statement, 1);
	struct bh_module_type *type;

	type = bh_own_type(validator, statement, bh_argument(statement, 2));
	if (!type)
		return;
	if (role->text && strcmp(role->text, "system_r") == 0)
		mark_domain(type, statement->line);
	else if (!role->text || strcmp(role->text, "object_r") != 0)
		bh_refuse(validator, -EINVAL, statement,
			  "a module's types have the roles system_r and object_r only");
}
