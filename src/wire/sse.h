/*
 * sse - event streams (WHATWG HTML, section 9.2 "Server-sent events", parsing and
 * interpretation): UTF-8 with an optional BOM; lines end in CR, LF or CRLF; `data` lines are
 * joined by LF; comments and unknown fields are passed over; `event` and `id` are read past,
 * since only the JSON inside counts.
 *
 * The data of the event in progress only ever grows, so an incremental reader (wire/json) may look
 * at it while it is still arriving. Ceiling: EVENT_MAX bytes of data (ERR_CEILING "event").
 */
#ifndef WIRE_SSE_H
#define WIRE_SSE_H

#include "base/buf.h"

enum sse_step {
	SSE_MORE,  /* all input used up; sse_data is what has come of the event in progress */
	SSE_EVENT, /* an event is complete: sse_data is its data until the next step */
	SSE_FAIL,
};

struct sse {
	struct buf data;
	/* ... the engineer of this room adds the state ... */
};

void sse_init(struct sse *s);
void sse_free(struct sse *s);

/* Takes bytes off the front of *in, at most up to the end of one event. Empty-data events are not reported. */
enum sse_step sse_step(struct sse *s, struct span *in, struct err *e);

struct span sse_data(const struct sse *s);

/*
 * The stream has ended. True when whole `data` lines of an event stand there without the blank
 * line that would have dispatched it (the standard discards such an event; some servers end
 * their last one so): sse_data gives them, and the caller decides.
 */
bool sse_end(struct sse *s);

#endif
