/* SPDX-License-Identifier: GPL-2.0 */
/* libsepol's CIL compiler, from memory to memory. */
#ifndef BULKHEAD_POLICY_CIL_H
#define BULKHEAD_POLICY_CIL_H

#include <stddef.h>

#include <sepol/policydb.h>

#include "policy.h"

/* What libsepol calls a module in its messages; bh_bounds_report() puts the name back. */
#define BH_CIL_MODULE "<module>"

/**
 * bh_cil_compile() - Compile CIL.
 * @source:    The texts.
 * @nr_source: Number of @source.
 * @bounds:    Whether a type that exceeds its bounds is an error.
 * @policydb:  Receives the policy, freed by sepol_policydb_free(); NULL on error.
 * @log:       Receives what libsepol says, freed by free(). Never NULL on return 0 and
 *             -EINVAL.
 *
 * Context: libsepol's messages are a global; not for several threads at once.
 * Return: 0; -EINVAL libsepol refuses; -ENOMEM.
 */
int bh_cil_compile(const struct bh_source *source, size_t nr_source, bool bounds,
		   sepol_policydb_t **policydb, char **log);

#endif /* BULKHEAD_POLICY_CIL_H */
