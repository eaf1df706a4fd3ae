/* SPDX-License-Identifier: GPL-2.0 */
/* What the administrator installed: trusted modules, and grants that widen one module. */
#ifndef BULKHEAD_MODULES_H
#define BULKHEAD_MODULES_H

#include <stdbool.h>
#include <stddef.h>

#include "error.h"
#include "policy.h"

#define BH_MODULES_DIR "/etc/bulkhead/modules.d"
#define BH_INSTALLED_NAME_MAX 48 /* bytes, with NUL */
#define BH_TARGET_MAX 80 /* bytes, with NUL */
#define BH_TARGET_DIGEST "sha256:" /* and 64 digits: any module with that text */
#define BH_TARGET_NAME "name:" /* and a name: the installed module of that name */

/*
 * A file NAME.cil of BH_MODULES_DIR. What it is its last line says, which is a comment to
 * CIL, so that one rename changes both:
 *	;bulkhead module [for-images]
 *	;bulkhead grant sha256:DIGEST|name:NAME
 * Without such a line it is a module, not for images.
 */
struct bh_installed {
	char name[BH_INSTALLED_NAME_MAX];
	char target[BH_TARGET_MAX]; /* whom a grant widens; empty: it is a module */
	bool for_images; /* an image may name the module */
	struct bh_source source; /* without the last line; named by its path */
};

struct bh_modules {
	struct bh_installed *list; /* by name, in order */
	size_t nr;
};

/**
 * bh_modules_read() - Read all that is installed.
 * @modules: Receives it; freed by bh_modules_free(), also on error.
 * @error:   Receives which file is wrong.
 *
 * A file that others than root may write is refused, whoever it is for: what it says it is
 * for cannot be believed.
 *
 * Return: 0; -EPERM others may write a file or the directory; -EINVAL a name or a last line;
 *         -E2BIG; the error of reading. No directory is nothing installed.
 */
int bh_modules_read(struct bh_modules *modules, struct bh_error *error);

/**
 * bh_modules_free() - Free what is installed.
 * @modules: From bh_modules_read().
 */
void bh_modules_free(struct bh_modules *modules);

/**
 * bh_modules_find() - Find by name.
 * @modules: From bh_modules_read().
 * @name:    Name of a module or grant.
 *
 * Return: It, NULL when there is none.
 */
const struct bh_installed *bh_modules_find(const struct bh_modules *modules, const char *name);

/**
 * bh_modules_get() - Find a module to run a container with.
 * @modules:    From bh_modules_read().
 * @name:       Its name.
 * @from_image: An image names it: it must be one for images.
 * @module:     Receives it.
 * @error:      Receives why not.
 *
 * Return: 0; -ENOENT there is none; -EPERM it is a grant, or not for images.
 */
int bh_modules_get(const struct bh_modules *modules, const char *name, bool from_image,
		   const struct bh_installed **module, struct bh_error *error);

/**
 * bh_installed_write() - Install, replacing what has the name.
 * @installed: What to install.
 * @error:     Receives why not.
 *
 * Return: 0, or the error of writing; then nothing has changed.
 */
int bh_installed_write(const struct bh_installed *installed, struct bh_error *error);

/**
 * bh_installed_remove() - Remove by name.
 * @name:  The name of one that is installed.
 * @error: Receives why not.
 *
 * Return: 0, or the error of unlink().
 */
int bh_installed_remove(const char *name, struct bh_error *error);

/**
 * bh_installed_name_valid() - Is this a name for a module or a grant?
 * @name: The name.
 *
 * Return: true for letters, digits, '_', '-' and '.', the first a letter or a digit.
 */
bool bh_installed_name_valid(const char *name);

/**
 * bh_target_valid() - Is this a grant's target?
 * @target: The text.
 *
 * Return: true for BH_TARGET_DIGEST and a digest, BH_TARGET_NAME and a name.
 */
bool bh_target_valid(const char *target);

#endif /* BULKHEAD_MODULES_H */
