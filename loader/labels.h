/* SPDX-License-Identifier: GPL-2.0 */
/* Labels by path: a policy's automaton in the maps, and its state at a mark. */
#ifndef BULKHEAD_LABELS_H
#define BULKHEAD_LABELS_H

#include <stdint.h>

#include <bulkhead/abi.h>

#include "automaton.h"
#include "error.h"
#include "maps.h"

/**
 * bh_labels_publish() - Insert a policy's automaton; under the lock.
 * @maps:      Open maps.
 * @policy:    Key in bh_automata that no program uses yet.
 * @automaton: The automaton.
 * @ids:       Type ids by type number; NULL: they are the numbers.
 * @nr_ids:    Number of @ids.
 * @error:     Receives why not.
 *
 * Return: 0; -E2BIG more states, or more bytes that paths tell apart, than the programs'
 *         table holds; -ENOMEM; the error of bpf().
 */
int bh_labels_publish(const struct bh_maps *maps, uint32_t policy,
		      const struct bh_automaton *automaton, const uint32_t *ids, uint32_t nr_ids,
		      struct bh_error *error);

/**
 * bh_labels_of_mark() - Let an automaton label what is below a mark.
 * @automaton: The automaton; NULL leaves the mark as it is.
 * @policy:    Policy id under which it is published.
 * @path:      Path of the mark as the container sees it, absolute.
 * @mark:      Receives automaton and state.
 */
void bh_labels_of_mark(const struct bh_automaton *automaton, uint32_t policy, const char *path,
		       struct bh_inode *mark);

/**
 * bh_labels_of_host() - Let BASE's automaton label what is below a mark on the host.
 * @maps:  Open maps: the automaton is read from there.
 * @path:  Path of the mark on the host, absolute.
 * @mark:  Receives automaton and state, nothing if BASE has no filecon rules.
 * @error: Receives why not.
 *
 * Return: 0, or the error of bpf().
 */
int bh_labels_of_host(const struct bh_maps *maps, const char *path, struct bh_inode *mark,
		      struct bh_error *error);

#endif /* BULKHEAD_LABELS_H */
