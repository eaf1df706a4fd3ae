// SPDX-License-Identifier: GPL-2.0
/*
 * The probe's commands that need a capability and change nothing: what they set is what
 * is set already, or is wrong in a way that the kernel looks at afterwards.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <linux/sched.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/io.h>
#include <sys/klog.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/timex.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "probe.h"

#define CAP_SYS_BOOT_NUMBER 22

static struct probe_result sethostname_same(char **word)
{
	struct utsname names;

	(void)word;
	uname(&names);
	return probe_did(sethostname(names.nodename, strlen(names.nodename)));
}

static struct probe_result run_setuid(char **word)
{
	(void)word;
	return probe_did(setresuid(5, 5, 5));
}

static struct probe_result run_setgid(char **word)
{
	(void)word;
	return probe_did(setresgid(5, 5, 5));
}

static struct probe_result drop_bound(char **word)
{
	(void)word;
	return probe_did(prctl(PR_CAPBSET_DROP, CAP_SYS_BOOT_NUMBER, 0, 0, 0));
}

static struct probe_result delete_no_module(char **word)
{
	(void)word;
	return probe_did(syscall(SYS_delete_module, "bulkhead_no_such_module", O_NONBLOCK));
}

static struct probe_result run_ioperm(char **word)
{
	(void)word;
	return probe_did(ioperm(0x80, 1, 1));
}

static struct probe_result acct_off(char **word)
{
	(void)word;
	return probe_did(acct(NULL));
}

static struct probe_result reboot_wrong(char **word)
{
	(void)word;
	return probe_did(syscall(SYS_reboot, 0, 0, 0, NULL));
}

static struct probe_result run_nice(char **word)
{
	(void)word;
	return probe_did(setpriority(PRIO_PROCESS, 0, -5));
}

static struct probe_result raise_limit(char **word)
{
	struct rlimit limit;

	(void)word;
	if (getrlimit(RLIMIT_NICE, &limit))
		return probe_did(-1);
	limit.rlim_max++;
	return probe_did(setrlimit(RLIMIT_NICE, &limit));
}

static struct probe_result set_tick(char **word)
{
	struct timex time = { .modes = ADJ_TICK, .tick = 10000 };

	(void)word;
	return probe_did(adjtimex(&time));
}

static struct probe_result run_vhangup(char **word)
{
	(void)word;
	return probe_did(vhangup());
}

static struct probe_result log_size(char **word)
{
	(void)word;
	return probe_did(klogctl(10, NULL, 0));
}

static struct probe_result wake_timer(char **word)
{
	(void)word;
	return probe_closed(timerfd_create(CLOCK_BOOTTIME_ALARM, TFD_CLOEXEC));
}

/* Without the capability the kernel clears the flag and goes on. */
static struct probe_result wake_event(char **word)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLWAKEUP };
	int fd = epoll_create1(EPOLL_CLOEXEC), ends[2];
	struct probe_result result;

	(void)word;
	if (fd < 0 || pipe2(ends, O_CLOEXEC))
		return probe_did(-1);
	result = probe_did(epoll_ctl(fd, EPOLL_CTL_ADD, ends[0], &event));
	close(ends[0]);
	close(ends[1]);
	close(fd);
	return result;
}

/*
 * Of a CPU and not of a task: the first event of a task patches the scheduler's code, and
 * QEMU 7.2 with a thread for each CPU may then run what was there before (an int3 Oops).
 */
static struct probe_result kernel_event(char **word)
{
	struct perf_event_attr attr = { .type = PERF_TYPE_SOFTWARE,
					.size = sizeof(attr),
					.config = PERF_COUNT_SW_CPU_CLOCK,
					.disabled = 1 };

	(void)word;
	return probe_closed(
		(int)syscall(SYS_perf_event_open, &attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC));
}

static struct probe_result bpf_map(char **word)
{
	union bpf_attr attr;

	(void)word;
	memset(&attr, 0, sizeof(attr));
	attr.map_type = BPF_MAP_TYPE_LRU_HASH;
	attr.key_size = attr.value_size = 4;
	attr.max_entries = 1;
	return probe_closed((int)syscall(SYS_bpf, BPF_MAP_CREATE, &attr, sizeof(attr)));
}

static struct probe_result handle_wrong(char **word)
{
	struct {
		unsigned int bytes;
		int type;
		unsigned int inode[2];
	} handle = { sizeof(handle.inode), 1, { 0, 0 } };

	(void)word;
	return probe_closed((int)syscall(SYS_open_by_handle_at, AT_FDCWD, &handle, O_RDONLY));
}

const struct probe_command probe_capability_commands[] = {
	{ "sethostname", 0, sethostname_same },
	{ "setuid", 0, run_setuid },
	{ "setgid", 0, run_setgid },
	{ "dropbound", 0, drop_bound },
	{ "delmodule", 0, delete_no_module },
	{ "ioperm", 0, run_ioperm },
	{ "acct", 0, acct_off },
	{ "reboot", 0, reboot_wrong },
	{ "nice", 0, run_nice },
	{ "raiselimit", 0, raise_limit },
	{ "settick", 0, set_tick },
	{ "vhangup", 0, run_vhangup },
	{ "logsize", 0, log_size },
	{ "waketimer", 0, wake_timer },
	{ "wakeevent", 0, wake_event },
	{ "kernelevent", 0, kernel_event },
	{ "bpfmap", 0, bpf_map },
	{ "handle", 0, handle_wrong },
	{ 0 },
};
