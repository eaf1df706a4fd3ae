/* SPDX-License-Identifier: GPL-2.0 */
/* The log of denials: from the ring buffer into a file. */
#ifndef BULKHEAD_LOG_H
#define BULKHEAD_LOG_H

#include "error.h"
#include "maps.h"

#define BH_LOG_PATH "/run/bulkhead/avc.log"
#define BH_LOG_OLD_PATH "/run/bulkhead/avc.log.1"
#define BH_LOG_MAX (4 << 20) /* bytes, from which on a new file is begun */

/**
 * bh_log_drain() - Move what the ring buffer holds into the log.
 * @maps:  Open maps.
 * @error: Receives why not.
 *
 * Names are resolved here, so this must run before types and containers are deleted.
 * Takes "log.lock".
 *
 * Return: 0, or the error of libbpf or of writing.
 */
int bh_log_drain(const struct bh_maps *maps, struct bh_error *error);

#endif /* BULKHEAD_LOG_H */
