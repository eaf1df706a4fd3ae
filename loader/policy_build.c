// SPDX-License-Identifier: GPL-2.0
/* BASE and a module as libsepol's policy. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <bulkhead/classmap.h>
#include <sepol/policydb/conditional.h>

#include "cleanup.h"
#include "format.h"
#include "policy_bounds.h"
#include "policy_build.h"
#include "policy_cil.h"
#include "policy_classes.h"

/* BPF programs were compiled with one numbering; a BASE with another would be misread. */
static int check_classes(const struct policydb *db, struct bh_error *error)
{
	if (db->p_classes.nprim != BH_NR_CLASSES)
		return bh_fail(error, -EIO,
			       "base policy: %u classes, this bulkhead was built for %u",
			       db->p_classes.nprim, BH_NR_CLASSES);
	for (uint32_t i = 1; i <= BH_NR_CLASSES; i++) {
		const char *name = db->p_class_val_to_name[i - 1];
		uint32_t all = bh_class_permissions(i);

		if (strcmp(name, bh_class_name(i)) != 0)
			return bh_fail(error, -EIO, "base policy: class %u is %s, built for %s", i,
				       name, bh_class_name(i));
		if (db->class_val_to_struct[i - 1]->permissions.nprim !=
		    (uint32_t)__builtin_popcount(all))
			return bh_fail(error, -EIO,
				       "base policy: class %s has other permissions than built for",
				       name);
	}
	return 0;
}

/* The first line of what libsepol says names the cause; those after it, who called. */
static int fail_first_line(struct bh_error *error, int code, const char *what, char *log)
{
	log[strcspn(log, "\n")] = '\0';
	return bh_fail(error, code, "%s: libsepol: %s", what, *log ? log : "refused");
}

/* The texts that libsepol gets: BASE, then what belongs to modules. */
struct texts {
	struct bh_source *all;
	size_t nr;
};

static int open_texts(struct texts *texts, const struct bh_policy_request *request)
{
	texts->nr = request->nr_base;
	texts->all = calloc(request->nr_base + 3 * (request->nr_grants + 1), sizeof(*texts->all));
	if (!texts->all)
		return -ENOMEM;
	memcpy(texts->all, request->base, request->nr_base * sizeof(*texts->all));
	return 0;
}

static void add_texts(struct texts *texts, const struct bh_module *module, const char *name,
		      bool bounds)
{
	texts->all[texts->nr] = module->flat;
	texts->all[texts->nr++].name = name;
	texts->all[texts->nr++] = (struct bh_source){ "<added>", module->added, module->added_len };
	if (bounds)
		texts->all[texts->nr++] =
			(struct bh_source){ "<bounds>", module->bounds, module->bounds_len };
}

/* Whose fault is it that libsepol refuses, the module's or BASE's? */
static int blame(const struct bh_policy_request *request, const struct bh_module *module, char *log,
		 struct bh_error *error)
{
	sepol_policydb_t *policydb;
	char *base_log;
	int ret;

	if (!module)
		return fail_first_line(error, -EIO, "base policy", log);
	ret = bh_cil_compile(request->base, request->nr_base, true, &policydb, &base_log);
	if (ret == -EINVAL)
		ret = fail_first_line(error, -EIO, "base policy", base_log);
	else if (!ret)
		ret = fail_first_line(error, -EINVAL, module->name, log);
	free(base_log);
	sepol_policydb_free(policydb);
	return ret;
}

/* The slow way, which names each line: libsepol expands the bound for every type. */
static void explain_bounds(const struct bh_policy_request *request, struct bh_module *module)
{
	sepol_policydb_t *policydb = NULL;
	struct texts texts;
	char *log = NULL;
	int ret;

	ret = open_texts(&texts, request);
	if (!ret) {
		add_texts(&texts, module, BH_CIL_MODULE, true);
		ret = bh_cil_compile(texts.all, texts.nr, true, &policydb, &log);
		free(texts.all);
	}
	if (ret == -EINVAL)
		bh_bounds_report(module, log);
	else if (ret)
		module->refusals.code = ret;
	sepol_policydb_free(policydb);
	free(log);
}

/* Without a word of bounds, unless the administrator's module states some. */
static int compile_module(const struct bh_policy_request *request, const struct bh_module *module,
			  sepol_policydb_t **policydb, char **log)
{
	struct texts texts;
	int ret = open_texts(&texts, request);

	if (ret)
		return ret;
	if (module)
		add_texts(&texts, module, request->trusted ? module->name : BH_CIL_MODULE,
			  request->trusted);
	ret = bh_cil_compile(texts.all, texts.nr, true, policydb, log);
	free(texts.all);
	return ret;
}

static int compile_own(const struct bh_policy_request *request, const struct bh_module *module,
		       sepol_policydb_t **policydb, struct bh_error *error)
{
	char *log = NULL;
	int ret = compile_module(request, module, policydb, &log);

	if (ret == -EINVAL)
		ret = blame(request, module, log, error);
	free(log);
	return ret;
}

static int compile_granted(const struct bh_policy_request *request, const struct bh_build *build,
			   sepol_policydb_t **policydb, struct bh_error *error)
{
	struct texts texts;
	char *log = NULL;
	int ret = open_texts(&texts, request);

	if (ret)
		return ret;
	if (build->module)
		add_texts(&texts, build->module, build->module->name, request->trusted);
	for (size_t i = 0; i < build->nr_grants; i++)
		add_texts(&texts, build->grants[i], build->grants[i]->name, true);
	ret = bh_cil_compile(texts.all, texts.nr, true, policydb, &log);
	if (ret == -EINVAL)
		ret = fail_first_line(error, ret, "grants", log);
	free(texts.all);
	free(log);
	return ret;
}

/*
 * The values that the administrator gave. Others are the default's; a name that this policy
 * does not have is another module's.
 */
static int set_booleans(const struct bh_policy_request *request, struct policydb *db)
{
	for (size_t i = 0; i < request->nr_booleans; i++) {
		cond_bool_datum_t *datum =
			hashtab_search(db->p_bools.table, (hashtab_key_t)request->booleans[i].name);

		if (datum)
			datum->state = request->booleans[i].value;
	}
	return evaluate_conds(db) ? -ENOMEM : 0;
}

/* Who reads a module needs room for what is wrong with it. */
static int read_module(const struct texts *before, const struct bh_source *source, bool trusted,
		       struct bh_module **module, struct bh_error *error)
{
	BH_FREE struct bh_error *ignored = error ? NULL : calloc(1, sizeof(*ignored));

	if (!error && !ignored)
		return -ENOMEM;
	return bh_module_read_rest(before->all, before->nr, source, trusted, module,
				   error ? error : ignored);
}

/* Each sees what was there before it, as if that were BASE's. */
static int read_grants(const struct bh_policy_request *request, struct bh_build *build,
		       struct bh_error *error)
{
	struct texts texts;
	int ret;

	if (!request->nr_grants)
		return 0;
	ret = open_texts(&texts, request);
	if (ret)
		return ret;
	build->grants = calloc(request->nr_grants, sizeof(*build->grants));
	if (!build->grants)
		ret = -ENOMEM;
	if (build->module)
		texts.all[texts.nr++] = build->module->flat;
	for (size_t i = 0; i < request->nr_grants && !ret; i++) {
		ret = read_module(&texts, &request->grants[i], true, &build->grants[i], error);
		if (!ret)
			texts.all[texts.nr++] = build->grants[build->nr_grants++]->flat;
	}
	free(texts.all);
	return ret;
}

/* Adds what exceeds bounds to the module's refusals, which @explain says one by one. */
static bool check_bounds(const struct bh_policy_request *request, struct bh_build *build,
			 bool explain)
{
	bool hold = bh_bounds_hold(build->module, &build->own_policydb->p);

	if (!hold && explain)
		explain_bounds(request, build->module);
	bh_bounds_check_grants(build->module, &build->own);
	return hold;
}

/*
 * Statements were refused, and so is the module. What is left of it is still held to its
 * bounds, for all to be said at once. That it may not compile without what was refused is
 * nothing to say.
 */
static int refuse_module(const struct bh_policy_request *request, struct bh_build *build,
			 struct bh_error *error)
{
	char *log = NULL;
	int ret = -EINVAL;

	if (error)
		ret = compile_module(request, build->module, &build->own_policydb, &log);
	free(log);
	if (!ret)
		ret = check_classes(&build->own_policydb->p, NULL);
	if (!ret)
		ret = bh_oracle_open(&build->own, build->own_policydb);
	if (!ret)
		check_bounds(request, build, true);
	return bh_refusals_write(&build->module->refusals, error);
}

/* The module by itself: what it may have, grants or not. */
static int build_own(const struct bh_policy_request *request, struct bh_build *build,
		     struct bh_error *error)
{
	struct texts base = { (struct bh_source *)request->base, request->nr_base };
	int ret = 0;

	if (request->module)
		ret = read_module(&base, &build->cil, request->trusted, &build->module, error);
	if (!ret && build->module && build->module->refusals.code)
		return refuse_module(request, build, error);
	if (!ret)
		ret = compile_own(request, build->module, &build->own_policydb, error);
	if (!ret)
		ret = check_classes(&build->own_policydb->p, error);
	if (!ret)
		ret = bh_oracle_open(&build->own, build->own_policydb);
	if (ret || !build->masked)
		return ret;
	if (!check_bounds(request, build, error != NULL) && !build->module->refusals.code)
		return bh_fail(error, -EINVAL, "%s: exceeds its bounds", build->module->name);
	return bh_refusals_write(&build->module->refusals, error);
}

static int build_policy(const struct bh_policy_request *request, struct bh_build *build,
			struct bh_error *error)
{
	int ret;

	build->masked = request->module && !request->trusted;
	build->whole = request->trusted || request->nr_grants;
	ret = build_own(request, build, error);
	if (!ret)
		ret = set_booleans(request, &build->own_policydb->p);
	if (ret)
		return ret;
	build->policydb = build->own_policydb;
	if (request->nr_grants) {
		ret = read_grants(request, build, error);
		if (!ret)
			ret = compile_granted(request, build, &build->policydb, error);
		if (!ret)
			ret = set_booleans(request, &build->policydb->p);
	}
	return ret ? ret : bh_oracle_open(&build->oracle, build->policydb);
}

int bh_build_policy(const struct bh_policy_request *request, struct bh_build *build,
		    struct bh_error *error)
{
	int ret = 0;

	memset(build, 0, sizeof(*build));
	bh_fail(error, 0, "%s", "");
	if (request->module) {
		build->source = *request->module;
		ret = bh_format_cil(request->module, &build->cil, error);
	}
	if (!ret)
		ret = build_policy(request, build, error);
	if (ret)
		bh_build_free(build);
	if (ret == -ENOMEM)
		bh_fail(error, ret, "policy: %s", strerror(ENOMEM));
	return ret;
}

const struct bh_module_type *bh_build_type(const struct bh_build *build, const char *name)
{
	const struct bh_module_type *type = bh_module_type(build->module, name);

	for (size_t i = 0; i < build->nr_grants && !type; i++)
		type = bh_module_type(build->grants[i], name);
	return type;
}

void bh_build_free(struct bh_build *build)
{
	bh_oracle_close(&build->oracle);
	bh_oracle_close(&build->own);
	if (build->policydb != build->own_policydb)
		sepol_policydb_free(build->policydb);
	sepol_policydb_free(build->own_policydb);
	for (size_t i = 0; i < build->nr_grants; i++)
		bh_module_free(build->grants[i]);
	free(build->grants);
	bh_module_free(build->module);
	bh_format_free(&build->source, &build->cil);
	memset(build, 0, sizeof(*build));
}
