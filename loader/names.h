/* SPDX-License-Identifier: GPL-2.0 */
/* The registered containers by the engine's id, the published policies by their key. */
#ifndef BULKHEAD_NAMES_H
#define BULKHEAD_NAMES_H

#include "maps.h"

/**
 * bh_name_of_container() - A container's name in bh_names.
 * @id:   The engine's id, cut if it is longer than a name.
 * @name: Receives BH_ID_MAX bytes.
 */
void bh_name_of_container(const char *id, char *name);

/**
 * bh_name_of_policy() - A policy's name in bh_names.
 * @key:  Of its inputs, 32 bytes.
 * @name: Receives BH_ID_MAX bytes, which no container's are.
 */
void bh_name_of_policy(const uint8_t *key, char *name);

/**
 * bh_names_put() - Say what a name stands for, whatever it stood for; under the lock.
 * @maps:  Open maps.
 * @name:  BH_ID_MAX bytes.
 * @value: What it stands for; not 0.
 * @error: Receives why not.
 *
 * Return: 0, or the error of bpf().
 */
int bh_names_put(const struct bh_maps *maps, const char *name, uint64_t value,
		 struct bh_error *error);

/**
 * bh_names_find() - What a name stands for.
 * @maps: Open maps.
 * @name: BH_ID_MAX bytes.
 *
 * Return: that; 0 when it stands for nothing.
 */
uint64_t bh_names_find(const struct bh_maps *maps, const char *name);

/**
 * bh_names_forget() - Remove a name, unless it is another's by now; under the lock.
 * @maps:  Open maps.
 * @name:  BH_ID_MAX bytes.
 * @value: What it stands for.
 */
void bh_names_forget(const struct bh_maps *maps, const char *name, uint64_t value);

#endif /* BULKHEAD_NAMES_H */
