// SPDX-License-Identifier: GPL-2.0
/*
 * progs: of each BPF program that has run: NAME RUNS NANOSECONDS, while
 * kernel.bpf_stats_enabled is 1. With `run -i` a nanosecond is an instruction; each run
 * includes one reading of the clock.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int bpf(int command, union bpf_attr *attr)
{
	return (int)syscall(SYS_bpf, command, attr, sizeof(*attr));
}

static int show(__u32 id)
{
	struct bpf_prog_info info = { 0 };
	union bpf_attr attr = { .prog_id = id };
	int ret, fd = bpf(BPF_PROG_GET_FD_BY_ID, &attr);

	if (fd < 0)
		return -1;
	memset(&attr, 0, sizeof(attr));
	attr.info.bpf_fd = (__u32)fd;
	attr.info.info_len = sizeof(info);
	attr.info.info = (__u64)(unsigned long)&info;
	ret = bpf(BPF_OBJ_GET_INFO_BY_FD, &attr);
	close(fd);
	if (!ret && info.run_cnt)
		printf("%s %llu %llu\n", info.name, info.run_cnt, info.run_time_ns);
	return ret;
}

int main(void)
{
	union bpf_attr attr = { 0 };

	while (!bpf(BPF_PROG_GET_NEXT_ID, &attr)) {
		__u32 id = attr.next_id;

		if (show(id))
			break;
		memset(&attr, 0, sizeof(attr));
		attr.start_id = id;
	}
	if (errno == ENOENT)
		return 0;
	fprintf(stderr, "progs: %s\n", strerror(errno));
	return 1;
}
