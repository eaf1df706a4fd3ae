// SPDX-License-Identifier: GPL-2.0
/* A Dockerfile with POLICY: parsed, and rewritten to one of as many lines without it. */
#include <errno.h>

#include "dockerfile.h"
#include "fuzz.h"

static size_t count_lines(const char *text, size_t len)
{
	size_t lines = 0;

	for (size_t i = 0; i < len; i++)
		lines += text[i] == '\n';
	return lines;
}

static void find(const struct bh_dockerfile *file)
{
	const struct bh_dockerfile_policy *policy;
	struct bh_error error = { 0 };

	if (!file->nr_stages)
		return;
	FUZZ_MUST(!bh_dockerfile_find(file, NULL, &policy, &error));
	FUZZ_MUST(!policy || (policy->line && policy->file && *policy->file));
	for (size_t i = 0; i < file->nr_stages; i++) {
		FUZZ_MUST(file->stages[i].body <= file->stages[i].end);
		FUZZ_MUST(file->stages[i].end <= file->source->len);
	}
}

/* Of a file with a stage: one without has no POLICY, and goes to the engine as it is. */
static void rewrite(const struct bh_dockerfile *file)
{
	char **nothing = calloc(file->nr_stages + 1, sizeof(*nothing));
	size_t len;
	char *text;

	FUZZ_MUST(nothing && !bh_dockerfile_rewrite(file, nothing, nothing, &text, &len));
	FUZZ_MUST(count_lines(text, len) >= count_lines(file->source->text, file->source->len));
	FUZZ_MUST(file->nr_policies || (len >= file->source->len &&
					!memcmp(text, file->source->text, file->source->len)));
	free(text);
	free(nothing);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);
	struct bh_source source = { "Dockerfile", text, size };
	struct bh_error error = { 0 };
	struct bh_dockerfile file;
	int ret = bh_dockerfile_parse(&source, &file, &error);

	if (ret) {
		FUZZ_MUST_REFUSE(ret, &error);
	} else {
		FUZZ_MUST(file.nr_stages || !file.nr_policies);
		find(&file);
		if (file.nr_stages)
			rewrite(&file);
	}
	bh_dockerfile_free(&file);
	free(text);
	return 0;
}
