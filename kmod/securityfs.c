// SPDX-License-Identifier: GPL-2.0
/* /sys/kernel/security/bulkhead/: what of the module userspace may read, and tell it. */

#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/init_task.h>
#include <linux/module.h>
#include <linux/security.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include <bulkhead/abi.h>

#include "bulkhead.h"

static struct dentry *dir;

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

static ssize_t read_status(struct file *file, char __user *buf, size_t len, loff_t *pos)
{
	char text[512];
	int text_len;

	text_len = scnprintf(text, sizeof(text),
			     "sealed %u\nlocked %s\nheld %u\nrecords %llu\nuntaken %llu\n"
			     "refused %llu\nwritten %llu\nunwritten %llu\nunturned %llu\n"
			     "waiting %u\nheld_up %llu\ncrowded %llu\nfull %llu\n",
			     bulkhead_seal_count(), bulkhead_lock_count() ? "yes" : "no",
			     bulkhead_lock_count(), bulkhead_count_read(BULKHEAD_COUNT_RECORDS),
			     bulkhead_count_read(BULKHEAD_COUNT_UNTAKEN),
			     bulkhead_count_read(BULKHEAD_COUNT_REFUSED),
			     bulkhead_count_read(BULKHEAD_COUNT_WRITTEN),
			     bulkhead_count_read(BULKHEAD_COUNT_UNWRITTEN),
			     bulkhead_count_read(BULKHEAD_COUNT_UNTURNED), bulkhead_label_waiting(),
			     bulkhead_count_read(BULKHEAD_COUNT_HELD_UP),
			     bulkhead_count_read(BULKHEAD_COUNT_CROWDED),
			     bulkhead_count_read(BULKHEAD_COUNT_FULL));
	return simple_read_from_buffer(buf, len, pos, text, text_len);
}

static ssize_t write_ctl(struct file *file, const char __user *buf, size_t len, loff_t *pos)
{
	char *text;
	int err;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	if (!len || len > PAGE_SIZE || *pos)
		return -EINVAL;
	text = memdup_user_nul(buf, len);
	if (IS_ERR(text))
		return PTR_ERR(text);
	err = bulkhead_command(text);
	kfree(text);
	return err ? err : len;
}

#define READ_ONLY(function)                                                         \
	{                                                                           \
		.owner = THIS_MODULE, .read = (function), .llseek = default_llseek, \
	}

static const struct file_operations version_fops = READ_ONLY(read_version);
static const struct file_operations abi_fops = READ_ONLY(read_abi);
static const struct file_operations status_fops = READ_ONLY(read_status);

static const struct file_operations ctl_fops = {
	.owner = THIS_MODULE,
	.write = write_ctl,
	.llseek = noop_llseek,
};

static struct {
	const char *name;
	umode_t mode;
	const struct file_operations *fops;
	struct dentry *dentry;
} files[] = {
	{ "version", 0444, &version_fops },
	{ "abi", 0444, &abi_fops },
	{ "status", 0444, &status_fops },
	{ "ctl", 0200, &ctl_fops },
};

/* One by one: securityfs_remove() is recursive from 6.13 on only. */
static void remove_files(void)
{
	size_t i = ARRAY_SIZE(files);

	while (i--)
		securityfs_remove(files[i].dentry);
	securityfs_remove(dir);
}

static int __init create_files(void)
{
	size_t i;

	dir = securityfs_create_dir("bulkhead", NULL);
	if (IS_ERR(dir))
		return PTR_ERR(dir);
	for (i = 0; i < ARRAY_SIZE(files); i++) {
		struct dentry *made = securityfs_create_file(files[i].name, files[i].mode, dir,
							     NULL, files[i].fops);

		if (IS_ERR(made)) {
			remove_files(); /* of those that are not there it takes the NULL */
			return PTR_ERR(made);
		}
		files[i].dentry = made;
	}
	return 0;
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
	remove_files();
}
