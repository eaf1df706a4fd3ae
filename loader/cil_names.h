/* SPDX-License-Identifier: GPL-2.0 */
/* Which types, aliases and attributes there are, BASE's and a module's. */
#ifndef BULKHEAD_CIL_NAMES_H
#define BULKHEAD_CIL_NAMES_H

#include <search.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cil_read.h"

enum bh_name_kind { BH_NAME_TYPE, BH_NAME_ALIAS, BH_NAME_ATTRIBUTE };

struct bh_name {
	const char *name; /* points into the tree that declares it */
	enum bh_name_kind kind;
	bool module;
	uint32_t line; /* where it is declared */
	uint32_t number; /* index of a module's type or attribute in its own list */
	const struct bh_name *actual; /* of an alias; NULL when it was never said */
};

struct bh_names {
	struct hsearch_data table;
	struct bh_name *name;
	size_t nr_name;
	size_t max_name;
	size_t nr_base_types;
};

/**
 * bh_names_init() - Make room for names.
 * @names: Receives an empty table; freed by bh_names_free().
 * @max:   How many names there may be.
 *
 * Return: 0 or -ENOMEM.
 */
int bh_names_init(struct bh_names *names, size_t max);

/**
 * bh_names_free() - Free a table of names.
 * @names: From bh_names_init(); may be zeroed.
 */
void bh_names_free(struct bh_names *names);

/**
 * bh_names_add() - Add a name.
 * @names:  The table; has room.
 * @node:   Symbol that declares it; its tree must outlive the table.
 * @kind:   What it names.
 * @module: Whether the module declares it.
 *
 * Return: The name, or NULL when it is there already or there is no room.
 */
struct bh_name *bh_names_add(struct bh_names *names, const struct bh_cil_node *node,
			     enum bh_name_kind kind, bool module);

/**
 * bh_names_find() - Find a name.
 * @names: The table.
 * @name:  Name of a type, alias or attribute.
 *
 * Return: The name; that of the type itself for an alias; NULL when there is none.
 */
struct bh_name *bh_names_find(struct bh_names *names, const char *name);

/**
 * bh_names_add_base() - Add what one text of BASE declares.
 * @names: The table.
 * @tree:  The text, as read; must outlive the table.
 *
 * Only statements that are in no block count: a module cannot name the others, since
 * its own names have no dots.
 */
void bh_names_add_base(struct bh_names *names, const struct bh_cil_tree *tree);

#endif /* BULKHEAD_CIL_NAMES_H */
