/*
 * h1 - HTTP/1.1 responses (RFC 9112): head, and body by length, chunks or end of connection.
 *
 * Bytes in, facts out: no sockets, no clock. Input may be cut anywhere. Strict where the end of a
 * message hangs on it, so refused (ERR_PROTOCOL) are: anything but CRLF around chunks, white space
 * before a colon, NUL, bare CR and other controls, a transfer coding other than exactly "chunked",
 * Transfer-Encoding in HTTP/1.0, a length that is not plain digits, lengths that differ (the same
 * one in several fields is taken), statuses outside 100 to 599, and 101, which nobody asked for.
 * Mended or taken, as a user agent should: HTTP/1.0, a missing or empty reason, LF alone behind a
 * line of the head or trailer (section 2.2), obs-fold (section 5.2: it becomes spaces),
 * Content-Length beside chunks (section 6.3: the chunks count, and the connection is not kept),
 * bytes above 0x7f in values and reason, blanks behind a chunk's size. The ceilings of
 * base/limits.h are ERR_CEILING by name.
 *
 * Memory: the final head stays in one buf until h1_free; body bytes are never copied.
 * Content codings are the caller's business: ask h1_field for Content-Encoding.
 */
#ifndef WIRE_H1_H
#define WIRE_H1_H

#include "base/buf.h"
#include "base/limits.h"

/* What the response answers: CONNECT's 2xx has no body. */
enum h1_request { H1_GET, H1_POST, H1_CONNECT };

enum h1_step {
	H1_MORE, /* all input used up */
	H1_HEAD, /* the final head is complete: status and fields may be read until h1_free */
	H1_BODY, /* *body is a piece of the body, borrowed from the input, never empty */
	H1_END,  /* the message is complete; what is left of the input is not its */
	H1_FAIL, /* *e is set; only h1_free may follow */
};

/* Where the next byte belongs. */
enum h1_state {
	H1_AT_STATUS,
	H1_AT_FIELD,
	H1_AT_LENGTH,     /* body of known length: `left` bytes to come */
	H1_AT_CHUNK_SIZE,
	H1_AT_CHUNK_DATA, /* `left` bytes to come */
	H1_AT_CHUNK_CR,
	H1_AT_CHUNK_LF,
	H1_AT_TRAILER,
	H1_AT_CLOSE,      /* body up to the end of the connection */
	H1_AT_END,
	H1_AT_FAILURE,
};

/* One field line, as offsets into the head. */
struct h1_line {
	uint16_t name, name_n, value, value_n;
};

struct h1 {
	int status;      /* from H1_HEAD on */
	bool keep_alive; /* from H1_HEAD on: after H1_END another request may follow */

	enum h1_request request;
	enum h1_state state;
	unsigned minor;           /* HTTP/1.minor */
	unsigned interim;         /* 1xx heads seen */
	bool begun;
	struct buf head;          /* as it came; in progress, then final */
	struct buf line;          /* a chunk-size or trailer line in progress */
	size_t line_at;           /* where the line in progress begins in `head` */
	size_t trailer_n;         /* trailer bytes seen */
	uint64_t left;
	size_t n_lines;
	struct h1_line lines[H1_FIELDS_MAX];
};

void h1_init(struct h1 *h, enum h1_request request);
void h1_free(struct h1 *h);

/*
 * Takes bytes off the front of *in and reports the next thing. 1xx heads are passed over, at
 * most H1_INTERIM_MAX of them. After H1_HEAD, call again even when *in is empty: a response
 * without a body is then H1_END.
 */
enum h1_step h1_step(struct h1 *h, struct span *in, struct span *body, struct err *e);

/*
 * The peer ended the connection. H1_END when the message is complete by its framing (also a
 * close-delimited body); H1_FAIL otherwise: ERR_CONNECT when the final head was not complete,
 * ERR_CUT inside the body. `clean` false (reset, TLS end without close_notify) also cuts a
 * close-delimited body.
 */
enum h1_step h1_eof(struct h1 *h, bool clean, struct err *e);

/* Any byte of a response seen? Then the request may no longer be silently sent again elsewhere. */
bool h1_begun(const struct h1 *h);

/*
 * The value (trimmed) of the first field of that name, compared without case; an empty span
 * with p == NULL when there is none.
 */
struct span h1_field(const struct h1 *h, const char *name);

/* All fields in order; i from 0 to h1_field_count - 1. Spans live until h1_free. */
size_t h1_field_count(const struct h1 *h);
void h1_field_at(const struct h1 *h, size_t i, struct span *name, struct span *value);

/* Is s a token (RFC 9110 section 5.6.2), fit for a field name? */
bool h1_is_token(struct span s);

/*
 * May a reader keep s as a field value (RFC 9110 section 5.5)? Not with NUL, CR or LF in it; what other
 * controls a server writes does no harm to who escapes what it shows.
 */
bool h1_is_field_value(struct span s);

#endif
