/* SPDX-License-Identifier: GPL-2.0 */
/* One change of state at a time: locks under /run/bulkhead. */
#ifndef BULKHEAD_LOCK_H
#define BULKHEAD_LOCK_H

#include "error.h"

#define BH_RUN_DIR "/run/bulkhead"

/**
 * bh_lock() - Wait for a lock and take it.
 * @name:  "lock": containers, policies, categories, load and unload.
 *         "log.lock": the ring buffer and the log. Taken after "lock", never before.
 * @error: Receives why not.
 *
 * The kernel drops the lock when its holder dies.
 *
 * Return: a descriptor whose closing drops the lock; a negative errno.
 */
int bh_lock(const char *name, struct bh_error *error);

#endif /* BULKHEAD_LOCK_H */
