/* SPDX-License-Identifier: GPL-2.0 */
/* Modules on their way into or out of an image: reading and checking them. */
#ifndef BULKHEAD_IMAGE_CHECK_H
#define BULKHEAD_IMAGE_CHECK_H

#include "error.h"
#include "modules.h"
#include "policy.h"

/**
 * bh_image_check() - Would this host take the module?
 * @module: Its text.
 * @type:   Domain of the first process; NULL: not stated.
 * @error:  Receives every refusal, a line each.
 *
 * Return: As bh_container_compile().
 */
int bh_image_check(const struct bh_source *module, const char *type, struct bh_error *error);

/**
 * bh_image_check_named() - Would this host start an image that names one of its modules?
 * @modules: What is installed.
 * @name:    The name.
 * @type:    As bh_image_check().
 * @error:   Receives why not.
 *
 * Return: As bh_modules_get() for an image, and as bh_image_check().
 */
int bh_image_check_named(const struct bh_modules *modules, const char *name, const char *type,
			 struct bh_error *error);

/**
 * bh_image_read_module() - Read a module below a build's context.
 * @context: Directory of the context.
 * @file:    Path below it. No link is followed.
 * @module:  Receives CIL or a package; of NAME.te, the package that is compiled of it and of
 *           NAME.fc beside it. Freed by bh_source_free(), zeroed on error.
 * @error:   Receives why not.
 *
 * Return: 0; -E2BIG too large; -EINVAL not a regular file; the error of openat2(2) or read(2);
 *         as bh_te_compile().
 */
int bh_image_read_module(const char *context, const char *file, struct bh_source *module,
			 struct bh_error *error);

#endif /* BULKHEAD_IMAGE_CHECK_H */
