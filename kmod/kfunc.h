/* SPDX-License-Identifier: GPL-2.0 */
/* How a function is written that BPF programs call, on every kernel. */
#ifndef BULKHEAD_KMOD_KFUNC_H
#define BULKHEAD_KMOD_KFUNC_H

#include <linux/btf.h>

/* 6.1 has none of these; it must not be inlined either, and keep its name. */
#ifndef __bpf_kfunc
#define __bpf_kfunc __used noinline
#endif

#ifdef __bpf_kfunc_start_defs
#define bulkhead_kfunc_start_defs() __bpf_kfunc_start_defs()
#define bulkhead_kfunc_end_defs() __bpf_kfunc_end_defs()
#else
#define bulkhead_kfunc_start_defs() \
	__diag_push();              \
	__diag_ignore_all("-Wmissing-prototypes", "called by BPF programs")
#define bulkhead_kfunc_end_defs() __diag_pop()
#endif

#endif /* BULKHEAD_KMOD_KFUNC_H */
