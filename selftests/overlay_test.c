// SPDX-License-Identifier: GPL-2.0
/*
 * An overlay's second look at a file of a layer is its mounter's and is not asked about. What a
 * container does under credentials that are not its task's (access(2), a personality of io_uring,
 * a thread of io_uring) is its own all the same, and no way to a lower layer.
 */
#include <stdio.h>
#include <string.h>

#include "rows.h"

#define DIR "/var/tmp/overlay_test"
#define MERGED DIR "/merged"
#define LOWER DIR "/lower"
#define UPPER DIR "/upper"

enum { FULL, BARE, HOST, NR_PROBES };

static struct probe probes[NR_PROBES];

static int make_overlay(void)
{
	char text[4096];

	return output_of(text, sizeof(text),
			 "mkdir -p " DIR "/lower " UPPER " " DIR "/work " MERGED " && "
			 "echo lower >" LOWER "/f && echo lower >" LOWER "/g && "
			 "mount -t overlay -o lowerdir=" LOWER ",upperdir=" UPPER ",workdir=" DIR
			 "/work none " MERGED);
}

FIXTURE(overlay){};

FIXTURE_VARIANT(overlay)
{
	const char *command;
	const char *record; /* of BARE, who is denied it */
};

FIXTURE_SETUP(overlay)
{
	char text[4096];

	ASSERT_EQ(0, output_of(text, sizeof(text),
			       "rm -f " MERGED "/new && echo lower >" MERGED "/f"));
	ASSERT_EQ(0, records_begin());
}

FIXTURE_TEARDOWN(overlay)
{
}

#define BARE_FILE(permissions) "bare_t container_file_t:c1,c2 file { " permissions " } name=f"

ROW(overlay, read, "open " MERGED "/f rdonly", BARE_FILE("read open"))
ROW(overlay, write, "open " MERGED "/f wronly", BARE_FILE("write open"))
ROW(overlay, personality_reads, "uring " MERGED "/f rdonly personality", BARE_FILE("read open"))
ROW(overlay, personality_writes, "uring " MERGED "/f wronly personality", BARE_FILE("write open"))
ROW(overlay, thread_reads, "uring " MERGED "/f rdonly async", BARE_FILE("read open"))
ROW(overlay, thread_writes, "uring " MERGED "/f wronly async", BARE_FILE("write open"))
ROW(overlay, uring_writes, "uring " MERGED "/f wronly plain", BARE_FILE("write open"))
ROW(overlay, personality_creates, "uring " MERGED "/new wronly,creat personality",
    "bare_t container_file_t:c1,c2 dir { write add_name search } name=/")

TEST_F(overlay, deny)
{
	EXPECT_EQ(EACCES, probe_ask(&probes[BARE], "%s", variant->command));
	EXPECT_STREQ(variant->record, records_end());
}

TEST_F(overlay, allow)
{
	EXPECT_EQ(0, probe_ask(&probes[FULL], "%s", variant->command));
	EXPECT_STREQ("", records_end());
}

FIXTURE(lower){};

FIXTURE_SETUP(lower)
{
	ASSERT_EQ(0, records_begin());
}

FIXTURE_TEARDOWN(lower)
{
}

/* access(2) opens nothing, and leaves nothing behind that would. */
TEST_F(lower, access)
{
	EXPECT_EQ(0, probe_ask(&probes[BARE], "access " MERGED "/f rw"));
	EXPECT_STREQ("", records_end());
	EXPECT_EQ(EACCES, probe_ask(&probes[BARE], "open " MERGED "/f wronly"));
	EXPECT_STREQ(BARE_FILE("write open"), records_end());
}

/* By the path of the layer it is the host's, for every credential. */
TEST_F(lower, by_its_path)
{
	static const char *const commands[] = {
		"open " LOWER "/f wronly",
		"uring " LOWER "/f wronly plain",
		"uring " LOWER "/f wronly personality",
		"uring " LOWER "/f wronly async",
	};

	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		EXPECT_EQ(EACCES, probe_ask(&probes[FULL], "%s", commands[i]));
		EXPECT_STREQ("full_t tmp_t file { write open } name=f", records_end());
		EXPECT_EQ(0, probe_ask(&probes[HOST], "%s", commands[i]));
		EXPECT_STREQ("", records_end());
	}
}

/* Who may not write does not have it copied up; who may, writes to the upper layer. */
TEST_F(lower, copied_up)
{
	char text[4096];

	EXPECT_EQ(EACCES, probe_ask(&probes[BARE], "put " MERGED "/g changed"));
	EXPECT_EQ(EACCES, probe_ask(&probes[BARE], "uring " MERGED "/g wronly personality"));
	EXPECT_NE(0, output_of(text, sizeof(text), "test -e " UPPER "/g"));
	EXPECT_EQ(0, probe_ask(&probes[FULL], "put " MERGED "/g changed"));
	ASSERT_EQ(0, output_of(text, sizeof(text), "cat " LOWER "/g " UPPER "/g"));
	EXPECT_STREQ("lower\nchanged", text);
}

int main(int argc, char **argv)
{
	char text[4096];

	if (make_overlay() || output_of(text, sizeof(text),
					"bulkhead module install overlay " POLICY "overlay.cil")) {
		printf("Bail out! no overlay, or no module\n");
		return 1;
	}
	reset_volume();
	probe_start(&probes[FULL], CONFINED("name:overlay", "full_t", PAIR_A, MERGED));
	probe_start(&probes[BARE], CONFINED("name:overlay", "bare_t", PAIR_A, MERGED));
	probe_start(&probes[HOST], UNCONFINED);
	/* The probes keep its policy; another test is to find no module. */
	if (output_of(text, sizeof(text), "bulkhead module remove overlay")) {
		printf("Bail out! %s\n", text);
		return 1;
	}
	return test_harness_run(argc, argv);
}
