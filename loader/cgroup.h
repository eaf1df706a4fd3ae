/* SPDX-License-Identifier: GPL-2.0 */
/* The cgroup of a container: which, its id; and those of `bulkhead exec`. */
#ifndef BULKHEAD_CGROUP_H
#define BULKHEAD_CGROUP_H

#include <stdint.h>
#include <sys/types.h>

#include "error.h"

/**
 * bh_cgroup_path() - The path of a process' cgroup in the text of /proc/PID/cgroup.
 * @text: The text.
 * @path: Receives the path without the leading slash, empty for the root.
 * @size: Size of @path.
 *
 * Return: 0; -EINVAL there is no line of cgroup v2, the path leaves the cgroup
 *         namespace, or it is too long or deeper than BH_CGROUP_DEPTH.
 */
int bh_cgroup_path(const char *text, char *path, size_t size);

/**
 * bh_cgroup_of_container() - The id of the cgroup that holds a container's process.
 * @pid:   Its first process, which no other process accompanies yet.
 * @id:    Receives the id.
 * @error: Receives why not.
 *
 * Return: 0; -EINVAL the process is in the root or too deep; -EBUSY other processes
 *         are in its cgroup; the error of reading.
 */
int bh_cgroup_of_container(pid_t pid, uint64_t *id, struct bh_error *error);

/**
 * bh_cgroup_make() - Make the cgroup of this `bulkhead exec`.
 * @fd:    Receives its directory.
 * @id:    Receives its id.
 * @error: Receives why not.
 *
 * Return: 0, or the error of mkdir() or open().
 */
int bh_cgroup_make(int *fd, uint64_t *id, struct bh_error *error);

/**
 * bh_cgroup_enter() - Move the calling process.
 * @fd: Directory of the cgroup.
 *
 * Return: 0, or a negative errno.
 */
int bh_cgroup_enter(int fd);

/**
 * bh_cgroup_remove() - Kill what is left in this `bulkhead exec`'s cgroup, remove it.
 * @fd: Its directory.
 */
void bh_cgroup_remove(int fd);

/**
 * bh_cgroup_remove_stale() - Remove empty cgroups of `bulkhead exec`s that died.
 */
void bh_cgroup_remove_stale(void);

#endif /* BULKHEAD_CGROUP_H */
