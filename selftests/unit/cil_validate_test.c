// SPDX-License-Identifier: GPL-2.0
/* The validator: what a module may say, and each refusal with its line and reason. */
#include <errno.h>

#include "fixture.h"

/* Opens every module: one domain d_t, one file f_t, and what they need. */
#define HEAD "(type d_t)(type f_t)(allow d_t f_t (file (read)))\n"

#define N50 "12345678901234567890123456789012345678901234567890"

static void test_accepts(void)
{
	static const char *const modules[] = {
		"(type f_t)",
		HEAD,
		"(allow d_t f_t (file (read)))(type f_t)(type d_t)",
		HEAD "(typealias a)(typealiasactual a d_t)(allow a a (process (fork)))",
		HEAD "(typeattribute x)",
		HEAD "(typeattribute x)(typeattributeset x d_t)(allow x self (fd (use)))",
		HEAD
		"(typeattribute x)(typeattributeset x (d_t f_t))(dontaudit d_t x (dir (read)))",
		HEAD "(allow d_t port_type (tcp_socket (name_connect)))",
		HEAD "(allow container_t f_t (file (read write)))",
		HEAD "(allow svirt_lxc_net_t d_t (process (signal)))",
		HEAD "(auditallow d_t f_t (file (read)))",
		HEAD "(allow f_t fs_t (filesystem (associate)))(typebounds container_file_t f_t)",
		HEAD "(typebounds container_t d_t)(typebounds svirt_sandbox_file_t f_t)",
		HEAD "(roletype system_r d_t)(roletype object_r d_t)(roletype object_r f_t)",
		HEAD "(typetransition d_t container_file_t file f_t)",
		HEAD "(type e_t)(typetransition d_t f_t process e_t)",
		HEAD "(typetransition d_t container_file_t file index.html f_t)",
		HEAD "(typetransition d_t container_file_t dir \"a b;(c)\\\xc3\xa9...\" f_t)",
		HEAD "(typetransition d_t container_file_t file \"*\" f_t)",
		HEAD "(typetransition d_t f_t process \"*\" d_t)",
		HEAD "(typetransition d_t f_t file a f_t)(typetransition d_t f_t file a f_t)",
		HEAD "(typetransition d_t f_t file " N50 N50 N50 N50 N50 "12345 f_t)",
		HEAD "(boolean b true)(booleanif b (true (typetransition d_t f_t file * f_t)))",
		HEAD "(type a-b)",
		HEAD "(boolean b true)",
		HEAD "(block b (type x))",
		HEAD "(optional o (type x))",
		HEAD "(macro m () (type x))",
		HEAD "(typeattribute x)(typeattributeset x (not d_t))",
		HEAD "(typeattribute x)(typeattributeset x (and d_t f_t))",
		HEAD "(typeattribute x)(typeattributeset x (all))",
		HEAD "(typeattribute x)(expandtypeattribute (x) true)",
		HEAD "(typeattributeset container_domain d_t)(typeattributeset file_type (f_t))",
		HEAD "(classpermission p)(classpermissionset p (file (read)))(allow d_t f_t p)",
	};

	for (size_t i = 0; i < sizeof(modules) / sizeof(modules[0]); i++) {
		struct bh_error error = { "" };

		if (!tap_ok(fixture_check(modules[i], &error) == 0, "accepts module %zu", i))
			tap_note("got", error.text);
	}
}

static void test_refuses(void)
{
	static const struct {
		const char *statement; /* in line 2 */
		const char *reason;
	} cases[] = {
		{ "(type container_t)",
		  "container_t is the base policy's; a module declares names of its own" },
		{ "(type svirt_lxc_net_t)",
		  "svirt_lxc_net_t is the base policy's; a module declares names of its own" },
		{ "(typeattribute port_type)",
		  "port_type is the base policy's; a module declares names of its own" },
		{ "(type d_t)", "d_t is already declared in line 1" },
		{ "(type container_t.x)",
		  "not a name; letters, digits, _ and - make one, a letter first" },
		{ "(type 1_t)", "not a name; letters, digits, _ and - make one, a letter first" },
		{ "(type self)", "not a name; letters, digits, _ and - make one, a letter first" },
		{ "(type (x))", "argument 1: a name is expected, not a list" },
		{ "(type \"x\")", "not a name; letters, digits, _ and - make one, a letter first" },
		{ "(type a123456789012345678901234567890123456789012345678901234567890123)",
		  "name has more than 63 bytes, the names of its blocks included" },
		{ "(type)", "type has 1 arguments, not 0" },
		{ "()", "not a statement; one is a list that begins with its keyword" },
		{ "((type x))", "not a statement; one is a list that begins with its keyword" },
		{ "(\"type\" x)", "not a statement; one is a list that begins with its keyword" },
		{ "(typealiasactual svirt_lxc_net_t d_t)",
		  "not an alias of this module; declare it with (typealias NAME)" },
		{ "(typeattributeset mcs_exempt (d_t))",
		  "neither container_t nor container_file_t has mcs_exempt; of the base policy's attributes a type may have those that its bounds have" },
		{ "(allow container_t shadow_t (file (read)))",
		  "both types are the base policy's; one must be the module's" },
		{ "(allow container_t self (file (read)))",
		  "both types are the base policy's; one must be the module's" },
		{ "(allow unconfined_t f_t (file (read)))",
		  "unconfined_t is the base policy's; a rule's source is a type of the module or container_t" },
		{ "(allow container_domain f_t (file (read)))",
		  "container_domain is the base policy's; a rule's source is a type of the module or container_t" },
		{ "(allow nosuch_t f_t (file (read)))", "no type or attribute nosuch_t" },
		{ "(allow d_t nosuch_t (file (read)))", "no type or attribute nosuch_t" },
		{ "(allow d_t (f_t) (file (read)))", "argument 2: a name is expected, not a list" },
		{ "(allow d_t f_t (nosuch (read)))", "no class nosuch" },
		{ "(allow d_t f_t (file (fly)))",
		  "class file has no permission fly; they are named one by one" },
		{ "(allow d_t f_t (file (all)))",
		  "class file has no permission all; they are named one by one" },
		{ "(allow d_t f_t (file (not (write))))",
		  "class file has no permission not; they are named one by one" },
		{ "(allow d_t f_t manage_files)",
		  "the classpermission is the base policy's; a class and its permissions are expected: (CLASS (PERMISSION...)), or a classpermission of the module's" },
		{ "(allow d_t f_t (file ()))",
		  "a class and its permissions are expected: (CLASS (PERMISSION...)), or a classpermission of the module's" },
		{ "(allow d_t f_t)", "allow has 3 arguments, not 2" },
		{ "(typetransition container_t f_t process d_t)",
		  "container_t is the base policy's; a type of the module must stand here" },
		{ "(typetransition d_t f_t process container_t)",
		  "container_t is the base policy's; a type of the module must stand here" },
		{ "(typetransition d_t container_file_t \"x\" file f_t)", "no class x" },
		{ "(typetransition d_t container_file_t file x container_file_t)",
		  "container_file_t is the base policy's; a type of the module must stand here" },
		{ "(typetransition container_t container_file_t file x f_t)",
		  "container_t is the base policy's; a type of the module must stand here" },
		{ "(typetransition d_t container_file_t file x d_t)",
		  "d_t is a domain (line 1), a file cannot have it" },
		{ "(typetransition d_t container_file_t file (x) f_t)",
		  "argument 4: a name is expected, not a list" },
		{ "(typetransition d_t f_t process x d_t)",
		  "a process is no file; leave the name out" },
		{ "(typetransition d_t container_file_t blk_file x f_t)",
		  "no transition in this class; process and the classes of files have them" },
		{ "(typetransition d_t container_file_t file \"\" f_t)",
		  "a file's name has 1 to 255 bytes" },
		{ "(typetransition d_t container_file_t file \"a/b\" f_t)",
		  "a file's name has no /: it is one name and no path; filecon has paths" },
		{ "(typetransition d_t container_file_t file \"..\" f_t)",
		  "no new file can have that name" },
		{ "(typetransition d_t port_type file f_t)",
		  "port_type is an attribute; name the type" },
		{ "(typetransition d_t f_t tcp_socket d_t)",
		  "no transition in this class; process and the classes of files have them" },
		{ "(typetransition d_t f_t file d_t)",
		  "d_t is a domain (line 1), a file cannot have it" },
		{ "(typebounds unconfined_t d_t)",
		  "bounds of a domain are container_t, of any other type container_file_t" },
		{ "(typebounds container_file_t d_t)",
		  "d_t is used as a domain (line 1); bounds of a domain are container_t" },
		{ "(typebounds d_t container_t)",
		  "container_t is the base policy's; a type of the module must stand here" },
		{ "(roletype system_r container_t)",
		  "container_t is the base policy's; a type of the module must stand here" },
		{ "(roletype staff_r d_t)",
		  "no role staff_r; a module's types have system_r and object_r" },
		{ "(typepermissive d_t)",
		  "only the host's administrator makes a domain permissive; leave it out" },
		{ "(class file (fly))",
		  "classes and permissions are the base policy's; a module may only name them" },
		{ "(user u)",
		  "users and roles are the base policy's; a module has (roletype system_r TYPE)" },
		{ "(role r)",
		  "users and roles are the base policy's; a module has (roletype system_r TYPE)" },
		{ "(category c2000)", "levels are assigned by Bulkhead; leave it out" },
		{ "(constrain (file (read)) (eq t1 t2))",
		  "constraints are the base policy's; leave it out" },
		{ "(sid kernel)",
		  "what the kernel's own objects are labelled is the base policy's; a module labels files, by filecon and typetransition" },
		{ "(genfscon proc / (a b c d))",
		  "what the kernel's own objects are labelled is the base policy's; a module labels files, by filecon and typetransition" },
		{ "(portcon tcp 80 x)",
		  "what the kernel's own objects are labelled is the base policy's; a module labels files, by filecon and typetransition" },
		{ "(fsuse xattr ext4 x)",
		  "what the kernel's own objects are labelled is the base policy's; a module labels files, by filecon and typetransition" },
		{ "(in b (type x))",
		  "no block is reopened; write it into the block itself, or inherit the block" },
		{ "(call m ())", "no macro m" },
		{ "(allowx d_t f_t (ioctl file (0x1)))",
		  "extended permissions are not supported, since bounds do not cover them; (allow SOURCE TARGET (CLASS (ioctl))) is" },
		{ "(rangetransition d_t f_t process ((s0) (s0)))",
		  "levels are assigned by Bulkhead; leave it out" },
		{ "(expandtypeattribute x true)", "no type or attribute x" },
		{ "(frobnicate)",
		  "not a statement of CIL that Bulkhead knows; it has type, typealias, typealiasactual, typeattribute, typeattributeset, expandtypeattribute, classpermission, classpermissionset, boolean, allow, auditallow, dontaudit, typetransition, typebounds, roletype, roleattributeset, filecon, block, blockabstract, blockinherit, optional, macro, call, booleanif" },
		{ "(<src_info> cil 1 x)",
		  "not a statement of CIL that Bulkhead knows; it has type, typealias, typealiasactual, typeattribute, typeattributeset, expandtypeattribute, classpermission, classpermissionset, boolean, allow, auditallow, dontaudit, typetransition, typebounds, roletype, roleattributeset, filecon, block, blockabstract, blockinherit, optional, macro, call, booleanif" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct bh_error error = { "" };
		char module[1024];
		char want[1024];

		snprintf(module, sizeof(module), HEAD "%s", cases[i].statement);
		snprintf(want, sizeof(want), "m.cil:2: %s: %s", cases[i].statement,
			 cases[i].reason);
		tap_is_int(fixture_check(module, &error), -EINVAL, "is refused");
		tap_is_text(error.text, want, cases[i].statement);
	}
}

static void test_all_at_once(void)
{
	struct bh_error error = { "" };

	tap_is_int(fixture_check(HEAD
				 "(user u)\n(allow d_t x_t (file (read)))\n(type etc_t)\n(role r)",
				 &error),
		   -EINVAL, "several refusals");
	tap_is_text(
		error.text,
		"m.cil:2: (user u): users and roles are the base policy's; a module has (roletype system_r TYPE)\n"
		"m.cil:3: (allow d_t x_t (file (read))): no type or attribute x_t\n"
		"m.cil:4: (type etc_t): etc_t is the base policy's; a module declares names of its own\n"
		"m.cil:5: (role r): users and roles are the base policy's; a module has (roletype system_r TYPE)",
		"all are said, in the order of the lines");
}

static void test_sizes(void)
{
	struct bh_error error = { "" };
	static char text[1 << 20];
	size_t used = 0;

	tap_is_int(fixture_check("", &error), -EINVAL, "empty");
	tap_is_text(error.text, "m.cil: empty: no statement in it", "says that it is empty");
	tap_is_int(fixture_check("; only a comment\n", &error), -EINVAL, "only a comment");

	for (int i = 0; i < 257; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "(type t%d)\n", i);
	tap_is_int(fixture_check(text, &error), -E2BIG, "too many types");
	tap_is_text(error.text, "m.cil:257: (type t256): a module may declare 256 types",
		    "says which is the first too many");

	used = (size_t)snprintf(text, sizeof(text), "(typeattribute x)(typeattributeset x (");
	for (int i = 0; i < 256; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "t%d ", i);
	used += (size_t)snprintf(text + used, sizeof(text) - used, "))");
	for (int i = 0; i < 256; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "(type t%d)", i);
	snprintf(text + used, sizeof(text) - used,
		 "(allow x x (process (signal)))(allow x x (fd (use)))");
	tap_is_int(fixture_check(text, &error), -E2BIG, "attributes that explode");
	tap_is_text(
		error.text,
		"m.cil:1: (allow x x (process (signal))): more than 32768 rules after attributes are expanded; name fewer types",
		"says where it is too much");
}

int main(void)
{
	fixture_read_base();
	test_accepts();
	test_refuses();
	test_all_at_once();
	test_sizes();
	bh_base_free(&fixture_base);
	return tap_done();
}
