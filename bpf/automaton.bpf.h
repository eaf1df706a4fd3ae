/* SPDX-License-Identifier: GPL-2.0 */
/* Labels by path: what stands above an object, and what its path says. */
#ifndef BULKHEAD_AUTOMATON_BPF_H
#define BULKHEAD_AUTOMATON_BPF_H

#include "bulkhead.bpf.h"

/* Deepest directory below what has a state; what is deeper is unlabeled_t. */
#define BH_MAX_DEPTH 128

/* An object, and what is above it whose state is known. */
struct bh_above {
	__u64 inode; /* address of the inode that has the state */
	__u64 dentry; /* address of the object's dentry, which may be negative */
	__u32 depth; /* of the object below it */
	__u32 automaton; /* key in bh_automata, not 0 */
	__u32 start; /* the state */
	__u32 state; /* that the object's path leads to */
	__u32 type; /* that it gives; BH_TYPE_NONE: none */
};

/**
 * bh_automaton_run() - What an object's path says.
 * @above:  All but state and type are set; receives these.
 * @tclass: Class of the object.
 *
 * Return: 0; -1 the path cannot be told: the policy is gone, a name cannot be read, or it
 * is renamed again and again.
 */
int bh_automaton_run(struct bh_above *above, __u32 tclass);

/**
 * bh_automaton_type() - The type that a state gives.
 * @policy: Key in bh_automata.
 * @state:  The state.
 * @tclass: Class of the object.
 *
 * Return: the type id; BH_TYPE_NONE the state gives none; -1 the policy is gone.
 */
__s64 bh_automaton_type(__u32 policy, __u32 state, __u32 tclass);

#endif /* BULKHEAD_AUTOMATON_BPF_H */
