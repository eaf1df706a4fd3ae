// SPDX-License-Identifier: GPL-2.0
/* Operations on files. */
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bench.h"

#define TMPFS_FILE BENCH_TMPFS "/f"
#define OVERLAY_FILE BENCH_OVERLAY_DIR "/f"

static int file;
static volatile char *neighbour;

/* Files that nobody has opened yet: each is opened once, so they are used up. */
static struct {
	char path[BENCH_TOUCHED][128];
	unsigned int next;
} touched[3];

/* At depth N below the root of the mount: N - 1 directories "d", then the file. */
static void name_touched(size_t set, unsigned int depth)
{
	char dir[96] = BENCH_TMPFS;

	for (unsigned int i = 1; i < depth; i++)
		strcat(dir, "/d");
	for (unsigned int i = 0; i < BENCH_TOUCHED; i++)
		snprintf(touched[set].path[i], sizeof(touched[set].path[i]), "%s/t%04u", dir, i);
}

void bench_file_prepare(void)
{
	file = (int)must(open(TMPFS_FILE, O_RDWR | O_CLOEXEC), TMPFS_FILE);
	/* A neighbour that stays: without it each mapping makes page tables of its own. */
	neighbour = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, file, 0);
	must(neighbour == MAP_FAILED ? -1 : *neighbour, "mmap");
	name_touched(0, 1);
	name_touched(1, 8);
	name_touched(2, 32);
}

static void stat_path(const char *path, unsigned int nr)
{
	struct stat st;

	while (nr--)
		must(stat(path, &st), "stat");
}

static void open_path(const char *path)
{
	close((int)must(open(path, O_RDONLY | O_CLOEXEC), path));
}

void op_stat_tmpfs(unsigned int nr)
{
	stat_path(TMPFS_FILE, nr);
}

void op_stat_ov4(unsigned int nr)
{
	stat_path(OVERLAY_FILE, nr);
}

void op_openclose_tmpfs(unsigned int nr)
{
	while (nr--)
		open_path(TMPFS_FILE);
}

void op_openclose_ov4(unsigned int nr)
{
	while (nr--)
		open_path(OVERLAY_FILE);
}

void op_read1(unsigned int nr)
{
	char byte;

	while (nr--)
		must(pread(file, &byte, 1, 0), "pread");
}

void op_write1(unsigned int nr)
{
	while (nr--)
		must(pwrite(file, "x", 1, 0), "pwrite");
}

void op_mmap_munmap(unsigned int nr)
{
	while (nr--) {
		volatile char *page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, file, 0);

		must(page == MAP_FAILED ? -1 : 0, "mmap");
		(void)*page;
		munmap((void *)page, 4096);
	}
}

void op_mkdir_rmdir(unsigned int nr)
{
	while (nr--) {
		must(mkdir(BENCH_TMPFS "/new", 0700), "mkdir");
		must(rmdir(BENCH_TMPFS "/new"), "rmdir");
	}
}

static void create_unlink(const char *path, unsigned int nr)
{
	while (nr--) {
		close((int)must(open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600), path));
		must(unlink(path), "unlink");
	}
}

void op_creat_unlink(unsigned int nr)
{
	create_unlink(BENCH_TMPFS "/new", nr);
}

void op_creat_unlink_ov4(unsigned int nr)
{
	create_unlink(BENCH_OVERLAY_DIR "/new", nr);
}

/* There and back: an even number leaves the file where it was. */
void op_rename(unsigned int nr)
{
	static const char *const names[] = { BENCH_TMPFS "/r0", BENCH_TMPFS "/r1" };

	while (nr--)
		must(rename(names[nr & 1 ? 0 : 1], names[nr & 1 ? 1 : 0]), "rename");
}

void op_chmod(unsigned int nr)
{
	while (nr--)
		must(chmod(TMPFS_FILE, nr & 1 ? 0600 : 0640), "chmod");
}

static void open_first(size_t set, unsigned int nr)
{
	while (nr--) {
		must(touched[set].next < BENCH_TOUCHED ? 0 : -1, "no file left that is new");
		open_path(touched[set].path[touched[set].next++]);
	}
}

void op_open_first_1(unsigned int nr)
{
	open_first(0, nr);
}

void op_open_first_8(unsigned int nr)
{
	open_first(1, nr);
}

void op_open_first_32(unsigned int nr)
{
	open_first(2, nr);
}
