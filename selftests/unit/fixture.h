/* SPDX-License-Identifier: GPL-2.0 */
/* What the tests of the compiler share: BASE, and modules as text. */
#ifndef BULKHEAD_FIXTURE_H
#define BULKHEAD_FIXTURE_H

#include <stdlib.h>

#include "base.h"
#include "policy.h"
#include "tap.h"

static struct bh_base fixture_base;

/* Reads BASE from the directory that the Makefile names. */
static inline void fixture_read_base(void)
{
	struct bh_error error;

	if (!bh_base_read(NULL, &fixture_base, &error))
		return;
	printf("Bail out! %s\n", error.text);
	exit(1);
}

static inline struct bh_policy_request fixture_request(const struct bh_source *module)
{
	return (struct bh_policy_request){ .base = fixture_base.source,
					   .nr_base = fixture_base.nr_source,
					   .module = module };
}

static inline int fixture_check(const char *text, struct bh_error *error)
{
	struct bh_source module = { "m.cil", text, strlen(text) };

	return bh_policy_check(fixture_base.source, fixture_base.nr_source, &module, error);
}

/* The module in @text, or BASE alone when it is NULL; fails the test run if refused. */
static inline struct bh_policy *fixture_compile(const char *text, const char *start)
{
	struct bh_source module = { "m.cil", text, text ? strlen(text) : 0 };
	struct bh_policy_request request = fixture_request(text ? &module : NULL);
	struct bh_policy *policy;
	struct bh_error error;

	request.start = start;
	if (!bh_policy_compile(&request, &policy, &error))
		return policy;
	printf("Bail out! %s\n", error.text);
	exit(1);
}

static inline const struct bh_policy_row *
fixture_row(const struct bh_policy *policy, const char *source, const char *target, uint32_t tclass)
{
	uint32_t from = bh_policy_type_number(policy, source);
	uint32_t to = bh_policy_type_number(policy, target);

	for (size_t i = 0; i < policy->nr_rows; i++)
		if (policy->rows[i].source == from && policy->rows[i].target == to &&
		    policy->rows[i].tclass == tclass)
			return &policy->rows[i];
	return NULL;
}

#endif /* BULKHEAD_FIXTURE_H */
