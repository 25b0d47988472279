#include "net/dial.h"

#include <netinet/in.h>
#include <stdlib.h>

#include "base/assert.h"
#include "base/fmt.h"
#include "net/proxy.h"
#include "net/race.h"
#include "net/sock.h"
#include "wire/ip.h"

enum { HOP_TEXT_MAX = 300 };

enum phase {
	RESOLVING,   /* the name of the first hop */
	CONNECTING,  /* its addresses */
	PROXY_TLS,   /* handshake with an https proxy */
	TUNNELLING,  /* CONNECT */
	TARGET_TLS,  /* handshake with the target */
	READY,
	GIVEN,       /* the conn is the caller's */
	FAILED,
};

struct dial {
	struct dial_options o;
	enum phase phase;
	struct span first_host;          /* the proxy, or the target itself */
	uint16_t first_port;
	char first[HOP_TEXT_MAX];        /* "proxy.example:3128", for messages */
	char target[HOP_TEXT_MAX];
	bool no_false_start;
	struct lookup *lookup;
	struct race race;
	struct proxy *proxy;
	struct conn *conn;               /* the top of the stack so far; once given, the caller's */
	enum io want;
	int64_t since_ms, deadline_ms;   /* of the phase */
};

static void name_hop(char out[HOP_TEXT_MAX], struct span host, uint16_t port, bool unix_socket)
{
	const char *text = (const char *)host.p;
	int n = (int)(host.n < HOP_TEXT_MAX ? host.n : HOP_TEXT_MAX);

	if (unix_socket)
		fmt_into(out, HOP_TEXT_MAX, "unix:%.*s", n, text);
	else if (span_find(host, ':', 0) < host.n)
		fmt_into(out, HOP_TEXT_MAX, "[%.*s]:%u", n, text, port);
	else
		fmt_into(out, HOP_TEXT_MAX, "%.*s:%u", n, text, port);
}

/* "proxy " where the first hop is one. */
static const char *role(const struct dial *d)
{
	return d->o.proxy != NULL ? "proxy " : "";
}

static bool is_verbose(const struct dial *d)
{
	return d->o.log != NULL && d->o.log->verbose;
}

static int64_t spent_ms(const struct dial *d)
{
	return clock_mono_ms(d->o.clock) - d->since_ms;
}

/*
 * Up to the tunnel every failure is the proxy's, when there is one; a target that speaks no TLS, or
 * breaks it, is as little to be trusted as one with a bad certificate.
 */
static void blame(const struct dial *d, struct err *e)
{
	if (d->phase == TARGET_TLS && e->kind == ERR_PROTOCOL)
		e->kind = ERR_TRUST;
	if (d->o.proxy == NULL || d->phase > TUNNELLING)
		return;
	if (e->kind == ERR_NAME || e->kind == ERR_PROTOCOL || e->kind == ERR_CEILING)
		e->kind = ERR_PROXY;
	else if (e->kind == ERR_CONNECT)
		e->kind = ERR_PROXY_BUSY;
}

/* Says where it happened, and whose fault that is. */
static void explain(const struct dial *d, struct err *e)
{
	const char *shaking = e->kind == ERR_CONNECT ? "TLS handshake with " : "";
	size_t n = d->race.to.n;

	switch (d->phase) {
	case CONNECTING:
		if (n > 1)
			err_wrap(e, "%s%s (%zu addresses tried)", role(d), d->first, n);
		else
			err_wrap(e, "%s%s", role(d), d->first);
		break;
	case TARGET_TLS:
		err_wrap(e, "%s%s", shaking, d->target);
		break;
	case PROXY_TLS:
		err_wrap(e, "%sproxy %s", shaking, d->first);
		break;
	case TUNNELLING:
		err_wrap(e, "%s", d->first);
		break;
	default:
		if (d->o.proxy != NULL)
			err_wrap(e, "proxy");
		break;
	}
	blame(d, e);
}

static bool open_tls(struct dial *d, struct span host, struct err *e)
{
	struct conn *below = d->conn;
	struct tls_options t = {.host = host, .trust = d->o.trust, .clock = d->o.clock,
	                        .rand = d->o.rand, .false_start = !d->no_false_start};

	d->conn = NULL;
	return tls_open(&d->conn, below, &t, e);
}

static bool enter(struct dial *d, enum phase phase, struct err *e)
{
	const struct dial_options *o = &d->o;

	d->phase = phase;
	d->want = IO_DONE;
	d->since_ms = clock_mono_ms(o->clock);
	d->deadline_ms = clock_after(d->since_ms, o->connect_ms);
	switch (phase) {
	case RESOLVING:
		return lookup_start(&d->lookup, o->resolver, d->first_host, d->first_port, e);
	case PROXY_TLS:
		return open_tls(d, o->proxy->host, e);
	case TUNNELLING:
		return proxy_start(&d->proxy, d->conn, o->host, o->port, o->proxy->authorization,
		                   o->user_agent, e);
	case TARGET_TLS:
		return open_tls(d, o->host, e);
	default:
		return true;
	}
}

bool dial_start(struct dial **out, const struct dial_options *o, struct err *e)
{
	struct dial *d = calloc(1, sizeof *d);

	assert(o->proxy == NULL || !o->unix_socket);
	*out = NULL;
	if (d == NULL)
		return err_memory(e);
	d->o = *o;
	d->no_false_start = o->no_false_start;
	d->first_host = o->proxy != NULL ? o->proxy->host : o->host;
	d->first_port = o->proxy != NULL ? o->proxy->port : o->port;
	name_hop(d->first, d->first_host, d->first_port, o->unix_socket);
	name_hop(d->target, o->host, o->port, o->unix_socket);
	if (!enter(d, o->unix_socket ? CONNECTING : RESOLVING, e)) {
		explain(d, e);
		dial_free(&d);
		return false;
	}
	*out = d;
	return true;
}

void dial_free(struct dial **d)
{
	if (*d == NULL)
		return;
	lookup_free(&(*d)->lookup);
	race_free(&(*d)->race);
	proxy_free(&(*d)->proxy);
	if ((*d)->phase != GIVEN)
		conn_close(&(*d)->conn);
	free(*d);
	*d = NULL;
}

static enum io step_lookup(struct dial *d, struct err *e)
{
	struct addresses to;
	enum io io = lookup_step(d->lookup, &to, e);

	if (io == IO_DONE) {
		race_start(&d->race, &to, d->o.clock, d->o.connect_ms);
		lookup_free(&d->lookup);
		if (is_verbose(d))
			log_step(d->o.log, "%s%s has %zu address%s, %lld ms", role(d), d->first,
				to.n, to.n == 1 ? "" : "es", (long long)spent_ms(d));
	}
	return io;
}

/* "127.0.0.1" of a socket address. */
static const char *show_address(const struct sockaddr_storage *at, char out[IP_TEXT_MAX])
{
	bool v6 = at->ss_family == AF_INET6;
	const void *ip = v6 ? (const void *)&((const struct sockaddr_in6 *)at)->sin6_addr
	                    : (const void *)&((const struct sockaddr_in *)at)->sin_addr;

	ip_write(ip, v6 ? 16 : 4, out);
	return out;
}

static enum io step_unix(struct dial *d, struct err *e)
{
	if (d->conn == NULL && !sock_connect_unix(&d->conn, d->o.host, e))
		return IO_FAIL;
	return sock_connected(d->conn, e);
}

static enum io step_race(struct dial *d, struct err *e)
{
	char ip[IP_TEXT_MAX];
	size_t winner;
	enum io io = race_step(&d->race, &d->conn, &winner, e);

	if (io == IO_DONE && is_verbose(d))
		log_step(d->o.log, "connected to %s%s at %s, %lld ms", role(d), d->first,
		         show_address(&d->race.to.at[winner], ip), (long long)spent_ms(d));
	return io;
}

static enum io step_tunnel(struct dial *d, struct err *e)
{
	enum io io = proxy_step(d->proxy, e);

	if (io == IO_DONE) {
		proxy_free(&d->proxy);
		if (is_verbose(d))
			log_step(d->o.log, "tunnel through proxy %s to %s, %lld ms", d->first,
				d->target, (long long)spent_ms(d));
	}
	return io;
}

static enum io step_tls(struct dial *d, const char *who, const char *hop, struct err *e)
{
	enum io io = tls_handshake(d->conn, e);

	if (io == IO_DONE && is_verbose(d))
		log_step(d->o.log, "%s with %s%s, %lld ms", tls_describe(d->conn), who, hop,
		         (long long)spent_ms(d));
	return io;
}

static enum io step_phase(struct dial *d, struct err *e)
{
	switch (d->phase) {
	case RESOLVING:
		return step_lookup(d, e);
	case CONNECTING:
		return d->o.unix_socket ? step_unix(d, e) : step_race(d, e);
	case PROXY_TLS:
		return step_tls(d, "proxy ", d->first, e);
	case TUNNELLING:
		return step_tunnel(d, e);
	default:
		return step_tls(d, "", d->target, e);
	}
}

static enum phase next_phase(const struct dial *d)
{
	switch (d->phase) {
	case RESOLVING:
		return CONNECTING;
	case CONNECTING:
		if (d->o.proxy != NULL)
			return d->o.proxy->tls ? PROXY_TLS : TUNNELLING;
		break;
	case PROXY_TLS:
		return TUNNELLING;
	case TUNNELLING:
		break;
	default:
		return READY;
	}
	return d->o.tls ? TARGET_TLS : READY;
}

/* Puts into *e what was waited for in vain. CONNECTING keeps its own deadlines, one per address. */
static bool is_late(const struct dial *d, struct err *e)
{
	static const char *const waited[] = {
		[RESOLVING] = "no answer to the look-up of",
		[PROXY_TLS] = "no end of the TLS handshake with",
		[TUNNELLING] = "no answer to CONNECT from",
		[TARGET_TLS] = "no end of the TLS handshake with",
	};
	bool target = d->phase == TARGET_TLS;
	char t[CLOCK_TEXT_MAX];

	if (d->phase == CONNECTING || clock_mono_ms(d->o.clock) < d->deadline_ms)
		return false;
	err_set(e, ERR_TIME_CONNECT, 0, "%s %s%s within %s", waited[d->phase],
	        target ? "" : role(d), target ? d->target : d->first,
	        clock_format_ms(d->o.connect_ms, t));
	return true;
}

/* A proxy that may have stumbled over False Start gets a second connection without it. */
static bool start_over(struct dial *d)
{
	struct err ignored;

	if (d->phase != TUNNELLING || !d->o.proxy->tls || d->no_false_start ||
	    !tls_false_start_suspect(d->conn))
		return false;
	if (is_verbose(d))
		log_step(d->o.log, "proxy %s may not know TLS False Start: trying without",
			d->first);
	proxy_free(&d->proxy);
	conn_close(&d->conn);
	d->no_false_start = true;
	race_start(&d->race, &d->race.to, d->o.clock, d->o.connect_ms);
	return enter(d, CONNECTING, &ignored);
}

enum io dial_step(struct dial *d, struct err *e)
{
	assert(d->phase != FAILED && d->phase != GIVEN);
	while (d->phase != READY) {
		d->want = step_phase(d, e);
		if (d->want == IO_WANT_READ || d->want == IO_WANT_WRITE) {
			if (!is_late(d, e))
				return d->want;
			d->phase = FAILED;
			return IO_FAIL;
		}
		if (d->want == IO_FAIL && start_over(d))
			continue;
		if (d->want == IO_FAIL || !enter(d, next_phase(d), e)) {
			explain(d, e);
			d->phase = FAILED;
			return IO_FAIL;
		}
	}
	return IO_DONE;
}

size_t dial_poll(const struct dial *d, struct pollfd set[DIAL_POLL_MAX], int64_t *deadline_ms)
{
	*deadline_ms = d->deadline_ms;
	switch (d->phase) {
	case RESOLVING:
		set[0] = (struct pollfd){.fd = lookup_fd(d->lookup), .events = POLLIN};
		return 1;
	case CONNECTING:
		return race_poll(&d->race, set, deadline_ms);
	case PROXY_TLS:
	case TUNNELLING:
	case TARGET_TLS:
		set[0] = (struct pollfd){.fd = conn_fd(d->conn), .events = conn_events(d->want)};
		return 1;
	default:
		return 0;
	}
}

struct conn *dial_take(struct dial *d)
{
	assert(d->phase == READY);
	d->phase = GIVEN;
	return d->conn;
}

bool dial_false_start_suspect(const struct dial *d)
{
	return d->phase == GIVEN && d->o.tls && !d->no_false_start &&
	       tls_false_start_suspect(d->conn);
}
