#include "net/http.h"

#include <stdlib.h>

#include "base/assert.h"

/*
 * Head and body go out in one write up to this size: one packet where the socket is plain, one
 * record where it is TLS.
 */
enum { FIRST_WRITE_MAX = 16 * 1024, READ_MAX = 16 * 1024 };

enum sending {
	SENDING,   /* bytes of the request are left */
	FLUSHING,  /* the transport has them all, but not yet the peer's side */
	SENT,
	GIVEN_UP,  /* an early response came, or the write failed */
};

enum receiving {
	AWAITING_HEAD,
	IN_BODY,
	COMPLETE,
	FAILED,
};

struct http {
	struct conn *conn;
	const struct clock *clock;
	struct http_limits limits;
	enum sending sending;
	enum receiving receiving;
	struct buf first;  /* head and front of the body; wiping, for the head holds a credential */
	struct span rest;  /* of the body */
	size_t first_sent;
	struct h1 h1;
	struct span in;    /* read, not yet fed to h1; into `read` */
	short events;
	int64_t deadline_ms;
	bool broken;       /* the connection was lost before any byte came */
	bool handed;       /* the caller was given a piece of the body */
	unsigned char read[READ_MAX];
};

static void arm(struct http *x, int64_t delay_ms)
{
	x->deadline_ms = clock_after(clock_mono_ms(x->clock), delay_ms);
}

static bool fill_first(struct http *x, struct span head, struct span body, struct err *e)
{
	size_t front = head.n < FIRST_WRITE_MAX ? FIRST_WRITE_MAX - head.n : 0;

	if (front > body.n)
		front = body.n;
	buf_init_wiping(&x->first, head.n + front, "request head");
	x->rest = span_cut(body, front, body.n);
	return buf_add(&x->first, head, e) && buf_add(&x->first, span_cut(body, 0, front), e);
}

bool http_start(struct http **out, struct conn *c, enum h1_request method, struct span head,
                struct span body, const struct http_limits *limits, const struct clock *clock,
                struct err *e)
{
	struct http *x = malloc(sizeof *x);

	assert(head.n > 0);
	*out = NULL;
	if (x == NULL)
		return err_memory(e);
	x->conn = c;
	x->clock = clock;
	x->limits = *limits;
	x->sending = SENDING;
	x->receiving = AWAITING_HEAD;
	x->first_sent = 0;
	x->in = span_of(NULL, 0);
	x->events = 0;
	x->broken = false;
	x->handed = false;
	h1_init(&x->h1, method);
	if (!fill_first(x, head, body, e)) {
		http_free(&x);
		return false;
	}
	arm(x, limits->write_ms);
	*out = x;
	return true;
}

void http_free(struct http **x)
{
	if (*x == NULL)
		return;
	buf_free(&(*x)->first);
	h1_free(&(*x)->h1);
	free(*x);
	*x = NULL;
}

short http_events(const struct http *x)
{
	return x->events;
}

int64_t http_deadline_ms(const struct http *x)
{
	return x->receiving == COMPLETE || x->receiving == FAILED ? CLOCK_NEVER : x->deadline_ms;
}

const struct h1 *http_head(const struct http *x)
{
	return &x->h1;
}

bool http_reusable(const struct http *x)
{
	return x->receiving == COMPLETE && x->sending == SENT && x->h1.keep_alive && x->in.n == 0;
}

bool http_untouched(const struct http *x)
{
	return x->receiving == FAILED && x->broken;
}

static enum http_step fail(struct http *x)
{
	x->receiving = FAILED;
	return HTTP_FAIL;
}

/* The transport gave up, for a reason of its own. */
static enum http_step lost(struct http *x, const struct err *e)
{
	x->broken = !h1_begun(&x->h1) && e->kind != ERR_MEMORY && e->kind != ERR_BUG;
	return fail(x);
}

static enum http_step ended(struct http *x, struct err *e)
{
	x->broken = !h1_begun(&x->h1);
	if (h1_eof(&x->h1, true, e) == H1_FAIL)
		return fail(x);
	x->receiving = COMPLETE;
	return HTTP_DONE;
}

/* What the framing makes of a connection that broke, with the transport's words in front. */
static enum http_step broke(struct http *x, struct err *e)
{
	struct err why = *e;
	enum http_step step = lost(x, &why);

	(void)h1_eof(&x->h1, false, e);
	err_wrap(e, "%s", why.text);
	e->sys = why.sys;
	return step;
}

/* Sends the next piece; IO_DONE when all of the request is out. */
static enum io send_piece(struct http *x, size_t *n, struct err *e)
{
	struct span left;
	enum io io;

	if (x->sending == FLUSHING)
		return conn_flush(x->conn, e);
	if (x->first_sent < x->first.n) {
		left = span_cut(buf_span(&x->first), x->first_sent, x->first.n);
		io = conn_write(x->conn, left.p, left.n, n, e);
		x->first_sent += *n;
		return io;
	}
	io = conn_write(x->conn, x->rest.p, x->rest.n, n, e);
	x->rest = span_cut(x->rest, *n, x->rest.n);
	return io;
}

static void sent_piece(struct http *x)
{
	if (x->sending == FLUSHING) {
		x->sending = SENT;
		arm(x, x->limits.head_ms);
		return;
	}
	/* What the system's buffer takes once the time is over is no sign of the peer. */
	if (clock_mono_ms(x->clock) < x->deadline_ms)
		arm(x, x->limits.write_ms);
	if (x->first_sent == x->first.n && x->rest.n == 0)
		x->sending = FLUSHING;
}

/*
 * Sends what the transport takes. A write that fails because the connection broke is left for
 * the reading to find out, after what the peer said before.
 */
static bool send_some(struct http *x, struct err *e)
{
	size_t n = 0;
	enum io io = IO_DONE;

	while (io == IO_DONE && (x->sending == SENDING || x->sending == FLUSHING)) {
		io = send_piece(x, &n, e);
		if (io == IO_DONE)
			sent_piece(x);
	}
	x->events |= conn_events(io);
	if (io == IO_FAIL && e->kind != ERR_CONNECT)
		return false;
	if (io == IO_FAIL) {
		x->sending = GIVEN_UP;
		arm(x, x->limits.head_ms);
	}
	if (x->sending == SENT || x->sending == GIVEN_UP)
		buf_free(&x->first);
	return true;
}

/* IO_DONE with x->in filled, or empty at the end of the stream. */
static enum io receive_some(struct http *x, struct err *e)
{
	size_t n;
	enum io io = conn_read(x->conn, x->read, sizeof x->read, &n, e);

	x->in = span_of(x->read, n);
	x->events |= conn_events(io);
	if (io == IO_DONE && n > 0 && x->receiving == IN_BODY)
		arm(x, x->limits.idle_ms);
	return io;
}

static void begin_body(struct http *x)
{
	x->receiving = IN_BODY;
	if (x->sending != SENT)
		x->sending = GIVEN_UP;
	arm(x, x->limits.idle_ms);
}

static enum http_step parse(struct http *x, struct span *body, struct err *e)
{
	switch (h1_step(&x->h1, &x->in, body, e)) {
	case H1_MORE:
		return HTTP_MORE;
	case H1_HEAD:
		begin_body(x);
		return HTTP_HEAD;
	case H1_BODY:
		x->handed = true;
		return HTTP_BODY;
	case H1_END:
		x->receiving = COMPLETE;
		return HTTP_DONE;
	default:
		return fail(x);
	}
}

static enum http_step late(struct http *x, struct err *e)
{
	const struct http_limits *l = &x->limits;
	char t[CLOCK_TEXT_MAX];

	if (x->receiving == IN_BODY)
		err_set(e, ERR_TIME, 0, "nothing more of the response for %s",
			clock_format_ms(l->idle_ms, t));
	else if (x->sending == SENDING || x->sending == FLUSHING)
		err_set(e, ERR_TIME, 0, "nothing of the request taken for %s",
		        clock_format_ms(l->write_ms, t));
	else
		err_set(e, ERR_TIME, 0, "no response within %s", clock_format_ms(l->head_ms, t));
	return fail(x);
}

enum http_step http_step(struct http *x, struct span *body, struct err *e)
{
	enum http_step step;

	assert(x->receiving != COMPLETE && x->receiving != FAILED);
	/* What the caller took to pass a piece on is not the peer's silence. */
	if (x->handed)
		arm(x, x->limits.idle_ms);
	x->handed = false;
	for (;;) {
		step = parse(x, body, e);
		if (step != HTTP_MORE)
			return step;
		x->events = 0;
		if (!send_some(x, e))
			return lost(x, e);
		switch (receive_some(x, e)) {
		case IO_DONE:
			if (x->in.n == 0)
				return ended(x, e);
			break;
		case IO_FAIL:
			if (e->kind == ERR_CONNECT || e->kind == ERR_CUT)
				return broke(x, e);
			return lost(x, e);
		default:
			if (clock_mono_ms(x->clock) >= x->deadline_ms)
				return late(x, e);
			return HTTP_MORE;
		}
	}
}
