/* SPDX-License-Identifier: GPL-2.0 */
/* All that a container's policy is made of, and the policy that is made of it. */
#ifndef BULKHEAD_INPUTS_H
#define BULKHEAD_INPUTS_H

#include <stdbool.h>
#include <stdint.h>

#include <bulkhead/abi.h>

#include "digest.h"
#include "error.h"
#include "modules.h"
#include "policy.h"

struct bh_inputs {
	struct bh_policy_request request; /* all but BASE; points into what follows */
	struct bh_source module;
	char installed[BH_INSTALLED_NAME_MAX]; /* the module's name; empty: an image's */
	char start[BH_NAME_MAX];
	struct bh_modules modules; /* of which some are grants for this module */
	struct bh_source *grants;
	struct bh_boolean *booleans;
	char grant_names[BH_GRANTS_MAX]; /* a blank between them */
	char *saved; /* the file that it was read from */
	uint8_t digest[BH_DIGEST_SIZE]; /* of the module's text */
	/* Of module, grants and program: containers that have the same share a policy. */
	uint8_t key[BH_DIGEST_SIZE];
};

/**
 * bh_inputs_gather() - Find the grants and the booleans that go with a module.
 * @module:    The module, or NULL; its text must outlive @inputs.
 * @installed: The name by which the administrator installed it; NULL: an image's.
 * @start:     Domain to start in, or NULL.
 * @inputs:    Receives all; freed by bh_inputs_free(), also on error.
 * @error:     Receives what cannot be read.
 *
 * Return: 0; -E2BIG too many grants; as bh_modules_read() and bh_booleans_read().
 */
int bh_inputs_gather(const struct bh_source *module, const char *installed, const char *start,
		     struct bh_inputs *inputs, struct bh_error *error);

/**
 * bh_inputs_again() - Gather once more, of the same module: has anything changed?
 * @before: From bh_inputs_gather(); its module's text must outlive @inputs, too.
 * @inputs: Receives all; freed by bh_inputs_free(), also on error.
 * @error:  Receives what cannot be read.
 *
 * The module is not read again.
 *
 * Return: As bh_inputs_gather().
 */
int bh_inputs_again(const struct bh_inputs *before, struct bh_inputs *inputs,
		    struct bh_error *error);

/**
 * bh_inputs_free() - Free what was gathered.
 * @inputs: From bh_inputs_gather() or bh_inputs_load(); may be zeroed.
 */
void bh_inputs_free(struct bh_inputs *inputs);

/**
 * bh_inputs_same() - Would the same policy be made of both?
 * @one:   Inputs.
 * @other: Inputs.
 *
 * Return: true or false.
 */
bool bh_inputs_same(const struct bh_inputs *one, const struct bh_inputs *other);

/**
 * bh_inputs_set_booleans() - Other values than those that were read.
 * @inputs:   From bh_inputs_gather() or bh_inputs_load().
 * @booleans: The values; copied.
 * @nr:       Their number.
 *
 * Return: 0 or -ENOMEM.
 */
int bh_inputs_set_booleans(struct bh_inputs *inputs, const struct bh_boolean *booleans, size_t nr);

/**
 * bh_inputs_compile() - The policy, from the cache or compiled into it.
 * @inputs:      From bh_inputs_gather().
 * @base_digest: SHA-256 of BASE as it is loaded: what is in the cache is looked up without
 *               reading BASE's texts.
 * @policy:      Receives the policy, freed by bh_policy_free(); NULL on error.
 * @error:       Receives every refusal.
 *
 * Of several who want the same one compiles, and the others wait for it.
 *
 * Return: 0; -ESTALE BASE is another than was loaded; as bh_policy_compile().
 */
int bh_inputs_compile(const struct bh_inputs *inputs, const uint8_t *base_digest,
		      struct bh_policy **policy, struct bh_error *error);

/**
 * bh_inputs_save() - Keep the inputs of a published policy.
 * @inputs: From bh_inputs_gather().
 * @id:     Id of the policy.
 * @error:  Receives why not.
 *
 * Return: 0, or the error of writing.
 */
int bh_inputs_save(const struct bh_inputs *inputs, uint32_t id, struct bh_error *error);

/**
 * bh_inputs_load() - The inputs of a published policy, with the booleans' present values.
 * @id:     Id of the policy.
 * @inputs: Receives them; freed by bh_inputs_free(), also on error.
 * @error:  Receives why not.
 *
 * Return: 0; -ENOENT none were kept; -EIO what was kept is damaged; the error of reading.
 */
int bh_inputs_load(uint32_t id, struct bh_inputs *inputs, struct bh_error *error);

/**
 * bh_inputs_forget() - Remove the inputs of a policy that is gone.
 * @id: Id of the policy.
 */
void bh_inputs_forget(uint32_t id);

#endif /* BULKHEAD_INPUTS_H */
