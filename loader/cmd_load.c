// SPDX-License-Identifier: GPL-2.0
/* bulkhead load, bulkhead unload. */
#include <errno.h>
#include <getopt.h>
#include <string.h>

#include "attach.h"
#include "base.h"
#include "booleans.h"
#include "cleanup.h"
#include "command.h"
#include "conf.h"
#include "kernel.h"
#include "kmod.h"
#include "lock.h"
#include "log.h"
#include "maps.h"

static int check_not_loaded(struct bh_error *error)
{
	struct bh_maps maps;
	int ret = bh_maps_open(&maps, error);

	bh_maps_close(&maps);
	if (ret == -ENOENT)
		return bh_kmod_check_unlocked(error); /* who locked it may have removed the pins */
	return ret ? ret : bh_fail(error, -EEXIST, "already loaded");
}

static int compile_base(struct bh_policy **policy, struct bh_error *error)
{
	struct bh_policy_request request = { 0 };
	struct bh_boolean *booleans = NULL;
	struct bh_base base = { 0 };
	int ret = bh_base_read(NULL, &base, error);

	if (!ret)
		ret = bh_booleans_read(&booleans, &request.nr_booleans, error);
	request.base = base.source;
	request.nr_base = base.nr_source;
	request.booleans = booleans;
	if (!ret)
		ret = bh_policy_compile(&request, policy, error);
	free(booleans);
	bh_base_free(&base);
	return ret;
}

static int load(uint32_t mode, bool strict, struct bh_error *error)
{
	struct bh_policy *policy = NULL;
	BH_CLOSE int lock = -1;
	int ret = bh_kernel_check(error);

	if (ret)
		return ret;
	lock = bh_lock("lock", error);
	if (lock < 0)
		return lock;
	ret = bh_kernel_prepare(error);
	if (ret)
		return ret;
	bh_detach_stale();
	ret = check_not_loaded(error);
	if (!ret)
		ret = compile_base(&policy, error);
	if (!ret)
		ret = bh_attach(policy, mode, strict, error);
	bh_policy_free(policy);
	return ret;
}

int bh_cmd_load(int argc, char **argv, struct bh_error *error)
{
	static const struct option options[] = { { "mode", required_argument, NULL, 'm' },
						 { "strict", required_argument, NULL, 's' },
						 { 0 } };
	struct bh_conf conf;
	uint32_t mode;
	bool strict;
	int option, ret = bh_conf_read(&conf, error);

	mode = conf.mode;
	strict = conf.strict;
	bh_conf_free(&conf);
	if (ret)
		return ret;
	opterr = 0;
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option != 'm' && option != 's')
			return bh_usage(error, "load: unknown option %s", argv[optind - 1]);
		if (option == 's' && bh_strict_parse(optarg, &strict))
			return bh_usage(error, "load: strict is on or off, not '%s'", optarg);
		if (option == 'm' && bh_mode_parse(optarg, &mode))
			return bh_usage(error,
					"load: mode is auto, enforcing or permissive, not '%s'",
					optarg);
	}
	if (optind != argc)
		return bh_usage(error, "load: takes no argument '%s'", argv[optind]);
	return load(mode, strict, error);
}

int bh_cmd_unload(int argc, char **argv, struct bh_error *error)
{
	struct bh_maps maps;
	BH_CLOSE int lock = -1;

	if (argc > 1)
		return bh_usage(error, "unload: takes no argument '%s'", argv[1]);
	if (geteuid())
		return bh_fail(error, -EPERM, "only root can unload");
	lock = bh_lock("lock", error);
	if (lock < 0)
		return lock;
	if (bh_kmod_check_unlocked(error))
		return -EPERM;
	/* The last denials; that they cannot be read is no reason to stay loaded. */
	if (!bh_maps_open(&maps, NULL))
		bh_log_drain(&maps, NULL);
	bh_maps_close(&maps);
	bh_detach_stale();
	return bh_detach(error);
}
