#include "net/dial_parts.h"

#include <stdlib.h>

#include "base/assert.h"
#include "net/sock.h"

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
	d->limit_ms = phase == RESOLVING && o->name_ms > 0 ? o->name_ms : o->connect_ms;
	d->deadline_ms = clock_after(d->since_ms, d->limit_ms);
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
	dial_name_hops(d);
	if (o->facts != NULL)
		*o->facts = (struct dial_facts){.addresses = 0};
	if (!enter(d, o->unix_socket ? CONNECTING : RESOLVING, e)) {
		dial_explain(d, e);
		dial_note(d, false);
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
	}
	return io;
}

static enum io step_unix(struct dial *d, struct err *e)
{
	if (d->conn == NULL && !sock_connect_unix(&d->conn, d->o.host, e))
		return IO_FAIL;
	return sock_connected(d->conn, e);
}

static enum io step_phase(struct dial *d, struct err *e)
{
	switch (d->phase) {
	case RESOLVING:
		return step_lookup(d, e);
	case CONNECTING:
		return d->o.unix_socket ? step_unix(d, e)
		                        : race_step(&d->race, &d->conn, &d->winner, e);
	case TUNNELLING:
		return proxy_step(d->proxy, e);
	default:
		return tls_handshake(d->conn, e);
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

/* A proxy that may have stumbled over False Start gets a second connection without it. */
static bool start_over(struct dial *d)
{
	struct err ignored;

	if (d->phase != TUNNELLING || !d->o.proxy->tls || d->no_false_start ||
	    !tls_false_start_suspect(d->conn))
		return false;
	if (d->o.log != NULL)
		log_step(d->o.log, "proxy %s may not know TLS False Start: trying without",
			d->first);
	proxy_free(&d->proxy);
	conn_close(&d->conn);
	d->no_false_start = true;
	race_start(&d->race, &d->race.to, d->o.clock, d->o.connect_ms);
	return enter(d, CONNECTING, &ignored);
}

/* What of the phase is not needed any more goes once it has been told. */
static void leave(struct dial *d)
{
	dial_note(d, true);
	if (d->phase == TUNNELLING)
		proxy_free(&d->proxy);
}

static enum io fail(struct dial *d)
{
	dial_note(d, false);
	d->phase = FAILED;
	return IO_FAIL;
}

enum io dial_step(struct dial *d, struct err *e)
{
	assert(d->phase != FAILED && d->phase != GIVEN);
	while (d->phase != READY) {
		d->want = step_phase(d, e);
		if (d->want == IO_WANT_READ || d->want == IO_WANT_WRITE) {
			if (!dial_is_late(d, e))
				return d->want;
			return fail(d);
		}
		if (d->want == IO_FAIL && start_over(d))
			continue;
		if (d->want == IO_DONE)
			leave(d);
		if (d->want == IO_FAIL || !enter(d, next_phase(d), e)) {
			dial_explain(d, e);
			return fail(d);
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
