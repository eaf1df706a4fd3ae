// SPDX-License-Identifier: GPL-2.0
/*
 * The host's own files by their paths, and the kernel's file systems by theirs: what BASE's
 * filecon and genfscon rules say of them holds for a container that gets to see them.
 */
#include <sys/mount.h>
#include <unistd.h>

#include "rows.h"

#define DISK SCRATCH "/disk" /* where a file system is mounted after `bulkhead load` */
#define ENGINE "/run/docker"

enum { PLAIN, BARE, HOST, NR_PROBES };

static struct probe probes[NR_PROBES];

ROWS(place, probes)

#define READ(type, name) "bare_t " type " file { read open } name=" name

/* Of the host: read by every container, and not by one that has nothing on it. */
ROW(place, etc, "open /etc/debian_version rdonly", BARE, EACCES, READ("etc_t", "debian_version"),
    PLAIN)
ROW(place, passwd, "open /etc/passwd rdonly", BARE, EACCES, READ("passwd_file_t", "passwd"), PLAIN)
ROW(place, hosts, "open /etc/hosts rdonly", BARE, EACCES, READ("net_conf_t", "hosts"), PLAIN)
ROW(place, certificates, "open /etc/ssl/openssl.cnf rdonly", BARE, EACCES,
    READ("cert_t", "openssl.cnf"), PLAIN)

/* Of the host: nobody's. */
ROW(place, shadow, "open /etc/shadow rdonly", PLAIN, EACCES,
    "container_t shadow_t file { read open } name=shadow", HOST)
ROW(place, gshadow, "open /etc/gshadow- rdonly", PLAIN, EACCES,
    "container_t shadow_t file { read open } name=gshadow-", HOST)
ROW(place, key, "open /etc/ssl/private rdonly", PLAIN, EACCES,
    "container_t tls_privkey_t dir { read open } name=private", HOST)
ROW(place, home, "open /root rdonly", PLAIN, EACCES,
    "container_t admin_home_t dir { read open } name=root", HOST)
ROW(place, ssh, "open /root/.ssh/id rdonly", PLAIN, EACCES,
    "container_t ssh_home_t file { read open } name=id", HOST)
ROW(place, boot, "open /boot rdonly", PLAIN, EACCES,
    "container_t boot_t dir { read open } name=boot", HOST)
ROW(place, write, "open /etc/passwd wronly,append", PLAIN, EACCES,
    "container_t passwd_file_t file { append } name=passwd", HOST)
ROW(place, create, "mkdir /etc/place", PLAIN, EACCES,
    "container_t etc_t dir { write add_name } name=etc", HOST)
ROW(place, storage, "open /var/lib/containers rdonly", PLAIN, EACCES,
    "container_t container_var_lib_t dir { read open } name=containers", HOST)
ROW(place, engine, "open " ENGINE " rdonly", PLAIN, EACCES,
    "container_t container_var_run_t dir { read open } name=docker", HOST)
ROW(place, engine_socket, "unlink " ENGINE ".sock", PLAIN, EACCES,
    "container_t var_run_t dir { write remove_name } name=/", HOST)
ROW(place, log, "open /var/log rdonly", PLAIN, EACCES,
    "container_t var_log_t dir { read } name=log", HOST)

/* The kernel's: read by every container. */
ROW(place, overcommit, "open /proc/sys/vm/overcommit_memory rdonly", BARE, EACCES,
    READ("sysctl_vm_overcommit_t", "overcommit_memory"), PLAIN)
ROW(place, ostype, "open /proc/sys/kernel/ostype rdonly", BARE, EACCES,
    READ("sysctl_kernel_t", "ostype"), PLAIN)
ROW(place, meminfo, "open /proc/meminfo rdonly", BARE, EACCES, READ("proc_t", "meminfo"), PLAIN)
ROW(place, online, "open /sys/devices/system/cpu/online rdonly", BARE, EACCES,
    READ("cpu_online_t", "online"), PLAIN)
ROW(place, possible, "open /sys/devices/system/cpu/possible rdonly", BARE, EACCES,
    READ("sysfs_t", "possible"), PLAIN)

/* The kernel's: nobody's. */
ROW(place, core_pattern, "open /proc/sys/kernel/core_pattern wronly", PLAIN, EACCES,
    "container_t usermodehelper_t file { write } name=core_pattern", HOST)
ROW(place, kallsyms, "open /proc/kallsyms rdonly", PLAIN, EACCES,
    "container_t system_map_t file { read open } name=kallsyms", HOST)
ROW(place, kcore, "open /proc/kcore rdonly", PLAIN, EACCES,
    "container_t proc_kcore_t file { read open } name=kcore", HOST)
ROW(place, kmsg, "open /proc/kmsg rdonly,nonblock", PLAIN, EACCES,
    "container_t proc_kmsg_t file { read open } name=kmsg", HOST)

FIXTURE(mounted){};

FIXTURE_SETUP(mounted)
{
	ASSERT_EQ(0, reset_volume());
	ASSERT_EQ(0, records_begin());
}

FIXTURE_TEARDOWN(mounted)
{
}

/* A network's files below proc are the same with and without the process' number. */
TEST_F(mounted, proc_net)
{
	EXPECT_EQ(EACCES, probe_ask(&probes[BARE], "open /proc/self/net/tcp rdonly"));
	EXPECT_STREQ(READ("proc_net_t", "tcp"), records_end());
	EXPECT_EQ(0, probe_ask(&probes[PLAIN], "open /proc/self/net/tcp rdonly"));
	EXPECT_STREQ("", records_end());
}

/* The directory of a process of the host stays that process', though looked into. */
TEST_F(mounted, proc_of_host)
{
	for (int i = 0; i < 2; i++) {
		EXPECT_EQ(EACCES, probe_ask(&probes[PLAIN], "open /proc/1/status rdonly"));
		EXPECT_STREQ("container_t unconfined_t file { read open } name=status",
			     records_end());
		EXPECT_EQ(EACCES, probe_ask(&probes[PLAIN], "open /proc/1 rdonly"));
		EXPECT_STREQ("container_t unconfined_t dir { read open } name=1", records_end());
	}
	EXPECT_EQ(0, probe_ask(&probes[PLAIN], "open /proc/self/status rdonly"));
	EXPECT_EQ(0, probe_ask(&probes[PLAIN], "open /proc/self rdonly"));
	EXPECT_STREQ("", records_end());
}

/*
 * The root of a file system that the host's administrator mounts later is nobody's until a
 * container starts that has it; SCRATCH's is the host's, by its own path.
 */
TEST_F(mounted, later)
{
	struct probe probe;

	mkdir(DISK, 0755);
	ASSERT_EQ(0, mount("place", DISK, "tmpfs", 0, NULL));
	ASSERT_EQ(0, write_file(DISK "/f", "x"));
	probe_start(&probe, CONFINED(NULL, NULL, PAIR_A));
	EXPECT_EQ(EACCES, probe_ask(&probe, "open " DISK "/f rdonly"));
	EXPECT_STREQ("container_t unlabeled_t file { read open } name=f", records_end());
	EXPECT_EQ(0, probe_stop(&probe));
	EXPECT_EQ(0, umount(DISK));
	EXPECT_EQ(0, probe_ask(&probes[HOST], "open " OUTSIDE "/f rdonly"));
	EXPECT_EQ(EACCES, probe_ask(&probes[PLAIN], "open " OUTSIDE "/f rdonly"));
	EXPECT_STREQ("container_t tmp_t file { read open } name=f", records_end());
}

/* What a volume was labelled ends with the container; then the host's path holds again. */
TEST_F(mounted, after_a_volume)
{
	struct probe probe;

	probe_start(&probe, CONFINED(NULL, NULL, PAIR_B, OUTSIDE));
	EXPECT_EQ(0, probe_ask(&probe, "open " OUTSIDE "/f rdwr"));
	EXPECT_EQ(EACCES, probe_ask(&probes[PLAIN], "open " OUTSIDE "/f rdonly"));
	EXPECT_STREQ("container_t container_file_t:c3,c4 file { read open } name=f", records_end());
	EXPECT_EQ(0, probe_stop(&probe));
	EXPECT_EQ(EACCES, probe_ask(&probes[PLAIN], "open " OUTSIDE "/f rdonly"));
	EXPECT_STREQ("container_t tmp_t file { read open } name=f", records_end());
}

int main(int argc, char **argv)
{
	reset_volume();
	mkdir("/root/.ssh", 0700);
	write_file("/root/.ssh/id", "key");
	mkdir(ENGINE, 0755);
	write_file(ENGINE ".sock", "");
	probe_start(&probes[PLAIN], CONFINED(NULL, NULL, PAIR_A));
	probe_start(&probes[BARE], CONFINED(POLICY "base.cil", "bare_t", PAIR_A));
	probe_start(&probes[HOST], UNCONFINED);
	return test_harness_run(argc, argv);
}
