// SPDX-License-Identifier: GPL-2.0
/* Modules on their way into or out of an image: reading and checking them. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base.h"
#include "cleanup.h"
#include "format.h"
#include "image_check.h"
#include "io.h"
#include "te.h"

static int check(const struct bh_source *module, bool trusted, const char *type,
		 struct bh_error *error)
{
	struct bh_policy_request request = { .module = module, .trusted = trusted, .start = type };
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

int bh_image_check(const struct bh_source *module, const char *type, struct bh_error *error)
{
	return check(module, false, type, error);
}

int bh_image_check_named(const struct bh_modules *modules, const char *name, const char *type,
			 struct bh_error *error)
{
	const struct bh_installed *installed;
	int ret = bh_modules_get(modules, name, true, &installed, error);

	return ret ? ret : check(&installed->source, true, type, error);
}

static int open_below(const char *context, const char *file)
{
	BH_CLOSE int dir = open(context, O_PATH | O_DIRECTORY | O_CLOEXEC);

	return dir < 0 ? -errno : bh_open_file_beneath(dir, file);
}

static int read_below(const char *context, const char *file, struct bh_source *source,
		      struct bh_error *error)
{
	BH_CLOSE int fd = open_below(context, file);
	char *text;
	int ret = fd;

	*source = (struct bh_source){ 0 };
	if (fd >= 0)
		ret = bh_read_fd(fd, BH_PACKAGE_BYTES_MAX, &text, &source->len);
	if (ret < 0)
		return bh_fail(error, ret == -EFBIG ? -E2BIG : ret, "%s: %s", file,
			       ret == -EXDEV  ? "outside the context" :
			       ret == -ELOOP  ? "a link, which is not followed" :
			       ret == -EINVAL ? "not a regular file" :
			       ret == -EFBIG  ? "larger than a module may be" :
						strerror(-ret));
	source->text = text;
	source->name = strdup(file);
	ret = source->name ? bh_format_check_size(source, error) :
			     bh_fail(error, -ENOMEM, "%s: %s", file, strerror(ENOMEM));
	if (ret)
		bh_source_free(source);
	return ret;
}

/* There need be none. */
static int read_contexts(const char *context, const char *file, struct bh_source *contexts,
			 struct bh_error *error)
{
	BH_FREE char *beside = bh_te_contexts_path(file);
	int ret;

	if (!beside)
		return bh_fail(error, -ENOMEM, "%s: %s", file, strerror(ENOMEM));
	ret = read_below(context, beside, contexts, error);
	return ret == -ENOENT ? 0 : ret;
}

/* What was read below the context is compiled, not what is there when the compiler looks. */
static int compile_te(const char *context, struct bh_source *module, struct bh_error *error)
{
	struct bh_source source = *module, contexts;
	int ret = read_contexts(context, source.name, &contexts, error);

	*module = (struct bh_source){ 0 };
	if (!ret)
		ret = bh_te_compile(&source, &contexts, module, error);
	bh_source_free(&contexts);
	bh_source_free(&source);
	return ret;
}

int bh_image_read_module(const char *context, const char *file, struct bh_source *module,
			 struct bh_error *error)
{
	int ret = read_below(context, file, module, error);

	return ret || !bh_te_named(file) ? ret : compile_te(context, module, error);
}
