/*
 * secret - the token, and anything else that must not get out.
 *
 * A secret is opaque. There is no accessor here: the two rooms that need the bytes,
 * codex/headers (which writes every header line that carries a credential) and
 * base/redact (which must know what to look for), include base/secret_open.h, and
 * ci/floors.sh refuses any third. The bytes live in one place, in pages of their own,
 * locked into memory and left out of core dumps when the system lets us, and are
 * overwritten by secret_free.
 */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include "base/buf.h"

struct secret;

/*
 * Takes the bytes of `from` (a wiping buf, not empty), which is wiped and freed whatever
 * happens. The caller owns *out. ERR_MEMORY.
 */
MUST bool secret_take(struct secret **out, struct buf *from, struct err *e);

/*
 * Another holder of the same bytes, for whoever must outlive their owner: there is never a second
 * copy. Given back by secret_free as well.
 */
struct secret *secret_hold(const struct secret *s);

/* Lets go; the last holder's wipes and frees. NULL is allowed, *s becomes NULL. */
void secret_free(struct secret **s);

/* Same bytes? The time taken depends on the lengths only. */
bool secret_equal(const struct secret *a, const struct secret *b);

#endif
