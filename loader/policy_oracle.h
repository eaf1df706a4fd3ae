/* SPDX-License-Identifier: GPL-2.0 */
/* Verdicts from libsepol. */
#ifndef BULKHEAD_POLICY_ORACLE_H
#define BULKHEAD_POLICY_ORACLE_H

#include <stdint.h>

#include <sepol/policydb/policydb.h>
#include <sepol/policydb/sidtab.h>

struct bh_oracle {
	sepol_policydb_t *policydb;
	sidtab_t sidtab;
};

struct bh_oracle_verdict {
	uint32_t allowed;
	uint32_t dontaudit;
};

/**
 * bh_oracle_open() - Begin to ask for verdicts.
 * @oracle:   Receives the state; closed by bh_oracle_close().
 * @policydb: The policy; must outlive @oracle.
 *
 * Context: libsepol keeps the policy in a global, which each question sets: several may be
 *          open, in one thread.
 * Return: 0 or -ENOMEM.
 */
int bh_oracle_open(struct bh_oracle *oracle, sepol_policydb_t *policydb);

/**
 * bh_oracle_close() - Free what an oracle holds.
 * @oracle: From bh_oracle_open().
 */
void bh_oracle_close(struct bh_oracle *oracle);

/**
 * bh_oracle_sid() - The number by which an oracle knows a context.
 * @oracle:  The oracle.
 * @context: USER:ROLE:TYPE:LEVEL
 *
 * Return: The number, 0 when the policy has no such context.
 */
uint32_t bh_oracle_sid(struct bh_oracle *oracle, const char *context);

/**
 * bh_oracle_ask() - Ask for a verdict.
 * @oracle:  The oracle.
 * @source:  Number of the process' context.
 * @target:  Number of the object's context.
 * @tclass:  Class of the object.
 * @verdict: Receives the verdict; nothing is allowed on error.
 *
 * Source: sepol_compute_av().
 * Return: 0; -EINVAL unknown number or class.
 */
int bh_oracle_ask(struct bh_oracle *oracle, uint32_t source, uint32_t target, uint32_t tclass,
		  struct bh_oracle_verdict *verdict);

#endif /* BULKHEAD_POLICY_ORACLE_H */
