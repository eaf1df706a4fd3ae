// SPDX-License-Identifier: GPL-2.0
/*
 * The table against libsepol: for every (domain, type, class) the row, or its absence, is
 * what sepol_compute_av() says and, for a module, what its bounds have. The policy asked is
 * the one that secilc makes of the same texts, not ours.
 */
#include <errno.h>
#include <dirent.h>
#include <stdint.h>
#include <unistd.h>

#include <bulkhead/classmap.h>
#include <sepol/policydb.h>

#include "fixture.h"
#include "policy_classes.h"
#include "policy_oracle.h"

struct oracle {
	sepol_policydb_t *policydb;
	struct bh_oracle ask;
	uint32_t *sid[2]; /* by type number: at s0:c0,c1 and at s0:c2,c3 */
};

/* secilc, over BASE, the module, and what a module need not state. */
static sepol_policydb_t *run_secilc(const struct bh_policy *policy, const char *module)
{
	sepol_policydb_t *policydb = NULL;
	sepol_policy_file_t *file = NULL;
	char command[4096] = "secilc -M true -c 33 -f /dev/null -o ";
	char out[] = "/tmp/bulkhead-parity-XXXXXX";
	char extra[64];
	FILE *stream;

	close(mkstemp(out));
	snprintf(extra, sizeof(extra), "%s.cil", out);
	stream = fopen(extra, "w");
	fputs("; bounds\n", stream);
	for (uint32_t i = 1; i < policy->nr_types; i++)
		if (policy->types[i].module)
			fprintf(stream,
				policy->types[i].domain ? "(roletype system_r %s)\n" :
							  "(typeattributeset file_type %s)\n",
				policy->types[i].name);
	fclose(stream);
	strcat(command, out);
	for (size_t i = 0; i < fixture_base.nr_source; i++)
		sprintf(command + strlen(command), " %s", fixture_base.source[i].name);
	sprintf(command + strlen(command), " %s %s", extra, module ? module : "");
	if (system(command) == 0) {
		stream = fopen(out, "r");
		sepol_policydb_create(&policydb);
		sepol_policy_file_create(&file);
		sepol_policy_file_set_fp(file, stream);
		if (sepol_policydb_read(policydb, file)) {
			sepol_policydb_free(policydb);
			policydb = NULL;
		}
		sepol_policy_file_free(file);
		fclose(stream);
	}
	unlink(out);
	unlink(extra);
	return policydb;
}

static uint32_t find_sid(struct oracle *oracle, const struct bh_policy *policy, uint32_t type,
			 const char *level)
{
	char context[256];

	snprintf(context, sizeof(context), "system_u:%s:%s:%s",
		 policy->types[type].domain ? "system_r" : "object_r", policy->types[type].name,
		 level);
	return bh_oracle_sid(&oracle->ask, context);
}

static bool open_oracle(struct oracle *oracle, const struct bh_policy *policy, const char *module)
{
	bool known = true;

	oracle->policydb = run_secilc(policy, module);
	if (!oracle->policydb || bh_oracle_open(&oracle->ask, oracle->policydb))
		return false;
	for (int i = 0; i < 2; i++) {
		oracle->sid[i] = calloc(policy->nr_types, sizeof(uint32_t));
		for (uint32_t type = 1; type < policy->nr_types; type++) {
			oracle->sid[i][type] =
				find_sid(oracle, policy, type, i ? "s0:c2,c3" : "s0:c0,c1");
			known &= oracle->sid[i][type] != 0;
		}
	}
	return known;
}

static void close_oracle(struct oracle *oracle)
{
	bh_oracle_close(&oracle->ask);
	sepol_policydb_free(oracle->policydb);
	free(oracle->sid[0]);
	free(oracle->sid[1]);
}

static uint32_t bound_of(const struct bh_policy *policy, uint32_t type)
{
	if (!policy->types[type].module)
		return type;
	return bh_policy_type_number(policy, policy->types[type].domain ? "container_t" :
									  "container_file_t");
}

/* What the table should hold: the rule, and what the bounds have. */
static uint32_t expect(struct oracle *oracle, const struct bh_policy *policy, uint32_t source,
		       uint32_t target, uint32_t tclass, int apart)
{
	struct bh_oracle_verdict own;
	struct bh_oracle_verdict bound;

	bh_oracle_ask(&oracle->ask, oracle->sid[0][source], oracle->sid[apart][target], tclass,
		      &own);
	bh_oracle_ask(&oracle->ask, oracle->sid[0][bound_of(policy, source)],
		      oracle->sid[apart][bound_of(policy, target)], tclass, &bound);
	return own.allowed & bound.allowed;
}

/* A table of all rows, so that those which are absent are zero. */
static struct bh_av_row *make_table(const struct bh_policy *policy)
{
	size_t nr = policy->nr_types;
	struct bh_av_row *table = calloc(nr * nr * (BH_NR_CLASSES + 1), sizeof(*table));

	for (size_t i = 0; i < policy->nr_rows; i++) {
		const struct bh_policy_row *row = &policy->rows[i];

		table[(row->source * nr + row->target) * (BH_NR_CLASSES + 1) + row->tclass] =
			row->row;
	}
	return table;
}

static void compare(const char *name, struct oracle *oracle, const struct bh_policy *policy,
		    bool module)
{
	struct bh_av_row *table = make_table(policy);
	size_t nr = policy->nr_types;
	unsigned long asked = 0;
	unsigned long wrong = 0;

	for (uint32_t source = 1; source < nr; source++) {
		for (uint32_t target = 1; target < nr; target++) {
			if (!policy->types[source].domain)
				continue;
			if (module && !policy->types[source].module &&
			    !policy->types[target].module)
				continue;
			for (uint32_t tclass = 1; tclass <= BH_NR_CLASSES; tclass++) {
				const struct bh_av_row *row =
					&table[(source * nr + target) * (BH_NR_CLASSES + 1) +
					       tclass];

				asked++;
				if (row->allowed !=
					    expect(oracle, policy, source, target, tclass, 0) ||
				    row->allowed_apart !=
					    expect(oracle, policy, source, target, tclass, 1)) {
					wrong++;
					printf("# %s %s %s\n", policy->types[source].name,
					       policy->types[target].name, bh_class_name(tclass));
				}
			}
		}
	}
	free(table);
	tap_ok(asked > 0 && wrong == 0, "%s: %lu of %lu verdicts differ, %zu rows", name, wrong,
	       asked, policy->nr_rows);
}

static void test_module(const char *path)
{
	struct bh_source source = { 0 };
	struct bh_policy_request request = fixture_request(path ? &source : NULL);
	struct bh_policy *policy;
	struct oracle oracle = { 0 };
	struct bh_error error = { "" };

	if (path && bh_source_read(path, BH_MODULE_TEXT_MAX, &source, &error)) {
		tap_ok(false, "%s", error.text);
		return;
	}
	if (!tap_ok(bh_policy_compile(&request, &policy, &error) == 0, "%s compiles",
		    path ? path : "BASE")) {
		tap_note("got", error.text);
	} else {
		if (tap_ok(open_oracle(&oracle, policy, path), "secilc compiles it too"))
			compare(path ? path : "BASE", &oracle, policy, path != NULL);
		close_oracle(&oracle);
		bh_policy_free(policy);
	}
	bh_source_free(&source);
}

/* The matrix of categories: nothing of a container's own is open to another container. */
static void test_matrix(void)
{
	static const uint32_t without_level[] = {
		BH_CLASS_SECURITY,
		BH_CLASS_SYSTEM,
		BH_CLASS_CAPABILITY,
		BH_CLASS_CAPABILITY2,
		BH_CLASS_CAP_USERNS,
		BH_CLASS_CAP2_USERNS,
		BH_CLASS_FILESYSTEM,
		BH_CLASS_NODE,
		BH_CLASS_NETIF,
		BH_CLASS_ASSOCIATION,
		BH_CLASS_PACKET,
		BH_CLASS_MEMPROTECT,
		BH_CLASS_PEER,
		BH_CLASS_KERNEL_SERVICE,
		BH_CLASS_INFINIBAND_PKEY,
		BH_CLASS_INFINIBAND_ENDPORT,
		BH_CLASS_USER_NAMESPACE,
	};
	struct bh_policy *policy = fixture_compile(NULL, NULL);
	unsigned int open = 0;

	for (size_t i = 0; i < policy->nr_rows; i++) {
		bool exempt = false;

		for (size_t j = 0; j < sizeof(without_level) / sizeof(without_level[0]); j++)
			exempt |= policy->rows[i].tclass == without_level[j];
		open += !exempt && policy->rows[i].row.allowed_apart;
	}
	tap_is_int(open, 0, "every permission on what carries a level is constrained");
	bh_policy_free(policy);
}

static int is_cil(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);

	return len > 4 && strcmp(entry->d_name + len - 4, ".cil") == 0;
}

int main(void)
{
	const char *dir = getenv("BULKHEAD_DPM");
	struct dirent **entry;
	int nr;

	fixture_read_base();
	test_module(NULL);
	test_matrix();
	nr = scandir(dir, &entry, is_cil, alphasort);
	tap_ok(nr > 0, "modules to compare in %s", dir);
	for (int i = 0; i < nr; i++) {
		char path[1024];

		snprintf(path, sizeof(path), "%s/%s", dir, entry[i]->d_name);
		test_module(path);
		free(entry[i]);
	}
	if (nr >= 0)
		free(entry);
	bh_base_free(&fixture_base);
	return tap_done();
}
