/* SPDX-License-Identifier: GPL-2.0 */
/* The programs that read labels from attributes: attached when they are first needed. */
#ifndef BULKHEAD_ATTRIBUTES_H
#define BULKHEAD_ATTRIBUTES_H

#include <stdbool.h>

#include "error.h"
#include "maps.h"

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
 * Until `bulkhead unload`. Hosts without volumes, and without such labels, do not pay for it.
 *
 * Return: 0, also without bulkhead.ko and when they are attached; the error of bpf().
 */
int bh_attributes_attach(const struct bh_maps *maps, struct bh_error *error);

#endif /* BULKHEAD_ATTRIBUTES_H */
