// SPDX-License-Identifier: GPL-2.0
/* Numbers and texts one after the other in memory. */
#include <stdlib.h>
#include <string.h>

#include "blob.h"

#define NO_TEXT UINT32_MAX

static bool make_room(struct bh_blob *blob, size_t len)
{
	size_t room = blob->len ? blob->len : 4096;
	char *larger;

	if (len > SIZE_MAX / 4 - blob->used)
		return false;
	while (room < blob->used + len)
		room *= 2;
	if (room == blob->len)
		return true;
	larger = realloc(blob->data, room);
	if (!larger)
		return false;
	blob->data = larger;
	blob->len = room;
	return true;
}

void bh_blob_put(struct bh_blob *blob, const void *from, size_t len)
{
	if (blob->failed || !len)
		return;
	if (!make_room(blob, len)) {
		blob->failed = true;
		return;
	}
	memcpy(blob->data + blob->used, from, len);
	blob->used += len;
}

void bh_blob_put_number(struct bh_blob *blob, uint32_t number)
{
	bh_blob_put(blob, &number, sizeof(number));
}

void bh_blob_put_text(struct bh_blob *blob, const char *text, size_t len)
{
	if (!text) {
		bh_blob_put_number(blob, NO_TEXT);
		return;
	}
	if (len >= NO_TEXT)
		blob->failed = true;
	bh_blob_put_number(blob, (uint32_t)len);
	bh_blob_put(blob, text, len);
	bh_blob_put(blob, "", 1);
}

const void *bh_blob_get(struct bh_blob *blob, size_t len)
{
	const char *at = blob->data + blob->used;

	if (blob->failed || len > blob->len - blob->used) {
		blob->failed = true;
		return NULL;
	}
	blob->used += len;
	return at;
}

uint32_t bh_blob_get_number(struct bh_blob *blob)
{
	const void *at = bh_blob_get(blob, sizeof(uint32_t));
	uint32_t number = 0;

	if (at)
		memcpy(&number, at, sizeof(number));
	return number;
}

const char *bh_blob_get_text(struct bh_blob *blob, size_t *len)
{
	uint32_t size = bh_blob_get_number(blob);
	const char *text;

	if (blob->failed || size == NO_TEXT)
		return NULL;
	text = bh_blob_get(blob, (size_t)size + 1);
	if (!text || text[size]) {
		blob->failed = true;
		return NULL;
	}
	if (len)
		*len = size;
	return text;
}
