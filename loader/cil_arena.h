/* SPDX-License-Identifier: GPL-2.0 */
/* Memory that is given back all at once. */
#ifndef BULKHEAD_CIL_ARENA_H
#define BULKHEAD_CIL_ARENA_H

#include <stddef.h>

struct bh_arena_chunk;

struct bh_arena {
	struct bh_arena_chunk *chunk; /* the newest first */
	size_t used; /* bytes of it */
};

/**
 * bh_arena_alloc() - Take zeroed memory.
 * @arena: Zeroed, or used before.
 * @size:  Bytes.
 *
 * Return: The memory, valid until bh_arena_free(); NULL when there is none.
 */
void *bh_arena_alloc(struct bh_arena *arena, size_t size);

/**
 * bh_arena_text() - Copy a string.
 * @arena:  As above.
 * @prefix: Put in front of it.
 * @text:   The string.
 *
 * Return: The copy, NULL when there is no memory.
 */
const char *bh_arena_text(struct bh_arena *arena, const char *prefix, const char *text);

/**
 * bh_arena_free() - Give everything back.
 * @arena: As above; zeroed afterwards.
 */
void bh_arena_free(struct bh_arena *arena);

#endif /* BULKHEAD_CIL_ARENA_H */
