// SPDX-License-Identifier: GPL-2.0
/*
 * Blocks, macros, optionals and conditions, taken apart. Two trees are walked: the frames,
 * which say where a statement ended up, and the text, by which inheritance is resolved
 * before anything is copied.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cil_declare.h"
#include "cil_expand.h"

static bool is_full(struct bh_expansion *expansion, const struct bh_cil_node *node)
{
	if (!expansion->full && expansion->nr_steps++ == BH_EXPANSION_STATEMENTS_MAX) {
		expansion->full = true;
		bh_refuse(expansion->refusals, -E2BIG, node,
			  "more than %d statements once blocks and macros are expanded",
			  BH_EXPANSION_STATEMENTS_MAX);
	}
	return expansion->full;
}

static struct bh_instance *add_instance(struct bh_expansion *expansion, struct bh_frame *frame,
					const struct bh_cil_node *node)
{
	struct bh_instance *instance;

	if ((expansion->nr_instances & (expansion->nr_instances - 1)) == 0) {
		size_t max = expansion->nr_instances ? 2 * expansion->nr_instances : 1;

		instance = reallocarray(expansion->instance, max, sizeof(*instance));
		if (!instance) {
			expansion->refusals->code = -ENOMEM;
			return NULL;
		}
		expansion->instance = instance;
	}
	instance = &expansion->instance[expansion->nr_instances++];
	*instance = (struct bh_instance){ .node = node, .frame = frame };
	return instance;
}

static struct bh_frame *open_frame(struct bh_expansion *expansion, enum bh_frame_kind kind,
				   struct bh_frame *parent, const struct bh_cil_node *node)
{
	struct bh_frame *frame;

	if (parent->depth >= BH_EXPANSION_DEPTH_MAX) {
		bh_refuse(expansion->refusals, -E2BIG, node,
			  "more than %d blocks, optionals and calls in one another",
			  BH_EXPANSION_DEPTH_MAX);
		return NULL;
	}
	frame = bh_symbols_frame(&expansion->symbols, kind, parent, node);
	if (!frame)
		expansion->refusals->code = -ENOMEM;
	return frame;
}

static bool is_abstract(const struct bh_cil_node *block)
{
	const struct bh_cil_node *node = bh_form_argument(block, 2);

	for (; node; node = node->next)
		if (!node->refused && bh_form_statement(node) == BH_STATEMENT_BLOCKABSTRACT)
			return true;
	return false;
}

static void declare_block(struct bh_expansion *expansion, struct bh_frame *frame,
			  const struct bh_cil_node *node, bool copy)
{
	struct bh_symbol *symbol = bh_declare(expansion, frame, node, BH_SYMBOL_BLOCK);
	struct bh_frame *inside;

	if (!symbol)
		return;
	inside = open_frame(expansion, BH_FRAME_BLOCK, frame, node);
	symbol->inside = inside;
	if (!inside)
		return;
	inside->prefix = bh_arena_text(expansion->arena, symbol->full, ".");
	if (!inside->prefix)
		expansion->refusals->code = -ENOMEM;
	/* Inherited, a block in a template is as real as what inherits it. */
	inside->abstract = !copy && (is_abstract(node) || frame->abstract);
	bh_declare_blocks(expansion, inside, bh_form_argument(node, 2), copy);
}

void bh_declare_blocks(struct bh_expansion *expansion, struct bh_frame *frame,
		       const struct bh_cil_node *first, bool copy)
{
	for (const struct bh_cil_node *node = first; node; node = node->next) {
		enum bh_statement statement = bh_form_statement(node);

		if (node->refused ||
		    (statement != BH_STATEMENT_BLOCK && statement != BH_STATEMENT_MACRO))
			continue;
		if (bh_symbols_optional(frame))
			bh_refuse(expansion->refusals, -EINVAL, node,
				  "inherited into an optional, where it may not stand; "
				  "inherit outside");
		else if (statement == BH_STATEMENT_BLOCK)
			declare_block(expansion, frame, node, copy);
		else
			bh_declare_macro(expansion, frame, node);
	}
}

static void walk(struct bh_expansion *expansion, struct bh_frame *frame,
		 const struct bh_frame *text, const struct bh_cil_node *first);

static void walk_block(struct bh_expansion *expansion, struct bh_frame *frame,
		       const struct bh_frame *text, const struct bh_cil_node *node)
{
	const char *name = bh_form_argument(node, 1)->text;
	const struct bh_symbol *block =
		bh_symbols_get(&expansion->symbols, bh_symbols_scope(frame), BH_SPACE_BLOCKS, name);
	const struct bh_symbol *original = bh_symbols_get(&expansion->symbols,
							  bh_symbols_scope((struct bh_frame *)text),
							  BH_SPACE_BLOCKS, name);

	/* Neither is there when the declaration was refused. */
	if (!block || block->node != node || !block->inside || block->inside->abstract ||
	    !original || !original->inside)
		return;
	walk(expansion, block->inside, original->inside, bh_form_argument(node, 2));
}

static bool inherits_itself(const struct bh_frame *frame, const struct bh_frame *block)
{
	for (; frame; frame = frame->parent)
		if (frame == block || (frame->kind == BH_FRAME_INHERIT && frame->origin == block))
			return true;
	return false;
}

static void walk_inherit(struct bh_expansion *expansion, struct bh_frame *frame,
			 const struct bh_frame *text, const struct bh_cil_node *node)
{
	const char *name = bh_form_argument(node, 1)->text;
	const struct bh_symbol *block =
		bh_symbols_find(&expansion->symbols, text, BH_SPACE_BLOCKS, name);
	struct bh_frame *optional = bh_symbols_optional(frame);
	struct bh_frame *inherit;

	if (!block && optional) {
		optional->failed = true;
		return;
	}
	if (!block || block->kind != BH_SYMBOL_BLOCK || !block->inside ||
	    (!block->frame->module && !block->inside->abstract)) {
		bh_refuse(expansion->refusals, -EINVAL, node,
			  "no block %s in the module, nor a template of that name", name);
		return;
	}
	if (inherits_itself(frame, block->inside)) {
		bh_refuse(expansion->refusals, -EINVAL, node, "%s inherits itself", block->full);
		return;
	}
	inherit = open_frame(expansion, BH_FRAME_INHERIT, frame, node);
	if (!inherit)
		return;
	inherit->origin = block->inside;
	node = bh_form_argument(block->node, 2);
	bh_declare_blocks(expansion, inherit, node, true);
	walk(expansion, inherit, block->inside, node);
}

static void walk_condition(struct bh_expansion *expansion, struct bh_frame *frame,
			   const struct bh_frame *text, const struct bh_cil_node *node)
{
	const struct bh_cil_node *branch = bh_form_argument(node, 2);

	for (; branch; branch = branch->next) {
		struct bh_frame *inside = open_frame(expansion, BH_FRAME_BRANCH, frame, node);

		if (!inside)
			return;
		inside->otherwise = strcmp(branch->child->text, "false") == 0;
		walk(expansion, inside, text, branch->child->next);
	}
}

static void walk_optional(struct bh_expansion *expansion, struct bh_frame *frame,
			  const struct bh_frame *text, const struct bh_cil_node *node)
{
	struct bh_frame *inside;

	bh_declare(expansion, frame, node, BH_SYMBOL_OPTIONAL);
	inside = open_frame(expansion, BH_FRAME_OPTIONAL, frame, node);
	if (inside)
		walk(expansion, inside, text, bh_form_argument(node, 2));
}

static bool in_branch(const struct bh_frame *frame)
{
	for (; frame; frame = frame->parent)
		if (frame->kind == BH_FRAME_BRANCH)
			return true;
	return false;
}

/* What a macro brings into a booleanif is known at the call only. */
static bool may_stand(struct bh_expansion *expansion, const struct bh_frame *frame,
		      const struct bh_cil_node *node)
{
	switch (bh_form_statement(node)) {
	case BH_STATEMENT_ALLOW:
	case BH_STATEMENT_AUDITALLOW:
	case BH_STATEMENT_DONTAUDIT:
	case BH_STATEMENT_TYPETRANSITION:
	case BH_STATEMENT_CALL:
		return true;
	default:
		if (!in_branch(frame))
			return true;
		bh_refuse(expansion->refusals, -EINVAL, node,
			  "called in a booleanif; allow, auditallow, dontaudit, typetransition "
			  "and call depend on booleans");
		return false;
	}
}

static void walk_statement(struct bh_expansion *expansion, struct bh_frame *frame,
			   const struct bh_frame *text, const struct bh_cil_node *node)
{
	enum bh_statement statement = bh_form_statement(node);
	struct bh_instance *instance;

	switch (statement) {
	case BH_STATEMENT_BLOCKABSTRACT:
	case BH_STATEMENT_MACRO:
		return;
	case BH_STATEMENT_BLOCK:
		walk_block(expansion, frame, text, node);
		return;
	case BH_STATEMENT_BLOCKINHERIT:
		walk_inherit(expansion, frame, text, node);
		return;
	case BH_STATEMENT_OPTIONAL:
		walk_optional(expansion, frame, text, node);
		return;
	case BH_STATEMENT_BOOLEANIF:
		walk_condition(expansion, frame, text, node);
		return;
	default:
		break;
	}
	instance = add_instance(expansion, frame, node);
	if (instance)
		instance->symbol = bh_declare_statement(expansion, frame, node, statement);
}

static void walk(struct bh_expansion *expansion, struct bh_frame *frame,
		 const struct bh_frame *text, const struct bh_cil_node *first)
{
	for (const struct bh_cil_node *node = first; node; node = node->next) {
		if (is_full(expansion, node) || expansion->refusals->code == -ENOMEM)
			return;
		if (!node->refused && may_stand(expansion, frame, node))
			walk_statement(expansion, frame, text, node);
	}
}

static size_t count(const struct bh_cil_node *node)
{
	size_t nr = 0;

	for (; node; node = node->next)
		nr++;
	return nr;
}

static bool calls_itself(const struct bh_frame *frame, const struct bh_symbol *macro)
{
	for (; frame; frame = frame->parent)
		if (frame->kind == BH_FRAME_CALL && frame->macro == macro)
			return true;
	return false;
}

static void expand_call(struct bh_expansion *expansion, struct bh_frame *frame,
			const struct bh_cil_node *node)
{
	const char *name = bh_form_argument(node, 1)->text;
	const struct bh_cil_node *arguments = bh_form_argument(node, 2);
	const struct bh_symbol *macro =
		bh_symbols_find(&expansion->symbols, frame, BH_SPACE_BLOCKS, name);
	struct bh_frame *optional = bh_symbols_optional(frame);
	struct bh_frame *call;
	size_t nr;

	if (!macro && optional) {
		optional->failed = true;
		return;
	}
	if (!macro || macro->kind != BH_SYMBOL_MACRO) {
		bh_refuse(expansion->refusals, -EINVAL, node, "no macro %s", name);
		return;
	}
	nr = count(bh_form_argument(macro->node, 2)->child);
	if (nr == 0 && arguments) {
		bh_refuse(expansion->refusals, -EINVAL, node,
			  "macro %s has no parameters; leave the list out", name);
		return;
	}
	if (nr != count(arguments ? arguments->child : NULL)) {
		bh_refuse(expansion->refusals, -EINVAL, node,
			  "macro %s has %zu parameters, not %zu", name, nr,
			  count(arguments ? arguments->child : NULL));
		return;
	}
	if (calls_itself(frame, macro)) {
		bh_refuse(expansion->refusals, -EINVAL, node, "%s calls itself", macro->full);
		return;
	}
	call = open_frame(expansion, BH_FRAME_CALL, frame, node);
	if (!call)
		return;
	call->macro = macro;
	walk(expansion, call, macro->frame, bh_form_argument(macro->node, 3));
}

int bh_expansion_module(struct bh_expansion *expansion, const struct bh_cil_node *first)
{
	struct bh_frame *root = &expansion->root;

	root->kind = BH_FRAME_ROOT;
	root->parent = &expansion->symbols.root;
	root->prefix = "";
	root->module = true;
	bh_declare_blocks(expansion, root, first, false);
	walk(expansion, root, root, first);
	/* Macros may call macros: the list grows while it is gone through. */
	for (size_t i = 0; i < expansion->nr_instances && !expansion->full; i++)
		if (bh_form_statement(expansion->instance[i].node) == BH_STATEMENT_CALL &&
		    !bh_symbols_gone(expansion->instance[i].frame))
			expand_call(expansion, expansion->instance[i].frame,
				    expansion->instance[i].node);
	if (expansion->refusals->code == -ENOMEM)
		return -ENOMEM;
	return expansion->full ? 0 : bh_expansion_resolve(expansion);
}

void bh_expansion_free(struct bh_expansion *expansion)
{
	bh_symbols_free(&expansion->symbols);
	bh_cil_trees_free(expansion->trees, expansion->nr_trees);
	free(expansion->base_types);
	free(expansion->instance);
	free(expansion->flat);
	expansion->trees = NULL;
	expansion->nr_trees = 0;
}
