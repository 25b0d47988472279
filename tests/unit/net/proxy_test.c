/* net/proxy over a scripted conn: what it sends, and what it makes of every reply. */
#include "net/proxy.h"

#include <errno.h>

#include "failing.h"
#include "net/script_conn.h"

#define AUTH "Proxy-Authorization: Basic dTpw\r\n"

static void check_request(void)
{
	static const struct {
		const char *name, *host, *authorization;
		uint16_t port;
		const char *want;
	} rows[] = {
		{"name", "api.example", "", 443,
			"CONNECT api.example:443 HTTP/1.1\r\nHost: api.example:443\r\nUser-Agent: "
			"ua/1\r\n\r\n"},
		{"IPv4, credential", "192.0.2.1", AUTH, 8443,
			"CONNECT 192.0.2.1:8443 HTTP/1.1\r\nHost: 192.0.2.1:8443\r\nUser-Agent: "
			"ua/1\r\n" AUTH "\r\n"},
		{"IPv6", "2001:db8::1", "", 443,
			"CONNECT [2001:db8::1]:443 HTTP/1.1\r\nHost: "
			"[2001:db8::1]:443\r\nUser-Agent: ua/1\r\n\r\n"},
	};
	static const struct script_row quiet[] = {{S_STOP, NULL, 0}};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		for (size_t cut = 0; cut < 2; cut++) {
			struct script s;
			struct proxy *p;
			struct err e;

			script_init(&s, quiet);
			s.cut = cut;
			if (!tap_good(
				    proxy_start(&p, &s.conn, span_str(rows[i].host), rows[i].port,
					    span_str(rows[i].authorization), span_str("ua/1"), &e),
				    &e, rows[i].name))
				continue;
			tap_is_int(proxy_step(p, &e), IO_WANT_READ, "... waits for the reply");
			tap_is_str(buf_span(&s.sent), rows[i].want, "... having sent");
			tap_ok(s.flushed, "... and flushed");
			proxy_free(&p);
			proxy_free(&p);
			tap_ok(!s.closed, "... and the conn is left open");
			script_free(&s);
		}
}

struct reply {
	const char *name;
	struct script_row script[4];
	enum err_kind kind; /* ERR_NONE: the tunnel is open */
	const char *text;   /* that the message must hold */
	bool authorized;
};

#define AUTHENTICATE "HTTP/1.1 407 Who\r\nProxy-Authenticate: "

static const struct reply replies[] = {
	{"200", {{S_BYTES, "HTTP/1.1 200 Connection established\r\n\r\n", 0}}, ERR_NONE, "", false},
	{"200 from HTTP/1.0", {{S_BYTES, "HTTP/1.0 200 OK\r\n\r\n", 0}}, ERR_NONE, "", false},
	{"200 with framing fields that count for nothing",
		{{S_BYTES, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", 0}}, ERR_NONE, "",
		false},
	{"299", {{S_BYTES, "HTTP/1.1 299 Hm\r\n\r\n", 0}}, ERR_NONE, "", false},
	{"100 first", {{S_BYTES, "HTTP/1.1 100 Wait\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", 0}}, ERR_NONE,
		"", false},
	{"in pieces",
		{{S_BYTES, "HTTP/1.1 2", 0}, {S_WAIT_READ, NULL, 0}, {S_BYTES, "00 OK\r\n\r\n", 0}},
		ERR_NONE, "", false},
	{"407 Basic", {{S_BYTES, AUTHENTICATE "Basic realm=\"a, b=c\"\r\n\r\n", 0}}, ERR_PROXY,
		"proxy says 407: authentication required (offers Basic;", false},
	{"407 Basic, with a credential", {{S_BYTES, AUTHENTICATE "basic realm=x\r\n\r\n", 0}},
		ERR_PROXY, "user or password refused (offers basic)", true},
	{"407 Negotiate, NTLM",
		{{S_BYTES,
			AUTHENTICATE "Negotiate\r\nProxy-Authenticate: NTLM\r\nContent-Length: "
				     "9\r\n\r\nforbidden",
			0}},
		ERR_PROXY,
		"authentication required (offers Negotiate, NTLM; octavo supports Basic)", false},
	{"407 one list",
		{{S_BYTES,
			AUTHENTICATE "Digest realm=\"a\\\", NTLM \", nonce=\"x\" , Negotiate YII=, "
				     "Basic realm = \"b\"\r\n\r\n",
			0}},
		ERR_PROXY, "(offers Digest, Negotiate, Basic;", false},
	{"407 nothing offered", {{S_BYTES, "HTTP/1.1 407 Who\r\n\r\n", 0}}, ERR_PROXY,
		"(offers no scheme; octavo supports Basic)", false},
	{"407 nonsense offered", {{S_BYTES, AUTHENTICATE ", =x, \"\r\n\r\n", 0}}, ERR_PROXY,
		"no scheme", false},
	{"403", {{S_BYTES, "HTTP/1.1 403 No\r\n\r\n", 0}}, ERR_PROXY,
		"proxy says 403 to CONNECT api.example:443: forbidden", false},
	{"400", {{S_BYTES, "HTTP/1.0 400 No\r\n\r\n", 0}}, ERR_PROXY, "400", false},
	{"404", {{S_BYTES, "HTTP/1.1 404 No\r\n\r\n", 0}}, ERR_PROXY,
		"proxy says 404 to CONNECT api.example:443: not found", false},
	{"405", {{S_BYTES, "HTTP/1.1 405 No\r\n\r\n", 0}}, ERR_PROXY, "CONNECT not allowed",
		false},
	{"302", {{S_BYTES, "HTTP/1.1 302 Login\r\nLocation: http://portal/\r\n\r\n", 0}}, ERR_PROXY,
		"302", false},
	{"500", {{S_BYTES, "HTTP/1.1 500 Oh\r\n\r\n", 0}}, ERR_PROXY, "500", false},
	{"429", {{S_BYTES, "HTTP/1.1 429 Slow\r\n\r\n", 0}}, ERR_PROXY_BUSY, "429", false},
	{"many schemes", {{S_BYTES, AUTHENTICATE "Aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa,"
		" Bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb,"
		" Ccccccccccccccccccccccccccccccccccccccccccccccccccccccccc, NTLM\ta=b\r\n\r\n",
		0}}, ERR_PROXY, "bbb, NTLM; octavo", false},
	{"300", {{S_BYTES, "HTTP/1.1 300 Many\r\n\r\n", 0}}, ERR_PROXY, "300", false},
	{"505", {{S_BYTES, "HTTP/1.1 505 No\r\n\r\n", 0}}, ERR_PROXY, "505", false},
	{"502", {{S_BYTES, "HTTP/1.1 502 Bad\r\n\r\n", 0}}, ERR_PROXY_BUSY, "cannot reach the host",
		false},
	{"503", {{S_BYTES, "HTTP/1.1 503 Bad\r\n\r\n", 0}}, ERR_PROXY_BUSY, "503", false},
	{"504", {{S_BYTES, "HTTP/1.1 504 Bad\r\n\r\n", 0}}, ERR_PROXY_BUSY, "504", false},
	{"not HTTP", {{S_BYTES, "SSH-2.0-x\r\n", 0}}, ERR_PROXY, "proxy's reply to CONNECT", false},
	{"101", {{S_BYTES, "HTTP/1.1 101 Switch\r\n\r\n", 0}}, ERR_PROXY, "", false},
	{"end at once", {{S_END, NULL, 0}}, ERR_PROXY_BUSY, "before its reply", false},
	{"reset", {{S_RESET, NULL, 0}}, ERR_PROXY_BUSY, "(reset)", false},
	{"TLS cut", {{S_CUT, NULL, 0}}, ERR_PROXY_BUSY, "(reset)", false},
	{"end inside the head", {{S_BYTES, "HTTP/1.1 200 OK\r\n", 0}, {S_END, NULL, 0}},
		ERR_PROXY_BUSY, "before its reply", false},
	{"certificate refused", {{S_DISTRUST, NULL, 0}}, ERR_TRUST, "", false},
};

static enum io drive(struct script *s, bool authorized, struct err *e)
{
	struct proxy *p;
	enum io io;
	size_t steps = 0;

	if (!proxy_start(&p, &s->conn, span_str("api.example"), 443,
		    span_str(authorized ? AUTH : ""), span_str("ua/1"), e))
		return IO_FAIL;
	do
		io = proxy_step(p, e);
	while ((io == IO_WANT_READ || io == IO_WANT_WRITE) && ++steps < 100000);
	proxy_free(&p);
	return io;
}

static void check_replies(void)
{
	static const size_t cuts[] = {0, 1, 7};

	for (size_t i = 0; i < sizeof replies / sizeof *replies; i++)
		for (size_t c = 0; c < 6; c++) {
			const struct reply *w = &replies[i];
			struct script s;
			struct err e = {0};
			enum io io;

			script_init(&s, w->script);
			s.cut = cuts[c / 2];
			s.hesitant = c % 2 != 0;
			io = drive(&s, w->authorized, &e);
			if (!tap_ok(io == (w->kind == ERR_NONE ? IO_DONE : IO_FAIL) &&
					    e.kind == w->kind && strstr(e.text, w->text) != NULL,
				    "%s, %zu bytes at once%s", w->name, s.cut,
				    s.hesitant ? ", waits" : ""))
				printf("#   io %d kind %s: %s\n", io, err_kind_name(e.kind),
					e.text);
			script_free(&s);
		}
}

static void check_bytes_behind(void)
{
	static const struct script_row rows[] = {{S_BYTES, "HTTP/1.1 200 OK\r\n\r\nX", 0}};
	struct script s;
	struct err e;

	script_init(&s, rows);
	tap_fails(drive(&s, false, &e) != IO_FAIL, &e, ERR_PROXY,
		"bytes behind the reply are refused");
	script_free(&s);
}

static void check_long_replies(void)
{
	struct script_row rows[2] = {{S_STOP, NULL, 0}, {S_STOP, NULL, 0}};
	struct script s;
	struct err e;
	struct buf b;
	bool ok = true;

	buf_init(&b, 1 << 20, "reply");
	ok = ok && buf_add_str(&b, "HTTP/1.1 200 OK\r\nX: ", &e);
	for (int i = 0; i < 100000 && ok; i++)
		ok = buf_add_byte(&b, 'x', &e);
	rows[0] = (struct script_row){S_BYTES, (const char *)b.p, b.n};
	script_init(&s, rows);
	tap_fails(drive(&s, false, &e) != IO_FAIL, &e, ERR_PROXY, "a head without end is cut off");
	script_free(&s);
	buf_clear(&b);
	for (int i = 0; i < 1000 && ok; i++)
		ok = buf_add_str(&b, "HTTP/1.1 102 Wait\r\n\r\n", &e);
	rows[0] = (struct script_row){S_BYTES, (const char *)b.p, b.n};
	script_init(&s, rows);
	tap_fails(drive(&s, false, &e) != IO_FAIL, &e, ERR_PROXY, "1xx without end are cut off");
	script_free(&s);
	buf_free(&b);
	tap_ok(ok, "... and the test itself is whole");
}

/* Operation n fails, once or for ever, n = 1, 2, ... */
static void check_failures(bool for_ever)
{
	static const struct script_row rows[] = {{S_BYTES, "HTTP/1.1 200 OK\r\n\r\n", 0}};
	size_t n = 0, bad = 0;
	bool reached;

	do {
		struct script s;
		struct err e = {0};
		enum io io;

		script_init(&s, rows);
		s.cut = 5;
		s.fail_at = ++n;
		s.stays_broken = for_ever;
		io = drive(&s, true, &e);
		reached = s.ops >= n;
		if (io == IO_FAIL ? e.kind != ERR_PROXY_BUSY : io != IO_DONE || reached)
			bad++;
		script_free(&s);
	} while (reached && n < 1000);
	tap_ok(bad == 0 && n > 20, "each of %zu operations fails%s: %zu bad", n - 1,
	       for_ever ? " with all that follow" : " once", bad);
}

static bool tunnel(struct err *e)
{
	static const struct script_row rows[] = {{S_BYTES, "HTTP/1.1 200 OK\r\nA: b\r\n\r\n", 0}};
	struct script s;
	bool ok;

	script_init(&s, rows);
	ok = drive(&s, true, e) == IO_DONE;
	script_free(&s);
	return ok;
}

/* A failure that says what is wrong is told as it is, not taken for a proxy that closed. */
static void check_told(void)
{
	static const struct script_row rows[] = {{S_BYTES, "HTTP/1.1 200 OK\r\n\r\n", 0}};
	struct script s;
	struct err e;

	script_init(&s, rows);
	s.fail_at = 1;
	s.fails_as = ERR_TRUST;
	tap_fails(drive(&s, true, &e) != IO_FAIL, &e, ERR_TRUST, "a certificate refused on writing");
	script_free(&s);
	tap_ok(failing_each("alloc", ENOMEM, ERR_MEMORY, true, tunnel), "each allocation fails");
}

/* A name of any length is asked for whole, and cut in what is said. */
static void check_long_name(void)
{
	static const struct script_row rows[] = {{S_BYTES, "HTTP/1.1 403 No\r\n\r\n", 0}};
	char host[401];
	struct proxy *p;
	struct script s;
	struct err e;

	memset(host, 'h', 400);
	host[400] = '\0';
	script_init(&s, rows);
	if (!proxy_start(&p, &s.conn, span_str(host), 65535, span_str(""), span_str("ua/1"), &e))
		exit(99);
	tap_fails(proxy_step(p, &e) != IO_FAIL, &e, ERR_PROXY, "a long name");
	tap_ok(strstr(e.text, "403 to CONNECT hhh") != NULL, "... refused");
	tap_ok(span_starts(buf_span(&s.sent), "CONNECT hhh") &&
	       s.sent.n > 408 && memcmp(s.sent.p + 408, ":65535 HTTP/1.1", 15) == 0,
	       "... was sent whole");
	proxy_free(&p);
	script_free(&s);
}

/* A head begins with a status from 100 to 599; 1xx are passed over. Anything else is a bug. */
static void step_done(void)
{
	static const struct script_row rows[] = {{S_BYTES, "HTTP/1.1 200 OK\r\n\r\n", 0},
		{S_BYTES, "more", 0}};
	struct proxy *p;
	struct script s;
	struct err e;

	script_init(&s, rows);
	if (proxy_start(&p, &s.conn, span_str("a"), 1, span_str(""), span_str("ua/1"), &e) &&
	    proxy_step(p, &e) == IO_DONE)
		(void)!proxy_step(p, &e);
}

int main(void)
{
	tap_aborts(step_done, "a step in an open tunnel");
	check_told();
	check_long_name();
	check_request();
	check_replies();
	check_bytes_behind();
	check_long_replies();
	check_failures(false);
	check_failures(true);
	return tap_done();
}
