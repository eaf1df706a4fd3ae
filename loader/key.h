/* SPDX-License-Identifier: GPL-2.0 */
/* The key by which a host knows the labels that it wrote itself. */
#ifndef BULKHEAD_KEY_H
#define BULKHEAD_KEY_H

#include "error.h"

#define BH_KEY_DIR "/var/lib/bulkhead"
#define BH_KEY_PATH BH_KEY_DIR "/label.key"
#define BH_KEY_DIGITS 32

/**
 * bh_key_read() - The host's key; made if there is none. Under the lock.
 * @path:  BH_KEY_PATH; its directory exists or can be made.
 * @key:   Receives the digits and a NUL.
 * @error: Receives why not.
 *
 * Return: 0; -EINVAL the file holds no key; -EPERM others than root can read or write it; the
 *         error of reading or writing it.
 */
int bh_key_read(const char *path, char key[BH_KEY_DIGITS + 1], struct bh_error *error);

#endif /* BULKHEAD_KEY_H */
