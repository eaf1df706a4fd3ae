/* SPDX-License-Identifier: GPL-2.0 */
/* What bulkhead.ko shows and takes below /sys/kernel/security/bulkhead/. */
#ifndef BULKHEAD_KMOD_H
#define BULKHEAD_KMOD_H

#include <stdbool.h>
#include <stdint.h>

#include "error.h"

struct bpf_object;

/* The file `status`; all zero without the module. */
struct bh_kmod_status {
	bool present;
	bool locked;
	uint64_t sealed; /* programs that may call the module */
	uint64_t held; /* links */
	uint64_t records; /* written to the audit log */
	uint64_t untaken; /* that the audit log did not take */
	uint64_t refused; /* calls of programs that are not sealed */
};

/**
 * bh_kmod_status() - What the module says of itself.
 * @status: Receives it.
 * @error:  Receives why it cannot be told.
 *
 * Return: 0, also without the module; -EPROTO it is of another version.
 */
int bh_kmod_status(struct bh_kmod_status *status, struct bh_error *error);

/**
 * bh_kmod_seal() - Tell the module which programs may call it; under the lock.
 * @object: Loaded programs, not yet attached.
 * @error:  Receives why not.
 *
 * Return: 0, or the error of the module.
 */
int bh_kmod_seal(const struct bpf_object *object, struct bh_error *error);

/**
 * bh_kmod_key() - Give the module the host's key; under the lock, and before bh_kmod_seal().
 * @key:   Its digits.
 * @error: Receives why not.
 *
 * Return: 0, or the error of the module.
 */
int bh_kmod_key(const char *key, struct bh_error *error);

/**
 * bh_kmod_settle() - Wait until the labels that wait are written. Without the module does nothing.
 * @error: Receives why not.
 *
 * An image that is mounted anew could be read before that is there which was written to it last.
 *
 * Return: 0; -ETIMEDOUT a file system does not take them.
 */
int bh_kmod_settle(struct bh_error *error);

/**
 * bh_kmod_release() - Undo bh_kmod_seal(); under the lock. Without the module does nothing.
 */
void bh_kmod_release(void);

/**
 * bh_kmod_lock() - Have the module hold what is attached until the next boot; under the lock.
 * @error: Receives why not.
 *
 * Return: 0; -ENOSYS there is no module; -ENOENT a link is not pinned any more; the error of
 *         the module.
 */
int bh_kmod_lock(struct bh_error *error);

/**
 * bh_kmod_check_unlocked() - May what is attached be taken away?
 * @error: Receives that it may not.
 *
 * Return: 0; -EPERM the lock is held; -EPROTO the module is of another version.
 */
int bh_kmod_check_unlocked(struct bh_error *error);

#endif /* BULKHEAD_KMOD_H */
