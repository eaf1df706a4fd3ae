/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A label as the text of an attribute, for the module and for `bulkhead label`.
 *
 * `TYPE:s0`, `TYPE:s0:c1` or `TYPE:s0:c1,c2`, or all of SELinux's context, of which user and role
 * are not looked at. A NUL may end it. A label has two categories at most: a set of more has no
 * number of its own, and its text says no label.
 *
 * ` TAG` may follow, 16 digits: what the host's key makes of the text before it, so that who has not
 * the key cannot have written it.
 */
#ifndef BULKHEAD_CONTEXT_TEXT_H
#define BULKHEAD_CONTEXT_TEXT_H

#ifdef __KERNEL__
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#define BH_CONTEXT_PRINT scnprintf
#else
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#define BH_CONTEXT_PRINT snprintf
#endif

#include <bulkhead/abi.h>

/* Bytes of a text that says a label, with NUL; also of SELinux's, whatever the user is called. */
#define BH_CONTEXT_TEXT_MAX 256

#define BH_CONTEXT_TAG_DIGITS 16

/* What follows a label. */
struct bh_context_tag {
	bool there;
	__u64 value;
	size_t said; /* bytes of the text that it is of */
};

/* What is still to be read. */
struct bh_context_reader {
	const char *next;
	const char *end;
};

static inline bool bh_context_take(struct bh_context_reader *reader, char c)
{
	if (reader->next == reader->end || *reader->next != c)
		return false;
	reader->next++;
	return true;
}

static inline bool bh_context_is_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '-' || c == '.';
}

/* A name, to the next colon or the end. */
static inline size_t bh_context_name(struct bh_context_reader *reader, const char **name)
{
	*name = reader->next;
	while (reader->next != reader->end && bh_context_is_name(*reader->next))
		reader->next++;
	return (size_t)(reader->next - *name);
}

/* `cN`; N is below BH_NR_CATEGORIES and has no zero before it. */
static inline int bh_context_category(struct bh_context_reader *reader, __u32 *category)
{
	const char *first;
	__u32 value = 0;

	if (!bh_context_take(reader, 'c'))
		return -EINVAL;
	first = reader->next;
	while (reader->next != reader->end && *reader->next >= '0' && *reader->next <= '9') {
		value = value * 10 + (__u32)(*reader->next++ - '0');
		if (value >= BH_NR_CATEGORIES)
			return -EINVAL;
	}
	if (reader->next == first || (*first == '0' && reader->next - first > 1))
		return -EINVAL;
	*category = value;
	return 0;
}

/* What follows `s0`. */
static inline int bh_context_categories(struct bh_context_reader *reader, __u32 *catset)
{
	__u32 low, high;

	*catset = BH_CATSET_EMPTY;
	if (!bh_context_take(reader, ':'))
		return 0;
	if (bh_context_category(reader, &low))
		return -EINVAL;
	high = low;
	if (bh_context_take(reader, ',')) {
		if (bh_context_category(reader, &high) || high <= low)
			return -EINVAL;
	}
	*catset = BH_CATSET_MAKE(low, high);
	return 0;
}

static inline bool bh_context_is_level(const char *name, size_t len)
{
	return len == 2 && name[0] == 's' && name[1] == '0';
}

/* From the second name on: a level ends the short form, else it is a role. */
static inline int bh_context_tail(struct bh_context_reader *reader, const char **type, size_t *len)
{
	const char *name;
	size_t name_len = bh_context_name(reader, &name);

	if (bh_context_is_level(name, name_len))
		return 0;
	if (!name_len || !bh_context_take(reader, ':'))
		return -EINVAL;
	*len = bh_context_name(reader, type);
	if (!bh_context_take(reader, ':'))
		return -EINVAL;
	name_len = bh_context_name(reader, &name);
	return bh_context_is_level(name, name_len) ? 0 : -EINVAL;
}

/* A blank and all digits, as bh_context_add_tag() writes them. */
static inline int bh_context_take_tag(struct bh_context_reader *reader, struct bh_context_tag *tag)
{
	if (!bh_context_take(reader, ' '))
		return 0;
	if (reader->end - reader->next != BH_CONTEXT_TAG_DIGITS)
		return -EINVAL;
	for (; reader->next != reader->end; reader->next++) {
		char c = *reader->next;

		if (c >= '0' && c <= '9')
			tag->value = tag->value << 4 | (__u64)(c - '0');
		else if (c >= 'a' && c <= 'f')
			tag->value = tag->value << 4 | (__u64)(c - 'a' + 10);
		else
			return -EINVAL;
	}
	tag->there = true;
	return 0;
}

/**
 * bh_context_parse() - Read the text of a label.
 * @text:    The text; need not end with NUL.
 * @len:     Its length in bytes.
 * @context: Receives the label; its type.policy is 0.
 * @tag:     Receives what follows it; NULL: nothing may.
 *
 * Return: 0; -EINVAL it says no label.
 */
static inline int bh_context_parse(const char *text, size_t len, struct bh_context *context,
				   struct bh_context_tag *tag)
{
	struct bh_context_reader reader = { text, text + len };
	const char *type;
	size_t type_len;

	memset(context, 0, sizeof(*context));
	if (tag)
		memset(tag, 0, sizeof(*tag));
	if (len && !text[len - 1])
		reader.end--;
	type_len = bh_context_name(&reader, &type);
	if (!type_len || !bh_context_take(&reader, ':') ||
	    bh_context_tail(&reader, &type, &type_len))
		return -EINVAL;
	if (!type_len || type_len >= sizeof(context->type.name) ||
	    bh_context_categories(&reader, &context->catset))
		return -EINVAL;
	if (tag) {
		tag->said = (size_t)(reader.next - text);
		if (bh_context_take_tag(&reader, tag))
			return -EINVAL;
	}
	if (reader.next != reader.end)
		return -EINVAL;
	memcpy(context->type.name, type, type_len);
	return 0;
}

/**
 * bh_context_format() - Write the text of a label, in its short form.
 * @type:   Name of the type, NUL-terminated.
 * @catset: BH_CATSET_EMPTY or BH_CATSET_PAIR | ...; of any other set it writes what says no label.
 * @text:   Receives it, NUL-terminated.
 * @size:   Size of @text; BH_CONTEXT_TEXT_MAX is always enough.
 *
 * Return: its length in bytes.
 */
static inline size_t bh_context_format(const char *type, __u32 catset, char *text, size_t size)
{
	int len;

	if (catset & BH_CATSET_WIDE)
		len = BH_CONTEXT_PRINT(text, size, "%.*s:s0:?", BH_NAME_MAX - 1, type);
	else if (!(catset & BH_CATSET_PAIR))
		len = BH_CONTEXT_PRINT(text, size, "%.*s:s0", BH_NAME_MAX - 1, type);
	else if (BH_CATSET_LOW(catset) == BH_CATSET_HIGH(catset))
		len = BH_CONTEXT_PRINT(text, size, "%.*s:s0:c%u", BH_NAME_MAX - 1, type,
				       BH_CATSET_LOW(catset));
	else
		len = BH_CONTEXT_PRINT(text, size, "%.*s:s0:c%u,c%u", BH_NAME_MAX - 1, type,
				       BH_CATSET_LOW(catset), BH_CATSET_HIGH(catset));
	return len < 0 ? 0 : (size_t)len;
}

/**
 * bh_context_add_tag() - Write a tag behind the text of a label.
 * @text: The text, as bh_context_format() wrote it into BH_CONTEXT_TEXT_MAX bytes.
 * @len:  Its length in bytes.
 * @tag:  What the key makes of it.
 *
 * Return: the length of both.
 */
static inline size_t bh_context_add_tag(char *text, size_t len, __u64 tag)
{
	int more = BH_CONTEXT_PRINT(text + len, BH_CONTEXT_TEXT_MAX - len, " %016llx", tag);

	return more < 0 ? len : len + (size_t)more;
}

#endif /* BULKHEAD_CONTEXT_TEXT_H */
