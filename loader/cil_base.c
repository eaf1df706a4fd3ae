// SPDX-License-Identifier: GPL-2.0
/* The expander's part for BASE: which names there are, and which templates. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cil_declare.h"

static const struct bh_cil_limits base_limits = {
	.bytes = 64U << 20, .nodes = 16U << 20, .depth = 256, .marks = true
};

static bool find_kind(const char *keyword, enum bh_symbol_kind *kind)
{
	static const struct {
		const char *keyword;
		enum bh_symbol_kind kind;
	} kinds[] = {
		{ "type", BH_SYMBOL_TYPE },
		{ "typealias", BH_SYMBOL_ALIAS },
		{ "typeattribute", BH_SYMBOL_ATTRIBUTE },
		{ "boolean", BH_SYMBOL_BOOLEAN },
		{ "classpermission", BH_SYMBOL_CLASSPERMISSION },
		{ "role", BH_SYMBOL_ROLE },
		{ "block", BH_SYMBOL_BLOCK },
		{ "macro", BH_SYMBOL_MACRO },
		{ "optional", BH_SYMBOL_OPTIONAL },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(kinds[i].keyword, keyword) != 0)
			continue;
		*kind = kinds[i].kind;
		return true;
	}
	return false;
}

static int add_type(struct bh_expansion *expansion, struct bh_symbol *symbol)
{
	size_t nr = expansion->nr_base_types;

	if ((nr & (nr - 1)) == 0) {
		struct bh_symbol **grown = reallocarray(expansion->base_types, nr ? 2 * nr : 1,
							sizeof(struct bh_symbol *));

		if (!grown)
			return -ENOMEM;
		expansion->base_types = grown;
	}
	expansion->base_types[expansion->nr_base_types++] = symbol;
	return 0;
}

static bool is_template(const struct bh_cil_node *block)
{
	const struct bh_cil_node *node = bh_form_argument(block, 2);

	for (; node; node = node->next)
		if (node->child && node->child->text &&
		    strcmp(node->child->text, "blockabstract") == 0)
			return true;
	return false;
}

static int declare_all(struct bh_expansion *expansion, struct bh_frame *frame,
		       const struct bh_cil_node *first);

static int open_block(struct bh_expansion *expansion, struct bh_symbol *block)
{
	struct bh_frame *inside =
		bh_symbols_frame(&expansion->symbols, BH_FRAME_BLOCK, block->frame, block->node);
	const struct bh_cil_node *first = bh_form_argument(block->node, 2);

	block->inside = inside;
	if (inside)
		inside->prefix = bh_arena_text(expansion->arena, block->full, ".");
	if (!inside || !inside->prefix)
		return -ENOMEM;
	if (!is_template(block->node))
		return declare_all(expansion, inside, first);
	inside->abstract = true;
	bh_form_check(first, false, expansion->refusals);
	bh_declare_blocks(expansion, inside, first, false);
	return expansion->refusals->code;
}

static int declare(struct bh_expansion *expansion, struct bh_frame *frame,
		   const struct bh_cil_node *node, enum bh_symbol_kind kind)
{
	struct bh_symbol *symbol = bh_arena_alloc(expansion->arena, sizeof(*symbol));
	const char *name = bh_form_argument(node, 1)->text;
	int ret;

	if (!symbol)
		return -ENOMEM;
	symbol->full = bh_arena_text(expansion->arena, frame->prefix, name);
	if (!symbol->full)
		return -ENOMEM;
	symbol->name = symbol->full + strlen(frame->prefix);
	symbol->kind = kind;
	symbol->frame = frame;
	symbol->node = node;
	ret = bh_symbols_add(&expansion->symbols, frame, symbol);
	if (ret == -EEXIST)
		return 0; /* libsepol has its say about BASE */
	if (!ret && kind == BH_SYMBOL_TYPE)
		ret = add_type(expansion, symbol);
	if (!ret && kind == BH_SYMBOL_BLOCK)
		ret = open_block(expansion, symbol);
	return ret;
}

static bool has_name(const struct bh_cil_node *node)
{
	return node->child && node->child->text && node->child->next && node->child->next->text;
}

static int declare_all(struct bh_expansion *expansion, struct bh_frame *frame,
		       const struct bh_cil_node *first)
{
	enum bh_symbol_kind kind;
	int ret = 0;

	for (const struct bh_cil_node *node = first; node && !ret; node = node->next)
		if (has_name(node) && find_kind(node->child->text, &kind))
			ret = declare(expansion, frame, node, kind);
	return ret;
}

static int add_member(struct bh_expansion *expansion, struct bh_frame *frame,
		      const struct bh_cil_node *node)
{
	struct bh_symbol *symbol = bh_symbols_find(&expansion->symbols, frame, BH_SPACE_TYPES,
						   bh_form_argument(node, 1)->text);
	struct bh_member *member = bh_arena_alloc(expansion->arena, sizeof(*member));

	if (!member)
		return -ENOMEM;
	if (!symbol || symbol->kind != BH_SYMBOL_ATTRIBUTE || !bh_form_argument(node, 2))
		return 0;
	member->node = bh_form_argument(node, 2);
	member->frame = frame;
	member->next = symbol->members;
	symbol->members = member;
	return 0;
}

static void set_alias(struct bh_expansion *expansion, struct bh_frame *frame,
		      const struct bh_cil_node *node)
{
	const struct bh_cil_node *type = bh_form_argument(node, 2);
	struct bh_symbol *alias = bh_symbols_find(&expansion->symbols, frame, BH_SPACE_TYPES,
						  bh_form_argument(node, 1)->text);

	if (alias && alias->kind == BH_SYMBOL_ALIAS && type && type->text)
		alias->actual =
			bh_symbols_find(&expansion->symbols, frame, BH_SPACE_TYPES, type->text);
}

/* What BASE's aliases and attributes stand for. */
static int fill_all(struct bh_expansion *expansion, struct bh_frame *frame,
		    const struct bh_cil_node *first)
{
	int ret = 0;

	for (const struct bh_cil_node *node = first; node && !ret; node = node->next) {
		const struct bh_symbol *block;

		if (!has_name(node))
			continue;
		if (strcmp(node->child->text, "typealiasactual") == 0)
			set_alias(expansion, frame, node);
		if (strcmp(node->child->text, "typeattributeset") == 0)
			ret = add_member(expansion, frame, node);
		if (strcmp(node->child->text, "block") != 0)
			continue;
		block = bh_symbols_get(&expansion->symbols, frame, BH_SPACE_BLOCKS,
				       node->child->next->text);
		if (block && block->inside && !block->inside->abstract)
			ret = fill_all(expansion, block->inside, bh_form_argument(node, 2));
	}
	return ret;
}

int bh_cil_read_base(const struct bh_source *base, size_t nr_base, struct bh_cil_tree **trees,
		     struct bh_error *error)
{
	int ret = 0;

	*trees = calloc(nr_base + 1, sizeof(**trees));
	if (!*trees)
		return -ENOMEM;
	for (size_t i = 0; i < nr_base && !ret; i++)
		ret = bh_cil_read(&base[i], &base_limits, &(*trees)[i], error);
	if (ret) {
		bh_cil_trees_free(*trees, nr_base);
		*trees = NULL;
	}
	return ret && ret != -ENOMEM ? -EIO : ret;
}

void bh_cil_trees_free(struct bh_cil_tree *trees, size_t nr)
{
	for (size_t i = 0; trees && i < nr; i++)
		bh_cil_tree_free(&trees[i]);
	free(trees);
}

int bh_expansion_base(struct bh_expansion *expansion, const struct bh_source *base, size_t nr_base,
		      struct bh_error *error)
{
	struct bh_frame *root = &expansion->symbols.root;
	int ret;

	bh_symbols_init(&expansion->symbols, expansion->arena);
	ret = bh_cil_read_base(base, nr_base, &expansion->trees, error);
	expansion->nr_trees = ret ? 0 : nr_base;
	for (size_t i = 0; i < expansion->nr_trees && !ret; i++)
		ret = declare_all(expansion, root, expansion->trees[i].first);
	for (size_t i = 0; i < expansion->nr_trees && !ret; i++)
		ret = fill_all(expansion, root, expansion->trees[i].first);
	if (expansion->refusals->code && expansion->refusals->code != -ENOMEM) {
		bh_refusals_write(expansion->refusals, error);
		return bh_fail_prefix(error, -EIO, "base policy");
	}
	return ret;
}
