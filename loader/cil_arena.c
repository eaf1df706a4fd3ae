// SPDX-License-Identifier: GPL-2.0
/* Memory that is given back all at once. */
#include <stdlib.h>
#include <string.h>

#include "cil_arena.h"

#define CHUNK_BYTES 65536UL

struct bh_arena_chunk {
	struct bh_arena_chunk *next;
	size_t size;
	max_align_t data[];
};

void *bh_arena_alloc(struct bh_arena *arena, size_t size)
{
	struct bh_arena_chunk *chunk = arena->chunk;
	void *data;

	size = (size + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
	if (!chunk || size > chunk->size - arena->used) {
		size_t bytes = size > CHUNK_BYTES ? size : CHUNK_BYTES;

		chunk = calloc(1, sizeof(*chunk) + bytes);
		if (!chunk)
			return NULL;
		chunk->size = bytes;
		chunk->next = arena->chunk;
		arena->chunk = chunk;
		arena->used = 0;
	}
	data = (char *)chunk->data + arena->used;
	arena->used += size;
	return data;
}

const char *bh_arena_text(struct bh_arena *arena, const char *prefix, const char *text)
{
	size_t first = strlen(prefix);
	size_t second = strlen(text);
	char *copy = bh_arena_alloc(arena, first + second + 1);

	if (!copy)
		return NULL;
	memcpy(copy, prefix, first);
	memcpy(copy + first, text, second + 1);
	return copy;
}

void bh_arena_free(struct bh_arena *arena)
{
	while (arena->chunk) {
		struct bh_arena_chunk *next = arena->chunk->next;

		free(arena->chunk);
		arena->chunk = next;
	}
	arena->used = 0;
}
