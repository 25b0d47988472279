#include "net/dial_parts.h"

#include <netinet/in.h>

#include "base/fmt.h"
#include "wire/date.h"
#include "wire/ip.h"

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

void dial_name_hops(struct dial *d)
{
	const struct dial_options *o = &d->o;

	name_hop(d->first, d->first_host, d->first_port, o->unix_socket);
	name_hop(d->target, o->host, o->port, o->unix_socket);
}

/* "proxy " where the first hop is one. */
static const char *role(const struct dial *d)
{
	return d->o.proxy != NULL ? "proxy " : "";
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

void dial_explain(const struct dial *d, struct err *e)
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

bool dial_is_late(const struct dial *d, struct err *e)
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
	        clock_format_ms(d->limit_ms, t));
	return true;
}

/* "127.0.0.1" of a socket address. */
static void show_address(const struct sockaddr_storage *at, char out[IP_TEXT_MAX])
{
	bool v6 = at->ss_family == AF_INET6;
	const void *ip = v6 ? (const void *)&((const struct sockaddr_in6 *)at)->sin6_addr
	                    : (const void *)&((const struct sockaddr_in *)at)->sin_addr;

	ip_write(ip, v6 ? 16 : 4, out);
}

static void tell(const struct dial *d, const char *address)
{
	const struct log *log = d->o.log;
	size_t n = d->race.to.n;
	long long ms = clock_mono_ms(d->o.clock) - d->since_ms;

	switch (d->phase) {
	case RESOLVING:
		log_step(log, "%s%s has %zu address%s, %lld ms", role(d), d->first, n,
			n == 1 ? "" : "es", ms);
		break;
	case CONNECTING:
		if (!d->o.unix_socket)
			log_step(log, "connected to %s%s at %s, %lld ms", role(d), d->first,
				address, ms);
		break;
	case TUNNELLING:
		log_step(log, "tunnel through proxy %s to %s, %lld ms", d->first, d->target, ms);
		break;
	default:
		log_step(log, "%s with %s%s, %lld ms", tls_describe(d->conn),
			d->phase == PROXY_TLS ? "proxy " : "",
			d->phase == PROXY_TLS ? d->first : d->target, ms);
	}
}

static void keep_reply(const struct dial *d, struct dial_facts *f)
{
	const struct h1 *reply = proxy_reply(d->proxy);
	int64_t now_s = clock_wall_ms(d->o.clock) / 1000;

	f->proxy_status = reply->status;
	f->dated = date_parse(h1_field(reply, "date"), now_s, &f->date_s);
}

static void keep(const struct dial *d, struct dial_facts *f)
{
	switch (d->phase) {
	case RESOLVING:
		f->addresses = d->race.to.n;
		break;
	case CONNECTING:
		break;
	case TUNNELLING:
		if (d->proxy != NULL)
			keep_reply(d, f);
		break;
	default:
		if (d->conn != NULL)
			tls_tell(d->conn, d->phase == PROXY_TLS ? &f->proxy_tls : &f->tls);
	}
}

void dial_note(const struct dial *d, bool well)
{
	struct dial_facts *f = d->o.facts;
	char address[IP_TEXT_MAX] = "";

	if (well && d->phase == CONNECTING && !d->o.unix_socket)
		show_address(&d->race.to.at[d->winner], address);
	if (well && d->o.log != NULL)
		tell(d, address);
	if (f == NULL)
		return;
	keep(d, f);
	f->hops[d->phase] = (struct dial_hop_facts){
		well ? DIAL_PASSED : DIAL_BROKE, clock_mono_ms(d->o.clock) - d->since_ms};
	if (address[0] != '\0')
		fmt_into(f->address, sizeof f->address, "%s", address);
}
