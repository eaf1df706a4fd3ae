// SPDX-License-Identifier: GPL-2.0
/* Which types are in an attribute, BASE's and the module's. */
#include <errno.h>
#include <string.h>

#include "cil_typesets.h"

#define OWN_WORDS (BH_MODULE_TYPES_MAX / 64)

void bh_typesets_init(struct bh_typesets *sets, struct bh_expansion *expansion, size_t nr_own)
{
	sets->expansion = expansion;
	sets->nr_own = nr_own;
	sets->nr_words = OWN_WORDS + (expansion->nr_base_types + 63) / 64;
	for (size_t i = 0; i < expansion->nr_base_types; i++)
		expansion->base_types[i]->number = (uint32_t)(BH_MODULE_TYPES_MAX + i);
}

const struct bh_symbol *bh_typesets_symbol(const struct bh_typesets *sets, const char *name)
{
	const struct bh_symbols *symbols = &sets->expansion->symbols;
	const struct bh_symbol *symbol =
		bh_symbols_find(symbols, &symbols->root, BH_SPACE_TYPES, name);

	return symbol && symbol->kind == BH_SYMBOL_ALIAS ? symbol->actual : symbol;
}

static void add_bit(uint64_t *set, uint32_t number)
{
	set[number / 64] |= 1ULL << number % 64;
}

bool bh_typesets_has(const uint64_t *set, const struct bh_symbol *type)
{
	return set[type->number / 64] >> type->number % 64 & 1;
}

struct bh_typeset bh_typesets_own(const uint64_t *set)
{
	struct bh_typeset own;

	memcpy(own.bits, set, sizeof(own.bits));
	return own;
}

const struct bh_symbol *bh_typesets_base(const struct bh_typesets *sets, const uint64_t *set)
{
	for (size_t i = 0; i < sets->expansion->nr_base_types; i++)
		if (bh_typesets_has(set, sets->expansion->base_types[i]))
			return sets->expansion->base_types[i];
	return NULL;
}

static uint64_t *new_set(const struct bh_typesets *sets)
{
	return bh_arena_alloc(sets->expansion->arena, sets->nr_words * sizeof(uint64_t));
}

/* All types but those that were in the set. */
static void negate(const struct bh_typesets *sets, uint64_t *set)
{
	for (size_t i = 0; i < sets->nr_own; i++)
		set[i / 64] ^= 1ULL << i % 64;
	for (size_t i = 0; i < sets->expansion->nr_base_types; i++) {
		uint32_t number = sets->expansion->base_types[i]->number;

		set[number / 64] ^= 1ULL << number % 64;
	}
}

int bh_typesets_of(const struct bh_typesets *sets, const struct bh_symbol *symbol, uint64_t **set)
{
	struct bh_symbol *known = (struct bh_symbol *)symbol;
	uint64_t *sum = symbol->set ? symbol->set : new_set(sets);
	int ret = 0;

	*set = sum;
	if (!sum)
		return -ENOMEM;
	if (symbol->set)
		return 0;
	if (symbol->kind == BH_SYMBOL_TYPE) {
		add_bit(sum, symbol->number);
		known->set = sum;
		return 0;
	}
	if (symbol->visited)
		return -ELOOP;
	known->visited = true;
	for (const struct bh_member *member = symbol->members; member && !ret;
	     member = member->next) {
		uint64_t *part;

		ret = bh_typesets_evaluate(sets, member->node, member->frame, &part);
		for (size_t i = 0; i < sets->nr_words && !ret; i++)
			sum[i] |= part[i];
	}
	known->visited = false;
	if (!ret)
		known->set = sum;
	return ret;
}

static int evaluate_name(const struct bh_typesets *sets, const char *name,
			 const struct bh_frame *frame, uint64_t **set)
{
	const struct bh_symbol *symbol =
		bh_symbols_find(&sets->expansion->symbols, frame, BH_SPACE_TYPES, name);

	if (symbol && symbol->kind == BH_SYMBOL_ALIAS)
		symbol = symbol->actual;
	if (symbol)
		return bh_typesets_of(sets, symbol, set);
	*set = new_set(sets);
	return *set ? 0 : -ENOMEM;
}

enum set_operator { OPERATOR_OR, OPERATOR_AND, OPERATOR_XOR, OPERATOR_NOT, OPERATOR_ALL };

static bool find_operator(const struct bh_cil_node *node, enum set_operator *op)
{
	static const char *const names[] = { "or", "and", "xor", "not", "all" };

	for (int i = OPERATOR_OR; node && node->text && i <= OPERATOR_ALL; i++) {
		if (strcmp(names[i], node->text) != 0)
			continue;
		*op = (enum set_operator)i;
		return true;
	}
	return false;
}

static int combine(const struct bh_typesets *sets, const struct bh_cil_node *node,
		   const struct bh_frame *frame, enum set_operator op, uint64_t *result)
{
	bool first = true;

	for (; node; node = node->next) {
		uint64_t *part;
		int ret = bh_typesets_evaluate(sets, node, frame, &part);

		if (ret)
			return ret;
		for (size_t i = 0; i < sets->nr_words; i++) {
			if (op == OPERATOR_AND && !first)
				result[i] &= part[i];
			else if (op == OPERATOR_XOR)
				result[i] ^= part[i];
			else
				result[i] |= part[i];
		}
		first = false;
	}
	return 0;
}

int bh_typesets_evaluate(const struct bh_typesets *sets, const struct bh_cil_node *node,
			 const struct bh_frame *frame, uint64_t **set)
{
	enum set_operator op = OPERATOR_OR;
	int ret;

	if (node->text)
		return evaluate_name(sets, node->text, frame, set);
	*set = new_set(sets);
	if (!*set)
		return -ENOMEM;
	node = node->child;
	if (find_operator(node, &op))
		node = node->next;
	ret = combine(sets, node, frame, op, *set);
	if (op == OPERATOR_NOT || op == OPERATOR_ALL)
		negate(sets, *set);
	return ret;
}
