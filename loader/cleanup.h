/* SPDX-License-Identifier: GPL-2.0 */
/* Attributes that release a variable's resource when it leaves its scope. */
#ifndef BULKHEAD_CLEANUP_H
#define BULKHEAD_CLEANUP_H

#include <stdlib.h>
#include <unistd.h>

static inline void bh_cleanup_free(void *memory)
{
	free(*(void **)memory);
}

static inline void bh_cleanup_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

/* The variable may be NULL. */
#define BH_FREE __attribute__((cleanup(bh_cleanup_free)))
/* The variable may be negative: nothing is open. */
#define BH_CLOSE __attribute__((cleanup(bh_cleanup_fd)))

#endif /* BULKHEAD_CLEANUP_H */
