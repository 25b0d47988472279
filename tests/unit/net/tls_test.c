#define _DEFAULT_SOURCE

#include <bearssl_ssl.h>
#include <errno.h>

#include "base/limits.h"
#include "failing.h"
#include "files.h"
#include "net/script_conn.h"
#include "net/tls.h"

/*
 * The client against a BearSSL server in memory, over a conn that moves few bytes at once, waits,
 * cuts and counts. tests/tls has the handshakes with OpenSSL.
 */

#define HOST "api.example.com"
#define REQUEST "GET / HTTP/1.1\r\nHost: api.example.com\r\n\r\n"
#define REPLY "HTTP/1.1 200 OK\r\n\r\nhello"

static struct trust *trust;

static int64_t held_still(void *ctx)
{
	(void)ctx;
	return CERTS_NOW * 1000;
}

static const struct clock clock_fixed = {held_still, held_still, NULL};

static bool repeating(void *ctx, void *p, size_t n)
{
	(void)ctx;
	memset(p, 0x5A, n);
	return true;
}

static const struct rand rand_fixed = {repeating, NULL};

/* ---- the server, and the wire to it, as a conn ---- */

enum ending { END_CLEAN, END_CUT, END_STAYS };

struct peer {
	struct conn conn;
	br_ssl_server_context server;
	br_x509_certificate chain[CHAIN_CERTS_MAX + 4];
	br_ec_private_key key;
	unsigned char buf[BR_SSL_BUFSIZE_BIDI];
	size_t step;        /* at most so many bytes move at once */
	bool hesitant;      /* every other operation has to wait */
	bool waited;
	enum ending ending;
	bool early;         /* the server replies before there is a request */
	size_t room;        /* so many bytes of the client's are taken, then ... */
	enum err_kind breaks_as; /* ... writing fails so; ERR_NONE: it waits */
	size_t ends_after;  /* the server's bytes are cut after so many; 0 = never */
	size_t spoils;      /* this byte of the server's is changed; 0 = none */
	size_t given;       /* bytes of the server's so far */
	size_t writes;      /* writes that reached the server since it last said something */
	size_t most_writes; /* the most of them in one go */
	struct buf inbox;   /* on its way to the server */
	struct buf request; /* what the server has read */
	bool replied;
	size_t closed;
};

static struct peer *peer_of(struct conn *c)
{
	return (struct peer *)(void *)c;
}

/* Hands the server what has come in, while it has nothing to say itself. */
static void feed(struct peer *p)
{
	br_ssl_engine_context *eng = &p->server.eng;
	unsigned char *at;
	size_t n;

	while (p->inbox.n > 0 && br_ssl_engine_sendrec_buf(eng, &n) == NULL &&
	       (at = br_ssl_engine_recvrec_buf(eng, &n)) != NULL) {
		n = n < p->inbox.n ? n : p->inbox.n;
		memcpy(at, p->inbox.p, n);
		buf_drop(&p->inbox, n);
		br_ssl_engine_recvrec_ack(eng, n);
	}
}

/* Takes what the server has read; true when that was something. */
static bool take_request(struct peer *p)
{
	unsigned char *at;
	size_t n;
	struct err e;

	at = br_ssl_engine_recvapp_buf(&p->server.eng, &n);
	if (at == NULL)
		return false;
	if (!buf_add(&p->request, span_of(at, n), &e))
		exit(99);
	br_ssl_engine_recvapp_ack(&p->server.eng, n);
	return true;
}

/* Lets the server's application run: it reads the request, replies, closes. */
static void serve(struct peer *p)
{
	br_ssl_engine_context *eng = &p->server.eng;
	unsigned char *at;
	size_t n;

	do
		feed(p);
	while (take_request(p));
	if (!p->replied && (p->early || span_ends(buf_span(&p->request), "\r\n\r\n")) &&
	    (at = br_ssl_engine_sendapp_buf(eng, &n)) != NULL) {
		memcpy(at, REPLY, sizeof REPLY - 1);
		br_ssl_engine_sendapp_ack(eng, sizeof REPLY - 1);
		br_ssl_engine_flush(eng, 0);
		p->replied = true;
	} else if (p->replied && p->ending == END_CLEAN &&
	           br_ssl_engine_sendrec_buf(eng, &n) == NULL) {
		br_ssl_engine_close(eng);
	}
}

static bool has_to_wait(struct peer *p)
{
	p->waited = !p->waited;
	return p->hesitant && p->waited;
}

static enum io peer_read(struct conn *c, void *to, size_t max, size_t *n, struct err *e)
{
	struct peer *p = peer_of(c);
	unsigned char *at;
	size_t have;

	(void)e;
	if (has_to_wait(p))
		return IO_WANT_READ;
	if (p->ends_after > 0 && p->given == p->ends_after) {
		*n = 0;
		return IO_DONE;
	}
	serve(p);
	at = br_ssl_engine_sendrec_buf(&p->server.eng, &have);
	if (at == NULL) {
		if (br_ssl_engine_current_state(&p->server.eng) == BR_SSL_CLOSED ||
		    (p->replied && p->ending == END_CUT)) {
			*n = 0;
			return IO_DONE;
		}
		return IO_WANT_READ;
	}
	have = have < max ? have : max;
	have = p->step > 0 && have > p->step ? p->step : have;
	if (p->ends_after > 0 && have > p->ends_after - p->given)
		have = p->ends_after - p->given;
	memcpy(to, at, have);
	if (p->spoils > p->given && p->spoils <= p->given + have)
		((unsigned char *)to)[p->spoils - p->given - 1] ^= 0x40;
	br_ssl_engine_sendrec_ack(&p->server.eng, have);
	p->given += have;
	p->writes = 0;
	*n = have;
	return IO_DONE;
}

static enum io peer_write(struct conn *c, const void *from, size_t len, size_t *n, struct err *e)
{
	struct peer *p = peer_of(c);

	if (has_to_wait(p))
		return IO_WANT_WRITE;
	len = p->step > 0 && len > p->step ? p->step : len;
	p->writes++;
	p->most_writes = p->writes > p->most_writes ? p->writes : p->most_writes;
	if (br_ssl_engine_current_state(&p->server.eng) == BR_SSL_CLOSED) {
		err_set(e, ERR_CONNECT, 0, "broken pipe");
		return IO_FAIL;
	}
	serve(p);
	if (p->room == 0 && p->breaks_as != ERR_NONE) {
		err_set(e, p->breaks_as, 0, "broken");
		return IO_FAIL;
	}
	if (p->inbox.n == p->inbox.max || p->room == 0)
		return IO_WANT_WRITE;
	len = len < p->room ? len : p->room;
	*n = len < p->inbox.max - p->inbox.n ? len : p->inbox.max - p->inbox.n;
	p->room -= *n;
	return buf_add(&p->inbox, span_of(from, *n), e) ? IO_DONE : IO_FAIL;
}

static enum io peer_flush(struct conn *c, struct err *e)
{
	(void)c;
	(void)e;
	return IO_DONE;
}

static int peer_fd(const struct conn *c)
{
	(void)c;
	return 7;
}

static void peer_close(struct conn *c)
{
	peer_of(c)->closed++;
}

static const struct conn_ops peer_ops = {peer_read, peer_write, peer_flush, peer_fd, peer_close};

/* Once its suites and certificates are known. */
static void peer_ready(struct peer *p)
{
	br_ssl_engine_set_buffer(&p->server.eng, p->buf, sizeof p->buf, 1);
	/* No other randomness: every run is the same, byte for byte. */
	p->server.eng.rng_os_rand_done = 1;
	br_ssl_engine_inject_entropy(&p->server.eng, "seed", 4);
	br_ssl_server_reset(&p->server);
}

static void peer_init(struct peer *p)
{
	memset(p, 0, sizeof *p);
	p->conn.ops = &peer_ops;
	p->room = SIZE_MAX;
	p->chain[0] = (br_x509_certificate){(unsigned char *)certs_leaf, sizeof certs_leaf};
	p->chain[1] = (br_x509_certificate){(unsigned char *)certs_middle, sizeof certs_middle};
	p->key = (br_ec_private_key){BR_EC_secp256r1, (unsigned char *)certs_leaf_key,
	                             sizeof certs_leaf_key};
	br_ssl_server_init_full_ec(&p->server, p->chain, 2, BR_KEYTYPE_EC, &p->key);
	peer_ready(p);
	buf_init(&p->inbox, 64 * 1024, "an inbox");
	buf_init(&p->request, 1 << 20, "a request");
}
/* ---- one exchange ---- */

enum outcome { ANSWERED, STUCK, FAILED };

/* This many waits without a byte for the application are a deadlock. */
enum { PATIENCE = 20000 };

struct run {
	enum outcome outcome;
	struct err err;
	size_t got;
	bool same;
	char said[256];
	int fd;
	bool suspect;
};

static bool waits(enum io io, size_t *patience)
{
	return (io == IO_WANT_READ || io == IO_WANT_WRITE) && ++*patience < PATIENCE;
}

static enum io send_all(struct conn *c, struct span s, size_t piece, struct err *e)
{
	size_t n = 0, patience = 0;
	enum io io = IO_DONE;

	while (s.n > 0) {
		io = conn_write(c, s.p, piece > 0 && s.n > piece ? piece : s.n, &n, e);
		if (io == IO_DONE) {
			s = span_cut(s, n, s.n);
			patience = 0;
		} else if (!waits(io, &patience)) {
			return io;
		}
	}
	for (patience = 0; (io = conn_flush(c, e)) != IO_DONE;)
		if (!waits(io, &patience))
			return io;
	return IO_DONE;
}

static enum io read_all(struct conn *c, struct run *r)
{
	char text[4096];
	size_t n = 0, patience = 0;
	enum io io;

	r->same = true;
	for (;;) {
		io = conn_read(c, text, sizeof text, &n, &r->err);
		if (io == IO_DONE && n == 0)
			return io;
		if (io == IO_DONE) {
			r->same = r->same && r->got + n <= sizeof REPLY - 1 &&
			        memcmp(text, REPLY + r->got, n) == 0;
			r->got += n;
			patience = 0;
		} else if (!waits(io, &patience)) {
			return io;
		}
	}
}

static void exchange(struct peer *p, bool false_start, struct span request, size_t piece,
                     struct run *r)
{
	struct tls_options o = {span_str(HOST), trust, &clock_fixed, &rand_fixed, false_start};
	struct conn *c;
	enum io io;

	memset(r, 0, sizeof *r);
	if (!tls_open(&c, &p->conn, &o, &r->err)) {
		r->outcome = FAILED;
		return;
	}
	io = send_all(c, request, piece, &r->err);
	if (io == IO_DONE)
		io = read_all(c, r);
	r->outcome = io == IO_DONE ? ANSWERED : io == IO_FAIL ? FAILED : STUCK;
	r->fd = conn_fd(c);
	r->suspect = tls_false_start_suspect(c);
	snprintf(r->said, sizeof r->said, "%s", tls_describe(c));
	conn_close(&c);
}

static void peer_free(struct peer *p)
{
	buf_free(&p->inbox);
	buf_free(&p->request);
}

static bool answered(const struct peer *p, const struct run *r, struct span request)
{
	return r->outcome == ANSWERED && r->got == sizeof REPLY - 1 && r->same && p->closed == 1 &&
	       span_equal(buf_span(&p->request), request);
}

static void test_exchanges(void)
{
	static const size_t steps[] = {0, 1, 2, 3, 5, 64, 1000};
	struct span request = span_str(REQUEST);
	struct peer *p = malloc(sizeof *p);
	struct run r;

	for (int false_start = 0; false_start < 2; false_start++)
		for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
			for (int hesitant = 0; hesitant < 2; hesitant++) {
				peer_init(p);
				p->step = steps[i];
				p->hesitant = hesitant;
				exchange(p, false_start, request, 0, &r);
				if (!tap_ok(answered(p, &r, request), "%s, %zu bytes at once%s",
				            false_start ? "False Start" : "full handshake",
				        steps[i],
				            hesitant ? ", hesitant" : ""))
					printf("#   outcome %d, %zu bytes: %s\n", r.outcome, r.got,
					       r.err.text);
				peer_free(p);
			}
	tap_is_int(r.fd, 7, "it polls what is below");
	/* Which suite depends on whether the processor has AES. */
	tap_ok(span_starts(span_str(r.said), "TLS 1.2 ECDHE-ECDSA-") &&
	               span_ends(span_str(r.said), ", issuer CN=Zoo middle, O=Zoo"),
	       "what is said about it: %s", r.said);
	free(p);
}

/* Each flight, and with False Start the request with it, is one write. */
static void test_flights(void)
{
	struct peer *p = malloc(sizeof *p);
	struct run r;

	for (int false_start = 0; false_start < 2; false_start++) {
		peer_init(p);
		exchange(p, false_start, span_str(REQUEST), 0, &r);
		tap_is_int((long long)p->most_writes, 1,
		           false_start ? "False Start: flight and request in one write"
		                       : "a flight is one write");
		peer_free(p);
	}
	free(p);
}

static void test_long_request(void)
{
	static char text[200 * 1024];
	struct span request = CERT(text);
	struct peer *p = malloc(sizeof *p);
	struct run r;

	memset(text, 'x', sizeof text);
	memcpy(text + sizeof text - 4, "\r\n\r\n", 4);
	for (int false_start = 0; false_start < 2; false_start++)
		for (size_t piece = 0; piece < 10000; piece += 3001) {
			peer_init(p);
			exchange(p, false_start, request, piece, &r);
			tap_ok(answered(p, &r, request), "200 KiB in pieces of %zu%s", piece,
			       false_start ? ", False Start" : "");
			peer_free(p);
		}
	free(p);
}

/* The server's bytes end anywhere: never a clean end before close_notify. */
static void test_cuts(void)
{
	struct peer *p = malloc(sizeof *p);
	size_t handshake_end = 0, total;
	bool good = true, cut_seen = false;
	struct run r;

	peer_init(p);
	exchange(p, false, span_str(REQUEST), 0, &r);
	total = p->given;
	peer_free(p);
	for (size_t at = 1; at < total && good; at += at < 900 ? 37 : 1) {
		peer_init(p);
		p->ends_after = at;
		exchange(p, at % 2, span_str(REQUEST), 0, &r);
		good = r.outcome == FAILED && (r.err.kind == ERR_CUT ||
		                               r.err.kind == ERR_CONNECT) && r.same | !r.got;
		cut_seen |= r.err.kind == ERR_CUT;
		if (r.err.kind == ERR_CONNECT)
			handshake_end = at;
		if (!good)
			printf("#   after %zu: outcome %d, %s: %s\n", at, r.outcome,
			       err_kind_name(r.err.kind),
			       r.err.text);
		peer_free(p);
	}
	tap_ok(good && cut_seen && handshake_end > 900, "a cut anywhere is told, by what it cut");

	peer_init(p);
	p->ending = END_CUT;
	exchange(p, false, span_str(REQUEST), 0, &r);
	tap_fails(r.outcome == ANSWERED, &r.err, ERR_CUT, "an end without close_notify");
	tap_is_int((long long)r.got, sizeof REPLY - 1, "... behind the whole reply");
	peer_free(p);

	peer_init(p);
	p->ending = END_STAYS;
	exchange(p, false, span_str(REQUEST), 0, &r);
	tap_ok(r.outcome == STUCK && r.got == sizeof REPLY - 1, "a stream that stays open");
	peer_free(p);
	free(p);
}

/* One changed byte of the server's anywhere: a failure, and never a wrong byte handed out. */
static void test_spoils(void)
{
	struct peer *p = malloc(sizeof *p);
	bool good = true;
	size_t total, stuck = 0;
	struct run r;

	peer_init(p);
	exchange(p, false, span_str(REQUEST), 0, &r);
	total = p->given;
	peer_free(p);
	for (size_t at = 1; at <= total && good; at += 3) {
		peer_init(p);
		p->spoils = at;
		exchange(p, at % 2, span_str(REQUEST), 0, &r);
		/* A longer record length makes both sides wait for ever. */
		stuck += r.outcome == STUCK;
		good = r.outcome != ANSWERED && (r.got == 0 || r.same);
		if (!good)
			printf("#   byte %zu of %zu: outcome %d, %zu bytes\n", at, total,
			       r.outcome, r.got);
		peer_free(p);
	}
	tap_ok(good && stuck < total / 20, "a changed byte anywhere is noticed");
	free(p);
}

/* The window of False Start: the request has left, the server's Finished has not come. */
static void test_suspect(void)
{
	struct peer *p = malloc(sizeof *p);
	size_t before = 0, inside = 0, after = 0, total;
	struct run r;

	peer_init(p);
	exchange(p, true, span_str(REQUEST), 0, &r);
	tap_ok(!r.suspect, "no suspicion after success");
	total = p->given;
	peer_free(p);
	for (size_t at = total / 2; at < total; at += 3) {
		peer_init(p);
		p->ends_after = at;
		exchange(p, true, span_str(REQUEST), 0, &r);
		if (r.suspect)
			inside++;
		else if (inside > 0)
			after++;
		else
			before++;
		peer_free(p);
	}
	tap_ok(before > 0 && inside > 0 && after > 0,
	       "suspicion in the window only (%zu, %zu, %zu)", before,
	       inside, after);
	peer_init(p);
	p->ends_after = total / 2 + total / 3;
	exchange(p, false, span_str(REQUEST), 0, &r);
	tap_ok(!r.suspect, "no suspicion without False Start");
	peer_free(p);
	free(p);
}

static void test_refusals(void)
{
	struct tls_options o = {span_str("b.example.com"), trust, &clock_fixed, &rand_fixed, true};
	struct peer *p = malloc(sizeof *p);
	struct conn *c;
	struct err e;
	size_t patience = 0;
	enum io io;

	peer_init(p);
	if (tap_good(tls_open(&c, &p->conn, &o, &e), &e, "opened for another name")) {
		while (waits(io = tls_handshake(c, &e), &patience))
			continue;
		tap_fails(io == IO_DONE, &e, ERR_TRUST, "... and refused");
		tap_ok(strstr(e.text, "b.example.com") != NULL, "... by name");
		conn_close(&c);
	}
	tap_ok(p->closed == 1 && p->request.n == 0, "... nothing sent, closed");
	peer_free(p);

	peer_init(p);
	o.host = span_str("no host");
	tap_fails(tls_open(&c, &p->conn, &o, &e), &e, ERR_TRUST, "no host name");
	tap_ok(p->closed == 1 && c == NULL, "... closed even so");
	peer_free(p);
	free(p);
}

/* A server with a key of RSA, by every suite there is. */
static void test_suites(void)
{
	static const struct {
		uint16_t suite;
		const char *said;
	} rows[] = {
		{BR_TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, "TLS 1.2 ECDHE-RSA-AES128-GCM, "},
		{BR_TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, "TLS 1.2 ECDHE-RSA-AES256-GCM, "},
		{BR_TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
		 "TLS 1.2 ECDHE-RSA-CHACHA20-POLY1305, "},
	};
	unsigned char *at = (unsigned char *)certs_rsa_key;
	size_t n = sizeof certs_rsa_key / 5;
	br_rsa_private_key key = {2048, at, n, at + n, n, at + 2 * n, n, at + 3 * n, n,
	                          at + 4 * n, n};
	struct peer *p = malloc(sizeof *p);
	struct trust *saved = trust;
	struct trust_options o = {0};
	struct err e;
	struct run r;

	files_write_pem("rsa.pem", CERT(certs_rsa));
	o.only_file = files_name("rsa.pem");
	if (!tap_good(trust_load(&trust, &o, &e), &e, "its certificate is the anchor itself"))
		exit(99);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		peer_init(p);
		p->chain[0] = (br_x509_certificate){(unsigned char *)certs_rsa, sizeof certs_rsa};
		br_ssl_server_init_full_rsa(&p->server, p->chain, 1, &key);
		br_ssl_engine_set_suites(&p->server.eng, &rows[i].suite, 1);
		peer_ready(p);
		exchange(p, i % 2, span_str(REQUEST), 0, &r);
		tap_ok(answered(p, &r, span_str(REQUEST)), "RSA: %s", r.err.text);
		tap_ok(strncmp(r.said, rows[i].said, strlen(rows[i].said)) == 0, "... is %s",
		       r.said);
		peer_free(p);
	}
	trust_free(&trust);
	trust = saved;
	free(p);
}

/* More certificates than are looked at, or larger ones: the ceiling is named. */
static void test_long_chains(void)
{
	static unsigned char large[CHAIN_MAX / 3];
	struct peer *p = malloc(sizeof *p);
	struct run r;

	for (int by_size = 0; by_size < 2; by_size++) {
		size_t n = by_size ? 6 : CHAIN_CERTS_MAX + 4;

		peer_init(p);
		for (size_t i = 2; i < n; i++)
			p->chain[i] = by_size ? (br_x509_certificate){large, sizeof large}
			                      : p->chain[1];
		br_ssl_server_init_full_ec(&p->server, p->chain, n, BR_KEYTYPE_EC, &p->key);
		peer_ready(p);
		exchange(p, false, span_str(REQUEST), 0, &r);
		tap_fails(r.outcome == ANSWERED, &r.err, ERR_CEILING,
		          by_size ? "a chain of too many bytes" : "... of too many certificates");
		tap_ok(p->request.n == 0, "... and nothing is sent: %s", r.err.text);
		peer_free(p);
	}
	free(p);
}

/* ---- a stream that is open ---- */

static struct conn *open_to(struct peer *p, bool false_start)
{
	struct tls_options o = {span_str(HOST), trust, &clock_fixed, &rand_fixed, false_start};
	struct conn *c;
	struct err e;

	if (!tls_open(&c, &p->conn, &o, &e))
		exit(99);
	return c;
}

/* Reads until there is a piece, the end or a failure; IO_WANT_READ: nothing comes. */
static enum io read_piece(struct conn *c, char *text, size_t max, size_t *n, struct err *e)
{
	size_t patience = 0;
	enum io io;

	while (waits(io = conn_read(c, text, max, n, e), &patience))
		continue;
	return io;
}

static char upload[100 * 1024];

/* Writes of it what is taken before the stream waits or fails; tells how that ended. */
static enum io upload_some(struct conn *c, size_t *sent, struct err *e)
{
	enum io io = IO_DONE;
	size_t n = 0;

	while (*sent < sizeof upload && io == IO_DONE) {
		io = conn_write(c, upload + *sent, sizeof upload - *sent, &n, e);
		*sent += n;
	}
	return io;
}

/* A peer that takes nothing more is heard all the same, and gets the rest when it wants to. */
static void test_early_reply(void)
{
	struct peer *p = malloc(sizeof *p);
	struct conn *c;
	struct err e;
	char text[256];
	size_t n;

	memset(upload, 'u', sizeof upload);
	for (int false_start = 0; false_start < 2; false_start++) {
		size_t sent = 0;

		peer_init(p);
		p->early = true;
		p->ending = END_STAYS;
		p->room = 30000;
		c = open_to(p, false_start);
		while (upload_some(c, &sent, &e) == IO_WANT_READ)
			continue;
		tap_ok(sent < sizeof upload, "an upload stalls at %zu%s", sent,
		       false_start ? ", False Start" : "");
		tap_ok(read_piece(c, text, sizeof text, &n, &e) == IO_DONE &&
		       span_equal_str(span_of(text, n), REPLY), "... and the reply is heard");
		p->room = SIZE_MAX;
		tap_is_int(conn_flush(c, &e), IO_DONE, "... what was taken goes out in one");
		tap_is_int(upload_some(c, &sent, &e), IO_DONE, "... the rest is taken");
		tap_is_int(conn_flush(c, &e), IO_DONE, "... and sent");
		serve(p);
		tap_is_span(buf_span(&p->request), span_of(upload, sizeof upload), "... and arrives");
		conn_close(&c);
		peer_free(p);
	}
	free(p);
}

/* An end that comes while nothing can be written is told once our own goodbye is out. */
static void test_early_end(void)
{
	struct peer *p = malloc(sizeof *p);
	size_t n, sent = 0;
	struct conn *c;
	struct err e;
	char text[256];

	peer_init(p);
	p->early = true;
	p->room = 30000;
	c = open_to(p, false);
	while (upload_some(c, &sent, &e) == IO_WANT_READ)
		continue;
	tap_is_int(read_piece(c, text, sizeof text, &n, &e), IO_DONE, "a reply");
	tap_is_int(conn_read(c, text, sizeof text, &n, &e), IO_WANT_WRITE, "... an end behind it");
	p->room = SIZE_MAX;
	tap_ok(read_piece(c, text, sizeof text, &n, &e) == IO_DONE && n == 0, "... is told");
	conn_close(&c);
	peer_free(p);
	free(p);
}

/* What the peer said before the stream broke under a write can still be read; not so what is refused. */
static void test_broken_write(void)
{
	struct peer *p = malloc(sizeof *p);
	struct conn *c;
	struct err e;
	char text[256];
	size_t n;

	for (int refused = 0; refused < 2; refused++) {
		enum err_kind kind = refused ? ERR_TRUST : ERR_CONNECT;
		enum io io;

		peer_init(p);
		p->early = true;
		p->ending = END_CUT;
		p->room = 30000;
		p->breaks_as = kind;
		c = open_to(p, false);
		do
			io = conn_write(c, upload, sizeof upload, &n, &e);
		while (io == IO_DONE || io == IO_WANT_READ);
		tap_fails(io != IO_FAIL, &e, kind, "a write fails");
		tap_is_int((long long)n, 0, "... and takes nothing");
		if (refused) {
			tap_fails(read_piece(c, text, sizeof text, &n, &e) != IO_FAIL, &e, kind,
			          "... and so does reading");
		} else {
			tap_ok(read_piece(c, text, sizeof text, &n, &e) == IO_DONE &&
			       span_equal_str(span_of(text, n), REPLY),
			       "... and the reply is heard");
			tap_fails(read_piece(c, text, sizeof text, &n, &e) != IO_FAIL, &e, ERR_CUT,
			          "... up to the cut");
		}
		conn_close(&c);
		peer_free(p);
	}
	free(p);
}

/* Nothing can be written behind the peer's end, nor into a stream it has spoilt. */
static void test_write_behind_end(void)
{
	struct peer *p = malloc(sizeof *p);
	struct conn *c;
	struct err e;
	char text[256];
	size_t n;

	for (int spoilt = 0; spoilt < 2; spoilt++) {
		peer_init(p);
		c = open_to(p, false);
		if (send_all(c, span_str(REQUEST), 0, &e) != IO_DONE)
			exit(99);
		p->spoils = spoilt ? p->given + 20 : 0;
		while (read_piece(c, text, sizeof text, &n, &e) == IO_DONE && n > 0)
			continue;
		if (!spoilt)
			tap_ok(conn_read(c, text, 1, &n, &e) == IO_DONE && n == 0,
			       "an end is read again");
		tap_fails(conn_write(c, "x", 1, &n, &e) != IO_FAIL, &e, spoilt ? ERR_PROTOCOL : ERR_CUT,
		          spoilt ? "a write into a spoilt stream" : "... and a write fails");
		tap_ok(n == 0, "... %s", e.text);
		conn_close(&c);
		peer_free(p);
	}
	free(p);
}

/* A flush drives the handshake too, and waits with it. */
static void test_flush_first(void)
{
	struct peer *p = malloc(sizeof *p);
	size_t patience = 0;
	struct conn *c;
	struct run r;
	enum io io;

	memset(&r, 0, sizeof r);
	peer_init(p);
	p->hesitant = true;
	c = open_to(p, false);
	tap_ok(conn_flush(c, &r.err) != IO_DONE, "a flush waits for the handshake");
	while (waits(io = conn_flush(c, &r.err), &patience))
		continue;
	tap_is_int(io, IO_DONE, "... and is done with it");
	tap_ok(strstr(tls_describe(c), "Zoo middle") != NULL, "... which has taken place");
	r.outcome = send_all(c, span_str(REQUEST), 0, &r.err) == IO_DONE &&
		read_all(c, &r) == IO_DONE ? ANSWERED : FAILED;
	conn_close(&c);
	tap_ok(answered(p, &r, span_str(REQUEST)), "... and carries an exchange");
	peer_free(p);
	free(p);
}

/* close_notify is a clean end, but not of a handshake. */
static void test_closed_handshake(void)
{
	static const struct script_row rows[] = {{S_BYTES, "\x15\x03\x03\0\2\1\0", 7},
		{S_END, NULL, 0}};
	struct tls_options o = {span_str(HOST), trust, &clock_fixed, &rand_fixed, false};
	struct script s;
	struct conn *c;
	struct err e;

	script_init(&s, rows);
	if (!tls_open(&c, &s.conn, &o, &e))
		exit(99);
	tap_fails(tls_handshake(c, &e) != IO_FAIL, &e, ERR_CONNECT,
	          "close_notify for a ServerHello");
	tap_ok(strstr(e.text, "cut in the TLS handshake") != NULL, "... is a cut: %s", e.text);
	conn_close(&c);
	script_free(&s);
}

static bool refuses(void *ctx, void *p, size_t n)
{
	(void)ctx;
	(void)p;
	(void)n;
	return false;
}

static void test_no_randomness(void)
{
	static const struct rand none = {refuses, NULL};
	struct tls_options o = {span_str(HOST), trust, &clock_fixed, &none, false};
	struct peer *p = malloc(sizeof *p);
	struct conn *c;
	struct err e;

	peer_init(p);
	tap_fails(tls_open(&c, &p->conn, &o, &e), &e, ERR_BUG, "no randomness, no TLS");
	tap_ok(c == NULL && p->closed == 1, "... and the conn below is closed");
	peer_free(p);
	free(p);
}

static bool false_starts;

static struct span long_request;

static bool exchange_whole(struct err *e)
{
	struct peer *p;
	struct run r;
	bool ok;

	failing_hold(true);
	p = malloc(sizeof *p);
	peer_init(p);
	ok = buf_reserve(&p->inbox, p->inbox.max, e) &&
	     buf_reserve(&p->request, p->request.max, e);
	failing_hold(false);
	if (!ok)
		exit(99);
	exchange(p, false_starts, long_request, 0, &r);
	ok = answered(p, &r, long_request);
	*e = r.err;
	/* The conn below is closed whatever happens. */
	if (p->closed != 1)
		e->kind = ERR_BUG;
	peer_free(p);
	free(p);
	return ok;
}

static void test_no_memory(void)
{
	static char text[24 * 1024];

	memset(text, 'x', sizeof text);
	memcpy(text + sizeof text - 4, "\r\n\r\n", 4);
	long_request = CERT(text);
	for (int i = 0; i < 2; i++) {
		false_starts = i;
		tap_ok(failing_each("alloc", ENOMEM, ERR_MEMORY, true, exchange_whole),
		       "each allocation fails%s", i ? ", False Start" : "");
	}
}

/* What comes in while we say goodbye does not keep us from it. */
static void test_unread(void)
{
	struct tls_options o = {span_str(HOST), trust, &clock_fixed, &rand_fixed, false};
	struct peer *p = malloc(sizeof *p);
	size_t n, patience = 0, left = 0;
	struct conn *c;
	struct err e;
	char in[2];
	enum io io;

	peer_init(p);
	p->ending = END_STAYS;
	if (!tls_open(&c, &p->conn, &o, &e) || send_all(c, span_str(REQUEST), 0, &e) != IO_DONE)
		exit(99);
	while ((io = conn_read(c, in, 1, &n, &e)) != IO_DONE && waits(io, &patience))
		continue;
	tap_ok(io == IO_DONE && n == 1 && in[0] == 'H', "one byte of the reply is read");
	conn_close(&c);
	serve(p);
	for (int i = 0; i < 10 && br_ssl_engine_current_state(&p->server.eng) != BR_SSL_CLOSED; i++) {
		if (br_ssl_engine_sendrec_buf(&p->server.eng, &left) != NULL)
			br_ssl_engine_sendrec_ack(&p->server.eng, left);
		serve(p);
	}
	tap_ok(br_ssl_engine_current_state(&p->server.eng) == BR_SSL_CLOSED &&
	       br_ssl_engine_last_error(&p->server.eng) == BR_ERR_OK, "... and close_notify sent");
	peer_free(p);
	free(p);
}

/* Without memory there is no goodbye; what is below is closed all the same. */
static void test_close_without_memory(void)
{
	struct peer *p = malloc(sizeof *p);
	struct conn *c;
	struct err e;

	peer_init(p);
	c = open_to(p, false);
	if (send_all(c, span_str(REQUEST), 0, &e) != IO_DONE)
		exit(99);
	serve(p);
	failing_start("alloc", 1, true, ENOMEM);
	conn_close(&c);
	tap_ok(failing_stop() && p->closed == 1 && p->inbox.n == 0, "a close without memory");
	peer_free(p);
	free(p);
}

int main(void)
{
	struct trust_options o = {0};
	struct err e;

	files_start();
	files_write_pem("root.pem", CERT(certs_root));
	o.only_file = files_name("root.pem");
	if (!tap_good(trust_load(&trust, &o, &e), &e, "trust anchors"))
		return 99;
	test_exchanges();
	test_flights();
	test_long_request();
	test_cuts();
	test_spoils();
	test_suspect();
	test_refusals();
	test_suites();
	test_long_chains();
	test_no_memory();
	test_unread();
	test_close_without_memory();
	test_early_reply();
	test_early_end();
	test_broken_write();
	test_write_behind_end();
	test_flush_first();
	test_closed_handshake();
	test_no_randomness();
	trust_free(&trust);
	files_end();
	return tap_done();
}
