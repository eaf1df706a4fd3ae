/* SPDX-License-Identifier: GPL-2.0 */
/* Whether a module says only what a module may say. */
#ifndef BULKHEAD_CIL_VALIDATE_H
#define BULKHEAD_CIL_VALIDATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cil_arena.h"
#include "cil_expand.h"
#include "cil_read.h"
#include "cil_refusals.h"
#include "policy.h"

#define BH_MODULE_TYPES_MAX 256
#define BH_MODULE_ATTRIBUTES_MAX 64
#define BH_MODULE_NODES_MAX 65536
#define BH_MODULE_DEPTH_MAX 32
#define BH_MODULE_RULES_MAX 32768 /* after attributes are expanded */
#define BH_MODULE_FILETRANS_MAX 1024 /* transitions by file name */

/* What bounds a module's domains and its other types. */
#define BH_BOUND_DOMAIN "container_t"
#define BH_BOUND_FILE "container_file_t"

/* Types of a module, by their numbers. */
struct bh_typeset {
	uint64_t bits[BH_MODULE_TYPES_MAX / 64];
};

struct bh_module_type {
	const char *name;
	uint32_t line;
	uint32_t domain_line; /* where it is first used as a domain; 0: it is a file's */
	bool bounded; /* the module states the bounds itself */
	const char *parent; /* which it states; NULL when it does not */
	bool entered; /* a process transition of another domain leads to it */
};

/* A rule by which BASE's container_t gets something on a module's types. */
struct bh_module_grant {
	const struct bh_cil_node *statement;
	struct bh_typeset target;
	uint32_t tclass;
	uint32_t permissions;
};

struct bh_module {
	const char *name;
	struct bh_cil_tree tree; /* as the module was written */
	struct bh_module_type types[BH_MODULE_TYPES_MAX];
	size_t nr_types;
	struct bh_typeset attributes[BH_MODULE_ATTRIBUTES_MAX];
	size_t nr_attributes;
	struct bh_module_grant *grants;
	size_t nr_grants;
	/*
	 * What libsepol gets instead of the module: its statements, expanded, a statement a
	 * line, with marks (;;* lmx LINE FILE) by which libsepol's messages name the lines of
	 * the module, as BH_CIL_MODULE, and of templates.
	 */
	struct bh_source flat;
	struct bh_flat *statements; /* what flat was written from */
	size_t nr_statements;
	char *bounds; /* (typebounds ...), stated or not; flat has none */
	size_t bounds_len;
	char *added; /* what else the module does not say itself: roles, file_type */
	size_t added_len;
	struct bh_arena arena; /* names, statements */
	struct bh_refusals refusals; /* empty when every statement passed */
};

/**
 * bh_module_read() - Read, expand and validate a module.
 * @base:    Texts of BASE; those blocks that are abstract are templates for modules.
 * @nr_base: Number of @base.
 * @source:  The module. Its name and nothing else must outlive the result.
 * @trusted: Whether the administrator installed it. Then rules may be about BASE's types
 *           alone, domains may be permissive, and there are no bounds but those it states.
 * @module:  Receives the module, freed by bh_module_free(); NULL on error.
 * @error:   Receives every refusal, a line each: "file:line: statement: reason".
 *
 * What passes is, once expanded, a flat list of declarations and rules over BASE's types
 * and its own, whose sizes are bounded. Whether the rules are within bounds libsepol says
 * later, and bh_bounds_check_grants() for the rules that libsepol does not look at.
 *
 * Return: 0; -EINVAL refused; -E2BIG too large, too deep or too many rules; -ENOMEM;
 *         -EIO BASE cannot be read.
 */
int bh_module_read(const struct bh_source *base, size_t nr_base, const struct bh_source *source,
		   bool trusted, struct bh_module **module, struct bh_error *error);

/**
 * bh_module_read_rest() - As bh_module_read(), but keep what is not refused.
 * @base:    As above.
 * @nr_base: As above.
 * @source:  As above.
 * @trusted: As above.
 * @module:  Receives also a module of which statements were refused: what was is in its
 *           refusals, the rest in the other members, without labels by path. That is good for
 *           a report of what else is wrong, and for nothing more.
 * @error:   As above; empty on return 0.
 *
 * Return: As above; 0 when only statements of a module that is not trusted are refused, and
 *         none because it is too large.
 */
int bh_module_read_rest(const struct bh_source *base, size_t nr_base,
			const struct bh_source *source, bool trusted, struct bh_module **module,
			struct bh_error *error);

/**
 * bh_module_free() - Free a module.
 * @module: From bh_module_read() or bh_module_read_rest(), or NULL.
 */
void bh_module_free(struct bh_module *module);

/**
 * bh_module_type() - Find a type that a module declares.
 * @module: The module, or NULL.
 * @name:   Name of the type.
 *
 * Return: The type, NULL when the module does not declare it.
 */
const struct bh_module_type *bh_module_type(const struct bh_module *module, const char *name);

static inline void bh_typeset_add(struct bh_typeset *set, uint32_t number)
{
	set->bits[number / 64] |= 1ULL << number % 64;
}

static inline bool bh_typeset_has(const struct bh_typeset *set, uint32_t number)
{
	return set->bits[number / 64] >> number % 64 & 1;
}

#endif /* BULKHEAD_CIL_VALIDATE_H */
