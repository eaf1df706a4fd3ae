/* SPDX-License-Identifier: GPL-2.0 */
/* Which types are in an attribute, BASE's and the module's. */
#ifndef BULKHEAD_CIL_TYPESETS_H
#define BULKHEAD_CIL_TYPESETS_H

#include "cil_expand.h"
#include "cil_validate.h"

struct bh_typesets {
	struct bh_expansion *expansion;
	size_t nr_own; /* types of the module: numbers from 0 */
	size_t nr_words; /* of a set */
};

/**
 * bh_typesets_init() - Number the types.
 * @sets:      Receives what the other functions need.
 * @expansion: Whose types of the module have their numbers, below BH_MODULE_TYPES_MAX.
 * @nr_own:    How many of them there are.
 */
void bh_typesets_init(struct bh_typesets *sets, struct bh_expansion *expansion, size_t nr_own);

/**
 * bh_typesets_symbol() - What a full name stands for.
 * @sets: The sets.
 * @name: Name of a type, alias or attribute.
 *
 * Return: The symbol, that of the type itself for an alias; NULL when there is none.
 */
const struct bh_symbol *bh_typesets_symbol(const struct bh_typesets *sets, const char *name);

/**
 * bh_typesets_evaluate() - The types of an expression.
 * @sets: The sets.
 * @node: The expression, as (typeattributeset ATTRIBUTE expression) has it.
 * @frame: Where its names stand.
 * @set:  Receives the types; from the expansion's arena.
 *
 * Source: libsepol/cil/src/cil_post.c, __cil_expr_to_bitmap().
 * Return: 0; -ELOOP an attribute contains itself; -ENOMEM.
 */
int bh_typesets_evaluate(const struct bh_typesets *sets, const struct bh_cil_node *node,
			 const struct bh_frame *frame, uint64_t **set);

/**
 * bh_typesets_of() - The types that a symbol stands for.
 * @sets:   The sets.
 * @symbol: Of a type or an attribute.
 * @set:    Receives the types.
 *
 * Return: As bh_typesets_evaluate().
 */
int bh_typesets_of(const struct bh_typesets *sets, const struct bh_symbol *symbol, uint64_t **set);

/**
 * bh_typesets_has() - Whether a type is in a set.
 * @set:  The set.
 * @type: Symbol of a type.
 */
bool bh_typesets_has(const uint64_t *set, const struct bh_symbol *type);

/**
 * bh_typesets_own() - The module's types of a set.
 * @set: The set.
 */
struct bh_typeset bh_typesets_own(const uint64_t *set);

/**
 * bh_typesets_base() - A type of BASE that is in a set.
 * @sets: The sets.
 * @set:  The set.
 *
 * Return: The first; NULL when there is none.
 */
const struct bh_symbol *bh_typesets_base(const struct bh_typesets *sets, const uint64_t *set);

#endif /* BULKHEAD_CIL_TYPESETS_H */
