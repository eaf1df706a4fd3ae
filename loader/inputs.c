// SPDX-License-Identifier: GPL-2.0
/* All that a container's policy is made of, and the policy that is made of it. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base.h"
#include "blob.h"
#include "booleans.h"
#include "cache.h"
#include "cleanup.h"
#include "inputs.h"
#include "lock.h"
#include "trusted.h"

#define SAVED_DIR BH_RUN_DIR "/policies"
#define SAVED_MAX (64U << 20)

static void digest_text(const char *text, size_t len, uint8_t *digest)
{
	struct bh_source source = { "", text, len };

	bh_digest(&source, 1, digest);
}

static void put_source(struct bh_blob *blob, const struct bh_source *source)
{
	bh_blob_put_text(blob, source->name, strlen(source->name));
	bh_blob_put_text(blob, source->text, source->len);
}

/* Whose the grants are made for: this text, or this name if the administrator gave it. */
static bool is_for(const struct bh_installed *installed, const struct bh_inputs *inputs)
{
	const char *target = installed->target;
	char digest[BH_DIGEST_TEXT_MAX];

	if (!strncmp(target, BH_TARGET_NAME, strlen(BH_TARGET_NAME)))
		return inputs->installed[0] &&
		       !strcmp(target + strlen(BH_TARGET_NAME), inputs->installed);
	return !strcmp(target, bh_digest_text(inputs->digest, digest));
}

static int add_grant(struct bh_inputs *inputs, const struct bh_installed *grant,
		     struct bh_error *error)
{
	size_t used = strlen(inputs->grant_names);

	if (used + 1 + strlen(grant->name) >= sizeof(inputs->grant_names))
		return bh_fail(error, -E2BIG, "%s: too many grants", inputs->module.name);
	sprintf(inputs->grant_names + used, "%s%s", used ? " " : "", grant->name);
	inputs->grants[inputs->request.nr_grants++] = grant->source;
	return 0;
}

static int find_grants(struct bh_inputs *inputs, struct bh_error *error)
{
	int ret = bh_modules_read(&inputs->modules, error);

	if (ret)
		return ret;
	inputs->grants = calloc(inputs->modules.nr + 1, sizeof(*inputs->grants));
	if (!inputs->grants)
		return bh_fail(error, -ENOMEM, "grants: %s", strerror(ENOMEM));
	for (size_t i = 0; i < inputs->modules.nr && !ret; i++)
		if (is_for(&inputs->modules.list[i], inputs))
			ret = add_grant(inputs, &inputs->modules.list[i], error);
	inputs->request.grants = inputs->grants;
	return ret;
}

/* Another program may compile another policy of the same texts. */
static void put_program(struct bh_blob *blob)
{
	struct stat st = { 0 };

	if (stat("/proc/self/exe", &st))
		blob->failed = true;
	bh_blob_put_text(blob, BH_VERSION, strlen(BH_VERSION));
	bh_blob_put_number(blob, BH_ABI_VERSION);
	bh_blob_put(blob, &st.st_size, sizeof(st.st_size));
	bh_blob_put(blob, &st.st_mtim, sizeof(st.st_mtim));
}

static int make_key(struct bh_inputs *inputs, struct bh_error *error)
{
	struct bh_blob blob = { 0 };

	put_program(&blob);
	bh_blob_put_number(&blob, inputs->request.trusted);
	/* With its name: what messages and the log say of it follows from that. */
	bh_blob_put_text(&blob, inputs->installed, strlen(inputs->installed));
	bh_blob_put(&blob, inputs->digest, sizeof(inputs->digest));
	for (size_t i = 0; i < inputs->request.nr_grants; i++)
		put_source(&blob, &inputs->grants[i]);
	digest_text(blob.data, blob.used, inputs->key);
	free(blob.data);
	return blob.failed ? bh_fail(error, -ENOMEM, "policy: %s", strerror(ENOMEM)) : 0;
}

static int take_booleans(struct bh_inputs *inputs, struct bh_error *error)
{
	int ret = bh_booleans_read(&inputs->booleans, &inputs->request.nr_booleans, error);

	inputs->request.booleans = inputs->booleans;
	return ret;
}

int bh_inputs_set_booleans(struct bh_inputs *inputs, const struct bh_boolean *booleans, size_t nr)
{
	struct bh_boolean *copy = calloc(nr + 1, sizeof(*copy));

	if (!copy)
		return -ENOMEM;
	if (nr)
		memcpy(copy, booleans, nr * sizeof(*copy));
	free(inputs->booleans);
	inputs->booleans = copy;
	inputs->request.booleans = copy;
	inputs->request.nr_booleans = nr;
	return 0;
}

static void take_names(struct bh_inputs *inputs, const char *installed, const char *start)
{
	snprintf(inputs->installed, sizeof(inputs->installed), "%s", installed ? installed : "");
	/* One that is too long is no type's, and would be refused as such: so is its beginning. */
	snprintf(inputs->start, sizeof(inputs->start), "%s", start ? start : "");
	if (start)
		inputs->request.start = inputs->start;
	inputs->request.trusted = installed != NULL;
}

/* All that goes with a module whose digest is known. */
static int gather_rest(struct bh_inputs *inputs, struct bh_error *error)
{
	int ret = inputs->request.module ? find_grants(inputs, error) : 0;

	if (!ret)
		ret = take_booleans(inputs, error);
	return ret ? ret : make_key(inputs, error);
}

int bh_inputs_gather(const struct bh_source *module, const char *installed, const char *start,
		     struct bh_inputs *inputs, struct bh_error *error)
{
	*inputs = (struct bh_inputs){ 0 };
	if (start && strlen(start) >= sizeof(inputs->start))
		return bh_fail(error, -ENOENT, "no type %.80s to start in", start);
	take_names(inputs, installed, start);
	if (module) {
		inputs->module = *module;
		inputs->request.module = &inputs->module;
		bh_digest(module, 1, inputs->digest);
	}
	return gather_rest(inputs, error);
}

int bh_inputs_again(const struct bh_inputs *before, struct bh_inputs *inputs,
		    struct bh_error *error)
{
	*inputs = (struct bh_inputs){ 0 };
	take_names(inputs, before->request.trusted ? before->installed : NULL,
		   before->request.start);
	inputs->module = before->module;
	if (before->request.module)
		inputs->request.module = &inputs->module;
	memcpy(inputs->digest, before->digest, sizeof(inputs->digest));
	return gather_rest(inputs, error);
}

void bh_inputs_free(struct bh_inputs *inputs)
{
	bh_modules_free(&inputs->modules);
	free(inputs->grants);
	free(inputs->booleans);
	free(inputs->saved);
	*inputs = (struct bh_inputs){ 0 };
}

bool bh_inputs_same(const struct bh_inputs *one, const struct bh_inputs *other)
{
	return !memcmp(one->key, other->key, sizeof(one->key)) &&
	       one->request.nr_booleans == other->request.nr_booleans &&
	       (!one->request.nr_booleans ||
		!memcmp(one->booleans, other->booleans,
			one->request.nr_booleans * sizeof(*one->booleans)));
}

static int cache_key(const struct bh_inputs *inputs, const uint8_t *base_digest, uint8_t *key)
{
	struct bh_blob blob = { 0 };

	bh_blob_put(&blob, base_digest, BH_DIGEST_SIZE);
	bh_blob_put(&blob, inputs->key, sizeof(inputs->key));
	bh_blob_put_text(&blob, inputs->request.start,
			 inputs->request.start ? strlen(inputs->request.start) : 0);
	bh_blob_put(&blob, inputs->booleans,
		    inputs->request.nr_booleans * sizeof(*inputs->booleans));
	digest_text(blob.data, blob.used, key);
	free(blob.data);
	return blob.failed ? -ENOMEM : 0;
}

static int compile(const struct bh_inputs *inputs, const uint8_t *base_digest,
		   struct bh_policy **policy, struct bh_error *error)
{
	struct bh_policy_request request = inputs->request;
	struct bh_base base = { 0 };
	int ret = bh_base_read(NULL, &base, error);

	request.base = base.source;
	request.nr_base = base.nr_source;
	if (!ret)
		ret = bh_policy_compile(&request, policy, error);
	bh_base_free(&base);
	if (ret || !memcmp((*policy)->base_digest, base_digest, BH_DIGEST_SIZE))
		return ret;
	bh_policy_free(*policy);
	*policy = NULL;
	return bh_fail(
		error, -ESTALE,
		"BASE has changed since it was loaded: run `bulkhead unload` and `bulkhead load`");
}

int bh_inputs_compile(const struct bh_inputs *inputs, const uint8_t *base_digest,
		      struct bh_policy **policy, struct bh_error *error)
{
	uint8_t key[BH_DIGEST_SIZE];
	char name[] = "compile-0.lock";
	BH_CLOSE int lock = -1;
	int ret = cache_key(inputs, base_digest, key);

	*policy = NULL;
	if (ret)
		return bh_fail(error, ret, "policy: %s", strerror(-ret));
	if (!bh_cache_load(BH_CACHE_DIR, key, policy))
		return 0;
	/* Who wants the same has the same lock; who wants another, mostly another. */
	name[strlen("compile-")] = "0123456789abcdef"[key[0] & 15];
	lock = bh_lock(name, error);
	if (lock < 0)
		return lock;
	if (!bh_cache_load(BH_CACHE_DIR, key, policy))
		return 0;
	ret = compile(inputs, base_digest, policy, error);
	/* What cannot be kept is compiled again. */
	if (!ret)
		bh_cache_store(BH_CACHE_DIR, key, *policy);
	return ret;
}

static void saved_path(uint32_t id, char *path, size_t size)
{
	snprintf(path, size, SAVED_DIR "/%u", id);
}

int bh_inputs_save(const struct bh_inputs *inputs, uint32_t id, struct bh_error *error)
{
	struct bh_blob blob = { 0 };
	char path[64];
	int ret;

	if (mkdir(SAVED_DIR, 0700) && errno != EEXIST)
		return bh_fail(error, -errno, SAVED_DIR ": %s", strerror(errno));
	bh_blob_put_text(&blob, inputs->request.trusted ? inputs->installed : NULL,
			 strlen(inputs->installed));
	bh_blob_put_text(&blob, inputs->request.start,
			 inputs->request.start ? strlen(inputs->request.start) : 0);
	bh_blob_put_text(&blob, inputs->grant_names, strlen(inputs->grant_names));
	put_source(&blob, &inputs->module);
	bh_blob_put_number(&blob, (uint32_t)inputs->request.nr_grants);
	for (size_t i = 0; i < inputs->request.nr_grants; i++)
		put_source(&blob, &inputs->grants[i]);
	saved_path(id, path, sizeof(path));
	ret = blob.failed ? bh_fail(error, -ENOMEM, "%s: %s", path, strerror(ENOMEM)) :
			    bh_trusted_write(path, blob.data, blob.used, 0644, error);
	free(blob.data);
	return ret;
}

static void get_source(struct bh_blob *blob, struct bh_source *source)
{
	source->name = bh_blob_get_text(blob, NULL);
	source->text = bh_blob_get_text(blob, &source->len);
	if (!source->name || !source->text)
		blob->failed = true;
}

static bool get_inputs(struct bh_blob *blob, struct bh_inputs *inputs)
{
	const char *installed = bh_blob_get_text(blob, NULL);
	const char *start = bh_blob_get_text(blob, NULL);
	const char *names = bh_blob_get_text(blob, NULL);
	uint32_t nr;

	take_names(inputs, installed, start);
	snprintf(inputs->grant_names, sizeof(inputs->grant_names), "%s", names ? names : "");
	get_source(blob, &inputs->module);
	nr = bh_blob_get_number(blob);
	if (blob->failed || nr > BH_GRANTS_MAX)
		return false;
	inputs->grants = calloc(nr + 1, sizeof(*inputs->grants));
	for (uint32_t i = 0; inputs->grants && i < nr; i++)
		get_source(blob, &inputs->grants[i]);
	inputs->request.module = &inputs->module;
	inputs->request.grants = inputs->grants;
	inputs->request.nr_grants = nr;
	return inputs->grants && !blob->failed && blob->used == blob->len;
}

int bh_inputs_load(uint32_t id, struct bh_inputs *inputs, struct bh_error *error)
{
	struct bh_blob blob = { 0 };
	char path[64];
	int ret;

	*inputs = (struct bh_inputs){ 0 };
	saved_path(id, path, sizeof(path));
	ret = bh_trusted_read(path, SAVED_MAX, &inputs->saved, &blob.len, error);
	if (ret)
		return ret;
	blob.data = inputs->saved;
	if (!get_inputs(&blob, inputs))
		return bh_fail(error, -EIO, "%s: damaged", path);
	bh_digest(&inputs->module, 1, inputs->digest);
	ret = take_booleans(inputs, error);
	return ret ? ret : make_key(inputs, error);
}

void bh_inputs_forget(uint32_t id)
{
	char path[64];

	saved_path(id, path, sizeof(path));
	unlink(path);
}
