/* SPDX-License-Identifier: GPL-2.0 */
/* A validated module as the text that libsepol gets. */
#ifndef BULKHEAD_CIL_FLAT_H
#define BULKHEAD_CIL_FLAT_H

#include "cil_validate_internal.h"

/**
 * bh_flat_write() - Write flat, bounds and added of a module.
 * @validator: The validator; flat has no statement that it refused.
 *
 * Return: 0 or -ENOMEM.
 */
int bh_flat_write(struct bh_validator *validator);

#endif /* BULKHEAD_CIL_FLAT_H */
