// SPDX-License-Identifier: GPL-2.0
/*
 * A module's CIL: read, expanded and validated against BASE, as an image's and as one that
 * the administrator installed. A part of those that pass is compiled with libsepol, which
 * must not find BASE at fault for what a module says.
 */
#include <errno.h>

#include "cil_validate.h"
#include "fuzz.h"

#define COMPILED 16 /* one of so many that pass */

static struct bh_base base;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	fuzz_read_base(&base);
	return 0;
}

/* By the bytes, so that a reproducer does again what it did. */
static bool is_chosen(const char *text, size_t len)
{
	uint32_t hash = 2166136261U;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (unsigned char)text[i]) * 16777619U;
	return hash % COMPILED == 0;
}

static void compile(const struct bh_source *source, bool trusted)
{
	struct bh_policy_request request = {
		.base = base.source, .nr_base = base.nr_source, .module = source, .trusted = trusted
	};
	struct bh_policy *policy;
	struct bh_error error = { 0 };
	int ret = bh_policy_compile(&request, &policy, &error);

	FUZZ_MUST(!ret == (policy != NULL));
	if (ret) {
		FUZZ_MUST_REFUSE(ret, &error);
		FUZZ_MUST(ret == -EINVAL || ret == -E2BIG || ret == -ENOENT);
	} else {
		FUZZ_MUST(policy->start && policy->start < policy->nr_types);
	}
	bh_policy_free(policy);
}

static void read_module(const struct bh_source *source, bool trusted)
{
	struct bh_module *module;
	struct bh_error error = { 0 };
	int ret = bh_module_read(base.source, base.nr_source, source, trusted, &module, &error);

	FUZZ_MUST(!ret == (module != NULL));
	if (ret) {
		FUZZ_MUST_REFUSE(ret, &error);
		FUZZ_MUST(ret == -EINVAL || ret == -E2BIG);
	} else {
		FUZZ_MUST(!memchr(module->flat.text, '\0', module->flat.len));
		if (is_chosen(source->text, source->len))
			compile(source, trusted);
	}
	bh_module_free(module);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);
	struct bh_source source = { "m.cil", text, size };

	read_module(&source, false);
	read_module(&source, true);
	free(text);
	return 0;
}
