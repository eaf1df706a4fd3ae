// SPDX-License-Identifier: GPL-2.0
/* The probe's commands that io_uring carries out, with other credentials or by another thread. */
#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "probe.h"

#define ENTRIES 4

struct ring {
	int fd;
	struct io_uring_params params;
	struct io_uring_sqe *sqes;
	char *rings; /* both: IORING_FEAT_SINGLE_MMAP */
};

static int open_ring(struct ring *ring)
{
	memset(ring, 0, sizeof(*ring));
	ring->fd = (int)syscall(SYS_io_uring_setup, ENTRIES, &ring->params);
	if (ring->fd < 0)
		return -1;
	ring->rings = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring->fd,
			   IORING_OFF_SQ_RING);
	ring->sqes = mmap(NULL, ENTRIES * sizeof(*ring->sqes), PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_POPULATE, ring->fd, IORING_OFF_SQES);
	return ring->rings == MAP_FAILED || ring->sqes == MAP_FAILED ? -1 : 0;
}

static uint32_t *number(const struct ring *ring, uint32_t offset)
{
	return (uint32_t *)(ring->rings + offset);
}

/* Submits the first entry and waits for it. Returns what it gave. */
static int submit(struct ring *ring)
{
	const struct io_uring_cqe *done;
	uint32_t head = *number(ring, ring->params.cq_off.head);

	number(ring, ring->params.sq_off.array)[0] = 0;
	__atomic_add_fetch(number(ring, ring->params.sq_off.tail), 1, __ATOMIC_RELEASE);
	if (syscall(SYS_io_uring_enter, ring->fd, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) != 1)
		return -errno;
	done = (const void *)(ring->rings + ring->params.cq_off.cqes);
	return done[head & *number(ring, ring->params.cq_off.ring_mask)].res;
}

static void close_ring(struct ring *ring)
{
	munmap(ring->rings, 4096);
	munmap(ring->sqes, ENTRIES * sizeof(*ring->sqes));
	close(ring->fd);
}

/* uring PATH FLAGS plain|personality|async: opens, with registered credentials or by a worker */
static struct probe_result run_uring(char **word)
{
	struct probe_result result = { .error = EIO };
	struct ring ring;
	int personality = 0;

	if (open_ring(&ring))
		return probe_did(-1);
	if (!strcmp(word[2], "personality"))
		personality = (int)syscall(SYS_io_uring_register, ring.fd,
					   IORING_REGISTER_PERSONALITY, NULL, 0);
	if (personality >= 0) {
		ring.sqes[0] = (struct io_uring_sqe){ .opcode = IORING_OP_OPENAT,
						      .fd = AT_FDCWD,
						      .addr = (uintptr_t)word[0],
						      .len = 0644,
						      .personality = (uint16_t)personality };
		ring.sqes[0].open_flags = (uint32_t)probe_flags(word[1]);
		ring.sqes[0].flags = strcmp(word[2], "async") ? 0 : IOSQE_ASYNC;
		personality = submit(&ring);
		if (personality >= 0)
			close(personality);
		errno = personality < 0 ? -personality : 0;
	}
	result = probe_did(personality < 0 ? -1 : 0);
	close_ring(&ring);
	return result;
}

const struct probe_command probe_uring_commands[] = {
	{ "uring", 3, run_uring },
	{ 0 },
};
