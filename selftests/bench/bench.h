/* SPDX-License-Identifier: GPL-2.0 */
/* The operations that are measured: each does its work @nr times. */
#ifndef BENCH_H
#define BENCH_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BENCH_TMPFS "/bt" /* a tmpfs; `guest` fills it */
#define BENCH_OVERLAY "/bo" /* an overlay, its layers on a tmpfs */
#define BENCH_OVERLAY_DIR BENCH_OVERLAY "/a/b/c"
#define BENCH_TRUE "/usr/lib/bulkhead-bench/true"
#define BENCH_TOUCHED 512 /* files that `guest` makes for each depth */

/* Dies naming what failed: half a table is worse than none. */
static inline long must(long ret, const char *what)
{
	if (ret < 0) {
		fprintf(stderr, "ops: %s: %s\n", what, strerror(errno));
		exit(1);
	}
	return ret;
}

/**
 * bench_file_prepare() - Open the files that operations on files work on.
 */
void bench_file_prepare(void);
/**
 * bench_process_prepare() - Start the other end of the pipe.
 */
void bench_process_prepare(void);
/**
 * bench_socket_prepare() - Open the sockets that are connected to.
 */
void bench_socket_prepare(void);

void op_stat_tmpfs(unsigned int nr);
void op_openclose_tmpfs(unsigned int nr);
void op_stat_ov4(unsigned int nr);
void op_openclose_ov4(unsigned int nr);
void op_read1(unsigned int nr);
void op_write1(unsigned int nr);
void op_mmap_munmap(unsigned int nr);
void op_mkdir_rmdir(unsigned int nr);
void op_creat_unlink(unsigned int nr);
void op_creat_unlink_ov4(unsigned int nr);
void op_rename(unsigned int nr);
void op_chmod(unsigned int nr);
void op_open_first_1(unsigned int nr);
void op_open_first_8(unsigned int nr);
void op_open_first_32(unsigned int nr);

void op_getppid(unsigned int nr);
void op_fork_exit(unsigned int nr);
void op_fork_exec(unsigned int nr);
void op_exec_transition(unsigned int nr);
void op_pipe_rt(unsigned int nr);
void op_kill0(unsigned int nr);

void op_unix_conn(unsigned int nr);
void op_tcp_conn(unsigned int nr);
void op_tcp_rt(unsigned int nr);
void op_udp_rt(unsigned int nr);
void op_socket_inet(unsigned int nr);
void op_socketpair(unsigned int nr);
void op_unix_rw1(unsigned int nr);
void op_bind_port(unsigned int nr);
void op_connect_port(unsigned int nr);
void op_sendmsg_connected(unsigned int nr);
void op_sendmsg_unconnected(unsigned int nr);

#endif /* BENCH_H */
