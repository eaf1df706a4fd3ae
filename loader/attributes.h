/* SPDX-License-Identifier: GPL-2.0 */
/* The programs that read labels from attributes: attached when they are first needed. */
#ifndef BULKHEAD_ATTRIBUTES_H
#define BULKHEAD_ATTRIBUTES_H

#include <stdbool.h>

#include "error.h"
#include "maps.h"
#include "policy.h"

/**
 * bh_is_reader() - Is it one of the programs of bpf/attribute.bpf.c?
 * @name: Name of a program.
 *
 * Return: true if it is.
 */
bool bh_is_reader(const char *name);

/**
 * bh_attributes_attach() - From here on labels that are attributes are read, and made.
 * @maps:  Open maps; the caller holds the lock.
 * @error: Receives why not.
 *
 * Until `bulkhead unload`. Hosts without volumes, such labels and policies do not pay for it.
 *
 * Return: 0, also without bulkhead.ko and when they are attached; the error of bpf().
 */
int bh_attributes_attach(const struct bh_maps *maps, struct bh_error *error);

/**
 * bh_attributes_need() - bh_attributes_attach(), should a container's own files have labels.
 * @maps:      Open maps; the caller holds the lock.
 * @container: Its record, which is not in the map yet.
 * @error:     Receives why not.
 *
 * Return: as there.
 */
int bh_attributes_need(const struct bh_maps *maps, const struct bh_container *container,
		       struct bh_error *error);

/**
 * bh_attributes_settle() - Before a container starts whose own files have labels: all are there.
 * @policy: Its policy; NULL: BASE alone.
 * @error:  Receives why not.
 *
 * Return: as bh_kmod_settle().
 */
int bh_attributes_settle(const struct bh_policy *policy, struct bh_error *error);

#endif /* BULKHEAD_ATTRIBUTES_H */
