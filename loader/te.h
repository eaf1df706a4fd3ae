/* SPDX-License-Identifier: GPL-2.0 */
/* A .te file, by SELinux's own compiler. */
#ifndef BULKHEAD_TE_H
#define BULKHEAD_TE_H

#include "error.h"
#include "policy.h"

/**
 * bh_te_read() - Make a policy package of NAME.te, and of NAME.fc if that is there.
 * @path:   NAME.te.
 * @module: Receives the package, named @path; freed by bh_source_free(). Zeroed on error.
 * @error:  Receives one line: where checkmodule names a line, "NAME.te:LINE: reason".
 *
 * Source: checkmodule(8), semodule_package(8).
 * Return: 0; -EINVAL refused; -E2BIG too large; -ENOENT no such file, or a program is not
 *         installed; -ENOMEM; other -errno of reading and of a directory in /tmp.
 */
int bh_te_read(const char *path, struct bh_source *module, struct bh_error *error);

#endif /* BULKHEAD_TE_H */
