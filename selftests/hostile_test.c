// SPDX-License-Identifier: GPL-2.0
/* What a container may try in order to be refused less: limits, names, aliases, floods. */
#include <fcntl.h>

#include "rows.h"

enum { FULL, BARE, HOST, NR_PROBES };

static struct probe probes[NR_PROBES];

FIXTURE(hostile){};

FIXTURE_SETUP(hostile)
{
	ASSERT_EQ(0, reset_volume());
	ASSERT_EQ(0, records_begin());
}

FIXTURE_TEARDOWN(hostile)
{
}

/* NAME/d/d/.../f with @levels directories below the volume's root. */
static int make_deep(const char *name, int levels, char *path, size_t size)
{
	size_t len = (size_t)snprintf(path, size, V);

	for (int i = 0; i < levels && len + 3 < size; i++) {
		len += (size_t)snprintf(path + len, size - len, "%s/", i ? "d" : name);
		if (mkdir(path, 0755) && errno != EEXIST)
			return -1;
	}
	snprintf(path + len, size - len, "f");
	return write_file(path, "deep");
}

/*
 * 128 levels are looked at, up to a directory that was looked into before; what is deeper is
 * nobody's, is refused and is counted.
 */
TEST_F(hostile, depth)
{
	long toodeep = counter("toodeep");
	char path[4096];

	ASSERT_EQ(0, make_deep("a", 100, path, sizeof(path)));
	EXPECT_EQ(0, probe_ask(&probes[FULL], "open %s rdonly", path));
	EXPECT_STREQ("", records_end());
	EXPECT_EQ(toodeep, counter("toodeep"));
	ASSERT_EQ(0, make_deep("b", 200, path, sizeof(path)));
	EXPECT_EQ(EACCES, probe_ask(&probes[FULL], "open %s rdonly", path));
	EXPECT_STREQ("full_t unlabeled_t file { read open } name=f", records_end());
	EXPECT_EQ(toodeep + 1, counter("toodeep"));
	/* Neither does a working directory make it less deep. */
	*strrchr(path, '/') = '\0';
	EXPECT_EQ(0, probe_ask(&probes[FULL], "chdir %s", path));
	EXPECT_EQ(EACCES, probe_ask(&probes[FULL], "open f rdonly"));
	EXPECT_EQ(EACCES, probe_ask(&probes[FULL], "open new wronly,creat"));
	EXPECT_STREQ("full_t unlabeled_t file { read open } name=f\n"
		     "full_t unlabeled_t dir { write add_name search } name=d",
		     records_end());
	EXPECT_EQ(toodeep + 3, counter("toodeep"));
	EXPECT_EQ(0, probe_ask(&probes[FULL], "chdir /"));
	EXPECT_EQ(0, probe_ask(&probes[HOST], "open %s/f rdonly", path));
	EXPECT_EQ(toodeep + 3, counter("toodeep"));
}

TEST_F(hostile, depth_limit)
{
	char path[4096];

	ASSERT_EQ(0, make_deep("a", 128, path, sizeof(path)));
	EXPECT_EQ(0, probe_ask(&probes[FULL], "open %s rdonly", path));
	EXPECT_STREQ("", records_end());
	ASSERT_EQ(0, make_deep("b", 129, path, sizeof(path)));
	EXPECT_EQ(EACCES, probe_ask(&probes[FULL], "open %s rdonly", path));
	EXPECT_STREQ("full_t unlabeled_t file { read open } name=f", records_end());
}

/* The longest name there is, and what it looks like in a record. */
TEST_F(hostile, long_name)
{
	char name[256], wanted[256];

	memset(name, 'n', 255);
	name[255] = '\0';
	EXPECT_EQ(0, probe_ask(&probes[FULL], "open " V "%s wronly,creat", name));
	EXPECT_STREQ("", records_end());
	EXPECT_EQ(EACCES, probe_ask(&probes[BARE], "open " V "%s rdonly", name));
	snprintf(wanted, sizeof(wanted),
		 "bare_t container_file_t:c1,c2 file { read open } name=%.63s", name);
	EXPECT_STREQ(wanted, records_end());
	EXPECT_EQ(ENAMETOOLONG, probe_ask(&probes[FULL], "open " V "%s0 wronly,creat", name));
	EXPECT_STREQ("", records_end());
}

/* A name that would make one record look like another. */
TEST_F(hostile, forged_name)
{
	static const char name[] = "x\"\ntype=AVC";

	ASSERT_EQ(0, write_file(V "x\"\ntype=AVC", "x"));
	/* The line of a command has no place for it: the probe finds it by link. */
	ASSERT_EQ(0, symlink(name, V "forged"));
	EXPECT_EQ(EACCES, probe_ask(&probes[BARE], "open " V "forged rdonly"));
	EXPECT_STREQ("bare_t container_file_t file { read open } name=78220A747970653D415643",
		     records_end());
}

/* Another name for a path is no other label. */
TEST_F(hostile, aliases)
{
	static const char *const paths[] = {
		"/etc/shadow",
		"/proc/self/root/etc/shadow",
		"/proc/thread-self/root/etc/shadow",
		"/proc/self/cwd/etc/shadow",
		VOLUME "/../../../../etc/shadow",
		V "alias",
		"/usr/../etc/shadow",
	};

	ASSERT_EQ(0, symlink("/etc/shadow", V "alias"));
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		EXPECT_EQ(EACCES, probe_ask(&probes[FULL], "open %s rdonly", paths[i]))
		{
			TH_LOG("%s", paths[i]);
		}
		EXPECT_STREQ("full_t shadow_t file { read open } name=shadow", records_end());
	}
	EXPECT_EQ(0, probe_ask(&probes[FULL], "open /proc/self/root" V "f rdonly"));
	EXPECT_STREQ("", records_end());
}

/* A hard link into the volume, made by the host, brings the file in: it is the volume's. */
TEST_F(hostile, link_made_by_host)
{
	ASSERT_EQ(0, link(OUTSIDE "/f", V "linked"));
	EXPECT_EQ(0, probe_ask(&probes[FULL], "open " V "linked rdonly"));
	EXPECT_STREQ("", records_end());
	EXPECT_EQ(EACCES, probe_ask(&probes[FULL], "open " OUTSIDE "/f rdonly"));
	EXPECT_STREQ("full_t tmp_t file { read open } name=f", records_end());
}

/* More denials than the ring holds: each is refused, what is lost is counted. */
TEST_F_TIMEOUT(hostile, flood, 240)
{
	long lost = counter("lost"), denied = counter("denied");

	EXPECT_EQ(EACCES, probe_ask(&probes[BARE], "repeat 8000 open /etc/shadow rdonly"));
	EXPECT_EQ(denied + 8000, counter("denied"));
	EXPECT_LT(lost, counter("lost"));
	ASSERT_EQ(0, records_begin());
	/* And then records come again. */
	EXPECT_EQ(EACCES, probe_ask(&probes[BARE], "open /etc/shadow rdonly"));
	EXPECT_STREQ("bare_t shadow_t file { read open } name=shadow", records_end());
}

/* Many tasks, each labelled. */
TEST_F_TIMEOUT(hostile, many_tasks, 240)
{
	EXPECT_EQ(EACCES, probe_ask(&probes[BARE], "repeat 200 fork open /etc/shadow rdonly"));
	EXPECT_EQ(0, probe_ask(&probes[FULL], "repeat 200 fork open " V "f rdonly"));
	EXPECT_EQ(EACCES, probe_ask(&probes[BARE], "repeat 100 thread open /etc/shadow rdonly"));
}

/* Files come and go: a new inode at the place of an old one has no label of the old. */
TEST_F(hostile, inodes_are_reused)
{
	for (int i = 0; i < 20; i++) {
		ASSERT_EQ(0, probe_ask(&probes[FULL], "open " V "new wronly,creat"));
		ASSERT_EQ(0, unlink(V "new"));
		ASSERT_EQ(0, write_file(V "new", "host's"));
		EXPECT_EQ(EACCES, probe_ask(&probes[BARE], "open " V "new rdonly"));
		EXPECT_STREQ("bare_t container_file_t file { read open } name=new", records_end());
		ASSERT_EQ(0, unlink(V "new"));
	}
}

int main(int argc, char **argv)
{
	reset_volume();
	probe_start(&probes[FULL], CONFINED(POLICY "base.cil", "full_t", PAIR_A));
	probe_start(&probes[BARE], CONFINED(POLICY "base.cil", "bare_t", PAIR_A));
	probe_start(&probes[HOST], UNCONFINED);
	return test_harness_run(argc, argv);
}
