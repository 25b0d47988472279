/*
 * rand - randomness as an argument, so that tests can make it repeat.
 */
#ifndef BASE_RAND_H
#define BASE_RAND_H

#include "base/buf.h"

struct rand {
	bool (*fill)(void *ctx, void *p, size_t n); /* all n bytes or false */
	void *ctx;
};

/* getrandom(2): waits for the kernel's pool to be ready, needs no /dev. */
extern const struct rand rand_system;

MUST bool rand_fill(const struct rand *r, void *p, size_t n, struct err *e); /* ERR_BUG */

/* Uniform in [0, bound], bound <= UINT32_MAX; used for jitter, not for keys. */
MUST bool rand_up_to(const struct rand *r, uint64_t bound, uint64_t *out, struct err *e);

enum { UUID_TEXT = 36 };

/* A version 7 UUID (RFC 9562 section 5.7) in its text form, NUL-terminated. */
MUST bool rand_uuid7(const struct rand *r, int64_t wall_ms, char out[UUID_TEXT + 1], struct err *e);

#endif
