// SPDX-License-Identifier: GPL-2.0
/* Base64, as an annotation carries a module. */
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "base64.h"
#include "cleanup.h"

static int decode_digit(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+')
		return 62;
	if (c == '/')
		return 63;
	return -1;
}

/* Four digits, the last @pad of them '=', into 3 - @pad bytes. */
static int decode_group(const char *text, size_t pad, char *out)
{
	uint32_t bits = 0;

	for (size_t i = 0; i < 4; i++) {
		int digit = i < 4 - pad ? decode_digit(text[i]) : 0;

		if (digit < 0)
			return -EINVAL;
		bits = bits << 6 | (uint32_t)digit;
	}
	/* Bits that encode nothing must be zero, or one text has two encodings. */
	if (pad && bits & ((1U << (8 * pad)) - 1))
		return -EINVAL;
	for (size_t i = 0; i < 3 - pad; i++)
		out[i] = (char)(bits >> (16 - 8 * i));
	return 0;
}

int bh_base64_decode(const char *text, size_t max, char **data, size_t *len)
{
	size_t in = strlen(text), pad = 0, out;
	BH_FREE char *buffer = NULL;

	if (in % 4)
		return -EINVAL;
	if (in && text[in - 1] == '=')
		pad = text[in - 2] == '=' ? 2 : 1;
	out = in / 4 * 3 - pad;
	if (out > max)
		return -E2BIG;
	buffer = malloc(out + 1);
	if (!buffer)
		return -ENOMEM;
	for (size_t i = 0; i < in / 4; i++) {
		size_t group_pad = i == in / 4 - 1 ? pad : 0;
		int ret = decode_group(text + 4 * i, group_pad, buffer + 3 * i);

		if (ret)
			return ret;
	}
	buffer[out] = '\0';
	*data = buffer;
	buffer = NULL;
	*len = out;
	return 0;
}

char *bh_base64_encode(const void *data, size_t len)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				     "0123456789+/";
	char *text = malloc((len + 2) / 3 * 4 + 1), *out = text;
	const uint8_t *in = data;

	for (; text && len; in += 3) {
		size_t take = len < 3 ? len : 3;
		uint32_t bits = (uint32_t)in[0] << 16;

		if (take > 1)
			bits |= (uint32_t)in[1] << 8;
		if (take > 2)
			bits |= in[2];
		for (size_t i = 0; i < 4; i++)
			*out++ = i <= take ? digits[bits >> (18 - 6 * i) & 63] : '=';
		len -= take;
	}
	if (text)
		*out = '\0';
	return text;
}
