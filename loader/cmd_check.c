// SPDX-License-Identifier: GPL-2.0
/* bulkhead check: validate modules, or draw one. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>

#include "base.h"
#include "command.h"
#include "dot.h"
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

/* The picture goes to stdout, what is refused to stderr: both of a module that exceeds bounds. */
static int draw_file(const struct bh_base *base, const char *path, struct bh_error *error)
{
	struct bh_source module, cil = { 0 };
	int ret;

	ret = bh_format_read_file(path, &module, error);
	if (!ret)
		ret = bh_format_cil(&module, &cil, error);
	if (!ret) {
		ret = bh_dot_write(base->source, base->nr_source, &cil, stdout, error);
		/* Of a module that is not drawn all that is wrong is said, too. */
		if (!ret || ret == -EINVAL)
			ret = bh_policy_check(base->source, base->nr_source, &module, error);
	}
	bh_format_free(&module, &cil);
	bh_source_free(&module);
	return ret ? BH_EXIT_REFUSED : BH_EXIT_DONE;
}

int bh_cmd_check(int argc, char **argv, struct bh_error *error)
{
	static const struct option options[] = {
		{ "base", required_argument, NULL, 'b' },
		{ "dot", no_argument, NULL, 'd' },
		{ 0 },
	};
	const char *base_dir = NULL;
	struct bh_base base;
	bool dot = false;
	int option;
	int ret;

	opterr = 0;
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'b')
			base_dir = optarg;
		else if (option == 'd')
			dot = true;
		else
			return bh_usage(error, "check: wrong option %s", argv[optind - 1]);
	}
	if (optind == argc)
		return bh_usage(error, "check: no file; see bulkhead check --help");
	if (dot && argc - optind > 1)
		return bh_usage(error, "check: --dot draws one file");
	ret = bh_base_read(base_dir, &base, error);
	if (ret)
		return ret;
	if (dot)
		ret = draw_file(&base, argv[optind], error);
	else
		ret = check_files(&base, argc - optind, argv + optind, error);
	bh_base_free(&base);
	return ret;
}
