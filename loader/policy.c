// SPDX-License-Identifier: GPL-2.0
/* The policy compiler: BASE and one module in, what the maps hold out. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sepol/policydb/policydb.h>

#include "digest.h"
#include "policy.h"
#include "policy_build.h"
#include "policy_classes.h"
#include "policy_flatten.h"
#include "policy_labels.h"

/*
 * The domain to start in when nobody says: the one that no other domain of the module
 * leads to.
 */
static const char *find_start(const struct bh_module *module)
{
	const char *start = NULL;
	size_t nr_domains = 0;

	for (size_t i = 0; module && i < module->nr_types; i++) {
		const struct bh_module_type *type = &module->types[i];

		nr_domains += type->domain_line != 0;
		if (!type->domain_line || type->entered)
			continue;
		if (start)
			return NULL;
		start = type->name;
	}
	return nr_domains ? start : BH_BOUND_DOMAIN;
}

static int set_start(struct bh_policy *policy, const struct bh_module *module, const char *start,
		     struct bh_error *error)
{
	const char *name = module ? module->name : "base policy";
	uint32_t number;

	if (!start)
		start = find_start(module);
	if (!start)
		return bh_fail(error, -ENOENT, "%s: several domains to start in; one must be named",
			       name);
	number = bh_policy_type_number(policy, start);
	if (!number)
		return bh_fail(error, -ENOENT, "%s: no type %s to start in", name, start);
	if (!policy->types[number].domain)
		return bh_fail(error, -ENOENT, "%s: %s is no domain to start in", name, start);
	policy->start = number;
	return 0;
}

static int flatten(struct bh_build *build, struct bh_policy_private *private,
		   struct bh_error *error)
{
	int ret;

	ret = bh_flatten_types(build, private);
	if (!ret)
		ret = bh_flatten_filetrans(build, private, error);
	if (!ret)
		ret = bh_flatten_rows(build, private, error);
	if (!ret && !build->module)
		ret = bh_flatten_objects(build, private);
	if (!ret && !build->module)
		ret = bh_flatten_genfs(build, private, error);
	if (ret == -ENOMEM)
		bh_fail(error, ret, "policy: %s", strerror(ENOMEM));
	if (ret == -ENAMETOOLONG)
		ret = bh_fail(error, -EIO,
			      "base policy: a file system's name has more than %d bytes",
			      BH_FSNAME_MAX - 1);
	return ret;
}

int bh_policy_compile(const struct bh_policy_request *request, struct bh_policy **policy,
		      struct bh_error *error)
{
	struct bh_policy_private *private;
	struct bh_build build;
	int ret;

	*policy = NULL;
	ret = bh_build_policy(request, &build, error);
	if (ret)
		return ret;
	private = calloc(1, sizeof(*private));
	ret = private ? flatten(&build, private, error) :
			bh_fail(error, -ENOMEM, "policy: %s", strerror(ENOMEM));
	if (!ret)
		ret = set_start(&private->policy, build.module, request->start, error);
	if (!ret)
		ret = build.module ? bh_policy_labels(build.module, &private->policy, error) :
				     bh_policy_base_labels(request->base, request->nr_base,
							   &private->policy, error);
	if (private)
	private->policy.whole = build.whole;
	bh_build_free(&build);
	if (ret) {
		bh_policy_free(private ? &private->policy : NULL);
		return ret;
	}
	bh_digest(request->base, request->nr_base, private->policy.base_digest);
	if (request->module)
		bh_digest(request->module, 1, private->policy.digest);
	*policy = &private->policy;
	return 0;
}

static struct bh_policy_private *to_private(const struct bh_policy *policy)
{
	/* It is the first member. */
	return (struct bh_policy_private *)policy;
}

void bh_policy_free(struct bh_policy *policy)
{
	struct bh_policy_private *private = to_private(policy);

	if (!policy)
		return;
	free(policy->types);
	free(policy->rows);
	free(policy->filetrans);
	free(policy->ports);
	for (size_t i = 0; i < policy->nr_filesystems; i++)
		free(policy->filesystems[i].automaton);
	free(policy->filesystems);
	free(policy->automaton);
	free(private->aliases);
	free(private->by_value);
	free(private);
}

uint32_t bh_policy_type_number(const struct bh_policy *policy, const char *name)
{
	const struct bh_policy_private *private = to_private(policy);

	for (uint32_t i = 1; i < policy->nr_types; i++)
		if (strcmp(policy->types[i].name, name) == 0)
			return i;
	for (size_t i = 0; i < private->nr_aliases; i++)
		if (strcmp(private->aliases[i].name, name) == 0)
			return private->aliases[i].type;
	return 0;
}

/* The types without their rules are all that labels need. */
static int check_labels(const struct bh_build *build, struct bh_error *error)
{
	struct bh_policy_private *private = calloc(1, sizeof(*private));
	int ret = private ? bh_flatten_types(build, private) : -ENOMEM;

	if (ret)
		bh_fail(error, ret, "policy: %s", strerror(ENOMEM));
	else
		ret = bh_policy_labels(build->module, &private->policy, error);
	bh_policy_free(private ? &private->policy : NULL);
	return ret;
}

int bh_policy_validate(const struct bh_policy_request *request, struct bh_error *error)
{
	struct bh_build build;
	int ret = bh_build_policy(request, &build, error);

	if (!ret && build.module)
		ret = check_labels(&build, error);
	bh_build_free(&build);
	return ret;
}

int bh_policy_check(const struct bh_source *base, size_t nr_base, const struct bh_source *module,
		    struct bh_error *error)
{
	struct bh_policy_request request = { .base = base, .nr_base = nr_base, .module = module };

	return bh_policy_validate(&request, error);
}

int bh_policy_binary(const struct bh_source *base, size_t nr_base, const struct bh_source *module,
		     void **image, size_t *len, struct bh_error *error)
{
	struct bh_policy_request request = { .base = base, .nr_base = nr_base, .module = module };
	struct bh_build build;
	int ret;

	*image = NULL;
	*len = 0;
	ret = bh_build_policy(&request, &build, error);
	if (ret)
		return ret;
	if (sepol_policydb_to_image(NULL, build.policydb, image, len))
		ret = bh_fail(error, -EIO, "policy: libsepol cannot write it");
	bh_build_free(&build);
	return ret;
}

/* A type stands for a context at s0, as a process if it is a domain. */
static uint32_t find_context(struct bh_build *build, const char *name)
{
	char context[BH_NAME_MAX + 64];
	uint32_t sid;

	if (strchr(name, ':'))
		return bh_oracle_sid(&build->oracle, name);
	if (strlen(name) >= BH_NAME_MAX)
		return 0;
	snprintf(context, sizeof(context), "system_u:system_r:%s:s0", name);
	sid = bh_oracle_sid(&build->oracle, context);
	if (sid)
		return sid;
	snprintf(context, sizeof(context), "system_u:object_r:%s:s0", name);
	return bh_oracle_sid(&build->oracle, context);
}

static int find_verdict(struct bh_build *build, const char *source, const char *target,
			const char *tclass, uint32_t *allowed, struct bh_error *error)
{
	struct bh_oracle_verdict verdict;
	uint32_t number = bh_class_number(tclass);
	uint32_t from = find_context(build, source);
	uint32_t to = find_context(build, target);

	if (!number)
		return bh_fail(error, -ENOENT, "no class %s", tclass);
	if (!from || !to)
		return bh_fail(error, -ENOENT, "no type or context %s", from ? target : source);
	if (bh_oracle_ask(&build->oracle, from, to, number, &verdict))
		return bh_fail(error, -EIO, "policy: no verdict for %s on %s", source, target);
	*allowed = verdict.allowed;
	return 0;
}

int bh_policy_verdict(const struct bh_policy_request *request, const char *source,
		      const char *target, const char *tclass, uint32_t *allowed,
		      struct bh_error *error)
{
	struct bh_build build;
	int ret;

	*allowed = 0;
	ret = bh_build_policy(request, &build, error);
	if (ret)
		return ret;
	ret = find_verdict(&build, source, target, tclass, allowed, error);
	bh_build_free(&build);
	return ret;
}

static int compare_names(const void *left, const void *right)
{
	return strcmp(((const struct bh_boolean *)left)->name,
		      ((const struct bh_boolean *)right)->name);
}

int bh_policy_booleans(const struct bh_policy_request *request, struct bh_boolean **booleans,
		       size_t *nr, struct bh_error *error)
{
	struct bh_policy_request defaults = *request;
	struct bh_build build;
	struct policydb *db;
	int ret;

	*booleans = NULL;
	*nr = 0;
	defaults.nr_booleans = 0;
	ret = bh_build_policy(&defaults, &build, error);
	if (ret)
		return ret;
	db = &build.policydb->p;
	*booleans = calloc(db->p_bools.nprim + 1, sizeof(**booleans));
	for (; *booleans && *nr < db->p_bools.nprim; ++*nr) {
		struct bh_boolean *boolean = &(*booleans)[*nr];

		snprintf(boolean->name, sizeof(boolean->name), "%s", db->p_bool_val_to_name[*nr]);
		boolean->value = db->bool_val_to_struct[*nr]->state;
	}
	if (*booleans)
		qsort(*booleans, *nr, sizeof(**booleans), compare_names);
	bh_build_free(&build);
	return *booleans ? 0 : bh_fail(error, -ENOMEM, "policy: %s", strerror(ENOMEM));
}
