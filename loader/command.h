/* SPDX-License-Identifier: GPL-2.0 */
/* The commands of `bulkhead`: one function each, and what they return. */
#ifndef BULKHEAD_COMMAND_H
#define BULKHEAD_COMMAND_H

#include "error.h"

#define BH_EXIT_DONE 0
#define BH_EXIT_REFUSED 1
#define BH_EXIT_USAGE 2

/*
 * One line of main()'s table. A command gets its own name as argv[0]; main() has
 * already answered `COMMAND --help` from @usage.
 */
struct bh_command {
	const char *name;
	/* Exit status; or a negative errno, which exits with BH_EXIT_REFUSED. */
	int (*run)(int argc, char **argv, struct bh_error *error);
	const char *help; /* one line of `bulkhead --help` */
	const char *usage; /* what follows the command's name */
};

/**
 * bh_usage() - Refuse wrong arguments.
 * @error:  Receives the text.
 * @format: printf() format: which argument, and what is wrong with it.
 *
 * Return: BH_EXIT_USAGE.
 */
int bh_usage(struct bh_error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));

/*
 * Each in the file cmd_NAME.c. All take what follows `bulkhead` and return what
 * struct bh_command.run does; @error is printed by main() and by nobody else.
 */
int bh_cmd_boolean(int argc, char **argv, struct bh_error *error);
int bh_cmd_check(int argc, char **argv, struct bh_error *error);
int bh_cmd_compile(int argc, char **argv, struct bh_error *error);
int bh_cmd_exec(int argc, char **argv, struct bh_error *error);
int bh_cmd_hook(int argc, char **argv, struct bh_error *error);
int bh_cmd_image(int argc, char **argv, struct bh_error *error);
int bh_cmd_label(int argc, char **argv, struct bh_error *error);
int bh_cmd_load(int argc, char **argv, struct bh_error *error);
int bh_cmd_lock(int argc, char **argv, struct bh_error *error);
int bh_cmd_log(int argc, char **argv, struct bh_error *error);
int bh_cmd_module(int argc, char **argv, struct bh_error *error);
int bh_cmd_ps(int argc, char **argv, struct bh_error *error);
int bh_cmd_query(int argc, char **argv, struct bh_error *error);
int bh_cmd_status(int argc, char **argv, struct bh_error *error);
int bh_cmd_unload(int argc, char **argv, struct bh_error *error);

#endif /* BULKHEAD_COMMAND_H */
