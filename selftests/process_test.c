// SPDX-License-Identifier: GPL-2.0
/* bpf/process.bpf.c: signals, ptrace, /proc/PID. A table cannot name pids: %d is the target. */
#include <signal.h>

#include "rows.h"

enum { A, A_AGAIN, B, BARE, HOST, NR_PROBES };

static struct probe probes[NR_PROBES];

FIXTURE(process){};

FIXTURE_VARIANT(process)
{
	const char *command;
	const char *requested;
	int error;
	int twin_error;
};

FIXTURE_SETUP(process)
{
	ASSERT_EQ(0, records_begin());
}

FIXTURE_TEARDOWN(process)
{
}

ROW(process, signull, "kill %d 0", "process { signull } signal=0", EACCES)
ROW(process, signal, "kill %d 18", "process { signal } signal=18", EACCES)
ROW(process, sigchld, "kill %d 17", "process { sigchld } signal=17", EACCES)
ROW(process, by_pidfd, "pidfdkill %d 18", "process { signal } signal=18", EACCES)
ROW(process, by_thread, "thread kill %d 18", "process { signal } signal=18", EACCES)
ROW(process, ptrace, "fork ptrace %d", "process { ptrace }", EACCES)
ROW(process, vmread, "vmread %d", "process { ptrace }", EPERM)
ROW(process, getfd, "pidfdgetfd %d 0", "process { ptrace }", EPERM)
ROW(process, status, "open /proc/%d/status rdonly", "file { read open } name=status", EACCES)
ROW(process, environment, "open /proc/%d/environ rdonly", "file { read open } name=environ", EACCES)
ROW(process, memory, "open /proc/%d/mem rdwr", "file { read write open } name=mem", EACCES)
ROW(process, oom_score, "open /proc/%d/oom_score_adj wronly",
    "file { write open } name=oom_score_adj", EACCES)
ROW(process, directory, "open /proc/%d rdonly", "dir { read open } name=%d", EACCES)
ROW(process, descriptors, "open /proc/%d/fd rdonly", "dir { read open } name=fd", EACCES)
ROW(process, executable, "readlink /proc/%d/exe", "file { read }", EACCES)
ROW(process, root, "open /proc/%d/root/etc rdonly", "file { read }", EACCES)

static void refused(struct __test_metadata *_metadata, const FIXTURE_VARIANT(process) * variant,
		    int who, int target, const char *labels)
{
	char command[256], wanted[256], object[128];

	snprintf(command, sizeof(command), variant->command, probes[target].pid);
	snprintf(object, sizeof(object), variant->requested, probes[target].pid);
	snprintf(wanted, sizeof(wanted), "%s %s", labels, object);
	EXPECT_EQ(variant->error, probe_ask(&probes[who], "%s", command));
	EXPECT_STREQ(wanted, records_end());
}

static void done(struct __test_metadata *_metadata, const FIXTURE_VARIANT(process) * variant,
		 int who, int target)
{
	char command[256];

	snprintf(command, sizeof(command), variant->command, probes[target].pid);
	EXPECT_EQ(variant->twin_error, probe_ask(&probes[who], "%s", command));
	EXPECT_STREQ("", records_end());
}

TEST_F(process, other_pair)
{
	refused(_metadata, variant, B, A, "full_t:c3,c4 full_t:c1,c2");
}

TEST_F(process, other_domain)
{
	refused(_metadata, variant, BARE, A, "bare_t full_t:c1,c2");
}

TEST_F(process, host)
{
	refused(_metadata, variant, A, HOST, "full_t unconfined_t");
}

TEST_F(process, by_host)
{
	done(_metadata, variant, HOST, A);
}

FIXTURE(own){};

FIXTURE_SETUP(own)
{
	ASSERT_EQ(0, records_begin());
}

FIXTURE_TEARDOWN(own)
{
}

/* The twin of all of the above: another container of the same domain and level. */
TEST_F(own, same_level)
{
	static const char *const commands[] = {
		"kill %d 0",
		"kill %d 18",
		"kill %d 17",
		"pidfdkill %d 18",
		"fork ptrace %d",
		"vmread %d",
		"pidfdgetfd %d 0",
		"open /proc/%d/status rdonly",
		"open /proc/%d/environ rdonly",
		"open /proc/%d/mem rdwr",
		"open /proc/%d/oom_score_adj wronly",
		"open /proc/%d rdonly",
		"open /proc/%d/fd rdonly",
		"readlink /proc/%d/exe",
	};
	char command[128];

	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		snprintf(command, sizeof(command), commands[i], probes[A_AGAIN].pid);
		EXPECT_EQ(0, probe_ask(&probes[A], "%s", command))
		{
			TH_LOG("%s", command);
		}
	}
	EXPECT_STREQ("", records_end());
}

TEST_F(own, lethal_signals)
{
	static const struct {
		int signal;
		const char *permission;
	} signals[] = { { SIGKILL, "sigkill" }, { SIGSTOP, "sigstop" }, { SIGTERM, "signal" } };
	char wanted[128];
	long child;

	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		EXPECT_EQ(EACCES,
			  probe_ask(&probes[B], "kill %d %d", probes[A].pid, signals[i].signal));
		snprintf(wanted, sizeof(wanted),
			 "full_t:c3,c4 full_t:c1,c2 process { %s } signal=%d",
			 signals[i].permission, signals[i].signal);
		EXPECT_STREQ(wanted, records_end());
	}
	/* The twin: a child of one's own, which it ends. */
	ASSERT_EQ(0, probe_ask(&probes[A], "spawn"));
	child = probe_value();
	EXPECT_EQ(0, probe_ask(&probes[A], "kill %ld 19", child));
	EXPECT_EQ(0, probe_ask(&probes[A], "kill %ld 9", child));
	EXPECT_EQ(0, probe_ask(&probes[A], "reap %ld", child));
	EXPECT_EQ(SIGKILL, probe_value());
	EXPECT_STREQ("", records_end());
}

/* A domain that was not given it does not even signal itself. */
TEST_F(own, no_signal_to_itself)
{
	EXPECT_EQ(EACCES, probe_ask(&probes[BARE], "kill %d 9", probes[BARE].pid));
	EXPECT_STREQ("bare_t self process { sigkill } signal=9", records_end());
	EXPECT_EQ(EACCES, probe_ask(&probes[BARE], "thread kill %d 9", probes[BARE].pid));
	EXPECT_STREQ("bare_t self process { sigkill } signal=9", records_end());
}

TEST_F(own, traceme)
{
	EXPECT_EQ(EACCES, probe_ask(&probes[BARE], "fork traceme"));
	EXPECT_STREQ("bare_t self process { ptrace }", records_end());
	EXPECT_EQ(0, probe_ask(&probes[A], "fork traceme"));
	EXPECT_STREQ("", records_end());
}

/* The host's Yama does not let a tracer be a stranger: a capability would. */
TEST_F(own, sys_ptrace)
{
	ASSERT_EQ(0, write_file("/proc/sys/kernel/yama/ptrace_scope", "1"));
	EXPECT_EQ(EPERM, probe_ask(&probes[A], "fork ptrace %d", probes[A_AGAIN].pid));
	EXPECT_STREQ("full_t self capability { sys_ptrace } capability=19", records_end());
	EXPECT_EQ(0, probe_ask(&probes[HOST], "fork ptrace %d", probes[A].pid));
	EXPECT_STREQ("", records_end());
	ASSERT_EQ(0, write_file("/proc/sys/kernel/yama/ptrace_scope", "0"));
}

/* /proc without a process, and the kernel's settings. */
TEST_F(own, proc)
{
	EXPECT_EQ(0, probe_ask(&probes[A], "open /proc/self/status rdonly"));
	EXPECT_EQ(0, probe_ask(&probes[A], "open /proc/uptime rdonly"));
	EXPECT_EQ(0, probe_ask(&probes[A], "open /proc/meminfo rdonly"));
	EXPECT_STREQ("", records_end());
	EXPECT_EQ(EACCES, probe_ask(&probes[A], "open /proc/sys/kernel/core_pattern wronly"));
	EXPECT_STREQ("full_t usermodehelper_t file { write open } name=core_pattern",
		     records_end());
	EXPECT_EQ(EACCES, probe_ask(&probes[A], "open /proc/sysrq-trigger wronly"));
	EXPECT_STREQ("full_t sysctl_t file { write open } name=sysrq-trigger", records_end());
	EXPECT_EQ(EACCES, probe_ask(&probes[BARE], "open /proc/uptime rdonly"));
	EXPECT_STREQ("bare_t proc_t file { read open } name=uptime", records_end());
}

TEST_F(own, devices)
{
	EXPECT_EQ(0, probe_ask(&probes[A], "open /dev/null rdwr"));
	EXPECT_EQ(0, probe_ask(&probes[A], "open /dev/zero rdwr"));
	EXPECT_STREQ("", records_end());
	EXPECT_EQ(EACCES, probe_ask(&probes[BARE], "open /dev/null rdonly"));
	EXPECT_STREQ("bare_t null_device_t chr_file { read open } name=null", records_end());
	/* virtio's major number is not fixed. */
	EXPECT_EQ(EACCES, probe_ask(&probes[A], "open /dev/vda rdonly"));
	EXPECT_STREQ("full_t device_t blk_file { read open } name=vda", records_end());
	EXPECT_EQ(EACCES, probe_ask(&probes[A], "open /dev/mem rdonly"));
	EXPECT_STREQ("full_t memory_device_t chr_file { read open } name=mem", records_end());
	EXPECT_EQ(EACCES, probe_ask(&probes[A], "open /dev/kmsg wronly"));
	EXPECT_STREQ("full_t kmsg_device_t chr_file { write open } name=kmsg", records_end());
}

/* A node of one's own making is what its number says, not what its directory is. */
TEST_F(own, made_device)
{
	ASSERT_EQ(0, reset_volume());
	EXPECT_EQ(0, probe_ask(&probes[A], "mknod " V "null chr 1 3"));
	EXPECT_EQ(0, probe_ask(&probes[A], "mknod " V "mem chr 1 1"));
	EXPECT_EQ(0, probe_ask(&probes[A], "open " V "null rdwr"));
	EXPECT_STREQ("", records_end());
	EXPECT_EQ(EACCES, probe_ask(&probes[A], "open " V "mem rdonly"));
	EXPECT_STREQ("full_t memory_device_t chr_file { read open } name=mem", records_end());
}

int main(int argc, char **argv)
{
	reset_volume();
	write_file("/proc/sys/kernel/yama/ptrace_scope", "0");
	probe_start(&probes[A], CONFINED(POLICY "base.cil", "full_t", PAIR_A));
	probe_start(&probes[A_AGAIN], CONFINED(POLICY "base.cil", "full_t", PAIR_A));
	probe_start(&probes[B], CONFINED(POLICY "base.cil", "full_t", PAIR_B));
	probe_start(&probes[BARE], CONFINED(POLICY "base.cil", "bare_t", PAIR_A));
	probe_start(&probes[HOST], UNCONFINED);
	return test_harness_run(argc, argv);
}
