#include "net/tls.h"

#include <stdlib.h>
#include <string.h>

#include "base/fmt.h"
#include "net/chain.h"
#include "net/names.h"
#include "net/tls_engine.h"

enum {
	FLIGHT_MAX = 20 * 1024, /* collected before it must go out */
	EARLY_MAX = 16 * 1024,  /* of application data by False Start */
	RECORD_HEAD = 5,
	RECORD_SPARE = 64,      /* more than any suite of ours adds to a record */
	RECORD_TEXT_MAX = 4096,
	TURNS_MAX = 256,        /* of the engine in a row, before the caller looks at its clock */
};

/* Record types (RFC 5246 section 6.2.1). */
enum { CHANGE_CIPHER_SPEC = 20, APPLICATION_DATA = 23 };

enum phase {
	SHAKING,
	EARLY, /* our Finished is collected, the server's has not come: False Start */
	OPEN,
	ENDED, /* close_notify has come */
};

struct tls {
	struct conn conn;
	struct conn *below;
	struct tls_engine engine;
	struct chain chain;
	enum phase phase;
	bool false_start;
	bool changed;       /* our ChangeCipherSpec was collected last */
	size_t early;       /* bytes sealed by False Start while the server has not finished */
	struct buf flight;  /* records on their way down */
	char host[256];
	char description[256];
};

static struct tls *tls_of(struct conn *c)
{
	return (struct tls *)(void *)c;
}

static br_ssl_engine_context *engine_of(struct tls *t)
{
	return &t->engine.client.eng;
}

/* ---- downwards ---- */

/* Sends what is collected. */
static enum io push(struct tls *t, struct err *e)
{
	size_t sent = 0, n = 0;
	enum io io = IO_DONE;

	while (sent < t->flight.n && io == IO_DONE) {
		io = conn_write(t->below, t->flight.p + sent, t->flight.n - sent, &n, e);
		if (io == IO_DONE)
			sent += n;
	}
	buf_drop(&t->flight, sent);
	if (t->flight.n == 0)
		buf_trim(&t->flight);
	return io == IO_DONE ? conn_flush(t->below, e) : io;
}

/* Takes the records the engine has ready. True: our Finished was among them. */
static bool collect(struct tls *t, bool *finished, struct err *e)
{
	unsigned char *p;
	size_t n;

	*finished = false;
	while (t->flight.n < FLIGHT_MAX / 2) {
		p = br_ssl_engine_sendrec_buf(engine_of(t), &n);
		if (p == NULL)
			break;
		if (!buf_add(&t->flight, span_of(p, n), e))
			return false;
		/* The record behind ChangeCipherSpec is Finished. */
		*finished |= t->changed;
		t->changed = p[0] == CHANGE_CIPHER_SPEC;
		br_ssl_engine_sendrec_ack(engine_of(t), n);
	}
	return true;
}

/* ---- upwards ---- */

static enum io fail_cut(struct tls *t, struct err *e)
{
	if (t->phase == OPEN)
		err_set(e, ERR_CUT, 0, "the TLS stream was cut (no close_notify)");
	else
		err_set(e, ERR_CONNECT, 0, "the connection was cut in the TLS handshake");
	return IO_FAIL;
}

/* The engine is closed: by close_notify, or by an error. */
static enum io closed(struct tls *t, struct err *e)
{
	if (br_ssl_engine_last_error(engine_of(t)) == BR_ERR_OK) {
		if (t->phase != OPEN && t->phase != ENDED)
			return fail_cut(t, e);
		t->phase = ENDED;
		return IO_DONE;
	}
	if (t->chain.failed)
		*e = t->chain.err;
	else
		(void)!tls_engine_error(&t->engine, t->phase == OPEN, e);
	return IO_FAIL;
}

static enum io receive(struct tls *t, struct err *e)
{
	size_t room, n;
	unsigned char *p = br_ssl_engine_recvrec_buf(engine_of(t), &room);
	enum io io = conn_read(t->below, p, room, &n, e);

	if (io != IO_DONE)
		return io;
	if (n == 0)
		return fail_cut(t, e);
	br_ssl_engine_recvrec_ack(engine_of(t), n);
	return IO_DONE;
}

static void enter(struct tls *t, enum phase phase)
{
	struct buf *issuer = &t->chain.issuer;

	if (t->phase == SHAKING)
		fmt_into(t->description, sizeof t->description, "TLS 1.2 %s, issuer %.*s",
		         tls_engine_suite(&t->engine), (int)issuer->n, (const char *)issuer->p);
	t->phase = phase;
}

/* Takes what the engine wants to send. False Start begins when the last of it is our Finished. */
static enum io take_records(struct tls *t, struct err *e)
{
	bool finished;

	if (!collect(t, &finished, e))
		return IO_FAIL;
	if (finished && t->false_start)
		enter(t, EARLY);
	return IO_DONE;
}

/* One turn of the engine. IO_DONE: something moved, look again. */
static enum io turn(struct tls *t, struct err *e)
{
	unsigned state = br_ssl_engine_current_state(engine_of(t));
	enum io io = IO_DONE;

	if (state == BR_SSL_CLOSED)
		return closed(t, e);
	if ((state & BR_SSL_SENDREC) && t->flight.n < FLIGHT_MAX / 2)
		return take_records(t, e);
	if ((state & (BR_SSL_SENDAPP | BR_SSL_RECVAPP)) && t->phase != OPEN) {
		enter(t, OPEN);
		t->early = 0;
		return IO_DONE;
	}
	if (t->flight.n > 0) {
		io = push(t, e);
		/*
		 * Once data may flow the peer is heard while what was written waits, and also after
		 * the connection broke under it: it may have said why.
		 */
		if (io != IO_DONE &&
			(t->phase == SHAKING || (io == IO_FAIL && e->kind != ERR_CONNECT)))
			return io;
		if (io == IO_FAIL)
			buf_clear(&t->flight);
	}
	return state & BR_SSL_RECVREC ? receive(t, e) : io;
}

/*
 * A peer that floods us with records that hold nothing must not keep the caller from its deadlines.
 * Bytes may be left in a TLS stream below, which no poll for reading sees; writing is nearly always
 * possible, so that the caller comes right back.
 */
static enum io turn_in_time(struct tls *t, unsigned *turns, struct err *e)
{
	return ++*turns > TURNS_MAX ? IO_WANT_WRITE : turn(t, e);
}

enum io tls_handshake(struct conn *c, struct err *e)
{
	struct tls *t = tls_of(c);
	unsigned turns = 0;
	enum io io = IO_DONE;

	while (t->phase == SHAKING && io == IO_DONE)
		io = turn_in_time(t, &turns, e);
	return io;
}

/* ---- the conn ---- */

static enum io tls_read(struct conn *c, void *p, size_t max, size_t *n, struct err *e)
{
	struct tls *t = tls_of(c);
	unsigned char *from;
	unsigned turns = 0;
	enum io io;

	while (t->phase != OPEN || (from = br_ssl_engine_recvapp_buf(engine_of(t), n)) == NULL) {
		*n = 0;
		if (t->phase == ENDED)
			return IO_DONE;
		if (t->phase == OPEN)
			br_ssl_engine_flush(engine_of(t), 0);
		io = turn_in_time(t, &turns, e);
		if (io != IO_DONE)
			return io;
	}
	*n = *n < max ? *n : max;
	memcpy(p, from, *n);
	br_ssl_engine_recvapp_ack(engine_of(t), *n);
	return IO_DONE;
}

/*
 * Puts one record of application data behind the flight, with the keys the engine already writes
 * with; it counts on from there when it is its turn again.
 */
static bool seal_early(struct tls *t, struct span text, struct err *e)
{
	br_ssl_engine_context *eng = engine_of(t);
	const br_sslrec_out_class **out = &eng->out.vtable;
	size_t from, to, n = text.n;
	unsigned char *record, *start;

	if (!buf_reserve(&t->flight, text.n + RECORD_SPARE, e))
		return false;
	start = t->flight.p + t->flight.n;
	from = RECORD_HEAD;
	to = text.n + RECORD_SPARE;
	(*out)->max_plaintext(out, &from, &to);
	memcpy(start + from, text.p, text.n);
	record = (*out)->encrypt(out, APPLICATION_DATA, eng->version_out, start + from, &n);
	memmove(start, record, n);
	t->flight.n += n;
	t->early += text.n;
	return true;
}

/* EARLY_MAX goes out early; what is beyond that waits for the server's Finished. */
static enum io write_early(
	struct tls *t, struct span text, size_t *n, unsigned *turns, struct err *e)
{
	*n = text.n < RECORD_TEXT_MAX ? text.n : RECORD_TEXT_MAX;
	if (t->early + *n <= EARLY_MAX)
		return seal_early(t, span_cut(text, 0, *n), e) ? IO_DONE : IO_FAIL;
	*n = 0;
	return turn_in_time(t, turns, e);
}

/* Gives the engine one piece. */
static enum io write_open(struct tls *t, struct span text, size_t *n, struct err *e)
{
	unsigned char *to;
	bool finished;
	enum io io;

	for (;;) {
		if (br_ssl_engine_current_state(engine_of(t)) == BR_SSL_CLOSED) {
			io = closed(t, e);
			if (io == IO_DONE)
				err_set(e, ERR_CUT, 0, "the peer has closed the TLS stream");
			return IO_FAIL;
		}
		to = br_ssl_engine_sendapp_buf(engine_of(t), n);
		if (to != NULL)
			break;
		if (!collect(t, &finished, e))
			return IO_FAIL;
		if (t->flight.n >= FLIGHT_MAX / 2 && (io = push(t, e)) != IO_DONE)
			return io;
	}
	*n = *n < text.n ? *n : text.n;
	memcpy(to, text.p, *n);
	br_ssl_engine_sendapp_ack(engine_of(t), *n);
	return IO_DONE;
}

static enum io tls_write(struct conn *c, const void *p, size_t len, size_t *n, struct err *e)
{
	struct tls *t = tls_of(c);
	struct span text = span_of(p, len);
	size_t taken = 0, piece = 0;
	unsigned turns = 0;
	enum io io = tls_handshake(c, e);

	while (io == IO_DONE && taken < len) {
		struct span left = span_cut(text, taken, len);

		io = t->phase == EARLY ? write_early(t, left, &piece, &turns, e)
		                       : write_open(t, left, &piece, e);
		if (io == IO_DONE)
			taken += piece;
	}
	if (io == IO_FAIL || taken == 0)
		return io;
	*n = taken;
	return IO_DONE;
}

static enum io tls_flush(struct conn *c, struct err *e)
{
	struct tls *t = tls_of(c);
	enum io io = tls_handshake(c, e);
	bool finished;

	if (io != IO_DONE)
		return io;
	if (t->phase == OPEN)
		br_ssl_engine_flush(engine_of(t), 0);
	do {
		if (!collect(t, &finished, e))
			return IO_FAIL;
		io = push(t, e);
	} while (io == IO_DONE && br_ssl_engine_current_state(engine_of(t)) & BR_SSL_SENDREC);
	return io;
}

static int tls_fd(const struct conn *c)
{
	return conn_fd(((const struct tls *)(const void *)c)->below);
}

/* Says goodbye if that can be done at once. */
static void say_close(struct tls *t)
{
	br_ssl_engine_context *eng = engine_of(t);
	struct err ignored;
	bool finished;
	size_t n;

	if (t->phase != OPEN)
		return;
	/* Unread data would keep the engine from closing. */
	if (br_ssl_engine_recvapp_buf(eng, &n) != NULL)
		br_ssl_engine_recvapp_ack(eng, n);
	br_ssl_engine_close(eng);
	if (collect(t, &finished, &ignored))
		(void)!push(t, &ignored);
}

static void tls_free(struct tls *t)
{
	conn_close(&t->below);
	chain_free(&t->chain);
	buf_free(&t->flight);
	wipe(t, sizeof *t);
	free(t);
}

static void tls_close(struct conn *c)
{
	say_close(tls_of(c));
	tls_free(tls_of(c));
}

static const struct conn_ops tls_ops = {tls_read, tls_write, tls_flush, tls_fd, tls_close};

/* SNI carries names only (RFC 6066 section 3). */
static bool start_engine(struct tls *t, const struct tls_options *o, struct err *e)
{
	unsigned char seed[32];
	const char *sni;
	struct host h;
	bool ok;

	if (!host_read(o->host, &h, e) || !rand_fill(o->rand, seed, sizeof seed, e))
		return false;
	memcpy(t->host, h.name.p, h.name.n);
	chain_init(&t->chain, span_of(t->host, h.name.n), o->trust, o->clock);
	sni = h.address_n > 0 ? NULL : t->host;
	ok = tls_engine_init(&t->engine, sni, &t->chain.vtable, seed, e);
	wipe(seed, sizeof seed);
	return ok;
}

bool tls_open(struct conn **out, struct conn *below, const struct tls_options *o, struct err *e)
{
	struct tls *t = calloc(1, sizeof *t);

	*out = NULL;
	if (t == NULL) {
		conn_close(&below);
		return err_memory(e);
	}
	t->conn.ops = &tls_ops;
	t->below = below;
	t->false_start = o->false_start;
	buf_init_wiping(&t->flight, FLIGHT_MAX, "a TLS flight");
	fmt_into(t->description, sizeof t->description, "TLS, not negotiated yet");
	if (!start_engine(t, o, e)) {
		tls_free(t);
		return false;
	}
	*out = &t->conn;
	return true;
}

const char *tls_describe(const struct conn *c)
{
	return ((const struct tls *)(const void *)c)->description;
}

void tls_tell(const struct conn *c, struct tls_facts *out)
{
	const struct tls *t = (const void *)c;

	fmt_into(out->suite, sizeof out->suite, "%s",
		t->phase == SHAKING ? "" : tls_engine_suite(&t->engine));
	out->certificates = t->chain.facts;
}

bool tls_false_start_suspect(const struct conn *c)
{
	const struct tls *t = (const void *)c;

	return t->early > 0;
}
