// SPDX-License-Identifier: GPL-2.0
/* Files that only root can have written. */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cleanup.h"
#include "io.h"
#include "trusted.h"

int bh_trusted_read(const char *path, size_t max, char **text, size_t *len, struct bh_error *error)
{
	/* Opening a pipe would wait for whoever writes into it. */
	BH_CLOSE int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat st;
	int ret;

	if (fd < 0)
		return bh_fail(error, -errno, "%s: %s", path,
			       errno == ELOOP ? "a link, not a file" : strerror(errno));
	if (fstat(fd, &st) || !S_ISREG(st.st_mode))
		return bh_fail(error, -EPERM, "%s: not a regular file", path);
	if (st.st_uid || st.st_mode & (S_IWGRP | S_IWOTH))
		return bh_fail(error, -EPERM,
			       "%s: others than root may write it: chown root, chmod go-w", path);
	ret = bh_read_fd(fd, max, text, len);
	return ret ? bh_fail(error, ret, "%s: %s", path, strerror(-ret)) : 0;
}

static int write_aside(const char *path, const char *text, size_t len, mode_t mode)
{
	BH_CLOSE int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
	int ret;

	if (fd < 0)
		return -errno;
	ret = bh_write_fd(fd, text, len);
	/* Or a crash of the host could leave the new name with nothing in it. */
	return ret ? ret : fsync(fd) ? -errno : 0;
}

int bh_trusted_write(const char *path, const char *text, size_t len, mode_t mode,
		     struct bh_error *error)
{
	char dir[PATH_MAX], base[PATH_MAX], aside[PATH_MAX + 32];
	int ret;

	snprintf(dir, sizeof(dir), "%s", path);
	snprintf(base, sizeof(base), "%s", path);
	snprintf(aside, sizeof(aside), "%s/.%s.%d", dirname(dir), basename(base), getpid());
	ret = write_aside(aside, text, len, mode);
	if (!ret && rename(aside, path))
		ret = -errno;
	if (ret)
		unlink(aside);
	return ret ? bh_fail(error, ret, "%s: %s", path, strerror(-ret)) : 0;
}
