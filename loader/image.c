// SPDX-License-Identifier: GPL-2.0
/* What a container's image says of its module, from the engine's storage. */
#include <errno.h>
#include <json-c/json.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base64.h"
#include "cleanup.h"
#include "image.h"
#include "image_manifest.h"
#include "io.h"

#define LIST_MAX (64U << 20) /* bytes of the list of containers */
#define DEFAULT_ROOT "/var/lib/containers/storage"

/* Where the engine keeps containers and images. */
struct storage {
	char root[PATH_MAX];
	const char *driver; /* part of root's memory: overlay, vfs, ... */
};

/* Cuts off the last component of a path, and gives it; NULL when there is none. */
static char *cut_last(char *path)
{
	char *slash = strrchr(path, '/');

	if (!slash)
		return NULL;
	*slash = '\0';
	return slash + 1;
}

/* ROOT/DRIVER-containers/ID/userdata into its parts; false for any other path. */
static bool split_bundle(const char *bundle, struct storage *storage)
{
	static const char suffix[] = "-containers";
	char *name, *end;

	if (strlen(bundle) >= sizeof(storage->root))
		return false;
	strcpy(storage->root, bundle);
	name = cut_last(storage->root);
	if (!name || strcmp(name, "userdata") || !cut_last(storage->root))
		return false;
	name = cut_last(storage->root);
	if (!name || strlen(name) < sizeof(suffix))
		return false;
	end = name + strlen(name) - strlen(suffix);
	if (strcmp(end, suffix))
		return false;
	*end = '\0';
	storage->driver = name;
	return true;
}

static struct json_object *read_json(const char *path, size_t max, enum json_type type, int *code)
{
	BH_FREE char *text = NULL;
	struct json_object *object;

	*code = bh_read_path(path, max, &text, NULL);
	if (*code)
		return NULL;
	object = json_tokener_parse(text);
	if (!object || !json_object_is_type(object, type)) {
		json_object_put(object);
		*code = -EINVAL;
		return NULL;
	}
	return object;
}

static const char *get_string(struct json_object *object, const char *name)
{
	struct json_object *member;

	if (!json_object_is_type(object, json_type_object) ||
	    !json_object_object_get_ex(object, name, &member) ||
	    !json_object_is_type(member, json_type_string))
		return NULL;
	return json_object_get_string(member);
}

/* It becomes part of a path. */
static bool is_image_id(const char *id)
{
	return strspn(id, "0123456789abcdef") == strlen(id) && strlen(id) <= 128;
}

/* The container's image out of one list, empty for one without (podman run --rootfs). */
static int find_in_list(const char *path, const char *id, char **image)
{
	struct json_object *list;
	const char *found = NULL;
	int ret;

	list = read_json(path, LIST_MAX, json_type_array, &ret);
	for (size_t i = 0; list && i < json_object_array_length(list); i++) {
		struct json_object *container = json_object_array_get_idx(list, i);
		const char *its = get_string(container, "id");

		if (!its || strcmp(its, id))
			continue;
		found = get_string(container, "image");
		if (!found)
			found = "";
	}
	if (!ret)
		ret = found ? 0 : -ENOENT;
	if (!ret && !is_image_id(found))
		ret = -EINVAL;
	if (!ret)
		*image = strdup(found);
	json_object_put(list);
	return !ret && !*image ? -ENOMEM : ret;
}

/* Containers of `podman run --rm` are in a list of their own. */
static int find_image(const char *root, const char *driver, const char *id, char **image)
{
	static const char *const lists[] = { "containers.json", "volatile-containers.json" };
	char path[PATH_MAX];
	int ret = -ENOENT;

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]) && ret == -ENOENT; i++) {
		if (snprintf(path, sizeof(path), "%s/%s-containers/%s", root, driver, lists[i]) >=
		    (int)sizeof(path))
			return -ENAMETOOLONG;
		ret = find_in_list(path, id, image);
	}
	return ret;
}

/* A file of the image's: FILE is its key as the storage writes it. */
static struct json_object *read_image(const char *root, const char *driver, const char *id,
				      const char *file, int *code)
{
	char path[PATH_MAX];

	if (snprintf(path, sizeof(path), "%s/%s-images/%s/%s", root, driver, id, file) >=
	    (int)sizeof(path)) {
		*code = -ENAMETOOLONG;
		return NULL;
	}
	return read_json(path, BH_IMAGE_JSON_MAX, json_type_object, code);
}

/* The storage keeps the configuration by its digest: "=" and that in base64. */
static int read_config(const char *root, const char *driver, const char *id, struct bh_image *image)
{
	BH_FREE char *key = NULL, *file = NULL;
	struct json_object *config;
	const char *digest;
	int ret;

	if (!json_object_object_get_ex(image->manifest, "config", &config))
		return 0;
	digest = get_string(config, "digest");
	if (!digest || strncmp(digest, "sha256:", 7) || strlen(digest) != 7 + 64 ||
	    !is_image_id(digest + 7))
		return -EINVAL;
	key = bh_base64_encode(digest, strlen(digest));
	if (!key || asprintf(&file, "=%s", key) < 0)
		return -ENOMEM;
	image->config = read_image(root, driver, id, file, &ret);
	return ret;
}

static int read_both(const char *root, const char *driver, const char *id, struct bh_image *image)
{
	int ret;

	image->manifest = read_image(root, driver, id, "manifest", &ret);
	if (ret)
		return ret;
	/* An image that is half there is not one that is absent. */
	ret = read_config(root, driver, id, image);
	return ret == -ENOENT ? -EIO : ret;
}

/* Present but no string is an error, not a module that is absent. */
static int take_string(struct json_object *all, const char *name, const char **value)
{
	*value = get_string(all, name);
	return !*value && json_object_object_get_ex(all, name, NULL) ? -EINVAL : 0;
}

static int take_saying(struct json_object *from, const char *name, struct bh_image_saying *saying)
{
	struct json_object *all;
	int ret;

	if (!json_object_object_get_ex(from, name, &all) || !all)
		return 0;
	if (!json_object_is_type(all, json_type_object))
		return -EINVAL;
	ret = take_string(all, "io.bulkhead.policy", &saying->policy);
	if (!ret)
		ret = take_string(all, "io.bulkhead.type", &saying->type);
	/* An empty one takes a base image's away. */
	if (saying->type && !*saying->type)
		saying->type = NULL;
	return ret;
}

static int take_sayings(struct bh_image *image)
{
	struct json_object *config = NULL;
	int ret = take_saying(image->manifest, "annotations", &image->annotation);

	if (ret || !image->config || !json_object_object_get_ex(image->config, "config", &config) ||
	    !config)
		return ret;
	return json_object_is_type(config, json_type_object) ?
		       take_saying(config, "Labels", &image->label) :
		       -EINVAL;
}

int bh_image_read(const struct bh_oci *oci, struct bh_image *image, struct bh_error *error)
{
	BH_FREE char *id = NULL;
	struct storage storage;
	int ret;

	*image = (struct bh_image){ 0 };
	if (!oci->bundle || !split_bundle(oci->bundle, &storage))
		return 0;
	/* An engine may keep bundles on a tmpfs, apart from its storage. */
	ret = find_image(storage.root, storage.driver, oci->id, &id);
	if (ret == -ENOENT)
		ret = find_image(DEFAULT_ROOT, storage.driver, oci->id, &id);
	if (ret)
		return bh_fail(error, ret, "%s/%s-containers: the container's image: %s",
			       storage.root, storage.driver, strerror(-ret));
	if (!*id)
		return 0;
	ret = read_both(storage.root, storage.driver, id, image);
	if (ret == -ENOENT)
		ret = read_both(DEFAULT_ROOT, storage.driver, id, image);
	if (!ret)
		ret = take_sayings(image);
	return ret ? bh_fail(error, ret, "image %.12s: its annotations and labels: %s", id,
			     strerror(-ret)) :
		     0;
}

static bool is_same(const char *left, const char *right)
{
	return (!left && !right) || (left && right && !strcmp(left, right));
}

int bh_image_settle(const struct bh_image *image, struct bh_image_saying *saying,
		    struct bh_error *error)
{
	const struct bh_image_saying *annotation = &image->annotation, *label = &image->label;

	*saying = annotation->policy || !label->policy ? *annotation : *label;
	if (!annotation->policy || !label->policy)
		return 0;
	if (!is_same(annotation->policy, label->policy) || !is_same(annotation->type, label->type))
		return bh_fail(error, -EINVAL,
			       "io.bulkhead.policy: the image's annotation and its label differ");
	return 0;
}

void bh_image_free(struct bh_image *image)
{
	json_object_put(image->config);
	json_object_put(image->manifest);
	*image = (struct bh_image){ 0 };
}
