// SPDX-License-Identifier: GPL-2.0
/* Base64: the vectors of RFC 4648, and what a strict decoder refuses. */
#include <stdlib.h>

#include "base64.h"
#include "tap.h"

#define MAX 16

static const struct {
	const char *text;
	const char *data; /* NULL: refused */
} vectors[] = {
	{ "", "" },
	{ "Zg==", "f" },
	{ "Zm8=", "fo" },
	{ "Zm9v", "foo" },
	{ "Zm9vYg==", "foob" },
	{ "Zm9vYmE=", "fooba" },
	{ "Zm9vYmFy", "foobar" },
	{ "+/+/", "\xfb\xff\xbf" },
	{ "Zg", NULL }, /* no padding */
	{ "Zg=", NULL },
	{ "Zh==", NULL }, /* spare bits set */
	{ "Zm9=", NULL },
	{ "====", NULL },
	{ "Z===", NULL },
	{ "Zg==Zg==", NULL },
	{ "Zm9v\n", NULL },
	{ " Zm9", NULL },
	{ "Zm9-", NULL }, /* the URL alphabet */
	{ "Zm\xc3\xa9", NULL },
	{ "%%%=", NULL },
	{ "QUFBQUFBQUFBQUFBQUFBQUE=", NULL }, /* 17 bytes */
};

int main(void)
{
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		const char *want = vectors[i].data;
		char *data = NULL;
		size_t len = 0;
		int ret = bh_base64_decode(vectors[i].text, MAX, &data, &len);

		if (want)
			tap_ok(!ret && len == strlen(want) && !memcmp(data, want, len + 1),
			       "vector %zu decodes", i);
		else
			tap_ok(ret < 0 && !data, "vector %zu is refused", i);
		free(data);
	}
	return tap_done();
}
