// SPDX-License-Identifier: GPL-2.0
/* Trees of regexes into positions, from the end to the start (Thompson's construction). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "automaton_internal.h"

struct builder {
	struct bh_nfa *nfa;
	const struct bh_regex_node *node;
	uint32_t rank;
	uint32_t first; /* the rule's first position */
	uint32_t match; /* where the regex has matched, whatever follows */
	uint32_t end; /* where it has matched and nothing may follow */
	uint32_t anchor; /* the $ that libselinux adds */
	uint32_t nr_visits; /* nodes visited: empty ones repeat without a position */
	const char *reason;
	int ret;
};

static uint32_t refuse(struct builder *builder, int ret, const char *reason)
{
	if (!builder->ret) {
		builder->ret = ret;
		builder->reason = reason;
	}
	return 0;
}

static uint32_t add_position(struct builder *builder, enum bh_position_op op, uint32_t out,
			     uint32_t other)
{
	struct bh_nfa *nfa = builder->nfa;

	if (nfa->nr_positions - builder->first >= BH_RULE_STATES_MAX)
		return refuse(builder, -E2BIG, "too large with its repetitions written out");
	if (nfa->nr_positions >= BH_AUTOMATON_POSITIONS_MAX)
		return refuse(builder, -E2BIG, "the rules up to here are too large");
	if (nfa->nr_positions >= nfa->max_positions) {
		uint32_t max = nfa->max_positions ? 2 * nfa->max_positions : 1024;
		struct bh_position *grown =
			reallocarray(nfa->position, max, sizeof(*nfa->position));

		if (!grown)
			return refuse(builder, -ENOMEM, "out of memory");
		nfa->position = grown;
		nfa->max_positions = max;
	}
	nfa->position[nfa->nr_positions] =
		(struct bh_position){ .op = op, .out = out, .other = other, .rank = builder->rank };
	return nfa->nr_positions++;
}

static uint32_t add_bytes(struct builder *builder, const struct bh_byteset *set, uint32_t out)
{
	uint32_t position = add_position(builder, BH_POSITION_BYTES, out, 0);

	if (position)
		builder->nfa->position[position].set = *set;
	return position;
}

/* A position that any byte leads back to. */
static uint32_t add_loop(struct builder *builder)
{
	static const struct bh_byteset all = { { UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX } };
	uint32_t position = add_bytes(builder, &all, 0);

	if (position)
		builder->nfa->position[position].out = position;
	return position;
}

static uint32_t build(struct builder *builder, uint32_t node, uint32_t next);

static uint32_t build_star(struct builder *builder, uint32_t node, uint32_t next)
{
	uint32_t loop = add_position(builder, BH_POSITION_SPLIT, 0, next);
	uint32_t body = loop ? build(builder, node, loop) : 0;

	if (body)
		builder->nfa->position[loop].out = body;
	return loop;
}

static uint32_t build_repeat(struct builder *builder, const struct bh_regex_node *repeat,
			     uint32_t next)
{
	uint32_t at = next;

	if (repeat->max == BH_REGEX_NO_MAX)
		at = build_star(builder, repeat->left, next);
	else
		for (uint32_t i = repeat->min; i < repeat->max && !builder->ret; i++)
			at = add_position(builder, BH_POSITION_SPLIT,
					  build(builder, repeat->left, at), next);
	for (uint32_t i = 0; i < repeat->min && !builder->ret; i++)
		at = build(builder, repeat->left, at);
	return at;
}

/* PCRE2's $ also holds before a newline that is the last byte. */
static uint32_t build_end(struct builder *builder, uint32_t next)
{
	struct bh_byteset newline = { 0 };

	if (builder->anchor && next == builder->anchor)
		return next;
	if (next != builder->match)
		return refuse(builder, -EINVAL, "$ before the end is not supported");
	bh_byteset_add(&newline, '\n');
	builder->anchor = add_position(builder, BH_POSITION_SPLIT, builder->end,
				       add_bytes(builder, &newline, builder->end));
	return builder->anchor;
}

static uint32_t build_choice(struct builder *builder, uint32_t node, uint32_t next)
{
	uint32_t at = 0;

	for (; builder->node[node].op == BH_REGEX_ALT && !builder->ret;
	     node = builder->node[node].left) {
		uint32_t right = build(builder, builder->node[node].right, next);

		at = at ? add_position(builder, BH_POSITION_SPLIT, right, at) : right;
	}
	return add_position(builder, BH_POSITION_SPLIT, build(builder, node, next), at);
}

/* What matches @node and goes on at @next. As deep as the regex has parentheses. */
static uint32_t build(struct builder *builder, uint32_t node, uint32_t next)
{
	const struct bh_regex_node *at = &builder->node[node];

	if (++builder->nr_visits > 4 * BH_RULE_STATES_MAX)
		return refuse(builder, -E2BIG, "too large with its repetitions written out");
	for (; at->op == BH_REGEX_CAT && !builder->ret; at = &builder->node[at->left])
		next = build(builder, at->right, next);
	if (builder->ret)
		return 0;
	switch (at->op) {
	case BH_REGEX_BYTES:
		return add_bytes(builder, &at->set, next);
	case BH_REGEX_BEGIN:
		return add_position(builder, BH_POSITION_BEGIN, next, 0);
	case BH_REGEX_END:
		return build_end(builder, next);
	case BH_REGEX_ALT:
		return build_choice(builder, (uint32_t)(at - builder->node), next);
	case BH_REGEX_REPEAT:
		return build_repeat(builder, at, next);
	default:
		return next;
	}
}

/* Only a choice at the top has parts that ^ does not hold to the start: those are searched. */
static uint32_t build_top(struct builder *builder, uint32_t root)
{
	uint32_t at = build(builder, root, builder->match);
	uint32_t loop;

	if (builder->node[root].op != BH_REGEX_ALT || builder->ret)
		return at;
	loop = add_loop(builder);
	at = add_position(builder, BH_POSITION_SPLIT, at, loop);
	if (at)
		builder->nfa->position[loop].out = at;
	return at;
}

/*
 * libselinux tries a rule only on paths below its stem: what is before the second slash of
 * its text, unless there is a meta character. So /usr/? is not asked about /usr.
 * Source: get_stem_from_spec(), lookup_all() in label_file.[ch].
 */
static size_t stem_length(const char *regex)
{
	const char *slash = strchr(regex + 1, '/');
	size_t len = slash ? (size_t)(slash - regex) : 0;

	return strcspn(regex, ".^$?*+|[({") < len ? 0 : len;
}

/* Whether all that the regex matches is below its stem anyway. */
static bool is_below_stem(const struct builder *builder, const struct bh_filecon *rule, size_t stem,
			  uint32_t root)
{
	char after = rule->regex[stem + 1];

	return builder->node[root].op != BH_REGEX_ALT && !memchr(rule->regex, '\\', stem) &&
	       !(after && strchr("?*{", after));
}

/* The text of the stem and its slash, then anything; it goes beside the rule itself. */
static uint32_t build_stem(struct builder *builder, const char *regex, size_t stem)
{
	uint32_t at = add_loop(builder);

	builder->nfa->rank[builder->rank].stem = at;
	for (size_t i = stem + 1; i > 0 && at; i--) {
		struct bh_byteset set = { 0 };

		bh_byteset_add(&set, (unsigned char)regex[i - 1]);
		at = add_bytes(builder, &set, at);
	}
	return at;
}

static void build_rule(struct builder *builder, const struct bh_filecon *rule, uint32_t root)
{
	size_t stem = stem_length(rule->regex);
	uint32_t at;

	builder->match = add_loop(builder);
	builder->end = add_position(builder, BH_POSITION_END, 0, 0);
	if (builder->ret)
		return;
	builder->nfa->position[builder->match].accept = true;
	builder->nfa->position[builder->end].accept = true;
	at = build_top(builder, root);
	if (stem && !builder->ret && !is_below_stem(builder, rule, stem, root))
		at = add_position(builder, BH_POSITION_SPLIT, at,
				  build_stem(builder, rule->regex, stem));
	at = add_position(builder, BH_POSITION_SPLIT, at, builder->nfa->start);
	if (!builder->ret)
		builder->nfa->start = at;
}

int bh_nfa_add(struct bh_nfa *nfa, const struct bh_filecon *rule, uint32_t rank,
	       struct bh_error *error)
{
	struct builder builder = { .nfa = nfa, .rank = rank };
	struct bh_regex regex;
	int ret = bh_regex_parse(rule, &regex, error);

	if (ret)
		return ret;
	builder.node = regex.node;
	builder.first = nfa->nr_positions;
	build_rule(&builder, rule, regex.root);
	free(regex.node);
	if (builder.ret)
		bh_fail(error, builder.ret, "%s:%u: filecon \"%.80s\": %s", rule->file, rule->line,
			rule->regex, builder.reason);
	return builder.ret;
}
