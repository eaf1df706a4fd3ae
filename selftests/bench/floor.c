// SPDX-License-Identifier: GPL-2.0
/*
 * floor: puts an empty program on each LSM hook that is named in a line of its input and that
 * the kernel has, says "ready", and keeps them there until it is killed: what hooks cost that
 * do nothing.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int attach(const char *hook)
{
	static const struct bpf_insn empty[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, options, .expected_attach_type = BPF_LSM_MAC);
	int id = libbpf_find_vmlinux_btf_id(hook, BPF_LSM_MAC), program;

	if (id == -ENOENT)
		return 0; /* of another kernel */
	if (id < 0)
		return id;
	options.attach_btf_id = (__u32)id;
	program = bpf_prog_load(BPF_PROG_TYPE_LSM, "floor", "GPL", empty, 2, &options);
	if (program < 0)
		return program;
	/* The link lasts as long as its descriptor. */
	return bpf_raw_tracepoint_open(NULL, program);
}

int main(void)
{
	char hook[64];

	while (scanf("%63s", hook) == 1) {
		int ret = attach(hook);

		if (ret >= 0)
			continue;
		fprintf(stderr, "floor: %s: %s\n", hook, strerror(-ret));
		return 1;
	}
	puts("ready");
	fflush(stdout);
	pause();
	return 0;
}
