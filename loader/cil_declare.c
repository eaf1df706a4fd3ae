// SPDX-License-Identifier: GPL-2.0
/* The expander's part for declarations: what may be called how. */
#include <errno.h>
#include <string.h>

#include <bulkhead/abi.h>

#include "cil_declare.h"

/* Dots are CIL's own for blocks: a.b would be a name in block a. */
static bool is_name(const char *text)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

	if (!strchr(letters, text[0]) || text[0] == '\0')
		return false;
	for (; *text; text++)
		if (!strchr(letters, *text) && !strchr("0123456789_-", *text))
			return false;
	return true;
}

/* cil_verify.c: what names in expressions may not be, all kinds taken together. */
static bool is_reserved(const char *text)
{
	static const char *const reserved[] = { "all", "self", "and", "or",   "not",
						"xor", "eq",   "neq", "range" };

	for (size_t i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++)
		if (strcmp(text, reserved[i]) == 0)
			return true;
	return false;
}

static bool check_name(struct bh_expansion *expansion, const struct bh_cil_node *statement,
		       const char *full)
{
	const struct bh_cil_node *name = bh_form_argument(statement, 1);

	if (name->quoted || !is_name(name->text) || is_reserved(name->text)) {
		bh_refuse(expansion->refusals, -EINVAL, statement,
			  "not a name; letters, digits, _ and - make one, a letter first");
		return false;
	}
	if (strlen(full) >= BH_NAME_MAX) {
		bh_refuse(expansion->refusals, -EINVAL, statement,
			  "name has more than %d bytes, the names of its blocks included",
			  BH_NAME_MAX - 1);
		return false;
	}
	return true;
}

static void refuse_again(struct bh_expansion *expansion, const struct bh_cil_node *statement,
			 const struct bh_symbol *symbol, const struct bh_symbol *before)
{
	if (!before)
		bh_refuse(expansion->refusals, -EINVAL, statement,
			  "%s is already declared in an optional that is left out", symbol->full);
	else if (!before->frame->module)
		bh_refuse(expansion->refusals, -EINVAL, statement,
			  "%s is the base policy's; a module declares names of its own",
			  symbol->full);
	else
		bh_refuse(expansion->refusals, -EINVAL, statement,
			  "%s is already declared in line %u", symbol->full, before->node->line);
}

struct bh_symbol *bh_declare(struct bh_expansion *expansion, struct bh_frame *frame,
			     const struct bh_cil_node *node, enum bh_symbol_kind kind)
{
	struct bh_frame *scope = bh_symbols_scope(frame);
	const struct bh_cil_node *name = bh_form_argument(node, 1);
	struct bh_symbol *symbol = bh_arena_alloc(expansion->arena, sizeof(*symbol));
	const struct bh_symbol *before;

	if (symbol)
		symbol->full = bh_arena_text(expansion->arena, scope->prefix, name->text);
	if (!symbol || !symbol->full) {
		expansion->refusals->code = -ENOMEM;
		return NULL;
	}
	if (!check_name(expansion, node, symbol->full))
		return NULL;
	symbol->name = symbol->full + strlen(scope->prefix);
	symbol->kind = kind;
	symbol->frame = frame;
	symbol->node = node;
	switch (bh_symbols_add(&expansion->symbols, scope, symbol)) {
	case 0:
		return symbol;
	case -ENOMEM:
		expansion->refusals->code = -ENOMEM;
		return NULL;
	default:
		break;
	}
	before = bh_symbols_get(&expansion->symbols, scope, bh_symbols_space(kind), symbol->name);
	/* Optionals only are named twice: by their content, not by their name. */
	if (kind != BH_SYMBOL_OPTIONAL || !before || before->kind != BH_SYMBOL_OPTIONAL)
		refuse_again(expansion, node, symbol, before);
	return NULL;
}

static bool find_kind(enum bh_statement statement, enum bh_symbol_kind *kind)
{
	switch (statement) {
	case BH_STATEMENT_TYPE:
		*kind = BH_SYMBOL_TYPE;
		return true;
	case BH_STATEMENT_TYPEALIAS:
		*kind = BH_SYMBOL_ALIAS;
		return true;
	case BH_STATEMENT_TYPEATTRIBUTE:
		*kind = BH_SYMBOL_ATTRIBUTE;
		return true;
	case BH_STATEMENT_BOOLEAN:
		*kind = BH_SYMBOL_BOOLEAN;
		return true;
	case BH_STATEMENT_CLASSPERMISSION:
		*kind = BH_SYMBOL_CLASSPERMISSION;
		return true;
	default:
		return false;
	}
}

struct bh_symbol *bh_declare_statement(struct bh_expansion *expansion, struct bh_frame *frame,
				       const struct bh_cil_node *node, enum bh_statement statement)
{
	enum bh_symbol_kind kind;

	return find_kind(statement, &kind) ? bh_declare(expansion, frame, node, kind) : NULL;
}

/* By these names the macro's body means what is declared where it is called. */
static void declare_inside(struct bh_expansion *expansion, struct bh_symbol *macro,
			   const struct bh_cil_node *first)
{
	for (const struct bh_cil_node *node = first; node; node = node->next) {
		enum bh_statement statement = bh_form_statement(node);
		struct bh_symbol *symbol;
		enum bh_symbol_kind kind;

		if (node->refused)
			continue;
		if (statement == BH_STATEMENT_OPTIONAL)
			declare_inside(expansion, macro, bh_form_argument(node, 2));
		if (!find_kind(statement, &kind))
			continue;
		symbol = bh_arena_alloc(expansion->arena, sizeof(*symbol));
		if (symbol) {
			symbol->name = bh_form_argument(node, 1)->text;
			symbol->full = symbol->name;
			symbol->kind = kind;
			symbol->frame = macro->frame;
			symbol->node = node;
		}
		/* A name that the macro declares twice is refused at the call. */
		if (!symbol || bh_symbols_add(&expansion->symbols, macro, symbol) == -ENOMEM)
			expansion->refusals->code = -ENOMEM;
	}
}

static void check_parameters(struct bh_expansion *expansion, const struct bh_symbol *macro)
{
	const struct bh_cil_node *parameter = bh_form_argument(macro->node, 2)->child;

	for (; parameter; parameter = parameter->next) {
		const char *name = parameter->child->next->text;
		const struct bh_cil_node *other = parameter->next;
		enum bh_space space;

		bh_symbols_parameter(parameter->child->text, &space);
		if (bh_symbols_get(&expansion->symbols, macro, space, name))
			bh_refuse(expansion->refusals, -EINVAL, macro->node,
				  "declares its own parameter %s; name one of them otherwise",
				  name);
		while (other && strcmp(other->child->next->text, name) != 0)
			other = other->next;
		if (other)
			bh_refuse(expansion->refusals, -EINVAL, macro->node,
				  "two parameters %s; name one of them otherwise", name);
	}
}

void bh_declare_macro(struct bh_expansion *expansion, struct bh_frame *frame,
		      const struct bh_cil_node *node)
{
	struct bh_symbol *macro = bh_declare(expansion, frame, node, BH_SYMBOL_MACRO);

	if (!macro)
		return;
	declare_inside(expansion, macro, bh_form_argument(node, 3));
	check_parameters(expansion, macro);
}
