#include "app/egress.h"

#include "app/link.h"
#include "app/report.h"
#include "base/fmt.h"
#include "codex/constants.h"

enum { ROWS_MAX = 8, PLACE_MAX = 512, COLUMN = 24 };

struct row {
	struct span host;  /* without brackets; of a unix socket its path */
	uint16_t port;     /* 0 = none */
	const char *purpose;
	bool by_proxy;
};

struct listing {
	const struct config *config;
	struct row rows[ROWS_MAX];
	size_t n;
	bool by_proxy; /* one of them at least */
	bool names;    /* ... and a name is looked up here */
};

static void add(struct listing *l, const struct url *u, const char *purpose)
{
	const struct config *c = l->config;
	const struct url *proxy = c->proxy.given ? &c->proxy.url : NULL;
	struct span no_proxy = span_str(c->no_proxy);
	bool by_proxy = link_goes_by_proxy(u, proxy, no_proxy);

	l->rows[l->n++] = (struct row){
		u->host, u->scheme == URL_UNIX ? 0 : u->port, purpose, by_proxy};
	l->by_proxy = l->by_proxy || by_proxy;
	l->names = l->names || link_needs_names(u, proxy, no_proxy);
}

static void add_text(struct listing *l, const char *url, const char *purpose)
{
	struct url u;
	struct err ignored;

	if (url_parse(span_str(url), &u, &ignored))
		add(l, &u, purpose);
}

/* Any name below: what stands for it only has the same way. */
static void add_below(struct listing *l, const char *url, const char *name)
{
	size_t at = l->n;

	add_text(l, url, "the model call, where workspace routing says so");
	if (l->n > at)
		l->rows[at].host = span_str(name);
}

static void fill(struct listing *l)
{
	const struct config *c = l->config;

	if (c->base_url.given) {
		add(l, &c->base_url.url, "models, the model call");
	} else {
		add(l, &c->auth_base.url, "whoami");
		add_text(l, CODEX_ORIGIN,
			c->backend_origin.given ? "policy, models"
						: "routing, policy, models, the model call");
		if (c->backend_origin.given) {
			add(l, &c->backend_origin.url, "the model call");
		} else {
			add_below(l, "https://x." CODEX_DOMAIN_CHATGPT, "*." CODEX_DOMAIN_CHATGPT);
			add_below(l, "https://x." CODEX_DOMAIN_OPENAI, "*." CODEX_DOMAIN_OPENAI);
		}
	}
	if (l->by_proxy)
		l->rows[l->n++] = (struct row){
			c->proxy.url.host, c->proxy.url.port, "the proxy", false};
	if (l->names)
		l->rows[l->n++] = (struct row){span_str("/etc/resolv.conf"), 53,
			l->by_proxy ? "its name servers, for the proxy's name"
				    : "its name servers, for these names",
			false};
}

static bool write_row(const struct row *r, struct buf *out, struct err *e)
{
	bool v6 = span_find(r->host, ':', 0) < r->host.n, path = r->port == 0;
	char place[PLACE_MAX], port[8] = "";
	size_t n;

	if (!path)
		fmt_into(port, sizeof port, ":%u", r->port);
	v6 = v6 && !path;
	n = fmt_into(place, sizeof place, "%s%s%.*s%s%s", path ? "unix:" : "", v6 ? "[" : "",
		(int)r->host.n, (const char *)r->host.p, v6 ? "]" : "", port);
	if (!buf_add_str(out, place, e))
		return false;
	for (; n < COLUMN; n++)
		if (!buf_add_byte(out, ' ', e))
			return false;
	return buf_add_strs(out, (const char *const[]){"  ", r->purpose,
					 r->by_proxy ? ", by the proxy" : "", "\n", NULL}, e);
}

static bool write_text(const struct listing *l, struct buf *out, struct err *e)
{
	for (size_t i = 0; i < l->n; i++)
		if (!write_row(&l->rows[i], out, e))
			return false;
	return true;
}

static void write_object(struct jsonw *w, const struct row *r)
{
	jsonw_object(w);
	jsonw_name(w, "host");
	jsonw_text(w, r->host);
	jsonl_number(w, "port", r->port, r->port != 0);
	jsonw_name(w, "for");
	jsonw_str(w, r->purpose);
	jsonw_name(w, "by_proxy");
	jsonw_bool(w, r->by_proxy);
	jsonw_object_end(w);
}

static bool write_json(const struct listing *l, struct buf *out, struct err *e)
{
	struct jsonw w;

	jsonw_init(&w, out);
	jsonw_object(&w);
	jsonw_name(&w, "egress");
	jsonw_array(&w);
	for (size_t i = 0; i < l->n; i++)
		write_object(&w, &l->rows[i]);
	jsonw_array_end(&w);
	jsonw_object_end(&w);
	return jsonw_end(&w, e);
}

bool egress_run(const struct config *c, const struct command_io *io, struct err *e)
{
	struct listing l = {.config = c};
	struct buf out;
	bool ok;

	if (io->out < 0)
		return err_set(e, ERR_OUTPUT, 0, "stdout is closed");
	if (c->proxy_refused.kind != ERR_NONE) {
		*e = c->proxy_refused;
		return false;
	}
	fill(&l);
	buf_init(&out, REPORT_MAX, "the output");
	ok = c->json ? write_json(&l, &out, e) && jsonl_write(io->lines, buf_span(&out), e)
		     : write_text(&l, &out, e) && report_write(c, io, buf_span(&out), e);
	buf_free(&out);
	return ok;
}
