// SPDX-License-Identifier: GPL-2.0
/* The cgroup of a container: which, its id; and those of `bulkhead exec`. */
#include <bulkhead/abi.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cgroup.h"
#include "cleanup.h"
#include "io.h"
#include "kernel.h"

#define PROC_CGROUP_MAX (1U << 16)
#define PROCS_MAX (1U << 20)
#define EXEC_PREFIX "bulkhead-exec-"
#define KILL_WAIT_MS 10000

int bh_cgroup_path(const char *text, char *path, size_t size)
{
	const char *line = text, *end;
	unsigned int depth = 0;
	size_t len;

	while (strncmp(line, "0::/", 4)) {
		line = strchr(line, '\n');
		if (!line++)
			return -EINVAL;
	}
	line += 4;
	end = line + strcspn(line, "\n");
	len = (size_t)(end - line);
	if (len >= size)
		return -EINVAL;
	memcpy(path, line, len);
	path[len] = '\0';
	/* "/../x" is how the kernel writes what lies outside the reader's namespace. */
	if (!strncmp(path, "..", 2) && (!path[2] || path[2] == '/'))
		return -EINVAL;
	for (const char *p = path; *p; p++)
		depth += *p == '/';
	return depth + 1 > BH_CGROUP_DEPTH ? -EINVAL : 0;
}

/* Is @pid the only process below @dir? */
static int check_alone(const char *dir, pid_t pid, struct bh_error *error)
{
	BH_FREE char *procs = NULL;
	char path[4200];
	char *rest, *line;
	int ret;

	snprintf(path, sizeof(path), "%s/cgroup.procs", dir);
	ret = bh_read_path(path, PROCS_MAX, &procs, NULL);
	if (ret)
		return bh_fail(error, ret, "%s: %s", path, strerror(-ret));
	for (rest = procs; (line = strsep(&rest, "\n"));)
		if (*line && strtol(line, NULL, 10) != pid)
			return bh_fail(
				error, -EBUSY,
				"cgroup %s: the container has none of its own, process %s is in it too",
				dir, line);
	return 0;
}

int bh_cgroup_of_container(pid_t pid, uint64_t *id, struct bh_error *error)
{
	BH_FREE char *text = NULL;
	char proc[64], path[4000], dir[4100];
	struct stat st;
	int ret;

	snprintf(proc, sizeof(proc), "/proc/%d/cgroup", pid);
	ret = bh_read_path(proc, PROC_CGROUP_MAX, &text, NULL);
	if (ret)
		return bh_fail(error, ret, "%s: %s", proc, strerror(-ret));
	ret = bh_cgroup_path(text, path, sizeof(path));
	if (ret || !*path)
		return bh_fail(error, -EINVAL,
			       "%s: a container wants a cgroup below the root and at most %d deep",
			       proc, BH_CGROUP_DEPTH);
	snprintf(dir, sizeof(dir), BH_CGROUP_ROOT "/%s", path);
	if (lstat(dir, &st) || !S_ISDIR(st.st_mode))
		return bh_fail(error, -ENOENT, "cgroup %s: not found", dir);
	*id = st.st_ino;
	return check_alone(dir, pid, error);
}

int bh_cgroup_make(int *fd, uint64_t *id, struct bh_error *error)
{
	char dir[128];
	struct stat st;

	snprintf(dir, sizeof(dir), BH_CGROUP_ROOT "/" EXEC_PREFIX "%d", getpid());
	/* One of an earlier process with this pid may have been left. */
	if (mkdir(dir, 0755) && (errno != EEXIST || rmdir(dir) || mkdir(dir, 0755)))
		return bh_fail(error, -errno, "cgroup %s: %s", dir, strerror(errno));
	*fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*fd < 0 || fstat(*fd, &st))
		return bh_fail(error, -errno, "cgroup %s: %s", dir, strerror(errno));
	*id = st.st_ino;
	return 0;
}

static int write_at(int dir, const char *name, const char *text)
{
	BH_CLOSE int fd = openat(dir, name, O_WRONLY | O_CLOEXEC);

	return fd < 0 ? -errno : bh_write_fd(fd, text, strlen(text));
}

int bh_cgroup_enter(int fd)
{
	return write_at(fd, "cgroup.procs", "0");
}

/* Until the last process that was killed is gone. */
static void wait_empty(int dir)
{
	BH_CLOSE int fd = openat(dir, "cgroup.events", O_RDONLY | O_CLOEXEC);
	struct pollfd wait = { .fd = fd, .events = POLLPRI };
	char text[256];
	ssize_t got;

	while (fd >= 0 && (got = pread(fd, text, sizeof(text) - 1, 0)) > 0) {
		text[got] = '\0';
		if (strstr(text, "populated 0") || poll(&wait, 1, KILL_WAIT_MS) <= 0)
			return;
	}
}

void bh_cgroup_remove(int fd)
{
	char dir[128];

	if (fd < 0)
		return;
	snprintf(dir, sizeof(dir), BH_CGROUP_ROOT "/" EXEC_PREFIX "%d", getpid());
	if (!rmdir(dir))
		return;
	write_at(fd, "cgroup.kill", "1");
	wait_empty(fd);
	rmdir(dir);
}

void bh_cgroup_remove_stale(void)
{
	DIR *root = opendir(BH_CGROUP_ROOT);
	struct dirent *entry;

	if (!root)
		return;
	while ((entry = readdir(root))) {
		long pid;

		if (strncmp(entry->d_name, EXEC_PREFIX, strlen(EXEC_PREFIX)))
			continue;
		pid = strtol(entry->d_name + strlen(EXEC_PREFIX), NULL, 10);
		/* rmdir() refuses one that still has processes: they stay confined. */
		if (pid > 0 && kill((pid_t)pid, 0) && errno == ESRCH)
			unlinkat(dirfd(root), entry->d_name, AT_REMOVEDIR);
	}
	closedir(root);
}
