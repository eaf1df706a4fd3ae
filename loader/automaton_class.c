// SPDX-License-Identifier: GPL-2.0
/* Sets of bytes in a regex: escapes and bracket expressions, as PCRE2 has them without UTF. */
#include <string.h>

#include "automaton_internal.h"

static bool in_range(int c, int low, int high)
{
	return c >= low && c <= high;
}

/* By hand, since <ctype.h> asks the locale and PCRE2's own tables are those of "C". */
static bool is_of(const char *name, int c)
{
	bool lower = in_range(c, 'a', 'z'), upper = in_range(c, 'A', 'Z');
	bool digit = in_range(c, '0', '9'), graph = in_range(c, '!', '~');
	bool alnum = lower || upper || digit;

	switch (name[0]) {
	case 'a':
		return name[1] == 's' ? c < 128 : name[2] == 'p' ? lower || upper : alnum;
	case 'b':
		return c == ' ' || c == '\t';
	case 'c':
		return c < ' ' || c == 127;
	case 'd':
		return digit;
	case 'g':
		return graph;
	case 'l':
		return lower;
	case 'p':
		return name[1] == 'r' ? graph || c == ' ' : graph && !alnum;
	case 's':
		return c == ' ' || in_range(c, '\t', '\r');
	case 'u':
		return upper;
	case 'w':
		return alnum || c == '_';
	case 'x':
		return digit || in_range(c, 'a', 'f') || in_range(c, 'A', 'F');
	case 'H': /* \h */
		return c == '\t' || c == ' ' || c == 0xa0;
	case 'V': /* \v */
		return in_range(c, '\n', '\r') || c == 0x85;
	default: /* 'N': what is not a newline */
		return c != '\n';
	}
}

static void add_named(struct bh_byteset *set, const char *name, bool negated)
{
	for (int c = 0; c < 256; c++)
		if (is_of(name, c) != negated)
			bh_byteset_add(set, c);
}

static int hex_digit(char c)
{
	const char *digits = "0123456789abcdef";
	const char *at = c ? strchr(digits, c | ' ') : NULL;

	return at && (in_range(c, '0', '9') || in_range(c | ' ', 'a', 'f')) ? (int)(at - digits) :
									      -1;
}

static const char *read_hex(const char **text, int *single)
{
	bool braces = **text == '{';
	const char *at = *text + braces;
	int high = hex_digit(at[0]), low = high < 0 ? -1 : hex_digit(at[1]);

	if (low < 0 || (braces && at[2] != '}'))
		return "\\x without two hexadecimal digits";
	*single = high * 16 + low;
	*text = at + 2 + braces;
	return NULL;
}

static const char *refuse_escape(char c)
{
	if (in_range(c, '1', '9') || c == 'g' || c == 'k')
		return "back references are not supported";
	if (c && strchr("bBGAZzK", c))
		return "assertions and \\K are not supported";
	if (c && strchr("pPX", c))
		return "Unicode properties are not supported";
	if (c && strchr("QE", c))
		return "quoting by \\Q and \\E is not supported";
	if (c == 'R')
		return "atomic groups are not supported, and \\R is one";
	return c ? "unsupported escape" : "backslash at the end";
}

const char *bh_regex_escape(const char **text, struct bh_byteset *set, int *single)
{
	static const char controls[] = "a\ae\033f\fn\nr\rt\t";
	static const char *const named[] = { "digit", "word", "space", "H", "V" };
	char c = **text;

	*single = -1;
	if (c)
		++*text;
	if (c == 'x') {
		const char *reason = read_hex(text, single);

		if (reason)
			return reason;
	} else if (c == 'N' && **text != '{') {
		add_named(set, "N", false);
	} else if (c && strchr("dwshvDWSHV", c)) {
		size_t i = (size_t)(strchr("dwshv", c | ' ') - "dwshv");

		add_named(set, named[i], !(c & ' '));
	} else if (c && strchr("aefnrt", c)) {
		*single = strchr(controls, c)[1];
	} else if (c && !is_of("alnum", (unsigned char)c)) {
		*single = (unsigned char)c;
	} else {
		return refuse_escape(c);
	}
	if (*single >= 0)
		bh_byteset_add(set, (unsigned int)*single);
	return NULL;
}

/* [:name:] behind its first bracket. */
static const char *read_posix(const char **text, struct bh_byteset *set)
{
	static const char *const names[] = { "alnum", "alpha", "ascii", "blank", "cntrl",
					     "digit", "graph", "lower", "print", "punct",
					     "space", "upper", "word",	"xdigit" };
	bool negated = (*text)[1] == '^';
	const char *name = *text + 1 + negated;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		size_t len = strlen(names[i]);

		if (strncmp(name, names[i], len) != 0 || name[len] != ':' || name[len + 1] != ']')
			continue;
		add_named(set, names[i], negated);
		*text = name + len + 2;
		return NULL;
	}
	return "unknown class of characters between [: and :]";
}

/* One end of a range, or a class; *single is -1 for that. */
static const char *read_member(const char **text, struct bh_byteset *set, int *single)
{
	char c = *(*text)++;

	*single = -1;
	if (c == '[' && **text == ':')
		return read_posix(text, set);
	if (c == '[' && **text && strchr(".=", **text))
		return "collating elements are not supported";
	if (c == '\\' && **text == 'b') {
		++*text;
		*single = '\b';
		bh_byteset_add(set, '\b');
		return NULL;
	}
	if (c == '\\' && **text == 'N')
		return "\\N in a bracket expression";
	if (c == '\\')
		return bh_regex_escape(text, set, single);
	*single = (unsigned char)c;
	bh_byteset_add(set, (unsigned char)c);
	return NULL;
}

static const char *read_range(const char **text, struct bh_byteset *set, int low)
{
	const char *reason;
	int high;

	if (low < 0)
		return "range that starts with a class";
	++*text;
	reason = read_member(text, set, &high);
	if (reason)
		return reason;
	if (high < low)
		return high < 0 ? "range that ends with a class" : "range with its ends swapped";
	for (; low < high; low++)
		bh_byteset_add(set, (unsigned int)low);
	if (**text == '-' && (*text)[1] != ']')
		return "hyphen after a range";
	return NULL;
}

const char *bh_regex_class(const char **text, struct bh_byteset *set)
{
	bool negated = **text == '^';
	const char *start = *text + negated;
	const char *reason;
	int single;

	*text = start;
	while (**text && (**text != ']' || *text == start)) {
		reason = read_member(text, set, &single);
		if (!reason && **text == '-' && (*text)[1] && (*text)[1] != ']')
			reason = read_range(text, set, single);
		if (reason)
			return reason;
	}
	if (!**text)
		return "bracket expression without its end";
	++*text;
	for (int i = 0; negated && i < 4; i++)
		set->word[i] = ~set->word[i];
	return NULL;
}
