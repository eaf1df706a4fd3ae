// SPDX-License-Identifier: GPL-2.0
/* The key by which a host knows the labels that it wrote itself. */
#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>

#include "cleanup.h"
#include "hex.h"
#include "key.h"
#include "trusted.h"

#define KEY_BYTES (BH_KEY_DIGITS / 2)
#define FILE_MAX_BYTES 64

/* Another key would make all labels that were written with this one worthless: that is for the
 * administrator to say. */
static int fail_content(const char *path, struct bh_error *error)
{
	return bh_fail(error, -EINVAL,
		       "%s: not a key of %d hexadecimal digits; put it back, or remove it and so "
		       "all labels in images and private volumes",
		       path, BH_KEY_DIGITS);
}

static int read_key(const char *path, char *key, struct bh_error *error)
{
	BH_FREE char *text = NULL;
	uint8_t bytes[KEY_BYTES];
	struct stat st;
	size_t len;
	int ret = bh_trusted_read(path, FILE_MAX_BYTES, &text, &len, error);

	if (ret == -EFBIG)
		return fail_content(path, error);
	if (ret)
		return ret;
	if (lstat(path, &st) || st.st_mode & (S_IRWXG | S_IRWXO))
		return bh_fail(error, -EPERM, "%s: others than root may read it: chmod 600", path);
	if (len != BH_KEY_DIGITS + 1 || text[BH_KEY_DIGITS] != '\n')
		return fail_content(path, error);
	memcpy(key, text, BH_KEY_DIGITS);
	key[BH_KEY_DIGITS] = '\0';
	return bh_hex_decode(key, bytes, sizeof(bytes)) ? fail_content(path, error) : 0;
}

static int make_key(const char *path, struct bh_error *error)
{
	char text[BH_KEY_DIGITS + 2], dir[PATH_MAX];
	uint8_t bytes[KEY_BYTES];

	snprintf(dir, sizeof(dir), "%s", path);
	if (mkdir(dirname(dir), 0700) && errno != EEXIST)
		return bh_fail(error, -errno, "%s: %s", path, strerror(errno));
	if (getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes))
		return bh_fail(error, -EIO, "%s: no random numbers", path);
	bh_hex_encode(bytes, sizeof(bytes), text);
	strcpy(text + BH_KEY_DIGITS, "\n");
	return bh_trusted_write(path, text, strlen(text), 0600, error);
}

int bh_key_read(const char *path, char key[BH_KEY_DIGITS + 1], struct bh_error *error)
{
	struct stat st;

	if (lstat(path, &st)) {
		int ret = errno == ENOENT ? make_key(path, error) :
					    bh_fail(error, -errno, "%s: %s", path, strerror(errno));

		if (ret)
			return ret;
	}
	return read_key(path, key, error);
}
