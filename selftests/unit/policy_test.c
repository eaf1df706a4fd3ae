// SPDX-License-Identifier: GPL-2.0
/* The compiler: bounds, levels, transitions, ports, file systems, the binary policy. */
#include <errno.h>

#include <bulkhead/classmap.h>

#include "fixture.h"

#define HEAD "(type d_t)(type f_t)(allow d_t f_t (file (read open)))\n"

static void test_exceeding_bounds(void)
{
	struct bh_error error = { "" };

	tap_is_int(fixture_check(HEAD "(allow d_t shadow_t (file (read)))\n"
				      "(allow d_t etc_t (file (read write)))\n"
				      "(typeattribute x)\n"
				      "(typeattributeset x (d_t))\n"
				      "(allow x fixed_disk_device_t (blk_file (read)))\n"
				      "(allow x memory_device_t (chr_file (read)))\n"
				      "(allow d_t self (capability (sys_admin chown)))\n"
				      "(allow d_t f_t (file (mounton)))\n"
				      "(allow container_t f_t (blk_file (read)))\n",
				 &error),
		   -EINVAL, "rules beyond the bounds are refused");
	tap_is_text(
		error.text,
		"m.cil:2: (allow d_t shadow_t (file (read))): exceeds bounds of container_t: shadow_t file { read }\n"
		"m.cil:3: (allow d_t etc_t (file (read write))): exceeds bounds of container_t: etc_t file { write }\n"
		"m.cil:6: (allow x fixed_disk_device_t (blk_file (read))): exceeds bounds of container_t: fixed_disk_device_t blk_file { read }\n"
		"m.cil:7: (allow x memory_device_t (chr_file (read))): exceeds bounds of container_t: memory_device_t chr_file { read }\n"
		"m.cil:8: (allow d_t self (capability (sys_admin chown))): exceeds bounds of container_t: d_t capability { sys_admin }\n"
		"m.cil:9: (allow d_t f_t (file (mounton))): exceeds bounds of container_t: f_t file { mounton }\n"
		"m.cil:10: (allow container_t f_t (blk_file (read))): exceeds what container_t has on container_file_t: f_t blk_file { read }",
		"each with its line");
	tap_is_int(fixture_check(HEAD "(allow container_t f_t (blk_file (read)))", &error), -EINVAL,
		   "a rule of container_t alone is held to its own, too");
	tap_is_text(
		error.text,
		"m.cil:2: (allow container_t f_t (blk_file (read))): exceeds what container_t has on container_file_t: f_t blk_file { read }",
		"with its line");
}

static void check_text(const char *text, const char *want, const char *what)
{
	struct bh_error error = { "" };

	tap_is_int(fixture_check(text, &error), *want ? -EINVAL : 0, what);
	tap_is_text(error.text, want, what);
}

/* What is left of a module of which statements are refused is held to its bounds, too. */
static void test_all_at_once(void)
{
	check_text(
		HEAD "(allow d_t shadow_t (file (read)))\n"
		     "(user u)\n"
		     "(allow d_t etc_t (file (write)))\n"
		     "(allow d_t nope_t (file (read)))\n"
		     "(allow container_t f_t (blk_file (read)))\n"
		     "(typebounds unconfined_t d_t)\n"
		     "(typealias a)(typealiasactual a etc_t)\n",
		"m.cil:2: (allow d_t shadow_t (file (read))): exceeds bounds of container_t: shadow_t file { read }\n"
		"m.cil:3: (user u): users and roles are the base policy's; a module has (roletype system_r TYPE)\n"
		"m.cil:4: (allow d_t etc_t (file (write))): exceeds bounds of container_t: etc_t file { write }\n"
		"m.cil:5: (allow d_t nope_t (file (read))): no type or attribute nope_t\n"
		"m.cil:6: (allow container_t f_t (blk_file (read))): exceeds what container_t has on container_file_t: f_t blk_file { read }\n"
		"m.cil:7: (typebounds unconfined_t d_t): bounds of a domain are container_t, of any other type container_file_t\n"
		"m.cil:8: (typealiasactual a etc_t): etc_t is the base policy's; a type of the module must stand here",
		"all refusals in one run, in the order of the lines");
	check_text(HEAD "(allow d_t etc_t (file (read)))\n"
			"(typebounds container_t d_t)\n"
			"(typealias a)(typealiasactual a f_t)\n",
		   "", "a module without any of it passes");
	check_text(
		HEAD "(user u)\n(allow d_t etc_t (file (read)))\n",
		"m.cil:2: (user u): users and roles are the base policy's; a module has (roletype system_r TYPE)",
		"what is within bounds adds nothing");
	check_text(
		"(user u)\n(type t)\n(type t)\n(allow t shadow_t (file (read)))\n",
		"m.cil:1: (user u): users and roles are the base policy's; a module has (roletype system_r TYPE)\n"
		"m.cil:3: (type t): t is already declared in line 2\n"
		"m.cil:4: (allow t shadow_t (file (read))): exceeds bounds of container_t: shadow_t file { read }",
		"a declaration that is refused does not hide what its name is used for");
}

/* Refused for what only libsepol finds: with a refusal of the validator's it is not said. */
static void test_rest_does_not_compile(void)
{
	static const char rest[] = "(type d_t)\n"
				   "(typetransition d_t etc_t file f_t)(type f_t)\n"
				   "(typetransition d_t etc_t file g_t)(type g_t)\n"
				   "(allow d_t shadow_t (file (read)))\n";
	struct bh_error error = { "" };
	char text[512];

	tap_is_int(fixture_check(rest, &error), -EINVAL, "libsepol refuses");
	tap_ok(strstr(error.text, "libsepol: ") != NULL, "and is quoted");
	snprintf(text, sizeof(text), "%s(user u)\n", rest);
	check_text(
		text,
		"m.cil:5: (user u): users and roles are the base policy's; a module has (roletype system_r TYPE)",
		"a rest that does not compile adds nothing");
}

/* An attribute's types are one line for each statement. */
static void test_grouping(void)
{
	static const char module[] =
		"(type d_t)(type e_t)(typeattribute x)(typeattributeset x (shadow_t %s))\n"
		"(allow d_t x (file (write)))\n"
		"(allow d_t shadow_t (file (read)))(allow e_t shadow_t (file (read)))\n"
		"(typeattribute y)(typeattributeset y (d_t e_t))\n"
		"(allow y shadow_t (file (read)))\n";
	static const char rest[] =
		"\nm.cil:3: (allow d_t shadow_t (file (read))): exceeds bounds of container_t: shadow_t file { read }\n"
		"m.cil:3: (allow e_t shadow_t (file (read))): exceeds bounds of container_t: shadow_t file { read }\n"
		"m.cil:5: (allow y shadow_t (file (read))): exceeds bounds of container_t: shadow_t file { read }";
	static const char head[] =
		"m.cil:2: (allow d_t x (file (write))): exceeds bounds of container_t: ";
	static const struct {
		const char *types;
		const char *said;
	} groups[] = {
		{ "", "shadow_t file { write }" },
		{ "etc_t", "etc_t file { write }, shadow_t file { write }" },
		{ "etc_t bin_t",
		  "bin_t file { write }, etc_t file { write }, shadow_t file { write }" },
		{ "etc_t bin_t lib_t",
		  "bin_t file { write }, etc_t file { write }, lib_t file { write } and 1 more type" },
		{ "etc_t bin_t lib_t usr_t",
		  "bin_t file { write }, etc_t file { write }, lib_t file { write } and 2 more types" },
	};

	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		char text[512], want[1024];

		snprintf(text, sizeof(text), module, groups[i].types);
		snprintf(want, sizeof(want), "%s%s%s", head, groups[i].said, rest);
		check_text(text, want, "a line for each statement");
	}
}

#define CONTEXT(type) "(system_u object_r " type " ((s0) (s0)))"

static void test_labels(void)
{
	check_text(
		"(type f_t)(type g_t)(typealias a)(typealiasactual a f_t)\n"
		"(filecon \"/x\" file " CONTEXT(
			"f_t") ")\n"
			       "(filecon \"/(y)\\1\" file " CONTEXT(
				       "f_t") ")\n"
					      "(filecon \"/x\" file " CONTEXT(
						      "g_t") ")\n"
							     "(filecon \"/x\" file " CONTEXT(
								     "a") ")\n"
									  "(filecon \"/x\" dir ())\n"
									  "(filecon \"/z(\" any ())\n",
		"m.cil:3: filecon \"/(y)\\1\": back references are not supported\n"
		"m.cil:4: filecon \"/x\": m.cil:2 says another type; leave one out\n"
		"m.cil:5: filecon \"/x\": m.cil:2 says the same; leave one out\n"
		"m.cil:7: filecon \"/z(\": opening parenthesis without its closing one",
		"labels by path that cannot be");
	check_text("(type f_t)\n(filecon \"/x$y\" file " CONTEXT("f_t") ")\n",
		   "m.cil:2: filecon \"/x$y\": $ before the end is not supported",
		   "nor be compiled");
	check_text("(type f_t)(type g_t)\n"
		   "(filecon \"/x\" file " CONTEXT(
			   "f_t") ")\n"
				  "(filecon \"/x\" dir " CONTEXT(
					  "g_t") ")\n"
						 "(filecon \"/(y)1\" file " CONTEXT(
							 "g_t") ")\n"
								"(filecon \"/z\\(\" any ())\n",
		   "", "labels by path that can");
}

static void test_line_feeds(void)
{
	struct bh_error error = { "" };

	fixture_check("(type d_t)\r\n\r\n(allow d_t shadow_t (file (read)))\r\n", &error);
	tap_is_text(
		error.text,
		"m.cil:3: (allow d_t shadow_t (file (read))): exceeds bounds of container_t: shadow_t file { read }",
		"lines that end in CR LF count once");
}

static void test_levels(void)
{
	struct bh_policy *base = fixture_compile(NULL, NULL);
	struct bh_policy *module = fixture_compile(HEAD, NULL);
	const struct bh_policy_row *row;

	row = fixture_row(base, "container_t", "container_file_t", BH_CLASS_FILE);
	tap_ok(row && row->row.allowed & BH_FILE__WRITE, "a container writes its files");
	tap_ok(row && !row->row.allowed_apart, "and has nothing on another's");
	row = fixture_row(base, "container_t", "container_t", BH_CLASS_UNIX_STREAM_SOCKET);
	tap_ok(row && row->row.allowed & BH_UNIX_STREAM_SOCKET__CONNECTTO &&
		       !row->row.allowed_apart,
	       "nor does it connect to another");
	row = fixture_row(base, "container_t", "proc_t", BH_CLASS_FILESYSTEM);
	tap_ok(row && row->row.allowed_apart == BH_FILESYSTEM__GETATTR,
	       "file systems have no categories");
	row = fixture_row(base, "container_t", "unconfined_t", BH_CLASS_SYSTEM);
	tap_ok(row && !row->row.allowed && row->row.dontaudit == BH_SYSTEM__MODULE_REQUEST,
	       "dontaudit makes a row");
	tap_ok(!fixture_row(base, "container_t", "shadow_t", BH_CLASS_FILE), "nothing on shadow_t");
	tap_ok(!fixture_row(base, "container_t", "unlabeled_t", BH_CLASS_FILE),
	       "nothing on unlabeled_t");
	tap_ok(!fixture_row(base, "container_t", "container_file_t", BH_CLASS_BLK_FILE),
	       "no block devices");

	row = fixture_row(module, "d_t", "f_t", BH_CLASS_FILE);
	tap_ok(row && row->row.allowed == (BH_FILE__READ | BH_FILE__OPEN) &&
		       !row->row.allowed_apart,
	       "a module's domain is held to its categories though it is in no attribute");
	tap_is_int((long)module->nr_rows, 2, "a module has the rows of its own types only");
	tap_is_int(strcmp(module->types[module->start].name, "d_t"), 0, "its domain starts");
	tap_ok(module->types[bh_policy_type_number(module, "f_t")].module &&
		       !module->types[bh_policy_type_number(module, "f_t")].domain,
	       "f_t is the module's and no domain");
	tap_ok(!module->types[bh_policy_type_number(module, "etc_t")].module, "etc_t is BASE's");
	tap_is_int(bh_policy_type_number(module, "etc_t"), bh_policy_type_number(base, "etc_t"),
		   "BASE's types keep their numbers");
	tap_is_int(bh_policy_type_number(base, "svirt_lxc_net_t"),
		   bh_policy_type_number(base, "container_t"), "an alias is found");
	tap_ok(memcmp(base->base_digest, module->base_digest, sizeof(base->base_digest)) == 0 &&
		       memcmp(base->digest, module->digest, sizeof(base->digest)) != 0,
	       "digests tell what was compiled");
	bh_policy_free(base);
	bh_policy_free(module);
}

#define TEXTS_MAX 64
#define BASE_NAMED "(typetransition container_t etc_t file \"x\" container_file_t)"

static void test_transitions(void)
{
	struct bh_policy *policy =
		fixture_compile(HEAD "(type e_t)(type g_t)(typetransition d_t f_t process e_t)"
				     "(typetransition d_t container_file_t file g_t)",
				NULL);
	const struct bh_policy_row *row = fixture_row(policy, "d_t", "f_t", BH_CLASS_PROCESS);

	tap_ok(row && row->row.transition == bh_policy_type_number(policy, "e_t") &&
		       !row->row.allowed,
	       "a transition makes a row");
	row = fixture_row(policy, "d_t", "container_file_t", BH_CLASS_FILE);
	tap_ok(row && row->row.transition == bh_policy_type_number(policy, "g_t"),
	       "so does a file's");
	tap_is_int(strcmp(policy->types[policy->start].name, "d_t"), 0,
		   "the domain that no other leads to starts");
	bh_policy_free(policy);
}

/* Whether that is the whole of transition @i. */
static bool is_filetrans(const struct bh_policy *policy, size_t i, const char *name,
			 const char *target, uint32_t tclass, const char *type)
{
	const struct bh_policy_filetrans *filetrans = &policy->filetrans[i];

	return i < policy->nr_filetrans && !strcmp(filetrans->name, name) &&
	       filetrans->source == bh_policy_type_number(policy, "d_t") &&
	       filetrans->target == bh_policy_type_number(policy, target) &&
	       filetrans->tclass == tclass &&
	       filetrans->type == bh_policy_type_number(policy, type);
}

static void test_filetrans(void)
{
	struct bh_policy *policy =
		fixture_compile(HEAD "(type g_t)(typetransition d_t f_t file \"b\" f_t)"
				     "(typetransition d_t f_t file \"a\" g_t)"
				     "(typetransition d_t f_t file g_t)"
				     "(typetransition d_t f_t dir \"a\" f_t)"
				     "(typetransition d_t usr_t fifo_file \"a\" f_t)",
				NULL);
	const struct bh_policy_row *row = fixture_row(policy, "d_t", "f_t", BH_CLASS_FILE);

	tap_is_int((long)policy->nr_filetrans, 4, "each name is a transition of its own");
	tap_ok(is_filetrans(policy, 0, "a", "usr_t", BH_CLASS_FIFO_FILE, "f_t") &&
		       is_filetrans(policy, 1, "a", "f_t", BH_CLASS_FILE, "g_t") &&
		       is_filetrans(policy, 2, "b", "f_t", BH_CLASS_FILE, "f_t") &&
		       is_filetrans(policy, 3, "a", "f_t", BH_CLASS_DIR, "f_t"),
	       "in order");
	tap_ok(row && row->named && row->row.transition == bh_policy_type_number(policy, "g_t"),
	       "the row has what is for all names, and says that some have others");
	row = fixture_row(policy, "d_t", "f_t", BH_CLASS_DIR);
	tap_ok(row && row->named && !row->row.transition, "a row for names alone");
	row = fixture_row(policy, "d_t", "f_t", BH_CLASS_LNK_FILE);
	tap_ok(!row || !row->named, "and none where no name has any");
	bh_policy_free(policy);
}

static void check_filetrans_any(const char *rules, bool any, const char *what)
{
	char text[512];
	struct bh_policy *policy;

	snprintf(text, sizeof(text), HEAD "%s", rules);
	policy = fixture_compile(*rules ? text : NULL, NULL);
	tap_ok(policy->filetrans_any == any, "%s", what);
	bh_policy_free(policy);
}

/* What containers pay for labels of their own files depends on it. */
static void test_filetrans_any(void)
{
	check_filetrans_any("", false, "BASE gives no file a type of its own");
	check_filetrans_any("(type e_t)(typetransition d_t f_t process e_t)", false,
			    "nor does a domain's transition");
	check_filetrans_any("(typetransition d_t container_file_t dir f_t)", true, "a directory's");
	check_filetrans_any("(typetransition d_t container_file_t fifo_file \"x\" f_t)", true,
			    "one by name");
	check_filetrans_any("(boolean b false)(booleanif b (true (typetransition d_t "
			    "container_file_t file f_t)))",
			    true, "one that a boolean may switch on");
}

static void test_filetrans_refused(void)
{
	static const char conflict[] =
		"(type d_t)(type f_t)(type g_t)\n(typetransition d_t etc_t file \"a\" f_t)\n"
		"(typetransition d_t etc_t file \"a\" g_t)\n";
	struct bh_source module = { "m.cil", "(type d_t)", 10 };
	struct bh_policy_request request = fixture_request(&module);
	struct bh_source base[TEXTS_MAX];
	struct bh_policy *policy;
	struct bh_error error = { "" };
	char *text = NULL;
	size_t len;
	FILE *many;

	tap_is_int(fixture_check(conflict, &error), -EINVAL, "two types for one name");
	tap_is_text(
		error.text,
		"m.cil:3: (typetransition d_t etc_t file \"a\" g_t): line 2 gives a file of that name another type",
		"and where");

	many = open_memstream(&text, &len);
	fputs("(type d_t)(type f_t)\n", many);
	for (int i = 0; i <= 1024; i++)
		fprintf(many, "(typetransition d_t etc_t file \"%d\" f_t)\n", i);
	fclose(many);
	tap_is_int(fixture_check(text, &error), -E2BIG, "more names than there may be");
	tap_is_text(error.text,
		    "m.cil:1026: (typetransition d_t etc_t file \"1024\" f_t): more than 1024 "
		    "transitions by file name; label by filecon instead",
		    "and where");
	*strstr(text, "(typetransition d_t etc_t file \"1024\"") = '\0';
	tap_is_int(fixture_check(text, &error), 0, "as many as there may be");
	free(text);

	memcpy(base, request.base, request.nr_base * sizeof(*base));
	base[request.nr_base] =
		(struct bh_source){ "extra.cil", BASE_NAMED, sizeof(BASE_NAMED) - 1 };
	request.base = base;
	request.nr_base++;
	request.module = NULL;
	tap_is_int(bh_policy_compile(&request, &policy, &error), -EIO, "BASE has no names");
	tap_is_text(error.text,
		    "base policy: a transition by the file name \"x\"; only modules have these",
		    "and why");
}

static void test_start(void)
{
	static const char two[] = "(type a_t)(type b_t)(allow a_t self (fd (use)))"
				  "(allow b_t self (fd (use)))(type f_t)";
	struct bh_source module = { "m.cil", two, sizeof(two) - 1 };
	struct bh_policy_request request = fixture_request(&module);
	struct bh_policy *policy;
	struct bh_error error = { "" };

	tap_is_int(bh_policy_compile(&request, &policy, &error), -ENOENT,
		   "two domains and none named");
	tap_is_text(error.text, "m.cil: several domains to start in; one must be named", "says so");
	tap_ok(!policy, "no policy");
	request.start = "f_t";
	tap_is_int(bh_policy_compile(&request, &policy, &error), -ENOENT,
		   "a file's type cannot start");
	request.start = "unconfined_t";
	tap_is_int(bh_policy_compile(&request, &policy, &error), -ENOENT, "nor unconfined_t");
	tap_is_text(error.text, "m.cil: unconfined_t is no domain to start in", "says so");
	policy = fixture_compile(two, "b_t");
	tap_is_int(policy->start, bh_policy_type_number(policy, "b_t"), "the named one starts");
	bh_policy_free(policy);
	policy = fixture_compile("(type f_t)", NULL);
	tap_is_int(policy->start, bh_policy_type_number(policy, "container_t"),
		   "a module without a domain runs in container_t");
	bh_policy_free(policy);
}

static const char *port_type(const struct bh_policy *policy, uint8_t protocol, uint16_t port)
{
	const char *name = "";

	for (size_t i = 0; i < policy->nr_ports; i++)
		if (policy->ports[i].protocol == protocol && policy->ports[i].low <= port &&
		    port <= policy->ports[i].high)
			name = policy->types[policy->ports[i].type].name;
	return name;
}

static void test_objects(void)
{
	struct bh_policy *policy = fixture_compile(NULL, NULL);
	bool tmpfs = false;
	bool xattr = false;
	bool proc = false;

	tap_is_text(port_type(policy, BH_PORT_TCP, 0), "port_t", "port 0 has the default");
	tap_is_text(port_type(policy, BH_PORT_TCP, 1), "reserved_port_t", "1 is reserved");
	tap_is_text(port_type(policy, BH_PORT_TCP, 80), "http_port_t", "80 is more than reserved");
	tap_is_text(port_type(policy, BH_PORT_UDP, 80), "reserved_port_t", "not for UDP");
	tap_is_text(port_type(policy, BH_PORT_TCP, 6379), "redis_port_t", "6379");
	tap_is_text(port_type(policy, BH_PORT_TCP, 8080), "http_cache_port_t", "8080");
	tap_is_text(port_type(policy, BH_PORT_SCTP, 2000), "unreserved_port_t", "SCTP");
	tap_is_text(port_type(policy, BH_PORT_DCCP, 40000), "ephemeral_port_t",
		    "the smaller range wins");
	for (size_t i = 0; i < policy->nr_filesystems; i++) {
		const struct bh_policy_fs *fs = &policy->filesystems[i];

		tmpfs |= !strcmp(fs->name, "tmpfs") && fs->flags == BH_FS_INTERNAL;
		proc |= !strcmp(fs->name, "proc") && fs->flags == 0 &&
			!strcmp(policy->types[fs->type].name, "proc_t");
		xattr |= !strcmp(fs->name, "ext4") && fs->flags == BH_FS_DISK &&
			 !strcmp(policy->types[fs->type].name, "fs_t");
	}
	tap_ok(tmpfs, "tmpfs is labelled by the kernel's mounts only");
	tap_ok(proc, "proc is labelled by genfscon");
	tap_ok(xattr, "ext4 is labelled, its files are not");
	bh_policy_free(policy);
}

static void test_binary(void)
{
	struct bh_error error = { "" };
	struct bh_source module = { "m.cil", HEAD, sizeof(HEAD) - 1 };
	void *image = NULL;
	size_t len;

	tap_is_int(bh_policy_binary(fixture_base.source, fixture_base.nr_source, &module, &image,
				    &len, &error),
		   0, "a binary policy");
	tap_ok(len > 4 && memcmp(image, "\x8c\xff\x7c\xf9", 4) == 0, "has SELinux's magic");
	free(image);
}

static void test_verdict(void)
{
	struct bh_policy_request request = fixture_request(NULL);
	struct bh_error error = { "" };
	uint32_t allowed;

	tap_is_int(bh_policy_verdict(&request, "container_t", "etc_t", "file", &allowed, &error), 0,
		   "a verdict by types");
	tap_ok(allowed & BH_FILE__READ && !(allowed & BH_FILE__WRITE), "reads, does not write");
	bh_policy_verdict(&request, "system_u:system_r:container_t:s0:c1,c2",
			  "system_u:object_r:container_file_t:s0:c1", "file", &allowed, &error);
	tap_ok(allowed & BH_FILE__WRITE, "a subset of the categories");
	bh_policy_verdict(&request, "system_u:system_r:container_t:s0:c1,c2",
			  "system_u:object_r:container_file_t:s0:c1,c3", "file", &allowed, &error);
	tap_is_int(allowed, 0, "not a subset");
	tap_is_int(bh_policy_verdict(&request, "no_t", "etc_t", "file", &allowed, &error), -ENOENT,
		   "an unknown type");
	tap_is_text(error.text, "no type or context no_t", "says which");
	tap_is_int(bh_policy_verdict(&request, "container_t", "etc_t", "nope", &allowed, &error),
		   -ENOENT, "an unknown class");
}

static void test_broken_base(void)
{
	struct bh_source broken = { "broken.cil", "(type", 5 };
	struct bh_source module = { "m.cil", HEAD, sizeof(HEAD) - 1 };
	struct bh_source other = { "other.cil", "(class file (read))(classorder (file))", 38 };
	struct bh_policy_request request = { .base = &broken, .nr_base = 1 };
	struct bh_policy *policy;
	struct bh_error error = { "" };

	tap_is_int(bh_policy_compile(&request, &policy, &error), -EIO, "a broken BASE");
	request.module = &module;
	tap_is_int(bh_policy_compile(&request, &policy, &error), -EIO, "is not the module's fault");
	request = (struct bh_policy_request){ .base = &other, .nr_base = 1 };
	tap_is_int(bh_policy_compile(&request, &policy, &error), -EIO,
		   "a BASE of nothing but a class");
}

int main(void)
{
	fixture_read_base();
	test_exceeding_bounds();
	test_all_at_once();
	test_rest_does_not_compile();
	test_grouping();
	test_labels();
	test_line_feeds();
	test_levels();
	test_transitions();
	test_filetrans();
	test_filetrans_any();
	test_filetrans_refused();
	test_start();
	test_objects();
	test_binary();
	test_verdict();
	test_broken_base();
	bh_base_free(&fixture_base);
	return tap_done();
}
