// SPDX-License-Identifier: GPL-2.0
/* Error texts, digests, and the reading of BASE. */
#include <errno.h>

#include "base.h"
#include "digest.h"
#include "error.h"
#include "tap.h"

static void test_error(void)
{
	static struct bh_error error;
	int added = 0;

	tap_is_int(bh_fail(&error, -EINVAL, "%s", "one"), -EINVAL, "gives the code back");
	bh_fail_add(&error, -EINVAL, "two");
	bh_fail_prefix(&error, -EINVAL, "file %d", 1);
	tap_is_text(error.text, "file 1: one\ntwo", "lines and a prefix");
	tap_is_int(bh_fail_add(NULL, -EIO, "x"), -EIO, "no text wanted");

	bh_fail(&error, 0, "%s", "");
	while (added < 10000 && !strstr(error.text, "...and more"))
		bh_fail_add(&error, 0, "line %d of many", added++);
	tap_ok(added < 10000 && strlen(error.text) < sizeof(error.text), "a full text says so");
	bh_fail_add(&error, 0, "late");
	tap_ok(!strstr(error.text, "late"), "and takes no more");
	tap_is_int(strcmp(error.text + strlen(error.text) - 12, "\n...and more"), 0, "at its end");
}

static void test_digest(void)
{
	/* FIPS 180-2, appendix B.1: SHA-256 of "abc". */
	static const uint8_t want[BH_DIGEST_SIZE] = {
		0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea, 0x41, 0x41, 0x40,
		0xde, 0x5d, 0xae, 0x22, 0x23, 0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17,
		0x7a, 0x9c, 0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad,
	};
	struct bh_source source[] = { { "x", "a", 1 }, { "y", "bc", 2 } };
	uint8_t digest[BH_DIGEST_SIZE];

	bh_digest(source, 2, digest);
	tap_is_int(memcmp(digest, want, sizeof(want)), 0, "SHA-256 over several texts");
}

static void test_base(void)
{
	struct bh_error error = { "" };
	struct bh_source source;
	struct bh_base base;

	tap_is_int(bh_base_read(NULL, &base, &error), 0, "BASE is read");
	tap_ok(base.nr_source > 1 && strstr(base.source[0].name, "/classes.cil"),
	       "classes come first");
	bh_base_free(&base);
	tap_is_int(bh_base_read("/nonexistent", &base, &error), -ENOENT, "no such directory");
	tap_is_text(error.text, "base policy: /nonexistent/order: No such file or directory",
		    "says which file");
	tap_is_int(bh_source_read("/dev/zero", 4096, &source, &error), -E2BIG, "endless");
	tap_is_text(error.text, "/dev/zero: larger than 4096 bytes", "says how much is too much");
	tap_is_int(bh_source_read("/tmp", 4096, &source, &error), -EISDIR, "a directory");
}

int main(void)
{
	test_error();
	test_digest();
	test_base();
	return tap_done();
}
