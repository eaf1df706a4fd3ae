/* SPDX-License-Identifier: GPL-2.0 */
/* Bringing the reason of a refusal to whoever started the container. */
#ifndef BULKHEAD_TELL_H
#define BULKHEAD_TELL_H

#include "error.h"

/**
 * bh_tell_runtime() - Say why the hook fails where the runtime's own errors go.
 * @error: The reason.
 *
 * crun drops what its hooks write to stderr; then the text goes to crun's own stderr, and a
 * line of it to the log that podman named to crun: podman takes a log of one line for the
 * whole reason, and shows what stderr said when there are more. A runtime that reads the
 * hook's stderr (runc) gets nothing here, main() prints.
 *
 * Does what it can, and fails silently: the container does not start either way.
 */
void bh_tell_runtime(const struct bh_error *error);

#endif /* BULKHEAD_TELL_H */
