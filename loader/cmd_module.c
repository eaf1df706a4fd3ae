// SPDX-License-Identifier: GPL-2.0
/* bulkhead module: what the administrator installs, and for whom. */
#include <errno.h>
#include <getopt.h>
#include <json-c/json.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base.h"
#include "cil_read.h"
#include "cil_validate.h"
#include "cleanup.h"
#include "command.h"
#include "digest.h"
#include "format.h"
#include "inputs.h"
#include "lock.h"
#include "modules.h"

struct options {
	const char *target; /* of a grant */
	const char *with; /* file of the module that a grant by digest is for */
	bool for_images;
	bool json;
};

static const char *kind_of(const struct bh_installed *installed)
{
	if (installed->target[0])
		return "grant";
	return installed->for_images ? "module for images" : "module";
}

static const char *digest_of(const struct bh_installed *installed, char *text)
{
	uint8_t digest[BH_DIGEST_SIZE];

	bh_digest(&installed->source, 1, digest);
	return bh_digest_text(digest, text);
}

static void add_object(struct json_object *list, const struct bh_installed *installed)
{
	struct json_object *object = json_object_new_object();
	char digest[BH_DIGEST_TEXT_MAX];

	json_object_object_add(object, "name", json_object_new_string(installed->name));
	json_object_object_add(object, "kind",
			       json_object_new_string(installed->target[0] ? "grant" : "module"));
	json_object_object_add(object, "for_images",
			       json_object_new_boolean(installed->for_images));
	json_object_object_add(object, "target", json_object_new_string(installed->target));
	json_object_object_add(object, "digest",
			       json_object_new_string(digest_of(installed, digest)));
	json_object_array_add(list, object);
}

static int list_all(const struct bh_modules *modules, const struct options *options)
{
	struct json_object *list = options->json ? json_object_new_array() : NULL;
	char digest[BH_DIGEST_TEXT_MAX];

	if (!list)
		printf("%-20s  %-17s  %-71s  %s\n", "NAME", "KIND", "DIGEST", "FOR");
	for (size_t i = 0; i < modules->nr; i++) {
		const struct bh_installed *installed = &modules->list[i];

		if (list)
			add_object(list, installed);
		else
			printf("%-20s  %-17s  %-71s  %s\n", installed->name, kind_of(installed),
			       digest_of(installed, digest),
			       installed->target[0] ? installed->target : "-");
	}
	if (list)
		puts(json_object_to_json_string_ext(list, JSON_C_TO_STRING_PLAIN |
								  JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(list);
	return 0;
}

static int find(const struct bh_modules *modules, const char *name,
		const struct bh_installed **found, struct bh_error *error)
{
	*found = bh_modules_find(modules, name);
	return *found ? 0 :
			bh_fail(error, -ENOENT, "%s is not installed; see bulkhead module list",
				name);
}

static int show(const struct bh_modules *modules, const char *name, struct bh_error *error)
{
	const struct bh_installed *installed;
	char digest[BH_DIGEST_TEXT_MAX];
	int ret = find(modules, name, &installed, error);

	if (ret)
		return ret;
	printf("name: %s\nkind: %s\n", installed->name, kind_of(installed));
	if (installed->target[0])
		printf("for: %s\n", installed->target);
	printf("digest: %s\n\n", digest_of(installed, digest));
	fwrite(installed->source.text, 1, installed->source.len, stdout);
	return 0;
}

static int remove_one(const struct bh_modules *modules, const char *name, struct bh_error *error)
{
	const struct bh_installed *installed;
	int ret = find(modules, name, &installed, error);

	if (ret)
		return ret;
	/* A grant must not come to widen what is installed under the name some day. */
	for (size_t i = 0; i < modules->nr; i++) {
		const char *target = modules->list[i].target;

		if (!strncmp(target, BH_TARGET_NAME, strlen(BH_TARGET_NAME)) &&
		    !strcmp(target + strlen(BH_TARGET_NAME), name))
			return bh_fail(error, -EBUSY, "%s has the grant %s: remove that first",
				       name, modules->list[i].name);
	}
	return bh_installed_remove(name, error);
}

/* The text that a grant by digest widens is an image's: there may be no copy of it here. */
static int read_form(const struct bh_source *source, struct bh_error *error)
{
	static const struct bh_cil_limits limits = { .bytes = BH_MODULE_TEXT_MAX,
						     .nodes = BH_MODULE_NODES_MAX,
						     .depth = BH_MODULE_DEPTH_MAX };
	struct bh_cil_tree tree;
	int ret = bh_cil_read(source, &limits, &tree, error);

	if (!ret && !tree.first)
		ret = bh_fail(error, -EINVAL, "%s: empty: no statement in it", source->name);
	if (!ret)
		bh_cil_tree_free(&tree);
	return ret;
}

static bool is_sibling(const struct bh_installed *other, const struct bh_installed *installed)
{
	return strcmp(other->name, installed->name) && installed->target[0] &&
	       !strcmp(other->target, installed->target);
}

/* As it will be compiled: with the other grants for the same module. */
static int validate(const struct bh_modules *modules, const struct bh_installed *installed,
		    const struct bh_source *module, bool trusted, struct bh_error *error)
{
	BH_FREE struct bh_source *grants = calloc(modules->nr + 1, sizeof(*grants));
	struct bh_policy_request request = { .module = module,
					     .trusted = trusted,
					     .grants = grants };
	struct bh_base base = { 0 };
	int ret = grants ? bh_base_read(NULL, &base, error) : -ENOMEM;

	for (size_t i = 0; i < modules->nr && !ret; i++)
		if (is_sibling(&modules->list[i], installed))
			grants[request.nr_grants++] = modules->list[i].source;
	if (!ret && installed->target[0])
		grants[request.nr_grants++] = installed->source;
	request.base = base.source;
	request.nr_base = base.nr_source;
	if (!ret)
		ret = bh_policy_validate(&request, error);
	bh_base_free(&base);
	return ret;
}

static int validate_for_digest(const struct bh_modules *modules,
			       const struct bh_installed *installed, const struct options *options,
			       struct bh_error *error)
{
	char text[BH_DIGEST_TEXT_MAX];
	uint8_t digest[BH_DIGEST_SIZE];
	struct bh_source module;
	int ret;

	if (!options->with)
		return read_form(&installed->source, error);
	ret = bh_format_read_file(options->with, &module, error);
	if (ret)
		return ret;
	bh_digest(&module, 1, digest);
	if (strcmp(bh_digest_text(digest, text), installed->target))
		ret = bh_fail(error, -EINVAL, "%s: its digest is %s", options->with, text);
	if (!ret)
		ret = validate(modules, installed, &module, false, error);
	bh_source_free(&module);
	return ret;
}

static int validate_installed(const struct bh_modules *modules,
			      const struct bh_installed *installed, const struct options *options,
			      struct bh_error *error)
{
	const struct bh_installed *target;
	int ret;

	if (!installed->target[0])
		return validate(modules, installed, &installed->source, true, error);
	if (strncmp(installed->target, BH_TARGET_NAME, strlen(BH_TARGET_NAME)))
		return validate_for_digest(modules, installed, options, error);
	ret = bh_modules_get(modules, installed->target + strlen(BH_TARGET_NAME), false, &target,
			     error);
	return ret ? ret : validate(modules, installed, &target->source, true, error);
}

static int install(const struct bh_modules *modules, const char *name, const char *file,
		   const struct options *options, struct bh_error *error)
{
	struct bh_installed installed = { .for_images = options->for_images };
	int ret;

	if (!bh_installed_name_valid(name))
		return bh_usage(error, "module: %s: letters, digits, _, - and . make a name", name);
	if (options->target && !bh_target_valid(options->target))
		return bh_usage(error, "module: --grant-to wants sha256:DIGEST or name:NAME");
	if (options->target && options->for_images)
		return bh_usage(error, "module: a grant is not for images");
	snprintf(installed.name, sizeof(installed.name), "%s", name);
	snprintf(installed.target, sizeof(installed.target), "%s",
		 options->target ? options->target : "");
	ret = bh_format_read_cil(file, &installed.source, error);
	if (!ret && strlen(installed.source.text) != installed.source.len)
		ret = bh_fail(error, -EINVAL, "%s: a NUL in it", file);
	if (!ret && strstr(installed.source.text, ";bulkhead "))
		ret = bh_fail(error, -EINVAL, "%s: ';bulkhead' begins a line of ours; leave it out",
			      file);
	if (!ret)
		ret = validate_installed(modules, &installed, options, error);
	if (!ret)
		ret = bh_installed_write(&installed, error);
	bh_source_free(&installed.source);
	return ret;
}

static int run(int argc, char **argv, const struct options *options, struct bh_error *error)
{
	BH_CLOSE int lock = bh_lock("modules.lock", error);
	struct bh_modules modules = { 0 };
	int ret = lock < 0 ? lock : bh_modules_read(&modules, error);

	if (ret)
		;
	else if (!strcmp(argv[0], "list") && argc == 1)
		ret = list_all(&modules, options);
	else if (!strcmp(argv[0], "show") && argc == 2)
		ret = show(&modules, argv[1], error);
	else if (!strcmp(argv[0], "remove") && argc == 2)
		ret = remove_one(&modules, argv[1], error);
	else if (!strcmp(argv[0], "install") && argc == 3)
		ret = install(&modules, argv[1], argv[2], options, error);
	else
		ret = bh_usage(error, "module: wrong arguments; see bulkhead module --help");
	bh_modules_free(&modules);
	return ret;
}

int bh_cmd_module(int argc, char **argv, struct bh_error *error)
{
	static const struct option options[] = {
		{ "for-images", no_argument, NULL, 'i' },
		{ "grant-to", required_argument, NULL, 'g' },
		{ "json", no_argument, NULL, 'j' },
		{ "with", required_argument, NULL, 'w' },
		{ 0 },
	};
	struct options given = { 0 };
	int option;

	opterr = 0;
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'i')
			given.for_images = true;
		else if (option == 'g')
			given.target = optarg;
		else if (option == 'j')
			given.json = true;
		else if (option == 'w')
			given.with = optarg;
		else
			return bh_usage(error, "module: wrong option %s", argv[optind - 1]);
	}
	if (optind == argc)
		return bh_usage(error, "module: install, remove, list or show is wanted");
	return run(argc - optind, argv + optind, &given, error);
}
