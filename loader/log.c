// SPDX-License-Identifier: GPL-2.0
/* The log of denials: from the ring buffer into a file. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>

#include "avc.h"
#include "categories.h"
#include "cleanup.h"
#include "level.h"
#include "lock.h"
#include "log.h"
#include "publish.h"

#define SERIAL_PATH "/run/bulkhead/serial"
#define NS_PER_S 1000000000LL

/*
 * More than the ring buffer holds. A container that is denied things without end would
 * otherwise keep whoever drains it, under the lock, for as long as it likes.
 */
#define DRAIN_MAX 8192

struct drain {
	const struct bh_maps *maps;
	FILE *out;
	uint64_t serial;
	size_t nr;
	int64_t boot_to_real_ns;
	int ret; /* first error of writing */
};

static int64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec * NS_PER_S + now.tv_nsec;
}

static void type_name(const struct bh_maps *maps, uint32_t id, struct bh_type *type)
{
	if (!bpf_map_lookup_elem(maps->types, &id, type))
		return;
	*type = (struct bh_type){ 0 };
	/* A name that no policy can have: a policy that is gone declared it. */
	snprintf(type->name, sizeof(type->name), "#%u", id);
}

/* Whose it is: the container, and what its policy came from. */
static void container_names(const struct bh_maps *maps, uint64_t id, char *name, char *module)
{
	struct bh_container container;
	struct bh_policyinfo info;

	*name = '\0';
	*module = '\0';
	if (bpf_map_lookup_elem(maps->containers, &id, &container))
		return;
	if (container.name[0])
		snprintf(name, BH_NAME_MAX, "%.63s", container.name);
	else
		snprintf(name, BH_NAME_MAX, "%.12s", container.id);
	if (!bpf_map_lookup_elem(maps->policyinfo, &container.policy, &info))
		bh_policy_label(&info, module);
}

static int write_event(void *context, void *data, size_t size)
{
	static char line[BH_AVC_LINE_MAX];
	static char levels[2][BH_LEVEL_TEXT_MAX];
	struct drain *drain = context;
	const struct bh_event *event = data;
	struct bh_type source, target;
	char container[BH_NAME_MAX], module[BH_POLICY_LABEL_MAX];
	struct bh_avc_names names = { source.name, levels[0], target.name,
				      levels[1],   container, module };

	if (size < sizeof(*event) || event->version != BH_ABI_VERSION)
		return 0;
	type_name(drain->maps, event->source.type, &source);
	type_name(drain->maps, event->target.type, &target);
	bh_categories_text(drain->maps, event->source.catset, levels[0], sizeof(levels[0]));
	bh_categories_text(drain->maps, event->target.catset, levels[1], sizeof(levels[1]));
	container_names(drain->maps, event->container, container, module);
	bh_avc_format(event, &names, event->time_ns + (uint64_t)drain->boot_to_real_ns,
		      ++drain->serial, line, sizeof(line));
	if (fprintf(drain->out, "%s\n", line) < 0)
		drain->ret = -EIO;
	return ++drain->nr < DRAIN_MAX ? 0 : -ECANCELED;
}

static void read_serial(struct drain *drain)
{
	FILE *file = fopen(SERIAL_PATH, "re");
	unsigned long long serial;

	if (!file)
		return;
	if (fscanf(file, "%llu", &serial) == 1)
		drain->serial = serial;
	fclose(file);
}

static void write_serial(const struct drain *drain)
{
	FILE *file = fopen(SERIAL_PATH, "we");

	if (!file)
		return;
	fprintf(file, "%llu\n", (unsigned long long)drain->serial);
	fclose(file);
}

static FILE *open_log(void)
{
	struct stat st;
	int fd;

	if (!stat(BH_LOG_PATH, &st) && st.st_size >= BH_LOG_MAX)
		rename(BH_LOG_PATH, BH_LOG_OLD_PATH);
	fd = open(BH_LOG_PATH, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	return fd < 0 ? NULL : fdopen(fd, "a");
}

static int drain_ring(struct drain *drain, struct bh_error *error)
{
	struct ring_buffer *ring = ring_buffer__new(drain->maps->events, write_event, drain, NULL);
	int ret;

	if (!ring)
		return bh_fail(error, -errno, "ring buffer: %s", strerror(errno));
	ret = ring_buffer__consume(ring);
	ring_buffer__free(ring);
	return ret < 0 && ret != -ECANCELED ?
		       bh_fail(error, ret, "ring buffer: %s", strerror(-ret)) :
		       0;
}

/*
 * Without the ring buffer's pages of records, which are many: its reader's and its writer's
 * position are in two pages before them.
 */
static bool is_empty(int events)
{
	long page = sysconf(_SC_PAGESIZE);
	char *positions = mmap(NULL, 2 * (size_t)page, PROT_READ, MAP_SHARED, events, 0);
	unsigned long reader, writer;

	if (positions == MAP_FAILED)
		return false;
	reader = __atomic_load_n((unsigned long *)positions, __ATOMIC_ACQUIRE);
	writer = __atomic_load_n((unsigned long *)(positions + page), __ATOMIC_ACQUIRE);
	munmap(positions, 2 * (size_t)page);
	return reader == writer;
}

int bh_log_drain(const struct bh_maps *maps, struct bh_error *error)
{
	struct drain drain = { .maps = maps };
	BH_CLOSE int lock = -1;
	int ret;

	/* A log that is there is as it should be. */
	if (!access(BH_LOG_PATH, F_OK) && is_empty(maps->events))
		return 0;
	lock = bh_lock("log.lock", error);
	if (lock < 0)
		return lock;
	drain.boot_to_real_ns = clock_ns(CLOCK_REALTIME) - clock_ns(CLOCK_BOOTTIME);
	drain.out = open_log();
	if (!drain.out)
		return bh_fail(error, -errno, BH_LOG_PATH ": %s", strerror(errno));
	read_serial(&drain);
	ret = drain_ring(&drain, error);
	write_serial(&drain);
	if (fclose(drain.out))
		drain.ret = -errno;
	if (!ret && drain.ret)
		ret = bh_fail(error, drain.ret, BH_LOG_PATH ": %s", strerror(-drain.ret));
	return ret;
}
