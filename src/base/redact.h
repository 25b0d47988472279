/*
 * redact - takes every learned secret out of a byte stream.
 *
 * Found and replaced by "[redacted]": the secret verbatim, with any of its characters
 * written as %XX (either case) or \u00XX, as hexadecimal (either case), and as base64 or
 * base64url at all three alignments, also when it is cut across calls. A match in
 * progress is held back until it is decided, except for its first three bytes, which say
 * no more than "at-" or "eyJ".
 */
#ifndef BASE_REDACT_H
#define BASE_REDACT_H

#include "base/secret.h"

/* The patterns: learnt once, shared by every stream. */
struct redact;

MUST bool redact_new(struct redact **out, struct err *e);
void redact_free(struct redact **r); /* wipes what it knows; NULL is allowed */

/* Learns one more secret (borrowed no longer than the call). Shorter than REDACT_SECRET_MIN: nothing to do. */
MUST bool redact_learn(struct redact *r, const struct secret *s, struct err *e);

/* One stream of bytes through the patterns. */
struct redact_stream {
	const struct redact *r;
	struct buf held;  /* wiping: context already passed on, then bytes not yet decided */
	size_t passed;    /* how many of `held` have been passed on */
};

void redact_stream_init(struct redact_stream *s, const struct redact *r);
void redact_stream_free(struct redact_stream *s);

/* Appends to out what is safe to pass on. */
MUST bool redact_feed(struct redact_stream *s, struct span in, struct buf *out, struct err *e);

/* End of the stream: an undecided rest of eight bytes or more of a secret is replaced too. */
MUST bool redact_finish(struct redact_stream *s, struct buf *out, struct err *e);

/* All of `in` at once: feed and finish. */
MUST bool redact_all(const struct redact *r, struct span in, struct buf *out, struct err *e);

#endif
