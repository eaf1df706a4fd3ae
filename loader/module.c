// SPDX-License-Identifier: GPL-2.0
/* Finding the module that an image ships. */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base64.h"
#include "cleanup.h"
#include "format.h"
#include "io.h"
#include "module.h"
#include "view.h"

#define ANNOTATION "io.bulkhead.policy"

static int take_annotation(const char *value, struct bh_source *module, struct bh_error *error)
{
	char *text;
	int ret = bh_base64_decode(value, BH_PACKAGE_BYTES_MAX, &text, &module->len);

	if (ret)
		return bh_fail(error, ret, "annotation " ANNOTATION ": %s",
			       ret == -EINVAL ? "not base64" : strerror(-ret));
	module->name = ANNOTATION;
	module->text = text;
	return 0;
}

/* Opened for reading only once it is known to be a file: opening a device may act. */
static int open_file(int rootfs, const char *name, struct bh_error *error)
{
	BH_CLOSE int path = bh_open_beneath(rootfs, name, O_PATH, RESOLVE_NO_XDEV);
	char proc[64];
	struct stat st;
	int fd;

	if (path == -ENOENT || path == -ENOTDIR)
		return -ENOENT;
	if (path < 0)
		return bh_fail(error, path, "%s: %s", name, strerror(-path));
	if (fstat(path, &st) || !S_ISREG(st.st_mode))
		return bh_fail(error, -EINVAL, "%s: not a regular file", name);
	snprintf(proc, sizeof(proc), "/proc/self/fd/%d", path);
	fd = open(proc, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	return fd < 0 ? bh_fail(error, -EIO, "%s: %s", name, strerror(errno)) : fd;
}

/* A link, a pipe or a device of that name is refused, not taken for no module. */
static int take_file(int rootfs, const char *name, struct bh_source *module, struct bh_error *error)
{
	BH_CLOSE int fd = open_file(rootfs, name, error);
	char *text;
	int ret;

	if (fd < 0)
		return fd == -ENOENT ? 0 : fd;
	ret = bh_read_fd(fd, BH_PACKAGE_BYTES_MAX, &text, &module->len);
	if (ret)
		return bh_fail(error, ret, "%s: %s", name, strerror(-ret));
	module->name = name;
	module->text = text;
	return 0;
}

/* Which of two is meant nobody could tell. */
static int take_either(int rootfs, struct bh_source *module, struct bh_error *error)
{
	struct bh_source package = { 0 };
	int ret = take_file(rootfs, BH_MODULE_PATH, module, error);

	if (!ret)
		ret = take_file(rootfs, BH_MODULE_PACKAGE_PATH, &package, error);
	if (!ret && module->text && package.text)
		ret = bh_fail(error, -EINVAL,
			      BH_MODULE_PATH ": " BH_MODULE_PACKAGE_PATH
					     " is there, too; an image has one of them");
	if (!ret && !module->text) {
		*module = package;
		return 0;
	}
	free((char *)package.text);
	return ret;
}

/* An image that has it twice must have it the same. */
static int compare_file(int rootfs, const struct bh_source *module, struct bh_error *error)
{
	struct bh_source file = { 0 };
	int ret = take_either(rootfs, &file, error);
	BH_FREE char *text = (char *)file.text;

	if (!ret && text && (file.len != module->len || memcmp(text, module->text, file.len)))
		ret = bh_fail(error, -EINVAL, ANNOTATION ": another module than the image's %s",
			      file.name);
	return ret;
}

int bh_module_find(const struct bh_oci *oci, int rootfs, struct bh_source *module,
		   struct bh_error *error)
{
	int ret;

	*module = (struct bh_source){ 0 };
	if (oci->policy)
		ret = take_annotation(oci->policy, module, error);
	else
		ret = take_either(rootfs, module, error);
	if (!ret && oci->policy && oci->of_image)
		ret = compare_file(rootfs, module, error);
	if (!ret && module->text)
		ret = bh_format_check_size(module, error);
	if (ret) {
		free((char *)module->text);
		*module = (struct bh_source){ 0 };
	}
	return ret;
}
