// SPDX-License-Identifier: GPL-2.0
/* Categories: what one container made another of the same domain cannot reach. */
#include "rows.h"

enum { A, B, A_AGAIN, SUPERSET, SUBSET, NONE, WIDE, NR_PROBES };

static struct probe probes[NR_PROBES];

/* Made by A in the shared volume before each test. */
#define MADE "full_t:c3,c4 container_file_t:c1,c2 "

FIXTURE(mcs){};

FIXTURE_VARIANT(mcs)
{
	const char *command;
	const char *record;
};

FIXTURE_SETUP(mcs)
{
	ASSERT_EQ(0, reset_volume());
	ASSERT_EQ(0, probe_ask(&probes[A], "open " V "made wronly,creat"));
	ASSERT_EQ(0, probe_ask(&probes[A], "mkdir " V "mine"));
	ASSERT_EQ(0, probe_ask(&probes[A], "open " V "mine/file wronly,creat"));
	ASSERT_EQ(0, records_begin());
}

FIXTURE_TEARDOWN(mcs)
{
}

ROW(mcs, read, "open " V "made rdonly", MADE "file { read open } name=made")
ROW(mcs, write, "open " V "made wronly", MADE "file { write open } name=made")
ROW(mcs, append, "open " V "made wronly,append", MADE "file { append open } name=made")
ROW(mcs, chmod, "chmod " V "made 600", MADE "file { setattr } name=made")
ROW(mcs, truncate, "truncate " V "made 0", MADE "file { write } name=made")
ROW(mcs, link, "link " V "made " V "again", MADE "file { link } name=made")
ROW(mcs, unlink, "unlink " V "made", MADE "file { unlink } name=made")
ROW(mcs, rename, "rename " V "made " V "other2", MADE "file { rename } name=made")
ROW(mcs, overwrite, "rename " V "f " V "made", MADE "file { unlink } name=made")
ROW(mcs, list, "open " V "mine rdonly", MADE "dir { read open } name=mine")
ROW(mcs, file_in_directory, "open " V "mine/file rdonly", MADE "file { read open } name=file")
ROW(mcs, create_in_directory, "mkdir " V "mine/new", MADE "dir { write add_name search } name=mine")
ROW(mcs, unlink_in_directory, "unlink " V "mine/file",
    MADE "dir { write remove_name search } name=mine")
ROW(mcs, rename_into_directory, "rename " V "f " V "mine/f",
    MADE "dir { write add_name search } name=mine")

TEST_F(mcs, other_pair)
{
	EXPECT_EQ(EACCES, probe_ask(&probes[B], "%s", variant->command));
	EXPECT_STREQ(variant->record, records_end());
}

TEST_F(mcs, same_container)
{
	EXPECT_EQ(0, probe_ask(&probes[A], "%s", variant->command));
	EXPECT_STREQ("", records_end());
}

TEST_F(mcs, same_level)
{
	EXPECT_EQ(0, probe_ask(&probes[A_AGAIN], "%s", variant->command));
	EXPECT_STREQ("", records_end());
}

FIXTURE(level){};

FIXTURE_VARIANT(level)
{
	int who;
	int error;
	const char *record;
};

FIXTURE_SETUP(level)
{
	ASSERT_EQ(0, reset_volume());
	ASSERT_EQ(0, probe_ask(&probes[A], "open " V "made wronly,creat"));
	ASSERT_EQ(0, records_begin());
}

FIXTURE_TEARDOWN(level)
{
}

ROW(level, equal, A_AGAIN, 0, "")
ROW(level, superset, SUPERSET, 0, "")
ROW(level, wide_superset, WIDE, 0, "")
ROW(level, subset, SUBSET, EACCES, "full_t:c1 container_file_t:c1,c2 file { read open } name=made")
ROW(level, none, NONE, EACCES, "full_t:s0 container_file_t:c1,c2 file { read open } name=made")
ROW(level, other, B, EACCES, "full_t:c3,c4 container_file_t:c1,c2 file { read open } name=made")

TEST_F(level, reads)
{
	EXPECT_EQ(variant->error, probe_ask(&probes[variant->who], "open " V "made rdonly"));
	EXPECT_STREQ(variant->record, records_end());
}

/* What is s0 is everybody's, whatever the categories. */
TEST_F(level, reads_shared)
{
	EXPECT_EQ(0, probe_ask(&probes[variant->who], "open " V "f rdonly"));
	EXPECT_STREQ("", records_end());
}

FIXTURE(volume){};

FIXTURE_SETUP(volume)
{
	ASSERT_EQ(0, reset_volume());
	ASSERT_EQ(0, records_begin());
}

FIXTURE_TEARDOWN(volume)
{
}

/* A wide set as the object: only who has all of it reaches it. */
TEST_F(volume, made_by_wide_set)
{
	EXPECT_EQ(0, probe_ask(&probes[WIDE], "open " V "wide wronly,creat"));
	EXPECT_EQ(0, probe_ask(&probes[WIDE], "open " V "wide rdonly"));
	EXPECT_STREQ("", records_end());
	EXPECT_EQ(EACCES, probe_ask(&probes[A], "open " V "wide rdonly"));
	EXPECT_EQ(EACCES, probe_ask(&probes[SUPERSET], "open " V "wide rdonly"));
	EXPECT_STREQ("full_t container_file_t:c0.c1023 file { read open } name=wide\n"
		     "full_t:c1.c3 container_file_t:c0.c1023 file { read open } name=wide",
		     records_end());
}

/* A private volume is of the container that has it, to the last file in it. */
TEST_F(volume, private)
{
	EXPECT_EQ(0, probe_ask(&probes[A], "open " PRIVATE "/f rdwr"));
	EXPECT_STREQ("", records_end());
	EXPECT_EQ(EACCES, probe_ask(&probes[B], "open " PRIVATE "/f rdwr"));
	EXPECT_STREQ(MADE "file { read write open } name=f", records_end());
	EXPECT_EQ(EACCES, probe_ask(&probes[B], "open " PRIVATE " rdonly"));
	EXPECT_STREQ(MADE "dir { read open } name=private", records_end());
}

/* Each container's own pair, when nobody chooses one: they differ, and keep apart. */
TEST_F(volume, automatic_pairs)
{
	struct probe one, two;
	const char *records;

	probe_start(&one, CONFINED(POLICY "base.cil", "full_t"));
	probe_start(&two, CONFINED(POLICY "base.cil", "full_t"));
	EXPECT_EQ(0, probe_ask(&one, "open " V "one wronly,creat"));
	EXPECT_EQ(0, probe_ask(&one, "open " V "one rdonly"));
	EXPECT_STREQ("", records_end());
	EXPECT_EQ(EACCES, probe_ask(&two, "open " V "one rdonly"));
	records = records_end();
	EXPECT_NE(NULL, strstr(records, " file { read open } name=one"));
	EXPECT_EQ(NULL, strchr(records, '\n'));
	EXPECT_EQ(0, probe_stop(&one));
	EXPECT_EQ(0, probe_stop(&two));
}

int main(int argc, char **argv)
{
	static const char *const levels[NR_PROBES] = {
		[A] = PAIR_A,	    [B] = PAIR_B,  [A_AGAIN] = PAIR_A,	   [SUPERSET] = "s0:c1.c3",
		[SUBSET] = "s0:c1", [NONE] = "s0", [WIDE] = "s0:c0.c1023",
	};

	reset_volume();
	for (int i = 0; i < NR_PROBES; i++)
		probe_start(&probes[i], CONFINED(POLICY "base.cil", "full_t", levels[i],
						 i == A ? PRIVATE : NULL));
	return test_harness_run(argc, argv);
}
