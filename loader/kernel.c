// SPDX-License-Identifier: GPL-2.0
/* What the running kernel must have, and what holds beside Bulkhead. */
#include <errno.h>
#include <linux/magic.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/wait.h>

#include "cleanup.h"
#include "io.h"
#include "kernel.h"

#define LSM_LIST "/sys/kernel/security/lsm"
#define BPFFS "/sys/fs/bpf"
#define SMALL_FILE 4096

static bool is_on(const char *path, long magic)
{
	struct statfs fs;

	return !statfs(path, &fs) && fs.f_type == magic;
}

static int check_lsm(struct bh_error *error)
{
	BH_FREE char *list = NULL;
	char *rest, *name;
	char all[SMALL_FILE];
	int ret = bh_read_path(LSM_LIST, SMALL_FILE - 1, &list, NULL);

	if (ret)
		return bh_fail(error, -ENOSYS, LSM_LIST ": %s; is securityfs mounted?",
			       strerror(-ret));
	list[strcspn(list, "\n")] = '\0';
	snprintf(all, sizeof(all), "%s", list);
	for (rest = list; (name = strsep(&rest, ","));)
		if (!strcmp(name, "bpf"))
			return 0;
	return bh_fail(error, -ENOSYS,
		       "BPF is not among the kernel's LSMs; add lsm=%s,bpf to its command line",
		       all);
}

int bh_kernel_check(struct bh_error *error)
{
	if (geteuid())
		return bh_fail(error, -EPERM, "only root can load");
	if (access("/sys/kernel/btf/vmlinux", R_OK))
		return bh_fail(
			error, -ENOSYS,
			"no /sys/kernel/btf/vmlinux: the kernel needs CONFIG_DEBUG_INFO_BTF");
	if (!is_on(BH_CGROUP_ROOT, CGROUP2_SUPER_MAGIC))
		return bh_fail(
			error, -ENOSYS,
			BH_CGROUP_ROOT
			" is not cgroup v2; add systemd.unified_cgroup_hierarchy=1 to the kernel's command line");
	return check_lsm(error);
}

/* Without a shell; what modprobe says is of no interest. */
static void load_module(char *name)
{
	char *argv[] = { (char *)"modprobe", (char *)"-q", name, NULL };
	char *envp[] = { (char *)"PATH=/usr/sbin:/usr/bin:/sbin:/bin", NULL };
	int status;
	pid_t pid;

	if (!posix_spawn(&pid, "/sbin/modprobe", NULL, NULL, argv, envp))
		while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
			;
}

int bh_kernel_prepare(struct bh_error *error)
{
	if (!is_on(BPFFS, BPF_FS_MAGIC) &&
	    mount("bpf", BPFFS, "bpf", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=0700"))
		return bh_fail(error, -errno, "mount " BPFFS ": %s", strerror(errno));
	/* The programs read overlayfs' structures: its BTF must be there when they load. */
	load_module((char *)"overlay");
	load_module((char *)"bulkhead");
	return 0;
}

bool bh_kernel_has_module(void)
{
	return !access("/sys/module/bulkhead", F_OK);
}

bool bh_kernel_selinux_enforces(void)
{
	BH_FREE char *text = NULL;

	return !bh_read_path("/sys/fs/selinux/enforce", SMALL_FILE, &text, NULL) && text[0] == '1';
}
