/* SPDX-License-Identifier: GPL-2.0 */
/* Base64, as an annotation carries a module. */
#ifndef BULKHEAD_BASE64_H
#define BULKHEAD_BASE64_H

#include <stddef.h>

/**
 * bh_base64_decode() - Decode strictly: padded, no spaces, no spare bits set.
 * @text: Base64 with the standard alphabet, NUL-terminated.
 * @max:  Most bytes that the result may have.
 * @data: Receives the bytes and a NUL behind them; freed by free().
 * @len:  Receives the number of bytes.
 *
 * Source: RFC 4648, sections 3.3, 3.5 and 4.
 * Return: 0; -EINVAL not base64; -E2BIG more than @max bytes; -ENOMEM.
 */
int bh_base64_decode(const char *text, size_t max, char **data, size_t *len);

/**
 * bh_base64_encode() - Encode, padded, on one line.
 * @data: Bytes.
 * @len:  Number of bytes; at most SIZE_MAX / 2.
 *
 * Return: The text, freed by free(); NULL: no memory.
 */
char *bh_base64_encode(const void *data, size_t len);

#endif /* BULKHEAD_BASE64_H */
