// SPDX-License-Identifier: GPL-2.0
/* /sys/kernel/security/bulkhead/: what of the module userspace may read. */

#include <linux/cred.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/init_task.h>
#include <linux/module.h>
#include <linux/security.h>

#include <bulkhead/abi.h>

#include "bulkhead.h"

static struct dentry *dir, *version_file, *abi_file;

static ssize_t read_version(struct file *file, char __user *buf, size_t len, loff_t *pos)
{
	static const char text[] = BULKHEAD_VERSION "\n";

	return simple_read_from_buffer(buf, len, pos, text, sizeof(text) - 1);
}

static ssize_t read_abi(struct file *file, char __user *buf, size_t len, loff_t *pos)
{
	char text[16];
	int text_len;

	text_len = scnprintf(text, sizeof(text), "%u\n", BH_ABI_VERSION);
	return simple_read_from_buffer(buf, len, pos, text, text_len);
}

static const struct file_operations version_fops = {
	.owner = THIS_MODULE,
	.read = read_version,
	.llseek = default_llseek,
};

static const struct file_operations abi_fops = {
	.owner = THIS_MODULE,
	.read = read_abi,
	.llseek = default_llseek,
};

static int __init create_files(void)
{
	int err;

	dir = securityfs_create_dir("bulkhead", NULL);
	if (IS_ERR(dir))
		return PTR_ERR(dir);

	version_file = securityfs_create_file("version", 0444, dir, NULL, &version_fops);
	if (IS_ERR(version_file)) {
		err = PTR_ERR(version_file);
		goto err_remove_dir;
	}

	abi_file = securityfs_create_file("abi", 0444, dir, NULL, &abi_fops);
	if (IS_ERR(abi_file)) {
		err = PTR_ERR(abi_file);
		goto err_remove_version;
	}
	return 0;

err_remove_version:
	securityfs_remove(version_file);
err_remove_dir:
	securityfs_remove(dir);
	return err;
}

int __init bulkhead_securityfs_init(void)
{
	const struct cred *old;
	struct cred *kernel;
	int err;

	/*
	 * securityfs looks names up as the task that loads the module, which
	 * SELinux confines: Debian's policy lets kmod_t load modules, but not
	 * search this file system. What the module creates here is the kernel's
	 * own doing, so it is done as the kernel.
	 */
	kernel = prepare_kernel_cred(&init_task);
	if (!kernel)
		return -ENOMEM;
	old = override_creds(kernel);
	err = create_files();
	revert_creds(old);
	put_cred(kernel);
	return err;
}

void bulkhead_securityfs_exit(void)
{
	/* One by one: securityfs_remove() is recursive from 6.13 on only. */
	securityfs_remove(abi_file);
	securityfs_remove(version_file);
	securityfs_remove(dir);
}
