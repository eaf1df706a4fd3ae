// SPDX-License-Identifier: GPL-2.0
/*
 * Whether a module says only what a module may say. The table of statements lists what is
 * allowed; the table of reasons only makes the refusal of the others clearer.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cil_validate_internal.h"

#define QUOTE_MAX 160 /* bytes of a statement that a message quotes */

static const struct statement {
	const char *keyword;
	int min_arguments;
	int max_arguments;
	bh_statement_fn *check[BH_NR_PHASES];
} statements[] = {
	{ "type", 1, 1, { [BH_PHASE_DECLARE] = bh_declare_type } },
	{ "typealias", 1, 1, { [BH_PHASE_DECLARE] = bh_declare_alias } },
	{ "typealiasactual", 2, 2, { [BH_PHASE_MEMBERS] = bh_members_alias } },
	{ "typeattribute", 1, 1, { [BH_PHASE_DECLARE] = bh_declare_attribute } },
	{ "typeattributeset", 2, 2, { [BH_PHASE_MEMBERS] = bh_members_attribute } },
	{ "allow", 3, 3, { [BH_PHASE_RULES] = bh_rule_av } },
	{ "auditallow", 3, 3, { [BH_PHASE_RULES] = bh_rule_av } },
	{ "dontaudit", 3, 3, { [BH_PHASE_RULES] = bh_rule_av } },
	{ "typetransition",
	  4,
	  5,
	  { [BH_PHASE_RULES] = bh_rule_transition, [BH_PHASE_DOMAINS] = bh_domains_transition } },
	{ "typebounds",
	  2,
	  2,
	  { [BH_PHASE_RULES] = bh_rule_bounds, [BH_PHASE_DOMAINS] = bh_domains_bounds } },
	{ "roletype", 2, 2, { [BH_PHASE_RULES] = bh_rule_role } },
};

static const struct {
	const char *keywords; /* between blanks */
	const char *reason;
} reasons[] = {
	{ " typepermissive permissive ",
	  "only the host's administrator makes a domain permissive" },
	{ " class common classcommon classorder classmap classmapping classpermission "
	  "classpermissionset permissionx ",
	  "classes and permissions are the base policy's" },
	{ " user userrole userlevel userrange userprefix userattribute userattributeset "
	  "userbounds selinuxuser selinuxuserdefault role roleattribute roleattributeset "
	  "roleallow roletransition rolebounds ",
	  "users and roles are the base policy's" },
	{ " sensitivity sensitivityalias sensitivityaliasactual sensitivityorder category "
	  "categoryalias categoryaliasactual categoryorder categoryset sensitivitycategory "
	  "level levelrange rangetransition ",
	  "levels are assigned by Bulkhead" },
	{ " constrain validatetrans mlsconstrain mlsvalidatetrans neverallow neverallowx ",
	  "constraints are the base policy's" },
	{ " sid sidorder sidcontext context fsuse genfscon portcon nodecon netifcon ipaddr "
	  "ibpkeycon ibendportcon pirqcon iomemcon ioportcon pcidevicecon devicetreecon ",
	  "what the kernel's own objects are labelled is the base policy's" },
	{ " filecon ", "labels by path in a module are not supported yet" },
	{ " boolean booleanif tunable tunableif ", "booleans are the base policy's" },
	{ " block blockabstract blockinherit in optional macro call ",
	  "a module is a flat list of statements" },
	{ " allowx auditallowx dontauditx ",
	  "extended permissions are not supported, since bounds do not cover them" },
	{ " typechange typemember ", "only programs of the host would ask for it" },
	{ " expandtypeattribute mls handleunknown policycap defaultuser defaultrole defaulttype "
	  "defaultrange ",
	  "it changes how the whole policy is compiled" },
};

void bh_refuse(struct bh_validator *validator, int code, const struct bh_cil_node *statement,
	       const char *format, ...)
{
	char reason[256];
	char quote[QUOTE_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(reason, sizeof(reason), format, args);
	va_end(args);
	validator->code = code;
	bh_fail_add(validator->error, code, "%s:%u: %s: %s", validator->module->name,
		    statement->line, bh_cil_print(statement, quote, sizeof(quote)), reason);
}

const struct bh_cil_node *bh_argument(const struct bh_cil_node *statement, int n)
{
	const struct bh_cil_node *node = statement->child;

	while (node && n-- > 0)
		node = node->next;
	return node;
}

struct bh_module_type *bh_own_type(struct bh_validator *validator,
				   const struct bh_cil_node *statement,
				   const struct bh_cil_node *node)
{
	const struct bh_name *name;

	name = node->text ? bh_names_find(&validator->names, node->text) : NULL;
	if (name && name->module && name->kind == BH_NAME_TYPE)
		return &validator->module->types[name->number];
	if (!statement)
		return NULL;
	if (!node->text)
		bh_refuse(validator, -EINVAL, statement,
			  "the name of a type is expected, not a list");
	else if (!name)
		bh_refuse(validator, -EINVAL, statement, "no type %s", node->text);
	else if (!name->module)
		bh_refuse(validator, -EINVAL, statement,
			  "%s is the base policy's; a type of the module must stand here",
			  node->text);
	else
		bh_refuse(validator, -EINVAL, statement, "%s is an attribute; name the type",
			  node->text);
	return NULL;
}

/* libsepol looks into them; only for what the administrator installed. */
static const struct statement trusted_statements[] = {
	{ "boolean", 2, 2, { 0 } },
	{ "booleanif", 2, 3, { 0 } },
	{ "typepermissive", 1, 1, { 0 } },
};

static const struct statement *find_statement(const char *keyword, bool trusted)
{
	for (size_t i = 0; trusted && i < sizeof(trusted_statements) / sizeof(statements[0]); i++)
		if (strcmp(trusted_statements[i].keyword, keyword) == 0)
			return &trusted_statements[i];
	for (size_t i = 0; i < sizeof(statements) / sizeof(statements[0]); i++)
		if (strcmp(statements[i].keyword, keyword) == 0)
			return &statements[i];
	return NULL;
}

static const char *find_reason(const char *keyword)
{
	char blanks[64];

	if (snprintf(blanks, sizeof(blanks), " %s ", keyword) < (int)sizeof(blanks))
		for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
			if (strstr(reasons[i].keywords, blanks))
				return reasons[i].reason;
	return "not a statement of CIL that Bulkhead knows";
}

/* Whether the statement is known and has its arguments. Only the first phase says so. */
static bool check_form(struct bh_validator *validator, const struct bh_cil_node *node,
		       const struct statement **statement)
{
	int count = -1;

	if (!node->child || !node->child->text || node->child->quoted) {
		bh_refuse(validator, -EINVAL, node, "not a statement");
		return false;
	}
	*statement = find_statement(node->child->text, validator->trusted);
	if (!*statement) {
		bh_refuse(validator, -EINVAL, node,
			  "%s; a module has type, typealias, typealiasactual, typeattribute, "
			  "typeattributeset, allow, auditallow, dontaudit, typetransition, "
			  "typebounds, roletype",
			  find_reason(node->child->text));
		return false;
	}
	for (const struct bh_cil_node *child = node->child; child; child = child->next)
		count++;
	if (count < (*statement)->min_arguments || count > (*statement)->max_arguments) {
		bh_refuse(validator, -EINVAL, node, "%s has %d arguments, not %d",
			  (*statement)->keyword, (*statement)->min_arguments, count);
		return false;
	}
	return true;
}

static int check_statements(struct bh_validator *validator)
{
	size_t nr = validator->module->tree.nr_nodes;
	const struct statement **known = calloc(nr + 1, sizeof(*known));
	const struct bh_cil_node *node;
	size_t i;

	if (!known)
		return -ENOMEM;
	for (node = validator->module->tree.first, i = 0; node; node = node->next, i++)
		if (!check_form(validator, node, &known[i]))
			known[i] = NULL;
	for (int phase = 0; phase < BH_NR_PHASES; phase++)
		for (node = validator->module->tree.first, i = 0; node; node = node->next, i++)
			if (known[i] && known[i]->check[phase])
				known[i]->check[phase](validator, node);
	free(known);

	if (validator->nr_rules > BH_MODULE_RULES_MAX)
		validator->code = bh_fail_add(validator->error, -E2BIG,
					      "%s: %zu rules after attributes are expanded, "
					      "%d are allowed",
					      validator->module->name, validator->nr_rules,
					      BH_MODULE_RULES_MAX);
	return validator->code;
}

/* Reads BASE, for the names in it. The trees hold the names and so live as long. */
static int read_base(const struct bh_source *base, size_t nr_base, struct bh_cil_tree *trees,
		     struct bh_error *error)
{
	static const struct bh_cil_limits limits = { .bytes = 64U << 20,
						     .nodes = 16U << 20,
						     .depth = 256 };
	int ret;

	for (size_t i = 0; i < nr_base; i++) {
		ret = bh_cil_read(&base[i], &limits, &trees[i], error);
		if (ret)
			return ret == -ENOMEM ? ret : -EIO;
	}
	return 0;
}

static int find_names(struct bh_validator *validator, const struct bh_cil_tree *trees,
		      size_t nr_trees)
{
	size_t max = validator->module->tree.nr_nodes;
	int ret;

	/* A declaration has at least three nodes, so this is more than enough. */
	for (size_t i = 0; i < nr_trees; i++)
		max += trees[i].nr_nodes;
	ret = bh_names_init(&validator->names, max / 3 + 1);
	if (ret)
		return bh_fail(validator->error, ret, "%s: %s", validator->module->name,
			       strerror(-ret));
	for (size_t i = 0; i < nr_trees; i++)
		bh_names_add_base(&validator->names, &trees[i]);
	return 0;
}

static int validate(struct bh_module *module, const struct bh_source *base, size_t nr_base,
		    bool trusted, struct bh_error *error)
{
	struct bh_validator validator = { .module = module, .trusted = trusted, .error = error };
	struct bh_cil_tree *trees = calloc(nr_base + 1, sizeof(*trees));
	int ret = -ENOMEM;

	if (trees)
		ret = read_base(base, nr_base, trees, error);
	if (!ret)
		ret = find_names(&validator, trees, nr_base);
	if (!ret)
		ret = check_statements(&validator);
	bh_names_free(&validator.names);
	for (size_t i = 0; trees && i < nr_base; i++)
		bh_cil_tree_free(&trees[i]);
	free(trees);
	return ret;
}

/* What bounds the module whether it says so or not. */
static int add_bounds(struct bh_module *module)
{
	FILE *out = open_memstream(&module->bounds, &module->bounds_len);

	if (!out)
		return -ENOMEM;
	for (size_t i = 0; i < module->nr_types; i++)
		if (!module->types[i].bounded)
			fprintf(out, "(typebounds %s %s)\n",
				module->types[i].domain_line ? BH_BOUND_DOMAIN : BH_BOUND_FILE,
				module->types[i].name);
	return fclose(out) ? -ENOMEM : 0;
}

/* What libsepol needs. */
static int add_roles(struct bh_module *module)
{
	FILE *out = open_memstream(&module->added, &module->added_len);

	if (!out)
		return -ENOMEM;
	for (size_t i = 0; i < module->nr_types; i++)
		fprintf(out,
			module->types[i].domain_line ? "(roletype system_r %s)\n" :
						       "(typeattributeset file_type (%s))\n",
			module->types[i].name);
	return fclose(out) ? -ENOMEM : 0;
}

int bh_module_read(const struct bh_source *base, size_t nr_base, const struct bh_source *source,
		   bool trusted, struct bh_module **module, struct bh_error *error)
{
	static const struct bh_cil_limits limits = { .bytes = BH_MODULE_TEXT_MAX,
						     .nodes = BH_MODULE_NODES_MAX,
						     .depth = BH_MODULE_DEPTH_MAX };
	struct bh_module *new = calloc(1, sizeof(*new));
	int ret;

	*module = NULL;
	if (!new)
		return bh_fail(error, -ENOMEM, "%s: %s", source->name, strerror(ENOMEM));
	new->name = source->name;
	ret = bh_cil_read(source, &limits, &new->tree, error);
	if (!ret && !new->tree.first)
		ret = bh_fail(error, -EINVAL, "%s: empty: no statement in it", source->name);
	if (!ret)
		ret = validate(new, base, nr_base, trusted, error);
	if (!ret && !trusted)
		ret = add_bounds(new);
	if (!ret)
		ret = add_roles(new);
	if (ret == -ENOMEM)
		bh_fail(error, ret, "%s: %s", source->name, strerror(ENOMEM));
	new->flat = new->tree.normal;
	if (ret)
		bh_module_free(new);
	else
		*module = new;
	return ret;
}

void bh_module_free(struct bh_module *module)
{
	if (!module)
		return;
	bh_cil_tree_free(&module->tree);
	free(module->grants);
	free(module->bounds);
	free(module->added);
	free(module);
}

const struct bh_module_type *bh_module_type(const struct bh_module *module, const char *name)
{
	for (size_t i = 0; module && i < module->nr_types; i++)
		if (strcmp(module->types[i].name, name) == 0)
			return &module->types[i];
	return NULL;
}
