// SPDX-License-Identifier: GPL-2.0
/*
 * Modules that want what they must not have, in hostile/: each NAME.cil is refused with
 * exactly what hostile/refusals says, a line for each refusal: "NAME: TEXT", where TEXT
 * begins with the file's name. Its twin NAME.good.cil, where there is one, passes.
 */
#include <dirent.h>
#include <errno.h>

#include "fixture.h"

#define DIR_ENV "BULKHEAD_HOSTILE"

/* As an administrator has it beside BASE; greedy is one to be careful with. */
static const char extra[] =
	"(block plain (blockabstract plain) (type process) (roletype system_r process))\n"
	"(block greedy (blockabstract greedy) (type process)\n"
	"  (allow unconfined_t process (key (read))))\n"
	"(boolean base_boolean false)\n";

static struct bh_source base[64];
static size_t nr_base;
static const char *dir;
static char *refusals;

static void read_file(const char *name, struct bh_source *source)
{
	struct bh_error error;
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	if (!bh_source_read(path, BH_MODULE_TEXT_MAX, source, &error)) {
		free((char *)source->name);
		source->name = strdup(name);
		return;
	}
	printf("Bail out! %s\n", error.text);
	exit(1);
}

static int check(const char *name, struct bh_error *error)
{
	struct bh_source source;
	int ret;

	error->text[0] = '\0';
	read_file(name, &source);
	ret = bh_policy_check(base, nr_base, &source, error);
	bh_source_free(&source);
	return ret;
}

/* The lines of the table that are about @name, without it. */
static void find_refusals(const char *name, char *text, size_t size)
{
	const char *line = refusals;
	size_t len = strlen(name);
	size_t used = 0;

	text[0] = '\0';
	while (line) {
		if (strncmp(line, name, len) == 0 && strncmp(line + len, ": ", 2) == 0)
			used += (size_t)snprintf(text + used, size - used, "%s%.*s",
						 used ? "\n" : "",
						 (int)strcspn(line + len + 2, "\n"),
						 line + len + 2);
		line = strchr(line, '\n');
		line += line != NULL;
	}
}

static void test_refused(const char *file)
{
	char want[BH_ERROR_TEXT_MAX];
	struct bh_error error;
	char name[256];
	int ret;

	snprintf(name, sizeof(name), "%.*s", (int)(strlen(file) - strlen(".cil")), file);
	find_refusals(name, want, sizeof(want));
	ret = check(file, &error);
	tap_ok(ret == -EINVAL || ret == -E2BIG, "%s is refused", name);
	tap_is_text(error.text, want, name);
}

static void test_passes(const char *file)
{
	struct bh_error error;

	if (!tap_ok(check(file, &error) == 0, "%s passes", file))
		tap_note("got", error.text);
}

static bool ends(const char *name, const char *end)
{
	return strlen(name) > strlen(end) && strcmp(name + strlen(name) - strlen(end), end) == 0;
}

static int is_module(const struct dirent *entry)
{
	return ends(entry->d_name, ".cil");
}

/* No two modules are there for one and the same thing. */
static void test_differ(void)
{
	size_t nr = 0;
	size_t same = 0;

	for (const char *one = refusals; one && *one; nr++) {
		size_t len = strcspn(one, "\n");
		const char *text = strchr(one, ' ') + 1;
		const char *other = one + len + (one[len] == '\n');

		/* After the file's name. */
		text = strchr(text, ':');
		len -= (size_t)(text - one);
		for (const char *rest = other; rest && *rest;
		     rest = strchr(rest, '\n') ? strchr(rest, '\n') + 1 : NULL) {
			const char *its = strchr(strchr(rest, ' ') + 1, ':');

			if (strcspn(its, "\n") == len && strncmp(its, text, len) == 0) {
				printf("# %.*s\n", (int)len, text);
				same++;
			}
		}
		one = other;
	}
	tap_is_int((long)same, 0, "each is refused for its own reason");
	tap_ok(nr >= 60, "there are %zu refusals", nr);
}

int main(void)
{
	struct dirent **found;
	struct bh_source table;
	int nr_refused = 0;
	int nr;

	dir = getenv(DIR_ENV);
	if (!dir)
		dir = "hostile";
	fixture_read_base();
	memcpy(base, fixture_base.source, fixture_base.nr_source * sizeof(*base));
	nr_base = fixture_base.nr_source;
	base[nr_base++] = (struct bh_source){ "extra.cil", extra, sizeof(extra) - 1 };
	read_file("refusals", &table);
	refusals = strndup(table.text, table.len);
	nr = scandir(dir, &found, is_module, alphasort);
	for (int i = 0; i < nr; i++) {
		nr_refused += !ends(found[i]->d_name, ".good.cil");
		if (ends(found[i]->d_name, ".good.cil"))
			test_passes(found[i]->d_name);
		else
			test_refused(found[i]->d_name);
		free(found[i]);
	}
	free(found);
	tap_ok(nr_refused >= 60, "%d hostile modules", nr_refused);
	test_differ();
	free(refusals);
	bh_source_free(&table);
	bh_base_free(&fixture_base);
	return tap_done();
}
