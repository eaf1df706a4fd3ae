// SPDX-License-Identifier: GPL-2.0
/* Tables of access vectors as maps. */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "av_table.h"
#include "cleanup.h"

/* One system call for all. */
static int fill_map(int map, const struct bh_av_table *table)
{
	BH_FREE uint32_t *index = calloc(table->nr, sizeof(*index));
	uint32_t nr = table->nr;

	if (!index)
		return -ENOMEM;
	for (uint32_t i = 0; i < nr; i++)
		index[i] = i;
	return bpf_map_update_batch(map, index, table->buckets, &nr, NULL) ? -errno : 0;
}

int bh_av_table_map(const struct bh_av_table *table, struct bh_error *error)
{
	LIBBPF_OPTS(bpf_map_create_opts, options, .map_flags = BPF_F_INNER_MAP);
	int map = bpf_map_create(BPF_MAP_TYPE_ARRAY, "bh_rows", sizeof(uint32_t),
				 sizeof(*table->buckets), table->nr, &options);
	int ret = map < 0 ? -errno : fill_map(map, table);

	if (!ret)
		return map;
	if (map >= 0)
		close(map);
	return bh_fail(error, ret, "map of access vectors: %s", strerror(-ret));
}

static uint32_t count_rows(const struct bh_av_table *table)
{
	uint32_t nr = 0;

	for (uint32_t i = 0; i < table->nr; i++)
		for (int way = 0; way < BH_AV_WAYS; way++)
			nr += !!table->buckets[i].key[way].source;
	return nr;
}

static int read_map(int map, struct bh_av_table *table)
{
	struct bpf_map_info info = { 0 };
	uint32_t size = sizeof(info), token, nr;
	BH_FREE uint32_t *index = NULL;

	if (bpf_obj_get_info_by_fd(map, &info, &size))
		return -errno;
	nr = info.max_entries;
	index = calloc(nr, sizeof(*index));
	if (!index || bh_av_table_make(table, nr))
		return -ENOMEM;
	/* ENOENT: that was all. */
	if (bpf_map_lookup_batch(map, NULL, &token, index, table->buckets, &nr, NULL) &&
	    errno != ENOENT)
		return -errno;
	table->nr_rows = count_rows(table);
	return nr == table->nr ? 0 : -EIO;
}

int bh_av_table_read(int map, struct bh_av_table *table, struct bh_error *error)
{
	int ret;

	*table = (struct bh_av_table){ 0 };
	ret = read_map(map, table);
	return ret ? bh_fail(error, ret, "map of access vectors: %s", strerror(-ret)) : 0;
}
