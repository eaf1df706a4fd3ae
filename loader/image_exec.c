// SPDX-License-Identifier: GPL-2.0
/*
 * bulkhead image, in the program that has no libarchive: another one is executed that has.
 * Libarchive brings thirteen libraries, and the hook is executed at each start of a container.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "command.h"

/* Where `make install` puts it, then where the build does: from this program's own place. */
static const char *const places[] = { "../libexec/bulkhead-image", "bulkhead-image" };

static int own_directory(char *dir, size_t size, struct bh_error *error)
{
	ssize_t len = readlink("/proc/self/exe", dir, size);

	if (len < 0 || (size_t)len >= size)
		return bh_fail(error, -EIO, "/proc/self/exe: %s",
			       strerror(len < 0 ? errno : ENAMETOOLONG));
	dir[len] = '\0';
	*strrchr(dir, '/') = '\0';
	return 0;
}

int bh_cmd_image(int argc, char **argv, struct bh_error *error)
{
	BH_FREE char **all = calloc((size_t)argc + 2, sizeof(*all));
	char dir[PATH_MAX], path[PATH_MAX + 32];
	int ret = own_directory(dir, sizeof(dir), error);

	if (ret || !all)
		return ret ? ret : -ENOMEM;
	all[0] = (char *)"bulkhead";
	memcpy(all + 1, argv, (size_t)argc * sizeof(*all));
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, places[i]);
		execv(path, all);
		if (errno != ENOENT)
			break;
	}
	return bh_fail(error, -errno, "%s: %s; install bulkhead anew", path, strerror(errno));
}
