// SPDX-License-Identifier: GPL-2.0
/* What the command line of a build says. */
#include <errno.h>
#include <stdlib.h>

#include "image_engine.h"
#include "tap.h"

#define ARGS 16

struct row {
	const char *line; /* words, with one space between */
	const char *file, *context, *target; /* NULL: not given */
	const char *rest;
};

static const struct row goods[] = {
	{ "podman build .", NULL, ".", NULL, "." },
	{ "/usr/bin/podman --root /x build -t a .", NULL, ".", NULL, "-t a ." },
	{ "podman build -f x -t a d", "x", "d", NULL, "-t a d" },
	{ "podman build -fx d", "x", "d", NULL, "d" },
	{ "podman build -f=x d", "x", "d", NULL, "d" },
	{ "podman build --file x d", "x", "d", NULL, "d" },
	{ "podman build --file=x d", "x", "d", NULL, "d" },
	{ "podman build d --target t", NULL, "d", "t", "d --target t" },
	{ "podman build --pull d", NULL, "d", NULL, "--pull d" },
	{ "podman build --pull=never d", NULL, "d", NULL, "--pull=never d" },
	{ "podman build --new=x d", NULL, "d", NULL, "--new=x d" },
	{ "podman build -q --no-cache d", NULL, "d", NULL, "-q --no-cache d" },
	{ "podman build -qt a d", NULL, "d", NULL, "-qt a d" },
	{ "podman build --iidfile i d", NULL, "d", NULL, "d" },
	{ "podman build", NULL, NULL, NULL, "" },
	{ "podman build -- d", NULL, "d", NULL, "-- d" },
	{ "buildah bud --layers d", NULL, "d", NULL, "--layers d" },
	{ "buildah build d", NULL, "d", NULL, "d" },
	{ "docker image build d", NULL, "d", NULL, "d" },
	{ "docker buildx build --builder b d", NULL, "d", NULL, "--builder b d" },
};

static const char *const bads[][2] = {
	{ "make build .", "make: not podman, buildah or docker" },
	{ "podman run x", "podman: no build command" },
	{ "podman build --new x", "--new: not known here: write --new=VALUE" },
	{ "podman build -z x", "-z: not known here" },
	{ "podman build -f", "-f: its value is missing" },
	{ "podman build -f a -f b d", "--file: more than one" },
	{ "podman build a b", "b: more than one context" },
	{ "podman build -", "-: a build from standard input is not looked into: use files" },
	{ "podman build -f - d", "-: a build from standard input is not looked into: use files" },
	{ "podman build https://x/y",
	  "https://x/y: a build from elsewhere is not looked into: fetch it first" },
	{ "docker build git@x:y",
	  "git@x:y: a build from elsewhere is not looked into: fetch it first" },
};

static const char *const refused[][2] = {
	{ "podman build --push d", "push" },
	{ "podman build --output=x d", "output" },
	{ "podman build -o x d", "output" },
	{ "podman build --manifest m d", "manifest" },
	{ "podman build --label io.bulkhead.policy=x d", "an io.bulkhead. label or annotation" },
	{ "podman build --unsetlabel io.bulkhead.policy d", "an io.bulkhead. label or annotation" },
};

static struct bh_error error;
static char words[512];
static char *args[ARGS + 1];

static int parse(const char *line, struct bh_engine_build *build)
{
	char *next = words;
	int nr = 0;

	strcpy(words, line);
	while (next && nr < ARGS)
		args[nr++] = strsep(&next, " ");
	args[nr] = NULL;
	return bh_engine_parse(nr, args, build, &error);
}

static bool is_same(const char *left, const char *right)
{
	return left && right ? !strcmp(left, right) : left == right;
}

static void test_good(const struct row *row)
{
	struct bh_engine_build build;
	int ret = parse(row->line, &build);
	char rest[512] = "";

	for (int i = 0; !ret && i < build.nr_rest; i++) {
		strcat(rest, i ? " " : "");
		strcat(rest, build.rest[i]);
	}
	tap_ok(!ret && is_same(build.file, row->file) && is_same(build.context, row->context) &&
		       is_same(build.target, row->target) && !strcmp(rest, row->rest) &&
		       !build.refused,
	       "%s", row->line);
	free(build.rest);
}

int main(void)
{
	struct bh_engine_build build;

	for (size_t i = 0; i < sizeof(goods) / sizeof(goods[0]); i++)
		test_good(&goods[i]);
	for (size_t i = 0; i < sizeof(bads) / sizeof(bads[0]); i++) {
		error.text[0] = '\0';
		parse(bads[i][0], &build);
		tap_is_text(error.text, bads[i][1], bads[i][0]);
		free(build.rest);
	}
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		tap_ok(!parse(refused[i][0], &build) && is_same(build.refused, refused[i][1]),
		       "with POLICY: %s", refused[i][0]);
		free(build.rest);
	}
	return tap_done();
}
