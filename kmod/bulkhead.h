/* SPDX-License-Identifier: GPL-2.0 */
/* What the files of bulkhead.ko share. */
#ifndef BULKHEAD_KMOD_H
#define BULKHEAD_KMOD_H

/**
 * bulkhead_securityfs_init() - Create /sys/kernel/security/bulkhead/.
 *
 * The files in it: `version`, the project's; `abi`, BH_ABI_VERSION, which the
 * loader compares with its own before it attaches anything.
 *
 * Context: Module init; may sleep.
 * Return: 0; -EEXIST when the directory is there already; -ENODEV on a kernel
 *         without securityfs; -ENOMEM.
 */
int bulkhead_securityfs_init(void);

/**
 * bulkhead_securityfs_exit() - Remove what bulkhead_securityfs_init() created.
 *
 * Context: Module exit, or init after a later failure; may sleep.
 */
void bulkhead_securityfs_exit(void);

#endif /* BULKHEAD_KMOD_H */
