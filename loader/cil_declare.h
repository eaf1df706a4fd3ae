/* SPDX-License-Identifier: GPL-2.0 */
/* The expander's part for declarations. */
#ifndef BULKHEAD_CIL_DECLARE_H
#define BULKHEAD_CIL_DECLARE_H

#include "cil_expand.h"

/**
 * bh_declare() - Declare what a statement names.
 * @expansion: The expansion.
 * @frame:     Where the statement stands.
 * @node:      The statement; its first argument is the name.
 * @kind:      What it names.
 *
 * Return: The symbol; NULL when it was refused.
 */
struct bh_symbol *bh_declare(struct bh_expansion *expansion, struct bh_frame *frame,
			     const struct bh_cil_node *node, enum bh_symbol_kind kind);

/**
 * bh_declare_statement() - Declare what a simple statement names, if it is a declaration.
 * @expansion: The expansion.
 * @frame:     Where the statement stands.
 * @node:      The statement.
 * @statement: Which one it is.
 *
 * Return: The symbol; NULL when there is none.
 */
struct bh_symbol *bh_declare_statement(struct bh_expansion *expansion, struct bh_frame *frame,
				       const struct bh_cil_node *node, enum bh_statement statement);

/**
 * bh_declare_macro() - Declare a macro, and what it will declare where it is called.
 * @expansion: The expansion.
 * @frame:     Where the macro stands.
 * @node:      The macro.
 */
void bh_declare_macro(struct bh_expansion *expansion, struct bh_frame *frame,
		      const struct bh_cil_node *node);

/**
 * bh_declare_blocks() - Declare blocks and macros, and those in the blocks.
 * @expansion: The expansion.
 * @frame:     Where they stand.
 * @first:     The first of the statements.
 * @copy:      Whether they are inherited.
 */
void bh_declare_blocks(struct bh_expansion *expansion, struct bh_frame *frame,
		       const struct bh_cil_node *first, bool copy);

#endif /* BULKHEAD_CIL_DECLARE_H */
