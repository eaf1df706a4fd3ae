/* SPDX-License-Identifier: GPL-2.0 */
/* The pinned maps of what is loaded, as descriptors. */
#ifndef BULKHEAD_MAPS_H
#define BULKHEAD_MAPS_H

#include <stddef.h>
#include <stdint.h>

#include <bulkhead/abi.h>

#include "error.h"

/* Descriptors, -1 where nothing is open. */
struct bh_maps {
	int settings;
	int inodes;
	int leases;
	int generation;
	int automata;
	int containers;
	int pairs;
	int names;
	int released;
	int policies;
	int filetrans;
	int policyinfo;
	int types;
	int typenames;
	int catsets;
	int counters;
	int events;
};

#define BH_MAPS_CLOSED                                                             \
	{                                                                          \
		-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1 \
	}

/**
 * bh_maps_open() - Open the maps of what is loaded.
 * @maps:  Receives the descriptors; closed by bh_maps_close(), also on error.
 * @error: Receives why not.
 *
 * Return: 0; -ENOENT nothing is loaded; -EPROTO what is loaded has another ABI;
 *         the error of bpf().
 */
int bh_maps_open(struct bh_maps *maps, struct bh_error *error);

/**
 * bh_maps_close() - Close what bh_maps_open() opened.
 * @maps: From bh_maps_open(), or BH_MAPS_CLOSED.
 */
void bh_maps_close(struct bh_maps *maps);

/**
 * bh_map_open() - Open a pinned map that few need.
 * @name:  Its name.
 * @error: Receives why not.
 *
 * Return: a descriptor, or the error of bpf().
 */
int bh_map_open(const char *name, struct bh_error *error);

/**
 * bh_map_keys() - All keys of a hash.
 * @map:  Descriptor.
 * @size: Size of a key in bytes.
 * @max:  Most keys that the map can have.
 * @keys: Receives an array, freed by free(). What the kernel deletes meanwhile may
 *        still be listed, and a key may be listed twice.
 * @nr:   Receives the number of keys.
 *
 * Return: 0; -ENOMEM; the error of bpf().
 */
int bh_map_keys(int map, size_t size, size_t max, void **keys, size_t *nr);

/**
 * bh_map_entries() - All keys of a hash with their values.
 * @map:        Descriptor.
 * @key_size:   Size of a key in bytes.
 * @value_size: Size of a value in bytes.
 * @keys:       Receives an array, freed by free(), also on error.
 * @values:     Receives the values in the same order, likewise.
 * @nr:         Receives their number.
 *
 * A system call reads thousands.
 *
 * Return: 0; -ENOMEM; the error of bpf().
 */
int bh_map_entries(int map, size_t key_size, size_t value_size, void **keys, void **values,
		   size_t *nr);

/**
 * bh_settings_read() - Read the settings.
 * @maps:     Open maps.
 * @settings: Receives them.
 * @error:    Receives why not.
 *
 * Return: 0, or the error of bpf().
 */
int bh_settings_read(const struct bh_maps *maps, struct bh_settings *settings,
		     struct bh_error *error);

/**
 * bh_settings_write() - Write the settings; the caller holds the lock.
 * @maps:     Open maps.
 * @settings: New settings.
 * @error:    Receives why not.
 *
 * Return: 0, or the error of bpf().
 */
int bh_settings_write(const struct bh_maps *maps, const struct bh_settings *settings,
		      struct bh_error *error);

/**
 * bh_places_change() - What the programs keep in directories of their places holds no longer.
 * @maps: Open maps.
 *
 * Called after a mark or a lease on an inode of the host's has changed.
 *
 * Return: 0, or the error of mmap().
 */
int bh_places_change(const struct bh_maps *maps);

/**
 * bh_maps_avc_reset() - End the copies that the programs have of rows.
 * @maps:  Open maps; the caller holds the lock, and has exchanged or removed the rows.
 * @error: Receives why not.
 *
 * Source: avc_ss_reset() in security/selinux/avc.c.
 * Return: 0, or the error of bpf().
 */
int bh_maps_avc_reset(const struct bh_maps *maps, struct bh_error *error);

/**
 * bh_maps_counter() - One counter, over all CPUs.
 * @maps:  Open maps.
 * @which: BH_COUNT_...
 * @value: Receives the sum.
 *
 * Return: 0, or the error of bpf().
 */
int bh_maps_counter(const struct bh_maps *maps, uint32_t which, uint64_t *value);

/**
 * bh_maps_verdict() - The verdict that the loaded programs would give.
 * @maps:    Open maps.
 * @policy:  Policy id of the process; 0: BASE's.
 * @source:  Context or type of the process. A type stands for level s0.
 * @target:  Context or type of the object, likewise.
 * @tclass:  BH_CLASS_...
 * @allowed: Receives the permissions, whatever the mode.
 * @error:   Receives what is unknown.
 *
 * Return: 0; -ENOENT a type or a policy is not loaded; -EINVAL not a context; the
 *         error of bpf().
 */
int bh_maps_verdict(const struct bh_maps *maps, uint32_t policy, const char *source,
		    const char *target, uint32_t tclass, uint32_t *allowed, struct bh_error *error);

#endif /* BULKHEAD_MAPS_H */
