/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The table of a policy's access vectors: which two of its buckets a key may be in. For the loader,
 * which fills it, and the programs, which look at both.
 *
 * Source: cuckoo hashing with buckets; Dietzfelbinger and Weidling, "Balanced allocation and
 * dictionaries with tightly packed constant size bins", 2007.
 */
#ifndef BULKHEAD_AV_TABLE_H
#define BULKHEAD_AV_TABLE_H

#include <bulkhead/abi.h>

/* Numbers of two buckets, which may be the same one. */
struct bh_av_place {
	__u32 bucket[2];
};

/**
 * bh_av_place() - Where a key may be.
 * @key:  The key.
 * @nr:   Number of buckets of the table.
 *
 * Source: the finalizer of MurmurHash3, fmix64().
 * Return: numbers below @nr.
 */
static inline struct bh_av_place bh_av_place(const struct bh_av_key *key, __u32 nr)
{
	__u64 hash = (__u64)key->source << 32 | key->target;

	hash += key->tclass * 0x9e3779b97f4a7c15ULL;
	hash ^= hash >> 33;
	hash *= 0xff51afd7ed558ccdULL;
	hash ^= hash >> 33;
	hash *= 0xc4ceb9fe1a85ec53ULL;
	hash ^= hash >> 33;
	/* Each half of it, as a fraction of the table. */
	return (struct bh_av_place){ { (hash & 0xffffffff) * nr >> 32, (hash >> 32) * nr >> 32 } };
}

/**
 * bh_av_find() - Look for a key in a bucket.
 * @bucket: The bucket.
 * @key:    The key; its source is not 0.
 *
 * Return: its row, or NULL.
 */
static inline struct bh_av_row *bh_av_find(struct bh_av_bucket *bucket, const struct bh_av_key *key)
{
#pragma GCC unroll 4
	for (int i = 0; i < BH_AV_WAYS; i++)
		if (bucket->key[i].target == key->target && bucket->key[i].tclass == key->tclass &&
		    bucket->key[i].source == key->source)
			return &bucket->row[i];
	return NULL;
}

#endif /* BULKHEAD_AV_TABLE_H */
