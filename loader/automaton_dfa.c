// SPDX-License-Identifier: GPL-2.0
/* Sets of positions into states. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "automaton_internal.h"

struct subsets {
	struct bh_nfa *nfa;
	struct bh_dfa *dfa;
	struct bh_intern sets;
	uint32_t *set; /* being made */
	uint32_t nr_set;
	uint32_t *stack;
	uint32_t *mark; /* of a position: the set that it was last put into */
	uint32_t nr_marks;
	uint64_t nr_steps;
};

/* Splits every class of which @set has some bytes but not all. */
static void split_classes(struct bh_dfa *dfa, const struct bh_byteset *set)
{
	uint16_t inside[256] = { 0 }, outside[256] = { 0 };

	for (unsigned int c = 0; c < 256; c++)
		(bh_byteset_has(set, c) ? inside : outside)[dfa->classes[c]]++;
	for (uint32_t class = 0, nr = dfa->nr_classes; class < nr; class ++) {
		if (!inside[class] || !outside[class])
			continue;
		for (unsigned int c = 0; c < 256; c++)
			if (dfa->classes[c] == class && bh_byteset_has(set, c))
				dfa->classes[c] = (uint8_t)dfa->nr_classes;
		dfa->nr_classes++;
	}
}

static bool is_single(const struct bh_byteset *set, unsigned int *byte)
{
	unsigned int nr = 0;

	for (unsigned int i = 0; i < 4; i++) {
		nr += (unsigned int)__builtin_popcountll(set->word[i]);
		if (set->word[i])
			*byte = 64 * i + (unsigned int)__builtin_ctzll(set->word[i]);
	}
	return nr == 1;
}

/* Bytes that no rule tells apart become one class, and the sets are of classes then. */
static void make_classes(struct bh_nfa *nfa, struct bh_dfa *dfa)
{
	struct bh_byteset seen = { 0 };

	dfa->nr_classes = 1;
	for (uint32_t i = 1; i < nfa->nr_positions; i++) {
		unsigned int byte = 0;

		if (is_single(&nfa->position[i].set, &byte)) {
			if (bh_byteset_has(&seen, byte))
				continue;
			bh_byteset_add(&seen, byte);
		}
		split_classes(dfa, &nfa->position[i].set);
	}
	for (uint32_t i = 1; i < nfa->nr_positions; i++) {
		struct bh_byteset classes = { 0 };

		for (unsigned int word = 0; word < 4; word++)
			for (uint64_t bits = nfa->position[i].set.word[word]; bits;
			     bits &= bits - 1)
				bh_byteset_add(&classes,
					       dfa->classes[64 * word +
							    (unsigned int)__builtin_ctzll(bits)]);
		nfa->position[i].set = classes;
	}
}

/* Puts a position into the set, or those that it leads to at once. */
static void add_closure(struct subsets *subsets, uint32_t position, bool begin)
{
	uint32_t nr_stack = 0;

	subsets->stack[nr_stack++] = position;
	while (nr_stack) {
		uint32_t number = subsets->stack[--nr_stack];
		const struct bh_position *at = &subsets->nfa->position[number];

		subsets->nr_steps++;
		if (!number || subsets->mark[number] == subsets->nr_marks)
			continue;
		subsets->mark[number] = subsets->nr_marks;
		if (at->op == BH_POSITION_SPLIT) {
			subsets->stack[nr_stack++] = at->other;
			subsets->stack[nr_stack++] = at->out;
		} else if (at->op == BH_POSITION_BEGIN) {
			if (begin)
				subsets->stack[nr_stack++] = at->out;
		} else {
			subsets->set[subsets->nr_set++] = number;
		}
	}
}

static int compare_words(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/* What a new set accepts: for each kind the rule of the highest rank. */
static int add_row(struct subsets *subsets)
{
	struct bh_dfa *dfa = subsets->dfa;
	uint32_t best[BH_NR_KINDS] = { 0 };

	for (uint32_t i = 0; i < subsets->nr_set; i++) {
		const struct bh_position *at = &subsets->nfa->position[subsets->set[i]];
		const struct bh_rank *rank = &subsets->nfa->rank[at->rank];

		if (!at->accept || (rank->stem && subsets->mark[rank->stem] != subsets->nr_marks))
			continue;
		/* Whoever does not know the kind asks for all of them: then every rule counts. */
		for (uint32_t kind = 0; kind < BH_NR_KINDS; kind++)
			if ((!kind || !rank->kind || rank->kind == kind) && at->rank > best[kind])
				best[kind] = at->rank;
	}
	for (uint32_t kind = 0; kind < BH_NR_KINDS; kind++)
		best[kind] = subsets->nfa->rank[best[kind]].type;
	return bh_intern_add(&dfa->rows, best, BH_NR_KINDS, &dfa->accept[dfa->nr_states]);
}

/*
 * Drops the rules that can no longer win, as one of a higher rank matches whatever follows.
 * Without this, a few rules with /usr/(.*)/NAME make states by the thousand.
 */
static void drop_losers(struct subsets *subsets)
{
	struct bh_nfa *nfa = subsets->nfa;
	uint32_t winner[BH_NR_KINDS] = { 0 }, nr = 0;

	for (uint32_t i = 0; i < subsets->nr_set; i++)
		if (nfa->position[subsets->set[i]].accept)
			nfa->rank[nfa->position[subsets->set[i]].rank].mark = subsets->nr_marks;
	for (uint32_t i = 0; i < subsets->nr_set; i++) {
		const struct bh_position *at = &nfa->position[subsets->set[i]];
		const struct bh_rank *rank = &nfa->rank[at->rank];

		if (at->universal && rank->mark == subsets->nr_marks &&
		    at->rank > winner[rank->kind])
			winner[rank->kind] = at->rank;
	}
	for (uint32_t i = 0; i < subsets->nr_set; i++) {
		uint32_t rank = nfa->position[subsets->set[i]].rank;

		if (rank >= winner[BH_KIND_ANY] && rank >= winner[nfa->rank[rank].kind])
			subsets->set[nr++] = subsets->set[i];
	}
	subsets->nr_set = nr;
}

/* Comparisons, about: what sorting a large set takes is far more than making it. */
static uint64_t sorting_steps(uint32_t nr)
{
	return nr > 1 ? (uint64_t)nr * (32U - (uint32_t)__builtin_clz(nr)) : 0;
}

/* The state of the set that was made; a new one gets its row and room for its transitions. */
static int find_state(struct subsets *subsets, uint32_t *state)
{
	struct bh_dfa *dfa = subsets->dfa;
	int ret;

	drop_losers(subsets);
	subsets->nr_steps += sorting_steps(subsets->nr_set);
	if (subsets->nr_steps > BH_AUTOMATON_STEPS_MAX)
		return -E2BIG;
	qsort(subsets->set, subsets->nr_set, sizeof(*subsets->set), compare_words);
	ret = bh_intern_add(&subsets->sets, subsets->set, subsets->nr_set, state);
	if (ret || *state < dfa->nr_states)
		return ret;
	if (subsets->sets.nr > BH_AUTOMATON_STATES_MAX ||
	    subsets->sets.nr_words > BH_AUTOMATON_SETS_MAX ||
	    (uint64_t)subsets->sets.nr * dfa->nr_classes > BH_AUTOMATON_EDGES_MAX)
		return -E2BIG;
	if ((dfa->nr_states & (dfa->nr_states - 1)) == 0) {
		size_t room = dfa->nr_states ? 2 * (size_t)dfa->nr_states : 1;
		uint32_t *next = reallocarray(dfa->next, room * dfa->nr_classes, sizeof(*next));
		uint32_t *accept;

		dfa->next = next ? next : dfa->next;
		accept = reallocarray(dfa->accept, room, sizeof(*accept));
		dfa->accept = accept ? accept : dfa->accept;
		if (!next || !accept)
			return -ENOMEM;
	}
	ret = add_row(subsets);
	dfa->nr_states++;
	return ret;
}

static void begin_set(struct subsets *subsets)
{
	subsets->nr_set = 0;
	subsets->nr_marks++;
}

/* The positions of .* at the end of a rule. */
static void find_universal(struct subsets *subsets)
{
	struct bh_nfa *nfa = subsets->nfa;

	for (uint32_t i = 1; i < nfa->nr_positions; i++) {
		struct bh_position *at = &nfa->position[i];
		bool accept = false;

		if (at->op != BH_POSITION_BYTES || nfa->rank[at->rank].stem)
			continue;
		for (uint32_t class = 0; class < subsets->dfa->nr_classes; class ++)
			if (!bh_byteset_has(&at->set, class))
				goto next;
		begin_set(subsets);
		add_closure(subsets, at->out, false);
		for (uint32_t j = 0; j < subsets->nr_set; j++)
			accept |= nfa->position[subsets->set[j]].accept;
		at->universal = accept && subsets->mark[i] == subsets->nr_marks;
next:;
	}
}

static int step_state(struct subsets *subsets, uint32_t state)
{
	for (uint32_t class = 0; class < subsets->dfa->nr_classes; class ++) {
		size_t end = subsets->sets.offset[state + 1];
		uint32_t next;
		int ret;

		begin_set(subsets);
		for (size_t i = subsets->sets.offset[state]; i < end; i++) {
			const struct bh_position *at =
				&subsets->nfa->position[subsets->sets.words[i]];

			subsets->nr_steps++;
			if (bh_byteset_has(&at->set, class))
				add_closure(subsets, at->out, false);
		}
		ret = find_state(subsets, &next);
		if (ret)
			return ret;
		subsets->dfa->next[(size_t)state * subsets->dfa->nr_classes + class] = next;
	}
	return 0;
}

/* The empty set is the dead state, and what can be reached without a byte the start. */
static int build_states(struct subsets *subsets)
{
	uint32_t state;
	int ret;

	find_universal(subsets);
	begin_set(subsets);
	ret = find_state(subsets, &state);
	if (ret)
		return ret;
	begin_set(subsets);
	add_closure(subsets, subsets->nfa->start, true);
	/* Without rules, too, the start is not the dead state: it has no position but 0. */
	if (!subsets->nr_set)
		subsets->set[subsets->nr_set++] = 0;
	ret = find_state(subsets, &state);
	for (state = 0; !ret && state < subsets->dfa->nr_states; state++)
		ret = step_state(subsets, state);
	return ret;
}

int bh_dfa_build(struct bh_nfa *nfa, struct bh_dfa *dfa)
{
	struct subsets subsets = { .nfa = nfa, .dfa = dfa };
	int ret = -ENOMEM;

	memset(dfa, 0, sizeof(*dfa));
	make_classes(nfa, dfa);
	subsets.set = calloc(nfa->nr_positions + 1, sizeof(*subsets.set));
	subsets.stack = calloc(2 * (size_t)nfa->nr_positions + 2, sizeof(*subsets.stack));
	subsets.mark = calloc(nfa->nr_positions + 1, sizeof(*subsets.mark));
	if (subsets.set && subsets.stack && subsets.mark)
		ret = build_states(&subsets);
	free(subsets.set);
	free(subsets.stack);
	free(subsets.mark);
	bh_intern_free(&subsets.sets);
	return ret;
}

void bh_dfa_free(struct bh_dfa *dfa)
{
	free(dfa->next);
	free(dfa->accept);
	bh_intern_free(&dfa->rows);
	memset(dfa, 0, sizeof(*dfa));
}
