// SPDX-License-Identifier: GPL-2.0
/*
 * The expander against libsepol: BASE with a module as it is written, and BASE with what
 * the expander made of it, give the same verdicts and transitions.
 */
#include <errno.h>

#include <sepol/policydb/conditional.h>
#include <sepol/policydb/services.h>

#include <bulkhead/classmap.h>

#include "cil_validate.h"
#include "fixture.h"
#include "policy_cil.h"
#include "policy_oracle.h"

#define TEXTS_MAX 64

/* As an administrator has it beside BASE. */
static const char template[] =
	"(block plain (blockabstract plain)\n"
	"  (type process) (type socket) (roletype system_r process)\n"
	"  (typeattributeset domain (process)) (typeattributeset file_type (socket))\n"
	"  (allow process socket (sock_file (create write unlink)))\n"
	"  (block inner (type t))\n"
	"  (allow process inner.t (file (read)))\n"
	"  (macro touch ((type x)) (allow process x (file (setattr)))))\n"
	"(block plain_more (blockabstract plain_more) (blockinherit plain)\n"
	"  (allow process etc_t (file (read open))))\n";

static struct bh_source base[TEXTS_MAX];
static size_t nr_base;

static const struct {
	const char *name;
	const char *text;
} modules[] = {
	{ "a block, and dotted names",
	  "(block a (type d) (type f) (allow d f (file (read)))\n"
	  "  (block b (type f) (allow d f (file (write)))))\n"
	  "(allow a.d a.b.f (dir (search)))(allow .a.d .a.f (dir (open)))" },
	{ "names of the block hide those outside",
	  "(type f)(type d)(allow d f (file (getattr)))\n"
	  "(block a (type f) (allow d f (file (read)))\n"
	  "  (block b (allow d f (file (write))) (type f)))" },
	{ "a block that is inherited twice, and one that is abstract",
	  "(type f)(block a (type d) (allow d f (file (read))))\n"
	  "(block b (blockinherit a) (allow d f (file (write))))\n"
	  "(block c (blockabstract c) (type x) (block n (type y)) (allow x n.y (dir (search))))\n"
	  "(block e (blockinherit c))(block g (blockinherit c) (allow n.y n.y (fd (use))))" },
	{ "an inherited name means what it does where it is inherited, then where it was",
	  "(block lib (type f) (block t (blockabstract t) (allow d f (file (read)))))\n"
	  "(block a (type d) (blockinherit lib.t))\n"
	  "(block b (type d) (type f) (block s (blockinherit .lib2.t)))\n"
	  "(block lib2 (type f) (block t (allow d f (file (write)))) (type d))" },
	{ "templates", "(block web (blockinherit plain_more) (type data)\n"
		       "  (call touch (data)) (allow process data (file (read)))\n"
		       "  (allow process self (tcp_socket (create bind))))\n"
		       "(block db (blockinherit plain))\n"
		       "(allow web.process db.inner.t (file (getattr)))" },
	{ "a macro, and a macro that calls one",
	  "(type d)(type f)(type g)\n"
	  "(macro m ((type a) (type b)) (allow a b (file (read))) (allow a d (fd (use))))\n"
	  "(macro n ((type a)) (call m (a g)) (call m (d a)))\n"
	  "(call n (f))(call n (g))" },
	{ "macros with a class, permissions, a boolean and a name",
	  "(type d)(type f)(classpermission p)(classpermissionset p (dir (search read)))\n"
	  "(classpermissionset p (file (getattr)))(boolean on true)(boolean off false)\n"
	  "(macro m ((type a) (class c) (classpermission q) (boolean b) (string s))\n"
	  "  (allow a f (c (read))) (allow a f q)\n"
	  "  (booleanif b (true (allow a f (c (write)))) (false (allow a f (c (append))))))\n"
	  "(call m (d file p on \"s\"))(call m (d lnk_file (fifo_file (read)) off \"t\"))\n"
	  "(macro outer ((classpermission q) (class k)) (call m (d k q off s)))\n"
	  "(call outer (p sock_file))(call outer ((file (open)) file))" },
	{ "what a macro declares is declared where it is called",
	  "(type d)(macro m ((type a)) (type made) (allow a made (file (read))))\n"
	  "(block x (call m (d)) (allow d made (file (write))))\n"
	  "(block y (call m (d)))(allow d y.made (dir (search)))" },
	{ "a macro means the names beside it, its caller's come after",
	  "(type d)(type f)\n"
	  "(block x (type f) (macro m () (allow d f (file (read))) (allow d g (file (write)))))\n"
	  "(block y (type f) (type g) (call x.m))" },
	{ "optionals, dropped whole",
	  "(type d)(type f)\n"
	  "(optional a (allow d f (file (read))) (allow d nosuch (file (read))))\n"
	  "(optional b (allow d f (file (write)))\n"
	  "  (optional c (allow d f (dir (search))) (allow d f (nosuch (read)))))\n"
	  "(optional e (allow d f (file (nosuch))) (optional g (allow d f (fd (use)))))" },
	{ "an optional that goes takes what it declares",
	  "(type d)(type f)\n"
	  "(optional a (type t) (allow d t (file (read))) (allow d nosuch (file (read))))\n"
	  "(optional b (allow d f (file (write))) (allow d t (file (write))))\n"
	  "(optional c (type u) (allow d u (file (read))))(allow d u (file (write)))" },
	{ "an optional of a missing block or macro",
	  "(type d)(type f)(block x (optional a (blockinherit nosuch) (type t)))\n"
	  "(optional b (call nosuch (d)) (allow d f (file (read))))\n"
	  "(optional c (typeattributeset nosuch (d)) (allow d f (file (write))))\n"
	  "(optional e (allow d f (file (open))))" },
	{ "attributes by expressions",
	  "(type a)(type b)(type c)(typeattribute x)(typeattribute y)(typeattribute z)\n"
	  "(typeattribute w)(typealias l)(typealiasactual l c)\n"
	  "(typeattributeset x (a b))(typeattributeset y (xor x (b l)))\n"
	  "(typeattributeset z (and (not y) (or x l)))\n"
	  "(typeattributeset w (and port_type (not http_port_t)))\n"
	  "(allow x y (file (read)))(allow y z (file (write)))(allow z x (file (open)))\n"
	  "(allow a w (tcp_socket (name_connect)))(allow x self (fd (use)))" },
	{ "all but, and BASE's attributes",
	  "(type a)(type b)(typeattribute x)(typeattributeset x (and (all) (not (or b domain))))\n"
	  "(typeattributeset x (b))(dontaudit a x (file (read)))\n"
	  "(typeattributeset container_domain (a))" },
	{ "attributes in blocks",
	  "(block a (typeattribute s)(type d)(type e)(typeattributeset s (d e))\n"
	  "  (block b (type d)(typeattributeset s d)))\n"
	  "(allow a.s a.b.d (file (read)))" },
	{ "conditions", "(type d)(type f)(boolean on true)(block b (boolean off false)\n"
			"  (booleanif (and on (not off)) (true (allow d f (file (read))))\n"
			"    (false (allow d f (file (write))))))\n"
			"(booleanif b.off (false (typetransition d f file g)))(type g)\n"
			"(booleanif (xor on b.off) (true (allow d f (dir (open)))))\n"
			"(booleanif (eq on b.off) (true (allow d f (dir (read)))))\n"
			"(optional o (booleanif nosuch (true (allow d f (dir (search))))))" },
	{ "transitions and aliases in blocks",
	  "(block a (type d)(type e)(type f)(typealias k)(typealiasactual k f)\n"
	  "  (typetransition d k process e)(typetransition d container_file_t dir k))\n"
	  "(typetransition a.e a.k process a.d)" },
	{ "transitions by file name, of a macro's, too",
	  "(block a (type d)(type e)(type f)(type g)(typeattribute s)\n"
	  "  (typetransition d e file \"index.html\" f)(typetransition d e file g)\n"
	  "  (macro m ((type t) (name n)) (typetransition d t dir n f)\n"
	  "    (typetransition d t lnk_file other g))\n"
	  "  (macro o ((string s) (class c)) (call m (e s)) (typetransition e e c s g)))\n"
	  "(call a.m (a.f \"a b\"))(call a.o (x.y file))(call a.o (\"*\" fifo_file))\n"
	  "(boolean on true)(booleanif on (true (typetransition a.d a.f file * a.f)))\n"
	  "(optional o (typetransition a.d nosuch file gone a.f))" },
	{ "as libsepol writes a policy package",
	  "(type d)(type f)(roletype object_r d)(roletype object_r f)(roletype system_r d)\n"
	  "(typeattributeset cil_gen_require etc_t)(roleattributeset cil_gen_require system_r)\n"
	  "(typeattribute x)(expandtypeattribute (x) true)(typeattributeset x (d ))\n"
	  "(optional p_optional_2 (typeattributeset cil_gen_require nosuch_t)\n"
	  "  (allow d nosuch_t (file (read))))(allow x f (file (read write)))" },
};

struct compiled {
	sepol_policydb_t *policydb;
	struct bh_oracle oracle;
};

/* Which libsepol wants declared, and Bulkhead knows. BASE may declare it. */
static const char require[] = "(typeattribute cil_gen_require)(roleattribute cil_gen_require)";

static bool base_has_require(void)
{
	for (size_t i = 0; i < nr_base; i++)
		if (memmem(base[i].text, base[i].len, "(typeattribute cil_gen_require)",
			   strlen("(typeattribute cil_gen_require)")))
			return true;
	return false;
}

static bool compile(const struct bh_source *text, const struct bh_module *module,
		    struct compiled *compiled)
{
	struct bh_source all[TEXTS_MAX + 4];
	size_t nr = nr_base;
	char *log;
	int ret;

	memcpy(all, base, nr_base * sizeof(*all));
	all[nr++] = *text;
	if (!base_has_require())
		all[nr++] = (struct bh_source){ "<require>", require, sizeof(require) - 1 };
	all[nr++] = (struct bh_source){ "<bounds>", module->bounds, module->bounds_len };
	all[nr++] = (struct bh_source){ "<added>", module->added, module->added_len };
	ret = bh_cil_compile(all, nr, false, &compiled->policydb, &log);
	if (ret)
		tap_note("libsepol", log);
	free(log);
	return ret == 0;
}

static int flip(hashtab_key_t key, hashtab_datum_t datum, void *argument)
{
	(void)key;
	(void)argument;
	((cond_bool_datum_t *)datum)->state ^= 1;
	return 0;
}

static void flip_booleans(struct compiled *compiled)
{
	struct policydb *db = &compiled->policydb->p;

	hashtab_map(db->p_bools.table, flip, NULL);
	evaluate_conds(db);
}

static uint32_t find(struct compiled *compiled, const char *type)
{
	char context[256];

	snprintf(context, sizeof(context), "system_u:object_r:%s:s0", type);
	return bh_oracle_sid(&compiled->oracle, context);
}

static const char *find_transition(struct compiled *compiled, const char *source,
				   const char *target, uint32_t tclass)
{
	struct policydb *db = &compiled->policydb->p;
	type_datum_t *from = hashtab_search(db->p_types.table, (hashtab_key_t)source);
	type_datum_t *to = hashtab_search(db->p_types.table, (hashtab_key_t)target);
	avtab_key_t key = { (uint16_t)from->s.value, (uint16_t)to->s.value, (uint16_t)tclass,
			    AVTAB_TRANSITION };
	avtab_datum_t *datum = avtab_search(&db->te_avtab, &key);
	avtab_ptr_t node = datum ? NULL : avtab_search_node(&db->te_cond_avtab, &key);

	for (; node && !datum; node = avtab_search_node_next(node, AVTAB_TRANSITION))
		if (node->key.specified & AVTAB_ENABLED)
			datum = &node->datum;
	return datum ? db->p_type_val_to_name[datum->data - 1] : "";
}

static size_t nr_asked;
static size_t nr_allowed;

/* Whether both say the same of one pair of types. */
static bool agree(struct compiled *both, const char *source, const char *target)
{
	struct bh_oracle_verdict verdict[2];
	uint32_t from[2];
	uint32_t to[2];

	for (int i = 0; i < 2; i++) {
		from[i] = find(&both[i], source);
		to[i] = find(&both[i], target);
	}
	for (uint32_t tclass = 1; tclass <= BH_NR_CLASSES; tclass++) {
		for (int i = 0; i < 2; i++)
			if (bh_oracle_ask(&both[i].oracle, from[i], to[i], tclass, &verdict[i]))
				return false;
		nr_asked++;
		nr_allowed += verdict[0].allowed != 0;
		if (memcmp(&verdict[0], &verdict[1], sizeof(verdict[0])) == 0 &&
		    strcmp(find_transition(&both[0], source, target, tclass),
			   find_transition(&both[1], source, target, tclass)) == 0)
			continue;
		printf("# %s %s class %u: %x as written, %x expanded\n", source, target, tclass,
		       verdict[0].allowed, verdict[1].allowed);
		return false;
	}
	return true;
}

struct names {
	struct policydb *db[2];
	size_t nr[2];
	bool same;
};

static int count_name(hashtab_key_t key, hashtab_datum_t datum, void *argument)
{
	(void)key;
	for (const filename_trans_datum_t *one = datum; one; one = one->next)
		*(size_t *)argument +=
			ebitmap_cardinality(&((filename_trans_datum_t *)one)->stypes);
	return 0;
}

static uint32_t other_value(const struct names *names, uint32_t value)
{
	type_datum_t *type = hashtab_search(names->db[1]->p_types.table,
					    names->db[0]->p_type_val_to_name[value - 1]);

	return type->s.value;
}

static bool has_name(const struct names *names, const filename_trans_key_t *key, uint32_t source,
		     uint32_t type)
{
	filename_trans_key_t other = { other_value(names, key->ttype), key->tclass, key->name };
	filename_trans_datum_t *datum =
		hashtab_search(names->db[1]->filename_trans, (hashtab_key_t)&other);

	for (; datum; datum = datum->next)
		if (datum->otype == other_value(names, type) &&
		    ebitmap_get_bit(&datum->stypes, other_value(names, source) - 1))
			return true;
	return false;
}

static int find_name(hashtab_key_t key, hashtab_datum_t datum, void *argument)
{
	struct names *names = argument;
	ebitmap_node_t *node;
	unsigned int bit;

	for (filename_trans_datum_t *one = datum; one; one = one->next)
		ebitmap_for_each_positive_bit(&one->stypes, node, bit)
			names->same &= has_name(names, (const void *)key, bit + 1, one->otype);
	return 0;
}

/* The transitions by file name, which no call of libsepol asks for. */
static bool agree_on_names(struct compiled *both, size_t *nr)
{
	struct names names = { .db = { &both[0].policydb->p, &both[1].policydb->p }, .same = true };

	for (int i = 0; i < 2; i++)
		hashtab_map(names.db[i]->filename_trans, count_name, &names.nr[i]);
	hashtab_map(names.db[0]->filename_trans, find_name, &names);
	*nr = names.nr[0];
	return names.same && names.nr[0] == names.nr[1];
}

/* What the module's types have on all others, and what they and two of BASE's have on them. */
static bool agree_on_all(struct compiled *both, const struct bh_module *module)
{
	struct policydb *db = &both[0].policydb->p;
	bool same = true;

	for (size_t i = 0; i < module->nr_types; i++) {
		const char *own = module->types[i].name;

		same = agree(both, "container_t", own) && agree(both, "unconfined_t", own) && same;
		for (uint32_t value = 1; value <= db->p_types.nprim; value++)
			if (db->type_val_to_struct[value - 1]->flavor == TYPE_TYPE)
				same = agree(both, own, db->p_type_val_to_name[value - 1]) && same;
	}
	return same;
}

static void test_module(const char *name, const char *text)
{
	struct bh_source source = { "m.cil", text, strlen(text) };
	struct compiled both[2] = { 0 };
	struct bh_module *module;
	struct bh_error error = { "" };
	size_t nr_names = 0;

	if (!tap_ok(bh_module_read(base, nr_base, &source, false, &module, &error) == 0, "%s: read",
		    name)) {
		tap_note("got", error.text);
		return;
	}
	if (tap_ok(compile(&source, module, &both[0]), "%s: as written", name) &&
	    tap_ok(compile(&module->flat, module, &both[1]), "%s: expanded", name)) {
		nr_asked = 0;
		nr_allowed = 0;
		for (int i = 0; i < 2; i++)
			bh_oracle_open(&both[i].oracle, both[i].policydb);
		tap_ok(agree_on_all(both, module), "%s: the same verdicts", name);
		tap_ok(agree_on_names(both, &nr_names) &&
			       !nr_names == !strstr(name, "by file name"),
		       "%s: the same transitions by file name", name);
		for (int i = 0; i < 2; i++)
			flip_booleans(&both[i]);
		if (strstr(text, "boolean"))
			tap_ok(agree_on_all(both, module), "%s: with booleans the other way", name);
		tap_ok(nr_asked > 10000 && nr_allowed > 10, "%s: of many, and some allow", name);
		for (int i = 0; i < 2; i++)
			bh_oracle_close(&both[i].oracle);
	}
	for (int i = 0; i < 2; i++)
		sepol_policydb_free(both[i].policydb);
	bh_module_free(module);
}

int main(void)
{
	fixture_read_base();
	memcpy(base, fixture_base.source, fixture_base.nr_source * sizeof(*base));
	nr_base = fixture_base.nr_source;
	base[nr_base++] = (struct bh_source){ "plain.cil", template, sizeof(template) - 1 };
	for (size_t i = 0; i < sizeof(modules) / sizeof(modules[0]); i++)
		test_module(modules[i].name, modules[i].text);
	bh_base_free(&fixture_base);
	return tap_done();
}
