// SPDX-License-Identifier: GPL-2.0
/*
 * What a container may do to have a file under another label than the one it had: every kind of
 * rename and link between places that a rule tells apart, and between a shared volume and a
 * private one that lies in it. EXDEV, and nothing has moved; within a place it is done, and the
 * label is the place's afterwards.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "rows.h"

#define P PRIVATE "/"
#define NEST VOLUME "/nested"
#define N NEST "/"

enum { READER, OWNER, KEEPER, NESTED, OUTER, NR_PROBES };

static struct probe probes[NR_PROBES];

/* What lies in the volumes; the volumes' roots have the marks. */
static int fill(void)
{
	char text[4096];

	return output_of(
		text, sizeof(text),
		"cd " PRIVATE " && rm -rf ./* && mkdir -p secret/below public/d/e public/two "
		"plain && touch secret/file public/page public/d/e/b public/d/e/b.key plain/x && "
		"cd " VOLUME " && rm -rf nested/* s t n sub && mkdir nested/sub sub && "
		"touch s sub/x nested/n nested/sub/x");
}

FIXTURE(path){};

FIXTURE_VARIANT(path)
{
	const char *command; /* of the owner: to another place */
	const char *twin; /* within one */
	const char *look; /* by the reader, after the twin */
	const char *record; /* "": it may */
};

FIXTURE_SETUP(path)
{
	ASSERT_EQ(0, fill());
	ASSERT_EQ(0, records_begin());
}

FIXTURE_TEARDOWN(path)
{
}

#define SECRET(name) "reader_t secret_t:c1,c2 file { read open } name=" name

TEST_F(path, other_place)
{
	EXPECT_EQ(EXDEV, probe_ask(&probes[OWNER], "%s", variant->command));
	EXPECT_STREQ("", records_end());
	EXPECT_EQ(EACCES, probe_ask(&probes[READER], "open " P "secret/file rdonly"));
	EXPECT_EQ(EACCES, probe_ask(&probes[READER], "open " P "public/d/e/b.key rdonly"));
	EXPECT_STREQ(SECRET("file\n") SECRET("b.key"), records_end());
	EXPECT_EQ(0, probe_ask(&probes[READER], "open " P "public/page rdonly"));
	EXPECT_EQ(0, probe_ask(&probes[READER], "open " P "public/d/e/b rdonly"));
	EXPECT_EQ(0, probe_ask(&probes[READER], "open " P "plain/x rdonly"));
	EXPECT_STREQ("", records_end());
}

TEST_F(path, same_place)
{
	EXPECT_EQ(0, probe_ask(&probes[OWNER], "%s", variant->twin));
	EXPECT_STREQ("", records_end());
	EXPECT_EQ(*variant->record ? EACCES : 0, probe_ask(&probes[READER], "%s", variant->look));
	EXPECT_STREQ(variant->record, records_end());
}

ROW(path, whiteout_out, "whiteout " P "secret/file " P "plain/file",
    "whiteout " P "plain/x " P "plain/y", "open " P "plain/y rdonly", "")
ROW(path, whiteout_in, "whiteout " P "public/page " P "secret/page",
    "whiteout " P "secret/file " P "secret/page", "open " P "secret/page rdonly", SECRET("page"))
ROW(path, tmpfile_out, "linktmp " P "secret " P "plain/t", "linktmp " P "plain " P "plain/t",
    "open " P "plain/t rdonly", "")
ROW(path, tmpfile_in, "linktmp " P "plain " P "secret/t", "linktmp " P "public " P "public/t",
    "open " P "public/t rdonly", "")
ROW(path, tmpfile_to_rule_of_name, "linktmp " P "plain " P "plain/t.key",
    "linktmp " P "plain " P "plain/tkey", "open " P "plain/tkey rdonly", "")
ROW(path, full_directory, "rename " P "public/d " P "secret/d",
    "rename " P "public/d " P "public/dd", "open " P "public/dd/e/b.key rdonly", SECRET("b.key"))
ROW(path, full_directory_to_no_rule, "rename " P "public/d " P "plain/d",
    "rename " P "public/d " P "public/two/d", "open " P "public/two/d/e/b rdonly", "")
ROW(path, exchange_directories, "exchange " P "public/d " P "secret/below",
    "exchange " P "public/d " P "public/two", "open " P "public/two/e/b.key rdonly",
    SECRET("b.key"))
ROW(path, exchange_directories_reverse, "exchange " P "secret/below " P "public/d",
    "exchange " P "public/two " P "public/d", "open " P "public/two/e/b rdonly", "")
ROW(path, exchange_with_directory, "exchange " P "secret/file " P "public/d",
    "exchange " P "public/page " P "public/d", "open " P "public/d rdonly", "")
ROW(path, exchange_with_directory_reverse, "exchange " P "public/d " P "secret/file",
    "exchange " P "public/d " P "public/page", "open " P "public/page/e/b.key rdonly",
    SECRET("b.key"))

FIXTURE(volume){};

FIXTURE_VARIANT(volume)
{
	const char *command; /* between the volumes */
	const char *twin; /* within one */
};

FIXTURE_SETUP(volume)
{
	ASSERT_EQ(0, fill());
	ASSERT_EQ(0, records_begin());
}

FIXTURE_TEARDOWN(volume)
{
}

/* clang-format off */
/* What is whose: by another container, which has the shared volume alone. */
#define EXPECT_NOTHING_MOVED() \
	EXPECT_EQ(EACCES, probe_ask(&probes[OUTER], "open " N "n rdonly")); \
	EXPECT_EQ(EACCES, probe_ask(&probes[OUTER], "open " N "sub/x rdonly")); \
	EXPECT_STREQ("owner_t:c3,c4 container_file_t:c1,c2 file { read open } name=n\n" \
		     "owner_t:c3,c4 container_file_t:c1,c2 file { read open } name=x", \
		     records_end()); \
	EXPECT_EQ(0, probe_ask(&probes[OUTER], "open " V "s rdonly")); \
	EXPECT_EQ(0, probe_ask(&probes[OUTER], "open " V "sub/x rdonly")); \
	EXPECT_STREQ("", records_end())
/* clang-format on */

TEST_F(volume, other_volume)
{
	EXPECT_EQ(EXDEV, probe_ask(&probes[NESTED], "%s", variant->command));
	EXPECT_STREQ("", records_end());
	EXPECT_NOTHING_MOVED();
}

TEST_F(volume, same_volume)
{
	EXPECT_EQ(0, probe_ask(&probes[NESTED], "%s", variant->twin));
	EXPECT_STREQ("", records_end());
}

ROW(volume, rename_out, "rename " N "n " V "n", "rename " N "n " N "n2")
ROW(volume, rename_in, "rename " V "s " N "s", "rename " V "s " V "t")
ROW(volume, rename_over, "rename " N "n " V "s", "rename " N "n " N "sub/x")
ROW(volume, link_out, "link " N "n " V "n", "link " N "n " N "n2")
ROW(volume, link_in, "link " V "s " N "s", "link " V "s " V "t")
ROW(volume, exchange, "exchange " N "n " V "s", "exchange " N "n " N "sub/x")
ROW(volume, exchange_reverse, "exchange " V "s " N "n", "exchange " V "s " V "sub/x")
ROW(volume, whiteout_out, "whiteout " N "n " V "n", "whiteout " N "n " N "n2")
ROW(volume, whiteout_in, "whiteout " V "s " N "s", "whiteout " V "s " V "t")
ROW(volume, directory_out, "rename " N "sub " V "sub2", "rename " N "sub " N "sub2")
ROW(volume, directory_in, "rename " V "sub " N "sub2", "rename " V "sub " V "t")
ROW(volume, directories, "exchange " N "sub " V "sub", "exchange " N "sub " N "n")
ROW(volume, tmpfile_out, "linktmp " NEST " " V "t", "linktmp " NEST " " N "t")
ROW(volume, tmpfile_in, "linktmp " VOLUME " " N "t", "linktmp " VOLUME " " V "t")

FIXTURE(own){};

FIXTURE_SETUP(own)
{
	ASSERT_EQ(0, fill());
	ASSERT_EQ(0, records_begin());
}

FIXTURE_TEARDOWN(own)
{
}

/* Without the permission no place is asked about. */
TEST_F(own, whiteout_is_a_rename)
{
	EXPECT_EQ(EACCES, probe_ask(&probes[READER], "whiteout " P "secret/file " P "secret/f2"));
	EXPECT_STREQ("reader_t secret_t:c1,c2 dir { write remove_name search } name=secret",
		     records_end());
	EXPECT_EQ(0, probe_ask(&probes[OWNER], "whiteout " P "secret/file " P "secret/f2"));
	EXPECT_STREQ("", records_end());
	/* What the kernel leaves is a device, 0:0, and no container's. */
	EXPECT_EQ(EACCES, probe_ask(&probes[OWNER], "unlink " P "secret/file"));
	EXPECT_STREQ("owner_t device_t chr_file { unlink } name=file", records_end());
}

/* By its descriptor alone: kernels before 6.10 want a capability for that, which nobody has. */
TEST_F(own, tmpfile_by_descriptor)
{
	int major = 0, minor = 0;
	struct utsname name;
	const char *record;
	bool old;

	ASSERT_EQ(0, uname(&name));
	ASSERT_EQ(2, sscanf(name.release, "%d.%d", &major, &minor));
	old = major < 6 || (major == 6 && minor < 10);
	record = old ? "owner_t self capability { dac_read_search } capability=2" : "";
	EXPECT_EQ(old ? ENOENT : EXDEV,
		  probe_ask(&probes[OWNER], "linktmp " P "plain " P "secret/t fd"));
	EXPECT_STREQ(record, records_end());
	EXPECT_EQ(old ? ENOENT : 0,
		  probe_ask(&probes[OWNER], "linktmp " P "plain " P "plain/t fd"));
	EXPECT_STREQ(record, records_end());
}

/* The private volume's root itself takes its mark along. */
TEST_F(own, root_of_the_private_volume)
{
	EXPECT_EQ(0, probe_ask(&probes[NESTED], "rename " NEST " " V "moved"));
	EXPECT_STREQ("", records_end());
	EXPECT_EQ(EACCES, probe_ask(&probes[OUTER], "open " V "moved/n rdonly"));
	EXPECT_STREQ("owner_t:c3,c4 container_file_t:c1,c2 file { read open } name=n",
		     records_end());
	EXPECT_EQ(0, probe_ask(&probes[NESTED], "open " V "moved/n rdonly"));
	EXPECT_STREQ("", records_end());
	ASSERT_EQ(0, rename(V "moved", NEST));
	EXPECT_NOTHING_MOVED();
}

#define LEVELS 40

/* Deeper than a path may be long: the label is that of all names above. */
TEST_F(own, longer_than_a_path)
{
	char name[151];
	int dir;

	memset(name, 'l', 150);
	name[150] = '\0';
	dir = open(P "public", O_PATH | O_CLOEXEC);
	ASSERT_LE(0, dir);
	EXPECT_EQ(0, probe_ask(&probes[READER], "chdir " P "public"));
	for (int i = 0; i < LEVELS; i++) {
		int below;

		ASSERT_EQ(0, mkdirat(dir, name, 0755));
		below = openat(dir, name, O_PATH | O_CLOEXEC);
		ASSERT_LE(0, below);
		close(dir);
		dir = below;
		ASSERT_EQ(0, probe_ask(&probes[READER], "chdir %s", name));
	}
	close(openat(dir, "x", O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
	close(openat(dir, "x.key", O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
	close(dir);
	EXPECT_EQ(0, probe_ask(&probes[READER], "open x rdonly"));
	EXPECT_STREQ("", records_end());
	EXPECT_EQ(EACCES, probe_ask(&probes[READER], "open x.key rdonly"));
	EXPECT_EQ(EACCES, probe_ask(&probes[READER], "open new.key wronly,creat"));
	EXPECT_STREQ(SECRET("x.key\n") "reader_t secret_t:c1,c2 file { create } name=new.key",
		     records_end());
	EXPECT_EQ(EXDEV, probe_ask(&probes[READER], "rename x y.key"));
	EXPECT_EQ(0, probe_ask(&probes[READER], "rename x y"));
	EXPECT_STREQ("", records_end());
	EXPECT_EQ(0, probe_ask(&probes[READER], "chdir /"));
	ASSERT_EQ(0, fill()); /* nftw(3) could not remove it */
}

int main(int argc, char **argv)
{
	reset_volume();
	mkdir(NEST, 0755);
	probe_start(&probes[READER], CONFINED(POLICY "filecon.cil", "reader_t", PAIR_A, PRIVATE));
	probe_start(&probes[OWNER], CONFINED(POLICY "filecon.cil", "owner_t", PAIR_A, PRIVATE));
	/* The mark is the inode's, and the other one with that level gets there by one mount. */
	probe_start(&probes[KEEPER], CONFINED(POLICY "filecon.cil", "owner_t", PAIR_A, NEST));
	probe_start(&probes[NESTED], CONFINED(POLICY "filecon.cil", "owner_t", PAIR_A));
	probe_start(&probes[OUTER], CONFINED(POLICY "filecon.cil", "owner_t", PAIR_B));
	return test_harness_run(argc, argv);
}
