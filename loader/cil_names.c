// SPDX-License-Identifier: GPL-2.0
/* Which types, aliases and attributes there are, BASE's and a module's. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cil_names.h"

int bh_names_init(struct bh_names *names, size_t max)
{
	memset(names, 0, sizeof(*names));
	names->name = calloc(max + 1, sizeof(*names->name));
	if (!names->name)
		return -ENOMEM;
	names->max_name = max;
	/* hsearch() slows down as its table fills up. */
	if (!hcreate_r(2 * max + 16, &names->table)) {
		free(names->name);
		names->name = NULL;
		return -ENOMEM;
	}
	return 0;
}

void bh_names_free(struct bh_names *names)
{
	if (names->name)
		hdestroy_r(&names->table);
	free(names->name);
	memset(names, 0, sizeof(*names));
}

static struct bh_name *lookup(struct bh_names *names, const char *name)
{
	ENTRY key = { .key = (char *)name };
	ENTRY *found;

	return hsearch_r(key, FIND, &found, &names->table) ? found->data : NULL;
}

struct bh_name *bh_names_add(struct bh_names *names, const struct bh_cil_node *node,
			     enum bh_name_kind kind, bool module)
{
	struct bh_name *name;
	ENTRY entry = { .key = (char *)node->text };
	ENTRY *found;

	if (names->nr_name >= names->max_name || lookup(names, node->text))
		return NULL;
	name = &names->name[names->nr_name++];
	name->name = node->text;
	name->kind = kind;
	name->module = module;
	name->line = node->line;
	entry.data = name;
	/* The table was made larger than max_name. */
	hsearch_r(entry, ENTER, &found, &names->table);
	if (kind == BH_NAME_TYPE && !module)
		names->nr_base_types++;
	return name;
}

struct bh_name *bh_names_find(struct bh_names *names, const char *name)
{
	struct bh_name *found = lookup(names, name);

	if (found && found->kind == BH_NAME_ALIAS)
		return (struct bh_name *)found->actual;
	return found;
}

static const struct bh_cil_node *argument(const struct bh_cil_node *statement, int n)
{
	const struct bh_cil_node *node = statement->child;

	while (node && n-- > 0)
		node = node->next;
	return node && node->text ? node : NULL;
}

static void add_declaration(struct bh_names *names, const struct bh_cil_node *statement)
{
	static const char *const keyword[] = {
		[BH_NAME_TYPE] = "type",
		[BH_NAME_ALIAS] = "typealias",
		[BH_NAME_ATTRIBUTE] = "typeattribute",
	};
	const struct bh_cil_node *name = argument(statement, 1);

	for (int kind = 0; name && kind <= BH_NAME_ATTRIBUTE; kind++)
		if (strcmp(statement->child->text, keyword[kind]) == 0)
			bh_names_add(names, name, (enum bh_name_kind)kind, false);
}

static void set_actual(struct bh_names *names, const struct bh_cil_node *statement)
{
	const struct bh_cil_node *alias = argument(statement, 1);
	const struct bh_cil_node *type = argument(statement, 2);
	struct bh_name *name = alias ? lookup(names, alias->text) : NULL;

	if (name && name->kind == BH_NAME_ALIAS && type)
		name->actual = bh_names_find(names, type->text);
}

void bh_names_add_base(struct bh_names *names, const struct bh_cil_tree *tree)
{
	const struct bh_cil_node *statement;

	for (statement = tree->first; statement; statement = statement->next)
		if (argument(statement, 0))
			add_declaration(names, statement);
	for (statement = tree->first; statement; statement = statement->next)
		if (argument(statement, 0) &&
		    strcmp(statement->child->text, "typealiasactual") == 0)
			set_actual(names, statement);
}
