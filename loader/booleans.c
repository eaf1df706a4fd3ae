// SPDX-License-Identifier: GPL-2.0
/* The values that the administrator gave to booleans. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "booleans.h"
#include "cleanup.h"
#include "trusted.h"

#define TEXT_MAX (256U << 10)

int bh_boolean_parse(const char *text, struct bh_boolean *boolean)
{
	size_t len = strcspn(text, "=");

	if (!len || len >= sizeof(boolean->name) || !text[len])
		return -EINVAL;
	boolean->value = !strcmp(text + len + 1, "on");
	if (!boolean->value && strcmp(text + len + 1, "off"))
		return -EINVAL;
	memset(boolean->name, 0, sizeof(boolean->name));
	memcpy(boolean->name, text, len);
	return 0;
}

struct bh_boolean *bh_boolean_find(const struct bh_boolean *booleans, size_t nr, const char *name)
{
	for (size_t i = 0; i < nr; i++)
		if (!strcmp(booleans[i].name, name))
			return (struct bh_boolean *)&booleans[i];
	return NULL;
}

static int add_line(char *line, struct bh_boolean **booleans, size_t *nr)
{
	struct bh_boolean *grown;

	line[strcspn(line, "# \t\r")] = '\0';
	if (!*line)
		return 0;
	grown = reallocarray(*booleans, *nr + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	*booleans = grown;
	if (bh_boolean_parse(line, &grown[*nr]) || bh_boolean_find(grown, *nr, grown[*nr].name))
		return -EINVAL;
	++*nr;
	return 0;
}

int bh_booleans_parse(const char *text, const char *name, struct bh_boolean **booleans, size_t *nr,
		      struct bh_error *error)
{
	BH_FREE char *copy = strdup(text);
	char *rest = copy, *line;
	int number = 0, ret = copy ? 0 : -ENOMEM;

	*booleans = NULL;
	*nr = 0;
	while (!ret && (line = strsep(&rest, "\n"))) {
		number++;
		ret = add_line(line, booleans, nr);
	}
	if (!ret)
		return 0;
	free(*booleans);
	*booleans = NULL;
	*nr = 0;
	return ret == -EINVAL ?
		       bh_fail(error, ret, "%s:%d: NAME=on or NAME=off is wanted, each name once",
			       name, number) :
		       bh_fail(error, ret, "%s: %s", name, strerror(-ret));
}

int bh_booleans_read(struct bh_boolean **booleans, size_t *nr, struct bh_error *error)
{
	BH_FREE char *text = NULL;
	int ret = bh_trusted_read(BH_BOOLEANS_PATH, TEXT_MAX, &text, NULL, error);

	*booleans = NULL;
	*nr = 0;
	if (ret == -ENOENT)
		return 0;
	return ret ? ret : bh_booleans_parse(text, BH_BOOLEANS_PATH, booleans, nr, error);
}

int bh_booleans_write(const struct bh_boolean *booleans, size_t nr, struct bh_error *error)
{
	BH_FREE char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		return bh_fail(error, -ENOMEM, "%s: %s", BH_BOOLEANS_PATH, strerror(ENOMEM));
	fputs("# Written by `bulkhead boolean`, which also switches what is loaded.\n", out);
	for (size_t i = 0; i < nr; i++)
		fprintf(out, "%s=%s\n", booleans[i].name, booleans[i].value ? "on" : "off");
	if (fclose(out))
		return bh_fail(error, -ENOMEM, "%s: %s", BH_BOOLEANS_PATH, strerror(ENOMEM));
	return bh_trusted_write(BH_BOOLEANS_PATH, text, len, 0644, error);
}
