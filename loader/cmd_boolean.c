// SPDX-License-Identifier: GPL-2.0
/* bulkhead boolean: show and switch what the administrator may switch. */
#include <errno.h>
#include <getopt.h>
#include <json-c/json.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base.h"
#include "booleans.h"
#include "cleanup.h"
#include "command.h"
#include "gc.h"
#include "lock.h"
#include "log.h"
#include "maps.h"
#include "modules.h"
#include "republish.h"

/* A boolean, and who declares it. */
struct known {
	struct bh_boolean boolean; /* with its default */
	char of[BH_INSTALLED_NAME_MAX]; /* empty: BASE */
};

struct job {
	struct known *known;
	size_t nr_known;
	struct bh_boolean *values; /* those that were given */
	size_t nr_values;
	bool json;
};

static const struct known *find_known(const struct job *job, const char *name)
{
	for (size_t i = 0; i < job->nr_known; i++)
		if (!strcmp(job->known[i].boolean.name, name))
			return &job->known[i];
	return NULL;
}

static int add_known(struct job *job, const struct bh_policy_request *request, const char *of,
		     struct bh_error *error)
{
	BH_FREE struct bh_boolean *booleans = NULL;
	struct known *grown;
	size_t nr;
	int ret = bh_policy_booleans(request, &booleans, &nr, error);

	if (ret)
		return ret;
	grown = reallocarray(job->known, job->nr_known + nr + 1, sizeof(*grown));
	if (!grown)
		return bh_fail(error, -ENOMEM, "boolean: %s", strerror(ENOMEM));
	job->known = grown;
	for (size_t i = 0; i < nr; i++) {
		if (find_known(job, booleans[i].name))
			continue;
		grown[job->nr_known].boolean = booleans[i];
		snprintf(grown[job->nr_known++].of, sizeof(grown->of), "%s", of);
	}
	return 0;
}

/* BASE's, and those of what is installed: of grants for a module that is, too. */
static int find_all(struct job *job, struct bh_error *error)
{
	struct bh_policy_request request = { .trusted = true };
	struct bh_modules modules = { 0 };
	struct bh_base base = { 0 };
	int ret = bh_base_read(NULL, &base, error);

	request.base = base.source;
	request.nr_base = base.nr_source;
	if (!ret)
		ret = add_known(job, &request, "", error);
	if (!ret)
		ret = bh_modules_read(&modules, error);
	for (size_t i = 0; i < modules.nr && !ret; i++) {
		const struct bh_installed *grant = &modules.list[i];
		const struct bh_installed *module = grant;

		if (grant->target[0])
			module = bh_modules_find(&modules, strchr(grant->target, ':') + 1);
		if (!module)
			continue; /* for a digest: there is no text to read it with */
		request.module = &module->source;
		request.grants = &grant->source;
		request.nr_grants = grant->target[0] ? 1 : 0;
		ret = add_known(job, &request, grant->name, error);
	}
	bh_modules_free(&modules);
	bh_base_free(&base);
	return ret;
}

static bool value_of(const struct job *job, const struct known *known)
{
	const struct bh_boolean *given =
		bh_boolean_find(job->values, job->nr_values, known->boolean.name);

	return given ? given->value : known->boolean.value;
}

static const char *on_off(bool value)
{
	return value ? "on" : "off";
}

static void print_one(const struct job *job, const struct known *known, struct json_object *list)
{
	struct json_object *object;

	if (!list) {
		printf("%-32s  %-7s  %-7s  %s\n", known->boolean.name, on_off(value_of(job, known)),
		       on_off(known->boolean.value), known->of[0] ? known->of : "BASE");
		return;
	}
	object = json_object_new_object();
	json_object_object_add(object, "name", json_object_new_string(known->boolean.name));
	json_object_object_add(object, "value", json_object_new_boolean(value_of(job, known)));
	json_object_object_add(object, "default", json_object_new_boolean(known->boolean.value));
	json_object_object_add(object, "module", json_object_new_string(known->of));
	json_object_array_add(list, object);
}

/* Those that are named, or all. */
static void print_all(const struct job *job, char **names, int nr_names)
{
	struct json_object *list = job->json ? json_object_new_array() : NULL;

	if (!list)
		printf("%-32s  %-7s  %-7s  %s\n", "BOOLEAN", "CURRENT", "DEFAULT", "OF");
	for (size_t i = 0; i < job->nr_known; i++) {
		bool wanted = !nr_names;

		for (int j = 0; j < nr_names; j++)
			wanted |= !strcmp(names[j], job->known[i].boolean.name);
		if (wanted)
			print_one(job, &job->known[i], list);
	}
	if (list)
		puts(json_object_to_json_string_ext(list, JSON_C_TO_STRING_PLAIN));
	json_object_put(list);
}

static int fail_unknown(const char *name, struct bh_error *error)
{
	return bh_fail(error, -ENOENT, "no boolean %s; see bulkhead boolean", name);
}

/* One that has its default again needs no line of its own. */
static int set_value(struct job *job, const char *text, struct bh_error *error)
{
	struct bh_boolean wanted, *grown;
	const struct known *known;

	bh_boolean_parse(text, &wanted);
	known = find_known(job, wanted.name);
	if (!known)
		return fail_unknown(wanted.name, error);
	grown = bh_boolean_find(job->values, job->nr_values, wanted.name);
	if (!grown) {
		grown = reallocarray(job->values, job->nr_values + 1, sizeof(*grown));
		if (!grown)
			return bh_fail(error, -ENOMEM, "boolean: %s", strerror(ENOMEM));
		job->values = grown;
		grown += job->nr_values++;
	}
	*grown = wanted;
	if (known->boolean.value == wanted.value)
		*grown = job->values[--job->nr_values];
	return 0;
}

/* Prepare all; write the file; switch all. What fails leaves everything as it was. */
static int switch_loaded(const struct job *job, const struct bh_maps *maps,
			 const struct bh_boolean *before, size_t nr_before, struct bh_error *error)
{
	struct bh_republish republish;
	int ret;

	/* Before types are freed; and what is nobody's need not be compiled. */
	bh_log_drain(maps, NULL);
	bh_gc(maps);
	ret = bh_republish_prepare(maps, job->values, job->nr_values, &republish, error);

	if (!ret)
		ret = bh_booleans_write(job->values, job->nr_values, error);
	if (!ret) {
		ret = bh_republish_commit(maps, &republish, error);
		if (ret)
			bh_booleans_write(before, nr_before, NULL);
	}
	bh_republish_free(&republish);
	return ret;
}

static int set_all(struct job *job, char **arguments, int nr, struct bh_error *error)
{
	BH_CLOSE int lock = bh_lock("lock", error);
	BH_FREE struct bh_boolean *before = NULL;
	struct bh_maps maps = BH_MAPS_CLOSED;
	size_t nr_before;
	int ret;

	if (lock < 0)
		return lock;
	ret = bh_booleans_read(&before, &nr_before, error);
	if (!ret)
		ret = bh_booleans_read(&job->values, &job->nr_values, error);
	for (int i = 0; i < nr && !ret; i++)
		if (strchr(arguments[i], '='))
			ret = set_value(job, arguments[i], error);
	if (ret)
		return ret;
	ret = bh_maps_open(&maps, error);
	if (!ret)
		ret = switch_loaded(job, &maps, before, nr_before, error);
	else if (ret == -ENOENT) /* not loaded: `load` will read it */
		ret = bh_booleans_write(job->values, job->nr_values, error);
	bh_maps_close(&maps);
	return ret;
}

static int run(struct job *job, char **arguments, int nr, struct bh_error *error)
{
	bool setting = false;
	int ret;

	for (int i = 0; i < nr; i++) {
		struct bh_boolean boolean;

		if (!strchr(arguments[i], '='))
			continue;
		setting = true;
		if (bh_boolean_parse(arguments[i], &boolean))
			return bh_usage(error, "boolean: %s: NAME=on or NAME=off is wanted",
					arguments[i]);
	}
	ret = find_all(job, error);
	for (int i = 0; i < nr && !ret; i++)
		if (!strchr(arguments[i], '=') && !find_known(job, arguments[i]))
			ret = fail_unknown(arguments[i], error);
	if (ret)
		return ret;
	if (setting)
		return set_all(job, arguments, nr, error);
	ret = bh_booleans_read(&job->values, &job->nr_values, error);
	if (!ret)
		print_all(job, arguments, nr);
	return ret;
}

int bh_cmd_boolean(int argc, char **argv, struct bh_error *error)
{
	static const struct option options[] = { { "json", no_argument, NULL, 'j' }, { 0 } };
	struct job job = { 0 };
	int option, ret;

	opterr = 0;
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option != 'j')
			return bh_usage(error, "boolean: unknown option %s", argv[optind - 1]);
		job.json = true;
	}
	ret = run(&job, argv + optind, argc - optind, error);
	free(job.known);
	free(job.values);
	return ret;
}
