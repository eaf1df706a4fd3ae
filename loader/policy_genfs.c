// SPDX-License-Identifier: GPL-2.0
/*
 * What genfscon says of the files of a file system: the longest beginning of their path in it
 * has their label. It becomes an automaton, as filecon rules do.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sepol/policydb/services.h>

#include "cleanup.h"
#include "policy_flatten.h"

/* Below proc a process' number is left out. Source: selinux_genfs_get_sid(). */
#define PROCESS "(/[0-9]+)?"

static int class_kind(const struct policydb *db, uint32_t tclass, uint32_t *kind)
{
	static const struct {
		const char *tclass;
		uint32_t kind;
	} kinds[] = {
		{ "file", BH_KIND_FILE },	 { "dir", BH_KIND_DIR },
		{ "chr_file", BH_KIND_CHAR },	 { "blk_file", BH_KIND_BLOCK },
		{ "fifo_file", BH_KIND_PIPE },	 { "sock_file", BH_KIND_SOCKET },
		{ "lnk_file", BH_KIND_SYMLINK },
	};

	*kind = BH_KIND_ANY;
	if (!tclass)
		return 0;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		*kind = kinds[i].kind;
		if (!strcmp(db->p_class_val_to_name[tclass - 1], kinds[i].tclass))
			return 0;
	}
	return -EINVAL;
}

/* What begins with @path. */
static char *make_regex(const char *path, bool proc)
{
	char *regex = malloc(sizeof(PROCESS) + 2 * strlen(path) + sizeof(".*")), *to = regex;

	if (!regex)
		return NULL;
	to += sprintf(to, "%s", proc ? PROCESS : "");
	for (; *path; path++) {
		if (!isalnum((unsigned char)*path) && *path != '/' && *path != '_')
			*to++ = '\\';
		*to++ = *path;
	}
	strcpy(to, ".*");
	return regex;
}

static int compare_lengths(const void *left, const void *right)
{
	const struct bh_filecon *a = left, *b = right;
	size_t first = strlen(a->regex), second = strlen(b->regex);

	return (first > second) - (first < second);
}

static int make_rules(const struct policydb *db, const genfs_t *genfs, const uint32_t *by_value,
		      struct bh_filecon *rules, size_t *nr)
{
	for (const ocontext_t *context = genfs->head; context; context = context->next) {
		struct bh_filecon *rule = &rules[*nr];

		if (!strcmp(context->u.name, "/"))
			continue; /* the file system's own label */
		*rule = (struct bh_filecon){ .type = by_value[context->context[0].type],
					     .file = genfs->fstype };
		if (class_kind(db, context->v.sclass, &rule->kind))
			return -EINVAL;
		rule->regex = make_regex(context->u.name, !strcmp(genfs->fstype, "proc"));
		if (!rule->regex)
			return -ENOMEM;
		++*nr;
	}
	/* Of those that match the last one wins. */
	qsort(rules, *nr, sizeof(*rules), compare_lengths);
	return 0;
}

static int compile(const struct policydb *db, const genfs_t *genfs, const uint32_t *by_value,
		   struct bh_policy_fs *fs, struct bh_error *error)
{
	BH_FREE struct bh_filecon *rules = NULL;
	size_t nr = 0, max = 0;
	int ret;

	for (const ocontext_t *context = genfs->head; context; context = context->next)
		max++;
	rules = calloc(max, sizeof(*rules));
	if (!rules)
		return -ENOMEM;
	ret = make_rules(db, genfs, by_value, rules, &nr);
	if (!ret && nr)
		ret = bh_automaton_compile(rules, nr, &fs->automaton, error);
	for (size_t i = 0; i < nr; i++)
		free((char *)rules[i].regex);
	return ret;
}

int bh_flatten_genfs(const struct bh_build *build, struct bh_policy_private *private,
		     struct bh_error *error)
{
	const struct policydb *db = &build->policydb->p;
	int ret = 0;

	for (const genfs_t *genfs = db->genfs; genfs && !ret; genfs = genfs->next)
		for (size_t i = 0; i < private->policy.nr_filesystems && !ret; i++)
			if (!strcmp(private->policy.filesystems[i].name, genfs->fstype))
				ret = compile(db, genfs, private->by_value,
					      &private->policy.filesystems[i], error);
	return ret;
}
