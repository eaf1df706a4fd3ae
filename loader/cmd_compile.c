// SPDX-License-Identifier: GPL-2.0
/* bulkhead compile: BASE and a module, as SELinux's policy or as the rows of the maps. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base.h"
#include "command.h"
#include "format.h"
#include "policy.h"
#include "policy_classes.h"

struct arguments {
	const char *base_dir;
	const char *module;
	const char *out;
	const char *type;
	bool selinux;
};

static void print_row(FILE *out, const struct bh_policy *policy, const struct bh_policy_row *row)
{
	const char *source = policy->types[row->source].name;
	const char *target = policy->types[row->target].name;
	const char *tclass = bh_class_name(row->tclass);
	char text[BH_CLASS_TEXT_MAX];

	if (row->row.allowed)
		fprintf(out, "allow %s %s:%s %s;\n", source, target, tclass,
			bh_class_print(row->tclass, row->row.allowed, text, sizeof(text)));
	if (row->row.allowed_apart)
		fprintf(out, "#\twhatever the categories: %s\n",
			bh_class_print(row->tclass, row->row.allowed_apart, text, sizeof(text)));
	if (row->row.dontaudit)
		fprintf(out, "dontaudit %s %s:%s %s;\n", source, target, tclass,
			bh_class_print(row->tclass, row->row.dontaudit, text, sizeof(text)));
	if (row->row.transition)
		fprintf(out, "type_transition %s %s:%s %s;\n", source, target, tclass,
			policy->types[row->row.transition].name);
}

static void print_filetrans(FILE *out, const struct bh_policy *policy,
			    const struct bh_policy_filetrans *filetrans)
{
	fprintf(out, "type_transition %s %s:%s %s \"%s\";\n", policy->types[filetrans->source].name,
		policy->types[filetrans->target].name, bh_class_name(filetrans->tclass),
		policy->types[filetrans->type].name, filetrans->name);
}

static int print_rows(const struct bh_base *base, const struct bh_source *module, const char *type,
		      char **text, size_t *len, struct bh_error *error)
{
	struct bh_policy_request request = {
		.base = base->source, .nr_base = base->nr_source, .module = module, .start = type
	};
	struct bh_policy *policy;
	FILE *out;
	int ret;

	ret = bh_policy_compile(&request, &policy, error);
	if (ret)
		return ret;
	out = open_memstream(text, len);
	if (!out) {
		bh_policy_free(policy);
		return -ENOMEM;
	}
	fprintf(out, "# %s: %zu rows; the first process runs in %s\n", module->name,
		policy->nr_rows, policy->types[policy->start].name);
	for (size_t i = 0; i < policy->nr_rows; i++)
		print_row(out, policy, &policy->rows[i]);
	for (size_t i = 0; i < policy->nr_filetrans; i++)
		print_filetrans(out, policy, &policy->filetrans[i]);
	bh_policy_free(policy);
	return fclose(out) ? -ENOMEM : 0;
}

static int write_out(const char *path, const void *data, size_t len, struct bh_error *error)
{
	FILE *out = strcmp(path, "-") ? fopen(path, "we") : stdout;
	size_t written;

	if (!out)
		return bh_fail(error, -errno, "%s: %m", path);
	written = fwrite(data, 1, len, out);
	if ((out == stdout ? fflush(out) : fclose(out)) || written != len)
		return bh_fail(error, errno ? -errno : -EIO, "%s: %m", path);
	return 0;
}

static int compile_file(const struct bh_base *base, const struct arguments *arguments,
			struct bh_error *error)
{
	struct bh_source module;
	void *image = NULL;
	char *text = NULL;
	size_t len = 0;
	int ret;

	ret = bh_format_read_file(arguments->module, &module, error);
	if (ret)
		return ret;
	if (arguments->selinux)
		ret = bh_policy_binary(base->source, base->nr_source, &module, &image, &len, error);
	else
		ret = print_rows(base, &module, arguments->type, &text, &len, error);
	if (!ret)
		ret = write_out(arguments->out, image ? image : text, len, error);
	free(image);
	free(text);
	bh_source_free(&module);
	return ret;
}

static int parse_arguments(int argc, char **argv, struct arguments *arguments,
			   struct bh_error *error)
{
	static const struct option options[] = {
		{ "base", required_argument, NULL, 'b' },
		{ "output", required_argument, NULL, 'o' },
		{ "selinux", no_argument, NULL, 's' },
		{ "type", required_argument, NULL, 't' },
		{ 0 },
	};
	int option;

	opterr = 0;
	while ((option = getopt_long(argc, argv, "o:", options, NULL)) != -1) {
		if (option == 'b')
			arguments->base_dir = optarg;
		else if (option == 'o')
			arguments->out = optarg;
		else if (option == 's')
			arguments->selinux = true;
		else if (option == 't')
			arguments->type = optarg;
		else
			return bh_usage(error, "compile: wrong option %s", argv[optind - 1]);
	}
	if (argc - optind != 1 || !arguments->out)
		return bh_usage(error, "compile: one FILE and -o OUT are needed; "
				       "see bulkhead compile --help");
	arguments->module = argv[optind];
	return 0;
}

int bh_cmd_compile(int argc, char **argv, struct bh_error *error)
{
	struct arguments arguments = { 0 };
	struct bh_base base;
	int ret;

	ret = parse_arguments(argc, argv, &arguments, error);
	if (ret)
		return ret;
	ret = bh_base_read(arguments.base_dir, &base, error);
	if (ret)
		return ret;
	ret = compile_file(&base, &arguments, error);
	bh_base_free(&base);
	return ret;
}
