// SPDX-License-Identifier: GPL-2.0
/* Which command was asked for, and what its failure looks like. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <bulkhead/abi.h>

#include "command.h"

static const struct bh_command commands[] = {
	{ "load", bh_cmd_load, "attach and pin everything, or nothing",
	  "[--mode auto|enforcing|permissive] [--strict on|off]" },
	{ "unload", bh_cmd_unload, "take everything away", "" },
	{ "status", bh_cmd_status, "what holds now", "[--json]" },
	{ "check", bh_cmd_check, "validate modules, or draw one", "[--dot] FILE..." },
	{ "compile", bh_cmd_compile, "BASE and a module as a policy", "FILE -o OUT [--selinux]" },
	{ "query", bh_cmd_query, "a verdict",
	  "[--policy FILE|name:MODULE] SOURCE TARGET CLASS [PERM...]" },
	{ "module", bh_cmd_module, "modules and grants of the administrator",
	  "list [--json] | show NAME | remove NAME\n"
	  "       | install [--for-images] NAME FILE\n"
	  "       | install --grant-to sha256:DIGEST|name:MODULE [--with FILE] NAME FILE" },
	{ "boolean", bh_cmd_boolean, "show or switch booleans", "[--json] [NAME[=on|off]...]" },
	{ "exec", bh_cmd_exec, "confine one command",
	  "[--policy FILE|name:MODULE] [--type TYPE] [--level LEVEL]\n"
	  "       [--volume PATH:shared|private]... -- COMMAND [ARGUMENT...]" },
	{ "hook", bh_cmd_hook, "OCI hook; the container's state on stdin",
	  "createRuntime|poststop" },
	{ "ps", bh_cmd_ps, "the confined containers", "[--json]" },
	{ "image", bh_cmd_image, "the module in an image",
	  "build -- podman|buildah|docker build ...\n"
	  "       bulkhead image embed IMAGE --policy FILE [--type TYPE] [-o OUT]\n"
	  "       bulkhead image verify IMAGE [--require]\n"
	  "       bulkhead image extract IMAGE [-o FILE]" },
	{ "log", bh_cmd_log, "the denials", "[-f] [--json]" },
	{ "label", bh_cmd_label, "labels of files that last",
	  "[-R] TYPE[:LEVEL] PATH...\n"
	  "       | [-R] --show PATH... | [-R] --remove PATH..." },
	{ "lock", bh_cmd_lock, "from here to the next boot nothing detaches", "" },
};

#define NR_COMMANDS (sizeof(commands) / sizeof(commands[0]))

int bh_usage(struct bh_error *error, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(error->text, sizeof(error->text), format, args);
	va_end(args);
	return BH_EXIT_USAGE;
}

static void print_help(FILE *out)
{
	fputs("usage: bulkhead COMMAND [ARGUMENT...]\n"
	      "       bulkhead COMMAND --help\n\n",
	      out);
	for (size_t i = 0; i < NR_COMMANDS; i++)
		fprintf(out, "  %-9s %s\n", commands[i].name, commands[i].help);
}

static int run_command(const struct bh_command *command, int argc, char **argv)
{
	static struct bh_error error;
	int ret;

	if (argc > 1 && !strcmp(argv[1], "--help")) {
		printf("usage: bulkhead %s %s\n\n%s\n", command->name, command->usage,
		       command->help);
		return BH_EXIT_DONE;
	}
	ret = command->run(argc, argv, &error);
	if (ret && error.text[0])
		fprintf(stderr, "bulkhead: %s\n", error.text);
	else if (ret < 0)
		fprintf(stderr, "bulkhead: %s: %s\n", command->name, strerror(-ret));
	/* Output that never reached its reader is a failure too. */
	if (fflush(stdout) && !ret) {
		perror("bulkhead: standard output");
		return BH_EXIT_REFUSED;
	}
	return ret < 0 ? BH_EXIT_REFUSED : ret;
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		print_help(stderr);
		return BH_EXIT_USAGE;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "help")) {
		print_help(stdout);
		return BH_EXIT_DONE;
	}
	if (!strcmp(argv[1], "--version")) {
		printf("bulkhead %s (ABI %u)\n", BH_VERSION, BH_ABI_VERSION);
		return BH_EXIT_DONE;
	}
	for (size_t i = 0; i < NR_COMMANDS; i++)
		if (!strcmp(argv[1], commands[i].name))
			return run_command(&commands[i], argc - 1, argv + 1);
	fprintf(stderr, "bulkhead: no command '%s'; see bulkhead --help\n", argv[1]);
	return BH_EXIT_USAGE;
}
