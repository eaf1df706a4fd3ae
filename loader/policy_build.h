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
	struct bh_module **grants;
	size_t nr_grants;
	bool masked; /* nobody vouches for the module: its bounds hold whatever it says */
	bool whole; /* rows of BASE's domains are wanted, too */
	sepol_policydb_t *policydb;
	struct bh_oracle oracle;
	/* With grants, the module without them; else as above. */
	sepol_policydb_t *own_policydb;
	struct bh_oracle own;
};

/**
 * bh_build_policy() - Validate and compile BASE and a module, and check its bounds.
 * @request: What to compile.
 * @build:   Receives the policy; freed by bh_build_free(). Empty on error.
 * @error:   Receives every refusal; what it held is dropped.
 *
 * Context: One build at a time (libsepol's globals).
 * Return: As bh_policy_compile().
 */
int bh_build_policy(const struct bh_policy_request *request, struct bh_build *build,
		    struct bh_error *error);

/**
 * bh_build_type() - Find a type that the module or a grant declares.
 * @build: The build.
 * @name:  Name of the type.
 *
 * Return: The type, NULL when it is BASE's.
 */
const struct bh_module_type *bh_build_type(const struct bh_build *build, const char *name);

/**
 * bh_build_free() - Free what a build holds.
 * @build: From bh_build_policy(); may be empty.
 */
void bh_build_free(struct bh_build *build);

#endif /* BULKHEAD_POLICY_BUILD_H */
