/* SPDX-License-Identifier: GPL-2.0 */
/* A child process for work on input that may crash it or never end. */
#ifndef BULKHEAD_FORMAT_CHILD_H
#define BULKHEAD_FORMAT_CHILD_H

#include <stdbool.h>
#include <stddef.h>

struct bh_child {
	/* In the child, with stdout and stderr read by the parent; returns its exit status. */
	int (*run)(void *argument);
	void *argument;
	size_t output_bytes_max;
	unsigned int cpu_seconds;
	unsigned int clock_ms; /* on the clock, whether it computes or waits */
	size_t memory_bytes;
	size_t file_bytes; /* what it may write into a file; 0: it opens none at all */
};

#define BH_CHILD_MESSAGE_MAX 1024

struct bh_child_result {
	char *output; /* stdout, with a NUL behind it; freed by free() */
	size_t len;
	char message[BH_CHILD_MESSAGE_MAX]; /* the beginning of stderr */
	int status; /* as waitpid() gives it */
	bool too_long; /* it was ended: more output than it may have */
	bool too_late; /* it was ended: no end in time */
};

/**
 * bh_child_run() - Run a function in a child with limits, and read what it says.
 * @child:  What to run. The child has no descriptors but /dev/null, stdout and stderr.
 * @result: Receives output and status; zeroed on error.
 *
 * Return: 0 whatever the status is; -ENOMEM; the error of pipe(2), fork(2) or poll(2).
 */
int bh_child_run(const struct bh_child *child, struct bh_child_result *result);

#endif /* BULKHEAD_FORMAT_CHILD_H */
