// SPDX-License-Identifier: GPL-2.0
/* The directories of pins on bpffs: made aside, renamed when whole, removed. */
#include <dirent.h>
#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cleanup.h"
#include "pins.h"

/* In the order of removal: what is attached goes first. */
static const char *const folders[] = { "links", "progs", "maps" };

#define NR_FOLDERS (sizeof(folders) / sizeof(folders[0]))

int bh_pins_make(const char *dir, struct bh_error *error)
{
	char path[256];

	if (mkdir(dir, 0700))
		return bh_fail(error, -errno, "%s: %s", dir, strerror(errno));
	for (size_t i = 0; i < NR_FOLDERS; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, folders[i]);
		if (mkdir(path, 0700))
			return bh_fail(error, -errno, "%s: %s", path, strerror(errno));
	}
	return 0;
}

static int remove_folder(const char *path, struct bh_error *error)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	int ret = 0;

	if (!dir)
		return errno == ENOENT ? 0 :
					 bh_fail(error, -errno, "%s: %s", path, strerror(errno));
	while ((entry = readdir(dir))) {
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		if (unlinkat(dirfd(dir), entry->d_name, 0))
			ret = bh_fail(error, -errno, "%s/%s: %s", path, entry->d_name,
				      strerror(errno));
	}
	closedir(dir);
	if (rmdir(path) && !ret)
		ret = bh_fail(error, -errno, "%s: %s", path, strerror(errno));
	return ret;
}

int bh_pins_remove(const char *dir, struct bh_error *error)
{
	char path[256];

	if (access(dir, F_OK))
		return bh_fail(error, -errno, "%s: %s", dir, strerror(errno));
	for (size_t i = 0; i < NR_FOLDERS; i++) {
		int ret;

		snprintf(path, sizeof(path), "%s/%s", dir, folders[i]);
		ret = remove_folder(path, error);
		if (ret)
			return ret;
	}
	if (rmdir(dir))
		return bh_fail(error, -errno, "%s: %s", dir, strerror(errno));
	return 0;
}

void bh_pins_remove_stale(void)
{
	glob_t found;

	if (glob(BH_PIN_NEW "*", GLOB_NOSORT, NULL, &found))
		return;
	for (size_t i = 0; i < found.gl_pathc; i++)
		bh_pins_remove(found.gl_pathv[i], NULL);
	globfree(&found);
}
