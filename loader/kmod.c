// SPDX-License-Identifier: GPL-2.0
/* What bulkhead.ko shows and takes below /sys/kernel/security/bulkhead/. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bulkhead/abi.h>

#include "cleanup.h"
#include "io.h"
#include "kernel.h"
#include "kmod.h"

#define KMOD_DIR "/sys/kernel/security/bulkhead"
#define SMALL_FILE 4096
#define MAX_FDS 512

/* A command for the module: its name, and descriptors of this process. */
struct command {
	char text[SMALL_FILE];
	size_t used;
	int fds[MAX_FDS]; /* to be closed again */
	size_t nr_fds;
};

static int add_fd(struct command *command, int fd)
{
	size_t room = sizeof(command->text) - command->used;
	int made = snprintf(command->text + command->used, room, " %d", fd);

	if (made < 0 || (size_t)made >= room)
		return -E2BIG;
	command->used += (size_t)made;
	return 0;
}

static void begin(struct command *command, const char *name)
{
	command->nr_fds = 0;
	command->used = (size_t)snprintf(command->text, sizeof(command->text), "%s", name);
}

static int give(const struct command *command, const char *what, struct bh_error *error)
{
	int ret = bh_write_path(KMOD_DIR "/ctl", command->text);

	return ret ? bh_fail(error, ret, "bulkhead.ko: %s: %s", what, strerror(-ret)) : 0;
}

static int check_abi(struct bh_error *error)
{
	BH_FREE char *text = NULL;
	int ret = bh_read_path(KMOD_DIR "/abi", SMALL_FILE, &text, NULL);

	if (ret)
		return bh_fail(error, -EPROTO, KMOD_DIR "/abi: %s", strerror(-ret));
	if (strtoul(text, NULL, 10) == BH_ABI_VERSION)
		return 0;
	text[strcspn(text, "\n")] = '\0';
	return bh_fail(error, -EPROTO,
		       "bulkhead.ko has ABI %s and this bulkhead has %u; `rmmod bulkhead`, and "
		       "install the module that belongs to it",
		       text, BH_ABI_VERSION);
}

static void parse_line(const char *line, struct bh_kmod_status *status)
{
	const struct {
		const char *name;
		uint64_t *value;
	} numbers[] = {
		{ "sealed", &status->sealed },	 { "held", &status->held },
		{ "records", &status->records }, { "untaken", &status->untaken },
		{ "refused", &status->refused },
	};
	size_t len = strcspn(line, " ");

	if (!strcmp(line, "locked yes"))
		status->locked = true;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (!strncmp(line, numbers[i].name, len) && !numbers[i].name[len])
			*numbers[i].value = strtoull(line + len, NULL, 10);
}

int bh_kmod_status(struct bh_kmod_status *status, struct bh_error *error)
{
	BH_FREE char *text = NULL;
	char *rest, *line;
	int ret;

	*status = (struct bh_kmod_status){ 0 };
	if (!bh_kernel_has_module())
		return 0;
	ret = check_abi(error);
	if (ret)
		return ret;
	ret = bh_read_path(KMOD_DIR "/status", SMALL_FILE, &text, NULL);
	if (ret)
		return bh_fail(error, ret, KMOD_DIR "/status: %s", strerror(-ret));
	for (rest = text; (line = strsep(&rest, "\n"));)
		parse_line(line, status);
	status->present = true;
	return 0;
}

int bh_kmod_seal(const struct bpf_object *object, struct bh_error *error)
{
	struct bpf_program *program;
	struct command command;
	int ret = 0;

	begin(&command, "seal");
	bpf_object__for_each_program (program, object)
		if (bpf_program__autoload(program) && !ret)
			ret = add_fd(&command, bpf_program__fd(program));
	return ret ? ret : give(&command, "seal the programs", error);
}

int bh_kmod_key(const char *key, struct bh_error *error)
{
	struct command command;

	begin(&command, "key ");
	command.used += (size_t)snprintf(command.text + command.used,
					 sizeof(command.text) - command.used, "%s", key);
	return give(&command, "take the key of labels", error);
}

int bh_kmod_settle(struct bh_error *error)
{
	struct command command;

	begin(&command, "settle");
	return bh_kernel_has_module() ? give(&command, "write the labels that wait", error) : 0;
}

void bh_kmod_release(void)
{
	struct command command;

	begin(&command, "release");
	if (bh_kernel_has_module())
		give(&command, "release the programs", NULL);
}

/* The links that are pinned, as descriptors. */
static int open_links(struct command *command, struct bh_error *error)
{
	DIR *dir = opendir(BH_PIN_DIR "/links");
	struct dirent *entry;
	char path[512];
	int ret = 0;

	if (!dir)
		return bh_fail(error, -errno, BH_PIN_DIR "/links: %s", strerror(errno));
	while (!ret && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), BH_PIN_DIR "/links/%s", entry->d_name);
		ret = command->nr_fds == MAX_FDS ? -E2BIG : bpf_obj_get(path);
		if (ret < 0) {
			ret = bh_fail(error, ret, "%s: %s", path, strerror(-ret));
			break;
		}
		command->fds[command->nr_fds++] = ret;
		ret = add_fd(command, ret);
	}
	closedir(dir);
	return ret;
}

int bh_kmod_lock(struct bh_error *error)
{
	struct bh_kmod_status status;
	struct command command;
	int ret = bh_kmod_status(&status, error);

	if (ret)
		return ret;
	if (!status.present)
		return bh_fail(error, -ENOSYS, "lock: bulkhead.ko is not loaded");
	if (status.locked)
		return 0;
	begin(&command, "lock");
	ret = open_links(&command, error);
	if (!ret)
		ret = give(&command, "hold what is attached", error);
	for (size_t i = 0; i < command.nr_fds; i++)
		close(command.fds[i]);
	return ret;
}

int bh_kmod_check_unlocked(struct bh_error *error)
{
	struct bh_kmod_status status;
	int ret = bh_kmod_status(&status, error);

	if (!ret && status.locked)
		return bh_fail(error, -EPERM, "locked: nothing detaches before the next boot");
	return ret;
}
