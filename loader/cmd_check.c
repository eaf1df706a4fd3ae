// SPDX-License-Identifier: GPL-2.0
/* bulkhead check: validate modules. */
#include <getopt.h>
#include <stdio.h>

#include "base.h"
#include "command.h"
#include "format.h"
#include "policy.h"

static int check_file(const struct bh_base *base, const char *path, struct bh_error *error)
{
	struct bh_source module;
	int ret;

	ret = bh_format_read_file(path, &module, error);
	if (!ret)
		ret = bh_policy_check(base->source, base->nr_source, &module, error);
	bh_source_free(&module);
	return ret;
}

static int check_files(const struct bh_base *base, int nr, char **path, struct bh_error *error)
{
	static struct bh_error refusals;
	int ret = BH_EXIT_DONE;

	for (int i = 0; i < nr; i++) {
		if (check_file(base, path[i], &refusals) == 0) {
			printf("%s: ok\n", path[i]);
			continue;
		}
		bh_fail_add(error, 0, "%s", refusals.text);
		ret = BH_EXIT_REFUSED;
	}
	return ret;
}

int bh_cmd_check(int argc, char **argv, struct bh_error *error)
{
	static const struct option options[] = {
		{ "base", required_argument, NULL, 'b' },
		{ 0 },
	};
	const char *base_dir = NULL;
	struct bh_base base;
	int option;
	int ret;

	opterr = 0;
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option != 'b')
			return bh_usage(error, "check: wrong option %s", argv[optind - 1]);
		base_dir = optarg;
	}
	if (optind == argc)
		return bh_usage(error, "check: no file; see bulkhead check --help");
	ret = bh_base_read(base_dir, &base, error);
	if (ret)
		return ret;
	ret = check_files(&base, argc - optind, argv + optind, error);
	bh_base_free(&base);
	return ret;
}
