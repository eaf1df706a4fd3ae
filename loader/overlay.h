/* SPDX-License-Identifier: GPL-2.0 */
/* Telling the programs whose credentials overlayfs uses for a container's mounts. */
#ifndef BULKHEAD_OVERLAY_H
#define BULKHEAD_OVERLAY_H

#include "error.h"
#include "marks.h"

/**
 * bh_overlay_mounters() - Take down the mounters of the overlays among the marks.
 * @marks: Marks of this start, whose descriptors this process holds.
 * @error: Receives why not.
 *
 * Runs the pinned iterator over the files of this process.
 *
 * Return: 0; -ENOENT the iterator did not find the mounter of one of them; the
 *         error of bpf().
 */
int bh_overlay_mounters(const struct bh_marks *marks, struct bh_error *error);

#endif /* BULKHEAD_OVERLAY_H */
