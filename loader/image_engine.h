/* SPDX-License-Identifier: GPL-2.0 */
/* What the command line of a build says: podman's, buildah's and docker's. */
#ifndef BULKHEAD_IMAGE_ENGINE_H
#define BULKHEAD_IMAGE_ENGINE_H

#include <stdbool.h>

#include "error.h"

enum bh_engine { BH_ENGINE_PODMAN, BH_ENGINE_BUILDAH, BH_ENGINE_DOCKER };

/* Strings belong to argv. */
struct bh_engine_build {
	enum bh_engine engine;
	int verb; /* argv[verb] is build or bud */
	const char *file; /* -f; NULL: not given */
	const char *context; /* directory; NULL: not given */
	const char *target; /* --target; NULL: not given */
	const char *iidfile; /* --iidfile; NULL: not given */
	const char *refused; /* an option that does not go with POLICY; NULL: none */
	char **rest; /* the arguments behind the verb without -f and --iidfile; freed by free() */
	int nr_rest;
};

/**
 * bh_engine_parse() - Understand a command line.
 * @argc:  Number of arguments.
 * @argv:  The command, from the engine's name on.
 * @build: Receives what it says; rest is freed by free(), also on error.
 * @error: Receives why not.
 *
 * Which options take a value is a table: one that is not in it must be --NAME=VALUE.
 *
 * Source: podman-build(1), buildah-build(1), docker-buildx-build(1).
 * Return: 0; -EINVAL not a build by one of the three, or one that cannot be looked into.
 */
int bh_engine_parse(int argc, char **argv, struct bh_engine_build *build, struct bh_error *error);

#endif /* BULKHEAD_IMAGE_ENGINE_H */
