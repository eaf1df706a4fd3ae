// SPDX-License-Identifier: GPL-2.0
/* bpf/cgroup.bpf.c and the labelling at execve: cgroups below, moves out, the end. */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>

#include "rows.h"

#define CGROUPS "/sys/fs/cgroup"
#define SHADOW "full_t shadow_t file { read open } name=shadow"

static struct probe host, other; /* of the other pair */

FIXTURE(cgroup)
{
	struct probe probe;
	char path[1024]; /* of its cgroup's directory */
};

/* The probe's cgroup, below the mount of cgroup2. */
static int cgroup_of(pid_t pid, char *path, size_t size)
{
	char proc[64], line[512] = "";
	FILE *file;

	snprintf(proc, sizeof(proc), "/proc/%d/cgroup", pid);
	file = fopen(proc, "re");
	if (!file)
		return -1;
	if (!fgets(line, sizeof(line), file) || strncmp(line, "0::", 3))
		line[0] = '\0';
	fclose(file);
	line[strcspn(line, "\n")] = '\0';
	snprintf(path, size, CGROUPS "%s", line + (line[0] ? 3 : 0));
	return line[0] ? 0 : -1;
}

/* How many lines of `bulkhead ps` name the container of this pid's `bulkhead exec`. */
static int listed(pid_t runner)
{
	char command[128], text[256];

	snprintf(command, sizeof(command), "bulkhead ps | grep -c '^exec-%d '", runner);
	output_of(text, sizeof(text), command);
	return atoi(text);
}

static long left(pid_t runner)
{
	char command[256], text[256];

	snprintf(command, sizeof(command),
		 "bulkhead ps --json | jq '.[] | select(.id == \"exec-%d\") | .left'", runner);
	if (output_of(text, sizeof(text), command))
		return -1;
	return atol(text);
}

FIXTURE_SETUP(cgroup)
{
	ASSERT_EQ(0, reset_volume());
	probe_start(&self->probe, CONFINED(POLICY "base.cil", "full_t", PAIR_A));
	ASSERT_EQ(0, cgroup_of(self->probe.pid, self->path, sizeof(self->path)));
	ASSERT_EQ(0, records_begin());
}

FIXTURE_TEARDOWN(cgroup)
{
	if (self->probe.runner)
		probe_stop(&self->probe);
}

static int move(const char *dir, pid_t pid)
{
	char path[1200], text[32];

	snprintf(path, sizeof(path), "%s/cgroup.procs", dir);
	snprintf(text, sizeof(text), "%d", pid);
	return write_file(path, text);
}

/* On one CPU: what it has been allowed is in that one's access vector cache. */
static int pin(pid_t pid)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(0, &one);
	return sched_setaffinity(pid, sizeof(one), &one);
}

TEST_F(cgroup, nested)
{
	long nested = counter("nested");
	char child[1100];

	snprintf(child, sizeof(child), "%s/child", self->path);
	ASSERT_EQ(0, mkdir(child, 0755));
	EXPECT_EQ(nested + 1, counter("nested"));
	ASSERT_EQ(0, move(child, self->probe.pid));
	EXPECT_EQ(EACCES, probe_ask(&self->probe, "open /etc/shadow rdonly"));
	EXPECT_STREQ(SHADOW, records_end());
	EXPECT_EQ(0, probe_ask(&self->probe, "open " V "f rdonly"));
	EXPECT_STREQ("", records_end());
}

TEST_F(cgroup, moved_out)
{
	ASSERT_EQ(0, move(CGROUPS, self->probe.pid));
	EXPECT_EQ(EACCES, probe_ask(&self->probe, "open /etc/shadow rdonly"));
	EXPECT_STREQ(SHADOW, records_end());
	EXPECT_EQ(EACCES,
		  probe_ask(&self->probe, "fork exec " PROBE " open /etc/shadow rdonly") - 100);
	EXPECT_STREQ(SHADOW, records_end());
	EXPECT_EQ(1, left(self->probe.runner));
	/* The host's probe, moved to the same place, is as free as it was. */
	EXPECT_EQ(0, probe_ask(&host, "open /etc/shadow rdonly"));
	EXPECT_STREQ("", records_end());
}

/*
 * Sockets are labelled by the cgroup that they were made in, and by storage where that does not
 * say the same: they are their maker's wherever it is.
 */
static void check_sockets(struct __test_metadata *_metadata, const struct probe *probe,
			  const char *name)
{
	EXPECT_EQ(0, probe_ask(probe, "unixbind stream @%s", name));
	EXPECT_EQ(0, probe_ask(probe, "unixconnect stream @%s", name));
	EXPECT_EQ(EINVAL, probe_ask(probe, "unixaccept"));
	EXPECT_EQ(0, probe_ask(&host, "unixconnect stream @%s", name));
	EXPECT_EQ(EINVAL, probe_ask(probe, "unixaccept"));
	EXPECT_STREQ("", records_end());
	EXPECT_EQ(EACCES, probe_ask(&other, "unixconnect stream @%s", name));
	EXPECT_STREQ("full_t:c3,c4 full_t:c1,c2 unix_stream_socket { connectto }", records_end());
}

TEST_F(cgroup, sockets)
{
	check_sockets(_metadata, &self->probe, "cgroup");
}

TEST_F(cgroup, sockets_nested)
{
	char child[1100];

	snprintf(child, sizeof(child), "%s/child", self->path);
	ASSERT_EQ(0, mkdir(child, 0755));
	ASSERT_EQ(0, move(child, self->probe.pid));
	check_sockets(_metadata, &self->probe, "cgroup-nested");
}

TEST_F(cgroup, sockets_moved_out)
{
	ASSERT_EQ(0, move(CGROUPS, self->probe.pid));
	check_sockets(_metadata, &self->probe, "cgroup-moved");
}

/* A task of the host in the container's cgroup makes the container's sockets. */
TEST_F(cgroup, sockets_of_a_visitor)
{
	struct probe visitor;

	probe_start(&visitor, UNCONFINED);
	EXPECT_EQ(0, probe_ask(&visitor, "unixbind stream @cgroup-before"));
	ASSERT_EQ(0, move(self->path, visitor.pid));
	EXPECT_EQ(0, probe_ask(&visitor, "unixbind stream @cgroup-visitor"));
	EXPECT_EQ(0, probe_ask(&self->probe, "unixconnect stream @cgroup-visitor"));
	EXPECT_STREQ("", records_end());
	EXPECT_EQ(EACCES, probe_ask(&other, "unixconnect stream @cgroup-visitor"));
	EXPECT_STREQ("full_t:c3,c4 full_t:c1,c2 unix_stream_socket { connectto }", records_end());
	EXPECT_EQ(EACCES, probe_ask(&self->probe, "unixconnect stream @cgroup-before"));
	EXPECT_STREQ("full_t unconfined_t unix_stream_socket { connectto }", records_end());
	EXPECT_EQ(0, move(CGROUPS, visitor.pid));
	probe_stop(&visitor);
}

/* A container cannot move itself, nor make cgroups. */
TEST_F(cgroup, own_cgroupfs)
{
	char wanted[512];

	EXPECT_EQ(EACCES, probe_ask(&self->probe, "put " CGROUPS "/cgroup.procs 0"));
	EXPECT_STREQ("full_t cgroup_t file { write } name=cgroup.procs", records_end());
	EXPECT_EQ(EACCES, probe_ask(&self->probe, "mkdir %s/own", self->path));
	snprintf(wanted, sizeof(wanted), "full_t cgroup_t dir { write add_name search } name=%s",
		 strrchr(self->path, '/') + 1);
	EXPECT_STREQ(wanted, records_end());
	EXPECT_EQ(0, probe_ask(&self->probe, "open " CGROUPS "/cgroup.procs rdonly"));
	EXPECT_STREQ("", records_end());
}

/* In a child: enter the cgroup, and the mount namespace or not, and execute a probe. */
static int enter(const char *dir, pid_t mounts_of)
{
	char path[64];
	pid_t pid = fork();
	int fd, status;

	if (!pid) {
		if (mounts_of) {
			snprintf(path, sizeof(path), "/proc/%d/ns/mnt", mounts_of);
			fd = open(path, O_RDONLY | O_CLOEXEC);
			if (fd < 0 || setns(fd, CLONE_NEWNS))
				_exit(200);
		}
		if (move(dir, getpid()))
			_exit(201);
		execl(PROBE, PROBE, "open", "/etc/shadow", "rdonly", NULL);
		_exit(202);
	}
	if (waitpid(pid, &status, 0) < 0 || !WIFEXITED(status))
		return -1;
	return WEXITSTATUS(status);
}

/* podman exec: into the same domain. */
TEST_F(cgroup, entered)
{
	EXPECT_EQ(EACCES, enter(self->path, self->probe.pid));
	EXPECT_STREQ(SHADOW, records_end());
}

TEST_F(cgroup, entered_below)
{
	char child[1100];

	snprintf(child, sizeof(child), "%s/child", self->path);
	ASSERT_EQ(0, mkdir(child, 0755));
	EXPECT_EQ(EACCES, enter(child, self->probe.pid));
	EXPECT_STREQ(SHADOW, records_end());
}

/* A runtime's helper in the cgroup that sees the host's mounts: the host's. */
TEST_F(cgroup, entered_from_host_mounts)
{
	EXPECT_EQ(0, enter(self->path, 0));
	EXPECT_STREQ("", records_end());
}

/* The mount namespace alone confines nobody. */
TEST_F(cgroup, mounts_alone)
{
	EXPECT_EQ(0, enter(CGROUPS, self->probe.pid));
	EXPECT_STREQ("", records_end());
}

TEST_F(cgroup, gone_at_the_end)
{
	EXPECT_EQ(1, listed(self->probe.runner));
	EXPECT_EQ(0, probe_stop(&self->probe));
	EXPECT_EQ(0, listed(self->probe.runner));
	EXPECT_EQ(-1, access(self->path, F_OK));
	self->probe.runner = 0;
}

/* `bulkhead exec` was killed: the release of the cgroup removes the record. */
TEST_F(cgroup, released)
{
	int status;

	ASSERT_EQ(0, kill(self->probe.runner, SIGKILL));
	ASSERT_EQ(self->probe.runner, waitpid(self->probe.runner, &status, 0));
	EXPECT_EQ(1, listed(self->probe.runner));
	EXPECT_EQ(EACCES, probe_ask(&self->probe, "open /etc/shadow rdonly"));
	EXPECT_STREQ(SHADOW, records_end());
	close(self->probe.to);
	/* Its end of the pipe is closed when it is gone, a moment before the cgroup is empty. */
	EXPECT_EQ(0, read(self->probe.from, &status, 1));
	while (rmdir(self->path) && errno == EBUSY)
		sched_yield();
	EXPECT_EQ(-1, access(self->path, F_OK));
	/* The kernel releases it after an RCU grace period. */
	for (int i = 0; i < 200 && listed(self->probe.runner); i++)
		sched_yield();
	EXPECT_EQ(0, listed(self->probe.runner));
	self->probe.runner = 0;
}

/*
 * What a task that was moved out may ends with its policy, which nobody else has when its
 * container is gone, once garbage is collected: also what has been allowed just before.
 */
TEST_F(cgroup, policy_gone)
{
	long without = counter("nopolicy");
	char text[4096];
	pid_t child;
	int status;

	probe_stop(&self->probe);
	probe_start(&self->probe, CONFINED(POLICY "socket.cil", "full_t", PAIR_A));
	/* It answers from now on. */
	ASSERT_EQ(0, probe_ask(&self->probe, "exec " PROBE));
	child = (pid_t)probe_value();
	ASSERT_EQ(0, pin(child));
	ASSERT_EQ(0, move(CGROUPS, child));
	EXPECT_EQ(0, probe_ask(&self->probe, "socket 2 1 0"));
	EXPECT_EQ(without, counter("nopolicy"));
	ASSERT_EQ(0, kill(self->probe.pid, SIGKILL));
	ASSERT_EQ(self->probe.runner, waitpid(self->probe.runner, &status, 0));
	EXPECT_EQ(0, probe_ask(&self->probe, "socket 2 1 0"));
	ASSERT_EQ(0, output_of(text, sizeof(text), "bulkhead boolean docker_connect_any=off"));
	EXPECT_EQ(EACCES, probe_ask(&self->probe, "socket 2 1 0"));
	EXPECT_LT(without, counter("nopolicy"));
	close(self->probe.to);
	self->probe.runner = 0;
}

int main(int argc, char **argv)
{
	reset_volume();
	probe_start(&host, UNCONFINED);
	probe_start(&other, CONFINED(POLICY "base.cil", "full_t", PAIR_B));
	return test_harness_run(argc, argv);
}
