// SPDX-License-Identifier: GPL-2.0
/* Labels as the text of attributes: read, written, and what says none. */
#include <stdlib.h>

#include <bulkhead/context_text.h>

#include "tap.h"

#define NAME_63 "n23456789012345678901234567890123456789012345678901234567890123"

static const struct {
	const char *text;
	const char *canonical; /* NULL: refused */
} contexts[] = {
	{ "container_file_t:s0", "container_file_t:s0" },
	{ "container_file_t:s0:c1", "container_file_t:s0:c1" },
	{ "container_file_t:s0:c1,c2", "container_file_t:s0:c1,c2" },
	{ "container_file_t:s0:c0,c1023", "container_file_t:s0:c0,c1023" },
	{ "b.inner_t:s0", "b.inner_t:s0" },
	{ NAME_63 ":s0", NAME_63 ":s0" },
	{ "system_u:object_r:tmp_t:s0", "tmp_t:s0" },
	{ "system_u:object_r:container_file_t:s0:c1,c2", "container_file_t:s0:c1,c2" },
	{ NAME_63 "4:s0", NULL },
	{ "", NULL },
	{ "t", NULL },
	{ "t:", NULL },
	{ ":s0", NULL },
	{ "t:s1", NULL },
	{ "t:s00", NULL },
	{ "t:s0:", NULL },
	{ "t:s0:c", NULL },
	{ "t:s0:c1024", NULL },
	{ "t:s0:c4294967297", NULL },
	{ "t:s0:c01", NULL },
	{ "t:s0:c-1", NULL },
	{ "t:s0:c1,", NULL },
	{ "t:s0:c2,c1", NULL },
	{ "t:s0:c1,c1", NULL },
	{ "t:s0:c1.c3", NULL },
	{ "t:s0:c1,c2,c3", NULL },
	{ "t:s0:c1 ", NULL },
	{ " t:s0", NULL },
	{ "t\t:s0", NULL },
	{ "t:s0-s0:c1,c2", NULL },
	{ "t:s0:?", NULL },
	{ "u:r:t", NULL },
	{ "u:r::s0", NULL },
	{ "u:r:t:s0:c1,c2:x", NULL },
	{ "u:r:t:s0:s0", NULL },
	{ "::::", NULL },
};

static void test_texts(void)
{
	char text[BH_CONTEXT_TEXT_MAX];
	struct bh_context context;

	for (size_t i = 0; i < sizeof(contexts) / sizeof(contexts[0]); i++) {
		size_t len = strlen(contexts[i].text);
		/* Exactly as long, so that ASan sees a byte too many. */
		char *exact = malloc(len + 1);
		int ret;

		memcpy(exact, contexts[i].text, len);
		ret = bh_context_parse(exact, len, &context, NULL);
		if (!contexts[i].canonical) {
			tap_ok(ret < 0, "refused: '%s'", contexts[i].text);
		} else {
			bh_context_format(context.type.name, context.catset, text, sizeof(text));
			tap_ok(!ret && !strcmp(text, contexts[i].canonical), "'%s' is %s",
			       contexts[i].text, contexts[i].canonical);
		}
		exact[len] = '\0';
		tap_ok(bh_context_parse(exact, len + 1, &context, NULL) == ret, "'%s' with its NUL",
		       contexts[i].text);
		free(exact);
	}
}

#define TAG "0123456789abcdef"

static const struct {
	const char *text;
	size_t said; /* 0: refused */
} tagged[] = {
	{ "t:s0 " TAG, 4 },
	{ "t:s0:c1,c2 " TAG, 10 },
	{ "u:r:t:s0 " TAG, 8 },
	{ "t:s0 0123456789abcde", 0 },
	{ "t:s0 " TAG "0", 0 },
	{ "t:s0 " TAG " ", 0 },
	{ "t:s0 0123456789ABCDEF", 0 },
	{ "t:s0 0123456789abcdeg", 0 },
	{ "t:s0  123456789abcdef", 0 },
	{ "t:s0 ", 0 },
	{ "t:s0 " TAG " " TAG, 0 },
	{ "t:s0," TAG, 0 },
	{ "t:s0:? " TAG, 0 },
	{ " " TAG, 0 },
};

static void test_tags(void)
{
	char text[BH_CONTEXT_TEXT_MAX];
	struct bh_context_tag tag;
	struct bh_context context;
	size_t len;

	for (size_t i = 0; i < sizeof(tagged) / sizeof(tagged[0]); i++) {
		int ret = bh_context_parse(tagged[i].text, strlen(tagged[i].text), &context, &tag);

		if (!tagged[i].said)
			tap_ok(ret < 0, "refused: '%s'", tagged[i].text);
		else
			tap_ok(!ret && tag.there && tag.said == tagged[i].said &&
				       tag.value == 0x0123456789abcdefULL,
			       "'%s' has a tag", tagged[i].text);
		tap_ok(bh_context_parse(tagged[i].text, strlen(tagged[i].text), &context, NULL) < 0,
		       "refused where no tag may be: '%s'", tagged[i].text);
	}
	tap_ok(!bh_context_parse("t:s0", 4, &context, &tag) && !tag.there, "none has none");
	len = bh_context_format(NAME_63, BH_CATSET_MAKE(1022, 1023), text, sizeof(text));
	tap_ok(bh_context_add_tag(text, len, 0) == strlen(text) &&
		       !bh_context_parse(text, strlen(text), &context, &tag) && tag.there &&
		       tag.said == len && !tag.value,
	       "what is written is read: '%s'", text);
}

static void test_edges(void)
{
	struct bh_context context;
	char text[BH_CONTEXT_TEXT_MAX];

	tap_ok(bh_context_parse("t:s0\0x", 6, &context, NULL) < 0, "a NUL within");
	tap_ok(bh_context_parse("t:s0\0\0", 6, &context, NULL) < 0, "two NULs");
	bh_context_format("t", BH_CATSET_WIDE | 1, text, sizeof(text));
	tap_ok(bh_context_parse(text, strlen(text), &context, NULL) < 0,
	       "a set without a number says no label");
}

int main(void)
{
	test_texts();
	test_tags();
	test_edges();
	return tap_done();
}
