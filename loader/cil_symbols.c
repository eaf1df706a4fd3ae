// SPDX-License-Identifier: GPL-2.0
/* What CIL's names mean where: namespaces of blocks, of macros and of their calls. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cil_symbols.h"

#define DOTTED_MAX 256

struct bh_symbol_entry {
	const void *scope;
	enum bh_space space;
	struct bh_symbol *symbol; /* NULL: free */
};

void bh_symbols_init(struct bh_symbols *symbols, struct bh_arena *arena)
{
	memset(symbols, 0, sizeof(*symbols));
	symbols->arena = arena;
	symbols->root.kind = BH_FRAME_ROOT;
	symbols->root.prefix = "";
}

void bh_symbols_free(struct bh_symbols *symbols)
{
	free(symbols->entry);
	memset(symbols, 0, sizeof(*symbols));
}

struct bh_frame *bh_symbols_frame(struct bh_symbols *symbols, enum bh_frame_kind kind,
				  struct bh_frame *parent, const struct bh_cil_node *node)
{
	struct bh_frame *frame = bh_arena_alloc(symbols->arena, sizeof(*frame));

	if (!frame)
		return NULL;
	frame->kind = kind;
	frame->parent = parent;
	frame->node = node;
	frame->depth = parent->depth + 1;
	frame->module = parent->module;
	return frame;
}

struct bh_frame *bh_symbols_scope(struct bh_frame *frame)
{
	while (frame->kind != BH_FRAME_ROOT && frame->kind != BH_FRAME_BLOCK)
		frame = frame->parent;
	/* The module's part of the root and BASE's are frames apart with one scope. */
	while (frame->kind == BH_FRAME_ROOT && frame->parent)
		frame = frame->parent;
	return frame;
}

static size_t hash(const struct bh_symbols *symbols, const void *scope, enum bh_space space,
		   const char *name)
{
	uint64_t value = 14695981039346656037ULL ^ (uintptr_t)scope ^ (uint64_t)space << 56;

	/* FNV-1a, as good as any: the table is bounded by the size of the text. */
	for (; *name; name++)
		value = (value ^ (unsigned char)*name) * 1099511628211ULL;
	return (value ^ value >> 32) & (symbols->max_entries - 1);
}

static struct bh_symbol_entry *find_entry(const struct bh_symbols *symbols, const void *scope,
					  enum bh_space space, const char *name)
{
	size_t at = hash(symbols, scope, space, name);

	for (;; at = (at + 1) & (symbols->max_entries - 1)) {
		struct bh_symbol_entry *entry = &symbols->entry[at];

		if (!entry->symbol || (entry->scope == scope && entry->space == space &&
				       strcmp(entry->symbol->name, name) == 0))
			return entry;
	}
}

static int grow(struct bh_symbols *symbols)
{
	struct bh_symbol_entry *old = symbols->entry;
	size_t nr_old = symbols->max_entries;
	size_t max = nr_old ? 2 * nr_old : 1024;

	symbols->entry = calloc(max, sizeof(*symbols->entry));
	if (!symbols->entry) {
		symbols->entry = old;
		return -ENOMEM;
	}
	symbols->max_entries = max;
	for (size_t i = 0; i < nr_old; i++)
		if (old[i].symbol)
			*find_entry(symbols, old[i].scope, old[i].space, old[i].symbol->name) =
				old[i];
	free(old);
	return 0;
}

enum bh_space bh_symbols_space(enum bh_symbol_kind kind)
{
	switch (kind) {
	case BH_SYMBOL_TYPE:
	case BH_SYMBOL_ALIAS:
	case BH_SYMBOL_ATTRIBUTE:
		return BH_SPACE_TYPES;
	case BH_SYMBOL_BOOLEAN:
		return BH_SPACE_BOOLEANS;
	case BH_SYMBOL_CLASSPERMISSION:
		return BH_SPACE_CLASSPERMISSIONS;
	case BH_SYMBOL_ROLE:
		return BH_SPACE_ROLES;
	default:
		return BH_SPACE_BLOCKS;
	}
}

int bh_symbols_add(struct bh_symbols *symbols, const void *scope, struct bh_symbol *symbol)
{
	enum bh_space space = bh_symbols_space(symbol->kind);
	struct bh_symbol_entry *entry;

	if (2 * symbols->nr_entries >= symbols->max_entries && grow(symbols))
		return -ENOMEM;
	entry = find_entry(symbols, scope, space, symbol->name);
	if (entry->symbol)
		return -EEXIST;
	entry->scope = scope;
	entry->space = space;
	entry->symbol = symbol;
	symbols->nr_entries++;
	return 0;
}

bool bh_symbols_gone(const struct bh_frame *frame)
{
	for (; frame; frame = frame->parent)
		if (frame->failed)
			return true;
	return false;
}

struct bh_symbol *bh_symbols_get(const struct bh_symbols *symbols, const void *scope,
				 enum bh_space space, const char *name)
{
	struct bh_symbol *symbol;

	if (!symbols->max_entries)
		return NULL;
	symbol = find_entry(symbols, scope, space, name)->symbol;
	return symbol && !bh_symbols_gone(symbol->frame) ? symbol : NULL;
}

bool bh_symbols_parameter(const char *kind, enum bh_space *space)
{
	static const struct {
		const char *kind;
		enum bh_space space;
	} kinds[] = {
		{ "type", BH_SPACE_TYPES },
		{ "class", BH_SPACE_CLASSES },
		{ "classpermission", BH_SPACE_CLASSPERMISSIONS },
		{ "boolean", BH_SPACE_BOOLEANS },
		{ "role", BH_SPACE_ROLES },
		{ "name", BH_SPACE_NONE },
		{ "string", BH_SPACE_NONE },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(kinds[i].kind, kind) != 0)
			continue;
		*space = kinds[i].space;
		return true;
	}
	return false;
}

/* (call MACRO (ARGUMENT...)) and (macro NAME ((KIND PARAMETER)...) ...), both of good form. */
static const struct bh_cil_node *find_argument(const struct bh_frame *call, enum bh_space space,
					       const char *name)
{
	const struct bh_cil_node *list = call->node->child->next->next;
	const struct bh_cil_node *argument = list ? list->child : NULL;
	const struct bh_cil_node *parameter = call->macro->node->child->next->next->child;
	enum bh_space has;

	for (; parameter && argument; parameter = parameter->next, argument = argument->next)
		if (bh_symbols_parameter(parameter->child->text, &has) && has == space &&
		    strcmp(parameter->child->next->text, name) == 0)
			return argument;
	return NULL;
}

const struct bh_cil_node *bh_symbols_argument(const struct bh_symbols *symbols,
					      const struct bh_frame *frame, enum bh_space space,
					      const char *name, const struct bh_frame **where)
{
	const struct bh_cil_node *argument;

	for (; frame; frame = frame->parent) {
		if (frame->kind == BH_FRAME_BLOCK && bh_symbols_get(symbols, frame, space, name))
			return NULL;
		if (frame->kind != BH_FRAME_CALL ||
		    bh_symbols_get(symbols, frame->macro, space, name))
			continue;
		argument = find_argument(frame, space, name);
		if (argument) {
			*where = frame->parent;
			return argument;
		}
	}
	return NULL;
}

static struct bh_symbol *find_up(const struct bh_symbols *symbols, const struct bh_frame *frame,
				 enum bh_space space, const char *name)
{
	const struct bh_cil_node *argument;
	struct bh_symbol *found;

	for (; frame->kind != BH_FRAME_ROOT; frame = frame->parent) {
		switch (frame->kind) {
		case BH_FRAME_BLOCK:
			found = frame->abstract ? NULL :
						  bh_symbols_get(symbols, frame, space, name);
			break;
		case BH_FRAME_INHERIT:
			found = find_up(symbols, frame->parent, space, name);
			return found ? found : find_up(symbols, frame->origin->parent, space, name);
		case BH_FRAME_CALL:
			/* A name that the macro declares was declared at the call's side. */
			if (bh_symbols_get(symbols, frame->macro, space, name))
				continue;
			argument = find_argument(frame, space, name);
			if (argument)
				return argument->text ? bh_symbols_find(symbols, frame->parent,
									space, argument->text) :
							NULL;
			found = find_up(symbols, frame->macro->frame, space, name);
			break;
		default:
			continue;
		}
		if (found)
			return found;
	}
	return NULL;
}

static struct bh_symbol *find_simple(const struct bh_symbols *symbols, const struct bh_frame *frame,
				     enum bh_space space, const char *name)
{
	struct bh_symbol *found = find_up(symbols, frame, space, name);

	return found ? found : bh_symbols_get(symbols, &symbols->root, space, name);
}

/* @name is cut at its dots. */
static struct bh_symbol *find_dotted(const struct bh_symbols *symbols, const struct bh_frame *frame,
				     enum bh_space space, char *name)
{
	const struct bh_symbol *block;
	char *part = strsep(&name, ".");

	block = *part ? find_simple(symbols, frame, BH_SPACE_BLOCKS, part) : NULL;
	if (*part && !block)
		return NULL;
	for (;;) {
		const struct bh_frame *scope = block ? block->inside : &symbols->root;

		part = strsep(&name, ".");
		if (!scope || scope->abstract || !*part)
			return NULL;
		if (!name)
			return bh_symbols_get(symbols, scope, space, part);
		block = bh_symbols_get(symbols, scope, BH_SPACE_BLOCKS, part);
		if (!block)
			return NULL;
	}
}

struct bh_symbol *bh_symbols_find(const struct bh_symbols *symbols, const struct bh_frame *frame,
				  enum bh_space space, const char *name)
{
	char parts[DOTTED_MAX];

	if (!strchr(name, '.'))
		return find_simple(symbols, frame, space, name);
	/* No name that is declared is as long. */
	if (strlen(name) >= sizeof(parts))
		return NULL;
	strcpy(parts, name);
	return find_dotted(symbols, frame, space, parts);
}

struct bh_frame *bh_symbols_optional(const struct bh_frame *frame)
{
	for (; frame; frame = frame->parent)
		if (frame->kind == BH_FRAME_OPTIONAL)
			return (struct bh_frame *)frame;
	return NULL;
}
