// SPDX-License-Identifier: GPL-2.0
/* A module as CIL: CIL passes through, a policy package goes through libsepol in a child. */
#include <endian.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include <sepol/debug.h>
#include <sepol/handle.h>
#include <sepol/module.h>
#include <sepol/module_to_cil.h>
#include <sepol/policydb.h>
#include <sepol/policydb/module.h>

#include "base.h"
#include "cleanup.h"
#include "format.h"
#include "format_child.h"
#include "io.h"
#include "te.h"

/* The largest of the reference policy's modules needs a tenth of a second and 10 MiB. */
#define CHILD_CPU_SECONDS 5
#define CHILD_CLOCK_MS 30000
#define CHILD_MEMORY_BYTES (512UL << 20)

bool bh_format_is_package(const struct bh_source *in)
{
	uint32_t magic;

	if (in->len < sizeof(magic))
		return false;
	memcpy(&magic, in->text, sizeof(magic));
	return le32toh(magic) == SEPOL_MODULE_PACKAGE_MAGIC;
}

int bh_format_check_size(const struct bh_source *in, struct bh_error *error)
{
	unsigned int max = bh_format_is_package(in) ? BH_PACKAGE_BYTES_MAX : BH_MODULE_TEXT_MAX;

	return in->len > max ? bh_fail(error, -E2BIG, "%s: larger than %u bytes", in->name, max) :
			       0;
}

__attribute__((format(printf, 3, 4))) static void say(void *argument, sepol_handle_t *handle,
						      const char *format, ...)
{
	va_list args;

	(void)argument;
	(void)handle;
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

/* In the child. Nothing is freed: it ends. */
static int convert(void *argument)
{
	const struct bh_source *in = argument;
	sepol_handle_t *handle = sepol_handle_create();
	sepol_module_package_t *package = NULL;
	sepol_policy_file_t *file = NULL;
	char *text = NULL;
	size_t len = 0;
	/* Not stdout: it may hold what the parent has not written yet. */
	FILE *out = open_memstream(&text, &len);

	if (!handle || !out || sepol_policy_file_create(&file) ||
	    sepol_module_package_create(&package))
		return EXIT_FAILURE;
	sepol_msg_set_callback(handle, say, NULL);
	sepol_policy_file_set_mem(file, (char *)in->text, in->len);
	sepol_policy_file_set_handle(file, handle);
	if (sepol_module_package_read(package, file, 0) < 0 ||
	    sepol_module_package_to_cil(out, package) < 0 || fclose(out) ||
	    bh_write_fd(STDOUT_FILENO, text, len))
		return EXIT_FAILURE;
	return EXIT_SUCCESS;
}

static int fail_converted(const struct bh_source *in, const struct bh_child_result *result,
			  struct bh_error *error)
{
	const char *reason = result->message;

	if (result->too_long)
		return bh_fail(error, -E2BIG, "%s: more than %u bytes as CIL", in->name,
			       BH_MODULE_TEXT_MAX);
	if (result->too_late || WIFSIGNALED(result->status))
		return bh_fail(error, -EINVAL,
			       "%s: no valid policy package: libsepol %s on it; "
			       "build it again, or give CIL",
			       in->name,
			       result->too_late || WTERMSIG(result->status) == SIGXCPU ||
					       WTERMSIG(result->status) == SIGKILL ?
				       "does not end" :
				       "crashes");
	return bh_fail(error, -EINVAL, "%s: no valid policy package: libsepol: %.*s", in->name,
		       *reason ? (int)strcspn(reason, "\n") : 7, *reason ? reason : "refused");
}

static int take_converted(const struct bh_source *in, struct bh_child_result *result,
			  struct bh_source *cil, struct bh_error *error)
{
	char *name;

	if (result->status || result->too_long || result->too_late)
		return fail_converted(in, result, error);
	/* CIL is text: a NUL from a name would end it before its end. */
	if (memchr(result->output, '\0', result->len))
		return bh_fail(error, -EINVAL, "%s: no valid policy package: a NUL in a name",
			       in->name);
	if (asprintf(&name, "%s (as CIL)", in->name) < 0)
		return bh_fail(error, -ENOMEM, "%s: %s", in->name, strerror(ENOMEM));
	*cil = (struct bh_source){ name, result->output, result->len };
	result->output = NULL;
	return 0;
}

int bh_format_cil(const struct bh_source *in, struct bh_source *cil, struct bh_error *error)
{
	struct bh_child child = {
		.run = convert,
		.argument = (void *)in,
		.output_bytes_max = BH_MODULE_TEXT_MAX,
		.cpu_seconds = CHILD_CPU_SECONDS,
		.clock_ms = CHILD_CLOCK_MS,
		.memory_bytes = CHILD_MEMORY_BYTES,
	};
	struct bh_child_result result;
	int ret;

	*cil = *in;
	if (!bh_format_is_package(in))
		return 0;
	memset(cil, 0, sizeof(*cil));
	ret = bh_format_check_size(in, error);
	if (ret)
		return ret;
	ret = bh_child_run(&child, &result);
	if (ret)
		return bh_fail(error, ret, "%s: converting it to CIL: %s", in->name,
			       strerror(-ret));
	ret = take_converted(in, &result, cil, error);
	free(result.output);
	return ret;
}

void bh_format_free(const struct bh_source *in, struct bh_source *cil)
{
	if (cil->text != in->text)
		bh_source_free(cil);
	memset(cil, 0, sizeof(*cil));
}

int bh_format_read_file(const char *path, struct bh_source *module, struct bh_error *error)
{
	int ret;

	if (bh_te_named(path))
		return bh_te_read(path, module, error);
	ret = bh_source_read(path, BH_PACKAGE_BYTES_MAX, module, error);
	if (!ret)
		ret = bh_format_check_size(module, error);
	if (ret)
		bh_source_free(module);
	return ret;
}

int bh_format_read_cil(const char *path, struct bh_source *cil, struct bh_error *error)
{
	struct bh_source module;
	int ret = bh_format_read_file(path, &module, error);

	memset(cil, 0, sizeof(*cil));
	if (ret)
		return ret;
	if (!bh_format_is_package(&module)) {
		*cil = module;
		return 0;
	}
	ret = bh_format_cil(&module, cil, error);
	bh_source_free(&module);
	return ret;
}
