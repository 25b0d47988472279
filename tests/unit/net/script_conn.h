/*
 * script_conn - a conn that answers by script, and a clock that stands still.
 *
 * What is read comes from rows: bytes, waits, an end, a failure. What is written is kept. On top
 * of that every operation may be cut to a few bytes, may have to wait first, or may fail: with
 * `fail_at` going from 1 up, each operation of an exchange fails once.
 */
#ifndef SCRIPT_CONN_H
#define SCRIPT_CONN_H

#include "base/clock.h"
#include "net/conn.h"
#include "tap.h"

enum script_act {
	S_STOP,       /* end of the script: nothing more for ever */
	S_BYTES,
	S_AWAIT,      /* nothing until `n` bytes have been written */
	S_WAIT_READ,  /* one IO_WANT_READ */
	S_WAIT_WRITE, /* one IO_WANT_WRITE, as TLS may say */
	S_END,
	S_RESET,      /* IO_FAIL, ERR_CONNECT */
	S_CUT,        /* IO_FAIL, ERR_CUT: TLS without close_notify */
	S_DISTRUST,   /* IO_FAIL, ERR_TRUST */
};

struct script_row {
	enum script_act act;
	const char *bytes; /* S_BYTES: NUL-terminated */
	size_t n;          /* S_AWAIT; S_BYTES: the count when bytes holds NUL */
};

struct script {
	struct conn conn;
	const struct script_row *rows;
	size_t row, taken;   /* where reading is */
	size_t cut;          /* at most so many bytes move at once; 0 = no limit */
	bool hesitant;       /* every operation waits once before it is done */
	size_t fail_at;      /* this operation fails with a reset, counted from 1; 0 = none */
	enum err_kind fails_as; /* ... or as this */
	bool stays_broken;   /* ... and so does every later one */
	size_t room;         /* bytes that may be written until IO_WANT_WRITE for ever */
	size_t write_breaks; /* after so many bytes writing is a reset; 0 = never */
	size_t polite;       /* nothing is read until so much was sent and flushed, or failed */
	size_t held;         /* flushes that answer IO_WANT_WRITE */
	size_t ops, writes;  /* counted */
	bool waited[2];      /* reading, writing: the wait of a hesitant operation is over */
	bool flushed, closed;
	struct buf sent;
};

static enum io script_fail(struct err *e, enum err_kind kind, const char *text)
{
	err_set(e, kind, 0, "%s", text);
	return IO_FAIL;
}

/* Counts an operation; true when its answer is already decided. */
static bool script_op(struct script *s, enum io wait, enum io *answer, struct err *e)
{
	bool *waited = &s->waited[wait == IO_WANT_WRITE];

	*answer = wait;
	if (s->hesitant && (*waited = !*waited))
		return true;
	s->ops++;
	if (s->fail_at == 0 || s->ops < s->fail_at || (s->ops > s->fail_at && !s->stays_broken))
		return false;
	*answer = script_fail(e, s->fails_as != ERR_NONE ? s->fails_as : ERR_CONNECT,
	                      "connection reset");
	return true;
}

static size_t script_amount(const struct script *s, size_t want)
{
	return s->cut > 0 && want > s->cut ? s->cut : want;
}

static enum io script_give(struct script *s, void *p, size_t max, size_t *n)
{
	const struct script_row *r = &s->rows[s->row];
	size_t left = (r->n > 0 ? r->n : strlen(r->bytes)) - s->taken;

	*n = script_amount(s, left < max ? left : max);
	memcpy(p, r->bytes + s->taken, *n);
	s->taken += *n;
	if (*n == left) {
		s->row++;
		s->taken = 0;
	}
	return IO_DONE;
}

static enum io script_read(struct conn *c, void *p, size_t max, size_t *n, struct err *e)
{
	struct script *s = (struct script *)c;
	const struct script_row *r;
	enum io answer;

	if (script_op(s, IO_WANT_READ, &answer, e))
		return answer;
	if (s->polite > 0 && (s->fail_at == 0 || s->ops < s->fail_at) &&
	    (s->sent.n < s->polite || !s->flushed))
		return IO_WANT_READ;
	while (s->rows[s->row].act == S_AWAIT && s->sent.n >= s->rows[s->row].n)
		s->row++;
	r = &s->rows[s->row];
	switch (r->act) {
	case S_STOP:
	case S_AWAIT:
		break;
	case S_BYTES:
		return script_give(s, p, max, n);
	case S_WAIT_READ:
		s->row++;
		break;
	case S_WAIT_WRITE:
		s->row++;
		return IO_WANT_WRITE;
	case S_END:
		return IO_DONE;
	case S_RESET:
		return script_fail(e, ERR_CONNECT, "connection reset");
	case S_CUT:
		return script_fail(e, ERR_CUT, "TLS stream cut");
	case S_DISTRUST:
		return script_fail(e, ERR_TRUST, "certificate refused");
	}
	return IO_WANT_READ;
}

static enum io script_write(struct conn *c, const void *p, size_t len, size_t *n, struct err *e)
{
	struct script *s = (struct script *)c;
	size_t room = s->room - s->sent.n;
	enum io answer;

	if (script_op(s, IO_WANT_WRITE, &answer, e))
		return answer;
	s->writes++;
	if (s->write_breaks > 0 && s->sent.n >= s->write_breaks)
		return script_fail(e, ERR_CONNECT, "connection reset");
	if (room == 0)
		return IO_WANT_WRITE;
	*n = script_amount(s, len < room ? len : room);
	if (s->write_breaks > 0 && s->sent.n + *n > s->write_breaks)
		*n = s->write_breaks - s->sent.n;
	if (!buf_add(&s->sent, span_of(p, *n), e))
		return IO_FAIL;
	s->flushed = false;
	return IO_DONE;
}

static enum io script_flush(struct conn *c, struct err *e)
{
	struct script *s = (struct script *)c;
	enum io answer;

	if (script_op(s, IO_WANT_WRITE, &answer, e))
		return answer;
	if (s->held > 0) {
		s->held--;
		return IO_WANT_WRITE;
	}
	s->flushed = true;
	return IO_DONE;
}

static int script_fd(const struct conn *c)
{
	(void)c;
	return -1;
}

static void script_close(struct conn *c)
{
	((struct script *)c)->closed = true;
}

static const struct conn_ops script_ops = {script_read, script_write, script_flush, script_fd,
                                           script_close};

/* Changes whenever something moved. */
__attribute__((unused))
static size_t script_progress(const struct script *s)
{
	return s->sent.n + s->row + s->taken + s->flushed - s->held;
}

/* Storage is the test's; script_free afterwards, closed or not. */
__attribute__((unused))
static void script_init(struct script *s, const struct script_row *rows)
{
	*s = (struct script){.conn = {&script_ops}, .rows = rows, .room = SIZE_MAX / 2};
	buf_init(&s->sent, 64 * 1024 * 1024, "what a test sends");
}

__attribute__((unused))
static void script_free(struct script *s)
{
	buf_free(&s->sent);
}

/* A clock whose time is the int64_t that ctx points to. */
static int64_t still_ms(void *ctx)
{
	return *(int64_t *)ctx;
}

__attribute__((unused))
static struct clock still_clock(int64_t *now_ms)
{
	return (struct clock){still_ms, still_ms, now_ms};
}

#endif
