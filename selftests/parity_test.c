// SPDX-License-Identifier: GPL-2.0
/*
 * The maps against libsepol: for every (domain, type, class) of BASE and of each module,
 * the row that the kernel holds, or its absence, is what sepol_compute_av() says, own and
 * apart, and sepol_transition_sid() for the type of what is made. Transitions by file name are
 * those in libsepol's policy. A module's domain has at most what the bounds of both types have.
 */
#include <bpf/bpf.h>
#include <sepol/policydb/services.h>

#include <bulkhead/classmap.h>

#include "rows.h"

#include "av_table.h"
#include "base.h"
#include "cleanup.h"
#include "container.h"
#include "maps.h"
#include "policy_build.h"
#include "publish.h"

#define OWN "s0:c1,c2"
#define APART "s0:c3,c4"
#define TYPES_MAX 1024

/* What the kernel holds, and whom it is compared with. */
struct sides {
	struct bh_error error;
	struct bh_base base;
	struct bh_source module;
	struct bh_policy *compiled; /* for the names of its types only */
	struct bh_build build;
	struct bh_maps maps;
	uint32_t policy; /* id */
	struct bh_av_table rows; /* what the inner map has */
	uint32_t id[TYPES_MAX]; /* in the maps, by type number */
	uint32_t sid[2][TYPES_MAX]; /* libsepol's, own and apart */
	unsigned long asked, wrong, found;
	int names; /* inner map; -1: none */
	unsigned long nr_names, wrong_names;
};

FIXTURE(parity)
{
	struct probe probe;
	struct sides *sides;
};

FIXTURE_VARIANT(parity)
{
	const char *module; /* NULL: BASE alone */
	const char *type;
	const char *program;
	int named; /* rows that leave it to the name of a file */
};

ROW(parity, base, NULL, NULL)
ROW(parity, file, POLICY "file.cil", "full_t")
ROW(parity, dir, POLICY "dir.cil", "full_t")
ROW(parity, filetrans, POLICY "filetrans.cil", "looker_t", NULL, 8)
ROW(parity, exec, POLICY "exec.cil", "full_t")
ROW(parity, socket, POLICY "socket.cil", "full_t")
ROW(parity, most, POLICY "base.cil", "full_t")
ROW(parity, demo_web, POLICY "demo-web.cil", NULL, V "prog")
ROW(parity, demo_db, POLICY "demo-db.cil", NULL, V "prog")

FIXTURE_SETUP(parity)
{
	const struct confinement confinement = { .policy = variant->module,
						 .type = variant->type,
						 .program = variant->program };

	self->sides = calloc(1, sizeof(*self->sides));
	ASSERT_NE(NULL, self->sides);
	probe_start(&self->probe, &confinement);
}

FIXTURE_TEARDOWN(parity)
{
	struct sides *s = self->sides;

	bh_build_free(&s->build);
	bh_policy_free(s->compiled);
	bh_source_free(&s->module);
	bh_base_free(&s->base);
	bh_av_table_free(&s->rows);
	bh_maps_close(&s->maps);
	free(s);
	probe_stop(&self->probe);
}

/* The policy of the probe's container, as the kernel has it. */
static int open_kernel(struct sides *s, pid_t runner)
{
	struct bh_container container;
	BH_CLOSE int rows = -1;
	uint64_t cgroup;
	uint32_t map;
	char id[32];

	snprintf(id, sizeof(id), "exec-%d", runner);
	if (bh_maps_open(&s->maps, &s->error) || bh_container_find(&s->maps, id, &cgroup) ||
	    bpf_map_lookup_elem(s->maps.containers, &cgroup, &container))
		return -1;
	s->policy = container.policy;
	rows = bh_publish_open(&s->maps, s->policy, &s->error);
	s->names = -1;
	if (!bpf_map_lookup_elem(s->maps.filetrans, &s->policy, &map))
		s->names = bpf_map_get_fd_by_id(map);
	return rows < 0 ? -1 : bh_av_table_read(rows, &s->rows, &s->error);
}

static int open_libsepol(struct sides *s, const char *module, const char *start)
{
	struct bh_policy_request request = { .module = module ? &s->module : NULL, .start = start };

	if (bh_base_read(NULL, &s->base, &s->error))
		return -1;
	if (module && bh_source_read(module, BH_MODULE_TEXT_MAX, &s->module, &s->error))
		return -1;
	/* The names first: libsepol has room for one policy at a time. */
	request.base = s->base.source;
	request.nr_base = s->base.nr_source;
	if (bh_policy_compile(&request, &s->compiled, &s->error))
		return -1;
	return bh_build_policy(&request, &s->build, &s->error);
}

/* Each type by its names on both sides. */
static int match_types(struct sides *s)
{
	char context[256];

	for (uint32_t i = 1; i < s->compiled->nr_types && i < TYPES_MAX; i++) {
		const struct bh_policy_type *type = &s->compiled->types[i];

		if (bh_type_find(&s->maps, type->name, type->module ? s->policy : BH_POLICY_BASE,
				 &s->id[i]))
			return -1;
		for (int apart = 0; apart < 2; apart++) {
			snprintf(context, sizeof(context), "system_u:%s:%s:%s",
				 type->domain ? "system_r" : "object_r", type->name,
				 apart ? APART : OWN);
			s->sid[apart][i] = bh_oracle_sid(&s->build.oracle, context);
			if (!s->sid[apart][i])
				return -1;
		}
	}
	return 0;
}

static uint32_t bound(const struct sides *s, uint32_t type)
{
	const struct bh_policy_type *t = &s->compiled->types[type];

	if (!t->module)
		return type;
	return bh_policy_type_number(s->compiled, t->domain ? "container_t" : "container_file_t");
}

static uint32_t wanted(struct sides *s, uint32_t source, uint32_t target, uint32_t tclass,
		       int apart)
{
	uint32_t over = bound(s, source), under = bound(s, target);
	struct bh_oracle_verdict verdict, mask;

	bh_oracle_ask(&s->build.oracle, s->sid[0][source], s->sid[apart][target], tclass, &verdict);
	if (over == source && under == target)
		return verdict.allowed;
	bh_oracle_ask(&s->build.oracle, s->sid[0][over], s->sid[apart][under], tclass, &mask);
	return verdict.allowed & mask.allowed;
}

/* The type of a new object or process, 0 when it is the default. */
static uint32_t wanted_transition(struct sides *s, uint32_t source, uint32_t target,
				  uint32_t tclass)
{
	uint32_t number = 0;
	char *context = NULL, *name, *rest;
	sepol_security_id_t sid;
	size_t len;

	if (tclass != BH_CLASS_PROCESS && (tclass < BH_CLASS_FILE || tclass > BH_CLASS_FIFO_FILE))
		return 0;
	if (sepol_transition_sid(s->sid[0][source], s->sid[0][target],
				 (sepol_security_class_t)tclass, &sid) ||
	    sepol_sid_to_context(sid, &context, &len))
		return 0;
	rest = context;
	strsep(&rest, ":");
	strsep(&rest, ":");
	name = strsep(&rest, ":");
	number = bh_policy_type_number(s->compiled, name);
	free(context);
	/* libsepol knows the class process only in policies that it read from a file. */
	if (number == target || (tclass == BH_CLASS_PROCESS && number == source))
		return 0;
	return s->id[number];
}

static void compare(struct sides *s, uint32_t source, uint32_t target, uint32_t tclass)
{
	struct bh_av_key key = { s->id[source], s->id[target], tclass };
	uint32_t own = wanted(s, source, target, tclass, 0);
	uint32_t apart = wanted(s, source, target, tclass, 1);
	uint32_t made = wanted_transition(s, source, target, tclass);
	const struct bh_av_row *found = bh_av_table_get(&s->rows, &key);
	struct bh_av_row row = found ? *found : (struct bh_av_row){ 0 };

	s->found += !!found;
	s->asked++;
	if (row.allowed == own && row.allowed_apart == apart &&
	    (row.transition & ~BH_TRANSITION_NAMED) == made)
		return;
	s->wrong++;
	printf("# %s %s %u: maps %x %x %u, libsepol %x %x %u\n", s->compiled->types[source].name,
	       s->compiled->types[target].name, tclass, row.allowed, row.allowed_apart,
	       row.transition, own, apart, made);
}

/* With a module the map holds its rows: those of its domains, and those on its types. */
static bool is_held(const struct sides *s, uint32_t source, uint32_t target)
{
	return s->compiled->types[source].domain &&
	       (!s->module.text || s->compiled->types[source].module ||
		s->compiled->types[target].module);
}

static void compare_all(struct sides *s)
{
	uint32_t nr = s->compiled->nr_types;

	for (uint32_t source = 1; source < nr; source++)
		for (uint32_t target = 1; target < nr; target++)
			for (uint32_t tclass = 1;
			     is_held(s, source, target) && tclass <= BH_NR_CLASSES; tclass++)
				compare(s, source, target, tclass);
}

static uint32_t id_of(const struct sides *s, uint32_t value)
{
	const char *name = s->build.policydb->p.p_type_val_to_name[value - 1];

	return s->id[bh_policy_type_number(s->compiled, name)];
}

static void compare_name(struct sides *s, const struct bh_filetrans *key, uint32_t wanted)
{
	struct bh_av_key row_key = { key->source, key->target, key->tclass };
	const struct bh_av_row *row = bh_av_table_get(&s->rows, &row_key);
	uint32_t type = 0;

	s->nr_names++;
	if (s->names >= 0 && !bpf_map_lookup_elem(s->names, key, &type) && type == wanted && row &&
	    row->transition & BH_TRANSITION_NAMED)
		return;
	s->wrong_names++;
	printf("# %u %u %u %s: maps %u %x, libsepol %u\n", key->source, key->target, key->tclass,
	       key->name, type, row ? row->transition : 0, wanted);
}

/* One name, for each source. */
static int compare_names(hashtab_key_t key, hashtab_datum_t datum, void *argument)
{
	const filename_trans_key_t *of = (const void *)key;
	struct sides *s = argument;
	ebitmap_node_t *node;
	unsigned int bit;

	for (filename_trans_datum_t *one = datum; one; one = one->next)
		ebitmap_for_each_positive_bit(&one->stypes, node, bit)
		{
			struct bh_filetrans wanted = { .source = id_of(s, bit + 1),
						       .target = id_of(s, of->ttype),
						       .tclass = of->tclass };

			snprintf(wanted.name, sizeof(wanted.name), "%s", of->name);
			compare_name(s, &wanted, id_of(s, one->otype));
		}
	return 0;
}

/* Rows that say that there are names. */
static long count_named(const struct sides *s)
{
	long named = 0;

	for (uint32_t i = 0; i < s->rows.nr; i++)
		for (int way = 0; way < BH_AV_WAYS; way++)
			named += !!(s->rows.buckets[i].row[way].transition & BH_TRANSITION_NAMED);
	return named;
}

TEST_F_TIMEOUT(parity, every_verdict, 500)
{
	struct sides *s = self->sides;

	ASSERT_EQ(0, open_kernel(s, self->probe.runner))
	{
		TH_LOG("%s", s->error.text);
	}
	ASSERT_EQ(0, open_libsepol(s, variant->module, variant->type))
	{
		TH_LOG("%s", s->error.text);
	}
	ASSERT_LT(s->compiled->nr_types, TYPES_MAX);
	ASSERT_EQ(0, match_types(s));
	compare_all(s);
	TH_LOG("%lu verdicts asked, %lu rows, %lu wrong", s->asked, s->found, s->wrong);
	EXPECT_EQ(0, s->wrong);
	EXPECT_LT(5000, s->asked);
	EXPECT_LT(10, s->found);
	/* And no row that nobody asked for. */
	EXPECT_EQ(s->found, s->rows.nr_rows);
}

TEST_F(parity, every_name)
{
	struct sides *s = self->sides;
	void *keys = NULL;
	size_t nr = 0;

	ASSERT_EQ(0, open_kernel(s, self->probe.runner));
	ASSERT_EQ(0, open_libsepol(s, variant->module, variant->type))
	{
		TH_LOG("%s", s->error.text);
	}
	ASSERT_EQ(0, match_types(s));
	hashtab_map(s->build.policydb->p.filename_trans, compare_names, s);
	TH_LOG("%lu transitions by file name, %lu wrong", s->nr_names, s->wrong_names);
	EXPECT_EQ(0, s->wrong_names);
	if (s->names >= 0)
		ASSERT_EQ(0, bh_map_keys(s->names, sizeof(struct bh_filetrans), BH_MAX_TYPES, &keys,
					 &nr));
	EXPECT_EQ(s->nr_names, nr);
	free(keys);
	EXPECT_EQ(variant->named, count_named(s));
}

int main(int argc, char **argv)
{
	reset_volume();
	return test_harness_run(argc, argv);
}
