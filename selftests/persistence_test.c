// SPDX-License-Identifier: GPL-2.0
/* Enforcement is the kernel's: no process of Bulkhead's needs to live. */
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include "rows.h"

#define SHADOW "full_t shadow_t file { read open } name=shadow"

FIXTURE(persistence)
{
	struct probe probe;
};

FIXTURE_SETUP(persistence)
{
	ASSERT_EQ(0, reset_volume());
	probe_start(&self->probe, CONFINED(POLICY "base.cil", "full_t", PAIR_A));
	ASSERT_EQ(0, records_begin());
}

FIXTURE_TEARDOWN(persistence)
{
	close(self->probe.to);
	close(self->probe.from);
	waitpid(self->probe.runner, NULL, 0);
}

static void still_confined(struct __test_metadata *_metadata, const struct probe *probe)
{
	EXPECT_EQ(EACCES, probe_ask(probe, "open /etc/shadow rdonly"));
	EXPECT_STREQ(SHADOW, records_end());
	EXPECT_EQ(0, probe_ask(probe, "open " V "f rdonly"));
	EXPECT_STREQ("", records_end());
}

/* No process but this container's runs from /usr/sbin/bulkhead. */
TEST_F(persistence, no_daemon)
{
	char text[256], runner[32];

	snprintf(runner, sizeof(runner), "%d\n", self->probe.runner);
	output_of(text, sizeof(text), "pidof bulkhead");
	EXPECT_STREQ(runner, text);
}

TEST_F(persistence, runner_killed)
{
	ASSERT_EQ(0, kill(self->probe.runner, SIGKILL));
	ASSERT_EQ(self->probe.runner, waitpid(self->probe.runner, NULL, 0));
	still_confined(_metadata, &self->probe);
	EXPECT_EQ(EACCES, probe_ask(&self->probe, "fork open /etc/shadow rdonly"));
	EXPECT_STREQ(SHADOW, records_end());
}

/* `bulkhead log -f`, killed while it reads records, takes none of them away for ever. */
TEST_F(persistence, log_killed)
{
	pid_t follower = fork();

	if (!follower) {
		execlp("bulkhead", "bulkhead", "log", "-f", NULL);
		_exit(127);
	}
	EXPECT_EQ(EACCES, probe_ask(&self->probe, "open /etc/shadow rdonly"));
	ASSERT_EQ(0, kill(follower, SIGKILL));
	ASSERT_EQ(follower, waitpid(follower, NULL, 0));
	EXPECT_STREQ(SHADOW, records_end());
	still_confined(_metadata, &self->probe);
}

/* Killed at any moment of a start: nothing that was confined is let go, and others start. */
TEST_F_TIMEOUT(persistence, start_killed, 240)
{
	struct probe next;

	for (int i = 0; i < 10; i++) {
		struct timespec moment = { 0, i * 20000000L };
		pid_t pid = fork();

		if (!pid) {
			execlp("bulkhead", "bulkhead", "exec", "--policy", POLICY "base.cil",
			       "--type", "full_t", "--", PROBE, "exec0", NULL);
			_exit(127);
		}
		/* Not to wait for anything: only to kill it somewhere else each time. */
		nanosleep(&moment, NULL);
		kill(pid, SIGKILL);
		ASSERT_EQ(pid, waitpid(pid, NULL, 0));
	}
	still_confined(_metadata, &self->probe);
	probe_start(&next, CONFINED(POLICY "base.cil", "full_t", PAIR_A));
	still_confined(_metadata, &next);
	EXPECT_EQ(0, probe_stop(&next));
}

/* What is pinned is what holds: programs, maps, and one link to each program. */
TEST_F(persistence, pins)
{
	char text[4096];

	EXPECT_EQ(0, output_of(text, sizeof(text),
			       "test $(bulkhead status --json | jq '.programs | length') -ge 30"));
	EXPECT_EQ(0, output_of(text, sizeof(text), "test -d /sys/fs/bpf/bulkhead/links"));
	EXPECT_EQ(0,
		  output_of(text, sizeof(text), "test $(stat -c %a /sys/fs/bpf/bulkhead) = 700"));
}

/* A container sees none of it. */
TEST_F(persistence, pins_are_not_the_containers)
{
	EXPECT_EQ(EACCES, probe_ask(&self->probe, "open /sys/fs/bpf/bulkhead rdonly"));
	EXPECT_STREQ("full_t bpf_t dir { read open } name=bulkhead", records_end());
	EXPECT_EQ(EACCES, probe_ask(&self->probe, "unlink /sys/fs/bpf/bulkhead/maps/bh_settings"));
	EXPECT_NE(0, strlen(records_end()));
	EXPECT_EQ(0, access("/sys/fs/bpf/bulkhead", F_OK));
}

TEST_HARNESS_MAIN
