/* The answer as plain text on a descriptor: redacted, defused, ending in one newline. */

#include "app/sink.h"

#include <stdlib.h>

#include "app/output.h"
#include "base/defuse.h"
#include "base/limits.h"

struct sink_text {
	struct sink sink;
	struct sink_options o;
	struct redact_stream redact;
	struct defuse defuse;
	struct buf clean, shown; /* what the two filters let through, between calls empty */
	size_t newlines;         /* line ends held back: how the text ends is decided at its end */
	bool begun;              /* text has come */
};

/* Through the filters and out; `last` empties what they hold. */
static bool pass(struct sink_text *t, struct span s, bool last, struct err *e)
{
	bool ok;

	buf_clear(&t->clean);
	buf_clear(&t->shown);
	ok = redact_feed(&t->redact, s, &t->clean, e) && (!last || redact_finish(&t->redact, &t->clean, e)) &&
	     defuse_feed(&t->defuse, buf_span(&t->clean), &t->shown, e) &&
	     (!last || defuse_finish(&t->defuse, &t->shown, e));
	if (!ok || t->shown.n == 0)
		return ok;
	log_status_clear(t->o.log);
	t->sink.committed = true;
	return output_write(t->o.fd, buf_span(&t->shown), t->o.clock, t->o.deadline_ms, e);
}

static bool pass_newlines(struct sink_text *t, struct err *e)
{
	for (; t->newlines > 0; t->newlines--)
		if (!pass(t, span_str("\n"), false, e))
			return false;
	return true;
}

static bool text(struct sink *s, struct span utf8, struct err *e)
{
	struct sink_text *t = (struct sink_text *)s;
	size_t end = utf8.n;

	while (end > 0 && utf8.p[end - 1] == '\n')
		end--;
	if (end > 0) {
		t->begun = true;
		if (!pass_newlines(t, e) || !pass(t, span_cut(utf8, 0, end), false, e))
			return false;
	}
	t->newlines += utf8.n - end;
	return true;
}

static bool next_message(struct sink *s, struct err *e)
{
	struct sink_text *t = (struct sink_text *)s;

	(void)e;
	if (t->begun)
		t->newlines = 1;
	return true;
}

static bool end(struct sink *s, bool complete, struct err *e)
{
	struct sink_text *t = (struct sink_text *)s;
	bool line = t->begun && (complete || t->o.defuse_controls);

	return pass(t, span_str(line ? "\n" : ""), true, e);
}

static void text_free(struct sink *s)
{
	struct sink_text *t = (struct sink_text *)s;

	redact_stream_free(&t->redact);
	buf_free(&t->clean);
	buf_free(&t->shown);
	free(t);
}

static const struct sink_ops text_ops = {text, next_message, end, text_free};

bool sink_text_open(struct sink **out, const struct sink_options *o, struct err *e)
{
	struct sink_text *t = calloc(1, sizeof *t);

	if (t == NULL)
		return err_memory(e);
	t->sink.ops = &text_ops;
	t->o = *o;
	redact_stream_init(&t->redact, o->redact);
	defuse_init(&t->defuse, (struct defuse_options){.ci = o->defuse_ci, .controls = o->defuse_controls});
	/* Filters may lengthen what passes: a replacement is never longer than eight times its source. */
	buf_init(&t->clean, 8 * (size_t)EVENT_MAX, "the answer");
	buf_init(&t->shown, 8 * (size_t)EVENT_MAX, "the answer");
	*out = &t->sink;
	return true;
}

void sink_free(struct sink **s)
{
	if (*s == NULL)
		return;
	(*s)->ops->free(*s);
	*s = NULL;
}
