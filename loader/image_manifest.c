// SPDX-License-Identifier: GPL-2.0
/* What images an archive or a layout holds: index, manifests, configurations. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "hex.h"
#include "image_manifest.h"
#include "json.h"
#include "policy.h"

#define PREFIX "sha256:"
#define BLOBS "blobs/sha256/"

static int parse_digest(const char *text, uint8_t *digest)
{
	if (!text || strncmp(text, PREFIX, strlen(PREFIX)))
		return -EINVAL;
	return bh_hex_decode(text + strlen(PREFIX), digest, BH_DIGEST_SIZE);
}

int bh_descriptor_parse(struct json_object *json, struct bh_descriptor *descriptor)
{
	struct json_object *size;
	const char *digest;

	*descriptor = (struct bh_descriptor){ .size = -1 };
	if (bh_json_string(json, "digest", &digest) ||
	    bh_json_string(json, "mediaType", &descriptor->type) ||
	    bh_json_member(json, "size", json_type_int, &size) ||
	    parse_digest(digest, descriptor->digest))
		return -EINVAL;
	if (size)
		descriptor->size = json_object_get_int64(size);
	snprintf(descriptor->name, sizeof(descriptor->name), BLOBS "%s", digest + strlen(PREFIX));
	return 0;
}

bool bh_descriptor_is_index(const struct bh_descriptor *descriptor)
{
	return descriptor->type &&
	       (!strcmp(descriptor->type, "application/vnd.oci.image.index.v1+json") ||
		!strcmp(descriptor->type,
			"application/vnd.docker.distribution.manifest.list.v2+json"));
}

static int load_json(struct bh_archive *archive, const char *name, enum json_type type,
		     const struct bh_descriptor *want, struct json_object **json,
		     struct bh_error *error)
{
	BH_FREE char *text = NULL;
	struct bh_source source = { 0 };
	uint8_t digest[BH_DIGEST_SIZE];
	int ret = bh_archive_read(archive, name, BH_IMAGE_JSON_MAX, &text, &source.len, error);

	*json = NULL;
	if (ret)
		return ret;
	source.text = text;
	bh_digest(&source, 1, digest);
	if (want && ((want->size >= 0 && (size_t)want->size != source.len) ||
		     memcmp(digest, want->digest, sizeof(digest))))
		return bh_fail(error, -EBADMSG, "%s: %s: its digest or size is another",
			       archive->path, name);
	*json = bh_json_parse(text, source.len, type);
	return *json ? 0 :
		       bh_fail(error, -EINVAL, "%s: %s: not the JSON that it should be",
			       archive->path, name);
}

int bh_descriptor_load(struct bh_archive *archive, const struct bh_descriptor *descriptor,
		       struct json_object **json, struct bh_error *error)
{
	return load_json(archive, descriptor->name, json_type_object, descriptor, json, error);
}

static int fail_item(struct bh_archive *archive, const struct bh_image_item *item,
		     struct bh_error *error, const char *reason)
{
	return bh_fail(error, -EINVAL, "%s: %s: %s", archive->path, item->name, reason);
}

static bool is_tar(const char *type)
{
	static const char *const tars[] = {
		"application/vnd.oci.image.layer.",
		"application/vnd.docker.image.rootfs.",
	};

	for (size_t i = 0; type && i < sizeof(tars) / sizeof(tars[0]); i++)
		if (!strncmp(type, tars[i], strlen(tars[i])))
			return true;
	return !type;
}

static int take_oci_layer(struct json_object *from, struct bh_image_layer *layer)
{
	struct bh_descriptor descriptor;

	if (bh_descriptor_parse(from, &descriptor))
		return -EINVAL;
	strcpy(layer->name, descriptor.name);
	memcpy(layer->digest, descriptor.digest, sizeof(layer->digest));
	layer->has_digest = true;
	layer->tar = is_tar(descriptor.type);
	return 0;
}

/* A path in the archive, which may be a blob's. */
static int take_docker_layer(struct json_object *from, struct bh_image_layer *layer)
{
	const char *name =
		json_object_is_type(from, json_type_string) ? json_object_get_string(from) : NULL;

	if (!name || *name == '/' || !bh_archive_clean_name(name, layer->name, sizeof(layer->name)))
		return -EINVAL;
	layer->tar = true;
	if (!strncmp(layer->name, BLOBS, strlen(BLOBS)))
		layer->has_digest =
			!bh_hex_decode(layer->name + strlen(BLOBS), layer->digest, BH_DIGEST_SIZE);
	return 0;
}

static int take_layers(struct bh_archive *archive, struct bh_image_item *item,
		       struct bh_error *error)
{
	struct json_object *layers;
	size_t nr;

	if (bh_json_member(item->manifest, item->kind == BH_IMAGE_OCI ? "layers" : "Layers",
			   json_type_array, &layers))
		return fail_item(archive, item, error, "its layers are no list");
	nr = layers ? json_object_array_length(layers) : 0;
	if (nr > BH_IMAGE_LAYERS_MAX)
		return fail_item(archive, item, error, "too many layers");
	item->layers = calloc(nr + 1, sizeof(*item->layers));
	if (!item->layers)
		return bh_fail(error, -ENOMEM, "%s: %s", archive->path, strerror(ENOMEM));
	for (size_t i = 0; i < nr; i++) {
		struct json_object *from = json_object_array_get_idx(layers, i);
		struct bh_image_layer *layer = &item->layers[i];

		if (item->kind == BH_IMAGE_OCI ? take_oci_layer(from, layer) :
						 take_docker_layer(from, layer))
			return fail_item(archive, item, error, "a layer without name or SHA-256");
		item->nr_layers++;
		item->nr_tars += layer->tar;
	}
	return 0;
}

static int load_config(struct bh_archive *archive, struct bh_image_item *item,
		       struct bh_error *error)
{
	struct bh_descriptor *ref = &item->config_ref;
	struct json_object *config;
	const char *name = NULL;
	size_t len;

	if (item->kind == BH_IMAGE_OCI) {
		if (bh_json_member(item->manifest, "config", json_type_object, &config) ||
		    bh_descriptor_parse(config, ref))
			return fail_item(archive, item, error, "no configuration by SHA-256");
		return load_json(archive, ref->name, json_type_object, ref, &item->config, error);
	}
	ref->size = -1;
	if (bh_json_string(item->manifest, "Config", &name) || !name || *name == '/' ||
	    !bh_archive_clean_name(name, ref->name, sizeof(ref->name)))
		return fail_item(archive, item, error, "no configuration");
	/* HEX.json, or blobs/sha256/HEX. */
	name = !strncmp(ref->name, BLOBS, strlen(BLOBS)) ? ref->name + strlen(BLOBS) : ref->name;
	len = strcspn(name, ".");
	BH_FREE char *hex = strndup(name, len);

	if (!hex || bh_hex_decode(hex, ref->digest, BH_DIGEST_SIZE))
		return fail_item(archive, item, error, "its configuration is not named by SHA-256");
	return load_json(archive, ref->name, json_type_object, ref, &item->config, error);
}

static int take_diff_ids(struct bh_archive *archive, struct bh_image_item *item,
			 struct bh_error *error)
{
	struct json_object *rootfs;

	if (bh_json_member(item->config, "rootfs", json_type_object, &rootfs) ||
	    bh_json_member(rootfs, "diff_ids", json_type_array, &item->diff_ids))
		return fail_item(archive, item, error, "rootfs of its configuration");
	if (item->nr_tars != (item->diff_ids ? json_object_array_length(item->diff_ids) : 0))
		return fail_item(archive, item, error,
				 "its configuration and its manifest have different layers");
	return 0;
}

int bh_image_diff_id(const struct bh_image_item *item, size_t number, uint8_t *digest)
{
	struct json_object *id =
		item->diff_ids ? json_object_array_get_idx(item->diff_ids, number) : NULL;

	return json_object_is_type(id, json_type_string) ?
		       parse_digest(json_object_get_string(id), digest) :
		       -EINVAL;
}

int bh_image_load(struct bh_archive *archive, struct json_object *manifest, enum bh_image_kind kind,
		  const char *name, struct bh_image_item *item, struct bh_error *error)
{
	int ret;

	*item = (struct bh_image_item){ .kind = kind, .manifest = json_object_get(manifest) };
	snprintf(item->name, sizeof(item->name), "%s", name);
	ret = take_layers(archive, item, error);
	if (!ret)
		ret = load_config(archive, item, error);
	return ret ? ret : take_diff_ids(archive, item, error);
}

void bh_image_unload(struct bh_image_item *item)
{
	json_object_put(item->manifest);
	json_object_put(item->config);
	free(item->layers);
	*item = (struct bh_image_item){ 0 };
}

int bh_image_list(struct bh_archive *archive, const char *name, struct json_object **list,
		  struct bh_error *error)
{
	*list = NULL;
	if (!bh_archive_has(archive, name))
		return 0;
	return load_json(archive, name,
			 strcmp(name, "index.json") ? json_type_array : json_type_object, NULL,
			 list, error);
}

struct walk {
	struct bh_archive *archive;
	bh_image_visit visit;
	void *data;
	size_t nr; /* images so far */
};

/* Indexes count too: they may name each other's children many times. */
static int count(struct walk *walk, struct bh_error *error)
{
	return ++walk->nr <= BH_IMAGE_MANIFESTS_MAX ?
		       0 :
		       bh_fail(error, -EINVAL, "%s: more than %u manifests", walk->archive->path,
			       BH_IMAGE_MANIFESTS_MAX);
}

static int visit_image(struct walk *walk, struct json_object *manifest, enum bh_image_kind kind,
		       const char *name, struct bh_error *error)
{
	struct bh_image_item item;
	int ret = bh_image_load(walk->archive, manifest, kind, name, &item, error);

	if (!ret)
		ret = walk->visit(walk->archive, &item, walk->data, error);
	bh_image_unload(&item);
	return ret;
}

static int walk_index(struct walk *walk, struct json_object *index, unsigned int depth,
		      struct bh_error *error);

static int walk_descriptor(struct walk *walk, struct json_object *from, unsigned int depth,
			   struct bh_error *error)
{
	struct bh_descriptor descriptor;
	struct json_object *json;
	char name[64];
	int ret;

	if (bh_descriptor_parse(from, &descriptor))
		return bh_fail(error, -EINVAL, "%s: an index names something without SHA-256",
			       walk->archive->path);
	ret = bh_descriptor_load(walk->archive, &descriptor, &json, error);
	if (ret)
		return ret;
	snprintf(name, sizeof(name), "manifest %.12s", descriptor.name + strlen(BLOBS));
	if (bh_descriptor_is_index(&descriptor))
		ret = walk_index(walk, json, depth + 1, error);
	else
		ret = visit_image(walk, json, BH_IMAGE_OCI, name, error);
	json_object_put(json);
	return ret;
}

static int walk_index(struct walk *walk, struct json_object *index, unsigned int depth,
		      struct bh_error *error)
{
	struct json_object *manifests;
	int ret = 0;

	if (depth > BH_IMAGE_INDEX_DEPTH ||
	    bh_json_member(index, "manifests", json_type_array, &manifests) || !manifests)
		return bh_fail(error, -EINVAL, "%s: an index %s", walk->archive->path,
			       depth > BH_IMAGE_INDEX_DEPTH ? "too deep in others" :
							      "without manifests");
	for (size_t i = 0; i < json_object_array_length(manifests) && !ret; i++) {
		ret = count(walk, error);
		if (!ret)
			ret = walk_descriptor(walk, json_object_array_get_idx(manifests, i), depth,
					      error);
	}
	return ret;
}

static int walk_docker(struct walk *walk, struct json_object *list, struct bh_error *error)
{
	int ret = 0;

	for (size_t i = 0; i < json_object_array_length(list) && !ret; i++) {
		char name[64];

		snprintf(name, sizeof(name), "image %zu of manifest.json", i + 1);
		ret = count(walk, error);
		if (!ret)
			ret = visit_image(walk, json_object_array_get_idx(list, i), BH_IMAGE_DOCKER,
					  name, error);
	}
	return ret;
}

int bh_image_walk(struct bh_archive *archive, bh_image_visit visit, void *data,
		  struct bh_error *error)
{
	struct walk walk = { archive, visit, data, 0 };
	struct json_object *index, *docker = NULL;
	int ret = bh_image_list(archive, "index.json", &index, error);

	if (!ret)
		ret = bh_image_list(archive, "manifest.json", &docker, error);
	if (!ret && index)
		ret = walk_index(&walk, index, 0, error);
	if (!ret && docker)
		ret = walk_docker(&walk, docker, error);
	if (!ret && !walk.nr)
		ret = bh_fail(error, -EINVAL,
			      "%s: not an image: no manifest in index.json or manifest.json",
			      archive->path);
	json_object_put(index);
	json_object_put(docker);
	return ret;
}
