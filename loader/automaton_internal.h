/* SPDX-License-Identifier: GPL-2.0 */
/* Between the steps from rules to a table: regex, positions, states, minimal states. */
#ifndef BULKHEAD_AUTOMATON_INTERNAL_H
#define BULKHEAD_AUTOMATON_INTERNAL_H

#include <stdbool.h>

#include "automaton.h"

/* A set of bytes; later of their classes. */
struct bh_byteset {
	uint64_t word[4];
};

static inline bool bh_byteset_has(const struct bh_byteset *set, unsigned int c)
{
	return set->word[c / 64] >> c % 64 & 1;
}

static inline void bh_byteset_add(struct bh_byteset *set, unsigned int c)
{
	set->word[c / 64] |= 1ULL << c % 64;
}

/* A regex as a tree. Sequences and choices lean to the left, however long they are. */
enum bh_regex_op {
	BH_REGEX_EMPTY,
	BH_REGEX_BYTES,
	BH_REGEX_BEGIN, /* ^ */
	BH_REGEX_END, /* $ */
	BH_REGEX_CAT,
	BH_REGEX_ALT,
	BH_REGEX_REPEAT,
};

#define BH_REGEX_NO_MAX UINT32_MAX

struct bh_regex_node {
	enum bh_regex_op op;
	uint32_t left; /* also what is repeated */
	uint32_t right;
	uint32_t min;
	uint32_t max;
	struct bh_byteset set;
};

struct bh_regex {
	struct bh_regex_node *node;
	uint32_t nr_nodes;
	uint32_t root;
};

/**
 * bh_regex_parse() - A rule's regex, between ^ and $ as libselinux puts them.
 * @rule:  The rule.
 * @regex: Receives the tree; its nodes are freed by free(), NULL on error.
 * @error: Receives "file:line: reason".
 *
 * Return: 0; -EINVAL, -E2BIG, -ENOMEM.
 */
int bh_regex_parse(const struct bh_filecon *rule, struct bh_regex *regex, struct bh_error *error);

/**
 * bh_regex_escape() - Read what follows a backslash.
 * @text:   Behind the backslash; receives what comes after the escape.
 * @set:    Receives the bytes that it stands for.
 * @single: Receives the byte, or -1 when it stands for a class of them.
 *
 * Return: NULL, or why it is refused.
 */
const char *bh_regex_escape(const char **text, struct bh_byteset *set, int *single);

/**
 * bh_regex_class() - Read a bracket expression.
 * @text: Behind the bracket; receives what comes after the closing one.
 * @set:  Receives its bytes.
 *
 * Return: NULL, or why it is refused.
 */
const char *bh_regex_class(const char **text, struct bh_byteset *set);

/* One position of the rules: goes on over a byte of the set, or at once. */
enum bh_position_op { BH_POSITION_BYTES, BH_POSITION_SPLIT, BH_POSITION_BEGIN, BH_POSITION_END };

struct bh_position {
	enum bh_position_op op;
	uint32_t out;
	uint32_t other; /* BH_POSITION_SPLIT */
	uint32_t rank; /* of the rule that it belongs to */
	bool accept; /* the rule matches here */
	bool universal; /* once the rule matches here, it does whatever follows */
	struct bh_byteset set;
};

/* What the rank of a rule stands for: a higher rank wins. */
struct bh_rank {
	uint32_t kind;
	uint32_t type;
	uint32_t stem; /* position that must be there, too, for the rule to count; 0 for none */
	uint32_t mark; /* the set in which it was last seen to match */
};

struct bh_nfa {
	struct bh_position *position; /* [0] leads nowhere */
	uint32_t nr_positions;
	uint32_t max_positions;
	uint32_t start; /* 0: none */
	struct bh_rank *rank; /* [0] is not used */
	uint32_t nr_ranks;
};

/**
 * bh_nfa_add() - Add a rule to the positions.
 * @nfa:   Position 0 is there, zeroed; positions and ranks are the caller's to free().
 * @rule:  The rule.
 * @rank:  Its rank.
 * @error: Receives "file:line: reason".
 *
 * Return: 0; -EINVAL, -E2BIG, -ENOMEM.
 */
int bh_nfa_add(struct bh_nfa *nfa, const struct bh_filecon *rule, uint32_t rank,
	       struct bh_error *error);

/* Arrays of words, each kept once and numbered from 0. */
struct bh_intern {
	uint32_t *words;
	size_t nr_words;
	size_t max_words;
	size_t *offset; /* nr + 1 of them */
	uint32_t nr;
	uint32_t max;
	uint32_t *slot; /* number + 1, 0 when free */
	uint32_t nr_slots;
};

/**
 * bh_intern_add() - The number of an array of words.
 * @intern: Zeroed at first; freed by bh_intern_free().
 * @words:  The array.
 * @nr:     Number of @words.
 * @number: Receives its number; intern->nr grew when it is new.
 *
 * Return: 0 or -ENOMEM.
 */
int bh_intern_add(struct bh_intern *intern, const uint32_t *words, size_t nr, uint32_t *number);

/**
 * bh_intern_free() - Free all arrays.
 * @intern: May be zeroed.
 */
void bh_intern_free(struct bh_intern *intern);

struct bh_dfa {
	uint8_t classes[256];
	uint32_t nr_classes;
	uint32_t nr_states; /* 0 is dead, 1 the start */
	uint32_t *next; /* [nr_states][nr_classes] */
	uint32_t *accept; /* number of a row */
	struct bh_intern rows; /* BH_NR_KINDS types each; 0 has none */
};

/**
 * bh_dfa_build() - Positions into states.
 * @nfa: The rules; their sets are of classes from now on.
 * @dfa: Receives the states; freed by bh_dfa_free(), on error too.
 *
 * Return: 0; -E2BIG, -ENOMEM.
 */
int bh_dfa_build(struct bh_nfa *nfa, struct bh_dfa *dfa);

/**
 * bh_dfa_minimise() - Merge states that nothing tells apart.
 * @dfa: The states; all of them are reachable.
 *
 * Source: J. Hopcroft, An n log n algorithm for minimizing states in a finite automaton, 1971.
 * Return: 0 or -ENOMEM.
 */
int bh_dfa_minimise(struct bh_dfa *dfa);

/**
 * bh_dfa_free() - Free the states.
 * @dfa: May be zeroed.
 */
void bh_dfa_free(struct bh_dfa *dfa);

#endif /* BULKHEAD_AUTOMATON_INTERNAL_H */
