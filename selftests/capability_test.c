// SPDX-License-Identifier: GPL-2.0
/* bpf/process.bpf.c: capabilities, each by something that needs it. */
#include "rows.h"

enum { NOCAP, FULL, HOST, NR_PROBES };

static struct probe probes[NR_PROBES];

ROWS(capability, probes)

#define NOCAP_LACKS(permission, number) \
	"nocap_t self capability { " permission " } capability=" number
#define FULL_LACKS(permission, number) \
	"full_t self capability { " permission " } capability=" number
#define FULL_LACKS_2(permission, number) \
	"full_t self capability2 { " permission " } capability=" number

/* What a container has, unless its DPM leaves it out. */
ROW(capability, chown, "chown " V "f 1 1", NOCAP, EPERM, NOCAP_LACKS("chown", "0"), FULL)
ROW(capability, dac_override, "open " V "other wronly", NOCAP, EACCES,
    NOCAP_LACKS("dac_override", "1"), FULL)
ROW(capability, fowner, "chmod " V "other 600", NOCAP, EPERM, NOCAP_LACKS("fowner", "3"), FULL)
ROW(capability, setgid, "fork setgid", NOCAP, EPERM, NOCAP_LACKS("setgid", "6"), FULL)
ROW(capability, setuid, "fork setuid", NOCAP, EPERM, NOCAP_LACKS("setuid", "7"), FULL)
ROW(capability, setpcap, "fork dropbound", NOCAP, EPERM, NOCAP_LACKS("setpcap", "8"), FULL)
ROW(capability, net_bind_service, "bind tcp 127.0.0.1 82", NOCAP, EACCES,
    NOCAP_LACKS("net_bind_service", "10"), FULL)
ROW(capability, net_raw, "socket 2 3 6", NOCAP, EPERM, NOCAP_LACKS("net_raw", "13"), FULL)
ROW(capability, net_raw_packet, "socket 17 3 0", NOCAP, EPERM, NOCAP_LACKS("net_raw", "13"), FULL)
ROW(capability, sys_chroot, "fork chroot /", NOCAP, EPERM, NOCAP_LACKS("sys_chroot", "18"), FULL)
ROW(capability, mknod, "mknod " V "new chr 1 3", NOCAP, EPERM, NOCAP_LACKS("mknod", "27"), FULL)
ROW(capability, setfcap, "setfcap " V "f", NOCAP, EPERM, NOCAP_LACKS("setfcap", "31"), FULL)

/* What no container has, though the probe is root with every capability. */
ROW(capability, dac_read_search, "handle", FULL, EPERM, FULL_LACKS("dac_read_search", "2"), HOST,
    ESTALE)
ROW(capability, linux_immutable, "setflags " V "f 20", FULL, EPERM,
    FULL_LACKS("linux_immutable", "9"), HOST)
ROW(capability, net_admin, "ifup", FULL, EPERM, FULL_LACKS("net_admin", "12"), HOST)
ROW(capability, ipc_lock, "fork mlock", FULL, EPERM, FULL_LACKS("ipc_lock", "14"), HOST)
ROW(capability, sys_module, "delmodule", FULL, EPERM, FULL_LACKS("sys_module", "16"), HOST, ENOENT)
ROW(capability, sys_rawio, "fork ioperm", FULL, EPERM, FULL_LACKS("sys_rawio", "17"), HOST)
ROW(capability, sys_pacct, "acct", FULL, EPERM, FULL_LACKS("sys_pacct", "20"), HOST)
ROW(capability, sys_admin, "sethostname", FULL, EPERM, FULL_LACKS("sys_admin", "21"), HOST)
ROW(capability, sys_boot, "reboot", FULL, EPERM, FULL_LACKS("sys_boot", "22"), HOST, EINVAL)
ROW(capability, sys_nice, "fork nice", FULL, EACCES, FULL_LACKS("sys_nice", "23"), HOST)
ROW(capability, sys_resource, "fork raiselimit", FULL, EPERM, FULL_LACKS("sys_resource", "24"),
    HOST)
ROW(capability, sys_time, "settick", FULL, EPERM, FULL_LACKS("sys_time", "25"), HOST)
ROW(capability, sys_tty_config, "fork vhangup", FULL, EPERM, FULL_LACKS("sys_tty_config", "26"),
    HOST)
ROW(capability, lease, "lease " V "other", FULL, EACCES, FULL_LACKS("lease", "28"), HOST)
ROW(capability, wake_alarm, "waketimer", FULL, EPERM, FULL_LACKS_2("wake_alarm", "35"), HOST)
ROW(capability, block_suspend, "wakeevent", FULL, 0, FULL_LACKS_2("block_suspend", "36"), HOST)
ROW(capability, audit_read, "auditgroup", FULL, EPERM, FULL_LACKS_2("audit_read", "37"), HOST)
ROW(capability, perfmon, "kernelevent", FULL, EACCES,
    FULL_LACKS_2("perfmon", "38") "\n" FULL_LACKS("sys_admin", "21"), HOST)
ROW(capability, bpf, "bpfmap", FULL, EPERM,
    FULL_LACKS_2("bpf", "39") "\n" FULL_LACKS("sys_admin", "21"), HOST)

/* In a user namespace of its own a container has no more. */
ROW(capability, userns_sys_admin, "userns unshare net", FULL, EPERM,
    "full_t self cap_userns { sys_admin } capability=21", HOST)
ROW(capability, userns_sys_admin_mount, "userns unshare mount", FULL, EPERM,
    "full_t self cap_userns { sys_admin } capability=21", HOST)
ROW(capability, userns_sys_chroot, "userns chroot /", NOCAP, EPERM,
    "nocap_t self cap_userns { sys_chroot } capability=18", FULL)
ROW(capability, userns_setpcap, "userns dropbound", NOCAP, EPERM,
    "nocap_t self cap_userns { setpcap } capability=8", FULL)

FIXTURE(own){};

FIXTURE_SETUP(own)
{
	ASSERT_EQ(0, reset_volume());
	ASSERT_EQ(0, records_begin());
}

FIXTURE_TEARDOWN(own)
{
}

/* The twin of dac_override: root's own files need no capability. */
TEST_F(own, own_file)
{
	EXPECT_EQ(0, probe_ask(&probes[NOCAP], "open " V "f wronly"));
	EXPECT_EQ(0, probe_ask(&probes[NOCAP], "bind tcp 127.0.0.1 8083"));
	EXPECT_STREQ("", records_end());
}

/* The set-group-id bit is taken away, as the capability to keep it is not there. */
TEST_F(own, fsetid)
{
	struct stat st;

	ASSERT_EQ(0, chown(V "f", 0, 1));
	EXPECT_EQ(0, probe_ask(&probes[NOCAP], "chmod " V "f 2755"));
	/* Some kernels ask once, some twice. */
	EXPECT_EQ(0, strncmp(records_end(), NOCAP_LACKS("fsetid", "4"),
			     strlen(NOCAP_LACKS("fsetid", "4"))));
	ASSERT_EQ(0, stat(V "f", &st));
	EXPECT_EQ(0755, st.st_mode & 07777);
	EXPECT_EQ(0, probe_ask(&probes[FULL], "chmod " V "f 2755"));
	EXPECT_STREQ("", records_end());
	ASSERT_EQ(0, stat(V "f", &st));
	EXPECT_EQ(02755, st.st_mode & 07777);
}

/* Older kernels then try whether sys_admin is there. */
TEST_F(own, syslog)
{
	const char *records, *first = FULL_LACKS_2("syslog", "34");

	EXPECT_EQ(EPERM, probe_ask(&probes[FULL], "logsize"));
	records = records_end();
	EXPECT_EQ(0, strncmp(records, first, strlen(first)));
	if (records[strlen(first)])
		EXPECT_STREQ("\n" FULL_LACKS("sys_admin", "21"), records + strlen(first));
	EXPECT_EQ(0, probe_ask(&probes[HOST], "logsize"));
	EXPECT_STREQ("", records_end());
}

int main(int argc, char **argv)
{
	reset_volume();
	write_file("/proc/sys/kernel/dmesg_restrict", "1");
	write_file("/proc/sys/kernel/perf_event_paranoid", "2");
	probe_start(&probes[NOCAP], CONFINED(POLICY "base.cil", "nocap_t", PAIR_A));
	probe_start(&probes[FULL], CONFINED(POLICY "base.cil", "full_t", PAIR_A));
	probe_start(&probes[HOST], UNCONFINED);
	return test_harness_run(argc, argv);
}
