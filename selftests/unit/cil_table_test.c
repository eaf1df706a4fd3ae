// SPDX-License-Identifier: GPL-2.0
/*
 * The table of who may be given what: the base policy's types and the module's, as source
 * and as target. Each cell is refused beyond its bounds, and allowed within.
 */
#include <errno.h>

#include <bulkhead/classmap.h>

#include "cil_validate.h"
#include "fixture.h"

#define HEAD "(type d_t)(type f_t)(allow d_t f_t (file (read)))\n"

static const struct {
	const char *cell;
	const char *refused; /* a rule in line 2 */
	const char *reason;
	const char *allowed; /* its twin; NULL: nothing is */
} cells[] = {
	{ "base to base", "(allow container_t shadow_t (file (read)))",
	  "both types are the base policy's; one must be the module's", NULL },
	{ "base to base, though container_t has it", "(allow container_t etc_t (file (read)))",
	  "both types are the base policy's; one must be the module's", NULL },
	{ "base to module", "(allow container_t f_t (file (mounton)))",
	  "exceeds what container_t has on container_file_t: f_t file { mounton }",
	  "(allow container_t f_t (file (write)))" },
	{ "base to module's domain", "(allow container_t d_t (process (dyntransition)))",
	  "exceeds what container_t has on container_t: d_t process { dyntransition }",
	  "(allow container_t d_t (process (signal)))" },
	{ "base other than container_t to module", "(allow unconfined_t f_t (file (read)))",
	  "unconfined_t is the base policy's; a rule's source is a type of the module or container_t",
	  "(allow container_t f_t (file (read)))" },
	{ "module to base", "(allow d_t etc_t (file (write)))",
	  "exceeds bounds of container_t: etc_t file { write }",
	  "(allow d_t etc_t (file (read)))" },
	{ "module to module", "(allow d_t f_t (file (relabelto)))",
	  "exceeds bounds of container_t: f_t file { relabelto }",
	  "(allow d_t f_t (file (write)))" },
	{ "module to itself", "(allow d_t self (capability (sys_ptrace)))",
	  "exceeds bounds of container_t: d_t capability { sys_ptrace }",
	  "(allow d_t self (capability (kill)))" },
};

static void test_cell(size_t i)
{
	struct bh_error error = { "" };
	char module[512];
	char want[512];

	snprintf(module, sizeof(module), HEAD "%s", cells[i].refused);
	snprintf(want, sizeof(want), "m.cil:2: %s: %s", cells[i].refused, cells[i].reason);
	tap_is_int(fixture_check(module, &error), -EINVAL, cells[i].cell);
	tap_is_text(error.text, want, cells[i].refused);
	if (!cells[i].allowed)
		return;
	snprintf(module, sizeof(module), HEAD "%s", cells[i].allowed);
	error.text[0] = '\0';
	tap_is_int(fixture_check(module, &error), 0, cells[i].allowed);
	tap_is_text(error.text, "", "nothing is said");
}

/* A row of what an untrusted module's line gives, wherever the line stands. */
static void test_lines(void)
{
	struct bh_error error = { "" };

	fixture_check("(block web\n"
		      "  (type d) (type f)\n"
		      "  (macro m ((type x))\n"
		      "    (allow d x (file (read))))\n"
		      "  (optional o\n"
		      "    (allow d\n"
		      "           etc_t (file (write))))\n"
		      "  (call m (f)) (call m (shadow_t)))\n"
		      "(boolean b false)\n"
		      "(booleanif b (true\n"
		      "  (allow web.d web.f (file (mounton)))))",
		      &error);
	tap_is_text(
		error.text,
		"m.cil:4: (allow web.d shadow_t (file (read))): exceeds bounds of container_t: shadow_t file { read }\n"
		"m.cil:6: (allow web.d etc_t (file (write))): exceeds bounds of container_t: etc_t file { write }\n"
		"m.cil:11: (allow web.d web.f (file (mounton))): exceeds bounds of container_t: web.f file { mounton }",
		"blocks, macros, optionals and conditions keep the module's lines");
}

static struct bh_module *read_trusted(const char *text, struct bh_error *error)
{
	struct bh_source source = { "t.cil", text, strlen(text) };
	struct bh_module *module;

	error->text[0] = '\0';
	bh_module_read(fixture_base.source, fixture_base.nr_source, &source, true, &module, error);
	return module;
}

static void test_trusted(void)
{
	struct bh_error error;
	struct bh_module *module =
		read_trusted(HEAD "(allow container_t shadow_t (file (read)))\n"
				  "(allow unconfined_t f_t (file (read)))\n"
				  "(typepermissive d_t)(boolean b true)\n"
				  "(typetransition container_t f_t process d_t)\n"
				  "(typeattributeset container_domain (d_t))\n"
				  "(booleanif b (true (allow d_t shadow_t (file (read)))))",
			     &error);

	tap_is_text(error.text, "", "the administrator's module may widen");
	tap_ok(module && module->bounds_len == 0, "and has no bounds by itself");
	tap_ok(module && module->nr_grants == 0, "nor is container_t held to its own there");
	bh_module_free(module);
	module = read_trusted(HEAD "(typebounds container_t d_t)", &error);
	tap_is_text(module ? module->bounds : error.text, "(typebounds container_t d_t)\n",
		    "but those that it states");
	bh_module_free(module);
	module = read_trusted(HEAD "(user u)\n(type etc_t)\n(typepermissive container_t)", &error);
	tap_ok(!module, "a trusted module has no other statements");
	tap_is_text(
		error.text,
		"t.cil:2: (user u): users and roles are the base policy's; a module has (roletype system_r TYPE)\n"
		"t.cil:3: (type etc_t): etc_t is the base policy's; a module declares names of its own\n"
		"t.cil:4: (typepermissive container_t): container_t is the base policy's; a type of the module must stand here",
		"says which");
}

/* What widens a module is read with the module as a part of BASE. */
static void test_grant(void)
{
	struct bh_source module = { "m.cil",
				    "(block web (type d)(type f)(allow d f (file (read))))", 0 };
	struct bh_source *base = calloc(fixture_base.nr_source + 1, sizeof(*base));
	struct bh_source grant = { "g.cil", "(allow web.d shadow_t (file (read)))", 36 };
	struct bh_module *read = NULL;
	struct bh_module *widening = NULL;
	struct bh_error error = { "" };

	module.len = strlen(module.text);
	memcpy(base, fixture_base.source, fixture_base.nr_source * sizeof(*base));
	bh_module_read(base, fixture_base.nr_source, &module, false, &read, &error);
	if (tap_ok(read != NULL, "a module with a block")) {
		base[fixture_base.nr_source] = read->flat;
		bh_module_read(base, fixture_base.nr_source + 1, &grant, true, &widening, &error);
	}
	tap_is_text(error.text, "", "a grant names the module's types");
	tap_is_text(widening ? widening->flat.text : "",
		    ";;* lmx 1 \"<module>\"\n(allow web.d shadow_t (file (read)))\n;;* lme\n",
		    "and is expanded");
	bh_module_free(widening);
	bh_module_free(read);
	free(base);
}

int main(void)
{
	fixture_read_base();
	for (size_t i = 0; i < sizeof(cells) / sizeof(cells[0]); i++)
		test_cell(i);
	test_lines();
	test_trusted();
	test_grant();
	bh_base_free(&fixture_base);
	return tap_done();
}
