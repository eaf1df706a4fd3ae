// SPDX-License-Identifier: GPL-2.0
/* bulkhead lock: from here to the next boot nothing detaches. */
#include <errno.h>

#include "attributes.h"
#include "cleanup.h"
#include "command.h"
#include "kmod.h"
#include "lock.h"
#include "maps.h"

int bh_cmd_lock(int argc, char **argv, struct bh_error *error)
{
	struct bh_maps maps;
	BH_CLOSE int lock = -1;
	int ret;

	if (argc > 1)
		return bh_usage(error, "lock: takes no argument '%s'", argv[1]);
	if (geteuid())
		return bh_fail(error, -EPERM, "only root can lock");
	lock = bh_lock("lock", error);
	if (lock < 0)
		return lock;
	ret = bh_maps_open(&maps, error);
	/* What is not attached by then cannot be attached any more. */
	if (!ret)
		ret = bh_attributes_attach(&maps, error);
	if (!ret)
		ret = bh_kmod_lock(error);
	bh_maps_close(&maps);
	return ret;
}
