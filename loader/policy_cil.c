// SPDX-License-Identifier: GPL-2.0
/* libsepol's CIL compiler, from memory to memory. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include <sepol/cil/cil.h>
#include <sepol/debug.h>

#include "policy_cil.h"

/* Enough for any module's violations; what is beyond it is dropped. */
#define LOG_BYTES_MAX (4L << 20)

/* The newest format that the oldest kernel we support (6.1) reads. */
#define POLICY_VERSION 33

static FILE *log_stream;

static void keep_message(int level, const char *message)
{
	(void)level;
	if (log_stream && ftell(log_stream) < LOG_BYTES_MAX)
		fputs(message, log_stream);
}

static int add_sources(cil_db_t *db, const struct bh_source *source, size_t nr_source)
{
	for (size_t i = 0; i < nr_source; i++)
		if (source[i].len > 0 &&
		    cil_add_file(db, source[i].name, source[i].text, source[i].len))
			return -EINVAL;
	return 0;
}

static int compile(const struct bh_source *source, size_t nr_source, bool bounds,
		   sepol_policydb_t **policydb)
{
	cil_db_t *db = NULL;
	int ret;

	cil_db_init(&db);
	cil_set_mls(db, 1);
	cil_set_target_platform(db, SEPOL_TARGET_SELINUX);
	cil_set_policy_version(db, POLICY_VERSION);
	/* Bounds are checked together with neverallow rules. */
	cil_set_disable_neverallow(db, !bounds);
	ret = add_sources(db, source, nr_source);
	if (!ret && (cil_compile(db) || cil_build_policydb(db, policydb)))
		ret = -EINVAL;
	cil_db_destroy(&db);
	return ret;
}

int bh_cil_compile(const struct bh_source *source, size_t nr_source, bool bounds,
		   sepol_policydb_t **policydb, char **log)
{
	size_t len;
	int ret;

	*policydb = NULL;
	*log = NULL;
	log_stream = open_memstream(log, &len);
	if (!log_stream)
		return -ENOMEM;
	/* What libsepol says outside CIL has no place to go but stderr. */
	sepol_debug(0);
	cil_set_log_handler(keep_message);
	/* At CIL_ERR it would show the first four violations only. */
	cil_set_log_level(CIL_WARN);

	ret = compile(source, nr_source, bounds, policydb);
	if (fclose(log_stream))
		ret = -ENOMEM;
	log_stream = NULL;
	if (ret && *policydb) {
		sepol_policydb_free(*policydb);
		*policydb = NULL;
	}
	if (ret == -ENOMEM) {
		free(*log);
		*log = NULL;
	}
	return ret;
}
