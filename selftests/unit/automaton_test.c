// SPDX-License-Identifier: GPL-2.0
/* Labels by path: what libselinux says about the same rules, and what a stranger might write. */
#include <ctype.h>
#include <errno.h>
#include <selinux/label.h>
#include <selinux/selinux.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "automaton_corpus.h"
#include "fixture.h"

static const mode_t modes[BH_NR_KINDS] = { 0,	    S_IFREG,  S_IFDIR, S_IFCHR,
					   S_IFBLK, S_IFSOCK, S_IFIFO, S_IFLNK };
static const char *const flags[BH_NR_KINDS] = { "", "--", "-d", "-c", "-b", "-s", "-p", "-l" };

#define DEBIAN_RULES 1500
#define DEBIAN_DIR "/etc/selinux/default/contexts/files/"

/* Rules, and what libselinux makes of them. A type's number is that of its context, from 1. */
struct rules {
	struct bh_filecon *rule;
	size_t nr;
	char **context;
	uint32_t nr_contexts;
	struct bh_automaton *automaton;
	struct selabel_handle *handle;
};

static int quiet(int type, const char *format, ...)
{
	(void)type;
	(void)format;
	return 0;
}

static uint32_t context_number(struct rules *rules, const char *context)
{
	if (strcmp(context, "<<none>>") == 0)
		return BH_FILECON_NONE;
	for (uint32_t i = 0; i < rules->nr_contexts; i++)
		if (strcmp(rules->context[i], context) == 0)
			return i + 1;
	rules->context = reallocarray(rules->context, rules->nr_contexts + 1, sizeof(char *));
	rules->context[rules->nr_contexts] = strdup(context);
	return ++rules->nr_contexts;
}

static void add_rule(struct rules *rules, const char *file, uint32_t line, const char *regex,
		     const char *flag, const char *context)
{
	struct bh_filecon *rule;
	uint32_t kind = BH_KIND_ANY;

	while (strcmp(flags[kind], flag) != 0)
		kind++;
	rules->rule = reallocarray(rules->rule, rules->nr + 1, sizeof(*rules->rule));
	rule = &rules->rule[rules->nr++];
	*rule = (struct bh_filecon){ strdup(regex), kind, context_number(rules, context), file,
				     line };
}

static void read_rules(struct rules *rules, const char *file)
{
	char text[4096], regex[1024], second[1024], third[1024];
	FILE *stream = fopen(file, "r");

	if (!stream) {
		printf("Bail out! %s: %s\n", file, strerror(errno));
		exit(1);
	}
	for (uint32_t line = 1; fgets(text, sizeof(text), stream); line++) {
		int nr = sscanf(text, "%1023s %1023s %1023s", regex, second, third);

		if (nr >= 2 && regex[0] != '#')
			add_rule(rules, file, line, regex, nr == 3 ? second : "",
				 nr == 3 ? third : second);
	}
	fclose(stream);
}

static void open_oracle(struct rules *rules)
{
	char path[] = "/tmp/bh-filecon-XXXXXX";
	struct selinux_opt option = { SELABEL_OPT_PATH, path };
	FILE *stream = fdopen(mkstemp(path), "w");

	for (size_t i = 0; i < rules->nr; i++)
		fprintf(stream, "%s\t%s\t%s\n", rules->rule[i].regex, flags[rules->rule[i].kind],
			rules->rule[i].type ? rules->context[rules->rule[i].type - 1] : "<<none>>");
	fclose(stream);
	rules->handle = selabel_open(SELABEL_CTX_FILE, &option, 1);
	unlink(path);
	if (rules->handle)
		return;
	printf("Bail out! selabel_open: %s\n", strerror(errno));
	exit(1);
}

static void free_rules(struct rules *rules)
{
	for (size_t i = 0; i < rules->nr; i++)
		free((char *)rules->rule[i].regex);
	for (uint32_t i = 0; i < rules->nr_contexts; i++)
		free(rules->context[i]);
	free(rules->rule);
	free(rules->context);
	free(rules->automaton);
	if (rules->handle)
		selabel_close(rules->handle);
	memset(rules, 0, sizeof(*rules));
}

/* Whether both say the same of the path; a walk over names, too, as the programs do it. */
static bool agrees(const struct rules *rules, const char *path, uint32_t kind)
{
	uint32_t got = bh_automaton_walk(rules->automaton, path, kind);
	const char *ours = got ? rules->context[got - 1] : "<<none>>";
	char *context = NULL;
	bool same;

	if (selabel_lookup_raw(rules->handle, &context, path, (int)modes[kind]))
		context = NULL;
	same = strcmp(context ? context : "<<none>>", ours) == 0;
	if (!same) {
		tap_note("path", path);
		tap_note(flags[kind], ours);
		tap_note("libselinux", context ? context : "<<none>>");
	}
	freecon(context);
	return same;
}

/* Asks about @nr paths made from the rules in turn; says how many were no match at all. */
static unsigned int compare_paths(const struct rules *rules, unsigned int nr, unsigned int *labels)
{
	unsigned int wrong = 0;

	for (unsigned int i = 0; i < nr; i++) {
		const struct bh_filecon *rule = &rules->rule[i % rules->nr];
		uint32_t kind = corpus_random(3) ? rule->kind : corpus_random(BH_NR_KINDS);
		struct corpus_text path;
		struct bh_regex regex;

		bh_regex_parse(rule, &regex, NULL);
		corpus_path(&regex, &path);
		free(regex.node);
		wrong += !agrees(rules, path.bytes, kind);
		*labels += bh_automaton_walk(rules->automaton, path.bytes, kind) != 0;
		if (wrong > 5)
			break;
	}
	return wrong;
}

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Debian's list as a whole is beyond the limits: the first of those without an inner .* are not. */
static void drop_inner_stars(struct rules *rules)
{
	size_t nr = 0;

	for (size_t i = 0; i < rules->nr; i++) {
		const char *star = strstr(rules->rule[i].regex, ".*");

		if (!star)
			star = strstr(rules->rule[i].regex, ".+");
		if (!star || !strpbrk(star + 2, "abcdefghijklmnopqrstuvwxyz/"))
			rules->rule[nr++] = rules->rule[i];
		else
			free((char *)rules->rule[i].regex);
	}
	for (size_t i = DEBIAN_RULES; i < nr; i++)
		free((char *)rules->rule[i].regex);
	rules->nr = nr < DEBIAN_RULES ? nr : DEBIAN_RULES;
}

static void test_file(const char *file, unsigned int nr_paths, bool whole)
{
	struct bh_error error = { "" };
	struct rules rules = { 0 };
	unsigned int labels = 0;
	double start;
	int ret;

	read_rules(&rules, file);
	if (!whole)
		drop_inner_stars(&rules);
	start = seconds();
	ret = bh_automaton_compile(rules.rule, rules.nr, &rules.automaton, &error);
	if (!tap_is_int(ret, 0, "compiles")) {
		tap_note("error", error.text);
		free_rules(&rules);
		return;
	}
	printf("# %s: %zu rules, %u states, %u classes, %u rows, %u bytes, %.3f s\n", file,
	       rules.nr, rules.automaton->nr_states, rules.automaton->nr_classes,
	       rules.automaton->nr_rows, rules.automaton->bytes, seconds() - start);
	open_oracle(&rules);
	tap_is_int(compare_paths(&rules, nr_paths, &labels), 0, "libselinux says the same");
	tap_ok(labels > nr_paths / 3 && labels < nr_paths, "%u of %u paths have a label", labels,
	       nr_paths);
	free_rules(&rules);
}

/* A type's number is that of its context: what BASE's automaton says can be looked up. */
static void take_types(struct rules *rules, const struct bh_policy *policy)
{
	for (uint32_t i = 1; i < policy->nr_types; i++) {
		char context[BH_NAME_MAX + 32];

		snprintf(context, sizeof(context), "system_u:object_r:%s:s0",
			 policy->types[i].name);
		context_number(rules, context);
	}
}

/* BASE, whose statements libsepol itself writes as a file_contexts. */
static void test_base(void)
{
	char path[] = "/tmp/bh-contexts-XXXXXX", command[8192], *end = command;
	struct bh_policy *policy = fixture_compile(NULL, NULL);
	struct rules rules = { 0 };
	unsigned int labels = 0;

	close(mkstemp(path));
	end += sprintf(end, "secilc -o /dev/null -f %s", path);
	for (size_t i = 0; i < fixture_base.nr_source; i++)
		end += sprintf(end, " %s", fixture_base.source[i].name);
	if (!tap_is_int(system(command), 0, "libsepol writes BASE's file_contexts"))
		return;
	take_types(&rules, policy);
	read_rules(&rules, path);
	unlink(path);
	tap_is_int(rules.nr_contexts, policy->nr_types - 1, "with BASE's types");
	rules.automaton = policy->automaton;
	policy->automaton = NULL;
	printf("# BASE: %zu rules, %u states, %u classes, %u bytes\n", rules.nr,
	       rules.automaton->nr_states, rules.automaton->nr_classes, rules.automaton->bytes);
	tap_ok(rules.automaton->nr_states < 3600, "a map of less than 1 MiB");
	tap_ok(rules.automaton->nr_classes <= BH_AUTOMATON_CLASSES, "and not too many classes");
	open_oracle(&rules);
	tap_is_int(compare_paths(&rules, 20000, &labels), 0, "libselinux says the same of BASE");
	tap_ok(labels > 10000, "%u paths have a label", labels);
	free_rules(&rules);
	bh_policy_free(policy);
}

static void test_random_rules(void)
{
	unsigned int wrong = 0, labels = 0, refused = 0;

	for (unsigned int set = 0; set < 300 && wrong <= 5; set++) {
		struct bh_error error = { "" };
		struct rules rules = { 0 };

		for (uint32_t i = corpus_random(20) + 2; i > 0; i--) {
			struct corpus_text regex = { .len = 0 };
			char context[32];
			struct bh_regex parsed;

			if (corpus_random(8))
				corpus_add(&regex, "/");
			corpus_regex(&regex, 2, false);
			snprintf(context, sizeof(context), "u:r:t%u:s0", i);
			add_rule(&rules, "random", i, regex.bytes, flags[corpus_random(8)],
				 corpus_random(10) ? context : "<<none>>");
			if (bh_regex_parse(&rules.rule[rules.nr - 1], &parsed, &error)) {
				refused++;
				free((char *)rules.rule[--rules.nr].regex);
			}
			free(parsed.node);
		}
		if (!rules.nr)
			continue;
		if (bh_automaton_compile(rules.rule, rules.nr, &rules.automaton, &error)) {
			tap_note("error", error.text);
			wrong++;
		} else {
			unsigned int before = wrong;

			open_oracle(&rules);
			wrong += compare_paths(&rules, 40, &labels);
			for (size_t i = 0; before != wrong && i < rules.nr; i++)
				tap_note(flags[rules.rule[i].kind], rules.rule[i].regex);
		}
		free_rules(&rules);
	}
	tap_is_int(wrong, 0, "random rules: libselinux says the same");
	tap_ok(labels > 2000 && refused < 1000, "random rules: %u labels, %u rules refused", labels,
	       refused);
}

#include "automaton_hostile.h"
#include "filecon.h"

static uint32_t type_by_name(const char *name, void *data)
{
	(void)data;
	return name[0] == 't' ? (uint32_t)atoi(name + 1) : 0;
}

/* CIL's order, not the text's; and the state of a directory leads to its children's labels. */
static void test_cil(void)
{
	static const char text[] = "(context c (u r t1 ((s0) (s0))))\n"
				   "(filecon \"/a/b\" file (u r t3 ((s0) (s0))))\n"
				   "(filecon \"/a/.*\" any (u r t2 ((s0) (s0))))\n"
				   "(filecon \"/.*\" any c)\n"
				   "(filecon \"/a/n\" any ())\n";
	const struct bh_cil_limits limits = { .bytes = 4096, .nodes = 200, .depth = 8 };
	const struct bh_source source = { "f.cil", text, sizeof(text) - 1 };
	struct bh_error error = { "" };
	struct bh_automaton *automaton = NULL;
	struct bh_filecon *rules = NULL;
	struct bh_cil_tree tree;
	size_t nr = 0;
	uint32_t a;

	bh_cil_read(&source, &limits, &tree, &error);
	tap_is_int(bh_filecon_read(&tree, 1, type_by_name, NULL, &rules, &nr, &error), 0, "reads");
	tap_is_int((long)nr, 4, "all statements");
	tap_is_int(bh_automaton_compile(rules, nr, &automaton, &error), 0, error.text);
	a = bh_automaton_step(automaton, BH_AUTOMATON_START, "/a", 2);
	tap_is_int(bh_automaton_root_label(automaton), 1, "root");
	tap_is_int(bh_automaton_label(automaton, a, BH_KIND_DIR), 1, "/a");
	a = bh_automaton_step(automaton, a, "/b", 2);
	tap_is_int(bh_automaton_label(automaton, a, BH_KIND_FILE), 3, "/a/b, a file");
	tap_is_int(bh_automaton_label(automaton, a, BH_KIND_DIR), 2, "/a/b, a directory");
	tap_is_int(bh_automaton_walk(automaton, "/a/n", BH_KIND_FILE), 0, "no label");
	free(automaton);
	free(rules);
	bh_cil_tree_free(&tree);
}

int main(void)
{
	selinux_set_callback(SELINUX_CB_LOG, (union selinux_callback){ .func_log = quiet });
	corpus_seed = 20240229;
	test_file("file_contexts", 12000, true);
	test_file(DEBIAN_DIR "file_contexts.homedirs", 6000, true);
	test_file(DEBIAN_DIR "file_contexts", 12000, false);
	fixture_read_base();
	test_base();
	bh_base_free(&fixture_base);
	test_random_rules();
	test_hostile();
	test_cil();
	return tap_done();
}
