// SPDX-License-Identifier: GPL-2.0
/* Records: `bulkhead log` takes them from the kernel and appends them to a file. */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib.h"

#define LOG "/run/bulkhead/avc.log"
#define WORD_MAX 256

extern char **environ;

/* Shared by a program's tests, which are a process each. */
static struct {
	off_t seen; /* how much of the log is known */
	bool clean; /* nobody has been asked anything since it was */
} * state;

__attribute__((constructor)) static void share_state(void)
{
	state = mmap(NULL, sizeof(*state), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		     0);
	if (state == MAP_FAILED)
		abort();
}

void records_dirty(void)
{
	state->clean = false;
}

static int drain(void)
{
	char *argv[] = { "bulkhead", "log", NULL };
	posix_spawn_file_actions_t actions;
	int status = -1;
	pid_t pid;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
	if (posix_spawnp(&pid, "bulkhead", &actions, NULL, argv, environ) ||
	    waitpid(pid, &status, 0) < 0)
		status = -1;
	posix_spawn_file_actions_destroy(&actions);
	return status ? -1 : 0;
}

int records_begin(void)
{
	struct stat st = { 0 };

	if (state->clean)
		return 0;
	if (drain() || (stat(LOG, &st) && errno != ENOENT))
		return -1;
	state->seen = st.st_size;
	state->clean = true;
	return 0;
}

/* The value of KEY= in a record, without quotes; "" if there is none. */
static const char *value_of(const char *line, const char *key, char *value)
{
	char pattern[32];
	const char *found;
	size_t len;

	*value = '\0';
	snprintf(pattern, sizeof(pattern), " %s=", key);
	found = strstr(line, pattern);
	if (!found)
		return value;
	found += strlen(pattern);
	len = strcspn(found, " \n");
	if (*found == '"') {
		found++;
		len = strcspn(found, "\"");
	}
	snprintf(value, WORD_MAX, "%.*s", (int)len, found);
	return value;
}

/* system_u:ROLE:TYPE:s0[:CATEGORIES] -> TYPE[:CATEGORIES]; @usual categories are left out. */
static void add_context(FILE *out, const char *context, const char *usual)
{
	char copy[WORD_MAX], *rest = copy, *type, *categories;

	snprintf(copy, sizeof(copy), "%s", context);
	strsep(&rest, ":");
	strsep(&rest, ":");
	type = strsep(&rest, ":");
	strsep(&rest, ":");
	categories = rest ? rest : "";
	fputs(type ? type : "?", out);
	if (strcmp(categories, usual))
		fprintf(out, ":%s", *categories ? categories : "s0");
}

/* Type and level, after user and role, which objects have others of. */
static bool same_label(const char *one, const char *other)
{
	for (int i = 0; i < 2; i++) {
		one += strcspn(one, ":");
		other += strcspn(other, ":");
		one += *one == ':';
		other += *other == ':';
	}
	return !strcmp(one, other);
}

static void add_record(FILE *out, const char *line)
{
	static const char *const keys[] = { "name", "src", "dest", "capability", "signal" };
	const char *open = strchr(line, '{'), *close = strchr(line, '}');
	char value[WORD_MAX], source[WORD_MAX];
	const char *name;

	if (!open || !close) {
		fprintf(out, "not a record: %s", line);
		return;
	}
	value_of(line, "scontext", source);
	value_of(line, "tcontext", value);
	add_context(out, source, strchr(PAIR_A, ':') + 1);
	fputc(' ', out);
	if (same_label(source, value))
		fputs("self", out);
	else
		add_context(out, value, "");
	fprintf(out, " %s %.*s", value_of(line, "tclass", value), (int)(close + 1 - open), open);
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (*value_of(line, keys[i], value)) {
			name = value[0] == '#' ? "#" : value;
			fprintf(out, " %s=%s", keys[i], name);
		}
	if (!strcmp(value_of(line, "permissive", value), "1"))
		fputs(" permissive", out);
}

const char *records_end(void)
{
	static char *text;
	static size_t size;
	char line[16384];
	struct stat st;
	FILE *log, *out;

	if (drain())
		return "?";
	log = fopen(LOG, "re");
	if (!log)
		return "";
	free(text);
	out = open_memstream(&text, &size);
	if (!fstat(fileno(log), &st) && st.st_size < state->seen)
		state->seen = 0; /* a new file was begun */
	fseeko(log, state->seen, SEEK_SET);
	while (fgets(line, sizeof(line), log)) {
		if (ftello(out))
			fputc('\n', out);
		add_record(out, line);
	}
	state->seen = ftello(log);
	state->clean = true;
	fclose(log);
	fclose(out);
	return text;
}
