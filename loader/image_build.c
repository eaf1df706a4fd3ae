// SPDX-License-Identifier: GPL-2.0
/* Building an image by a Dockerfile with POLICY. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base.h"
#include "base64.h"
#include "cleanup.h"
#include "dockerfile.h"
#include "image_build.h"
#include "image_check.h"
#include "image_engine.h"
#include "image_module.h"
#include "image_result.h"
#include "io.h"
#include "spawn.h"
#include "te.h"

#define CONTEXT "bulkhead-policy" /* the build context that has the modules */
#define LABEL_STAGE "io.bulkhead.stage"
#define LINE 4000 /* of a label's value: docker's scanner takes 64 KiB */
#define ARGUMENT_MAX (120U << 10) /* an argument that execve(2) takes, with room */
#define IID_MAX 4096

/* The module of one stage. */
struct stage_module {
	struct bh_source source; /* text NULL: the stage has no POLICY */
	char *base64;
	char digest[BH_IMAGE_DIGEST_TEXT];
	char *head, *embed; /* lines behind the stage's FROM and at its end */
};

struct build {
	struct bh_engine_build engine;
	char **argv;
	char *context;
	struct bh_source source; /* the Dockerfile */
	struct bh_dockerfile file;
	struct stage_module *modules; /* by stage */
	const struct bh_dockerfile_policy *holds; /* for the image; NULL: none */
	size_t holder; /* its stage */
	char dir[64]; /* of temporary files; empty: none */
	struct bh_error *error;
};

static int no_memory(struct build *build)
{
	return bh_fail(build->error, -ENOMEM, "image build: %s", strerror(ENOMEM));
}

/* --- the Dockerfile -------------------------------------------------------------- */

static int find_context(struct build *build)
{
	const char *file = build->engine.file, *slash;
	struct stat st;

	if (build->engine.context)
		build->context = strdup(build->engine.context);
	else if (build->engine.engine != BH_ENGINE_DOCKER && file && (slash = strrchr(file, '/')))
		build->context = strndup(file, slash == file ? 1 : (size_t)(slash - file));
	else
		build->context = strdup(".");
	if (!build->context)
		return no_memory(build);
	if (stat(build->context, &st))
		return bh_fail(build->error, -errno, "%s: %s", build->context, strerror(errno));
	return S_ISDIR(st.st_mode) ? 0 :
				     bh_fail(build->error, -ENOTDIR,
					     "%s: the context is no directory", build->context);
}

static int read_dockerfile(struct build *build, const char *dir, const char *name, bool *found)
{
	char path[PATH_MAX];
	struct stat st;

	if (snprintf(path, sizeof(path), "%s%s%s", dir ? dir : "", dir ? "/" : "", name) >=
	    (int)sizeof(path))
		return bh_fail(build->error, -ENAMETOOLONG, "%s: %s", name, strerror(ENAMETOOLONG));
	*found = !stat(path, &st);
	if (!*found)
		return 0;
	if (!S_ISREG(st.st_mode))
		return bh_fail(build->error, -EINVAL, "%s: not a regular file", path);
	return bh_source_read(path, BH_DOCKERFILE_MAX, &build->source, build->error);
}

/* Where the engine would look. */
static int find_dockerfile(struct build *build)
{
	bool docker = build->engine.engine == BH_ENGINE_DOCKER, found = false;
	const char *file = build->engine.file;
	int ret = 0;

	if (file) {
		ret = read_dockerfile(build, NULL, file, &found);
		if (!ret && !found && !docker && *file != '/')
			ret = read_dockerfile(build, build->context, file, &found);
	} else {
		if (!docker)
			ret = read_dockerfile(build, build->context, "Containerfile", &found);
		if (!ret && !found)
			ret = read_dockerfile(build, build->context, "Dockerfile", &found);
	}
	return ret || found ? ret :
			      bh_fail(build->error, -ENOENT, "%s/%s: %s", build->context,
				      file ? file : "Dockerfile", strerror(ENOENT));
}

static int check_options(struct build *build)
{
	const char *dot = strrchr(build->source.name, '.');

	if (build->engine.refused)
		return bh_fail(build->error, -EINVAL,
			       "%s does not go with POLICY: build first, then push or export",
			       build->engine.refused);
	if (dot && !strcmp(dot, ".in"))
		return bh_fail(build->error, -EINVAL,
			       "%s: preprocessed by the engine, which does not go with POLICY",
			       build->source.name);
	return 0;
}

/* --- the modules ----------------------------------------------------------------- */

static int find_module(struct build *build, const struct bh_dockerfile_policy *policy,
		       struct stage_module *module)
{
	if (build->engine.engine == BH_ENGINE_DOCKER && bh_te_named(policy->file))
		return bh_fail(build->error, -EINVAL,
			       "%s: docker copies files of the context as they are: make the "
			       "package first (checkmodule, semodule_package) and name that",
			       policy->file);
	return bh_image_read_module(build->context, policy->file, &module->source, build->error);
}

static int read_module(struct build *build, const struct bh_dockerfile_policy *policy,
		       struct stage_module *module)
{
	uint8_t digest[BH_DIGEST_SIZE];
	int ret = find_module(build, policy, module);

	if (!ret)
		ret = bh_image_check(&module->source, policy->type, build->error);
	if (ret)
		return bh_fail_prefix(build->error, ret, "%s:%u: POLICY", build->source.name,
				      policy->line);
	bh_digest(&module->source, 1, digest);
	bh_image_digest_text(digest, module->digest);
	module->base64 = bh_base64_encode(module->source.text, module->source.len);
	return module->base64 ? 0 : no_memory(build);
}

/* One LABEL, so that no image of a step has a part of it. A base image's domain goes by "". */
static void write_labels(struct build *build, size_t stage, FILE *out)
{
	const struct bh_dockerfile_policy *policy = &build->file.stages[stage].policy;
	const struct stage_module *module = &build->modules[stage];

	fprintf(out,
		"LABEL " BH_IMAGE_ANNOTATION_TYPE "=\"%s\" " BH_IMAGE_ANNOTATION_DIGEST
		"=\"%s\" " BH_IMAGE_ANNOTATION_POLICY "=\"",
		policy->type ? policy->type : "", module->digest);
	for (const char *next = module->base64; *next;) {
		size_t left = strnlen(next, LINE);

		fwrite(next, 1, left, out);
		next += left;
		if (*next)
			fprintf(out, "%c\n", build->file.escape);
	}
	fputs("\"\n", out);
}

static bool has_annotations(const struct build *build)
{
	return build->engine.engine != BH_ENGINE_DOCKER && build->holds &&
	       strlen(build->modules[build->holder].base64) <= ARGUMENT_MAX;
}

/*
 * Podman and buildah annotate each step's image, of all stages, and later take it from their
 * cache for a build of the same steps, whatever its annotations are. So each stage begins
 * with a step that only builds with the same annotations have.
 */
static void write_head(struct build *build, size_t stage, FILE *out)
{
	if (has_annotations(build) && stage != build->holder)
		fprintf(out, "LABEL " LABEL_STAGE "=\"%s %s\"\n",
			build->modules[build->holder].digest,
			build->holds->type ? build->holds->type : "");
	if (build->file.stages[stage].policy.line)
		write_labels(build, stage, out);
}

static int write_lines(struct build *build, size_t stage)
{
	const struct bh_dockerfile_policy *policy = &build->file.stages[stage].policy;
	struct stage_module *module = &build->modules[stage];
	size_t len;
	FILE *out = open_memstream(&module->head, &len);

	if (!out)
		return no_memory(build);
	write_head(build, stage, out);
	if (fclose(out))
		return no_memory(build);
	out = open_memstream(&module->embed, &len);
	if (!out)
		return no_memory(build);
	if (policy->line && build->engine.engine == BH_ENGINE_DOCKER)
		fprintf(out, "COPY %s /%s\n", policy->file, bh_image_module_file(&module->source));
	else if (policy->line)
		fprintf(out, "COPY --from=" CONTEXT " %zu.module /%s\n", stage,
			bh_image_module_file(&module->source));
	return fclose(out) ? no_memory(build) : 0;
}

static int read_modules(struct build *build)
{
	int ret = 0;

	build->modules = calloc(build->file.nr_stages, sizeof(*build->modules));
	if (!build->modules)
		return no_memory(build);
	for (size_t i = 0; i < build->file.nr_stages && !ret; i++) {
		const struct bh_dockerfile_policy *policy = &build->file.stages[i].policy;

		if (policy->line)
			ret = read_module(build, policy, &build->modules[i]);
	}
	if (!ret)
		ret = bh_dockerfile_find(&build->file, build->engine.target, &build->holds,
					 build->error);
	for (size_t i = 0; i < build->file.nr_stages && build->holds; i++)
		if (build->holds == &build->file.stages[i].policy)
			build->holder = i;
	for (size_t i = 0; i < build->file.nr_stages && !ret; i++)
		ret = write_lines(build, i);
	return ret;
}

/* --- temporary files ------------------------------------------------------------- */

static int put_file(struct build *build, const char *name, const char *text, size_t len)
{
	char path[PATH_MAX];
	int ret;

	snprintf(path, sizeof(path), "%s/%s", build->dir, name);
	BH_CLOSE int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);

	ret = fd < 0 ? -errno : bh_write_fd(fd, text, len);
	return ret ? bh_fail(build->error, ret, "%s: %s", path, strerror(-ret)) : 0;
}

static void remove_file(struct build *build, const char *name)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", build->dir, name);
	unlink(path);
}

static const char *const ignores[] = { "dockerignore", "containerignore" };

/* What lies beside the Dockerfile under its name, an engine looks for beside the new one. */
static int put_ignores(struct build *build)
{
	int ret = 0;

	for (size_t i = 0; i < 2 && !ret; i++) {
		char path[PATH_MAX], name[32];
		BH_FREE char *text = NULL;
		size_t len;

		if (snprintf(path, sizeof(path), "%s.%s", build->source.name, ignores[i]) >=
		    (int)sizeof(path))
			continue;
		ret = bh_read_path(path, BH_DOCKERFILE_MAX, &text, &len);
		if (ret == -ENOENT) {
			ret = 0;
			continue;
		}
		if (ret)
			return bh_fail(build->error, ret, "%s: %s", path, strerror(-ret));
		snprintf(name, sizeof(name), "Dockerfile.%s", ignores[i]);
		ret = put_file(build, name, text, len);
	}
	return ret;
}

static int put_files(struct build *build)
{
	const char *tmp = getenv("TMPDIR");
	BH_FREE char **head = calloc(build->file.nr_stages, sizeof(*head));
	BH_FREE char **embed = calloc(build->file.nr_stages, sizeof(*embed));
	BH_FREE char *text = NULL;
	char name[32];
	size_t len;
	int ret;

	if (!tmp || *tmp != '/' || strlen(tmp) > sizeof(build->dir) - 32)
		tmp = "/tmp";
	snprintf(build->dir, sizeof(build->dir), "%s/bulkhead-build.XXXXXX", tmp);
	if (!head || !embed || !mkdtemp(build->dir)) {
		ret = head && embed ? -errno : -ENOMEM;
		build->dir[0] = '\0';
		return bh_fail(build->error, ret, "%s: %s", tmp, strerror(-ret));
	}
	for (size_t i = 0; i < build->file.nr_stages; i++) {
		head[i] = build->modules[i].head;
		embed[i] = build->modules[i].embed;
	}
	if (bh_dockerfile_rewrite(&build->file, head, embed, &text, &len))
		return no_memory(build);
	ret = put_file(build, "Dockerfile", text, len);
	for (size_t i = 0; i < build->file.nr_stages && !ret; i++) {
		if (!build->modules[i].source.text)
			continue;
		snprintf(name, sizeof(name), "%zu.module", i);
		ret = put_file(build, name, build->modules[i].source.text,
			       build->modules[i].source.len);
	}
	return ret ? ret : put_ignores(build);
}

static void remove_files(struct build *build)
{
	char name[32];

	if (!build->dir[0])
		return;
	for (size_t i = 0; i < build->file.nr_stages; i++) {
		snprintf(name, sizeof(name), "%zu.module", i);
		remove_file(build, name);
	}
	for (size_t i = 0; i < 2; i++) {
		snprintf(name, sizeof(name), "Dockerfile.%s", ignores[i]);
		remove_file(build, name);
	}
	remove_file(build, "Dockerfile");
	remove_file(build, "iid");
	rmdir(build->dir);
}

/* --- the engine ------------------------------------------------------------------ */

struct arguments {
	char **argv;
	int argc;
	bool failed;
};

__attribute__((format(printf, 2, 3))) static void add(struct arguments *to, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	if (vasprintf(&to->argv[to->argc], format, args) < 0)
		to->failed = true;
	else
		to->argc++;
	va_end(args);
}

static void free_arguments(struct arguments *from)
{
	for (int i = 0; from->argv && i < from->argc; i++)
		free(from->argv[i]);
	free(from->argv);
}

static void add_annotations(const struct build *build, struct arguments *to)
{
	const struct stage_module *module = &build->modules[build->holder];

	if (!has_annotations(build))
		return;
	add(to, "--annotation=" BH_IMAGE_ANNOTATION_POLICY "=%s", module->base64);
	add(to, "--annotation=" BH_IMAGE_ANNOTATION_TYPE "=%s",
	    build->holds->type ? build->holds->type : "");
	add(to, "--annotation=" BH_IMAGE_ANNOTATION_DIGEST "=%s", module->digest);
}

static int run_engine(struct build *build)
{
	const struct bh_engine_build *engine = &build->engine;
	struct arguments to = { calloc((size_t)engine->verb + (size_t)engine->nr_rest + 16,
				       sizeof(*to.argv)),
				0, false };
	int ret;

	if (!to.argv)
		return no_memory(build);
	for (int i = 0; i <= engine->verb; i++)
		add(&to, "%s", build->argv[i]);
	add(&to, "--file=%s/Dockerfile", build->dir);
	add(&to, "--iidfile=%s/iid", build->dir);
	if (engine->engine != BH_ENGINE_DOCKER) {
		add(&to, "--build-context=" CONTEXT "=%s", build->dir);
		add_annotations(build, &to);
	}
	for (int i = 0; i < engine->nr_rest; i++)
		add(&to, "%s", engine->rest[i]);
	if (!engine->context)
		add(&to, "%s", build->context);
	ret = to.failed ? no_memory(build) : bh_spawn(to.argv, -1, build->error);
	free_arguments(&to);
	return ret;
}

/* The image's id goes where the user wanted it, too. */
static int take_result(struct build *build)
{
	const char *digest = build->holds ? build->modules[build->holder].digest : NULL;
	char path[PATH_MAX];
	BH_FREE char *iid = NULL;
	size_t len;
	int ret;

	snprintf(path, sizeof(path), "%s/iid", build->dir);
	ret = bh_read_path(path, IID_MAX, &iid, &len);
	if (ret)
		return bh_fail(build->error, ret, "image build: no image id: %s", strerror(-ret));
	iid[strcspn(iid, "\n")] = '\0';
	if (digest)
		ret = bh_image_result(&build->engine, build->argv, iid, digest, build->error);
	if (!ret && build->engine.iidfile) {
		BH_CLOSE int fd =
			open(build->engine.iidfile, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

		ret = fd < 0 ? -errno : bh_write_fd(fd, iid, strlen(iid));
		if (ret)
			bh_fail(build->error, ret, "%s: %s", build->engine.iidfile, strerror(-ret));
	}
	if (!ret && digest)
		fprintf(stderr, "bulkhead: module %s (%s%s%s)\n", digest, build->holds->file,
			build->holds->type ? ", domain " : "",
			build->holds->type ? build->holds->type : "");
	return ret;
}

static int build_with_policy(struct build *build)
{
	int ret = check_options(build);

	if (!ret)
		ret = read_modules(build);
	if (!ret)
		ret = put_files(build);
	if (!ret)
		ret = run_engine(build);
	return ret ? ret : take_result(build);
}

static void close_build(struct build *build)
{
	remove_files(build);
	for (size_t i = 0; build->modules && i < build->file.nr_stages; i++) {
		bh_source_free(&build->modules[i].source);
		free(build->modules[i].base64);
		free(build->modules[i].head);
		free(build->modules[i].embed);
	}
	free(build->modules);
	bh_dockerfile_free(&build->file);
	bh_source_free(&build->source);
	free(build->context);
	free(build->engine.rest);
}

int bh_image_build(int argc, char **argv, struct bh_error *error)
{
	struct build build = { .argv = argv, .error = error };
	int ret = bh_engine_parse(argc, argv, &build.engine, error);

	if (!ret)
		ret = find_context(&build);
	if (!ret)
		ret = find_dockerfile(&build);
	if (!ret)
		ret = bh_dockerfile_parse(&build.source, &build.file, error);
	if (!ret)
		ret = build.file.nr_policies ? build_with_policy(&build) :
					       bh_spawn(argv, -1, error);
	close_build(&build);
	return ret;
}
