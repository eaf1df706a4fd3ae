// SPDX-License-Identifier: GPL-2.0
/*
 * Files that are opened, changed in their attributes, and mapped.
 *
 * Hooks: file_open (read, write, append, open, execute for a program's interpreter),
 * inode_setattr (setattr; write for a size), inode_setxattr and inode_removexattr (setattr; of a
 * label relabelfrom and relabelto), inode_set_acl, inode_remove_acl and inode_file_setattr
 * (setattr), mmap_file and file_mprotect (map, read,
 * write, execute; execmem and execmod of the process).
 *
 * Not covered: search of directories, access(2) and chdir, descriptors that are open already
 * (strict.bpf.c, on request). From 6.8 on mprotect finds the layer's file of a file of an overlay, which is
 * unlabeled_t: to make its mapping executable, or a shared one writable, is refused.
 */
#include "attribute.bpf.h"
#include "bulkhead.bpf.h"
#include "create.bpf.h"

#include <bulkhead/kfunc.h>

#define FMODE_READ 1
#define FMODE_WRITE 2
#define O_APPEND 02000
#define O_TMPFILE_BIT 020000000 /* __O_TMPFILE */
#define FMODE_EXEC_FLAG 0x20 /* __FMODE_EXEC */

#define ATTR_MODE (1 << 0)
#define ATTR_UID (1 << 1)
#define ATTR_GID (1 << 2)
#define ATTR_SIZE (1 << 3)
#define ATTR_ATIME_SET (1 << 7)
#define ATTR_MTIME_SET (1 << 8)
#define ATTR_FORCE (1 << 9)
#define ATTR_KILL_SUID (1 << 11)
#define ATTR_KILL_SGID (1 << 12)
#define ATTR_TIMES_SET (1 << 16)

#define PROT_WRITE 2
#define PROT_EXEC 4
#define MAP_TYPE 0x0f
#define MAP_PRIVATE 0x02
#define VM_WRITE 2
#define VM_EXEC 4
#define VM_SHARED 8

/* Source: open_file_to_av() in security/selinux/hooks.c. */
static __u32 open_permissions(__u32 flags, __u32 mode)
{
	__u32 requested = BH_COMMON_FILE__OPEN;

	if (flags & FMODE_EXEC_FLAG)
		requested |= BH_COMMON_FILE__EXECUTE;
	if (mode & FMODE_READ)
		requested |= BH_COMMON_FILE__READ;
	if (mode & FMODE_WRITE)
		requested |= flags & O_APPEND ? BH_COMMON_FILE__APPEND : BH_COMMON_FILE__WRITE;
	if (!(mode & (FMODE_READ | FMODE_WRITE)))
		requested |= BH_COMMON_FILE__IOCTL; /* opened with access mode 3 */
	return requested;
}

/* O_TMPFILE makes a file without a name, which no creation hook saw. */
static __always_inline int open_tmpfile(struct bh_task *self, struct file *file, const bool by_path)
{
	struct bh_label label;
	struct bh_inode made = {};
	struct bh_place place;
	__u32 type;
	int err;

	if (by_path)
		bh_label_path_parent(&file->f_path, self->flags, &label);
	else
		bh_label_dentry(file->f_path.dentry->d_parent, self->flags, &label);
	if (bh_check_add(self, file->f_path.dentry->d_parent, &label))
		return -EACCES;
	if (by_path)
		bh_place_path(&file->f_path, &place);
	else
		bh_find_place(file->f_path.dentry, BH_CLASS_FILE, &place);
	type = bh_avc_transition(self, label.type, BH_CLASS_FILE) & ~BH_TRANSITION_NAMED;
	bh_label_new(self, type, &place, &label);
	if (bh_check_create(self, file->f_path.dentry, BH_CLASS_FILE, &label))
		return -EACCES;
	err = bh_label_room(self, file->f_inode->i_sb);
	if (err)
		return err;
	bh_label_place(self, &place.label, &label);
	bh_inode_made(self, &label, &made);
	if (!bpf_inode_storage_get(&bh_inodes, file->f_inode, &made,
				   BPF_LOCAL_STORAGE_GET_F_CREATE)) {
		bh_count(BH_COUNT_NOMEM);
		return -EACCES;
	}
	bh_label_keep_file(self, file, &made);
	return 0;
}

static __always_inline bool await_directory(struct bh_task *self, struct file *file,
					    const bool by_path)
{
	return by_path ? bh_await_path_parent(&file->f_path) :
			 bh_await_dentry(self, file->f_path.dentry->d_parent);
}

static __always_inline int open_file(struct file *file, const bool by_path)
{
	struct bh_task *self = bh_current_on_object();
	__u32 flags;
	int err;

	if (!self)
		return 0;
	flags = file->f_flags;
	if (flags & O_TMPFILE_BIT) {
		if (await_directory(self, file, by_path))
			return -ERESTARTNOINTR;
		err = open_tmpfile(self, file, by_path);
		if (err)
			return err;
	}
	return bh_check_file(self, file, open_permissions(flags, file->f_mode), by_path);
}

SEC("?lsm/file_open")
int BPF_PROG(bh_file_open__direct, struct file *file, int ret)
{
	if (ret)
		return ret;
	return bh_answer(open_file(file, false));
}

SEC("?lsm/file_open")
int BPF_PROG(bh_file_open__path, struct file *file, int ret)
{
	if (ret)
		return ret;
	return bh_answer(open_file(file, true));
}

/* Source: selinux_inode_setattr(). */
static __always_inline int check_setattr(struct dentry *dentry, struct iattr *attr)
{
	struct bh_task *self = bh_current_on_object();
	__u32 valid = attr->ia_valid;
	__u32 requested = BH_COMMON_FILE__WRITE;

	if (!self)
		return 0;
	if (valid & ATTR_FORCE) {
		valid &= ~(ATTR_KILL_SUID | ATTR_KILL_SGID | ATTR_MODE | ATTR_FORCE);
		if (!valid)
			return 0; /* a write clears set-id bits: already decided */
	}
	if (valid &
	    (ATTR_MODE | ATTR_UID | ATTR_GID | ATTR_ATIME_SET | ATTR_MTIME_SET | ATTR_TIMES_SET))
		requested = BH_COMMON_FILE__SETATTR;
	if (valid & ATTR_SIZE)
		requested |= BH_COMMON_FILE__WRITE;
	return bh_check_dentry(self, dentry, requested);
}

SEC("?lsm/inode_setattr")
int BPF_PROG(bh_inode_setattr__2, struct dentry *dentry, struct iattr *attr, int ret)
{
	if (ret)
		return ret;
	return check_setattr(dentry, attr) ? -EACCES : 0;
}

SEC("?lsm/inode_setattr")
int BPF_PROG(bh_inode_setattr__3, void *idmap, struct dentry *dentry, struct iattr *attr, int ret)
{
	if (ret)
		return ret;
	return check_setattr(dentry, attr) ? -EACCES : 0;
}

int bh_names_label(const char *name)
{
	char text[sizeof(BH_XATTR_LABEL) + 1] = {};

	if (!name)
		return BH_LABEL_NONE;
	if (bpf_probe_read_kernel_str(text, sizeof(text), name) < 0 ||
	    !bpf_strncmp(text, sizeof(text), BH_XATTR_LABEL))
		return BH_LABEL_OWN;
	return bpf_strncmp(text, sizeof(text), BH_XATTR_SELINUX) ? BH_LABEL_NONE : BH_LABEL_SELINUX;
}

/*
 * Extended attributes, and access lists (@name is NULL), which are attributes of their own from
 * 6.2 on. A label is changed by who may relabel from what the object is and to what it becomes.
 * What it would become is not looked at: both are asked of what it is, and BASE lets no container.
 */
static __always_inline int check_xattr(struct dentry *dentry, const char *name)
{
	struct bh_task *self = bh_current_on_object();
	__u32 requested = BH_COMMON_FILE__SETATTR;

	if (!self)
		return 0;
	if (bh_names_label(name) != BH_LABEL_NONE)
		requested = BH_COMMON_FILE__RELABELFROM | BH_COMMON_FILE__RELABELTO;
	return bh_check_dentry(self, dentry, requested);
}

SEC("lsm/inode_setxattr")
int BPF_PROG(bh_inode_setxattr, void *idmap, struct dentry *dentry, const char *name,
	     const void *value, size_t size, int flags, int ret)
{
	if (ret)
		return ret;
	return check_xattr(dentry, name) ? -EACCES : 0;
}

SEC("lsm/inode_removexattr")
int BPF_PROG(bh_inode_removexattr, void *idmap, struct dentry *dentry, const char *name, int ret)
{
	if (ret)
		return ret;
	return check_xattr(dentry, name) ? -EACCES : 0;
}

SEC("?lsm/inode_set_acl")
int BPF_PROG(bh_inode_set_acl, void *idmap, struct dentry *dentry, const char *acl_name,
	     struct posix_acl *acl, int ret)
{
	if (ret)
		return ret;
	return check_xattr(dentry, NULL) ? -EACCES : 0;
}

SEC("?lsm/inode_remove_acl")
int BPF_PROG(bh_inode_remove_acl, void *idmap, struct dentry *dentry, const char *acl_name, int ret)
{
	if (ret)
		return ret;
	return check_xattr(dentry, NULL) ? -EACCES : 0;
}

/* file_setattr(2), which sets flags and the project. */
SEC("?lsm/inode_file_setattr")
int BPF_PROG(bh_inode_file_setattr, struct dentry *dentry, void *fa, int ret)
{
	if (ret)
		return ret;
	return check_xattr(dentry, NULL) ? -EACCES : 0;
}

static int check_self(struct bh_task *self, __u32 requested)
{
	struct bh_access access = {
		.target = { .type = self->domain, .catset = self->catset },
		.tclass = BH_CLASS_PROCESS,
		.requested = requested,
	};

	return bh_avc_check(self, &access, NULL);
}

/* Source: file_map_prot_check() and selinux_mmap_file(). */
static __u32 map_permissions(unsigned long prot, bool shared)
{
	__u32 requested = BH_COMMON_FILE__READ;

	if (shared && prot & PROT_WRITE)
		requested |= BH_COMMON_FILE__WRITE;
	if (prot & PROT_EXEC)
		requested |= BH_COMMON_FILE__EXECUTE;
	return requested;
}

static __always_inline int map_file(struct file *file, unsigned long prot, unsigned long flags,
				    const bool by_path)
{
	bool shared = (flags & MAP_TYPE) != MAP_PRIVATE;
	struct bh_task *self = bh_current_on_object();

	if (!self)
		return 0;
	if (prot & PROT_EXEC && (!file || (!shared && prot & PROT_WRITE)))
		if (check_self(self, BH_PROCESS__EXECMEM))
			return -EACCES;
	if (!file)
		return 0; /* anonymous memory is the process' own */
	return bh_check_file(self, file, BH_COMMON_FILE__MAP | map_permissions(prot, shared),
			     by_path);
}

SEC("?lsm/mmap_file")
int BPF_PROG(bh_mmap_file__direct, struct file *file, unsigned long reqprot, unsigned long prot,
	     unsigned long flags, int ret)
{
	if (ret)
		return ret;
	return map_file(file, prot, flags, false) ? -EACCES : 0;
}

SEC("?lsm/mmap_file")
int BPF_PROG(bh_mmap_file__path, struct file *file, unsigned long reqprot, unsigned long prot,
	     unsigned long flags, int ret)
{
	if (ret)
		return ret;
	return map_file(file, prot, flags, true) ? -EACCES : 0;
}

/* Source: selinux_file_mprotect(). */
static __always_inline int check_becomes_executable(struct bh_task *self,
						    struct vm_area_struct *vma, struct file *file,
						    const bool by_path)
{
	struct mm_struct *mm = vma->vm_mm;

	if (!mm)
		return -EACCES; /* a mapping has a process' memory */
	if (vma->vm_start >= mm->start_brk && vma->vm_end <= mm->brk)
		return check_self(self, BH_PROCESS__EXECHEAP);
	if (!file && vma->vm_start <= mm->start_stack && vma->vm_end >= mm->start_stack)
		return check_self(self, BH_PROCESS__EXECSTACK);
	if (file && vma->anon_vma)
		return bh_check_file(self, file, BH_COMMON_FILE__EXECMOD, by_path);
	return 0;
}

/*
 * What a mapping had was asked for when it was made, so only what it gains is asked for: the
 * dynamic linker makes parts of every library read-only, and from 6.8 on vm_file of an
 * overlay's file is the layer's, of which nothing would be allowed.
 */
static __u32 gained_permissions(unsigned long prot, unsigned long flags)
{
	__u32 requested = 0;

	if (prot & PROT_EXEC && !(flags & VM_EXEC))
		requested |= BH_COMMON_FILE__READ | BH_COMMON_FILE__EXECUTE;
	if (prot & PROT_WRITE && flags & VM_SHARED && !(flags & VM_WRITE))
		requested |= BH_COMMON_FILE__READ | BH_COMMON_FILE__WRITE;
	return requested;
}

static __always_inline int protect(struct vm_area_struct *vma, unsigned long prot,
				   const bool by_path)
{
	struct bh_task *self = bh_current();
	__u32 requested;
	struct file *file;
	bool shared;

	if (!self)
		return 0;
	file = vma->vm_file;
	if (prot & PROT_EXEC && !(vma->vm_flags & VM_EXEC) &&
	    check_becomes_executable(self, vma, file, by_path))
		return -EACCES;
	shared = vma->vm_flags & VM_SHARED;
	if (prot & PROT_EXEC && (!file || (!shared && prot & PROT_WRITE)))
		if (check_self(self, BH_PROCESS__EXECMEM))
			return -EACCES;
	requested = gained_permissions(prot, vma->vm_flags);
	if (!file || !requested)
		return 0; /* anonymous memory is the process' own */
	return bh_check_file(self, file, requested, by_path);
}

SEC("?lsm/file_mprotect")
int BPF_PROG(bh_file_mprotect__direct, struct vm_area_struct *vma, unsigned long reqprot,
	     unsigned long prot, int ret)
{
	if (ret)
		return ret;
	return protect(vma, prot, false) ? -EACCES : 0;
}

SEC("?lsm/file_mprotect")
int BPF_PROG(bh_file_mprotect__path, struct vm_area_struct *vma, unsigned long reqprot,
	     unsigned long prot, int ret)
{
	if (ret)
		return ret;
	return protect(vma, prot, true) ? -EACCES : 0;
}
