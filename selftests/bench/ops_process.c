// SPDX-License-Identifier: GPL-2.0
/* Operations on processes and pipes. */
#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"

static int to_echo, from_echo;

/* It ends when this process does: nobody else has the pipe's other end. */
static _Noreturn void echo(int in, int out)
{
	char byte;

	while (read(in, &byte, 1) == 1)
		must(write(out, &byte, 1), "echo");
	_exit(0);
}

void bench_process_prepare(void)
{
	int there[2], back[2];
	pid_t child;

	must(pipe2(there, O_CLOEXEC), "pipe");
	must(pipe2(back, O_CLOEXEC), "pipe");
	child = (pid_t)must(fork(), "fork");
	if (!child) {
		close(there[1]);
		close(back[0]);
		echo(there[0], back[1]);
	}
	close(there[0]);
	close(back[1]);
	to_echo = there[1];
	from_echo = back[0];
}

void op_getppid(unsigned int nr)
{
	while (nr--)
		syscall(SYS_getppid);
}

static void wait_for(pid_t child)
{
	int status;

	must(waitpid(child, &status, 0), "waitpid");
	if (status) {
		fprintf(stderr, "ops: child: status 0x%x\n", (unsigned int)status);
		exit(1);
	}
}

void op_fork_exit(unsigned int nr)
{
	while (nr--) {
		pid_t child = (pid_t)must(fork(), "fork");

		if (!child)
			_exit(0);
		wait_for(child);
	}
}

static void run_program(const char *path, unsigned int nr)
{
	while (nr--) {
		pid_t child = (pid_t)must(fork(), "fork");

		if (!child) {
			execl(path, path, NULL);
			_exit(127);
		}
		wait_for(child);
	}
}

void op_fork_exec(unsigned int nr)
{
	run_program(BENCH_TRUE, nr);
}

/* The policies have a transition for what is executed from here. */
void op_exec_transition(unsigned int nr)
{
	run_program(BENCH_TMPFS "/true", nr);
}

void op_pipe_rt(unsigned int nr)
{
	char byte = 0;

	while (nr--) {
		must(write(to_echo, &byte, 1), "write to pipe");
		must(read(from_echo, &byte, 1), "read from pipe");
	}
}

void op_kill0(unsigned int nr)
{
	pid_t self = getpid();

	while (nr--)
		must(kill(self, 0), "kill");
}
