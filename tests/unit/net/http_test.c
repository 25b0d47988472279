/* net/http over a scripted conn: whole, in pieces, with waits and failures at every operation. */
#include "net/http.h"

#include <errno.h>
#include <poll.h>

#include "failing.h"
#include "net/script_conn.h"

#define HEAD "POST /x HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer t\r\n\r\n"
#define OK "HTTP/1.1 200 OK\r\n"
#define LENGTH5 OK "Content-Length: 5\r\n\r\nhello"

static const struct http_limits limits = {.write_ms = 60000, .head_ms = 120000, .idle_ms = 300000};

struct run {
	struct script s;
	struct buf request_body, body;
	enum http_step last;
	struct err e;
	int status, heads, pieces;
	bool reusable, untouched, begun_body;
	size_t steps;
	int64_t now_ms;
};

static struct span filler(struct buf *b, size_t n)
{
	struct err e;

	buf_init(b, n + 1, "filler");
	for (size_t i = 0; i < n; i++)
		if (!buf_add_byte(b, (unsigned char)('a' + i % 26), &e))
			exit(99);
	return buf_span(b);
}

static void run_init(struct run *r, const struct script_row *rows, size_t body_n)
{
	memset(r, 0, sizeof *r);
	script_init(&r->s, rows);
	buf_init(&r->body, 1 << 20, "answer");
	filler(&r->request_body, body_n);
	r->s.polite = strlen(HEAD) + body_n;
}

static void run_free(struct run *r)
{
	script_free(&r->s);
	buf_free(&r->body);
	buf_free(&r->request_body);
}

static void note_step(struct run *r, const struct http *x, struct span piece)
{
	switch (r->last) {
	case HTTP_MORE:
		if (http_events(x) == 0 || http_deadline_ms(x) == CLOCK_NEVER)
			r->heads = -100; /* would wait for nothing, or for ever */
		break;
	case HTTP_HEAD:
		r->heads++;
		r->status = http_head(x)->status;
		break;
	case HTTP_BODY:
		r->pieces++;
		if (piece.n == 0 || !buf_add(&r->body, piece, &r->e))
			r->heads = -100;
		break;
	case HTTP_DONE:
	case HTTP_FAIL:
		break;
	}
}

/* Drives an exchange to its end; a script that says nothing more lets the deadline pass. */
static void run_through(struct run *r)
{
	struct clock clock = still_clock(&r->now_ms);
	struct http *x;
	struct span piece = {0};
	size_t quiet = 0, moved = 0;

	if (!http_start(&x, &r->s.conn, H1_POST, span_str(HEAD), buf_span(&r->request_body),
		    &limits, &clock, &r->e)) {
		r->last = HTTP_FAIL;
		return;
	}
	do {
		r->last = http_step(x, &piece, &r->e);
		note_step(r, x, piece);
		quiet = r->last != HTTP_MORE || script_progress(&r->s) != moved ? 0 : quiet + 1;
		moved = script_progress(&r->s);
		if (quiet > 8)
			r->now_ms = http_deadline_ms(x);
	} while (r->last != HTTP_DONE && r->last != HTTP_FAIL && ++r->steps < 3000000);
	r->reusable = http_reusable(x);
	r->untouched = http_untouched(x);
	http_free(&x);
	http_free(&x);
}

struct row {
	const char *name;
	size_t request_n;
	struct script_row script[6];
	int status;
	const char *body;
	enum err_kind kind; /* ERR_NONE: HTTP_DONE */
	bool reusable, untouched;
};

static const struct row rows[] = {
	{"a length", 10, {{S_BYTES, LENGTH5, 0}}, 200, "hello", ERR_NONE, true, false},
	{"no request body", 0, {{S_BYTES, LENGTH5, 0}}, 200, "hello", ERR_NONE, true, false},
	{"waits between the pieces", 10,
		{{S_WAIT_READ, NULL, 0}, {S_BYTES, OK "Content-Le", 0}, {S_WAIT_WRITE, NULL, 0},
			{S_BYTES, "ngth: 5\r\n\r\nhe", 0}, {S_WAIT_READ, NULL, 0},
			{S_BYTES, "llo", 0}},
		200, "hello", ERR_NONE, true, false},
	{"chunks", 10,
		{{S_BYTES, OK "Transfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n",
			0}},
		200, "hello", ERR_NONE, true, false},
	{"connection: close", 10,
		{{S_BYTES, OK "Connection: close\r\nContent-Length: 5\r\n\r\nhello", 0}}, 200,
		"hello", ERR_NONE, false, false},
	{"up to the end", 10, {{S_BYTES, OK "\r\nhello", 0}, {S_END, NULL, 0}}, 200, "hello",
		ERR_NONE, false, false},
	{"204", 10, {{S_BYTES, "HTTP/1.1 204 None\r\n\r\n", 0}}, 204, "", ERR_NONE, true, false},
	{"100 first", 10, {{S_BYTES, "HTTP/1.1 100 Go on\r\n\r\n" LENGTH5, 0}}, 200, "hello",
		ERR_NONE, true, false},
	{"error with body", 10, {{S_BYTES, "HTTP/1.1 401 No\r\nContent-Length: 2\r\n\r\nno", 0}},
		401, "no", ERR_NONE, true, false},
	{"no byte, end", 10, {{S_END, NULL, 0}}, 0, "", ERR_CONNECT, false, true},
	{"no byte, reset", 10, {{S_RESET, NULL, 0}}, 0, "", ERR_CONNECT, false, true},
	{"no byte, TLS cut", 10, {{S_CUT, NULL, 0}}, 0, "", ERR_CONNECT, false, true},
	{"end inside the head", 10, {{S_BYTES, OK, 0}, {S_END, NULL, 0}}, 0, "", ERR_CONNECT, false,
		false},
	{"reset inside the head", 10, {{S_BYTES, "H", 0}, {S_RESET, NULL, 0}}, 0, "", ERR_CONNECT,
		false, false},
	{"end after 100", 10, {{S_BYTES, "HTTP/1.1 100 Go on\r\n\r\n", 0}, {S_END, NULL, 0}}, 0, "",
		ERR_CONNECT, false, false},
	{"end inside a length", 10,
		{{S_BYTES, OK "Content-Length: 6\r\n\r\nhello", 0}, {S_END, NULL, 0}}, 200, "hello",
		ERR_CUT, false, false},
	{"reset inside a length", 10,
		{{S_BYTES, OK "Content-Length: 6\r\n\r\nhello", 0}, {S_RESET, NULL, 0}}, 200,
		"hello", ERR_CUT, false, false},
	{"end inside chunks", 10,
		{{S_BYTES, OK "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", 0},
			{S_END, NULL, 0}},
		200, "hello", ERR_CUT, false, false},
	{"TLS cut after chunks are complete", 10,
		{{S_BYTES, OK "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", 0},
			{S_CUT, NULL, 0}},
		200, "hello", ERR_NONE, true, false},
	{"TLS cut in a body up to the end", 10, {{S_BYTES, OK "\r\nhello", 0}, {S_CUT, NULL, 0}},
		200, "hello", ERR_CUT, false, false},
	{"reset in a body up to the end", 10, {{S_BYTES, OK "\r\nhello", 0}, {S_RESET, NULL, 0}},
		200, "hello", ERR_CUT, false, false},
	{"certificate refused", 10, {{S_DISTRUST, NULL, 0}}, 0, "", ERR_TRUST, false, true},
	{"not HTTP", 10, {{S_BYTES, "SSH-2.0-OpenSSH\r\n", 0}}, 0, "", ERR_PROTOCOL, false, false},
	{"nothing comes", 10, {{S_STOP, NULL, 0}}, 0, "", ERR_TIME, false, false},
	{"half a head, then nothing", 10, {{S_BYTES, OK, 0}, {S_STOP, NULL, 0}}, 0, "", ERR_TIME,
		false, false},
	{"half a body, then nothing", 10,
		{{S_BYTES, OK "Content-Length: 6\r\n\r\nhello", 0}, {S_STOP, NULL, 0}}, 200,
		"hello", ERR_TIME, false, false},
	{"a large request", 300000, {{S_BYTES, LENGTH5, 0}}, 200, "hello", ERR_NONE, true, false},
};

static bool sent_all(const struct run *r)
{
	size_t head_n = strlen(HEAD);

	return r->s.sent.n == head_n + r->request_body.n && r->s.flushed &&
	       memcmp(r->s.sent.p, HEAD, head_n) == 0 &&
	       (r->request_body.n == 0 ||
	        memcmp(r->s.sent.p + head_n, r->request_body.p, r->request_body.n) == 0);
}

static bool is_row(const struct run *r, const struct row *w)
{
	bool done = w->kind == ERR_NONE;

	return r->last == (done ? HTTP_DONE : HTTP_FAIL) && (done || r->e.kind == w->kind) &&
	       r->status == w->status && r->heads == (w->status != 0) &&
	       span_equal_str(buf_span(&r->body), w->body) && r->untouched == w->untouched &&
	       sent_all(r);
}

static void check_row(const struct row *w, size_t cut, bool hesitant)
{
	struct run r;

	run_init(&r, w->script, w->request_n);
	r.s.cut = cut;
	r.s.hesitant = hesitant;
	run_through(&r);
	if (!tap_ok(is_row(&r, w) && r.reusable == w->reusable, "%s, %zu bytes at once%s", w->name,
		    cut, hesitant ? ", waits" : ""))
		printf("#   last %d kind %s status %d heads %d sent %zu reusable %d untouched %d: "
		       "%s\n",
			r.last, err_kind_name(r.e.kind), r.status, r.heads, r.s.sent.n, r.reusable,
			r.untouched, r.last == HTTP_FAIL ? r.e.text : "");
	run_free(&r);
}

static void check_rows(void)
{
	static const size_t cuts[] = {0, 1, 7};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		for (size_t c = 0; c < 3; c++) {
			check_row(&rows[i], cuts[c], false);
			check_row(&rows[i], cuts[c], true);
		}
}

/*
 * Operation n fails, once or for ever, n = 1, 2, ... until none is left to fail: the answer, or an
 * error that says connection or cut, and never a reusable connection.
 */
static void check_failures(bool for_ever)
{
	static const struct script_row script[] = {{S_BYTES, LENGTH5, 0}, {S_STOP, NULL, 0}};
	size_t n = 0, bad = 0, answers = 0;
	struct run r;
	bool reached;

	do {
		run_init(&r, script, 20);
		r.s.cut = 3;
		r.s.fail_at = ++n;
		r.s.stays_broken = for_ever;
		run_through(&r);
		reached = r.s.ops >= n;
		answers += r.last == HTTP_DONE;
		if (r.last == HTTP_DONE ? !span_equal_str(buf_span(&r.body), "hello") ||
						  r.reusable == reached
					: r.e.kind != ERR_CONNECT && r.e.kind != ERR_CUT)
			bad++;
		run_free(&r);
	} while (reached && n < 1000);
	tap_ok(bad == 0 && n > 30, "each of %zu operations fails %s: %zu answers, %zu bad", n - 1,
	       for_ever ? "with all that follow" : "once", answers, bad);
}

/* What the transport says that is no broken connection stays as it is, wherever it is said. */
static void check_told(void)
{
	static const struct script_row script[] = {{S_BYTES, LENGTH5, 0}, {S_STOP, NULL, 0}};
	static const struct {
		enum err_kind kind;
		bool untouched;
	} kinds[] = {{ERR_TRUST, true}, {ERR_MEMORY, false}, {ERR_BUG, false}};
	struct run r;

	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		bool good = true;

		for (size_t n = 1; n <= 4 && good; n++) {
			run_init(&r, script, 20);
			r.s.fail_at = n;
			r.s.fails_as = kinds[i].kind;
			run_through(&r);
			good = n == 4 ? r.last == HTTP_DONE
			              : r.last == HTTP_FAIL && r.e.kind == kinds[i].kind &&
					strcmp(r.e.text, "connection reset") == 0 &&
					r.untouched == kinds[i].untouched;
			run_free(&r);
		}
		tap_ok(good, "%s from write, flush and read", err_kind_name(kinds[i].kind));
	}
}

static void check_early(void)
{
	static const struct script_row early[] = {{S_AWAIT, NULL, 20000},
		{S_BYTES, "HTTP/1.1 413 Big\r\nContent-Length: 2\r\n\r\n", 0},
		{S_WAIT_READ, NULL, 0}, {S_WAIT_READ, NULL, 0}, {S_WAIT_READ, NULL, 0},
		{S_BYTES, "no", 0}, {S_STOP, NULL, 0}};
	static const struct script_row closing[] = {{S_AWAIT, NULL, 20000},
		{S_BYTES, "HTTP/1.1 401 No\r\n\r\nno", 0}, {S_END, NULL, 0}};
	struct run r;

	run_init(&r, early, 1000000);
	r.s.polite = 0;
	r.s.cut = 4096;
	r.s.hesitant = true; /* or all is written before the first look for a response */
	run_through(&r);
	tap_ok(r.last == HTTP_DONE && r.status == 413 && span_equal_str(buf_span(&r.body), "no"),
	       "a response before the body is sent is reported");
	tap_ok(r.s.sent.n <= 6 * 4096 && !r.reusable,
		"... ends the sending, and the connection's use");
	run_free(&r);

	run_init(&r, closing, 1000000);
	r.s.polite = 0;
	r.s.write_breaks = 25000;
	run_through(&r);
	tap_ok(r.last == HTTP_DONE && r.status == 401 && span_equal_str(buf_span(&r.body), "no"),
	       "a reset of the sending does not hide the response");
	run_free(&r);

	static const struct script_row reset[] = {{S_AWAIT, NULL, 20000}, {S_RESET, NULL, 0}};
	run_init(&r, reset, 1000000);
	r.s.polite = 0;
	r.s.write_breaks = 25000;
	run_through(&r);
	tap_ok(r.last == HTTP_FAIL && r.e.kind == ERR_CONNECT && r.untouched,
	       "a reset of both is a lost connection: %s", r.e.text);
	run_free(&r);
}

static void check_one_write(void)
{
	static const struct script_row script[] = {{S_BYTES, LENGTH5, 0}, {S_STOP, NULL, 0}};
	struct run r;

	run_init(&r, script, 2000);
	run_through(&r);
	tap_is_int((long long)r.s.writes, 1, "head and small body leave in one write");
	tap_is_int(r.pieces, 1, "a body that came in one read is handed up in one piece");
	run_free(&r);
	run_init(&r, script, 200000);
	run_through(&r);
	tap_is_int((long long)r.s.writes, 2, "a large body takes one more");
	run_free(&r);

	static const struct script_row behind[] = {
		{S_BYTES, LENGTH5 "HTTP/1.1 2", 0}, {S_STOP, NULL, 0}};
	run_init(&r, behind, 10);
	run_through(&r);
	tap_ok(r.last == HTTP_DONE && !r.reusable,
		"bytes behind the response end the connection's use");
	run_free(&r);
}

/* Steps until nothing moves; gives the deadline then. */
static int64_t settle(struct http *x, struct err *e)
{
	struct span piece;
	enum http_step s;

	do
		s = http_step(x, &piece, e);
	while (s == HTTP_HEAD || s == HTTP_BODY);
	return s == HTTP_MORE ? http_deadline_ms(x) : -1;
}

static void check_deadlines(void)
{
	static const struct script_row script[] = {{S_AWAIT, NULL, 100000}, {S_WAIT_READ, NULL, 0},
		{S_WAIT_READ, NULL, 0}, {S_BYTES, OK "Content-Length: 9\r\n", 0},
		{S_WAIT_READ, NULL, 0}, {S_BYTES, "\r\nhello", 0}, {S_WAIT_READ, NULL, 0},
		{S_BYTES, "x", 0}, {S_STOP, NULL, 0}};
	struct script s;
	struct buf body;
	struct err e;
	struct http *x;
	int64_t now_ms = 1000;
	struct clock clock = still_clock(&now_ms);

	script_init(&s, script);
	s.room = 50000;
	if (!tap_good(http_start(&x, &s.conn, H1_POST, span_str(HEAD),
			      filler(&body, 100000 - strlen(HEAD)), &limits, &clock, &e),
		    &e, "start"))
		return;
	tap_is_int(settle(x, &e), 1000 + limits.write_ms, "write deadline from the start");
	tap_is_int(http_events(x), POLLIN | POLLOUT, "waits to write, and for an early answer");
	now_ms = 31000;
	s.room = 60000;
	tap_is_int(settle(x, &e), 31000 + limits.write_ms, "... again from every byte taken");
	now_ms = 32000;
	s.held = 1;
	s.room = 100000;
	tap_is_int(settle(x, &e), 32000 + limits.write_ms,
		"... until the transport let go of the last");
	now_ms = 33000;
	tap_is_int(settle(x, &e), 33000 + limits.head_ms, "head deadline from the last byte");
	tap_is_int(http_events(x), POLLIN, "waits to read");
	now_ms = 40000;
	tap_is_int(settle(x, &e), 33000 + limits.head_ms, "... not from half a head");
	now_ms = 50000;
	tap_is_int(settle(x, &e), 50000 + limits.idle_ms, "idle deadline from the head");
	now_ms = 60000;
	tap_is_int(settle(x, &e), 60000 + limits.idle_ms, "... again from every byte");
	now_ms = 60000 + limits.idle_ms - 1;
	tap_ok(settle(x, &e) > 0, "a millisecond before it nothing happens");
	now_ms++;
	tap_ok(settle(x, &e) < 0 && e.kind == ERR_TIME, "then it is over: %s", e.text);
	tap_is_int(http_deadline_ms(x), CLOCK_NEVER, "nothing is waited for any more");
	http_free(&x);
	script_free(&s);

	now_ms = 0;
	script_init(&s, script);
	s.room = 10;
	if (!http_start(&x, &s.conn, H1_POST, span_str(HEAD), buf_span(&body), &limits, &clock, &e))
		exit(99);
	settle(x, &e);
	now_ms = limits.write_ms;
	s.room = 20; /* a system's buffer may have room again that it did not tell of */
	tap_ok(settle(x, &e) < 0 && e.kind == ERR_TIME, "a stalled request: %s", e.text);
	tap_ok(!http_untouched(x), "... is not silently sent again");
	http_free(&x);
	script_free(&s);

	now_ms = 0;
	script_init(&s, script);
	s.held = 1000;
	if (!http_start(&x, &s.conn, H1_POST, span_str(HEAD), span_str(""), &limits, &clock, &e))
		exit(99);
	settle(x, &e);
	now_ms = limits.write_ms;
	tap_ok(settle(x, &e) < 0 && e.kind == ERR_TIME && strstr(e.text, "nothing of the request"),
	       "a request the transport holds: %s", e.text);
	http_free(&x);
	script_free(&s);
	buf_free(&body);
}

static const struct script_row answer_or_end[] = {{S_BYTES, LENGTH5, 0}, {S_RESET, NULL, 0}};

static void step_until(enum http_step last, size_t row)
{
	struct script s;
	struct span piece;
	struct err e;
	struct http *x;
	int64_t now_ms = 0;
	struct clock clock = still_clock(&now_ms);

	script_init(&s, answer_or_end + row);
	if (!http_start(&x, &s.conn, H1_GET, span_str(HEAD), span_str(""), &limits, &clock, &e))
		exit(99);
	while (http_step(x, &piece, &e) != last)
		continue;
	if (http_deadline_ms(x) == CLOCK_NEVER)
		(void)http_step(x, &piece, &e);
}

static void step_done(void)
{
	step_until(HTTP_DONE, 0);
}

static void step_failed(void)
{
	step_until(HTTP_FAIL, 1);
}

static void start_empty(void)
{
	struct http *x;
	struct err e;

	(void)!http_start(&x, NULL, H1_GET, span_str(""), span_str(""), &limits, NULL, &e);
}

/* Who is slow to pass a piece on is not told that the peer was silent. */
static void check_slow_caller(void)
{
	static const struct script_row script[] = {{S_BYTES, OK "Content-Length: 9\r\n\r\nhello", 0},
		{S_WAIT_READ, NULL, 0}, {S_STOP, NULL, 0}};
	struct script s;
	struct span piece;
	struct err e;
	struct http *x;
	int64_t now_ms = 1000;
	struct clock clock = still_clock(&now_ms);

	script_init(&s, script);
	s.room = 1000;
	if (!http_start(&x, &s.conn, H1_GET, span_str(HEAD), span_str(""), &limits, &clock, &e))
		exit(99);
	tap_ok(http_step(x, &piece, &e) == HTTP_HEAD && http_step(x, &piece, &e) == HTTP_BODY,
		"a piece of the body");
	now_ms += limits.idle_ms + 5000;
	tap_is_int(settle(x, &e), now_ms + limits.idle_ms, "idle is counted from when it is passed on");
	http_free(&x);
	script_free(&s);
}

static bool exchange(struct err *e)
{
	static const struct script_row script[] = {{S_BYTES, LENGTH5, 0}, {S_STOP, NULL, 0}};
	struct run r;
	bool ok;

	failing_hold(true);
	run_init(&r, script, 2000);
	ok = buf_reserve(&r.s.sent, 4096, e) && buf_reserve(&r.body, 64, e);
	failing_hold(false);
	if (!ok)
		exit(99);
	run_through(&r);
	ok = r.last == HTTP_DONE && span_equal_str(buf_span(&r.body), "hello");
	*e = r.e;
	run_free(&r);
	return ok;
}

static void check_no_memory(void)
{
	tap_ok(failing_each("alloc", ENOMEM, ERR_MEMORY, true, exchange), "each allocation fails");
}

/* A head that fills the first write leaves the body for the next. */
static void check_long_head(void)
{
	static const struct script_row script[] = {{S_BYTES, LENGTH5, 0}, {S_STOP, NULL, 0}};
	static char head[20 * 1024];
	struct span piece;
	struct script s;
	struct http *x;
	struct err e;
	int64_t now_ms = 0;
	struct clock clock = still_clock(&now_ms);

	memset(head, 'h', sizeof head);
	script_init(&s, script);
	if (!http_start(&x, &s.conn, H1_POST, span_of(head, sizeof head), span_str("body"), &limits,
	                &clock, &e))
		exit(99);
	tap_is_int(http_step(x, &piece, &e), HTTP_HEAD, "a head of 20 KiB");
	tap_ok(s.sent.n == sizeof head + 4 && memcmp(s.sent.p + sizeof head, "body", 4) == 0,
	       "... and the body behind it");
	http_free(&x);
	http_free(&x);
	script_free(&s);
}

int main(void)
{
	tap_aborts(step_done, "a step after the response");
	tap_aborts(step_failed, "a step after a failure");
	tap_aborts(start_empty, "a request without a head");
	check_told();
	check_no_memory();
	check_long_head();
	check_rows();
	check_failures(false);
	check_failures(true);
	check_early();
	check_one_write();
	check_deadlines();
	check_slow_caller();
	return tap_done();
}
