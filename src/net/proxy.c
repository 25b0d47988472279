#include "net/proxy.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/fmt.h"
#include "base/limits.h"

enum { READ_STEP = 512, SCHEMES_SHOWN_MAX = 128 };

struct proxy {
	struct conn *conn;
	struct buf head; /* the request; wiping, for it holds the credential */
	size_t sent;
	bool sending;    /* false once the request is out, or cannot be sent */
	bool broken;     /* ... which it was not: only an explanation is still of use */
	bool authorized; /* it holds a credential */
	char target[300]; /* for messages */
	struct h1 reply;
};

/* Many proxies insist on the Host field although authority-form says it all already. */
static bool write_head(struct buf *b, struct span host, uint16_t port, struct span authorization,
                       struct span user_agent, struct err *e)
{
	bool v6 = span_find(host, ':', 0) < host.n;
	char behind[sizeof "]:65535"];
	size_t behind_n = fmt_into(behind, sizeof behind, "%s:%u", v6 ? "]" : "", port);
	const struct span open = span_str(v6 ? "[" : ""), close = span_of(behind, behind_n);
	const struct span parts[] = {
		span_str("CONNECT "), open, host, close, span_str(" HTTP/1.1\r\nHost: "), open,
		host, close, span_str("\r\nUser-Agent: "), user_agent, span_str("\r\n"),
		authorization, span_str("\r\n"),
	};

	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
		if (!buf_add(b, parts[i], e))
			return false;
	return true;
}

/* The target as it stands in the request line, cut to fit. */
static void remember_target(struct proxy *p)
{
	struct span line = span_cut(buf_span(&p->head), strlen("CONNECT "), p->head.n);
	size_t n = span_find(line, ' ', 0);

	if (n >= sizeof p->target)
		n = sizeof p->target - 1;
	memcpy(p->target, line.p, n);
	p->target[n] = '\0';
}

bool proxy_start(struct proxy **out, struct conn *to_proxy, struct span host, uint16_t port,
                 struct span authorization, struct span user_agent, struct err *e)
{
	struct proxy *p = calloc(1, sizeof *p);

	*out = NULL;
	if (p == NULL)
		return err_memory(e);
	p->conn = to_proxy;
	p->sending = true;
	p->authorized = authorization.n > 0;
	buf_init_wiping(&p->head, H1_HEAD_MAX, "CONNECT request");
	h1_init(&p->reply, H1_CONNECT);
	if (!write_head(&p->head, host, port, authorization, user_agent, e)) {
		proxy_free(&p);
		return false;
	}
	remember_target(p);
	*out = p;
	return true;
}

void proxy_free(struct proxy **p)
{
	if (*p == NULL)
		return;
	buf_free(&(*p)->head);
	h1_free(&(*p)->reply);
	free(*p);
	*p = NULL;
}

const struct h1 *proxy_reply(const struct proxy *p)
{
	return &p->reply;
}

static enum io send_head(struct proxy *p, struct err *e)
{
	enum io io = IO_DONE;
	size_t n;

	while (io == IO_DONE && p->sent < p->head.n) {
		io = conn_write(p->conn, p->head.p + p->sent, p->head.n - p->sent, &n, e);
		p->sent += n;
	}
	return io == IO_DONE ? conn_flush(p->conn, e) : io;
}

/*
 * The scheme at the front of one element of a Proxy-Authenticate list, empty when the element is
 * a further parameter of the challenge before it ("realm=x").
 */
static struct span scheme_of(struct span element)
{
	size_t n = 0, after;

	while (n < element.n && h1_is_token(span_of(element.p + n, 1)))
		n++;
	for (after = n; after < element.n && (element.p[after] == ' ' || element.p[after] == '\t');)
		after++;
	if (after < element.n && (element.p[after] == '=' || after == n))
		return span_of(NULL, 0);
	return span_cut(element, 0, n);
}

/* Where the list's element that begins at `from` ends; commas inside quotes do not count. */
static size_t element_end(struct span list, size_t from)
{
	bool quoted = false;

	for (; from < list.n && (quoted || list.p[from] != ','); from++)
		if (list.p[from] == '"')
			quoted = !quoted;
		else if (quoted && list.p[from] == '\\')
			from++;
	return from < list.n ? from : list.n;
}

struct schemes {
	char text[SCHEMES_SHOWN_MAX]; /* "Negotiate, NTLM" */
	size_t n;
	bool basic;
};

static void add_scheme(struct schemes *s, struct span scheme)
{
	const char *comma = s->n > 0 ? ", " : "";
	size_t comma_n = strlen(comma);

	if (span_equal_nocase(scheme, span_str("Basic")))
		s->basic = true;
	if (scheme.n == 0 || s->n + comma_n + scheme.n >= sizeof s->text)
		return;
	memcpy(s->text + s->n, comma, comma_n);
	memcpy(s->text + s->n + comma_n, scheme.p, scheme.n);
	s->n += comma_n + scheme.n;
	s->text[s->n] = '\0';
}

static void read_schemes(const struct h1 *reply, struct schemes *out)
{
	struct span name, list;

	*out = (struct schemes){.n = 0};
	for (size_t i = 0; i < h1_field_count(reply); i++) {
		h1_field_at(reply, i, &name, &list);
		if (!span_equal_nocase(name, span_str("Proxy-Authenticate")))
			continue;
		for (size_t from = 0, to; from < list.n; from = to + 1) {
			to = element_end(list, from);
			add_scheme(out, scheme_of(span_trim(span_cut(list, from, to))));
		}
	}
}

static bool refuse_authentication(const struct proxy *p, struct err *e)
{
	struct schemes s;

	read_schemes(&p->reply, &s);
	if (!s.basic)
		return err_set(e, ERR_PROXY, 0,
			"proxy says 407: authentication required "
			"(offers %s; octavo supports Basic)",
			s.n > 0 ? s.text : "no scheme");
	if (p->authorized)
		return err_set(e, ERR_PROXY, 0,
			"proxy says 407: user or password refused (offers %s)", s.text);
	return err_set(e, ERR_PROXY, 0,
		"proxy says 407: authentication required "
		"(offers %s; put user:password@ in the proxy's URL)",
		s.text);
}

static const char *reason_of(int status)
{
	switch (status) {
	case 400:
		return "bad request";
	case 403:
		return "forbidden";
	case 404:
		return "not found";
	case 405:
		return "CONNECT not allowed";
	case 429:
		return "too many requests";
	case 500:
		return "internal error";
	case 502:
		return "cannot reach the host";
	case 503:
		return "overloaded or cannot reach the host";
	case 504:
		return "no answer from the host in time";
	default:
		return "refused";
	}
}

static bool lost(struct err *e, const char *why)
{
	return err_set(e, ERR_PROXY_BUSY, 0,
		"proxy closed the connection before its reply to CONNECT%s", why);
}

static bool judge(const struct proxy *p, struct err *e)
{
	int status = p->reply.status;
	bool later = status == 429 || (status >= 502 && status <= 504);

	if (status == 407)
		return refuse_authentication(p, e);
	if (status > 299)
		return err_set(e, later ? ERR_PROXY_BUSY : ERR_PROXY, 0,
		               "proxy says %d to CONNECT %s: %s", status, p->target,
		               reason_of(status));
	if (p->broken)
		return lost(e, " (reset)");
	return true;
}

/* Feeds what came; IO_DONE when the tunnel is open, IO_WANT_READ when the head is not whole yet. */
static enum io feed(struct proxy *p, struct span in, struct err *e)
{
	struct span body;
	enum h1_step step = h1_step(&p->reply, &in, &body, e);

	if (step == H1_MORE)
		return IO_WANT_READ;
	if (step == H1_FAIL) {
		err_wrap(e, "proxy's reply to CONNECT");
		e->kind = e->kind == ERR_MEMORY ? ERR_MEMORY : ERR_PROXY;
		return IO_FAIL;
	}
	assert(step == H1_HEAD);
	if (!judge(p, e))
		return IO_FAIL;
	if (in.n > 0) {
		err_set(e, ERR_PROXY, 0, "proxy sent bytes behind its reply to CONNECT %s",
			p->target);
		return IO_FAIL;
	}
	return IO_DONE;
}

static enum io read_reply(struct proxy *p, struct err *e)
{
	unsigned char in[READ_STEP];
	size_t n;
	enum io io;

	do {
		io = conn_read(p->conn, in, sizeof in, &n, e);
		if (io == IO_FAIL && (e->kind == ERR_CONNECT || e->kind == ERR_CUT))
			lost(e, " (reset)");
		if (io != IO_DONE)
			return io;
		if (n == 0) {
			lost(e, "");
			return IO_FAIL;
		}
		io = feed(p, span_of(in, n), e);
	} while (io == IO_WANT_READ);
	return io;
}

enum io proxy_step(struct proxy *p, struct err *e)
{
	enum io io = p->sending ? send_head(p, e) : IO_DONE;

	if (io != IO_DONE && io != IO_FAIL)
		return io;
	if (io == IO_FAIL && e->kind != ERR_CONNECT)
		return IO_FAIL;
	/* A proxy may say why before it closes on us: a failed write does not stop the reading. */
	p->sending = false;
	p->broken |= io == IO_FAIL;
	buf_free(&p->head);
	return read_reply(p, e);
}
