// SPDX-License-Identifier: GPL-2.0
/* bulkhead exec: confine one command without a container engine. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>

#include "attributes.h"
#include "base.h"
#include "cgroup.h"
#include "cleanup.h"
#include "command.h"
#include "conf.h"
#include "container.h"
#include "format.h"
#include "gc.h"
#include "labels.h"
#include "lock.h"
#include "log.h"
#include "maps.h"
#include "marks.h"
#include "module.h"
#include "overlay.h"
#include "publish.h"
#include "spawn.h"

/* What of the host it may read and run: everything it is made of, on a merged /usr. */
#define HOST_DIR "/usr"
#define HOST_TYPE "usr_t"
#define FILE_TYPE "container_file_t"

struct run {
	const char *policy_path;
	struct bh_conf volumes; /* of the command line; its mode is not used */
	struct bh_source module;
	struct bh_modules modules; /* read if the module is one of them */
	struct bh_inputs inputs;
	struct bh_policy *policy;
	struct bh_maps maps;
	struct bh_marks marks;
	struct bh_request request;
	struct bh_container container;
	char id[32];
	int cgroup; /* its directory */
};

static int parse_volume(struct run *run, const char *text, struct bh_error *error)
{
	const char *kind = strrchr(text, ':');
	BH_FREE char *cut = NULL, *path = NULL;

	if (!kind || (strcmp(kind, ":shared") && strcmp(kind, ":private")))
		return bh_usage(error, "exec: --volume wants PATH:shared or PATH:private");
	cut = strndup(text, (size_t)(kind - text));
	path = cut ? realpath(cut, NULL) : NULL;
	if (!path)
		return bh_fail(error, -errno, "%s: %s", cut ? cut : text, strerror(errno));
	return bh_volume_add(&run->volumes, path, strlen(path), !strcmp(kind, ":private"));
}

static int parse_options(struct run *run, int argc, char **argv, struct bh_error *error)
{
	static const struct option options[] = { { "policy", required_argument, NULL, 'p' },
						 { "type", required_argument, NULL, 't' },
						 { "level", required_argument, NULL, 'l' },
						 { "volume", required_argument, NULL, 'v' },
						 { 0 } };
	int option, ret = 0;

	opterr = 0;
	while (!ret && (option = getopt_long(argc, argv, "+", options, NULL)) != -1) {
		if (option == 'p')
			run->policy_path = optarg;
		else if (option == 't')
			run->request.type = optarg;
		else if (option == 'l')
			run->request.level = optarg;
		else if (option == 'v')
			ret = parse_volume(run, optarg, error);
		else
			return bh_usage(error, "exec: %s: unknown, or its value is missing",
					argv[optind - 1]);
	}
	if (!ret && optind >= argc)
		return bh_usage(error, "exec: no command");
	return ret;
}

static int take_installed(struct run *run, const char *name, struct bh_error *error)
{
	const struct bh_installed *module;
	int ret = bh_modules_read(&run->modules, error);

	if (!ret)
		ret = bh_modules_get(&run->modules, name, false, &module, error);
	if (ret)
		return ret;
	run->request.module = &module->source;
	run->request.installed = module->name;
	return 0;
}

static int take_module(struct run *run, struct bh_error *error)
{
	int ret;

	if (!run->policy_path)
		return 0;
	if (!strncmp(run->policy_path, BH_MODULE_BY_NAME, strlen(BH_MODULE_BY_NAME)))
		return take_installed(run, run->policy_path + strlen(BH_MODULE_BY_NAME), error);
	ret = bh_format_read_file(run->policy_path, &run->module, error);
	run->request.module = &run->module;
	return ret;
}

static int compile(struct run *run, struct bh_error *error)
{
	int ret = take_module(run, error);

	return ret ? ret :
		     bh_container_compile(&run->maps, &run->request, &run->inputs, &run->policy,
					  error);
}

/* A mount namespace in which mounts can be made that nobody else sees. */
static int make_namespaces(struct run *run, struct bh_error *error)
{
	int ret;

	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		return bh_fail(error, -errno, "mount namespace: %s", strerror(errno));
	ret = bh_container_mntns(getpid(), &run->request.mntns, error);
	return ret ? ret : bh_cgroup_make(&run->cgroup, &run->request.cgroup, error);
}

/* The mount keeps the inode, and the record the lease of its mark. */
static int mark_path(struct run *run, const char *path, const char *type, uint32_t catset,
		     struct bh_error *error)
{
	struct bh_inode mark = { .label.catset = catset };
	BH_CLOSE int fd = -1;
	int ret = bh_type_find(&run->maps, type, BH_POLICY_BASE, &mark.label.type);

	if (ret)
		return bh_fail(error, ret, "type %s: %s", type, strerror(-ret));
	if (mount(path, path, NULL, MS_BIND | MS_REC, NULL))
		return bh_fail(error, -errno, "bind %s: %s", path, strerror(errno));
	fd = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return bh_fail(error, -errno, "%s: %s", path, strerror(errno));
	if (catset != BH_CATSET_EMPTY)
		bh_labels_of_mark(run->policy ? run->policy->automaton : NULL,
				  run->container.policy, path, &mark);
	return bh_marks_set(&run->marks, &run->maps, fd, &mark, BH_MARK_LEASED, path, error);
}

static int mark_volume(struct run *run, const struct bh_volume *volume, struct bh_error *error)
{
	int ret;

	if (volume->private)
		return mark_path(run, volume->path, FILE_TYPE, run->container.catset, error);
	run->container.flags |= BH_TASK_SHARED;
	ret = bh_attributes_attach(&run->maps, error);
	return ret ? ret : mark_path(run, volume->path, FILE_TYPE, BH_CATSET_EMPTY, error);
}

static int mark_all(struct run *run, struct bh_error *error)
{
	int ret = mark_path(run, HOST_DIR, HOST_TYPE, BH_CATSET_EMPTY, error);

	if (!ret)
		ret = bh_attributes_need(&run->maps, &run->container, error);
	for (size_t i = 0; i < run->volumes.nr_volumes && !ret; i++)
		ret = mark_volume(run, &run->volumes.volumes[i], error);
	return ret ? ret : bh_overlay_mounters(&run->marks, error);
}

static int start(struct run *run, struct bh_error *error)
{
	BH_CLOSE int lock = bh_lock("lock", error);
	int ret;

	if (lock < 0)
		return lock;
	/* Before types are freed. Records are not worth a command that does not start. */
	bh_log_drain(&run->maps, NULL);
	ret = bh_container_prepare(&run->maps, &run->request, &run->inputs, &run->policy,
				   &run->container, error);
	if (!ret)
		ret = mark_all(run, error);
	if (!ret)
		ret = bh_container_register(&run->maps, run->request.cgroup, &run->container,
					    &run->marks, error);
	if (ret) {
		bh_marks_undo(&run->marks, &run->maps);
		bh_gc(&run->maps);
	}
	return ret;
}

/* What cannot be removed now, the next command removes. */
static void stop(struct run *run)
{
	BH_CLOSE int lock = -1;

	/* The record goes last: nothing may run in the cgroup without one. */
	if (!run->container.id[0]) {
		bh_cgroup_remove(run->cgroup);
		return;
	}
	lock = bh_lock("lock", NULL);
	bh_log_drain(&run->maps, NULL);
	bh_cgroup_remove(run->cgroup);
	if (lock >= 0)
		bh_container_remove(&run->maps, run->request.cgroup);
}

static int confine(struct run *run, char **argv, struct bh_error *error)
{
	int ret = bh_maps_open(&run->maps, error);

	if (!ret)
		ret = compile(run, error);
	if (!ret)
		ret = bh_attributes_settle(run->policy, error);
	if (!ret)
		ret = make_namespaces(run, error);
	if (!ret)
		ret = start(run, error);
	if (!ret)
		ret = bh_spawn(argv, run->cgroup, error);
	stop(run);
	return ret;
}

int bh_cmd_exec(int argc, char **argv, struct bh_error *error)
{
	struct run run = { .maps = BH_MAPS_CLOSED, .cgroup = -1 };
	int ret = parse_options(&run, argc, argv, error);

	snprintf(run.id, sizeof(run.id), "exec-%d", getpid());
	run.request.id = run.id;
	if (!ret)
		ret = confine(&run, argv + optind, error);
	bh_marks_close(&run.marks);
	bh_policy_free(run.policy);
	bh_inputs_free(&run.inputs);
	bh_modules_free(&run.modules);
	bh_source_free(&run.module);
	bh_conf_free(&run.volumes);
	bh_maps_close(&run.maps);
	bh_cleanup_fd(&run.cgroup);
	return ret;
}
