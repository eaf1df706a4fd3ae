// SPDX-License-Identifier: GPL-2.0
/* Transitions by file name into maps. */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "filetrans.h"

int bh_filetrans_make(const struct bh_policy *policy, const uint32_t *ids, struct bh_error *error)
{
	LIBBPF_OPTS(bpf_map_create_opts, options, .map_flags = BPF_F_NO_PREALLOC);
	uint32_t nr = (uint32_t)policy->nr_filetrans;
	BH_FREE struct bh_filetrans *keys = calloc(nr, sizeof(*keys));
	BH_FREE uint32_t *types = calloc(nr, sizeof(*types));
	int map, ret;

	if (!keys || !types)
		return bh_fail(error, -ENOMEM, "transitions by file name: %s", strerror(ENOMEM));
	for (uint32_t i = 0; i < nr; i++) {
		const struct bh_policy_filetrans *filetrans = &policy->filetrans[i];

		keys[i] = (struct bh_filetrans){ .source = ids[filetrans->source],
						 .target = ids[filetrans->target],
						 .tclass = filetrans->tclass };
		memcpy(keys[i].name, filetrans->name, strlen(filetrans->name));
		types[i] = ids[filetrans->type];
	}
	map = bpf_map_create(BPF_MAP_TYPE_HASH, "bh_filetrans", sizeof(*keys), sizeof(*types), nr,
			     &options);
	if (map >= 0 && !bpf_map_update_batch(map, keys, types, &nr, NULL) &&
	    nr == policy->nr_filetrans)
		return map;
	ret = bh_fail(error, errno ? -errno : -EIO, "map of transitions by file name: %s",
		      strerror(errno));
	if (map >= 0)
		close(map);
	return ret;
}
