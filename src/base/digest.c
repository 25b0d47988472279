#include "base/digest.h"

void digest_init(struct digest *d)
{
	br_sha256_init(&d->sha);
}

void digest_add(struct digest *d, struct span s)
{
	br_sha256_update(&d->sha, s.p, s.n);
}

void digest_value(const struct digest *d, unsigned char out[DIGEST_SIZE])
{
	br_sha256_out(&d->sha, out);
}

void digest_of(struct span s, unsigned char out[DIGEST_SIZE])
{
	struct digest d;

	digest_init(&d);
	digest_add(&d, s);
	digest_value(&d, out);
}
