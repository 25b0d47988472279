/*
 * sse - event streams (WHATWG HTML, section 9.2 "Server-sent events", parsing and
 * interpretation): UTF-8 with an optional BOM; lines end in CR, LF or CRLF; `data` lines are
 * joined by LF; comments and unknown fields are passed over; so are `event`, `id` and `retry`,
 * since only the JSON inside counts. Input may be cut anywhere, and an event is given as soon as
 * its last byte is there: a lone CR is not kept waiting for the LF that may follow.
 *
 * The data of the event in progress only ever grows, so an incremental reader (wire/json) may look
 * at it while it is still arriving. Where the standard would put U+FFFD for bytes that are not
 * UTF-8 they are left as they came: that is for the reader to do.
 *
 * Memory: the data of one event and nothing else, at most EVENT_MAX bytes (ERR_CEILING "event");
 * lines passed over cost none.
 */
#ifndef WIRE_SSE_H
#define WIRE_SSE_H

#include "base/buf.h"
#include "base/limits.h"

enum sse_step {
	SSE_MORE,  /* all input used up; sse_data is what has come of the event in progress */
	SSE_EVENT, /* an event is complete: sse_data is its data until the next step */
	SSE_FAIL,  /* *e is set; only sse_free may follow */
};

/* Where the next byte belongs. */
enum sse_state {
	SSE_AT_BOM,    /* the very beginning; `matched` bytes of the BOM seen */
	SSE_AT_NAME,   /* `matched` bytes of "data" seen */
	SSE_AT_SPACE,  /* behind "data:", where one space is dropped */
	SSE_AT_VALUE,  /* of a data line */
	SSE_AT_IGNORED /* the rest of a line that does not count */
};

struct sse {
	struct buf data;
	enum sse_state state;
	unsigned matched;
	bool has_data;   /* the event in progress has a data line: another one is joined by LF */
	bool after_cr;   /* a LF here belongs to the CR before it */
	bool reported;   /* `data` was given as an event and is dropped at the next step */
};

void sse_init(struct sse *s);
void sse_free(struct sse *s);

/*
 * Takes bytes off the front of *in, at most up to the end of one event. Events whose data is
 * empty, or which have none, are not reported.
 */
enum sse_step sse_step(struct sse *s, struct span *in, struct err *e);

/* Valid until the next step. */
static inline struct span sse_data(const struct sse *s)
{
	return buf_span(&s->data);
}

/*
 * The stream has ended. True when whole `data` lines of an event stand there without the blank
 * line that would have dispatched it (the standard discards such an event; some servers end
 * their last one so): sse_data gives them, and the caller decides. A data line that stops before
 * its own end makes it false.
 */
bool sse_end(struct sse *s);

#endif
