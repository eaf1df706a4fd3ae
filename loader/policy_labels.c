// SPDX-License-Identifier: GPL-2.0
/* filecon rules become the policy's automaton. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cil_expand.h"
#include "cleanup.h"
#include "filecon.h"
#include "policy_labels.h"

static uint32_t find_type(const char *name, void *data)
{
	return bh_policy_type_number(data, name);
}

/* The statements once expanded, one after the other as if they had been written so. */
static struct bh_cil_node *chain(const struct bh_module *module)
{
	struct bh_cil_node *nodes = calloc(module->nr_statements + 1, sizeof(*nodes));

	for (size_t i = 0; nodes && i < module->nr_statements; i++) {
		nodes[i] = *module->statements[i].statement;
		nodes[i].next = i + 1 < module->nr_statements ? &nodes[i + 1] : NULL;
	}
	return nodes;
}

static int compile(const struct bh_cil_tree *trees, size_t nr, struct bh_policy *policy,
		   struct bh_error *error)
{
	BH_FREE struct bh_filecon *rules = NULL;
	size_t nr_rules = 0;
	int ret = bh_filecon_read(trees, nr, find_type, policy, &rules, &nr_rules, error);

	if (ret || !nr_rules)
		return ret;
	return bh_automaton_compile(rules, nr_rules, &policy->automaton, error);
}

int bh_policy_labels(const struct bh_module *module, struct bh_policy *policy,
		     struct bh_error *error)
{
	BH_FREE struct bh_cil_node *nodes = chain(module);
	struct bh_cil_tree tree = { .name = module->name, .first = nodes };

	if (!nodes)
		return bh_fail(error, -ENOMEM, "%s: %s", module->name, strerror(ENOMEM));
	return module->nr_statements ? compile(&tree, 1, policy, error) : 0;
}

int bh_policy_base_labels(const struct bh_source *base, size_t nr_base, struct bh_policy *policy,
			  struct bh_error *error)
{
	struct bh_cil_tree *trees;
	int ret = bh_cil_read_base(base, nr_base, &trees, error);

	if (!ret)
		ret = compile(trees, nr_base, policy, error);
	bh_cil_trees_free(trees, nr_base);
	return ret;
}
