/* SPDX-License-Identifier: GPL-2.0 */
/* Loading the programs, attaching them, and pinning it all; taking it away. */
#ifndef BULKHEAD_ATTACH_H
#define BULKHEAD_ATTACH_H

#include <stdbool.h>
#include <stdint.h>

#include "error.h"
#include "policy.h"

struct bulkhead_bpf;

/**
 * bh_programs_select() - Choose the programs that fit the running kernel.
 * @skel:   Opened, not loaded.
 * @strict: Those of `strict`, too.
 * @module: Those that need bulkhead.ko, too.
 * @error:  Receives the hook for which no variant fits.
 *
 * An optional program (SEC("?lsm/HOOK") or SEC("?tp_btf/NAME")) is loaded if the
 * kernel has the hook; one named NAME__N only if the hook takes N arguments there.
 *
 * Return: 0; -ENOSYS a hook of this kernel has variants and none fits; the error of
 *         reading the kernel's BTF.
 */
int bh_programs_select(struct bulkhead_bpf *skel, bool strict, bool module, struct bh_error *error);

/**
 * bh_attach() - Load, fill the maps, attach, pin; or leave nothing behind.
 * @base:   BASE alone, compiled.
 * @mode:   BH_MODE_...
 * @strict: With the programs of `strict`.
 * @error:  Receives why not: for a program that the kernel refuses, its log.
 *
 * Under the lock, after bh_detach_stale().
 *
 * Return: 0, or the error of libbpf or bpffs.
 */
int bh_attach(const struct bh_policy *base, uint32_t mode, bool strict, struct bh_error *error);

/**
 * bh_detach() - Remove all pins, and so the programs and maps; under the lock.
 * @error: Receives why not.
 *
 * Return: 0; -ENOENT nothing is loaded; -EPERM it is locked; the error of bpffs.
 */
int bh_detach(struct bh_error *error);

/**
 * bh_detach_stale() - Remove what a load that was killed has left; under the lock.
 */
void bh_detach_stale(void);

#endif /* BULKHEAD_ATTACH_H */
