// SPDX-License-Identifier: GPL-2.0
/* The verdict that the loaded programs would give: bpf/avc.bpf.c in C. */
#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>

#include "av_table.h"
#include "cleanup.h"
#include "level.h"
#include "maps.h"
#include "publish.h"

/* user:role:type[:level], or a type alone. */
static int read_context(const struct bh_maps *maps, const char *text, uint32_t policy,
			uint32_t *type, struct bh_catset *set, struct bh_error *error)
{
	BH_FREE char *copy = strdup(text);
	char *name = copy, *level = NULL;
	int ret;

	if (!copy)
		return -ENOMEM;
	memset(set, 0, sizeof(*set));
	if (strchr(copy, ':')) {
		strsep(&name, ":");
		strsep(&name, ":");
		level = name;
		name = strsep(&level, ":");
	}
	if (!name || (level && bh_level_parse(level, set)))
		return bh_fail(error, -EINVAL, "%s: not a context", text);
	ret = bh_type_find(maps, name, policy, type);
	return ret ? bh_fail(error, ret, "type %s: %s", name, strerror(-ret)) : 0;
}

static int find_row(const struct bh_maps *maps, uint32_t policy, const struct bh_av_key *key,
		    struct bh_av_row *row, struct bh_error *error)
{
	BH_CLOSE int map = bh_publish_open(maps, policy, error);
	struct bh_av_table table = { 0 };
	const struct bh_av_row *found;
	int ret = map < 0 ? map : bh_av_table_read(map, &table, error);

	found = ret ? NULL : bh_av_table_get(&table, key);
	*row = found ? *found : (struct bh_av_row){ 0 };
	bh_av_table_free(&table);
	return ret ? bh_fail_prefix(error, ret, "policy %u", policy) : 0;
}

int bh_maps_verdict(const struct bh_maps *maps, uint32_t policy, const char *source,
		    const char *target, uint32_t tclass, uint32_t *allowed, struct bh_error *error)
{
	struct bh_av_key key = { .tclass = tclass };
	struct bh_catset subject, object;
	struct bh_av_row row;
	int ret;

	if (!policy)
		policy = BH_POLICY_BASE;
	ret = read_context(maps, source, policy, &key.source, &subject, error);
	if (!ret)
		ret = read_context(maps, target, policy, &key.target, &object, error);
	if (!ret)
		ret = find_row(maps, policy, &key, &row, error);
	if (ret)
		return ret;
	*allowed = row.allowed_apart;
	if (bh_catset_contains(&subject, &object))
		*allowed |= row.allowed;
	return 0;
}
