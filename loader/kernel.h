/* SPDX-License-Identifier: GPL-2.0 */
/* What the running kernel must have, and what holds beside Bulkhead. */
#ifndef BULKHEAD_KERNEL_H
#define BULKHEAD_KERNEL_H

#include <stdbool.h>

#include "error.h"

#define BH_CGROUP_ROOT "/sys/fs/cgroup"

/**
 * bh_kernel_check() - Can this kernel enforce? Changes nothing.
 * @error: Receives the first thing that is missing, and what to do about it.
 *
 * Return: 0; -EPERM not root; -ENOSYS something is missing.
 */
int bh_kernel_check(struct bh_error *error);

/**
 * bh_kernel_prepare() - Mount bpffs and load overlay and, if it is there, bulkhead.ko.
 * @error: Receives why not.
 *
 * Return: 0, or the error of mount(). A module that does not load is not an error:
 *         overlay may be built in, bulkhead.ko is optional.
 */
int bh_kernel_prepare(struct bh_error *error);

/**
 * bh_kernel_has_module() - Is bulkhead.ko loaded?
 *
 * Return: true or false.
 */
bool bh_kernel_has_module(void);

/**
 * bh_kernel_selinux_enforces() - Does SELinux enforce?
 *
 * Return: false also where there is no SELinux.
 */
bool bh_kernel_selinux_enforces(void);

#endif /* BULKHEAD_KERNEL_H */
