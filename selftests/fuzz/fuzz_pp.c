// SPDX-License-Identifier: GPL-2.0
/*
 * A policy package: libsepol converts it in a child, and may crash there. This process must
 * not, and takes what the child says only if it is text of bounded size.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>

#include "cil_validate.h"
#include "format.h"
#include "fuzz.h"

static struct bh_base base;

/* The fuzzer's handlers are for this process; a child that crashes is to die of it. */
static void forget_handlers(void)
{
	static const int signals[] = { SIGSEGV, SIGBUS,	 SIGABRT, SIGILL,
				       SIGFPE,	SIGXFSZ, SIGTERM, SIGINT };

	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		signal(signals[i], SIG_DFL);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	fuzz_read_base(&base);
	return pthread_atfork(NULL, NULL, forget_handlers);
}

static void read_module(const struct bh_source *source)
{
	struct bh_module *module;
	struct bh_error error = { 0 };
	int ret = bh_module_read(base.source, base.nr_source, source, false, &module, &error);

	FUZZ_MUST(!ret == (module != NULL));
	if (ret)
		FUZZ_MUST_REFUSE(ret, &error);
	bh_module_free(module);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);
	struct bh_source source = { "m.pp", text, size };
	struct bh_source cil;
	struct bh_error error = { 0 };
	int ret = bh_format_cil(&source, &cil, &error);

	if (ret) {
		FUZZ_MUST_REFUSE(ret, &error);
		FUZZ_MUST(ret == -EINVAL || ret == -E2BIG);
		FUZZ_MUST(!cil.text && !strchr(error.text, '\n'));
	} else if (bh_format_is_package(&source)) {
		FUZZ_MUST(cil.text != source.text && cil.len <= BH_MODULE_TEXT_MAX);
		FUZZ_MUST(strlen(cil.text) == cil.len && !strcmp(cil.name, "m.pp (as CIL)"));
		read_module(&cil);
	} else {
		FUZZ_MUST(cil.text == source.text && cil.len == source.len);
	}
	bh_format_free(&source, &cil);
	free(text);
	return 0;
}
