// SPDX-License-Identifier: GPL-2.0
/* Ports and file systems of libsepol's policy. */
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sepol/policydb/services.h>

#include "policy_flatten.h"

#ifndef IPPROTO_DCCP
#define IPPROTO_DCCP 33
#endif

/* security/selinux/include/flask.h: the kernel's initial SIDs are numbered for ever. */
#define INITIAL_SID_PORT 9

static size_t count_contexts(const ocontext_t *context)
{
	size_t count = 0;

	for (; context; context = context->next)
		count++;
	return count;
}

static bool port_protocol(uint8_t number, uint8_t *protocol)
{
	switch (number) {
	case IPPROTO_TCP:
		*protocol = BH_PORT_TCP;
		return true;
	case IPPROTO_UDP:
		*protocol = BH_PORT_UDP;
		return true;
	case IPPROTO_DCCP:
		*protocol = BH_PORT_DCCP;
		return true;
	case IPPROTO_SCTP:
		*protocol = BH_PORT_SCTP;
		return true;
	default:
		return false;
	}
}

/* Every port has at least the type of the initial SID. */
static void add_default_ports(const struct policydb *db, struct bh_policy_private *private)
{
	const ocontext_t *sid;

	for (sid = db->ocontexts[OCON_ISID]; sid; sid = sid->next) {
		if (sid->sid[0] != INITIAL_SID_PORT)
			continue;
		for (uint8_t protocol = BH_PORT_TCP; protocol <= BH_PORT_SCTP; protocol++)
		private->policy.ports[private->policy.nr_ports++] = (struct bh_policy_port){
			.type = private->by_value[sid->context[0].type],
			.high = UINT16_MAX,
			.protocol = protocol,
		};
	}
}

/* The kernel takes the first that matches, security_port_sid(): hence from behind. */
static int add_ports(const struct policydb *db, struct bh_policy_private *private)
{
	size_t count = count_contexts(db->ocontexts[OCON_PORT]);
	struct bh_policy_port *port;
	const ocontext_t *context;
	size_t first;

	private->policy.ports = calloc(count + 4, sizeof(*private->policy.ports));
	if (!private->policy.ports)
		return -ENOMEM;
	add_default_ports(db, private);
	first = private->policy.nr_ports;
	for (context = db->ocontexts[OCON_PORT]; context; context = context->next) {
		port = &private->policy.ports[first + --count];
		port->type = private->by_value[context->context[0].type];
		port->low = context->u.port.low_port;
		port->high = context->u.port.high_port;
		private->policy.nr_ports++;
		/* libsepol knows no other protocol; a type of 0 would claim no port. */
		if (!port_protocol(context->u.port.protocol, &port->protocol))
			port->type = 0;
	}
	return 0;
}

static int add_filesystem(const struct bh_build *build, struct bh_policy_private *private,
			  const char *name, uint32_t value, uint32_t flags)
{
	struct bh_policy_fs *grown;

	if (strlen(name) >= BH_FSNAME_MAX)
		return -ENAMETOOLONG;
	grown = reallocarray(private->policy.filesystems, private->policy.nr_filesystems + 1,
			     sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	private->policy.filesystems = grown;
	grown += private->policy.nr_filesystems++;
	memset(grown, 0, sizeof(*grown));
	strcpy(grown->name, name);
	grown->type = private->by_value[value];
	grown->flags = flags;
	if (bh_flatten_has_attribute(build, value, "internal_fs_type"))
		grown->flags |= BH_FS_INTERNAL;
	return 0;
}

static int add_filesystems(const struct bh_build *build, struct bh_policy_private *private)
{
	const struct policydb *db = &build->policydb->p;
	const ocontext_t *context;
	const genfs_t *genfs;
	int ret = 0;

	for (context = db->ocontexts[OCON_FSUSE]; context && !ret; context = context->next)
		ret = add_filesystem(build, private, context->u.name, context->context[0].type,
				     context->v.behavior == SECURITY_FS_USE_XATTR ? BH_FS_DISK : 0);
	for (genfs = db->genfs; genfs && !ret; genfs = genfs->next)
		for (context = genfs->head; context && !ret; context = context->next)
			if (strcmp(context->u.name, "/") == 0)
				ret = add_filesystem(build, private, genfs->fstype,
						     context->context[0].type, 0);
	return ret;
}

int bh_flatten_objects(const struct bh_build *build, struct bh_policy_private *private)
{
	int ret;

	ret = add_ports(&build->policydb->p, private);
	if (!ret)
		ret = add_filesystems(build, private);
	return ret;
}
