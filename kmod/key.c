// SPDX-License-Identifier: GPL-2.0
/*
 * The host's key, by which the module knows the labels that it wrote itself. No attribute holds it:
 * a tag is what SipHash makes of key and text, and says nothing of another text's.
 */

#include <linux/errno.h>
#if __has_include(<linux/hex.h>)
#include <linux/hex.h>
#endif
#include <linux/kernel.h>
#include <linux/siphash.h>
#include <linux/string.h>

#include "bulkhead.h"

static siphash_key_t key;
static bool there;

int bulkhead_key_set(const char *digits)
{
	siphash_key_t given;

	if (strlen(digits) != 2 * sizeof(given) || hex2bin((u8 *)&given, digits, sizeof(given)))
		return -EINVAL;
	if (bulkhead_seal_count())
		return -EBUSY;
	key = given;
	WRITE_ONCE(there, true);
	return 0;
}

int bulkhead_key_tag(const char *text, size_t len, u64 *tag)
{
	if (!READ_ONCE(there))
		return -ENOKEY;
	*tag = siphash(text, len, &key);
	return 0;
}
