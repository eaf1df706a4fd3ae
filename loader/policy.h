/* SPDX-License-Identifier: GPL-2.0 */
/* The policy compiler: BASE and one module in, what the maps hold out. */
#ifndef BULKHEAD_POLICY_H
#define BULKHEAD_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <bulkhead/abi.h>

#include "automaton.h"
#include "error.h"

#define BH_MODULE_TEXT_MAX (1U << 20) /* bytes of CIL that a module may have */

/* A text of CIL. Neither member is freed by the compiler. */
struct bh_source {
	const char *name; /* what messages call it: a path, or the image's name */
	const char *text;
	size_t len; /* bytes, without a NUL */
};

struct bh_boolean {
	char name[BH_NAME_MAX];
	bool value;
};

/* What to compile. Nothing of it is kept. */
struct bh_policy_request {
	const struct bh_source *base; /* texts of BASE, in the order in which they are read */
	size_t nr_base;
	const struct bh_source *module; /* NULL: BASE alone */
	bool trusted; /* the administrator installed the module: nothing bounds it */
	const struct bh_source *grants; /* CIL of the administrator that widens the module */
	size_t nr_grants;
	const struct bh_boolean *booleans; /* those that differ from their defaults */
	size_t nr_booleans;
	/*
	 * Domain of the first process. NULL: the module's domain to which no process
	 * transition of another leads, or container_t when there is no module or none of
	 * its types is a domain.
	 */
	const char *start;
};

/* Type numbers below index bh_policy.types; 0 is no type. */
struct bh_policy_type {
	char name[BH_NAME_MAX];
	bool module; /* declared by the module or a grant, not by BASE */
	bool domain; /* a container's process may run in it */
	bool permissive; /* the administrator's word: its denials are only recorded */
};

struct bh_policy_row {
	uint32_t source; /* type number of a domain */
	uint32_t target; /* type number */
	uint32_t tclass; /* BH_CLASS_... */
	struct bh_av_row row; /* .transition is a type number */
	uint32_t named; /* 1: a new file's name may give another transition */
};

/* A transition by file name; goes before the row's. */
struct bh_policy_filetrans {
	uint32_t source; /* type number of a domain */
	uint32_t target; /* type number of the directory */
	uint32_t tclass; /* BH_CLASS_... of the new file */
	uint32_t type; /* type number of the new file */
	char name[BH_FILENAME_MAX]; /* NUL-padded */
};

#define BH_PORT_TCP 0
#define BH_PORT_UDP 1
#define BH_PORT_DCCP 2
#define BH_PORT_SCTP 3

struct bh_policy_port {
	uint32_t type;
	uint16_t low;
	uint16_t high;
	uint8_t protocol; /* BH_PORT_... */
};

struct bh_policy_fs {
	char name[BH_FSNAME_MAX];
	uint32_t type;
	uint32_t flags; /* BH_FS_... */
	struct bh_automaton *automaton; /* of the paths in it; NULL: all is alike */
};

/*
 * A compiled policy. With a module: its rows only, that is those whose source or
 * target it declares, unless it is whole; BASE's types are listed too, as the rows refer
 * to them. Ports and file systems are BASE's and only filled when there is no module.
 */
struct bh_policy {
	struct bh_policy_type *types; /* types[0] is unused */
	uint32_t nr_types; /* including the unused one */
	struct bh_policy_row *rows;
	size_t nr_rows;
	struct bh_policy_filetrans *filetrans; /* in order */
	size_t nr_filetrans;
	struct bh_policy_port *ports; /* in ascending precedence: later wins */
	size_t nr_ports;
	struct bh_policy_fs *filesystems;
	size_t nr_filesystems;
	uint32_t start; /* type number of the first process' domain */
	/* Of the module's filecon rules; without a module of BASE's. NULL: there are none. */
	struct bh_automaton *automaton;
	bool filetrans_any; /* may give new files types of their own, whatever the booleans */
	bool whole; /* has the rows of BASE's domains, too: the administrator changed some */
	uint8_t base_digest[32]; /* SHA-256 over BASE's texts in order */
	uint8_t digest[32]; /* SHA-256 of the module's text; zero without one */
};

/**
 * bh_policy_compile() - Validate and compile BASE, at most one module and its grants.
 * @request: What to compile. A module that is not trusted is hostile: sizes and depths are
 *           bounded, statements are whitelisted, bounds are added and checked, and what it
 *           gets is held to what container_t has on the bound of the target.
 * @policy:  Receives the policy, freed by bh_policy_free(); NULL on error.
 * @error:   Receives every refusal, a line each, with file:line.
 *
 * Context: libsepol works with globals: one call of policy.h at a time.
 * Source: SELinux Common Intermediate Language Reference Guide; libsepol's
 *         cil_compile(), sepol_compute_av(), hierarchy.c.
 * Return: 0; -EINVAL the module or a grant is refused; -E2BIG it is too large or too deep;
 *         -ENOENT the start is no domain, or several could be; -ENOMEM; -EIO BASE is at
 *         fault.
 */
int bh_policy_compile(const struct bh_policy_request *request, struct bh_policy **policy,
		      struct bh_error *error);

/**
 * bh_policy_free() - Free a policy.
 * @policy: From bh_policy_compile(), or NULL.
 */
void bh_policy_free(struct bh_policy *policy);

/**
 * bh_policy_type_number() - Find a type by name.
 * @policy: Compiled policy.
 * @name:   Name or alias of a type.
 *
 * Return: The type number, 0 when there is no such type.
 */
uint32_t bh_policy_type_number(const struct bh_policy *policy, const char *name);

/**
 * bh_policy_check() - Validate a module without flattening it.
 * @base:    Texts of BASE.
 * @nr_base: Number of @base.
 * @module:  The module.
 * @error:   Receives every refusal, a line each, with file:line.
 *
 * Return: As bh_policy_compile().
 */
int bh_policy_check(const struct bh_source *base, size_t nr_base, const struct bh_source *module,
		    struct bh_error *error);

/**
 * bh_policy_validate() - As bh_policy_compile(), without flattening.
 * @request: What to compile; start does not matter.
 * @error:   Receives every refusal.
 *
 * Return: As bh_policy_compile().
 */
int bh_policy_validate(const struct bh_policy_request *request, struct bh_error *error);

/**
 * bh_policy_binary() - BASE and a module as a policy that a SELinux kernel loads.
 * @base:    Texts of BASE.
 * @nr_base: Number of @base.
 * @module:  The module, or NULL.
 * @image:   Receives the policy, freed by free().
 * @len:     Receives its size in bytes.
 * @error:   Receives every refusal.
 *
 * Return: As bh_policy_compile().
 */
int bh_policy_binary(const struct bh_source *base, size_t nr_base, const struct bh_source *module,
		     void **image, size_t *len, struct bh_error *error);

/**
 * bh_policy_verdict() - Ask libsepol for a verdict.
 * @request: The policy to ask; start does not matter.
 * @source:  Context or type of the process. A type stands for system_u:system_r:TYPE:s0.
 * @target:  Context or type of the object, likewise; with object_r if it is no domain.
 * @tclass:  Name of the class.
 * @allowed: Receives the permissions, in BASE's numbering (bulkhead/classmap.h).
 * @error:   Receives what is unknown.
 *
 * Source: sepol_compute_av().
 * Return: 0; -ENOENT a name or context that the policy does not know; else as
 *         bh_policy_compile().
 */
int bh_policy_verdict(const struct bh_policy_request *request, const char *source,
		      const char *target, const char *tclass, uint32_t *allowed,
		      struct bh_error *error);

/**
 * bh_policy_booleans() - The booleans of a policy, with their defaults.
 * @request:  The policy; the values that it has do not matter.
 * @booleans: Receives them by name in order, freed by free().
 * @nr:       Receives their number.
 * @error:    Receives every refusal.
 *
 * Return: As bh_policy_compile().
 */
int bh_policy_booleans(const struct bh_policy_request *request, struct bh_boolean **booleans,
		       size_t *nr, struct bh_error *error);

#endif /* BULKHEAD_POLICY_H */
