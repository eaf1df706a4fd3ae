// SPDX-License-Identifier: GPL-2.0
/* bulkhead.conf: the host's mode, what is asked, and which volumes are shared or private. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <bulkhead/abi.h>

#include "cleanup.h"
#include "conf.h"
#include "io.h"

#define CONF_MAX (1U << 20) /* bytes of a bulkhead.conf */

static const char *const mode_names[] = {
	[BH_MODE_AUTO] = "auto",
	[BH_MODE_ENFORCING] = "enforcing",
	[BH_MODE_PERMISSIVE] = "permissive",
};

#define NR_MODES (sizeof(mode_names) / sizeof(mode_names[0]))

int bh_mode_parse(const char *text, uint32_t *mode)
{
	for (uint32_t i = 0; i < NR_MODES; i++) {
		if (strcmp(text, mode_names[i]))
			continue;
		*mode = i;
		return 0;
	}
	return -EINVAL;
}

int bh_strict_parse(const char *text, bool *strict)
{
	*strict = !strcmp(text, "on");
	return *strict || !strcmp(text, "off") ? 0 : -EINVAL;
}

const char *bh_mode_name(uint32_t mode)
{
	return mode < NR_MODES ? mode_names[mode] : "unknown";
}

int bh_volume_add(struct bh_conf *conf, const char *path, size_t len, bool private)
{
	struct bh_volume *larger;
	char *copy = strndup(path, len);

	if (!copy)
		return -ENOMEM;
	while (len > 1 && copy[len - 1] == '/')
		copy[--len] = '\0';
	larger = realloc(conf->volumes, (conf->nr_volumes + 1) * sizeof(*larger));
	if (!larger) {
		free(copy);
		return -ENOMEM;
	}
	larger[conf->nr_volumes++] = (struct bh_volume){ copy, private };
	conf->volumes = larger;
	return 0;
}

static bool is_below(const char *path, const char *above)
{
	size_t len = strlen(above);

	if (!strcmp(above, "/"))
		return true;
	return !strncmp(path, above, len) && (!path[len] || path[len] == '/');
}

const struct bh_volume *bh_volume_find(const struct bh_conf *conf, const char *path)
{
	const struct bh_volume *best = NULL;

	for (size_t i = 0; i < conf->nr_volumes; i++) {
		const struct bh_volume *volume = &conf->volumes[i];

		if (is_below(path, volume->path) &&
		    (!best || strlen(volume->path) >= strlen(best->path)))
			best = volume;
	}
	return best;
}

/* `PATH shared|private`: the last word is the kind, so a path may hold spaces. */
static int parse_volume(struct bh_conf *conf, char *rest, const char *where, struct bh_error *error)
{
	char *kind = strrchr(rest, ' ');
	size_t len;

	if (*rest != '/' || !kind)
		return bh_fail(error, -EINVAL, "%s: volume wants PATH shared|private", where);
	len = (size_t)(kind - rest);
	kind++;
	while (len && rest[len - 1] == ' ')
		len--;
	if (strcmp(kind, "shared") && strcmp(kind, "private"))
		return bh_fail(error, -EINVAL, "%s: a volume is shared or private, not '%s'", where,
			       kind);
	return bh_volume_add(conf, rest, len, !strcmp(kind, "private"));
}

static int parse_setting(struct bh_conf *conf, char *line, const char *where,
			 struct bh_error *error)
{
	char *rest = line + strcspn(line, " ");

	if (*rest)
		*rest++ = '\0';
	rest += strspn(rest, " ");
	if (!strcmp(line, "volume"))
		return parse_volume(conf, rest, where, error);
	if (!strcmp(line, "strict"))
		return bh_strict_parse(rest, &conf->strict) ?
			       bh_fail(error, -EINVAL, "%s: strict is on or off, not '%s'", where,
				       rest) :
			       0;
	if (strcmp(line, "mode"))
		return bh_fail(error, -EINVAL, "%s: no setting '%s'", where, line);
	if (bh_mode_parse(rest, &conf->mode))
		return bh_fail(error, -EINVAL,
			       "%s: mode is auto, enforcing or permissive, not '%s'", where, rest);
	return 0;
}

/* Cut the comment and the spaces around; tabs become spaces. */
static char *trim_line(char *line)
{
	size_t len;

	line[strcspn(line, "#")] = '\0';
	for (char *p = line; *p; p++)
		if (*p == '\t' || *p == '\r')
			*p = ' ';
	line += strspn(line, " ");
	len = strlen(line);
	while (len && line[len - 1] == ' ')
		line[--len] = '\0';
	return line;
}

int bh_conf_parse(const char *text, const char *name, struct bh_conf *conf, struct bh_error *error)
{
	BH_FREE char *copy = strdup(text);
	unsigned int number = 0;
	char *rest = copy, *line;

	*conf = (struct bh_conf){ .mode = BH_MODE_AUTO };
	if (!copy)
		return -ENOMEM;
	while ((line = strsep(&rest, "\n"))) {
		char where[4096];
		int ret;

		snprintf(where, sizeof(where), "%s:%u", name, ++number);
		line = trim_line(line);
		ret = *line ? parse_setting(conf, line, where, error) : 0;
		if (ret)
			return ret;
	}
	return 0;
}

int bh_conf_read(struct bh_conf *conf, struct bh_error *error)
{
	BH_FREE char *text = NULL;
	size_t len;
	int ret = bh_read_path(BH_CONF_PATH, CONF_MAX, &text, &len);

	*conf = (struct bh_conf){ .mode = BH_MODE_AUTO };
	if (ret == -ENOENT)
		return 0;
	if (ret)
		return bh_fail(error, ret, BH_CONF_PATH ": %s", strerror(-ret));
	if (strlen(text) != len)
		return bh_fail(error, -EINVAL, BH_CONF_PATH ": it holds a NUL byte");
	return bh_conf_parse(text, BH_CONF_PATH, conf, error);
}

void bh_conf_free(struct bh_conf *conf)
{
	for (size_t i = 0; i < conf->nr_volumes; i++)
		free(conf->volumes[i].path);
	free(conf->volumes);
	*conf = (struct bh_conf){ 0 };
}
