/* SPDX-License-Identifier: GPL-2.0 */
/* Blocks, macros, optionals and conditions, taken apart into a flat list of statements. */
#ifndef BULKHEAD_CIL_EXPAND_H
#define BULKHEAD_CIL_EXPAND_H

#include <stdbool.h>
#include <stddef.h>

#include "cil_arena.h"
#include "cil_form.h"
#include "cil_read.h"
#include "cil_refusals.h"
#include "cil_symbols.h"
#include "policy.h"

#define BH_EXPANSION_STATEMENTS_MAX 32768
#define BH_EXPANSION_NODES_MAX 262144
#define BH_EXPANSION_DEPTH_MAX 32 /* blocks, optionals and calls in one another */
#define BH_EXPANSION_ROUNDS_MAX 16 /* optionals that fail for want of one another */

/* One simple statement with full names. */
struct bh_flat {
	const struct bh_cil_node *statement;
	const struct bh_cil_node *condition; /* the booleanif that it depends on, or NULL */
	bool otherwise; /* it holds when the condition does not */
	bool refused;
};

/* A statement where it stands, its names not looked up yet. */
struct bh_instance {
	const struct bh_cil_node *node;
	struct bh_frame *frame;
	struct bh_symbol *symbol; /* of a declaration */
};

struct bh_expansion {
	struct bh_arena *arena; /* what flat refers to; outlives the expansion */
	struct bh_refusals *refusals;
	struct bh_symbols symbols;
	struct bh_frame root; /* of the module */
	struct bh_cil_tree *trees; /* of BASE */
	size_t nr_trees;
	struct bh_symbol **base_types;
	size_t nr_base_types;
	struct bh_instance *instance;
	size_t nr_instances;
	size_t nr_steps; /* statements seen, each as often as it is inherited or called */
	struct bh_flat *flat;
	size_t nr_flat;
	size_t nr_nodes; /* made for flat */
	bool full; /* a limit was passed, and said: what is here is not whole */
};

/**
 * bh_cil_read_base() - Read the texts of BASE.
 * @base:    The texts.
 * @nr_base: Their number.
 * @trees:   Receives as many trees, freed by bh_cil_trees_free(); NULL on error.
 * @error:   Receives "file:line: reason".
 *
 * Return: 0; -EIO a text cannot be read; -ENOMEM.
 */
int bh_cil_read_base(const struct bh_source *base, size_t nr_base, struct bh_cil_tree **trees,
		     struct bh_error *error);

/**
 * bh_cil_trees_free() - Free trees.
 * @trees: From bh_cil_read_base(), or NULL.
 * @nr:    Their number.
 */
void bh_cil_trees_free(struct bh_cil_tree *trees, size_t nr);

/**
 * bh_expansion_base() - Read BASE: its names, and its templates.
 * @expansion: Zeroed but for arena and refusals; freed by bh_expansion_free().
 * @base:      Texts of BASE.
 * @nr_base:   Number of @base.
 * @error:     Receives what is wrong with BASE.
 *
 * A template is a block of BASE with a blockabstract statement of its own: it is in no
 * policy by itself, a module may inherit it.
 *
 * Return: 0; -EIO BASE cannot be read; -ENOMEM.
 */
int bh_expansion_base(struct bh_expansion *expansion, const struct bh_source *base, size_t nr_base,
		      struct bh_error *error);

/**
 * bh_expansion_module() - Expand a module.
 * @expansion: After bh_expansion_base().
 * @first:     The module's statements, after bh_form_check().
 *
 * Afterwards flat holds what is left: declarations and rules with full names, no
 * statement that contains others. What is wrong is in refusals.
 *
 * Source: libsepol/cil/src/cil_resolve_ast.c; SELinux CIL Reference Guide.
 * Return: 0 or -ENOMEM.
 */
int bh_expansion_module(struct bh_expansion *expansion, const struct bh_cil_node *first);

/**
 * bh_expansion_resolve() - Look up the names of what was expanded. For the above.
 * @expansion: The expansion.
 *
 * Return: 0 or -ENOMEM.
 */
int bh_expansion_resolve(struct bh_expansion *expansion);

/**
 * bh_expansion_free() - Free an expansion, but not its arena and its refusals.
 * @expansion: The expansion; may be zeroed.
 */
void bh_expansion_free(struct bh_expansion *expansion);

#endif /* BULKHEAD_CIL_EXPAND_H */
