// SPDX-License-Identifier: GPL-2.0
/* The probe's commands on directories' entries, and on mounts. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "probe.h"

static struct probe_result run_mkdir(char **word)
{
	return probe_did(mkdir(word[0], 0755));
}

static struct probe_result run_rmdir(char **word)
{
	return probe_did(rmdir(word[0]));
}

/* mknod PATH reg|fifo|sock|chr|blk [MAJOR MINOR] */
static struct probe_result run_mknod(char **word)
{
	dev_t dev = word[2] && word[3] ?
			    makedev((unsigned int)atoi(word[2]), (unsigned int)atoi(word[3])) :
			    0;
	mode_t mode = !strcmp(word[1], "fifo") ? S_IFIFO :
		      !strcmp(word[1], "sock") ? S_IFSOCK :
		      !strcmp(word[1], "chr")  ? S_IFCHR :
		      !strcmp(word[1], "blk")  ? S_IFBLK :
						 S_IFREG;

	return probe_did(mknod(word[0], mode | 0644, dev));
}

static struct probe_result run_symlink(char **word)
{
	return probe_did(symlink(word[0], word[1]));
}

static struct probe_result run_link(char **word)
{
	return probe_did(link(word[0], word[1]));
}

/* linktmp DIR PATH [fd]: a file without a name gets one, by its descriptor or by /proc */
static struct probe_result run_linktmp(char **word)
{
	struct probe_result result;
	char path[64];
	int fd = open(word[0], O_TMPFILE | O_RDWR | O_CLOEXEC, 0644);

	if (fd < 0)
		return probe_did(fd);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (word[2])
		result = probe_did(linkat(fd, "", AT_FDCWD, word[1], AT_EMPTY_PATH));
	else
		result = probe_did(linkat(AT_FDCWD, path, AT_FDCWD, word[1], AT_SYMLINK_FOLLOW));
	close(fd);
	return result;
}

/* whiteout FROM TO: as overlayfs renames in its upper layer */
static struct probe_result run_whiteout(char **word)
{
	return probe_did(renameat2(AT_FDCWD, word[0], AT_FDCWD, word[1], RENAME_WHITEOUT));
}

static struct probe_result run_unlink(char **word)
{
	return probe_did(unlink(word[0]));
}

static struct probe_result run_rename(char **word)
{
	return probe_did(rename(word[0], word[1]));
}

static struct probe_result run_exchange(char **word)
{
	return probe_did(renameat2(AT_FDCWD, word[0], AT_FDCWD, word[1], RENAME_EXCHANGE));
}

static struct probe_result run_chdir(char **word)
{
	return probe_did(chdir(word[0]));
}

/* fchdir FD */
static struct probe_result run_fchdir(char **word)
{
	return probe_did(fchdir(atoi(word[0])));
}

static struct probe_result run_chroot(char **word)
{
	return probe_did(chroot(word[0]));
}

/* mount TYPE TARGET */
static struct probe_result run_mount(char **word)
{
	return probe_did(mount("none", word[1], word[0], 0, NULL));
}

/* bind SOURCE TARGET */
static struct probe_result run_bindmount(char **word)
{
	return probe_did(mount(word[0], word[1], NULL, MS_BIND, NULL));
}

static struct probe_result run_remount(char **word)
{
	return probe_did(mount(NULL, word[0], NULL, MS_REMOUNT | MS_BIND, NULL));
}

/* private: a mount namespace of its own, from which nothing propagates */
static struct probe_result run_private(char **word)
{
	(void)word;
	if (unshare(CLONE_NEWNS))
		return probe_did(-1);
	return probe_did(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
}

static struct probe_result run_umount(char **word)
{
	return probe_did(umount2(word[0], MNT_DETACH));
}

static struct probe_result run_fsopen(char **word)
{
	return probe_closed((int)syscall(SYS_fsopen, word[0], 0));
}

/* opentree PATH: a detached copy of the mount */
static struct probe_result run_opentree(char **word)
{
	return probe_closed((int)syscall(SYS_open_tree, AT_FDCWD, word[0], 1 | O_CLOEXEC));
}

/* movemount PATH TARGET: a detached copy of PATH's mount to TARGET */
static struct probe_result run_movemount(char **word)
{
	int tree = (int)syscall(SYS_open_tree, AT_FDCWD, word[0], 1 | O_CLOEXEC);
	struct probe_result result;

	if (tree < 0)
		return probe_did(tree);
	result = probe_did(syscall(SYS_move_mount, tree, "", AT_FDCWD, word[1], 4));
	close(tree);
	return result;
}

static struct probe_result run_pivot_root(char **word)
{
	return probe_did(syscall(SYS_pivot_root, word[0], word[1]));
}

static struct probe_result run_mountattr(char **word)
{
	unsigned long long attr[4] = { 1, 0, 0, 0 }; /* MOUNT_ATTR_RDONLY */

	return probe_did(syscall(SYS_mount_setattr, AT_FDCWD, word[0], 0, attr, sizeof(attr)));
}

const struct probe_command probe_dir_commands[] = {
	{ "mkdir", 1, run_mkdir },
	{ "rmdir", 1, run_rmdir },
	{ "mknod", 2, run_mknod },
	{ "symlink", 2, run_symlink },
	{ "link", 2, run_link },
	{ "linktmp", 2, run_linktmp },
	{ "whiteout", 2, run_whiteout },
	{ "unlink", 1, run_unlink },
	{ "rename", 2, run_rename },
	{ "exchange", 2, run_exchange },
	{ "chdir", 1, run_chdir },
	{ "fchdir", 1, run_fchdir },
	{ "chroot", 1, run_chroot },
	{ "mount", 2, run_mount },
	{ "bindmount", 2, run_bindmount },
	{ "remount", 1, run_remount },
	{ "umount", 1, run_umount },
	{ "fsopen", 1, run_fsopen },
	{ "opentree", 1, run_opentree },
	{ "movemount", 2, run_movemount },
	{ "pivot_root", 2, run_pivot_root },
	{ "mountattr", 1, run_mountattr },
	{ "private", 0, run_private },
	{ 0 },
};
