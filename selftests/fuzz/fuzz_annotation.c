// SPDX-License-Identifier: GPL-2.0
/*
 * The annotation io.bulkhead.policy: base64 of a module, alone or beside the file of the
 * image with which it must agree.
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base64.h"
#include "format.h"
#include "fuzz.h"
#include "module.h"

#define FILE_TEXT "(type a)\n"

/* Roots of containers: without a module, and with one. */
static int roots[2];

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const char *dir = fuzz_scratch();

	(void)argc;
	(void)argv;
	fuzz_mkdir(fuzz_path("%s/none", dir));
	fuzz_mkdir(fuzz_path("%s/file", dir));
	fuzz_mkdir(fuzz_path("%s/file/.bulkhead", dir));
	fuzz_write(fuzz_path("%s/file" BH_MODULE_PATH, dir), FILE_TEXT, strlen(FILE_TEXT));
	roots[0] = open(fuzz_path("%s/none", dir), O_PATH | O_DIRECTORY);
	roots[1] = open(fuzz_path("%s/file", dir), O_PATH | O_DIRECTORY);
	FUZZ_MUST(roots[0] >= 0 && roots[1] >= 0);
	return 0;
}

/* One text has one encoding: what is decoded encodes to the annotation again. */
static void check_found(const struct bh_source *module, const char *annotation)
{
	char *again = bh_base64_encode(module->text, module->len);

	FUZZ_MUST(module->text && module->text[module->len] == '\0');
	FUZZ_MUST(module->len <= BH_PACKAGE_BYTES_MAX);
	FUZZ_MUST(again && !strcmp(again, annotation));
	free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned int mode = fuzz_mode(&data, &size, 4);
	char *text = fuzz_text(data, size);
	struct bh_oci oci = { .policy = text, .of_image = mode & 1 };
	struct bh_error error = { 0 };
	struct bh_source module;
	int ret = bh_module_find(&oci, roots[mode >> 1], &module, &error);

	if (ret) {
		FUZZ_MUST_REFUSE(ret, &error);
		FUZZ_MUST(ret == -EINVAL || ret == -E2BIG);
		FUZZ_MUST(!module.text);
	} else {
		check_found(&module, text);
		FUZZ_MUST(mode != 3 || !strcmp(module.text, FILE_TEXT));
	}
	free((char *)module.text);
	free(text);
	return 0;
}
