/* SPDX-License-Identifier: GPL-2.0 */
/* CIL text into a tree, by libsepol's own rules of what a token is. */
#ifndef BULKHEAD_CIL_READ_H
#define BULKHEAD_CIL_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "policy.h"

/* A symbol, or a list of nodes in parentheses. */
struct bh_cil_node {
	const char *text; /* the symbol; NULL for a list */
	struct bh_cil_node *child; /* first of a list; NULL when it is empty */
	struct bh_cil_node *next; /* in the same list */
	const char *file; /* its text's name */
	uint32_t line; /* where it starts, from 1 */
	bool quoted; /* written "so"; CIL makes no difference */
	bool refused; /* its form; nobody need look at it again */
};

struct bh_cil_limits {
	size_t bytes;
	size_t nodes;
	unsigned int depth; /* parentheses open at once */
	bool marks; /* of high-level languages (;;*) are read over, not refused */
};

struct bh_cil_tree {
	const char *name; /* the source's; not freed */
	struct bh_cil_node *first; /* first statement; NULL when there is none */
	struct bh_source normal; /* the text as libsepol should get it: without CR */
	struct bh_cil_node *nodes;
	size_t nr_nodes;
	char *symbols;
};

/**
 * bh_cil_read() - Read CIL.
 * @source: The text; need not outlive the call, but its name must.
 * @limits: What the text may have; what exceeds it is refused.
 * @tree:   Receives the statements; freed by bh_cil_tree_free(). Empty on error.
 * @error:  Receives "file:line: reason".
 *
 * Stricter than libsepol in four things, each refused with its line: the marks of
 * high-level languages (;;*), which could tell false lines, unless @limits has them; NUL bytes, even in
 * comments; a CR that no LF follows; a depth beyond @limits.
 *
 * Source: libsepol/cil/src/cil_lexer.l, cil_parser.c.
 * Return: 0; -EINVAL no CIL; -E2BIG beyond @limits; -ENOMEM.
 */
int bh_cil_read(const struct bh_source *source, const struct bh_cil_limits *limits,
		struct bh_cil_tree *tree, struct bh_error *error);

/**
 * bh_cil_tree_free() - Free a tree.
 * @tree: From bh_cil_read(); may be zeroed.
 */
void bh_cil_tree_free(struct bh_cil_tree *tree);

/**
 * bh_cil_print() - Write a node as CIL on one line, for a person to read.
 * @node:   The node.
 * @buffer: Receives the text, cut with "..." when it is too long, with ? for what a
 *          terminal might act on.
 * @size:   Bytes of @buffer, more than 4.
 *
 * Return: @buffer.
 */
const char *bh_cil_print(const struct bh_cil_node *node, char *buffer, size_t size);

#endif /* BULKHEAD_CIL_READ_H */
