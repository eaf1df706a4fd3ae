// SPDX-License-Identifier: GPL-2.0
/*
 * The probe: a task that runs, confined or not, and does what the test tells it.
 *
 *	probe                reads a command from each line of standard input and answers
 *	                     "ERRNO VALUE"; first of all it answers "0 PID"
 *	probe COMMAND...     runs one command and exits with its errno
 *
 * It is static, so that it asks for nothing that a test did not ask it for.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "probe.h"

#define LINE_MAX_BYTES 8192
#define EXITED 100 /* "exec": added to what the program exited with */

struct probe_result probe_did(long ret)
{
	return ret < 0 ? (struct probe_result){ errno, 0 } : (struct probe_result){ 0, ret };
}

struct probe_result probe_closed(int fd)
{
	struct probe_result result = probe_did(fd);

	if (fd >= 0)
		close(fd);
	return result;
}

static struct probe_result wait_child(pid_t pid)
{
	int status;

	if (pid < 0)
		return probe_did(-1);
	if (waitpid(pid, &status, 0) < 0)
		return probe_did(-1);
	if (WIFSIGNALED(status))
		return (struct probe_result){ EINTR, WTERMSIG(status) };
	return (struct probe_result){ WEXITSTATUS(status), 0 };
}

struct probe_result probe_in_child(struct probe_result (*prepare)(void), char **word)
{
	struct probe_result result = { 0 };
	pid_t pid = fork();

	if (pid)
		return wait_child(pid);
	if (prepare)
		result = prepare();
	if (!result.error)
		result = probe_run(word);
	_exit(result.error);
}

static struct probe_result run_fork(char **word)
{
	return probe_in_child(NULL, word);
}

static struct probe_result no_new_privs(void)
{
	return probe_did(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
}

static struct probe_result run_nnp(char **word)
{
	return probe_in_child(no_new_privs, word);
}

struct thread_job {
	char **word;
	struct probe_result result;
};

static void *thread_main(void *argument)
{
	struct thread_job *job = argument;

	job->result = probe_run(job->word);
	return NULL;
}

static struct probe_result run_thread(char **word)
{
	struct thread_job job = { .word = word };
	pthread_t thread;
	int error = pthread_create(&thread, NULL, thread_main, &job);

	if (error)
		return (struct probe_result){ error, 0 };
	pthread_join(thread, NULL);
	return job.result;
}

/* repeat N COMMAND: stops at the first result that differs from the first one. */
static struct probe_result run_repeat(char **word)
{
	struct probe_result first = probe_run(word + 1), next;

	for (long i = 1; i < atol(word[0]); i++) {
		next = probe_run(word + 1);
		if (next.error != first.error)
			return (struct probe_result){ ECANCELED, i };
	}
	return first;
}

/* never N COMMAND: stops when it succeeds, and says how many times it had not. */
static struct probe_result run_never(char **word)
{
	for (long i = 0; i < atol(word[0]); i++)
		if (!probe_run(word + 1).error)
			return (struct probe_result){ ECANCELED, i };
	return (struct probe_result){ 0, atol(word[0]) };
}

/* An errno when FILE could not be executed; else EXITED + its status, or 0 for 0. */
static struct probe_result run_exec(char **word)
{
	struct probe_result result;
	int failed = 0, report[2];
	pid_t pid;

	if (pipe2(report, O_CLOEXEC))
		return probe_did(-1);
	pid = fork();
	if (!pid) {
		execv(word[0], word);
		failed = errno;
		if (write(report[1], &failed, sizeof(failed)) < 0)
			_exit(EIO);
		_exit(0);
	}
	close(report[1]);
	if (pid < 0)
		result = probe_did(-1);
	else if (read(report[0], &failed, sizeof(failed)) == sizeof(failed))
		wait_child(pid), result = (struct probe_result){ failed, 0 };
	else
		result = wait_child(pid);
	close(report[0]);
	if (pid > 0 && !failed && result.error)
		result.error += EXITED;
	return result;
}

/* become FILE: this process executes FILE, which is a probe, too; its first line is the answer. */
static struct probe_result run_become(char **word)
{
	char *const arguments[] = { word[0], NULL };

	return probe_did(execv(word[0], arguments));
}

/* spawn: a child that waits for a signal; the value is its pid. */
static struct probe_result run_spawn(char **word)
{
	pid_t pid = fork();

	(void)word;
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	return probe_did(pid);
}

/* reap PID: the value is the signal that ended it. */
static struct probe_result run_reap(char **word)
{
	struct probe_result result = wait_child(atoi(word[0]));

	return result.error == EINTR ? (struct probe_result){ 0, result.value } : result;
}

static const struct probe_command own_commands[] = {
	{ "fork", 1, run_fork },     { "nnp", 1, run_nnp },
	{ "thread", 1, run_thread }, { "repeat", 2, run_repeat },
	{ "never", 2, run_never },   { "exec", 1, run_exec },
	{ "spawn", 0, run_spawn },   { "reap", 1, run_reap },
	{ "become", 1, run_become }, { 0 },
};

static const struct probe_command *const all_commands[] = {
	own_commands,
	probe_file_commands,
	probe_dir_commands,
	probe_memory_commands,
	probe_socket_commands,
	probe_process_commands,
	probe_capability_commands,
	probe_uring_commands,
};

struct probe_result probe_run(char **word)
{
	int words = 0;

	if (!word[0])
		return (struct probe_result){ EINVAL, 0 };
	while (word[words + 1])
		words++;
	for (size_t i = 0; i < sizeof(all_commands) / sizeof(all_commands[0]); i++)
		for (const struct probe_command *c = all_commands[i]; c->name; c++)
			if (!strcmp(c->name, word[0]))
				return words < c->words ? (struct probe_result){ EINVAL, 0 } :
							  c->run(word + 1);
	return (struct probe_result){ ENOSYS, 0 };
}

static struct probe_result run_line(char *line)
{
	char *word[PROBE_WORDS + 1] = { 0 }, *save = NULL;
	int words = 0;

	for (char *w = strtok_r(line, " \n", &save); w && words < PROBE_WORDS;
	     w = strtok_r(NULL, " \n", &save))
		word[words++] = w;
	return probe_run(word);
}

int main(int argc, char **argv)
{
	static char line[LINE_MAX_BYTES];
	struct probe_result result;

	if (argc > 1) {
		line[0] = '\0';
		/* The kernel hands over all that follows #!FILE as one word. */
		for (int i = 1; i < argc; i++)
			if (strlen(line) + strlen(argv[i]) + 2 < sizeof(line))
				strcat(strcat(line, argv[i]), " ");
		return run_line(line).error;
	}
	signal(SIGPIPE, SIG_IGN);
	setvbuf(stdin, NULL, _IONBF, 0);
	printf("0 %d\n", getpid());
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin)) {
		result = run_line(line);
		printf("%d %ld\n", result.error, result.value);
		fflush(stdout);
	}
	return 0;
}
