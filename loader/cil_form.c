// SPDX-License-Identifier: GPL-2.0
/*
 * Which statements a module may have, and what they look like. The table of forms lists
 * what is allowed; the table of reasons only makes the refusal of the others clearer.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cil_form.h"
#include "cil_symbols.h"

#define PARAMETERS_MAX 16

/* What a statement may not stand in. */
#define NOT_IN_MACRO 1U
#define NOT_IN_OPTIONAL 2U
#define NOT_IN_BOOLEANIF 4U
#define NOT_UNTRUSTED 8U

/*
 * Arguments, a letter each: n name, l list, s statements to the end, a name or list,
 * v true or false, p parameters, b branch; those after ? may be left out.
 */
static const struct form {
	const char *keyword;
	const char *arguments;
	unsigned int flags;
} forms[] = {
	[BH_STATEMENT_TYPE] = { "type", "n", NOT_IN_BOOLEANIF },
	[BH_STATEMENT_TYPEALIAS] = { "typealias", "n", NOT_IN_BOOLEANIF },
	[BH_STATEMENT_TYPEALIASACTUAL] = { "typealiasactual", "nn", NOT_IN_BOOLEANIF },
	[BH_STATEMENT_TYPEATTRIBUTE] = { "typeattribute", "n", NOT_IN_BOOLEANIF },
	[BH_STATEMENT_TYPEATTRIBUTESET] = { "typeattributeset", "na", NOT_IN_BOOLEANIF },
	[BH_STATEMENT_EXPANDTYPEATTRIBUTE] = { "expandtypeattribute", "av", NOT_IN_BOOLEANIF },
	[BH_STATEMENT_CLASSPERMISSION] = { "classpermission", "n", NOT_IN_BOOLEANIF },
	[BH_STATEMENT_CLASSPERMISSIONSET] = { "classpermissionset", "nl", NOT_IN_BOOLEANIF },
	[BH_STATEMENT_BOOLEAN] = { "boolean", "nv", NOT_IN_BOOLEANIF },
	[BH_STATEMENT_ALLOW] = { "allow", "nna", 0 },
	[BH_STATEMENT_AUDITALLOW] = { "auditallow", "nna", 0 },
	[BH_STATEMENT_DONTAUDIT] = { "dontaudit", "nna", 0 },
	[BH_STATEMENT_TYPETRANSITION] = { "typetransition", "nnnn?n", 0 },
	[BH_STATEMENT_TYPEBOUNDS] = { "typebounds", "nn", NOT_IN_BOOLEANIF },
	[BH_STATEMENT_TYPEPERMISSIVE] = { "typepermissive", "n", NOT_IN_BOOLEANIF | NOT_UNTRUSTED },
	[BH_STATEMENT_ROLETYPE] = { "roletype", "nn", NOT_IN_BOOLEANIF },
	[BH_STATEMENT_ROLEATTRIBUTESET] = { "roleattributeset", "na", NOT_IN_BOOLEANIF },
	[BH_STATEMENT_FILECON] = { "filecon", "nna", NOT_IN_BOOLEANIF },
	[BH_STATEMENT_BLOCK] = { "block", "ns", NOT_IN_MACRO | NOT_IN_OPTIONAL | NOT_IN_BOOLEANIF },
	[BH_STATEMENT_BLOCKABSTRACT] = { "blockabstract", "n",
					 NOT_IN_MACRO | NOT_IN_OPTIONAL | NOT_IN_BOOLEANIF },
	[BH_STATEMENT_BLOCKINHERIT] = { "blockinherit", "n", NOT_IN_MACRO | NOT_IN_BOOLEANIF },
	[BH_STATEMENT_OPTIONAL] = { "optional", "ns", NOT_IN_BOOLEANIF },
	[BH_STATEMENT_MACRO] = { "macro", "nps",
				 NOT_IN_MACRO | NOT_IN_OPTIONAL | NOT_IN_BOOLEANIF },
	[BH_STATEMENT_CALL] = { "call", "n?l", 0 },
	[BH_STATEMENT_BOOLEANIF] = { "booleanif", "ab?b", NOT_IN_BOOLEANIF },
};

#define NR_FORMS (sizeof(forms) / sizeof(forms[0]))

static const struct {
	const char *keywords; /* between blanks */
	const char *reason;
} reasons[] = {
	{ " typepermissive permissive ",
	  "only the host's administrator makes a domain permissive; leave it out" },
	{ " class common classcommon classorder ",
	  "classes and permissions are the base policy's; a module may only name them" },
	{ " classmap classmapping ",
	  "class maps are not supported; group permissions by classpermission" },
	{ " user userrole userlevel userrange userprefix userattribute userattributeset "
	  "userbounds selinuxuser selinuxuserdefault role roleattribute roleattributeset "
	  "roleallow roletransition rolebounds ",
	  "users and roles are the base policy's; a module has (roletype system_r TYPE)" },
	{ " sensitivity sensitivityalias sensitivityaliasactual sensitivityorder category "
	  "categoryalias categoryaliasactual categoryorder categoryset sensitivitycategory "
	  "level levelrange rangetransition ",
	  "levels are assigned by Bulkhead; leave it out" },
	{ " constrain validatetrans mlsconstrain mlsvalidatetrans neverallow neverallowx ",
	  "constraints are the base policy's; leave it out" },
	{ " sid sidorder sidcontext context fsuse genfscon portcon nodecon netifcon ipaddr "
	  "ibpkeycon ibendportcon pirqcon iomemcon ioportcon pcidevicecon devicetreecon ",
	  "what the kernel's own objects are labelled is the base policy's; a module labels "
	  "files, by filecon and typetransition" },
	{ " tunable tunableif ", "tunables are not supported; use boolean and booleanif" },
	{ " in ", "no block is reopened; write it into the block itself, or inherit the block" },
	{ " allowx auditallowx dontauditx permissionx ",
	  "extended permissions are not supported, since bounds do not cover them; "
	  "(allow SOURCE TARGET (CLASS (ioctl))) is" },
	{ " typechange typemember ", "only programs of the host would ask for it; leave it out" },
	{ " mls handleunknown policycap defaultuser defaultrole defaulttype defaultrange ",
	  "it changes how the whole policy is compiled; leave it out" },
};

enum bh_statement bh_form_statement(const struct bh_cil_node *node)
{
	const struct bh_cil_node *keyword = node->child;

	if (keyword && keyword->text && !keyword->quoted)
		for (unsigned int i = BH_STATEMENT_NONE + 1; i < NR_FORMS; i++)
			if (strcmp(forms[i].keyword, keyword->text) == 0)
				return (enum bh_statement)i;
	return BH_STATEMENT_NONE;
}

const char *bh_form_keyword(enum bh_statement statement)
{
	return forms[statement].keyword;
}

const struct bh_cil_node *bh_form_argument(const struct bh_cil_node *statement, int n)
{
	const struct bh_cil_node *node = statement->child;

	while (node && n-- > 0)
		node = node->next;
	return node;
}

const char *bh_form_filename(const struct bh_cil_node *statement)
{
	return bh_form_argument(statement, 5) ? bh_form_argument(statement, 4)->text : NULL;
}

const struct bh_cil_node *bh_form_result(const struct bh_cil_node *statement)
{
	return bh_form_argument(statement, bh_form_filename(statement) ? 5 : 4);
}

bool bh_form_is_require(const struct bh_cil_node *node)
{
	enum bh_statement statement = bh_form_statement(node);
	const struct bh_cil_node *name = bh_form_argument(node, 1);

	return (statement == BH_STATEMENT_TYPEATTRIBUTESET ||
		statement == BH_STATEMENT_ROLEATTRIBUTESET) &&
	       name && name->text && strcmp(name->text, "cil_gen_require") == 0;
}

static void refuse_keyword(const struct bh_cil_node *node, struct bh_refusals *refusals)
{
	char allowed[512] = "";
	char blanks[64];
	size_t used = 0;

	if (!node->child || !node->child->text || node->child->quoted) {
		bh_refuse(refusals, -EINVAL, node,
			  "not a statement; one is a list that begins with its keyword");
		return;
	}
	if (snprintf(blanks, sizeof(blanks), " %s ", node->child->text) < (int)sizeof(blanks)) {
		for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
			if (!strstr(reasons[i].keywords, blanks))
				continue;
			bh_refuse(refusals, -EINVAL, node, "%s", reasons[i].reason);
			return;
		}
	}
	for (size_t i = BH_STATEMENT_NONE + 1; i < NR_FORMS; i++)
		if (!(forms[i].flags & NOT_UNTRUSTED) && used < sizeof(allowed))
			used += (size_t)snprintf(allowed + used, sizeof(allowed) - used, "%s %s",
						 used ? "," : "", forms[i].keyword);
	bh_refuse(refusals, -EINVAL, node, "not a statement of CIL that Bulkhead knows; it has%s",
		  allowed);
}

/* What is wrong with one argument; NULL when nothing is. */
static const char *check_argument(const struct bh_cil_node *node, char letter)
{
	switch (letter) {
	case 'n':
		return node->text ? NULL : "a name is expected, not a list";
	case 'l':
	case 'p':
	case 'b':
		return node->text ? "a list is expected, not a name" : NULL;
	case 'v':
		return node->text && (!strcmp(node->text, "true") || !strcmp(node->text, "false")) ?
			       NULL :
			       "true or false is expected";
	default:
		return NULL;
	}
}

static bool check_arguments(const struct bh_cil_node *node, const struct form *form,
			    struct bh_refusals *refusals)
{
	const struct bh_cil_node *argument = node->child->next;
	const char *letter = form->arguments;
	bool optional = false;
	int count = 0;
	int min = 0;

	for (; *letter && *letter != 's'; letter++) {
		const char *wrong;

		if (*letter == '?') {
			optional = true;
			continue;
		}
		min += !optional;
		if (!argument)
			continue;
		wrong = check_argument(argument, *letter);
		if (wrong) {
			bh_refuse(refusals, -EINVAL, node, "argument %d: %s", count + 1, wrong);
			return false;
		}
		argument = argument->next;
		count++;
	}
	if (count >= min && (!argument || *letter == 's'))
		return true;
	for (; argument; argument = argument->next)
		count++;
	bh_refuse(refusals, -EINVAL, node, "%s has %d arguments, not %d", form->keyword, min,
		  count);
	return false;
}

static void refuse_place(const struct bh_cil_node *node, const struct form *form,
			 unsigned int place, struct bh_refusals *refusals)
{
	unsigned int wrong = form->flags & place;

	if (wrong & NOT_UNTRUSTED)
		refuse_keyword(node, refusals);
	else if (wrong & NOT_IN_BOOLEANIF)
		bh_refuse(refusals, -EINVAL, node,
			  "not in a booleanif; allow, auditallow, dontaudit, typetransition and "
			  "call depend on booleans");
	else if (wrong & NOT_IN_MACRO)
		bh_refuse(refusals, -EINVAL, node, "not in a macro; write it outside");
	else if (wrong)
		bh_refuse(refusals, -EINVAL, node, "not in an optional; write it outside");
}

static bool check_parameters(const struct bh_cil_node *node, struct bh_refusals *refusals)
{
	const struct bh_cil_node *parameter = bh_form_argument(node, 2)->child;
	enum bh_space space;
	int count = 0;

	for (; parameter; parameter = parameter->next) {
		const struct bh_cil_node *kind = parameter->child;

		if (!kind || !kind->text || !kind->next || !kind->next->text || kind->next->next ||
		    !bh_symbols_parameter(kind->text, &space)) {
			bh_refuse(refusals, -EINVAL, node,
				  "a parameter is (KIND NAME), its kind type, class, "
				  "classpermission, boolean, role, name or string");
			return false;
		}
		if (++count > PARAMETERS_MAX) {
			bh_refuse(refusals, -E2BIG, node, "a macro may have %d parameters",
				  PARAMETERS_MAX);
			return false;
		}
	}
	return true;
}

/* The branches of a booleanif: true and false, each at most once. */
static bool check_branches(const struct bh_cil_node *node, struct bh_refusals *refusals)
{
	const struct bh_cil_node *first = bh_form_argument(node, 2);
	const struct bh_cil_node *last = NULL;

	for (const struct bh_cil_node *branch = first; branch; branch = branch->next) {
		const struct bh_cil_node *which = branch->child;

		if (!which || !which->text || !which->next ||
		    (strcmp(which->text, "true") != 0 && strcmp(which->text, "false") != 0) ||
		    (last && strcmp(which->text, last->text) == 0)) {
			bh_refuse(refusals, -EINVAL, node,
				  "(true RULE...) and (false RULE...) are expected, once each");
			return false;
		}
		last = which;
	}
	return true;
}

static void check_statements(const struct bh_cil_node *node, unsigned int place,
			     struct bh_refusals *refusals);

/* The statements in @node, if any. At most as deep as the text. */
static bool check_inside(const struct bh_cil_node *node, enum bh_statement statement,
			 unsigned int place, struct bh_refusals *refusals)
{
	switch (statement) {
	case BH_STATEMENT_BLOCK:
		check_statements(bh_form_argument(node, 2), place, refusals);
		break;
	case BH_STATEMENT_OPTIONAL:
		check_statements(bh_form_argument(node, 2), place | NOT_IN_OPTIONAL, refusals);
		break;
	case BH_STATEMENT_MACRO:
		if (!check_parameters(node, refusals))
			return false;
		check_statements(bh_form_argument(node, 3), place | NOT_IN_MACRO, refusals);
		break;
	case BH_STATEMENT_BOOLEANIF:
		if (!check_branches(node, refusals))
			return false;
		node = bh_form_argument(node, 2);
		for (; node; node = node->next)
			check_statements(node->child->next, place | NOT_IN_BOOLEANIF, refusals);
		break;
	default:
		break;
	}
	return true;
}

static bool check_statement(const struct bh_cil_node *node, unsigned int place,
			    struct bh_refusals *refusals)
{
	enum bh_statement statement = bh_form_statement(node);

	if (statement == BH_STATEMENT_NONE ||
	    (statement == BH_STATEMENT_ROLEATTRIBUTESET && !bh_form_is_require(node))) {
		refuse_keyword(node, refusals);
		return false;
	}
	if (forms[statement].flags & place) {
		refuse_place(node, &forms[statement], place, refusals);
		return false;
	}
	return check_arguments(node, &forms[statement], refusals) &&
	       check_inside(node, statement, place, refusals);
}

static void check_statements(const struct bh_cil_node *node, unsigned int place,
			     struct bh_refusals *refusals)
{
	for (; node; node = node->next)
		if (!check_statement(node, place, refusals))
			((struct bh_cil_node *)node)->refused = true;
}

void bh_form_check(const struct bh_cil_node *first, bool trusted, struct bh_refusals *refusals)
{
	check_statements(first, trusted ? 0 : NOT_UNTRUSTED, refusals);
}
