// SPDX-License-Identifier: GPL-2.0
/* The validator's part for labels by path. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "automaton_internal.h"
#include "cil_validate_internal.h"
#include "cleanup.h"
#include "filecon.h"

#define PATH_BYTES_MAX 1024
#define CONTEXT "(system_u object_r TYPE ((s0) (s0))), or () for no label"

static bool is_text(const struct bh_cil_node *node, const char *text)
{
	return node && node->text && strcmp(node->text, text) == 0;
}

/* (s0) */
static bool is_level(const struct bh_cil_node *node)
{
	return node && !node->text && is_text(node->child, "s0") && !node->child->next;
}

/* (system_u object_r TYPE ((s0) (s0))); levels are assigned by Bulkhead. */
static const struct bh_cil_node *find_type(const struct bh_cil_node *context)
{
	const struct bh_cil_node *user = context->child;
	const struct bh_cil_node *role = user ? user->next : NULL;
	const struct bh_cil_node *type = role ? role->next : NULL;
	const struct bh_cil_node *range = type ? type->next : NULL;

	if (!is_text(user, "system_u") || !is_text(role, "object_r") || !type->text || !range ||
	    range->text || range->next || !is_level(range->child) ||
	    !is_level(range->child->next) || range->child->next->next)
		return NULL;
	return type;
}

static bool check_path(const char *path)
{
	if (path[0] == '\0' || strlen(path) > PATH_BYTES_MAX)
		return false;
	for (; *path; path++)
		if (*path < ' ' || *path >= 0x7f)
			return false;
	return true;
}

static bool is_file_type(struct bh_validator *validator, const struct bh_symbol *type)
{
	const struct bh_symbol *attribute = bh_typesets_symbol(&validator->sets, "file_type");
	uint64_t *set;

	return attribute && type->kind == BH_SYMBOL_TYPE &&
	       bh_typesets_of(&validator->sets, attribute, &set) == 0 && bh_typesets_has(set, type);
}

static struct bh_filecon make_rule(const struct bh_cil_node *statement)
{
	return (struct bh_filecon){ .regex = bh_form_argument(statement, 1)->text,
				    .kind = bh_filecon_kind(bh_form_argument(statement, 2)->text),
				    .file = statement->file,
				    .line = statement->line };
}

static void check_regex(struct bh_validator *validator, const struct bh_cil_node *statement)
{
	struct bh_filecon rule = make_rule(statement);
	struct bh_error error;
	struct bh_regex regex;
	int ret = bh_regex_parse(&rule, &regex, &error);
	int place;

	free(regex.node);
	if (ret == -ENOMEM)
		validator->refusals.code = ret;
	if (!ret || ret == -ENOMEM)
		return;
	place = snprintf(NULL, 0, "%s:%u: ", rule.file, rule.line);
	bh_refuse_line(&validator->refusals, ret, rule.file, rule.line, "%s", error.text + place);
}

void bh_rule_filecon(struct bh_validator *validator, const struct bh_cil_node *statement)
{
	const struct bh_cil_node *context = bh_form_argument(statement, 3);
	const struct bh_cil_node *node;
	const struct bh_symbol *type;

	if (!check_path(bh_form_argument(statement, 1)->text)) {
		bh_refuse(&validator->refusals, -EINVAL, statement,
			  "not a path: up to %d printable bytes make one", PATH_BYTES_MAX);
		return;
	}
	if (bh_filecon_kind(bh_form_argument(statement, 2)->text) == BH_NR_KINDS) {
		bh_refuse(&validator->refusals, -EINVAL, statement,
			  "not a kind of file; those are any, file, dir, char, block, socket, "
			  "pipe, symlink");
		return;
	}
	check_regex(validator, statement);
	if (!context->text && !context->child)
		return;
	node = context->text ? NULL : find_type(context);
	if (!node) {
		bh_refuse(&validator->refusals, -EINVAL, statement, "the context is " CONTEXT);
		return;
	}
	type = bh_typesets_symbol(&validator->sets, node->text);
	if (!type || type->kind != BH_SYMBOL_TYPE ||
	    (!type->frame->module && !is_file_type(validator, type)))
		bh_refuse(&validator->refusals, -EINVAL, statement,
			  "%s is no file's type; files have types of the module or of file_type",
			  node->text);
}

void bh_domains_filecon(struct bh_validator *validator, const struct bh_cil_node *statement)
{
	const struct bh_cil_node *context = bh_form_argument(statement, 3);
	const struct bh_cil_node *node = context->text ? NULL : find_type(context);
	const struct bh_module_type *type = node ? bh_own_type(validator, NULL, node) : NULL;

	if (type && type->domain_line)
		bh_refuse(&validator->refusals, -EINVAL, statement,
			  "%s is a domain (line %u), a file cannot have it", type->name,
			  type->domain_line);
}

/* For libsepol, the same once more is a conflict, too. */
static void refuse_second(const struct bh_filecon *rule, const struct bh_filecon *other, void *data)
{
	struct bh_validator *validator = data;

	bh_refuse_line(&validator->refusals, -EINVAL, rule->file, rule->line,
		       "filecon \"%.80s\": %s:%u says %s; leave one out", rule->regex, other->file,
		       other->line, rule->type == other->type ? "the same" : "another type");
}

/* Types are the same when their symbols are: an alias stands for its type. */
static uint32_t type_of(const struct bh_validator *validator, const struct bh_cil_node *statement)
{
	const struct bh_cil_node *context = bh_form_argument(statement, 3);

	if (!context->child)
		return BH_FILECON_NONE;
	return bh_typesets_symbol(&validator->sets, find_type(context)->text)->number + 1;
}

void bh_filecons_check(struct bh_validator *validator)
{
	const struct bh_expansion *expansion = &validator->expansion;
	BH_FREE struct bh_filecon *rules = calloc(expansion->nr_flat + 1, sizeof(*rules));
	size_t nr_rules = 0;

	if (!rules) {
		validator->refusals.code = -ENOMEM;
		return;
	}
	for (size_t i = 0; i < expansion->nr_flat; i++) {
		const struct bh_cil_node *statement = expansion->flat[i].statement;

		if (bh_form_statement(statement) != BH_STATEMENT_FILECON ||
		    expansion->flat[i].refused)
			continue;
		rules[nr_rules] = make_rule(statement);
		rules[nr_rules++].type = type_of(validator, statement);
	}
	bh_filecon_sort(rules, &nr_rules, refuse_second, validator);
}
