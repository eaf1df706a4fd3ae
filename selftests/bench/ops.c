// SPDX-License-Identifier: GPL-2.0
/*
 * ops [-b BATCHES] [NAME...]: instructions per operation, a line each: NAME COUNT.
 * ops --list: the operations, a line each: NAME and how many a batch has.
 * ops --denied PATH: succeeds if opening PATH is refused with EACCES.
 *
 * Under `run -i` the time stamp counter is the number of instructions executed. An
 * operation's figure is the least of its batches' means: a batch is far shorter than
 * the 4 million instructions between two ticks, so that most see no interrupt.
 */
#include <fcntl.h>
#include <unistd.h>
#include <x86intrin.h>

#include "bench.h"

#define BATCHES 21

/* The first 24 as in the design notes on measuring, in their order; then more. */
static const struct {
	const char *name;
	unsigned int nr; /* a batch */
	void (*run)(unsigned int nr);
} ops[] = {
	{ "getppid", 1000, op_getppid },
	{ "stat_tmpfs", 200, op_stat_tmpfs },
	{ "openclose_tmpfs", 200, op_openclose_tmpfs },
	{ "stat_ov4", 200, op_stat_ov4 },
	{ "openclose_ov4", 100, op_openclose_ov4 },
	{ "read1", 500, op_read1 },
	{ "write1", 500, op_write1 },
	{ "mmap_munmap", 50, op_mmap_munmap },
	{ "fork_exit", 8, op_fork_exit },
	{ "fork_exec", 6, op_fork_exec },
	{ "pipe_rt", 100, op_pipe_rt },
	{ "unix_conn", 50, op_unix_conn },
	{ "tcp_conn", 20, op_tcp_conn },
	{ "tcp_rt", 50, op_tcp_rt },
	{ "udp_rt", 100, op_udp_rt },
	{ "socket_inet", 100, op_socket_inet },
	{ "socketpair", 100, op_socketpair },
	{ "unix_rw1", 200, op_unix_rw1 },
	{ "mkdir_rmdir", 100, op_mkdir_rmdir },
	{ "creat_unlink", 100, op_creat_unlink },
	{ "creat_unlink_ov4", 40, op_creat_unlink_ov4 },
	{ "rename", 100, op_rename },
	{ "chmod", 200, op_chmod },
	{ "kill0", 500, op_kill0 },
	{ "open_first_1", 20, op_open_first_1 },
	{ "open_first_8", 20, op_open_first_8 },
	{ "open_first_32", 20, op_open_first_32 },
	{ "exec_transition", 6, op_exec_transition },
	{ "bind_port", 50, op_bind_port },
	{ "connect_port", 50, op_connect_port },
	{ "sendmsg_connected", 100, op_sendmsg_connected },
	{ "sendmsg_unconnected", 100, op_sendmsg_unconnected },
};

static double measure(size_t op, unsigned int batches)
{
	double least = 0;

	ops[op].run(ops[op].nr);
	for (unsigned int i = 0; i < batches; i++) {
		unsigned long long start = __rdtsc();
		double mean;

		ops[op].run(ops[op].nr);
		mean = (double)(__rdtsc() - start) / ops[op].nr;
		if (!i || mean < least)
			least = mean;
	}
	return least;
}

static int wanted(const char *name, char **names)
{
	if (!*names)
		return 1;
	for (; *names; names++)
		if (!strcmp(*names, name))
			return 1;
	return 0;
}

static int list(void)
{
	for (size_t i = 0; i < sizeof(ops) / sizeof(ops[0]); i++)
		printf("%s %u\n", ops[i].name, ops[i].nr);
	return 0;
}

/* A column that is not confined would be a fine result, and wrong. */
static int denied(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 && errno == EACCES)
		return 0;
	fprintf(stderr, "ops: %s: %s, not refused\n", path, fd < 0 ? strerror(errno) : "opened");
	return 1;
}

int main(int argc, char **argv)
{
	unsigned int batches = BATCHES;
	int first = 1;

	if (argc == 3 && !strcmp(argv[1], "--denied"))
		return denied(argv[2]);
	if (argc == 2 && !strcmp(argv[1], "--list"))
		return list();
	if (argc >= 3 && !strcmp(argv[1], "-b")) {
		batches = (unsigned int)strtoul(argv[2], NULL, 10);
		first = 3;
	}
	if (!batches || batches > BATCHES) {
		fprintf(stderr, "ops: 1 to %d batches\n", BATCHES);
		return 2;
	}
	bench_process_prepare();
	bench_file_prepare();
	bench_socket_prepare();
	for (size_t i = 0; i < sizeof(ops) / sizeof(ops[0]); i++)
		if (wanted(ops[i].name, argv + first))
			printf("%s %.0f\n", ops[i].name, measure(i, batches));
	return 0;
}
