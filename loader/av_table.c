// SPDX-License-Identifier: GPL-2.0
/* Access vectors in buckets: two for each key, in one of which it is. */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include <bulkhead/av_table.h>

#include "av_table.h"

#define MAX_MOVES 500 /* until a table counts as full */
#define MAX_GROWTH 8 /* times a quarter more than was asked for; it never took one */

/* 17 rows for 20 places: up to 0.97 it would be found, with many moves. */
static uint32_t buckets_for(size_t nr_rows)
{
	return (uint32_t)(nr_rows * 20 / 17 / BH_AV_WAYS) + 1;
}

int bh_av_table_make(struct bh_av_table *table, uint32_t nr)
{
	table->buckets = calloc(nr, sizeof(*table->buckets));
	table->nr = table->buckets ? nr : 0;
	table->nr_rows = 0;
	return table->buckets ? 0 : -ENOMEM;
}

int bh_av_table_init(struct bh_av_table *table, size_t nr_rows)
{
	return bh_av_table_make(table, buckets_for(nr_rows));
}

void bh_av_table_free(struct bh_av_table *table)
{
	free(table->buckets);
	*table = (struct bh_av_table){ 0 };
}

/* A free place, or -1. */
static int find_room(const struct bh_av_bucket *bucket)
{
	for (int i = 0; i < BH_AV_WAYS; i++)
		if (!bucket->key[i].source)
			return i;
	return -1;
}

static bool put_into(struct bh_av_bucket *bucket, const struct bh_av_key *key,
		     const struct bh_av_row *row)
{
	int i = find_room(bucket);

	if (i < 0)
		return false;
	bucket->key[i] = *key;
	bucket->row[i] = *row;
	return true;
}

/* The bucket of two in which @key is not. */
static uint32_t other_bucket(const struct bh_av_table *table, const struct bh_av_key *key,
			     uint32_t bucket)
{
	struct bh_av_place place = bh_av_place(key, table->nr);

	return place.bucket[place.bucket[0] == bucket];
}

/* Take the place of another, which then has to go. Returns false with what has none. */
static bool move_others(struct bh_av_table *table, uint32_t at, struct bh_av_key *key,
			struct bh_av_row *row)
{
	for (unsigned int move = 0; move < MAX_MOVES; move++) {
		struct bh_av_bucket *bucket = &table->buckets[at];
		unsigned int way = move % BH_AV_WAYS;
		struct bh_av_key old_key = bucket->key[way];
		struct bh_av_row old_row = bucket->row[way];

		bucket->key[way] = *key;
		bucket->row[way] = *row;
		*key = old_key;
		*row = old_row;
		at = other_bucket(table, key, at);
		if (put_into(&table->buckets[at], key, row))
			return true;
	}
	return false;
}

/* Returns false with what has no place, which may be another row. */
static bool put(struct bh_av_table *table, struct bh_av_key *key, struct bh_av_row *row)
{
	struct bh_av_place place = bh_av_place(key, table->nr);

	return put_into(&table->buckets[place.bucket[0]], key, row) ||
	       put_into(&table->buckets[place.bucket[1]], key, row) ||
	       move_others(table, place.bucket[1], key, row);
}

static bool put_all(struct bh_av_table *table, const struct bh_av_table *old)
{
	for (uint32_t i = 0; i < old->nr; i++)
		for (int way = 0; way < BH_AV_WAYS; way++) {
			struct bh_av_key key = old->buckets[i].key[way];
			struct bh_av_row row = old->buckets[i].row[way];

			if (key.source && !put(table, &key, &row))
				return false;
		}
	return true;
}

/* All rows of @table, and one that has no place in it, into a larger one. */
static int grow(struct bh_av_table *table, const struct bh_av_key *key, const struct bh_av_row *row)
{
	uint32_t nr = table->nr;

	for (int i = 0; i < MAX_GROWTH; i++) {
		struct bh_av_table larger;
		struct bh_av_key last_key = *key;
		struct bh_av_row last_row = *row;

		nr += nr / 4 + 1;
		if (bh_av_table_make(&larger, nr))
			return -ENOMEM;
		if (put_all(&larger, table) && put(&larger, &last_key, &last_row)) {
			larger.nr_rows = table->nr_rows;
			bh_av_table_free(table);
			*table = larger;
			return 0;
		}
		bh_av_table_free(&larger);
	}
	return -E2BIG;
}

int bh_av_table_put(struct bh_av_table *table, const struct bh_av_key *key,
		    const struct bh_av_row *row)
{
	struct bh_av_key last_key = *key;
	struct bh_av_row last_row = *row;
	int ret = put(table, &last_key, &last_row) ? 0 : grow(table, &last_key, &last_row);

	table->nr_rows += !ret;
	return ret;
}

const struct bh_av_row *bh_av_table_get(const struct bh_av_table *table,
					const struct bh_av_key *key)
{
	struct bh_av_place place = bh_av_place(key, table->nr);
	const struct bh_av_row *row = bh_av_find(&table->buckets[place.bucket[0]], key);

	return row ? row : bh_av_find(&table->buckets[place.bucket[1]], key);
}
