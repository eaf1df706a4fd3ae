// SPDX-License-Identifier: GPL-2.0
/*
 * account FILE COMMAND...: runs COMMAND and appends to FILE what it and its children
 * executed, in microseconds of CPU: with `run -i`, thousands of instructions.
 *
 * The runtime of a task is a sum of nanoseconds from the scheduler, not of ticks.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static long microseconds(const struct timeval *time)
{
	return time->tv_sec * 1000000L + time->tv_usec;
}

int main(int argc, char **argv)
{
	struct rusage usage;
	int status, fd;
	pid_t child;

	if (argc < 3)
		return 2;
	child = fork();
	if (!child) {
		execv(argv[2], argv + 2);
		_exit(127);
	}
	if (child < 0 || waitpid(child, &status, 0) != child || getrusage(RUSAGE_CHILDREN, &usage))
		return 1;
	fd = open(argv[1], O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return 1;
	dprintf(fd, "%ld\n", microseconds(&usage.ru_utime) + microseconds(&usage.ru_stime));
	close(fd);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
