/* SPDX-License-Identifier: GPL-2.0 */
/* Paths and rules made up for the automaton, the same ones in every run. */
#ifndef BULKHEAD_AUTOMATON_CORPUS_H
#define BULKHEAD_AUTOMATON_CORPUS_H

#include <stdlib.h>
#include <string.h>

#include "automaton_internal.h"

#define CORPUS_PATH_MAX 6000

struct corpus_text {
	char bytes[CORPUS_PATH_MAX];
	size_t len;
};

static uint64_t corpus_seed;

/* A number below @limit (xorshift64*). */
static inline uint32_t corpus_random(uint32_t limit)
{
	corpus_seed ^= corpus_seed >> 12;
	corpus_seed ^= corpus_seed << 25;
	corpus_seed ^= corpus_seed >> 27;
	return (uint32_t)((corpus_seed * 0x2545f4914f6cdd1dULL) >> 33) % limit;
}

static inline void corpus_add(struct corpus_text *text, const char *bytes)
{
	for (; *bytes && text->len + 1 < sizeof(text->bytes); bytes++)
		text->bytes[text->len++] = *bytes;
	text->bytes[text->len] = '\0';
}

static inline void corpus_add_byte(struct corpus_text *text, int byte)
{
	corpus_add(text, (char[]){ (char)byte, '\0' });
}

/* Some byte of the set but NUL; of a large set mostly one that paths have. */
static inline void corpus_add_of(struct corpus_text *text, const struct bh_byteset *set)
{
	static const char usual[] = "abcxyz019/._-";

	for (int i = 0; i < 600; i++) {
		int byte = i < 20 ? usual[corpus_random(sizeof(usual) - 1)] :
				    (int)corpus_random(255) + 1;

		if (bh_byteset_has(set, (unsigned char)byte)) {
			corpus_add_byte(text, byte);
			return;
		}
	}
}

/* A text that the regex matches. */
static inline void corpus_match(const struct bh_regex *regex, uint32_t node,
				struct corpus_text *text)
{
	const struct bh_regex_node *at = &regex->node[node];
	uint32_t nr;

	switch (at->op) {
	case BH_REGEX_BYTES:
		corpus_add_of(text, &at->set);
		break;
	case BH_REGEX_CAT:
		corpus_match(regex, at->left, text);
		corpus_match(regex, at->right, text);
		break;
	case BH_REGEX_ALT:
		corpus_match(regex, corpus_random(2) ? at->left : at->right, text);
		break;
	case BH_REGEX_REPEAT:
		nr = at->max - at->min < 8 ? at->max - at->min : 8;
		nr = at->min + corpus_random(nr + 1);
		while (nr--)
			corpus_match(regex, at->left, text);
		break;
	default:
		break;
	}
}

/* Like the path, but nearly, deeper, longer, or written in another way. */
static inline void corpus_change(struct corpus_text *text)
{
	static const char *const tails[] = {
		"",	     "/",     "//",	   "/x", "/a/b/c", "/.hidden", "x",
		"\n",	     "/\n",   "/\x01\x7f", "~",	 ".old",   " ",	       "/\xc3\xa9t\xc3\xa9",
		"/\xff\xfe", "//y//",
	};
	size_t at = text->len ? corpus_random((uint32_t)text->len) : 0;

	switch (corpus_random(8)) {
	case 0: /* a byte less */
		text->bytes[at] = '\0';
		text->len = at;
		break;
	case 1:
		if (text->len)
			text->bytes[at] = (char)(corpus_random(255) + 1);
		break;
	case 2: /* slashes twice */
		for (size_t i = text->len; i-- > 0 && text->len + 1 < sizeof(text->bytes);)
			if (text->bytes[i] == '/') {
				memmove(text->bytes + i + 1, text->bytes + i, text->len - i + 1);
				text->len++;
			}
		break;
	case 3: /* over 4 KiB now and then */
		for (uint32_t i = corpus_random(16) ? 3 : 900; i > 0; i--)
			corpus_add(text, "/deep");
		break;
	default:
		corpus_add(text, tails[corpus_random(sizeof(tails) / sizeof(tails[0]))]);
	}
}

static inline void corpus_path(const struct bh_regex *regex, struct corpus_text *path)
{
	path->len = 0;
	path->bytes[0] = '\0';
	corpus_match(regex, regex->root, path);
	for (uint32_t i = corpus_random(3); i > 0; i--)
		corpus_change(path);
	if (path->bytes[0] != '/') {
		struct corpus_text rest = *path;

		path->len = 0;
		corpus_add(path, "/");
		corpus_add(path, rest.bytes);
	}
}

/*
 * A regex out of what rules are made of. What is repeated without limit repeats nothing itself:
 * PCRE2 would give up at its limit of backtracking, and libselinux then says there is no label.
 */
static inline void corpus_regex(struct corpus_text *text, unsigned int depth, bool plain)
{
	static const char *const atoms[] = {
		"a",	       "b",	"ab",	"/a",	"/b",  "/",   "/",   ".",
		"[^/]",	       "[a-c]", "[^b]", "\\.",	"\\d", "\\w", "-",   "\\x41",
		"[[:alpha:]]", "\\-",	"/lib", "[]x]", "\\W", "}",   "\\+",
	};
	static const char *const suffixes[] = {
		"*", "+", "?", "{2}", "{1,3}", "{2,}", "*?", "{0}"
	};

	for (uint32_t i = corpus_random(4) + 1; i > 0; i--) {
		if (depth && corpus_random(4) == 0) {
			bool repeated = corpus_random(2);

			corpus_add(text, corpus_random(2) ? "(" : "(?:");
			corpus_regex(text, depth - 1, plain || repeated);
			if (corpus_random(2)) {
				corpus_add(text, "|");
				corpus_regex(text, depth - 1, plain || repeated);
			}
			corpus_add(text, repeated && !plain ? ")*" : ")");
		} else {
			corpus_add(text, atoms[corpus_random(sizeof(atoms) / sizeof(atoms[0]))]);
			if (!plain && corpus_random(3) == 0)
				corpus_add(text, suffixes[corpus_random(sizeof(suffixes) /
									sizeof(suffixes[0]))]);
		}
	}
}

#endif /* BULKHEAD_AUTOMATON_CORPUS_H */
