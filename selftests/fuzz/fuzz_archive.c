// SPDX-License-Identifier: GPL-2.0
/*
 * An image as `bulkhead image verify` reads it. Digests would keep a fuzzer out of all but
 * the index, so the first byte says what the rest is: the whole archive, or a part of one
 * that is made here with the right digests.
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "fuzz.h"
#include "image_fixture.h"
#include "image_module.h"

enum mode { WHOLE, LAYER, INDEX, MANIFEST, SAYINGS, DOCKER_LIST, NR_MODES };

/* Smaller than in earnest, so that a run does not take seconds. */
static const struct bh_archive_limits limits = { .entries = 256,
						 .layer_entries = 1024,
						 .bytes = 16 << 20,
						 .free_bytes = 1 << 20,
						 .ratio = 100 };
static const char *path;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	path = strdup(fuzz_path("%s/image", fuzz_scratch()));
	FUZZ_MUST(path);
	return 0;
}

static int visit(struct bh_archive *archive, struct bh_image_item *item, void *data,
		 struct bh_error *error)
{
	struct bh_image_module module;
	int ret = bh_image_module_find(archive, item, &module, error);

	(void)data;
	if (ret) {
		FUZZ_MUST_REFUSE(ret, error);
	} else {
		FUZZ_MUST(!module.source.text == !module.places);
		FUZZ_MUST(!(module.places & BH_IMAGE_IN_FILE) == !module.file);
	}
	bh_image_module_free(&module);
	return 0;
}

static void verify(void)
{
	struct bh_error error = { 0 };
	struct bh_archive archive;
	int ret = bh_archive_open(path, &limits, &archive, &error);

	if (!ret)
		ret = bh_image_walk(&archive, visit, NULL, &error);
	if (ret)
		FUZZ_MUST_REFUSE(ret, &error);
	bh_archive_close(&archive);
}

/* Of a blob, an index that names it. */
static void put_index(struct files *files, const void *blob, size_t size)
{
	char hex[65], json[256];

	files_put_blob(files, blob, size, hex);
	snprintf(json, sizeof(json), "{\"manifests\":[{\"digest\":\"sha256:%s\",\"size\":%zu}]}",
		 hex, size);
	files_put_text(files, "index.json", json);
}

/* Members of the manifest's annotations, a NUL, those of the configuration's labels. */
static void put_sayings(struct files *files, const struct bytes *layer, const char *text,
			size_t size)
{
	size_t len = strlen(text);
	struct says says = { .annotations = text, .labels = len < size ? text + len + 1 : NULL };

	make_oci(files, layer, 1, PLAIN, &says);
}

/* In place of what was put last. */
static void replace_last(struct files *files, const char *name, const void *data, size_t size)
{
	free(files->file[--files->nr].bytes.data);
	files_put(files, name, data, size);
}

static void put_image(struct files *files, enum mode mode, char *text, size_t size)
{
	static const struct entry entries[] = { { ".bulkhead/policy.cil", "(type a)\n" }, { 0 } };
	const struct says says = { 0 };
	struct bytes input = { text, size };
	struct bytes layer = make_tar(entries);
	size_t manifest_size;
	char hex[65];

	if (mode == LAYER)
		make_oci(files, &input, 1, PLAIN, &says);
	else if (mode == SAYINGS)
		put_sayings(files, &layer, text, size);
	else if (mode == DOCKER_LIST)
		make_docker(files, &layer, 1, PLAIN, &says);
	else
		make_manifest(files, &layer, 1, PLAIN, &says, hex, &manifest_size);
	if (mode == DOCKER_LIST)
		replace_last(files, "manifest.json", text, size);
	else if (mode == INDEX)
		files_put(files, "index.json", text, size);
	else if (mode == MANIFEST)
		put_index(files, text, size);
	free(layer.data);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum mode mode = fuzz_mode(&data, &size, NR_MODES);
	static struct files files;
	char *text = fuzz_text(data, size);

	if (mode == WHOLE) {
		fuzz_write(path, text, size);
	} else {
		put_image(&files, mode, text, size);
		files_write_tar(&files, path);
		files_free(&files);
	}
	verify();
	free(text);
	return 0;
}
