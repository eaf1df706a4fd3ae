// SPDX-License-Identifier: GPL-2.0
/* Modules on their way into or out of an image: reading and checking them. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base.h"
#include "cleanup.h"
#include "image_check.h"
#include "io.h"
#include "policy.h"

int bh_image_check(const struct bh_source *module, const char *type, struct bh_error *error)
{
	struct bh_policy_request request = { .module = module, .start = type };
	struct bh_policy *policy = NULL;
	struct bh_base base = { 0 };
	int ret = bh_base_read(NULL, &base, error);

	request.base = base.source;
	request.nr_base = base.nr_source;
	if (!ret)
		ret = bh_policy_compile(&request, &policy, error);
	bh_policy_free(policy);
	bh_base_free(&base);
	return ret;
}

static int open_below(const char *context, const char *file)
{
	BH_CLOSE int dir = open(context, O_PATH | O_DIRECTORY | O_CLOEXEC);

	return dir < 0 ? -errno : bh_open_file_beneath(dir, file);
}

int bh_image_read_module(const char *context, const char *file, struct bh_source *module,
			 struct bh_error *error)
{
	BH_CLOSE int fd = open_below(context, file);
	char *text;
	int ret = fd;

	*module = (struct bh_source){ 0 };
	if (fd >= 0)
		ret = bh_read_fd(fd, BH_MODULE_TEXT_MAX, &text, &module->len);
	if (ret < 0)
		return bh_fail(error, ret == -EFBIG ? -E2BIG : ret, "%s: %s", file,
			       ret == -EXDEV  ? "outside the context" :
			       ret == -ELOOP  ? "a link, which is not followed" :
			       ret == -EINVAL ? "not a regular file" :
			       ret == -EFBIG  ? "larger than a module may be" :
						strerror(-ret));
	module->text = text;
	module->name = strdup(file);
	if (module->name)
		return 0;
	bh_source_free(module);
	return bh_fail(error, -ENOMEM, "%s: %s", file, strerror(ENOMEM));
}
