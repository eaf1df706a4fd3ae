// SPDX-License-Identifier: GPL-2.0
/*
 * The host's mode: permissive records and lets it happen. It also shows what is asked after
 * the first refusal, of which there is none here: mounts that a capability would stop.
 */
#include <sys/wait.h>

#include "rows.h"

enum { FULL, OWNER, NR_PROBES };

static struct probe probes[NR_PROBES];

#define SYS_ADMIN "full_t self capability { sys_admin } capability=21 permissive\n"

FIXTURE(permissive){};

FIXTURE_VARIANT(permissive)
{
	const char *command;
	const char *record;
	int error;
};

FIXTURE_SETUP(permissive)
{
	ASSERT_EQ(0, reset_volume());
	ASSERT_EQ(0, records_begin());
}

FIXTURE_TEARDOWN(permissive)
{
}

ROW(permissive, read, "open /etc/shadow rdonly",
    "full_t shadow_t file { read open } name=shadow permissive")
ROW(permissive, capability, "sethostname",
    "full_t self capability { sys_admin } capability=21 permissive")
ROW(permissive, mknod, "mknod " V "new blk 254 0",
    "full_t container_file_t:c1,c2 blk_file { create } name=new permissive")
ROW(permissive, mount, "mount tmpfs " V "d",
    "full_t container_file_t dir { mounton } name=d permissive\n" SYS_ADMIN
    "full_t self capability { sys_admin } capability=21 permissive")
ROW(permissive, move_mount, "movemount /etc " V "d",
    SYS_ADMIN "full_t self capability { sys_admin } capability=21 permissive\n"
	      "full_t container_file_t dir { mounton } name=d permissive")
ROW(permissive, umount, "umount /proc",
    SYS_ADMIN "full_t proc_t filesystem { unmount } name=/ permissive")

TEST_F(permissive, recorded_and_done)
{
	long denied = counter("denied"), permitted = counter("permitted");
	int lines = 1;

	for (const char *c = variant->record; *c; c++)
		lines += *c == '\n';
	EXPECT_EQ(variant->error, probe_ask(&probes[FULL], "%s", variant->command));
	EXPECT_STREQ(variant->record, records_end());
	EXPECT_EQ(denied, counter("denied"));
	EXPECT_EQ(permitted + lines, counter("permitted"));
}

/* What is allowed leaves no record here either. */
TEST(allowed)
{
	ASSERT_EQ(0, reset_volume());
	ASSERT_EQ(0, records_begin());
	EXPECT_EQ(0, probe_ask(&probes[FULL], "open " V "f rdonly"));
	EXPECT_STREQ("", records_end());
}

/* Nor is a rename refused that changes what the path says, by a rule of filecon.cil. */
TEST(rename_to_another_label)
{
	ASSERT_EQ(0, reset_volume());
	ASSERT_EQ(0, mkdir(PRIVATE "/secret", 0755));
	ASSERT_EQ(0, write_file(PRIVATE "/secret/file", "x"));
	ASSERT_EQ(0, records_begin());
	EXPECT_EQ(0, probe_ask(&probes[OWNER], "link " PRIVATE "/secret/file " PRIVATE "/link"));
	EXPECT_EQ(0, probe_ask(&probes[OWNER], "rename " PRIVATE "/secret/file " PRIVATE "/file"));
	EXPECT_STREQ("", records_end());
}

int main(int argc, char **argv)
{
	char text[4096];
	int status;

	reset_volume();
	if (output_of(text, sizeof(text), "bulkhead unload && bulkhead load --mode permissive")) {
		printf("Bail out! %s\n", text);
		return 1;
	}
	probe_start(&probes[FULL], CONFINED(POLICY "base.cil", "full_t", PAIR_A));
	probe_start(&probes[OWNER], CONFINED(POLICY "filecon.cil", "owner_t", PAIR_A, PRIVATE));
	fflush(stdout);
	/* The harness exits by itself: a child does, and this process puts the mode back. */
	status = fork();
	if (!status)
		return test_harness_run(argc, argv);
	waitpid(status, &status, 0);
	probe_stop(&probes[FULL]);
	probe_stop(&probes[OWNER]);
	if (output_of(text, sizeof(text), "bulkhead unload && bulkhead load")) {
		printf("Bail out! %s\n", text);
		return 1;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
