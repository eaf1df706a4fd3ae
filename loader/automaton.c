// SPDX-License-Identifier: GPL-2.0
/* Rules into a table: their order, and the steps from one to the other. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "automaton_internal.h"

/* Source: spec_hasMetaChars() in libselinux's label_file.h. */
static bool has_meta(const char *regex)
{
	for (; *regex; regex++) {
		if (strchr(".^$?*+|[({", *regex))
			return true;
		if (*regex == '\\' && !*++regex)
			break;
	}
	return false;
}

/* As sort_specs(): those without a meta character come last, the order is kept otherwise. */
static int add_rules(struct bh_nfa *nfa, const struct bh_filecon *rules, size_t nr_rules,
		     struct bh_error *error)
{
	uint32_t rank_meta = 1, rank_exact = 1;
	int ret = 0;

	for (size_t i = 0; i < nr_rules; i++)
		rank_exact += has_meta(rules[i].regex);
	for (size_t i = 0; i < nr_rules && !ret; i++) {
		uint32_t rank = has_meta(rules[i].regex) ? rank_meta++ : rank_exact++;

		nfa->rank[rank].kind = rules[i].kind;
		nfa->rank[rank].type = rules[i].type;
		ret = bh_nfa_add(nfa, &rules[i], rank, error);
	}
	return ret;
}

/* An automaton of which no state has a label is dead: the start has its number even so. */
static void keep_start(struct bh_dfa *dfa)
{
	if (dfa->nr_states > BH_AUTOMATON_START)
		return;
	dfa->nr_states = BH_AUTOMATON_START + 1;
	dfa->accept[BH_AUTOMATON_START] = dfa->accept[BH_AUTOMATON_DEAD];
	memset(dfa->next, 0, 2 * (size_t)dfa->nr_classes * sizeof(*dfa->next));
}

static size_t align(size_t bytes)
{
	return (bytes + 7) & ~(size_t)7;
}

static int write_table(const struct bh_dfa *dfa, struct bh_automaton **automaton)
{
	size_t nr_edges = (size_t)dfa->nr_states * dfa->nr_classes;
	size_t rows = sizeof(**automaton), row_bytes = BH_NR_KINDS * sizeof(uint32_t);
	size_t next = rows + dfa->rows.nr * row_bytes;
	size_t accept = align(next + nr_edges * sizeof(uint16_t));
	size_t bytes = align(accept + dfa->nr_states * sizeof(uint16_t));
	struct bh_automaton *table;
	uint16_t *to;

	if (bytes > BH_AUTOMATON_BYTES_MAX)
		return -E2BIG;
	table = calloc(1, bytes);
	if (!table)
		return -ENOMEM;
	*table = (struct bh_automaton){
		.version = BH_AUTOMATON_VERSION,
		.bytes = (uint32_t)bytes,
		.nr_states = dfa->nr_states,
		.nr_classes = dfa->nr_classes,
		.nr_rows = dfa->rows.nr,
		.rows_offset = (uint32_t)rows,
		.next_offset = (uint32_t)next,
		.accept_offset = (uint32_t)accept,
	};
	memcpy(table->classes, dfa->classes, sizeof(table->classes));
	memcpy((char *)table + rows, dfa->rows.words, dfa->rows.nr * row_bytes);
	to = (uint16_t *)((char *)table + next);
	for (size_t i = 0; i < nr_edges; i++)
		to[i] = (uint16_t)dfa->next[i];
	to = (uint16_t *)((char *)table + accept);
	for (size_t i = 0; i < dfa->nr_states; i++)
		to[i] = (uint16_t)dfa->accept[i];
	*automaton = table;
	return 0;
}

/* With *error empty when it is a limit of all rules together. */
static int compile(const struct bh_filecon *rules, size_t nr_rules, struct bh_automaton **automaton,
		   struct bh_error *error)
{
	struct bh_nfa nfa = { .nr_positions = 1, .max_positions = 1024 };
	struct bh_dfa dfa = { 0 };
	int ret = -ENOMEM;

	nfa.rank = calloc(nr_rules + 1, sizeof(*nfa.rank));
	nfa.position = calloc(nfa.max_positions, sizeof(*nfa.position));
	if (nfa.rank && nfa.position)
		ret = add_rules(&nfa, rules, nr_rules, error);
	if (!ret)
		ret = bh_dfa_build(&nfa, &dfa);
	if (!ret)
		ret = bh_dfa_minimise(&dfa);
	if (!ret) {
		keep_start(&dfa);
		ret = write_table(&dfa, automaton);
	}
	bh_dfa_free(&dfa);
	free(nfa.position);
	free(nfa.rank);
	return ret;
}

/* The first rule with which it is too much, by halving: without it the others would do. */
static int refuse_last(const struct bh_filecon *rules, size_t nr_rules, struct bh_error *error)
{
	size_t good = 0, bad = nr_rules;
	const struct bh_filecon *rule;

	while (bad - good > 1) {
		size_t middle = good + (bad - good) / 2;
		struct bh_automaton *automaton = NULL;
		int ret = compile(rules, middle, &automaton, error);

		free(automaton);
		if (ret && ret != -E2BIG)
			return ret;
		if (ret)
			bad = middle;
		else
			good = middle;
	}
	rule = &rules[bad - 1];
	return bh_fail(error, -E2BIG,
		       "%s:%u: filecon \"%.80s\": with this rule the labels by path need too many "
		       "states (limits: 65535 states, 4 MiB)",
		       rule->file, rule->line, rule->regex);
}

int bh_automaton_compile(const struct bh_filecon *rules, size_t nr_rules,
			 struct bh_automaton **automaton, struct bh_error *error)
{
	struct bh_error own = { "" };
	int ret;

	*automaton = NULL;
	if (nr_rules > BH_FILECON_RULES_MAX)
		return bh_fail(error, -E2BIG, "%s:%u: more than %u filecon statements",
			       rules[BH_FILECON_RULES_MAX].file, rules[BH_FILECON_RULES_MAX].line,
			       BH_FILECON_RULES_MAX);
	for (size_t i = 0; i < nr_rules; i++)
		if (rules[i].kind >= BH_NR_KINDS)
			return bh_fail(error, -EINVAL, "%s:%u: filecon \"%.80s\": unknown kind",
				       rules[i].file, rules[i].line, rules[i].regex);
	ret = compile(rules, nr_rules, automaton, &own);
	if (ret == -E2BIG && !own.text[0])
		return refuse_last(rules, nr_rules, error);
	if (ret)
		bh_fail(error, ret, "%s", own.text[0] ? own.text : strerror(-ret));
	return ret;
}

static const uint16_t *words_at(const struct bh_automaton *automaton, uint32_t offset)
{
	return (const uint16_t *)((const char *)automaton + offset);
}

uint32_t bh_automaton_step(const struct bh_automaton *automaton, uint32_t state, const char *bytes,
			   size_t len)
{
	const uint16_t *next = words_at(automaton, automaton->next_offset);

	for (size_t i = 0; i < len && state != BH_AUTOMATON_DEAD; i++)
		state = next[(size_t)state * automaton->nr_classes +
			     automaton->classes[(unsigned char)bytes[i]]];
	return state;
}

uint32_t bh_automaton_label(const struct bh_automaton *automaton, uint32_t state, uint32_t kind)
{
	const uint32_t *rows = (const uint32_t *)((const char *)automaton + automaton->rows_offset);

	return rows[words_at(automaton, automaton->accept_offset)[state] * BH_NR_KINDS + kind];
}

uint32_t bh_automaton_root_label(const struct bh_automaton *automaton)
{
	uint32_t state = bh_automaton_step(automaton, BH_AUTOMATON_START, "/", 1);

	return bh_automaton_label(automaton, state, BH_KIND_DIR);
}

/* Source: lookup_all() in libselinux's label_file.c. */
uint32_t bh_automaton_walk(const struct bh_automaton *automaton, const char *path, uint32_t kind)
{
	uint32_t state = BH_AUTOMATON_START;
	bool first = true;

	if (!*path)
		return BH_FILECON_NONE;
	for (; *path; path++) {
		bool slash = *path == '/';

		if (slash && (path[1] == '/' || (!path[1] && !first)))
			continue;
		state = bh_automaton_step(automaton, state, path, 1);
		first = false;
	}
	return bh_automaton_label(automaton, state, kind);
}
