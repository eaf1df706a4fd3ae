// SPDX-License-Identifier: GPL-2.0
/* Dockerfiles: what is a POLICY and what is not, and the file that is left of it. */
#include <errno.h>
#include <stdlib.h>

#include "dockerfile.h"
#include "tap.h"

static struct bh_error error;

/* A file with one POLICY, in its line @line; @line 0: none. */
struct good {
	const char *what;
	const char *text;
	unsigned int line;
	const char *file, *type;
};

static const struct good goods[] = {
	{ "a file", "FROM scratch\nPOLICY a.cil\n", 2, "a.cil", NULL },
	{ "a domain", "FROM scratch\nPOLICY d/a.cil TYPE web_t\n", 2, "d/a.cil", "web_t" },
	{ "lower case", "from scratch\npolicy a.cil type web_t\n", 2, "a.cil", "web_t" },
	{ "spaces and tabs", "FROM scratch\n \t POLICY \t a.cil  \n", 2, "a.cil", NULL },
	{ "carriage returns", "FROM scratch\r\nPOLICY a.cil\r\n", 2, "a.cil", NULL },
	{ "no newline at the end", "FROM scratch\nPOLICY a.cil", 2, "a.cil", NULL },
	{ "a byte order mark",
	  "\xef\xbb\xbf"
	  "FROM scratch\nPOLICY a.cil\n",
	  2, "a.cil", NULL },
	{ "continued", "FROM scratch\nPOLICY \\\n a.cil \\\n TYPE web_t\n", 2, "a.cil", "web_t" },
	{ "a comment in a continuation", "FROM scratch\nPOLICY \\\n# a comment\n\n a.cil\n", 2,
	  "a.cil", NULL },
	{ "escape `", "# escape=`\nFROM scratch\nPOLICY `\n a.cil\n", 3, "a.cil", NULL },
	{ "escape ` and a path that ends in \\",
	  "#escape=`\nFROM scratch\nRUN dir C:\\\nPOLICY a.cil\n", 4, "a.cil", NULL },
	{ "directives in front of escape",
	  "# syntax=x\n# check=skip=all\n# escape=`\nFROM s\nPOLICY `\na\n", 5, "a", NULL },
	{ "escape behind a comment is a comment",
	  "# hello\n# escape=`\nFROM s\nRUN a `\nPOLICY a\n", 5, "a", NULL },
	{ "escape behind an empty line is a comment", "\n# escape=`\nFROM s\nRUN a `\nPOLICY a\n",
	  5, "a", NULL },
	{ "behind a heredoc", "FROM s\nRUN <<EOF\nx\nEOF\nPOLICY a\n", 5, "a", NULL },
	{ "a heredoc of another instruction is none", "FROM s\nLABEL a=<<EOF\nPOLICY a\n", 3, "a",
	  NULL },
	{ "<< in quotes is no heredoc", "FROM s\nRUN echo \"a <<EOF\"\nPOLICY a\n", 3, "a", NULL },
	{ "<<< is no heredoc", "FROM s\nRUN cat <<<EOF\nPOLICY a\n", 3, "a", NULL },
	{ "in the middle", "FROM s\nRUN a\nPOLICY a\nRUN b\n", 3, "a", NULL },
	{ "none", "FROM s\nRUN POLICY a\n", 0, NULL, NULL },
	{ "in a comment", "FROM s\n# POLICY a\n", 0, NULL, NULL },
	{ "in a continuation", "FROM s\nRUN echo \\\nPOLICY a\n", 0, NULL, NULL },
	{ "in a continuation over a comment", "FROM s\nRUN echo \\\n# c\nPOLICY a\n", 0, NULL,
	  NULL },
	{ "in a heredoc", "FROM s\nRUN <<EOF\nPOLICY a\nEOF\n", 0, NULL, NULL },
	{ "in a heredoc of COPY", "FROM s\nCOPY <<EOF /x\nPOLICY a\nEOF\n", 0, NULL, NULL },
	{ "in the second heredoc", "FROM s\nCOPY <<A <<B /x/\nA\nPOLICY a\nB\n", 0, NULL, NULL },
	{ "in a heredoc with quotes", "FROM s\nRUN cat <<'E F'\nPOLICY a\nE F\n", 0, NULL, NULL },
	{ "in a heredoc with tabs", "FROM s\nRUN cat <<-EOF\n\tPOLICY a\n\tEOF\n", 0, NULL, NULL },
	{ "in a heredoc of a descriptor", "FROM s\nRUN cat 3<<EOF\nPOLICY a\nEOF\n", 0, NULL,
	  NULL },
	{ "in a heredoc of ONBUILD", "FROM s\nONBUILD RUN <<EOF\nPOLICY a\nEOF\n", 0, NULL, NULL },
	{ "in a heredoc after a continuation", "FROM s\nRUN a \\\n <<EOF\nPOLICY a\nEOF\n", 0, NULL,
	  NULL },
	{ "nothing", "", 0, NULL, NULL },
	{ "a word that begins so", "FROM s\nPOLICYX a\n", 0, NULL, NULL },
	{ "two escapes without POLICY", "FROM s\nRUN a \\\\\n", 0, NULL, NULL },
};

struct bad {
	const char *what;
	const char *text;
	const char *says;
};

#define WANTS "POLICY: wants POLICY FILE [TYPE DOMAIN]"
#define PATH "POLICY: FILE is below the context, and of letters, digits and _+-.@/ only"

static const struct bad bads[] = {
	{ "no file", "FROM s\nPOLICY\n", "D:2: " WANTS },
	{ "two files", "FROM s\nPOLICY a b\n", "D:2: " WANTS },
	{ "TYPE without domain", "FROM s\nPOLICY a TYPE\n", "D:2: " WANTS },
	{ "another word", "FROM s\nPOLICY a KIND b\n", "D:2: " WANTS },
	{ "too many words", "FROM s\nPOLICY a TYPE b c\n", "D:2: " WANTS },
	{ "a comment behind", "FROM s\nPOLICY a # b\n", "D:2: " WANTS },
	{ "JSON", "FROM s\nPOLICY [\"a\"]\n", "D:2: " PATH },
	{ "a variable", "FROM s\nPOLICY $A\n", "D:2: " PATH },
	{ "an absolute path", "FROM s\nPOLICY /etc/passwd\n", "D:2: " PATH },
	{ "an option", "FROM s\nPOLICY --from=x\n", "D:2: " PATH },
	{ "a wildcard", "FROM s\nPOLICY *.cil\n", "D:2: " PATH },
	{ "a domain with brackets", "FROM s\nPOLICY a TYPE a)b\n",
	  "D:2: POLICY: DOMAIN is the name of a type" },
	{ "before FROM", "POLICY a\nFROM s\n", "D:1: POLICY: before the first FROM" },
	{ "twice", "FROM s\nPOLICY a\nPOLICY b\n", "D:3: POLICY: this stage has one already" },
	{ "ONBUILD", "FROM s\nONBUILD policy a\n", "D:2: POLICY: not after ONBUILD" },
	{ "a heredoc without end", "FROM s\nRUN <<EOF\nPOLICY a\n",
	  "D:2: a heredoc that starts here has no end" },
	{ "a heredoc's end with a space", "FROM s\nRUN <<EOF\nEOF \nPOLICY a\n",
	  "D:2: a heredoc that starts here has no end" },
	{ "another escape", "# escape=x\nFROM s\n",
	  "D:1: directive escape: wants \\ or `, and once" },
	{ "escape twice", "# escape=`\n# escape=`\nFROM s\n",
	  "D:2: directive escape: wants \\ or `, and once" },
	{ "two escapes", "FROM s\nRUN a \\\\\nPOLICY a\n",
	  "D:2: ends in two escapes, which engines read differently; with POLICY in the file, "
	  "write something behind them" },
	{ "nothing behind a continuation", "FROM s\nPOLICY a\nRUN a \\\n",
	  "D: its last line is continued by nothing" },
};

static void test_good(const struct good *good)
{
	struct bh_source source = { "D", good->text, strlen(good->text) };
	const struct bh_dockerfile_policy *policy = NULL;
	struct bh_dockerfile file;
	int ret = bh_dockerfile_parse(&source, &file, &error);

	if (!ret && file.nr_stages)
		ret = bh_dockerfile_find(&file, NULL, &policy, &error);
	tap_ok(!ret && (policy ? policy->line : 0) == good->line &&
		       (!policy ||
			(!strcmp(policy->file, good->file) &&
			 !strcmp(policy->type ? policy->type : "", good->type ? good->type : ""))),
	       "taken: %s", good->what);
	bh_dockerfile_free(&file);
}

static void test_bad(const struct bad *bad)
{
	struct bh_source source = { "D", bad->text, strlen(bad->text) };
	struct bh_dockerfile file;

	error.text[0] = '\0';
	if (bh_dockerfile_parse(&source, &file, &error) < 0)
		tap_is_text(error.text, bad->says, bad->what);
	else
		tap_ok(false, "refused: %s", bad->what);
	bh_dockerfile_free(&file);
}

static void test_hostile(void)
{
	static char large[BH_DOCKERFILE_MAX + 1];
	static const char nul[] = "FROM s\nPOLICY a\0b\n";
	struct bh_source source = { "D", nul, sizeof(nul) - 1 };
	struct bh_dockerfile file;
	size_t used = 0;

	tap_is_int(bh_dockerfile_parse(&source, &file, &error), -EINVAL, "a NUL is refused");
	bh_dockerfile_free(&file);
	memset(large, '\n', sizeof(large));
	source = (struct bh_source){ "D", large, sizeof(large) };
	tap_is_int(bh_dockerfile_parse(&source, &file, &error), -E2BIG,
		   "a byte too much is refused");
	bh_dockerfile_free(&file);
	source.len--;
	tap_is_int(bh_dockerfile_parse(&source, &file, &error), 0, "and without it not");
	bh_dockerfile_free(&file);
	for (int i = 0; i < 257; i++)
		used += (size_t)sprintf(large + used, "FROM s\n");
	source.len = used;
	bh_dockerfile_parse(&source, &file, &error);
	tap_is_text(error.text, "D:257: more than 256 stages", "257 stages are refused");
	bh_dockerfile_free(&file);
	used = (size_t)sprintf(large, "FROM s\nRUN a");
	for (int i = 0; i < 65; i++)
		used += (size_t)sprintf(large + used, " <<E");
	for (int i = 0; i < 66; i++)
		used += (size_t)sprintf(large + used, "\nE");
	source.len = used;
	bh_dockerfile_parse(&source, &file, &error);
	tap_ok(strstr(error.text, "too many heredocs"), "65 heredocs are refused");
	bh_dockerfile_free(&file);
}

static void test_stages(void)
{
	static const char text[] = "FROM s AS one\nPOLICY a\nFROM --platform=x ONE as two\nRUN x\n"
				   "FROM s\nPOLICY b\nFROM two\n";
	static const struct {
		const char *target, *file;
	} rows[] = { { NULL, "a" }, { "", "a" },  { "two", "a" }, { "ONE", "a" },
		     { "2", "b" },  { "3", "a" }, { "0", "a" } };
	struct bh_source source = { "D", text, sizeof(text) - 1 };
	const struct bh_dockerfile_policy *policy;
	struct bh_dockerfile file;

	tap_is_int(bh_dockerfile_parse(&source, &file, &error), 0, "stages parse");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		tap_ok(!bh_dockerfile_find(&file, rows[i].target, &policy, &error) && policy &&
			       !strcmp(policy->file, rows[i].file),
		       "target %s", rows[i].target ? rows[i].target : "none");
	tap_is_int(bh_dockerfile_find(&file, "4", &policy, &error), -ENOENT, "no fifth stage");
	tap_is_int(bh_dockerfile_find(&file, "three", &policy, &error), -ENOENT, "no such stage");
	tap_is_int(bh_dockerfile_find(&file, "99999999999999999999999", &policy, &error), -ENOENT,
		   "no number overflows");
	bh_dockerfile_free(&file);
}

static void test_rewrite(const char *text, char *const *head, char *const *embed, const char *want,
			 const char *what)
{
	struct bh_source source = { "D", text, strlen(text) };
	struct bh_dockerfile file;
	char *made = NULL;
	size_t len;

	if (!bh_dockerfile_parse(&source, &file, &error) &&
	    !bh_dockerfile_rewrite(&file, head, embed, &made, &len))
		tap_is_text(made, want, what);
	else
		tap_ok(false, "%s", what);
	free(made);
	bh_dockerfile_free(&file);
}

static void test_rewrites(void)
{
	char one[] = "LABEL a\nCOPY a\n", two[] = "LABEL b\n", top[] = "LABEL t\n";
	char *const both[] = { one, two }, *const last[] = { NULL, two }, *const first[] = { one };
	char *const tops[] = { top, top }, *const none[] = { NULL, NULL };

	test_rewrite("# c\nFROM s\nPOLICY a\nRUN x", none, first,
		     "# c\nFROM s\n# POLICY was here\nRUN x\nLABEL a\nCOPY a\n",
		     "at the end of the stage");
	test_rewrite("FROM s\nPOLICY \\\n\n a\nRUN x\n", none, first,
		     "FROM s\n# POLICY was here\n#\n#\nRUN x\nLABEL a\nCOPY a\n",
		     "lines keep their numbers");
	test_rewrite(
		"FROM s\nPOLICY a\nFROM t\nPOLICY b\n", none, both,
		"FROM s\n# POLICY was here\nLABEL a\nCOPY a\nFROM t\n# POLICY was here\nLABEL b\n",
		"each stage has its own");
	test_rewrite("FROM s\nRUN <<E\nPOLICY a\nE\nFROM t\nPOLICY b", none, last,
		     "FROM s\nRUN <<E\nPOLICY a\nE\nFROM t\n# POLICY was here\nLABEL b\n",
		     "a heredoc is left alone");
	test_rewrite("ARG x\nFROM \\\n s\nRUN x\nFROM t", tops, none,
		     "ARG x\nFROM \\\n s\nLABEL t\nRUN x\nFROM t\nLABEL t\n",
		     "behind FROM, also at the end");
}

int main(void)
{
	for (size_t i = 0; i < sizeof(goods) / sizeof(goods[0]); i++)
		test_good(&goods[i]);
	for (size_t i = 0; i < sizeof(bads) / sizeof(bads[0]); i++)
		test_bad(&bads[i]);
	test_hostile();
	test_stages();
	test_rewrites();
	return tap_done();
}
