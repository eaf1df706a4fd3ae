// SPDX-License-Identifier: GPL-2.0
/* The reader of CIL: libsepol's tokens, and what a stranger might send. */
#include <errno.h>
#include <stdlib.h>

#include "cil_read.h"
#include "tap.h"

static const struct bh_cil_limits limits = { .bytes = 4096, .nodes = 64, .depth = 4 };

static int read_bytes(const char *text, size_t len, struct bh_cil_tree *tree,
		      struct bh_error *error)
{
	/* On the heap and without a NUL, so that ASan sees a byte too many. */
	char *copy = malloc(len ? len : 1);
	struct bh_source source = { "t.cil", copy, len };
	int ret;

	memcpy(copy, text, len);
	ret = bh_cil_read(&source, &limits, tree, error);
	free(copy);
	return ret;
}

static void print_tree(const struct bh_cil_tree *tree, char *out, size_t size)
{
	size_t used = 0;
	char text[512];

	out[0] = '\0';
	for (const struct bh_cil_node *node = tree->first; node; node = node->next)
		used += (size_t)snprintf(out + used, size - used, "%s%u:%s", used ? " " : "",
					 node->line, bh_cil_print(node, text, sizeof(text)));
}

static void test_reads(void)
{
	static const struct {
		const char *text;
		const char *want; /* each statement with its line */
	} cases[] = {
		{ "", "" },
		{ " \t\n\n", "" },
		{ "()", "1:()" },
		{ "(a)", "1:(a)" },
		{ "(a b)(c)\n(d)", "1:(a b) 1:(c) 2:(d)" },
		{ "(a(b c)d)", "1:(a (b c) d)" },
		{ "\n\n(a\n\nb)\n(c)", "3:(a b) 6:(c)" },
		{ "(a) ; comment ( \" \n(b);last", "1:(a) 2:(b)" },
		{ "(a;b\nc)", "1:(a c)" },
		{ ";; not a mark\n (a)\n ;;* nor this, it is indented\n(b)", "2:(a) 4:(b)" },
		{ "(a \"q r;(\" b)", "1:(a \"q r;(\" b)" },
		{ "(a \"\")", "1:(a \"\")" },
		{ "(a\"b\"c)", "1:(a \"b\" c)" },
		{ "([].@=/*-_$%+!|&^:~`#{}'<>?,)", "1:([].@=/*-_$%+!|&^:~`#{}'<>?,)" },
		{ "(a)\r\n(b)\r\n", "1:(a) 2:(b)" },
		{ "; \xc3\xa9 in a comment\n(a)", "2:(a)" },
		{ "((((a))))", "1:((((a))))" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct bh_cil_tree tree;
		struct bh_error error = { "" };
		char got[1024];

		read_bytes(cases[i].text, strlen(cases[i].text), &tree, &error);
		print_tree(&tree, got, sizeof(got));
		tap_ok(strcmp(got, cases[i].want) == 0 && !error.text[0], "reads case %zu: %s", i,
		       cases[i].want);
		if (strcmp(got, cases[i].want) != 0 || error.text[0])
			tap_note("got", error.text[0] ? error.text : got);
		bh_cil_tree_free(&tree);
	}
}

static void test_refuses(void)
{
#define TEXT(s) s, sizeof(s) - 1
	static const struct {
		const char *text;
		size_t len;
		int code;
		const char *message;
	} cases[] = {
		{ TEXT("(a"), -EINVAL, "t.cil:1: opening parenthesis without its closing one" },
		{ TEXT("(a)\n(b (c)\n"), -EINVAL,
		  "t.cil:2: opening parenthesis without its closing one" },
		{ TEXT("(a)\n)"), -EINVAL, "t.cil:2: closing parenthesis without its opening one" },
		{ TEXT("a"), -EINVAL, "t.cil:1: not CIL: text outside parentheses" },
		{ TEXT("\"a\""), -EINVAL, "t.cil:1: not CIL: text outside parentheses" },
		{ TEXT("(a)\nfoo"), -EINVAL, "t.cil:2: not CIL: text outside parentheses" },
		{ TEXT("(a \\ b)"), -EINVAL, "t.cil:1: stray '\\'" },
		{ TEXT("(a \"b)\n"), -EINVAL, "t.cil:1: quotation mark without its end" },
		{ TEXT("(a \"b\n\")"), -EINVAL, "t.cil:1: quotation mark without its end" },
		{ TEXT("(a \"b\0\")"), -EINVAL, "t.cil:1: quotation mark without its end" },
		{ TEXT("(a\0b)"), -EINVAL, "t.cil:1: not CIL: byte 0x00" },
		{ TEXT(";a\0b\n(a)"), -EINVAL, "t.cil:1: not CIL: byte 0x00" },
		{ TEXT("(a\n\xff)"), -EINVAL, "t.cil:2: not CIL: byte 0xff" },
		{ TEXT("(a\n\f)"), -EINVAL, "t.cil:2: not CIL: byte 0x0c" },
		{ TEXT("\x7f"
		       "ELF"),
		  -EINVAL, "t.cil:1: not CIL: byte 0x7f" },
		{ TEXT("(a)\r(b)"), -EINVAL, "t.cil:1: carriage return without line feed" },
		{ TEXT("(a)\r"), -EINVAL, "t.cil:1: carriage return without line feed" },
		{ TEXT(";;* lms 1 /etc/shadow\n(a)"), -EINVAL,
		  "t.cil:1: line marks of high-level languages (;;*) are not allowed" },
		{ TEXT("(a)\n;;*lmx 1 x\n"), -EINVAL,
		  "t.cil:2: line marks of high-level languages (;;*) are not allowed" },
		{ TEXT("(((((a)))))"), -E2BIG, "t.cil:1: more than 4 parentheses deep" },
	};
#undef TEXT

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct bh_cil_tree tree;
		struct bh_error error = { "" };

		tap_is_int(read_bytes(cases[i].text, cases[i].len, &tree, &error), cases[i].code,
			   "refuses with the right code");
		tap_is_text(error.text, cases[i].message, cases[i].message);
		tap_ok(!tree.first && !tree.nodes, "nothing is left behind");
	}
}

static void test_bounds(void)
{
	static char text[8192];
	struct bh_cil_tree tree;
	struct bh_error error;

	memset(text, ' ', sizeof(text));
	tap_is_int(read_bytes(text, 4096, &tree, &error), 0, "as many bytes as allowed");
	bh_cil_tree_free(&tree);
	tap_is_int(read_bytes(text, 4097, &tree, &error), -E2BIG, "a byte too many");
	tap_is_text(error.text, "t.cil: larger than 4096 bytes", "says how many are allowed");

	text[0] = '(';
	for (int i = 1; i < 64; i++)
		text[2 * i] = 'a';
	text[130] = ')';
	tap_is_int(read_bytes(text, 200, &tree, &error), 0, "as many nodes as allowed");
	bh_cil_tree_free(&tree);
	text[128] = 'a';
	tap_is_int(read_bytes(text, 200, &tree, &error), -E2BIG, "a node too many");
	tap_is_text(error.text, "t.cil:1: more than 64 words and lists", "says so with the line");
}

static void test_print(void)
{
	struct bh_cil_tree tree;
	char text[12];

	read_bytes("(allow a b (file (read)))", 25, &tree, NULL);
	tap_is_text(bh_cil_print(tree.first, text, sizeof(text)), "(allow a...",
		    "a long statement is cut");
	bh_cil_tree_free(&tree);
}

/* Every text of up to five of the bytes that mean something: no crash, no leak. */
static void test_all_short_texts(void)
{
	static const char bytes[] = "();\"a\n\r*\\ ";
	unsigned int nr = sizeof(bytes); /* with the NUL */
	unsigned long accepted = 0;
	struct bh_error error;

	for (unsigned long n = 0; n < (unsigned long)nr * nr * nr * nr * nr; n++) {
		struct bh_cil_tree tree;
		char text[5];
		unsigned long rest = n;

		for (int i = 0; i < 5; i++, rest /= nr)
			text[i] = bytes[rest % nr];
		accepted += read_bytes(text, 5, &tree, &error) == 0;
		bh_cil_tree_free(&tree);
	}
	tap_ok(accepted > 0, "all texts of five bytes: %lu accepted", accepted);
}

int main(void)
{
	test_reads();
	test_refuses();
	test_bounds();
	test_print();
	test_all_short_texts();
	return tap_done();
}
