#include "app/ask.h"

#include <sys/stat.h>
#include <unistd.h>

#include "app/link.h"
#include "app/session.h"
#include "codex/constants.h"

/* Everything ask owns, so that one place gives it back. */
struct ask {
	struct resolver *resolver;
	struct redact *redact; /* borrowed */
	struct token token;
	struct trust *trust;
	struct buf proxy_authorization;
	struct input *input;
	struct sink *sink;
	struct session *session;
};

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

/* A pipe that stays silent may have less time than it usually gets. */
static bool load_token(struct ask *a, const struct config *c, const struct clock *clock,
                       int64_t deadline_ms, struct err *e)
{
	struct token_options o = c->token;
	int64_t left_ms = deadline_ms - clock_mono_ms(clock);
	bool ok = true;

	if (o.fifo_ms > left_ms)
		o.fifo_ms = left_ms;
	if (c->caller_secret_file != NULL)
		ok = token_load_caller(&a->token, c->caller_secret_file, o.fifo_ms, clock, e);
	else if (c->auth != AUTH_NONE)
		ok = token_load(&a->token, &o, clock, e);
	if (ok || e->kind != ERR_CREDENTIAL || clock_mono_ms(clock) < deadline_ms)
		return ok;
	e->kind = ERR_TIME;
	return err_wrap(e, "the run's time is over (--timeout), waiting for the token");
}

static void tell(const struct ask *a, const struct config *c, const struct log *log)
{
	for (size_t i = 0; i < CONFIG_NOTES; i++)
		if (c->notes[i][0] != '\0')
			log_note(log, "%s", c->notes[i]);
	for (size_t i = 0; i < sizeof a->token.notes / sizeof a->token.notes[0]; i++)
		if (a->token.notes[i][0] != '\0')
			log_note(log, "%s", a->token.notes[i]);
	if (a->token.secret != NULL)
		log_step(log, "token from %s", a->token.source);
	if (a->trust != NULL)
		log_step(log, "trust: %s", trust_describe(a->trust));
}

static bool open_sink(struct ask *a, const struct config *c, const struct ask_io *io,
	const struct log *log, const struct clock *clock, int64_t deadline_ms, struct err *e)
{
	struct stat st;
	bool file = fstat(io->out, &st) == 0 && S_ISREG(st.st_mode);
	const struct sink_options o = {
		.fd = io->out,
		.redact = a->redact,
		.clock = clock,
		.log = log,
		.deadline_ms = deadline_ms,
		.defuse_controls = !c->raw && isatty(io->out),
		.defuse_ci = !c->raw && c->in_ci && !file,
		.hold = c->buffer,
	};

	if (c->json)
		return sink_jsonl_open(&a->sink, io->lines, c->buffer, c->json_deltas, e);
	return sink_text_open(&a->sink, &o, e);
}

static bool run(struct ask *a, const struct config *c, const struct ask_io *io,
	const struct log *log, const struct clock *clock, const struct rand *rand, struct err *e)
{
	int64_t deadline_ms = io->deadline_ms;
	struct trust_options trust = c->trust;
	struct err end;
	bool ok;

	if (io->out < 0)
		return err_set(e, ERR_OUTPUT, 0, "stdout is closed");
	/* Before any secret is in memory: the helper that looks up names. */
	if (any_link(c, link_needs_names) && !resolver_start(&a->resolver, e))
		return false;
	/* What is wrong with the arguments comes before what is wrong with the credential. */
	if (!input_start(&a->input, &c->input, io->in, clock, deadline_ms, log, e) ||
		!load_token(a, c, clock, deadline_ms, e) ||
		(a->token.secret != NULL && !redact_learn(a->redact, a->token.secret, e)))
		return false;
	trust.clock = clock;
	trust.deadline_ms = deadline_ms;
	if (any_link(c, link_needs_tls) && !trust_load(&a->trust, &trust, e))
		return false;
	tell(a, c, log);
	buf_init_wiping(&a->proxy_authorization, 8 * URL_MAX, "the proxy's credential");
	if (c->proxy_credential != NULL &&
	    !headers_proxy_authorization(&a->proxy_authorization, c->proxy_credential, e))
		return false;
	if (!open_sink(a, c, io, log, clock, deadline_ms, e))
		return false;

	const struct session_options o = {
		.config = c,
		.token = &a->token,
		.clock = clock,
		.rand = rand,
		.log = log,
		.redact = a->redact,
		.resolver = a->resolver,
		.trust = a->trust,
		.proxy_authorization = buf_span(&a->proxy_authorization),
		.deadline_ms = deadline_ms,
	};
	ok = session_start(&a->session, &o, e) && session_ask(a->session, a->input, a->sink, e);
	if (!a->sink->ops->end(a->sink, ok, ok ? e : &end) && ok)
		return false;
	return ok;
}

bool ask_run(const struct config *c, const struct ask_io *io, struct redact *redact,
	const struct log *log, const struct clock *clock, const struct rand *rand,
	struct jsonl_report *report, struct err *e)
{
	struct ask a = {.redact = redact};
	bool ok = run(&a, c, io, log, clock, rand, e);

	if (!ok && a.session != NULL)
		session_report(a.session, e, report);
	session_free(&a.session);
	sink_free(&a.sink);
	input_free(&a.input);
	buf_free(&a.proxy_authorization);
	trust_free(&a.trust);
	token_free(&a.token);
	resolver_stop(&a.resolver);
	return ok;
}
