/* SPDX-License-Identifier: GPL-2.0 */
/* Dockerfiles: where their instruction POLICY is, and the same file without it. */
#ifndef BULKHEAD_DOCKERFILE_H
#define BULKHEAD_DOCKERFILE_H

#include <stdbool.h>
#include <stddef.h>

#include "error.h"
#include "policy.h"

#define BH_DOCKERFILE_MAX (1U << 20) /* bytes of a Dockerfile */
#define BH_DOCKERFILE_STAGES_MAX 256
#define BH_DOCKERFILE_NONE ((size_t)-1)

/* POLICY FILE [TYPE DOMAIN]: at most one a stage. */
struct bh_dockerfile_policy {
	unsigned int line; /* 1 is the first; 0: the stage has no POLICY */
	size_t start, end; /* bytes of its lines, the last newline included */
	char *file; /* below the context */
	char *type; /* NULL: not given */
};

struct bh_dockerfile_stage {
	char *name; /* of FROM ... AS NAME, in lower case; NULL: none */
	size_t parent; /* the stage of this file that it is made from, or BH_DOCKERFILE_NONE */
	size_t body, end; /* the byte behind its FROM, and the one behind its last line */
	struct bh_dockerfile_policy policy;
};

struct bh_dockerfile {
	const struct bh_source *source;
	char escape; /* what continues a line */
	bool dangling; /* the last line says that it is continued */
	struct bh_dockerfile_stage *stages;
	size_t nr_stages;
	size_t nr_policies;
};

/**
 * bh_dockerfile_parse() - Find stages and POLICY instructions.
 * @source: The text; must live as long as @file.
 * @file:   Receives them; freed by bh_dockerfile_free(), also on error.
 * @error:  Receives file:line and the reason.
 *
 * Reads lines as BuildKit does: parser directives, comments, continuations, heredocs of
 * RUN, COPY and ADD. Instructions other than FROM and POLICY are left to the engine.
 *
 * Source: moby/buildkit, frontend/dockerfile/parser/parser.go and docs/reference.md.
 * Return: 0; -EINVAL a POLICY that cannot be taken, or a file in which it cannot be told
 *         what is an instruction; -E2BIG too large; -ENOMEM.
 */
int bh_dockerfile_parse(const struct bh_source *source, struct bh_dockerfile *file,
			struct bh_error *error);

/**
 * bh_dockerfile_find() - The POLICY that holds for an image.
 * @file:   Parsed, with at least one stage.
 * @target: Name or number of the stage that is built, NULL or "": the last.
 * @policy: Receives its POLICY, or that of the stages that it is made from; NULL: none.
 * @error:  Receives why not.
 *
 * Return: 0; -ENOENT there is no such stage.
 */
int bh_dockerfile_find(const struct bh_dockerfile *file, const char *target,
		       const struct bh_dockerfile_policy **policy, struct bh_error *error);

/**
 * bh_dockerfile_rewrite() - The text that an engine understands.
 * @file:  Parsed.
 * @head:  For each stage the lines that come behind its FROM, or NULL; whole lines.
 * @embed: For each stage the lines that come at its end, likewise.
 * @text:  Receives the text, freed by free().
 * @len:   Receives its length.
 *
 * POLICY becomes a comment of as many lines.
 *
 * Return: 0; -ENOMEM.
 */
int bh_dockerfile_rewrite(const struct bh_dockerfile *file, char *const *head, char *const *embed,
			  char **text, size_t *len);

/**
 * bh_dockerfile_free() - Free what was parsed.
 * @file: From bh_dockerfile_parse().
 */
void bh_dockerfile_free(struct bh_dockerfile *file);

#endif /* BULKHEAD_DOCKERFILE_H */
