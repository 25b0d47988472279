#include "wire/sse.h"

enum {
	KEPT_CAP = 64 * 1024, /* storage beyond this goes back after the event that needed it */
	WINDOW = 1024,        /* how far a search for one line end may run past the other kind */
};

static const unsigned char bom[] = {0xef, 0xbb, 0xbf};
static const unsigned char field[] = {'d', 'a', 't', 'a'};

void sse_init(struct sse *s)
{
	*s = (struct sse){.state = SSE_AT_BOM};
	buf_init(&s->data, EVENT_MAX, "event");
}

void sse_free(struct sse *s)
{
	buf_free(&s->data);
}

static bool is_line_end(unsigned char c)
{
	return c == '\r' || c == '\n';
}

/* Offset of the first CR or LF; s.n when there is none. */
static size_t find_line_end(struct span s)
{
	for (size_t at = 0; at < s.n; at += WINDOW) {
		struct span w = span_cut(s, at, at + WINDOW);
		size_t lf = span_find(w, '\n', 0), end = span_find(span_cut(w, 0, lf), '\r', 0);

		if (end < w.n)
			return at + end;
	}
	return s.n;
}

static void drop_event(struct sse *s)
{
	if (s->data.cap > KEPT_CAP)
		buf_free(&s->data);
	else
		buf_clear(&s->data);
	s->has_data = false;
	s->reported = false;
}

/* A line turns out to be a data line: now, and not before, its value is joined to the last one. */
static bool begin_data(struct sse *s, struct err *e)
{
	if (s->has_data && !buf_add_byte(&s->data, '\n', e))
		return false;
	s->has_data = true;
	return true;
}

/* SSE_EVENT when the line was blank and there is something to report. */
static enum sse_step end_line(struct sse *s, struct err *e)
{
	bool blank = s->state == SSE_AT_NAME && s->matched == 0;

	if (s->state == SSE_AT_NAME && s->matched == sizeof field && !begin_data(s, e))
		return SSE_FAIL;
	s->state = SSE_AT_NAME;
	s->matched = 0;
	if (!blank)
		return SSE_MORE;
	s->reported = s->data.n > 0;
	if (s->reported)
		return SSE_EVENT;
	drop_event(s);
	return SSE_MORE;
}

/* One byte of a line's name. */
static bool step_name(struct sse *s, unsigned char c, struct err *e)
{
	if (s->matched < sizeof field && c == field[s->matched]) {
		s->matched++;
		return true;
	}
	if (s->matched < sizeof field || c != ':') {
		s->state = SSE_AT_IGNORED;
		return true;
	}
	s->state = SSE_AT_SPACE;
	return begin_data(s, e);
}

/* A stream that begins with part of a BOM begins with a line of an unknown field. */
static bool step_bom(struct sse *s, unsigned char c)
{
	if (c != bom[s->matched]) {
		s->state = s->matched == 0 ? SSE_AT_NAME : SSE_AT_IGNORED;
		s->matched = 0;
		return false;
	}
	if (++s->matched == sizeof bom) {
		s->state = SSE_AT_NAME;
		s->matched = 0;
	}
	return true;
}

/* Uses up bytes of one line, not its end; *used may be 0 when only the state moved on. */
static bool step_line(struct sse *s, struct span in, size_t *used, struct err *e)
{
	*used = 1;
	switch (s->state) {
	case SSE_AT_BOM:
		*used = step_bom(s, in.p[0]);
		break;
	case SSE_AT_NAME:
		return step_name(s, in.p[0], e);
	case SSE_AT_SPACE:
		*used = in.p[0] == ' ';
		s->state = SSE_AT_VALUE;
		break;
	case SSE_AT_VALUE:
		*used = find_line_end(in);
		return buf_add(&s->data, span_cut(in, 0, *used), e);
	case SSE_AT_IGNORED:
		*used = find_line_end(in);
		break;
	}
	return true;
}

/* Kept out of line: inside sse_step its registers would burden the short way. */
__attribute__((noinline))
static enum sse_step step_bytes(struct sse *s, struct span *in, struct err *e)
{
	enum sse_step step = SSE_MORE;

	if (s->reported)
		drop_event(s);
	while (in->n > 0 && step == SSE_MORE) {
		unsigned char c = in->p[0];
		bool second_half = s->after_cr && c == '\n';
		size_t used = 1;

		s->after_cr = c == '\r';
		if (is_line_end(c))
			step = second_half ? SSE_MORE : end_line(s, e);
		else if (!step_line(s, *in, &used, e))
			step = SSE_FAIL;
		in->p += used;
		in->n -= used;
	}
	return step;
}

/* What a peer that drips sends most, one byte inside a value, takes a short way. */
enum sse_step sse_step(struct sse *s, struct span *in, struct err *e)
{
	if (in->n == 1 && s->state == SSE_AT_VALUE && s->data.n < s->data.cap &&
		!is_line_end(in->p[0])) {
		s->data.p[s->data.n++] = in->p[0];
		*in = span_of(in->p + 1, 0);
		return SSE_MORE;
	}
	return step_bytes(s, in, e);
}

bool sse_end(struct sse *s)
{
	bool cut = s->state == SSE_AT_SPACE || s->state == SSE_AT_VALUE;

	return s->data.n > 0 && !s->reported && !cut;
}
