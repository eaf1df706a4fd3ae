// SPDX-License-Identifier: GPL-2.0
/* A module as a picture. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <bulkhead/classmap.h>

#include "cil_validate.h"
#include "dot.h"
#include "policy_cil.h"
#include "policy_classes.h"
#include "policy_oracle.h"

#define RED "color=red, fontcolor=red"

/* What a source has on a target in one class. Names are the policy's, or the module's. */
struct edge {
	const char *source;
	const char *target;
	uint32_t tclass;
	uint32_t allowed;
	uint32_t excess; /* of allowed: what is beyond the bounds */
};

struct drawing {
	const struct bh_module *module;
	sepol_policydb_t *policydb;
	struct bh_oracle oracle;
	struct edge *edge;
	size_t nr_edges;
	size_t max_edges;
	FILE *out;
};

/* Nobody's name may end a string of Graphviz'. */
static void write_text(FILE *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			fputc('\\', out);
		fputc(*text >= ' ' && *text < 0x7f ? *text : '?', out);
	}
}

static void write_quoted(FILE *out, const char *text)
{
	fputc('"', out);
	write_text(out, text);
	fputc('"', out);
}

static const type_datum_t *find_type(const struct drawing *drawing, const char *name)
{
	return hashtab_search(drawing->policydb->p.p_types.table, (hashtab_key_t)name);
}

/* An alias stands for its type. */
static const char *find_name(const struct drawing *drawing, const char *name)
{
	const type_datum_t *type = find_type(drawing, name);

	return type ? drawing->policydb->p.p_type_val_to_name[type->s.value - 1] : name;
}

static const char *bound_of(const struct drawing *drawing, const char *name)
{
	const struct bh_module_type *type = bh_module_type(drawing->module, name);

	if (!type)
		return name;
	return type->domain_line ? BH_BOUND_DOMAIN : BH_BOUND_FILE;
}

static uint32_t find_excess(struct drawing *drawing, const char *target, uint32_t tclass,
			    uint32_t permissions)
{
	struct bh_oracle_verdict verdict;
	char context[BH_NAME_MAX + 64];
	uint32_t from;
	uint32_t to;

	from = bh_oracle_sid(&drawing->oracle, "system_u:system_r:" BH_BOUND_DOMAIN ":s0");
	snprintf(context, sizeof(context), "system_u:object_r:%s:s0", bound_of(drawing, target));
	to = bh_oracle_sid(&drawing->oracle, context);
	if (!from || !to || bh_oracle_ask(&drawing->oracle, from, to, tclass, &verdict))
		return permissions;
	return permissions & ~verdict.allowed;
}

static int add_edge(struct drawing *drawing, const struct edge *edge)
{
	if (drawing->nr_edges == drawing->max_edges) {
		size_t max = drawing->max_edges ? 2 * drawing->max_edges : 64;
		struct edge *grown = reallocarray(drawing->edge, max, sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		drawing->edge = grown;
		drawing->max_edges = max;
	}
	drawing->edge[drawing->nr_edges++] = *edge;
	return 0;
}

static bool is_own_attribute(const struct drawing *drawing, const char *name)
{
	for (size_t i = 0; i < drawing->module->nr_statements; i++) {
		const struct bh_cil_node *statement = drawing->module->statements[i].statement;

		if (bh_form_statement(statement) == BH_STATEMENT_TYPEATTRIBUTE &&
		    strcmp(bh_form_argument(statement, 1)->text, name) == 0)
			return true;
	}
	return false;
}

/* BASE's attributes are drawn as one; they exceed the bounds if any of their types does. */
static int add_targets(struct drawing *drawing, const char *source, const char *name,
		       const struct edge *rule)
{
	struct policydb *db = &drawing->policydb->p;
	const type_datum_t *target = find_type(drawing, name);
	struct edge sum = *rule;
	ebitmap_node_t *node;
	unsigned int bit;
	bool whole;
	int ret = 0;

	if (!target)
		return 0;
	sum.source = source;
	sum.target = find_name(drawing, name);
	whole = target->flavor == TYPE_ATTRIB && !is_own_attribute(drawing, sum.target);
	ebitmap_for_each_positive_bit(&db->attr_type_map[target->s.value - 1], node, bit)
	{
		struct edge edge = sum;

		edge.target = db->p_type_val_to_name[bit];
		edge.excess = find_excess(drawing, edge.target, edge.tclass, edge.allowed);
		sum.excess |= edge.excess;
		if (!whole && !ret)
			ret = add_edge(drawing, &edge);
	}
	return whole ? add_edge(drawing, &sum) : ret;
}

static int add_rule(struct drawing *drawing, const struct bh_cil_node *rule)
{
	struct policydb *db = &drawing->policydb->p;
	const struct bh_cil_node *class = bh_form_argument(rule, 3)->child;
	const char *target = bh_form_argument(rule, 2)->text;
	const type_datum_t *source = find_type(drawing, bh_form_argument(rule, 1)->text);
	struct edge edge = { .tclass = bh_class_number(class->text) };
	ebitmap_node_t *node;
	unsigned int bit;
	int ret = 0;

	if (!source)
		return 0;
	for (const struct bh_cil_node *name = class->next->child; name; name = name->next)
		edge.allowed |= bh_class_permission(edge.tclass, name->text);
	ebitmap_for_each_positive_bit(&db->attr_type_map[source->s.value - 1], node, bit)
	{
		const char *name = db->p_type_val_to_name[bit];

		if (!ret)
			ret = add_targets(drawing, name,
					  strcmp(target, "self") == 0 ? name : target, &edge);
	}
	return ret;
}

static int compare_edges(const void *left, const void *right)
{
	const struct edge *a = left;
	const struct edge *b = right;
	int order = strcmp(a->source, b->source);

	if (!order)
		order = strcmp(a->target, b->target);
	return order ? order : (a->tclass > b->tclass) - (a->tclass < b->tclass);
}

static void merge_edges(struct drawing *drawing)
{
	size_t out = 0;

	if (drawing->nr_edges == 0)
		return;
	qsort(drawing->edge, drawing->nr_edges, sizeof(*drawing->edge), compare_edges);
	for (size_t i = 1; i < drawing->nr_edges; i++) {
		if (compare_edges(&drawing->edge[out], &drawing->edge[i])) {
			drawing->edge[++out] = drawing->edge[i];
			continue;
		}
		drawing->edge[out].allowed |= drawing->edge[i].allowed;
		drawing->edge[out].excess |= drawing->edge[i].excess;
	}
	drawing->nr_edges = out + 1;
}

/* Shown as the way into the domain, not as something that the domain does. */
static uint32_t find_entrypoint(const struct edge *edge)
{
	return edge->tclass == BH_CLASS_FILE ? edge->allowed & ~edge->excess & BH_FILE__ENTRYPOINT :
					       0;
}

static void write_edge(FILE *out, const char *from, const char *to)
{
	fputs("\t", out);
	write_quoted(out, from);
	fputs(" -> ", out);
	write_quoted(out, to);
}

/* One edge for a pair of types, a line of the label for each class. */
static void write_pair(struct drawing *drawing, size_t first, size_t end, bool excess)
{
	char text[BH_CLASS_TEXT_MAX];
	bool any = false;

	for (size_t i = first; i < end; i++) {
		const struct edge *edge = &drawing->edge[i];
		uint32_t shown = excess ? edge->excess :
					  edge->allowed & ~edge->excess & ~find_entrypoint(edge);

		if (!shown)
			continue;
		if (!any) {
			write_edge(drawing->out, edge->source, edge->target);
			fprintf(drawing->out, " [%slabel=\"", excess ? RED ", " : "");
		}
		/* Classes and permissions are of Bulkhead's own list. */
		bh_class_print(edge->tclass, shown, text, sizeof(text));
		fprintf(drawing->out, "%s%s %s", any ? "\\n" : "", bh_class_name(edge->tclass),
			text);
		any = true;
	}
	if (any)
		fputs("\"];\n", drawing->out);
}

static void write_rules(struct drawing *drawing)
{
	for (size_t first = 0, end; first < drawing->nr_edges; first = end) {
		const struct edge *edge = &drawing->edge[first];

		for (end = first + 1; end < drawing->nr_edges; end++)
			if (strcmp(drawing->edge[end].source, edge->source) != 0 ||
			    strcmp(drawing->edge[end].target, edge->target) != 0)
				break;
		write_pair(drawing, first, end, false);
		write_pair(drawing, first, end, true);
		for (size_t i = first; i < end; i++) {
			if (!find_entrypoint(&drawing->edge[i]))
				continue;
			write_edge(drawing->out, edge->target, edge->source);
			fputs(" [style=bold, label=\"entrypoint\"];\n", drawing->out);
		}
	}
}

static void write_transition(struct drawing *drawing, const struct bh_cil_node *statement)
{
	const char *class = bh_form_argument(statement, 3)->text;
	const char *filename = bh_form_filename(statement);

	write_edge(drawing->out, find_name(drawing, bh_form_argument(statement, 1)->text),
		   find_name(drawing, bh_form_result(statement)->text));
	fprintf(drawing->out, " [style=dashed, label=\"%s",
		strcmp(class, "process") == 0 ? "executes" : class);
	if (filename) {
		fputc(' ', drawing->out);
		write_text(drawing->out, filename);
	}
	fprintf(drawing->out, "\\n%s\"];\n",
		find_name(drawing, bh_form_argument(statement, 2)->text));
}

static bool is_drawn(const struct drawing *drawing, const char *name)
{
	if (strcmp(name, BH_BOUND_DOMAIN) == 0 || strcmp(name, BH_BOUND_FILE) == 0)
		return true;
	for (size_t i = 0; i < drawing->nr_edges; i++)
		if (strcmp(drawing->edge[i].source, name) == 0 ||
		    strcmp(drawing->edge[i].target, name) == 0)
			return true;
	return false;
}

/* Every type and attribute of BASE that an edge leads to or from, in BASE's order. */
static void write_base(struct drawing *drawing)
{
	struct policydb *db = &drawing->policydb->p;

	fputs("\tsubgraph cluster_base {\n\t\tlabel=\"base policy\"; style=filled; "
	      "color=gray90;\n",
	      drawing->out);
	for (uint32_t value = 1; value <= db->p_types.nprim; value++) {
		const char *name = db->p_type_val_to_name[value - 1];
		bool attribute = db->type_val_to_struct[value - 1]->flavor == TYPE_ATTRIB;

		if (bh_module_type(drawing->module, name) || !is_drawn(drawing, name))
			continue;
		fputs("\t\t", drawing->out);
		write_quoted(drawing->out, name);
		fprintf(drawing->out, " [shape=%s];\n",
			strcmp(name, BH_BOUND_DOMAIN) == 0 ? "ellipse" :
			attribute			   ? "folder" :
							     "box");
	}
	fputs("\t}\n", drawing->out);
}

static void write_types(struct drawing *drawing)
{
	for (size_t i = 0; i < drawing->module->nr_types; i++) {
		const struct bh_module_type *type = &drawing->module->types[i];

		fputs("\t", drawing->out);
		write_quoted(drawing->out, type->name);
		fprintf(drawing->out, " [shape=%s];\n", type->domain_line ? "ellipse" : "box");
		write_edge(drawing->out, type->name, bound_of(drawing, type->name));
		fputs(" [style=dotted, arrowhead=empty, label=\"bounded by\"];\n", drawing->out);
	}
}

static int draw(struct drawing *drawing)
{
	const struct bh_module *module = drawing->module;
	int ret = 0;

	for (size_t i = 0; i < module->nr_statements && !ret; i++)
		if (bh_form_statement(module->statements[i].statement) == BH_STATEMENT_ALLOW)
			ret = add_rule(drawing, module->statements[i].statement);
	if (ret)
		return ret;
	merge_edges(drawing);
	fputs("digraph ", drawing->out);
	write_quoted(drawing->out, module->name);
	fputs(" {\n\trankdir=LR;\n", drawing->out);
	write_base(drawing);
	write_types(drawing);
	for (size_t i = 0; i < module->nr_statements; i++)
		if (bh_form_statement(module->statements[i].statement) ==
		    BH_STATEMENT_TYPETRANSITION)
			write_transition(drawing, module->statements[i].statement);
	write_rules(drawing);
	fputs("}\n", drawing->out);
	return 0;
}

/* Without libsepol's check of the bounds: what exceeds them is to be seen. */
static int compile(struct drawing *drawing, const struct bh_source *base, size_t nr_base,
		   struct bh_error *error)
{
	const struct bh_module *module = drawing->module;
	struct bh_source *all = calloc(nr_base + 3, sizeof(*all));
	char *log;
	int ret;

	if (!all)
		return -ENOMEM;
	memcpy(all, base, nr_base * sizeof(*all));
	all[nr_base] = module->flat;
	all[nr_base + 1] = (struct bh_source){ "<bounds>", module->bounds, module->bounds_len };
	all[nr_base + 2] = (struct bh_source){ "<added>", module->added, module->added_len };
	ret = bh_cil_compile(all, nr_base + 3, false, &drawing->policydb, &log);
	free(all);
	if (ret == -EINVAL)
		bh_fail(error, ret, "%s: libsepol: %.*s", module->name, (int)strcspn(log, "\n"),
			log);
	if (ret != -ENOMEM)
		free(log);
	return ret;
}

int bh_dot_write(const struct bh_source *base, size_t nr_base, const struct bh_source *source,
		 FILE *out, struct bh_error *error)
{
	struct drawing drawing = { .out = out };
	struct bh_module *module;
	int ret;

	error->text[0] = '\0';
	ret = bh_module_read(base, nr_base, source, false, &module, error);
	if (ret)
		return ret;
	drawing.module = module;
	ret = compile(&drawing, base, nr_base, error);
	if (!ret)
		ret = bh_oracle_open(&drawing.oracle, drawing.policydb);
	if (!ret) {
		ret = draw(&drawing);
		bh_oracle_close(&drawing.oracle);
	}
	sepol_policydb_free(drawing.policydb);
	free(drawing.edge);
	bh_module_free(module);
	if (ret == -ENOMEM)
		bh_fail(error, ret, "%s: %s", source->name, strerror(ENOMEM));
	return ret;
}
