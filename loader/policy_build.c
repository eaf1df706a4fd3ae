// SPDX-License-Identifier: GPL-2.0
/* BASE and a module as libsepol's policy. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <bulkhead/classmap.h>

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

/* Rules that libsepol's check of bounds does not look at; it is known to have failed. */
static int check_grants(const struct bh_source *all, size_t nr, const struct bh_module *module,
			struct bh_error *error)
{
	sepol_policydb_t *policydb;
	struct bh_oracle oracle;
	char *log;
	int ret;

	ret = bh_cil_compile(all, nr, false, &policydb, &log);
	free(log);
	if (ret)
		return ret;
	ret = bh_oracle_open(&oracle, policydb);
	if (!ret) {
		bh_bounds_check_grants(module, &oracle, error);
		bh_oracle_close(&oracle);
	}
	sepol_policydb_free(policydb);
	return ret ? ret : -EINVAL;
}

/* @all is BASE, followed by what belongs to the module. */
static int explain(const struct bh_source *all, size_t nr, size_t nr_base,
		   const struct bh_module *module, char *log, struct bh_error *error)
{
	sepol_policydb_t *policydb;
	char *base_log;
	int ret;

	if (!module)
		return fail_first_line(error, -EIO, "base policy", log);
	if (bh_bounds_report(module, log, error))
		return check_grants(all, nr, module, error);
	ret = bh_cil_compile(all, nr_base, true, &policydb, &base_log);
	if (ret == -EINVAL)
		ret = fail_first_line(error, -EIO, "base policy", base_log);
	else if (!ret)
		ret = fail_first_line(error, -EINVAL, module->name, log);
	free(base_log);
	sepol_policydb_free(policydb);
	return ret;
}

static int compile(const struct bh_source *base, size_t nr_base, const struct bh_module *module,
		   sepol_policydb_t **policydb, struct bh_error *error)
{
	struct bh_source *all = calloc(nr_base + 2, sizeof(*all));
	size_t nr = nr_base;
	char *log = NULL;
	int ret;

	if (!all)
		return -ENOMEM;
	memcpy(all, base, nr_base * sizeof(*all));
	if (module) {
		all[nr] = module->tree.normal;
		all[nr++].name = BH_CIL_MODULE;
		all[nr++] = (struct bh_source){ "<bounds>", module->added, module->added_len };
	}
	ret = bh_cil_compile(all, nr, true, policydb, &log);
	if (ret == -EINVAL)
		ret = explain(all, nr, nr_base, module, log, error);
	free(all);
	free(log);
	return ret;
}

/*
 * Refusals are found one kind after the other; read with the module at hand, they are
 * wanted in its order.
 */
static unsigned long line_number(const char *text, const char *name)
{
	size_t len = strlen(name);

	return strncmp(text, name, len) == 0 && text[len] == ':' ?
		       strtoul(text + len + 1, NULL, 10) :
		       ULONG_MAX;
}

static void sort_refusals(struct bh_error *error, const char *name)
{
	struct bh_error unsorted = *error;
	char *line[BH_ERROR_TEXT_MAX / 8];
	char *rest = unsorted.text;
	size_t nr = 0;

	while (rest && nr < sizeof(line) / sizeof(line[0])) {
		size_t at = nr++;

		line[at] = strsep(&rest, "\n");
		while (at > 0 && line_number(line[at], name) < line_number(line[at - 1], name)) {
			char *swap = line[at];

			line[at] = line[at - 1];
			line[at - 1] = swap;
			at--;
		}
	}
	if (rest)
		return;
	error->text[0] = '\0';
	for (size_t i = 0; i < nr; i++)
		bh_fail_add(error, 0, "%s", line[i]);
}

static int build_policy(const struct bh_source *base, size_t nr_base,
			const struct bh_source *source, struct bh_build *build,
			struct bh_error *error)
{
	int ret = 0;

	if (source)
		ret = bh_module_read(base, nr_base, source, &build->module, error);
	if (!ret)
		ret = compile(base, nr_base, build->module, &build->policydb, error);
	if (!ret)
		ret = check_classes(&build->policydb->p, error);
	if (!ret)
		ret = bh_oracle_open(&build->oracle, build->policydb);
	if (!ret && build->module)
		ret = bh_bounds_check_grants(build->module, &build->oracle, error);
	return ret;
}

int bh_build_policy(const struct bh_source *base, size_t nr_base, const struct bh_source *source,
		    struct bh_build *build, struct bh_error *error)
{
	int ret;

	memset(build, 0, sizeof(*build));
	bh_fail(error, 0, "%s", "");
	if (source) {
		build->source = *source;
		ret = bh_format_cil(source, &build->cil, error);
		if (ret)
			return ret;
		source = &build->cil;
	}
	ret = build_policy(base, nr_base, source, build, error);
	if (ret && source && error)
		sort_refusals(error, source->name);
	if (ret)
		bh_build_free(build);
	if (ret == -ENOMEM)
		bh_fail(error, ret, "policy: %s", strerror(ENOMEM));
	return ret;
}

void bh_build_free(struct bh_build *build)
{
	bh_oracle_close(&build->oracle);
	sepol_policydb_free(build->policydb);
	bh_module_free(build->module);
	bh_format_free(&build->source, &build->cil);
	memset(build, 0, sizeof(*build));
}
