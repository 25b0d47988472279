/*
 * h1 - HTTP/1.1 responses (RFC 9112): head, and body by length, chunks or end of connection.
 *
 * Bytes in, facts out: no sockets, no clock. Strict: a bare CR or LF where CRLF belongs,
 * white space before a colon, obs-fold, NUL, both Content-Length and Transfer-Encoding,
 * different lengths, a transfer coding other than exactly "chunked", are refused
 * (ERR_PROTOCOL); the ceilings of base/limits.h are ERR_CEILING by name. (A bare LF as line
 * end of the head is refused too: RFC 9112 section 2.2 only permits it.)
 */
#ifndef WIRE_H1_H
#define WIRE_H1_H

#include "base/buf.h"
#include "base/limits.h"

enum h1_request { H1_GET, H1_POST, H1_CONNECT }; /* what the response answers: CONNECT's 2xx has no body */

enum h1_step {
	H1_MORE, /* all input used up */
	H1_HEAD, /* the final head is complete: status and fields may be read until h1_free */
	H1_BODY, /* *body is a piece of the body, borrowed from the input */
	H1_END,  /* the message is complete; what is left of the input is not its */
	H1_FAIL,
};

struct h1 {
	int status;       /* from H1_HEAD on */
	bool keep_alive;  /* from H1_END on: another request may follow on this connection */
	/* ... the engineer of this room adds the state ... */
};

void h1_init(struct h1 *h, enum h1_request request);
void h1_free(struct h1 *h);

/* Takes bytes off the front of *in and reports the next thing. 1xx heads are passed over (H1_INTERIM_MAX). */
enum h1_step h1_step(struct h1 *h, struct span *in, struct span *body, struct err *e);

/*
 * The peer ended the connection. H1_END when the message is complete by its framing (close-
 * delimited body); H1_FAIL otherwise: ERR_CONNECT when not even a byte of the head had come or the head was
 * unfinished, ERR_CUT inside the body. `clean` false (reset, TLS end without close_notify) also cuts a
 * close-delimited body.
 */
enum h1_step h1_eof(struct h1 *h, bool clean, struct err *e);

/* True once any byte of a response has been seen: a request on a kept connection may no longer be silently resent. */
bool h1_begun(const struct h1 *h);

/* The field's value (trimmed), the first of that name, names without case; empty span with p == NULL when absent. */
struct span h1_field(const struct h1 *h, const char *name);

/* All fields in order; i from 0 to h1_field_count - 1. */
size_t h1_field_count(const struct h1 *h);
void h1_field_at(const struct h1 *h, size_t i, struct span *name, struct span *value);

/* Is s a token (RFC 9110 section 5.6.2), fit for a field name? Is s fit for a field value (section 5.5: no CR, LF, NUL, other controls)? */
bool h1_is_token(struct span s);
bool h1_is_field_value(struct span s);

#endif
