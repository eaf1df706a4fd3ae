// SPDX-License-Identifier: GPL-2.0
/* Probes: starting them and talking to them. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib.h"

#define COMMAND_MAX 8192
#define ARGUMENTS_MAX 16

static long last_value;

static void bail_out(const char *what)
{
	printf("Bail out! %s: %s\n", what, strerror(errno));
	exit(1);
}

static void build_arguments(const struct confinement *confinement, char **argv)
{
	static char private[4096];
	int n = 0;

	if (confinement) {
		argv[n++] = "bulkhead";
		argv[n++] = "exec";
		argv[n++] = "--volume=" VOLUME ":shared";
		if (confinement->private) {
			snprintf(private, sizeof(private), "--volume=%s:private",
				 confinement->private);
			argv[n++] = private;
		}
		if (confinement->policy) {
			argv[n++] = "--policy";
			argv[n++] = (char *)confinement->policy;
		}
		if (confinement->type) {
			argv[n++] = "--type";
			argv[n++] = (char *)confinement->type;
		}
		if (confinement->level) {
			argv[n++] = "--level";
			argv[n++] = (char *)confinement->level;
		}
		argv[n++] = "--";
	}
	argv[n++] = confinement && confinement->program ? (char *)confinement->program : PROBE;
	argv[n] = NULL;
}

static void become_probe(char **argv, int input, int output)
{
	int inherited = open(VOLUME "/inherited", O_RDWR | O_CREAT, 0644);

	if (inherited < 0 || dup2(inherited, INHERITED_FD) < 0 || dup2(input, 0) < 0 ||
	    dup2(output, 1) < 0)
		_exit(126);
	if (inherited != INHERITED_FD)
		close(inherited);
	execvp(argv[0], argv);
	perror(argv[0]);
	_exit(127);
}

/* "ERRNO VALUE", a byte at a time: the other end answers each question with one line. */
static int read_answer(const struct probe *probe)
{
	char line[64];
	size_t used = 0;
	int error;

	while (used < sizeof(line) - 1 && read(probe->from, &line[used], 1) == 1) {
		if (line[used] == '\n') {
			line[used] = '\0';
			return sscanf(line, "%d %ld", &error, &last_value) == 2 ? error : -1;
		}
		used++;
	}
	return -1;
}

void probe_start(struct probe *probe, const struct confinement *confinement)
{
	char *argv[ARGUMENTS_MAX];
	int to[2], from[2];

	signal(SIGPIPE, SIG_IGN);
	mkdir(SCRATCH, 0755);
	mkdir(VOLUME, 0755);
	if (pipe2(to, O_CLOEXEC) || pipe2(from, O_CLOEXEC))
		bail_out("pipe");
	build_arguments(confinement, argv);
	fflush(stdout);
	probe->runner = fork();
	if (!probe->runner)
		become_probe(argv, to[0], from[1]);
	if (probe->runner < 0)
		bail_out("fork");
	close(to[0]);
	close(from[1]);
	probe->to = to[1];
	probe->from = from[0];
	errno = ESRCH;
	if (read_answer(probe))
		bail_out(confinement && confinement->type ? confinement->type : "probe");
	probe->pid = (pid_t)last_value;
}

int probe_stop(struct probe *probe)
{
	int status;

	close(probe->to);
	close(probe->from);
	if (waitpid(probe->runner, &status, 0) < 0)
		return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static pid_t owner;
static void (*ending)(void);

static void end_owner(void)
{
	if (getpid() == owner)
		ending();
}

void at_end(void (*end)(void))
{
	owner = getpid();
	ending = end;
	atexit(end_owner);
}

int probe_ask(const struct probe *probe, const char *format, ...)
{
	char command[COMMAND_MAX];
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(command, sizeof(command) - 1, format, args);
	va_end(args);
	if (len < 0 || (size_t)len >= sizeof(command) - 1)
		return -1;
	command[len++] = '\n';
	records_dirty();
	if (write(probe->to, command, (size_t)len) != len)
		return -1;
	return read_answer(probe);
}

long probe_value(void)
{
	return last_value;
}

int write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	int error = 0;

	if (fd < 0)
		return errno;
	if (write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		error = errno;
	close(fd);
	return error;
}

int output_of(char *text, size_t size, const char *command)
{
	char both[COMMAND_MAX];
	FILE *pipe;
	size_t got;
	int status;

	snprintf(both, sizeof(both), "{ %s ; } 2>&1 </dev/null", command);
	pipe = popen(both, "re");
	if (!pipe)
		return -1;
	got = fread(text, 1, size - 1, pipe);
	text[got] = '\0';
	while (fgetc(pipe) != EOF)
		;
	status = pclose(pipe);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

long counter(const char *name)
{
	char text[8192], key[64];
	const char *found;

	if (output_of(text, sizeof(text), "bulkhead status --json"))
		return -1;
	snprintf(key, sizeof(key), "\"%s\":", name);
	found = strstr(text, key);
	return found ? strtol(found + strlen(key), NULL, 10) : -1;
}
