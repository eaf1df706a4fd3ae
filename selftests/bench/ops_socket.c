// SPDX-License-Identifier: GPL-2.0
/* Operations on sockets; all within this process, over loopback. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "bench.h"

#define SOCKET_PATH BENCH_TMPFS "/socket"
#define BIND_PORT 8080
#define CLOSED_PORT 8081 /* nobody listens */
#define MESSAGE 1024

static struct sockaddr_un unix_address = { AF_UNIX, SOCKET_PATH };
static struct sockaddr_in tcp_address, udp_address;
static int unix_listener, tcp_listener, tcp_client, tcp_server, udp_receiver, udp_sender,
	udp_connected, refused, pair[2];

static int new_socket(int family, int type)
{
	return (int)must(socket(family, type | SOCK_CLOEXEC, 0), "socket");
}

static struct sockaddr_in loopback(unsigned short port)
{
	return (struct sockaddr_in){ .sin_family = AF_INET,
				     .sin_port = htons(port),
				     .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
}

/* Bound to a port of the kernel's choice; @address becomes where. */
static int bound_socket(int type, struct sockaddr_in *address)
{
	socklen_t len = sizeof(*address);
	int fd = new_socket(AF_INET, type);

	*address = loopback(0);
	must(bind(fd, (struct sockaddr *)address, len), "bind");
	must(getsockname(fd, (struct sockaddr *)address, &len), "getsockname");
	return fd;
}

static int connect_to(int fd, const void *address, socklen_t len)
{
	must(connect(fd, address, len), "connect");
	return fd;
}

static void prepare_tcp(void)
{
	int one = 1;

	tcp_listener = bound_socket(SOCK_STREAM, &tcp_address);
	must(listen(tcp_listener, 64), "listen");
	tcp_client =
		connect_to(new_socket(AF_INET, SOCK_STREAM), &tcp_address, sizeof(tcp_address));
	tcp_server = (int)must(accept4(tcp_listener, NULL, NULL, SOCK_CLOEXEC), "accept");
	must(setsockopt(tcp_client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)), "TCP_NODELAY");
	must(setsockopt(tcp_server, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)), "TCP_NODELAY");
	refused = new_socket(AF_INET, SOCK_STREAM);
}

void bench_socket_prepare(void)
{
	unlink(SOCKET_PATH);
	unix_listener = new_socket(AF_UNIX, SOCK_STREAM);
	must(bind(unix_listener, (struct sockaddr *)&unix_address, sizeof(unix_address)),
	     SOCKET_PATH);
	must(listen(unix_listener, 64), "listen");
	must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), "socketpair");
	prepare_tcp();
	udp_receiver = bound_socket(SOCK_DGRAM, &udp_address);
	udp_sender = new_socket(AF_INET, SOCK_DGRAM);
	udp_connected =
		connect_to(new_socket(AF_INET, SOCK_DGRAM), &udp_address, sizeof(udp_address));
}

static void connect_accept(int family, int listener, const void *address, socklen_t len)
{
	int client = connect_to(new_socket(family, SOCK_STREAM), address, len);
	int server = (int)must(accept(listener, NULL, NULL), "accept");

	close(client);
	close(server);
}

void op_unix_conn(unsigned int nr)
{
	while (nr--)
		connect_accept(AF_UNIX, unix_listener, &unix_address, sizeof(unix_address));
}

void op_tcp_conn(unsigned int nr)
{
	while (nr--)
		connect_accept(AF_INET, tcp_listener, &tcp_address, sizeof(tcp_address));
}

void op_tcp_rt(unsigned int nr)
{
	char byte = 0;

	while (nr--) {
		must(send(tcp_client, &byte, 1, 0), "send");
		must(recv(tcp_server, &byte, 1, 0), "recv");
		must(send(tcp_server, &byte, 1, 0), "send");
		must(recv(tcp_client, &byte, 1, 0), "recv");
	}
}

void op_udp_rt(unsigned int nr)
{
	char byte = 0;

	while (nr--) {
		must(sendto(udp_sender, &byte, 1, 0, (struct sockaddr *)&udp_address,
			    sizeof(udp_address)),
		     "sendto");
		must(recvfrom(udp_receiver, &byte, 1, 0, NULL, NULL), "recvfrom");
	}
}

void op_socket_inet(unsigned int nr)
{
	while (nr--)
		close(new_socket(AF_INET, SOCK_STREAM));
}

void op_socketpair(unsigned int nr)
{
	while (nr--) {
		int two[2];

		must(socketpair(AF_UNIX, SOCK_STREAM, 0, two), "socketpair");
		close(two[0]);
		close(two[1]);
	}
}

void op_unix_rw1(unsigned int nr)
{
	char byte = 0;

	while (nr--) {
		must(write(pair[0], &byte, 1), "write");
		must(read(pair[1], &byte, 1), "read");
	}
}

void op_bind_port(unsigned int nr)
{
	struct sockaddr_in address = loopback(BIND_PORT);

	while (nr--) {
		int fd = new_socket(AF_INET, SOCK_STREAM);

		must(bind(fd, (struct sockaddr *)&address, sizeof(address)), "bind");
		close(fd);
	}
}

/* After a refusal by the peer the socket may be connected again. */
void op_connect_port(unsigned int nr)
{
	struct sockaddr_in address = loopback(CLOSED_PORT);

	while (nr--)
		if (!connect(refused, (struct sockaddr *)&address, sizeof(address)) ||
		    errno != ECONNREFUSED)
			must(-1, "connect to a closed port");
}

/* With its receipt, or the buffer would fill. */
static void send_message(int fd, struct sockaddr_in *to, unsigned int nr)
{
	static char bytes[MESSAGE];
	struct iovec part = { bytes, sizeof(bytes) };
	struct msghdr message = { .msg_name = to,
				  .msg_namelen = to ? sizeof(*to) : 0,
				  .msg_iov = &part,
				  .msg_iovlen = 1 };

	while (nr--) {
		must(sendmsg(fd, &message, 0), "sendmsg");
		must(recv(udp_receiver, bytes, sizeof(bytes), 0), "recv");
	}
}

void op_sendmsg_connected(unsigned int nr)
{
	send_message(udp_connected, NULL, nr);
}

void op_sendmsg_unconnected(unsigned int nr)
{
	send_message(udp_sender, &udp_address, nr);
}
