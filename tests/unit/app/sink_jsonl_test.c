/* Unit tests of app/sink_jsonl and app/jsonl: the lines, byte for byte, and when they are written. */
#include <errno.h>
#include <signal.h>

#include "base/limits.h"
#include "fakes.h"

#define SECRET "sk-0123456789abcdefghijklmnopqrstuvwxyz"

static const struct log no_log = {.fd = -1};

/* What the lines are written to, and a look at it. */
struct place {
	FILE *file;
	struct fake_clock clock;
	struct jsonl lines;
	struct sink *sink;
	struct buf got;
};

static void place_init(struct place *p, const struct redact *redact, bool hold, bool deltas)
{
	struct err e;

	p->file = tmpfile();
	fake_clock_init(&p->clock);
	p->lines = (struct jsonl){
		.fd = fileno(p->file), .redact = redact, .clock = &p->clock.clock, .log = &no_log, .deadline_ms = CLOCK_NEVER,
	};
	buf_init(&p->got, KEPT_MAX, "the output");
	if (!sink_jsonl_open(&p->sink, &p->lines, hold, deltas, &e))
		exit(99);
}

static struct span place_read(struct place *p)
{
	read_back(p->lines.fd, &p->got);
	return buf_span(&p->got);
}

static void place_free(struct place *p)
{
	sink_free(&p->sink);
	buf_free(&p->got);
	fclose(p->file);
}

/*
 * A script: "m", "c" and "r" begin items, text stands between quotes, '.' ends one, '/' is the end of a read, 'x' another
 * attempt, '+' and '-' the end of an answer that is and is not complete.
 */
static bool play(struct sink *s, const char *script, size_t step, struct err *e)
{
	bool ok = true;

	for (const char *p = script; ok && *p != '\0'; p++) {
		struct span text;

		switch (*p) {
		case 'm': ok = s->ops->begin(s, SINK_MESSAGE, e); break;
		case 'c': ok = s->ops->begin(s, SINK_COMMENTARY, e); break;
		case 'r': ok = s->ops->begin(s, SINK_REASONING, e); break;
		case '.': ok = s->ops->item_end(s, e); break;
		case '/': ok = s->ops->flush(s, e); break;
		case 'x': s->ops->discard(s); break;
		case '+': ok = s->ops->end(s, SINK_COMPLETE, e); break;
		case '-': ok = s->ops->end(s, SINK_FAILED, e); break;
		case '\'':
			text = span_of(p + 1, strcspn(p + 1, "'"));
			p += text.n + 1;
			for (size_t at = 0, n = step == 0 ? text.n : step; ok && at < text.n; at += n)
				ok = s->ops->text(s, span_cut(text, at, at + n), e);
		}
	}
	return ok;
}

enum { PLAIN, HOLD, DELTAS };

#define ITEM(n, type, text) "{\"type\":\"item.completed\",\"item\":{\"id\":\"item_" n "\",\"type\":\"" type "\",\"text\":\"" text "\"}}\n"
#define MESSAGE(n, text) ITEM(n, "agent_message", text)
#define DELTA(n, text) "{\"type\":\"item.delta\",\"item_id\":\"item_" n "\",\"delta\":\"" text "\"}\n"
#define COMPLETED \
	"{\"type\":\"turn.completed\",\"usage\":{\"input_tokens\":0,\"cached_input_tokens\":0,\"cache_write_input_tokens\":0," \
	"\"output_tokens\":0,\"reasoning_output_tokens\":0,\"total_tokens\":null},\"model\":null," \
	"\"rate_limits\":{\"primary\":{\"used_percent\":0.000,\"window_minutes\":0,\"resets_at\":null},\"secondary\":{\"used_percent\":0.000," \
	"\"window_minutes\":0,\"resets_at\":null}}}\n"

static const struct row {
	const char *name, *script;
	int how;
	bool committed;
	const char *want;
} rows[] = {
	{"one message", "m'hello'/.+", PLAIN, true, MESSAGE("0", "hello") COMPLETED},
	{"an item in progress is not written", "m'hello'/", PLAIN, false, ""},
	{"... not even at a failure", "m'hello'/-", PLAIN, false, ""},
	{"a complete one is", "m'hello'.-", PLAIN, true, MESSAGE("0", "hello")},
	{"reasoning, commentary, two messages", "r'why'.c'hm'.m'a'.m'b'.+", PLAIN, true,
	 ITEM("0", "reasoning", "why") "{\"type\":\"item.completed\",\"item\":{\"id\":\"item_1\",\"type\":\"agent_message\",\"phase\":\"commentary\","
	 "\"text\":\"hm\"}}\n" MESSAGE("2", "a") MESSAGE("3", "b") COMPLETED},
	{"another attempt begins anew", "m'lost'/xm'kept'.", PLAIN, true, MESSAGE("0", "kept")},
	{"what JSON and runners mind", "m'\"\\\n##[x] ::y\x1b\xc2\x9b'.", PLAIN, true, MESSAGE("0", "\\\"\\\\\\n#\\u0023[x] ::y\\u001b\\u009b")},
	{"ill-formed", "m'a\xff\xe2\x82'.", PLAIN, true, MESSAGE("0", "a\xef\xbf\xbd\xef\xbf\xbd")},
	{"the token goes", "m'x " SECRET " y'.", PLAIN, true, MESSAGE("0", "x [redacted] y")},
	{"the token at the end", "r'" SECRET "'.", PLAIN, true, ITEM("0", "reasoning", "[redacted]")},

	{"held until the end", "m'a'.m'b'/./", HOLD, false, ""},
	{"... then written", "m'a'.m'b'.+", HOLD, true, MESSAGE("0", "a") MESSAGE("1", "b") COMPLETED},
	{"... or not", "m'a'.m'b'.-", HOLD, false, ""},
	{"another attempt after an item", "m'a'.m'b'/xm'c'.+", HOLD, true, MESSAGE("0", "c") COMPLETED},

	{"a delta a read", "m'he'/'l''l'/'o'/.+", DELTAS, true,
	 DELTA("0", "he") DELTA("0", "ll") DELTA("0", "o") MESSAGE("0", "hello") COMPLETED},
	{"the last with the item", "m'a'.m'b'.", DELTAS, true, DELTA("0", "a") MESSAGE("0", "a") DELTA("1", "b") MESSAGE("1", "b")},
	{"nothing new, nothing said", "m'a'///", DELTAS, true, DELTA("0", "a")},
	{"reasoning comes whole", "r'why'/.m'a'/", DELTAS, true, ITEM("0", "reasoning", "why") DELTA("1", "a")},
	{"the token cut over deltas", "m'x sk-0123456789abcdef'/'ghijklmnopqrstuvwxyz y'/.", DELTAS, true,
	 DELTA("0", "x ") DELTA("0", "[redacted] y") MESSAGE("0", "x [redacted] y")},
	{"half of it at a failure", "m'x sk-0123456789abcdef'/-", DELTAS, true, DELTA("0", "x ") DELTA("0", "[redacted]")},
	{"what was held back at a failure", "m'x sk-01'/-", DELTAS, true, DELTA("0", "x ") DELTA("0", "sk-01")},
};

static void check_row(const struct row *r, const struct redact *redact, size_t step)
{
	struct place p;
	struct err e;
	bool committed;

	place_init(&p, redact, r->how == HOLD, r->how == DELTAS);
	tap_good(play(p.sink, r->script, step, &e), &e, r->name);
	tap_is_str(place_read(&p), r->want, "... the lines");
	committed = p.sink->committed;
	tap_ok(committed == r->committed, "... %s", r->committed ? "it commits" : "nothing is committed");
	place_free(&p);
}

static void check_rows(void)
{
	struct redact *redact;

	learn(&redact, SECRET);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		check_row(&rows[i], redact, 0);
		check_row(&rows[i], redact, 1);
	}
	redact_free(&redact);
}

static void check_steps(void)
{
	struct place p;
	struct err e;

	place_init(&p, NULL, true, false);
	tap_good(sink_tell(p.sink, SINK_THREAD, span_str("id"), &e) && sink_tell(p.sink, SINK_TURN, span_str(""), &e) &&
	         sink_tell(p.sink, SINK_ERROR, span_str("##[once] more"), &e), &e, "steps");
	tap_is_str(place_read(&p), "{\"type\":\"thread.started\",\"thread_id\":\"id\"}\n{\"type\":\"turn.started\"}\n"
	           "{\"type\":\"error\",\"message\":\"#\\u0023[once] more\"}\n", "... are told at once, also with --buffer");
	tap_ok(!p.sink->committed, "... and commit to nothing");
	place_free(&p);
}

static void check_facts(void)
{
	struct place p;
	struct err e;

	place_init(&p, NULL, false, false);
	p.sink->facts = (struct jsonl_facts){
		.usage = {true, 10, 4, 3, 5, 2, 15}, .model = "m-1",
		.quota = {{.used_milli = 12345, .window_minutes = 300, .resets_at_s = 1790000000}, {-1, -1, 0}},
	};
	tap_good(p.sink->ops->end(p.sink, SINK_COMPLETE, &e), &e, "the end of a success");
	tap_is_str(place_read(&p),
		"{\"type\":\"turn.completed\",\"usage\":{\"input_tokens\":10,\"cached_input_tokens\":4,\"cache_write_input_tokens\":3,"
		"\"output_tokens\":5,\"reasoning_output_tokens\":2,\"total_tokens\":15},\"model\":\"m-1\",\"rate_limits\":{\"primary\":"
		"{\"used_percent\":12.345,\"window_minutes\":300,\"resets_at\":1790000000},\"secondary\":null}}\n", "... tells what is known");
	place_free(&p);
}

static void check_failures(void)
{
	static const struct {
		const char *name;
		struct err why;
		struct jsonl_report report;
		const char *want;
	} failures[] = {
		{"nothing known", {ERR_USAGE, 0, "no \"prompt\""}, {.failure = {.retry_after_ms = -1, .should_retry = -1}},
		 "{\"type\":\"error\",\"message\":\"no \\\"prompt\\\"\"}\n{\"type\":\"turn.failed\",\"error\":{\"message\":\"no \\\"prompt\\\"\","
		 "\"code\":\"usage\",\"exit\":2,\"retryable\":false,\"retry_after_ms\":null,\"resets_at\":null,\"request_id\":null,\"host\":null}}\n"},
		{"all known", {ERR_BUSY, 0, "busy"},
		 {.failure = {.status = 429, .retry_after_ms = 1500, .should_retry = -1, .resets_at_s = 7, .request_id = "req_1"}, .host = "h:1"},
		 "{\"type\":\"error\",\"message\":\"busy\"}\n{\"type\":\"turn.failed\",\"error\":{\"message\":\"busy\",\"code\":\"transient\","
		 "\"exit\":30,\"retryable\":true,\"retry_after_ms\":1500,\"resets_at\":7,\"request_id\":\"req_1\",\"host\":\"h:1\"}}\n"},
		{"the server says not again", {ERR_BUSY, 0, "busy"}, {.failure = {.status = 503, .retry_after_ms = -1, .should_retry = 0}},
		 "{\"type\":\"error\",\"message\":\"busy\"}\n{\"type\":\"turn.failed\",\"error\":{\"message\":\"busy\",\"code\":\"transient\","
		 "\"exit\":30,\"retryable\":false,\"retry_after_ms\":null,\"resets_at\":null,\"request_id\":null,\"host\":null}}\n"},
		{"a secret everywhere", {ERR_EDGE, 0, "at " SECRET}, {.failure = {.retry_after_ms = -1, .request_id = SECRET}, .host = SECRET},
		 "{\"type\":\"error\",\"message\":\"at [redacted]\"}\n{\"type\":\"turn.failed\",\"error\":{\"message\":\"at [redacted]\","
		 "\"code\":\"edge\",\"exit\":23,\"retryable\":false,\"retry_after_ms\":null,\"resets_at\":null,\"request_id\":\"[redacted]\","
		 "\"host\":\"[redacted]\"}}\n"},
	};
	struct redact *redact;

	learn(&redact, SECRET);
	for (size_t i = 0; i < sizeof failures / sizeof failures[0]; i++) {
		struct place p;
		struct err e;

		place_init(&p, redact, false, false);
		tap_good(jsonl_failed(&p.lines, &failures[i].why, &failures[i].report, &e), &e, failures[i].name);
		tap_is_str(place_read(&p), failures[i].want, "... the lines");
		place_free(&p);

		/* As one object: what turn.failed holds. */
		place_init(&p, redact, false, false);
		tap_good(jsonl_error(&p.lines, &failures[i].why, &failures[i].report, &e), &e, "... as one object");
		struct span want = span_str(failures[i].want), got = place_read(&p);

		tap_ok(got.n > 1 && got.n < want.n && got.p[0] == '{' &&
		       span_equal(span_cut(got, 1, got.n), span_cut(want, want.n - got.n + 1, want.n)), "... the same");
		place_free(&p);
	}
	redact_free(&redact);
}

/* A secret that appears only by escaping, and one that lies across the syntax. */
static void check_last_look(void)
{
	static const struct {
		const char *name, *secret, *text, *want; /* want NULL: refused */
	} looks[] = {
		{"made by the names of members", "completed", "x", "{\"type\":\"item.[redacted]\",\"item\":{\"id\":\"item_0\",\"type\":\"agent_message\",\"text\":\"x\"}}\n"},
		{"across the syntax", "x\"}}", "x", NULL},
		{"begins inside an escape", "nabcd", "\nabcd", NULL},
	};

	for (size_t i = 0; i < sizeof looks / sizeof looks[0]; i++) {
		struct redact *redact;
		struct place p;
		struct err e;
		bool ok;

		learn(&redact, looks[i].secret);
		place_init(&p, redact, false, false);
		ok = p.sink->ops->begin(p.sink, SINK_MESSAGE, &e) && p.sink->ops->text(p.sink, span_str(looks[i].text), &e) &&
		     p.sink->ops->item_end(p.sink, &e);
		if (looks[i].want != NULL)
			tap_good(ok, &e, looks[i].name);
		else
			tap_fails(ok, &e, ERR_OUTPUT, looks[i].name);
		tap_is_str(place_read(&p), looks[i].want == NULL ? "" : looks[i].want, "... what is written");
		place_free(&p);
		redact_free(&redact);
	}
}

static void check_ceiling(bool hold)
{
	static char text[1 << 20];
	enum { PIECES = BUFFERED_ANSWER_MAX / sizeof text };
	struct place p;
	struct err e;
	bool ok = true;
	size_t n = 0;

	memset(text, 'x', sizeof text);
	place_init(&p, NULL, hold, false);
	for (; ok && n < 2 * PIECES + 2; n++)
		ok = (n % PIECES != 0 || ((n == 0 || p.sink->ops->item_end(p.sink, &e)) && p.sink->ops->begin(p.sink, SINK_MESSAGE, &e))) &&
		     p.sink->ops->text(p.sink, span_of(text, sizeof text), &e);
	if (hold) {
		tap_fails(ok, &e, ERR_CEILING, "an answer that is held has a ceiling");
		tap_holds(span_str(e.text), "--buffer", "... that is named");
		tap_is_int((long long)n, PIECES + 1, "... over all its items");
		tap_is_int((long long)place_read(&p).n, 0, "... and nothing was written");
	} else {
		tap_good(ok, &e, "items of the longest kind, one after another");
		for (n = 0; ok && n < PIECES; n++)
			ok = p.sink->ops->text(p.sink, span_of(text, sizeof text), &e);
		tap_fails(ok, &e, ERR_CEILING, "one that is longer");
		tap_holds(span_str(e.text), "an item of the answer", "... that is named");
	}
	place_free(&p);
}

static void check_reader_gone(void)
{
	struct redact *redact = NULL;
	struct place p;
	struct err e;
	int ends[2];

	if (pipe(ends) != 0)
		exit(99);
	place_init(&p, redact, false, false);
	p.lines.fd = ends[1];
	p.lines.clock = &clock_system;
	close(ends[0]);
	tap_fails(sink_tell(p.sink, SINK_TURN, span_str(""), &e), &e, ERR_PIPE, "the reader is gone");
	tap_fails(sink_tell(p.sink, SINK_TURN, span_str(""), &e), &e, ERR_OUTPUT, "... and no line is tried behind a broken one");
	close(ends[1]);
	place_free(&p);
}

static void begin_twice(void)
{
	struct place p;
	struct err e;

	place_init(&p, NULL, false, false);
	(void)!p.sink->ops->begin(p.sink, SINK_MESSAGE, &e);
	(void)!p.sink->ops->begin(p.sink, SINK_MESSAGE, &e);
}

static void discard_what_was_seen(void)
{
	struct place p;

	place_init(&p, NULL, false, false);
	p.sink->committed = true;
	p.sink->ops->discard(p.sink);
}

/* A failure's lines and a line the redactor has changed, with each call failing once. */
static bool write_lines(struct err *e)
{
	static const struct err why = {ERR_BUSY, 0, "busy " SECRET};
	static const struct jsonl_report report = {.failure = {.status = 503, .request_id = "r"}, .host = "h"};
	struct redact *redact;
	struct place p;
	bool ok;

	failing_hold(true);
	learn(&redact, "completed");
	place_init(&p, redact, false, true);
	failing_hold(false);
	ok = p.sink->ops->begin(p.sink, SINK_MESSAGE, e) && p.sink->ops->text(p.sink, span_str("x"), e) &&
	     p.sink->ops->flush(p.sink, e) && p.sink->ops->item_end(p.sink, e) &&
	     p.sink->ops->begin(p.sink, SINK_REASONING, e) && p.sink->ops->text(p.sink, span_str("why"), e) &&
	     p.sink->ops->end(p.sink, SINK_FAILED, e) && jsonl_failed(&p.lines, &why, &report, e);
	failing_hold(true);
	place_free(&p);
	redact_free(&redact);
	failing_hold(false);
	return ok;
}

int main(void)
{
	tap_aborts(begin_twice, "an item is begun inside another");
	tap_aborts(discard_what_was_seen, "what was written is discarded");
	tap_ok(failing_each("alloc", ENOMEM, ERR_MEMORY, false, write_lines), "lines without memory");
	tap_ok(failing_each("write", ENOSPC, ERR_OUTPUT, false, write_lines), "lines on a full disk");
	signal(SIGPIPE, SIG_IGN);
	check_rows();
	check_steps();
	check_facts();
	check_failures();
	check_last_look();
	check_ceiling(true);
	check_ceiling(false);
	check_reader_gone();
	return tap_done();
}
