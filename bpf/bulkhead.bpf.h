/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the BPF files share: maps, the subject, the object's label, the verdict.
 *
 * A hook reads in five steps: respect the earlier verdict, label the subject, leave
 * if it is the host's, label the object, let bh_avc_check() decide and record.
 * Functions that take kernel pointers are __hidden: they are verified with each of
 * their callers, which is the only way to pass such pointers on 6.1.
 */
#ifndef BULKHEAD_BPF_H
#define BULKHEAD_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include <bulkhead/abi.h>
#include <bulkhead/classmap.h>

/* errno.h cannot be included beside vmlinux.h. */
#define EPERM 1
#define EACCES 13
#define EXDEV 18
#define ENOMEM 12
#define ERESTARTNOINTR 513 /* include/linux/errno.h */

/* Not torn, and not read twice: another CPU, or who interrupts, may write meanwhile. */
#define READ_ONCE(x) (*(const volatile typeof(x) *)&(x))
#define WRITE_ONCE(x, value) (*(volatile typeof(x) *)&(x) = (value))

/* libbpf 1.1 does not have it. */
#ifndef __arg_trusted
#define __arg_trusted __attribute__((btf_decl_tag("arg:trusted")))
#endif

typedef struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct bh_subject);
} bh_tasks_map;

typedef struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, BH_MAX_CONTAINERS);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u64);
	__type(value, struct bh_container);
} bh_containers_map;

typedef struct {
	__uint(type, BPF_MAP_TYPE_INODE_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct bh_inode);
} bh_inodes_map;

typedef struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__type(key, __u64);
	__type(value, __u64);
} bh_mounters_map;

/* Each start and stop empties it, and between two there are no more records than that. */
typedef struct {
	__uint(type, BPF_MAP_TYPE_QUEUE);
	__uint(max_entries, BH_MAX_CONTAINERS);
	__type(value, __u64);
} bh_released_map;

typedef struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, BH_MAX_TYPES);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u32);
	__type(value, struct bh_type);
} bh_types_map;

/*
 * Maps of one element, each the data section of a variable: a load from an address that the
 * verifier knows, where a look-up is a dozen instructions.
 */
extern struct bh_settings bh_settings;
extern __u64 bh_generation;
extern __u32 bh_signals_asked;

extern bh_tasks_map bh_tasks SEC(".maps");
extern bh_containers_map bh_containers SEC(".maps");
extern bh_released_map bh_released SEC(".maps");
extern bh_inodes_map bh_inodes SEC(".maps");
extern bh_mounters_map bh_mounters SEC(".maps");
extern bh_types_map bh_types SEC(".maps");

/* What is asked of the verdict. */
struct bh_access {
	struct bh_label target;
	__u32 tclass; /* BH_CLASS_... */
	__u32 requested; /* permissions of that class */
	__u32 detail; /* BH_DETAIL_..., for the record */
	__u32 number;
	__u32 quiet; /* the kernel only asks: no record */
	__u64 dentry; /* address, names the object in the record; 0: none */
};

/* What an object's place says, whatever label the inode has itself. */
struct bh_place {
	struct bh_label label; /* unlabeled_t when nothing labels it */
	struct bh_label above; /* of the mark or the file system that it is below */
	__u32 policy; /* whose automaton looked at the path; 0: none did */
	__u32 state; /* of that automaton: equal for directories below which all is equal */
	__u32 type; /* that the path has by a rule of its own; BH_TYPE_NONE: by none */
	__u32 lost; /* the path could not be told */
};

/**
 * bh_lost_subject() - The subject when its task's storage does not answer.
 *
 * Return: a label to which everything is refused, NULL for a task of the host.
 */
__hidden extern struct bh_task *bh_lost_subject(void);

/**
 * bh_cred_is_mounters() - Are these the credentials of an overlay's mounter?
 * @cred: Credentials; may be NULL.
 *
 * Return: true for the creator_cred of an overlay of a container and for the copies
 * that overlayfs makes of it.
 */
__hidden extern bool bh_cred_is_mounters(const struct cred *cred);

/**
 * bh_domain_entered() - A process is about to run in a domain.
 * @self: A label with that domain, which need not be the process' yet.
 */
__hidden extern void bh_domain_entered(struct bh_task *self);

/**
 * bh_task_label() - The label of any task, as an object.
 * @task:  The task.
 * @label: Receives its label; a task of the host is unconfined_t:s0.
 */
__hidden extern void bh_task_label(struct task_struct *task, struct bh_label *label);

/**
 * bh_label_dentry() - The label of the object that a dentry names.
 * @dentry: Dentry, positive. Its ancestors are pinned by it.
 * @asker:  BH_TASK_... of the subject: to whom what nobody has asked about is unlabeled_t.
 * @label:  Receives the label, unlabeled_t when nothing labels it.
 */
__hidden extern void bh_label_dentry(struct dentry *dentry, __u32 asker, struct bh_label *label);

/**
 * bh_label_known() - As bh_label_dentry(), by what is known of an attribute.
 * @dentry: As there.
 * @label:  Receives the label; by the place, where an attribute was not read yet.
 */
__hidden extern void bh_label_known(struct dentry *dentry, struct bh_label *label);

/**
 * bh_find_place() - What an object's place says.
 * @dentry: Dentry, may be negative.
 * @tclass: Class of the object.
 * @place:  Receives it.
 */
__hidden extern void bh_find_place(struct dentry *dentry, __u32 tclass, struct bh_place *place);

/**
 * bh_label_nothing() - The label of what nothing labels.
 * @label: Receives unlabeled_t:s0.
 */
__hidden extern void bh_label_nothing(struct bh_label *label);

/**
 * bh_label_by_filesystem() - The label of what no directory is above.
 * @sb:    Its superblock.
 * @label: Receives the label, unlabeled_t when nothing labels it.
 */
__hidden extern void bh_label_by_filesystem(struct super_block *sb, struct bh_label *label);

/**
 * bh_label_superblock() - The label of a file system, as an object.
 * @sb:    Its superblock.
 * @label: Receives the label.
 *
 * Source: superblock_security_struct's sid in security/selinux/hooks.c.
 */
__hidden extern void bh_label_superblock(struct super_block *sb, struct bh_label *label);

/**
 * bh_mark_holds() - Is this inode the root of a mount that a container or the host has?
 * @own: The inode's storage.
 *
 * Return: true for a mark without a lease, and for one whose lease somebody has.
 */
__hidden extern bool bh_mark_holds(const struct bh_inode *own);

/**
 * bh_label_kept() - The label of a directory by what is kept in it of its place.
 * @own:   The directory's storage.
 * @label: Receives the label.
 *
 * Return: false if nothing is kept, or no longer.
 */
__hidden extern bool bh_label_kept(const struct bh_inode *own, struct bh_label *label);

/**
 * bh_label_stale() - As bh_label_kept(), but whenever it was kept.
 * @own:   The directory's storage.
 * @label: Receives the label.
 *
 * Return: false if nothing was ever kept, or it is being written.
 */
__hidden extern bool bh_label_stale(const struct bh_inode *own, struct bh_label *label);

/**
 * bh_label_inode() - The label of an object without looking at its place.
 * @inode: The object.
 * @label: Receives the label: of its device number, its own, or what is kept in it.
 *
 * Return: false if there is none.
 */
__hidden extern bool bh_label_inode(struct inode *inode, struct bh_label *label);

/**
 * bh_label_asked() - What is known of an attribute, over what the place says.
 * @inode: The object.
 * @label: What its place says in, its label out.
 */
__hidden extern void bh_label_asked(struct inode *inode, struct bh_label *label);

/**
 * bh_search_kept() - What a directory is known to say of what is in it.
 * @dir:    The directory; need not be pinned.
 * @search: Receives it.
 *
 * Return: false if nothing is known.
 */
__hidden extern bool bh_search_kept(struct inode *dir, struct bh_search *search);

/**
 * bh_search_quickly() - bh_label_inode() and bh_search_kept() of a directory in one.
 * @dir:    The directory; need not be pinned.
 * @label:  Receives its label.
 * @search: Receives what it says.
 *
 * Return: false if those two are to be asked, as of what has a label of its own.
 */
__hidden extern bool bh_search_quickly(struct inode *dir, struct bh_label *label,
				       struct bh_search *search);

/**
 * bh_search_dentry() - What a directory says of what is in it; keeps it there.
 * @dir:    The directory, pinned.
 * @search: Receives it.
 *
 * Return: false if it cannot be told.
 */
__hidden extern bool bh_search_dentry(struct dentry *dir, struct bh_search *search);

/**
 * bh_label_below() - The label of an object by what its directory says.
 * @search: Of the directory.
 * @dentry: Address of the object's dentry.
 * @tclass: Class of the object.
 * @label:  Receives the label.
 *
 * Return: false if its name cannot be read.
 */
__hidden extern bool bh_label_below(const struct bh_search *search, __u64 dentry, __u32 tclass,
				    struct bh_label *label);

/**
 * bh_places_change() - What is kept in directories holds no longer.
 *
 * Context: with the parents of the directory locked that is about to be renamed.
 */
__hidden extern void bh_places_change(void);

/**
 * bh_places_now() - What changes when a directory may have another place.
 *
 * Return: bh_generation; 0 if it cannot be read.
 */
__hidden extern __u64 bh_places_now(void);

/**
 * bh_label_path() - As bh_label_dentry(), from a path.
 * @path:  Path, positive.
 * @asker: As there.
 * @label: Receives the label.
 *
 * On 7.3 f_path lies in a union of struct file, and what is read through a union is no
 * pointer to the verifier. A global function takes the address of the path instead, and
 * reads the dentry from that. Only programs for such kernels may call it: 6.1 and 6.12
 * need no such function, and 6.1 cannot have one.
 *
 * Return: 0.
 */
int bh_label_path(struct path *path __arg_trusted, __u32 asker, struct bh_label *label);

/**
 * bh_label_known_path() - As bh_label_known(), from a path.
 * @path:  Path, positive.
 * @label: Receives the label.
 *
 * Return: 0.
 */
int bh_label_known_path(struct path *path __arg_trusted, struct bh_label *label);

/**
 * bh_place_path() - As bh_find_place(), of a file, from a path.
 * @path:  Path, positive.
 * @place: Receives what the place says.
 *
 * Return: 0.
 */
int bh_place_path(struct path *path __arg_trusted, struct bh_place *place);

/**
 * bh_label_path_parent() - The label of the directory that a path is in.
 * @path:  Path, positive.
 * @asker: As bh_label_dentry().
 * @label: Receives the label.
 *
 * Return: 0.
 */
int bh_label_path_parent(struct path *path __arg_trusted, __u32 asker, struct bh_label *label);

/**
 * bh_label_at_creation() - Have d_instantiate give an object a label of its own.
 * @self:   Subject.
 * @dentry: Names the object.
 * @label:  The label, by bh_label_place().
 */
__hidden extern void bh_label_at_creation(struct bh_task *self, struct dentry *dentry,
					  const struct bh_label *label);

/**
 * bh_check_dentry() - May the subject do this to the object that a dentry names?
 * @self:      Subject.
 * @dentry:    Dentry, positive.
 * @requested: Permissions, of the class that the inode has.
 *
 * Return: 0, or -EACCES.
 */
__hidden extern int bh_check_dentry(struct bh_task *self, struct dentry *dentry, __u32 requested);

/**
 * bh_avc_decide() - The verdict: decide, then record.
 * @self:   Subject.
 * @access: Object and permissions.
 *
 * A global function, as the other two of avc.bpf.c: it takes no kernel pointers, so the
 * verifier looks at it once a program and not once a path that leads to it, which made
 * loading five times as long.
 *
 * Source: avc_has_perm() in security/selinux/avc.c.
 * Return: 0, or -EACCES.
 */
int bh_avc_decide(struct bh_task *self, struct bh_access *access);

/**
 * bh_avc_allows() - The verdict without a record, for a question and not an access.
 * @self:   Subject.
 * @access: Object and permissions.
 *
 * Return: 1 if all of it is allowed, else 0.
 */
int bh_avc_allows(struct bh_task *self, struct bh_access *access);

/**
 * bh_avc_enforces() - Would a denial hold, by the host's mode and the domain's?
 * @self: Subject.
 *
 * For what is refused without a verdict.
 *
 * Return: 1 if it would, else 0.
 */
int bh_avc_enforces(struct bh_task *self);

/**
 * bh_avc_transition() - The type that type_transition gives.
 * @self:   Subject.
 * @target: Type of the executed file, or of the directory of a new file.
 * @tclass: BH_CLASS_PROCESS, or the class of the new file.
 *
 * Return: the type id, 0 for the default; BH_TRANSITION_NAMED if a new file's name may give
 * another one, which bh_filetrans_type() knows.
 */
__u32 bh_avc_transition(struct bh_task *self, __u32 target, __u32 tclass);

/**
 * bh_filetrans_type() - The type that type_transition gives a new file of this name.
 * @self:   Subject.
 * @target: Type of the directory.
 * @tclass: Class of the new file.
 * @name:   Address of the name.
 * @len:    Its length in bytes.
 *
 * Source: filename_compute_type() in security/selinux/ss/services.c.
 * Return: the type id, 0 where no rule has that name; -1 if it cannot be told, which is counted.
 */
__s64 bh_filetrans_type(struct bh_task *self, __u32 target, __u32 tclass, __u64 name, __u32 len);

/**
 * bh_avc_flags() - What the policy says of a domain itself.
 * @self: Subject.
 *
 * Return: BH_TASK_...
 */
__u32 bh_avc_flags(struct bh_task *self);

/**
 * bh_count() - Add one to a counter.
 * @which: BH_COUNT_...
 */
__hidden extern void bh_count(__u32 which);

/**
 * bh_catset_wide() - The categories of a set that is not described by its number.
 * @set: BH_CATSET_WIDE | ...
 *
 * Return: the set; NULL when nobody knows it.
 */
__hidden extern struct bh_catset *bh_catset_wide(__u32 set);

/**
 * bh_audit() - Have a denial written to the kernel's audit log.
 * @event: The denial, as it is in the ring buffer.
 *
 * Without bulkhead.ko does nothing. What the log does not take is counted.
 */
__hidden extern void bh_audit(struct bh_event *event);

/**
 * bh_lock_refuses() - Would the running system call remove a module although all is locked?
 *
 * Return: true or false; false without bulkhead.ko.
 */
__hidden extern bool bh_lock_refuses(void);

/*
 * A copy of something in a per-CPU map: only programs on one CPU use it, but one may interrupt
 * another, or preempt it. Hence a version, odd while the copy is being written.
 */

/* Was what has been read since @version was @before one whole copy? */
static __always_inline bool bh_copy_held(const __u32 *version, __u32 before)
{
	barrier();
	return !(before & 1) && READ_ONCE(*version) == before;
}

/* May the copy be written now? Then @version becomes odd, until bh_copy_end(). */
static __always_inline bool bh_copy_begin(__u32 *version, __u32 *before)
{
	*before = READ_ONCE(*version);
	return !(*before & 1) && __sync_bool_compare_and_swap(version, *before, *before + 1);
}

static __always_inline void bh_copy_end(__u32 *version, __u32 before)
{
	barrier();
	WRITE_ONCE(*version, before + 2);
}

#define BH_S_IFMT_SHIFT 12

/* By the four bits of S_IFMT, eight to a word; no switch: the verifier follows each branch. */
#define BH_MODE_CLASS(kind, tclass) ((__u64)(tclass) << (kind) % 8 * 8)
#define BH_MODE_OTHER (BH_CLASS_FILE * 0x0101010101010101ULL)
#define BH_MODE_SET(kind, tclass) BH_MODE_CLASS(kind, (tclass) ^ BH_CLASS_FILE)

_Static_assert(BH_CLASS_SOCK_FILE < 256 && BH_CLASS_FIFO_FILE < 256 && BH_CLASS_LNK_FILE < 256 &&
		       BH_CLASS_CHR_FILE < 256 && BH_CLASS_BLK_FILE < 256 && BH_CLASS_DIR < 256 &&
		       BH_CLASS_FILE < 256,
	       "classes of files");

/**
 * bh_inode_class() - The class of a file system object.
 * @mode: The inode's i_mode.
 *
 * Source: inode_mode_to_security_class() in security/selinux/hooks.c.
 * Return: BH_CLASS_...
 */
static __always_inline __u32 bh_inode_class(__u32 mode)
{
	const __u64 low = BH_MODE_OTHER ^ BH_MODE_SET(1, BH_CLASS_FIFO_FILE) ^
			  BH_MODE_SET(2, BH_CLASS_CHR_FILE) ^ BH_MODE_SET(4, BH_CLASS_DIR) ^
			  BH_MODE_SET(6, BH_CLASS_BLK_FILE);
	const __u64 high = BH_MODE_OTHER ^ BH_MODE_SET(10, BH_CLASS_LNK_FILE) ^
			   BH_MODE_SET(12, BH_CLASS_SOCK_FILE);
	__u32 kind = mode >> BH_S_IFMT_SHIFT & 0xf;

	return (kind & 8 ? high : low) >> kind % 8 * 8 & 0xff;
}

/**
 * bh_subject() - The subject: the label of the running task.
 * @task: The running task.
 *
 * A task of the host costs one load: inline, as the calls cost more than all else that the
 * hooks do for it. Should the storage not answer although there is
 * one (6.1 refuses a look-up that interrupted another on the same CPU), the task is
 * taken for a container's if its cgroup is one's, and everything is refused to it.
 *
 * Return: the label, NULL for a task of the host.
 */
static __always_inline struct bh_task *bh_subject(struct task_struct *task)
{
	struct bh_task *self;

	if (!task->bpf_storage)
		return NULL;
	self = bpf_task_storage_get(&bh_tasks, task, NULL, 0);
	if (!self)
		return bh_lost_subject();
	return self->domain ? self : NULL;
}

/* bh_subject() for who has no other use for the task. */
static __always_inline struct bh_task *bh_current(void)
{
	return bh_subject(bpf_get_current_task_btf());
}

/**
 * bh_current_on_object() - The subject of an access to an object of a file system.
 *
 * Overlayfs repeats each operation on the real file of a layer with the credentials
 * of whoever mounted it. That second look is the mounter's, not the container's.
 *
 * Return: the label, NULL for a task of the host and for the second look.
 */
static __always_inline struct bh_task *bh_current_on_object(void)
{
	struct task_struct *task = bpf_get_current_task_btf();
	const struct cred *cred = task->cred;

	/* Few have other credentials, and with a mounter's the label need not be looked up. */
	if (!task->bpf_storage || (cred != task->real_cred && bh_cred_is_mounters(cred)))
		return NULL;
	return bh_subject(task);
}

/* bh_avc_decide() with the dentry, which may be NULL, for the record. */
static __always_inline int bh_avc_check(struct bh_task *self, struct bh_access *access,
					struct dentry *dentry)
{
	access->dentry = (__u64)dentry;
	return bh_avc_decide(self, access);
}

/*
 * The label of an open file. @by_path must be a constant: programs come in two variants,
 * __direct and __path, of which the loader takes the one that this kernel's verifier takes.
 */
static __always_inline void bh_label_file(struct file *file, __u32 asker, struct bh_label *label,
					  const bool by_path)
{
	if (by_path)
		bh_label_path(&file->f_path, asker, label);
	else
		bh_label_dentry(file->f_path.dentry, asker, label);
}

/* May the subject do this to an open file? */
static __always_inline int bh_check_file(struct bh_task *self, struct file *file, __u32 requested,
					 const bool by_path)
{
	struct bh_access access = { .requested = requested };

	access.tclass = bh_inode_class(file->f_inode->i_mode);
	bh_label_file(file, self->flags, &access.target, by_path);
	return bh_avc_check(self, &access, file->f_path.dentry);
}

#endif /* BULKHEAD_BPF_H */
