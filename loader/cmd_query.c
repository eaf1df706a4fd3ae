// SPDX-License-Identifier: GPL-2.0
/* bulkhead query: a verdict. */
#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>

#include "base.h"
#include "command.h"
#include "format.h"
#include "digest.h"
#include "maps.h"
#include "policy.h"
#include "policy_classes.h"
#include "publish.h"

struct question {
	const char *base_dir;
	const char *module; /* NULL: BASE alone */
	const char *source;
	const char *target;
	const char *tclass;
	char **permission;
	int nr_permission;
};

static int ask_libsepol(const struct question *question, const struct bh_source *module,
			uint32_t *allowed, struct bh_error *error)
{
	struct bh_base base;
	int ret = bh_base_read(question->base_dir, &base, error);

	if (!ret)
		ret = bh_policy_verdict(base.source, base.nr_source, module, question->source,
					question->target, question->tclass, allowed, error);
	bh_base_free(&base);
	return ret;
}

/* @known tells whether something is loaded that could answer. */
static int ask_maps(const struct question *question, const struct bh_source *module,
		    uint32_t *allowed, bool *known, struct bh_error *error)
{
	struct bh_maps maps = BH_MAPS_CLOSED;
	uint8_t digest[BH_DIGEST_SIZE];
	uint32_t policy = BH_POLICY_BASE;
	int ret = bh_maps_open(&maps, error);

	*known = !ret;
	if (!ret && module) {
		bh_digest(module, 1, digest);
		policy = bh_policy_find(&maps, digest);
		*known = policy;
	}
	if (*known)
		ret = bh_maps_verdict(&maps, policy, question->source, question->target,
				      bh_class_number(question->tclass), allowed, error);
	bh_maps_close(&maps);
	return *known ? ret : 0;
}

static int find_permissions(const struct question *question, uint32_t *permissions,
			    struct bh_error *error)
{
	uint32_t tclass = bh_class_number(question->tclass);

	*permissions = 0;
	for (int i = 0; i < question->nr_permission; i++) {
		uint32_t bit = bh_class_permission(tclass, question->permission[i]);

		if (!bit)
			return bh_fail(error, -ENOENT, "class %s has no permission %s",
				       question->tclass, question->permission[i]);
		*permissions |= bit;
	}
	return 0;
}

static int answer(const struct question *question, const struct bh_source *module,
		  struct bh_error *error)
{
	uint32_t tclass = bh_class_number(question->tclass);
	char text[BH_CLASS_TEXT_MAX];
	uint32_t permissions, allowed, loaded;
	bool known;
	int ret;

	ret = ask_libsepol(question, module, &allowed, error);
	if (!ret)
		ret = find_permissions(question, &permissions, error);
	if (!ret)
		ret = ask_maps(question, module, &loaded, &known, error);
	if (ret)
		return ret;
	printf("allowed: %s\n", bh_class_print(tclass, allowed, text, sizeof(text)));
	if (known)
		printf("loaded: %s\n", bh_class_print(tclass, loaded, text, sizeof(text)));
	else
		puts("loaded: no");
	if (known)
		allowed &= loaded;
	if (permissions & ~allowed)
		return bh_fail(error, -EACCES, "%s has not %s on %s in class %s", question->source,
			       bh_class_print(tclass, permissions & ~allowed, text, sizeof(text)),
			       question->target, question->tclass);
	return BH_EXIT_DONE;
}

static int read_and_answer(const struct question *question, struct bh_error *error)
{
	struct bh_source module = { 0 };
	int ret = 0;

	if (question->module)
		ret = bh_format_read_file(question->module, &module, error);
	if (!ret)
		ret = answer(question, question->module ? &module : NULL, error);
	bh_source_free(&module);
	return ret;
}

int bh_cmd_query(int argc, char **argv, struct bh_error *error)
{
	static const struct option options[] = {
		{ "base", required_argument, NULL, 'b' },
		{ "policy", required_argument, NULL, 'p' },
		{ 0 },
	};
	struct question question = { 0 };
	int option;

	opterr = 0;
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'b')
			question.base_dir = optarg;
		else if (option == 'p')
			question.module = optarg;
		else
			return bh_usage(error, "query: wrong option %s", argv[optind - 1]);
	}
	if (argc - optind < 3)
		return bh_usage(error, "query: SOURCE TARGET CLASS are needed; "
				       "see bulkhead query --help");
	question.source = argv[optind];
	question.target = argv[optind + 1];
	question.tclass = argv[optind + 2];
	question.permission = argv + optind + 3;
	question.nr_permission = argc - optind - 3;
	return read_and_answer(&question, error);
}
