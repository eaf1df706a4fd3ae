/* SPDX-License-Identifier: GPL-2.0 */
/* New rows for all published policies at once: what a boolean's new value makes of them. */
#ifndef BULKHEAD_REPUBLISH_H
#define BULKHEAD_REPUBLISH_H

#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "maps.h"
#include "policy.h"

struct bh_republish_rows {
	uint32_t id; /* of the policy */
	int old; /* descriptors of the maps of rows */
	int new;
};

struct bh_republish {
	struct bh_republish_rows *policies;
	size_t nr;
};

/**
 * bh_republish_prepare() - Compile all published policies anew; under the lock.
 * @maps:      Open maps.
 * @booleans:  The new values.
 * @nr:        Their number.
 * @republish: Receives the new rows, which nobody sees yet; freed by bh_republish_free(),
 *             also on error.
 * @error:     Receives which policy cannot be compiled, and why.
 *
 * Return: 0; -ESTALE BASE is another than was loaded; as bh_policy_compile(); the error of
 *         bpf().
 */
int bh_republish_prepare(const struct bh_maps *maps, const struct bh_boolean *booleans, size_t nr,
			 struct bh_republish *republish, struct bh_error *error);

/**
 * bh_republish_commit() - Let the new rows take the place of the old ones.
 * @maps:      Open maps.
 * @republish: From bh_republish_prepare().
 * @error:     Receives why not.
 *
 * A program that looks up a policy meanwhile finds its old rows or its new ones, whole.
 *
 * Return: 0; else the error of bpf(), and all policies have their old rows.
 */
int bh_republish_commit(const struct bh_maps *maps, const struct bh_republish *republish,
			struct bh_error *error);

/**
 * bh_republish_free() - Close what was prepared.
 * @republish: From bh_republish_prepare(); may be zeroed.
 */
void bh_republish_free(struct bh_republish *republish);

#endif /* BULKHEAD_REPUBLISH_H */
