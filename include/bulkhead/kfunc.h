/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What bulkhead.ko does for the BPF programs. Each function gives -EPERM to a program that is
 * not among the sealed ones (kmod/seal.c). Without the module the programs call none of them
 * (bh_module in bpf/audit.bpf.c).
 */
#ifndef BULKHEAD_KFUNC_H
#define BULKHEAD_KFUNC_H

#include <bulkhead/abi.h>

#ifdef __VMLINUX_H__
#define BH_KFUNC extern __ksym __weak
#else
#define BH_KFUNC
#endif

/**
 * bh_kfunc_avc_audit() - Write a denial to the kernel's audit log, type 1400.
 * @event:      The denial. Its strings are the container's choice.
 * @source:     Type of the process.
 * @target:     Type of the object.
 * @source_set: Categories of the process, read only if its set is a wide one.
 * @target_set: Likewise of the object.
 *
 * Context: Any in which a BPF-LSM program runs; does not sleep.
 * Source:  SELinux Notebook, "Auditing SELinux Events"; audit_log_untrustedstring().
 * Return: 0; -EPERM the caller is not sealed; -ENOENT audit is off or did not take it.
 */
BH_KFUNC int bh_kfunc_avc_audit(const struct bh_event *event, const struct bh_type *source,
				const struct bh_type *target, const struct bh_catset *source_set,
				const struct bh_catset *target_set);

/**
 * bh_kfunc_lock_held() - Has `bulkhead lock` been given?
 *
 * Context: As bh_kfunc_avc_audit().
 * Return: 1 or 0; -EPERM the caller is not sealed.
 */
BH_KFUNC int bh_kfunc_lock_held(void);

#endif /* BULKHEAD_KFUNC_H */
