/* SPDX-License-Identifier: GPL-2.0 */
/* Denials as SELinux writes them. Pure functions. */
#ifndef BULKHEAD_AVC_H
#define BULKHEAD_AVC_H

#include <stddef.h>
#include <stdint.h>

#include <bulkhead/abi.h>

#define BH_AVC_LINE_MAX 16384 /* bytes of a record: two levels and some names */

/* What an event's numbers are called. */
struct bh_avc_names {
	const char *source; /* type of the process */
	const char *source_level;
	const char *target; /* type of the object */
	const char *target_level;
	const char *container; /* empty: not known */
	const char *module; /* empty: BASE alone, or not known */
};

/**
 * bh_avc_format() - Write an event as an AVC message of the audit log.
 * @event:   The event; its strings are the container's choice.
 * @names:   Names for its numbers.
 * @real_ns: Its time, CLOCK_REALTIME.
 * @serial:  Number that tells it from others of its time.
 * @line:    Receives the line, without newline.
 * @size:    Size of @line; BH_AVC_LINE_MAX is enough.
 *
 * Source: SELinux Notebook, "Auditing SELinux Events"; audit_log_untrustedstring().
 */
void bh_avc_format(const struct bh_event *event, const struct bh_avc_names *names, uint64_t real_ns,
		   uint64_t serial, char *line, size_t size);

/**
 * bh_avc_json() - An AVC message as a JSON object.
 * @line: Line of bh_avc_format().
 *
 * Return: JSON in one line, freed by free(); NULL: not a record, or no memory.
 */
char *bh_avc_json(const char *line);

/**
 * bh_avc_class() - The name of a class.
 * @tclass: BH_CLASS_...
 *
 * Return: The name; "unknown" for another number.
 */
const char *bh_avc_class(uint32_t tclass);

/**
 * bh_avc_permission() - The name of a permission.
 * @tclass: BH_CLASS_...
 * @bit:    Its bit number.
 *
 * Return: The name, NULL when the class has no such permission.
 */
const char *bh_avc_permission(uint32_t tclass, unsigned int bit);

#endif /* BULKHEAD_AVC_H */
