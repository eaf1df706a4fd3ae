// SPDX-License-Identifier: GPL-2.0
/* Which of the optional programs fit the running kernel. */
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "attach.h"
#include "attributes.h"
#include "bulkhead.skel.h"
#include "cleanup.h"

#define ABSENT (-1)

/* Number of parameters of a hook, ABSENT where the kernel has no such hook. */
static int hook_parameters(const struct btf *btf, const char *section)
{
	const char *name = strchr(section, '/');
	const struct btf_type *type;
	char symbol[128];
	bool tracepoint = !strncmp(section, "tp_btf/", 7);
	int id;

	snprintf(symbol, sizeof(symbol), "%s%s", tracepoint ? "btf_trace_" : "bpf_lsm_",
		 name ? name + 1 : "");
	id = btf__find_by_name_kind(btf, symbol, tracepoint ? BTF_KIND_TYPEDEF : BTF_KIND_FUNC);
	if (id < 0)
		return ABSENT;
	type = btf__type_by_id(btf, btf__type_by_id(btf, (__u32)id)->type);
	if (tracepoint) /* a pointer to the prototype, which starts with `void *__data` */
		type = btf__type_by_id(btf, type->type);
	return btf_vlen(type) - (tracepoint ? 1 : 0);
}

/* The N of NAME__N, or ABSENT. */
static int wanted_parameters(const char *program)
{
	const char *suffix = strstr(program, "__");
	int wanted;

	return suffix && sscanf(suffix, "__%d", &wanted) == 1 ? wanted : ABSENT;
}

/*
 * Is f_path a member of struct file itself? Where it lies in a union, the verifier takes
 * what is read through it for no pointer (7.3), and the programs NAME__path go another
 * way than NAME__direct.
 */
static bool path_is_direct(const struct btf *btf)
{
	const struct btf_type *file;
	const struct btf_member *member;
	int id = btf__find_by_name_kind(btf, "file", BTF_KIND_STRUCT);

	if (id < 0)
		return false;
	file = btf__type_by_id(btf, (__u32)id);
	member = btf_members(file);
	for (int i = 0; i < btf_vlen(file); i++)
		if (!strcmp(btf__name_by_offset(btf, member[i].name_off), "f_path"))
			return true;
	return false;
}

/* Is @program the variant for this kernel's struct file, or none of the two? */
static bool fits_path(const char *program, bool direct)
{
	const char *suffix = strstr(program, "__");

	if (!suffix || (strcmp(suffix, "__direct") && strcmp(suffix, "__path")))
		return true;
	return !strcmp(suffix, "__direct") == direct;
}

/* Is a variant for @section among those that will be loaded? */
static bool has_variant(const struct bpf_object *object, const char *section)
{
	struct bpf_program *program;

	bpf_object__for_each_program (program, object)
		if (!strcmp(bpf_program__section_name(program), section) &&
		    bpf_program__autoload(program))
			return true;
	return false;
}

/* Hooks on which programs are attached only in `strict`: strict.bpf.c. */
static bool is_strict(const char *section)
{
	return !strcmp(section, "lsm/inode_permission") || !strcmp(section, "lsm/file_permission");
}

/* Is it one of a kind that this load does without? */
static bool is_left_out(const struct bpf_program *program, bool strict, bool module)
{
	return (!strict && is_strict(bpf_program__section_name(program))) ||
	       (!module && bh_is_reader(bpf_program__name(program)));
}

static int select_all(const struct bpf_object *object, const struct btf *btf, bool strict,
		      bool module, struct bh_error *error)
{
	bool direct = path_is_direct(btf);
	struct bpf_program *program;

	bpf_object__for_each_program (program, object) {
		const char *section = bpf_program__section_name(program);
		int wanted = wanted_parameters(bpf_program__name(program));
		int has;

		if (bpf_program__autoload(program) || is_left_out(program, strict, module))
			continue;
		has = hook_parameters(btf, section);
		if (has != ABSENT && (wanted == ABSENT || wanted == has) &&
		    fits_path(bpf_program__name(program), direct))
			bpf_program__set_autoload(program, true);
	}
	bpf_object__for_each_program (program, object) {
		const char *section = bpf_program__section_name(program);

		if (is_left_out(program, strict, module))
			continue;
		if (!bpf_program__autoload(program) && hook_parameters(btf, section) != ABSENT &&
		    !has_variant(object, section))
			return bh_fail(
				error, -ENOSYS,
				"hook %s has arguments on this kernel that bulkhead does not know",
				section);
	}
	return 0;
}

int bh_programs_select(struct bulkhead_bpf *skel, bool strict, bool module, struct bh_error *error)
{
	struct btf *btf = btf__load_vmlinux_btf();
	int ret;

	if (!btf)
		return bh_fail(error, -errno, "/sys/kernel/btf/vmlinux: %s", strerror(errno));
	ret = select_all(skel->obj, btf, strict, module, error);
	btf__free(btf);
	return ret;
}
