/* SPDX-License-Identifier: GPL-2.0 */
/* Regexes of a stranger: refused for their reason, or compiled in bounded time. */
#ifndef BULKHEAD_AUTOMATON_HOSTILE_H
#define BULKHEAD_AUTOMATON_HOSTILE_H

#include "automaton_corpus.h"
#include "tap.h"

static int compile_one(const char *regex, struct bh_error *error)
{
	struct bh_filecon rule = { regex, BH_KIND_ANY, 1, "m.cil", 7 };
	struct bh_automaton *automaton;
	int ret = bh_automaton_compile(&rule, 1, &automaton, error);

	free(automaton);
	return ret;
}

/* An empty reason: it compiles. */
static void test_hostile_regexes(void)
{
	static const struct {
		const char *regex;
		const char *reason;
	} cases[] = {
		{ "", "it is empty" },
		{ "#x", "a comment" },
		{ "/a b", "white space" },
		{ "/a\n", "white space" },
		{ "/\xc3\xa9", "non-ASCII" },
		{ "/(a)\\1", "back references" },
		{ "/(a)\\g1", "back references" },
		{ "/\\k<a>", "back references" },
		{ "/(?=a)", "look-around" },
		{ "/(?!a)", "look-around" },
		{ "/(?<=a)", "look-around" },
		{ "/(?<name>a)", "named groups" },
		{ "/(?>a)", "atomic groups" },
		{ "/\\R", "atomic groups" },
		{ "/(?R)", "recursion" },
		{ "/(?1)", "recursion" },
		{ "/(?-1)", "recursion" },
		{ "/(?(1)a)", "conditions" },
		{ "/(?C)", "callouts" },
		{ "/(?C1)", "callouts" },
		{ "/(*ACCEPT)", "verbs" },
		{ "/(*F)", "verbs" },
		{ "/(?i)a", "only (...)" },
		{ "/(?#a)", "only (...)" },
		{ "/(?|a)", "only (...)" },
		{ "/a*+", "possessive" },
		{ "/a++", "possessive" },
		{ "/a?+", "possessive" },
		{ "/a{2}+", "possessive" },
		{ "/a**", "quantifier after a quantifier" },
		{ "/a{2}{3}", "quantifier after a quantifier" },
		{ "/\\b", "assertions" },
		{ "/\\B", "assertions" },
		{ "/\\Ga", "assertions" },
		{ "/a\\Kb", "assertions" },
		{ "/a\\z", "assertions" },
		{ "/\\pL", "Unicode" },
		{ "/\\X", "Unicode" },
		{ "/\\Qa\\E", "quoting" },
		{ "/\\x4", "\\x without" },
		{ "/\\x{100}", "\\x without" },
		{ "/\\c@", "unsupported escape" },
		{ "/\\01", "unsupported escape" },
		{ "*", "quantifier after ^ or $" },
		{ "/(*", "verbs" },
		{ "/|*", "quantifier with nothing" },
		{ "/a{,3}", "no quantifier" },
		{ "/a{", "no quantifier" },
		{ "/a{3,2}", "swapped" },
		{ "/a{256}", "number of repetitions" },
		{ "/a{99999999999}", "number of repetitions" },
		{ "/(a", "without its closing" },
		{ "/a)", "without its opening" },
		{ "/[a", "without its end" },
		{ "/[]", "without its end" },
		{ "/[z-a]", "ends swapped" },
		{ "/[\\d-z]", "starts with a class" },
		{ "/[a-\\d]", "ends with a class" },
		{ "/[[:foo:]]", "unknown class" },
		{ "/[[.a.]]", "collating" },
		{ "/a$b", "$ before the end" },
		{ "/(a$)*b", "$ before the end" },
		{ "/((a{255}){255}){255}", "too large" },
		{ "/((((()){255}){255}){255}){255}", "too large" },
		{ "/(((a*){99}){99}){99}", "too large" },
		{ "/.*a.{200}", "too many states" },
		{ "/(.*a.{20}|.*b.{20})", "too many states" },
		{ "/(a*)*", "" },
		{ "/(a|a)*(a|a)*(a|a)*b", "" },
		{ "/(((a+)+)+)+b", "" },
		{ "/(|a)*", "" },
		{ "/(^a|b)*", "" },
		{ "a|b|c", "" },
		{ "/a$", "" },
	};
	static char deep[2048];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct bh_error error = { "" };
		int ret = compile_one(cases[i].regex, &error);
		bool refused = cases[i].reason[0] != '\0';
		bool said = strncmp(error.text, "m.cil:7: filecon ", 17) == 0 &&
			    strstr(error.text, cases[i].reason);

		if (!tap_ok((ret != 0) == refused && (!refused || said), "regex %zu: %s", i,
			    refused ? cases[i].reason : "compiles"))
			tap_note("said", error.text);
	}
	memset(deep, '(', 33);
	memset(deep + 33, ')', 33);
	tap_is_int(compile_one(deep, NULL), -7, "33 parentheses");
	tap_is_int(compile_one(deep + 1, NULL), -22, "unbalanced");
	deep[65] = '\0';
	tap_is_int(compile_one(deep + 1, NULL), 0, "32 parentheses");
	memset(deep, 'a', 1025);
	tap_is_int(compile_one(deep, NULL), -7, "1025 bytes");
	tap_is_int(compile_one(deep + 1, NULL), 0, "1024 bytes");
}

/* The least of some: how long a regex takes to be refused. */
static double refusal_seconds(const char *regex)
{
	double least = 1e9;

	for (int i = 0; i < 3; i++) {
		double start = seconds();

		if (compile_one(regex, NULL) != -E2BIG)
			return 1e9;
		start = seconds() - start;
		least = start < least ? start : least;
	}
	return least;
}

/* Few states of many positions: what takes long is to sort these, which counts, too. */
static void test_sorting(void)
{
	double looked = refusal_seconds("/(([a-z]?){200}){20}");
	double sorted = refusal_seconds("/((a?b?c?d?){255}){4}");

	tap_ok(sorted < 1.3 * looked,
	       "a refusal for sorting takes no longer than another: %.3f, %.3f s", sorted, looked);
}

static void test_random_bytes(void)
{
	static const char usual[] = "/a.*+?()[]{}|^$\\-:,12nxd=!<>";
	unsigned int compiled = 0;

	for (int i = 0; i < 20000; i++) {
		char regex[40];
		uint32_t len = corpus_random(sizeof(regex) - 1) + 1;

		for (uint32_t j = 0; j < len; j++)
			regex[j] = (char)(corpus_random(20) ?
						  usual[corpus_random(sizeof(usual) - 1)] :
						  (char)corpus_random(256));
		regex[len < sizeof(regex) ? len : len - 1] = '\0';
		compiled += compile_one(regex, NULL) == 0;
	}
	tap_ok(compiled > 100, "20,000 random texts: %u compile", compiled);
}

static void test_hostile(void)
{
	test_hostile_regexes();
	test_sorting();
	test_random_bytes();
}

#endif /* BULKHEAD_AUTOMATON_HOSTILE_H */
