/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A table of verdicts: each row is one command, who is denied it with which errno and
 * record, and the twin to whom it is allowed.
 *
 * ROWS(fixture, probes) declares the table's two tests, "deny" and "allow"; ROW() adds to it.
 */
#ifndef BULKHEAD_SELFTESTS_ROWS_H
#define BULKHEAD_SELFTESTS_ROWS_H

#include <errno.h>

#include "kselftest_harness.h"
#include "lib.h"

#define V VOLUME "/"

/* Statements of the harness, one a line. */
/* clang-format off */
#define ROWS(fixture, probes) \
	FIXTURE(fixture) \
	{ \
	}; \
	FIXTURE_VARIANT(fixture) \
	{ \
		const char *command; \
		int denied; /* which of the probes */ \
		int error; \
		const char *record; /* as records_end() has it */ \
		int twin; /* which of the probes */ \
		int twin_error; /* what the kernel says then; 0 mostly */ \
	}; \
	FIXTURE_SETUP(fixture) \
	{ \
		ASSERT_EQ(0, reset_volume()); \
		ASSERT_EQ(0, records_begin()); \
	} \
	FIXTURE_TEARDOWN(fixture) \
	{ \
	} \
	TEST_F(fixture, deny) \
	{ \
		EXPECT_EQ(variant->error, \
			  probe_ask(&(probes)[variant->denied], "%s", variant->command)); \
		EXPECT_STREQ(variant->record, records_end()); \
	} \
	TEST_F(fixture, allow) \
	{ \
		EXPECT_EQ(variant->twin_error, \
			  probe_ask(&(probes)[variant->twin], "%s", variant->command)); \
		EXPECT_STREQ("", records_end()); \
	}

/* ROW(fixture, name, command, denied, errno, record, twin[, twin_error]) */
#define ROW(fixture, name, ...) \
	FIXTURE_VARIANT_ADD(fixture, name) \
	{ \
		__VA_ARGS__ \
	};

/* clang-format on */

#endif /* BULKHEAD_SELFTESTS_ROWS_H */
