// SPDX-License-Identifier: GPL-2.0
/* The probe's commands on sockets. Those that listen stay open until the probe ends. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/audit.h>
#include <linux/netlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "probe.h"

#define KIND (SOCK_CLOEXEC | SOCK_NONBLOCK)

/* socket FAMILY TYPE PROTOCOL, in numbers */
static struct probe_result run_socket(char **word)
{
	return probe_closed(socket(atoi(word[0]), atoi(word[1]) | SOCK_CLOEXEC, atoi(word[2])));
}

/* tcp, udp, tcp6, udp6 */
static int inet_socket(const char *kind)
{
	return socket(strchr(kind, '6') ? AF_INET6 : AF_INET,
		      (*kind == 'u' ? SOCK_DGRAM : SOCK_STREAM) | KIND, 0);
}

static socklen_t inet_address(const char *kind, const char *host, const char *port,
			      struct sockaddr_storage *address)
{
	struct sockaddr_in6 *six = (struct sockaddr_in6 *)address;
	struct sockaddr_in *four = (struct sockaddr_in *)address;

	memset(address, 0, sizeof(*address));
	if (strchr(kind, '6')) {
		six->sin6_family = AF_INET6;
		six->sin6_port = htons((uint16_t)atoi(port));
		inet_pton(AF_INET6, host, &six->sin6_addr);
		return sizeof(*six);
	}
	four->sin_family = AF_INET;
	four->sin_port = htons((uint16_t)atoi(port));
	inet_pton(AF_INET, host, &four->sin_addr);
	return sizeof(*four);
}

/* bind tcp|udp|tcp6|udp6 ADDRESS PORT */
static struct probe_result run_bind(char **word)
{
	struct sockaddr_storage address;
	socklen_t size = inet_address(word[0], word[1], word[2], &address);
	struct probe_result result;
	int fd = inet_socket(word[0]), one = 1;

	if (fd < 0)
		return probe_did(fd);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	result = probe_did(bind(fd, (struct sockaddr *)&address, size));
	close(fd);
	return result;
}

/* connect tcp|udp|tcp6|udp6 ADDRESS PORT; blocks until it is decided */
static struct probe_result run_connect(char **word)
{
	struct sockaddr_storage address;
	socklen_t size = inet_address(word[0], word[1], word[2], &address);
	struct probe_result result;
	int fd = socket(strchr(word[0], '6') ? AF_INET6 : AF_INET,
			(word[0][0] == 'u' ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return probe_did(fd);
	result = probe_did(connect(fd, (struct sockaddr *)&address, size));
	close(fd);
	return result;
}

/* disconnect: AF_UNSPEC on a new socket */
static struct probe_result run_disconnect(char **word)
{
	struct sockaddr nobody = { .sa_family = AF_UNSPEC };
	struct probe_result result;
	int fd = inet_socket(word[0]);

	if (fd < 0)
		return probe_did(fd);
	result = probe_did(connect(fd, &nobody, sizeof(nobody)));
	close(fd);
	return result;
}

/* listen tcp|tcp6 ADDRESS PORT: stays open. */
static struct probe_result run_listen(char **word)
{
	struct sockaddr_storage address;
	socklen_t size = inet_address(word[0], word[1], word[2], &address);
	int fd = inet_socket(word[0]), one = 1;

	if (fd < 0)
		return probe_did(fd);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, (struct sockaddr *)&address, size))
		return probe_did(-1);
	return probe_did(listen(fd, 16));
}

/* accept tcp: on a new listener; EAGAIN when it may but nobody is there */
static struct probe_result run_accept(char **word)
{
	struct probe_result result;
	int fd = inet_socket(word[0]);

	if (fd < 0)
		return probe_did(fd);
	result = probe_did(listen(fd, 1));
	if (!result.error)
		result = probe_closed(accept(fd, NULL, NULL));
	close(fd);
	return result;
}

/* A name beginning with @ is abstract. */
static socklen_t unix_address(const char *name, struct sockaddr_un *address)
{
	memset(address, 0, sizeof(*address));
	address->sun_family = AF_UNIX;
	strncpy(address->sun_path, name, sizeof(address->sun_path) - 1);
	if (*name == '@')
		address->sun_path[0] = '\0';
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name) + (*name != '@'));
}

static int unix_socket(const char *kind)
{
	return socket(AF_UNIX,
		      (!strcmp(kind, "dgram") ? SOCK_DGRAM :
		       !strcmp(kind, "seq")   ? SOCK_SEQPACKET :
						SOCK_STREAM) |
			      KIND,
		      0);
}

static int unix_listener; /* of the last unixbind */

/* unixbind stream|seq|dgram NAME: listens, and stays open */
static struct probe_result run_unixbind(char **word)
{
	struct sockaddr_un address;
	socklen_t size = unix_address(word[1], &address);
	int fd = unix_socket(word[0]);

	if (fd < 0)
		return probe_did(fd);
	if (bind(fd, (struct sockaddr *)&address, size))
		return probe_did(-1);
	if (!strcmp(word[0], "dgram"))
		return probe_did(0);
	unix_listener = fd;
	return probe_did(listen(fd, 64));
}

/* unixaccept: from the last unixbind; then listens on what it accepted: EINVAL when it may */
static struct probe_result run_unixaccept(char **word)
{
	int fd = accept4(unix_listener, NULL, NULL, SOCK_CLOEXEC);
	struct probe_result result;

	(void)word;
	if (fd < 0)
		return probe_did(fd);
	result = probe_did(listen(fd, 1));
	close(fd);
	return result;
}

/* unixconnect stream|seq|dgram NAME */
static struct probe_result run_unixconnect(char **word)
{
	struct sockaddr_un address;
	socklen_t size = unix_address(word[1], &address);
	struct probe_result result;
	int fd = unix_socket(word[0]);

	if (fd < 0)
		return probe_did(fd);
	result = probe_did(connect(fd, (struct sockaddr *)&address, size));
	close(fd);
	return result;
}

/* unixsend NAME: a datagram, without connect */
static struct probe_result run_unixsend(char **word)
{
	struct sockaddr_un address;
	socklen_t size = unix_address(word[0], &address);
	struct probe_result result;
	int fd = unix_socket("dgram");

	if (fd < 0)
		return probe_did(fd);
	result = probe_did(sendto(fd, "x", 1, 0, (struct sockaddr *)&address, size));
	close(fd);
	return result;
}

/* ifup: the loopback interface up, which it is */
static struct probe_result run_ifup(char **word)
{
	struct ifreq request = { .ifr_name = "lo" };
	struct probe_result result;
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	(void)word;
	if (fd < 0)
		return probe_did(fd);
	request.ifr_flags = IFF_UP | IFF_LOOPBACK | IFF_RUNNING;
	result = probe_did(ioctl(fd, SIOCSIFFLAGS, &request));
	close(fd);
	return result;
}

/* auditgroup: listens to the kernel's audit records */
static struct probe_result run_auditgroup(char **word)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = 1 };
	struct probe_result result;
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_AUDIT);

	(void)word;
	if (fd < 0)
		return probe_did(fd);
	result = probe_did(bind(fd, (struct sockaddr *)&address, sizeof(address)));
	close(fd);
	return result;
}

const struct probe_command probe_socket_commands[] = {
	{ "socket", 3, run_socket },
	{ "bind", 3, run_bind },
	{ "connect", 3, run_connect },
	{ "disconnect", 1, run_disconnect },
	{ "listen", 3, run_listen },
	{ "accept", 1, run_accept },
	{ "unixbind", 2, run_unixbind },
	{ "unixconnect", 2, run_unixconnect },
	{ "unixsend", 1, run_unixsend },
	{ "unixaccept", 0, run_unixaccept },
	{ "auditgroup", 0, run_auditgroup },
	{ "ifup", 0, run_ifup },
	{ 0 },
};
