// SPDX-License-Identifier: GPL-2.0
/*
 * storage DIR: gives each file in DIR eight bytes of a BPF inode storage of its own, says "ready",
 * and keeps them until it is killed: what the least label takes that the kernel keeps with an inode.
 */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int checked(int ret, const char *what)
{
	if (ret < 0) {
		perror(what);
		exit(1);
	}
	return ret;
}

static int make_map(void)
{
	LIBBPF_OPTS(bpf_map_create_opts, options, .map_flags = BPF_F_NO_PREALLOC);
	struct btf *btf = btf__new_empty();

	checked(btf ? 0 : -1, "BTF");
	options.btf_key_type_id = (__u32)btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	options.btf_value_type_id = (__u32)btf__add_int(btf, "long", 8, BTF_INT_SIGNED);
	checked(btf__load_into_kernel(btf), "BTF");
	options.btf_fd = (__u32)btf__fd(btf);
	return checked(bpf_map_create(BPF_MAP_TYPE_INODE_STORAGE, "floor", sizeof(int),
				      sizeof(long), 0, &options),
		       "map");
}

int main(int argc, char **argv)
{
	DIR *dir = argc == 2 ? opendir(argv[1]) : NULL;
	struct dirent *entry;
	long value = 0;
	int map;

	checked(dir ? 0 : -1, "directory");
	map = make_map();
	while ((entry = readdir(dir))) {
		int fd = openat(dirfd(dir), entry->d_name, O_RDONLY | O_NONBLOCK);

		checked(fd, entry->d_name);
		checked(bpf_map_update_elem(map, &fd, &value, BPF_ANY), entry->d_name);
		close(fd);
	}
	puts("ready");
	fflush(stdout);
	pause();
	return 0;
}
