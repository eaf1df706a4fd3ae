// SPDX-License-Identifier: GPL-2.0
/* A container's record: prepared, registered last, removed. */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "categories.h"
#include "cleanup.h"
#include "container.h"
#include "gc.h"
#include "names.h"
#include "publish.h"

#define DEFAULT_DOMAIN "container_t"

int bh_container_compile(const struct bh_maps *maps, const struct bh_request *request,
			 struct bh_inputs *inputs, struct bh_policy **policy,
			 struct bh_error *error)
{
	struct bh_settings settings;
	int ret = bh_settings_read(maps, &settings, error);

	*policy = NULL;
	*inputs = (struct bh_inputs){ 0 };
	if (ret || (!request->module && !request->type))
		return ret;
	ret = bh_inputs_gather(request->module, request->installed, request->type, inputs, error);
	return ret ? ret : bh_inputs_compile(inputs, settings.base_digest, policy, error);
}

/*
 * What was gathered without the lock may have changed: a policy must not be published with
 * the values of booleans that were switched meanwhile, nor with a grant that was removed.
 */
static int refresh(const struct bh_maps *maps, const struct bh_request *request,
		   struct bh_inputs *inputs, struct bh_policy **policy, struct bh_error *error)
{
	struct bh_inputs now = { 0 };
	int ret;

	if (!*policy)
		return 0;
	ret = bh_inputs_again(inputs, &now, error);
	if (!ret && !bh_inputs_same(&now, inputs)) {
		bh_policy_free(*policy);
		bh_inputs_free(inputs);
		ret = bh_container_compile(maps, request, inputs, policy, error);
	}
	bh_inputs_free(&now);
	return ret;
}

/* BASE alone is published already: only the domain is to be found. */
static int find_base_domain(const struct bh_maps *maps, const struct bh_policy *policy,
			    struct bh_container *container, struct bh_error *error)
{
	const char *domain = policy ? policy->types[policy->start].name : DEFAULT_DOMAIN;
	int ret;

	container->policy = BH_POLICY_BASE;
	ret = bh_type_find(maps, domain, BH_POLICY_BASE, &container->domain);
	return ret ? bh_fail(error, ret, "type %s: %s", domain, strerror(-ret)) : 0;
}

/* @to is zeroed, and @size includes its last NUL. */
static void copy_name(char *to, size_t size, const char *from)
{
	if (from)
		memcpy(to, from, strnlen(from, size - 1));
}

/* A map that is full may be so of what only waits to be collected. */
static int publish(const struct bh_maps *maps, const struct bh_policy *policy,
		   const struct bh_inputs *inputs, struct bh_container *container,
		   struct bh_error *error)
{
	int ret = bh_publish(maps, policy, inputs, &container->policy, &container->domain, error);

	if (ret != -E2BIG)
		return ret;
	bh_gc(maps);
	ret = bh_gc_begin(maps, error);
	return ret ? ret :
		     bh_publish(maps, policy, inputs, &container->policy, &container->domain,
				error);
}

int bh_container_prepare(const struct bh_maps *maps, const struct bh_request *request,
			 struct bh_inputs *inputs, struct bh_policy **policy,
			 struct bh_container *container, struct bh_error *error)
{
	int ret = refresh(maps, request, inputs, policy, error);

	if (ret)
		return ret;
	ret = bh_gc_begin(maps, error);
	if (ret)
		return ret;
	*container = (struct bh_container){ .mntns = request->mntns };
	copy_name(container->id, sizeof(container->id), request->id);
	copy_name(container->name, sizeof(container->name), request->name);
	if (request->module) {
		copy_name(container->module, sizeof(container->module), request->module->name);
		ret = publish(maps, *policy, inputs, container, error);
		if (!ret && (*policy)->types[(*policy)->start].permissive)
			container->flags |= BH_TASK_PERMISSIVE;
		if (!ret && (*policy)->filetrans_any)
			container->flags |= BH_TASK_FILETRANS;
	} else {
		ret = find_base_domain(maps, *policy, container, error);
	}
	if (ret)
		return ret;
	if (request->level)
		return bh_categories_claim(maps, request->level, request->cgroup,
					   &container->catset, error);
	return bh_categories_allocate(maps, request->cgroup, &container->catset, error);
}

int bh_container_register(const struct bh_maps *maps, uint64_t cgroup,
			  struct bh_container *container, const struct bh_marks *marks,
			  struct bh_error *error)
{
	char name[BH_ID_MAX];
	int ret;

	for (size_t i = 0; i < marks->nr_leases; i++)
		container->leases[i] = marks->leases[i];
	bh_name_of_container(container->id, name);
	ret = bh_names_put(maps, name, cgroup, error);
	if (ret)
		return ret;
	if (!bpf_map_update_elem(maps->containers, &cgroup, container, BPF_NOEXIST)) {
		/* It is a container, come what may: at worst the next one collects in vain. */
		bh_gc_end(maps, NULL);
		return 0;
	}
	if (errno == EEXIST)
		return bh_fail(error, -EEXIST, "its cgroup is another container's");
	return bh_fail(error, -errno, "map bh_containers: %s", strerror(errno));
}

void bh_container_remove(const struct bh_maps *maps, uint64_t cgroup)
{
	/* A record without what it had is garbage, one that is left confines: in doubt it goes. */
	bh_gc_begin(maps, NULL);
	bh_gc_container(maps, cgroup);
	bh_gc_end(maps, NULL);
}

int bh_container_find(const struct bh_maps *maps, const char *id, uint64_t *cgroup)
{
	struct bh_container container;
	char name[BH_ID_MAX];

	bh_name_of_container(id, name);
	*cgroup = bh_names_find(maps, name);
	/* A start that failed may have left the name, and the cgroup may be another's. */
	if (!*cgroup || bpf_map_lookup_elem(maps->containers, cgroup, &container) ||
	    strncmp(container.id, name, BH_ID_MAX))
		return -ENOENT;
	return 0;
}

static int read_mntns(const char *pid, uint64_t *id, struct bh_error *error)
{
	char path[64];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%s/ns/mnt", pid);
	if (stat(path, &st))
		return bh_fail(error, -errno, "%s: %s", path, strerror(errno));
	*id = st.st_ino;
	return 0;
}

int bh_container_mntns(pid_t pid, uint64_t *id, struct bh_error *error)
{
	uint64_t of_init, own;
	char number[16];
	int ret;

	snprintf(number, sizeof(number), "%d", pid);
	ret = read_mntns(number, id, error);
	if (!ret)
		ret = read_mntns("1", &of_init, error);
	if (!ret)
		ret = read_mntns("self", &own, error);
	if (ret)
		return ret;
	/* Every task of the host that enters the cgroup would be taken for the container's. */
	if (*id == of_init || (*id == own && pid != getpid()))
		return bh_fail(error, -EINVAL, "the container has no mount namespace of its own");
	return 0;
}
