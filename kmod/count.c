// SPDX-License-Identifier: GPL-2.0
/* What the module counts. */

#include <linux/atomic.h>

#include "bulkhead.h"

static atomic64_t counts[BULKHEAD_NR_COUNTS];

void bulkhead_count_add(enum bulkhead_count which)
{
	atomic64_inc(&counts[which]);
}

u64 bulkhead_count_read(enum bulkhead_count which)
{
	return (u64)atomic64_read(&counts[which]);
}
