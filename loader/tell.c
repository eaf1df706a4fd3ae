// SPDX-License-Identifier: GPL-2.0
/* Bringing the reason of a refusal to whoever started the container. */
#include <fcntl.h>
#include <json-c/json.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <time.h>

#include "cleanup.h"
#include "io.h"
#include "tell.h"

#define CMDLINE_MAX (1U << 20)
#define NULL_DEVICE makedev(1, 3)

static bool is_dropped(int fd)
{
	struct stat st;

	return fstat(fd, &st) || (S_ISCHR(st.st_mode) && st.st_rdev == NULL_DEVICE);
}

/* The runtime's stderr as a descriptor of our own, whatever it is: a pipe, a socket, a file. */
static int open_stderr(pid_t runtime)
{
	BH_CLOSE int pidfd = (int)syscall(SYS_pidfd_open, runtime, 0);

	return pidfd < 0 ? -1 : (int)syscall(SYS_pidfd_getfd, pidfd, STDERR_FILENO, 0);
}

static void write_stderr(pid_t runtime, const char *text)
{
	BH_CLOSE int fd = open_stderr(runtime);

	if (fd >= 0 && !is_dropped(fd))
		dprintf(fd, "bulkhead: %s\n", text);
}

/* The value of --log PATH in a command line of NUL-terminated arguments, or NULL. */
static const char *find_log(const char *cmdline, size_t len)
{
	const char *end = cmdline + len;

	for (const char *arg = cmdline; arg < end; arg += strlen(arg) + 1) {
		const char *next = arg + strlen(arg) + 1;

		if (!strncmp(arg, "--log=", 6))
			return arg + 6;
		if (!strcmp(arg, "--log") && next < end)
			return next;
	}
	return NULL;
}

/* One JSON object a line, as runtimes write with --log-format=json. */
static void write_log(const char *path, const char *text)
{
	BH_CLOSE int fd = open(path, O_WRONLY | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct json_object *line;
	time_t now = time(NULL);
	struct tm utc;
	char stamp[32];

	if (fd < 0 || !gmtime_r(&now, &utc))
		return;
	strftime(stamp, sizeof(stamp), "%Y-%m-%dT%H:%M:%SZ", &utc);
	line = json_object_new_object();
	json_object_object_add(line, "msg", json_object_new_string(text));
	json_object_object_add(line, "level", json_object_new_string("error"));
	json_object_object_add(line, "time", json_object_new_string(stamp));
	dprintf(fd, "%s\n", json_object_to_json_string_ext(line, JSON_C_TO_STRING_PLAIN));
	json_object_put(line);
}

void bh_tell_runtime(const struct bh_error *error)
{
	BH_FREE char *cmdline = NULL;
	const char *log;
	char path[64];
	size_t len;
	pid_t runtime = getppid();

	if (!is_dropped(STDERR_FILENO))
		return;
	write_stderr(runtime, error->text);
	snprintf(path, sizeof(path), "/proc/%d/cmdline", runtime);
	if (bh_read_path(path, CMDLINE_MAX, &cmdline, &len))
		return;
	log = find_log(cmdline, len);
	if (log && strstr(log, "/oci-log"))
		write_log(log, error->text);
}
