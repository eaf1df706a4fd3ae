// SPDX-License-Identifier: GPL-2.0
/*
 * Beside SELinux, in mode auto: while SELinux enforces, Bulkhead denies nothing and records
 * nothing; after `setenforce 0` it enforces from the next operation, after `setenforce 1`
 * it stands by again. Debian's policy knows no containers: the probe is unconfined to it.
 */
#include "rows.h"

#define ENFORCE "/sys/fs/selinux/enforce"
#define SHADOW "full_t shadow_t file { read open } name=shadow"

static struct probe probe;

FIXTURE(selinux){};

FIXTURE_SETUP(selinux)
{
	ASSERT_EQ(0, reset_volume());
	ASSERT_EQ(0, write_file(ENFORCE, "1"));
	ASSERT_EQ(0, records_begin());
}

FIXTURE_TEARDOWN(selinux)
{
	write_file(ENFORCE, "1");
}

TEST_F(selinux, stands_by)
{
	long denied = counter("denied");

	EXPECT_EQ(0, probe_ask(&probe, "open /etc/shadow rdonly"));
	EXPECT_EQ(0, probe_ask(&probe, "mkdir " OUTSIDE "/new"));
	EXPECT_EQ(0, probe_ask(&probe, "sethostname"));
	EXPECT_EQ(0, probe_ask(&probe, "socket 38 5 0"));
	EXPECT_EQ(0, probe_ask(&probe, "kill 1 0"));
	EXPECT_STREQ("", records_end());
	EXPECT_EQ(denied, counter("denied"));
}

TEST_F(selinux, next_operation)
{
	EXPECT_EQ(0, probe_ask(&probe, "open /etc/shadow rdonly"));
	ASSERT_EQ(0, write_file(ENFORCE, "0"));
	EXPECT_EQ(EACCES, probe_ask(&probe, "open /etc/shadow rdonly"));
	EXPECT_STREQ(SHADOW, records_end());
	EXPECT_EQ(0, probe_ask(&probe, "open " V "f rdonly"));
	EXPECT_STREQ("", records_end());
	ASSERT_EQ(0, write_file(ENFORCE, "1"));
	EXPECT_EQ(0, probe_ask(&probe, "open /etc/shadow rdonly"));
	EXPECT_STREQ("", records_end());
}

/* What began while SELinux enforced is labelled all the same. */
TEST_F(selinux, made_meanwhile)
{
	EXPECT_EQ(0, probe_ask(&probe, "open " V "made wronly,creat"));
	ASSERT_EQ(0, write_file(ENFORCE, "0"));
	EXPECT_EQ(0, probe_ask(&probe, "open " V "made rdonly"));
	EXPECT_STREQ("", records_end());
	EXPECT_EQ(EACCES, probe_ask(&probe, "fork exec " OUTSIDE "/prog exec0"));
	EXPECT_STREQ("full_t tmp_t file { read execute open } name=prog", records_end());
}

TEST_F(selinux, status)
{
	char text[4096];

	EXPECT_EQ(0, output_of(text, sizeof(text), "bulkhead status"));
	EXPECT_NE(NULL, strstr(text, "standing by"));
	ASSERT_EQ(0, write_file(ENFORCE, "0"));
	EXPECT_EQ(0, output_of(text, sizeof(text), "bulkhead status"));
	EXPECT_EQ(NULL, strstr(text, "standing by"));
}

int main(int argc, char **argv)
{
	reset_volume();
	probe_start(&probe, CONFINED(POLICY "base.cil", "full_t", PAIR_A));
	return test_harness_run(argc, argv);
}
