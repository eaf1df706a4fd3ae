// SPDX-License-Identifier: GPL-2.0
/* New rows for all published policies at once. */
#include <bpf/bpf.h>
#include <errno.h>
#include <linux/membarrier.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#include "base.h"
#include "cleanup.h"
#include "inputs.h"
#include "publish.h"
#include "republish.h"

static int compile_base(const struct bh_boolean *booleans, size_t nr, const uint8_t *base_digest,
			struct bh_policy **policy, struct bh_error *error)
{
	struct bh_policy_request request = { .booleans = booleans, .nr_booleans = nr };
	struct bh_base base = { 0 };
	int ret = bh_base_read(NULL, &base, error);

	*policy = NULL;
	request.base = base.source;
	request.nr_base = base.nr_source;
	if (!ret)
		ret = bh_policy_compile(&request, policy, error);
	bh_base_free(&base);
	if (!ret && memcmp((*policy)->base_digest, base_digest, BH_DIGEST_SIZE))
		ret = bh_fail(error, -ESTALE,
			      "BASE has changed since it was loaded: run `bulkhead unload` and "
			      "`bulkhead load`");
	return ret;
}

static int compile_module(uint32_t id, const struct bh_boolean *booleans, size_t nr,
			  const uint8_t *base_digest, struct bh_policy **policy,
			  struct bh_error *error)
{
	struct bh_inputs inputs;
	int ret = bh_inputs_load(id, &inputs, error);

	*policy = NULL;
	if (!ret)
		ret = bh_inputs_set_booleans(&inputs, booleans, nr);
	if (!ret)
		ret = bh_inputs_compile(&inputs, base_digest, policy, error);
	bh_inputs_free(&inputs);
	return ret;
}

/* BASE goes first: others may copy its rows. */
static int prepare_one(const struct bh_maps *maps, uint32_t id, const struct bh_boolean *booleans,
		       size_t nr, struct bh_republish *republish, struct bh_error *error)
{
	struct bh_republish_rows *rows = &republish->policies[republish->nr];
	struct bh_settings settings;
	struct bh_policy *policy = NULL;
	int ret = bh_settings_read(maps, &settings, error);

	if (ret)
		return ret;
	*rows = (struct bh_republish_rows){ id, -1, -1 };
	rows->old = bh_publish_open(maps, id, error);
	if (rows->old < 0)
		return rows->old;
	republish->nr++;
	ret = id == BH_POLICY_BASE ?
		      compile_base(booleans, nr, settings.base_digest, &policy, error) :
		      compile_module(id, booleans, nr, settings.base_digest, &policy, error);
	if (!ret)
		rows->new = bh_publish_rows(maps, policy, id,
					    id == BH_POLICY_BASE ? -1 : republish->policies[0].new,
					    error);
	bh_policy_free(policy);
	if (!ret && rows->new < 0)
		ret = rows->new;
	return ret ? bh_fail_prefix(error, ret, "policy %u", id) : 0;
}

int bh_republish_prepare(const struct bh_maps *maps, const struct bh_boolean *booleans, size_t nr,
			 struct bh_republish *republish, struct bh_error *error)
{
	BH_FREE void *keys = NULL;
	const uint32_t *ids;
	uint32_t map;
	size_t nr_ids;
	int ret;

	*republish = (struct bh_republish){ 0 };
	ret = bh_map_keys(maps->policyinfo, sizeof(*ids), BH_MAX_POLICIES, &keys, &nr_ids);
	if (ret)
		return bh_fail(error, ret, "map bh_policyinfo: %s", strerror(-ret));
	ids = keys;
	republish->policies = calloc(nr_ids + 1, sizeof(*republish->policies));
	if (!republish->policies)
		return bh_fail(error, -ENOMEM, "policies: %s", strerror(ENOMEM));
	ret = prepare_one(maps, BH_POLICY_BASE, booleans, nr, republish, error);
	for (size_t i = 0; i < nr_ids && !ret; i++)
		/* One without rows was cut short, and is the garbage collector's. */
		if (ids[i] != BH_POLICY_BASE && !bpf_map_lookup_elem(maps->policies, &ids[i], &map))
			ret = prepare_one(maps, ids[i], booleans, nr, republish, error);
	return ret;
}

/* What was found when a process entered its domain may not be so any more: see bh_task_kill. */
static int tell_programs(struct bh_error *error)
{
	BH_CLOSE int map = bh_map_open("bh_signals_asked", error);
	uint32_t zero = 0, asked = 1;

	if (map < 0)
		return map;
	if (bpf_map_update_elem(map, &zero, &asked, BPF_ANY))
		return bh_fail(error, -errno, "map bh_signals_asked: %s", strerror(errno));
	return 0;
}

/* htab_map_update_elem() links the new element before it unlinks the old one. */
static int replace(const struct bh_maps *maps, uint32_t id, int rows)
{
	return bpf_map_update_elem(maps->policies, &id, &rows, BPF_EXIST) ? -errno : 0;
}

int bh_republish_commit(const struct bh_maps *maps, const struct bh_republish *republish,
			struct bh_error *error)
{
	size_t done = 0;
	int ret = tell_programs(error), reset;

	if (ret)
		return ret;
	for (; done < republish->nr && !ret; done++)
		ret = replace(maps, republish->policies[done].id, republish->policies[done].new);
	while (ret && done-- > 0)
		replace(maps, republish->policies[done].id, republish->policies[done].old);
	reset = bh_maps_avc_reset(maps, error);
	/*
	 * Kernels before 6.8 do not wait for programs that still read the old rows when the
	 * last descriptor is closed. This does: its implementation is synchronize_rcu().
	 */
	syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);
	return ret ? bh_fail(error, ret, "map bh_policies: %s", strerror(-ret)) : reset;
}

void bh_republish_free(struct bh_republish *republish)
{
	for (size_t i = 0; i < republish->nr; i++) {
		bh_cleanup_fd(&republish->policies[i].old);
		bh_cleanup_fd(&republish->policies[i].new);
	}
	free(republish->policies);
	*republish = (struct bh_republish){ 0 };
}
