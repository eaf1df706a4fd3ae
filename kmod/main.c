// SPDX-License-Identifier: GPL-2.0
/* bulkhead.ko: what BPF cannot do by itself on the running kernel. Init and exit. */

#include <linux/init.h>
#include <linux/module.h>

#include "bulkhead.h"

static int __init bulkhead_init(void)
{
	int err = bulkhead_label_init();

	if (err)
		return err;
	err = bulkhead_await_init();
	if (err)
		goto label_exit;
	err = bulkhead_kfunc_init();
	if (!err)
		err = bulkhead_securityfs_init();
	if (!err)
		return 0;
	bulkhead_await_exit();
label_exit:
	bulkhead_label_exit();
	return err;
}

/* No program that calls the module is there any more: each one keeps it. */
static void __exit bulkhead_exit(void)
{
	bulkhead_securityfs_exit();
	bulkhead_seal_release();
	bulkhead_await_exit();
	bulkhead_label_exit();
}

module_init(bulkhead_init);
module_exit(bulkhead_exit);

MODULE_DESCRIPTION("Kernel services for Bulkhead's BPF-LSM programs");
MODULE_AUTHOR("The Bulkhead authors");
MODULE_VERSION(BULKHEAD_VERSION);
MODULE_LICENSE("GPL");
