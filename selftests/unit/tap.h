/* SPDX-License-Identifier: GPL-2.0 */
/* Tests that run on the host say what they found in TAP. */
#ifndef BULKHEAD_TAP_H
#define BULKHEAD_TAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static unsigned int tap_count;
static unsigned int tap_failed;

/* One test; the text says what must hold. */
__attribute__((format(printf, 2, 3))) static inline bool tap_ok(bool ok, const char *format, ...)
{
	va_list args;

	tap_count++;
	tap_failed += !ok;
	printf("%sok %u - ", ok ? "" : "not ", tap_count);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	return ok;
}

/* A line for whoever looks into a failure. */
static inline void tap_note(const char *label, const char *text)
{
	printf("# %s: ", label);
	for (; *text; text++) {
		putchar(*text);
		if (*text == '\n')
			printf("#   ");
	}
	putchar('\n');
}

static inline bool tap_is_int(long got, long want, const char *what)
{
	if (tap_ok(got == want, "%s", what))
		return true;
	printf("# got %ld, want %ld\n", got, want);
	return false;
}

static inline bool tap_is_text(const char *got, const char *want, const char *what)
{
	if (tap_ok(strcmp(got, want) == 0, "%s", what))
		return true;
	tap_note(" got", got);
	tap_note("want", want);
	return false;
}

/* Writes the plan; the exit status of main(). */
static inline int tap_done(void)
{
	printf("1..%u\n", tap_count);
	return tap_failed != 0;
}

#endif /* BULKHEAD_TAP_H */
