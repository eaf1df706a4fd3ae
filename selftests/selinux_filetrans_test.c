// SPDX-License-Identifier: GPL-2.0
/*
 * What SELinux itself gives new files by the policy of filetrans_test: the kernel is asked, after
 * it has loaded BASE and that module. filetrans_test sees Bulkhead give the same. The kernel has
 * that policy from here on: the last test of a boot, in permissive mode.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rows.h"

#define SELINUX "/sys/fs/selinux"
#define BINARY "/run/filetrans.policy"
#define N51 "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"
#define N250 N51 N51 N51 N51 "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"

FIXTURE(given){};

FIXTURE_VARIANT(given)
{
	const char *source;
	const char *target;
	const char *tclass;
	const char *name;
	const char *type;
};

FIXTURE_SETUP(given)
{
}

FIXTURE_TEARDOWN(given)
{
}

ROW(given, named, "maker_t", "container_file_t", "file", "named", "named_t")
ROW(given, other_name, "maker_t", "container_file_t", "file", "name", "plain_t")
ROW(given, longer, "maker_t", "container_file_t", "file", "named2", "plain_t")
ROW(given, other_case, "maker_t", "container_file_t", "file", "Named", "plain_t")
ROW(given, no_name, "maker_t", "container_file_t", "file", "", "plain_t")
ROW(given, dot, "maker_t", "container_file_t", "file", "a.b", "inner_t")
ROW(given, longest, "maker_t", "container_file_t", "file", N250 "nnnnn", "named_t")
ROW(given, nearly_longest, "maker_t", "container_file_t", "file", N250 "nnnn", "plain_t")
ROW(given, last_byte, "maker_t", "container_file_t", "file", N250 "nnnnm", "plain_t")
ROW(given, dir, "maker_t", "container_file_t", "dir", "named", "named_t")
ROW(given, dir_of_other_name, "maker_t", "container_file_t", "dir", "name", "container_file_t")
ROW(given, link, "maker_t", "container_file_t", "lnk_file", "named", "named_t")
ROW(given, link_of_other_name, "maker_t", "container_file_t", "lnk_file", "a.b", "container_file_t")
ROW(given, fifo, "maker_t", "container_file_t", "fifo_file", "named", "named_t")
ROW(given, socket, "maker_t", "container_file_t", "sock_file", "named", "named_t")
ROW(given, other_class, "maker_t", "container_file_t", "chr_file", "named", "container_file_t")
ROW(given, other_directory, "maker_t", "named_t", "file", "named", "inner_t")
ROW(given, name_of_other_directory, "maker_t", "named_t", "file", "a.b", "named_t")
ROW(given, other_domain, "other_t", "container_file_t", "file", "named", "container_file_t")
ROW(given, other_domain_elsewhere, "other_t", "named_t", "file", "named", "secret_t")
ROW(given, before_the_path, "maker_t", "secret_t", "file", "named", "named_t")

static int class_number(const char *name)
{
	char path[256], text[16] = "";
	int fd;

	snprintf(path, sizeof(path), SELINUX "/class/%s/index", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || read(fd, text, sizeof(text) - 1) <= 0)
		return -1;
	close(fd);
	return atoi(text);
}

/* Source: sel_write_create() in security/selinux/selinuxfs.c. */
static const char *ask(const char *source, const char *target, int tclass, const char *name)
{
	static char answer[4096];
	char question[1024], *type = answer;
	ssize_t len;
	int fd = open(SELINUX "/create", O_RDWR | O_CLOEXEC);

	snprintf(question, sizeof(question),
		 "system_u:system_r:%s:s0 system_u:object_r:%s:s0 %d%s%s", source, target, tclass,
		 *name ? " " : "", name);
	if (fd < 0 || write(fd, question, strlen(question)) < 0)
		return "not answered";
	len = read(fd, answer, sizeof(answer) - 1);
	close(fd);
	if (len <= 0)
		return "not answered";
	answer[len] = '\0';
	strsep(&type, ":");
	strsep(&type, ":");
	return type ? strsep(&type, ":") : "no context";
}

TEST_F(given, by_selinux)
{
	EXPECT_STREQ(variant->type, ask(variant->source, variant->target,
					class_number(variant->tclass), variant->name));
}

static int load(void)
{
	static char policy[16 << 20];
	char text[4096];
	ssize_t len;
	int fd;

	if (output_of(text, sizeof(text),
		      "bulkhead compile --selinux -o " BINARY " " POLICY "filetrans.cil"))
		return -1;
	fd = open(BINARY, O_RDONLY | O_CLOEXEC);
	len = read(fd, policy, sizeof(policy));
	close(fd);
	fd = open(SELINUX "/load", O_WRONLY | O_CLOEXEC);
	if (len <= 0 || fd < 0 || write(fd, policy, (size_t)len) != len)
		return -1;
	return close(fd);
}

int main(int argc, char **argv)
{
	if (load()) {
		printf("Bail out! SELinux does not load the policy\n");
		return 1;
	}
	return test_harness_run(argc, argv);
}
