// SPDX-License-Identifier: GPL-2.0
/*
 * A .te file, by SELinux's own compiler: checkmodule and semodule_package, in a directory of
 * their own, on a copy of the text that is bounded.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base.h"
#include "cleanup.h"
#include "format.h"
#include "format_child.h"
#include "io.h"
#include "te.h"

#define NAME_MAX_BYTES 128
#define DIR_BYTES_MAX 256
#define NOT_FOUND 127

struct te {
	const char *path;
	char dir[DIR_BYTES_MAX];
	char name[NAME_MAX_BYTES]; /* of the module: checkmodule wants its output called so */
	bool contexts; /* there is a .fc */
	char **argv;
};

static const char *const suffixes[] = { "te", "fc", "mod", "pp" };

static void print_path(const struct te *te, const char *suffix, char *path, size_t size)
{
	snprintf(path, size, "%s/%s.%s", te->dir, te->name, suffix);
}

/* The next word of the text, comments left out. */
static const char *next_word(const char *text, size_t *len)
{
	while (*text == '#' || isspace((unsigned char)*text))
		text += *text == '#' ? strcspn(text, "\n") : 1;
	*len = strcspn(text, " \t\r\n;,()#");
	return text;
}

static int find_name(const struct bh_source *source, struct te *te, struct bh_error *error)
{
	size_t len;
	const char *word = next_word(source->text, &len);

	if (len == strlen("policy_module") && strncmp(word, "policy_module", len) == 0)
		return bh_fail(error, -EINVAL,
			       "%s: policy_module() and what it brings are macros of the reference "
			       "policy; make the .pp with /usr/share/selinux/devel/Makefile, or "
			       "begin with: module NAME 1.0;",
			       source->name);
	if (len != strlen("module") || strncmp(word, "module", len) != 0)
		return bh_fail(error, -EINVAL, "%s: does not begin with: module NAME 1.0;",
			       source->name);
	word = next_word(word + len, &len);
	for (size_t i = 0; i < len; i++)
		if (!isalnum((unsigned char)word[i]) && !strchr("_-.", word[i]))
			len = 0;
	if (!len || len >= sizeof(te->name) || *word == '.' || *word == '-')
		return bh_fail(error, -EINVAL,
			       "%s: the module's name has other characters than letters, digits, "
			       "'_', '-' and '.', or more than %zu",
			       source->name, sizeof(te->name) - 1);
	memcpy(te->name, word, len);
	return 0;
}

static int write_copy(const struct te *te, const char *suffix, const struct bh_source *source,
		      struct bh_error *error)
{
	char path[sizeof(te->dir) + NAME_MAX_BYTES + 8];
	FILE *out;

	print_path(te, suffix, path, sizeof(path));
	out = fopen(path, "wxe");
	if (!out)
		return bh_fail(error, -errno, "%s: %m", path);
	fwrite(source->text, 1, source->len, out);
	return ferror(out) | fclose(out) ? bh_fail(error, -EIO, "%s: cannot write it", path) : 0;
}

/* In the child. The program is searched for in our own PATH, what it runs in that one. */
static int execute(void *argument)
{
	static char *environment[] = { "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C", NULL };
	const struct te *te = argument;

	if (chdir(te->dir))
		return EXIT_FAILURE;
	execvpe(te->argv[0], te->argv, environment);
	return errno == ENOENT ? NOT_FOUND : EXIT_FAILURE;
}

/*
 * checkmodule says "NAME.te:LINE:ERROR 'reason' at token ..." and quotes the text around it;
 * the line that says so is the one to pass on, with the path as it was given.
 */
static int fail_said(const struct te *te, const char *message, struct bh_error *error)
{
	char place[NAME_MAX_BYTES + 8];
	const char *said;
	const char *reason;
	size_t digits;

	snprintf(place, sizeof(place), "%s.te:", te->name);
	said = strstr(message, place);
	if (!said)
		return bh_fail(error, -EINVAL, "%s: %s: %.*s", te->path, te->argv[0],
			       (int)strcspn(message, "\n"), *message ? message : "refused");
	said += strlen(place);
	digits = strspn(said, "0123456789");
	reason = said + digits;
	reason += strspn(reason, ":");
	if (strncmp(reason, "ERROR ", 6) == 0)
		reason += 6;
	return bh_fail(error, -EINVAL, "%s:%.*s: %s: %.*s", te->path, (int)digits, said,
		       te->argv[0], (int)strcspn(reason, "\n"), reason);
}

static int run(struct te *te, const char *package, char **argv, struct bh_error *error)
{
	struct bh_child child = {
		.run = execute,
		.argument = te,
		.output_bytes_max = 1U << 16,
		.cpu_seconds = 10,
		.clock_ms = 60000,
		.memory_bytes = 1UL << 30,
		.file_bytes = 4 * BH_PACKAGE_BYTES_MAX,
	};
	struct bh_child_result result;
	int ret;

	te->argv = argv;
	ret = bh_child_run(&child, &result);
	if (ret)
		return bh_fail(error, ret, "%s: %s: %s", te->path, argv[0], strerror(-ret));
	if (WIFEXITED(result.status) && WEXITSTATUS(result.status) == NOT_FOUND)
		ret = bh_fail(error, -ENOENT, "%s: %s is not installed: apt install %s", te->path,
			      argv[0], package);
	else if (result.too_late || result.too_long || WIFSIGNALED(result.status))
		ret = bh_fail(error, -EINVAL, "%s: %s does not end as it should on it", te->path,
			      argv[0]);
	else if (result.status)
		ret = fail_said(te, result.message, error);
	free(result.output);
	return ret;
}

static int compile(struct te *te, struct bh_error *error)
{
	char file[sizeof(suffixes) / sizeof(suffixes[0])][NAME_MAX_BYTES + 8];
	char *module[] = { "checkmodule", "-M", "-m", "-o", file[2], file[0], NULL };
	char *package[] = { "semodule_package", "-o", file[3], "-m", file[2], NULL, file[1], NULL };
	int ret;

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++)
		snprintf(file[i], sizeof(file[i]), "%s.%s", te->name, suffixes[i]);
	if (te->contexts)
		package[5] = "-f";
	ret = run(te, "checkpolicy", module, error);
	if (!ret)
		ret = run(te, "semodule-utils", package, error);
	return ret;
}

static int read_package(const struct te *te, struct bh_source *module, struct bh_error *error)
{
	char path[sizeof(te->dir) + NAME_MAX_BYTES + 8];
	char *name = strdup(te->path);
	int ret;

	if (!name)
		return bh_fail(error, -ENOMEM, "%s: %s", te->path, strerror(ENOMEM));
	print_path(te, "pp", path, sizeof(path));
	ret = bh_source_read(path, BH_PACKAGE_BYTES_MAX, module, error);
	if (ret) {
		free(name);
		return ret;
	}
	free((char *)module->name);
	module->name = name;
	return 0;
}

static void remove_copies(const struct te *te)
{
	char path[sizeof(te->dir) + NAME_MAX_BYTES + 8];

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		print_path(te, suffixes[i], path, sizeof(path));
		unlink(path);
	}
	rmdir(te->dir);
}

static int compile_copies(struct te *te, const struct bh_source *source,
			  const struct bh_source *contexts, struct bh_source *module,
			  struct bh_error *error)
{
	int ret = write_copy(te, "te", source, error);

	te->contexts = contexts->text;
	if (!ret && te->contexts)
		ret = write_copy(te, "fc", contexts, error);
	if (!ret)
		ret = compile(te, error);
	return ret ? ret : read_package(te, module, error);
}

int bh_te_compile(const struct bh_source *source, const struct bh_source *contexts,
		  struct bh_source *module, struct bh_error *error)
{
	const char *parent = getenv("TMPDIR");
	struct te te = { .path = source->name };
	int ret;

	memset(module, 0, sizeof(*module));
	if (memchr(source->text, '\0', source->len))
		return bh_fail(error, -EINVAL, "%s: a NUL in it: not text", source->name);
	ret = find_name(source, &te, error);
	if (ret)
		return ret;
	if (!parent || *parent != '/' || strlen(parent) > sizeof(te.dir) / 2)
		parent = "/tmp";
	snprintf(te.dir, sizeof(te.dir), "%s/bulkhead-te-XXXXXX", parent);
	if (!mkdtemp(te.dir))
		return bh_fail(error, -errno, "%s: %m", te.dir);
	ret = compile_copies(&te, source, contexts, module, error);
	remove_copies(&te);
	return ret;
}

bool bh_te_named(const char *path)
{
	size_t len = strlen(path);

	return len > 3 && !strcmp(path + len - 3, ".te");
}

char *bh_te_contexts_path(const char *path)
{
	char *contexts = strdup(path);

	if (contexts)
		memcpy(contexts + strlen(contexts) - 2, "fc", 2);
	return contexts;
}

/* There need be none. */
static int read_contexts(const char *path, struct bh_source *contexts, struct bh_error *error)
{
	BH_FREE char *beside = bh_te_contexts_path(path);
	int ret;

	if (!beside)
		return bh_fail(error, -ENOMEM, "%s: %s", path, strerror(ENOMEM));
	ret = bh_source_read(beside, BH_MODULE_TEXT_MAX, contexts, error);
	return ret == -ENOENT ? 0 : ret;
}

int bh_te_read(const char *path, struct bh_source *module, struct bh_error *error)
{
	struct bh_source source, contexts = { 0 };
	int ret;

	memset(module, 0, sizeof(*module));
	ret = bh_source_read(path, BH_MODULE_TEXT_MAX, &source, error);
	if (ret)
		return ret;
	ret = read_contexts(path, &contexts, error);
	if (!ret)
		ret = bh_te_compile(&source, &contexts, module, error);
	bh_source_free(&contexts);
	bh_source_free(&source);
	return ret;
}
