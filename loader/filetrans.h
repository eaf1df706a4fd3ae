/* SPDX-License-Identifier: GPL-2.0 */
/* Transitions by file name into maps. */
#ifndef BULKHEAD_FILETRANS_H
#define BULKHEAD_FILETRANS_H

#include "policy.h"

/**
 * bh_filetrans_make() - A map of a policy's transitions by file name.
 * @policy: The policy; has some.
 * @ids:    The ids of its types, by number.
 * @error:  Receives why not.
 *
 * Return: a descriptor, which the caller puts into the map bh_filetrans; -ENOMEM; the error of
 *         bpf().
 */
int bh_filetrans_make(const struct bh_policy *policy, const uint32_t *ids, struct bh_error *error);

#endif /* BULKHEAD_FILETRANS_H */
