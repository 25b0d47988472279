/* Unit tests of app/turn: event streams whole, at every two-part cut, and byte by byte. */
#include "app/turn.h"

#include <errno.h>

#include "fakes.h"

struct row {
	const char *name;
	const char *stream;
	const char *got;    /* by the sink */
	enum err_kind ends; /* ERR_NONE: TURN_DONE */
	const char *told;   /* in the log or the error; NULL = nothing in the log */
};

#define DELTA(t) "data: {\"type\":\"response.output_text.delta\",\"output_index\":0,\"delta\":\"" t "\"}\n\n"
#define ENDING(kind, rest) "data: {\"type\":\"response." kind "\",\"response\":{" rest "}}"
#define COMPLETED ENDING("completed", "\"status\":\"completed\",\"output\":[]")
#define REFUSAL(t) "data: {\"type\":\"response.refusal.delta\",\"output_index\":0,\"delta\":\"" t "\"}\n\n"

static const struct row rows[] = {
	{"plain", DELTA("hel") DELTA("lo") COMPLETED "\n\n", "hello", 0, NULL},
	{"CRLF", "data: {\"type\":\"response.output_text.delta\",\"delta\":\"a\"}\r\n\r\n" COMPLETED "\r\n\r\n", "a", 0, NULL},
	{"lone CR", "data: {\"type\":\"response.output_text.delta\",\"delta\":\"a\"}\r\r" COMPLETED "\r\r", "a", 0, NULL},
	{"BOM, comments, other fields", "\xef\xbb\xbf: hi\nevent: wrong\nid: 1\nretry: 5\n" DELTA("a") ":\n\n" COMPLETED "\n\n", "a", 0, NULL},
	{"data over several lines", "data: {\"type\":\ndata: \"response.output_text.delta\",\ndata:\"delta\":\"a\"}\n\n" COMPLETED "\n\n", "a", 0, NULL},
	{"no blank line behind the last event", DELTA("a") COMPLETED "\n", "a", 0, NULL},
	{"no line end behind the last event", DELTA("a") COMPLETED, "a", ERR_CUT, NULL},
	{"what follows does not matter", DELTA("a") COMPLETED "\n\n" DELTA("b") "data: {\n\n", "a", 0, NULL},
	{"[DONE] and empty data are passed over", DELTA("a") "data: [DONE]\n\ndata:\n\ndata\n\n" COMPLETED "\n\n", "a", 0, NULL},
	{"unknown events", "data: {\"type\":\"response.new\"}\n\ndata: 7\n\ndata: []\n\n" DELTA("a") COMPLETED "\n\n", "a", 0, NULL},
	{"escapes", DELTA("\\u00e4\\ud83d\\ude00\\n") COMPLETED "\n\n", "\xc3\xa4\xf0\x9f\x98\x80\n", 0, NULL},
	{"no JSON, then completed: a note", DELTA("a") "data: {nope\n\n" COMPLETED "\n\n", "a", 0, "not JSON"},
	{"half a document, then completed: a note", DELTA("a") "data: {\"type\":\n\n" COMPLETED "\n\n", "a", 0, "not JSON"},

	{"blank data is passed over", "data:  \n\ndata\ndata\n\ndata:  [DONE] \n\n" DELTA("a") COMPLETED "\n\n", "a", 0, NULL},
	{"ill-formed UTF-8 in a text", DELTA("a\xff" "b\xe2\x82") COMPLETED "\n\n", "a\xef\xbf\xbd" "b\xef\xbf\xbd", 0, NULL},
	{"... and elsewhere", "data: {\"type\":\"response.output_text.delta\",\"x\":\"\xc0\x80\",\"delta\":\"a\"}\n\n" COMPLETED "\n\n", "a", 0, NULL},
	{"... and in what is no JSON", DELTA("a") "data: {\xff\n\n" COMPLETED "\n\n", "a", 0, "not JSON"},

	{"nothing at all", "", "", ERR_CUT, NULL},
	{"end before the terminal event", DELTA("a"), "a", ERR_CUT, "before the answer was complete"},
	{"half an event at the end", DELTA("a") "data: {\"type\":\"response.comp", "a", ERR_CUT, "before the answer was complete"},
	{"only [DONE]", DELTA("a") "data: [DONE]\n\n", "a", ERR_CUT, NULL},
	{"blank data, then the end", DELTA("a") "data:  \n\n", "a", ERR_CUT, NULL},
	{"no JSON, then the end", DELTA("a") "data: {nope\n\n", "a", ERR_PROTOCOL, "not JSON"},
	{"a page instead of events", "<html><body>Sorry</body></html>\n", "", ERR_CUT, NULL},
	{"one JSON document instead of events", "{\"id\":\"x\"}\n", "", ERR_CUT, NULL},
	{"completed with another status", DELTA("a") ENDING("completed", "\"status\":\"in_progress\"") "\n\n", "a", ERR_INCOMPLETE, NULL},
	{"completed without a response", DELTA("a") "data: {\"type\":\"response.completed\"}\n\n", "a", ERR_INCOMPLETE, NULL},
	{"end_turn false", DELTA("a") ENDING("completed", "\"status\":\"completed\",\"end_turn\":false") "\n\n", "a", ERR_INCOMPLETE, NULL},
	{"incomplete with its reason", DELTA("a") ENDING("incomplete", "\"incomplete_details\":{\"reason\":\"max_output_tokens\"}") "\n\n", "a", ERR_INCOMPLETE, "max_output_tokens"},
	{"incomplete without one", DELTA("a") ENDING("incomplete", "") "\n\n", "a", ERR_INCOMPLETE, "ended early"},
	{"blank text", DELTA("\\n \\n") COMPLETED "\n\n", "\n \n", ERR_EMPTY, NULL},
	{"no text", COMPLETED "\n\n", "", ERR_EMPTY, NULL},
	{"refused", REFUSAL("I ca") REFUSAL("nnot") COMPLETED "\n\n", "", ERR_REFUSED, "refusal: I cannot"},
	{"refused after text", DELTA("a") REFUSAL("no") COMPLETED "\n\n", "a", ERR_REFUSED, "refusal: no"},
	{"failed: busy", DELTA("a") ENDING("failed", "\"error\":{\"code\":\"server_is_overloaded\",\"message\":\"later\"}") "\n\n", "a", ERR_BUSY, "later"},
	{"failed: limit", ENDING("failed", "\"error\":{\"code\":\"usage_limit_reached\",\"message\":\"enough\"}") "\n\n", "", ERR_LIMIT, "enough"},
	{"failed: nothing said", ENDING("failed", "") "\n\n", "", ERR_BUSY, NULL},
	{"error event, flat", "data: {\"type\":\"error\",\"code\":\"context_length_exceeded\",\"message\":\"long\"}\n\n", "", ERR_TOO_LONG, "long"},
	{"error event, nested", "data: {\"type\":\"error\",\"error\":{\"code\":\"context_length_exceeded\",\"message\":\"long\"}}\n\n", "", ERR_TOO_LONG, "long"},
	{"differing text", DELTA("ab") "data: {\"type\":\"response.output_text.done\",\"output_index\":0,\"text\":\"ba\"}\n\n" COMPLETED "\n\n", "ab", ERR_PROTOCOL, "differs"},
};

/* The pieces end at a[0], a[1], ... and at the end. */
static bool agrees(const struct row *r, const size_t *ends, size_t n, bool talk)
{
	struct fake_clock clock;
	struct fake_log log;
	struct fake_sink sink;
	struct turn t;
	struct err e = {.kind = ERR_NONE};
	struct span whole = span_str(r->stream), said;
	enum turn_step step = TURN_MORE;
	bool ok;

	fake_clock_init(&clock);
	fake_log_init(&log);
	fake_sink_init(&sink);
	turn_init(&t, &sink.sink, &log.log, NULL, &clock.clock);
	for (size_t i = 0; step == TURN_MORE && i <= n; i++) {
		struct span piece = tap_guard(span_cut(whole, i == 0 ? 0 : ends[i - 1], i == n ? whole.n : ends[i]));

		step = turn_feed(&t, piece, &e);
		tap_unguard(piece);
	}
	if (step == TURN_MORE)
		step = turn_end(&t, &e);
	said = fake_log_read(&log);
	ok = step == (r->ends == ERR_NONE ? TURN_DONE : TURN_FAIL) && (step == TURN_DONE || e.kind == r->ends) &&
	     span_equal_str(buf_span(&sink.got), r->got);
	if (r->told == NULL)
		ok = ok && said.n == 0;
	else
		ok = ok && (holds(said, r->told) || (step == TURN_FAIL && holds(span_str(e.text), r->told)));
	if (!ok && talk) {
		printf("#   step %d, error %s: %s\n", step, err_kind_name(e.kind), e.text);
		tap_show("text", buf_span(&sink.got));
		tap_show("log ", said);
	}
	turn_free(&t);
	turn_free(&t);
	fake_sink_free(&sink.sink);
	fake_log_free(&log);
	return ok;
}

static void check_row(const struct row *r)
{
	size_t n = strlen(r->stream), bad = 0;
	size_t *each = calloc(n + 1, sizeof *each);

	tap_ok(agrees(r, NULL, 0, true), "%s: whole", r->name);
	for (size_t cut = 1; cut < n; cut++)
		if (!agrees(r, &cut, 1, bad == 0))
			bad++;
	tap_ok(bad == 0, "%s: the same at every cut", r->name);
	for (size_t i = 0; i < n; i++)
		each[i] = i + 1;
	tap_ok(agrees(r, each, n, true), "%s: the same byte by byte", r->name);
	free(each);
}

static void check_usage(void)
{
	static const char stream[] = DELTA("a") ENDING("completed",
		"\"status\":\"completed\",\"usage\":{\"input_tokens\":11,\"output_tokens\":7,\"total_tokens\":18}") "\n\n";
	struct fake_clock clock;
	struct fake_log log;
	struct fake_sink sink;
	struct turn t;
	struct err e;

	fake_clock_init(&clock);
	fake_log_init(&log);
	fake_sink_init(&sink);
	turn_init(&t, &sink.sink, &log.log, NULL, &clock.clock);
	tap_is_int(turn_feed(&t, span_str(stream), &e), TURN_DONE, "a turn with usage");
	tap_ok(t.usage.known && t.usage.input == 11 && t.usage.output == 7 && t.usage.total == 18, "... tells it");
	turn_free(&t);
	fake_sink_free(&sink.sink);
	fake_log_free(&log);
}

static void check_failing_sink(void)
{
	struct fake_clock clock;
	struct fake_log log;
	struct fake_sink sink;
	struct turn t;
	struct err e;

	fake_clock_init(&clock);
	fake_log_init(&log);
	fake_sink_init(&sink);
	sink.fail_at = 2;
	turn_init(&t, &sink.sink, &log.log, NULL, &clock.clock);
	tap_is_int(turn_feed(&t, span_str(DELTA("a") DELTA("b") COMPLETED "\n\n"), &e), TURN_FAIL, "a sink that fails ends the turn");
	tap_is_int(e.kind, ERR_PIPE, "... with its error");
	tap_ok(!t.failed_in_stream, "... which is not the service's");
	turn_free(&t);
	fake_sink_free(&sink.sink);
	fake_log_free(&log);
}

static const struct row *swept;
static struct fake_log quiet;
static struct sink_ops telling;

static bool tell_fails(struct sink *s, enum sink_step step, struct span text, struct err *e)
{
	(void)s;
	(void)step;
	(void)text;
	return err_set(e, ERR_PIPE, 0, "the reader went away");
}

/* A success is the end the row wants. */
static bool run_swept(struct err *e)
{
	struct fake_clock clock;
	struct fake_sink sink;
	struct turn t;
	enum turn_step step;
	bool ok;

	fake_clock_init(&clock);
	fake_sink_init(&sink);
	turn_init(&t, &sink.sink, &quiet.log, NULL, &clock.clock);
	step = turn_feed(&t, span_str(swept->stream), e);
	if (step == TURN_MORE)
		step = turn_end(&t, e);
	ok = swept->ends == ERR_NONE ? step == TURN_DONE : step == TURN_FAIL && e->kind == swept->ends;
	ok = ok && span_equal_str(buf_span(&sink.got), swept->got);
	turn_free(&t);
	fake_sink_free(&sink.sink);
	return ok;
}

/* However little memory there is: the right end, or one that says so. */
static void check_memory(const struct row *r)
{
	swept = r;
	if (holds(span_str(r->stream), "data: "))
		tap_ok(failing_each("alloc", ENOMEM, ERR_MEMORY, true, run_swept), "%s: without memory", r->name);
}

static void check_reader_gone(const char *stream, bool flush, const char *name)
{
	struct fake_clock clock;
	struct fake_sink sink;
	struct turn t;
	struct err e = {.kind = ERR_NONE};

	fake_clock_init(&clock);
	fake_sink_init(&sink);
	sink.fail_flush = flush;
	telling = fake_sink_ops;
	telling.tell = tell_fails;
	sink.sink.ops = &telling;
	turn_init(&t, &sink.sink, &quiet.log, NULL, &clock.clock);
	tap_is_int(turn_feed(&t, span_str(stream), &e), TURN_FAIL, name);
	tap_is_int(e.kind, ERR_PIPE, "... ends the turn as what it is");
	turn_free(&t);
	fake_sink_free(&sink.sink);
}

int main(void)
{
	fake_log_init(&quiet);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		check_memory(&rows[i]);
	check_reader_gone(DELTA("a"), true, "a reader that goes before a flush");
	check_reader_gone(REFUSAL("no") COMPLETED "\n\n", false, "a reader that goes before a refusal");
	fake_log_free(&quiet);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		check_row(&rows[i]);
	check_usage();
	check_failing_sink();
	return tap_done();
}
