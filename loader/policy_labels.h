/* SPDX-License-Identifier: GPL-2.0 */
/* filecon rules become the policy's automaton. */
#ifndef BULKHEAD_POLICY_LABELS_H
#define BULKHEAD_POLICY_LABELS_H

#include "cil_validate.h"
#include "error.h"
#include "policy.h"

/**
 * bh_policy_labels() - Compile a module's filecon rules.
 * @module: The module, validated.
 * @policy: Has its types; receives the automaton, if there is a rule.
 * @error:  Receives "file:line: reason".
 *
 * BASE's rules are for the host's paths and have no part in it: what no rule of the module
 * names is container_file_t, as all of an image is under SELinux.
 *
 * Return: 0; -EINVAL, -E2BIG a rule is refused; -ENOENT, -EEXIST as bh_filecon_read();
 *         -ENOMEM.
 */
int bh_policy_labels(const struct bh_module *module, struct bh_policy *policy,
		     struct bh_error *error);

/**
 * bh_policy_base_labels() - Compile BASE's filecon rules.
 * @base:    The texts of BASE.
 * @nr_base: Their number.
 * @policy:  Has its types; receives the automaton, for the paths of the host.
 * @error:   Receives "file:line: reason".
 *
 * Return: As bh_policy_labels(); -EIO a text cannot be read.
 */
int bh_policy_base_labels(const struct bh_source *base, size_t nr_base, struct bh_policy *policy,
			  struct bh_error *error);

#endif /* BULKHEAD_POLICY_LABELS_H */
