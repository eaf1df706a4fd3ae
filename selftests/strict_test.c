// SPDX-License-Identifier: GPL-2.0
/* bpf/strict.bpf.c: directories on the way, questions, and descriptors that are open already. */
#include <stdlib.h>
#include <sys/mount.h>
#include <unistd.h>

#include "rows.h"

enum { BARE, SEARCH, FULL, PLAIN, OTHER, HOST, NR_PROBES };

static struct probe probes[NR_PROBES];

ROWS(strict, probes)

/* Directories on the way: of the container, of another, of the host. */
ROW(strict, search, "access " V "f f", BARE, EACCES,
    "bare_t container_file_t dir { search } name=volume", SEARCH)
ROW(strict, search_deep, "access " V "d/e f", BARE, EACCES,
    "bare_t container_file_t dir { search } name=volume", SEARCH)
ROW(strict, search_open, "open " V "f rdonly", BARE, EACCES,
    "bare_t container_file_t dir { search } name=volume", FULL)
ROW(strict, search_link, "access " V "link f", BARE, EACCES,
    "bare_t container_file_t dir { search } name=volume", SEARCH)
ROW(strict, search_apart, "access " PRIVATE "/f f", PLAIN, EACCES,
    "container_t container_file_t:c3,c4 dir { search } name=private", OTHER)
ROW(strict, search_home, "access /root/x f", PLAIN, EACCES,
    "container_t admin_home_t dir { search } name=root", HOST, ENOENT)
ROW(strict, search_process, "access /proc/1/status f", PLAIN, EACCES,
    "container_t unconfined_t dir { search } name=1", HOST)

/* Questions. */
ROW(strict, ask_read, "access " V "f r", SEARCH, EACCES,
    "search_t container_file_t file { read } name=f", FULL)
ROW(strict, ask_write, "access " V "f w", SEARCH, EACCES,
    "search_t container_file_t file { write } name=f", FULL)
ROW(strict, ask_execute, "access " V "prog x", SEARCH, EACCES,
    "search_t container_file_t file { execute } name=prog", FULL)
ROW(strict, ask_dir, "access " V "d r", SEARCH, EACCES,
    "search_t container_file_t dir { read } name=d", FULL)
ROW(strict, ask_dir_write, "access " V "d w", SEARCH, EACCES,
    "search_t container_file_t dir { write } name=d", FULL)
ROW(strict, ask_link, "access " V "link r", SEARCH, EACCES,
    "search_t container_file_t file { read } name=f", FULL)
ROW(strict, ask_shadow, "access /etc/shadow r", PLAIN, EACCES,
    "container_t shadow_t file { read } name=shadow", HOST)
ROW(strict, ask_kcore, "access /proc/kcore r", PLAIN, EACCES,
    "container_t proc_kcore_t file { read } name=kcore", HOST)
ROW(strict, chdir, "chdir /root", PLAIN, EACCES,
    "container_t admin_home_t dir { search } name=root", HOST)
ROW(strict, chdir_apart, "chdir " PRIVATE, PLAIN, EACCES,
    "container_t container_file_t:c3,c4 dir { search } name=private", OTHER)
ROW(strict, chroot, "fork chroot /root", PLAIN, EACCES,
    "container_t admin_home_t dir { search } name=root", HOST)

/* Descriptors that were open when the container began. */
ROW(strict, read_inherited, "readfd 9", SEARCH, EACCES,
    "search_t container_file_t file { read } name=inherited", FULL)
ROW(strict, write_inherited, "writefd 9 x", SEARCH, EACCES,
    "search_t container_file_t file { write } name=inherited", FULL)

FIXTURE(asked){};

FIXTURE_SETUP(asked)
{
	ASSERT_EQ(0, reset_volume());
	ASSERT_EQ(0, records_begin());
}

FIXTURE_TEARDOWN(asked)
{
	probe_ask(&probes[PLAIN], "chdir /");
}

/* What every container does all day; and all of it without a record. */
TEST_F(asked, ordinary)
{
	static const char *const commands[] = {
		"access / x",
		"access /etc/passwd r",
		"access /dev/null w",
		"access /proc/self/status r",
		"access /proc/sys/vm r",
		"access /sys r",
		"access " V "d/e w",
		"access " V "prog x",
		"chdir " V "d/e",
		"access . x",
		"access .. w",
		"access ../.. w",
		"access ../../f r",
		"chdir ../..",
		"chdir ..",
		"exec " V "prog exec0",
		"truncate " V "f 1",
		"touch " V "f now",
		"pipe",
		"access /dev/stdin r",
		"open " V "new wronly,creat",
		"unlink " V "new",
		"open /proc/self/fd/0 rdonly",
	};

	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		EXPECT_EQ(0, probe_ask(&probes[PLAIN], "%s", commands[i]))
		{
			TH_LOG("%s", commands[i]);
		}
	}
	EXPECT_EQ(0, probe_ask(&probes[PLAIN], "access " V "f f"));
	EXPECT_STREQ("", records_end());
}

/* A directory that was opened is known by its descriptor, also after a directory was renamed. */
TEST_F(asked, by_descriptor)
{
	long fd;

	EXPECT_EQ(0, probe_ask(&probes[PLAIN], "hold " V "d rdonly,directory"));
	fd = probe_value();
	EXPECT_EQ(0, probe_ask(&probes[PLAIN], "access /etc/passwd r"));
	EXPECT_EQ(0, probe_ask(&probes[PLAIN], "fchdir %ld", fd));
	EXPECT_EQ(0, rename(V "d2", V "d3"));
	EXPECT_EQ(0, probe_ask(&probes[PLAIN], "access /etc/passwd r"));
	EXPECT_EQ(0, probe_ask(&probes[PLAIN], "fchdir %ld", fd));
	EXPECT_EQ(0, probe_ask(&probes[PLAIN], "access e x"));
	EXPECT_STREQ("", records_end());
}

/* One of O_PATH about which nobody said anything is nobody's, and counted. */
TEST_F(asked, without_a_name)
{
	long before, fd;

	EXPECT_EQ(0, mkdir(V "d/e/far", 0755));
	EXPECT_EQ(0, probe_ask(&probes[PLAIN], "hold " V "d/e/far path"));
	fd = probe_value();
	EXPECT_EQ(0, probe_ask(&probes[PLAIN], "access /etc/passwd r"));
	EXPECT_STREQ("", records_end());
	before = counter("nameless");
	EXPECT_EQ(EACCES, probe_ask(&probes[PLAIN], "fchdir %ld", fd));
	EXPECT_STREQ("container_t unlabeled_t dir { search } name=far", records_end());
	EXPECT_EQ(before + 1, counter("nameless"));
	EXPECT_EQ(0, probe_ask(&probes[PLAIN], "access " V "d/e/far x"));
	EXPECT_EQ(0, probe_ask(&probes[PLAIN], "fchdir %ld", fd));
	EXPECT_STREQ("", records_end());
}

/* Writing to the name of a socket. */
TEST_F(asked, unix_socket)
{
	struct probe listener;

	probe_start(&listener, CONFINED(POLICY "strict.cil", "full_t", PAIR_A));
	EXPECT_EQ(0, probe_ask(&listener, "unixbind stream " V "sock"));
	EXPECT_EQ(0, chmod(V "sock", 0777));
	EXPECT_EQ(EACCES, probe_ask(&probes[SEARCH], "unixconnect stream " V "sock"));
	EXPECT_STREQ("search_t container_file_t:c1,c2 sock_file { write } name=sock",
		     records_end());
	EXPECT_EQ(0, probe_ask(&probes[FULL], "unixconnect stream " V "sock"));
	EXPECT_STREQ("", records_end());
	EXPECT_EQ(0, probe_stop(&listener));
}

/* A descriptor that was opened is asked for again after the policy has changed. */
TEST_F(asked, after_a_change)
{
	long fd;

	EXPECT_EQ(0, system("bulkhead boolean container_use_devices=on"));
	EXPECT_EQ(0, probe_ask(&probes[PLAIN], "hold /dev/tty1 wronly"));
	fd = probe_value();
	EXPECT_EQ(0, probe_ask(&probes[PLAIN], "writefd %ld x", fd));
	EXPECT_STREQ("", records_end());
	EXPECT_EQ(0, system("bulkhead boolean container_use_devices=off"));
	EXPECT_EQ(EACCES, probe_ask(&probes[PLAIN], "writefd %ld x", fd));
	EXPECT_STREQ("container_t device_t chr_file { write } name=tty1", records_end());
	EXPECT_EQ(0, system("bulkhead boolean container_use_devices=on"));
	EXPECT_EQ(0, probe_ask(&probes[PLAIN], "writefd %ld x", fd));
	EXPECT_STREQ("", records_end());
	EXPECT_EQ(0, system("bulkhead boolean container_use_devices=off"));
}

/* A file of /proc has its process' label, which changes: what was allowed is asked again. */
TEST_F(asked, after_a_transition)
{
	struct probe target;
	char status[32];
	long fd;

	probe_start(&target, CONFINED(POLICY "strict.cil", "before_t", PAIR_A));
	EXPECT_EQ(0, probe_ask(&probes[FULL], "hold /proc/%d/status rdonly", target.pid));
	fd = probe_value();
	EXPECT_EQ(0, probe_ask(&probes[FULL], "readfd %ld", fd));
	EXPECT_EQ(0, probe_ask(&target, "become " V "prog"));
	snprintf(status, sizeof(status), "/proc/%d/status", target.pid);
	EXPECT_EQ(0, access(status, F_OK)); /* the kernel labels it anew */
	EXPECT_STREQ("", records_end());
	EXPECT_EQ(EACCES, probe_ask(&probes[FULL], "readfd %ld", fd));
	EXPECT_STREQ("full_t after_t:c1,c2 file { read } name=status", records_end());
	EXPECT_EQ(0, probe_stop(&target));
}

/* A program of a container can be dumped if it can be read. Source: would_dump(). */
TEST_F(asked, dumpable)
{
	EXPECT_EQ(0, write_file(V "dump", "#!" PROBE " dumpable\n"));
	EXPECT_EQ(0, chmod(V "dump", 0755));
	EXPECT_EQ(0, probe_ask(&probes[FULL], "dumpable"));
	EXPECT_EQ(0, probe_ask(&probes[FULL], "exec " V "prog dumpable"));
	EXPECT_EQ(0, probe_ask(&probes[FULL], "exec " V "dump"));
	EXPECT_STREQ("", records_end());
}

static void reload(const char *strict)
{
	char command[128];

	snprintf(
		command, sizeof(command),
		"bulkhead unload && bulkhead load --strict %s && bulkhead status | grep -q '^strict: %s$'",
		strict, strict);
	if (!system(command))
		return;
	printf("Bail out! strict %s\n", strict);
	_exit(1);
}

static void restore(void)
{
	for (int i = 0; i < NR_PROBES; i++)
		probe_stop(&probes[i]);
	reload("off");
}

int main(int argc, char **argv)
{
	reload("on");
	at_end(restore);
	reset_volume();
	probe_start(&probes[BARE], CONFINED(POLICY "strict.cil", "bare_t", PAIR_A));
	probe_start(&probes[SEARCH], CONFINED(POLICY "strict.cil", "search_t", PAIR_A));
	probe_start(&probes[FULL], CONFINED(POLICY "strict.cil", "full_t", PAIR_A));
	probe_start(&probes[PLAIN], CONFINED(NULL, NULL, PAIR_A));
	probe_start(&probes[OTHER], CONFINED(NULL, NULL, PAIR_B, PRIVATE));
	probe_start(&probes[HOST], UNCONFINED);
	return test_harness_run(argc, argv);
}
