/* SPDX-License-Identifier: GPL-2.0 */
/* What the files of bulkhead.ko share. */
#ifndef BULKHEAD_KMOD_H
#define BULKHEAD_KMOD_H

#include <linux/types.h>

struct bh_context;
struct bpf_prog;
struct dentry;
struct inode;

/* What of itself the module counts; shown in the file `status`. */
enum bulkhead_count {
	BULKHEAD_COUNT_RECORDS, /* denials that audit took */
	BULKHEAD_COUNT_UNTAKEN, /* denials that audit did not take: it is off, or full */
	BULKHEAD_COUNT_REFUSED, /* calls of programs that are not sealed */
	BULKHEAD_COUNT_WRITTEN, /* labels that became attributes */
	BULKHEAD_COUNT_UNWRITTEN, /* labels that did not, when their turn came */
	BULKHEAD_COUNT_UNTURNED, /* labels that found too many others waiting */
	BULKHEAD_COUNT_HELD_UP, /* creations that found no room for their label */
	BULKHEAD_COUNT_CROWDED, /* questions that found their container's part of the places taken */
	BULKHEAD_COUNT_FULL, /* questions that found all places taken */
	BULKHEAD_NR_COUNTS,
};

/**
 * bulkhead_count_add() - Count something.
 * @which: What.
 *
 * Context: Any.
 */
void bulkhead_count_add(enum bulkhead_count which);

/**
 * bulkhead_count_read() - How often something was counted since the module was loaded.
 * @which: What.
 *
 * Return: the number.
 */
u64 bulkhead_count_read(enum bulkhead_count which);

/**
 * bulkhead_securityfs_init() - Create /sys/kernel/security/bulkhead/.
 *
 * Context: Module init; may sleep.
 * Return: 0; -EEXIST when the directory is there already; -ENODEV on a kernel
 *         without securityfs; -ENOMEM.
 */
int bulkhead_securityfs_init(void);

/**
 * bulkhead_securityfs_exit() - Remove what bulkhead_securityfs_init() created.
 *
 * Context: Module exit, or init after a later failure; may sleep.
 */
void bulkhead_securityfs_exit(void);

/**
 * bulkhead_command() - Do what was written to the file `ctl`.
 * @text: One command: `seal FD...`, `release`, `lock FD...`, `key DIGITS` or `settle`; is changed.
 *
 * Context: Process context of whoever wrote it, whose descriptors are meant; may sleep.
 * Return: 0; -EINVAL no such command; as bulkhead_seal_set(), bulkhead_seal_release(),
 *         bulkhead_lock_set(), bulkhead_key_set() and bulkhead_label_settle().
 */
int bulkhead_command(char *text);

/**
 * bulkhead_seal_set() - From here on these programs, and no others, may call the module.
 * @fds: Descriptors of BPF programs, held until bulkhead_seal_release(): what they were
 *       compiled to stays where it is.
 * @nr:  Number of @fds, not 0.
 *
 * Context: Under the mutex of the commands; may sleep.
 * Return: 0; -EBUSY there is a seal; -EINVAL not a program of the types LSM or tracing;
 *         -EBADF; -ENOMEM.
 */
int bulkhead_seal_set(const int *fds, unsigned int nr);

/**
 * bulkhead_seal_release() - Undo bulkhead_seal_set(). Without a seal does nothing.
 *
 * Context: Under the mutex of the commands, or module exit; may sleep.
 * Return: 0; -EPERM the lock is held.
 */
int bulkhead_seal_release(void);

/**
 * bulkhead_seal_has() - Is this code of a sealed program? Counts a refusal.
 * @address: Where a function of the module returns to (_RET_IP_).
 *
 * Context: Any in which a BPF program runs.
 * Return: true or false.
 */
bool bulkhead_seal_has(unsigned long address);

/**
 * bulkhead_seal_prog() - A sealed program.
 * @i: Its place.
 *
 * Context: Under the mutex of the commands.
 * Return: the program; NULL behind the last one.
 */
struct bpf_prog *bulkhead_seal_prog(unsigned int i);

/**
 * bulkhead_seal_count() - How many programs are sealed?
 *
 * Return: their number, 0 without a seal.
 */
unsigned int bulkhead_seal_count(void);

/**
 * bulkhead_lock_set() - Keep these links, and so what they attach, until the next boot.
 * @fds: Descriptors of BPF links, one of each sealed program that is attached.
 * @nr:  Number of @fds.
 *
 * The module is kept, too. With the lock held does nothing.
 *
 * Context: Under the mutex of the commands; may sleep.
 * Return: 0; -ENOENT there is no seal, or a sealed program has no link here; -EPERM a link of a
 *         program that is not sealed; -EINVAL not a link; -EBADF; -ENOMEM.
 */
int bulkhead_lock_set(const int *fds, unsigned int nr);

/**
 * bulkhead_lock_count() - How many links are held?
 *
 * Context: Any.
 * Return: their number; 0: the lock is not held.
 */
unsigned int bulkhead_lock_count(void);

/**
 * bulkhead_key_set() - From here on labels' tags are made by this key, and compared.
 * @digits: 32 hexadecimal digits.
 *
 * Context: Under the mutex of the commands.
 * Return: 0; -EINVAL; -EBUSY there is a seal, whose programs have the key that there was.
 */
int bulkhead_key_set(const char *digits);

/**
 * bulkhead_key_tag() - What the key makes of the text of a label.
 * @text: The text.
 * @len:  Its length in bytes.
 * @tag:  Receives it.
 *
 * Context: Any.
 * Return: 0; -ENOKEY.
 */
int bulkhead_key_tag(const char *text, size_t len, u64 *tag);

/**
 * bulkhead_label_init() - Be ready to write labels.
 *
 * Context: Module init; may sleep.
 * Return: 0; -ENOMEM.
 */
int bulkhead_label_init(void);

/**
 * bulkhead_label_exit() - Write what waits, and end.
 *
 * Context: Module exit, or init after a later failure; may sleep.
 */
void bulkhead_label_exit(void);

/**
 * bulkhead_label_waiting() - How many labels wait to be written?
 *
 * Context: Any.
 * Return: their number.
 */
unsigned int bulkhead_label_waiting(void);

/**
 * bulkhead_label_settle() - Wait until what waits now is written.
 *
 * Context: May sleep.
 * Return: 0; -ETIMEDOUT a file system does not take it; -ERESTARTSYS the task is being killed.
 */
int bulkhead_label_settle(void);

/**
 * bulkhead_begin_again() - Have the system call that runs begin again.
 *
 * It is to fail with -ERESTARTNOINTR.
 *
 * Context: As bh_kfunc_label_await().
 * Return: -EINPROGRESS; -EOPNOTSUPP no system call runs.
 */
int bulkhead_begin_again(void);

/**
 * bulkhead_label_read() - Read the label of an inode.
 * @dentry:  Names it.
 * @inode:   The inode.
 * @context: Receives the label.
 *
 * Context: May sleep.
 * Return: as bh_kfunc_label_read().
 */
int bulkhead_label_read(struct dentry *dentry, struct inode *inode, struct bh_context *context);

/**
 * bulkhead_await_init() - Be ready to read labels for who may not sleep.
 *
 * Context: Module init; may sleep.
 * Return: 0; -ENOMEM.
 */
int bulkhead_await_init(void);

/**
 * bulkhead_await_exit() - Let what is being read end.
 *
 * Context: Module exit, or init after a later failure; may sleep.
 */
void bulkhead_await_exit(void);

/**
 * bulkhead_kfunc_init() - Let BPF programs call the module.
 *
 * Context: Module init; may sleep.
 * Return: 0; the error of register_btf_kfunc_id_set().
 */
int bulkhead_kfunc_init(void);

#endif /* BULKHEAD_KMOD_H */
