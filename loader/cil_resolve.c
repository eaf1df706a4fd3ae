// SPDX-License-Identifier: GPL-2.0
/*
 * The expander's part for names: each is looked up where its statement ended up, and
 * written in full. What does not resolve takes its optional with it, and then what was
 * declared there takes others.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cil_expand.h"
#include "policy_classes.h"

struct resolver {
	struct bh_expansion *expansion;
	const struct bh_instance *instance;
	struct bh_frame *optional; /* around the statement, or NULL */
	bool final; /* no optional fails any more: what does not resolve is refused */
	bool failed; /* something in the statement does not resolve */
	bool again; /* an optional was given up */
};

/* @format has one %s, for @name. */
static void fail(struct resolver *resolver, const char *format, const char *name)
{
	resolver->failed = true;
	if (resolver->optional) {
		resolver->again = true;
		resolver->optional->failed = true;
	} else if (resolver->final) {
		bh_refuse(resolver->expansion->refusals, -EINVAL, resolver->instance->node, format,
			  name);
	}
}

/* What is wrong in an optional, too: it is no question of what there is. */
static void refuse(struct resolver *resolver, const char *reason)
{
	resolver->failed = true;
	if (resolver->final)
		bh_refuse(resolver->expansion->refusals, -EINVAL, resolver->instance->node, "%s",
			  reason);
}

static struct bh_cil_node *make_node(struct resolver *resolver, const struct bh_cil_node *like,
				     const char *text)
{
	struct bh_expansion *expansion = resolver->expansion;
	struct bh_cil_node *node = NULL;

	if (expansion->nr_nodes++ < BH_EXPANSION_NODES_MAX) {
		node = bh_arena_alloc(expansion->arena, sizeof(*node));
		if (!node)
			expansion->refusals->code = -ENOMEM;
	} else if (!expansion->full) {
		expansion->full = true;
		bh_refuse(expansion->refusals, -E2BIG, resolver->instance->node,
			  "more than %d words and lists once blocks and macros are expanded",
			  BH_EXPANSION_NODES_MAX);
	}
	if (!node) {
		resolver->failed = true;
		return NULL;
	}
	node->file = like->file;
	node->line = like->line;
	node->quoted = like->quoted;
	if (!text)
		return node;
	node->text = bh_arena_text(expansion->arena, "", text);
	if (!node->text) {
		expansion->refusals->code = -ENOMEM;
		resolver->failed = true;
	}
	return node;
}

/* As it stands, lists too. At most as deep as the text. */
static struct bh_cil_node *copy(struct resolver *resolver, const struct bh_cil_node *node)
{
	struct bh_cil_node *list = make_node(resolver, node, node->text);
	struct bh_cil_node **link = list ? &list->child : NULL;

	for (node = node->child; link && node; node = node->next) {
		*link = copy(resolver, node);
		link = *link ? &(*link)->next : NULL;
	}
	return list;
}

static struct bh_cil_node *named(struct resolver *resolver, const struct bh_cil_node *node,
				 const char *name)
{
	struct bh_cil_node *made = make_node(resolver, node, name);

	if (made)
		made->quoted = false;
	return made;
}

static const struct bh_symbol *find(struct resolver *resolver, enum bh_space space,
				    const char *name)
{
	return bh_symbols_find(&resolver->expansion->symbols, resolver->instance->frame, space,
			       name);
}

static struct bh_cil_node *resolve(struct resolver *resolver, const struct bh_cil_node *node,
				   enum bh_space space, const char *missing)
{
	const struct bh_symbol *symbol = find(resolver, space, node->text);

	if (!symbol) {
		fail(resolver, missing, node->text);
		return NULL;
	}
	return named(resolver, node, symbol->full);
}

/* Classes are the same everywhere, but for a parameter that stands for one. */
static const char *find_class(struct resolver *resolver, const char *name)
{
	const struct bh_frame *frame = resolver->instance->frame;
	const struct bh_cil_node *argument;

	while ((argument = bh_symbols_argument(&resolver->expansion->symbols, frame,
					       BH_SPACE_CLASSES, name, &frame)) &&
	       argument->text)
		name = argument->text;
	return bh_class_number(name) ? name : NULL;
}

static struct bh_cil_node *resolve_class(struct resolver *resolver, const struct bh_cil_node *node)
{
	const char *name = find_class(resolver, node->text);

	if (name)
		return named(resolver, node, name);
	fail(resolver, "no class %s", node->text);
	return NULL;
}

static bool is_operator(const char *text)
{
	static const char *const operators[] = { "and", "or", "not", "xor", "all", "eq", "neq" };

	for (size_t i = 0; i < sizeof(operators) / sizeof(operators[0]); i++)
		if (strcmp(operators[i], text) == 0)
			return true;
	return false;
}

/* How many operands an expression's operator has; -1: it is none there. */
static int find_operands(const char *operator, enum bh_space space)
{
	if (strcmp(operator, "not") == 0)
		return 1;
	if (strcmp(operator, "all") == 0)
		return space == BH_SPACE_TYPES ? 0 : -1;
	if (strcmp(operator, "eq") == 0 || strcmp(operator, "neq") == 0)
		return space == BH_SPACE_BOOLEANS ? 2 : -1;
	return 2;
}

/* Refuses what libsepol's cil_verify_expr_syntax() does; resolves the names. */
static struct bh_cil_node *resolve_expression(struct resolver *resolver,
					      const struct bh_cil_node *node, enum bh_space space)
{
	const struct bh_cil_node *operand = node->child;
	struct bh_cil_node **link;
	struct bh_cil_node *list;
	int count = 0;

	if (node->text && is_operator(node->text)) {
		refuse(resolver, "an operator stands first in a list of its own: "
				 "(and A B), (or A B), (xor A B), (not A), (all)");
		return NULL;
	}
	if (node->text)
		return resolve(resolver, node, space,
			       space == BH_SPACE_TYPES ? "no type or attribute %s" :
							 "no boolean %s");
	list = make_node(resolver, node, NULL);
	if (!operand)
		refuse(resolver, "an empty list stands for nothing; leave it out");
	if (!list || !operand)
		return NULL;
	link = &list->child;
	if (operand->text && is_operator(operand->text)) {
		*link = named(resolver, operand, operand->text);
		if (!*link)
			return NULL;
		link = &(*link)->next;
		operand = operand->next;
		for (const struct bh_cil_node *next = operand; next; next = next->next)
			count++;
		if (count != find_operands(list->child->text, space)) {
			refuse(resolver, "not an expression; those are "
					 "(and A B), (or A B), (xor A B), (not A), (all)");
			return NULL;
		}
	}
	for (; operand; operand = operand->next) {
		*link = resolve_expression(resolver, operand, space);
		if (!*link)
			return NULL;
		link = &(*link)->next;
	}
	return list;
}

/* (CLASS (PERMISSION...)), whose permissions the validator looks at. */
static struct bh_cil_node *resolve_permissions(struct resolver *resolver,
					       const struct bh_cil_node *node)
{
	const struct bh_cil_node *class = node->child;
	const struct bh_cil_node *list = class ? class->next : NULL;
	struct bh_cil_node *made;

	if (!class || !class->text || !list || !list->child || list->next) {
		refuse(resolver, "a class and its permissions are expected: "
				 "(CLASS (PERMISSION...)), or a classpermission of the module's");
		return NULL;
	}
	made = make_node(resolver, node, NULL);
	if (made)
		made->child = resolve_class(resolver, class);
	if (!made || !made->child)
		return NULL;
	for (const struct bh_cil_node *name = list->child; name; name = name->next)
		if (name->text && !is_operator(name->text) &&
		    !bh_class_permission(bh_class_number(made->child->text), name->text) &&
		    resolver->optional)
			fail(resolver, "no permission %s", name->text);
	made->child->next = copy(resolver, list);
	return made->child->next ? made : NULL;
}

/* The branch of a booleanif that the statement stands in. */
static const struct bh_frame *find_branch(const struct resolver *resolver)
{
	const struct bh_frame *frame = resolver->instance->frame;

	while (frame && frame->kind != BH_FRAME_BRANCH)
		frame = frame->parent;
	return frame;
}

static bool add_flat(struct resolver *resolver, const struct bh_cil_node *statement)
{
	struct bh_expansion *expansion = resolver->expansion;
	const struct bh_frame *frame = find_branch(resolver);
	size_t nr = expansion->nr_flat;

	if ((nr & (nr - 1)) == 0) {
		struct bh_flat *grown =
			reallocarray(expansion->flat, nr ? 2 * nr : 1, sizeof(*grown));

		if (!grown) {
			expansion->refusals->code = -ENOMEM;
			return false;
		}
		expansion->flat = grown;
	}
	expansion->flat[nr] = (struct bh_flat){ .statement = statement };
	if (frame) {
		struct resolver outside = *resolver;
		struct bh_instance condition = { .node = frame->node, .frame = frame->parent };

		outside.instance = &condition;
		expansion->flat[nr].condition = resolve_expression(
			&outside, bh_form_argument(frame->node, 1), BH_SPACE_BOOLEANS);
		expansion->flat[nr].otherwise = frame->otherwise;
		resolver->again |= outside.again;
		if (!expansion->flat[nr].condition)
			return false;
	}
	expansion->nr_flat++;
	return true;
}

/* (KEYWORD SOURCE TARGET PERMISSIONS) */
static void add_rule(struct resolver *resolver, const struct bh_cil_node *source,
		     const struct bh_cil_node *target, const struct bh_cil_node *permissions)
{
	const struct bh_cil_node *node = resolver->instance->node;
	struct bh_cil_node *rule = make_node(resolver, node, NULL);

	if (rule)
		rule->child = copy(resolver, node->child);
	if (rule && rule->child)
		rule->child->next = copy(resolver, source);
	if (rule && rule->child && rule->child->next)
		rule->child->next->next = copy(resolver, target);
	if (resolver->failed || resolver->expansion->full)
		return;
	rule->child->next->next->next = (struct bh_cil_node *)permissions;
	add_flat(resolver, rule);
}

/* A classpermission makes a rule of each of its members. */
static void resolve_rule(struct resolver *resolver)
{
	const struct bh_cil_node *node = resolver->instance->node;
	const struct bh_cil_node *target = bh_form_argument(node, 2);
	const struct bh_cil_node *permissions = bh_form_argument(node, 3);
	const struct bh_frame *where = resolver->instance->frame;
	const struct bh_cil_node *argument;
	const struct bh_symbol *symbol;
	struct bh_cil_node *to;
	struct bh_cil_node *from = resolve(resolver, bh_form_argument(node, 1), BH_SPACE_TYPES,
					   "no type or attribute %s");

	if (strcmp(target->text, "self") == 0)
		to = named(resolver, target, "self");
	else
		to = resolve(resolver, target, BH_SPACE_TYPES, "no type or attribute %s");
	while (permissions->text && (argument = bh_symbols_argument(
					     &resolver->expansion->symbols, where,
					     BH_SPACE_CLASSPERMISSIONS, permissions->text, &where)))
		permissions = argument;
	if (!permissions->text) {
		struct bh_instance here = { .node = node, .frame = (struct bh_frame *)where };
		const struct bh_instance *instance = resolver->instance;

		/* A list that is an argument has the names of where it was written. */
		resolver->instance = &here;
		permissions = resolve_permissions(resolver, permissions);
		resolver->instance = instance;
		if (from && to && permissions)
			add_rule(resolver, from, to, permissions);
		return;
	}
	symbol = bh_symbols_find(&resolver->expansion->symbols, where, BH_SPACE_CLASSPERMISSIONS,
				 permissions->text);
	if (!symbol)
		fail(resolver, "no classpermission %s", permissions->text);
	else if (!symbol->frame->module)
		refuse(resolver,
		       "the classpermission is the base policy's; a class and its permissions are "
		       "expected: (CLASS (PERMISSION...)), or a classpermission of the module's");
	else if (!symbol->members)
		refuse(resolver, "the classpermission has no classpermissionset");
	for (const struct bh_member *member = symbol && symbol->frame->module ? symbol->members :
										NULL;
	     from && to && member && !resolver->failed; member = member->next)
		add_rule(resolver, from, to, member->node);
}

static void resolve_call(struct resolver *resolver)
{
	const struct bh_cil_node *node = resolver->instance->node;
	const struct bh_symbol *macro =
		find(resolver, BH_SPACE_BLOCKS, bh_form_argument(node, 1)->text);
	const struct bh_cil_node *list = bh_form_argument(node, 2);
	const struct bh_cil_node *argument = list ? list->child : NULL;
	const struct bh_cil_node *parameter;
	enum bh_space space;

	if (!macro || macro->kind != BH_SYMBOL_MACRO)
		return; /* has been said */
	parameter = bh_form_argument(macro->node, 2)->child;
	for (; argument && parameter; argument = argument->next, parameter = parameter->next) {
		const struct bh_symbol *symbol;

		bh_symbols_parameter(parameter->child->text, &space);
		if (!argument->text) {
			if (space != BH_SPACE_CLASSPERMISSIONS)
				refuse(resolver, "a list is no argument for a parameter that is no "
						 "classpermission; name it");
			else
				resolve_permissions(resolver, argument);
			continue;
		}
		if (space == BH_SPACE_NONE)
			continue;
		if (space == BH_SPACE_CLASSES) {
			resolve_class(resolver, argument);
			continue;
		}
		symbol = find(resolver, space, argument->text);
		/* An anonymous one is handed on under the parameter's name. */
		if (!symbol && space == BH_SPACE_CLASSPERMISSIONS) {
			const struct bh_frame *where;

			if (bh_symbols_argument(&resolver->expansion->symbols,
						resolver->instance->frame, space, argument->text,
						&where))
				continue;
		}
		if (!symbol) {
			fail(resolver, "no %s", argument->text);
			continue;
		}
		for (const struct bh_frame *frame = symbol->frame; frame; frame = frame->parent)
			if (frame->kind == BH_FRAME_CALL && frame->node == node &&
			    frame->parent == resolver->instance->frame)
				refuse(resolver, "an argument is declared by the macro itself; "
						 "declare it outside");
	}
}

/* A file's name is what it says, but for a parameter that stands for one. */
static const struct bh_cil_node *find_filename(struct resolver *resolver,
					       const struct bh_cil_node *node)
{
	const struct bh_frame *frame = resolver->instance->frame;
	const struct bh_cil_node *argument;

	while ((argument = bh_symbols_argument(&resolver->expansion->symbols, frame, BH_SPACE_NONE,
					       node->text, &frame)) &&
	       argument->text)
		node = argument;
	return node;
}

/* * stands for all names: no node, as if none had been written. Source: cil_binary.c. */
static struct bh_cil_node *resolve_filename(struct resolver *resolver,
					    const struct bh_cil_node *node)
{
	const struct bh_cil_node *name = find_filename(resolver, node);
	struct bh_cil_node *made;

	if (strcmp(name->text, "*") == 0)
		return NULL;
	if (find_branch(resolver))
		refuse(resolver, "in a booleanif a transition has no file name; write it outside");
	made = make_node(resolver, node, name->text);
	if (made)
		made->quoted = name->quoted;
	return made;
}

/*
 * The kinds of a simple statement's arguments: t type, r role, e types, c class,
 * f name of a file, k as it stands.
 */
static const char *find_kinds(const struct bh_cil_node *node, enum bh_statement statement)
{
	switch (statement) {
	case BH_STATEMENT_TYPEALIASACTUAL:
	case BH_STATEMENT_TYPEBOUNDS:
		return "tt";
	case BH_STATEMENT_TYPEATTRIBUTESET:
		return "te";
	case BH_STATEMENT_EXPANDTYPEATTRIBUTE:
		return "ek";
	case BH_STATEMENT_TYPEPERMISSIVE:
		return "t";
	case BH_STATEMENT_ROLETYPE:
		return "rt";
	case BH_STATEMENT_TYPETRANSITION:
		return bh_form_filename(node) ? "ttcft" : "ttct";
	default:
		return "kkk";
	}
}

static struct bh_cil_node *resolve_argument(struct resolver *resolver,
					    const struct bh_cil_node *node, char kind)
{
	switch (kind) {
	case 't':
		return resolve(resolver, node, BH_SPACE_TYPES, "no type or attribute %s");
	case 'r':
		return resolve(resolver, node, BH_SPACE_ROLES,
			       "no role %s; a module's types have system_r and object_r");
	case 'c':
		return resolve_class(resolver, node);
	case 'e':
		return resolve_expression(resolver, node, BH_SPACE_TYPES);
	case 'f':
		return resolve_filename(resolver, node);
	default:
		return copy(resolver, node);
	}
}

/* The type of (filecon PATH KIND (USER ROLE TYPE RANGE)). */
static void resolve_context(struct resolver *resolver, struct bh_cil_node *statement)
{
	struct bh_cil_node *context = statement->child->next->next->next;
	struct bh_cil_node *role = context->child ? context->child->next : NULL;
	struct bh_cil_node *type = role ? role->next : NULL;
	struct bh_cil_node *made;

	if (!type || !type->text)
		return; /* the validator says what is expected */
	made = resolve(resolver, type, BH_SPACE_TYPES, "no type %s");
	if (!made)
		return;
	made->next = type->next;
	role->next = made;
}

static void resolve_simple(struct resolver *resolver, enum bh_statement statement)
{
	const struct bh_cil_node *node = resolver->instance->node;
	const struct bh_symbol *declared = resolver->instance->symbol;
	const char *kinds = find_kinds(node, statement);
	struct bh_cil_node *made = make_node(resolver, node, NULL);
	struct bh_cil_node **link;

	if (!made)
		return;
	made->child = copy(resolver, node->child);
	link = made->child ? &made->child->next : NULL;
	node = node->child->next;
	if (declared && link) {
		*link = named(resolver, node, declared->full);
		link = *link ? &(*link)->next : NULL;
		node = node->next;
		kinds = "k";
	}
	for (; node && link && *kinds; node = node->next) {
		char kind = *kinds++;

		*link = resolve_argument(resolver, node, kind);
		if (!*link && (kind != 'f' || resolver->failed))
			link = NULL;
		else if (*link)
			link = &(*link)->next;
	}
	if (statement == BH_STATEMENT_FILECON && !resolver->failed)
		resolve_context(resolver, made);
	if (!resolver->failed && link)
		add_flat(resolver, made);
}

static void resolve_require(struct resolver *resolver)
{
	const struct bh_cil_node *node = bh_form_argument(resolver->instance->node, 2);
	enum bh_space space = bh_form_statement(resolver->instance->node) ==
					      BH_STATEMENT_ROLEATTRIBUTESET ?
				      BH_SPACE_ROLES :
				      BH_SPACE_TYPES;

	for (node = node->text ? node : node->child; node; node = node->next) {
		if (!node->text)
			refuse(resolver, "names are expected, not a list");
		else
			resolve(resolver, node, space,
				space == BH_SPACE_ROLES ?
					"no role %s; a module's types have system_r and object_r" :
					"no type or attribute %s");
		if (bh_form_argument(resolver->instance->node, 2)->text)
			break;
	}
}

/* Members of classpermissions come first, as rules may stand before them. */
static void add_permissions(struct resolver *resolver)
{
	const struct bh_cil_node *node = resolver->instance->node;
	struct bh_symbol *symbol = (struct bh_symbol *)find(resolver, BH_SPACE_CLASSPERMISSIONS,
							    bh_form_argument(node, 1)->text);
	struct bh_member *member;

	if (!symbol) {
		fail(resolver, "no classpermission %s", bh_form_argument(node, 1)->text);
		return;
	}
	if (!symbol->frame->module) {
		refuse(resolver, "the classpermission is the base policy's; a module has its own");
		return;
	}
	member = bh_arena_alloc(resolver->expansion->arena, sizeof(*member));
	if (!member) {
		resolver->expansion->refusals->code = -ENOMEM;
		return;
	}
	member->node = resolve_permissions(resolver, bh_form_argument(node, 2));
	member->next = symbol->members;
	if (member->node && !resolver->failed)
		symbol->members = member;
}

static void resolve_instance(struct resolver *resolver)
{
	const struct bh_cil_node *node = resolver->instance->node;
	enum bh_statement statement = bh_form_statement(node);

	switch (statement) {
	case BH_STATEMENT_CLASSPERMISSION:
	case BH_STATEMENT_CLASSPERMISSIONSET:
		return;
	case BH_STATEMENT_ALLOW:
	case BH_STATEMENT_AUDITALLOW:
	case BH_STATEMENT_DONTAUDIT:
		resolve_rule(resolver);
		return;
	case BH_STATEMENT_CALL:
		resolve_call(resolver);
		return;
	case BH_STATEMENT_TYPE:
	case BH_STATEMENT_TYPEALIAS:
	case BH_STATEMENT_TYPEATTRIBUTE:
	case BH_STATEMENT_BOOLEAN:
		if (resolver->instance->symbol)
			resolve_simple(resolver, statement);
		return;
	default:
		if (bh_form_is_require(node))
			resolve_require(resolver);
		else
			resolve_simple(resolver, statement);
	}
}

/* Goes through all instances that are left. */
static void run_round(struct resolver *resolver, bool permissions)
{
	struct bh_expansion *expansion = resolver->expansion;

	for (size_t i = 0; i < expansion->nr_instances && !expansion->full; i++) {
		const struct bh_instance *instance = &expansion->instance[i];
		bool is_set = bh_form_statement(instance->node) == BH_STATEMENT_CLASSPERMISSIONSET;

		if (is_set != permissions || bh_symbols_gone(instance->frame))
			continue;
		resolver->instance = instance;
		resolver->optional = bh_symbols_optional(instance->frame);
		resolver->failed = false;
		if (is_set)
			add_permissions(resolver);
		else
			resolve_instance(resolver);
		if (expansion->refusals->code == -ENOMEM)
			return;
	}
}

static void forget(struct bh_expansion *expansion)
{
	expansion->nr_flat = 0;
	expansion->nr_nodes = 0;
	for (size_t i = 0; i < expansion->nr_instances; i++)
		if (expansion->instance[i].symbol)
			expansion->instance[i].symbol->members = NULL;
}

/* What a round makes that is not the last is of no use afterwards. */
static void try_round(struct resolver *resolver)
{
	struct bh_expansion *expansion = resolver->expansion;
	struct bh_arena *arena = expansion->arena;
	struct bh_arena scratch = { 0 };

	expansion->arena = &scratch;
	resolver->again = false;
	run_round(resolver, true);
	run_round(resolver, false);
	expansion->arena = arena;
	bh_arena_free(&scratch);
	forget(expansion);
}

int bh_expansion_resolve(struct bh_expansion *expansion)
{
	struct resolver resolver = { .expansion = expansion };
	unsigned int rounds = 0;

	do {
		if (rounds++ == BH_EXPANSION_ROUNDS_MAX && resolver.instance) {
			bh_refuse(expansion->refusals, -E2BIG, resolver.instance->node,
				  "more than %d optionals fail for want of one another",
				  BH_EXPANSION_ROUNDS_MAX);
			expansion->full = true;
			return 0;
		}
		try_round(&resolver);
	} while (resolver.again && !expansion->full && expansion->refusals->code != -ENOMEM);

	resolver.final = true;
	run_round(&resolver, true);
	run_round(&resolver, false);
	return expansion->refusals->code == -ENOMEM ? -ENOMEM : 0;
}
