/* SPDX-License-Identifier: GPL-2.0 */
/* Whose are the files of each of a container's mounts? */
#ifndef BULKHEAD_MOUNTS_H
#define BULKHEAD_MOUNTS_H

#include <stdint.h>

#include "automaton.h"
#include "conf.h"
#include "error.h"
#include "maps.h"
#include "marks.h"
#include "oci.h"
#include "view.h"

struct bh_mounts_job {
	const struct bh_oci *oci;
	const struct bh_conf *conf;
	const struct bh_view *view;
	const struct bh_maps *maps;
	uint32_t type; /* id of container_file_t */
	uint32_t catset; /* the container's own */
	uint32_t policy; /* the container's */
	const struct bh_automaton *automaton; /* the policy's; NULL: none */
	uint32_t *flags; /* of the container's first process; BH_TASK_SHARED is added */
	const char *bundle; /* without links; bh_mounts_mark() knows it itself */
};

/**
 * bh_mounts_mark() - Mark the roots of a container's mounts; under the lock.
 * @job:   The container.
 * @marks: Receives the marks, also on error.
 * @error: Receives why not.
 *
 * Its root file system, what the runtime made for it and what the engine keeps for it
 * get its own categories; the engine's named volumes s0; what bulkhead.conf calls a
 * volume as it says there. What gets its own categories is labelled by path, if the policy
 * has rules for paths. The kernel's file systems are labelled by their names. All
 * other content of the host stays unmarked, and is refused to the container.
 *
 * Return: 0; -EBUSY a private volume is another container's; the error of opening the
 *         root file system or of bpf().
 */
int bh_mounts_mark(const struct bh_mounts_job *job, struct bh_marks *marks, struct bh_error *error);

#endif /* BULKHEAD_MOUNTS_H */
