/* SPDX-License-Identifier: GPL-2.0 */
/* Running a command and waiting for it. */
#ifndef BULKHEAD_SPAWN_H
#define BULKHEAD_SPAWN_H

#include "error.h"

/**
 * bh_spawn() - Run a command, wait for it.
 * @argv:   The command, searched for in PATH.
 * @cgroup: Directory of the cgroup that it enters; -1: none.
 * @error:  Receives why it could not be started.
 *
 * SIGTERM and SIGHUP are passed on, and SIGINT and SIGQUIT that come from a process;
 * those of the terminal reach the command by themselves.
 *
 * Return: its exit status; 128 and the signal's number; 126 or 127, as a shell, when
 *         it could not be executed (already said on stderr); the error of fork().
 */
int bh_spawn(char **argv, int cgroup, struct bh_error *error);

#endif /* BULKHEAD_SPAWN_H */
