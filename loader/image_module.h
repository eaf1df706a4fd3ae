/* SPDX-License-Identifier: GPL-2.0 */
/* The module in an image: annotation, label and file, which must agree. */
#ifndef BULKHEAD_IMAGE_MODULE_H
#define BULKHEAD_IMAGE_MODULE_H

#include "image_manifest.h"
#include "policy.h"

#define BH_IMAGE_IN_ANNOTATION 1U
#define BH_IMAGE_IN_LABEL 2U
#define BH_IMAGE_IN_FILE 4U

struct bh_image_module {
	struct bh_source source; /* text NULL: the image has none */
	char *named; /* instead of a text: a module that the host has; NULL: not so */
	char *type; /* the first process' domain; NULL: not stated */
	unsigned int places; /* BH_IMAGE_IN_... */
	const char *file; /* of bh_layer_names; NULL: none has it */
	uint8_t digest[BH_DIGEST_SIZE];
};

/**
 * bh_image_module_find() - Read an image's module.
 * @archive: The archive.
 * @item:    The image. All its layers are read, and their digests compared.
 * @module:  Receives the module; freed by bh_image_module_free(), also on error.
 * @error:   Receives why not.
 *
 * An empty domain or digest is none: that is how a build takes its base image's away. Annotation
 * and label may name one of the host's modules (BH_MODULE_BY_NAME) and both the same; such an
 * image has neither a file nor a digest.
 *
 * Return: 0; -EINVAL it has something else in one of the places, or they do not agree; as
 *         bh_layer_apply().
 */
int bh_image_module_find(struct bh_archive *archive, const struct bh_image_item *item,
			 struct bh_image_module *module, struct bh_error *error);

/**
 * bh_image_module_file() - Which file of an image has a module.
 * @module: CIL or a package.
 *
 * Return: the name of bh_layer_names for what it is.
 */
const char *bh_image_module_file(const struct bh_source *module);

/**
 * bh_image_module_free() - Free a module.
 * @module: From bh_image_module_find().
 */
void bh_image_module_free(struct bh_image_module *module);

/**
 * bh_image_digest_text() - A digest as it is printed and recorded.
 * @digest: BH_DIGEST_SIZE bytes.
 * @text:   Receives "sha256:" and the digits.
 */
#define BH_IMAGE_DIGEST_TEXT 72
void bh_image_digest_text(const uint8_t *digest, char text[BH_IMAGE_DIGEST_TEXT]);

#endif /* BULKHEAD_IMAGE_MODULE_H */
