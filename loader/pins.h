/* SPDX-License-Identifier: GPL-2.0 */
/* The directories of pins on bpffs: made aside, renamed when whole, removed. */
#ifndef BULKHEAD_PINS_H
#define BULKHEAD_PINS_H

#include <stddef.h>

#include "error.h"

/* bpffs refuses dots in names. A load that is under way pins here, behind its pid. */
#define BH_PIN_NEW "/sys/fs/bpf/bulkhead_new_"

/**
 * bh_pins_make() - Make a directory of pins with its folders maps, links, progs.
 * @dir:   Path.
 * @error: Receives why not.
 *
 * Return: 0, or the error of mkdir().
 */
int bh_pins_make(const char *dir, struct bh_error *error);

/**
 * bh_pins_remove() - Remove a directory of pins, links first.
 * @dir:   Path.
 * @error: Receives why not.
 *
 * Return: 0; -ENOENT there is none; the error of unlink() or rmdir().
 */
int bh_pins_remove(const char *dir, struct bh_error *error);

/**
 * bh_pins_remove_stale() - Remove the directories that killed loads have left.
 */
void bh_pins_remove_stale(void);

#endif /* BULKHEAD_PINS_H */
