// SPDX-License-Identifier: GPL-2.0
/* Names of classes and permissions, from the numbering that all parts share. */
#include <stdio.h>
#include <string.h>

#include <bulkhead/classmap.h>

#include "policy_classes.h"

static const struct {
	const char *name;
	const char *permissions[33];
} classes[] = { BH_CLASSMAP_NAMES };

_Static_assert(sizeof(classes) / sizeof(classes[0]) == BH_NR_CLASSES + 1,
	       "the table is indexed by BH_CLASS_...");

uint32_t bh_class_number(const char *name)
{
	for (uint32_t i = 1; i <= BH_NR_CLASSES; i++)
		if (strcmp(classes[i].name, name) == 0)
			return i;
	return 0;
}

const char *bh_class_name(uint32_t tclass)
{
	return tclass <= BH_NR_CLASSES ? classes[tclass].name : NULL;
}

uint32_t bh_class_permission(uint32_t tclass, const char *name)
{
	const char *permission;

	for (unsigned int i = 0; (permission = bh_class_permission_name(tclass, i)); i++)
		if (strcmp(permission, name) == 0)
			return 1U << i;
	return 0;
}

uint32_t bh_class_permissions(uint32_t tclass)
{
	uint32_t all = 0;

	for (unsigned int i = 0; bh_class_permission_name(tclass, i); i++)
		all |= 1U << i;
	return all;
}

const char *bh_class_permission_name(uint32_t tclass, unsigned int bit)
{
	return tclass <= BH_NR_CLASSES && bit < 32 ? classes[tclass].permissions[bit] : NULL;
}

const char *bh_class_print(uint32_t tclass, uint32_t permissions, char *buffer, size_t size)
{
	const char *name;
	size_t used;

	used = (size_t)snprintf(buffer, size, "{");
	for (unsigned int i = 0; (name = bh_class_permission_name(tclass, i)); i++)
		if (permissions & 1U << i && used < size)
			used += (size_t)snprintf(buffer + used, size - used, " %s", name);
	if (used < size)
		snprintf(buffer + used, size - used, " }");
	return buffer;
}
