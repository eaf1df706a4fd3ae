// SPDX-License-Identifier: GPL-2.0
/* Device numbers that have a type of their own. All others are device_t. */
#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>

#include "devices.h"

/* Pseudo terminals have majors of their own and are known to the BPF side. */
static const struct {
	struct bh_device device;
	const char *type;
} devices[] = {
	{ { 1, 1, 0 }, "memory_device_t" }, /* mem */
	{ { 1, 2, 0 }, "memory_device_t" }, /* kmem */
	{ { 1, 3, 0 }, "null_device_t" },	{ { 1, 4, 0 }, "memory_device_t" }, /* port */
	{ { 1, 5, 0 }, "zero_device_t" },	{ { 1, 7, 0 }, "zero_device_t" }, /* full */
	{ { 1, 8, 0 }, "random_device_t" },	{ { 1, 9, 0 }, "urandom_device_t" },
	{ { 1, 11, 0 }, "kmsg_device_t" },	{ { 5, 0, 0 }, "devtty_t" },
	{ { 5, 1, 0 }, "console_device_t" },	{ { 5, 2, 0 }, "ptmx_t" },
	{ { 10, 200, 0 }, "tun_tap_device_t" }, { { 10, 229, 0 }, "fuse_device_t" },
};

int bh_devices_fill(int map, const struct bh_policy *policy, struct bh_error *error)
{
	for (size_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++) {
		__u32 type = bh_policy_type_number(policy, devices[i].type);

		if (!type)
			return bh_fail(error, -ENOENT, "BASE has no type %s", devices[i].type);
		if (bpf_map_update_elem(map, &devices[i].device, &type, BPF_ANY))
			return bh_fail(error, -errno, "map bh_devices: %s", strerror(errno));
	}
	return 0;
}
