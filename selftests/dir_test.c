// SPDX-License-Identifier: GPL-2.0
/* bpf/dir.bpf.c: entries of directories that are made, linked, removed and renamed. */
#include "rows.h"

enum { BARE, DIRS, RENAME, FULL, NR_PROBES };

static struct probe probes[NR_PROBES];

#define ADD "bare_t container_file_t dir { write add_name search } name="
#define REMOVE "bare_t container_file_t dir { write remove_name search } name="

ROWS(dir, probes)

/* The directory is asked first. */
ROW(dir, create, "open " V "new wronly,creat", BARE, EACCES, ADD "volume", FULL)
ROW(dir, mkdir, "mkdir " V "new", BARE, EACCES, ADD "volume", FULL)
ROW(dir, mknod, "mknod " V "new fifo", BARE, EACCES, ADD "volume", FULL)
ROW(dir, symlink, "symlink f " V "new", BARE, EACCES, ADD "volume", FULL)
ROW(dir, link, "link " V "f " V "new", BARE, EACCES, ADD "volume", FULL)
ROW(dir, link_elsewhere, "link " V "f " V "d/new", BARE, EACCES, ADD "d", FULL)
ROW(dir, unlink, "unlink " V "f", BARE, EACCES, REMOVE "volume", FULL)
ROW(dir, unlink_link, "unlink " V "link", BARE, EACCES, REMOVE "volume", FULL)
ROW(dir, rmdir, "rmdir " V "d/e", BARE, EACCES, REMOVE "d", FULL)
ROW(dir, rename, "rename " V "f " V "new", BARE, EACCES, REMOVE "volume", FULL)
ROW(dir, unix_bind, "unixbind stream " V "new", BARE, EACCES, ADD "volume", FULL)
ROW(dir, tmpfile, "open " VOLUME " rdwr,tmpfile", BARE, EACCES, ADD "volume", FULL)

/* Then the object. */
ROW(dir, create_file, "open " V "new wronly,creat", DIRS, EACCES,
    "dirs_t container_file_t:c1,c2 file { create } name=new", FULL)
ROW(dir, create_dir, "mkdir " V "new", DIRS, EACCES,
    "dirs_t container_file_t:c1,c2 dir { create } name=new", FULL)
ROW(dir, create_by_mknod, "mknod " V "new reg", DIRS, EACCES,
    "dirs_t container_file_t:c1,c2 file { create } name=new", FULL)
ROW(dir, create_fifo, "mknod " V "new fifo", DIRS, EACCES,
    "dirs_t container_file_t:c1,c2 fifo_file { create } name=new", FULL)
ROW(dir, create_socket, "mknod " V "new sock", DIRS, EACCES,
    "dirs_t container_file_t:c1,c2 sock_file { create } name=new", FULL)
ROW(dir, create_bound_socket, "unixbind dgram " V "new", DIRS, EACCES,
    "dirs_t container_file_t:c1,c2 sock_file { create } name=new", FULL)
ROW(dir, create_device, "mknod " V "new chr 1 3", DIRS, EACCES,
    "dirs_t container_file_t:c1,c2 chr_file { create } name=new", FULL)
ROW(dir, create_link, "symlink f " V "new", DIRS, EACCES,
    "dirs_t container_file_t:c1,c2 lnk_file { create } name=new", FULL)
ROW(dir, link_file, "link " V "f " V "new", DIRS, EACCES,
    "dirs_t container_file_t file { link } name=f", FULL)
ROW(dir, unlink_file, "unlink " V "f", DIRS, EACCES,
    "dirs_t container_file_t file { unlink } name=f", FULL)
ROW(dir, unlink_fifo, "unlink " V "fifo", DIRS, EACCES,
    "dirs_t container_file_t fifo_file { unlink } name=fifo", FULL)
ROW(dir, rmdir_dir, "rmdir " V "d2", DIRS, EACCES, "dirs_t container_file_t dir { rmdir } name=d2",
    FULL)
ROW(dir, rename_file, "rename " V "f " V "new", DIRS, EACCES,
    "dirs_t container_file_t file { rename } name=f", FULL)
ROW(dir, rename_dir, "rename " V "d " V "new", DIRS, EACCES,
    "dirs_t container_file_t dir { rename } name=d", FULL)
ROW(dir, reparent, "rename " V "d/e " V "new", RENAME, EACCES,
    "rename_t container_file_t dir { reparent } name=e", FULL)
ROW(dir, overwrite, "rename " V "f " V "g", RENAME, EACCES,
    "rename_t container_file_t file { unlink } name=g", FULL)
ROW(dir, overwrite_dir, "rename " V "d2 " V "d/e", RENAME, EACCES,
    "rename_t container_file_t dir { reparent } name=d2", FULL)
ROW(dir, overwrite_dir_here, "rename " V "d " V "d2", RENAME, EACCES,
    "rename_t container_file_t dir { rmdir } name=d2", FULL)
ROW(dir, exchange, "exchange " V "f " V "g", RENAME, EACCES,
    "rename_t container_file_t file { unlink } name=f", FULL)
ROW(dir, tmpfile_file, "open " VOLUME " rdwr,tmpfile", DIRS, EACCES,
    "dirs_t container_file_t:c1,c2 file { create } name=#", FULL)

FIXTURE(own){};

FIXTURE_SETUP(own)
{
	ASSERT_EQ(0, reset_volume());
	ASSERT_EQ(0, records_begin());
}

FIXTURE_TEARDOWN(own)
{
}

/* The bound: no domain makes a block device, whatever its capabilities. */
TEST_F(own, block_device)
{
	EXPECT_EQ(EACCES, probe_ask(&probes[FULL], "mknod " V "new blk 254 0"));
	EXPECT_STREQ("full_t container_file_t:c1,c2 blk_file { create } name=new", records_end());
	EXPECT_EQ(ENOENT, probe_ask(&probes[FULL], "open " V "new rdonly"));
}

/* A rename that stays allowed in the directory where it is. */
TEST_F(own, rename_without_unlink)
{
	EXPECT_EQ(0, probe_ask(&probes[RENAME], "rename " V "f " V "new"));
	EXPECT_STREQ("", records_end());
}

/* Nothing that was refused was done. */
TEST_F(own, refused_is_not_done)
{
	EXPECT_EQ(EACCES, probe_ask(&probes[DIRS], "unlink " V "f"));
	EXPECT_EQ(EACCES, probe_ask(&probes[DIRS], "mkdir " V "new"));
	EXPECT_EQ(EACCES, probe_ask(&probes[DIRS], "rename " V "g " V "h"));
	EXPECT_EQ(0, access(V "f", F_OK));
	EXPECT_EQ(0, access(V "g", F_OK));
	EXPECT_EQ(-1, access(V "new", F_OK));
	EXPECT_EQ(-1, access(V "h", F_OK));
}

/* Outside of its volumes a container changes nothing. */
TEST_F(own, outside)
{
	EXPECT_EQ(EACCES, probe_ask(&probes[FULL], "mkdir " OUTSIDE "/new"));
	EXPECT_STREQ("full_t tmp_t dir { write add_name search } name=outside", records_end());
	EXPECT_EQ(EACCES, probe_ask(&probes[FULL], "unlink " OUTSIDE "/f"));
	EXPECT_STREQ("full_t tmp_t dir { write remove_name search } name=outside", records_end());
	EXPECT_EQ(EXDEV, probe_ask(&probes[FULL], "rename " V "f " OUTSIDE "/g"));
	EXPECT_STREQ("", records_end());
}

int main(int argc, char **argv)
{
	static const char *const types[NR_PROBES] = {
		[BARE] = "bare_t",
		[DIRS] = "dirs_t",
		[RENAME] = "rename_t",
		[FULL] = "full_t",
	};

	reset_volume();
	for (int i = 0; i < NR_PROBES; i++)
		probe_start(&probes[i], CONFINED(POLICY "dir.cil", types[i], PAIR_A));
	return test_harness_run(argc, argv);
}
