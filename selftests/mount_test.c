// SPDX-License-Identifier: GPL-2.0
/*
 * bpf/mount.bpf.c. What the kernel asks a capability for first, which no container has, is
 * refused there; permissive_test has the records of what would come after.
 */
#include "rows.h"

enum { FULL, HOST, NR_PROBES };

static struct probe probes[NR_PROBES];

ROWS(mount, probes)

#define NO_SYS_ADMIN "full_t self capability { sys_admin } capability=21"
#define NO_SYS_ADMIN_USERNS "full_t self cap_userns { sys_admin } capability=21"
#define NO_MOUNTON "full_t container_file_t dir { mounton } name=d"

ROW(mount, tmpfs, "mount tmpfs " V "d", FULL, EACCES, NO_MOUNTON, HOST)
ROW(mount, proc, "mount proc " V "d", FULL, EACCES, NO_MOUNTON, HOST)
ROW(mount, bind, "bindmount /etc " V "d", FULL, EACCES, NO_MOUNTON, HOST)
ROW(mount, bind_file, "bindmount /etc/shadow " V "f", FULL, EACCES,
    "full_t container_file_t file { mounton } name=f", HOST)
ROW(mount, over_usr, "mount tmpfs /usr/local", FULL, EACCES,
    "full_t usr_t dir { mounton } name=local", HOST)
ROW(mount, over_proc, "mount tmpfs /proc/sys", FULL, EACCES,
    "full_t sysctl_t dir { mounton } name=sys", HOST)
ROW(mount, over_host, "mount tmpfs /mnt", FULL, EACCES, "full_t mnt_t dir { mounton } name=mnt",
    HOST)
ROW(mount, remount, "remount /", FULL, EACCES, "full_t fs_t filesystem { remount } name=/", HOST)
ROW(mount, umount, "umount /proc", FULL, EPERM, NO_SYS_ADMIN, HOST)
ROW(mount, fsopen, "fsopen tmpfs", FULL, EPERM, NO_SYS_ADMIN, HOST)
ROW(mount, open_tree, "opentree /etc", FULL, EPERM, NO_SYS_ADMIN, HOST)
ROW(mount, mount_setattr, "mountattr /sys", FULL, EPERM, NO_SYS_ADMIN, HOST)
ROW(mount, pivot_root, "pivot_root " V " " V "d", FULL, EPERM, NO_SYS_ADMIN, HOST, EBUSY)
ROW(mount, userns_mount, "userns unshare mount", FULL, EPERM, NO_SYS_ADMIN_USERNS, HOST)

int main(int argc, char **argv)
{
	reset_volume();
	probe_start(&probes[HOST], UNCONFINED);
	/* What the host's probe mounts is its own. */
	if (probe_ask(&probes[HOST], "private"))
		printf("Bail out! no mount namespace\n");
	probe_start(&probes[FULL], CONFINED(POLICY "base.cil", "full_t", PAIR_A));
	return test_harness_run(argc, argv);
}
