/* SPDX-License-Identifier: GPL-2.0 */
/* What the harnesses share: assertions, the input as text, a scratch directory, BASE. */
#ifndef BULKHEAD_FUZZ_H
#define BULKHEAD_FUZZ_H

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

/* What must hold for every input; libFuzzer keeps the input for which it does not. */
#define FUZZ_MUST(condition)                                                            \
	do {                                                                            \
		if (!(condition)) {                                                     \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
			abort();                                                        \
		}                                                                       \
	} while (0)

/* A refusal is an errno that the function documents, and says why. */
#define FUZZ_MUST_REFUSE(ret, error) \
	FUZZ_MUST((ret) < 0 && (ret) != -ENOMEM && (error)->text[0] != '\0')

/* The input with a NUL behind it, in memory of its own: one byte too far is found. */
static inline char *fuzz_text(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	FUZZ_MUST(text);
	if (size)
		memcpy(text, data, size);
	text[size] = '\0';
	return text;
}

static inline void fuzz_read_base(struct bh_base *base)
{
	struct bh_error error;

	if (!bh_base_read(NULL, base, &error))
		return;
	fprintf(stderr, "%s\n", error.text);
	exit(1);
}

/* A directory of this process' own; the runner sets TMPDIR and removes it. */
static inline const char *fuzz_scratch(void)
{
	static char dir[512];
	const char *parent = getenv("TMPDIR");

	if (dir[0])
		return dir;
	snprintf(dir, sizeof(dir), "%s/fuzz-XXXXXX", parent ? parent : "/tmp");
	FUZZ_MUST(mkdtemp(dir));
	return dir;
}

/* A path, until the next call. */
__attribute__((format(printf, 1, 2))) static inline const char *fuzz_path(const char *format, ...)
{
	static char path[4096];
	va_list args;

	va_start(args, format);
	vsnprintf(path, sizeof(path), format, args);
	va_end(args);
	return path;
}

static inline void fuzz_mkdir(const char *path)
{
	FUZZ_MUST(!mkdir(path, 0700));
}

static inline void fuzz_write(const char *path, const void *data, size_t size)
{
	FILE *out = fopen(path, "w");

	FUZZ_MUST(out && fwrite(data, 1, size, out) == size && !fclose(out));
}

/* What the input is for, by its first byte; 0 when it is empty. */
static inline unsigned int fuzz_mode(const uint8_t **data, size_t *size, unsigned int modes)
{
	unsigned int mode;

	if (!*size)
		return 0;
	mode = (unsigned int)(*data)[0] % modes;
	(*data)++;
	(*size)--;
	return mode;
}

#endif /* BULKHEAD_FUZZ_H */
