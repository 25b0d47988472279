#include "app/doctor_parts.h"

#include <stdlib.h>

#include "app/egress.h"
#include "base/fmt.h"
#include "codex/constants.h"

/* Of the run's time so much is kept for the telling. */
enum { TELLING_PARTS = 40 };

static void look_at_proxy(struct doctor *d)
{
	const struct config *c = d->config;
	const struct url *u = &c->proxy.url;
	struct hop *h = hop_add(d, "proxy", span_of(NULL, 0));

	if (c->proxy_refused.kind != ERR_NONE)
		hop_break(d, h, &c->proxy_refused,
			"name a proxy as http://HOST:PORT or https://HOST:PORT");
	else if (!c->proxy.given)
		hop_say(d, h, HOP_OK, "none is set: the way is direct");
	else
		hop_say(d, h, HOP_OK, "%s://%.*s:%u, of %s%s%s",
			u->scheme == URL_HTTPS ? "https" : "http", (int)u->host.n,
			(const char *)u->host.p, u->port, c->named_proxy,
			c->proxy_credential != NULL ? ", with a user" : "",
			c->proxy_password != NULL ? " and password" : "");
}

static void say_token(struct doctor *d, struct hop *h)
{
	static const char *const kinds[] = {
		[TOKEN_PERSONAL] = "personal access token",
		[TOKEN_JWT] = "access JWT",
		[TOKEN_CALLER] = "a secret of the caller's",
	};
	const struct token *t = &d->outset.token;
	char until[CLOCK_TEXT_MAX] = "";

	if (t->expires_s != 0)
		clock_format_utc(t->expires_s, until);
	hop_say(d, h, HOP_OK, "%s from %s%s%s", kinds[t->kind], t->source,
		until[0] != '\0' ? ", ends " : "", until);
}

static bool look_at_token(struct doctor *d)
{
	struct hop *h = hop_add(d, "credential", span_of(NULL, 0));
	struct err why;

	if (!outset_load_token(&d->outset, d->config, &d->io, &why)) {
		hop_break(d, h, &why, NULL);
		return false;
	}
	if (d->outset.token.secret == NULL)
		hop_say(d, h, HOP_NOT_REACHED, "none is sent (--auth none)");
	else
		say_token(d, h);
	return true;
}

/* A pipe that stays silent must not take the other hops' time. */
static struct command_io while_reading(const struct doctor *d)
{
	struct command_io io = d->io;
	int64_t until_ms = clock_after(clock_mono_ms(io.clock), d->config->lookup_ms);

	if (until_ms < io.deadline_ms)
		io.deadline_ms = until_ms;
	return io;
}

/*
 * Where the anchors asked for cannot be had, the system's show at least what certificates there
 * are; no secret is then sent.
 */
static bool look_at_trust(struct doctor *d)
{
	struct hop *h = hop_add(d, "trust", span_of(NULL, 0));
	const struct trust_options system = {.clock = NULL};
	const struct command_io io = while_reading(d);
	struct err why;

	if (outset_load_way(&d->outset, d->config, &io, &why)) {
		if (d->outset.trust == NULL)
			hop_say(d, h, HOP_NOT_REACHED, "there is no TLS on this way");
		else
			hop_say(d, h, HOP_OK, "%s", trust_describe(d->outset.trust));
		return true;
	}
	hop_break(d, h, &why,
		why.kind == ERR_TRUST ? "name a file with certificates in PEM with --cacert, "
					"SSL_CERT_FILE or CODEX_CA_CERTIFICATE, or unset it"
				      : NULL);
	d->aimless = !trust_load(&d->outset.trust, &system, &why);
	return false;
}

static bool look_at_machine(struct doctor *d)
{
	struct hop *h = hop_add(d, "policy", span_of(NULL, 0));
	const struct command_io io = while_reading(d);
	struct err why;

	if (!outset_load_policy(&d->outset, d->config, &io, &why)) {
		hop_break(d, h, &why, NULL);
		return false;
	}
	if (d->config->base_url.given)
		hop_say(d, h, HOP_NOT_REACHED, "%s is not for gateways", CODEX_REQUIREMENTS);
	else
		hop_say_policy(d, h, 0, "no " CODEX_REQUIREMENTS " here");
	d->machine_n = d->outset.policy.told.n;
	return true;
}

/* What cannot be looked at at all. */
static void pass_over(struct doctor *d)
{
	static const char *const names[] = {
		"name", "tcp", "tls", "whoami", "clock", "routing", "policy", "model", "live"};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		(void)hop_add(d, names[i], span_of(NULL, 0));
}

static void walk_net(struct doctor *d)
{
	struct err why;

	if (d->config->proxy_refused.kind != ERR_NONE || d->aimless) {
		pass_over(d);
		return;
	}
	if (outset_connect(&d->outset, d->config, &d->io, SESSION_ASK, &why)) {
		doctor_walk_service(d);
		return;
	}
	hop_break(d, hop_add(d, "name", span_of(NULL, 0)), &why, NULL);
}

static void walk(struct doctor *d)
{
	bool token, trust, machine;

	look_at_proxy(d);
	token = look_at_token(d);
	trust = look_at_trust(d);
	outset_tell(&d->outset, d->config, d->io.log);
	machine = look_at_machine(d);
	d->credible = token && trust && machine;
	walk_net(d);
}

static const struct hop *first_broken(const struct doctor *d)
{
	for (size_t i = 0; i < d->n; i++)
		if (d->hops[i].state == HOP_BROKEN)
			return &d->hops[i];
	return NULL;
}

/* True when all is well and has been told. */
static bool finish(struct doctor *d, const struct command_io *io, struct err *e)
{
	const struct hop *first = first_broken(d);

	if (d->lost.kind != ERR_NONE) {
		*e = d->lost;
		return false;
	}
	if (!doctor_tell(d, io, first, e))
		return false;
	if (first == NULL)
		return true;
	io->report->told = true;
	return err_set(e, first->kind, 0, "the first broken hop is %s%s%s", first->name,
		first->host[0] != '\0' ? " of " : "", first->host);
}

static void end(struct doctor **d, bool ok, const struct err *e)
{
	outset_end(&(*d)->outset, &(*d)->io, ok, e);
	input_free(&(*d)->question);
	for (size_t i = 0; i < (*d)->n; i++)
		buf_free(&(*d)->hops[i].detail);
	free(*d);
	*d = NULL;
}

bool doctor_run(const struct config *c, const struct command_io *io, struct err *e)
{
	struct doctor *d;
	bool ok;

	if (c->print_egress)
		return egress_run(c, io, e);
	d = calloc(1, sizeof *d);
	if (d == NULL)
		return err_memory(e);
	d->config = c;
	d->io = *io;
	d->io.deadline_ms -= c->run_ms / TELLING_PARTS;
	ok = outset_begin(&d->outset, c, &d->io, e);
	if (ok) {
		walk(d);
		ok = finish(d, io, e);
	}
	end(&d, ok, e);
	return ok;
}
