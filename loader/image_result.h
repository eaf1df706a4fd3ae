/* SPDX-License-Identifier: GPL-2.0 */
/* Looking at the image that an engine made. */
#ifndef BULKHEAD_IMAGE_RESULT_H
#define BULKHEAD_IMAGE_RESULT_H

#include "error.h"
#include "image_engine.h"

/**
 * bh_image_result() - Has the image the module? If not, it is removed.
 * @build:  The build that made it.
 * @argv:   Its command, for the engine's name and its options before the verb.
 * @iid:    The image's id, as the engine wrote it.
 * @digest: What its label io.bulkhead.digest must be.
 * @error:  Receives why not.
 *
 * Return: 0; -EIO it has not; the error of starting the engine.
 */
int bh_image_result(const struct bh_engine_build *build, char **argv, const char *iid,
		    const char *digest, struct bh_error *error);

#endif /* BULKHEAD_IMAGE_RESULT_H */
