/* SPDX-License-Identifier: GPL-2.0 */
/* Everything that is wrong with a module, in the order of its lines. */
#ifndef BULKHEAD_CIL_REFUSALS_H
#define BULKHEAD_CIL_REFUSALS_H

#include <stdbool.h>
#include <stddef.h>

#include "cil_read.h"
#include "error.h"

struct bh_refusal;

struct bh_refusals {
	struct bh_refusal *refusal;
	size_t nr_kept;
	size_t nr; /* including those that were not kept */
	int code; /* 0, or that of the last one */
	bool large; /* a limit is passed: nothing more should be made of what is refused */
	const char *name; /* the text whose refusals come first; NULL: none */
};

/**
 * bh_refuse() - Refuse a statement.
 * @refusals:  Zeroed, or used before; freed by bh_refusals_free().
 * @code:      Negative errno.
 * @statement: The statement, which the message quotes with its place.
 * @format:    printf() format of the reason, and of what would be allowed.
 */
void bh_refuse(struct bh_refusals *refusals, int code, const struct bh_cil_node *statement,
	       const char *format, ...) __attribute__((format(printf, 4, 5)));

/**
 * bh_refuse_line() - Refuse what is no statement at hand.
 * @refusals: As above.
 * @code:     Negative errno.
 * @file:     Where it stands; must outlive @refusals.
 * @line:     0: in no line; it is said last.
 * @format:   printf() format of what is refused and why.
 */
void bh_refuse_line(struct bh_refusals *refusals, int code, const char *file, uint32_t line,
		    const char *format, ...) __attribute__((format(printf, 5, 6)));

/**
 * bh_refusals_write() - Say all refusals.
 * @refusals: The refusals.
 * @error:    Receives a line for each: "file:line: statement: reason". Where there is no
 *            more room, the last one says how many there are. NULL: nobody asks.
 *
 * Return: Their code.
 */
int bh_refusals_write(struct bh_refusals *refusals, struct bh_error *error);

/**
 * bh_refusals_free() - Free them.
 * @refusals: As above.
 */
void bh_refusals_free(struct bh_refusals *refusals);

#endif /* BULKHEAD_CIL_REFUSALS_H */
