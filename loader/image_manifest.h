/* SPDX-License-Identifier: GPL-2.0 */
/* What images an archive or a layout holds: index, manifests, configurations. */
#ifndef BULKHEAD_IMAGE_MANIFEST_H
#define BULKHEAD_IMAGE_MANIFEST_H

#include <stdbool.h>
#include <stdint.h>

#include "image_archive.h"
#include "error.h"
#include "format.h"

/*
 * Bytes of an index, a manifest or a configuration. The latter may have the largest module in
 * base64 twice: in a label, and in the history of the step that set it.
 */
#define BH_IMAGE_JSON_MAX (4 * BH_PACKAGE_BYTES_MAX)
#define BH_IMAGE_LAYERS_MAX 512
#define BH_IMAGE_MANIFESTS_MAX 256 /* in one archive */
#define BH_IMAGE_INDEX_DEPTH 4

#define BH_IMAGE_ANNOTATION_POLICY "io.bulkhead.policy"
#define BH_IMAGE_ANNOTATION_TYPE "io.bulkhead.type"
#define BH_IMAGE_ANNOTATION_DIGEST "io.bulkhead.digest"

struct json_object;

/* A blob that another names. */
struct bh_descriptor {
	const char *type; /* media type; NULL: not given */
	char name[96]; /* its entry */
	uint8_t digest[BH_DIGEST_SIZE];
	int64_t size; /* -1: not given */
};

enum bh_image_kind {
	BH_IMAGE_OCI, /* OCI Image Manifest, or Docker's schema 2 of the same form */
	BH_IMAGE_DOCKER, /* an element of manifest.json */
};

struct bh_image_layer {
	char name[BH_ARCHIVE_NAME_MAX];
	uint8_t digest[BH_DIGEST_SIZE];
	bool has_digest;
	bool tar; /* not an attestation or another artifact */
};

/* One image; strings belong to the parsed JSON. */
struct bh_image_item {
	enum bh_image_kind kind;
	char name[64]; /* for messages */
	struct json_object *manifest;
	struct json_object *config;
	struct bh_descriptor config_ref;
	struct bh_image_layer *layers;
	size_t nr_layers;
	size_t nr_tars;
	struct json_object *diff_ids; /* NULL: none */
};

/**
 * bh_descriptor_parse() - Read a descriptor.
 * @json:       An object; must live as long as @descriptor.
 * @descriptor: Receives it.
 *
 * Source: OCI Content Descriptors.
 * Return: 0; -EINVAL it is none, or its digest is not SHA-256.
 */
int bh_descriptor_parse(struct json_object *json, struct bh_descriptor *descriptor);

/**
 * bh_descriptor_is_index() - Does it name several manifests?
 * @descriptor: The descriptor.
 *
 * Return: true for an OCI index or Docker's manifest list.
 */
bool bh_descriptor_is_index(const struct bh_descriptor *descriptor);

/**
 * bh_descriptor_load() - Read the JSON that a descriptor names.
 * @archive:    The image.
 * @descriptor: What is wanted: size and digest must be as it says.
 * @json:       Receives an object, freed by json_object_put().
 * @error:      Receives why not.
 *
 * Return: 0; -EBADMSG another size or digest; -EINVAL not JSON; as bh_archive_read().
 */
int bh_descriptor_load(struct bh_archive *archive, const struct bh_descriptor *descriptor,
		       struct json_object **json, struct bh_error *error);

/**
 * bh_image_load() - Read an image that a manifest describes.
 * @archive:  The archive.
 * @manifest: What a descriptor named, or an element of manifest.json; a reference is taken.
 * @kind:     Which.
 * @name:     For messages.
 * @item:     Receives it; freed by bh_image_unload(), also on error.
 * @error:    Receives why not.
 *
 * Return: 0; -EINVAL it is not what it should be; as bh_descriptor_load().
 */
int bh_image_load(struct bh_archive *archive, struct json_object *manifest, enum bh_image_kind kind,
		  const char *name, struct bh_image_item *item, struct bh_error *error);

/**
 * bh_image_unload() - Free an image.
 * @item: From bh_image_load().
 */
void bh_image_unload(struct bh_image_item *item);

/**
 * bh_image_diff_id() - Digest of a layer's tar.
 * @item:   The image.
 * @number: Which of its tars.
 * @digest: Receives BH_DIGEST_SIZE bytes.
 *
 * Return: 0; -EINVAL the configuration says none.
 */
int bh_image_diff_id(const struct bh_image_item *item, size_t number, uint8_t *digest);

/* Called for each image; other than 0 ends the walk. */
typedef int (*bh_image_visit)(struct bh_archive *archive, struct bh_image_item *item, void *data,
			      struct bh_error *error);

/**
 * bh_image_walk() - Look at each image of an archive.
 * @archive: The archive; index.json and manifest.json are both followed.
 * @visit:   Called for each, once per place that names it.
 * @data:    For @visit.
 * @error:   Receives why not.
 *
 * Return: 0; -EINVAL it holds no image, or too many; as bh_image_load(); what @visit gave.
 */
int bh_image_walk(struct bh_archive *archive, bh_image_visit visit, void *data,
		  struct bh_error *error);

/**
 * bh_image_list() - Read index.json or manifest.json.
 * @archive: The archive.
 * @name:    Which.
 * @list:    Receives it, freed by json_object_put(); NULL: the archive has none.
 * @error:   Receives why not.
 *
 * Return: 0; -EINVAL it is not what it should be; as bh_archive_read().
 */
int bh_image_list(struct bh_archive *archive, const char *name, struct json_object **list,
		  struct bh_error *error);

#endif /* BULKHEAD_IMAGE_MANIFEST_H */
