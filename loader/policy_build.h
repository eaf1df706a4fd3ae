/* SPDX-License-Identifier: GPL-2.0 */
/* BASE and a module as libsepol's policy: what all of policy.h starts from. */
#ifndef BULKHEAD_POLICY_BUILD_H
#define BULKHEAD_POLICY_BUILD_H

#include "cil_validate.h"
#include "policy.h"
#include "policy_oracle.h"

struct bh_build {
	struct bh_module *module; /* NULL: BASE alone */
	struct bh_source source; /* the module as it was given, borrowed */
	struct bh_source cil; /* and as CIL */
	sepol_policydb_t *policydb;
	struct bh_oracle oracle;
};

/**
 * bh_build_policy() - Validate and compile BASE and a module, and check its bounds.
 * @base:    Texts of BASE.
 * @nr_base: Number of @base.
 * @source:  The module, or NULL.
 * @build:   Receives the policy; freed by bh_build_free(). Empty on error.
 * @error:   Receives every refusal; what it held is dropped.
 *
 * Context: One build at a time (libsepol's globals).
 * Return: As bh_policy_check().
 */
int bh_build_policy(const struct bh_source *base, size_t nr_base, const struct bh_source *source,
		    struct bh_build *build, struct bh_error *error);

/**
 * bh_build_free() - Free what a build holds.
 * @build: From bh_build_policy(); may be empty.
 */
void bh_build_free(struct bh_build *build);

#endif /* BULKHEAD_POLICY_BUILD_H */
