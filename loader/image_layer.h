/* SPDX-License-Identifier: GPL-2.0 */
/* The file /.bulkhead/policy.cil, layer by layer. */
#ifndef BULKHEAD_IMAGE_LAYER_H
#define BULKHEAD_IMAGE_LAYER_H

#include <stdint.h>

#include "image_archive.h"
#include "error.h"

/* What the layers so far make of it. */
struct bh_layer_file {
	char *text; /* NULL: there is no such file */
	size_t len;
	const char *fault; /* why it cannot be used; static; NULL: it can */
	bool no_dir; /* the fault is /.bulkhead itself */
};

/**
 * bh_layer_apply() - Put one more layer on top.
 * @archive: The image.
 * @blob:    The layer's entry: a tar, also by gzip or zstd.
 * @digest:  SHA-256 that the entry must have; NULL: none is stated.
 * @diff_id: SHA-256 that the tar must have; NULL: none is stated.
 * @file:    Zeroed before the first layer; its text is freed by free().
 * @error:   Receives why not.
 *
 * Source: OCI Image Layer Filesystem Changeset, "Whiteouts", "Opaque Whiteout".
 * Return: 0; -EINVAL it is damaged, or a name in it means no single file; -EBADMSG a wrong
 *         digest; -E2BIG it exceeds a limit; as bh_stream_open().
 */
int bh_layer_apply(struct bh_archive *archive, const char *blob, const uint8_t *digest,
		   const uint8_t *diff_id, struct bh_layer_file *file, struct bh_error *error);

#endif /* BULKHEAD_IMAGE_LAYER_H */
