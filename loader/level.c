// SPDX-License-Identifier: GPL-2.0
/* MCS levels as text and as sets of categories. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "level.h"

static bool has_category(const struct bh_catset *set, unsigned int category)
{
	return set->bits[category / 64] >> (category % 64) & 1;
}

static void add_category(struct bh_catset *set, unsigned int category)
{
	set->bits[category / 64] |= 1ULL << (category % 64);
}

/* `cN`: moves @next behind it. */
static int parse_category(const char **next, unsigned int *category)
{
	const char *p = *next;
	unsigned int value = 0;

	if (*p++ != 'c' || !isdigit((unsigned char)*p))
		return -EINVAL;
	for (; isdigit((unsigned char)*p); p++) {
		value = value * 10 + (unsigned int)(*p - '0');
		if (value >= BH_NR_CATEGORIES)
			return -EINVAL;
	}
	*next = p;
	*category = value;
	return 0;
}

/* `cN` or `cN.cM` */
static int parse_item(const char **next, struct bh_catset *set)
{
	unsigned int low, high;

	if (parse_category(next, &low))
		return -EINVAL;
	high = low;
	if (**next == '.') {
		(*next)++;
		if (parse_category(next, &high) || high < low)
			return -EINVAL;
	}
	for (; low <= high; low++)
		add_category(set, low);
	return 0;
}

/* `s0` or `s0:ITEM,...`: moves @next behind it. */
static int parse_one(const char **next, struct bh_catset *set)
{
	memset(set, 0, sizeof(*set));
	if (strncmp(*next, "s0", 2))
		return -EINVAL;
	*next += 2;
	if (**next != ':')
		return 0;
	do {
		(*next)++;
		if (parse_item(next, set))
			return -EINVAL;
	} while (**next == ',');
	return 0;
}

int bh_level_parse(const char *text, struct bh_catset *set)
{
	struct bh_catset low;

	if (parse_one(&text, set))
		return -EINVAL;
	if (*text == '-') {
		low = *set;
		text++;
		if (parse_one(&text, set) || !bh_catset_contains(set, &low))
			return -EINVAL;
	}
	return *text ? -EINVAL : 0;
}

void bh_level_format(const struct bh_catset *set, char *text, size_t size)
{
	size_t used = (size_t)snprintf(text, size, "s0");
	char separator = ':';

	for (unsigned int low = 0; low < BH_NR_CATEGORIES; low++) {
		unsigned int high = low;

		if (!has_category(set, low))
			continue;
		while (high + 1 < BH_NR_CATEGORIES && has_category(set, high + 1))
			high++;
		if (used >= size)
			return;
		used += (size_t)snprintf(text + used, size - used, "%cc%u", separator, low);
		if (high > low && used < size)
			used += (size_t)snprintf(text + used, size - used, "%cc%u",
						 high - low > 1 ? '.' : ',', high);
		separator = ',';
		low = high;
	}
}

bool bh_catset_pack(const struct bh_catset *set, __u32 *packed)
{
	unsigned int found[2] = { 0, 0 }, nr = 0;

	for (unsigned int c = 0; c < BH_NR_CATEGORIES; c++) {
		if (!has_category(set, c))
			continue;
		if (nr == 2)
			return false;
		found[nr++] = c;
	}
	if (!nr)
		*packed = BH_CATSET_EMPTY;
	else
		*packed = BH_CATSET_MAKE(found[0], found[nr - 1]);
	return true;
}

bool bh_catset_unpack(__u32 packed, struct bh_catset *set)
{
	memset(set, 0, sizeof(*set));
	if (packed == BH_CATSET_EMPTY)
		return true;
	if (!(packed & BH_CATSET_PAIR))
		return false;
	add_category(set, BH_CATSET_LOW(packed));
	add_category(set, BH_CATSET_HIGH(packed));
	return true;
}

bool bh_catset_contains(const struct bh_catset *outer, const struct bh_catset *inner)
{
	for (size_t i = 0; i < BH_NR_CATEGORIES / 64; i++)
		if (inner->bits[i] & ~outer->bits[i])
			return false;
	return true;
}
