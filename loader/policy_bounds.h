/* SPDX-License-Identifier: GPL-2.0 */
/* Which of a module's rules exceed its bounds, said line by line. */
#ifndef BULKHEAD_POLICY_BOUNDS_H
#define BULKHEAD_POLICY_BOUNDS_H

#include <stddef.h>

#include "cil_validate.h"
#include "policy_oracle.h"

/**
 * bh_bounds_report() - Turn libsepol's report of violated bounds into refusals.
 * @module: The module that was compiled, as BH_CIL_MODULE.
 * @log:    What libsepol said; is cut into lines.
 * @error:  Receives "file:line: rule: exceeds bounds of PARENT: TARGET CLASS { ... }".
 *
 * Source: libsepol/cil/src/cil_binary.c, cil_check_type_bounds().
 * Return: Number of refusals; 0 when @log is about something else.
 */
size_t bh_bounds_report(const struct bh_module *module, char *log, struct bh_error *error);

/**
 * bh_bounds_check_grants() - Hold container_t's rules on a module's types to its own.
 * @module: The module.
 * @oracle: Asks the compiled policy.
 * @error:  Receives every refusal.
 *
 * libsepol looks at rules whose source is bounded. A rule with container_t as the source
 * and a module's type as the target could otherwise give what container_t does not have
 * on container_file_t.
 *
 * Return: 0; -EINVAL a rule gives too much.
 */
int bh_bounds_check_grants(const struct bh_module *module, struct bh_oracle *oracle,
			   struct bh_error *error);

#endif /* BULKHEAD_POLICY_BOUNDS_H */
