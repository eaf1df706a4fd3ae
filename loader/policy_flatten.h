/* SPDX-License-Identifier: GPL-2.0 */
/* libsepol's policy as the tables that the maps hold. */
#ifndef BULKHEAD_POLICY_FLATTEN_H
#define BULKHEAD_POLICY_FLATTEN_H

#include "policy.h"
#include "policy_build.h"

#define BH_ROWS_MAX 65536 /* of one policy */
#define BH_FILETRANS_MAX 4096 /* of one policy */

/* A second name of a type. */
struct bh_policy_alias {
	char name[BH_NAME_MAX];
	uint32_t type;
};

/* What bh_policy_compile() allocates: the policy, and what only its functions need. */
struct bh_policy_private {
	struct bh_policy policy;
	struct bh_policy_alias *aliases;
	size_t nr_aliases;
	uint32_t *by_value; /* type number by libsepol's value; 0 for an attribute */
};

/**
 * bh_flatten_types() - Number the types: BASE's first.
 * @build:   The policy.
 * @private: Receives types, aliases and by_value.
 *
 * Return: 0 or -ENOMEM.
 */
int bh_flatten_types(const struct bh_build *build, struct bh_policy_private *private);

/**
 * bh_flatten_filetrans() - Take over the transitions by file name.
 * @build:   The policy.
 * @private: Has its types; receives the transitions.
 * @error:   Receives what is too large.
 *
 * Return: 0; -E2BIG more than BH_FILETRANS_MAX; -EIO BASE has some; -EINVAL; -ENOMEM.
 */
int bh_flatten_filetrans(const struct bh_build *build, struct bh_policy_private *private,
			 struct bh_error *error);

/**
 * bh_flatten_rows() - Ask for every verdict that is not empty.
 * @build:   The policy.
 * @private: Has its types and transitions by file name; receives the rows.
 * @error:   Receives what is too large.
 *
 * Return: 0; -E2BIG more than BH_ROWS_MAX rows; -ENOMEM; -EIO.
 */
int bh_flatten_rows(struct bh_build *build, struct bh_policy_private *private,
		    struct bh_error *error);

/**
 * bh_flatten_objects() - Take over ports and file systems.
 * @build:   The policy.
 * @private: Has its types; receives ports and file systems.
 *
 * Return: 0 or -ENOMEM.
 */
int bh_flatten_objects(const struct bh_build *build, struct bh_policy_private *private);

/**
 * bh_flatten_genfs() - What genfscon says of paths in a file system.
 * @build:   The policy.
 * @private: Has its types and file systems, which receive automata.
 * @error:   Receives what is refused.
 *
 * Source: __security_genfs_sid() in security/selinux/ss/services.c.
 * Return: 0; -EINVAL a class that no file has; else as bh_automaton_compile().
 */
int bh_flatten_genfs(const struct bh_build *build, struct bh_policy_private *private,
		     struct bh_error *error);

/**
 * bh_flatten_has_attribute() - Whether a type is in an attribute.
 * @build:     The policy.
 * @value:     libsepol's value of the type.
 * @attribute: Name of the attribute.
 *
 * Return: True if it is; false also when there is no such attribute.
 */
bool bh_flatten_has_attribute(const struct bh_build *build, uint32_t value, const char *attribute);

#endif /* BULKHEAD_POLICY_FLATTEN_H */
