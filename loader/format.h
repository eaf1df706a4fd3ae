/* SPDX-License-Identifier: GPL-2.0 */
/* The formats in which a module comes: CIL, a policy package (.pp), or .te with its .fc. */
#ifndef BULKHEAD_FORMAT_H
#define BULKHEAD_FORMAT_H

#include <stdbool.h>

#include "error.h"
#include "policy.h"

#define BH_PACKAGE_BYTES_MAX (4U << 20) /* what a policy package may have */

/**
 * bh_format_is_package() - Whether bytes are a policy package.
 * @in: Any bytes.
 *
 * Return: whether they start with a package's magic number.
 */
bool bh_format_is_package(const struct bh_source *in);

/**
 * bh_format_check_size() - Whether a module is not too large for what it is.
 * @in:    CIL or a package.
 * @error: Receives the limit.
 *
 * Return: 0, or -E2BIG: a package may have BH_PACKAGE_BYTES_MAX, CIL BH_MODULE_TEXT_MAX.
 */
int bh_format_check_size(const struct bh_source *in, struct bh_error *error);

/**
 * bh_format_cil() - A module as CIL.
 * @in:    CIL, or a policy package (.pp), told apart by the package's magic number.
 *         Untrusted.
 * @cil:   Receives the CIL. Of CIL it is @in itself, borrowed: text and name are the same
 *         pointers. Of a package it is new, and so is its name, "NAME (as CIL)", since its
 *         line numbers are those of the converted text. Freed by bh_format_free().
 * @error: Receives one line: what, and why not.
 *
 * libsepol reads packages of its own making; malformed ones may crash it. It runs in a child
 * process with nothing but a pipe, bounded in memory, time and output.
 *
 * Return: 0; -EINVAL no valid package; -E2BIG it is too large, or its CIL is; -ENOMEM; the
 *         error of fork(2) or pipe(2).
 */
int bh_format_cil(const struct bh_source *in, struct bh_source *cil, struct bh_error *error);

/**
 * bh_format_free() - Free what bh_format_cil() made.
 * @in:  What it was made from.
 * @cil: From bh_format_cil(), or zeroed.
 */
void bh_format_free(const struct bh_source *in, struct bh_source *cil);

/**
 * bh_format_read_file() - Read a module that an administrator or a maintainer names.
 * @path:   A file of CIL, a policy package, or NAME.te; NAME.fc beside it is read with it.
 * @module: Receives CIL or the package as it is in the file; of .te, the package that
 *          checkmodule and semodule_package make of it, named "NAME.te". Freed by
 *          bh_source_free(). Zeroed on error.
 * @error:  Receives what is wrong, for .te with the file and line that checkmodule names.
 *
 * Context: Not for what an image ships: runs programs for .te.
 * Return: 0; -EINVAL .te is refused; -E2BIG; -ENOENT, also when a program is not installed;
 *         -EISDIR and other -errno of reading.
 */
int bh_format_read_file(const char *path, struct bh_source *module, struct bh_error *error);

/**
 * bh_format_read_cil() - Read a module that an administrator names, as CIL.
 * @path:  As bh_format_read_file().
 * @cil:   Receives CIL, named as by bh_format_cil(); freed by bh_source_free(). Zeroed on
 *         error.
 * @error: Receives what is wrong.
 *
 * Return: As bh_format_read_file() and bh_format_cil().
 */
int bh_format_read_cil(const char *path, struct bh_source *cil, struct bh_error *error);

#endif /* BULKHEAD_FORMAT_H */
