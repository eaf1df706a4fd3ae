// SPDX-License-Identifier: GPL-2.0
/* The registered containers by the engine's id, the published policies by their key. */
#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>

#include "digest.h"
#include "hex.h"
#include "names.h"

_Static_assert(2 * BH_DIGEST_SIZE + 2 <= BH_ID_MAX, "a policy's key fits a name");

void bh_name_of_container(const char *id, char *name)
{
	memset(name, 0, BH_ID_MAX);
	memcpy(name, id, strnlen(id, BH_ID_MAX - 1));
}

void bh_name_of_policy(const uint8_t *key, char *name)
{
	memset(name, 0, BH_ID_MAX);
	name[0] = BH_NAME_OF_POLICY;
	bh_hex_encode(key, BH_DIGEST_SIZE, name + 1);
}

int bh_names_put(const struct bh_maps *maps, const char *name, uint64_t value,
		 struct bh_error *error)
{
	if (bpf_map_update_elem(maps->names, name, &value, BPF_ANY))
		return bh_fail(error, -errno, "map bh_names: %s", strerror(errno));
	return 0;
}

uint64_t bh_names_find(const struct bh_maps *maps, const char *name)
{
	uint64_t value;

	return bpf_map_lookup_elem(maps->names, name, &value) ? 0 : value;
}

void bh_names_forget(const struct bh_maps *maps, const char *name, uint64_t value)
{
	if (bh_names_find(maps, name) == value)
		bpf_map_delete_elem(maps->names, name);
}
