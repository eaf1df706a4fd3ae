/* SPDX-License-Identifier: GPL-2.0 */
/* Device numbers that have a type of their own. */
#ifndef BULKHEAD_DEVICES_H
#define BULKHEAD_DEVICES_H

#include "error.h"
#include "policy.h"

/**
 * bh_devices_fill() - Fill map bh_devices.
 * @map:    Its descriptor.
 * @policy: BASE, whose type numbers are type ids.
 * @error:  Receives why not.
 *
 * Source: Documentation/admin-guide/devices.txt; the types are those of the
 *         reference policy's policy/modules/kernel/devices.fc and terminal.fc.
 * Return: 0; -ENOENT BASE lacks a type; the error of bpf().
 */
int bh_devices_fill(int map, const struct bh_policy *policy, struct bh_error *error);

#endif /* BULKHEAD_DEVICES_H */
