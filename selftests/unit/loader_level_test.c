// SPDX-License-Identifier: GPL-2.0
/* MCS levels: text to sets and back, packing, and the subset that decides. */
#include <stdlib.h>

#include "level.h"
#include "tap.h"

/* What SELinux accepts, and how it writes it. */
static const struct {
	const char *text;
	const char *canonical; /* NULL: refused */
} levels[] = {
	{ "s0", "s0" },
	{ "s0:c1", "s0:c1" },
	{ "s0:c2,c1", "s0:c1,c2" },
	{ "s0:c1,c2,c3", "s0:c1.c3" },
	{ "s0:c1.c2", "s0:c1,c2" },
	{ "s0:c0.c1023", "s0:c0.c1023" },
	{ "s0:c5,c0.c3,c1023", "s0:c0.c3,c5,c1023" },
	{ "s0:c1,c1", "s0:c1" },
	{ "s0-s0:c1,c2", "s0:c1,c2" },
	{ "s0:c1-s0:c1,c2", "s0:c1,c2" },
	{ "s0-s0", "s0" },
	{ "s0:c3-s0:c1,c2", NULL },
	{ "s0:c1,c2-s0", NULL },
	{ "s0:c1024", NULL },
	{ "s0:c4294967297", NULL },
	{ "s0:c2.c1", NULL },
	{ "s0:", NULL },
	{ "s0:c", NULL },
	{ "s0:c1,", NULL },
	{ "s0:,c1", NULL },
	{ "s0:c1.", NULL },
	{ "s0:c-1", NULL },
	{ "s0:c1 ", NULL },
	{ " s0", NULL },
	{ "s1", NULL },
	{ "s00", NULL },
	{ "", NULL },
	{ "s0-", NULL },
	{ "s0-s0-s0", NULL },
	{ "s0:c1:c2", NULL },
};

static void test_levels(void)
{
	char text[BH_LEVEL_TEXT_MAX];
	struct bh_catset set;

	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
		int ret = bh_level_parse(levels[i].text, &set);

		if (!levels[i].canonical) {
			tap_ok(ret < 0, "refused: '%s'", levels[i].text);
			continue;
		}
		bh_level_format(&set, text, sizeof(text));
		tap_ok(!ret && !strcmp(text, levels[i].canonical), "'%s' is %s", levels[i].text,
		       levels[i].canonical);
	}
}

static void test_longest(void)
{
	char text[BH_LEVEL_TEXT_MAX], small[8];
	struct bh_catset every_second, back;

	for (size_t i = 0; i < BH_NR_CATEGORIES / 64; i++)
		every_second.bits[i] = 0x5555555555555555;
	bh_level_format(&every_second, text, sizeof(text));
	tap_ok(!bh_level_parse(text, &back) && !memcmp(&back, &every_second, sizeof(back)),
	       "the longest level survives");
	bh_level_format(&every_second, small, sizeof(small));
	tap_ok(strlen(small) < sizeof(small), "a small buffer is not overrun");
}

/* Against a naive version, on random small sets. */
static void test_pack(void)
{
	bool same = true, subset = true;

	for (int i = 0; i < 10000; i++) {
		struct bh_catset a = { 0 }, b = { 0 }, back;
		bool contains = true;
		__u32 packed;
		int bits = 0;

		for (int j = random() % 4; j--;)
			a.bits[random() % 2] |= 1ULL << random() % 3;
		for (int j = random() % 3; j--;)
			b.bits[random() % 2] |= 1ULL << random() % 3;
		for (unsigned int c = 0; c < BH_NR_CATEGORIES; c++) {
			bits += a.bits[c / 64] >> (c % 64) & 1;
			contains &= !(b.bits[c / 64] >> (c % 64) & 1) ||
				    a.bits[c / 64] >> (c % 64) & 1;
		}
		subset &= bh_catset_contains(&a, &b) == contains;
		if (bh_catset_pack(&a, &packed) != (bits <= 2))
			same = false;
		else if (bits <= 2)
			same &= bh_catset_unpack(packed, &back) && !memcmp(&a, &back, sizeof(a));
	}
	tap_ok(same, "sets of at most two pack and unpack, others do not");
	tap_ok(subset, "contains agrees with a loop over all categories");
}

int main(void)
{
	test_levels();
	test_longest();
	test_pack();
	return tap_done();
}
