// SPDX-License-Identifier: GPL-2.0
/* The filecon statements of CIL texts. */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "filecon.h"

struct reader {
	const struct bh_cil_tree *trees;
	size_t nr_trees;
	bh_filecon_type *type;
	void *data;
	struct bh_error *error;
	int ret; /* of what is not found in one statement alone */
};

static bool is_statement(const struct bh_cil_node *node, const char *keyword)
{
	return node->child && node->child->text && strcmp(node->child->text, keyword) == 0;
}

/* The list (USER ROLE TYPE RANGE) that a (context NAME ...) statement of any text names. */
static const struct bh_cil_node *find_context(const struct reader *reader, const char *name)
{
	for (size_t i = 0; i < reader->nr_trees; i++)
		for (const struct bh_cil_node *node = reader->trees[i].first; node;
		     node = node->next) {
			const struct bh_cil_node *second = node->child ? node->child->next : NULL;

			if (is_statement(node, "context") && second && second->text &&
			    strcmp(second->text, name) == 0)
				return second->next;
		}
	return NULL;
}

static int read_type(const struct reader *reader, const struct bh_cil_node *context,
		     struct bh_filecon *rule)
{
	const struct bh_cil_node *part;

	if (!context->text && !context->child) {
		rule->type = BH_FILECON_NONE;
		return 0;
	}
	part = context;
	if (context->text)
		part = find_context(reader, context->text);
	if (!part)
		return bh_fail(reader->error, -ENOENT, "%s:%u: filecon: unknown context %s",
			       rule->file, rule->line, context->text);
	part = part->child;
	for (int i = 0; part && i < 2; i++)
		part = part->next;
	if (!part || !part->text || !part->next || part->next->next)
		return bh_fail(reader->error, -EINVAL,
			       "%s:%u: filecon: a context is (USER ROLE TYPE RANGE)", rule->file,
			       rule->line);
	rule->type = reader->type(part->text, reader->data);
	if (!rule->type)
		return bh_fail(reader->error, -ENOENT, "%s:%u: filecon: unknown type %s",
			       rule->file, rule->line, part->text);
	return 0;
}

uint32_t bh_filecon_kind(const char *name)
{
	static const char *const kinds[BH_NR_KINDS] = { "any",	 "file",   "dir",  "char",
							"block", "socket", "pipe", "symlink" };
	uint32_t kind = 0;

	while (kind < BH_NR_KINDS && strcmp(name, kinds[kind]) != 0)
		kind++;
	return kind;
}

static int read_rule(const struct reader *reader, const struct bh_cil_node *node,
		     struct bh_filecon *rule)
{
	const struct bh_cil_node *regex = node->child->next;
	const struct bh_cil_node *kind = regex ? regex->next : NULL;
	const struct bh_cil_node *context = kind ? kind->next : NULL;

	if (!context || !regex->text || !kind->text || context->next)
		return bh_fail(reader->error, -EINVAL,
			       "%s:%u: not of the form (filecon \"REGEX\" KIND CONTEXT)",
			       rule->file, rule->line);
	rule->regex = regex->text;
	rule->kind = bh_filecon_kind(kind->text);
	if (rule->kind == BH_NR_KINDS)
		return bh_fail(reader->error, -EINVAL, "%s:%u: filecon: unknown kind %s",
			       rule->file, rule->line, kind->text);
	return read_type(reader, context, rule);
}

/* How much a rule says: what is before its first meta character, and all of it. */
static void measure(const char *regex, bool *meta, size_t *stem, size_t *len)
{
	*meta = false;
	*stem = *len = 0;
	for (; *regex; regex++, ++*len) {
		if (strchr(".^$?*+|[({", *regex))
			*meta = true;
		else
			*stem += !*meta;
		if (*regex == '\\' && regex[1])
			regex++;
	}
}

static int order(size_t a, size_t b)
{
	return (a > b) - (a < b);
}

/* Source: cil_post_filecon_compare(). */
static int compare_rules(const struct bh_filecon *a, const struct bh_filecon *b)
{
	size_t stem_a, stem_b, len_a, len_b;
	bool meta_a, meta_b;
	int ret;

	measure(a->regex, &meta_a, &stem_a, &len_a);
	measure(b->regex, &meta_b, &stem_b, &len_b);
	ret = order(meta_b, meta_a);
	if (!ret)
		ret = order(stem_a, stem_b);
	if (!ret)
		ret = order(len_a, len_b);
	if (!ret)
		ret = order(a->kind, b->kind);
	return ret ? ret : strcmp(a->regex, b->regex);
}

/* Those for the same paths by their lines: the first is what the others are held to. */
static int compare_places(const void *one, const void *two)
{
	const struct bh_filecon *a = one, *b = two;
	int ret = compare_rules(a, b);

	if (!ret)
		ret = strcmp(a->file, b->file);
	return ret ? ret : order(a->line, b->line);
}

void bh_filecon_sort(struct bh_filecon *rules, size_t *nr_rules, bh_filecon_twice *twice,
		     void *data)
{
	size_t nr = 0;

	if (*nr_rules)
		qsort(rules, *nr_rules, sizeof(*rules), compare_places);
	for (size_t i = 0; i < *nr_rules; i++) {
		if (!nr || compare_rules(&rules[nr - 1], &rules[i]) != 0)
			rules[nr++] = rules[i];
		else
			twice(&rules[i], &rules[nr - 1], data);
	}
	*nr_rules = nr;
}

/* The same rule twice is one; twice with different types is an error. */
static void say_conflict(const struct bh_filecon *rule, const struct bh_filecon *other, void *data)
{
	struct reader *reader = data;

	if (rule->type == other->type)
		return;
	reader->ret = bh_fail(reader->error, -EEXIST,
			      "%s:%u: filecon \"%.80s\": %s:%u says another type", rule->file,
			      rule->line, rule->regex, other->file, other->line);
}

int bh_filecon_read(const struct bh_cil_tree *trees, size_t nr_trees, bh_filecon_type *type,
		    void *data, struct bh_filecon **rules, size_t *nr_rules, struct bh_error *error)
{
	struct reader reader = { trees, nr_trees, type, data, error, 0 };
	size_t max = 1;
	int ret = 0;

	*nr_rules = 0;
	for (size_t i = 0; i < nr_trees; i++)
		for (const struct bh_cil_node *node = trees[i].first; node; node = node->next)
			max += is_statement(node, "filecon");
	*rules = calloc(max, sizeof(**rules));
	if (!*rules)
		return bh_fail(error, -ENOMEM, "labels by path: %s", strerror(ENOMEM));
	for (size_t i = 0; i < nr_trees && !ret; i++)
		for (const struct bh_cil_node *node = trees[i].first; node && !ret;
		     node = node->next) {
			struct bh_filecon *rule = &(*rules)[*nr_rules];

			if (!is_statement(node, "filecon"))
				continue;
			rule->file = node->file;
			rule->line = node->line;
			ret = read_rule(&reader, node, rule);
			++*nr_rules;
		}
	if (!ret) {
		bh_filecon_sort(*rules, nr_rules, say_conflict, &reader);
		ret = reader.ret;
	}
	if (ret) {
		free(*rules);
		*rules = NULL;
		*nr_rules = 0;
	}
	return ret;
}
