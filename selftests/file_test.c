// SPDX-License-Identifier: GPL-2.0
/* bpf/file.bpf.c: files that are opened, changed in their attributes, and mapped. */
#include "rows.h"

enum { BARE, OPEN, READMAP, MAP, EXEC, FULL, NR_PROBES };

static struct probe probes[NR_PROBES];

ROWS(file, probes)

ROW(file, read, "open " V "f rdonly", BARE, EACCES,
    "bare_t container_file_t file { read open } name=f", FULL)
ROW(file, write, "open " V "f wronly", BARE, EACCES,
    "bare_t container_file_t file { write open } name=f", FULL)
ROW(file, read_write, "open " V "f rdwr", BARE, EACCES,
    "bare_t container_file_t file { read write open } name=f", FULL)
ROW(file, append, "open " V "f wronly,append", BARE, EACCES,
    "bare_t container_file_t file { append open } name=f", FULL)
ROW(file, read_append, "open " V "f rdwr,append", BARE, EACCES,
    "bare_t container_file_t file { read append open } name=f", FULL)
ROW(file, append_not_write, "open " V "f wronly,append", READMAP, EACCES,
    "readmap_t container_file_t file { append open } name=f", FULL)
ROW(file, mode3, "open " V "f mode3", BARE, EACCES,
    "bare_t container_file_t file { ioctl open } name=f", FULL)
ROW(file, open_without_open, "open " V "f rdonly", READMAP, EACCES,
    "readmap_t container_file_t file { open } name=f", FULL)
ROW(file, truncates, "open " V "f wronly,trunc", BARE, EACCES,
    "bare_t container_file_t file { write open } name=f", FULL)
ROW(file, through_link, "open " V "link rdonly", BARE, EACCES,
    "bare_t container_file_t file { read open } name=f", FULL)
ROW(file, directory, "open " V "d rdonly,directory", BARE, EACCES,
    "bare_t container_file_t dir { read open } name=d", FULL)
ROW(file, fifo, "open " V "fifo rdwr", BARE, EACCES,
    "bare_t container_file_t fifo_file { read write open } name=fifo", FULL)
ROW(file, reopen_path, "reopen " V "f", BARE, EACCES,
    "bare_t container_file_t file { read open } name=f", FULL)
ROW(file, in_child, "fork open " V "f rdonly", BARE, EACCES,
    "bare_t container_file_t file { read open } name=f", FULL)
ROW(file, in_thread, "thread open " V "f rdonly", BARE, EACCES,
    "bare_t container_file_t file { read open } name=f", FULL)

ROW(file, chmod, "chmod " V "f 600", OPEN, EACCES,
    "open_t container_file_t file { setattr } name=f", FULL)
ROW(file, chown, "chown " V "f 0 0", OPEN, EACCES,
    "open_t container_file_t file { setattr } name=f", FULL)
ROW(file, set_times, "touch " V "f set", OPEN, EACCES,
    "open_t container_file_t file { setattr } name=f", FULL)
ROW(file, touch, "touch " V "f now", READMAP, EACCES,
    "readmap_t container_file_t file { write } name=f", FULL)
ROW(file, truncate, "truncate " V "f 0", READMAP, EACCES,
    "readmap_t container_file_t file { write } name=f", FULL)
ROW(file, chmod_dir, "chmod " V "d 700", OPEN, EACCES,
    "open_t container_file_t dir { setattr } name=d", FULL)

ROW(file, setxattr, "setxattr " V "f user.x", OPEN, EACCES,
    "open_t container_file_t file { setattr } name=f", FULL)
ROW(file, removexattr, "removexattr " V "f user.x", OPEN, EACCES,
    "open_t container_file_t file { setattr } name=f", FULL, ENODATA)
ROW(file, set_acl, "setacl " V "f", OPEN, EACCES, "open_t container_file_t file { setattr } name=f",
    FULL)
ROW(file, remove_acl, "removexattr " V "f system.posix_acl_access", OPEN, EACCES,
    "open_t container_file_t file { setattr } name=f", FULL)

ROW(file, map, "mmap " V "f r private", OPEN, EACCES, "open_t container_file_t file { map } name=f",
    FULL)
ROW(file, map_exec, "mmap " V "f rx private", MAP, EACCES,
    "map_t container_file_t file { execute } name=f", FULL)
ROW(file, map_exec_both, "mmap " V "f rx shared", OPEN, EACCES,
    "open_t container_file_t file { map execute } name=f", FULL)
ROW(file, map_shared_write, "mmapfd 9 rw shared", READMAP, EACCES,
    "readmap_t container_file_t file { write } name=inherited", FULL)
ROW(file, mprotect_exec, "mprotect " V "f", MAP, EACCES,
    "map_t container_file_t file { execute } name=f", FULL)
ROW(file, execmod, "execmod " V "f", EXEC, EACCES,
    "exec_t container_file_t file { execmod } name=f", FULL)
ROW(file, execmem, "execmem", BARE, EACCES, "bare_t self process { execmem }", FULL)
ROW(file, map_anonymous_exec, "mmapfd -1 rwx private", BARE, EACCES,
    "bare_t self process { execmem }", FULL)
ROW(file, map_private_write_exec, "mmapfd 9 rwx private", EXEC, EACCES,
    "exec_t self process { execmem }", FULL)
ROW(file, execheap, "fork execheap", BARE, EACCES, "bare_t self process { execheap }", FULL)
ROW(file, execstack, "fork execstack", BARE, EACCES, "bare_t self process { execstack }", FULL)

FIXTURE(own){};

FIXTURE_SETUP(own)
{
	ASSERT_EQ(0, reset_volume());
	ASSERT_EQ(0, records_begin());
}

FIXTURE_TEARDOWN(own)
{
}

/* A private mapping is the process' own: to write to it asks for no write. */
TEST_F(own, private_write_needs_no_write)
{
	EXPECT_EQ(0, probe_ask(&probes[READMAP], "mmapfd 9 rw private"));
	EXPECT_EQ(0, probe_ask(&probes[READMAP], "mmapfd 9 r shared"));
	EXPECT_STREQ("", records_end());
}

/* O_PATH opens nothing. */
TEST_F(own, path_descriptor)
{
	EXPECT_EQ(0, probe_ask(&probes[BARE], "open " V "f path"));
	EXPECT_STREQ("", records_end());
}

/* A write clears set-id bits, which is no setattr of the writer's. */
TEST_F(own, write_clears_setuid)
{
	ASSERT_EQ(0, chmod(V "f", 04755));
	EXPECT_EQ(0, probe_ask(&probes[OPEN], "put " V "f x"));
	/* Keeping them would need the capability. */
	EXPECT_STREQ("open_t self capability { fsetid } capability=4", records_end());
}

/* A file that is not of a volume is nobody's. */
TEST_F(own, outside)
{
	EXPECT_EQ(EACCES, probe_ask(&probes[FULL], "open " OUTSIDE "/f rdonly"));
	EXPECT_STREQ("full_t tmp_t file { read open } name=f", records_end());
	EXPECT_EQ(EACCES, probe_ask(&probes[FULL], "open /etc/shadow rdonly"));
	EXPECT_STREQ("full_t shadow_t file { read open } name=shadow", records_end());
}

/* What nothing grants over /usr: it is for reading and running. */
TEST_F(own, usr)
{
	EXPECT_EQ(0, probe_ask(&probes[BARE], "open " PROBE " rdonly"));
	EXPECT_STREQ("", records_end());
	EXPECT_EQ(EACCES, probe_ask(&probes[FULL], "open " POLICY "base.cil wronly,append"));
	EXPECT_STREQ("full_t usr_t file { append } name=base.cil", records_end());
}

int main(int argc, char **argv)
{
	static const char *const types[NR_PROBES] = {
		[BARE] = "bare_t", [OPEN] = "open_t", [READMAP] = "readmap_t",
		[MAP] = "map_t",   [EXEC] = "exec_t", [FULL] = "full_t",
	};

	reset_volume();
	for (int i = 0; i < NR_PROBES; i++)
		probe_start(&probes[i], CONFINED(POLICY "file.cil", types[i], PAIR_A));
	return test_harness_run(argc, argv);
}
