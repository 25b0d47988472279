#include "app/outset.h"

#include "app/link.h"
#include "base/limits.h"
#include "codex/constants.h"

/* The URLs this run may contact first; a later one (routing) shares the way of the service. */
static bool any_link(
	const struct config *c, bool (*test)(const struct url *, const struct url *, struct span))
{
	const struct url *proxy = c->proxy.given ? &c->proxy.url : NULL;
	struct span no_proxy = span_str(c->no_proxy);
	struct url service;
	struct err e;

	if (c->base_url.given)
		return test(&c->base_url.url, proxy, no_proxy);
	if (!url_parse(span_str(CODEX_ORIGIN), &service, &e) || test(&service, proxy, no_proxy))
		return true;
	return test(&c->auth_base.url, proxy, no_proxy) ||
	       (c->backend_origin.given && test(&c->backend_origin.url, proxy, no_proxy));
}

bool outset_begin(
	struct outset *m, const struct config *c, const struct command_io *io, struct err *e)
{
	policy_init(&m->policy);
	if (io->out < 0)
		return err_set(e, ERR_OUTPUT, 0, "stdout is closed");
	return !any_link(c, link_needs_names) || resolver_start(&m->resolver, e);
}

/* A pipe that stays silent may have less time than it usually gets. */
static bool load_token(
	struct outset *m, const struct config *c, const struct command_io *io, struct err *e)
{
	struct token_options o = c->token;
	int64_t left_ms = io->deadline_ms - clock_mono_ms(io->clock);
	bool ok = true;

	if (o.fifo_ms > left_ms)
		o.fifo_ms = left_ms;
	if (c->caller_secret_file != NULL)
		ok = token_load_caller(&m->token, c->caller_secret_file, o.fifo_ms, io->clock, e);
	else if (c->auth != AUTH_NONE)
		ok = token_load(&m->token, &o, io->clock, e);
	if (ok || e->kind != ERR_CREDENTIAL || clock_mono_ms(io->clock) < io->deadline_ms)
		return ok;
	e->kind = ERR_TIME;
	return err_wrap(e, "the run's time is over (--timeout), waiting for the token");
}

bool outset_load_token(
	struct outset *m, const struct config *c, const struct command_io *io, struct err *e)
{
	return load_token(m, c, io, e) &&
	       (m->token.secret == NULL || redact_learn(io->redact, m->token.secret, e));
}

bool outset_load_way(
	struct outset *m, const struct config *c, const struct command_io *io, struct err *e)
{
	struct trust_options trust = c->trust;

	trust.clock = io->clock;
	trust.deadline_ms = io->deadline_ms;
	buf_init_wiping(&m->proxy_authorization, 8 * URL_MAX, "the proxy's credential");
	if (c->proxy_credential != NULL &&
		!headers_proxy_authorization(&m->proxy_authorization, c->proxy_credential, e))
		return false;
	return !any_link(c, link_needs_tls) || trust_load(&m->trust, &trust, e);
}

bool outset_load_policy(
	struct outset *m, const struct config *c, const struct command_io *io, struct err *e)
{
	/* Of a gateway's calls it says as little as whoami and the workspace's bundle. */
	return c->base_url.given ||
	       policy_read_file(&m->policy, CODEX_REQUIREMENTS, io->clock, io->deadline_ms, e);
}

void outset_tell(const struct outset *m, const struct config *c, const struct log *log)
{
	for (size_t i = 0; i < CONFIG_NOTES; i++)
		if (c->notes[i][0] != '\0')
			log_note(log, "%s", c->notes[i]);
	for (size_t i = 0; i < sizeof m->token.notes / sizeof m->token.notes[0]; i++)
		if (m->token.notes[i][0] != '\0')
			log_note(log, "%s", m->token.notes[i]);
	if (m->token.secret != NULL)
		log_step(log, "token from %s", m->token.source);
	if (m->trust != NULL)
		log_step(log, "trust: %s", trust_describe(m->trust));
}

bool outset_load(
	struct outset *m, const struct config *c, const struct command_io *io, struct err *e)
{
	if (!outset_load_token(m, c, io, e) || !outset_load_way(m, c, io, e))
		return false;
	outset_tell(m, c, io->log);
	return outset_load_policy(m, c, io, e);
}

bool outset_connect(struct outset *m, const struct config *c, const struct command_io *io,
	enum session_purpose purpose, struct err *e)
{
	const struct session_options o = {
		.config = c,
		.token = &m->token,
		.clock = io->clock,
		.rand = io->rand,
		.log = io->log,
		.redact = io->redact,
		.resolver = m->resolver,
		.trust = m->trust,
		.policy = &m->policy,
		.judge = m->judge,
		.proxy_authorization = buf_span(&m->proxy_authorization),
		.deadline_ms = io->deadline_ms,
		.purpose = purpose,
	};

	return session_start(&m->session, &o, e);
}

void outset_end(struct outset *m, const struct command_io *io, bool ok, const struct err *e)
{
	if (!ok && m->session != NULL)
		session_report(m->session, e, io->report);
	session_free(&m->session);
	policy_free(&m->policy);
	buf_free(&m->proxy_authorization);
	trust_free(&m->trust);
	token_free(&m->token);
	resolver_stop(&m->resolver);
}
