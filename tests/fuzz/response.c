/*
 * The whole path of an answer: the bytes of an HTTP response -> wire/h1 -> app/turn -> a sink, text
 * or JSON lines. What is printed is safe and without the token, the same whatever the cuts when the
 * answer is complete; held back it is nothing when not. Every line of JSON is a value, the last one
 * tells how it ended. Bytes 0x01 and 0x02 stand for the token (canary.h).
 */
#define _GNU_SOURCE
#include <sys/mman.h>
#include <unistd.h>

#include "app/turn.h"
#include "canary.h"
#include "safe.h"
#include "wire/h1.h"

struct seen {
	enum turn_step step;
	struct err err;
	struct buf printed;
};

static int64_t held_still(void *ctx)
{
	(void)ctx;
	return INT64_C(1795500000000);
}

static const struct clock clock_held = {held_still, held_still, NULL};

/* What was written to fd, which is empty afterwards. */
static void take_written(int fd, struct buf *out)
{
	struct err e;
	off_t n = lseek(fd, 0, SEEK_CUR);

	FUZZ_CHECK(n >= 0 && buf_reserve(out, (size_t)n + 1, &e));
	FUZZ_CHECK(pread(fd, out->p + out->n, (size_t)n, 0) == n);
	out->n += (size_t)n;
	FUZZ_CHECK(ftruncate(fd, 0) == 0 && lseek(fd, 0, SEEK_SET) == 0);
}

static enum turn_step feed(struct turn *t, struct h1 *h, struct span piece, bool *over, struct err *e)
{
	enum turn_step step = TURN_MORE;
	struct span body;

	while (step == TURN_MORE)
		switch (h1_step(h, &piece, &body, e)) {
		case H1_MORE: return TURN_MORE;
		case H1_HEAD: break;
		case H1_BODY: step = turn_feed(t, body, e); break;
		case H1_END:
			*over = true;
			return turn_end(t, e);
		case H1_FAIL: return TURN_FAIL;
		}
	return step;
}

/* The first byte of the input says how. */
enum { TERMINAL = 1, CUT_TLS = 2, OWN_HEAD = 4, LINES = 8, DELTAS = 16, HOLD = 32 };

static struct sink *open_sink(const struct sink_options *o, struct jsonl *lines, unsigned how)
{
	struct sink *sink;
	struct err e;

	*lines = (struct jsonl){.fd = o->fd, .redact = o->redact, .clock = o->clock, .log = o->log,
	                        .deadline_ms = o->deadline_ms};
	if (how & LINES)
		FUZZ_CHECK(sink_jsonl_open(&sink, lines, how & HOLD, how & DELTAS, &e));
	else
		FUZZ_CHECK(sink_text_open(&sink, o, &e));
	return sink;
}

static void check_lines(struct span out, bool complete)
{
	struct json j;
	struct err e;
	size_t at = 0, end;

	json_init(&j);
	for (; at < out.n; at = end + 1) {
		end = span_find(out, '\n', at);
		FUZZ_CHECK(end < out.n && json_parse(&j, span_cut(out, at, end), &e));
		if (end + 1 == out.n)
			FUZZ_CHECK(json_is_str(&j, json_member(&j, JSON_ROOT, "type"),
			                          complete ? "turn.completed" : "turn.failed"));
	}
	FUZZ_CHECK(out.n > 0);
	json_free(&j);
}

static void run(struct span all, unsigned cut, unsigned how, struct seen *s)
{
	static int out_fd = -1, log_fd = -1;
	struct log log = {.redact = canary_redact(), .defuse_ci = true};
	struct sink_options o = {
		.redact = canary_redact(), .clock = &clock_held, .log = &log, .deadline_ms = CLOCK_NEVER,
		.defuse_controls = how & TERMINAL, .defuse_ci = true, .hold = how & HOLD,
	};
	struct jsonl lines;
	struct sink *sink;
	struct turn turn;
	struct h1 h;
	struct buf said;
	bool over = false;

	if (out_fd < 0) {
		out_fd = memfd_create("out", 0);
		log_fd = memfd_create("log", 0);
	}
	o.fd = out_fd;
	log.fd = log_fd;
	s->step = TURN_MORE;
	s->err.kind = ERR_NONE;
	sink = open_sink(&o, &lines, how);
	turn_init(&turn, sink, &log, canary_redact(), &clock_held);
	h1_init(&h, H1_POST);
	for (size_t at = 0, n; s->step == TURN_MORE && !over && at < all.n; at += n) {
		struct span own;

		n = fuzz_piece(cut, at, all.n);
		own = fuzz_copy(span_of(all.p + at, n));
		s->step = feed(&turn, &h, own, &over, &s->err);
		fuzz_drop(own);
	}
	if (s->step == TURN_MORE)
		s->step = h1_eof(&h, how & CUT_TLS, &s->err) == H1_END ? turn_end(&turn, &s->err) : TURN_FAIL;
	FUZZ_CHECK(s->step == TURN_DONE || s->step == TURN_FAIL);
	FUZZ_CHECK(sink->ops->end(sink, s->step == TURN_DONE, &(struct err){0}));
	if ((how & LINES) && s->step == TURN_FAIL)
		FUZZ_CHECK(jsonl_failed(&lines, &s->err, &(struct jsonl_report){.host = ""},
		                        &(struct err){0}));
	turn_free(&turn);
	sink_free(&sink);
	h1_free(&h);
	take_written(out_fd, &s->printed);
	buf_init(&said, 1 << 24, "the log");
	take_written(log_fd, &said);
	FUZZ_CHECK(!canary_in(buf_span(&s->printed)) && !canary_in(buf_span(&said)));
	safe_from_ci(buf_span(&s->printed));
	safe_from_ci(buf_span(&said));
	safe_from_controls(buf_span(&said));
	if (how & LINES)
		check_lines(buf_span(&s->printed), s->step == TURN_DONE);
	if (how & (TERMINAL | LINES))
		safe_from_controls(buf_span(&s->printed));
	buf_free(&said);
	if (s->step == TURN_FAIL)
		fuzz_check_err(&s->err);
	if (s->step == TURN_FAIL && (how & HOLD) && !(how & LINES))
		FUZZ_CHECK(s->printed.n == 0);
	if (s->step == TURN_DONE)
		FUZZ_CHECK(s->printed.n > 0 && s->printed.p[s->printed.n - 1] == '\n');
	FUZZ_CHECK(s->printed.n <= (how & LINES ? 256 * all.n + 16 * 1024 : 8 * all.n + 16));
}

/*
 * wire/json tells of a ceiling up to JSON_STEP bytes late: in an event that is cut it may not come to
 * that, but to what is said of the end. All of them are one exit status.
 */
static bool is_of_the_end(enum err_kind k)
{
	return k == ERR_CEILING || k == ERR_CUT || k == ERR_PROTOCOL;
}

static bool is_same_kind(enum err_kind a, enum err_kind b)
{
	return a == b || ((a == ERR_CEILING || b == ERR_CEILING) && is_of_the_end(a) && is_of_the_end(b));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span rest = span_of(data, n);
	unsigned how = fuzz_byte(&rest);
	struct seen whole, other;
	struct buf all;

	buf_init(&all, 1 << 22, "all");
	buf_init(&whole.printed, 1 << 24, "printed");
	buf_init(&other.printed, 1 << 24, "printed");
	if (!(how & OWN_HEAD))
		fuzz_add(&all, span_str("HTTP/1.1 200 OK\r\n\r\n"));
	canary_expand(rest, &all);
	run(buf_span(&all), FUZZ_WHOLE, how, &whole);
	for (unsigned cut = FUZZ_BYTES; cut < FUZZ_CUTS; cut++) {
		buf_clear(&other.printed);
		run(buf_span(&all), cut, how, &other);
		FUZZ_CHECK(whole.step == other.step);
		if (whole.step == TURN_DONE && !(how & DELTAS && how & LINES))
			FUZZ_CHECK(canary_same(buf_span(&whole.printed), buf_span(&other.printed)));
		if (whole.step == TURN_FAIL)
			FUZZ_CHECK(is_same_kind(whole.err.kind, other.err.kind));
	}
	buf_free(&all);
	buf_free(&whole.printed);
	buf_free(&other.printed);
	return 0;
}
