/* SPDX-License-Identifier: GPL-2.0 */
/* Digests as text. */
#ifndef BULKHEAD_HEX_H
#define BULKHEAD_HEX_H

#include <stddef.h>
#include <stdint.h>

/**
 * bh_hex_decode() - Read lower-case hexadecimal digits.
 * @text: Exactly 2 * @len digits.
 * @data: Receives @len bytes.
 * @len:  How many.
 *
 * Return: 0; -EINVAL anything else.
 */
int bh_hex_decode(const char *text, uint8_t *data, size_t len);

/**
 * bh_hex_encode() - Write hexadecimal digits.
 * @data: Bytes.
 * @len:  How many.
 * @text: Receives 2 * @len digits and a NUL.
 */
void bh_hex_encode(const uint8_t *data, size_t len, char *text);

#endif /* BULKHEAD_HEX_H */
