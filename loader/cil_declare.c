// SPDX-License-Identifier: GPL-2.0
/* The validator's part for declarations: types, aliases, attributes. */
#include <errno.h>
#include <string.h>

#include "cil_validate_internal.h"

/* Dots are CIL's own for blocks: a.b would be a name in BASE's block a. */
static bool is_name(const char *text)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

	if (!strchr(letters, text[0]) || text[0] == '\0')
		return false;
	for (; *text; text++)
		if (!strchr(letters, *text) && !strchr("0123456789_", *text))
			return false;
	return true;
}

/* cil_verify.c: what a type may not be called. */
static bool is_reserved(const char *text)
{
	static const char *const reserved[] = { "all", "self", "and", "or", "not", "xor" };

	for (size_t i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++)
		if (strcmp(text, reserved[i]) == 0)
			return true;
	return false;
}

static struct bh_name *declare(struct bh_validator *validator, const struct bh_cil_node *statement,
			       enum bh_name_kind kind)
{
	const struct bh_cil_node *node = bh_argument(statement, 1);
	struct bh_name *name;

	if (!node->text || node->quoted || !is_name(node->text) || is_reserved(node->text)) {
		bh_refuse(validator, -EINVAL, statement,
			  "not a name; letters, digits and _ make one, a letter first");
		return NULL;
	}
	if (strlen(node->text) >= BH_NAME_MAX) {
		bh_refuse(validator, -EINVAL, statement, "name has more than %d bytes",
			  BH_NAME_MAX - 1);
		return NULL;
	}
	name = bh_names_add(&validator->names, node, kind, true);
	if (name)
		return name;
	name = bh_names_find(&validator->names, node->text);
	if (name && name->module)
		bh_refuse(validator, -EINVAL, statement, "%s is already declared in line %u",
			  node->text, name->line);
	else if (name)
		bh_refuse(validator, -EINVAL, statement,
			  "%s is the base policy's; a module declares names of its own",
			  node->text);
	else
		bh_refuse(validator, -EINVAL, statement, "%s is already declared", node->text);
	return NULL;
}

void bh_declare_type(struct bh_validator *validator, const struct bh_cil_node *statement)
{
	struct bh_module *module = validator->module;
	struct bh_name *name;

	if (module->nr_types == BH_MODULE_TYPES_MAX) {
		bh_refuse(validator, -E2BIG, statement, "a module may declare %d types",
			  BH_MODULE_TYPES_MAX);
		return;
	}
	name = declare(validator, statement, BH_NAME_TYPE);
	if (!name)
		return;
	name->number = (uint32_t)module->nr_types++;
	module->types[name->number].name = name->name;
	module->types[name->number].line = name->line;
}

void bh_declare_alias(struct bh_validator *validator, const struct bh_cil_node *statement)
{
	declare(validator, statement, BH_NAME_ALIAS);
}

void bh_declare_attribute(struct bh_validator *validator, const struct bh_cil_node *statement)
{
	struct bh_module *module = validator->module;
	struct bh_name *name;

	if (module->nr_attributes == BH_MODULE_ATTRIBUTES_MAX) {
		bh_refuse(validator, -E2BIG, statement, "a module may declare %d attributes",
			  BH_MODULE_ATTRIBUTES_MAX);
		return;
	}
	name = declare(validator, statement, BH_NAME_ATTRIBUTE);
	if (name)
		name->number = (uint32_t)module->nr_attributes++;
}

/* The name as declared, which for an alias is not what bh_names_find() gives. */
static struct bh_name *find_alias(struct bh_validator *validator, const struct bh_cil_node *node)
{
	struct bh_names *names = &validator->names;

	for (size_t i = 0; node->text && i < names->nr_name; i++)
		if (names->name[i].kind == BH_NAME_ALIAS && names->name[i].module &&
		    strcmp(names->name[i].name, node->text) == 0)
			return &names->name[i];
	return NULL;
}

void bh_members_alias(struct bh_validator *validator, const struct bh_cil_node *statement)
{
	struct bh_name *alias = find_alias(validator, bh_argument(statement, 1));
	const struct bh_module_type *type;

	if (!alias) {
		bh_refuse(validator, -EINVAL, statement,
			  "not an alias of this module; declare it with (typealias NAME)");
		return;
	}
	if (alias->actual) {
		bh_refuse(validator, -EINVAL, statement, "%s already stands for %s", alias->name,
			  alias->actual->name);
		return;
	}
	type = bh_own_type(validator, statement, bh_argument(statement, 2));
	if (type)
		alias->actual = bh_names_find(&validator->names, type->name);
}

static void add_member(struct bh_validator *validator, const struct bh_cil_node *statement,
		       const struct bh_cil_node *node, struct bh_typeset *set)
{
	const struct bh_module_type *type = bh_own_type(validator, statement, node);

	if (type)
		bh_typeset_add(set, (uint32_t)(type - validator->module->types));
}

static bool is_operator(const struct bh_cil_node *node)
{
	return node && node->text && is_reserved(node->text);
}

void bh_members_attribute(struct bh_validator *validator, const struct bh_cil_node *statement)
{
	const struct bh_cil_node *node = bh_argument(statement, 1);
	const struct bh_cil_node *member = bh_argument(statement, 2);
	const struct bh_name *name;
	struct bh_typeset *set;

	name = node->text ? bh_names_find(&validator->names, node->text) : NULL;
	if (!name || name->kind != BH_NAME_ATTRIBUTE || !name->module) {
		bh_refuse(validator, -EINVAL, statement,
			  "only attributes that the module declares can be given to types");
		return;
	}
	if (is_operator(member) || is_operator(member->child)) {
		bh_refuse(validator, -EINVAL, statement,
			  "operators are not allowed; "
			  "list the types: (typeattributeset %s (TYPE...))",
			  name->name);
		return;
	}
	set = &validator->module->attributes[name->number];
	if (member->text) {
		add_member(validator, statement, member, set);
		return;
	}
	for (member = member->child; member; member = member->next)
		add_member(validator, statement, member, set);
}
