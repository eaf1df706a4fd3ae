// SPDX-License-Identifier: GPL-2.0
/* Numbers for the types of libsepol's policy. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy_flatten.h"

bool bh_flatten_has_attribute(const struct bh_build *build, uint32_t value, const char *attribute)
{
	struct policydb *db = &build->policydb->p;
	const type_datum_t *datum;

	datum = hashtab_search(db->p_types.table, (hashtab_key_t)attribute);
	return datum && datum->flavor == TYPE_ATTRIB &&
	       ebitmap_get_bit(&db->type_attr_map[value - 1], datum->s.value - 1);
}

static void add_type(const struct bh_build *build, struct bh_policy_private *private,
		     uint32_t value)
{
	const char *name = build->policydb->p.p_type_val_to_name[value - 1];
	const struct bh_module_type *own = bh_build_type(build, name);
	struct bh_policy_type *type = &private->policy.types[private->policy.nr_types];

	snprintf(type->name, sizeof(type->name), "%s", name);
	type->module = own != NULL;
	type->domain = own ? own->domain_line != 0 :
			     bh_flatten_has_attribute(build, value, "container_domain");
	/* Never the image's word, whatever it says. */
	type->permissive = (!build->masked || build->nr_grants) &&
			   ebitmap_get_bit(&build->policydb->p.permissive_map, value);
	private->by_value[value] = private->policy.nr_types++;
}

static int add_alias(hashtab_key_t key, hashtab_datum_t data, void *argument)
{
	struct bh_policy_private *private = argument;
	const type_datum_t *datum = data;
	struct bh_policy_alias *grown;

	if (datum->flavor != TYPE_TYPE || datum->primary)
		return 0;
	grown = reallocarray(private->aliases, private->nr_aliases + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	private->aliases = grown;
	grown += private->nr_aliases++;
	snprintf(grown->name, sizeof(grown->name), "%s", key);
	grown->type = private->by_value[datum->s.value];
	return 0;
}

int bh_flatten_types(const struct bh_build *build, struct bh_policy_private *private)
{
	struct policydb *db = &build->policydb->p;
	uint32_t nr = db->p_types.nprim;

	private->policy.types = calloc(nr + 1, sizeof(*private->policy.types));
	private->by_value = calloc(nr + 1, sizeof(*private->by_value));
	if (!private->policy.types || !private->by_value)
		return -ENOMEM;
	private->policy.nr_types = 1;
	for (int module = 0; module <= 1; module++)
		for (uint32_t value = 1; value <= nr; value++)
			if (db->type_val_to_struct[value - 1]->flavor == TYPE_TYPE &&
			    !!bh_build_type(build, db->p_type_val_to_name[value - 1]) == !!module)
				add_type(build, private, value);
	return hashtab_map(db->p_types.table, add_alias, private);
}
