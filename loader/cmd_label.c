// SPDX-License-Identifier: GPL-2.0
/* bulkhead label: labels of the host's files, and of what is in its volumes. */
#include <bpf/bpf.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <bulkhead/context_text.h>

#include "attributes.h"
#include "cleanup.h"
#include "command.h"
#include "kernel.h"
#include "lock.h"
#include "maps.h"

#define MAX_DEPTH 256 /* directories below each other, one descriptor each */

enum action {
	SET,
	SHOW,
	REMOVE,
};

struct label_job {
	enum action action;
	bool below; /* all that is below a path, too, in the same file system */
	char text[BH_CONTEXT_TEXT_MAX];
	struct bh_maps maps; /* not of SHOW */
	struct bh_error *error;
};

/* By its descriptor: who may write to the directory cannot put another file in its place. */
static void path_of(int fd, char path[64])
{
	snprintf(path, 64, "/proc/self/fd/%d", fd);
}

static int fail(const struct label_job *job, const char *what)
{
	int code = errno;

	return bh_fail(job->error, -code, "%s: %s", what, strerror(code));
}

/* That it has a label of its own no longer holds; what it is to a mount does. */
static void forget(const struct label_job *job, int fd)
{
	struct bh_inode inode;

	if (!bpf_map_lookup_elem(job->maps.inodes, &fd, &inode) &&
	    !(inode.flags & (BH_INODE_MARK | BH_INODE_TASK)))
		bpf_map_delete_elem(job->maps.inodes, &fd);
}

static int show(const struct label_job *job, int fd, const char *what)
{
	struct bh_context context;
	struct bh_context_tag tag;
	char text[BH_CONTEXT_TEXT_MAX], path[64];
	ssize_t len;

	path_of(fd, path);
	len = getxattr(path, BH_XATTR_LABEL, text, sizeof(text));
	if (len < 0 && (errno == ENODATA || errno == EOPNOTSUPP)) {
		printf("%s: none\n", what);
		return 0;
	}
	if (len < 0 && errno != ERANGE)
		return fail(job, what);
	if (len < 0 || bh_context_parse(text, (size_t)len, &context, &tag)) {
		printf("%s: no label: it is refused to containers\n", what);
		return 0;
	}
	bh_context_format(context.type.name, context.catset, text, sizeof(text));
	/* Whether the tag is this host's the module knows; it stays where it is. */
	printf("%s: %s%s\n", what, text, tag.there ? " (tagged)" : "");
	return 0;
}

static int act(const struct label_job *job, int fd, const char *what)
{
	char path[64];

	if (job->action == SHOW)
		return show(job, fd, what);
	path_of(fd, path);
	if (job->action == SET) {
		if (setxattr(path, BH_XATTR_LABEL, job->text, strlen(job->text), 0))
			return fail(job, what);
	} else if (removexattr(path, BH_XATTR_LABEL) && errno != ENODATA) {
		return fail(job, what);
	}
	forget(job, fd);
	return 0;
}

static int walk(const struct label_job *job, int fd, dev_t device, const char *what,
		unsigned int depth);

static int enter(const struct label_job *job, int dir, const char *name, dev_t device,
		 const char *above, unsigned int depth)
{
	BH_CLOSE int fd = openat(dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	BH_FREE char *what = NULL;

	if (asprintf(&what, "%s/%s", above, name) < 0) {
		what = NULL;
		return -ENOMEM;
	}
	if (fd < 0)
		return errno == ENOENT ? 0 : fail(job, what); /* removed meanwhile */
	return walk(job, fd, device, what, depth);
}

static int walk_below(const struct label_job *job, int fd, dev_t device, const char *what,
		      unsigned int depth)
{
	int readable = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), ret = 0;
	DIR *dir = readable < 0 ? NULL : fdopendir(readable);
	struct dirent *entry;

	if (!dir) {
		ret = fail(job, what);
		if (readable >= 0)
			close(readable);
		return ret;
	}
	while (!ret && (entry = readdir(dir))) {
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
			ret = enter(job, readable, entry->d_name, device, what, depth + 1);
	}
	closedir(dir);
	return ret;
}

static int walk(const struct label_job *job, int fd, dev_t device, const char *what,
		unsigned int depth)
{
	struct stat st;
	int ret;

	if (fstat(fd, &st))
		return fail(job, what);
	if (depth && st.st_dev != device)
		return 0; /* mounted there */
	ret = act(job, fd, what);
	if (ret || !job->below || !S_ISDIR(st.st_mode))
		return ret;
	if (depth == MAX_DEPTH)
		return bh_fail(job->error, -ELOOP, "%s: too deep", what);
	return walk_below(job, fd, st.st_dev, what, depth);
}

static int label_paths(const struct label_job *job, char **paths)
{
	for (; *paths; paths++) {
		BH_CLOSE int fd = open(*paths, O_PATH | O_NOFOLLOW | O_CLOEXEC);
		int ret = fd < 0 ? fail(job, *paths) : walk(job, fd, 0, *paths, 0);

		if (ret)
			return ret;
	}
	return 0;
}

/* Of BASE, or of a policy that is published. */
static bool is_type(const struct bh_maps *maps, const char *name)
{
	BH_FREE void *ids = NULL, *values = NULL;
	const struct bh_type *types;
	size_t nr = 0;

	if (bh_map_entries(maps->types, sizeof(uint32_t), sizeof(*types), &ids, &values, &nr))
		return false;
	types = values;
	for (size_t i = 0; i < nr; i++)
		if (!strncmp(types[i].name, name, BH_NAME_MAX))
			return true;
	return false;
}

/* TYPE, TYPE:LEVEL or all of a context; what is written is always the second. */
static int take_context(struct label_job *job, const char *word)
{
	char text[BH_CONTEXT_TEXT_MAX];
	struct bh_context context;
	int len = snprintf(text, sizeof(text), "%s%s", word, strchr(word, ':') ? "" : ":s0");

	if ((size_t)len >= sizeof(text) || bh_context_parse(text, (size_t)len, &context, NULL))
		return bh_fail(job->error, -EINVAL,
			       "label: '%s' is not TYPE or TYPE:LEVEL, of at most two categories",
			       word);
	if (!is_type(&job->maps, context.type.name))
		return bh_fail(job->error, -ENOENT, "label: no type %s is loaded",
			       context.type.name);
	bh_context_format(context.type.name, context.catset, job->text, sizeof(job->text));
	return 0;
}

/* From here on what is written holds at once. */
static int prepare(struct label_job *job)
{
	BH_CLOSE int lock = -1;
	int ret;

	if (geteuid())
		return bh_fail(job->error, -EPERM, "only root can label");
	lock = bh_lock("lock", job->error);
	if (lock < 0)
		return lock;
	ret = bh_maps_open(&job->maps, job->error);
	if (ret)
		return ret;
	if (!bh_kernel_has_module())
		return bh_fail(job->error, -ENOSYS,
			       "label: bulkhead.ko is not loaded, and so nothing reads labels");
	return bh_attributes_attach(&job->maps, job->error);
}

static int run(struct label_job *job, char **words)
{
	int ret = job->action == SHOW ? 0 : prepare(job);

	if (!ret && job->action == SET)
		ret = take_context(job, *words++);
	return ret ? ret : label_paths(job, words);
}

int bh_cmd_label(int argc, char **argv, struct bh_error *error)
{
	static const struct option options[] = { { "recursive", no_argument, NULL, 'R' },
						 { "show", no_argument, NULL, 's' },
						 { "remove", no_argument, NULL, 'r' },
						 { 0 } };
	struct label_job job = { .maps = BH_MAPS_CLOSED, .error = error };
	int option, ret;

	opterr = 0;
	while ((option = getopt_long(argc, argv, "+R", options, NULL)) != -1) {
		if (option == 'R')
			job.below = true;
		else if (option == 's' || option == 'r')
			job.action = option == 's' ? SHOW : REMOVE;
		else
			return bh_usage(error, "label: unknown option %s", argv[optind - 1]);
	}
	if (argc - optind < (job.action == SET ? 2 : 1))
		return bh_usage(error, "label: wants %sa path",
				job.action == SET ? "a label and " : "");
	ret = run(&job, argv + optind);
	bh_maps_close(&job.maps);
	return ret;
}
