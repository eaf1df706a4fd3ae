// SPDX-License-Identifier: GPL-2.0
/* bulkhead.conf: what it means, and where it says a mistake is. */
#include <bulkhead/abi.h>

#include "conf.h"
#include "tap.h"

static struct bh_error error;

static void test_good(void)
{
	struct bh_conf conf;
	int ret = bh_conf_parse("# comment\n"
				"mode\tenforcing # because\r\n"
				"strict on\n"
				"volume /srv shared\n"
				"volume /srv/a b/ private\n"
				"volume / shared",
				"t", &conf, &error);

	tap_is_int(ret, 0, "a good file parses");
	tap_is_int(conf.mode, BH_MODE_ENFORCING, "its mode");
	tap_ok(conf.strict, "it is strict");
	tap_is_int((long)conf.nr_volumes, 3, "its volumes");
	tap_ok(bh_volume_find(&conf, "/srv/a b/c") && bh_volume_find(&conf, "/srv/a b/c")->private,
	       "the longest volume wins");
	tap_is_text(bh_volume_find(&conf, "/srv/a b")->path, "/srv/a b", "a final slash goes");
	tap_is_text(bh_volume_find(&conf, "/srv/a")->path, "/srv", "below a volume");
	tap_is_text(bh_volume_find(&conf, "/srvx")->path, "/", "beside a volume");
	bh_conf_free(&conf);
}

static void test_empty(void)
{
	struct bh_conf conf;

	tap_is_int(bh_conf_parse("", "t", &conf, &error), 0, "an empty file parses");
	tap_is_int(conf.mode, BH_MODE_AUTO, "the mode is auto");
	tap_ok(!conf.strict, "it is not strict");
	tap_ok(!bh_volume_find(&conf, "/srv"), "there are no volumes");
	bh_conf_free(&conf);
}

static void test_bad(void)
{
	static const char *const bad[] = {
		"mode",		 "mode on",	      "mode auto x",
		"volume /srv",	 "volume srv shared", "volume /srv both",
		"volume shared", "Mode auto",	      "mode=auto",
		"strict",	 "strict yes",
	};
	struct bh_conf conf;
	char text[256];

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(text, sizeof(text), "# one\n%s\n", bad[i]);
		tap_ok(bh_conf_parse(text, "file", &conf, &error) < 0 &&
			       !strncmp(error.text, "file:2: ", 8),
		       "refused with its line: '%s'", bad[i]);
		bh_conf_free(&conf);
	}
}

int main(void)
{
	test_good();
	test_empty();
	test_bad();
	return tap_done();
}
