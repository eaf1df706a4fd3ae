// SPDX-License-Identifier: GPL-2.0
/*
 * A validated module as the text that libsepol gets. Declarations in blocks come first,
 * as blocks that hold nothing else; the rules follow, under full names.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cil_flat.h"
#include "policy_cil.h"

/* Exact, unlike bh_cil_print(). As deep as the reader's limit at most. */
static void write_node(FILE *out, const struct bh_cil_node *node)
{
	if (node->text) {
		fprintf(out, node->quoted ? "\"%s\"" : "%s", node->text);
		return;
	}
	fputc('(', out);
	for (const struct bh_cil_node *child = node->child; child; child = child->next) {
		write_node(out, child);
		if (child->next)
			fputc(' ', out);
	}
	fputc(')', out);
}

static bool is_declaration(const struct bh_cil_node *statement)
{
	switch (bh_form_statement(statement)) {
	case BH_STATEMENT_TYPE:
	case BH_STATEMENT_TYPEALIAS:
	case BH_STATEMENT_TYPEATTRIBUTE:
	case BH_STATEMENT_BOOLEAN:
		return true;
	default:
		return false;
	}
}

/* How much of two names are the same blocks; bytes, the dot included. */
static size_t common_blocks(const char *left, const char *right)
{
	size_t common = 0;

	for (size_t i = 0; left[i] && left[i] == right[i]; i++)
		if (left[i] == '.')
			common = i + 1;
	return common;
}

/* Puts the names of one block together: a dot comes before what a name may have. */
static int compare_names(const void *left, const void *right)
{
	const char *a = bh_form_argument(*(const struct bh_cil_node *const *)left, 1)->text;
	const char *b = bh_form_argument(*(const struct bh_cil_node *const *)right, 1)->text;

	while (*a && *a == *b) {
		a++;
		b++;
	}
	return (*a == '.' ? 1 : (unsigned char)*a) - (*b == '.' ? 1 : (unsigned char)*b);
}

static void write_declaration(FILE *out, const struct bh_cil_node *statement, size_t prefix)
{
	const struct bh_cil_node *name = bh_form_argument(statement, 1);

	fprintf(out, "(%s %s", statement->child->text, name->text + prefix);
	if (name->next)
		fprintf(out, " %s", name->next->text);
	fputs(")", out);
}

static void write_blocks(FILE *out, const struct bh_cil_node *const *declaration, size_t nr)
{
	const char *open = "";

	for (size_t i = 0; i < nr; i++) {
		const char *name = bh_form_argument(declaration[i], 1)->text;
		size_t prefix = (size_t)(strrchr(name, '.') + 1 - name);
		size_t at = common_blocks(open, name);

		for (const char *dot = open + at; (dot = strchr(dot, '.')); dot++)
			fputs(")", out);
		while (at < prefix) {
			size_t len = strcspn(name + at, ".");

			fprintf(out, "%s(block %.*s ", at ? "" : "\n", (int)len, name + at);
			at += len + 1;
		}
		write_declaration(out, declaration[i], prefix);
		open = name;
	}
	for (const char *dot = open; (dot = strchr(dot, '.')); dot++)
		fputs(")", out);
	fputs("\n", out);
}

static int write_declarations(FILE *out, const struct bh_module *module)
{
	const struct bh_cil_node **inside = calloc(module->nr_statements + 1, sizeof(*inside));
	size_t nr = 0;

	if (!inside)
		return -ENOMEM;
	for (size_t i = 0; i < module->nr_statements; i++) {
		const struct bh_cil_node *statement = module->statements[i].statement;

		if (is_declaration(statement) && strchr(bh_form_argument(statement, 1)->text, '.'))
			inside[nr++] = statement;
	}
	qsort(inside, nr, sizeof(*inside), compare_names);
	if (nr > 0)
		write_blocks(out, inside, nr);
	free(inside);
	return 0;
}

/* A name that no mark can hold is left out: the line alone would be a false one. */
static const char *mark_file(const struct bh_module *module, const char *file)
{
	if (strcmp(file, module->name) == 0)
		return BH_CIL_MODULE;
	return strpbrk(file, "\"\r\n") ? "<template>" : file;
}

/* What BASE and the module agree on that an attribute stands for, type by type. */
static void write_attribute(FILE *out, struct bh_validator *validator,
			    const struct bh_cil_node *statement)
{
	const struct bh_module *module = validator->module;
	const struct bh_expansion *expansion = &validator->expansion;
	struct bh_typeset own;
	bool empty = true;
	uint64_t *set;

	if (bh_typesets_evaluate(&validator->sets, bh_form_argument(statement, 2),
				 &expansion->symbols.root, &set))
		return;
	own = bh_typesets_own(set);
	for (uint32_t i = 0; i < module->nr_types; i++) {
		if (!bh_typeset_has(&own, i))
			continue;
		if (empty)
			fprintf(out, "(typeattributeset %s (",
				bh_form_argument(statement, 1)->text);
		fprintf(out, "%s%s", empty ? "" : " ", module->types[i].name);
		empty = false;
	}
	for (size_t i = 0; i < expansion->nr_base_types; i++) {
		if (!bh_typesets_has(set, expansion->base_types[i]))
			continue;
		if (empty)
			fprintf(out, "(typeattributeset %s (",
				bh_form_argument(statement, 1)->text);
		fprintf(out, "%s%s", empty ? "" : " ", expansion->base_types[i]->full);
		empty = false;
	}
	if (!empty)
		fputs("))", out);
}

static void write_statement(FILE *out, struct bh_validator *validator, const struct bh_flat *flat)
{
	const struct bh_cil_node *statement = flat->statement;

	if (bh_form_statement(statement) == BH_STATEMENT_TYPEATTRIBUTESET) {
		write_attribute(out, validator, statement);
		return;
	}
	if (!flat->condition) {
		write_node(out, statement);
		return;
	}
	fputs("(booleanif ", out);
	write_node(out, flat->condition);
	fputs(flat->otherwise ? " (false " : " (true ", out);
	write_node(out, statement);
	fputs("))", out);
}

/* Bounds are written apart; how attributes are compiled is Bulkhead's own. */
static bool is_left_out(const struct bh_cil_node *statement)
{
	switch (bh_form_statement(statement)) {
	case BH_STATEMENT_TYPEBOUNDS:
	case BH_STATEMENT_EXPANDTYPEATTRIBUTE:
		return true;
	default:
		return is_declaration(statement) &&
		       strchr(bh_form_argument(statement, 1)->text, '.');
	}
}

static void write_flat(FILE *out, struct bh_validator *validator)
{
	const struct bh_module *module = validator->module;
	const struct bh_cil_node *marked = NULL;

	for (size_t i = 0; i < module->nr_statements; i++) {
		const struct bh_cil_node *statement = module->statements[i].statement;

		if (is_left_out(statement))
			continue;
		if (!marked || marked->line != statement->line || marked->file != statement->file)
			fprintf(out, "%s;;* lmx %u \"%s\"\n", marked ? ";;* lme\n" : "",
				statement->line, mark_file(module, statement->file));
		marked = statement;
		write_statement(out, validator, &module->statements[i]);
		fputc('\n', out);
	}
	if (marked)
		fputs(";;* lme\n", out);
}

static void write_bounds(FILE *out, const struct bh_module_type *type, bool trusted)
{
	if (type->parent)
		fprintf(out, "(typebounds %s %s)\n", type->parent, type->name);
	else if (!trusted)
		fprintf(out, "(typebounds %s %s)\n",
			type->domain_line ? BH_BOUND_DOMAIN : BH_BOUND_FILE, type->name);
}

static void write_added(FILE *out, const struct bh_module_type *type)
{
	if (type->domain_line)
		fprintf(out, "(roletype system_r %s)\n", type->name);
	else
		fprintf(out, "(typeattributeset file_type (%s))\n", type->name);
}

int bh_flat_write(struct bh_validator *validator)
{
	struct bh_module *module = validator->module;
	char *text = NULL;
	FILE *flat = open_memstream(&text, &module->flat.len);
	FILE *bounds = open_memstream(&module->bounds, &module->bounds_len);
	FILE *added = open_memstream(&module->added, &module->added_len);
	int ret = flat && bounds && added ? 0 : -ENOMEM;

	if (!ret)
		ret = write_declarations(flat, module);
	if (!ret)
		write_flat(flat, validator);
	for (size_t i = 0; i < module->nr_types && !ret; i++) {
		write_bounds(bounds, &module->types[i], validator->trusted);
		write_added(added, &module->types[i]);
	}
	if ((flat && fclose(flat)) | (bounds && fclose(bounds)) | (added && fclose(added)))
		ret = -ENOMEM;
	module->flat.name = module->name;
	module->flat.text = text;
	return ret;
}
