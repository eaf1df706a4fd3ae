// SPDX-License-Identifier: GPL-2.0
/* /proc/PID/mountinfo. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "mountinfo.h"

static bool is_octal(const char *p)
{
	return p[0] >= '0' && p[0] <= '3' && p[1] >= '0' && p[1] <= '7' && p[2] >= '0' &&
	       p[2] <= '7';
}

/* The kernel writes space, tab, newline, backslash and '#' as \ooo. */
static void unescape(char *text)
{
	char *out = text;

	for (const char *in = text; *in; out++) {
		if (*in == '\\' && is_octal(in + 1)) {
			*out = (char)((in[1] - '0') << 6 | (in[2] - '0') << 3 | (in[3] - '0'));
			in += 4;
		} else {
			*out = *in++;
		}
	}
	*out = '\0';
}

static bool read_number(const char *text, char end, unsigned long max, unsigned long *number)
{
	char *rest;

	if (!text || *text < '0' || *text > '9')
		return false;
	*number = strtoul(text, &rest, 10);
	return *rest == end && *number <= max;
}

static bool read_numbers(const char *id, const char *parent, const char *device,
			 struct bh_mount *mount)
{
	const char *colon = device ? strchr(device, ':') : NULL;
	unsigned long numbers[4];

	if (!read_number(id, '\0', INT_MAX, &numbers[0]) ||
	    !read_number(parent, '\0', INT_MAX, &numbers[1]) ||
	    !read_number(device, ':', UINT_MAX, &numbers[2]) || !colon ||
	    !read_number(colon + 1, '\0', UINT_MAX, &numbers[3]))
		return false;
	mount->id = (int)numbers[0];
	mount->parent = (int)numbers[1];
	mount->major = (unsigned int)numbers[2];
	mount->minor = (unsigned int)numbers[3];
	return true;
}

/* ID PARENT MAJOR:MINOR ROOT POINT OPTIONS [TAG...] - FSTYPE SOURCE OPTIONS */
static int parse_line(char *line, struct bh_mount *mount)
{
	char *id = strsep(&line, " "), *parent = strsep(&line, " ");
	char *device = strsep(&line, " ");
	char *word;

	mount->root = strsep(&line, " ");
	mount->point = strsep(&line, " ");
	if (!mount->point || !read_numbers(id, parent, device, mount))
		return -EINVAL;
	do {
		word = strsep(&line, " ");
	} while (word && strcmp(word, "-"));
	mount->fstype = strsep(&line, " ");
	if (!mount->fstype)
		return -EINVAL;
	unescape(mount->root);
	unescape(mount->point);
	return 0;
}

int bh_mountinfo_parse(char *text, struct bh_mounts *mounts)
{
	char *line;
	size_t lines = 0;

	*mounts = (struct bh_mounts){ 0 };
	for (const char *p = text; *p; p++)
		lines += *p == '\n';
	mounts->mounts = calloc(lines + 1, sizeof(*mounts->mounts));
	if (!mounts->mounts)
		return -ENOMEM;
	while ((line = strsep(&text, "\n"))) {
		if (!*line)
			continue;
		if (parse_line(line, &mounts->mounts[mounts->nr]))
			return -EINVAL;
		mounts->nr++;
	}
	return 0;
}

void bh_mountinfo_free(struct bh_mounts *mounts)
{
	free(mounts->mounts);
	*mounts = (struct bh_mounts){ 0 };
}

bool bh_mount_is_covered(const struct bh_mounts *mounts, const struct bh_mount *mount)
{
	for (size_t i = 0; i < mounts->nr; i++) {
		const struct bh_mount *other = &mounts->mounts[i];

		if (other != mount && other->parent == mount->id &&
		    !strcmp(other->point, mount->point))
			return true;
	}
	return false;
}

bool bh_mounts_have_device(const struct bh_mounts *mounts, unsigned int major, unsigned int minor)
{
	for (size_t i = 0; i < mounts->nr; i++)
		if (mounts->mounts[i].major == major && mounts->mounts[i].minor == minor)
			return true;
	return false;
}
