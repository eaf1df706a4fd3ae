/* SPDX-License-Identifier: GPL-2.0 */
/* Which of a module's rules exceed its bounds, said line by line. */
#ifndef BULKHEAD_POLICY_BOUNDS_H
#define BULKHEAD_POLICY_BOUNDS_H

#include <stdbool.h>
#include <stddef.h>

#include "cil_validate.h"
#include "policy_oracle.h"

/**
 * bh_bounds_hold() - Give a module's types their bounds, and have libsepol check them.
 * @module: The module.
 * @db:     The policy; the bounds of the module's types are set in it.
 *
 * libsepol expands the bound's rules for every type that it bounds, which is most of what
 * a compilation would cost. All domains have the same bound, and so have all other types,
 * and whether a rule is within them does not depend on which of them it names. So all types
 * of a kind are checked as if they were one: libsepol is told that the rules of each are
 * those of the first.
 *
 * Source: libsepol/src/hierarchy.c, bounds_check_type(): what a rule's source stands for is
 *         taken from attr_type_map, its target's bound from the type.
 * Return: true when libsepol finds nothing; false also when it has no memory.
 */
bool bh_bounds_hold(const struct bh_module *module, struct policydb *db);

/**
 * bh_bounds_report() - Turn libsepol's report of violated bounds into refusals.
 * @module: The module that was compiled, as BH_CIL_MODULE; receives a refusal for each
 *          statement that has too much: "rule: exceeds bounds of PARENT: TARGET CLASS { ... }",
 *          with the first of the targets.
 * @log:    What libsepol said; is cut into lines. It may be about something else.
 *
 * Source: libsepol/cil/src/cil_binary.c, cil_check_type_bounds().
 */
void bh_bounds_report(struct bh_module *module, char *log);

/**
 * bh_bounds_check_grants() - Hold container_t's rules on a module's types to its own.
 * @module: The module; receives a refusal for each rule and type.
 * @oracle: Asks the compiled policy.
 *
 * libsepol looks at rules whose source is bounded. A rule with container_t as the source
 * and a module's type as the target could otherwise give what container_t does not have
 * on container_file_t.
 */
void bh_bounds_check_grants(struct bh_module *module, struct bh_oracle *oracle);

#endif /* BULKHEAD_POLICY_BOUNDS_H */
