// SPDX-License-Identifier: GPL-2.0
/* What the administrator installed: trusted modules, and grants that widen one module. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base.h"
#include "cleanup.h"
#include "digest.h"
#include "modules.h"
#include "trusted.h"

#define SUFFIX ".cil"
#define MARK_MAX 256 /* bytes that are added to a module's text */
#define MARK ";bulkhead "
#define KIND_MODULE "module"
#define KIND_IMAGES "module for-images"
#define KIND_GRANT "grant "

bool bh_installed_name_valid(const char *name)
{
	static const char first[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
	size_t len = strlen(name);

	return len && len < BH_INSTALLED_NAME_MAX && strchr(first, name[0]) &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.") ==
		       len;
}

bool bh_target_valid(const char *target)
{
	const char *rest = target + strlen(BH_TARGET_DIGEST);

	if (!strncmp(target, BH_TARGET_DIGEST, strlen(BH_TARGET_DIGEST)))
		return strlen(rest) == 2 * BH_DIGEST_SIZE &&
		       strspn(rest, "0123456789abcdef") == 2 * BH_DIGEST_SIZE;
	return !strncmp(target, BH_TARGET_NAME, strlen(BH_TARGET_NAME)) &&
	       bh_installed_name_valid(target + strlen(BH_TARGET_NAME));
}

static bool read_kind(struct bh_installed *installed, const char *kind)
{
	installed->for_images = !strcmp(kind, KIND_IMAGES);
	if (installed->for_images || !strcmp(kind, KIND_MODULE))
		return true;
	if (strncmp(kind, KIND_GRANT, strlen(KIND_GRANT)) ||
	    !bh_target_valid(kind + strlen(KIND_GRANT)))
		return false;
	strcpy(installed->target, kind + strlen(KIND_GRANT));
	return true;
}

/* Takes the mark off the text, so that the rest is what was given to be installed. */
static int take_mark(struct bh_installed *installed, struct bh_error *error)
{
	char *text = (char *)installed->source.text;
	char *mark = strncmp(text, MARK, strlen(MARK)) ? strstr(text, "\n" MARK) : text;
	char *end;

	if (!mark)
		return 0;
	mark += *mark == '\n';
	end = mark + strcspn(mark, "\n");
	if (end[0] && end[1])
		return bh_fail(error, -EINVAL, "%s: a line '" MARK "...' must be the last",
			       installed->source.name);
	*end = '\0';
	if (!read_kind(installed, mark + strlen(MARK)))
		return bh_fail(error, -EINVAL,
			       "%s: its last line is none of '" MARK KIND_MODULE
			       "', '" MARK KIND_IMAGES "', '" MARK KIND_GRANT
			       "sha256:DIGEST|name:NAME'",
			       installed->source.name);
	*mark = '\0';
	installed->source.len = (size_t)(mark - text);
	return 0;
}

static int read_installed(struct bh_modules *modules, const char *file, struct bh_error *error)
{
	struct bh_installed *grown = reallocarray(modules->list, modules->nr + 1, sizeof(*grown));
	char path[512], *text;
	int ret;

	if (!grown)
		return -ENOMEM;
	modules->list = grown;
	grown += modules->nr;
	memset(grown, 0, sizeof(*grown));
	snprintf(path, sizeof(path), BH_MODULES_DIR "/%s", file);
	if (strlen(file) >= sizeof(grown->name) + strlen(SUFFIX))
		return bh_fail(error, -EINVAL, "%s: not a name for a module", path);
	memcpy(grown->name, file, strlen(file) - strlen(SUFFIX));
	if (!bh_installed_name_valid(grown->name))
		return bh_fail(error, -EINVAL, "%s: not a name for a module", path);
	ret = bh_trusted_read(path, BH_MODULE_TEXT_MAX + MARK_MAX, &text, &grown->source.len,
			      error);
	if (ret)
		return ret;
	grown->source.text = text;
	grown->source.name = strdup(path);
	modules->nr++;
	if (!grown->source.name)
		return -ENOMEM;
	if (strlen(text) != grown->source.len)
		return bh_fail(error, -EINVAL, "%s: a NUL in it", path);
	return take_mark(grown, error);
}

static int is_module(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);

	/* What begins with a dot is being written. */
	return entry->d_name[0] != '.' && len > strlen(SUFFIX) &&
	       !strcmp(entry->d_name + len - strlen(SUFFIX), SUFFIX);
}

static int check_dir(struct bh_error *error)
{
	struct stat st;

	if (lstat(BH_MODULES_DIR, &st))
		return -errno;
	if (!S_ISDIR(st.st_mode) || st.st_uid || st.st_mode & (S_IWGRP | S_IWOTH))
		return bh_fail(error, -EPERM,
			       BH_MODULES_DIR ": not a directory that only root may write");
	return 0;
}

int bh_modules_read(struct bh_modules *modules, struct bh_error *error)
{
	struct dirent **entries;
	int nr, ret = check_dir(error);

	*modules = (struct bh_modules){ 0 };
	if (ret)
		return ret == -ENOENT ? 0 : ret;
	nr = scandir(BH_MODULES_DIR, &entries, is_module, alphasort);
	if (nr < 0)
		return bh_fail(error, -errno, BH_MODULES_DIR ": %s", strerror(errno));
	for (int i = 0; i < nr; i++) {
		if (!ret)
			ret = read_installed(modules, entries[i]->d_name, error);
		free(entries[i]);
	}
	free(entries);
	if (ret == -ENOMEM)
		bh_fail(error, ret, BH_MODULES_DIR ": %s", strerror(ENOMEM));
	return ret;
}

void bh_modules_free(struct bh_modules *modules)
{
	for (size_t i = 0; i < modules->nr; i++)
		bh_source_free(&modules->list[i].source);
	free(modules->list);
	*modules = (struct bh_modules){ 0 };
}

const struct bh_installed *bh_modules_find(const struct bh_modules *modules, const char *name)
{
	for (size_t i = 0; i < modules->nr; i++)
		if (!strcmp(modules->list[i].name, name))
			return &modules->list[i];
	return NULL;
}

int bh_modules_get(const struct bh_modules *modules, const char *name, bool from_image,
		   const struct bh_installed **module, struct bh_error *error)
{
	const struct bh_installed *found = bh_modules_find(modules, name);

	if (!found)
		return bh_fail(error, -ENOENT,
			       "no module %s is installed; see bulkhead module list", name);
	if (found->target[0])
		return bh_fail(error, -EPERM, "%s is a grant, not a module", name);
	if (from_image && !found->for_images)
		return bh_fail(error, -EPERM,
			       "module %s is not for images; the administrator may say so by "
			       "bulkhead module install --for-images",
			       name);
	*module = found;
	return 0;
}

int bh_installed_write(const struct bh_installed *installed, struct bh_error *error)
{
	const struct bh_source *source = &installed->source;
	BH_FREE char *text = NULL;
	char path[512];
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		return bh_fail(error, -ENOMEM, "%s: %s", installed->name, strerror(ENOMEM));
	fwrite(source->text, 1, source->len, out);
	fprintf(out, "%s" MARK "%s%s\n",
		source->len && source->text[source->len - 1] != '\n' ? "\n" : "",
		installed->target[0]  ? KIND_GRANT :
		installed->for_images ? KIND_IMAGES :
					KIND_MODULE,
		installed->target);
	if (fclose(out))
		return bh_fail(error, -ENOMEM, "%s: %s", installed->name, strerror(ENOMEM));
	snprintf(path, sizeof(path), BH_MODULES_DIR "/%s" SUFFIX, installed->name);
	return bh_trusted_write(path, text, len, 0644, error);
}

int bh_installed_remove(const char *name, struct bh_error *error)
{
	char path[512];

	snprintf(path, sizeof(path), BH_MODULES_DIR "/%s" SUFFIX, name);
	return unlink(path) ? bh_fail(error, -errno, "%s: %s", path, strerror(errno)) : 0;
}
