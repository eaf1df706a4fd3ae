// SPDX-License-Identifier: GPL-2.0
/* What genfscon says of paths: our automata, and libsepol as a SELinux kernel asks it. */
#include <sepol/policydb/services.h>

#include "fixture.h"
#include "policy_classes.h"
#include "policy_oracle.h"

static const struct {
	const char *name;
	uint32_t kind;
} classes[] = {
	{ "file", BH_KIND_FILE },	 { "dir", BH_KIND_DIR },
	{ "lnk_file", BH_KIND_SYMLINK }, { "chr_file", BH_KIND_CHAR },
	{ "sock_file", BH_KIND_SOCKET }, { "fifo_file", BH_KIND_PIPE },
};

static const char *const paths[] = {
	"/kcore",
	"/kcorex",
	"/kcor",
	"/kmsg",
	"/kallsyms",
	"/mdstat",
	"/irq",
	"/irq/0/smp_affinity",
	"/irqs",
	"/sys",
	"/sys/kernel",
	"/sys/kernel/core_pattern",
	"/sys/kernel/core_pattern/x",
	"/sys/kernel/modprobe",
	"/sys/kernel/hotplug",
	"/sys/kernel/ns_last_pid",
	"/sys/kernel/ns_last_pi",
	"/sys/kernel/ostype",
	"/sys/net/unix/max_dgram_qlen",
	"/sys/net/ipv4/ip_forward",
	"/sys/vm/overcommit_memory",
	"/sys/vm/overcommit_ratio",
	"/sys/fs/file-max",
	"/net",
	"/net/tcp",
	"/net/rpc/nfs",
	"/1/net",
	"/1/net/tcp",
	"/4194304/net/rpc/auth.unix.ip",
	"/12x/net",
	"/1/status",
	"/1",
	"/xen/xenbus",
	"/sysx",
	"/sys\n/kernel",
	"/devices/system/cpu/online",
	"/devices/system/cpu/onlinex",
	"/devices/system/cpu/offline",
	"/bus",
};

/* Source: selinux_genfs_get_sid() and __security_genfs_sid(): a process' number is left out. */
static const char *without_process(const char *fstype, char *path)
{
	if (strcmp(fstype, "proc") != 0)
		return path;
	while (path[1] >= '0' && path[1] <= '9') {
		path[1] = '/';
		path++;
	}
	while (path[0] == '/' && path[1] == '/')
		path++;
	return path;
}

static bool agrees(const struct bh_policy *policy, const struct bh_policy_fs *fs, const char *path,
		   size_t which)
{
	const char *wanted, *ours = policy->types[fs->type].name;
	uint32_t type, sid, tclass = bh_class_number(classes[which].name);
	char *copy = strdup(path), *context = NULL;
	size_t len;
	bool same;

	type = bh_automaton_walk(fs->automaton, path, classes[which].kind);
	if (type)
		ours = policy->types[type].name;
	if (sepol_genfs_sid(fs->name, without_process(fs->name, copy),
			    (sepol_security_class_t)tclass, &sid) ||
	    sepol_sid_to_context(sid, &context, &len)) {
		free(copy);
		return false;
	}
	wanted = strchr(strchr(context, ':') + 1, ':') + 1;
	same = !strncmp(wanted, ours, strlen(ours)) && wanted[strlen(ours)] == ':';
	if (!same) {
		tap_note(path, ours);
		tap_note("libsepol", context);
	}
	free(context);
	free(copy);
	return same;
}

static sepol_policydb_t *read_binary(void)
{
	sepol_policydb_t *policydb = NULL;
	struct bh_error error;
	void *image;
	size_t len;

	if (bh_policy_binary(fixture_base.source, fixture_base.nr_source, NULL, &image, &len,
			     &error) ||
	    sepol_policydb_create(&policydb) ||
	    sepol_policydb_from_image(NULL, image, len, policydb)) {
		printf("Bail out! %s\n", error.text);
		exit(1);
	}
	free(image);
	return policydb;
}

int main(void)
{
	unsigned int filesystems = 0, other = 0;
	struct bh_policy *policy;
	sepol_policydb_t *policydb;
	struct bh_oracle oracle;

	fixture_read_base();
	policy = fixture_compile(NULL, NULL);
	policydb = read_binary();
	bh_oracle_open(&oracle, policydb);
	bh_oracle_sid(&oracle, "system_u:object_r:proc_t:s0"); /* makes it the one that is asked */
	for (size_t i = 0; i < policy->nr_filesystems; i++) {
		const struct bh_policy_fs *fs = &policy->filesystems[i];

		if (!fs->automaton)
			continue;
		filesystems++;
		printf("# %s: %u states\n", fs->name, fs->automaton->nr_states);
		for (size_t j = 0; j < sizeof(paths) / sizeof(paths[0]); j++)
			for (size_t k = 0; k < sizeof(classes) / sizeof(classes[0]); k++) {
				tap_ok(agrees(policy, fs, paths[j], k), "%s path %zu as %s",
				       fs->name, j, classes[k].name);
				other += bh_automaton_walk(fs->automaton, paths[j],
							   classes[k].kind) != 0;
			}
	}
	tap_is_int(filesystems, 2, "proc and sysfs tell paths apart");
	tap_ok(other > 100, "%u have another label than the file system", other);
	bh_oracle_close(&oracle);
	sepol_policydb_free(policydb);
	bh_policy_free(policy);
	bh_base_free(&fixture_base);
	return tap_done();
}
