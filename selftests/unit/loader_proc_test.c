// SPDX-License-Identifier: GPL-2.0
/* What the kernel writes in /proc: mountinfo and cgroup. */
#include <stdlib.h>

#include "cgroup.h"
#include "mountinfo.h"
#include "tap.h"

static const char mountinfo[] =
	"46 45 254:0 / / rw,noatime - ext4 /dev/vda rw\n"
	"72 46 0:37 / /m\\040n/merged rw master:1 propagate_from:2 - overlay overlay rw\n"
	"75 72 0:37 / /m\\040n/merged rw - overlay overlay rw\n"
	"76 75 0:24 /a\\134b\\011c /m\\040n/merged/x rw shared:3 - tmpfs tmpfs rw\n";

static void test_mountinfo(void)
{
	char *text = strdup(mountinfo);
	struct bh_mounts mounts;
	const struct bh_mount *all;

	tap_is_int(bh_mountinfo_parse(text, &mounts), 0, "a mountinfo parses");
	if (tap_is_int((long)mounts.nr, 4, "all its mounts are there")) {
		all = mounts.mounts;
		tap_is_text(all[1].point, "/m n/merged", "a space is unescaped");
		tap_is_text(all[3].root, "/a\\b\tc", "a backslash and a tab are unescaped");
		tap_is_text(all[1].fstype, "overlay", "optional fields are skipped");
		tap_ok(all[2].id == 75 && all[2].parent == 72 && all[2].minor == 37, "numbers");
		tap_ok(bh_mount_is_covered(&mounts, &all[1]), "a mount below another is covered");
		tap_ok(!bh_mount_is_covered(&mounts, &all[2]), "the one on top is not");
		tap_ok(!bh_mount_is_covered(&mounts, &all[0]), "nor is a parent");
		tap_ok(bh_mounts_have_device(&mounts, 0, 24) &&
			       !bh_mounts_have_device(&mounts, 0, 25),
		       "devices are found");
	}
	bh_mountinfo_free(&mounts);
	free(text);
}

static void test_bad_mountinfo(void)
{
	static const char *const bad[] = {
		"x\n",
		"46 45 254:0 / /\n",
		"46 45 254 / / rw - ext4 x rw\n",
		"a 45 254:0 / / rw - ext4 x rw\n",
		"46 45 254:0 / / rw ext4 x rw\n",
		"46 45 254:0 / / rw -\n",
		"46\n",
		"46 -1 254:0 / / rw - ext4 x rw\n",
		"46 45x 254:0 / / rw - ext4 x rw\n",
		"46 45 254:0x / / rw - ext4 x rw\n",
		"46 45 0:4294967296 / / rw - ext4 x rw\n",
		"2147483648 45 254:0 / / rw - ext4 x rw\n",
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char *text = strdup(bad[i]);
		struct bh_mounts mounts;

		tap_ok(bh_mountinfo_parse(text, &mounts) < 0, "line %zu is refused", i);
		bh_mountinfo_free(&mounts);
		free(text);
	}
}

static void test_cgroup(void)
{
	static const struct {
		const char *text;
		const char *path; /* NULL: refused */
	} paths[] = {
		{ "0::/machine.slice/x.scope\n", "machine.slice/x.scope" },
		{ "1:name=x:/a\n0::/b\n", "b" },
		{ "0::/\n", "" },
		{ "0::/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p\n", "a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p" },
		{ "0::/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q\n", NULL },
		{ "0::/..\n", NULL },
		{ "0::/../x\n", NULL },
		{ "0::/..x\n", "..x" },
		{ "1:cpu:/a\n", NULL },
		{ "10::/a\n", NULL },
		{ "", NULL },
		{ "0::/this-path-is-longer-than-the-buffer-that-the-test-has\n", NULL },
	};
	char path[48];

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		int ret = bh_cgroup_path(paths[i].text, path, sizeof(path));

		if (paths[i].path)
			tap_ok(!ret && !strcmp(path, paths[i].path), "cgroup '%s'", paths[i].path);
		else
			tap_ok(ret < 0, "cgroup text %zu is refused", i);
	}
}

int main(void)
{
	test_mountinfo();
	test_bad_mountinfo();
	test_cgroup();
	return tap_done();
}
