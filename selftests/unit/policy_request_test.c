// SPDX-License-Identifier: GPL-2.0
/* The compiler: trusted modules, grants, booleans, the masked table, and the cache. */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bulkhead/classmap.h>
#include <sepol/policydb/hierarchy.h>

#include "blob.h"
#include "booleans.h"
#include "cache.h"
#include "fixture.h"
#include "policy_bounds.h"
#include "policy_cil.h"
#include "policy_flatten.h"

#define OWN "(type d_t)(type f_t)(allow d_t f_t (file (read open)))\n"
#define WIDE "(allow d_t shadow_t (file (read)))\n"

static struct bh_source source_of(const char *name, const char *text)
{
	return (struct bh_source){ name, text, strlen(text) };
}

static struct bh_policy *compile(const struct bh_policy_request *request)
{
	static struct bh_error error;
	struct bh_policy *policy;

	if (!bh_policy_compile(request, &policy, &error))
		return policy;
	printf("Bail out! %s\n", error.text);
	exit(1);
}

static uint32_t allowed(const struct bh_policy *policy, const char *source, const char *target,
			uint32_t tclass)
{
	const struct bh_policy_row *row = fixture_row(policy, source, target, tclass);

	return row ? row->row.allowed : 0;
}

static void refused(const struct bh_policy_request *request, const char *text, const char *what)
{
	struct bh_error error = { "" };
	struct bh_policy *policy;

	tap_is_int(bh_policy_compile(request, &policy, &error), -EINVAL, what);
	tap_is_text(error.text, text, "says why");
	bh_policy_free(policy);
}

static void test_trusted(void)
{
	struct bh_source module = source_of("m.cil", OWN WIDE
					    "(allow container_t shadow_t (file (getattr)))\n"
					    "(typepermissive d_t)\n");
	struct bh_policy_request request = fixture_request(&module);
	struct bh_policy *policy;

	request.trusted = true;
	policy = compile(&request);
	tap_is_int(allowed(policy, "d_t", "shadow_t", BH_CLASS_FILE), BH_FILE__READ,
		   "a trusted module exceeds its bounds");
	tap_is_int(allowed(policy, "container_t", "shadow_t", BH_CLASS_FILE), BH_FILE__GETATTR,
		   "and changes what BASE's domains have");
	tap_ok(policy->whole && allowed(policy, "container_t", "etc_t", BH_CLASS_FILE),
	       "so its policy has their rows");
	tap_ok(policy->types[policy->start].permissive, "its domain may be permissive");
	bh_policy_free(policy);
	request.trusted = false;
	tap_ok(bh_policy_compile(&request, &policy, NULL) == -EINVAL, "an image's may not");
}

static void test_grants(void)
{
	struct bh_source module = source_of("m.cil", OWN);
	struct bh_source grants[2] = { source_of("one.cil", WIDE),
				       source_of("two.cil",
						 "(type g_t)(allow d_t g_t (file (write)))"
						 "(allow d_t shadow_t (file (open)))") };
	struct bh_policy_request request = fixture_request(&module);
	struct bh_policy *policy;

	request.grants = grants;
	request.nr_grants = 2;
	policy = compile(&request);
	tap_is_int(allowed(policy, "d_t", "f_t", BH_CLASS_FILE), BH_FILE__READ | BH_FILE__OPEN,
		   "what the module has");
	tap_is_int(allowed(policy, "d_t", "shadow_t", BH_CLASS_FILE), BH_FILE__READ | BH_FILE__OPEN,
		   "what grants add");
	tap_is_int(allowed(policy, "d_t", "g_t", BH_CLASS_FILE), BH_FILE__WRITE,
		   "on types of their own, too");
	tap_is_text(policy->types[policy->start].name, "d_t", "the module's domain starts");
	bh_policy_free(policy);

	module = source_of("m.cil", OWN WIDE);
	refused(&request,
		"m.cil:2: (allow d_t shadow_t (file (read))): exceeds bounds of container_t: shadow_t file { read }",
		"a grant does not let the module itself exceed its bounds");
	module = source_of("m.cil", OWN);
	grants[1] = source_of("two.cil", "\n(allow d_t gone_t (file (read)))");
	refused(&request,
		"two.cil:2: (allow d_t gone_t (file (read))): no type or attribute gone_t",
		"a grant for what is not there");
	grants[1] = source_of("two.cil", "(type f_t)");
	refused(&request,
		"two.cil:1: (type f_t): f_t is the base policy's; a module declares names of its own",
		"a grant that declares the module's type");
}

/* What the boolean adds is the difference, whatever else there is. */
static void test_connect_any(void)
{
	const struct bh_boolean connect = { "docker_connect_any", true };
	struct bh_policy_request request = fixture_request(NULL);
	struct bh_policy *off = compile(&request), *on;

	request.booleans = &connect;
	request.nr_booleans = 1;
	on = compile(&request);
	tap_is_int(allowed(off, "container_t", "container_var_run_t", BH_CLASS_SOCK_FILE), 0,
		   "off: nothing on an engine's socket");
	tap_is_int(allowed(on, "container_t", "container_var_run_t", BH_CLASS_SOCK_FILE),
		   BH_SOCK_FILE__WRITE | BH_SOCK_FILE__GETATTR, "on: what connecting needs");
	tap_ok(!(allowed(off, "container_t", "unconfined_t", BH_CLASS_UNIX_STREAM_SOCKET) &
		 BH_UNIX_STREAM_SOCKET__CONNECTTO),
	       "off: no connection");
	tap_is_int(allowed(on, "container_t", "unconfined_t", BH_CLASS_UNIX_STREAM_SOCKET) ^
			   allowed(off, "container_t", "unconfined_t", BH_CLASS_UNIX_STREAM_SOCKET),
		   BH_UNIX_STREAM_SOCKET__CONNECTTO, "on: a connection, and nothing else");
	tap_is_int(allowed(on, "container_t", "container_var_run_t", BH_CLASS_FILE),
		   allowed(off, "container_t", "container_var_run_t", BH_CLASS_FILE),
		   "no file of the engine's");
	tap_is_int(allowed(on, "container_t", "var_run_t", BH_CLASS_SOCK_FILE),
		   allowed(off, "container_t", "var_run_t", BH_CLASS_SOCK_FILE), "no other socket");
	bh_policy_free(off);
	bh_policy_free(on);
}

#define SWITCHED                                                             \
	OWN "(boolean reads false)"                                          \
	    "(booleanif reads (true (allow d_t etc_t (file (read)))"         \
	    "                       (typetransition d_t etc_t process d_t))" \
	    "                 (false (allow d_t etc_t (file (getattr)))))"

static void test_booleans(void)
{
	struct bh_source module = source_of("m.cil", SWITCHED);
	struct bh_policy_request request = fixture_request(&module);
	const struct bh_boolean on[] = { { "reads", true }, { "of_another_module", true } };
	const struct bh_boolean devices = { "container_use_devices", true };
	struct bh_boolean *booleans;
	struct bh_policy *policy;
	size_t nr;

	request.trusted = true;
	policy = compile(&request);
	tap_is_int(allowed(policy, "d_t", "etc_t", BH_CLASS_FILE), BH_FILE__GETATTR,
		   "the default's branch");
	tap_ok(!fixture_row(policy, "d_t", "etc_t", BH_CLASS_PROCESS), "no transition");
	bh_policy_free(policy);
	request.booleans = on;
	request.nr_booleans = 2;
	policy = compile(&request);
	tap_is_int(allowed(policy, "d_t", "etc_t", BH_CLASS_FILE), BH_FILE__READ,
		   "the other branch");
	tap_ok(fixture_row(policy, "d_t", "etc_t", BH_CLASS_PROCESS), "with its transition");
	bh_policy_free(policy);
	tap_is_int(bh_policy_booleans(&request, &booleans, &nr, NULL), 0, "all booleans");
	tap_ok(nr > 1 && bh_boolean_find(booleans, nr, "reads") &&
		       !bh_boolean_find(booleans, nr, "reads")->value &&
		       !bh_boolean_find(booleans, nr, "docker_connect_any")->value,
	       "with their defaults");
	free(booleans);

	request = fixture_request(NULL);
	policy = compile(&request);
	tap_is_int(allowed(policy, "container_t", "tty_device_t", BH_CLASS_CHR_FILE), 0,
		   "BASE's is off");
	bh_policy_free(policy);
	request.booleans = &devices;
	request.nr_booleans = 1;
	policy = compile(&request);
	tap_ok(allowed(policy, "container_t", "tty_device_t", BH_CLASS_CHR_FILE) &
		       BH_CHR_FILE__WRITE,
	       "and on");
	bh_policy_free(policy);

	module = source_of("m.cil", OWN "(allow d_t tty_device_t (chr_file (read)))");
	request.module = &module;
	refused(&request,
		"m.cil:2: (allow d_t tty_device_t (chr_file (read))): exceeds bounds of container_t: tty_device_t chr_file { read }",
		"a module is held to what container_t has without them");
}

/* The second line: a module that the first let through, as if libsepol had a fault. */
static void test_mask(void)
{
	struct bh_source module = source_of("m.cil", OWN WIDE
					    "(type e_t)(allow e_t self (fd (use)))"
					    "(allow d_t self (capability (sys_admin chown)))"
					    "(allow d_t f_t (file (mounton)))"
					    "(allow container_t f_t (file (mounton read)))"
					    "(allow d_t e_t (process (ptrace setexec)))"
					    "(allow d_t e_t (process2 (nnp_transition)))"
					    "(type x_t)(typetransition d_t f_t process x_t)"
					    "(typetransition d_t usr_t process e_t)");
	struct bh_policy_request request = fixture_request(&module);
	struct bh_policy_private *private = calloc(1, sizeof(*private));
	struct bh_policy *policy = &private->policy;
	struct bh_build build;
	struct bh_error error = { "" };

	request.trusted = true;
	if (!tap_is_int(bh_build_policy(&request, &build, &error), 0, "let through"))
		return;
	build.masked = true;
	build.whole = false;
	/* As if it were BASE's. */
	build.module->types[3].name = "y_t";
	tap_is_int(bh_flatten_types(&build, private), 0, "types");
	tap_is_int(bh_flatten_rows(&build, private, &error), 0, "rows");
	tap_is_int(allowed(policy, "d_t", "f_t", BH_CLASS_FILE), BH_FILE__READ | BH_FILE__OPEN,
		   "a file's row is masked by container_file_t's");
	tap_is_int(allowed(policy, "d_t", "shadow_t", BH_CLASS_FILE), 0, "BASE's by its own");
	tap_is_int(allowed(policy, "d_t", "d_t", BH_CLASS_CAPABILITY), BH_CAPABILITY__CHOWN,
		   "a domain's by container_t's");
	tap_is_int(allowed(policy, "d_t", "e_t", BH_CLASS_PROCESS),
		   BH_PROCESS__PTRACE | BH_PROCESS__SETEXEC, "another domain's, too");
	tap_is_int(allowed(policy, "container_t", "f_t", BH_CLASS_FILE), BH_FILE__READ,
		   "and what container_t has on a module's type");
	tap_ok(!fixture_row(policy, "d_t", "f_t", BH_CLASS_PROCESS),
	       "no transition leads out of the module");
	tap_ok(fixture_row(policy, "d_t", "usr_t", BH_CLASS_PROCESS) != NULL,
	       "one within it holds");
	bh_build_free(&build);
	bh_policy_free(policy);
}

/* Each of many types may be the one that exceeds, alone, as a type or by an attribute. */
static void test_joined_bounds(void)
{
	char text[4096];
	int wrong = 0;

	for (int bad = 0; bad < 12; bad++) {
		size_t used = 0;

		for (int i = 0; i < 6; i++)
			used += (size_t)sprintf(text + used,
						"(type d%d_t)(allow d%d_t etc_t (file (read)))"
						"(type f%d_t)(allow d%d_t f%d_t (file (read)))"
						"(typeattribute a%d)(typeattributeset a%d (d%d_t))",
						i, i, i, i, i, i, i, i);
		wrong += fixture_check(text, NULL) != 0;
		sprintf(text + used, "(allow %s%d%s etc_t (file (write)))", bad % 2 ? "a" : "d",
			bad / 2, bad % 2 ? "" : "_t");
		wrong += fixture_check(text, NULL) != -EINVAL;
		sprintf(text + used, "(allow d0_t %s%d_t (file (mounton)))", bad % 2 ? "d" : "f",
			bad / 2);
		wrong += fixture_check(text, NULL) != -EINVAL;
	}
	tap_is_int(wrong, 0, "any of the types is found that exceeds its bounds");
}

static void test_cache(void)
{
	char dir[] = "/tmp/bulkhead-cache-XXXXXX", path[128];
	uint8_t key[32] = { 0xab, 1 };
	struct bh_policy *policy = fixture_compile(OWN, NULL);
	struct bh_policy *cached = NULL;
	FILE *file;

	tap_ok(mkdtemp(dir) != NULL, "a directory");
	tap_is_int(bh_cache_load(dir, key, &cached), -ENOENT, "empty");
	tap_is_int(bh_cache_store(dir, key, policy), 0, "stored");
	tap_is_int(bh_cache_load(dir, key, &cached), 0, "loaded");
	tap_ok(cached && cached->nr_types == policy->nr_types &&
		       cached->nr_rows == policy->nr_rows && cached->start == policy->start &&
		       !memcmp(cached->types, policy->types,
			       policy->nr_types * sizeof(*policy->types)) &&
		       !memcmp(cached->rows, policy->rows,
			       policy->nr_rows * sizeof(*policy->rows)) &&
		       !memcmp(cached->base_digest, policy->base_digest, 64),
	       "what was stored");
	bh_policy_free(cached);
	key[0] = 0xac;
	tap_is_int(bh_cache_load(dir, key, &cached), -ENOENT, "not for another key");
	key[0] = 0xab;
	snprintf(path, sizeof(path), "%s/ab01%060d", dir, 0);
	/* Cut anywhere, or with any byte changed, it is none; ASan sees what is read too far. */
	int wrong = 0;
	struct stat st;

	stat(path, &st);
	for (long cut = st.st_size - 1; cut >= 0; cut = cut * 9 / 10 - 1) {
		tap_count += truncate(path, cut) ? 1000 : 0;
		wrong += bh_cache_load(dir, key, &cached) != -ENOENT;
	}
	tap_is_int(wrong, 0, "cut short it is none");
	for (long at = 0; at < st.st_size; at += 61) {
		wrong += bh_cache_store(dir, key, policy) != 0;
		file = fopen(path, "r+");
		fseek(file, at, SEEK_SET);
		int byte = fgetc(file);
		fseek(file, at, SEEK_SET);
		fputc(byte ^ 0x55, file);
		fclose(file);
		wrong += bh_cache_load(dir, key, &cached) != -ENOENT;
	}
	tap_is_int(wrong, 0, "with a wrong byte it is none");
	chmod(dir, 0777);
	tap_is_int(bh_cache_store(dir, key, policy), -EPERM, "a directory that others may write");
	unlink(path);
	rmdir(dir);
	bh_policy_free(policy);
}

static void test_boolean_lines(void)
{
	struct bh_boolean *booleans;
	struct bh_error error = { "" };
	size_t nr;

	tap_is_int(bh_booleans_parse("# all\na=on\n\nb=off # not\n", "b", &booleans, &nr, &error),
		   0, "lines");
	tap_ok(nr == 2 && booleans[0].value && !booleans[1].value && !strcmp(booleans[1].name, "b"),
	       "two booleans");
	free(booleans);
	static const char *const wrong[] = { "a", "=on", "a=yes", "a=on\na=off", "a= on" };

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		tap_is_int(bh_booleans_parse(wrong[i], "b", &booleans, &nr, &error), -EINVAL,
			   "no line of NAME=on");
}

int main(void)
{
	fixture_read_base();
	test_trusted();
	test_grants();
	test_connect_any();
	test_booleans();
	test_mask();
	test_joined_bounds();
	test_cache();
	test_boolean_lines();
	bh_base_free(&fixture_base);
	return tap_done();
}
