// SPDX-License-Identifier: GPL-2.0
/* Putting a module into an image that is built already. */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base64.h"
#include "cleanup.h"
#include "hex.h"
#include "image_changes.h"
#include "image_embed.h"
#include "image_layer.h"
#include "image_module.h"
#include "json.h"

#define BLOBS "blobs/sha256/"
#define DOCKER_MANIFEST "application/vnd.docker.distribution.manifest.v2+json"
#define LAYER_ROOM (16U << 10) /* headers and padding of the layer's tar */

struct embed {
	struct bh_archive archive;
	struct bh_image_changes changes;
	const struct bh_source *module;
	const char *type;
	char *base64;
	char module_digest[BH_IMAGE_DIGEST_TEXT];
	char *layer; /* the tar that is put on top */
	size_t layer_len;
	char layer_digest[BH_IMAGE_DIGEST_TEXT];
	struct bh_error *error;
};

static int fail_embed(struct embed *embed, int code, const char *reason)
{
	return bh_fail(embed->error, code, "%s: %s", embed->archive.path, reason);
}

static void digest_of(const void *data, size_t len, char text[BH_IMAGE_DIGEST_TEXT])
{
	struct bh_source source = { .text = data, .len = len };
	uint8_t digest[BH_DIGEST_SIZE];

	bh_digest(&source, 1, digest);
	bh_image_digest_text(digest, text);
}

static bool add_tar_entry(struct archive *tar, const char *name, bool directory,
			  const struct bh_source *module)
{
	struct archive_entry *entry = archive_entry_new();
	bool done;

	if (!entry)
		return false;
	archive_entry_set_pathname(entry, name);
	archive_entry_set_filetype(entry, directory ? AE_IFDIR : AE_IFREG);
	archive_entry_set_perm(entry, directory ? 0755 : 0644);
	archive_entry_set_mtime(entry, 0, 0);
	archive_entry_set_size(entry, directory ? 0 : (la_int64_t)module->len);
	done = archive_write_header(tar, entry) == ARCHIVE_OK &&
	       (directory ||
		archive_write_data(tar, module->text, module->len) == (la_ssize_t)module->len);
	archive_entry_free(entry);
	return done;
}

/* Not compressed: compressors differ from host to host. */
static int make_layer(struct embed *embed)
{
	size_t room = embed->module->len + LAYER_ROOM;
	struct archive *tar = archive_write_new();
	bool done;

	embed->layer = malloc(room);
	done = tar && embed->layer && archive_write_set_format_ustar(tar) == ARCHIVE_OK &&
	       archive_write_open_memory(tar, embed->layer, room, &embed->layer_len) ==
		       ARCHIVE_OK &&
	       add_tar_entry(tar, ".bulkhead/", true, NULL) &&
	       add_tar_entry(tar, bh_image_module_file(embed->module), false, embed->module) &&
	       archive_write_close(tar) == ARCHIVE_OK;
	archive_write_free(tar);
	if (!done)
		return fail_embed(embed, -ENOMEM, strerror(ENOMEM));
	digest_of(embed->layer, embed->layer_len, embed->layer_digest);
	return 0;
}

/* The member, made if it is missing. */
static struct json_object *get_object(struct json_object *parent, const char *name)
{
	struct json_object *member = json_object_object_get(parent, name);

	if (member)
		return member;
	member = json_object_new_object();
	json_object_object_add(parent, name, member);
	return member;
}

static void set_string(struct json_object *object, const char *name, const char *value)
{
	json_object_object_add(object, name, json_object_new_string(value));
}

static void set_saying(struct embed *embed, struct json_object *map)
{
	set_string(map, BH_IMAGE_ANNOTATION_POLICY, embed->base64);
	set_string(map, BH_IMAGE_ANNOTATION_DIGEST, embed->module_digest);
	if (embed->type)
		set_string(map, BH_IMAGE_ANNOTATION_TYPE, embed->type);
	else
		json_object_object_del(map, BH_IMAGE_ANNOTATION_TYPE);
}

static void set_config(struct embed *embed, struct json_object *config)
{
	struct json_object *rootfs = get_object(config, "rootfs");
	struct json_object *ids = json_object_object_get(rootfs, "diff_ids");
	struct json_object *history, *line;

	set_saying(embed, get_object(get_object(config, "config"), "Labels"));
	if (!ids) {
		ids = json_object_new_array();
		json_object_object_add(rootfs, "diff_ids", ids);
		set_string(rootfs, "type", "layers");
	}
	json_object_array_add(ids, json_object_new_string(embed->layer_digest));
	history = json_object_object_get(config, "history");
	if (!json_object_is_type(history, json_type_array))
		return;
	line = json_object_new_object();
	set_string(line, "created", "1970-01-01T00:00:00Z");
	set_string(line, "created_by", "bulkhead image embed");
	json_object_array_add(history, line);
}

/* Notes JSON as a file whose name is @prefix, its digest, and @suffix. */
static int put_json(struct embed *embed, struct json_object *json, const char *prefix,
		    const char *suffix, char digest[BH_IMAGE_DIGEST_TEXT], int64_t *size)
{
	size_t len;
	const char *text = json_object_to_json_string_length(
		json, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE, &len);
	char name[128];

	if (!text)
		return fail_embed(embed, -ENOMEM, strerror(ENOMEM));
	digest_of(text, len, digest);
	*size = (int64_t)len;
	snprintf(name, sizeof(name), "%s%s%s", prefix, digest + strlen("sha256:"), suffix);
	return bh_image_change(&embed->changes, name, text, len) ?
		       fail_embed(embed, -ENOMEM, strerror(ENOMEM)) :
		       0;
}

static int put_layer(struct embed *embed, const char *prefix, const char *suffix)
{
	char name[128];

	snprintf(name, sizeof(name), "%s%s%s", prefix, embed->layer_digest + strlen("sha256:"),
		 suffix);
	return bh_image_change(&embed->changes, name, embed->layer, embed->layer_len) ?
		       fail_embed(embed, -ENOMEM, strerror(ENOMEM)) :
		       0;
}

static int drop(struct embed *embed, const char *name)
{
	return bh_image_change(&embed->changes, name, NULL, 0) ?
		       fail_embed(embed, -ENOMEM, strerror(ENOMEM)) :
		       0;
}

static struct json_object *copy_json(struct json_object *from)
{
	struct json_object *copy = NULL;

	return json_object_deep_copy(from, &copy, NULL) ? NULL : copy;
}

static void set_descriptor(struct json_object *descriptor, const char *digest, int64_t size)
{
	set_string(descriptor, "digest", digest);
	json_object_object_add(descriptor, "size", json_object_new_int64(size));
	/* The same bytes once more, by base64. */
	json_object_object_del(descriptor, "data");
}

static bool is_docker_manifest(const struct bh_image_item *item)
{
	const char *type;

	return !bh_json_string(item->manifest, "mediaType", &type) && type &&
	       !strcmp(type, DOCKER_MANIFEST);
}

/* Does the image have the module everywhere already, or hold no files at all? */
static int is_done(struct embed *embed, const struct bh_image_item *item, bool *done)
{
	unsigned int wanted = BH_IMAGE_IN_LABEL | BH_IMAGE_IN_FILE;
	struct bh_image_module has;
	int ret = bh_image_module_find(&embed->archive, item, &has, embed->error);
	const char *type = has.type ? has.type : "";

	if (item->kind == BH_IMAGE_OCI && !is_docker_manifest(item))
		wanted |= BH_IMAGE_IN_ANNOTATION;
	*done = item->nr_tars != item->nr_layers ||
		(has.places == wanted && has.source.len == embed->module->len &&
		 !memcmp(has.source.text, embed->module->text, has.source.len) &&
		 !strcmp(type, embed->type ? embed->type : ""));
	if (!ret && !*done && has.file && strcmp(has.file, bh_image_module_file(embed->module)))
		ret = bh_fail(embed->error, -EINVAL, "%s: it has /%s, which /%s does not replace",
			      embed->archive.path, has.file, bh_image_module_file(embed->module));
	bh_image_module_free(&has);
	return ret;
}

static int write_config(struct embed *embed, const struct bh_image_item *item, const char *prefix,
			const char *suffix, char digest[BH_IMAGE_DIGEST_TEXT], int64_t *size)
{
	struct json_object *config = copy_json(item->config);
	int ret;

	if (!config)
		return fail_embed(embed, -ENOMEM, strerror(ENOMEM));
	set_config(embed, config);
	ret = put_json(embed, config, prefix, suffix, digest, size);
	json_object_put(config);
	return ret ? ret : drop(embed, item->config_ref.name);
}

static void add_oci_layer(struct embed *embed, struct json_object *manifest, bool docker)
{
	struct json_object *layers = json_object_object_get(manifest, "layers");
	struct json_object *layer = json_object_new_object();

	if (!layers) {
		layers = json_object_new_array();
		json_object_object_add(manifest, "layers", layers);
	}
	set_string(layer, "mediaType",
		   docker ? "application/vnd.docker.image.rootfs.diff.tar" :
			    "application/vnd.oci.image.layer.v1.tar");
	set_string(layer, "digest", embed->layer_digest);
	json_object_object_add(layer, "size", json_object_new_int64((int64_t)embed->layer_len));
	json_object_array_add(layers, layer);
}

static int change_manifest(struct embed *embed, struct bh_image_item *item,
			   struct json_object *descriptor)
{
	bool docker = is_docker_manifest(item);
	char digest[BH_IMAGE_DIGEST_TEXT];
	struct json_object *manifest;
	int64_t size;
	int ret = write_config(embed, item, BLOBS, "", digest, &size);

	if (!ret)
		ret = put_layer(embed, BLOBS, "");
	if (ret)
		return ret;
	manifest = copy_json(item->manifest);
	if (!manifest)
		return fail_embed(embed, -ENOMEM, strerror(ENOMEM));
	set_descriptor(json_object_object_get(manifest, "config"), digest, size);
	add_oci_layer(embed, manifest, docker);
	if (!docker)
		set_saying(embed, get_object(manifest, "annotations"));
	ret = put_json(embed, manifest, BLOBS, "", digest, &size);
	if (!ret)
		set_descriptor(descriptor, digest, size);
	json_object_put(manifest);
	return ret;
}

static int embed_manifest(struct embed *embed, struct json_object *manifest,
			  struct json_object *descriptor, const char *old, bool *changed)
{
	struct bh_image_item item;
	bool done = false;
	int ret = bh_image_load(&embed->archive, manifest, BH_IMAGE_OCI, "manifest", &item,
				embed->error);

	if (!ret)
		ret = is_done(embed, &item, &done);
	if (!ret && !done) {
		*changed = true;
		ret = change_manifest(embed, &item, descriptor);
		if (!ret)
			ret = drop(embed, old);
	}
	bh_image_unload(&item);
	return ret;
}

static int embed_index(struct embed *embed, struct json_object *index, unsigned int depth,
		       bool *changed);

static int embed_nested(struct embed *embed, struct json_object *index,
			struct json_object *descriptor, const char *old, unsigned int depth,
			bool *changed)
{
	char digest[BH_IMAGE_DIGEST_TEXT];
	bool inner = false;
	int64_t size;
	int ret = embed_index(embed, index, depth + 1, &inner);

	if (ret || !inner)
		return ret;
	*changed = true;
	ret = put_json(embed, index, BLOBS, "", digest, &size);
	if (ret)
		return ret;
	set_descriptor(descriptor, digest, size);
	return drop(embed, old);
}

/* The archive was walked already: what it names is there, and not too much. */
static int embed_index(struct embed *embed, struct json_object *index, unsigned int depth,
		       bool *changed)
{
	struct json_object *list = json_object_object_get(index, "manifests");
	int ret = depth > BH_IMAGE_INDEX_DEPTH ? fail_embed(embed, -EINVAL, "an index too deep") :
						 0;

	for (size_t i = 0; !ret && i < json_object_array_length(list); i++) {
		struct json_object *from = json_object_array_get_idx(list, i), *json = NULL;
		struct bh_descriptor descriptor;

		if (bh_descriptor_parse(from, &descriptor))
			return fail_embed(embed, -EINVAL,
					  "an index names something without SHA-256");
		ret = bh_descriptor_load(&embed->archive, &descriptor, &json, embed->error);
		if (!ret && bh_descriptor_is_index(&descriptor))
			ret = embed_nested(embed, json, from, descriptor.name, depth, changed);
		else if (!ret)
			ret = embed_manifest(embed, json, from, descriptor.name, changed);
		json_object_put(json);
	}
	return ret;
}

static int change_docker(struct embed *embed, struct bh_image_item *item, struct json_object *from)
{
	bool blobs = !strncmp(item->config_ref.name, BLOBS, strlen(BLOBS));
	const char *prefix = blobs ? BLOBS : "";
	char digest[BH_IMAGE_DIGEST_TEXT], name[128];
	struct json_object *layers = json_object_object_get(from, "Layers");
	int64_t size;
	int ret = write_config(embed, item, prefix, blobs ? "" : ".json", digest, &size);

	if (!ret)
		ret = put_layer(embed, prefix, blobs ? "" : ".tar");
	if (ret)
		return ret;
	snprintf(name, sizeof(name), "%s%s%s", prefix, digest + strlen("sha256:"),
		 blobs ? "" : ".json");
	set_string(from, "Config", name);
	if (!layers) {
		layers = json_object_new_array();
		json_object_object_add(from, "Layers", layers);
	}
	snprintf(name, sizeof(name), "%s%s%s", prefix, embed->layer_digest + strlen("sha256:"),
		 blobs ? "" : ".tar");
	json_object_array_add(layers, json_object_new_string(name));
	return 0;
}

static int embed_docker(struct embed *embed, struct json_object *list, bool *changed)
{
	int ret = 0;

	for (size_t i = 0; !ret && i < json_object_array_length(list); i++) {
		struct json_object *from = json_object_array_get_idx(list, i);
		struct bh_image_item item;
		bool done = false;

		ret = bh_image_load(&embed->archive, from, BH_IMAGE_DOCKER, "manifest.json", &item,
				    embed->error);
		if (!ret)
			ret = is_done(embed, &item, &done);
		if (!ret && !done) {
			*changed = true;
			ret = change_docker(embed, &item, from);
		}
		bh_image_unload(&item);
	}
	return ret;
}

static int put_list(struct embed *embed, const char *name, struct json_object *list)
{
	size_t len;
	const char *text = json_object_to_json_string_length(
		list, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE, &len);

	return !text || bh_image_change(&embed->changes, name, text, len) ?
		       fail_embed(embed, -ENOMEM, strerror(ENOMEM)) :
		       0;
}

static int collect_changes(struct embed *embed)
{
	struct json_object *index, *docker = NULL;
	bool of_index = false, of_docker = false;
	int ret = bh_image_list(&embed->archive, "index.json", &index, embed->error);

	if (!ret)
		ret = bh_image_list(&embed->archive, "manifest.json", &docker, embed->error);
	if (!ret && index)
		ret = embed_index(embed, index, 0, &of_index);
	if (!ret && docker)
		ret = embed_docker(embed, docker, &of_docker);
	if (!ret && of_index)
		ret = put_list(embed, "index.json", index);
	if (!ret && of_docker)
		ret = put_list(embed, "manifest.json", docker);
	json_object_put(index);
	json_object_put(docker);
	return ret;
}

static int visit_nothing(struct bh_archive *archive, struct bh_image_item *item, void *data,
			 struct bh_error *error)
{
	(void)archive, (void)item, (void)data, (void)error;
	return 0;
}

static int visit_result(struct bh_archive *archive, struct bh_image_item *item, void *data,
			struct bh_error *error)
{
	const struct embed *embed = data;
	struct bh_image_module module;
	int ret = bh_image_module_find(archive, item, &module, error);

	if (!ret && item->nr_tars == item->nr_layers &&
	    (module.source.len != embed->module->len ||
	     memcmp(module.source.text, embed->module->text, module.source.len)))
		ret = bh_fail(error, -EIO, "%s: %s: the module is not in it", archive->path,
			      item->name);
	bh_image_module_free(&module);
	return ret;
}

/* What will be found in it is what was to be put there. */
static int approve(const char *path, void *data, struct bh_error *error)
{
	struct bh_archive archive;
	int ret = bh_archive_open(path, NULL, &archive, error);

	if (!ret)
		ret = bh_image_walk(&archive, visit_result, data, error);
	bh_archive_close(&archive);
	return ret;
}

int bh_image_embed(const char *path, const char *out, const struct bh_source *module,
		   const char *type, struct bh_error *error)
{
	struct embed embed = { .module = module, .type = type, .error = error };
	int ret = bh_archive_open(path, NULL, &embed.archive, error);

	if (!ret)
		ret = bh_image_walk(&embed.archive, visit_nothing, NULL, error);
	digest_of(module->text, module->len, embed.module_digest);
	embed.base64 = bh_base64_encode(module->text, module->len);
	if (!ret && !embed.base64)
		ret = fail_embed(&embed, -ENOMEM, strerror(ENOMEM));
	if (!ret)
		ret = make_layer(&embed);
	if (!ret)
		ret = collect_changes(&embed);
	if (!ret && (embed.changes.nr || out))
		ret = bh_image_rewrite(&embed.archive, &embed.changes, out, approve, &embed, error);
	bh_image_changes_free(&embed.changes);
	bh_archive_close(&embed.archive);
	free(embed.base64);
	free(embed.layer);
	return ret;
}
