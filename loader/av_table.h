/* SPDX-License-Identifier: GPL-2.0 */
/* Tables of access vectors: filled, made a map, read from one. */
#ifndef BULKHEAD_LOADER_AV_TABLE_H
#define BULKHEAD_LOADER_AV_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include <bulkhead/abi.h>

#include "error.h"

struct bh_av_table {
	struct bh_av_bucket *buckets;
	uint32_t nr; /* buckets */
	uint32_t nr_rows;
};

/**
 * bh_av_table_init() - A table with room.
 * @table:   Receives it; freed by bh_av_table_free(), also on error.
 * @nr_rows: Rows that it will have, about.
 *
 * Return: 0; -ENOMEM.
 */
int bh_av_table_init(struct bh_av_table *table, size_t nr_rows);

/**
 * bh_av_table_make() - A table with so many buckets.
 * @table: Receives it; freed by bh_av_table_free(), also on error.
 * @nr:    Number of buckets.
 *
 * Return: 0; -ENOMEM.
 */
int bh_av_table_make(struct bh_av_table *table, uint32_t nr);

/**
 * bh_av_table_put() - Add a row.
 * @table: The table; grows if it must, so that rows found before lie elsewhere.
 * @key:   Its key, which the table does not have; the source is not 0.
 * @row:   The row.
 *
 * Return: 0; -ENOMEM; -E2BIG too many keys want the same places.
 */
int bh_av_table_put(struct bh_av_table *table, const struct bh_av_key *key,
		    const struct bh_av_row *row);

/**
 * bh_av_table_get() - Look a row up.
 * @table: The table.
 * @key:   Its key.
 *
 * Return: the row, or NULL.
 */
const struct bh_av_row *bh_av_table_get(const struct bh_av_table *table,
					const struct bh_av_key *key);

/**
 * bh_av_table_map() - Make a table a map that bh_policies can hold.
 * @table: The table.
 * @error: Receives why not.
 *
 * Return: a descriptor, or the error of bpf().
 */
int bh_av_table_map(const struct bh_av_table *table, struct bh_error *error);

/**
 * bh_av_table_read() - What such a map has.
 * @map:   Descriptor.
 * @table: Receives it; freed by bh_av_table_free(), also on error.
 * @error: Receives why not.
 *
 * Return: 0; -ENOMEM; the error of bpf().
 */
int bh_av_table_read(int map, struct bh_av_table *table, struct bh_error *error);

/**
 * bh_av_table_free() - Free what a table has.
 * @table: The table; may be all zero.
 */
void bh_av_table_free(struct bh_av_table *table);

#endif /* BULKHEAD_LOADER_AV_TABLE_H */
