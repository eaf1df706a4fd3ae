/* SPDX-License-Identifier: GPL-2.0 */
/* What a container's image says of its module, from the engine's storage. */
#ifndef BULKHEAD_IMAGE_H
#define BULKHEAD_IMAGE_H

#include "error.h"
#include "oci.h"

struct json_object;

/* io.bulkhead.policy and .type of an annotation or of a label; NULL: not given. */
struct bh_image_saying {
	const char *policy;
	const char *type;
};

/* Strings belong to the parsed JSON. */
struct bh_image {
	struct json_object *manifest;
	struct json_object *config; /* NULL: the manifest names none */
	struct bh_image_saying annotation;
	struct bh_image_saying label;
};

/**
 * bh_image_read() - Find what an image says of its module.
 * @oci:   The container; its bundle tells the storage.
 * @image: Receives annotations and labels; freed by bh_image_free(), also on error.
 * @error: Receives why not.
 *
 * Since 4.5.1 podman does not hand an image's annotations on to config.json. Its storage,
 * ROOT/DRIVER-containers/ID/userdata being the bundle, lists containers with their images
 * and keeps the images' manifests and configurations. A bundle elsewhere is no such
 * engine's: it says nothing.
 *
 * Source: containers/storage, containers.go, images.go and store.go (makeBigDataBaseName());
 *         OCI Image Manifest, OCI Image Configuration.
 * Return: 0; -ENOENT the storage knows no such container or image; -EINVAL what it has is
 *         not what it should be; -ENOMEM; the error of reading.
 */
int bh_image_read(const struct bh_oci *oci, struct bh_image *image, struct bh_error *error);

/**
 * bh_image_settle() - What annotation and label say together.
 * @image:  From bh_image_read().
 * @saying: Receives it; the type of the place that has the module. NULL: no module.
 * @error:  Receives why not.
 *
 * Return: 0; -EINVAL they have different modules or domains.
 */
int bh_image_settle(const struct bh_image *image, struct bh_image_saying *saying,
		    struct bh_error *error);

/**
 * bh_image_free() - Free what was read.
 * @image: From bh_image_read(), or zeroed.
 */
void bh_image_free(struct bh_image *image);

#endif /* BULKHEAD_IMAGE_H */
