// SPDX-License-Identifier: GPL-2.0
/* bpf/socket.bpf.c: unix sockets, by the label of the peer. */
#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "rows.h"

enum { BARE, CREATE, DEAF, FULL, JUMP, JUMPED, LOW, B, HOST, NR_PROBES };

static struct probe probes[NR_PROBES];

ROWS(unix_peer, probes)

/* Steps of one's own. */
ROW(unix_peer, bind, "fork unixbind stream @new", CREATE, EACCES,
    "create_t self unix_stream_socket { bind }", FULL)
ROW(unix_peer, bind_dgram, "fork unixbind dgram @new", CREATE, EACCES,
    "create_t self unix_dgram_socket { bind }", FULL)
ROW(unix_peer, listen, "fork unixbind stream @new", DEAF, EACCES,
    "deaf_t self unix_stream_socket { listen }", FULL)
ROW(unix_peer, connect, "unixconnect stream @full", CREATE, EACCES,
    "create_t self unix_stream_socket { connect }", FULL)
ROW(unix_peer, connect_dgram, "unixconnect dgram @full-dgram", CREATE, EACCES,
    "create_t self unix_dgram_socket { connect }", FULL)

/* The peer: another domain, another pair, the host. */
ROW(unix_peer, connectto_domain, "unixconnect stream @full", DEAF, EACCES,
    "deaf_t full_t:c1,c2 unix_stream_socket { connectto }", FULL)
ROW(unix_peer, connectto_pair, "unixconnect stream @full", B, EACCES,
    "full_t:c3,c4 full_t:c1,c2 unix_stream_socket { connectto }", FULL)
ROW(unix_peer, connectto_pair_seqpacket, "unixconnect seq @full-seq", B, EACCES,
    "full_t:c3,c4 full_t:c1,c2 unix_stream_socket { connectto }", FULL)
ROW(unix_peer, connectto_pair_by_path, "unixconnect stream " SCRATCH "/full", B, EACCES,
    "full_t:c3,c4 full_t:c1,c2 unix_stream_socket { connectto }", FULL)
ROW(unix_peer, connectto_host, "unixconnect stream @host", FULL, EACCES,
    "full_t unconfined_t unix_stream_socket { connectto }", HOST)
ROW(unix_peer, connectto_host_by_path, "unixconnect stream " SCRATCH "/host", FULL, EACCES,
    "full_t unconfined_t unix_stream_socket { connectto }", HOST)
ROW(unix_peer, connectto_other_way, "unixconnect stream @b", FULL, EACCES,
    "full_t full_t:c3,c4 unix_stream_socket { connectto }", B)

ROW(unix_peer, send_domain, "unixsend @full-dgram", DEAF, EACCES,
    "deaf_t full_t:c1,c2 unix_dgram_socket { sendto }", FULL)
ROW(unix_peer, send_pair, "unixsend @full-dgram", B, EACCES,
    "full_t:c3,c4 full_t:c1,c2 unix_dgram_socket { sendto }", FULL)
ROW(unix_peer, send_by_connect, "unixconnect dgram @full-dgram", B, EACCES,
    "full_t:c3,c4 full_t:c1,c2 unix_dgram_socket { sendto }", FULL)
ROW(unix_peer, send_host, "unixsend @host-dgram", FULL, EACCES,
    "full_t unconfined_t unix_dgram_socket { sendto }", HOST)
ROW(unix_peer, send_journal, "unixsend /run/systemd/journal/dev-log", FULL, EACCES,
    "full_t unconfined_t unix_dgram_socket { sendto }", HOST)

/* A socket is of the domain that its maker has, and not of the container's first one. */
ROW(unix_peer, connectto_after_transition, "unixconnect stream @jumped", JUMP, EACCES,
    "jump_t jumped_t:c1,c2 unix_stream_socket { connectto }", JUMPED)
ROW(unix_peer, send_after_transition, "unixsend @jumped-dgram", JUMP, EACCES,
    "jump_t jumped_t:c1,c2 unix_dgram_socket { sendto }", JUMPED)
ROW(unix_peer, connectto_before_transition, "unixconnect stream @jump", FULL, EACCES,
    "full_t jump_t:c1,c2 unix_stream_socket { connectto }", JUMPED)

FIXTURE(own){};

FIXTURE_SETUP(own)
{
	ASSERT_EQ(0, records_begin());
}

FIXTURE_TEARDOWN(own)
{
}

/* The host reaches everybody. */
TEST_F(own, host_connects)
{
	EXPECT_EQ(0, probe_ask(&probes[HOST], "unixconnect stream @full"));
	EXPECT_EQ(0, probe_ask(&probes[HOST], "unixconnect seq @full-seq"));
	EXPECT_EQ(0, probe_ask(&probes[HOST], "unixsend @full-dgram"));
	EXPECT_EQ(0, probe_ask(&probes[HOST], "unixconnect stream " SCRATCH "/full"));
	EXPECT_STREQ("", records_end());
}

/* What is accepted is the listener's, whoever connected, and in whichever cgroup. */
TEST_F(own, accepted)
{
	EXPECT_EQ(0, probe_ask(&probes[FULL], "unixbind stream @accept"));
	EXPECT_EQ(0, probe_ask(&probes[FULL], "unixconnect stream @accept"));
	EXPECT_EQ(EINVAL, probe_ask(&probes[FULL], "unixaccept"));
	EXPECT_EQ(0, probe_ask(&probes[HOST], "unixconnect stream @accept"));
	EXPECT_EQ(EINVAL, probe_ask(&probes[FULL], "unixaccept"));
	EXPECT_STREQ("", records_end());
}

TEST_F(own, accepted_after_transition)
{
	EXPECT_EQ(0, probe_ask(&probes[JUMPED], "unixbind stream @accept-jumped"));
	EXPECT_EQ(0, probe_ask(&probes[JUMPED], "unixconnect stream @accept-jumped"));
	EXPECT_EQ(EINVAL, probe_ask(&probes[JUMPED], "unixaccept"));
	EXPECT_EQ(0, probe_ask(&probes[HOST], "unixconnect stream @accept-jumped"));
	EXPECT_EQ(EINVAL, probe_ask(&probes[JUMPED], "unixaccept"));
	/* The other way: the listener's domain is the first one, who connects has another. */
	EXPECT_EQ(0, probe_ask(&probes[JUMP], "unixbind stream @accept-jump"));
	EXPECT_EQ(0, probe_ask(&probes[JUMPED], "unixconnect stream @accept-jump"));
	EXPECT_EQ(EINVAL, probe_ask(&probes[JUMP], "unixaccept"));
	EXPECT_STREQ("", records_end());
}

/* From another container, which has categories that the listener has not. */
TEST_F(own, accepted_from_another)
{
	EXPECT_EQ(0, probe_ask(&probes[LOW], "unixbind stream @accept-low"));
	EXPECT_EQ(0, probe_ask(&probes[FULL], "unixconnect stream @accept-low"));
	EXPECT_EQ(EINVAL, probe_ask(&probes[LOW], "unixaccept"));
	EXPECT_STREQ("", records_end());
}

int main(int argc, char **argv)
{
	static const struct {
		int who;
		const char *command;
	} servers[] = {
		{ FULL, "unixbind stream @full" },
		{ FULL, "unixbind seq @full-seq" },
		{ FULL, "unixbind dgram @full-dgram" },
		{ FULL, "unixbind stream " V "full" },
		{ JUMP, "unixbind stream @jump" },
		{ JUMPED, "unixbind stream @jumped" },
		{ JUMPED, "unixbind dgram @jumped-dgram" },
		{ B, "unixbind stream @b" },
		{ HOST, "unixbind stream @host" },
		{ HOST, "unixbind dgram @host-dgram" },
		{ HOST, "unixbind stream " SCRATCH "/host" },
	};
	static const char *const types[NR_PROBES] = {
		[BARE] = "bare_t", [CREATE] = "create_t", [DEAF] = "deaf_t", [FULL] = "full_t",
		[JUMP] = "jump_t", [JUMPED] = "jump_t",	  [LOW] = "full_t",  [B] = "full_t",
	};
	static const char *const levels[NR_PROBES] = { [LOW] = "s0", [B] = PAIR_B };

	unlink(SCRATCH "/host");
	unlink(SCRATCH "/full");
	reset_volume();
	for (int i = 0; i < HOST; i++)
		probe_start(&probes[i], CONFINED(POLICY "socket.cil", types[i],
						 levels[i] ? levels[i] : PAIR_A));
	probe_start(&probes[HOST], UNCONFINED);
	/* Its child answers from now on, in the domain after the transition. */
	if (probe_ask(&probes[JUMPED], "exec " V "prog"))
		perror(V "prog");
	for (size_t i = 0; i < sizeof(servers) / sizeof(servers[0]); i++)
		if (probe_ask(&probes[servers[i].who], "%s", servers[i].command))
			printf("# %s failed\n", servers[i].command);
	/* Out of the volume, which each test makes anew; same file system, same socket. */
	if (rename(V "full", SCRATCH "/full"))
		perror("rename");
	return test_harness_run(argc, argv);
}
