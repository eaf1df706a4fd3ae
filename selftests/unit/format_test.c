// SPDX-License-Identifier: GPL-2.0
/*
 * The formats of a module: packages and .te become the CIL that somebody would write, what is
 * no package is refused in one line, and nothing that libsepol does reaches this process.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bulkhead/classmap.h>

#include "cil_validate.h"
#include "fixture.h"
#include "format.h"
#include "format_child.h"
#include "module.h"
#include "policy_cil.h"
#include "policy_oracle.h"

#define FLIPS 2000
#define SEED 4

static char scratch[] = "/tmp/bulkhead-format-XXXXXX";

static void write_scratch(const char *name, const void *data, size_t len)
{
	char path[256];
	FILE *out;

	snprintf(path, sizeof(path), "%s/%s", scratch, name);
	out = fopen(path, "w");
	fwrite(data, 1, len, out);
	fclose(out);
}

static int read_scratch(const char *name, const char *text, struct bh_source *module,
			struct bh_error *error)
{
	char path[256];

	if (text)
		write_scratch(name, text, strlen(text));
	snprintf(path, sizeof(path), "%s/%s", scratch, name);
	return bh_format_read_file(path, module, error);
}

static const char *dpm_path(const char *name, const char *suffix)
{
	static char path[512];

	snprintf(path, sizeof(path), "%s/%s.%s", getenv("BULKHEAD_DPM"), name, suffix);
	return path;
}

/* BASE, a module as it is, and the bounds of its types, by libsepol alone. */
static sepol_policydb_t *compile_alone(const struct bh_source *module, char **log)
{
	struct bh_source *all = calloc(fixture_base.nr_source + 2, sizeof(*all));
	size_t nr = fixture_base.nr_source;
	sepol_policydb_t *policydb;
	char *added;
	size_t len;
	FILE *out = open_memstream(&added, &len);
	char name[64];

	for (const char *at = module->text; (at = strstr(at, "(type ")); at++) {
		char role[96];

		sscanf(at, "(type %63[^)])", name);
		snprintf(role, sizeof(role), "(roletype system_r %s)", name);
		if (strstr(module->text, role))
			fprintf(out, "(typebounds container_t %s)\n", name);
		else
			fprintf(out,
				"(typebounds container_file_t %s)(typeattributeset file_type %s)\n",
				name, name);
	}
	fclose(out);
	memcpy(all, fixture_base.source, nr * sizeof(*all));
	all[nr++] = *module;
	all[nr++] = (struct bh_source){ "bounds", added, len };
	bh_cil_compile(all, nr, true, &policydb, log);
	free(added);
	free(all);
	return policydb;
}

static uint32_t type_sid(struct bh_oracle *oracle, const char *name)
{
	char context[128];
	uint32_t sid;

	snprintf(context, sizeof(context), "system_u:system_r:%s:s0", name);
	sid = bh_oracle_sid(oracle, context);
	if (sid)
		return sid;
	snprintf(context, sizeof(context), "system_u:object_r:%s:s0", name);
	return bh_oracle_sid(oracle, context);
}

/* Verdicts of every type that only the module has, on every type, in every class. */
static void compare_verdicts(const char *name, sepol_policydb_t *left, sepol_policydb_t *right)
{
	struct bh_oracle oracle[2];
	struct policydb *db = &left->p;
	unsigned long asked = 0;
	unsigned long allowed = 0;
	unsigned long wrong = 0;

	bh_oracle_open(&oracle[0], left);
	bh_oracle_open(&oracle[1], right);
	for (uint32_t i = 0; i < db->p_types.nprim; i++) {
		const char *source = db->p_type_val_to_name[i];
		uint32_t from[2];

		if (strncmp(source, name, strlen(name)) != 0 ||
		    db->type_val_to_struct[i]->flavor != TYPE_TYPE)
			continue;
		from[0] = type_sid(&oracle[0], source);
		from[1] = type_sid(&oracle[1], source);
		for (uint32_t j = 0; j < db->p_types.nprim; j++) {
			const char *target = db->p_type_val_to_name[j];
			uint32_t to[2];

			if (db->type_val_to_struct[j]->flavor != TYPE_TYPE)
				continue;
			to[0] = type_sid(&oracle[0], target);
			to[1] = type_sid(&oracle[1], target);
			for (uint32_t tclass = 1; tclass <= BH_NR_CLASSES; tclass++) {
				struct bh_oracle_verdict verdict[2] = { 0 };

				for (int k = 0; k < 2; k++)
					bh_oracle_ask(&oracle[k], from[k], to[k], tclass,
						      &verdict[k]);
				asked++;
				allowed += verdict[0].allowed != 0;
				wrong += !from[0] || !from[1] || !to[0] || !to[1] ||
					 verdict[0].allowed != verdict[1].allowed ||
					 verdict[0].dontaudit != verdict[1].dontaudit;
			}
		}
	}
	tap_ok(asked > 10000 && allowed > 10 && wrong == 0,
	       "%s: as .te and as CIL: %lu of %lu verdicts differ, %lu allow something", name,
	       wrong, asked, allowed);
	bh_oracle_close(&oracle[0]);
	bh_oracle_close(&oracle[1]);
}

/* A .te of dpm/ as CIL; fails the test run if refused. */
static struct bh_source convert_te(const char *name, struct bh_source *package)
{
	struct bh_error error = { "" };
	struct bh_source cil = { 0 };

	if (bh_format_read_file(dpm_path(name, "te"), package, &error) ||
	    bh_format_cil(package, &cil, &error)) {
		printf("Bail out! %s\n", error.text);
		exit(1);
	}
	return cil;
}

static void test_module(const char *name, bool same)
{
	struct bh_source package;
	struct bh_source cil = convert_te(name, &package);
	struct bh_source written;
	struct bh_error error;
	sepol_policydb_t *left;
	sepol_policydb_t *right;
	char *log;

	tap_ok(bh_format_is_package(&package) && strcmp(package.name, dpm_path(name, "te")) == 0,
	       "%s.te becomes a package of that name", name);
	left = compile_alone(&cil, &log);
	if (!tap_ok(left != NULL, "%s.te compiles without rewriting, within bounds", name))
		tap_note("log", log);
	free(log);
	bh_source_read(dpm_path(name, "cil"), BH_MODULE_TEXT_MAX, &written, &error);
	right = compile_alone(&written, &log);
	if (!tap_ok(right != NULL, "%s.cil does, too", name))
		tap_note("log", log);
	free(log);
	if (left && right && same)
		compare_verdicts(name, left, right);
	sepol_policydb_free(left);
	sepol_policydb_free(right);
	bh_source_free(&written);
	bh_format_free(&package, &cil);
	bh_source_free(&package);
}

static void test_names(void)
{
	static const char text[] = "(type f_t)";
	struct bh_source in = { "m.cil", text, sizeof(text) - 1 };
	struct bh_source package;
	struct bh_source cil;
	char name[600];

	tap_is_int(bh_format_cil(&in, &cil, NULL), 0, "CIL is CIL");
	tap_ok(cil.text == in.text && cil.len == in.len && cil.name == in.name,
	       "and passes as it is");
	bh_format_free(&in, &cil);

	cil = convert_te("nginx", &package);
	snprintf(name, sizeof(name), "%s (as CIL)", dpm_path("nginx", "te"));
	tap_is_text(cil.name, name, "lines are of the converted text, and the name says so");
	tap_ok(strstr(cil.text, "(filecon \"/usr/sbin/nginx\" file (system_u object_r nginx_exec_t "
				"((s0) (s0))))\n") != NULL,
	       "what is in NAME.fc becomes filecon");
	tap_ok(strstr(cil.text, "(typetransition nginx_t container_file_t file \"nginx.pid\" "
				"nginx_run_t)\n") != NULL,
	       "a transition by file name has its name");
	tap_ok(strstr(cil.text, "(typeattributeset cil_gen_require http_port_t)\n") != NULL,
	       "what is required is in cil_gen_require");
	bh_format_free(&package, &cil);
	bh_source_free(&package);
}

static void refused(int got, int want, const struct bh_error *error, const char *text,
		    const char *what)
{
	char full[1024];

	tap_is_int(got, want, what);
	snprintf(full, sizeof(full), "%s/%s", scratch, text);
	tap_is_text(error->text, full, "says so");
}

static bool is_empty(const char *dir)
{
	DIR *stream = opendir(dir);
	const struct dirent *entry;
	int nr = 0;

	while ((entry = readdir(stream)))
		nr += entry->d_name[0] != '.';
	closedir(stream);
	return nr == 0;
}

static void test_te(void)
{
	static const char head[] = "module x 1.0;\nrequire { type etc_t; class file read; }\n"
				   "type x_t;\nallow x_t etc_t:file read;\n";
	struct bh_source module;
	struct bh_error error = { "" };
	char text[512];
	char path[512];
	char *old;

	snprintf(text, sizeof(text), "%sbla bla\n", head);
	refused(read_scratch("a.te", text, &module, &error), -EINVAL, &error,
		"a.te:5: checkmodule: 'syntax error' at token 'bla' on line 5:",
		"a syntax error, though the file is not called as the module");
	snprintf(text, sizeof(text), "%sallow y_t etc_t:file read;\n", head);
	refused(read_scratch("a.te", text, &module, &error), -EINVAL, &error,
		"a.te:5: checkmodule: 'unknown type y_t' at token ';' on line 5:",
		"an unknown type");
	refused(read_scratch("a.te", "policy_module(x, 1.0)\n", &module, &error), -EINVAL, &error,
		"a.te: policy_module() and what it brings are macros of the reference policy; make "
		"the .pp with /usr/share/selinux/devel/Makefile, or begin with: module NAME 1.0;",
		"macros");
	refused(read_scratch("a.te", "type x_t;\n", &module, &error), -EINVAL, &error,
		"a.te: does not begin with: module NAME 1.0;", "no module");
	refused(read_scratch("a.te", "module ../x 1.0;\n", &module, &error), -EINVAL, &error,
		"a.te: the module's name has other characters than letters, digits, '_', '-' and "
		"'.', or more than 127",
		"a name that is a path");
	refused(read_scratch("b.te", NULL, &module, &error), -ENOENT, &error,
		"b.te: No such file or directory", "no file");
	tap_ok(!module.text && !module.name, "nothing comes of it");

	snprintf(path, sizeof(path), "%s/tmp", scratch);
	mkdir(path, 0700);
	setenv("TMPDIR", path, 1);
	tap_is_int(read_scratch("a.te", head, &module, &error), 0, "the same without errors");
	bh_source_free(&module);
	read_scratch("a.te", "module x 1.0;\nbla\n", &module, &error);
	tap_ok(is_empty(path), "no copy is left behind");
	unsetenv("TMPDIR");

	old = strdup(getenv("PATH"));
	setenv("PATH", "/nowhere", 1);
	refused(read_scratch("a.te", head, &module, &error), -ENOENT, &error,
		"a.te: checkmodule is not installed: apt install checkpolicy", "no checkmodule");
	setenv("PATH", old, 1);
	free(old);
}

static void test_contexts(void)
{
	static const char te[] = "module x 1.0;\nrequire { class file read; }\ntype x_t;\n";
	static const char fc[] = "/a\tsystem_u:object_r:x_t:s0\n";
	struct bh_error error = { "" };
	struct bh_source package;
	struct bh_source cil;

	write_scratch("c.fc", fc, strlen(fc));
	tap_is_int(read_scratch("c.te", te, &package, &error), 0, ".te and .fc");
	tap_is_int(bh_format_cil(&package, &cil, &error), 0, "become CIL");
	tap_ok(strstr(cil.text, "(filecon \"/a\" any (system_u object_r x_t ((s0) (s0))))") != NULL,
	       "with a filecon");
	bh_format_free(&package, &cil);
	bh_source_free(&package);

	write_scratch("c.fc", "/a nonsense in it\n", strlen("/a nonsense in it\n"));
	tap_is_int(read_scratch("c.te", te, &package, &error), 0, "nonsense in a .fc");
	tap_is_int(bh_format_cil(&package, &cil, &error), -EINVAL, "is refused with the package");
	tap_ok(strstr(error.text, "c.te: no valid policy package: libsepol: ") != NULL &&
		       !strchr(error.text, '\n'),
	       "in one line");
	bh_source_free(&package);
}

static void test_sizes(void)
{
	char *big = malloc(BH_PACKAGE_BYTES_MAX + 1);
	static const unsigned char magic[] = { 0x8f, 0xff, 0x7c, 0xf9 };
	struct bh_source in = { "m.pp", big, BH_PACKAGE_BYTES_MAX + 1 };
	struct bh_source cil;
	struct bh_error error = { "" };

	memset(big, ' ', BH_PACKAGE_BYTES_MAX + 1);
	write_scratch("a.cil", big, BH_MODULE_TEXT_MAX + 1);
	refused(read_scratch("a.cil", NULL, &cil, &error), -E2BIG, &error,
		"a.cil: larger than 1048576 bytes", "too much CIL");
	write_scratch("a.te", big, BH_MODULE_TEXT_MAX + 1);
	refused(read_scratch("a.te", NULL, &cil, &error), -E2BIG, &error,
		"a.te: larger than 1048576 bytes", "too much .te");
	memcpy(big, magic, sizeof(magic));
	write_scratch("a.pp", big, BH_PACKAGE_BYTES_MAX + 1);
	refused(read_scratch("a.pp", NULL, &cil, &error), -E2BIG, &error,
		"a.pp: larger than 4194304 bytes", "too large a package");
	tap_is_int(bh_format_cil(&in, &cil, &error), -E2BIG, "in memory, too");
	tap_is_text(error.text, "m.pp: larger than 4194304 bytes", "says so");
	free(big);
}

struct tally {
	unsigned int refused;
	unsigned int accepted;
	unsigned int wrong;
};

/* Refused in one line, or CIL that the validator takes or refuses. */
static void convert_hostile(const char *data, size_t len, bool validate, struct tally *tally)
{
	char *copy = malloc(len + 1);
	struct bh_source in = { "m.pp", copy, len };
	struct bh_error error = { "" };
	struct bh_source cil;
	int ret;

	memcpy(copy, data, len);
	ret = bh_format_cil(&in, &cil, &error);
	if (!ret) {
		struct bh_module *module = NULL;

		tally->accepted++;
		if (validate)
			bh_module_read(fixture_base.source, fixture_base.nr_source, &cil, false,
				       &module, &error);
		bh_module_free(module);
		bh_format_free(&in, &cil);
	} else {
		tally->refused++;
		if ((ret != -EINVAL && ret != -E2BIG) || strchr(error.text, '\n') ||
		    strncmp(error.text, "m.pp: ", 6) != 0) {
			tally->wrong++;
			tap_note("got", error.text);
		}
	}
	free(copy);
}

static void test_hostile(void)
{
	struct bh_source package;
	struct bh_source cil = convert_te("nginx", &package);
	struct tally cut = { 0 };
	struct tally flipped = { 0 };
	struct tally noise = { 0 };
	char *data = malloc(package.len);

	bh_format_free(&package, &cil);
	for (size_t len = 4; len < package.len; len += 41)
		convert_hostile(package.text, len, true, &cut);
	tap_ok(cut.refused > 50 && !cut.wrong, "beginnings of a package: %u refused, %u taken",
	       cut.refused, cut.accepted);

	srandom(SEED);
	for (unsigned int i = 0; i < FLIPS; i++) {
		memcpy(data, package.text, package.len);
		data[4 + (size_t)random() % (package.len - 4)] ^= 1 << (random() % 8);
		convert_hostile(data, package.len, i % 16 == 0, &flipped);
	}
	tap_ok(flipped.refused > 50 && flipped.refused + flipped.accepted == FLIPS &&
		       !flipped.wrong,
	       "packages with a bit flipped: %u refused, %u taken", flipped.refused,
	       flipped.accepted);

	for (unsigned int i = 0; i < 200; i++) {
		for (size_t at = 4; at < package.len; at++)
			data[at] = (char)random();
		memcpy(data, package.text, 4 + i % 64);
		convert_hostile(data, package.len, false, &noise);
	}
	tap_ok(noise.refused == 200 && !noise.wrong, "noise behind the magic number");
	free(data);
	bh_source_free(&package);
}

static int loop(void *argument)
{
	volatile bool more = true;

	(void)argument;
	while (more)
		;
	return EXIT_SUCCESS;
}

static int hang(void *argument)
{
	unsigned int never = 0;

	(void)argument;
	close(STDOUT_FILENO);
	close(STDERR_FILENO);
	syscall(SYS_futex, &never, FUTEX_WAIT, 0, NULL);
	return EXIT_SUCCESS;
}

static int flood(void *argument)
{
	char page[4096] = "";

	(void)argument;
	while (write(STDOUT_FILENO, page, sizeof(page)) > 0)
		;
	return EXIT_SUCCESS;
}

static int talk(void *argument)
{
	(void)argument;
	for (int i = 0; i < 100000; i++)
		if (write(STDERR_FILENO, "0123456789", 10) != 10)
			return EXIT_FAILURE;
	return write(STDOUT_FILENO, "done", 4) == 4 ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int crash(void *argument)
{
	(void)argument;
	__builtin_trap();
}

/* What the work on a package must not be able to do. Its status counts what it can. */
static int escape(void *argument)
{
	int can = 0;

	(void)argument;
	can += open("/etc/passwd", O_RDONLY) >= 0;
	can += socket(AF_UNIX, SOCK_STREAM, 0) >= 0;
	can += fork() >= 0;
	can += unlink("/nowhere") == 0 || errno != EPERM;
	can += kill(getppid(), 0) == 0;
	can += dup(STDOUT_FILENO) >= 0;
	can += read(STDERR_FILENO + 1, &can, 0) == 0;
	return can;
}

static struct bh_child_result run_child(int (*run)(void *), unsigned int clock_ms)
{
	struct bh_child child = { .run = run,
				  .output_bytes_max = 65536,
				  .cpu_seconds = 1,
				  .clock_ms = clock_ms,
				  .memory_bytes = 256UL << 20 };
	struct bh_child_result result;

	tap_is_int(bh_child_run(&child, &result), 0, "a child");
	free(result.output);
	return result;
}

static void test_child(void)
{
	struct bh_child_result result = run_child(loop, 20000);

	tap_ok(WIFSIGNALED(result.status) && !result.too_late,
	       "that computes without end is ended");
	result = run_child(hang, 300);
	tap_ok(result.too_late && WIFSIGNALED(result.status), "that waits without end is ended");
	result = run_child(flood, 20000);
	tap_ok(result.too_long && WIFSIGNALED(result.status), "that writes without end is ended");
	result = run_child(talk, 20000);
	tap_ok(result.status == 0 && result.len == 4 &&
		       strlen(result.message) == BH_CHILD_MESSAGE_MAX - 1,
	       "that complains at length is heard out, and the beginning kept");
	result = run_child(crash, 20000);
	tap_ok(WIFSIGNALED(result.status) && WTERMSIG(result.status) == SIGILL, "that crashes has");
	result = run_child(escape, 20000);
	tap_ok(WIFEXITED(result.status) && WEXITSTATUS(result.status) == 0,
	       "opens, connects, forks, removes, signals nothing");
	signal(SIGCHLD, SIG_IGN);
	result = run_child(talk, 20000);
	tap_is_int(result.status, 0, "its status is known where SIGCHLD is ignored");
	signal(SIGCHLD, SIG_DFL);
}

static int find_module(const struct bh_oci *oci, struct bh_source *module, struct bh_error *error)
{
	int rootfs = open(scratch, O_PATH | O_DIRECTORY);
	int ret = bh_module_find(oci, rootfs, module, error);

	close(rootfs);
	return ret;
}

static void test_image(void)
{
	struct bh_source package;
	struct bh_source cil = convert_te("memcached", &package);
	struct bh_oci oci = { .policy = (char *)"j/98+Q==" };
	struct bh_source module;
	struct bh_error error = { "" };
	char path[256];

	bh_format_free(&package, &cil);
	tap_is_int(find_module(&oci, &module, &error), 0, "an annotation may be a package");
	tap_ok(bh_format_is_package(&module), "it is one");
	free((char *)module.text);

	oci.policy = NULL;
	snprintf(path, sizeof(path), "%s/.bulkhead", scratch);
	mkdir(path, 0700);
	tap_is_int(find_module(&oci, &module, &error), 0, "an image without a module");
	tap_ok(!module.text, "has none");
	write_scratch(".bulkhead/policy.pp", package.text, package.len);
	tap_is_int(find_module(&oci, &module, &error), 0, "an image with a package");
	tap_ok(module.len == package.len && strcmp(module.name, BH_MODULE_PACKAGE_PATH) == 0,
	       "it is found");
	free((char *)module.text);
	write_scratch(".bulkhead/policy.cil", "(type a_t)", 10);
	tap_is_int(find_module(&oci, &module, &error), -EINVAL, "an image with both");
	tap_is_text(error.text,
		    "/.bulkhead/policy.cil: /.bulkhead/policy.pp is there, too; an image has one "
		    "of them",
		    "says so");
	tap_ok(!module.text, "and is refused");
	snprintf(path, sizeof(path), "%s/.bulkhead/policy.pp", scratch);
	unlink(path);
	tap_is_int(find_module(&oci, &module, &error), 0, "an image with CIL");
	tap_is_text(module.name, BH_MODULE_PATH, "it is found");
	free((char *)module.text);
	bh_source_free(&package);
}

/* What is freed is held back only a little: every fork would copy its page tables. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "quarantine_size_mb=1:thread_local_quarantine_size_kb=64";
}

int main(void)
{
	static const char *const same[] = { "nginx", "postgres", "mailer", "builder", "agent" };
	char command[300];

	if (!mkdtemp(scratch))
		return 1;
	fixture_read_base();
	/* First: the less memory there is, the faster is a fork. */
	test_hostile();
	test_names();
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++)
		test_module(same[i], true);
	test_module("memcached", false);
	test_te();
	test_contexts();
	test_sizes();
	test_child();
	test_image();
	bh_base_free(&fixture_base);
	snprintf(command, sizeof(command), "rm -r %s", scratch);
	return system(command) ? 1 : tap_done();
}
