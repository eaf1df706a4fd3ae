/* SPDX-License-Identifier: GPL-2.0 */
/* Which statements a module may have, and what they look like. */
#ifndef BULKHEAD_CIL_FORM_H
#define BULKHEAD_CIL_FORM_H

#include <stdbool.h>

#include "cil_read.h"
#include "cil_refusals.h"

/* Statements, by what is done with them. */
enum bh_statement {
	BH_STATEMENT_NONE,
	BH_STATEMENT_TYPE,
	BH_STATEMENT_TYPEALIAS,
	BH_STATEMENT_TYPEALIASACTUAL,
	BH_STATEMENT_TYPEATTRIBUTE,
	BH_STATEMENT_TYPEATTRIBUTESET,
	BH_STATEMENT_EXPANDTYPEATTRIBUTE,
	BH_STATEMENT_CLASSPERMISSION,
	BH_STATEMENT_CLASSPERMISSIONSET,
	BH_STATEMENT_BOOLEAN,
	BH_STATEMENT_ALLOW,
	BH_STATEMENT_AUDITALLOW,
	BH_STATEMENT_DONTAUDIT,
	BH_STATEMENT_TYPETRANSITION,
	BH_STATEMENT_TYPEBOUNDS,
	BH_STATEMENT_TYPEPERMISSIVE,
	BH_STATEMENT_ROLETYPE,
	BH_STATEMENT_ROLEATTRIBUTESET,
	BH_STATEMENT_FILECON,
	BH_STATEMENT_BLOCK,
	BH_STATEMENT_BLOCKABSTRACT,
	BH_STATEMENT_BLOCKINHERIT,
	BH_STATEMENT_OPTIONAL,
	BH_STATEMENT_MACRO,
	BH_STATEMENT_CALL,
	BH_STATEMENT_BOOLEANIF,
};

/**
 * bh_form_statement() - Which statement a node is.
 * @node: The node.
 *
 * Return: The statement; BH_STATEMENT_NONE when it is none that a module may have.
 */
enum bh_statement bh_form_statement(const struct bh_cil_node *node);

/**
 * bh_form_keyword() - The keyword of a statement.
 * @statement: The statement.
 */
const char *bh_form_keyword(enum bh_statement statement);

/**
 * bh_form_argument() - An argument of a statement.
 * @statement: The statement.
 * @n:         Which one, from 1.
 *
 * Return: The node, NULL when there are fewer.
 */
const struct bh_cil_node *bh_form_argument(const struct bh_cil_node *statement, int n);

/**
 * bh_form_filename() - The file name of a type transition.
 * @statement: (typetransition SOURCE TARGET CLASS [NAME] TYPE)
 *
 * Return: The name; NULL when the transition is for all names.
 */
const char *bh_form_filename(const struct bh_cil_node *statement);

/**
 * bh_form_result() - The type that a type transition gives.
 * @statement: As for bh_form_filename().
 */
const struct bh_cil_node *bh_form_result(const struct bh_cil_node *statement);

/**
 * bh_form_is_require() - Whether a statement only says what it needs to exist.
 * @node: (typeattributeset cil_gen_require X), as libsepol writes it for a .pp, or the
 *        same with roleattributeset.
 */
bool bh_form_is_require(const struct bh_cil_node *node);

/**
 * bh_form_check() - Refuse what no module may say, wherever it stands.
 * @first:    The first of a text's statements.
 * @trusted:  Whether the administrator installed the module.
 * @refusals: Receives what is wrong.
 *
 * What does not pass is marked as refused. What does has the arguments that its keyword wants: names where names must be,
 * lists where lists must be. Nothing is hidden from this: neither what stands in an
 * optional that will be left out nor in a macro that nobody calls.
 *
 * Source: libsepol/cil/src/cil_build_ast.c, check_for_illegal_statement() and
 *         __cil_verify_syntax().
 */
void bh_form_check(const struct bh_cil_node *first, bool trusted, struct bh_refusals *refusals);

#endif /* BULKHEAD_CIL_FORM_H */
