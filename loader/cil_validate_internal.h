/* SPDX-License-Identifier: GPL-2.0 */
/* What the files of the validator share: cil_validate.c, cil_members.c, cil_rules.c. */
#ifndef BULKHEAD_CIL_VALIDATE_INTERNAL_H
#define BULKHEAD_CIL_VALIDATE_INTERNAL_H

#include "cil_expand.h"
#include "cil_typesets.h"
#include "cil_validate.h"

/* A module is walked once for each phase, as CIL lets names be used before they are. */
enum bh_phase {
	BH_PHASE_DECLARE, /* types and attributes */
	BH_PHASE_MEMBERS, /* what aliases and attributes are given */
	BH_PHASE_SETS, /* what attributes stand for */
	BH_PHASE_RULES, /* rules, which make types into domains */
	BH_PHASE_DOMAINS, /* what depends on whether a type is a domain */
	BH_NR_PHASES,
};

struct bh_validator {
	struct bh_module *module;
	bool trusted; /* the administrator installed it */
	struct bh_expansion expansion;
	struct bh_refusals refusals;
	struct bh_typesets sets;
	size_t nr_rules; /* with attributes expanded */
	bool many_rules; /* too many, and said */
	/* Transitions by file name. */
	const struct bh_cil_node *filetrans[BH_MODULE_FILETRANS_MAX];
	size_t nr_filetrans;
	bool many_filetrans; /* too many, and said */
};

/* Checks one statement that has the arguments it should. */
typedef void bh_statement_fn(struct bh_validator *validator, const struct bh_cil_node *statement);

bh_statement_fn bh_number_type;
bh_statement_fn bh_number_attribute;
bh_statement_fn bh_members_alias;
bh_statement_fn bh_members_attribute;
bh_statement_fn bh_members_expand;
bh_statement_fn bh_sets_alias;
bh_statement_fn bh_sets_attribute;
bh_statement_fn bh_rule_av;
bh_statement_fn bh_rule_attribute;
bh_statement_fn bh_rule_transition;
bh_statement_fn bh_rule_bounds;
bh_statement_fn bh_rule_permissive;
bh_statement_fn bh_rule_role;
bh_statement_fn bh_rule_filecon;
bh_statement_fn bh_domains_attribute;
bh_statement_fn bh_domains_transition;
bh_statement_fn bh_domains_bounds;
bh_statement_fn bh_domains_filecon;

/**
 * bh_filetrans_check() - Refuse what is wrong with the file name of a transition.
 * @validator: The validator.
 * @statement: The transition; its types and its class are known.
 *
 * Return: True when nothing is, or there is no name.
 */
bool bh_filetrans_check(struct bh_validator *validator, const struct bh_cil_node *statement);

/**
 * bh_filecons_check() - Refuse labels by path that are about the same paths.
 * @validator: The validator, after all phases.
 */
void bh_filecons_check(struct bh_validator *validator);

/**
 * bh_own_type() - Find a type of the module's.
 * @validator: The validator.
 * @statement: Refused unless @node names a type, or an alias of one, of the module's.
 *             NULL refuses nothing.
 * @node:      The argument.
 *
 * Return: The type, NULL when @node names none.
 */
struct bh_module_type *bh_own_type(struct bh_validator *validator,
				   const struct bh_cil_node *statement,
				   const struct bh_cil_node *node);

/**
 * bh_mark_domain() - Note that a type is a domain.
 * @type: The type.
 * @line: Where that shows.
 */
void bh_mark_domain(struct bh_module_type *type, uint32_t line);

#endif /* BULKHEAD_CIL_VALIDATE_INTERNAL_H */
