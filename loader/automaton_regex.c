// SPDX-License-Identifier: GPL-2.0
/* The text of a rule's regex into a tree. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "automaton_internal.h"

struct parser {
	const char *at;
	struct bh_regex *regex;
	unsigned int depth;
	const char *reason; /* set when it is refused */
	bool too_big;
};

static uint32_t refuse(struct parser *parser, const char *reason)
{
	if (!parser->reason)
		parser->reason = reason;
	return 0;
}

/* There is room: each node stands for at least one byte, or for a group's or choice's. */
static uint32_t add_node(struct parser *parser, enum bh_regex_op op, uint32_t left, uint32_t right)
{
	struct bh_regex_node *node = &parser->regex->node[parser->regex->nr_nodes];

	node->op = op;
	node->left = left;
	node->right = right;
	return parser->regex->nr_nodes++;
}

static uint32_t parse_choice(struct parser *parser);

static uint32_t parse_group(struct parser *parser)
{
	uint32_t node;

	if (parser->depth == BH_REGEX_DEPTH_MAX) {
		parser->too_big = true;
		return refuse(parser, "parentheses too deep");
	}
	if (*parser->at == '*')
		return refuse(parser, "(* verbs are not supported");
	if (*parser->at == '?') {
		if (parser->at[1] == '>')
			return refuse(parser, "atomic groups are not supported");
		if (parser->at[1] && strchr("=!<", parser->at[1]))
			return refuse(parser, "look-around and named groups are not supported");
		if (parser->at[1] == '(')
			return refuse(parser, "conditions are not supported");
		if (parser->at[1] && strchr("R0123456789+-&", parser->at[1]))
			return refuse(parser, "recursion is not supported");
		if (parser->at[1] == 'C')
			return refuse(parser, "callouts are not supported");
		if (parser->at[1] != ':')
			return refuse(parser, "only (...) and (?:...) are supported groups");
		parser->at += 2;
	}
	parser->depth++;
	node = parse_choice(parser);
	parser->depth--;
	if (*parser->at != ')')
		return refuse(parser, "opening parenthesis without its closing one");
	parser->at++;
	return node;
}

static uint32_t parse_atom(struct parser *parser)
{
	struct bh_byteset set = { 0 };
	const char *reason = NULL;
	char c = *parser->at++;
	uint32_t node;
	int single;

	switch (c) {
	case '(':
		return parse_group(parser);
	case '^':
		return add_node(parser, BH_REGEX_BEGIN, 0, 0);
	case '$':
		return add_node(parser, BH_REGEX_END, 0, 0);
	case '*':
	case '+':
	case '?':
		return refuse(parser, "quantifier with nothing before it");
	case '{':
		return refuse(parser, "{ that is no quantifier; for the character write \\{");
	case '[':
		reason = bh_regex_class(&parser->at, &set);
		break;
	case '\\':
		reason = bh_regex_escape(&parser->at, &set, &single);
		break;
	case '.': /* a newline, too: libselinux sets PCRE2_DOTALL */
		memset(&set, 0xff, sizeof(set));
		break;
	default:
		bh_byteset_add(&set, (unsigned char)c);
	}
	if (reason)
		return refuse(parser, reason);
	node = add_node(parser, BH_REGEX_BYTES, 0, 0);
	parser->regex->node[node].set = set;
	return node;
}

static uint32_t read_number(struct parser *parser, uint32_t missing)
{
	uint32_t number = 0;

	if (*parser->at < '0' || *parser->at > '9')
		return missing;
	for (; *parser->at >= '0' && *parser->at <= '9'; parser->at++)
		if (number <= BH_REGEX_REPEAT_MAX)
			number = number * 10 + (uint32_t)(*parser->at - '0');
	if (number > BH_REGEX_REPEAT_MAX) {
		parser->too_big = true;
		refuse(parser, "number of repetitions too large");
	}
	return number;
}

static void read_braces(struct parser *parser, uint32_t *min, uint32_t *max)
{
	parser->at++;
	*min = read_number(parser, BH_REGEX_NO_MAX);
	*max = *min;
	if (*parser->at == ',') {
		parser->at++;
		*max = read_number(parser, BH_REGEX_NO_MAX);
	}
	if (*min == BH_REGEX_NO_MAX || *parser->at != '}')
		refuse(parser, "{ that is no quantifier; for the character write \\{");
	else if (*max < *min)
		refuse(parser, "quantifier with its numbers swapped");
	else
		parser->at++;
}

/* A lazy quantifier matches what a greedy one does, as long as all has to match. */
static uint32_t parse_quantified(struct parser *parser)
{
	uint32_t atom = parse_atom(parser);
	uint32_t min = *parser->at == '+', max = *parser->at == '?' ? 1 : BH_REGEX_NO_MAX;
	enum bh_regex_op op = parser->regex->node[atom].op;
	uint32_t node;

	if (parser->reason || !*parser->at || !strchr("*+?{", *parser->at))
		return atom;
	if (op == BH_REGEX_BEGIN || op == BH_REGEX_END)
		return refuse(parser, "quantifier after ^ or $");
	if (*parser->at == '{')
		read_braces(parser, &min, &max);
	else
		parser->at++;
	if (*parser->at == '+')
		return refuse(parser, "possessive quantifiers are not supported");
	if (*parser->at == '?')
		parser->at++;
	if (*parser->at && strchr("*+?{", *parser->at))
		return refuse(parser, "quantifier after a quantifier");
	node = add_node(parser, BH_REGEX_REPEAT, atom, 0);
	parser->regex->node[node].min = min;
	parser->regex->node[node].max = max;
	return node;
}

static uint32_t parse_sequence(struct parser *parser)
{
	uint32_t node = 0, right;

	while (!parser->reason && *parser->at && *parser->at != '|' && *parser->at != ')') {
		right = parse_quantified(parser);
		node = node ? add_node(parser, BH_REGEX_CAT, node, right) : right;
	}
	return node ? node : add_node(parser, BH_REGEX_EMPTY, 0, 0);
}

static uint32_t parse_choice(struct parser *parser)
{
	uint32_t node = parse_sequence(parser);

	while (!parser->reason && *parser->at == '|') {
		parser->at++;
		node = add_node(parser, BH_REGEX_ALT, node, parse_sequence(parser));
	}
	return node;
}

/* What a line of file_contexts could not say: libselinux could not be asked about it. */
static const char *check_text(const char *text)
{
	if (!*text)
		return "it is empty";
	if (*text == '#')
		return "a line of file_contexts that starts with # is a comment";
	for (; *text; text++)
		if (*text <= ' ' || *text == 0x7f)
			return "white space, control characters and non-ASCII bytes are not "
			       "allowed; write \\s or \\xHH";
	return NULL;
}

static int parse_anchored(struct parser *parser, const char *text)
{
	size_t len = strlen(text);
	char *anchored = malloc(len + 3);

	/* As many nodes as bytes, twice for what joins them, and the empty ones around |. */
	parser->regex->node = calloc(4 * len + 16, sizeof(*parser->regex->node));
	if (!anchored || !parser->regex->node) {
		free(anchored);
		return -ENOMEM;
	}
	/* As compile_regex() does: a choice at the top has ^ on its left and $ on its right only. */
	anchored[0] = '^';
	memcpy(anchored + 1, text, len);
	memcpy(anchored + 1 + len, "$", 2);
	parser->at = anchored;
	parser->regex->nr_nodes = 1;
	parser->regex->root = parse_choice(parser);
	if (*parser->at == ')')
		refuse(parser, "closing parenthesis without its opening one");
	free(anchored);
	return 0;
}

int bh_regex_parse(const struct bh_filecon *rule, struct bh_regex *regex, struct bh_error *error)
{
	struct parser parser = { .regex = regex };
	int ret = 0;

	memset(regex, 0, sizeof(*regex));
	parser.reason = check_text(rule->regex);
	if (!parser.reason && strlen(rule->regex) > BH_REGEX_BYTES_MAX) {
		parser.reason = "longer than 1024 bytes";
		parser.too_big = true;
	}
	if (!parser.reason)
		ret = parse_anchored(&parser, rule->regex);
	if (parser.reason)
		ret = bh_fail(error, parser.too_big ? -E2BIG : -EINVAL,
			      "%s:%u: filecon \"%.80s\": %s", rule->file, rule->line, rule->regex,
			      parser.reason);
	if (ret) {
		free(regex->node);
		regex->node = NULL;
	}
	return ret;
}
