/* SPDX-License-Identifier: GPL-2.0 */
/* The files /.bulkhead/policy.cil and policy.pp, layer by layer. */
#ifndef BULKHEAD_IMAGE_LAYER_H
#define BULKHEAD_IMAGE_LAYER_H

#include <stdint.h>

#include "image_archive.h"
#include "error.h"

#define BH_LAYER_FILES 2

/* Their names below the root. */
extern const char *const bh_layer_names[BH_LAYER_FILES];

/* What the layers so far make of one of them. */
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
 * @file:    BH_LAYER_FILES, zeroed before the first layer; texts are freed by free().
 * @error:   Receives why not.
 *
 * Source: OCI Image Layer Filesystem Changeset, "Whiteouts", "Opaque Whiteout".
 * Return: 0; -EINVAL it is damaged, or a name in it means no single file; -EBADMSG a wrong
 *         digest; -E2BIG it exceeds a limit; as bh_stream_open().
 */
int bh_layer_apply(struct bh_archive *archive, const char *blob, const uint8_t *digest,
		   const uint8_t *diff_id, struct bh_layer_file *file, struct bh_error *error);

#endif /* BULKHEAD_IMAGE_LAYER_H */
