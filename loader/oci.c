// SPDX-License-Identifier: GPL-2.0
/* What an OCI runtime says about a container: its state and its config.json. */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "io.h"
#include "json.h"
#include "oci.h"

#define ID_MAX 1024

static struct json_object *get_member(struct json_object *object, const char *name,
				      enum json_type type)
{
	struct json_object *member;

	if (!json_object_is_type(object, json_type_object) ||
	    !json_object_object_get_ex(object, name, &member) || !json_object_is_type(member, type))
		return NULL;
	return member;
}

/* NULL also for a string that holds a NUL: it would mean something else in C. */
static const char *get_string(struct json_object *object, const char *name)
{
	struct json_object *member = get_member(object, name, json_type_string);
	const char *text = member ? json_object_get_string(member) : NULL;

	if (!text || strlen(text) != (size_t)json_object_get_string_len(member))
		return NULL;
	return text;
}

/* An id becomes part of paths: what runtimes accept, and no dot in front. */
static bool is_id(const char *id)
{
	size_t len = strlen(id);

	if (!len || len > ID_MAX || !isalnum((unsigned char)*id))
		return false;
	for (; *id; id++)
		if (!isalnum((unsigned char)*id) && !strchr("_+-.", *id))
			return false;
	return true;
}

int bh_oci_state(const char *text, size_t len, struct bh_oci *oci, struct bh_error *error)
{
	struct json_object *pid;

	*oci = (struct bh_oci){ 0 };
	oci->state = bh_json_parse(text, len, json_type_object);
	oci->id = get_string(oci->state, "id");
	oci->bundle = get_string(oci->state, "bundle");
	pid = get_member(oci->state, "pid", json_type_int);
	if (pid)
		oci->pid = json_object_get_int(pid);
	if (oci->id && !is_id(oci->id))
		oci->id = NULL; /* not even for a message */
	if (!oci->id)
		return bh_fail(error, -EINVAL, "standard input: not an OCI state");
	return 0;
}

static bool has_option(struct json_object *mount, const char *name)
{
	struct json_object *options = get_member(mount, "options", json_type_array);

	for (size_t i = 0; options && i < json_object_array_length(options); i++) {
		struct json_object *option = json_object_array_get_idx(options, i);

		if (json_object_is_type(option, json_type_string) &&
		    !strcmp(json_object_get_string(option), name))
			return true;
	}
	return false;
}

static int read_mounts(struct bh_oci *oci, struct bh_error *error)
{
	struct json_object *mounts = get_member(oci->config, "mounts", json_type_array);
	size_t nr = mounts ? json_object_array_length(mounts) : 0;

	oci->mounts = calloc(nr + 1, sizeof(*oci->mounts));
	if (!oci->mounts)
		return -ENOMEM;
	for (size_t i = 0; i < nr; i++) {
		struct json_object *from = json_object_array_get_idx(mounts, i);
		struct bh_oci_mount *mount = &oci->mounts[oci->nr_mounts];
		const char *type = get_string(from, "type");

		mount->destination = get_string(from, "destination");
		mount->source = get_string(from, "source");
		mount->bind = (type && !strcmp(type, "bind")) || has_option(from, "bind") ||
			      has_option(from, "rbind");
		if (!mount->destination)
			return bh_fail(error, -EINVAL, "config.json: a mount without destination");
		oci->nr_mounts++;
	}
	return 0;
}

/* The level of user:role:type:level; the level may hold colons itself. */
static const char *find_level(struct json_object *config)
{
	const char *label =
		get_string(get_member(config, "process", json_type_object), "selinuxLabel");

	for (int i = 0; i < 3 && label; i++) {
		label = strchr(label, ':');
		if (label)
			label++;
	}
	return label && *label ? label : NULL;
}

static int find_rootfs(struct bh_oci *oci, struct bh_error *error)
{
	const char *path = get_string(get_member(oci->config, "root", json_type_object), "path");
	char joined[PATH_MAX];

	if (!path)
		return bh_fail(error, -EINVAL, "config.json: no root.path");
	if (snprintf(joined, sizeof(joined), "%s%s%s", *path == '/' ? "" : oci->bundle,
		     *path == '/' ? "" : "/", path) >= (int)sizeof(joined))
		return bh_fail(error, -ENAMETOOLONG, "config.json: root.path");
	oci->rootfs = realpath(joined, NULL);
	if (!oci->rootfs)
		return bh_fail(error, -errno, "%s: %s", joined, strerror(errno));
	return 0;
}

static int get_annotation(struct bh_oci *oci, const char *name, const char **value,
			  struct bh_error *error)
{
	struct json_object *all = get_member(oci->config, "annotations", json_type_object);

	*value = get_string(all, name);
	if (!*value && all && json_object_object_get_ex(all, name, NULL))
		return bh_fail(error, -EINVAL, "annotation %s: not a string", name);
	return 0;
}

int bh_oci_config(struct bh_oci *oci, struct bh_error *error)
{
	BH_FREE char *text = NULL;
	char path[PATH_MAX];
	size_t len;
	int ret;

	if (!oci->bundle || *oci->bundle != '/')
		return bh_fail(error, -EINVAL, "standard input: the state names no bundle");
	if (snprintf(path, sizeof(path), "%s/config.json", oci->bundle) >= (int)sizeof(path))
		return bh_fail(error, -ENAMETOOLONG, "%.64s...: %s", oci->bundle,
			       strerror(ENAMETOOLONG));
	ret = bh_read_path(path, BH_OCI_CONFIG_MAX, &text, &len);
	if (ret)
		return bh_fail(error, ret, "%s: %s", path, strerror(-ret));
	oci->config = bh_json_parse(text, len, json_type_object);
	if (!oci->config)
		return bh_fail(error, -EINVAL, "%s: not JSON", path);
	oci->level = find_level(oci->config);
	ret = get_annotation(oci, "io.bulkhead.policy", &oci->policy, error);
	if (!ret)
		ret = get_annotation(oci, "io.bulkhead.type", &oci->type, error);
	if (!ret)
		ret = find_rootfs(oci, error);
	return ret ? ret : read_mounts(oci, error);
}

void bh_oci_free(struct bh_oci *oci)
{
	json_object_put(oci->state);
	json_object_put(oci->config);
	free(oci->rootfs);
	free(oci->mounts);
	*oci = (struct bh_oci){ 0 };
}
