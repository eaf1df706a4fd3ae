/* SPDX-License-Identifier: GPL-2.0 */
/* SHA-256, which names policies: libmd's. */
#ifndef BULKHEAD_DIGEST_H
#define BULKHEAD_DIGEST_H

#include <stddef.h>
#include <stdint.h>

struct bh_source;

#define BH_DIGEST_SIZE 32
#define BH_DIGEST_TEXT_MAX 72 /* bytes of "sha256:" and its digits, with NUL */

/**
 * bh_digest() - SHA-256 over the texts of several sources, one after the other.
 * @source:    The sources; their names do not count.
 * @nr_source: Number of @source.
 * @digest:    Receives BH_DIGEST_SIZE bytes.
 */
void bh_digest(const struct bh_source *source, size_t nr_source, uint8_t *digest);

/**
 * bh_digest_text() - A digest as text: "sha256:" and 64 digits.
 * @digest: BH_DIGEST_SIZE bytes.
 * @text:   Receives BH_DIGEST_TEXT_MAX bytes at most.
 *
 * Return: @text.
 */
const char *bh_digest_text(const uint8_t *digest, char *text);

#endif /* BULKHEAD_DIGEST_H */
