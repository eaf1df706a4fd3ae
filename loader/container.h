/* SPDX-License-Identifier: GPL-2.0 */
/* A container's record: prepared, registered last, removed. */
#ifndef BULKHEAD_CONTAINER_H
#define BULKHEAD_CONTAINER_H

#include <stdint.h>
#include <sys/types.h>

#include "error.h"
#include "inputs.h"
#include "maps.h"
#include "marks.h"
#include "policy.h"

#define BH_CGROUP_NONE 0U /* no cgroup has that id */

/* What a container asks for. Strings are the caller's and may be NULL where it says so. */
struct bh_request {
	const char *id;
	const char *name; /* NULL: not known */
	const struct bh_source *module; /* NULL: BASE alone */
	const char *installed; /* the administrator's name for the module; NULL: an image's */
	const char *type; /* domain to start in; NULL: the module's, or container_t */
	const char *level; /* NULL: a pair of its own */
	uint64_t cgroup;
	uint64_t mntns;
};

/**
 * bh_container_compile() - Compile what a request names; needs no lock.
 * @maps:    Open maps.
 * @request: The request.
 * @inputs:  Receives what was compiled; freed by bh_inputs_free(), also on error.
 * @policy:  Receives the policy; NULL for plain container_t. Freed by
 *           bh_policy_free().
 * @error:   Receives every refusal.
 *
 * Return: As bh_inputs_gather() and bh_inputs_compile().
 */
int bh_container_compile(const struct bh_maps *maps, const struct bh_request *request,
			 struct bh_inputs *inputs, struct bh_policy **policy,
			 struct bh_error *error);

/**
 * bh_container_prepare() - Publish the policy and take the categories; under the lock.
 * @maps:      Open maps.
 * @request:   The request.
 * @inputs:    From bh_container_compile(); gathered and compiled again should a grant or a
 *             boolean have changed since.
 * @policy:    From bh_container_compile(); likewise.
 * @container: Receives the record, which is not in the map yet.
 * @error:     Receives why not.
 *
 * Begins with bh_gc_begin(); bh_container_register() or, if that is not reached, bh_gc()
 * ends it.
 *
 * Return: 0; else nothing is taken that bh_gc() would not free.
 */
int bh_container_prepare(const struct bh_maps *maps, const struct bh_request *request,
			 struct bh_inputs *inputs, struct bh_policy **policy,
			 struct bh_container *container, struct bh_error *error);

/**
 * bh_container_register() - From here on its first execve is labelled.
 * @maps:      Open maps.
 * @cgroup:    The key.
 * @container: The record; gets the leases.
 * @marks:     Its marks.
 * @error:     Receives why not.
 *
 * Return: 0; -EEXIST the cgroup is another container's; the error of bpf().
 */
int bh_container_register(const struct bh_maps *maps, uint64_t cgroup,
			  struct bh_container *container, const struct bh_marks *marks,
			  struct bh_error *error);

/**
 * bh_container_remove() - Delete a record, and free what only it had; under the lock.
 * @maps:   Open maps.
 * @cgroup: The key; the record need not be there, as that of BH_CGROUP_NONE never is.
 */
void bh_container_remove(const struct bh_maps *maps, uint64_t cgroup);

/**
 * bh_container_find() - Find a record by the engine's id.
 * @maps:   Open maps.
 * @id:     The engine's id.
 * @cgroup: Receives the key.
 *
 * Return: 0; -ENOENT there is none; the error of bpf().
 */
int bh_container_find(const struct bh_maps *maps, const char *id, uint64_t *cgroup);

/**
 * bh_container_mntns() - The mount namespace of a process, which must not be the host's.
 * @pid:   The process.
 * @id:    Receives the inode number.
 * @error: Receives why not.
 *
 * Return: 0; -EINVAL it is init's or the caller's; the error of stat().
 */
int bh_container_mntns(pid_t pid, uint64_t *id, struct bh_error *error);

#endif /* BULKHEAD_CONTAINER_H */
