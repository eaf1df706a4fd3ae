// SPDX-License-Identifier: GPL-2.0
/* Reading files whole, with a bound, and writing them whole. */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "cleanup.h"
#include "io.h"

#define FIRST_ROOM 4096

int bh_read_fd(int fd, size_t max, char **text, size_t *len)
{
	size_t room = FIRST_ROOM, used = 0;
	BH_FREE char *buffer = malloc(room);

	if (!buffer)
		return -ENOMEM;
	for (;;) {
		ssize_t got;

		if (used + 1 == room) {
			char *larger = realloc(buffer, room * 2);

			if (!larger)
				return -ENOMEM;
			buffer = larger;
			room *= 2;
		}
		got = read(fd, buffer + used, room - used - 1);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (!got)
			break;
		used += (size_t)got;
		if (used > max)
			return -EFBIG;
	}
	buffer[used] = '\0';
	*text = buffer;
	buffer = NULL;
	if (len)
		*len = used;
	return 0;
}

int bh_read_path(const char *path, size_t max, char **text, size_t *len)
{
	BH_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	return fd < 0 ? -errno : bh_read_fd(fd, max, text, len);
}

int bh_write_fd(int fd, const void *buffer, size_t len)
{
	const char *next = buffer;

	while (len) {
		ssize_t put = write(fd, next, len);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return -errno;
		next += put;
		len -= (size_t)put;
	}
	return 0;
}

int bh_write_path(const char *path, const char *text)
{
	BH_CLOSE int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);

	return fd < 0 ? -errno : bh_write_fd(fd, text, strlen(text));
}

int bh_open_file_beneath(int dir, const char *path)
{
	struct open_how how = {
		.flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
	};
	int fd = (int)syscall(SYS_openat2, dir, path, &how, sizeof(how));
	struct stat st;

	if (fd < 0)
		return -errno;
	if (!fstat(fd, &st) && S_ISREG(st.st_mode))
		return fd;
	close(fd);
	return -EINVAL;
}
