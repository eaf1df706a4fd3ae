/* SPDX-License-Identifier: GPL-2.0 */
/* A .te file, by SELinux's own compiler. */
#ifndef BULKHEAD_TE_H
#define BULKHEAD_TE_H

#include <stdbool.h>

#include "error.h"
#include "policy.h"

/**
 * bh_te_named() - Whether a path is one of a .te file.
 * @path: Any path.
 *
 * Return: whether it is NAME.te.
 */
bool bh_te_named(const char *path);

/**
 * bh_te_contexts_path() - The path of NAME.fc beside NAME.te.
 * @path: For which bh_te_named() holds.
 *
 * Return: the path, freed by free(); NULL: no memory.
 */
char *bh_te_contexts_path(const char *path);

/**
 * bh_te_compile() - Make a policy package of texts that are read already.
 * @source:   The text of a .te file; messages have its name.
 * @contexts: That of the .fc file; text NULL: there is none.
 * @module:   As bh_te_read(), named as @source.
 * @error:    As bh_te_read().
 *
 * Return: As bh_te_read().
 */
int bh_te_compile(const struct bh_source *source, const struct bh_source *contexts,
		  struct bh_source *module, struct bh_error *error);

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
