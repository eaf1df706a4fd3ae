// SPDX-License-Identifier: GPL-2.0
/*
 * Labels by path: what filecon rules of a module say of files that nobody labelled, of new
 * files, and of renames and links, which may not change what the path says.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>

#include "rows.h"

#define P PRIVATE "/"

enum { READER, OWNER, NR_PROBES };

static struct probe probes[NR_PROBES];

/* What the host puts there has no label of its own. */
static int fill(void)
{
	static const char *const dirs[] = { "secret",	"hidden",     "public",	    "plain",
					    "public/d", "public/d/e", "public/two", "secret/below",
					    "kind",	"other" };
	static const char *const files[] = { "secret/file",  "hidden/file",	"public/page",
					     "public/a.key", "public/open.key", "public/d/e/b.key",
					     "public/d/e/b", "plain/x",		"plain/x.key.not",
					     "plain/secret", "secretive" };
	char path[256];

	if (reset_volume())
		return -1;
	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		snprintf(path, sizeof(path), P "%s", dirs[i]);
		if (mkdir(path, 0755))
			return -1;
	}
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(path, sizeof(path), P "%s", files[i]);
		if (write_file(path, "x\n"))
			return -1;
	}
	return 0;
}

FIXTURE(path){};

FIXTURE_VARIANT(path)
{
	const char *command;
	int error; /* of the reader */
	const char *record;
	const char *twin; /* allowed to the reader: the same elsewhere */
};

FIXTURE_SETUP(path)
{
	ASSERT_EQ(0, fill());
	ASSERT_EQ(0, records_begin());
}

FIXTURE_TEARDOWN(path)
{
}

/* Denied to the reader, allowed to the owner; and its twin elsewhere is allowed to the reader. */
TEST_F(path, denied)
{
	EXPECT_EQ(variant->error, probe_ask(&probes[READER], "%s", variant->command));
	EXPECT_STREQ(variant->record, records_end());
	EXPECT_EQ(0, probe_ask(&probes[READER], "%s", variant->twin));
	EXPECT_STREQ("", records_end());
}

TEST_F(path, allowed)
{
	EXPECT_EQ(0, probe_ask(&probes[OWNER], "%s", variant->command));
	EXPECT_STREQ("", records_end());
}

#define SECRET(what) "reader_t secret_t:c1,c2 " what

ROW(path, below_directory, "open " P "secret/file rdonly", EACCES,
    SECRET("file { read open } name=file"), "open " P "public/page rdonly")
ROW(path, directory_itself, "open " P "secret rdonly", EACCES,
    SECRET("dir { read open } name=secret"), "open " P "public rdonly")
ROW(path, longer_name_is_another, "open " P "hidden/file rdonly", EACCES,
    SECRET("file { read open } name=file"), "open " P "secretive rdonly")
ROW(path, last_rule_wins, "open " P "public/a.key rdonly", EACCES,
    SECRET("file { read open } name=a.key"), "open " P "public/open.key rdonly")
ROW(path, any_depth, "open " P "public/d/e/b.key rdonly", EACCES,
    SECRET("file { read open } name=b.key"), "open " P "public/d/e/b rdonly")
ROW(path, end_of_name, "open " P "public/a.key rdonly", EACCES,
    SECRET("file { read open } name=a.key"), "open " P "plain/x.key.not rdonly")
ROW(path, kind, "open " P "kind rdonly", EACCES, SECRET("dir { read open } name=kind"),
    "open " P "plain rdonly")
ROW(path, no_rule, "open " P "secret/file rdonly", EACCES, SECRET("file { read open } name=file"),
    "open " P "plain/secret rdonly")
ROW(path, new_file, "open " P "plain/new.key wronly,creat", EACCES,
    SECRET("file { create } name=new.key"), "open " P "plain/new wronly,creat")
ROW(path, new_directory, "mkdir " P "secret/new", EACCES,
    SECRET("dir { write add_name search } name=secret"), "mkdir " P "public/new")

FIXTURE(moved){};

FIXTURE_VARIANT(moved)
{
	const char *command; /* changes what the path says */
	const char *twin; /* does not */
};

FIXTURE_SETUP(moved)
{
	ASSERT_EQ(0, fill());
	ASSERT_EQ(0, records_begin());
}

FIXTURE_TEARDOWN(moved)
{
}

TEST_F(moved, other_label)
{
	EXPECT_EQ(EXDEV, probe_ask(&probes[OWNER], "%s", variant->command));
	EXPECT_STREQ("", records_end());
}

TEST_F(moved, same_label)
{
	EXPECT_EQ(0, probe_ask(&probes[OWNER], "%s", variant->twin));
	EXPECT_STREQ("", records_end());
}

ROW(moved, out, "rename " P "secret/file " P "plain/file", "rename " P "plain/x " P "plain/y")
ROW(moved, in, "rename " P "public/page " P "secret/page",
    "rename " P "secret/file " P "secret/below/file")
ROW(moved, to_rule_of_its_name, "rename " P "public/page " P "public/page.key",
    "rename " P "public/page " P "public/page2")
ROW(moved, from_rule_of_its_name, "rename " P "public/a.key " P "public/a",
    "rename " P "public/a.key " P "public/b.key")
ROW(moved, between_alike, "rename " P "hidden/file " P "public/file",
    "rename " P "hidden/file " P "secret/file2")
ROW(moved, over_another, "rename " P "secret/file " P "public/page",
    "rename " P "public/d/e/b " P "public/page")
ROW(moved, directory, "rename " P "secret/below " P "public/below",
    "rename " P "public/two " P "public/three")
ROW(moved, directory_into_nothing, "rename " P "public/d " P "plain/d",
    "rename " P "public/d " P "public/two/d")
ROW(moved, directory_of_a_rule, "rename " P "kind " P "kind2", "rename " P "other " P "other2")
ROW(moved, directory_above_a_rule, "rename " P "plain " P "plain2", "rename " P "other " P "other2")
ROW(moved, exchange, "exchange " P "secret/file " P "public/page",
    "exchange " P "secret/file " P "hidden/file")
ROW(moved, exchange_reverse, "exchange " P "public/page " P "secret/file",
    "exchange " P "public/page " P "public/d/e/b")
ROW(moved, link, "link " P "secret/file " P "plain/file", "link " P "secret/file " P "hidden/l")
ROW(moved, link_into, "link " P "plain/x " P "secret/x", "link " P "plain/x " P "plain/x2")

FIXTURE(made){};

FIXTURE_SETUP(made)
{
	ASSERT_EQ(0, fill());
	ASSERT_EQ(0, records_begin());
}

FIXTURE_TEARDOWN(made)
{
}

/* What a container makes is labelled as its path says, and stays so. */
TEST_F(made, by_path)
{
	EXPECT_EQ(0, probe_ask(&probes[OWNER], "open " P "plain/new.key wronly,creat"));
	EXPECT_EQ(0, probe_ask(&probes[OWNER], "open " P "public/new wronly,creat"));
	EXPECT_STREQ("", records_end());
	EXPECT_EQ(EACCES, probe_ask(&probes[READER], "open " P "plain/new.key rdonly"));
	EXPECT_STREQ(SECRET("file { read open } name=new.key"), records_end());
	EXPECT_EQ(0, probe_ask(&probes[READER], "open " P "public/new rdwr"));
	EXPECT_STREQ("", records_end());
}

TEST_F(made, by_transition)
{
	EXPECT_EQ(0, probe_ask(&probes[OWNER], "open " P "secret/new wronly,creat"));
	EXPECT_STREQ("", records_end());
	EXPECT_EQ(EACCES, probe_ask(&probes[READER], "open " P "secret/new wronly"));
	EXPECT_STREQ("reader_t made_t:c1,c2 file { write open } name=new", records_end());
}

/* A rename of the host's counts at once. */
TEST_F(made, host_renames)
{
	ASSERT_EQ(0, rename(P "secret/file", P "plain/file"));
	EXPECT_EQ(0, probe_ask(&probes[READER], "open " P "plain/file rdonly"));
	ASSERT_EQ(0, rename(P "public", P "secret/public"));
	EXPECT_STREQ("", records_end());
	EXPECT_EQ(EACCES, probe_ask(&probes[READER], "open " P "secret/public/page rdonly"));
	EXPECT_STREQ(SECRET("file { read open } name=page"), records_end());
}

/* What is kept in directories of their places holds until one above them gets another name. */
TEST_F(made, host_renames_above_known)
{
	EXPECT_EQ(0, probe_ask(&probes[READER], "open " P "public/d/e/b rdonly"));
	EXPECT_EQ(0, probe_ask(&probes[READER], "open " P "public/d/e rdonly"));
	EXPECT_STREQ("", records_end());
	ASSERT_EQ(0, rename(P "public", P "secret/public"));
	EXPECT_EQ(EACCES, probe_ask(&probes[READER], "open " P "secret/public/d/e/b rdonly"));
	EXPECT_EQ(EACCES, probe_ask(&probes[READER], "open " P "secret/public/d/e rdonly"));
	EXPECT_STREQ(SECRET("file { read open } name=b\n") SECRET("dir { read open } name=e"),
		     records_end());
	ASSERT_EQ(0, rename(P "secret/public", P "public"));
	EXPECT_EQ(0, probe_ask(&probes[READER], "open " P "public/d/e/b rdonly"));
	EXPECT_STREQ("", records_end());
}

TEST_F(made, host_exchanges_above_known)
{
	EXPECT_EQ(0, probe_ask(&probes[READER], "open " P "public/d/e/b rdonly"));
	EXPECT_STREQ("", records_end());
	ASSERT_EQ(0, renameat2(AT_FDCWD, P "other", AT_FDCWD, P "public", RENAME_EXCHANGE));
	ASSERT_EQ(0, renameat2(AT_FDCWD, P "other", AT_FDCWD, P "secret", RENAME_EXCHANGE));
	EXPECT_EQ(EACCES, probe_ask(&probes[READER], "open " P "secret/d/e/b rdonly"));
	EXPECT_STREQ(SECRET("file { read open } name=b"), records_end());
	EXPECT_EQ(0, probe_ask(&probes[READER], "open " P "other/file rdonly"));
	EXPECT_STREQ("", records_end());
}

/* What a container may rename says the same afterwards. */
TEST_F(made, owner_renames_alike)
{
	EXPECT_EQ(0, probe_ask(&probes[READER], "open " P "public/two rdonly"));
	EXPECT_EQ(0, probe_ask(&probes[OWNER], "rename " P "public/two " P "public/three"));
	EXPECT_EQ(0, probe_ask(&probes[OWNER], "open " P "public/three/a.key wronly,creat"));
	EXPECT_STREQ("", records_end());
	EXPECT_EQ(EACCES, probe_ask(&probes[READER], "open " P "public/three/a.key rdonly"));
	EXPECT_STREQ(SECRET("file { read open } name=a.key"), records_end());
}

/* Through another name of the mount, nothing else is said. */
TEST_F(made, relative)
{
	EXPECT_EQ(0, probe_ask(&probes[READER], "chdir " PRIVATE));
	EXPECT_EQ(0, probe_ask(&probes[READER], "open plain/x rdonly"));
	EXPECT_EQ(0, probe_ask(&probes[READER], "open public/../plain/x rdonly"));
	EXPECT_STREQ("", records_end());
	EXPECT_EQ(EACCES, probe_ask(&probes[READER], "open public/../secret/file rdonly"));
	EXPECT_STREQ(SECRET("file { read open } name=file"), records_end());
	EXPECT_EQ(0, probe_ask(&probes[READER], "chdir /"));
}

/* The longest name, read to its end. */
TEST_F(made, longest_name)
{
	char name[256];

	memset(name, 'n', 255);
	memcpy(name + 251, ".key", 5);
	EXPECT_EQ(EACCES, probe_ask(&probes[READER], "open " P "plain/%s wronly,creat", name));
	memcpy(name + 251, ".kez", 5);
	EXPECT_EQ(0, probe_ask(&probes[READER], "open " P "plain/%s wronly,creat", name));
}

#define ROUNDS 100000 /* of a probe, while the host renames */

static pid_t start_mover(const char *one, const char *other, int times)
{
	pid_t mover = fork();

	if (mover)
		return mover;
	for (int i = 0; !times || i < times; i++)
		rename(i % 2 ? other : one, i % 2 ? one : other);
	_exit(0);
}

static void stop_mover(pid_t mover)
{
	kill(mover, SIGKILL);
	waitpid(mover, NULL, 0);
}

/*
 * The host renames a directory between two places, both the secret's; the reader never gets
 * what is in it, whichever names it meets on its way.
 */
TEST_F(made, race)
{
	pid_t mover;

	ASSERT_EQ(0, mkdir(P "hidden/below", 0755));
	ASSERT_EQ(0, write_file(P "secret/below/file", "x"));
	mover = start_mover(P "secret/below", P "hidden/other", 0);
	ASSERT_LE(0, mover);
	EXPECT_EQ(0, probe_ask(&probes[READER], "never %d open " P "secret/below/file rdonly",
			       ROUNDS / 2));
	EXPECT_EQ(0, probe_ask(&probes[READER], "never %d open " P "hidden/other/file rdonly",
			       ROUNDS / 2));
	stop_mover(mover);
}

/*
 * Between the secret's place and one that the reader may read: what was seen meanwhile is
 * forgotten when the directory has come to rest.
 */
TEST_F(made, race_comes_to_rest)
{
	ASSERT_EQ(0, write_file(P "public/d/e/file", "x"));
	for (int times = 200; times < 220; times++) {
		bool secret = times % 2;
		pid_t mover = start_mover(P "public/d", P "secret/d", times);

		ASSERT_LE(0, mover);
		probe_ask(&probes[READER], "never 300 open " P "secret/d/e/file rdonly");
		ASSERT_EQ(mover, waitpid(mover, NULL, 0));
		EXPECT_EQ(secret ? EACCES : 0,
			  probe_ask(&probes[READER], "open " P "%s/d/e/file rdonly",
				    secret ? "secret" : "public"));
		if (secret)
			ASSERT_EQ(0, rename(P "secret/d", P "public/d"));
	}
}

int main(int argc, char **argv)
{
	reset_volume();
	probe_start(&probes[READER], CONFINED(POLICY "filecon.cil", "reader_t", PAIR_A, PRIVATE));
	probe_start(&probes[OWNER], CONFINED(POLICY "filecon.cil", "owner_t", PAIR_A, PRIVATE));
	return test_harness_run(argc, argv);
}
