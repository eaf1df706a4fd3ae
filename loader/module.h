/* SPDX-License-Identifier: GPL-2.0 */
/* Finding the module that an image ships. */
#ifndef BULKHEAD_MODULE_H
#define BULKHEAD_MODULE_H

#include "error.h"
#include "oci.h"
#include "policy.h"

#define BH_MODULE_PATH "/.bulkhead/policy.cil"
#define BH_MODULE_PACKAGE_PATH "/.bulkhead/policy.pp"

#define BH_MODULE_BY_NAME "name:" /* instead of a text: an installed module */

/**
 * bh_module_find() - Find a container's module: annotation, or file in the image.
 * @oci:    The container; its annotation does not name an installed module.
 * @rootfs: Its root directory; O_PATH is enough. Hostile.
 * @module: Receives CIL or a policy package, text freed by free(); text NULL: there is
 *          none. The name is static.
 * @error:  Receives why not.
 *
 * Return: 0; -EINVAL garbage, or both files; -E2BIG too large; the error of reading.
 */
int bh_module_find(const struct bh_oci *oci, int rootfs, struct bh_source *module,
		   struct bh_error *error);

#endif /* BULKHEAD_MODULE_H */
