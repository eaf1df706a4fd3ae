/* SPDX-License-Identifier: GPL-2.0 */
/* Putting a module into an image that is built already. */
#ifndef BULKHEAD_IMAGE_EMBED_H
#define BULKHEAD_IMAGE_EMBED_H

#include "error.h"
#include "policy.h"

/**
 * bh_image_embed() - Put a module into each image of an archive.
 * @path:   An OCI layout directory, an OCI archive or a docker archive.
 * @out:    Where the result goes; NULL: in the place of @path.
 * @module: The module, checked.
 * @type:   Domain of the first process; NULL: not stated.
 * @error:  Receives why not.
 *
 * Annotation (where the manifest has any), labels, and a layer with the file on top. The
 * same input makes the same output. An image that has the module already stays as it is.
 *
 * Return: 0; as bh_image_walk() and bh_image_rewrite(). Then nothing has changed.
 */
int bh_image_embed(const char *path, const char *out, const struct bh_source *module,
		   const char *type, struct bh_error *error);

#endif /* BULKHEAD_IMAGE_EMBED_H */
