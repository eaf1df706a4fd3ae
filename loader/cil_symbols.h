/* SPDX-License-Identifier: GPL-2.0 */
/* What CIL's names mean where: namespaces of blocks, of macros and of their calls. */
#ifndef BULKHEAD_CIL_SYMBOLS_H
#define BULKHEAD_CIL_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cil_arena.h"
#include "cil_read.h"

enum bh_symbol_kind {
	BH_SYMBOL_TYPE,
	BH_SYMBOL_ALIAS,
	BH_SYMBOL_ATTRIBUTE,
	BH_SYMBOL_BOOLEAN,
	BH_SYMBOL_CLASSPERMISSION,
	BH_SYMBOL_ROLE,
	BH_SYMBOL_BLOCK,
	BH_SYMBOL_MACRO,
	BH_SYMBOL_OPTIONAL,
};

/* Kinds that share a namespace: enum cil_sym_index. */
enum bh_space {
	BH_SPACE_TYPES,
	BH_SPACE_BOOLEANS,
	BH_SPACE_CLASSPERMISSIONS,
	BH_SPACE_ROLES,
	BH_SPACE_BLOCKS,
	BH_SPACE_CLASSES, /* parameters only; classes are BASE's and global */
	BH_SPACE_NONE, /* parameters that name nothing: name, string */
};

enum bh_frame_kind {
	BH_FRAME_ROOT,
	BH_FRAME_BLOCK,
	BH_FRAME_INHERIT,
	BH_FRAME_CALL,
	BH_FRAME_OPTIONAL,
	BH_FRAME_BRANCH, /* of a booleanif */
};

/* What statements stand in, once blocks are inherited and macros are called. */
struct bh_frame {
	enum bh_frame_kind kind;
	struct bh_frame *parent;
	const struct bh_cil_node *node; /* the statement; NULL for the root */
	unsigned int depth;
	bool module; /* of the module's text, or made for it */
	bool abstract; /* of a block: a template */
	bool failed; /* of an optional: something in it does not resolve */
	bool otherwise; /* of a branch: the one for false */
	const char *prefix; /* of the root and of a block: "a.b." */
	struct bh_frame *origin; /* of inherit: the block; its parents are asked, too */
	const struct bh_symbol *macro; /* of a call */
};

/* An expression of an attribute, or the permissions of a classpermission. */
struct bh_member {
	struct bh_member *next;
	const struct bh_cil_node *node;
	const struct bh_frame *frame; /* where its names stand */
};

struct bh_symbol {
	const char *name;
	const char *full; /* with the names of its blocks */
	enum bh_symbol_kind kind;
	struct bh_frame *frame; /* where its declaration stands */
	const struct bh_cil_node *node; /* its declaration */
	struct bh_frame *inside; /* of a block */
	const struct bh_symbol *actual; /* of an alias; NULL until it is known */
	struct bh_member *members; /* what an attribute or a classpermission was given */
	uint32_t number; /* of a type, of an attribute */
	uint64_t *set; /* of an attribute: its types, once they are known */
	bool visited; /* while they are found */
};

struct bh_symbols {
	struct bh_arena *arena;
	struct bh_frame root; /* BASE's and the module's names share it */
	struct bh_symbol_entry *entry; /* hash table */
	size_t nr_entries;
	size_t max_entries; /* a power of two, more than nr_entries */
};

/**
 * bh_symbols_init() - Make an empty table.
 * @symbols: Receives it; freed by bh_symbols_free().
 * @arena:   Where symbols come from.
 */
void bh_symbols_init(struct bh_symbols *symbols, struct bh_arena *arena);

/**
 * bh_symbols_free() - Free what a table holds beside its arena.
 * @symbols: From bh_symbols_init(); may be zeroed.
 */
void bh_symbols_free(struct bh_symbols *symbols);

/**
 * bh_symbols_frame() - Open a frame.
 * @symbols: The table.
 * @kind:    What it is.
 * @parent:  What it stands in.
 * @node:    Its statement.
 *
 * Return: The frame, NULL when there is no memory.
 */
struct bh_frame *bh_symbols_frame(struct bh_symbols *symbols, enum bh_frame_kind kind,
				  struct bh_frame *parent, const struct bh_cil_node *node);

/**
 * bh_symbols_scope() - Where a declaration's name belongs to: the nearest block.
 * @frame: Where the declaration stands.
 *
 * Return: The frame of that block, or the root.
 */
struct bh_frame *bh_symbols_scope(struct bh_frame *frame);

/**
 * bh_symbols_add() - Declare a name.
 * @symbols: The table.
 * @scope:   From bh_symbols_scope(), or the symbol of a macro.
 * @symbol:  Its kind and name; stays in the table.
 *
 * Return: 0; -EEXIST it is declared there already; -ENOMEM.
 */
int bh_symbols_add(struct bh_symbols *symbols, const void *scope, struct bh_symbol *symbol);

/**
 * bh_symbols_get() - Find a name that is declared in one place.
 * @symbols: The table.
 * @scope:   As for bh_symbols_add().
 * @space:   Its namespace.
 * @name:    The name, without dots.
 *
 * Return: The symbol; NULL when there is none, or when it went with an optional.
 */
struct bh_symbol *bh_symbols_get(const struct bh_symbols *symbols, const void *scope,
				 enum bh_space space, const char *name);

/**
 * bh_symbols_find() - What a name means where it stands.
 * @symbols: The table.
 * @frame:   Where it stands.
 * @space:   Its namespace.
 * @name:    The name, with or without dots.
 *
 * Source: libsepol/cil/src/cil_resolve_ast.c, cil_resolve_name().
 * Return: The symbol, NULL when there is none.
 */
struct bh_symbol *bh_symbols_find(const struct bh_symbols *symbols, const struct bh_frame *frame,
				  enum bh_space space, const char *name);

/**
 * bh_symbols_argument() - The argument for which a name stands in a macro that was called.
 * @symbols: The table.
 * @frame:   Where the name stands.
 * @space:   Its namespace.
 * @name:    The name.
 * @where:   Receives the frame in which the argument itself stands.
 *
 * Return: The argument, NULL when the name is no parameter.
 */
const struct bh_cil_node *bh_symbols_argument(const struct bh_symbols *symbols,
					      const struct bh_frame *frame, enum bh_space space,
					      const char *name, const struct bh_frame **where);

/**
 * bh_symbols_parameter() - The namespace of a macro's parameter.
 * @kind: Its kind, as in (macro m ((KIND x))).
 * @space: Receives the namespace.
 *
 * Return: Whether the kind is one that is supported.
 */
bool bh_symbols_parameter(const char *kind, enum bh_space *space);

/**
 * bh_symbols_optional() - The optional that a statement goes with.
 * @frame: Where the statement stands.
 *
 * Return: The nearest optional around it, NULL when there is none.
 */
struct bh_frame *bh_symbols_optional(const struct bh_frame *frame);

/**
 * bh_symbols_gone() - Whether a frame went with an optional.
 * @frame: The frame.
 */
bool bh_symbols_gone(const struct bh_frame *frame);

/**
 * bh_symbols_space() - The namespace of a kind.
 * @kind: The kind.
 */
enum bh_space bh_symbols_space(enum bh_symbol_kind kind);

#endif /* BULKHEAD_CIL_SYMBOLS_H */
