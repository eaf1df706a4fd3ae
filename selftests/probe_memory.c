// SPDX-License-Identifier: GPL-2.0
/* The probe's commands on memory. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "probe.h"

extern char **environ;

static size_t page(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

/* r, rw, rx, rwx */
static int parse_prot(const char *text)
{
	return (strchr(text, 'r') ? PROT_READ : 0) | (strchr(text, 'w') ? PROT_WRITE : 0) |
	       (strchr(text, 'x') ? PROT_EXEC : 0);
}

static struct probe_result map_fd(int fd, const char *prot, const char *kind)
{
	int flags = !strcmp(kind, "shared") ? MAP_SHARED : MAP_PRIVATE;
	void *memory =
		mmap(NULL, page(), parse_prot(prot), flags | (fd < 0 ? MAP_ANONYMOUS : 0), fd, 0);

	if (memory == MAP_FAILED)
		return probe_did(-1);
	munmap(memory, page());
	return probe_did(0);
}

/* mmap PATH PROT shared|private */
static struct probe_result run_mmap(char **word)
{
	struct probe_result result;
	int fd = open(word[0], strchr(word[1], 'w') ? O_RDWR : O_RDONLY);

	if (fd < 0)
		return probe_did(fd);
	result = map_fd(fd, word[1], word[2]);
	close(fd);
	return result;
}

/* mmapfd FD PROT shared|private; FD -1 is anonymous memory */
static struct probe_result run_mmapfd(char **word)
{
	return map_fd(atoi(word[0]), word[1], word[2]);
}

/* mprotect PATH: maps it, then makes it executable */
static struct probe_result run_mprotect(char **word)
{
	struct probe_result result;
	int fd = open(word[0], O_RDONLY);
	void *memory;

	if (fd < 0)
		return probe_did(fd);
	memory = mmap(NULL, page(), PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (memory == MAP_FAILED)
		return probe_did(-1);
	result = probe_did(mprotect(memory, page(), PROT_READ | PROT_EXEC));
	munmap(memory, page());
	return result;
}

/* execmod PATH: changes a private copy of it, then makes that executable */
static struct probe_result run_execmod(char **word)
{
	struct probe_result result;
	int fd = open(word[0], O_RDONLY);
	char *memory;

	if (fd < 0)
		return probe_did(fd);
	memory = mmap(NULL, page(), PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	close(fd);
	if (memory == MAP_FAILED)
		return probe_did(-1);
	*(volatile char *)memory = 1;
	result = probe_did(mprotect(memory, page(), PROT_READ | PROT_EXEC));
	munmap(memory, page());
	return result;
}

/* execmem: anonymous memory that was written and becomes executable */
static struct probe_result run_execmem(char **word)
{
	struct probe_result result;
	char *memory =
		mmap(NULL, page(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)word;
	if (memory == MAP_FAILED)
		return probe_did(-1);
	*(volatile char *)memory = 1;
	result = probe_did(mprotect(memory, page(), PROT_READ | PROT_EXEC));
	munmap(memory, page());
	return result;
}

static struct probe_result run_execheap(char **word)
{
	char *end = sbrk(0);
	uintptr_t start = ((uintptr_t)end + page() - 1) & ~(page() - 1);

	(void)word;
	if (brk((void *)(start + page())))
		return probe_did(-1);
	return probe_did(mprotect((void *)start, page(), PROT_READ | PROT_WRITE | PROT_EXEC));
}

static struct probe_result run_execstack(char **word)
{
	uintptr_t stack = (uintptr_t)&word & ~(page() - 1);

	return probe_did(mprotect((void *)stack, page(),
				  PROT_READ | PROT_WRITE | PROT_EXEC | PROT_GROWSDOWN));
}

/* A copy of the probe in memory; closed on failure. */
static int copy_to_memfd(void)
{
	char buffer[65536];
	ssize_t got = 0;
	int from = open("/proc/self/exe", O_RDONLY | O_CLOEXEC), to = memfd_create("probe", 0);

	while (from >= 0 && to >= 0 && (got = read(from, buffer, sizeof(buffer))) > 0)
		if (write(to, buffer, (size_t)got) != got)
			break;
	close(from);
	if (!got)
		return to;
	close(to);
	return -1;
}

/* memfdexec */
static struct probe_result run_memfdexec(char **word)
{
	char *argv[] = { "probe", "exec0", NULL };
	int fd = copy_to_memfd();

	(void)word;
	if (fd < 0)
		return probe_did(-1);
	fexecve(fd, argv, environ);
	return probe_did(-1);
}

/* memfdmap PROT */
static struct probe_result run_memfdmap(char **word)
{
	int fd = copy_to_memfd();
	struct probe_result result = map_fd(fd, word[0], "shared");

	close(fd);
	return result;
}

static struct probe_result run_exec0(char **word)
{
	(void)word;
	return probe_did(0);
}

/* mlock, with no memory that may be locked */
static struct probe_result run_mlock(char **word)
{
	static const struct rlimit none = { 0, 0 };
	static char memory[16];

	(void)word;
	if (setrlimit(RLIMIT_MEMLOCK, &none))
		return probe_did(-1);
	return probe_did(mlock(memory, sizeof(memory)));
}

const struct probe_command probe_memory_commands[] = {
	{ "mmap", 3, run_mmap },	   { "mmapfd", 3, run_mmapfd },
	{ "mprotect", 1, run_mprotect },   { "execmod", 1, run_execmod },
	{ "execmem", 0, run_execmem },	   { "execheap", 0, run_execheap },
	{ "execstack", 0, run_execstack }, { "memfdexec", 0, run_memfdexec },
	{ "memfdmap", 1, run_memfdmap },   { "exec0", 0, run_exec0 },
	{ "mlock", 0, run_mlock },	   { 0 },
};
