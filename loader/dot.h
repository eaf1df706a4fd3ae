/* SPDX-License-Identifier: GPL-2.0 */
/* A module as a picture. */
#ifndef BULKHEAD_DOT_H
#define BULKHEAD_DOT_H

#include <stdio.h>

#include "error.h"
#include "policy.h"

/**
 * bh_dot_write() - Write a module as a directed graph in Graphviz' language.
 * @base:    Texts of BASE.
 * @nr_base: Number of @base.
 * @source:  The module. Refused unless it says only what a module may; it may exceed its
 *           bounds.
 * @out:     Receives the graph: domains as ellipses, other types as boxes, BASE's apart;
 *           rules as edges labelled with classes and permissions, what exceeds the bounds
 *           in red, transitions dashed, bounds dotted.
 * @error:   Receives every refusal.
 *
 * Context: As bh_policy_compile().
 * Return: As bh_policy_check(); 0 also when bounds are exceeded.
 */
int bh_dot_write(const struct bh_source *base, size_t nr_base, const struct bh_source *source,
		 FILE *out, struct bh_error *error);

#endif /* BULKHEAD_DOT_H */
