// SPDX-License-Identifier: GPL-2.0
/* Verdicts from libsepol. */
#include <errno.h>
#include <string.h>

#include <sepol/debug.h>
#include <sepol/policydb/services.h>

#include "policy_classes.h"
#include "policy_oracle.h"

int bh_oracle_open(struct bh_oracle *oracle, sepol_policydb_t *policydb)
{
	memset(oracle, 0, sizeof(*oracle));
	oracle->policydb = policydb;
	/* A context that does not exist is an answer, not worth a line on stderr. */
	sepol_debug(0);
	if (sepol_sidtab_init(&oracle->sidtab))
		return -ENOMEM;
	return 0;
}

void bh_oracle_close(struct bh_oracle *oracle)
{
	sepol_set_policydb(NULL);
	sepol_set_sidtab(NULL);
	sepol_sidtab_destroy(&oracle->sidtab);
}

static void select_oracle(struct bh_oracle *oracle)
{
	sepol_set_policydb(&oracle->policydb->p);
	sepol_set_sidtab(&oracle->sidtab);
}

uint32_t bh_oracle_sid(struct bh_oracle *oracle, const char *context)
{
	sepol_security_id_t sid;

	select_oracle(oracle);
	if (sepol_context_to_sid(context, strlen(context) + 1, &sid))
		return 0;
	return sid;
}

int bh_oracle_ask(struct bh_oracle *oracle, uint32_t source, uint32_t target, uint32_t tclass,
		  struct bh_oracle_verdict *verdict)
{
	struct sepol_av_decision decision;
	uint32_t all = bh_class_permissions(tclass);

	memset(verdict, 0, sizeof(*verdict));
	select_oracle(oracle);
	if (sepol_compute_av(source, target, (sepol_security_class_t)tclass, 0, &decision))
		return -EINVAL;
	verdict->allowed = decision.allowed & all;
	verdict->dontaudit = ~decision.auditdeny & all;
	return 0;
}
