// SPDX-License-Identifier: GPL-2.0
/* SHA-256, which names policies: libmd's. */
#include <stdio.h>
#include <sys/types.h>

#include <sha2.h>

#include "digest.h"
#include "policy.h"

_Static_assert(BH_DIGEST_SIZE == SHA256_DIGEST_LENGTH, "a digest is SHA-256's");

void bh_digest(const struct bh_source *source, size_t nr_source, uint8_t *digest)
{
	SHA2_CTX context;

	SHA256Init(&context);
	for (size_t i = 0; i < nr_source; i++)
		SHA256Update(&context, (const uint8_t *)source[i].text, source[i].len);
	SHA256Final(digest, &context);
}

const char *bh_digest_text(const uint8_t *digest, char *text)
{
	int used = sprintf(text, "sha256:");

	for (size_t i = 0; i < BH_DIGEST_SIZE; i++)
		used += sprintf(text + used, "%02x", digest[i]);
	return text;
}
