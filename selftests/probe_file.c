// SPDX-License-Identifier: GPL-2.0
/* The probe's commands on files. */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "probe.h"

#define NR_FILE_SETATTR 469 /* arch/x86/entry/syscalls/syscall_64.tbl */

int probe_flags(const char *text)
{
	static const struct {
		const char *name;
		int flag;
	} names[] = {
		{ "rdonly", O_RDONLY },	  { "wronly", O_WRONLY },	{ "rdwr", O_RDWR },
		{ "mode3", 3 },		  { "append", O_APPEND },	{ "trunc", O_TRUNC },
		{ "creat", O_CREAT },	  { "excl", O_EXCL },		{ "path", O_PATH },
		{ "tmpfile", O_TMPFILE }, { "directory", O_DIRECTORY }, { "nofollow", O_NOFOLLOW },
	};
	char copy[128], *rest = copy, *word;
	int flags = O_CLOEXEC | O_NONBLOCK;

	strncpy(copy, text, sizeof(copy) - 1);
	copy[sizeof(copy) - 1] = '\0';
	while ((word = strsep(&rest, ",")))
		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
			if (!strcmp(names[i].name, word))
				flags |= names[i].flag;
	return flags;
}

/* open PATH FLAGS */
static struct probe_result run_open(char **word)
{
	return probe_closed(open(word[0], probe_flags(word[1]), 0644));
}

/* hold PATH FLAGS: stays open; the value is the descriptor */
static struct probe_result run_hold(char **word)
{
	return probe_did(open(word[0], probe_flags(word[1]), 0644));
}

/* access PATH [r][w][x]|f: as the real user. The kernel uses other credentials for it. */
static struct probe_result run_access(char **word)
{
	int mode = F_OK;

	mode |= strchr(word[1], 'r') ? R_OK : 0;
	mode |= strchr(word[1], 'w') ? W_OK : 0;
	mode |= strchr(word[1], 'x') ? X_OK : 0;
	return probe_did(access(word[0], mode));
}

/* readfd FD: one byte from the file's beginning */
static struct probe_result run_readfd(char **word)
{
	char byte;

	return probe_did(pread(atoi(word[0]), &byte, 1, 0));
}

/* writefd FD TEXT */
static struct probe_result run_writefd(char **word)
{
	return probe_did(write(atoi(word[0]), word[1], strlen(word[1])));
}

/* pipe: a byte through one */
static struct probe_result run_pipe(char **word)
{
	struct probe_result result;
	int fds[2];
	char byte = 0;

	(void)word;
	if (pipe(fds))
		return probe_did(-1);
	result = probe_did(write(fds[1], &byte, 1));
	if (!result.error)
		result = probe_did(read(fds[0], &byte, 1));
	close(fds[0]);
	close(fds[1]);
	return result;
}

/* reopen PATH: through O_PATH and /proc/self/fd */
static struct probe_result run_reopen(char **word)
{
	char link[64];
	struct probe_result result;
	int fd = open(word[0], O_PATH | O_CLOEXEC);

	if (fd < 0)
		return probe_did(fd);
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	result = probe_closed(open(link, O_RDONLY | O_CLOEXEC));
	close(fd);
	return result;
}

/* put PATH TEXT: write to a file that is there */
static struct probe_result run_put(char **word)
{
	struct probe_result result;
	int fd = open(word[0], O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return probe_did(fd);
	result = probe_did(write(fd, word[1], strlen(word[1])));
	close(fd);
	return result;
}

static struct probe_result run_chmod(char **word)
{
	return probe_did(chmod(word[0], (mode_t)strtoul(word[1], NULL, 8)));
}

static struct probe_result run_chown(char **word)
{
	return probe_did(lchown(word[0], (uid_t)atoi(word[1]), (gid_t)atoi(word[2])));
}

static struct probe_result run_truncate(char **word)
{
	return probe_did(truncate(word[0], atol(word[1])));
}

/* touch PATH now|set */
static struct probe_result run_touch(char **word)
{
	static const struct timespec set[2] = { { 1, 0 }, { 1, 0 } };

	return probe_did(utimensat(AT_FDCWD, word[0], strcmp(word[1], "set") ? NULL : set, 0));
}

/* setflags PATH FLAGS: as chattr */
static struct probe_result run_setflags(char **word)
{
	struct probe_result result;
	int fd = open(word[0], O_RDONLY | O_CLOEXEC), flags = 0;

	if (fd < 0)
		return probe_did(fd);
	result = probe_did(ioctl(fd, FS_IOC_GETFLAGS, &flags));
	flags = (flags & ~(FS_APPEND_FL | FS_IMMUTABLE_FL)) | (int)strtol(word[1], NULL, 16);
	if (!result.error)
		result = probe_did(ioctl(fd, FS_IOC_SETFLAGS, &flags));
	close(fd);
	return result;
}

/* setfileattr PATH: file_setattr(2), which the C library does not know yet */
static struct probe_result run_setfileattr(char **word)
{
	static const uint64_t attributes[3]; /* struct file_attr: none of them */

	return probe_did(
		syscall(NR_FILE_SETATTR, AT_FDCWD, word[0], attributes, sizeof(attributes), 0));
}

/* setfcap PATH: CAP_NET_RAW in the file */
static struct probe_result run_setfcap(char **word)
{
	static const unsigned char v2[20] = { 1, 0, 0, 2, 0, 0x20 };

	return probe_did(setxattr(word[0], "security.capability", v2, sizeof(v2), 0));
}

/* lease PATH */
static struct probe_result run_lease(char **word)
{
	struct probe_result result;
	int fd = open(word[0], O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return probe_did(fd);
	result = probe_did(fcntl(fd, F_SETLEASE, F_RDLCK));
	close(fd);
	return result;
}

/* setxattr PATH NAME */
static struct probe_result run_setxattr(char **word)
{
	return probe_did(setxattr(word[0], word[1], "v", 1, 0));
}

/* getxattr PATH NAME */
static struct probe_result run_getxattr(char **word)
{
	char value[256];

	return probe_did(getxattr(word[0], word[1], value, sizeof(value)));
}

/* removexattr PATH NAME */
static struct probe_result run_removexattr(char **word)
{
	return probe_did(removexattr(word[0], word[1]));
}

/* setacl PATH: rw-r--r--, as an access list. Source: linux/posix_acl_xattr.h. */
static struct probe_result run_setacl(char **word)
{
	static const struct {
		uint32_t version;
		struct {
			uint16_t tag, permissions;
			uint32_t id;
		} entries[3];
	} acl = { 2, { { 1, 6, UINT32_MAX }, { 4, 4, UINT32_MAX }, { 32, 4, UINT32_MAX } } };

	return probe_did(setxattr(word[0], "system.posix_acl_access", &acl, sizeof(acl), 0));
}

static struct probe_result run_readlink(char **word)
{
	char target[256];

	return probe_did(readlink(word[0], target, sizeof(target)));
}

const struct probe_command probe_file_commands[] = {
	{ "open", 2, run_open },
	{ "hold", 2, run_hold },
	{ "access", 2, run_access },
	{ "readfd", 1, run_readfd },
	{ "writefd", 2, run_writefd },
	{ "pipe", 0, run_pipe },
	{ "reopen", 1, run_reopen },
	{ "put", 2, run_put },
	{ "chmod", 2, run_chmod },
	{ "chown", 3, run_chown },
	{ "truncate", 2, run_truncate },
	{ "touch", 2, run_touch },
	{ "setflags", 2, run_setflags },
	{ "setfileattr", 1, run_setfileattr },
	{ "setfcap", 1, run_setfcap },
	{ "lease", 1, run_lease },
	{ "setxattr", 2, run_setxattr },
	{ "getxattr", 2, run_getxattr },
	{ "removexattr", 2, run_removexattr },
	{ "setacl", 1, run_setacl },
	{ "readlink", 1, run_readlink },
	{ 0 },
};
