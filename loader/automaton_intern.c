// SPDX-License-Identifier: GPL-2.0
/* Arrays of words, each kept once. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "automaton_internal.h"

static size_t find_slot(const struct bh_intern *intern, const uint32_t *words, size_t nr)
{
	uint64_t hash = nr;
	size_t slot;

	for (size_t i = 0; i < nr; i++)
		hash = (hash ^ words[i]) * 0x9e3779b97f4a7c15ULL, hash ^= hash >> 32;
	for (slot = hash & (intern->nr_slots - 1); intern->slot[slot];
	     slot = (slot + 1) & (intern->nr_slots - 1)) {
		const size_t *offset = &intern->offset[intern->slot[slot] - 1];

		if (offset[1] - offset[0] == nr &&
		    (!nr || memcmp(intern->words + offset[0], words, nr * sizeof(*words)) == 0))
			break;
	}
	return slot;
}

/* Twice as many slots as arrays, so that a search ends soon. */
static int grow_arrays(struct bh_intern *intern)
{
	uint32_t max = intern->max ? 2 * intern->max : 256;
	size_t *offset = reallocarray(intern->offset, max + 1, sizeof(*offset));
	uint32_t *slot;

	if (!offset)
		return -ENOMEM;
	intern->offset = offset;
	slot = calloc(2 * (size_t)max, sizeof(*slot));
	if (!slot)
		return -ENOMEM;
	if (!intern->max)
		offset[0] = 0;
	free(intern->slot);
	intern->slot = slot;
	intern->nr_slots = 2 * max;
	intern->max = max;
	for (uint32_t i = 0; i < intern->nr; i++)
		slot[find_slot(intern, intern->words + offset[i], offset[i + 1] - offset[i])] =
			i + 1;
	return 0;
}

static int grow_words(struct bh_intern *intern, size_t nr)
{
	size_t max = 2 * intern->max_words + nr + 1024;
	uint32_t *words = reallocarray(intern->words, max, sizeof(*words));

	if (!words)
		return -ENOMEM;
	intern->words = words;
	intern->max_words = max;
	return 0;
}

int bh_intern_add(struct bh_intern *intern, const uint32_t *words, size_t nr, uint32_t *number)
{
	size_t slot;

	if (intern->nr == intern->max && grow_arrays(intern))
		return -ENOMEM;
	slot = find_slot(intern, words, nr);
	if (!intern->slot[slot]) {
		if (intern->max_words - intern->nr_words < nr && grow_words(intern, nr))
			return -ENOMEM;
		if (nr)
			memcpy(intern->words + intern->nr_words, words, nr * sizeof(*words));
		intern->nr_words += nr;
		intern->offset[++intern->nr] = intern->nr_words;
		intern->slot[slot] = intern->nr;
	}
	*number = intern->slot[slot] - 1;
	return 0;
}

void bh_intern_free(struct bh_intern *intern)
{
	free(intern->words);
	free(intern->offset);
	free(intern->slot);
	memset(intern, 0, sizeof(*intern));
}
