#include "app/link.h"

#include "base/fmt.h"
#include "wire/noproxy.h"

bool link_goes_by_proxy(const struct url *u, const struct url *proxy, struct span no_proxy)
{
	/*
	 * Plain http is for this machine only, and no proxy ever sees it. An https origin on this
	 * machine goes by the proxy unless no_proxy names it, as with other clients.
	 */
	return proxy != NULL && u->scheme == URL_HTTPS &&
	       !noproxy_covers(no_proxy, u->host, u->port);
}

bool link_needs_names(const struct url *u, const struct url *proxy, struct span no_proxy)
{
	const struct url *first = link_goes_by_proxy(u, proxy, no_proxy) ? proxy : u;

	return first->scheme != URL_UNIX && !first->ipv4 && !first->ipv6 && !url_is_loopback(first);
}

bool link_needs_tls(const struct url *u, const struct url *proxy, struct span no_proxy)
{
	/* Nothing but https goes by a proxy, of whatever scheme. */
	(void)proxy;
	(void)no_proxy;
	return u->scheme == URL_HTTPS;
}

static bool add_authority(struct link *l, struct err *e)
{
	uint16_t usual = l->url.scheme == URL_HTTPS ? 443 : 80;
	char port[8] = "";

	if (l->url.scheme == URL_UNIX)
		return buf_add_str(&l->authority, "localhost", e);
	if (l->url.port != usual)
		fmt_into(port, sizeof port, ":%u", l->url.port);
	return buf_add_str(&l->authority, l->url.ipv6 ? "[" : "", e) &&
	       buf_add(&l->authority, l->url.host, e) &&
	       buf_add_strs(&l->authority,
		       (const char *const[]){l->url.ipv6 ? "]" : "", port, NULL}, e);
}

bool link_init(struct link *l, const struct route *route, struct span origin, struct err *e)
{
	*l = (struct link){.route = route};
	buf_init(&l->text, 4096, "the URL");
	buf_init(&l->authority, 4096, "the URL");
	if (!buf_add(&l->text, origin, e) || !url_parse(buf_span(&l->text), &l->url, e) ||
		!add_authority(l, e)) {
		link_free(l);
		return false;
	}
	l->proxied = link_goes_by_proxy(&l->url, route->proxy, route->no_proxy);
	if (l->proxied)
		l->proxy = (struct dial_proxy){
			.host = route->proxy->host,
			.port = route->proxy->port,
			.tls = route->proxy->scheme == URL_HTTPS,
			.authorization = route->proxy_authorization,
		};
	return true;
}

void link_free(struct link *l)
{
	link_release(l, false);
	buf_free(&l->text);
	buf_free(&l->authority);
}

bool link_prepare(struct link *l, struct err *e)
{
	const struct dial_options o = {
		.host = l->url.host,
		.port = l->url.port,
		.tls = l->url.scheme == URL_HTTPS,
		.unix_socket = l->url.scheme == URL_UNIX,
		.no_false_start = l->no_false_start,
		.proxy = l->proxied ? &l->proxy : NULL,
		.resolver = l->route->resolver,
		.trust = l->route->trust,
		.clock = l->route->clock,
		.rand = l->route->rand,
		.user_agent = l->route->user_agent,
		.log = l->route->log,
		.connect_ms = l->route->connect_ms,
		.name_ms = l->route->name_ms,
		.facts = &l->facts,
	};

	if (l->conn != NULL || l->dial != NULL)
		return true;
	l->failed = false;
	l->exchanges = 0;
	if (!dial_start(&l->dial, &o, e))
		return false;
	link_step(l);
	return true;
}

bool link_is_dialling(const struct link *l)
{
	return l->dial != NULL && l->conn == NULL;
}

void link_step(struct link *l)
{
	if (!link_is_dialling(l))
		return;
	switch (dial_step(l->dial, &l->why)) {
	case IO_DONE:
		l->conn = dial_take(l->dial);
		return;
	case IO_FAIL:
		l->failed = true;
		dial_free(&l->dial);
		return;
	default:
		return;
	}
}

bool link_is_open(struct link *l, struct err *e)
{
	if (l->conn != NULL)
		return true;
	e->kind = ERR_NONE;
	if (l->failed) {
		*e = l->why;
		l->failed = false;
	}
	return false;
}

void link_release(struct link *l, bool keep)
{
	if (keep) {
		l->exchanges++;
		return;
	}
	conn_close(&l->conn);
	dial_free(&l->dial);
	l->exchanges = 0;
	l->failed = false;
}

bool link_blames_false_start(struct link *l)
{
	bool suspect = l->conn != NULL && l->dial != NULL && l->exchanges == 0 &&
		       !l->no_false_start && dial_false_start_suspect(l->dial);

	if (suspect) {
		link_release(l, false);
		l->no_false_start = true;
	}
	return suspect;
}
