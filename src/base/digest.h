/*
 * digest - SHA-256 (FIPS 180-4), running or at once.
 */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include <bearssl_hash.h>

#include "base/buf.h"

enum { DIGEST_SIZE = 32 };

struct digest {
	br_sha256_context sha;
};

void digest_init(struct digest *d);
void digest_add(struct digest *d, struct span s);
/* What the bytes so far hash to; more may be added afterwards. */
void digest_value(const struct digest *d, unsigned char out[DIGEST_SIZE]);

void digest_of(struct span s, unsigned char out[DIGEST_SIZE]);

#endif
