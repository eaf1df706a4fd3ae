// SPDX-License-Identifier: GPL-2.0
/* The module in an image: annotation, label and file, which must agree. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base64.h"
#include "cleanup.h"
#include "format.h"
#include "hex.h"
#include "image_layer.h"
#include "image_module.h"
#include "json.h"
#include "module.h"

/* What one of the places says; strings belong to the JSON. */
struct saying {
	const char *policy;
	const char *type;
	const char *digest;
};

struct search {
	struct bh_archive *archive;
	const struct bh_image_item *item;
	struct bh_image_module *module;
	struct bh_error *error;
};

static int fail_search(const struct search *search, const char *place, const char *reason)
{
	return bh_fail(search->error, -EINVAL, "%s: %s: %s: %s", search->archive->path,
		       search->item->name, place, reason);
}

static int read_saying(struct json_object *map, struct saying *saying)
{
	if (bh_json_string(map, BH_IMAGE_ANNOTATION_POLICY, &saying->policy) ||
	    bh_json_string(map, BH_IMAGE_ANNOTATION_TYPE, &saying->type) ||
	    bh_json_string(map, BH_IMAGE_ANNOTATION_DIGEST, &saying->digest))
		return -EINVAL;
	if (saying->type && !*saying->type)
		saying->type = NULL;
	if (saying->digest && !*saying->digest)
		saying->digest = NULL;
	return 0;
}

/* The first place's text stands; the others' must be the same. */
static int take_text(struct search *search, unsigned int where, const char *place, char *text,
		     size_t len)
{
	struct bh_source *source = &search->module->source;

	if (search->module->named) {
		free(text);
		return fail_search(search, place, "a module, where the one before is the host's");
	}
	search->module->places |= where;
	if (!source->text) {
		source->text = text;
		source->len = len;
		bh_digest(source, 1, search->module->digest);
		return 0;
	}
	if (source->len != len || memcmp(source->text, text, len)) {
		free(text);
		return fail_search(search, place, "its module is another than the one before");
	}
	free(text);
	return 0;
}

static int take_type(struct search *search, const char *place, const char *type, bool first)
{
	char **own = &search->module->type;

	if (!first)
		return (*own && type && !strcmp(*own, type)) || (!*own && !type) ?
			       0 :
			       fail_search(search, place,
					   "its domain is another than the annotation's");
	if (!type)
		return 0;
	*own = strdup(type);
	return *own ? 0 :
		      bh_fail(search->error, -ENOMEM, "%s: %s", search->archive->path,
			      strerror(ENOMEM));
}

static int check_digest(struct search *search, const char *place, const char *digest)
{
	char own[BH_IMAGE_DIGEST_TEXT];

	if (!digest)
		return 0;
	bh_image_digest_text(search->module->digest, own);
	return strcmp(digest, own) ?
		       fail_search(search, place,
				   BH_IMAGE_ANNOTATION_DIGEST " is not its module's digest") :
		       0;
}

static int decode(struct search *search, const char *place, const char *policy, char **text,
		  size_t *len)
{
	int ret = bh_base64_decode(policy, BH_PACKAGE_BYTES_MAX, text, len);

	if (ret)
		return fail_search(search, place,
				   ret == -E2BIG ? "the module is too large" : "not base64");
	if (!bh_format_check_size(&(struct bh_source){ "", *text, *len }, NULL))
		return 0;
	free(*text);
	return fail_search(search, place, "the module is too large");
}

/* The host has it: there is nothing here to compare but the name. */
static int take_name(struct search *search, unsigned int where, const char *place,
		     const struct saying *saying)
{
	const char *name = saying->policy + strlen(BH_MODULE_BY_NAME);
	struct bh_image_module *module = search->module;

	if (module->source.text || (module->named && strcmp(module->named, name)))
		return fail_search(search, place, "its module is another than the one before");
	if (saying->digest)
		return fail_search(search, place, "a digest, but the module is the host's");
	module->places |= where;
	if (!module->named)
		module->named = strdup(name);
	return module->named ? 0 :
			       bh_fail(search->error, -ENOMEM, "%s: %s", search->archive->path,
				       strerror(ENOMEM));
}

static int take_saying(struct search *search, unsigned int where, const char *place,
		       struct json_object *map)
{
	bool first = !search->module->places;
	struct saying saying;
	char *text;
	size_t len;
	int ret;

	if (read_saying(map, &saying))
		return fail_search(search, place, "io.bulkhead.* is not a string");
	if (!saying.policy)
		return saying.type || saying.digest ?
			       fail_search(search, place, "a domain or a digest, but no module") :
			       0;
	if (!strncmp(saying.policy, BH_MODULE_BY_NAME, strlen(BH_MODULE_BY_NAME))) {
		ret = take_name(search, where, place, &saying);
		return ret ? ret : take_type(search, place, saying.type, first);
	}
	ret = decode(search, place, saying.policy, &text, &len);
	if (!ret)
		ret = take_text(search, where, place, text, len);
	if (!ret)
		ret = take_type(search, place, saying.type, first);
	return ret ? ret : check_digest(search, place, saying.digest);
}

static int read_layers(struct search *search, struct bh_layer_file *files)
{
	const struct bh_image_item *item = search->item;
	uint8_t diff_id[BH_DIGEST_SIZE];
	size_t tars = 0;
	int ret = 0;

	for (size_t i = 0; i < item->nr_layers && !ret; i++) {
		const struct bh_image_layer *layer = &item->layers[i];

		if (!layer->tar)
			continue; /* an engine does not unpack it */
		if (bh_image_diff_id(item, tars++, diff_id))
			return fail_search(search, "its configuration", "a diff_id is not SHA-256");
		ret = bh_layer_apply(search->archive, layer->name,
				     layer->has_digest ? layer->digest : NULL, diff_id, files,
				     search->error);
	}
	return ret;
}

static int take_file(struct search *search, const char *name, struct bh_layer_file *file)
{
	char place[64];
	int ret;

	snprintf(place, sizeof(place), "/%s", name);
	if (file->fault)
		return fail_search(search, place, file->fault);
	if (!file->text)
		return 0;
	if (search->module->file)
		return fail_search(search, place, "and there is another form of it");
	ret = take_text(search, BH_IMAGE_IN_FILE, place, file->text, file->len);
	file->text = NULL;
	search->module->file = name;
	return ret;
}

static int take_files(struct search *search)
{
	struct bh_layer_file files[BH_LAYER_FILES] = { 0 };
	int ret = read_layers(search, files);

	for (size_t i = 0; i < BH_LAYER_FILES; i++) {
		if (!ret)
			ret = take_file(search, bh_layer_names[i], &files[i]);
		free(files[i].text);
	}
	return ret;
}

int bh_image_module_find(struct bh_archive *archive, const struct bh_image_item *item,
			 struct bh_image_module *module, struct bh_error *error)
{
	struct search search = { archive, item, module, error };
	struct json_object *annotations, *config, *labels = NULL;
	int ret = 0;

	*module = (struct bh_image_module){ .source.name = "module" };
	if (bh_json_member(item->manifest, "annotations", json_type_object, &annotations) ||
	    bh_json_member(item->config, "config", json_type_object, &config) ||
	    bh_json_member(config, "Labels", json_type_object, &labels))
		return fail_search(&search, "annotations or labels", "not an object");
	/* manifest.json has none. */
	if (item->kind == BH_IMAGE_OCI)
		ret = take_saying(&search, BH_IMAGE_IN_ANNOTATION, "annotation", annotations);
	if (!ret)
		ret = take_saying(&search, BH_IMAGE_IN_LABEL, "label", labels);
	return ret ? ret : take_files(&search);
}

const char *bh_image_module_file(const struct bh_source *module)
{
	return bh_layer_names[bh_format_is_package(module)];
}

void bh_image_module_free(struct bh_image_module *module)
{
	free((char *)module->source.text);
	free(module->named);
	free(module->type);
	*module = (struct bh_image_module){ 0 };
}

void bh_image_digest_text(const uint8_t *digest, char text[BH_IMAGE_DIGEST_TEXT])
{
	strcpy(text, "sha256:");
	bh_hex_encode(digest, BH_DIGEST_SIZE, text + strlen(text));
}
