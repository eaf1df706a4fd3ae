// SPDX-License-Identifier: GPL-2.0
/* bulkhead query: a verdict. */
#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base.h"
#include "cleanup.h"
#include "command.h"
#include "format.h"
#include "inputs.h"
#include "maps.h"
#include "module.h"
#include "policy.h"
#include "policy_classes.h"
#include "publish.h"

struct question {
	const char *base_dir;
	const char *module; /* a file or name:NAME; NULL: BASE alone */
	const char *source;
	const char *target;
	const char *tclass;
	char **permission;
	int nr_permission;
};

/* Who allows what: all, and what each part adds to those before it. */
struct parts {
	uint32_t allowed;
	uint32_t base;
	uint32_t module;
	uint32_t *grants;
};

static int ask_one(const struct question *question, const struct bh_policy_request *request,
		   uint32_t *allowed, struct bh_error *error)
{
	return bh_policy_verdict(request, question->source, question->target, question->tclass,
				 allowed, error);
}

/* What is asked about need not be known to a part: then it allows nothing. */
static int ask_part(const struct question *question, const struct bh_policy_request *request,
		    uint32_t *before, uint32_t *added, struct bh_error *error)
{
	uint32_t allowed;
	int ret = ask_one(question, request, &allowed, error);

	if (ret && ret != -ENOENT)
		return ret;
	*added = allowed & ~*before;
	*before |= allowed;
	return 0;
}

static int ask_parts(const struct question *question, const struct bh_policy_request *request,
		     struct parts *parts, struct bh_error *error)
{
	struct bh_policy_request part = *request;
	uint32_t before = 0;
	int ret;

	part.module = NULL;
	part.nr_grants = 0;
	ret = ask_part(question, &part, &before, &parts->base, error);
	part.module = request->module;
	if (!ret)
		ret = ask_part(question, &part, &before, &parts->module, error);
	while (!ret && part.nr_grants < request->nr_grants) {
		part.nr_grants++;
		ret = ask_part(question, &part, &before, &parts->grants[part.nr_grants - 1], error);
	}
	return ret;
}

static int ask_libsepol(const struct question *question, const struct bh_inputs *inputs,
			struct parts *parts, struct bh_error *error)
{
	struct bh_policy_request request = inputs->request;
	struct bh_base base;
	int ret = bh_base_read(question->base_dir, &base, error);

	request.base = base.source;
	request.nr_base = base.nr_source;
	if (!ret)
		ret = ask_one(question, &request, &parts->allowed, error);
	if (!ret && request.module)
		ret = ask_parts(question, &request, parts, error);
	bh_base_free(&base);
	return ret;
}

/* @known tells whether something is loaded that could answer. */
static int ask_maps(const struct question *question, const struct bh_inputs *inputs,
		    uint32_t *allowed, bool *known, struct bh_error *error)
{
	struct bh_maps maps = BH_MAPS_CLOSED;
	uint32_t policy = BH_POLICY_BASE;
	int ret = bh_maps_open(&maps, error);

	*known = !ret;
	if (!ret && inputs->request.module) {
		policy = bh_policy_find(&maps, inputs->key);
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

static void print_part(const char *part, const char *name, uint32_t tclass, uint32_t allowed)
{
	char text[BH_CLASS_TEXT_MAX];

	if (allowed)
		printf("%s%s%s: %s\n", part, *name ? " " : "", name,
		       bh_class_print(tclass, allowed, text, sizeof(text)));
}

static void print_parts(const struct bh_inputs *inputs, const struct parts *parts, uint32_t tclass)
{
	char names[BH_GRANTS_MAX], *rest = names;

	memcpy(names, inputs->grant_names, sizeof(names));
	print_part("base", "", tclass, parts->base);
	print_part(inputs->request.trusted ? "module" : "image", inputs->installed, tclass,
		   parts->module);
	for (size_t i = 0; i < inputs->request.nr_grants; i++)
		print_part("grant", strsep(&rest, " "), tclass, parts->grants[i]);
}

static int answer(const struct question *question, const struct bh_inputs *inputs,
		  struct bh_error *error)
{
	uint32_t tclass = bh_class_number(question->tclass);
	BH_FREE uint32_t *grants = calloc(inputs->request.nr_grants + 1, sizeof(*grants));
	struct parts parts = { .grants = grants };
	char text[BH_CLASS_TEXT_MAX];
	uint32_t permissions, loaded;
	bool known;
	int ret;

	if (!grants)
		return -ENOMEM;
	ret = ask_libsepol(question, inputs, &parts, error);
	if (!ret)
		ret = find_permissions(question, &permissions, error);
	if (!ret)
		ret = ask_maps(question, inputs, &loaded, &known, error);
	if (ret)
		return ret;
	printf("allowed: %s\n", bh_class_print(tclass, parts.allowed, text, sizeof(text)));
	if (known)
		printf("loaded: %s\n", bh_class_print(tclass, loaded, text, sizeof(text)));
	else
		puts("loaded: no");
	if (inputs->request.module)
		print_parts(inputs, &parts, tclass);
	if (known)
		parts.allowed &= loaded;
	permissions &= ~parts.allowed;
	if (permissions)
		return bh_fail(error, -EACCES, "%s has not %s on %s in class %s", question->source,
			       bh_class_print(tclass, permissions, text, sizeof(text)),
			       question->target, question->tclass);
	return BH_EXIT_DONE;
}

static int gather(const struct question *question, struct bh_source *module,
		  struct bh_modules *modules, struct bh_inputs *inputs, struct bh_error *error)
{
	const size_t prefix = strlen(BH_MODULE_BY_NAME);
	const struct bh_installed *installed;
	int ret;

	if (!question->module)
		return bh_inputs_gather(NULL, NULL, NULL, inputs, error);
	if (strncmp(question->module, BH_MODULE_BY_NAME, prefix)) {
		ret = bh_format_read_file(question->module, module, error);
		return ret ? ret : bh_inputs_gather(module, NULL, NULL, inputs, error);
	}
	ret = bh_modules_read(modules, error);
	if (!ret)
		ret = bh_modules_get(modules, question->module + prefix, false, &installed, error);
	return ret ? ret :
		     bh_inputs_gather(&installed->source, installed->name, NULL, inputs, error);
}

static int read_and_answer(const struct question *question, struct bh_error *error)
{
	struct bh_modules modules = { 0 };
	struct bh_source module = { 0 };
	struct bh_inputs inputs = { 0 };
	int ret = gather(question, &module, &modules, &inputs, error);

	if (!ret)
		ret = answer(question, &inputs, error);
	bh_inputs_free(&inputs);
	bh_modules_free(&modules);
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
