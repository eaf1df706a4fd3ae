/* SPDX-License-Identifier: GPL-2.0 */
/* The probe: one small program that does what a line says and reports the errno. */
#ifndef BULKHEAD_PROBE_H
#define BULKHEAD_PROBE_H

#define PROBE_WORDS 24 /* of a line */

/* What a command gives back: 0 or an errno, and a number if it has one to tell. */
struct probe_result {
	int error;
	long value;
};

struct probe_command {
	const char *name;
	int words; /* arguments that it needs */
	struct probe_result (*run)(char **word); /* NULL after the last */
};

/* Each file's commands, ended by one without a name. */
extern const struct probe_command probe_file_commands[];
extern const struct probe_command probe_dir_commands[];
extern const struct probe_command probe_memory_commands[];
extern const struct probe_command probe_socket_commands[];
extern const struct probe_command probe_process_commands[];
extern const struct probe_command probe_capability_commands[];
extern const struct probe_command probe_uring_commands[];

/**
 * probe_flags() - Flags of open(2).
 * @text: rdonly,append,...
 *
 * Return: the flags, with O_CLOEXEC and O_NONBLOCK.
 */
int probe_flags(const char *text);

/**
 * probe_run() - Run one command.
 * @word: Its name and arguments, ended by NULL.
 *
 * Return: The result; ENOSYS for a command that there is not.
 */
struct probe_result probe_run(char **word);

/**
 * probe_did() - The result of a system call.
 * @ret: What it returned.
 *
 * Return: The errno if @ret is negative; else @ret as the value.
 */
struct probe_result probe_did(long ret);

/**
 * probe_closed() - The result of a system call that opens a descriptor; closes it.
 * @fd: What it returned.
 *
 * Return: As probe_did().
 */
struct probe_result probe_closed(int fd);

/**
 * probe_in_child() - Run a command in a child.
 * @prepare: Run in the child before; its error is the result. May be NULL.
 * @word:    The command.
 *
 * Return: The command's error.
 */
struct probe_result probe_in_child(struct probe_result (*prepare)(void), char **word);

#endif /* BULKHEAD_PROBE_H */
