// SPDX-License-Identifier: GPL-2.0
/* bpf/exec.bpf.c: who may execute what, and in which domain it then runs. */
#include "rows.h"

enum { BARE, OPEN, NOTRANS, FULL, JUMP, NOJUMP, NOENTRY, NONNP, HOST, NR_PROBES };

static struct probe probes[NR_PROBES];

#define IN_CHILD 100 /* what the program, which did run, exited with */
#define SHADOW "shadow_t file { read open } name=shadow"

ROWS(exec, probes)

ROW(exec, nothing, "exec " V "prog exec0", BARE, EACCES,
    "bare_t container_file_t file { read execute open } name=prog", FULL)
ROW(exec, no_execute, "exec " V "prog exec0", OPEN, EACCES,
    "open_t container_file_t file { execute } name=prog", FULL)
ROW(exec, no_execute_no_trans, "exec " V "prog exec0", NOTRANS, EACCES,
    "notrans_t container_file_t file { execute_no_trans } name=prog", FULL)
ROW(exec, script, "exec " V "script0", NOTRANS, EACCES,
    "notrans_t container_file_t file { execute_no_trans } name=script0", FULL)
ROW(exec, transition, "exec " V "prog exec0", NOJUMP, EACCES,
    "nojump_t target_t:c1,c2 process { transition }", JUMP)
ROW(exec, entrypoint, "exec " V "prog exec0", NOENTRY, EACCES,
    "closed_t container_file_t file { entrypoint } name=prog", JUMP)
ROW(exec, memfd, "fork memfdexec", FULL, EACCES,
    "full_t tmpfs_t file { execute_no_trans } name=memfd:probe", HOST)
ROW(exec, memfd_mapped, "memfdmap rx", BARE, EACCES,
    "bare_t tmpfs_t file { read map execute } name=memfd:probe", FULL)

FIXTURE(own){};

FIXTURE_SETUP(own)
{
	ASSERT_EQ(0, reset_volume());
	ASSERT_EQ(0, records_begin());
}

FIXTURE_TEARDOWN(own)
{
}

/* The same domain after execute_no_trans: what it then does is still confined. */
TEST_F(own, domain_stays)
{
	EXPECT_EQ(IN_CHILD + EACCES,
		  probe_ask(&probes[FULL], "exec " V "prog open /etc/shadow rdonly"));
	EXPECT_STREQ("full_t " SHADOW, records_end());
}

TEST_F(own, usr_program)
{
	EXPECT_EQ(IN_CHILD + EACCES,
		  probe_ask(&probes[BARE], "exec " PROBE " open /etc/shadow rdonly"));
	EXPECT_STREQ("bare_t " SHADOW, records_end());
}

TEST_F(own, domain_changes)
{
	EXPECT_EQ(IN_CHILD + EACCES,
		  probe_ask(&probes[JUMP], "exec " V "prog open /etc/shadow rdonly"));
	EXPECT_STREQ("target_t " SHADOW, records_end());
	/* And the one that executed it has not changed. */
	EXPECT_EQ(EACCES, probe_ask(&probes[JUMP], "open /etc/shadow rdonly"));
	EXPECT_STREQ("jump_t " SHADOW, records_end());
}

/* A script changes the domain as its own file says. Its interpreter runs in that one. */
TEST_F(own, script_changes_domain)
{
	EXPECT_EQ(IN_CHILD + EACCES, probe_ask(&probes[JUMP], "exec " V "script"));
	EXPECT_STREQ("target_t " SHADOW, records_end());
}

TEST_F(own, script_stays)
{
	EXPECT_EQ(IN_CHILD + EACCES, probe_ask(&probes[FULL], "exec " V "script"));
	EXPECT_STREQ("full_t " SHADOW, records_end());
}

/* no_new_privs: nnp_transition lets the domain change. */
TEST_F(own, nnp_transition)
{
	EXPECT_EQ(IN_CHILD + EACCES,
		  probe_ask(&probes[JUMP], "nnp exec " V "prog open /etc/shadow rdonly"));
	EXPECT_STREQ("target_t " SHADOW, records_end());
}

/* Without it the domain stays, and must have execute_no_trans. */
TEST_F(own, nnp_without_transition)
{
	EXPECT_EQ(IN_CHILD + EACCES,
		  probe_ask(&probes[NONNP], "nnp exec " V "prog open /etc/shadow rdonly"));
	EXPECT_STREQ("nonnp_t " SHADOW, records_end());
	/* The twin, with new privileges. */
	EXPECT_EQ(IN_CHILD + EACCES,
		  probe_ask(&probes[NONNP], "exec " V "prog open /etc/shadow rdonly"));
	EXPECT_STREQ("target_t " SHADOW, records_end());
}

TEST_F(own, outside)
{
	EXPECT_EQ(EACCES, probe_ask(&probes[FULL], "exec " OUTSIDE "/prog exec0"));
	EXPECT_STREQ("full_t tmp_t file { read execute open } name=prog", records_end());
}

/* Children and theirs, and threads, have the label. */
TEST_F(own, inherited)
{
	EXPECT_EQ(EACCES, probe_ask(&probes[BARE], "fork fork fork open /etc/shadow rdonly"));
	EXPECT_STREQ("bare_t " SHADOW, records_end());
	EXPECT_EQ(EACCES, probe_ask(&probes[BARE], "thread fork thread open /etc/shadow rdonly"));
	EXPECT_STREQ("bare_t " SHADOW, records_end());
}

int main(int argc, char **argv)
{
	static const char *const types[NR_PROBES] = {
		[BARE] = "bare_t",	 [OPEN] = "open_t",   [NOTRANS] = "notrans_t",
		[FULL] = "full_t",	 [JUMP] = "jump_t",   [NOJUMP] = "nojump_t",
		[NOENTRY] = "noentry_t", [NONNP] = "nonnp_t",
	};

	reset_volume();
	for (int i = 0; i < HOST; i++)
		probe_start(&probes[i], CONFINED(POLICY "exec.cil", types[i], PAIR_A));
	probe_start(&probes[HOST], UNCONFINED);
	return test_harness_run(argc, argv);
}
