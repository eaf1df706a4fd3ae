// SPDX-License-Identifier: GPL-2.0
/* bulkhead hook: what an OCI runtime runs when a container starts and stops. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/syscall.h>
#include <syslog.h>

#include "attributes.h"
#include "cgroup.h"
#include "cleanup.h"
#include "command.h"
#include "conf.h"
#include "container.h"
#include "gc.h"
#include "image.h"
#include "io.h"
#include "lock.h"
#include "log.h"
#include "maps.h"
#include "marks.h"
#include "module.h"
#include "mounts.h"
#include "oci.h"
#include "overlay.h"
#include "publish.h"
#include "tell.h"
#include "view.h"

/* All that a start opens, so that one function closes it. */
struct start {
	struct bh_oci oci;
	struct bh_image image;
	struct bh_conf conf;
	struct bh_maps maps;
	struct bh_view view;
	struct bh_source module;
	struct bh_modules modules; /* read if the module is one of them */
	struct bh_inputs inputs;
	struct bh_policy *policy;
	struct bh_marks marks;
	struct bh_request request;
	int pidfd; /* keeps the pid from becoming another process' */
	int lock;
};

static void close_start(struct start *start)
{
	bh_marks_close(&start->marks);
	bh_policy_free(start->policy);
	bh_inputs_free(&start->inputs);
	bh_modules_free(&start->modules);
	free((void *)start->module.text);
	bh_view_close(&start->view);
	bh_maps_close(&start->maps);
	bh_conf_free(&start->conf);
	bh_image_free(&start->image);
	bh_oci_free(&start->oci);
	bh_cleanup_fd(&start->pidfd);
	bh_cleanup_fd(&start->lock);
}

static int read_state(struct bh_oci *oci, struct bh_error *error)
{
	BH_FREE char *text = NULL;
	size_t len;
	int ret = bh_read_fd(STDIN_FILENO, BH_OCI_STATE_MAX, &text, &len);

	if (ret)
		return bh_fail(error, ret, "standard input: %s", strerror(-ret));
	return bh_oci_state(text, len, oci, error);
}

/* The process as it is now: asked before all else, and again at the end. */
static int look_at_process(const struct bh_oci *oci, uint64_t *cgroup, uint64_t *mntns,
			   struct bh_error *error)
{
	int ret = bh_container_mntns(oci->pid, mntns, error);

	return ret ? ret : bh_cgroup_of_container(oci->pid, cgroup, error);
}

static int open_process(struct start *start, struct bh_error *error)
{
	pid_t pid = start->oci.pid;

	if (pid <= 1)
		return bh_fail(error, -EINVAL, "standard input: the state names no process");
	start->pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (start->pidfd < 0)
		return bh_fail(error, -errno, "process %d: %s", pid, strerror(errno));
	return look_at_process(&start->oci, &start->request.cgroup, &start->request.mntns, error);
}

static int check_process(const struct start *start, struct bh_error *error)
{
	struct pollfd ended = { .fd = start->pidfd, .events = POLLIN };
	uint64_t cgroup, mntns;
	int ret = look_at_process(&start->oci, &cgroup, &mntns, error);

	if (ret)
		return ret;
	if (poll(&ended, 1, 0) || cgroup != start->request.cgroup || mntns != start->request.mntns)
		return bh_fail(error, -ESRCH, "process %d: it changed while it was looked at",
			       start->oci.pid);
	return 0;
}

static bool is_name(const char *policy)
{
	return policy && !strncmp(policy, BH_MODULE_BY_NAME, strlen(BH_MODULE_BY_NAME));
}

/*
 * What the container's own annotations do not say, its image's may. An engine that hands
 * them on makes them the container's: those that are the same are the image's.
 */
static int take_image(struct start *start, struct bh_error *error)
{
	const char *stated = start->oci.policy;
	struct bh_image_saying saying;
	int ret = bh_image_read(&start->oci, &start->image, error);

	/* Whose word it is decides what it may name. */
	if (is_name(stated) && ret)
		return ret;
	/* That is how a build takes a base image's away. */
	if (start->oci.type && !*start->oci.type)
		start->oci.type = NULL;
	/* Stated by hand, also for an image that is in no storage known here. */
	if (stated && (ret || !start->image.annotation.policy ||
		       strcmp(stated, start->image.annotation.policy)))
		return 0;
	if (!ret)
		ret = bh_image_settle(&start->image, &saying, error);
	if (ret)
		return ret;
	start->oci.policy = saying.policy;
	start->oci.of_image = saying.policy;
	if (!start->oci.type)
		start->oci.type = saying.type;
	return 0;
}

static int take_installed(struct start *start, const char *name, struct bh_error *error)
{
	const struct bh_installed *module;
	int ret = bh_modules_read(&start->modules, error);

	if (!ret)
		ret = bh_modules_get(&start->modules, name, start->oci.of_image, &module, error);
	if (ret)
		return ret;
	start->request.module = &module->source;
	start->request.installed = module->name;
	return 0;
}

static int take_module(struct start *start, int rootfs, struct bh_error *error)
{
	int ret;

	if (is_name(start->oci.policy))
		return take_installed(start, start->oci.policy + strlen(BH_MODULE_BY_NAME), error);
	ret = bh_module_find(&start->oci, rootfs, &start->module, error);
	if (!ret && start->module.text)
		start->request.module = &start->module;
	return ret;
}

static int find_module(struct start *start, struct bh_error *error)
{
	BH_CLOSE int rootfs = bh_view_open_mount(&start->view, start->view.rootfs);
	int ret;

	if (rootfs < 0)
		return bh_fail(error, rootfs, "%s: %s", start->view.rootfs->point,
			       strerror(-rootfs));
	ret = take_image(start, error);
	if (ret)
		return ret;
	ret = take_module(start, rootfs, error);
	if (ret)
		return ret;
	start->request.id = start->oci.id;
	start->request.type = start->oci.type;
	start->request.level = start->oci.level;
	return bh_container_compile(&start->maps, &start->request, &start->inputs, &start->policy,
				    error);
}

/* Everything that only reads. */
static int open_start(struct start *start, struct bh_error *error)
{
	int ret = read_state(&start->oci, error);

	if (!ret)
		ret = bh_maps_open(&start->maps, error);
	if (!ret)
		ret = bh_conf_read(&start->conf, error);
	if (!ret)
		ret = bh_oci_config(&start->oci, error);
	if (!ret)
		ret = open_process(start, error);
	if (!ret)
		ret = bh_view_open(start->oci.pid, start->oci.rootfs, &start->view, error);
	if (!ret)
		ret = find_module(start, error);
	return ret ? ret : bh_attributes_settle(start->policy, error);
}

static int mark_mounts(struct start *start, struct bh_container *container, struct bh_error *error)
{
	struct bh_mounts_job job = {
		.oci = &start->oci,
		.conf = &start->conf,
		.view = &start->view,
		.maps = &start->maps,
		.catset = container->catset,
		.policy = container->policy,
		.automaton = start->policy ? start->policy->automaton : NULL,
		.flags = &container->flags,
	};
	struct bh_settings settings;
	int ret = bh_settings_read(&start->maps, &settings, error);

	if (ret)
		return ret;
	job.type = settings.type_file;
	ret = bh_attributes_need(&start->maps, container, error);
	if (ret)
		return ret;
	ret = bh_mounts_mark(&job, &start->marks, error);
	return ret ? ret : bh_overlay_mounters(&start->marks, error);
}

/* Everything that changes state: the record last, or all of it undone. */
static int commit_start(struct start *start, struct bh_error *error)
{
	struct bh_container container;
	int ret;

	start->lock = bh_lock("lock", error);
	if (start->lock < 0)
		return start->lock;
	/* Before types are freed. Records are not worth a container that does not start. */
	bh_log_drain(&start->maps, NULL);
	ret = bh_container_prepare(&start->maps, &start->request, &start->inputs, &start->policy,
				   &container, error);
	if (!ret)
		ret = mark_mounts(start, &container, error);
	if (!ret)
		ret = check_process(start, error);
	if (!ret)
		ret = bh_container_register(&start->maps, start->request.cgroup, &container,
					    &start->marks, error);
	if (ret) {
		bh_marks_undo(&start->marks, &start->maps);
		bh_gc(&start->maps);
	}
	return ret;
}

static int create_runtime(struct bh_error *error)
{
	struct start start = {
		.maps = BH_MAPS_CLOSED, .view = BH_VIEW_CLOSED, .pidfd = -1, .lock = -1
	};
	int ret = open_start(&start, error);

	if (!ret)
		ret = commit_start(&start, error);
	if (ret && start.oci.id)
		bh_fail_prefix(error, ret, "container %.12s", start.oci.id);
	/* crun drops what its hooks write to stderr. */
	if (ret) {
		bh_tell_runtime(error);
		syslog(LOG_AUTHPRIV | LOG_ERR, "%s", error->text[0] ? error->text : strerror(-ret));
	}
	close_start(&start);
	return ret;
}

static int remove_container(const struct bh_maps *maps, const char *id, struct bh_error *error)
{
	BH_CLOSE int lock = bh_lock("lock", error);
	uint64_t cgroup;

	if (lock < 0)
		return lock;
	bh_log_drain(maps, NULL);
	/* Somebody else may have found it gone: then only what others left is. */
	if (bh_container_find(maps, id, &cgroup))
		cgroup = BH_CGROUP_NONE;
	bh_container_remove(maps, cgroup);
	return 0;
}

static int poststop(struct bh_error *error)
{
	struct bh_maps maps = BH_MAPS_CLOSED;
	struct bh_oci oci = { 0 };
	int ret = read_state(&oci, error);

	if (!ret)
		ret = bh_maps_open(&maps, error);
	if (!ret)
		ret = remove_container(&maps, oci.id, error);
	else if (ret == -ENOENT)
		ret = 0; /* unloaded meanwhile: there is nothing to remove */
	bh_maps_close(&maps);
	bh_oci_free(&oci);
	return ret;
}

int bh_cmd_hook(int argc, char **argv, struct bh_error *error)
{
	openlog("bulkhead", 0, LOG_AUTHPRIV);
	if (argc != 2)
		return bh_usage(error, "hook: wants one stage");
	if (!strcmp(argv[1], "createRuntime"))
		return create_runtime(error);
	if (!strcmp(argv[1], "poststop"))
		return poststop(error);
	return bh_usage(error, "hook: no stage '%s'", argv[1]);
}
