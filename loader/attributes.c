// SPDX-License-Identifier: GPL-2.0
/* The programs that read labels from attributes: attached when they are first needed. */
#include <bpf/bpf.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "attributes.h"
#include "cleanup.h"
#include "kmod.h"

#define READER_PREFIX "bh_attr_"

bool bh_is_reader(const char *name)
{
	return !strncmp(name, READER_PREFIX, strlen(READER_PREFIX));
}

/* One that an attach which was killed has left is attached. */
static int attach(const char *name, struct bh_error *error)
{
	char prog_path[512], link_path[512];
	BH_CLOSE int prog = -1, link = -1;

	snprintf(link_path, sizeof(link_path), BH_PIN_DIR "/links/%s", name);
	if (!access(link_path, F_OK))
		return 0;
	snprintf(prog_path, sizeof(prog_path), BH_PIN_DIR "/progs/%s", name);
	prog = bpf_obj_get(prog_path);
	if (prog < 0)
		return bh_fail(error, -errno, "%s: %s", prog_path, strerror(errno));
	link = bpf_raw_tracepoint_open(NULL, prog);
	if (link < 0)
		return bh_fail(error, -errno, "attach %s: %s", name, strerror(errno));
	if (bpf_obj_pin(link, link_path))
		return bh_fail(error, -errno, "pin %s: %s", link_path, strerror(errno));
	return 0;
}

/* Returns how many there are, or an error. */
static int attach_all(struct bh_error *error)
{
	DIR *dir = opendir(BH_PIN_DIR "/progs");
	struct dirent *entry;
	int ret = 0, nr = 0;

	if (!dir)
		return bh_fail(error, -errno, BH_PIN_DIR "/progs: %s", strerror(errno));
	while (!ret && (entry = readdir(dir))) {
		if (!bh_is_reader(entry->d_name))
			continue;
		ret = attach(entry->d_name, error);
		nr++;
	}
	closedir(dir);
	return ret ? ret : nr;
}

int bh_attributes_attach(const struct bh_maps *maps, struct bh_error *error)
{
	struct bh_settings settings;
	int ret = bh_settings_read(maps, &settings, error);

	if (ret || settings.attributes)
		return ret;
	ret = attach_all(error);
	if (ret <= 0)
		return ret;
	/* Last: what could not be read is refused from here on. */
	settings.attributes = 1;
	return bh_settings_write(maps, &settings, error);
}

int bh_attributes_need(const struct bh_maps *maps, const struct bh_container *container,
		       struct bh_error *error)
{
	return container->flags & BH_TASK_FILETRANS ? bh_attributes_attach(maps, error) : 0;
}

int bh_attributes_settle(const struct bh_policy *policy, struct bh_error *error)
{
	return policy && policy->filetrans_any ? bh_kmod_settle(error) : 0;
}
