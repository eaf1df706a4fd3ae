/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the tests share: probes, records, the volume.
 *
 * A test is an unconfined process of root. It has its probes (probe.c) do things, and
 * asserts the errno and the record, or that there was none.
 */
#ifndef BULKHEAD_SELFTESTS_LIB_H
#define BULKHEAD_SELFTESTS_LIB_H

#include <stddef.h>
#include <sys/stat.h>
#include <sys/types.h>

#define SELFTESTS "/usr/lib/bulkhead/selftests"
#define PROBE SELFTESTS "/probe"
#define POLICY SELFTESTS "/policy/"
#define SCRATCH "/var/tmp/bulkhead"
#define VOLUME SCRATCH "/volume" /* shared: container_file_t:s0 */
#define PRIVATE SCRATCH "/private" /* of the probe that asks for it */
#define OUTSIDE SCRATCH "/outside" /* no volume: the host's, tmp_t */
#define INHERITED_FD 9 /* VOLUME/inherited, read and write, in every probe */

#define PAIR_A "s0:c1,c2"
#define PAIR_B "s0:c3,c4"

/* How a probe is confined. */
struct confinement {
	const char *policy; /* file in POLICY; NULL: BASE alone, container_t */
	const char *type; /* NULL: the policy's only domain */
	const char *level; /* NULL: a pair that Bulkhead chooses */
	const char *private; /* path of a private volume, or NULL */
	const char *program; /* NULL: PROBE */
};

struct probe {
	pid_t runner; /* `bulkhead exec`, or the probe itself when it is not confined */
	pid_t pid;
	int to;
	int from;
};

/* A confined probe in one line: POLICY_FILE TYPE LEVEL. */
#define CONFINED(...) (&(const struct confinement){ __VA_ARGS__ })
#define UNCONFINED NULL

/**
 * probe_start() - Start a probe; the program ends when that fails.
 * @probe:       Receives it.
 * @confinement: How it is confined; UNCONFINED for a task of the host.
 *
 * Context: before test_harness_run(), whose tests are children of one process each.
 */
void probe_start(struct probe *probe, const struct confinement *confinement);

/**
 * probe_stop() - End a probe by closing its input, and wait for what ran it.
 * @probe: The probe.
 *
 * Return: exit status of what ran it; 128 and a signal's number for one.
 */
int probe_stop(struct probe *probe);

/**
 * at_end() - Have something done after the last test.
 * @end: Called in this process alone: the harness ends by exit(), and so do the tests, its children.
 */
void at_end(void (*end)(void));

/**
 * probe_ask() - Have a probe run a command.
 * @probe:  The probe.
 * @format: printf() format of the command.
 *
 * Return: 0, its errno, or -1 when the probe has died.
 */
int probe_ask(const struct probe *probe, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/**
 * probe_value() - The number that the last command of probe_ask() gave.
 *
 * Return: that, of this process.
 */
long probe_value(void);

/**
 * records_dirty() - There may be records now. Called by probe_ask().
 */
void records_dirty(void);

/**
 * records_begin() - Forget all records until now.
 *
 * Return: 0, -1 when `bulkhead log` failed.
 */
int records_begin(void);

/**
 * records_end() - The records since records_begin() or records_end().
 *
 * Return: a line each, without newline at the end: "SOURCE TARGET CLASS { PERMISSION... }"
 * and " KEY=VALUE" of the object, where there is one. SOURCE and TARGET are types, and a
 * colon and categories when they are not PAIR_A's for the source and s0 for the target; a
 * target that is labelled as the source is "self". A file without a name is "#".
 * "" without records; "?" when `bulkhead log` failed.
 */
const char *records_end(void);

/**
 * reset_volume() - Make the volumes' content anew.
 *
 * f and g are files (0644, root's), other is a file of user and group 1 (0644), locked of
 * user 1 (0), prog a copy of the probe, script one that has the probe open /etc/shadow,
 * script0 one that has it do nothing;
 * d is a directory with an empty directory e, d2 an empty one, fifo, link to f.
 *
 * Return: 0, -1.
 */
int reset_volume(void);

/**
 * counter() - A counter of `bulkhead status`.
 * @name: "denied", "toodeep", ...
 *
 * Return: the counter, -1 if there is none.
 */
long counter(const char *name);

/**
 * output_of() - Run a command, and keep what it writes to both its outputs.
 * @text:    Receives the output, cut to @size and ended by NUL.
 * @size:    Size of @text.
 * @command: Of a shell.
 *
 * Return: exit status.
 */
int output_of(char *text, size_t size, const char *command);

/**
 * write_file() - Write to a file that may not be there.
 * @path: Its path.
 * @text: What it will hold.
 *
 * Return: 0 or an errno.
 */
int write_file(const char *path, const char *text);

#endif /* BULKHEAD_SELFTESTS_LIB_H */
