// SPDX-License-Identifier: GPL-2.0
/* Tables of access vectors: each row that was put in is found, no other, in little room. */
#include <errno.h>
#include <stdlib.h>

#include "av_table.h"
#include "tap.h"

#define MAX_ROWS 65536U

/* Types of domains and objects as publishing numbers them, one after the other. */
static struct bh_av_key key_of(uint32_t i)
{
	return (struct bh_av_key){ 1 + i / 1000, 700 + i % 1000 / 5, 1 + i % 5 };
}

static struct bh_av_row row_of(uint32_t i)
{
	return (struct bh_av_row){ .allowed = i, .transition = ~i };
}

static bool has(const struct bh_av_table *table, uint32_t i)
{
	struct bh_av_key key = key_of(i);
	struct bh_av_row wanted = row_of(i);
	const struct bh_av_row *row = bh_av_table_get(table, &key);

	return row && !memcmp(row, &wanted, sizeof(wanted));
}

static bool fill(struct bh_av_table *table, uint32_t nr)
{
	for (uint32_t i = 0; i < nr; i++) {
		struct bh_av_key key = key_of(i);
		struct bh_av_row row = row_of(i);

		if (bh_av_table_put(table, &key, &row))
			return false;
	}
	return table->nr_rows == nr;
}

static void check(const struct bh_av_table *table, uint32_t nr)
{
	uint32_t found = 0, strange = 0;

	for (uint32_t i = 0; i < nr; i++)
		found += has(table, i);
	for (uint32_t i = nr; i < nr + 1000; i++) {
		struct bh_av_key key = key_of(i);

		strange += !!bh_av_table_get(table, &key);
	}
	tap_is_int(found, nr, "all are found");
	tap_is_int(strange, 0, "and no others");
}

static void test_size(uint32_t nr)
{
	struct bh_av_table table;

	tap_is_int(bh_av_table_init(&table, nr), 0, "a table");
	tap_ok(fill(&table, nr), "%u rows", nr);
	check(&table, nr);
	tap_ok(table.nr * sizeof(*table.buckets) <= nr * 34 + 2 * sizeof(*table.buckets),
	       "at most 34 bytes each: %u buckets", table.nr);
	bh_av_table_free(&table);
}

/* As if the estimate had been too low. */
static void test_growth(void)
{
	struct bh_av_table table;

	bh_av_table_make(&table, 1);
	tap_ok(fill(&table, 3000), "3000 rows, where four have room");
	check(&table, 3000);
	bh_av_table_free(&table);
}

/* One key again and again finds room eight times, whatever the size. */
static void test_same(void)
{
	struct bh_av_key key = key_of(1);
	struct bh_av_row row = row_of(1);
	struct bh_av_table table;
	int ret = 0, nr = 0;

	bh_av_table_make(&table, 64);
	while (!ret && nr < 100) {
		ret = bh_av_table_put(&table, &key, &row);
		nr += !ret;
	}
	tap_is_int(nr, 2 * BH_AV_WAYS, "two buckets of equal keys");
	tap_is_int(ret, -E2BIG, "no more");
	bh_av_table_free(&table);
}

int main(void)
{
	static const uint32_t sizes[] = { 0, 1, 2, 3, 4, 7, 10, 100, 1300, 10000, MAX_ROWS };

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		test_size(sizes[i]);
	test_growth();
	test_same();
	return tap_done();
}
