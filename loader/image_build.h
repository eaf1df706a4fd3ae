/* SPDX-License-Identifier: GPL-2.0 */
/* Building an image by a Dockerfile with POLICY. */
#ifndef BULKHEAD_IMAGE_BUILD_H
#define BULKHEAD_IMAGE_BUILD_H

#include "error.h"

/**
 * bh_image_build() - Run an engine's build on what it understands.
 * @argc:  Number of arguments.
 * @argv:  podman build ..., buildah bud ... or docker build ...; NULL behind the last.
 * @error: Receives why not.
 *
 * Modules are read and checked first. The engine gets a Dockerfile without POLICY, with the
 * module as labels at the start and as /.bulkhead/policy.cil at the end of each stage that has
 * one, and as annotations where the engine has any. The image that it made is removed again when it
 * lacks them.
 *
 * Return: the engine's exit status; a negative errno, as of bh_dockerfile_parse() or
 *         bh_image_check(), before the engine was run, or when the image was removed.
 */
int bh_image_build(int argc, char **argv, struct bh_error *error);

#endif /* BULKHEAD_IMAGE_BUILD_H */
