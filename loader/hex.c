// SPDX-License-Identifier: GPL-2.0
/* Digests as text. */
#include <errno.h>
#include <string.h>

#include "hex.h"

static const char digits[] = "0123456789abcdef";

int bh_hex_decode(const char *text, uint8_t *data, size_t len)
{
	if (strlen(text) != 2 * len || strspn(text, digits) != 2 * len)
		return -EINVAL;
	for (size_t i = 0; i < len; i++)
		data[i] = (uint8_t)((strchr(digits, text[2 * i]) - digits) << 4 |
				    (strchr(digits, text[2 * i + 1]) - digits));
	return 0;
}

void bh_hex_encode(const uint8_t *data, size_t len, char *text)
{
	for (size_t i = 0; i < len; i++) {
		text[2 * i] = digits[data[i] >> 4];
		text[2 * i + 1] = digits[data[i] & 15];
	}
	text[2 * len] = '\0';
}
