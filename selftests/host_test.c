// SPDX-License-Identifier: GPL-2.0
/* The host's own tasks: nothing is denied to them, nothing is recorded. */
#include "rows.h"

static struct probe host, confined;
static long denied; /* before the tests */

FIXTURE(host){};

FIXTURE_VARIANT(host)
{
	const char *command;
	int error; /* the kernel's own, 0 mostly */
};

FIXTURE_SETUP(host)
{
	ASSERT_EQ(0, reset_volume());
	ASSERT_EQ(0, probe_ask(&confined, "open " V "made wronly,creat"));
	ASSERT_EQ(0, probe_ask(&confined, "mkdir " V "mine"));
	ASSERT_EQ(0, records_begin());
}

FIXTURE_TEARDOWN(host)
{
}

ROW(host, read, "open /etc/shadow rdonly")
ROW(host, write, "open " OUTSIDE "/f rdwr,append")
ROW(host, read_made, "open " V "made rdonly")
ROW(host, write_made, "open " V "made rdwr")
ROW(host, unlink_made, "unlink " V "made")
ROW(host, create_in_made, "open " V "mine/new wronly,creat")
ROW(host, rmdir_made, "rmdir " V "mine")
ROW(host, rename_made, "rename " V "made " OUTSIDE "/made")
ROW(host, link_made, "link " V "made " V "again")
ROW(host, symlink, "symlink f " V "new")
ROW(host, mknod, "mknod " V "new blk 254 0")
ROW(host, tmpfile, "open " VOLUME " rdwr,tmpfile")
ROW(host, chmod_made, "chmod " V "made 600")
ROW(host, chown_made, "chown " V "made 1 1")
ROW(host, truncate_made, "truncate " V "made 10")
ROW(host, map_exec, "mmap " V "f rx private")
ROW(host, mprotect, "mprotect " V "f")
ROW(host, execmem, "execmem")
ROW(host, execheap, "fork execheap")
ROW(host, execstack, "fork execstack")
ROW(host, exec_in_volume, "exec " V "prog exec0")
ROW(host, exec_outside, "exec " OUTSIDE "/prog exec0")
ROW(host, exec_script, "exec " V "script")
ROW(host, exec_memfd, "fork memfdexec")
ROW(host, exec_nnp, "nnp exec " V "prog exec0")
ROW(host, tcp, "bind tcp 0.0.0.0 6379")
ROW(host, udp, "bind udp 0.0.0.0 514")
ROW(host, raw, "socket 2 3 6")
ROW(host, packet, "socket 17 3 0")
ROW(host, netlink, "socket 16 3 12")
ROW(host, unix_bind, "unixbind stream @host_test")
ROW(host, kmsg, "open /dev/kmsg rdonly")
ROW(host, block, "open /dev/vda rdonly")
ROW(host, sys_admin, "sethostname")
ROW(host, net_admin, "ifup")
ROW(host, bpf, "bpfmap")
ROW(host, proc_init, "open /proc/1/environ rdonly")
ROW(host, signal_init, "kill 1 0")
ROW(host, namespaces, "fork unshare net")
ROW(host, userns, "userns unshare net")
ROW(host, fsopen, "fsopen tmpfs")
ROW(host, settings, "open /proc/sys/kernel/core_pattern wronly")

TEST_F(host, never_denied)
{
	EXPECT_EQ(variant->error, probe_ask(&host, "%s", variant->command));
	EXPECT_STREQ("", records_end());
	EXPECT_EQ(denied, counter("denied"));
}

FIXTURE(task){};

FIXTURE_SETUP(task)
{
	ASSERT_EQ(0, records_begin());
}

FIXTURE_TEARDOWN(task)
{
}

/* What the host does to a container, it may. */
TEST_F(task, to_container)
{
	EXPECT_EQ(0, probe_ask(&host, "kill %d 0", confined.pid));
	EXPECT_EQ(0, probe_ask(&host, "kill %d 18", confined.pid));
	EXPECT_EQ(0, probe_ask(&host, "fork ptrace %d", confined.pid));
	EXPECT_EQ(0, probe_ask(&host, "open /proc/%d/environ rdonly", confined.pid));
	EXPECT_EQ(0, probe_ask(&host, "vmread %d", confined.pid));
	EXPECT_STREQ("", records_end());
}

/* And the host's own programs, one of each kind. */
TEST_F_TIMEOUT(task, programs, 240)
{
	static const char *const commands[] = {
		"systemctl --no-pager list-units",
		"systemd-run --wait -q true",
		"dpkg -l dpkg",
		"apt-get check",
		"ip link show",
		"ps aux",
		"mount",
		"journalctl -n 5 --no-pager",
		"podman ps -a",
	};
	char text[4096];

	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		EXPECT_EQ(0, output_of(text, sizeof(text), commands[i]))
		{
			TH_LOG("%s: %s", commands[i], text);
		}
	}
	EXPECT_STREQ("", records_end());
	EXPECT_EQ(denied, counter("denied"));
}

int main(int argc, char **argv)
{
	reset_volume();
	write_file("/proc/sys/kernel/yama/ptrace_scope", "0");
	probe_start(&host, UNCONFINED);
	probe_start(&confined, CONFINED(POLICY "base.cil", "full_t", PAIR_A));
	denied = counter("denied");
	return test_harness_run(argc, argv);
}
