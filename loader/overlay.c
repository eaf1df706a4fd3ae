// SPDX-License-Identifier: GPL-2.0
/* Telling the programs whose credentials overlayfs uses for a container's mounts. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <bulkhead/abi.h>
#include <errno.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/vfs.h>

#include "cleanup.h"
#include "io.h"
#include "overlay.h"

#define ITERATOR BH_PIN_DIR "/progs/bh_mounter_iter"
#define OUTPUT_MAX (1U << 20)

/* An iterator over the files of this process only. */
static int open_iterator(void)
{
	union bpf_iter_link_info info = { .task.pid = (__u32)getpid() };
	LIBBPF_OPTS(bpf_link_create_opts, options, .iter_info = &info,
		    .iter_info_len = sizeof(info));
	BH_CLOSE int program = bpf_obj_get(ITERATOR);
	BH_CLOSE int link = -1;

	if (program < 0)
		return -errno;
	link = bpf_link_create(program, 0, BPF_TRACE_ITER, &options);
	return link < 0 ? -errno : bpf_iter_create(link);
}

static int run_iterator(char **output)
{
	BH_CLOSE int iterator = open_iterator();

	return iterator < 0 ? iterator : bh_read_fd(iterator, OUTPUT_MAX, output, NULL);
}

static bool has_line(const char *output, int fd)
{
	char line[32];

	snprintf(line, sizeof(line), "mounter %d\n", fd);
	for (const char *p = output; *p; p += strcspn(p, "\n") + 1)
		if (!strncmp(p, line, strlen(line)))
			return true;
	return false;
}

static bool is_overlay(int fd)
{
	struct statfs fs;

	/* In doubt it is one: then it must be found among the iterator's. */
	return fstatfs(fd, &fs) || fs.f_type == OVERLAYFS_SUPER_MAGIC;
}

int bh_overlay_mounters(const struct bh_marks *marks, struct bh_error *error)
{
	BH_FREE char *output = NULL;
	int ret = 0;

	for (size_t i = 0; i < marks->nr; i++) {
		int fd = marks->marks[i].fd;

		if (!is_overlay(fd))
			continue;
		if (!output)
			ret = run_iterator(&output);
		if (ret)
			return bh_fail(error, ret, ITERATOR ": %s", strerror(-ret));
		if (!has_line(output, fd))
			return bh_fail(error, -ENOENT, "overlay: its mounter was not found");
	}
	return 0;
}
