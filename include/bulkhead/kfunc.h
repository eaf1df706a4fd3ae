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

/*
 * NAME__ign: the verifier does not look at that argument. On 7.3 the module's BTF has a struct inode
 * of its own, which is not what a program has. Only sealed programs are listened to.
 */

/**
 * bh_kfunc_label_read() - The label that is an attribute of an inode.
 * @inode__ign: The inode; with a name.
 * @context: Receives the label, its type.policy 0.
 *
 * Context: Sleeps.
 * Return: BH_LABEL_KEYED, BH_LABEL_OWN, BH_LABEL_SELINUX or BH_LABEL_NONE; -EPERM the caller is not
 *         sealed; -EINVAL there is one that says no label, or has another host's tag; another
 *         error: it cannot be read.
 */
BH_KFUNC int bh_kfunc_label_read(struct inode *inode__ign, struct bh_context *context);

/**
 * bh_kfunc_label_await() - bh_kfunc_label_read() for who may not sleep.
 * @inode__ign: The inode; with a name.
 * @context:    Receives the label.
 * @container:  Who asks: of those that are read at a time each has a part.
 *
 * Somebody else reads it. Until he has, the system call that runs is to be made to fail with
 * -ERESTARTNOINTR: the kernel then begins it again, after signals, if there are any.
 *
 * Context: As bh_kfunc_avc_audit(), of a system call.
 * Return: as bh_kfunc_label_read(), or -EINPROGRESS; -EOPNOTSUPP no system call runs.
 */
BH_KFUNC int bh_kfunc_label_await(struct inode *inode__ign, struct bh_context *context,
				  __u64 container);

/**
 * bh_kfunc_label_room() - May the running task make something whose label is to be kept?
 *
 * Too many of its container's labels, or of all, may wait. Until they do not, the system call that
 * runs is to be made to fail with -ERESTARTNOINTR.
 *
 * Context: As bh_kfunc_label_await().
 * Return: 0; -EPERM the caller is not sealed; -EINPROGRESS; -EOPNOTSUPP no system call runs.
 */
BH_KFUNC int bh_kfunc_label_room(void);

/**
 * bh_kfunc_label_keep() - Have a label written as an attribute, soon.
 * @dentry__ign: Names the inode.
 * @inode__ign: What was just made, or NULL.
 * @type:   Type of the label.
 * @catset: Its categories. Of a wide set what is written says no label.
 * @keyed:  Not 0: with a tag, so that the type is believed where a container's own files are.
 *
 * What cannot be written is counted in `unwritten` of the module's status.
 *
 * Context: As bh_kfunc_avc_audit().
 * Return: 0; -EPERM the caller is not sealed; -ENOBUFS too many wait; -ENOKEY; -ENOMEM; -EINVAL.
 */
BH_KFUNC int bh_kfunc_label_keep(struct dentry *dentry__ign, struct inode *inode__ign,
				 const struct bh_type *type, __u32 catset, __u32 keyed);

/**
 * bh_kfunc_label_keep_file() - As bh_kfunc_label_keep(), of a file without a name.
 * @file__ign: The file, just made.
 * @type:   Type of the label.
 * @catset: Its categories.
 * @keyed:  As bh_kfunc_label_keep().
 *
 * Context: As bh_kfunc_avc_audit().
 * Return: as bh_kfunc_label_keep().
 */
BH_KFUNC int bh_kfunc_label_keep_file(struct file *file__ign, const struct bh_type *type,
				      __u32 catset, __u32 keyed);

/* What bh_kfunc_label_read() found. */
#define BH_LABEL_NONE 0
#define BH_LABEL_OWN 1 /* security.bulkhead */
#define BH_LABEL_SELINUX 2 /* security.selinux */
#define BH_LABEL_KEYED 3 /* security.bulkhead, with this host's tag */

#endif /* BULKHEAD_KFUNC_H */
