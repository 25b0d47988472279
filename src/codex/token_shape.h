/*
 * token_shape - is this text fit to be a bearer at all (RFC 6750 section 2.1)?
 *
 * Everything else is refused with a hint at what it rather looks like, and no byte of it.
 */
#ifndef CODEX_TOKEN_SHAPE_H
#define CODEX_TOKEN_SHAPE_H

#include "base/buf.h"

/* `text` is trimmed; at least `min` bytes, TOKEN_MAX at most. ERR_CREDENTIAL. */
MUST bool token_shape_check(struct span text, size_t min, struct err *e);

/*
 * Well-known credentials that are not for this backend: what this one is called, NULL when it
 * is none.
 */
const char *token_shape_foreign(struct span text);

/* Was a credential given where a path is wanted? Then the path must not be shown. */
bool token_shape_is_misplaced(const char *path);

#endif
