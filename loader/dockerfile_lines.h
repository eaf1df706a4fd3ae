/* SPDX-License-Identifier: GPL-2.0 */
/* The instructions of a Dockerfile, one by one, whatever lines each spans. */
#ifndef BULKHEAD_DOCKERFILE_LINES_H
#define BULKHEAD_DOCKERFILE_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "error.h"
#include "policy.h"

/* Where a reader is. */
struct bh_dockerfile_lines {
	const struct bh_source *source;
	size_t offset; /* of the next line */
	unsigned int line; /* its number */
	char escape;
	bool directives; /* still at the top, where parser directives are */
	bool seen_escape;
	unsigned int doubtful; /* last line that ends in two escapes; 0: none */
};

struct bh_dockerfile_instruction {
	char *text; /* joined, without comments and surrounding space; freed by free() */
	size_t start, end; /* bytes of its lines, without a heredoc's */
	unsigned int line; /* of its first */
	bool dangling; /* its last line is continued by the end of the file */
};

/**
 * bh_dockerfile_next() - Read the next instruction.
 * @lines:       Zeroed, but for source, before the first call.
 * @instruction: Receives it. text is NULL at the end of the file.
 * @error:       Receives file:line and the reason.
 *
 * Heredocs that belong to it are read over.
 *
 * Return: 0; -EINVAL a NUL, a wrong escape directive or a heredoc without end; -E2BIG;
 *         -ENOMEM.
 */
int bh_dockerfile_next(struct bh_dockerfile_lines *lines,
		       struct bh_dockerfile_instruction *instruction, struct bh_error *error);

#endif /* BULKHEAD_DOCKERFILE_LINES_H */
