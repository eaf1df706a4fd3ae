// SPDX-License-Identifier: GPL-2.0
/* A module's filecon rules become the policy's automaton. */
#include <stdlib.h>

#include "cleanup.h"
#include "filecon.h"
#include "policy_labels.h"

static uint32_t find_type(const char *name, void *data)
{
	return bh_policy_type_number(data, name);
}

int bh_policy_labels(const struct bh_module *module, struct bh_policy *policy,
		     struct bh_error *error)
{
	BH_FREE struct bh_filecon *rules = NULL;
	size_t nr_rules = 0;
	int ret = bh_filecon_read(&module->tree, 1, find_type, policy, &rules, &nr_rules, error);

	if (ret || !nr_rules)
		return ret;
	return bh_automaton_compile(rules, nr_rules, &policy->automaton, error);
}
