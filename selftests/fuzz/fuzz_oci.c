// SPDX-License-Identifier: GPL-2.0
/*
 * JSON that a container's engine hands on from an image: the runtime's state, config.json,
 * and the image's manifest and configuration in the storage. The first byte says which.
 */
#include <errno.h>

#include "base64.h"
#include "fuzz.h"
#include "image.h"
#include "oci.h"

#define ID "c0ffee"
#define IMAGE "abcd"
/* Of the configuration, as the good manifest has it. */
#define DIGEST "sha256:0000000000000000000000000000000000000000000000000000000000000000"
#define MANIFEST                                            \
	"{\"config\":{\"digest\":\"" DIGEST "\"},"          \
	"\"annotations\":{\"io.bulkhead.policy\":\"YQ==\"," \
	"\"io.bulkhead.type\":\"a_t\"}}"

enum mode { STATE, CONFIG, CONTAINERS, IMAGE_MANIFEST, IMAGE_CONFIG, NR_MODES };

static char *bundle, *config, *containers, *manifest, *image_config;

static char *path_of(const char *name)
{
	char *path = strdup(fuzz_path("%s/%s", fuzz_scratch(), name));

	FUZZ_MUST(path);
	return path;
}

/* Every string can be read to its end. */
static void read_strings(const struct bh_oci *oci)
{
	const char *const strings[] = { oci->id,   oci->bundle, oci->rootfs,
					oci->type, oci->level,	oci->policy };

	for (size_t i = 0; i < sizeof(strings) / sizeof(strings[0]); i++)
		FUZZ_MUST(!strings[i] || strlen(strings[i]) < SIZE_MAX);
	for (size_t i = 0; i < oci->nr_mounts; i++)
		FUZZ_MUST(strlen(oci->mounts[i].destination) < SIZE_MAX &&
			  (!oci->mounts[i].source || strlen(oci->mounts[i].source) < SIZE_MAX));
}

static void read_state(const char *text, size_t size)
{
	struct bh_error error = { 0 };
	struct bh_oci oci;
	int ret = bh_oci_state(text, size, &oci, &error);

	if (ret)
		FUZZ_MUST_REFUSE(ret, &error);
	else
		FUZZ_MUST(oci.id && *oci.id && *oci.id != '.' && !strchr(oci.id, '/'));
	read_strings(&oci);
	bh_oci_free(&oci);
}

static void read_config(const char *text, size_t size)
{
	struct bh_oci oci = { .id = ID, .bundle = bundle };
	struct bh_error error = { 0 };
	int ret;

	fuzz_write(config, text, size);
	ret = bh_oci_config(&oci, &error);
	if (ret)
		FUZZ_MUST_REFUSE(ret, &error);
	else
		FUZZ_MUST(oci.rootfs && *oci.rootfs == '/');
	read_strings(&oci);
	bh_oci_free(&oci);
}

static void settle(const struct bh_image *image)
{
	struct bh_image_saying saying;
	struct bh_error error = { 0 };
	int ret = bh_image_settle(image, &saying, &error);

	if (ret) {
		FUZZ_MUST_REFUSE(ret, &error);
		FUZZ_MUST(image->annotation.policy && image->label.policy);
		return;
	}
	FUZZ_MUST(!saying.policy == (!image->annotation.policy && !image->label.policy));
	FUZZ_MUST(!saying.type || *saying.type);
}

/* The rest of the storage is good. */
static int read_image(enum mode mode, const char *text, size_t size)
{
	static const char list[] = "[{\"id\":\"" ID "\",\"image\":\"" IMAGE "\"}]";
	const struct bh_oci oci = { .id = ID, .bundle = bundle };
	struct bh_error error = { 0 };
	struct bh_image image;
	int ret;

	fuzz_write(containers, list, strlen(list));
	fuzz_write(manifest, MANIFEST, strlen(MANIFEST));
	fuzz_write(image_config, "{}", 2);
	fuzz_write(mode == CONTAINERS	  ? containers :
		   mode == IMAGE_MANIFEST ? manifest :
					    image_config,
		   text, size);
	ret = bh_image_read(&oci, &image, &error);
	if (ret)
		FUZZ_MUST_REFUSE(ret, &error);
	else
		settle(&image);
	bh_image_free(&image);
	return ret;
}

/* The storage is good as it is made, or nothing behind the first file would be tried. */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	static const char *const dirs[] = { "overlay-containers", "overlay-containers/" ID,
					    "overlay-containers/" ID "/userdata", "overlay-images",
					    "overlay-images/" IMAGE };

	char *key;

	(void)argc;
	(void)argv;
	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++)
		fuzz_mkdir(fuzz_path("%s/%s", fuzz_scratch(), dirs[i]));
	bundle = path_of(dirs[2]);
	config = path_of("overlay-containers/" ID "/userdata/config.json");
	containers = path_of("overlay-containers/containers.json");
	manifest = path_of("overlay-images/" IMAGE "/manifest");
	key = bh_base64_encode(DIGEST, strlen(DIGEST));
	FUZZ_MUST(key);
	image_config = strdup(fuzz_path("%s/overlay-images/" IMAGE "/=%s", fuzz_scratch(), key));
	free(key);
	FUZZ_MUST(image_config && !read_image(IMAGE_CONFIG, "{}", 2));
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum mode mode = fuzz_mode(&data, &size, NR_MODES);
	char *text = fuzz_text(data, size);

	if (mode == STATE)
		read_state(text, size);
	else if (mode == CONFIG)
		read_config(text, size);
	else
		read_image(mode, text, size);
	free(text);
	return 0;
}
