// SPDX-License-Identifier: GPL-2.0
/* What is written to the file `ctl`: one command a write. */

#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "bulkhead.h"

#define MAX_FDS 512

static DEFINE_MUTEX(commands);

/* Returns how many there were, or -EINVAL. */
static int parse_fds(char *text, int *fds)
{
	char *word;
	int nr = 0;

	while ((word = strsep(&text, " \n"))) {
		if (!*word)
			continue;
		if (nr == MAX_FDS || kstrtoint(word, 10, &fds[nr++]))
			return -EINVAL;
	}
	return nr ? nr : -EINVAL;
}

static int with_fds(char *text, int (*set)(const int *fds, unsigned int nr))
{
	int *fds = kcalloc(MAX_FDS, sizeof(*fds), GFP_KERNEL);
	int ret;

	if (!fds)
		return -ENOMEM;
	ret = parse_fds(text, fds);
	if (ret > 0) {
		mutex_lock(&commands);
		ret = set(fds, ret);
		mutex_unlock(&commands);
	}
	kfree(fds);
	return ret;
}

static int set_key(char *text)
{
	const char *digits = strsep(&text, " \n");
	int ret;

	mutex_lock(&commands);
	ret = bulkhead_key_set(digits);
	mutex_unlock(&commands);
	return ret;
}

int bulkhead_command(char *text)
{
	char *name = strsep(&text, " \n");
	int ret;

	if (!strcmp(name, "key") && text)
		return set_key(text);
	if (!strcmp(name, "settle"))
		return bulkhead_label_settle();
	if (!strcmp(name, "seal") && text)
		return with_fds(text, bulkhead_seal_set);
	if (!strcmp(name, "lock") && text)
		return with_fds(text, bulkhead_lock_set);
	if (strcmp(name, "release"))
		return -EINVAL;
	mutex_lock(&commands);
	ret = bulkhead_seal_release();
	mutex_unlock(&commands);
	return ret;
}
