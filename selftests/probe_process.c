// SPDX-License-Identifier: GPL-2.0
/* The probe's commands on processes and namespaces. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "probe.h"

/* kill PID SIGNAL */
static struct probe_result run_kill(char **word)
{
	return probe_did(kill(atoi(word[0]), atoi(word[1])));
}

/* pidfdkill PID SIGNAL */
static struct probe_result run_pidfdkill(char **word)
{
	int fd = (int)syscall(SYS_pidfd_open, atoi(word[0]), 0);
	struct probe_result result;

	if (fd < 0)
		return probe_did(fd);
	result = probe_did(syscall(SYS_pidfd_send_signal, fd, atoi(word[1]), NULL, 0));
	close(fd);
	return result;
}

/* pidfdgetfd PID FD */
static struct probe_result run_pidfdgetfd(char **word)
{
	int fd = (int)syscall(SYS_pidfd_open, atoi(word[0]), 0);
	struct probe_result result;

	if (fd < 0)
		return probe_did(fd);
	result = probe_closed((int)syscall(SYS_pidfd_getfd, fd, atoi(word[1]), 0));
	close(fd);
	return result;
}

/* ptrace PID: for as long as this process lives; say "fork ptrace PID" */
static struct probe_result run_ptrace(char **word)
{
	return probe_did(ptrace(PTRACE_SEIZE, atoi(word[0]), NULL, NULL));
}

/* traceme: by its parent; say "fork traceme" */
static struct probe_result run_traceme(char **word)
{
	(void)word;
	return probe_did(ptrace(PTRACE_TRACEME, 0, NULL, NULL));
}

/* vmread PID: reads one byte where every probe has its image */
static struct probe_result run_vmread(char **word)
{
	static char byte;
	struct iovec here = { &byte, 1 }, there = { &byte, 1 };

	return probe_did(process_vm_readv(atoi(word[0]), &here, 1, &there, 1, 0));
}

static struct probe_result new_userns(void)
{
	return probe_did(unshare(CLONE_NEWUSER));
}

/* userns COMMAND: in a user namespace of its own */
static struct probe_result run_userns(char **word)
{
	return probe_in_child(new_userns, word);
}

/* unshare net|mount|uts|... */
static struct probe_result run_unshare(char **word)
{
	int flag = !strcmp(word[0], "net")   ? CLONE_NEWNET :
		   !strcmp(word[0], "mount") ? CLONE_NEWNS :
		   !strcmp(word[0], "uts")   ? CLONE_NEWUTS :
					       CLONE_NEWIPC;

	return probe_did(unshare(flag));
}

/* setns PATH */
static struct probe_result run_setns(char **word)
{
	struct probe_result result;
	int fd = open(word[0], O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return probe_did(fd);
	result = probe_did(setns(fd, 0));
	close(fd);
	return result;
}

/* dumpable: EPERM if this process is not */
static struct probe_result run_dumpable(char **word)
{
	(void)word;
	return (struct probe_result){ .error = prctl(PR_GET_DUMPABLE) == 1 ? 0 : EPERM };
}

const struct probe_command probe_process_commands[] = {
	{ "kill", 2, run_kill },
	{ "pidfdkill", 2, run_pidfdkill },
	{ "pidfdgetfd", 2, run_pidfdgetfd },
	{ "ptrace", 1, run_ptrace },
	{ "traceme", 0, run_traceme },
	{ "vmread", 1, run_vmread },
	{ "dumpable", 0, run_dumpable },
	{ "userns", 1, run_userns },
	{ "unshare", 1, run_unshare },
	{ "setns", 1, run_setns },
	{ 0 },
};
