/* SPDX-License-Identifier: GPL-2.0 */
/* The annotations of a container's image, from the engine's storage. */
#ifndef BULKHEAD_IMAGE_H
#define BULKHEAD_IMAGE_H

#include "error.h"
#include "oci.h"

struct json_object;

/* Strings belong to the parsed manifest. NULL: not given. */
struct bh_image {
	struct json_object *manifest;
	const char *policy; /* annotation io.bulkhead.policy */
	const char *type; /* annotation io.bulkhead.type */
};

/**
 * bh_image_read() - Find what an image says of its module.
 * @oci:   The container; its bundle tells the storage.
 * @image: Receives the annotations; freed by bh_image_free(), also on error.
 * @error: Receives why not.
 *
 * Since 4.5.1 podman does not hand an image's annotations on to config.json. Its storage,
 * ROOT/DRIVER-containers/ID/userdata being the bundle, lists containers with their images
 * and keeps the images' manifests. A bundle elsewhere is no such engine's: no annotations.
 *
 * Source: containers/storage, containers.go and images.go; OCI Image Manifest.
 * Return: 0; -ENOENT the storage knows no such container or image; -EINVAL what it has is
 *         not what it should be; -ENOMEM; the error of reading.
 */
int bh_image_read(const struct bh_oci *oci, struct bh_image *image, struct bh_error *error);

/**
 * bh_image_free() - Free the annotations.
 * @image: From bh_image_read(), or zeroed.
 */
void bh_image_free(struct bh_image *image);

#endif /* BULKHEAD_IMAGE_H */
