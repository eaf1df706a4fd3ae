// SPDX-License-Identifier: GPL-2.0
/* The volumes' content. */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <linux/fs.h>

#include "lib.h"

#define COPY SCRATCH "/probe" /* a file of the same file system, to be linked */
#define OPEN_DIRECTORIES 32

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *where)
{
	(void)st;
	(void)kind;
	/* The root of a volume carries its mark, and a probe has a file open. */
	if (!where->level || !strcmp(path, VOLUME "/inherited"))
		return 0;
	return remove(path);
}

static int copy_probe(const char *to)
{
	char buffer[65536];
	int in = open(PROBE, O_RDONLY | O_CLOEXEC);
	int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);
	ssize_t got = -1;

	while (in >= 0 && out >= 0 && (got = read(in, buffer, sizeof(buffer))) > 0)
		if (write(out, buffer, (size_t)got) != got)
			break;
	close(in);
	close(out);
	return got ? -1 : 0;
}

/* What a test made append-only could not be removed. */
static void clear_flags(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), flags = 0;

	if (fd < 0)
		return;
	if (!ioctl(fd, FS_IOC_GETFLAGS, &flags)) {
		flags &= ~(FS_APPEND_FL | FS_IMMUTABLE_FL);
		ioctl(fd, FS_IOC_SETFLAGS, &flags);
	}
	close(fd);
}

static int empty(const char *path)
{
	mkdir(path, 0755);
	return nftw(path, remove_one, OPEN_DIRECTORIES, FTW_DEPTH | FTW_PHYS);
}

int reset_volume(void)
{
	mkdir(SCRATCH, 0755);
	umask(022);
	clear_flags(VOLUME "/f");
	if (empty(VOLUME) || empty(PRIVATE) || empty(OUTSIDE))
		return -1;
	if (write_file(VOLUME "/f", "f\n") || write_file(VOLUME "/g", "g\n") ||
	    write_file(VOLUME "/other", "other\n") || write_file(VOLUME "/locked", "locked\n") ||
	    write_file(VOLUME "/script", "#!" PROBE " open /etc/shadow rdonly\n") ||
	    write_file(VOLUME "/script0", "#!" PROBE " exec0\n") ||
	    write_file(PRIVATE "/f", "f\n") || write_file(OUTSIDE "/f", "f\n"))
		return -1;
	if (chown(VOLUME "/other", 1, 1) || chown(VOLUME "/locked", 1, 1) ||
	    chmod(VOLUME "/locked", 0) || chmod(VOLUME "/script", 0755) ||
	    chmod(VOLUME "/script0", 0755))
		return -1;
	if (mkdir(VOLUME "/d", 0755) || mkdir(VOLUME "/d/e", 0755) || mkdir(VOLUME "/d2", 0755) ||
	    mkfifo(VOLUME "/fifo", 0644) || symlink("f", VOLUME "/link"))
		return -1;
	if (access(COPY, F_OK) && copy_probe(COPY))
		return -1;
	return link(COPY, VOLUME "/prog") || link(COPY, OUTSIDE "/prog") ? -1 : 0;
}
