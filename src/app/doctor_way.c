#include "app/doctor_parts.h"

#include "base/fmt.h"
#include "codex/constants.h"

static const char cure_inspected[] =
	"have the administrator of this network give you that root as a PEM file, and name it with "
	"CODEX_CA_CERTIFICATE (beside the others), or with --cacert or SSL_CERT_FILE (alone)";
static const char cure_trust[] =
	"a public authority issued it, and the trust anchors in use lack that: leave --cacert and "
	"SSL_CERT_FILE away, or add your own root with CODEX_CA_CERTIFICATE";

/* Does the public know who issues this host's certificates? A gateway's root is often its own. */
static bool is_public_host(const struct link *l)
{
	return url_host_under(l->url.host, CODEX_DOMAIN_CHATGPT) ||
	       url_host_under(l->url.host, CODEX_DOMAIN_OPENAI);
}

static void say_name(struct doctor *d, struct hop *h, const struct link *l)
{
	const struct url *first = l->proxied ? l->route->proxy : &l->url;
	size_t n = l->facts.addresses;

	if (first->ipv4 || first->ipv6)
		hop_say(d, h, HOP_OK, "an address");
	else
		hop_say(d, h, HOP_OK, "%zu address%s%s", n, n == 1 ? "" : "es",
			l->proxied ? "; the proxy looks up all other names" : "");
}

static void say_tcp(struct doctor *d, struct hop *h, const struct link *l)
{
	hop_say(d, h, HOP_OK, "connected%s%s%s", l->facts.address[0] != '\0' ? " to " : "",
		l->facts.address, l->proxied ? ", the proxy" : "");
}

static void say_proxy(struct doctor *d, struct hop *h, const struct link *l)
{
	hop_say(d, h, HOP_OK, "CONNECT accepted (%d)", l->facts.proxy_status);
}

/* A good handshake; that somebody reads along with the user's blessing is told. */
static void say_tls(
	struct doctor *d, struct hop *h, const struct link *l, const struct tls_facts *f)
{
	const struct verify_facts *v = &f->certificates;
	bool inspected = f == &l->facts.tls && is_public_host(l) && !v->public_root;
	char until[CLOCK_TEXT_MAX];

	clock_format_utc(v->not_after_s, until);
	hop_say(d, h, HOP_OK, "TLS 1.2 %s, certificate issued by '%s', valid until %s%s%s",
		f->suite, v->issuer, until,
		inspected ? "; this network inspects TLS: that is no public authority, but trusted "
			    "here by "
			  : "",
		inspected ? trust_describe(d->outset.trust) : "");
}

static void say_proxy_tls(struct doctor *d, struct hop *h, const struct link *l)
{
	say_tls(d, h, l, &l->facts.proxy_tls);
}

static void say_target_tls(struct doctor *d, struct hop *h, const struct link *l)
{
	say_tls(d, h, l, &l->facts.tls);
}

static const struct {
	const char *name;
	void (*say)(struct doctor *d, struct hop *h, const struct link *l);
} kinds[DIAL_HOPS] = {
	[DIAL_NAME] = {"name", say_name},
	[DIAL_TCP] = {"tcp", say_tcp},
	[DIAL_PROXY_TLS] = {"tls", say_proxy_tls},
	[DIAL_PROXY] = {"proxy", say_proxy},
	[DIAL_TLS] = {"tls", say_target_tls},
};

static bool applies(const struct link *l, enum dial_hop hop)
{
	switch (hop) {
	case DIAL_NAME: return l->url.scheme != URL_UNIX;
	case DIAL_PROXY_TLS: return l->proxied && l->proxy.tls;
	case DIAL_PROXY: return l->proxied;
	case DIAL_TLS: return l->url.scheme == URL_HTTPS;
	default: return true;
	}
}

/* A certificate that nobody here trusts. */
static void break_trust(
	struct doctor *d, struct hop *h, const struct link *l, const struct err *why)
{
	const struct verify_facts *f = &l->facts.tls.certificates;
	struct err told;

	if (!f->unvouched || f->public_root || !is_public_host(l)) {
		hop_break(d, h, why, f->unvouched && f->public_root ? cure_trust : NULL);
		return;
	}
	err_set(&told, why->kind, 0,
		"this network inspects TLS: certificate issued by '%s', which is not trusted here "
		"(%s)",
		f->issuer, trust_describe(d->outset.trust));
	hop_break(d, h, &told, cure_inspected);
}

static void break_at(struct doctor *d, struct hop *h, const struct link *l, enum dial_hop hop,
	const struct err *why)
{
	if (hop == DIAL_TLS && why->kind == ERR_TRUST)
		break_trust(d, h, l, why);
	else if (hop == DIAL_PROXY)
		hop_break(d, h, why, doctor_cure_portal(l->facts.proxy_status, false));
	else
		hop_break(d, h, why, NULL);
}

/* Of the proxy, or of the link's own host. */
static struct hop *add(struct doctor *d, const struct link *l, enum dial_hop hop)
{
	char proxy[JSONL_NAME_MAX];
	size_t n;

	if (!l->proxied || hop >= DIAL_PROXY)
		return hop_add_link(d, kinds[hop].name, l);
	n = fmt_into(proxy, sizeof proxy, "%.*s:%u", (int)l->proxy.host.n,
		(const char *)l->proxy.host.p, l->proxy.port);
	return hop_add(d, kinds[hop].name, span_of(proxy, n < sizeof proxy ? n : sizeof proxy - 1));
}

/* The way to the proxy has been told, when it is as it was before. */
static bool is_told(const struct doctor *d, const struct way *w, enum dial_hop hop)
{
	for (const struct way *o = d->ways; o < w; o++)
		if (o->link != NULL && o->link->proxied && w->link->proxied && hop < DIAL_PROXY &&
			o->link->facts.hops[hop].outcome == w->link->facts.hops[hop].outcome)
			return true;
	return false;
}

/* The hop that broke is known, or it is the one in hand when the run's time was over. */
static void record(struct doctor *d, struct way *w, const struct err *why)
{
	const struct link *l = w->link;
	bool broken = w->open;

	for (enum dial_hop i = 0; i < DIAL_HOPS; i++) {
		const struct dial_hop_facts *f = &l->facts.hops[i];
		bool breaks = f->outcome != DIAL_PASSED && !broken;
		struct hop *h;

		if (!applies(l, i))
			continue;
		broken = broken || breaks;
		if (is_told(d, w, i))
			continue;
		h = add(d, l, i);
		if (i == DIAL_TLS)
			w->tls = h;
		if (f->outcome != DIAL_NOT_MET)
			h->ms = f->ms;
		if (f->outcome == DIAL_PASSED)
			kinds[i].say(d, h, l);
		else if (breaks)
			break_at(d, h, l, i, why);
	}
}

void doctor_walk_way(struct doctor *d, struct way *w, struct link *l)
{
	struct session *s = d->outset.session;
	struct err why = {.kind = ERR_NONE};

	w->link = l;
	loop_expect(&s->loop, "a connection", l);
	w->open = exchange_connect(&s->loop, l, &why);
	record(d, w, &why);
}
