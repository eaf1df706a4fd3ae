// SPDX-License-Identifier: GPL-2.0
/* Modules of a build's context in all formats, and those that an image only names. */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base.h"
#include "format.h"
#include "image_check.h"
#include "tap.h"

#define TE                                                                  \
	"module web 1.0;\nrequire { type container_file_t; role system_r; " \
	"class file { read open }; }\ntype web_t;\nrole system_r types web_t;\n"
#define GOOD TE "allow web_t container_file_t:file { read open };\n"

static char dir[] = "/tmp/bulkhead-check-XXXXXX";
static struct bh_error error;

static void put(const char *name, const char *text)
{
	char path[128];
	FILE *out;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	out = fopen(path, "w");
	if (!out || fputs(text, out) < 0 || fclose(out))
		perror(path);
}

static void drop(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	unlink(path);
}

static void refused(const char *file, int code, const char *text, const char *what)
{
	struct bh_source module;

	error.text[0] = '\0';
	tap_is_int(bh_image_read_module(dir, file, &module, &error), code, what);
	tap_is_text(error.text, text, "says why");
	tap_ok(!module.text && !module.name, "nothing is read");
}

/* The package of web.te, as it is now. */
static struct bh_source compiled(const char *what)
{
	struct bh_source module;

	tap_is_int(bh_image_read_module(dir, "web.te", &module, &error), 0, what);
	if (!module.text) {
		printf("Bail out! %s\n", error.text);
		exit(1);
	}
	return module;
}

static void test_te(void)
{
	struct bh_source module, other, cil;
	char path[128];

	put("web.te", GOOD);
	module = compiled(".te of a context");
	tap_ok(bh_format_is_package(&module), "is a package");
	tap_is_text(module.name, "web.te", "with its name");
	tap_is_int(bh_image_check(&module, "web_t", &error), 0, "that an image may ship");
	tap_ok(bh_image_check(&module, "none_t", &error) < 0, "but not for another domain");
	snprintf(path, sizeof(path), "%s/web.te", dir);
	tap_is_int(bh_format_read_file(path, &other, &error), 0, "by its path");
	tap_ok(module.len == other.len && !memcmp(module.text, other.text, other.len),
	       "it is the same: so is its digest");
	bh_source_free(&other);
	put("web.fc", "/srv/web -- system_u:object_r:container_file_t:s0\n");
	other = compiled("with .fc beside it");
	tap_ok(!bh_format_cil(&other, &cil, &error) && strstr(cil.text, "(filecon \"/srv/web\""),
	       "which is in it");
	bh_format_free(&other, &cil);
	bh_source_free(&other);
	bh_source_free(&module);
}

static void test_te_refused(void)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/web.fc", dir);
	unlink(path);
	if (symlink("/etc/passwd", path))
		perror(path);
	refused("web.te", -ELOOP, "web.fc: a link, which is not followed", ".fc that is a link");
	unlink(path);
	put("web.te", TE "allow web_t none_t:file { read };\n");
	refused("web.te", -EINVAL,
		"web.te:5: checkmodule: 'unknown type none_t' at token ';' on line 5:",
		".te that is wrong");
	put("web.te", "(type web_t)\n");
	refused("web.te", -EINVAL, "web.te: does not begin with: module NAME 1.0;",
		".te that is none");
	refused("../web.te", -EXDEV, "../web.te: outside the context", ".te outside");
	refused("none.te", -ENOENT, "none.te: No such file or directory", "no .te");
	drop("web.te");
}

static void test_sizes(void)
{
	static char text[BH_MODULE_TEXT_MAX + 2];
	struct bh_source module;

	memset(text, ';', sizeof(text) - 1);
	put("web.cil", text);
	refused("web.cil", -E2BIG, "web.cil: larger than 1048576 bytes", "CIL too large");
	text[BH_MODULE_TEXT_MAX] = '\0';
	put("web.cil", text);
	tap_is_int(bh_image_read_module(dir, "web.cil", &module, &error), 0, "with a byte less");
	tap_is_int((long)module.len, BH_MODULE_TEXT_MAX, "it is whole");
	bh_source_free(&module);
	drop("web.cil");
}

static void test_read_cil(void)
{
	struct bh_source module = { 0 }, cil;
	char path[128];

	put("web.te", GOOD);
	snprintf(path, sizeof(path), "%s/web.te", dir);
	tap_is_int(bh_format_read_cil(path, &cil, &error), 0, "to be installed: .te");
	tap_ok(cil.text && strlen(cil.text) == cil.len && strstr(cil.text, "(type web_t)"),
	       "is CIL");
	module = cil;
	put("web.cil", cil.text);
	snprintf(path, sizeof(path), "%s/web.cil", dir);
	tap_is_int(bh_format_read_cil(path, &cil, &error), 0, "to be installed: CIL");
	tap_is_text(cil.text, module.text, "is what it was");
	bh_source_free(&cil);
	bh_source_free(&module);
	put("web.pp", "\x8f\xff\x7c\xf9garbage");
	snprintf(path, sizeof(path), "%s/web.pp", dir);
	tap_is_int(bh_format_read_cil(path, &cil, &error), -EINVAL, "a broken package is not");
	tap_ok(!cil.text && strstr(error.text, "web.pp: no valid policy package: "), "and says so");
	drop("web.te");
	drop("web.cil");
	drop("web.pp");
}

static void named(const char *name, const char *type, int code, const char *text, const char *what)
{
	static char web[] = "(type web_t)(allow web_t shadow_t (file (read)))\n";
	struct bh_installed list[] = {
		{ "own", "", false, { "own.cil", web, sizeof(web) - 1 } },
		{ "wide", "name:web", false, { "wide.cil", web, sizeof(web) - 1 } },
		{ "web", "", true, { "web.cil", web, sizeof(web) - 1 } },
	};
	struct bh_modules modules = { list, 3 };

	error.text[0] = '\0';
	tap_is_int(bh_image_check_named(&modules, name, type, &error), code, what);
	tap_is_text(error.text, text, "says so");
}

static void test_named(void)
{
	named("web", "web_t", 0, "", "a module for images, beyond the bounds");
	named("web", NULL, 0, "", "its domain by its rules");
	named("web", "none_t", -ENOENT, "web.cil: no type none_t to start in",
	      "a domain it has not");
	named("none", NULL, -ENOENT, "no module none is installed; see bulkhead module list",
	      "a module that is not installed");
	named("own", NULL, -EPERM,
	      "module own is not for images; the administrator may say so by bulkhead module "
	      "install --for-images",
	      "a module that is not for images");
	named("wide", NULL, -EPERM, "wide is a grant, not a module", "a grant");
}

int main(void)
{
	if (!mkdtemp(dir))
		return 1;
	test_te();
	test_te_refused();
	test_sizes();
	test_read_cil();
	test_named();
	return rmdir(dir) ? 1 : tap_done();
}
