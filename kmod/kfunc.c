// SPDX-License-Identifier: GPL-2.0
/* Which functions BPF-LSM programs may call. What they do is in audit.c, label.c and await.c. */

#include <linux/bpf.h>
#include <linux/btf.h>
#include <linux/btf_ids.h>
#include <linux/kernel.h>
#include <linux/module.h>

#include <bulkhead/kfunc.h>

#include "bulkhead.h"
#include "kfunc.h"

bulkhead_kfunc_start_defs();

__bpf_kfunc int bh_kfunc_lock_held(void)
{
	if (!bulkhead_seal_has(_RET_IP_))
		return -EPERM;
	return bulkhead_lock_count() > 0;
}

bulkhead_kfunc_end_defs();

/* 6.1 has only the older name, and later kernels refuse a set made with that. */
#ifdef BTF_KFUNCS_START
BTF_KFUNCS_START(functions)
#else
BTF_SET8_START(functions)
#endif
BTF_ID_FLAGS(func, bh_kfunc_avc_audit)
BTF_ID_FLAGS(func, bh_kfunc_lock_held)
BTF_ID_FLAGS(func, bh_kfunc_label_read, KF_SLEEPABLE)
BTF_ID_FLAGS(func, bh_kfunc_label_await)
BTF_ID_FLAGS(func, bh_kfunc_label_room)
BTF_ID_FLAGS(func, bh_kfunc_label_keep)
BTF_ID_FLAGS(func, bh_kfunc_label_keep_file)
#ifdef BTF_KFUNCS_END
BTF_KFUNCS_END(functions)
#else
BTF_SET8_END(functions)
#endif

static const struct btf_kfunc_id_set set = {
	.owner = THIS_MODULE,
	.set = &functions,
};

int __init bulkhead_kfunc_init(void)
{
	return register_btf_kfunc_id_set(BPF_PROG_TYPE_LSM, &set);
}
