/* SPDX-License-Identifier: GPL-2.0 */
/* What becomes of an archive's entries, and the archive that this makes. */
#ifndef BULKHEAD_IMAGE_CHANGES_H
#define BULKHEAD_IMAGE_CHANGES_H

#include "image_archive.h"
#include "error.h"

struct bh_image_change {
	char *name;
	char *data; /* NULL: the entry goes */
	size_t len;
	bool done; /* written in the place of an old one */
};

struct bh_image_changes {
	struct bh_image_change *changes;
	size_t nr;
};

/**
 * bh_image_change() - Note a change.
 * @changes: Zeroed before the first; freed by bh_image_changes_free().
 * @name:    The entry, new or old. A name noted before with data keeps it.
 * @data:    Its bytes, copied; NULL: it goes.
 * @len:     Their number.
 *
 * Return: 0; -ENOMEM.
 */
int bh_image_change(struct bh_image_changes *changes, const char *name, const void *data,
		    size_t len);

/**
 * bh_image_changes_free() - Free what was noted.
 * @changes: From bh_image_change(), or zeroed.
 */
void bh_image_changes_free(struct bh_image_changes *changes);

/* Looks at a file that is about to take its place; other than 0 forbids it. */
typedef int (*bh_image_approve)(const char *path, void *data, struct bh_error *error);

/**
 * bh_image_rewrite() - Make the changed image.
 * @archive: The image. A layout directory is changed in place: new blobs first, index.json
 *           by one rename, then what nobody names any more goes.
 * @changes: What changes.
 * @out:     Where a changed archive goes, by a rename; NULL: in the old one's place.
 * @approve: Called with an archive before the rename; not for a directory.
 * @data:    For @approve.
 * @error:   Receives why not.
 *
 * Return: 0; -EINVAL @out with a directory; what @approve gave; -ENOMEM; the error of
 *         reading or writing. Then nothing has changed.
 */
int bh_image_rewrite(struct bh_archive *archive, struct bh_image_changes *changes, const char *out,
		     bh_image_approve approve, void *data, struct bh_error *error);

/**
 * bh_image_rewrite_layout() - Change a layout directory in place.
 * @archive: A directory.
 * @changes: What changes.
 * @error:   Receives why not.
 *
 * Return: As bh_image_rewrite().
 */
int bh_image_rewrite_layout(struct bh_archive *archive, struct bh_image_changes *changes,
			    struct bh_error *error);

#endif /* BULKHEAD_IMAGE_CHANGES_H */
