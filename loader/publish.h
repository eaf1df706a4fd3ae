/* SPDX-License-Identifier: GPL-2.0 */
/* Compiled policies into maps: whole, or not at all. */
#ifndef BULKHEAD_PUBLISH_H
#define BULKHEAD_PUBLISH_H

#include <stdint.h>

#include "error.h"
#include "maps.h"
#include "policy.h"

struct bh_inputs;

#define BH_POLICY_BASE 1U /* id of the policy that BASE alone makes */

/**
 * bh_publish_base() - Publish BASE; its type numbers become type ids.
 * @maps:  Maps policies, policyinfo and types are open.
 * @base:  BASE alone, compiled.
 * @error: Receives why not.
 *
 * Return: 0; -E2BIG more types than 16 bits hold; the error of bpf().
 */
int bh_publish_base(const struct bh_maps *maps, const struct bh_policy *base,
		    struct bh_error *error);

/**
 * bh_publish() - Publish a module, unless it is; under the lock.
 * @maps:   Open maps.
 * @policy: BASE and the module, compiled.
 * @inputs: What it was compiled from; is kept.
 * @id:     Receives the policy id, an earlier one for the same inputs.
 * @start:  Receives the type id of the first process' domain.
 * @error:  Receives why not.
 *
 * Return: 0; -ESTALE it was compiled with another BASE than is loaded; -ENOSPC ids
 *         have run out; the error of bpf().
 */
int bh_publish(const struct bh_maps *maps, const struct bh_policy *policy,
	       const struct bh_inputs *inputs, uint32_t *id, uint32_t *start,
	       struct bh_error *error);

/**
 * bh_publish_rows() - A map of rows that could take the place of a published policy's.
 * @maps:   Open maps.
 * @policy: The policy, compiled anew of the same texts: its types are published already.
 * @id:     Id of the published policy.
 * @base:   Descriptor of the rows of BASE, copied if the policy needs them.
 * @error:  Receives why not.
 *
 * Return: a descriptor of a map that nobody sees yet; -ESTALE a type is not published;
 *         the error of bpf().
 */
int bh_publish_rows(const struct bh_maps *maps, const struct bh_policy *policy, uint32_t id,
		    int base, struct bh_error *error);

/**
 * bh_publish_open() - The rows of a published policy.
 * @maps:  Open maps.
 * @id:    Id of the policy.
 * @error: Receives why not.
 *
 * Return: a descriptor, or the error of bpf().
 */
int bh_publish_open(const struct bh_maps *maps, uint32_t id, struct bh_error *error);

/**
 * bh_policy_find() - Find a published policy.
 * @maps: Open maps.
 * @key:  Of its inputs, 32 bytes.
 *
 * Return: the policy id, 0 when it is not published.
 */
uint32_t bh_policy_find(const struct bh_maps *maps, const uint8_t *key);

/**
 * bh_unpublish() - Remove a policy and its types; under the lock.
 * @maps: Open maps.
 * @id:   Policy id to which no container refers.
 */
void bh_unpublish(const struct bh_maps *maps, uint32_t id);

/**
 * bh_type_forget() - Take a type out of the maps.
 * @maps: Open maps.
 * @id:   Its id.
 * @type: What it is.
 */
void bh_type_forget(const struct bh_maps *maps, uint32_t id, const struct bh_type *type);

/**
 * bh_type_find() - The id of a published type.
 * @maps:   Open maps.
 * @name:   Name of the type; an alias is not known here.
 * @policy: The policy whose types to search, besides BASE's.
 * @id:     Receives the type id.
 *
 * Return: 0; -ENOENT there is none; the error of bpf().
 */
int bh_type_find(const struct bh_maps *maps, const char *name, uint32_t policy, uint32_t *id);

/**
 * bh_policy_label() - What people call a policy: its module.
 * @info:  The policy.
 * @label: Receives BH_POLICY_LABEL_MAX bytes at most: empty for BASE alone; the beginning of
 *         its digest, which no image can choose; for an installed module its name, too.
 *
 * Return: @label.
 */
const char *bh_policy_label(const struct bh_policyinfo *info, char *label);

#define BH_POLICY_LABEL_MAX (BH_NAME_MAX + 24)

#endif /* BULKHEAD_PUBLISH_H */
