// SPDX-License-Identifier: GPL-2.0
/* bulkhead image: modules in images. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "base.h"
#include "cleanup.h"
#include "command.h"
#include "format.h"
#include "image_build.h"
#include "image_check.h"
#include "image_embed.h"
#include "image_module.h"
#include "io.h"
#include "modules.h"

/* What the options say; each verb takes some of them. */
struct request {
	const char *verb;
	const char *path; /* the image */
	const char *policy;
	const char *type;
	const char *out;
	bool require;
};

static const struct option policy_option = { "policy", required_argument, NULL, 'p' };
static const struct option type_option = { "type", required_argument, NULL, 't' };
static const struct option out_option = { "output", required_argument, NULL, 'o' };
static const struct option require_option = { "require", no_argument, NULL, 'r' };

static int parse_options(struct request *request, int argc, char **argv,
			 const struct option *options, const char *letters, struct bh_error *error)
{
	int option;

	request->verb = argv[0];
	opterr = 0;
	optind = 1;
	while ((option = getopt_long(argc, argv, letters, options, NULL)) != -1) {
		if (option == 'p')
			request->policy = optarg;
		else if (option == 't')
			request->type = optarg;
		else if (option == 'o')
			request->out = optarg;
		else if (option == 'r')
			request->require = true;
		else
			return bh_usage(error, "image %s: %s: unknown, or its value is missing",
					request->verb, argv[optind - 1]);
	}
	if (argc - optind != 1)
		return bh_usage(error, "image %s: wants one IMAGE", request->verb);
	request->path = argv[optind];
	return BH_EXIT_DONE;
}

/* --- verify ---------------------------------------------------------------------- */

struct verification {
	size_t modules;
	size_t refused;
	struct bh_error refusals;
};

static void print_found(const struct bh_archive *archive, const struct bh_image_item *item,
			const struct bh_image_module *module)
{
	static const char *const places[] = { "annotation", "label", "/" };
	char digest[BH_IMAGE_DIGEST_TEXT];
	const char *comma = "";

	if (!module->places) {
		printf("%s: %s: no module\n", archive->path, item->name);
		return;
	}
	bh_image_digest_text(module->digest, digest);
	printf("%s: %s: %s%s, domain %s, in ", archive->path, item->name,
	       module->named ? "names the host's module " : "module ",
	       module->named ? module->named : digest,
	       module->type ? module->type : "by its rules");
	for (size_t i = 0; i < 3; i++) {
		if (!(module->places & 1U << i))
			continue;
		printf("%s%s%s", comma, places[i], 1U << i == BH_IMAGE_IN_FILE ? module->file : "");
		comma = ", ";
	}
	putchar('\n');
}

static int check_named(const struct bh_image_module *module, struct bh_error *error)
{
	struct bh_modules modules;
	int ret = bh_modules_read(&modules, error);

	if (!ret)
		ret = bh_image_check_named(&modules, module->named, module->type, error);
	bh_modules_free(&modules);
	return ret;
}

/* One bad image does not hide what is wrong with the next. */
static int verify_item(struct bh_archive *archive, struct bh_image_item *item, void *data,
		       struct bh_error *error)
{
	struct verification *verification = data;
	struct bh_image_module module;
	int ret = bh_image_module_find(archive, item, &module, error);
	bool found;

	if (!ret && module.source.text)
		ret = bh_image_check(&module.source, module.type, error);
	else if (!ret && module.named)
		ret = check_named(&module, error);
	found = !ret && module.places;
	if (!ret)
		print_found(archive, item, &module);
	else if (module.places)
		bh_fail_prefix(error, ret, "%s: %s", archive->path, item->name);
	verification->modules += found;
	verification->refused += ret != 0;
	if (ret)
		bh_fail_add(&verification->refusals, ret, "%s",
			    error->text[0] ? error->text : strerror(-ret));
	bh_image_module_free(&module);
	return 0;
}

static int verify(int argc, char **argv, struct bh_error *error)
{
	const struct option options[] = { require_option, { 0 } };
	static struct verification verification;
	struct request request = { 0 };
	struct bh_archive archive;
	int ret = parse_options(&request, argc, argv, options, "", error);

	if (ret)
		return ret;
	ret = bh_archive_open(request.path, NULL, &archive, error);
	if (!ret)
		ret = bh_image_walk(&archive, verify_item, &verification, error);
	bh_archive_close(&archive);
	if (ret)
		return ret;
	if (verification.refused)
		return bh_fail(error, BH_EXIT_REFUSED, "%s", verification.refusals.text);
	if (request.require && !verification.modules)
		return bh_fail(error, BH_EXIT_REFUSED, "%s: no module", request.path);
	return BH_EXIT_DONE;
}

/* --- extract --------------------------------------------------------------------- */

/* All images of an archive have the same module, or there is no one to extract. */
static int extract_item(struct bh_archive *archive, struct bh_image_item *item, void *data,
			struct bh_error *error)
{
	struct bh_image_module *first = data, module;
	int ret = bh_image_module_find(archive, item, &module, error);

	if (!ret && module.named)
		ret = bh_fail(error, -EINVAL, "%s: it names the host's module %s and has none",
			      archive->path, module.named);
	if (!ret && module.source.text && !first->source.text) {
		*first = module;
		return 0;
	}
	if (!ret && module.source.text && memcmp(first->digest, module.digest, BH_DIGEST_SIZE))
		ret = bh_fail(error, -EINVAL, "%s: its images have different modules",
			      archive->path);
	bh_image_module_free(&module);
	return ret;
}

static int write_module(const struct request *request, const struct bh_image_module *module,
			struct bh_error *error)
{
	const struct bh_source *source = &module->source;
	int ret;

	if (!source->text)
		return bh_fail(error, -ENOENT, "%s: no module", request->path);
	if (!request->out) {
		fwrite(source->text, 1, source->len, stdout);
		return 0;
	}
	BH_CLOSE int fd = open(request->out, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	ret = fd < 0 ? -errno : bh_write_fd(fd, source->text, source->len);
	return ret ? bh_fail(error, ret, "%s: %s", request->out, strerror(-ret)) : 0;
}

static int extract(int argc, char **argv, struct bh_error *error)
{
	const struct option options[] = { out_option, { 0 } };
	struct bh_image_module module = { 0 };
	struct request request = { 0 };
	struct bh_archive archive;
	int ret = parse_options(&request, argc, argv, options, "o:", error);

	if (ret)
		return ret;
	ret = bh_archive_open(request.path, NULL, &archive, error);
	if (!ret)
		ret = bh_image_walk(&archive, extract_item, &module, error);
	if (!ret)
		ret = write_module(&request, &module, error);
	bh_archive_close(&archive);
	bh_image_module_free(&module);
	return ret;
}

/* --- embed, build ---------------------------------------------------------------- */

static int embed(int argc, char **argv, struct bh_error *error)
{
	const struct option options[] = { policy_option, type_option, out_option, { 0 } };
	char text[BH_IMAGE_DIGEST_TEXT];
	uint8_t digest[BH_DIGEST_SIZE];
	struct request request = { 0 };
	struct bh_source module;
	int ret = parse_options(&request, argc, argv, options, "o:", error);

	if (ret)
		return ret;
	if (!request.policy)
		return bh_usage(error, "image embed: wants --policy FILE");
	ret = bh_format_read_file(request.policy, &module, error);
	if (!ret)
		ret = bh_image_check(&module, request.type, error);
	if (!ret)
		ret = bh_image_embed(request.path, request.out, &module, request.type, error);
	if (!ret) {
		bh_digest(&module, 1, digest);
		bh_image_digest_text(digest, text);
		printf("%s: module %s\n", request.out ? request.out : request.path, text);
	}
	bh_source_free(&module);
	return ret;
}

static int build(int argc, char **argv, struct bh_error *error)
{
	int first = 1;

	if (argc > first && !strcmp(argv[first], "--"))
		first++;
	if (argc == first)
		return bh_usage(error, "image build: wants -- podman build, buildah build or "
				       "docker build");
	return bh_image_build(argc - first, argv + first, error);
}

int bh_cmd_image(int argc, char **argv, struct bh_error *error)
{
	static const struct {
		const char *name;
		int (*run)(int argc, char **argv, struct bh_error *error);
	} verbs[] = {
		{ "build", build },
		{ "embed", embed },
		{ "verify", verify },
		{ "extract", extract },
	};

	if (argc < 2)
		return bh_usage(error, "image: wants build, embed, verify or extract");
	/* Names in archives are UTF-8, whatever the caller speaks. */
	setlocale(LC_CTYPE, "C.UTF-8");
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (!strcmp(argv[1], verbs[i].name))
			return verbs[i].run(argc - 1, argv + 1, error);
	return bh_usage(error, "image: no '%s'; see bulkhead image --help", argv[1]);
}
