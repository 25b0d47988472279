/*
 * The answer as lines: item.completed when an item is whole, item.delta for what each read brought
 * of a message, turn.completed at the end.
 */

#include "app/sink.h"

#include <stdlib.h>

#include "base/assert.h"
#include "base/fmt.h"
#include "base/limits.h"

struct sink_jsonl {
	struct sink sink;
	struct jsonl *lines;
	bool hold, deltas;
	enum sink_item kind; /* of the item in progress, */
	bool open;           /* when there is one */
	unsigned items;      /* begun */
	size_t text_n;       /* bytes of text that are kept, escaped, in line and held */
	struct redact_stream redact;
	struct buf clean;    /* what the redactor lets through; empty between calls */
	struct jsonw w;      /* writes the item in progress ... */
	struct buf line;     /* ... here, as far as it has come */
	struct buf delta;    /* what of it no item.delta has told */
	struct buf held;     /* complete lines that wait for the answer's end */
};

/* Memory stays flat however long a piece is; at worst a byte becomes an escape of six. */
enum { PASS_STEP = 16 * 1024, LINES_MAX = 6 * BUFFERED_ANSWER_MAX + 128 * ITEMS_MAX };

static bool tell(struct sink *s, enum sink_step step, struct span text, struct err *e)
{
	static const struct {
		const char *type, *name;
	} lines[] = {
		[SINK_THREAD] = {"thread.started", "thread_id"},
		[SINK_TURN] = {"turn.started", NULL},
		[SINK_ERROR] = {"error", "message"},
	};

	return jsonl_event(
		((struct sink_jsonl *)s)->lines, lines[step].type, lines[step].name, text, e);
}

/* "item_0": as codex numbers them. */
static void add_id(struct sink_jsonl *t, struct jsonw *w, const char *name)
{
	char id[24];

	fmt_into(id, sizeof id, "item_%u", t->items - 1);
	jsonw_name(w, name);
	jsonw_str(w, id);
}

static bool begin(struct sink *s, enum sink_item kind, struct err *e)
{
	struct sink_jsonl *t = (struct sink_jsonl *)s;

	(void)e;
	assert(!t->open);
	t->open = true;
	t->kind = kind;
	t->items++;
	buf_clear(&t->line);
	jsonw_init(&t->w, &t->line);
	jsonw_object(&t->w);
	jsonw_name(&t->w, "type");
	jsonw_str(&t->w, "item.completed");
	jsonw_name(&t->w, "item");
	jsonw_object(&t->w);
	add_id(t, &t->w, "id");
	jsonw_name(&t->w, "type");
	jsonw_str(&t->w, kind == SINK_REASONING ? "reasoning" : "agent_message");
	if (kind == SINK_COMMENTARY) {
		jsonw_name(&t->w, "phase");
		jsonw_str(&t->w, "commentary");
	}
	jsonw_name(&t->w, "text");
	jsonw_text_begin(&t->w);
	return true;
}

/* What the redactor has let through. */
static bool take_clean(struct sink_jsonl *t, struct err *e)
{
	struct span clean = buf_span(&t->clean);

	if (clean.n > BUFFERED_ANSWER_MAX - t->text_n)
		return err_set(e, ERR_CEILING, 0, "%s exceeds %d bytes",
			t->hold ? "the answer held by --buffer" : "an item of the answer",
			BUFFERED_ANSWER_MAX);
	t->text_n += clean.n;
	jsonw_text_piece(&t->w, clean);
	if (t->deltas && t->kind != SINK_REASONING && !buf_add(&t->delta, clean, e))
		return false;
	buf_clear(&t->clean);
	return true;
}

static bool text(struct sink *s, struct span utf8, struct err *e)
{
	struct sink_jsonl *t = (struct sink_jsonl *)s;

	for (size_t at = 0; at < utf8.n; at += PASS_STEP)
		if (!redact_feed(&t->redact, span_cut(utf8, at, at + PASS_STEP), &t->clean, e) ||
			!take_clean(t, e))
			return false;
	return true;
}

static bool write_committed(struct sink_jsonl *t, struct span line, struct err *e)
{
	t->sink.committed = true;
	return jsonl_write(t->lines, line, e);
}

static bool flush(struct sink *s, struct err *e)
{
	struct sink_jsonl *t = (struct sink_jsonl *)s;
	struct jsonw w;
	struct buf line;
	bool ok;

	if (t->delta.n == 0)
		return true;
	buf_init(&line, LINES_MAX, "a line of the output");
	jsonw_init(&w, &line);
	jsonw_object(&w);
	jsonw_name(&w, "type");
	jsonw_str(&w, "item.delta");
	add_id(t, &w, "item_id");
	jsonw_name(&w, "delta");
	jsonw_text(&w, buf_span(&t->delta));
	jsonw_object_end(&w);
	buf_clear(&t->delta);
	ok = jsonw_end(&w, e) && write_committed(t, buf_span(&line), e);
	buf_free(&line);
	return ok;
}

/* The text in hand is over: what the redactor held back goes. */
static bool finish_text(struct sink_jsonl *t, struct err *e)
{
	t->open = false;
	return redact_finish(&t->redact, &t->clean, e) && take_clean(t, e) && flush(&t->sink, e);
}

static bool item_end(struct sink *s, struct err *e)
{
	struct sink_jsonl *t = (struct sink_jsonl *)s;

	if (!finish_text(t, e))
		return false;
	jsonw_text_end(&t->w);
	jsonw_object_end(&t->w);
	jsonw_object_end(&t->w);
	if (!jsonw_end(&t->w, e))
		return false;
	if (t->hold)
		return buf_add(&t->held, buf_span(&t->line), e) && buf_add_byte(&t->held, '\n', e);
	t->text_n = 0;
	return write_committed(t, buf_span(&t->line), e);
}

static void reset(struct sink_jsonl *t)
{
	redact_stream_free(&t->redact);
	redact_stream_init(&t->redact, t->lines->redact);
	buf_clear(&t->delta);
	buf_clear(&t->held);
	t->open = false;
	t->items = 0;
	t->text_n = 0;
}

static void discard(struct sink *s)
{
	assert(!s->committed);
	reset((struct sink_jsonl *)s);
}

/* What was rejected is shown, too: who reads lines may want to know what it was. */
static bool end(struct sink *s, enum sink_end how, struct err *e)
{
	struct sink_jsonl *t = (struct sink_jsonl *)s;
	struct span held = buf_span(&t->held);

	if (how == SINK_FAILED)
		return !t->open || finish_text(t, e);
	for (size_t at = 0; at < held.n;) {
		size_t eol = span_find(held, '\n', at);

		if (!write_committed(t, span_cut(held, at, eol), e))
			return false;
		at = eol + 1;
	}
	return how == SINK_REJECTED || jsonl_completed(t->lines, &s->facts, e);
}

static void jsonl_free(struct sink *s)
{
	struct sink_jsonl *t = (struct sink_jsonl *)s;

	redact_stream_free(&t->redact);
	buf_free(&t->clean);
	buf_free(&t->line);
	buf_free(&t->delta);
	buf_free(&t->held);
	free(t);
}

static const struct sink_ops jsonl_ops = {
	tell, begin, text, item_end, flush, discard, end, jsonl_free,
};

bool sink_jsonl_open(struct sink **out, struct jsonl *lines, bool hold, bool deltas, struct err *e)
{
	struct sink_jsonl *t = calloc(1, sizeof *t);

	if (t == NULL)
		return err_memory(e);
	t->sink.ops = &jsonl_ops;
	t->sink.asides = true;
	t->lines = lines;
	t->hold = hold;
	t->deltas = deltas;
	redact_stream_init(&t->redact, lines->redact);
	buf_init(&t->clean, EVENT_MAX, "the answer");
	buf_init(&t->line, LINES_MAX, "an item of the answer");
	buf_init(&t->delta, BUFFERED_ANSWER_MAX, "an item of the answer");
	buf_init(&t->held, LINES_MAX, "the answer held by --buffer");
	*out = &t->sink;
	return true;
}
