/* SPDX-License-Identifier: GPL-2.0 */
/* What the files of the validator share: cil_validate.c, cil_declare.c, cil_rules.c. */
#ifndef BULKHEAD_CIL_VALIDATE_INTERNAL_H
#define BULKHEAD_CIL_VALIDATE_INTERNAL_H

#include "cil_validate.h"

/* A module is walked once for each phase, as CIL lets names be used before they are. */
enum bh_phase {
	BH_PHASE_DECLARE, /* types, aliases, attributes */
	BH_PHASE_MEMBERS, /* what aliases and attributes stand for */
	BH_PHASE_RULES, /* rules, which make types into domains */
	BH_PHASE_DOMAINS, /* what depends on whether a type is a domain */
	BH_NR_PHASES,
};

struct bh_validator {
	struct bh_module *module;
	struct bh_names names;
	bool trusted;
	size_t nr_rules; /* with attributes expanded */
	int code; /* 0, or the error that was found */
	struct bh_error *error;
};

/* Checks one statement that has the keyword and the number of arguments it should. */
typedef void bh_statement_fn(struct bh_validator *validator, const struct bh_cil_node *statement);

bh_statement_fn bh_declare_type;
bh_statement_fn bh_declare_alias;
bh_statement_fn bh_declare_attribute;
bh_statement_fn bh_members_alias;
bh_statement_fn bh_members_attribute;
bh_statement_fn bh_rule_av;
bh_statement_fn bh_rule_transition;
bh_statement_fn bh_rule_bounds;
bh_statement_fn bh_rule_role;
bh_statement_fn bh_domains_transition;
bh_statement_fn bh_domains_bounds;

/**
 * bh_refuse() - Refuse a statement.
 * @validator: The validator; goes on to find what else is wrong.
 * @code:      Negative errno.
 * @statement: The statement, which the message quotes.
 * @format:    printf() format of the reason.
 */
void bh_refuse(struct bh_validator *validator, int code, const struct bh_cil_node *statement,
	       const char *format, ...) __attribute__((format(printf, 4, 5)));

/**
 * bh_argument() - An argument of a statement.
 * @statement: The statement.
 * @n:         Which one, from 1.
 *
 * Return: The node, NULL when there are fewer.
 */
const struct bh_cil_node *bh_argument(const struct bh_cil_node *statement, int n);

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

#endif /* BULKHEAD_CIL_VALIDATE_INTERNAL_H */
