// SPDX-License-Identifier: GPL-2.0
/* A child process for work on input that may crash it or never end. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <seccomp.h>

#include "cleanup.h"
#include "format_child.h"

#define CHUNK_BYTES 65536

static void set_limit(int resource, rlim_t value)
{
	struct rlimit limit = { value, value };

	if (setrlimit(resource, &limit))
		_exit(EXIT_FAILURE);
}

static void limit_child(const struct bh_child *child)
{
	set_limit(RLIMIT_CORE, 0);
	set_limit(RLIMIT_CPU, child->cpu_seconds);
	set_limit(RLIMIT_FSIZE, child->file_bytes);
	/* The sanitizers' own memory is beyond any bound. */
#ifndef __SANITIZE_ADDRESS__
	set_limit(RLIMIT_AS, child->memory_bytes);
#endif
	if (!child->file_bytes)
		set_limit(RLIMIT_NOFILE, 0);
}

/* Memory, reading and writing what is open, and ending. All else fails with EPERM. */
static void seal_child(void)
{
	static const int allowed[] = {
		SCMP_SYS(read),	       SCMP_SYS(write),	       SCMP_SYS(brk),
		SCMP_SYS(munmap),      SCMP_SYS(mremap),       SCMP_SYS(madvise),
		SCMP_SYS(futex),       SCMP_SYS(rt_sigreturn), SCMP_SYS(exit),
		SCMP_SYS(exit_group),
#ifdef __SANITIZE_ADDRESS__
		SCMP_SYS(sigaltstack), SCMP_SYS(gettid),       SCMP_SYS(sched_yield),
#endif
	};
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int ret = filter ? 0 : -ENOMEM;

	for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]) && !ret; i++)
		ret = seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0);
	if (!ret)
		ret = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
				       SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	if (ret || seccomp_load(filter))
		_exit(EXIT_FAILURE);
	seccomp_release(filter);
}

static _Noreturn void run_child(const struct bh_child *child, int output, int message)
{
	int null = open("/dev/null", O_RDWR);
	sigset_t none;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	if (null < 0 || dup2(null, STDIN_FILENO) < 0)
		_exit(EXIT_FAILURE);
	/* Above what it is copied to: neither may be overwritten before it is copied. */
	output = fcntl(output, F_DUPFD, STDERR_FILENO + 1);
	message = fcntl(message, F_DUPFD, STDERR_FILENO + 1);
	if (dup2(output, STDOUT_FILENO) < 0 || dup2(message, STDERR_FILENO) < 0 ||
	    close_range(STDERR_FILENO + 1, ~0U, 0))
		_exit(EXIT_FAILURE);
	limit_child(child);
	if (!child->file_bytes)
		seal_child();
	_exit(child->run(child->argument));
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

/* The next piece of output. 0 at its end. */
static ssize_t read_output(int fd, const struct bh_child *child, struct bh_child_result *result)
{
	char *grown = realloc(result->output, result->len + CHUNK_BYTES + 1);
	ssize_t got;

	if (!grown)
		return -ENOMEM;
	result->output = grown;
	got = read(fd, grown + result->len, CHUNK_BYTES);
	if (got < 0)
		return errno == EINTR ? 1 : -errno;
	result->len += (size_t)got;
	grown[result->len] = '\0';
	result->too_long = result->len > child->output_bytes_max;
	return got;
}

/* The beginning is kept, the rest read and dropped so that the child need not wait. */
static ssize_t read_message(int fd, struct bh_child_result *result)
{
	size_t used = strlen(result->message);
	char chunk[BH_CHILD_MESSAGE_MAX];
	ssize_t got = read(fd, chunk, sizeof(chunk));
	size_t kept;

	if (got < 0)
		return errno == EINTR ? 1 : -errno;
	kept = strnlen(chunk, (size_t)got);
	if (kept > sizeof(result->message) - 1 - used)
		kept = sizeof(result->message) - 1 - used;
	memcpy(result->message + used, chunk, kept);
	result->message[used + kept] = '\0';
	return got;
}

static int read_all(int output, int message, const struct bh_child *child, int64_t end,
		    struct bh_child_result *result)
{
	struct pollfd fds[] = { { .fd = output, .events = POLLIN },
				{ .fd = message, .events = POLLIN } };

	while ((fds[0].fd >= 0 || fds[1].fd >= 0) && !result->too_long) {
		int64_t left = end - now_ms();
		ssize_t got = 1;
		int ready;

		if (left <= 0) {
			result->too_late = true;
			return 0;
		}
		ready = poll(fds, 2, (int)left);
		if (ready < 0 && errno != EINTR)
			return -errno;
		if (ready <= 0)
			continue;
		for (int i = 0; i < 2; i++) {
			if (fds[i].fd < 0 || !fds[i].revents)
				continue;
			got = i ? read_message(message, result) :
				  read_output(output, child, result);
			if (got < 0)
				return (int)got;
			if (!got)
				fds[i].fd = -1;
		}
	}
	return 0;
}

/* One that has closed its pipes may still not end: it has what is left of the time. */
static void wait_child(pid_t pid, int64_t end, struct bh_child_result *result)
{
	BH_CLOSE int fd = pidfd_open(pid, 0);
	struct pollfd ended = { .fd = fd, .events = POLLIN };

	while (fd >= 0 && !result->too_long && !result->too_late) {
		int64_t left = end - now_ms();

		if (left <= 0)
			result->too_late = true;
		else if (poll(&ended, 1, (int)left) > 0)
			break;
	}
	if (fd < 0 || result->too_long || result->too_late)
		kill(pid, SIGKILL);
	while (waitpid(pid, &result->status, 0) < 0 && errno == EINTR)
		;
}

static int run_and_read(const struct bh_child *child, struct bh_child_result *result)
{
	int64_t end = now_ms() + child->clock_ms;
	int pipes[2][2] = { { -1, -1 }, { -1, -1 } };
	pid_t pid = -1;
	int ret = 0;

	if (pipe2(pipes[0], O_CLOEXEC) || pipe2(pipes[1], O_CLOEXEC))
		ret = -errno;
	if (!ret)
		pid = fork();
	if (!ret && pid < 0)
		ret = -errno;
	if (pid == 0)
		run_child(child, pipes[0][1], pipes[1][1]);
	for (int i = 0; i < 2; i++)
		bh_cleanup_fd(&pipes[i][1]);
	if (!ret) {
		ret = read_all(pipes[0][0], pipes[1][0], child, end, result);
		if (ret)
			kill(pid, SIGKILL);
		wait_child(pid, end, result);
	}
	for (int i = 0; i < 2; i++)
		bh_cleanup_fd(&pipes[i][0]);
	return ret;
}

int bh_child_run(const struct bh_child *child, struct bh_child_result *result)
{
	struct sigaction reap = { .sa_handler = SIG_DFL };
	struct sigaction before;
	int ret;

	memset(result, 0, sizeof(*result));
	/* Inherited, "ignore" would have the kernel reap the child, and its status be lost. */
	sigaction(SIGCHLD, &reap, &before);
	ret = run_and_read(child, result);
	sigaction(SIGCHLD, &before, NULL);
	if (!ret && !result->output)
		ret = (result->output = calloc(1, 1)) ? 0 : -ENOMEM;
	if (ret) {
		free(result->output);
		memset(result, 0, sizeof(*result));
	}
	return ret;
}
