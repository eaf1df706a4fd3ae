/* SPDX-License-Identifier: GPL-2.0 */
/* The filecon statements of CIL texts. */
#ifndef BULKHEAD_FILECON_H
#define BULKHEAD_FILECON_H

#include "automaton.h"
#include "cil_read.h"

/* The number of a type by its name, 0 when there is none. */
typedef uint32_t bh_filecon_type(const char *name, void *data);

/* Two rules are about the same paths; @other is the one that is kept. */
typedef void bh_filecon_twice(const struct bh_filecon *rule, const struct bh_filecon *other,
			      void *data);

/**
 * bh_filecon_kind() - The kind of file that a filecon statement names.
 * @name: "any", "file", ...
 *
 * Return: BH_KIND_..., BH_NR_KINDS when there is none of that name.
 */
uint32_t bh_filecon_kind(const char *name);

/**
 * bh_filecon_sort() - Put rules in the order of a file_contexts.
 * @rules:    The rules.
 * @nr_rules: Their number; of those for the same paths the first in the text is kept.
 * @twice:    Told of each of the others.
 * @data:     Handed to @twice.
 *
 * Source: libsepol's cil_post_filecon_compare().
 */
void bh_filecon_sort(struct bh_filecon *rules, size_t *nr_rules, bh_filecon_twice *twice,
		     void *data);

/**
 * bh_filecon_read() - Read the filecon statements at the top level of CIL texts.
 * @trees:    The texts, BASE's first; must outlive @rules, whose texts point into them.
 * @nr_trees: Number of @trees.
 * @type:     Finds types.
 * @data:     Handed to @type.
 * @rules:    Receives the rules in the order of a file_contexts, freed by free().
 * @nr_rules: Receives their number.
 * @error:    Receives "file:line: reason".
 *
 * CIL sorts them by how much they say, wherever they are written; so does this.
 *
 * Source: libsepol's cil_gen_filecon(), cil_post_filecon_compare().
 * Return: 0; -EINVAL a statement is no filecon; -ENOENT an unknown context or type;
 *         -EEXIST two statements say different things of the same paths; -ENOMEM.
 */
int bh_filecon_read(const struct bh_cil_tree *trees, size_t nr_trees, bh_filecon_type *type,
		    void *data, struct bh_filecon **rules, size_t *nr_rules,
		    struct bh_error *error);

#endif /* BULKHEAD_FILECON_H */
