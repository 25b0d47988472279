/*
 * redact - takes every learned secret out of a byte stream.
 *
 * Found and replaced by "[redacted]": the secret verbatim, in hexadecimal (either case), and as
 * base64 or base64url at all three alignments (the characters that depend on nothing else);
 * each of these also with any of its characters written as %XX, as \u00XX (either case) or as
 * a short JSON escape, characters beyond ASCII also as \uXXXX or a pair of surrogates; also when
 * it is cut across calls. Of several that begin at one place the
 * longest goes.
 *
 * A match in progress is held back until it is decided. Only the first three bytes of what may
 * become a token ("at-...", "eyJ...") need not wait: they are public, and ordinary text that
 * happens to begin like one is then not delayed. Cut behind them, "at-..." becomes "at-[redacted]".
 */
#ifndef BASE_REDACT_H
#define BASE_REDACT_H

#include "base/redact_match.h"
#include "base/secret.h"

/* The patterns: learnt once, shared by every stream. */
struct redact;

MUST bool redact_new(struct redact **out, struct err *e);
void redact_free(struct redact **r); /* wipes what it knows; NULL is allowed */

/*
 * Learns one more secret, and holds it: the redactor keeps no copy. One shorter than
 * REDACT_SECRET_MIN is not looked for. No stream may be open. ERR_CEILING above SECRETS_MAX or
 * TOKEN_MAX bytes.
 */
MUST bool redact_learn(struct redact *r, const struct secret *s, struct err *e);

/* One stream of bytes through the patterns. */
struct redact_stream {
	const struct redact *r;
	struct buf held;  /* wiping: a match in progress */
	size_t passed;    /* how many of its first bytes have been passed on */
	struct redact_pattern awaited;   /* one that it may be, */
	struct redact_progress progress; /* and how far it has come */
};

void redact_stream_init(struct redact_stream *s, const struct redact *r);
void redact_stream_free(struct redact_stream *s);

/* Appends to out what is safe to pass on. */
MUST bool redact_feed(struct redact_stream *s, struct span in, struct buf *out, struct err *e);

/* End of the stream: an undecided rest of eight bytes or more of a secret is replaced too. */
MUST bool redact_finish(struct redact_stream *s, struct buf *out, struct err *e);

/* All of `in` at once. `r` may be NULL. */
MUST bool redact_all(const struct redact *r, struct span in, struct buf *out, struct err *e);

#endif
