// SPDX-License-Identifier: GPL-2.0
/* What a container makes: its type by type_transition, its categories the container's. */
#include <fcntl.h>

#include "rows.h"

enum { MAKER, FULL, FULL_B, BARE, NR_PROBES };

static struct probe probes[NR_PROBES];

FIXTURE(create){};

FIXTURE_VARIANT(create)
{
	const char *make; /* by MAKER, whose DPM has transitions */
	const char *open; /* by BARE, to see the label */
	const char *record;
};

FIXTURE_SETUP(create)
{
	ASSERT_EQ(0, reset_volume());
	ASSERT_EQ(0, records_begin());
}

FIXTURE_TEARDOWN(create)
{
}

ROW(create, file, "open " V "new wronly,creat", "open " V "new rdonly",
    "bare_t made_file_t:c1,c2 file { read open } name=new")
ROW(create, file_by_mknod, "mknod " V "new reg", "open " V "new rdonly",
    "bare_t made_file_t:c1,c2 file { read open } name=new")
ROW(create, dir, "mkdir " V "new", "open " V "new rdonly",
    "bare_t made_dir_t:c1,c2 dir { read open } name=new")

TEST_F(create, label)
{
	EXPECT_EQ(0, probe_ask(&probes[MAKER], "%s", variant->make));
	EXPECT_STREQ("", records_end());
	EXPECT_EQ(EACCES, probe_ask(&probes[BARE], "%s", variant->open));
	EXPECT_STREQ(variant->record, records_end());
	/* The twin: who made it. */
	EXPECT_EQ(0, probe_ask(&probes[MAKER], "%s", variant->open));
	EXPECT_STREQ("", records_end());
}

FIXTURE(own){};

FIXTURE_SETUP(own)
{
	ASSERT_EQ(0, reset_volume());
	ASSERT_EQ(0, records_begin());
}

FIXTURE_TEARDOWN(own)
{
}

TEST_F(own, link)
{
	EXPECT_EQ(0, probe_ask(&probes[MAKER], "symlink f " V "new"));
	EXPECT_STREQ("", records_end());
	EXPECT_EQ(EACCES, probe_ask(&probes[FULL], "unlink " V "new"));
	EXPECT_STREQ("full_t made_link_t:c1,c2 lnk_file { unlink } name=new", records_end());
}

/* Without a transition: the directory's type; the categories are the maker's all the same. */
TEST_F(own, default_type)
{
	EXPECT_EQ(0, probe_ask(&probes[FULL], "open " V "new wronly,creat"));
	EXPECT_EQ(0, probe_ask(&probes[FULL], "open " V "new rdwr"));
	EXPECT_STREQ("", records_end());
	EXPECT_EQ(EACCES, probe_ask(&probes[BARE], "open " V "new rdonly"));
	EXPECT_STREQ("bare_t container_file_t:c1,c2 file { read open } name=new", records_end());
}

/* A directory that a container made is a container's: what is made in it too. */
TEST_F(own, below_made_directory)
{
	EXPECT_EQ(0, probe_ask(&probes[MAKER], "mkdir " V "new"));
	EXPECT_EQ(0, probe_ask(&probes[MAKER], "open " V "new/file wronly,creat"));
	EXPECT_STREQ("", records_end());
	EXPECT_EQ(EACCES, probe_ask(&probes[BARE], "open " V "new/file rdonly"));
	EXPECT_STREQ("bare_t made_dir_t:c1,c2 file { read open } name=file", records_end());
}

/* The label is the inode's: it follows a rename and a second link. */
TEST_F(own, follows_the_inode)
{
	EXPECT_EQ(0, probe_ask(&probes[FULL], "open " V "new wronly,creat"));
	EXPECT_EQ(0, probe_ask(&probes[FULL], "rename " V "new " V "d/moved"));
	EXPECT_EQ(0, probe_ask(&probes[FULL], "link " V "d/moved " V "again"));
	EXPECT_STREQ("", records_end());
	EXPECT_EQ(EACCES, probe_ask(&probes[FULL_B], "open " V "again rdonly"));
	EXPECT_STREQ("full_t:c3,c4 container_file_t:c1,c2 file { read open } name=again",
		     records_end());
	EXPECT_EQ(0, probe_ask(&probes[FULL], "open " V "again rdonly"));
	EXPECT_STREQ("", records_end());
}

TEST_F(own, tmpfile)
{
	EXPECT_EQ(0, probe_ask(&probes[FULL], "hold " VOLUME " rdwr,tmpfile"));
	EXPECT_STREQ("", records_end());
	/* Another container finds it through the descriptor of the first one. */
	EXPECT_EQ(0, probe_ask(&probes[FULL], "open /proc/self/fd/%ld rdonly", probe_value()));
}

/* A creation that failed leaves nothing that would label the next file of that name. */
TEST_F(own, failed_creation)
{
	EXPECT_EQ(EEXIST, probe_ask(&probes[FULL], "mkdir " V "d"));
	EXPECT_EQ(EEXIST, probe_ask(&probes[FULL], "open " V "f wronly,creat,excl"));
	EXPECT_STREQ("", records_end());
	EXPECT_EQ(0, probe_ask(&probes[FULL_B], "open " V "f rdonly"));
	EXPECT_EQ(0, probe_ask(&probes[FULL_B], "open " V "d rdonly"));
	EXPECT_STREQ("", records_end());
}

/* What the host makes has the directory's label, and the host is asked nothing. */
TEST_F(own, made_by_host)
{
	ASSERT_EQ(0, write_file(V "host", "x"));
	EXPECT_EQ(0, probe_ask(&probes[FULL], "open " V "host rdwr"));
	EXPECT_EQ(0, probe_ask(&probes[FULL_B], "open " V "host rdwr"));
	EXPECT_EQ(0, probe_ask(&probes[FULL], "mkdir " V "new"));
	ASSERT_EQ(0, write_file(V "new/host", "x"));
	EXPECT_STREQ("", records_end());
}

int main(int argc, char **argv)
{
	reset_volume();
	probe_start(&probes[MAKER], CONFINED(POLICY "dir.cil", "maker_t", PAIR_A));
	probe_start(&probes[FULL], CONFINED(POLICY "dir.cil", "full_t", PAIR_A));
	probe_start(&probes[FULL_B], CONFINED(POLICY "dir.cil", "full_t", PAIR_B));
	probe_start(&probes[BARE], CONFINED(POLICY "dir.cil", "bare_t", PAIR_A));
	return test_harness_run(argc, argv);
}
