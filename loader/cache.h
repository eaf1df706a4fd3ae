/* SPDX-License-Identifier: GPL-2.0 */
/* Compiled policies on disk, by the digest of all that they were made of. */
#ifndef BULKHEAD_CACHE_H
#define BULKHEAD_CACHE_H

#include <stdint.h>

#include "policy.h"

#define BH_CACHE_DIR "/var/cache/bulkhead"

/**
 * bh_cache_load() - Take a compiled policy from the cache.
 * @dir:    Directory of the cache.
 * @key:    32 bytes: the digest of all inputs.
 * @policy: Receives the policy, freed by bh_policy_free(); NULL on error.
 *
 * A file is believed if it, and its directory, are root's and nobody else can write them,
 * and if it is whole, of this program's format and made for this key. Anything else is as
 * if it were not there: the caller compiles.
 *
 * Return: 0; -ENOENT there is none that can be used; -ENOMEM.
 */
int bh_cache_load(const char *dir, const uint8_t *key, struct bh_policy **policy);

/**
 * bh_cache_store() - Put a compiled policy into the cache.
 * @dir:    Directory of the cache.
 * @key:    As bh_cache_load().
 * @policy: The policy: not BASE alone, whose ports are not kept.
 *
 * Written aside and renamed. The files that were used least recently give way when there
 * are more than BH_CACHE_FILES.
 *
 * Return: 0; -EPERM the directory is not root's alone; the error of writing. Nobody needs
 *         the cache.
 */
int bh_cache_store(const char *dir, const uint8_t *key, const struct bh_policy *policy);

#define BH_CACHE_FILES 512

#endif /* BULKHEAD_CACHE_H */
