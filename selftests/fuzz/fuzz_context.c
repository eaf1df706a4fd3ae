// SPDX-License-Identifier: GPL-2.0
/* The text of an attribute with a label: what is read, written and read again is the same. */
#include <errno.h>

#include <bulkhead/context_text.h>

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[BH_CONTEXT_TEXT_MAX];
	struct bh_context context, again;
	struct bh_context_tag tag, tag_again;
	int ret = bh_context_parse((const char *)data, size, &context, &tag);
	size_t len;

	if (ret) {
		FUZZ_MUST(ret == -EINVAL);
		return 0;
	}
	FUZZ_MUST(context.type.name[0] && !context.type.name[BH_NAME_MAX - 1]);
	FUZZ_MUST(!(context.catset & BH_CATSET_WIDE) && !context.type.policy);
	len = bh_context_format(context.type.name, context.catset, text, sizeof(text));
	FUZZ_MUST(len == strlen(text) && len < sizeof(text));
	FUZZ_MUST(!bh_context_parse(text, len, &again, NULL));
	FUZZ_MUST(!memcmp(&context, &again, sizeof(context)));
	FUZZ_MUST(tag.said <= size);
	if (tag.there)
		len = bh_context_add_tag(text, len, tag.value);
	FUZZ_MUST(!bh_context_parse(text, len, &again, &tag_again));
	FUZZ_MUST(tag.there == tag_again.there && tag.value == tag_again.value);
	FUZZ_MUST(!memcmp(&context, &again, sizeof(context)));
	return 0;
}
