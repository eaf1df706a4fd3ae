// SPDX-License-Identifier: GPL-2.0
/* Labels by path: a policy's automaton in the maps, and its state at a mark. */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "labels.h"
#include "publish.h"

/* The compiler's states are in the rows behind that of the bytes, but for the dead one. */
static uint32_t row_of(uint32_t state)
{
	return state == BH_AUTOMATON_DEAD ? BH_ROW_DEAD : state - BH_AUTOMATON_START + BH_ROW_FIRST;
}

/* BASE's types have their numbers as ids. */
static uint32_t type_id(uint32_t type, const uint32_t *ids, uint32_t nr_ids)
{
	if (type >= nr_ids)
		return BH_TYPE_NONE;
	return ids ? ids[type] : type;
}

static void fill_row(const struct bh_automaton *automaton, uint32_t state, const uint32_t *ids,
		     uint32_t nr_ids, struct bh_automaton_row *row)
{
	const char *base = (const char *)automaton;
	const uint16_t *next = (const void *)(base + automaton->next_offset);
	const uint16_t *accept = (const void *)(base + automaton->accept_offset);
	const uint32_t *labels = (const void *)(base + automaton->rows_offset);

	next += (size_t)state * automaton->nr_classes;
	labels += (size_t)accept[state] * BH_NR_KINDS;
	for (uint32_t i = 0; i < automaton->nr_classes; i++)
		row->next[i] = (uint16_t)row_of(next[i]);
	for (uint32_t i = 0; i < BH_NR_KINDS; i++)
		row->label[i] = type_id(labels[i], ids, nr_ids);
}

static struct bh_automaton_row *make_rows(const struct bh_automaton *automaton, const uint32_t *ids,
					  uint32_t nr_ids)
{
	struct bh_automaton_row *rows = calloc(automaton->nr_states + 1, sizeof(*rows));

	if (!rows)
		return NULL;
	memcpy(rows[BH_ROW_BYTES].next, automaton->classes, sizeof(automaton->classes));
	for (uint32_t i = BH_AUTOMATON_START; i < automaton->nr_states; i++)
		fill_row(automaton, i, ids, nr_ids, &rows[row_of(i)]);
	/* The path of the root directory is "/", and no path is empty. */
	rows[BH_ROW_FIRST].label[BH_KIND_DIR] =
		type_id(bh_automaton_root_label(automaton), ids, nr_ids);
	return rows;
}

static int fail_map(struct bh_error *error)
{
	int code = errno;

	return bh_fail(error, -code, "map of labels by path: %s", strerror(code));
}

int bh_labels_publish(const struct bh_maps *maps, uint32_t policy,
		      const struct bh_automaton *automaton, const uint32_t *ids, uint32_t nr_ids,
		      struct bh_error *error)
{
	LIBBPF_OPTS(bpf_map_create_opts, options, .map_flags = BPF_F_INNER_MAP);
	BH_FREE struct bh_automaton_row *rows = NULL;
	BH_FREE uint32_t *keys = NULL;
	uint32_t nr = automaton->nr_states + 1;
	BH_CLOSE int map = -1;

	if (automaton->nr_classes > BH_AUTOMATON_CLASSES || nr > UINT16_MAX + 1U)
		return bh_fail(error, -E2BIG,
			       "labels by path: %u states and %u classes of bytes; at most %u and "
			       "%u are possible",
			       automaton->nr_states, automaton->nr_classes, UINT16_MAX,
			       BH_AUTOMATON_CLASSES);
	rows = make_rows(automaton, ids, nr_ids);
	keys = calloc(nr, sizeof(*keys));
	if (!rows || !keys)
		return bh_fail(error, -ENOMEM, "labels by path: %s", strerror(ENOMEM));
	for (uint32_t i = 0; i < nr; i++)
		keys[i] = i;
	map = bpf_map_create(BPF_MAP_TYPE_ARRAY, "bh_automaton", sizeof(*keys), sizeof(*rows), nr,
			     &options);
	if (map < 0 || bpf_map_update_batch(map, keys, rows, &nr, NULL) ||
	    bpf_map_update_elem(maps->automata, &policy, &map, BPF_NOEXIST))
		return fail_map(error);
	return 0;
}

/* The state of the root directory is that of the empty path. */
static size_t path_length(const char *path)
{
	size_t len = strlen(path);

	while (len && path[len - 1] == '/')
		len--;
	return len;
}

void bh_labels_of_mark(const struct bh_automaton *automaton, uint32_t policy, const char *path,
		       struct bh_inode *mark)
{
	if (!automaton)
		return;
	mark->automaton = policy;
	mark->state =
		row_of(bh_automaton_step(automaton, BH_AUTOMATON_START, path, path_length(path)));
}

int bh_labels_of_host(const struct bh_maps *maps, const char *path, struct bh_inode *mark,
		      struct bh_error *error)
{
	uint32_t policy = BH_POLICY_BASE, bytes_row = BH_ROW_BYTES, state = BH_ROW_FIRST, id;
	size_t len = path_length(path);
	struct bh_automaton_bytes bytes;
	struct bh_automaton_row row;
	BH_CLOSE int map = -1;

	if (bpf_map_lookup_elem(maps->automata, &policy, &id))
		return errno == ENOENT ? 0 : fail_map(error);
	map = bpf_map_get_fd_by_id(id);
	if (map < 0 || bpf_map_lookup_elem(map, &bytes_row, &bytes))
		return fail_map(error);
	for (size_t i = 0; i < len; i++) {
		if (bpf_map_lookup_elem(map, &state, &row))
			return fail_map(error);
		state = row.next[bytes.class[(uint8_t)path[i]]];
	}
	mark->automaton = policy;
	mark->state = state;
	return 0;
}
