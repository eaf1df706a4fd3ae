/* SPDX-License-Identifier: GPL-2.0 */
/* Numbers and texts one after the other in memory: what files of ours are made of. */
#ifndef BULKHEAD_BLOB_H
#define BULKHEAD_BLOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Written, it grows; read, @used runs from 0 to @len. Once it has failed it stays so. */
struct bh_blob {
	char *data; /* of a written one, freed by free() */
	size_t len;
	size_t used;
	bool failed;
};

/**
 * bh_blob_put() - Append bytes.
 * @blob: Begun zeroed.
 * @from: Bytes.
 * @len:  Number of bytes.
 *
 * Without memory the blob has failed.
 */
void bh_blob_put(struct bh_blob *blob, const void *from, size_t len);

/**
 * bh_blob_put_number() - Append a number.
 * @blob:   As bh_blob_put().
 * @number: The number.
 */
void bh_blob_put_number(struct bh_blob *blob, uint32_t number);

/**
 * bh_blob_put_text() - Append a text, its length before it and a NUL behind it.
 * @blob: As bh_blob_put().
 * @text: The text; NULL is told apart from an empty one.
 * @len:  Bytes of @text.
 */
void bh_blob_put_text(struct bh_blob *blob, const char *text, size_t len);

/**
 * bh_blob_get() - Take bytes.
 * @blob: data and len are set, used is 0.
 * @len:  Number of bytes.
 *
 * Return: The bytes, in the blob; NULL when there are fewer, and it has failed.
 */
const void *bh_blob_get(struct bh_blob *blob, size_t len);

/**
 * bh_blob_get_number() - Take a number.
 * @blob: As bh_blob_get().
 *
 * Return: The number; 0 when the blob has failed.
 */
uint32_t bh_blob_get_number(struct bh_blob *blob);

/**
 * bh_blob_get_text() - Take a text.
 * @blob: As bh_blob_get().
 * @len:  Receives its bytes; may be NULL.
 *
 * Return: The text, in the blob, with a NUL behind it; NULL when that was put, or when the
 *         blob has failed.
 */
const char *bh_blob_get_text(struct bh_blob *blob, size_t *len);

#endif /* BULKHEAD_BLOB_H */
