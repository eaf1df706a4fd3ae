/* SPDX-License-Identifier: GPL-2.0 */
/* MCS levels as text and as sets of categories. No maps here: pure functions. */
#ifndef BULKHEAD_LEVEL_H
#define BULKHEAD_LEVEL_H

#include <stdbool.h>
#include <stddef.h>

#include <bulkhead/abi.h>

/* Longest text of a level: "s0:" and 512 times "c1022,". */
#define BH_LEVEL_TEXT_MAX 4096

/**
 * bh_level_parse() - Read a level, or of a range its high level.
 * @text: `s0`, `s0:c1`, `s0:c1,c2`, `s0:c0.c1023`, or two of them joined by '-'.
 * @set:  Receives the categories.
 *
 * Source: SELinux Notebook, "Multi-Level Security and Multi-Category Security".
 * Return: 0; -EINVAL not a level of an MCS policy, or a range whose high level
 *         does not contain its low one.
 */
int bh_level_parse(const char *text, struct bh_catset *set);

/**
 * bh_level_format() - Write a level as SELinux writes it.
 * @set:  Categories.
 * @text: Receives the level, NUL-terminated.
 * @size: Size of @text in bytes; BH_LEVEL_TEXT_MAX is always enough.
 *
 * Source: security/selinux/ss/mls.c mls_sid_to_context().
 */
void bh_level_format(const struct bh_catset *set, char *text, size_t size);

/**
 * bh_catset_pack() - The u32 of a set that needs no table.
 * @set:    Categories.
 * @packed: Receives BH_CATSET_EMPTY or BH_CATSET_PAIR | ...
 *
 * Return: true; false when the set has more than two categories.
 */
bool bh_catset_pack(const struct bh_catset *set, __u32 *packed);

/**
 * bh_catset_unpack() - The set that a u32 without a table describes.
 * @packed: BH_CATSET_EMPTY or BH_CATSET_PAIR | ...
 * @set:    Receives the categories.
 *
 * Return: true; false when @packed is a wide set.
 */
bool bh_catset_unpack(__u32 packed, struct bh_catset *set);

/**
 * bh_catset_contains() - Is one set a superset of another?
 * @outer: Categories of a subject.
 * @inner: Categories of an object.
 *
 * Return: true when every category of @inner is in @outer.
 */
bool bh_catset_contains(const struct bh_catset *outer, const struct bh_catset *inner);

#endif /* BULKHEAD_LEVEL_H */
