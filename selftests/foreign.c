// SPDX-License-Identifier: GPL-2.0
/*
 * Loads a BPF program that is not Bulkhead's and calls bulkhead.ko:
 *
 *	foreign         prints what its calls gave
 *	foreign seal    has the module take it for Bulkhead's first, and gives that back
 *	foreign lock    has the module hold its link
 *	foreign write COMMAND    gives the module a command
 *	foreign delete  delete_module(2) of a module that there is not, as both numbers of it
 *
 * Prints "audit=N lock=N keep=N read=N" or an errno as a number.
 */
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bulkhead/abi.h>
#include <bulkhead/classmap.h>

#include "foreign.skel.h"
#include "lib.h"

#define CTL "/sys/kernel/security/bulkhead/ctl"
#define NR_DELETE_MODULE_32 129

static int command_fd(const char *name, int fd)
{
	char text[64];

	snprintf(text, sizeof(text), "%s %d", name, fd);
	return write_file(CTL, text);
}

static int seal(const struct foreign_bpf *skel)
{
	char text[64];

	snprintf(text, sizeof(text), "seal %d %d", bpf_program__fd(skel->progs.foreign_open),
		 bpf_program__fd(skel->progs.foreign_read));
	return write_file(CTL, text);
}

static int forge(const struct foreign_bpf *skel)
{
	struct bh_event event = { .tclass = BH_CLASS_FILE, .denied = 1, .comm = "forged" };
	struct bh_type type = { .name = "forged_t" };
	__u32 zero = 0;

	return bpf_map__update_elem(skel->maps.event_map, &zero, sizeof(zero), &event,
				    sizeof(event), BPF_ANY) ||
	       bpf_map__update_elem(skel->maps.type_map, &zero, sizeof(zero), &type, sizeof(type),
				    BPF_ANY);
}

static int call(struct foreign_bpf *skel)
{
	skel->bss->caller = (__u32)getpid();
	/* Whatever label it gets goes with it. */
	close(open("/var/tmp", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600));
	skel->bss->caller = 0;
	printf("audit=%d lock=%d keep=%d read=%d\n", skel->data->audit_said, skel->data->lock_said,
	       skel->data->keep_said, skel->data->read_said);
	return 0;
}

static int run(struct foreign_bpf *skel, const char *what)
{
	int ret;

	if (forge(skel) || foreign_bpf__attach(skel))
		return 1;
	if (!strcmp(what, "lock")) {
		printf("%d\n", command_fd("lock", bpf_link__fd(skel->links.foreign_open)));
		return 0;
	}
	if (!strcmp(what, "seal")) {
		ret = seal(skel);
		if (ret) {
			printf("%d\n", ret);
			return 0;
		}
	}
	ret = call(skel);
	return !strcmp(what, "seal") ? write_file(CTL, "release") : ret;
}

/* The old gate, which takes addresses of 32 bits only. */
static long old_delete_module(const char *name)
{
	long ret;

	__asm__ volatile("int $0x80"
			 : "=a"(ret)
			 : "a"((long)NR_DELETE_MODULE_32), "b"(name), "c"(O_TRUNC | O_NONBLOCK)
			 : "memory");
	return ret;
}

static int delete (void)
{
	char *name = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	long ret;

	if (name == MAP_FAILED)
		return 1;
	strcpy(name, "no_such_module");
	ret = syscall(SYS_delete_module, name, O_TRUNC | O_NONBLOCK);
	printf("%d %ld\n", ret ? errno : 0, -old_delete_module(name));
	return 0;
}

int main(int argc, char **argv)
{
	struct foreign_bpf *skel;
	int ret;

	if (argc == 3 && !strcmp(argv[1], "write")) {
		printf("%d\n", write_file(CTL, argv[2]));
		return 0;
	}
	if (argc == 2 && !strcmp(argv[1], "delete"))
		return delete ();
	skel = foreign_bpf__open_and_load();
	if (!skel)
		return 1;
	ret = run(skel, argc > 1 ? argv[1] : "");
	foreign_bpf__destroy(skel);
	return ret;
}
