// SPDX-License-Identifier: GPL-2.0
/*
 * type_transition by file name: what the maker makes has the type of its name, everything else
 * that of the transition for all names, else its path's or its directory's. The label is seen
 * in the record of one who may remove nothing.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "rows.h"

#define P PRIVATE "/"

enum { MAKER, OTHER, LOOKER, NR_PROBES };

static struct probe probes[NR_PROBES];

FIXTURE(made){};

FIXTURE_VARIANT(made)
{
	const char *make; /* by MAKER; %s is the name */
	const char *remove; /* by LOOKER */
	const char *tclass;
	const char *permission;
	const char *otherwise; /* type under another name */
};

FIXTURE_SETUP(made)
{
	ASSERT_EQ(0, reset_volume());
	ASSERT_EQ(0, records_begin());
}

FIXTURE_TEARDOWN(made)
{
}

ROW(made, file, "open " V "%s wronly,creat", "unlink", "file", "unlink", "plain_t")
ROW(made, exclusive, "open " V "%s wronly,creat,excl", "unlink", "file", "unlink", "plain_t")
ROW(made, regular, "mknod " V "%s reg", "unlink", "file", "unlink", "plain_t")
ROW(made, fifo, "mknod " V "%s fifo", "unlink", "fifo_file", "unlink", "container_file_t")
ROW(made, socket, "mknod " V "%s sock", "unlink", "sock_file", "unlink", "container_file_t")
ROW(made, bound, "unixbind stream " V "%s", "unlink", "sock_file", "unlink", "container_file_t")
ROW(made, link, "symlink f " V "%s", "unlink", "lnk_file", "unlink", "container_file_t")
ROW(made, directory, "mkdir " V "%s", "rmdir", "dir", "rmdir", "container_file_t")

/* Without a record. */
static bool makes(const struct probe *who, const char *make, const char *name)
{
	char command[1024];

	snprintf(command, sizeof(command), make, name);
	return probe_ask(who, "%s", command) == 0 && !*records_end();
}

/* The record of who may not remove it. */
static const char *label(const char *remove, const char *path)
{
	if (probe_ask(&probes[LOOKER], "%s %s", remove, path) != EACCES)
		return "not denied";
	return records_end();
}

static const char *expected(const char *type, const char *tclass, const char *permission,
			    const char *name)
{
	static char record[512];

	snprintf(record, sizeof(record), "looker_t %s:c1,c2 %s { %s } name=%.63s", type, tclass,
		 permission, name);
	return record;
}

TEST_F(made, of_that_name)
{
	ASSERT_TRUE(makes(&probes[MAKER], variant->make, "named"));
	EXPECT_STREQ(expected("named_t", variant->tclass, variant->permission, "named"),
		     label(variant->remove, V "named"));
}

TEST_F(made, of_another_name)
{
	static const char *const others[] = { "name", "named.", "Named", "nameD", "named2" };

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		char path[256];

		snprintf(path, sizeof(path), V "%s", others[i]);
		ASSERT_TRUE(makes(&probes[MAKER], variant->make, others[i]));
		EXPECT_STREQ(expected(variant->otherwise, variant->tclass, variant->permission,
				      others[i]),
			     label(variant->remove, path));
	}
}

/* A domain that has no such transition. */
TEST_F(made, by_another_domain)
{
	ASSERT_TRUE(makes(&probes[OTHER], variant->make, "named"));
	EXPECT_STREQ(expected("container_file_t", variant->tclass, variant->permission, "named"),
		     label(variant->remove, V "named"));
}

FIXTURE(own){};

FIXTURE_SETUP(own)
{
	ASSERT_EQ(0, reset_volume());
	ASSERT_EQ(0, mkdir(P "secret", 0755));
	ASSERT_EQ(0, records_begin());
}

FIXTURE_TEARDOWN(own)
{
}

#define MAKE(path) ASSERT_TRUE(makes(&probes[MAKER], "open " path "%s wronly,creat", ""))
#define LABEL(type, name, path) \
	EXPECT_STREQ(expected(type, "file", "unlink", name), label("unlink", path))

/* The type of the name, and not the one for all names, is what has to be allowed. */
TEST_F(own, create_is_asked_of_the_name)
{
	EXPECT_EQ(EACCES, probe_ask(&probes[MAKER], "open " V "forbidden wronly,creat"));
	EXPECT_STREQ("maker_t forbidden_t:c1,c2 file { create } name=forbidden", records_end());
	EXPECT_EQ(ENOENT, probe_ask(&probes[MAKER], "open " V "forbidden rdonly"));
	MAKE(V "allowed");
	EXPECT_EQ(0, probe_ask(&probes[OTHER], "open " V "forbidden wronly,creat"));
	EXPECT_STREQ("", records_end());
}

TEST_F(own, each_name_has_its_type)
{
	MAKE(V "a.b");
	LABEL("inner_t", "a.b", V "a.b");
	MAKE(V "a");
	LABEL("plain_t", "a", V "a");
}

TEST_F(own, below_another_type)
{
	ASSERT_TRUE(makes(&probes[MAKER], "mkdir " V "%s", "named"));
	MAKE(V "named/named");
	LABEL("inner_t", "named", V "named/named");
	MAKE(V "named/other");
	LABEL("named_t", "other", V "named/other");
	ASSERT_TRUE(makes(&probes[OTHER], "open " V "named/%s wronly,creat,excl", "new"));
	LABEL("named_t", "new", V "named/new");
}

/* Bytes are compared up to the last of 255. */
TEST_F(own, longest_name)
{
	char name[257], path[512];

	memset(name, 'n', 256);
	for (int len = 254; len <= 255; len++) {
		snprintf(path, sizeof(path), V "%.*s", len, name);
		ASSERT_TRUE(makes(&probes[MAKER], "open %s wronly,creat", path));
		LABEL(len == 255 ? "named_t" : "plain_t", name, path);
	}
	path[strlen(path) - 1] = 'm';
	ASSERT_TRUE(makes(&probes[MAKER], "open %s wronly,creat", path));
	LABEL("plain_t", name, path);
	EXPECT_EQ(ENAMETOOLONG, probe_ask(&probes[MAKER], "open " V "%.256s wronly,creat", name));
}

/* The label is the inode's, whatever it is called afterwards. */
TEST_F(own, renamed)
{
	MAKE(V "named");
	MAKE(V "plain");
	EXPECT_EQ(0, probe_ask(&probes[MAKER], "rename " V "named " V "renamed"));
	EXPECT_EQ(0, probe_ask(&probes[MAKER], "rename " V "plain " V "named"));
	EXPECT_EQ(0, probe_ask(&probes[MAKER], "link " V "renamed " V "a.b"));
	EXPECT_STREQ("", records_end());
	LABEL("named_t", "renamed", V "renamed");
	LABEL("plain_t", "named", V "named");
	LABEL("named_t", "a.b", V "a.b");
}

/* A file without a name has the type for all names, also when it gets one. */
TEST_F(own, tmpfile)
{
	EXPECT_EQ(0, probe_ask(&probes[MAKER], "linktmp " VOLUME " " V "named"));
	EXPECT_STREQ("", records_end());
	LABEL("plain_t", "named", V "named");
}

/* Before a rule for the path; and a rename is within one place or EXDEV as before. */
TEST_F(own, before_the_path)
{
	MAKE(P "secret/named");
	MAKE(P "secret/other");
	LABEL("named_t", "named", P "secret/named");
	LABEL("secret_t", "other", P "secret/other");
	EXPECT_EQ(0, probe_ask(&probes[MAKER], "rename " P "secret/named " P "secret/moved"));
	EXPECT_EQ(EXDEV, probe_ask(&probes[MAKER], "rename " P "secret/moved " P "named"));
	EXPECT_STREQ("", records_end());
	LABEL("named_t", "moved", P "secret/moved");
}

/* A creation that failed labels nothing that comes after it. */
TEST_F(own, failed_creation)
{
	EXPECT_EQ(EEXIST, probe_ask(&probes[MAKER], "mkdir " V "d"));
	EXPECT_EQ(EACCES, probe_ask(&probes[MAKER], "open " V "forbidden wronly,creat"));
	records_end();
	ASSERT_EQ(0, write_file(V "named", "x"));
	EXPECT_EQ(EACCES, probe_ask(&probes[LOOKER], "unlink " V "named"));
	EXPECT_STREQ("looker_t container_file_t file { unlink } name=named", records_end());
}

/* Other rows, the same names. */
TEST_F(own, booleans_change)
{
	char text[4096];

	for (int on = 1; on >= 0; on--) {
		ASSERT_EQ(0, output_of(text, sizeof(text),
				       on ? "bulkhead boolean virt_sandbox_use_fusefs=on" :
					    "bulkhead boolean virt_sandbox_use_fusefs=off"));
		ASSERT_EQ(0, reset_volume());
		MAKE(V "named");
		LABEL("named_t", "named", V "named");
	}
}

/*
 * Without the names nobody can tell: nothing is made where a name could matter, whatever it is
 * called, and all else is. The last test: the policy has no names until it is collected.
 */
TEST_F(own, xx_cannot_be_told)
{
	long before = counter("badname");
	char text[4096];

	ASSERT_EQ(0, output_of(text, sizeof(text), SELFTESTS "/pinned empty bh_filetrans"));
	EXPECT_EQ(EACCES, probe_ask(&probes[MAKER], "open " V "new wronly,creat"));
	EXPECT_STREQ("maker_t unlabeled_t:c1,c2 file { create } name=new", records_end());
	EXPECT_EQ(before + 1, counter("badname"));
	ASSERT_TRUE(makes(&probes[MAKER], "mkdir " P "secret/%s", "new"));
	ASSERT_TRUE(makes(&probes[OTHER], "open " V "%s wronly,creat", "new"));
	ASSERT_EQ(0, write_file(V "host", "x"));
	EXPECT_EQ(before + 1, counter("badname"));
}

/* The policy without its names is nobody's once the probes are gone; a boolean collects it. */
static void collect(void)
{
	char text[4096];

	for (int i = 0; i < NR_PROBES; i++)
		probe_stop(&probes[i]);
	output_of(text, sizeof(text), "bulkhead boolean virt_sandbox_use_fusefs=off");
}

int main(int argc, char **argv)
{
	reset_volume();
	probe_start(&probes[MAKER], CONFINED(POLICY "filetrans.cil", "maker_t", PAIR_A, PRIVATE));
	probe_start(&probes[OTHER], CONFINED(POLICY "filetrans.cil", "other_t", PAIR_A, PRIVATE));
	probe_start(&probes[LOOKER], CONFINED(POLICY "filetrans.cil", "looker_t", PAIR_A, PRIVATE));
	at_end(collect);
	return test_harness_run(argc, argv);
}
