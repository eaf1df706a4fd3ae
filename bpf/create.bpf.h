/* SPDX-License-Identifier: GPL-2.0 */
/* Creation, for the two files that see it: directories' entries, and O_TMPFILE. */
#ifndef BULKHEAD_CREATE_BPF_H
#define BULKHEAD_CREATE_BPF_H

/**
 * bh_check_add() - May the subject add an entry to this directory?
 * @self:  Subject.
 * @dir:   Names the directory in the record.
 * @label: The directory's label.
 *
 * Return: 0, or -EACCES.
 */
__hidden extern int bh_check_add(struct bh_task *self, struct dentry *dir,
				 const struct bh_label *label);

/**
 * bh_label_new() - The label of a new object.
 * @self:  Subject.
 * @type:  By type_transition; BH_TYPE_NONE: by none.
 * @place: What the new object's place says.
 * @label: The directory's label in, the new object's out: the type by type_transition,
 *         else by a rule for its path, else the directory's; the categories of the subject.
 *
 * Source: selinux_determine_inode_label() in security/selinux/hooks.c.
 */
__hidden extern void bh_label_new(struct bh_task *self, __u32 type, const struct bh_place *place,
				  struct bh_label *label);

/**
 * bh_check_create() - May the subject make this object, where it may add one?
 * @self:   Subject.
 * @dentry: Names the new object in the record.
 * @tclass: Class of the new object.
 * @label:  Its label.
 *
 * Source: may_create() in security/selinux/hooks.c.
 * Return: 0, or -EACCES.
 */
__hidden extern int bh_check_create(struct bh_task *self, struct dentry *dentry, __u32 tclass,
				    const struct bh_label *label);

#endif /* BULKHEAD_CREATE_BPF_H */
