// SPDX-License-Identifier: GPL-2.0
/* bpf/socket.bpf.c: internet sockets and those of other families. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "rows.h"

enum { BARE, CREATE, DEAF, NONODE, WEB, FULL, HOST, NR_PROBES };

static struct probe probes[NR_PROBES];

ROWS(socket, probes)

/* Families: numbers of AF_..., SOCK_... and of the protocol. */
ROW(socket, tcp, "socket 2 1 0", BARE, EACCES, "bare_t self tcp_socket { create }", FULL)
ROW(socket, tcp6, "socket 10 1 6", BARE, EACCES, "bare_t self tcp_socket { create }", FULL)
ROW(socket, mptcp, "socket 2 1 262", BARE, EACCES, "bare_t self tcp_socket { create }", FULL)
ROW(socket, udp, "socket 2 2 0", BARE, EACCES, "bare_t self udp_socket { create }", FULL)
ROW(socket, udp6, "socket 10 2 17", BARE, EACCES, "bare_t self udp_socket { create }", FULL)
ROW(socket, icmp, "socket 2 2 1", BARE, EACCES, "bare_t self icmp_socket { create }", FULL)
ROW(socket, icmp6, "socket 10 2 58", BARE, EACCES, "bare_t self icmp_socket { create }", FULL)
ROW(socket, raw, "socket 2 3 6", BARE, EACCES, "bare_t self rawip_socket { create }", FULL)
ROW(socket, raw6, "socket 10 3 255", BARE, EACCES, "bare_t self rawip_socket { create }", FULL)
ROW(socket, packet, "socket 17 3 0", BARE, EACCES, "bare_t self packet_socket { create }", FULL)
ROW(socket, unix_stream, "socket 1 1 0", BARE, EACCES, "bare_t self unix_stream_socket { create }",
    FULL)
ROW(socket, unix_seqpacket, "socket 1 5 0", BARE, EACCES,
    "bare_t self unix_stream_socket { create }", FULL)
ROW(socket, unix_dgram, "socket 1 2 0", BARE, EACCES, "bare_t self unix_dgram_socket { create }",
    FULL)
ROW(socket, netlink_route, "socket 16 3 0", BARE, EACCES,
    "bare_t self netlink_route_socket { create }", FULL)
ROW(socket, netlink_audit, "socket 16 3 9", BARE, EACCES,
    "bare_t self netlink_audit_socket { create }", FULL)
ROW(socket, netlink_uevent, "socket 16 3 15", BARE, EACCES,
    "bare_t self netlink_kobject_uevent_socket { create }", FULL)
ROW(socket, in_userns, "userns socket 2 1 0", BARE, EACCES, "bare_t self tcp_socket { create }",
    FULL)

/* What no container has; the host does. */
ROW(socket, netlink_generic, "socket 16 3 16", FULL, EACCES,
    "full_t self netlink_generic_socket { create }", HOST)
ROW(socket, netlink_netfilter, "socket 16 3 12", FULL, EACCES,
    "full_t self netlink_netfilter_socket { create }", HOST)
ROW(socket, netlink_xfrm, "socket 16 3 6", FULL, EACCES,
    "full_t self netlink_xfrm_socket { create }", HOST)
ROW(socket, alg, "socket 38 5 0", FULL, EACCES, "full_t self alg_socket { create }", HOST)

/* Each step has its permission. */
ROW(socket, bind, "bind tcp 127.0.0.1 80", CREATE, EACCES, "create_t self tcp_socket { bind }",
    FULL)
ROW(socket, bind_udp, "bind udp 127.0.0.1 53", CREATE, EACCES, "create_t self udp_socket { bind }",
    FULL)
ROW(socket, connect, "connect tcp 127.0.0.1 8008", CREATE, EACCES,
    "create_t self tcp_socket { connect }", FULL)
ROW(socket, connect_udp, "connect udp 127.0.0.1 53", CREATE, EACCES,
    "create_t self udp_socket { connect }", WEB)
ROW(socket, disconnect, "disconnect tcp", CREATE, EACCES, "create_t self tcp_socket { connect }",
    WEB)
ROW(socket, listen, "accept tcp", CREATE, EACCES, "create_t self tcp_socket { listen }", FULL,
    EAGAIN)
ROW(socket, accept, "accept tcp", DEAF, EACCES, "deaf_t self tcp_socket { accept }", FULL, EAGAIN)

/* Ports of the DPM and others. */
ROW(socket, name_bind, "bind tcp 127.0.0.1 8080", WEB, EACCES,
    "web_t http_cache_port_t tcp_socket { name_bind } src=8080", FULL)
ROW(socket, name_bind6, "bind tcp6 ::1 8080", WEB, EACCES,
    "web_t http_cache_port_t tcp_socket { name_bind } src=8080", FULL)
ROW(socket, name_bind_mapped, "bind tcp6 ::ffff:127.0.0.1 8080", WEB, EACCES,
    "web_t http_cache_port_t tcp_socket { name_bind } src=8080", FULL)
ROW(socket, name_bind_any, "bind tcp 0.0.0.0 6379", WEB, EACCES,
    "web_t redis_port_t tcp_socket { name_bind } src=6379", FULL)
ROW(socket, name_bind_reserved, "bind tcp 127.0.0.1 82", WEB, EACCES,
    "web_t reserved_port_t tcp_socket { name_bind } src=82", FULL)
ROW(socket, name_bind_unreserved, "bind tcp 127.0.0.1 1024", WEB, EACCES,
    "web_t unreserved_port_t tcp_socket { name_bind } src=1024", FULL)
ROW(socket, name_bind_ephemeral, "bind tcp 127.0.0.1 40000", WEB, EACCES,
    "web_t ephemeral_port_t tcp_socket { name_bind } src=40000", FULL)
ROW(socket, name_bind_last, "bind tcp 127.0.0.1 65535", WEB, EACCES,
    "web_t unreserved_port_t tcp_socket { name_bind } src=65535", FULL)
ROW(socket, name_bind_udp, "bind udp 127.0.0.1 514", WEB, EACCES,
    "web_t syslogd_port_t udp_socket { name_bind } src=514", FULL)
ROW(socket, name_bind_udp_not_tcp, "bind udp 127.0.0.1 80", WEB, EACCES,
    "web_t reserved_port_t udp_socket { name_bind } src=80", FULL)
ROW(socket, name_bind_udp6, "bind udp6 ::1 123", WEB, EACCES,
    "web_t ntp_port_t udp_socket { name_bind } src=123", FULL)
ROW(socket, node_bind, "bind tcp 127.0.0.1 80", NONODE, EACCES,
    "nonode_t node_t tcp_socket { node_bind } src=80", WEB)
ROW(socket, node_bind_no_port, "bind tcp 127.0.0.1 0", NONODE, EACCES,
    "nonode_t node_t tcp_socket { node_bind } src=0", WEB)
ROW(socket, node_bind_udp, "bind udp6 ::1 53", NONODE, EACCES,
    "nonode_t node_t udp_socket { node_bind } src=53", WEB)
ROW(socket, name_connect, "connect tcp 127.0.0.1 8123", WEB, EACCES,
    "web_t http_cache_port_t tcp_socket { name_connect } dest=8123", FULL)
ROW(socket, name_connect6, "connect tcp6 ::1 8123", WEB, EACCES,
    "web_t http_cache_port_t tcp_socket { name_connect } dest=8123", FULL)
ROW(socket, name_connect_mapped, "connect tcp6 ::ffff:127.0.0.1 8123", WEB, EACCES,
    "web_t http_cache_port_t tcp_socket { name_connect } dest=8123", FULL)
ROW(socket, name_connect_ephemeral, "connect tcp 127.0.0.1 40000", WEB, EACCES,
    "web_t ephemeral_port_t tcp_socket { name_connect } dest=40000", HOST, ECONNREFUSED)

FIXTURE(own){};

FIXTURE_SETUP(own)
{
	ASSERT_EQ(0, records_begin());
}

FIXTURE_TEARDOWN(own)
{
}

/* The ports that the DPM names, in every way to say them. */
TEST_F(own, ports_of_the_module)
{
	EXPECT_EQ(0, probe_ask(&probes[WEB], "bind tcp 127.0.0.1 80"));
	EXPECT_EQ(0, probe_ask(&probes[WEB], "bind tcp6 ::1 443"));
	EXPECT_EQ(0, probe_ask(&probes[WEB], "bind tcp6 ::ffff:127.0.0.1 8009"));
	EXPECT_EQ(0, probe_ask(&probes[WEB], "bind tcp 127.0.0.1 8009"));
	EXPECT_EQ(0, probe_ask(&probes[WEB], "bind tcp 127.0.0.1 0"));
	EXPECT_EQ(0, probe_ask(&probes[WEB], "bind udp 127.0.0.1 53"));
	EXPECT_EQ(0, probe_ask(&probes[WEB], "connect tcp 127.0.0.1 8008"));
	EXPECT_EQ(0, probe_ask(&probes[WEB], "connect tcp6 ::1 8008"));
	EXPECT_EQ(0, probe_ask(&probes[WEB], "disconnect tcp"));
	EXPECT_STREQ("", records_end());
}

/* The host's own client reaches a container's server. */
TEST_F(own, host_connects_to_container)
{
	EXPECT_EQ(0, probe_ask(&probes[WEB], "listen tcp 127.0.0.1 8443"));
	EXPECT_EQ(0, probe_ask(&probes[HOST], "connect tcp 127.0.0.1 8443"));
	EXPECT_STREQ("", records_end());
}

/* Servers of the host on both addresses for those that connect. */
static int serve(int port)
{
	struct sockaddr_in6 any = { .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port) };
	int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0), off = 0, one = 1;

	setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	return bind(fd, (struct sockaddr *)&any, sizeof(any)) || listen(fd, 128);
}

int main(int argc, char **argv)
{
	static const char *const types[NR_PROBES] = {
		[BARE] = "bare_t",     [CREATE] = "create_t", [DEAF] = "deaf_t",
		[NONODE] = "nonode_t", [WEB] = "web_t",	      [FULL] = "full_t",
	};

	reset_volume();
	write_file("/proc/sys/net/ipv4/ping_group_range", "0 2147483647");
	for (int i = 0; i < HOST; i++)
		probe_start(&probes[i], CONFINED(POLICY "socket.cil", types[i], PAIR_A));
	probe_start(&probes[HOST], UNCONFINED);
	if (serve(8008) || serve(8123))
		perror("serve");
	return test_harness_run(argc, argv);
}
