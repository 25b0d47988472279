#include "app/turn.h"

#include "base/utf8.h"

void turn_init(struct turn *t, struct sink *sink, const struct log *log,
	const struct redact *redact, const struct clock *clock)
{
	*t = (struct turn){.log = log, .redact = redact, .clock = clock};
	sse_init(&t->sse);
	json_init(&t->json);
	answer_init(&t->answer, sink);
	failure_init(&t->failure);
}

void turn_free(struct turn *t)
{
	sse_free(&t->sse);
	json_free(&t->json);
	answer_free(&t->answer);
}

void turn_keep(struct turn *t, struct transcript *transcript)
{
	t->transcript = transcript;
	t->answer.copy = transcript == NULL ? NULL : transcript_text(transcript);
}

/* The model declined: what it said is no answer, and goes to stderr. */
static enum turn_step refused(struct turn *t, struct err *e)
{
	struct span said = span_trim(buf_span(&t->answer.refusal));

	if (said.n > 0) {
		log_note(t->log, "refusal: %.*s", (int)said.n, (const char *)said.p);
		if (!sink_tell(t->answer.sink, SINK_ERROR, said, e))
			return TURN_FAIL;
	}
	err_set(e, ERR_REFUSED, 0, "the model declined to answer");
	return TURN_FAIL;
}

static enum turn_step completed(struct turn *t, const struct event *ev, struct err *e)
{
	event_usage(&t->json, ev->response, &t->usage);
	if (!answer_complete(&t->answer, &t->json, ev->response, e))
		return TURN_FAIL;
	if (t->broken_why.kind != ERR_NONE)
		log_note(t->log, "passed over an event that is not JSON: %s", t->broken_why.text);
	if (!event_response_is_complete(&t->json, ev->response)) {
		err_set(e, ERR_INCOMPLETE, 0,
			"the answer ended early: the service did not call it completed");
		return TURN_FAIL;
	}
	if (t->answer.refused)
		return refused(t, e);
	if (!t->answer.spoken) {
		err_set(e, ERR_EMPTY, 0, "the answer has no text");
		return TURN_FAIL;
	}
	return TURN_DONE;
}

static enum turn_step incomplete(struct turn *t, const struct event *ev, struct err *e)
{
	struct buf reason;
	struct err ignored;
	int value = event_incomplete_reason(&t->json, ev->response);
	bool known;

	event_usage(&t->json, ev->response, &t->usage);
	if (!answer_complete(&t->answer, &t->json, ev->response, e))
		return TURN_FAIL;
	buf_init(&reason, 64, "the reason");
	known = json_text(&t->json, value, &reason, &ignored) && reason.n > 0;
	err_set(e, ERR_INCOMPLETE, 0,
		known ? "the answer ended early: %.*s" : "the answer ended early", (int)reason.n,
		(const char *)reason.p);
	buf_free(&reason);
	return TURN_FAIL;
}

static enum turn_step failed(struct turn *t, const struct event *ev, struct err *e)
{
	t->failed_in_stream = true;
	failure_from_event(
		&t->failure, &t->json, ev->error, clock_wall_ms(t->clock) / 1000, t->redact, e);
	return TURN_FAIL;
}

static enum turn_step dispatch(struct turn *t, struct err *e)
{
	struct event ev;

	event_read(&t->json, &ev);
	if (t->transcript != NULL && !transcript_event(t->transcript, &t->json, &ev, e))
		return TURN_FAIL;
	switch (ev.type) {
	case EVENT_COMPLETED: return completed(t, &ev, e);
	case EVENT_INCOMPLETE: return incomplete(t, &ev, e);
	case EVENT_FAILED:
	case EVENT_ERROR: return failed(t, &ev, e);
	default: return answer_event(&t->answer, &t->json, &ev, e) ? TURN_MORE : TURN_FAIL;
	}
}

/* Nothing, or the [DONE] of other services. */
static bool says_nothing(struct span data)
{
	data = span_trim(data);
	return data.n == 0 || span_equal_str(data, "[DONE]");
}

/*
 * False with the reason in `why`. The standard has ill-formed UTF-8 read as U+FFFD: that is rare
 * and done only to an event that came to nothing without it.
 */
static bool read_event(struct turn *t, struct buf *repaired)
{
	struct span data = sse_data(&t->sse);

	if (!t->broken && json_end(&t->json, data, &t->why))
		return true;
	if (t->why.kind != ERR_PROTOCOL || utf8_valid(data) == data.n)
		return false;
	return utf8_repair(data, repaired, &t->why) &&
	       json_parse(&t->json, buf_span(repaired), &t->why);
}

/* A whole event; one that is no JSON is noted. */
static enum turn_step event_ended(struct turn *t, struct err *e)
{
	enum turn_step step = TURN_MORE;
	struct buf repaired;

	buf_init(&repaired, EVENT_MAX, "event");
	if (read_event(t, &repaired)) {
		step = dispatch(t, e);
	} else if (t->why.kind != ERR_PROTOCOL) {
		*e = t->why;
		step = TURN_FAIL;
	} else if (t->broken_why.kind == ERR_NONE && !says_nothing(sse_data(&t->sse))) {
		t->broken_why = t->why;
	}
	t->broken = false;
	json_reset(&t->json);
	buf_free(&repaired);
	return step;
}

/*
 * Looks at an event while it is still arriving, so that the answer is ready right behind its last
 * byte.
 */
static enum turn_step event_grew(struct turn *t, struct err *e)
{
	if (t->broken || json_advance(&t->json, sse_data(&t->sse), &t->why))
		return TURN_MORE;
	if (t->why.kind == ERR_PROTOCOL) {
		t->broken = true;
		return TURN_MORE;
	}
	*e = t->why;
	return TURN_FAIL;
}

static enum turn_step take(struct turn *t, struct span body, struct err *e)
{
	for (;;) {
		enum turn_step step;

		switch (sse_step(&t->sse, &body, e)) {
		case SSE_FAIL: return TURN_FAIL;
		case SSE_MORE: return event_grew(t, e);
		case SSE_EVENT:
			step = event_ended(t, e);
			if (step != TURN_MORE)
				return step;
		}
	}
}

enum turn_step turn_feed(struct turn *t, struct span body, struct err *e)
{
	enum turn_step step = take(t, body, e);

	if (step != TURN_FAIL && !t->answer.sink->ops->flush(t->answer.sink, e))
		return TURN_FAIL;
	return step;
}

enum turn_step turn_end(struct turn *t, struct err *e)
{
	enum turn_step step = TURN_MORE;

	if (sse_end(&t->sse))
		step = event_ended(t, e);
	if (step != TURN_MORE)
		return step;
	if (t->broken_why.kind != ERR_NONE)
		err_set(e, ERR_PROTOCOL, 0,
			"the stream ended without response.completed, after an event that is not "
			"JSON: %s",
			t->broken_why.text);
	else
		err_set(e, ERR_CUT, 0, "the stream ended before the answer was complete");
	return TURN_FAIL;
}
