// SPDX-License-Identifier: GPL-2.0
/* Running a command and waiting for it. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cgroup.h"
#include "spawn.h"

#define NOT_EXECUTABLE 126
#define NOT_FOUND 127

/* Enters the cgroup first: the execve that follows is the one that is labelled. */
static _Noreturn void run_child(char **argv, int cgroup, const sigset_t *mask)
{
	int ret = cgroup < 0 ? 0 : bh_cgroup_enter(cgroup);

	if (!ret) {
		sigprocmask(SIG_SETMASK, mask, NULL);
		execvp(argv[0], argv);
		ret = -errno;
	}
	fprintf(stderr, "bulkhead: exec %s: %s\n", argv[0], strerror(-ret));
	_exit(ret == -ENOENT ? NOT_FOUND : NOT_EXECUTABLE);
}

static int exit_status(int status)
{
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int wait_child(pid_t child, const sigset_t *signals)
{
	for (;;) {
		siginfo_t info;
		int status;

		if (waitpid(child, &status, WNOHANG) == child)
			return exit_status(status);
		/* SIGCHLD is blocked: one that came since waitpid() is waiting here. */
		if (sigwaitinfo(signals, &info) > 0 && info.si_signo != SIGCHLD &&
		    (info.si_code != SI_KERNEL || info.si_signo == SIGHUP))
			kill(child, info.si_signo);
	}
}

int bh_spawn(char **argv, int cgroup, struct bh_error *error)
{
	static const int passed[] = { SIGCHLD, SIGTERM, SIGHUP, SIGINT, SIGQUIT };
	sigset_t signals, mask;
	pid_t child;
	int ret;

	/* Inherited, "ignore" would have the kernel reap the child unseen. */
	signal(SIGCHLD, SIG_DFL);
	sigemptyset(&signals);
	for (size_t i = 0; i < sizeof(passed) / sizeof(passed[0]); i++)
		sigaddset(&signals, passed[i]);
	sigprocmask(SIG_BLOCK, &signals, &mask);
	child = fork();
	if (!child)
		run_child(argv, cgroup, &mask);
	ret = child < 0 ? -errno : wait_child(child, &signals);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	return ret < 0 ? bh_fail(error, ret, "fork: %s", strerror(-ret)) : ret;
}
