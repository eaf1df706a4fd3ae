// SPDX-License-Identifier: GPL-2.0
/*
 * Sockets: what a container may create, bind and connect, and to whom.
 *
 * Hooks: socket_create, socket_post_create (labels the socket with its maker's label, unless
 * its cgroup says the same), socket_bind (bind; name_bind of the port, node_bind),
 * socket_connect (connect; name_connect of the port), socket_listen, socket_accept,
 * unix_stream_connect (connectto the peer's label; the accepted socket gets the listener's),
 * unix_may_send (sendto).
 *
 * A port is asked for whatever its number: SELinux leaves out the ports of
 * ip_local_port_range, which a module could use to evade its list.
 *
 * Not covered: messages (sendmsg and recvmsg of what is connected was decided at connect; a
 * UDP message has no port permission in SELinux either), socket options, netlink messages,
 * MSG_FASTOPEN.
 */
#include "bulkhead.bpf.h"

#define AF_UNSPEC 0
#define AF_UNIX 1
#define AF_INET 2
#define AF_INET6 10
#define AF_NETLINK 16

#define SOCK_STREAM 1
#define SOCK_DGRAM 2
#define SOCK_SEQPACKET 5
#define SOCK_DCCP 6

#define IPPROTO_ICMP 1
#define IPPROTO_TCP 6
#define IPPROTO_UDP 17
#define IPPROTO_ICMPV6 58
#define IPPROTO_SCTP 132
#define IPPROTO_MPTCP 262

#define NR_FAMILIES 64 /* a power of two above AF_MAX */
/*
 * Above MAX_LINKS. Not 32: a constant of that size goes to .rodata.cst32, which the
 * BTF of clang 14 does not know.
 */
#define NR_NETLINK 64

struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC | BPF_F_CLONE); /* accepted ones are clones */
	__type(key, int);
	__type(value, struct bh_label);
} bh_socks SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 65536);
	__type(key, __u32);
	__type(value, struct bh_port);
} bh_ports SEC(".maps");

/* Source: socket_type_to_security_class(); families that have one class. */
static const __u8 family_class[NR_FAMILIES] = {
	[3] = BH_CLASS_AX25_SOCKET,	   [4] = BH_CLASS_IPX_SOCKET,
	[5] = BH_CLASS_APPLETALK_SOCKET,   [6] = BH_CLASS_NETROM_SOCKET,
	[8] = BH_CLASS_ATMPVC_SOCKET,	   [9] = BH_CLASS_X25_SOCKET,
	[11] = BH_CLASS_ROSE_SOCKET,	   [12] = BH_CLASS_DECNET_SOCKET,
	[15] = BH_CLASS_KEY_SOCKET,	   [17] = BH_CLASS_PACKET_SOCKET,
	[20] = BH_CLASS_ATMSVC_SOCKET,	   [21] = BH_CLASS_RDS_SOCKET,
	[23] = BH_CLASS_IRDA_SOCKET,	   [24] = BH_CLASS_PPPOX_SOCKET,
	[26] = BH_CLASS_LLC_SOCKET,	   [29] = BH_CLASS_CAN_SOCKET,
	[30] = BH_CLASS_TIPC_SOCKET,	   [31] = BH_CLASS_BLUETOOTH_SOCKET,
	[32] = BH_CLASS_IUCV_SOCKET,	   [33] = BH_CLASS_RXRPC_SOCKET,
	[34] = BH_CLASS_ISDN_SOCKET,	   [35] = BH_CLASS_PHONET_SOCKET,
	[36] = BH_CLASS_IEEE802154_SOCKET, [37] = BH_CLASS_CAIF_SOCKET,
	[38] = BH_CLASS_ALG_SOCKET,	   [39] = BH_CLASS_NFC_SOCKET,
	[40] = BH_CLASS_VSOCK_SOCKET,	   [41] = BH_CLASS_KCM_SOCKET,
	[42] = BH_CLASS_QIPCRTR_SOCKET,	   [43] = BH_CLASS_SMC_SOCKET,
	[44] = BH_CLASS_XDP_SOCKET,	   [45] = BH_CLASS_MCTP_SOCKET,
};

static const __u8 netlink_class[NR_NETLINK] = {
	[0] = BH_CLASS_NETLINK_ROUTE_SOCKET,	  [4] = BH_CLASS_NETLINK_TCPDIAG_SOCKET,
	[5] = BH_CLASS_NETLINK_NFLOG_SOCKET,	  [6] = BH_CLASS_NETLINK_XFRM_SOCKET,
	[7] = BH_CLASS_NETLINK_SELINUX_SOCKET,	  [8] = BH_CLASS_NETLINK_ISCSI_SOCKET,
	[9] = BH_CLASS_NETLINK_AUDIT_SOCKET,	  [10] = BH_CLASS_NETLINK_FIB_LOOKUP_SOCKET,
	[11] = BH_CLASS_NETLINK_CONNECTOR_SOCKET, [12] = BH_CLASS_NETLINK_NETFILTER_SOCKET,
	[14] = BH_CLASS_NETLINK_DNRT_SOCKET,	  [15] = BH_CLASS_NETLINK_KOBJECT_UEVENT_SOCKET,
	[16] = BH_CLASS_NETLINK_GENERIC_SOCKET,	  [18] = BH_CLASS_NETLINK_SCSITRANSPORT_SOCKET,
	[20] = BH_CLASS_NETLINK_RDMA_SOCKET,	  [21] = BH_CLASS_NETLINK_CRYPTO_SOCKET,
};

static __u32 inet_class(int type, int protocol)
{
	switch (type) {
	case SOCK_STREAM:
	case SOCK_SEQPACKET:
		if (!protocol || protocol == IPPROTO_TCP || protocol == IPPROTO_MPTCP)
			return BH_CLASS_TCP_SOCKET;
		return protocol == IPPROTO_SCTP ? BH_CLASS_SCTP_SOCKET : BH_CLASS_RAWIP_SOCKET;
	case SOCK_DGRAM:
		if (!protocol || protocol == IPPROTO_UDP)
			return BH_CLASS_UDP_SOCKET;
		return protocol == IPPROTO_ICMP || protocol == IPPROTO_ICMPV6 ?
			       BH_CLASS_ICMP_SOCKET :
			       BH_CLASS_RAWIP_SOCKET;
	case SOCK_DCCP:
		return BH_CLASS_DCCP_SOCKET;
	default:
		return BH_CLASS_RAWIP_SOCKET;
	}
}

static __noinline __u32 socket_class(int family, int type, int protocol)
{
	__u32 tclass = 0;

	if (family == AF_INET || family == AF_INET6)
		return inet_class(type, protocol);
	if (family == AF_UNIX)
		return type == SOCK_STREAM || type == SOCK_SEQPACKET ? BH_CLASS_UNIX_STREAM_SOCKET :
								       BH_CLASS_UNIX_DGRAM_SOCKET;
	if (family == AF_NETLINK) {
		if (protocol >= 0 && protocol < NR_NETLINK)
			tclass = netlink_class[protocol & (NR_NETLINK - 1)];
		return tclass ? tclass : BH_CLASS_NETLINK_SOCKET;
	}
	if (family >= 0 && family < NR_FAMILIES)
		tclass = family_class[family & (NR_FAMILIES - 1)];
	return tclass ? tclass : BH_CLASS_SOCKET;
}

static __u32 sock_class(struct sock *sk)
{
	return socket_class(sk->__sk_common.skc_family, sk->sk_type, sk->sk_protocol);
}

/* Of the task that made the socket, or of the listener's if it is a TCP listener's child. */
static __u64 sock_cgroup(struct sock *sk)
{
	return sk->sk_cgrp_data.cgroup->kn->id;
}

/*
 * Without a label of its own a socket has that of the container in whose cgroup it was made:
 * of the first domain. Made in no container's cgroup, it is the host's.
 */
static __noinline void label_sock(struct sock *sk, struct bh_label *label)
{
	struct bh_label *own = bpf_sk_storage_get(&bh_socks, sk, 0, 0);
	struct bh_container *container;
	__u64 id;

	if (own) {
		*label = *own;
		return;
	}
	id = sock_cgroup(sk);
	container = bpf_map_lookup_elem(&bh_containers, &id);
	if (container) {
		label->type = container->domain;
		label->catset = container->catset;
		return;
	}
	label->type = bh_settings.type_host;
	label->catset = BH_CATSET_EMPTY;
}

/* Would a socket without a label of its own have the subject's? */
static bool cgroup_says(const struct bh_task *self, struct sock *sk)
{
	return self->flags & BH_TASK_FIRST_DOMAIN && sock_cgroup(sk) == self->container;
}

/* label_sock() without a look-up for what the subject's like made. */
static __always_inline void label_sock_for(const struct bh_task *self, struct sock *sk,
					   struct bh_label *label)
{
	if (!sk->sk_bpf_storage && cgroup_says(self, sk)) {
		label->type = self->domain;
		label->catset = self->catset;
		return;
	}
	label_sock(sk, label);
}

static int store_label(struct sock *sk, struct bh_label *label)
{
	if (bpf_sk_storage_get(&bh_socks, sk, label, BPF_SK_STORAGE_GET_F_CREATE))
		return 0;
	bh_count(BH_COUNT_NOMEM);
	return -ENOMEM;
}

static __noinline int check_sock(struct bh_task *self, struct sock *sk, __u32 requested)
{
	struct bh_access access = { .requested = requested };

	if (!sk)
		return -EACCES;
	access.tclass = sock_class(sk);
	label_sock_for(self, sk, &access.target);
	return bh_avc_check(self, &access, NULL);
}

SEC("lsm/socket_create")
int BPF_PROG(bh_socket_create, int family, int type, int protocol, int kern, int ret)
{
	struct bh_access access;
	struct bh_task *self;

	if (ret)
		return ret;
	self = bh_current();
	if (!self || kern)
		return 0; /* the kernel's own sockets are not the task's */
	access = (struct bh_access){
		.target = { .type = self->domain, .catset = self->catset },
		.tclass = socket_class(family, type, protocol),
		.requested = BH_COMMON_SOCKET__CREATE,
	};
	return bh_avc_check(self, &access, NULL) ? -EACCES : 0;
}

SEC("lsm/socket_post_create")
int BPF_PROG(bh_socket_post_create, struct socket *sock, int family, int type, int protocol,
	     int kern, int ret)
{
	struct bh_label label;
	struct bh_task *self;
	struct sock *sk;

	if (ret)
		return ret;
	self = bh_current();
	if (!self || kern)
		return 0;
	sk = sock->sk;
	if (!sk)
		return -EACCES;
	if (cgroup_says(self, sk))
		return 0;
	label.type = self->domain;
	label.catset = self->catset;
	return store_label(sk, &label);
}

/* The port's type in the protocol of the class; 0 for a class without ports. */
static __noinline __u32 port_type(__u32 tclass, __u32 port)
{
	struct bh_port *types = bpf_map_lookup_elem(&bh_ports, &port);

	if (!types)
		return BH_TYPE_NONE;
	switch (tclass) {
	case BH_CLASS_TCP_SOCKET:
		return types->tcp;
	case BH_CLASS_UDP_SOCKET:
		return types->udp;
	case BH_CLASS_DCCP_SOCKET:
		return types->dccp;
	case BH_CLASS_SCTP_SOCKET:
		return types->sctp;
	default:
		return BH_TYPE_NONE;
	}
}

static bool has_ports(__u32 tclass)
{
	return tclass == BH_CLASS_TCP_SOCKET || tclass == BH_CLASS_UDP_SOCKET ||
	       tclass == BH_CLASS_DCCP_SOCKET || tclass == BH_CLASS_SCTP_SOCKET;
}

/* sin_port and sin6_port lie at the same place. */
static __u32 address_port(struct sockaddr *address)
{
	__be16 port = 0;

	bpf_probe_read_kernel(&port, sizeof(port), address->sa_data);
	return bpf_ntohs(port);
}

static __noinline int check_port(struct bh_task *self, __u32 tclass, __u32 port, __u32 requested)
{
	struct bh_access access = {
		.target = { .type = port_type(tclass, port) },
		.tclass = tclass,
		.requested = requested,
		.detail = BH_DETAIL_PORT,
		.number = port,
	};

	return bh_avc_check(self, &access, NULL);
}

static __noinline int check_node(struct bh_task *self, __u32 tclass, __u32 port)
{
	struct bh_access access = {
		.target = { .type = bh_settings.type_node },
		.tclass = tclass,
		.requested = BH_TCP_SOCKET__NODE_BIND,
		.detail = BH_DETAIL_PORT,
		.number = port,
	};

	return bh_avc_check(self, &access, NULL);
}

/* The same bit in every class that has it. */
_Static_assert(BH_TCP_SOCKET__NODE_BIND == BH_UDP_SOCKET__NODE_BIND &&
		       BH_TCP_SOCKET__NODE_BIND == BH_RAWIP_SOCKET__NODE_BIND &&
		       BH_TCP_SOCKET__NODE_BIND == BH_DCCP_SOCKET__NODE_BIND &&
		       BH_TCP_SOCKET__NODE_BIND == BH_SCTP_SOCKET__NODE_BIND &&
		       BH_TCP_SOCKET__NODE_BIND == BH_ICMP_SOCKET__NODE_BIND,
	       "node_bind");
_Static_assert(BH_TCP_SOCKET__NAME_CONNECT == BH_DCCP_SOCKET__NAME_CONNECT &&
		       BH_TCP_SOCKET__NAME_CONNECT == BH_SCTP_SOCKET__NAME_CONNECT,
	       "name_connect");

/* Source: selinux_socket_bind(). */
SEC("lsm/socket_bind")
int BPF_PROG(bh_socket_bind, struct socket *sock, struct sockaddr *address, int addrlen, int ret)
{
	struct bh_task *self;
	struct sock *sk;
	__u32 tclass, port, family;

	if (ret)
		return ret;
	self = bh_current();
	if (!self)
		return 0;
	sk = sock->sk;
	if (!sk || check_sock(self, sk, BH_COMMON_SOCKET__BIND))
		return -EACCES;
	family = sk->__sk_common.skc_family;
	if (family != AF_INET && family != AF_INET6)
		return 0; /* decided by the socket's own label */
	if (addrlen < 4)
		return -EACCES; /* no room for a port: what could it bind to */
	tclass = sock_class(sk);
	port = address_port(address);
	if (port && has_ports(tclass) &&
	    check_port(self, tclass, port, BH_COMMON_SOCKET__NAME_BIND))
		return -EACCES;
	return check_node(self, tclass, port) ? -EACCES : 0;
}

/* Source: selinux_socket_connect_helper(). */
SEC("lsm/socket_connect")
int BPF_PROG(bh_socket_connect, struct socket *sock, struct sockaddr *address, int addrlen, int ret)
{
	struct bh_task *self;
	struct sock *sk;
	__u32 tclass;

	if (ret)
		return ret;
	self = bh_current();
	if (!self)
		return 0;
	sk = sock->sk;
	if (!sk || check_sock(self, sk, BH_COMMON_SOCKET__CONNECT))
		return -EACCES;
	tclass = sock_class(sk);
	if (tclass != BH_CLASS_TCP_SOCKET && tclass != BH_CLASS_DCCP_SOCKET &&
	    tclass != BH_CLASS_SCTP_SOCKET)
		return 0; /* no name_connect in these classes; unix peers: see below */
	if (address->sa_family == AF_UNSPEC)
		return 0; /* disconnects */
	if (addrlen < 4)
		return -EACCES;
	return check_port(self, tclass, address_port(address), BH_TCP_SOCKET__NAME_CONNECT) ?
		       -EACCES :
		       0;
}

SEC("lsm/socket_listen")
int BPF_PROG(bh_socket_listen, struct socket *sock, int backlog, int ret)
{
	struct bh_task *self;

	if (ret)
		return ret;
	self = bh_current();
	if (!self)
		return 0;
	return check_sock(self, sock->sk, BH_COMMON_SOCKET__LISTEN) ? -EACCES : 0;
}

SEC("lsm/socket_accept")
int BPF_PROG(bh_socket_accept, struct socket *sock, struct socket *newsock, int ret)
{
	struct bh_task *self;

	if (ret)
		return ret;
	self = bh_current();
	if (!self)
		return 0;
	return check_sock(self, sock->sk, BH_COMMON_SOCKET__ACCEPT) ? -EACCES : 0;
}

/*
 * The accepted socket is the listener's, whoever connects, but was made in the cgroup of who
 * connects: it needs a label where that cgroup says another one.
 */
static __noinline int label_accepted(struct sock *listener, struct sock *newsk)
{
	struct bh_label label, without;

	if (!listener->sk_bpf_storage && sock_cgroup(listener) == sock_cgroup(newsk))
		return 0;
	label_sock(listener, &label);
	label_sock(newsk, &without);
	if (label.type == without.type && label.catset == without.catset)
		return 0;
	return store_label(newsk, &label);
}

SEC("lsm/unix_stream_connect")
int BPF_PROG(bh_unix_stream_connect, struct sock *sock, struct sock *other, struct sock *newsk,
	     int ret)
{
	struct bh_access access;
	struct bh_task *self;

	if (ret)
		return ret;
	self = bh_current();
	if (!self) {
		label_accepted(other, newsk);
		return 0;
	}
	access = (struct bh_access){
		.tclass = BH_CLASS_UNIX_STREAM_SOCKET,
		.requested = BH_UNIX_STREAM_SOCKET__CONNECTTO,
	};
	label_sock_for(self, other, &access.target);
	if (bh_avc_check(self, &access, NULL))
		return -EACCES;
	return label_accepted(other, newsk) ? -ENOMEM : 0;
}

SEC("lsm/unix_may_send")
int BPF_PROG(bh_unix_may_send, struct socket *sock, struct socket *other, int ret)
{
	struct bh_access access;
	struct bh_task *self;
	struct sock *sk;

	if (ret)
		return ret;
	self = bh_current();
	if (!self)
		return 0;
	sk = other->sk;
	if (!sk)
		return -EACCES;
	access = (struct bh_access){
		.tclass = BH_CLASS_UNIX_DGRAM_SOCKET,
		.requested = BH_UNIX_DGRAM_SOCKET__SENDTO,
	};
	label_sock_for(self, sk, &access.target);
	return bh_avc_check(self, &access, NULL) ? -EACCES : 0;
}
