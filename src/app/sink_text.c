/* The answer as plain text on a descriptor: redacted, defused, ending in one newline. */

#include "app/sink.h"

#include <stdlib.h>

#include "base/assert.h"
#include "base/defuse.h"
#include "base/limits.h"
#include "base/output.h"

struct sink_text {
	struct sink sink;
	struct sink_options o;
	struct redact_stream redact;
	struct defuse defuse;
	struct buf clean;        /* what the redactor lets through; empty between calls */
	struct buf shown;        /* what the defuser lets through, until it is written */
	size_t newlines;         /* line ends held back: how the text ends is decided at its end */
	bool begun;              /* text has come */
};

/* Memory stays flat however long a piece is. */
enum { PASS_STEP = 16 * 1024, SHOWN_FULL = 32 * 1024 };

static void start_defuse(struct sink_text *t)
{
	defuse_init(&t->defuse,
		(struct defuse_options){.ci = t->o.defuse_ci, .controls = t->o.defuse_controls});
}

static bool put(struct sink_text *t, struct err *e)
{
	bool ok;

	if (t->shown.n == 0)
		return true;
	log_status_clear(t->o.log);
	t->sink.committed = true;
	ok = output_write(t->o.fd, buf_span(&t->shown), t->o.clock, t->o.deadline_ms, e);
	buf_clear(&t->shown);
	return ok;
}

static bool waits(const struct sink_text *t)
{
	return t->o.hold || (t->o.gate != NULL && !*t->o.gate);
}

static bool flush(struct sink *s, struct err *e)
{
	struct sink_text *t = (struct sink_text *)s;

	return waits(t) || put(t, e);
}

/* Through the filters; `last` empties what they hold. */
static bool pass(struct sink_text *t, struct span s, bool last, struct err *e)
{
	buf_clear(&t->clean);
	if (!redact_feed(&t->redact, s, &t->clean, e) ||
		(last && !redact_finish(&t->redact, &t->clean, e)))
		return false;
	if (!defuse_feed(&t->defuse, buf_span(&t->clean), &t->shown, e) ||
	    (last && !defuse_finish(&t->defuse, &t->shown, e)))
		return false;
	return t->shown.n < SHOWN_FULL || flush(&t->sink, e);
}

static bool pass_all(struct sink_text *t, struct span s, struct err *e)
{
	for (size_t at = 0; at < s.n; at += PASS_STEP)
		if (!pass(t, span_cut(s, at, at + PASS_STEP), false, e))
			return false;
	return true;
}

static bool text(struct sink *s, struct span utf8, struct err *e)
{
	struct sink_text *t = (struct sink_text *)s;
	size_t end = utf8.n;

	while (end > 0 && utf8.p[end - 1] == '\n')
		end--;
	for (; end > 0 && t->newlines > 0; t->newlines--)
		if (!pass(t, span_str("\n"), false, e))
			return false;
	t->begun = t->begun || end > 0;
	t->newlines += utf8.n - end;
	return pass_all(t, span_cut(utf8, 0, end), e);
}

static bool begin(struct sink *s, enum sink_item kind, struct err *e)
{
	struct sink_text *t = (struct sink_text *)s;

	(void)e;
	assert(kind == SINK_MESSAGE);
	if (t->begun)
		t->newlines = 1;
	return true;
}

static bool item_end(struct sink *s, struct err *e)
{
	(void)s;
	(void)e;
	return true;
}

static void discard(struct sink *s)
{
	struct sink_text *t = (struct sink_text *)s;

	assert(!s->committed);
	redact_stream_free(&t->redact);
	redact_stream_init(&t->redact, t->o.redact);
	start_defuse(t);
	buf_clear(&t->shown);
	t->newlines = 0;
	t->begun = false;
}

static bool end(struct sink *s, enum sink_end how, struct err *e)
{
	struct sink_text *t = (struct sink_text *)s;
	bool complete = how == SINK_COMPLETE;
	bool line = t->begun && (complete || t->o.defuse_controls);

	if (waits(t) && !complete)
		return true;
	return pass(t, span_str(line ? "\n" : ""), true, e) && put(t, e);
}

static void text_free(struct sink *s)
{
	struct sink_text *t = (struct sink_text *)s;

	redact_stream_free(&t->redact);
	buf_free(&t->clean);
	buf_free(&t->shown);
	free(t);
}

static const struct sink_ops text_ops = {
	NULL, begin, text, item_end, flush, discard, end, text_free,
};

bool sink_text_open(struct sink **out, const struct sink_options *o, struct err *e)
{
	struct sink_text *t = calloc(1, sizeof *t);

	if (t == NULL)
		return err_memory(e);
	t->sink.ops = &text_ops;
	t->o = *o;
	redact_stream_init(&t->redact, o->redact);
	start_defuse(t);
	/*
	 * What the redactor held back may come with a piece, and both filters may lengthen what
	 * passes.
	 */
	buf_init(&t->clean, EVENT_MAX, "the answer");
	if (o->hold)
		buf_init(&t->shown, BUFFERED_ANSWER_MAX, "the answer held by --buffer");
	else
		buf_init(&t->shown, EVENT_MAX, "the answer");
	*out = &t->sink;
	return true;
}
