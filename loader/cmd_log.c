// SPDX-License-Identifier: GPL-2.0
/* bulkhead log: the denials. */
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "avc.h"
#include "cleanup.h"
#include "command.h"
#include "log.h"

#define FOLLOW_MS 250

struct reader {
	FILE *file;
	ino_t ino;
	bool json;
};

static int print_line(const struct reader *reader, char *line)
{
	BH_FREE char *json = NULL;

	line[strcspn(line, "\n")] = '\0';
	if (reader->json) {
		json = bh_avc_json(line);
		if (!json)
			return 0;
		line = json;
	}
	return puts(line) < 0 ? -EPIPE : 0;
}

static int print_file(const struct reader *reader)
{
	BH_FREE char *line = NULL;
	size_t size = 0;
	int ret = 0;

	clearerr(reader->file);
	while (!ret && getline(&line, &size, reader->file) > 0)
		ret = print_line(reader, line);
	return ret;
}

/* What is new in the log; after a rotation, the rest of the old file and the new one. */
static int print_new(struct reader *reader)
{
	struct stat st;
	int ret = reader->file ? print_file(reader) : 0;

	if (ret || stat(BH_LOG_PATH, &st) || (reader->file && st.st_ino == reader->ino))
		return ret;
	if (reader->file)
		fclose(reader->file);
	reader->file = fopen(BH_LOG_PATH, "re");
	if (!reader->file)
		return -errno;
	if (!fstat(fileno(reader->file), &st))
		reader->ino = st.st_ino;
	return print_file(reader);
}

static int print_old(struct reader *reader)
{
	int ret;

	reader->file = fopen(BH_LOG_OLD_PATH, "re");
	if (!reader->file)
		return 0;
	ret = print_file(reader);
	fclose(reader->file);
	reader->file = NULL;
	return ret;
}

static int run_log(struct reader *reader, bool follow, struct bh_error *error)
{
	struct bh_maps maps;
	int ret = bh_maps_open(&maps, error);

	/* Without maps the log of what was loaded before can still be read. */
	if (!ret)
		ret = bh_log_drain(&maps, error);
	else if (ret == -ENOENT && !follow)
		ret = 0;
	if (!ret)
		ret = print_old(reader);
	if (!ret)
		ret = print_new(reader);
	while (!ret && follow) {
		fflush(stdout);
		poll(NULL, 0, FOLLOW_MS);
		ret = bh_log_drain(&maps, error);
		if (!ret)
			ret = print_new(reader);
	}
	bh_maps_close(&maps);
	return ret;
}

int bh_cmd_log(int argc, char **argv, struct bh_error *error)
{
	static const struct option options[] = { { "json", no_argument, NULL, 'j' }, { 0 } };
	struct reader reader = { 0 };
	bool follow = false;
	int option, ret;

	opterr = 0;
	while ((option = getopt_long(argc, argv, "f", options, NULL)) != -1) {
		if (option == 'f')
			follow = true;
		else if (option == 'j')
			reader.json = true;
		else
			return bh_usage(error, "log: unknown option %s", argv[optind - 1]);
	}
	if (optind != argc)
		return bh_usage(error, "log: takes no argument '%s'", argv[optind]);
	ret = run_log(&reader, follow, error);
	if (reader.file)
		fclose(reader.file);
	return ret;
}
