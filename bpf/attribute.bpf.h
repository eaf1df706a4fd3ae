/* SPDX-License-Identifier: GPL-2.0 */
/* Labels that are attributes, for those who make or label objects. */
#ifndef BULKHEAD_ATTRIBUTE_BPF_H
#define BULKHEAD_ATTRIBUTE_BPF_H

#include "bulkhead.bpf.h"

/**
 * bh_attributes_of() - Does a label hold that is an attribute of a file in this file system?
 * @sb: Its superblock.
 *
 * Return: false where there are none, and for overlayfs.
 */
__hidden extern bool bh_attributes_of(struct super_block *sb);

/**
 * bh_keys_of() - Can a file in this file system have a type of its own that outlives its inode?
 * @sb: Its superblock.
 *
 * Return: false where there are no attributes, or inodes stay in memory.
 */
__hidden extern bool bh_keys_of(struct super_block *sb);

/**
 * bh_names_label() - Is this an attribute with a label?
 * @name: Its name; NULL: an access list.
 *
 * Return: BH_LABEL_OWN, also of a name that cannot be read; BH_LABEL_SELINUX; BH_LABEL_NONE.
 */
__hidden extern int bh_names_label(const char *name);

/**
 * bh_inode_made() - What is to be known of something that was just made.
 * @self:  Who made it.
 * @label: Its label; without categories if it is in a place with @self's own.
 * @made:  Receives it, for the inode's storage.
 */
static __always_inline void bh_inode_made(const struct bh_task *self, const struct bh_label *label,
					  struct bh_inode *made)
{
	made->label = *label;
	made->flags = BH_INODE_CREATED;
	if (label->catset != BH_CATSET_EMPTY || self->catset == BH_CATSET_EMPTY)
		return;
	made->flags |= BH_INODE_ASKED | BH_INODE_ATTRIBUTE | BH_INODE_STRANGE | BH_INODE_KEYED;
	made->policy = self->policy;
}

/**
 * bh_label_place() - The label of a new object, but for what its place will say at any time.
 * @self:  Who makes it.
 * @place: The label that its place gives.
 * @label: The label; categories that are the place's are taken away.
 */
static __always_inline void bh_label_place(const struct bh_task *self, const struct bh_label *place,
					   struct bh_label *label)
{
	if (place->catset == self->catset)
		label->catset = BH_CATSET_EMPTY;
}

/**
 * bh_label_room() - Can the label of what is about to be made be kept?
 * @self: Who makes it.
 * @sb:   Where.
 *
 * Return: 0; -ERESTARTNOINTR when it can; -EACCES nobody would ask again then, or the module
 *         does not answer.
 */
__hidden extern int bh_label_room(const struct bh_task *self, struct super_block *sb);

/**
 * bh_answer() - What a hook returns that may have the system call begin again.
 * @err: 0 or an error.
 *
 * For the verifier: nothing else is returned.
 *
 * Return: 0, -EACCES or -ERESTARTNOINTR.
 */
static __always_inline int bh_answer(int err)
{
	return err == -ERESTARTNOINTR ? -ERESTARTNOINTR : err ? -EACCES : 0;
}

/**
 * bh_label_keep() - Have the label of what was just made last, by an attribute.
 * @self:   Who made it.
 * @dentry: Names it.
 * @inode:  What was made.
 * @made:   By bh_inode_made().
 *
 * Without bulkhead.ko, or before anything needs attributes, does nothing; nor for a type in a
 * container's own place, unless its policy has transitions. What the module does not take is counted.
 */
__hidden extern void bh_label_keep(const struct bh_task *self, struct dentry *dentry,
				   struct inode *inode, const struct bh_inode *made);

/**
 * bh_label_keep_file() - As bh_label_keep(), of a file without a name.
 * @self: Who made it.
 * @file: The file.
 * @made: By bh_inode_made().
 */
__hidden extern void bh_label_keep_file(const struct bh_task *self, struct file *file,
					const struct bh_inode *made);

/**
 * bh_await_dentry() - Have somebody ask for an object's attribute, if nobody has.
 * @self:   Subject, who does nothing else with the object in this system call before it is known.
 * @dentry: Names the object.
 *
 * Return: true if the system call is to begin again: to fail with -ERESTARTNOINTR.
 */
__hidden extern bool bh_await_dentry(struct bh_task *self, struct dentry *dentry);

/**
 * bh_await_path_parent() - As bh_await_dentry(), of the directory that a path is in.
 * @path: Path, positive.
 *
 * Return: as there, for the running task.
 */
int bh_await_path_parent(struct path *path __arg_trusted);

#endif /* BULKHEAD_ATTRIBUTE_BPF_H */
