/* SPDX-License-Identifier: GPL-2.0 */
/* Labels by path: rules as SELinux's file_contexts has them, as one minimal automaton. */
#ifndef BULKHEAD_AUTOMATON_H
#define BULKHEAD_AUTOMATON_H

#include <stddef.h>
#include <stdint.h>

#include <bulkhead/abi.h>

#include "error.h"

#define BH_FILECON_NONE 0 /* the rule's paths have no label: <<none>>, in CIL () */

struct bh_filecon {
	const char *regex;
	uint32_t kind; /* BH_KIND_... */
	uint32_t type; /* type number or BH_FILECON_NONE */
	const char *file; /* where it is written, for messages */
	uint32_t line;
};

/* What a set of rules may have; more is refused. See README.md for what was measured. */
#define BH_REGEX_BYTES_MAX 1024U /* of one rule */
#define BH_REGEX_DEPTH_MAX 32U /* parentheses open at once */
#define BH_REGEX_REPEAT_MAX 255U /* the numbers in {m,n} */
#define BH_RULE_STATES_MAX 8192U /* positions of one rule, {m,n} written out */
#define BH_FILECON_RULES_MAX 16384U
#define BH_AUTOMATON_POSITIONS_MAX (1U << 18) /* of all rules */
#define BH_AUTOMATON_STATES_MAX 65535U /* before and after minimising */
#define BH_AUTOMATON_EDGES_MAX (1U << 23) /* states times classes before minimising */
#define BH_AUTOMATON_SETS_MAX (1U << 22) /* words that the sets of positions take, 16 MiB */
#define BH_AUTOMATON_STEPS_MAX (1ULL << 26) /* positions looked at, and compared */
#define BH_AUTOMATON_BYTES_MAX (4U << 20) /* a map's value: KMALLOC_MAX_SIZE */

#define BH_AUTOMATON_VERSION 1U
#define BH_AUTOMATON_DEAD 0U /* nothing that begins so has a label */
#define BH_AUTOMATON_START 1U /* the empty text: the state of the root directory */

/*
 * The table, in one piece without pointers, little endian, as the programs read it from
 * the value of an array map. Offsets are from its beginning.
 *
 *   uint16_t next[nr_states][nr_classes]	at next_offset, each below nr_states
 *   uint16_t accept[nr_states]			at accept_offset, each below nr_rows
 *   uint32_t rows[nr_rows][BH_NR_KINDS]	at rows_offset: type numbers, 0 for none
 *
 * Row 0 has no type at all. Rows are apart from the states for them to be few: whoever
 * publishes the table replaces the numbers of types there, and nowhere else.
 */
struct bh_automaton {
	uint32_t version; /* BH_AUTOMATON_VERSION */
	uint32_t bytes; /* of all, this header included; a multiple of 8 */
	uint32_t nr_states; /* 2 to 65535 */
	uint32_t nr_classes; /* 1 to 256 */
	uint32_t nr_rows;
	uint32_t rows_offset;
	uint32_t next_offset;
	uint32_t accept_offset;
	uint8_t classes[256]; /* byte -> class, each below nr_classes */
};

_Static_assert(sizeof(struct bh_automaton) == 288, "the programs read this");

/**
 * bh_automaton_compile() - Rules into a table.
 * @rules:     In the order of a file_contexts: of those that match the last one wins, but
 *             one without a meta character wins over all that have one.
 * @nr_rules:  Number of @rules; may be 0.
 * @automaton: Receives the table, freed by free(); NULL on error.
 * @error:     Receives "file:line: reason" for the first rule that is refused. For a limit
 *             of all rules together it is the first with which they exceed it.
 *
 * Source: libselinux 3.4, label_file.[ch], regex.c; pcre2pattern(3).
 * Return: 0; -EINVAL a rule is not supported; -E2BIG beyond a limit; -ENOMEM.
 */
int bh_automaton_compile(const struct bh_filecon *rules, size_t nr_rules,
			 struct bh_automaton **automaton, struct bh_error *error);

/**
 * bh_automaton_step() - The state after some more bytes.
 * @automaton: The table.
 * @state:     Below nr_states; of a directory.
 * @bytes:     For a child "/" and its name.
 * @len:       Number of @bytes.
 *
 * Return: The state; the child's own when @bytes was "/NAME".
 */
uint32_t bh_automaton_step(const struct bh_automaton *automaton, uint32_t state, const char *bytes,
			   size_t len);

/**
 * bh_automaton_label() - What an object is labelled.
 * @automaton: The table.
 * @state:     The state of its path; not for the root directory.
 * @kind:      What it is.
 *
 * Return: A type number, or 0 when it has no label.
 */
uint32_t bh_automaton_label(const struct bh_automaton *automaton, uint32_t state, uint32_t kind);

/**
 * bh_automaton_root_label() - What the root directory is labelled.
 * @automaton: The table.
 *
 * Its state is BH_AUTOMATON_START, since a child adds the slash, but its path is "/".
 *
 * Return: A type number, or 0 when it has no label.
 */
uint32_t bh_automaton_root_label(const struct bh_automaton *automaton);

/**
 * bh_automaton_walk() - What a path is labelled.
 * @automaton: The table.
 * @path:      Absolute. As for libselinux, slashes in a row are one and one at the end is none.
 * @kind:      What it is.
 *
 * Return: A type number, or 0 when it has no label.
 */
uint32_t bh_automaton_walk(const struct bh_automaton *automaton, const char *path, uint32_t kind);

#endif /* BULKHEAD_AUTOMATON_H */
