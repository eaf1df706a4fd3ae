// SPDX-License-Identifier: GPL-2.0
/* BASE: the policy texts that the host's administrator installed. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base.h"
#include "io.h"

#define ORDER_BYTES_MAX 4096U
#define BASE_BYTES_MAX (16U << 20)

int bh_source_read(const char *path, size_t max, struct bh_source *source, struct bh_error *error)
{
	char *text = NULL;
	int ret;

	memset(source, 0, sizeof(*source));
	ret = bh_read_path(path, max, &text, &source->len);
	if (ret == -EFBIG)
		return bh_fail(error, -E2BIG, "%s: larger than %zu bytes", path, max);
	if (ret)
		return bh_fail(error, ret, "%s: %s", path, strerror(-ret));
	source->text = text;
	source->name = strdup(path);
	if (!source->name) {
		bh_source_free(source);
		return bh_fail(error, -ENOMEM, "%s: %s", path, strerror(ENOMEM));
	}
	return 0;
}

void bh_source_free(struct bh_source *source)
{
	free((char *)source->name);
	free((char *)source->text);
	memset(source, 0, sizeof(*source));
}

static int add_text(struct bh_base *base, const char *dir, const char *name, struct bh_error *error)
{
	struct bh_source *grown;
	char *path;
	int ret;

	grown = reallocarray(base->source, base->nr_source + 1, sizeof(*grown));
	if (!grown)
		return bh_fail(error, -ENOMEM, "%s: %s", dir, strerror(ENOMEM));
	base->source = grown;
	if (asprintf(&path, "%s/%s", dir, name) < 0)
		return bh_fail(error, -ENOMEM, "%s: %s", dir, strerror(ENOMEM));
	ret = bh_source_read(path, BASE_BYTES_MAX, &base->source[base->nr_source], error);
	free(path);
	if (!ret)
		base->nr_source++;
	return ret;
}

static int add_listed(struct bh_base *base, const char *dir, char *order, struct bh_error *error)
{
	char *line;
	int ret;

	while ((line = strsep(&order, "\n"))) {
		line[strcspn(line, "# \t\r")] = '\0';
		if (!*line)
			continue;
		ret = add_text(base, dir, line, error);
		if (ret)
			return ret;
	}
	if (base->nr_source == 0)
		return bh_fail(error, -EINVAL, "%s/order: lists no text", dir);
	return 0;
}

int bh_base_read(const char *dir, struct bh_base *base, struct bh_error *error)
{
	struct bh_source order;
	char *path;
	int ret;

	memset(base, 0, sizeof(*base));
	if (!dir)
		dir = getenv(BH_BASE_ENV);
	if (!dir || !*dir)
		dir = BH_BASE_DIR;
	if (asprintf(&path, "%s/order", dir) < 0)
		return bh_fail(error, -ENOMEM, "%s: %s", dir, strerror(ENOMEM));
	ret = bh_source_read(path, ORDER_BYTES_MAX, &order, error);
	free(path);
	if (!ret)
		ret = add_listed(base, dir, (char *)order.text, error);
	bh_source_free(&order);
	if (ret) {
		bh_base_free(base);
		bh_fail_prefix(error, ret, "base policy");
	}
	return ret;
}

void bh_base_free(struct bh_base *base)
{
	for (size_t i = 0; i < base->nr_source; i++)
		bh_source_free(&base->source[i]);
	free(base->source);
	memset(base, 0, sizeof(*base));
}
