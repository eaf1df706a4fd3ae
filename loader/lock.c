// SPDX-License-Identifier: GPL-2.0
/* One change of state at a time: locks under /run/bulkhead. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "cleanup.h"
#include "lock.h"

int bh_lock(const char *name, struct bh_error *error)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), BH_RUN_DIR "/%s", name);
	if (mkdir(BH_RUN_DIR, 0700) && errno != EEXIST)
		return bh_fail(error, -errno, BH_RUN_DIR ": %s", strerror(errno));
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return bh_fail(error, -errno, "%s: %s", path, strerror(errno));
	while (flock(fd, LOCK_EX)) {
		int code = errno;

		if (code == EINTR)
			continue;
		close(fd);
		return bh_fail(error, -code, "%s: %s", path, strerror(code));
	}
	return fd;
}
