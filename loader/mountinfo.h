/* SPDX-License-Identifier: GPL-2.0 */
/* /proc/PID/mountinfo. A pure parser; who reads the file opens it. */
#ifndef BULKHEAD_MOUNTINFO_H
#define BULKHEAD_MOUNTINFO_H

#include <stdbool.h>
#include <stddef.h>

#define BH_MOUNTINFO_MAX (16U << 20) /* bytes of a mountinfo that is read */

struct bh_mount {
	int id;
	int parent;
	unsigned int major; /* of the superblock */
	unsigned int minor;
	char *root; /* what of the file system is mounted, unescaped */
	char *point; /* where, as the process sees it, unescaped */
	char *fstype;
};

struct bh_mounts {
	struct bh_mount *mounts; /* in the file's order */
	size_t nr;
};

/**
 * bh_mountinfo_parse() - Parse the text of a mountinfo.
 * @text:   The text; overwritten, and must live as long as @mounts.
 * @mounts: Receives the mounts; freed by bh_mountinfo_free(), also on error.
 *
 * Source: Documentation/filesystems/proc.rst, section 3.5.
 * Return: 0; -EINVAL not a mountinfo; -ENOMEM.
 */
int bh_mountinfo_parse(char *text, struct bh_mounts *mounts);

/**
 * bh_mountinfo_free() - Free the table; the text is the caller's.
 * @mounts: From bh_mountinfo_parse().
 */
void bh_mountinfo_free(struct bh_mounts *mounts);

/**
 * bh_mount_is_covered() - Is another mount on top of this one?
 * @mounts: All mounts.
 * @mount:  One of them.
 *
 * Return: true if its root cannot be reached by its path.
 */
bool bh_mount_is_covered(const struct bh_mounts *mounts, const struct bh_mount *mount);

/**
 * bh_mounts_have_device() - Is a file system mounted there?
 * @mounts: All mounts of a namespace.
 * @major:  Device number of the superblock.
 * @minor:  Device number of the superblock.
 *
 * Return: true if one of @mounts is of that superblock.
 */
bool bh_mounts_have_device(const struct bh_mounts *mounts, unsigned int major, unsigned int minor);

#endif /* BULKHEAD_MOUNTINFO_H */
