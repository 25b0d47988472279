#include "app/session.h"

#include <stdlib.h>

#include "app/call.h"
#include "app/lookup.h"
#include "app/version.h"
#include "base/fmt.h"
#include "base/limits.h"
#include "codex/constants.h"
#include "codex/retry.h"

/* Look-ups wait so long for stdin to end: an empty one then costs no request. */
enum { STDIN_GRACE_MS = 100 };

bool session_by_gateway(const struct session *s)
{
	return s->o.config->base_url.given;
}

struct span session_base_path(const struct session *s)
{
	const struct url *u = &s->o.config->base_url.url;

	return u->scheme == URL_UNIX ? span_str("/v1") : url_base_path(u);
}

bool session_needs_whoami(const struct session *s)
{
	const struct config *c = s->o.config;

	if (s->o.purpose == SESSION_STATUS)
		return true;
	return !session_by_gateway(s) && s->o.token->kind == TOKEN_PERSONAL &&
	       (c->account_id == NULL || c->require_workspace != NULL ||
		       policy_limits(s->o.policy, POLICY_ACCOUNTS));
}

void session_identify(const struct session *s, struct headers_identity *id)
{
	const struct config *c = s->o.config;

	*id = (struct headers_identity){
		.bearer = s->o.token->secret,
		.account_id = s->account_id,
		.routing_override = s->routing.routing_override,
		.fedramp = s->fedramp,
		.user_agent = version_user_agent(),
		.client_version = c->client_version,
	};
}

/* On the output too, where it has words for that: those of codex. */
static bool tell_retry(struct session *s, const struct retry_state *state, struct err *e)
{
	char text[ERR_TEXT_MAX + 64];

	if (s->loop.sink == NULL)
		return true;
	fmt_into(text, sizeof text, "Reconnecting... %u/%u (%s)", state->made + 1, state->max,
		e->text);
	return sink_tell(s->loop.sink, SINK_ERROR, span_str(text), e);
}

/*
 * The retry policy around one request: `attempt` is made until it succeeds or the policy says stop.
 */
bool session_persist(struct session *s, bool (*attempt)(struct session *, void *, struct err *),
	void *ctx, const struct sink *sink, struct err *e)
{
	struct retry_state state = {.max = s->retries, .deadline_ms = s->o.deadline_ms};

	for (;; state.made++) {
		int64_t wait_ms, now_ms;

		failure_init(&s->failure);
		if (attempt(s, ctx, e))
			return true;
		now_ms = clock_mono_ms(s->o.clock);
		if (retry_decide(&state, e, &s->failure, sink != NULL && sink->committed, now_ms,
			    s->o.rand, &wait_ms) == RETRY_STOP)
			return false;
		log_note(s->o.log, "%s; trying again in %lld.%03lld s (%u of %u)", e->text,
			(long long)(wait_ms / 1000), (long long)(wait_ms % 1000), state.made + 1,
			state.max);
		if (!tell_retry(s, &state, e) ||
			!loop_sleep(&s->loop, clock_after(now_ms, wait_ms), e))
			return false;
	}
}

bool session_open_auth(struct session *s, struct err *e)
{
	if (s->loop.links[1] == NULL &&
		!link_init(&s->auth, &s->route, buf_span(&s->o.config->auth_base.text), e))
		return false;
	s->loop.links[1] = &s->auth;
	return link_prepare(&s->auth, e);
}

bool session_open_call(struct session *s, struct span origin, struct err *e)
{
	if (!link_init(&s->call, &s->route, origin, e))
		return false;
	s->caller = s->loop.links[2] = &s->call;
	return link_prepare(&s->call, e);
}

/* The conversation's id is the session's. */
static void adopt(struct session *s)
{
	if (s->transcript != NULL)
		fmt_into(s->session_id, sizeof s->session_id, "%s", transcript_id(s->transcript));
}

bool session_tell_thread(struct session *s, struct err *e)
{
	if (s->told_thread)
		return true;
	adopt(s);
	s->told_thread = true;
	return sink_tell(s->loop.sink, SINK_THREAD, span_str(s->session_id), e);
}

/* Everything is known, and all input there, before the model call. */
static bool prepare(struct session *s, struct input *input, struct err *e)
{
	int64_t grace_ms = clock_after(clock_mono_ms(s->o.clock), STDIN_GRACE_MS);

	s->loop.input = input;
	loop_expect(&s->loop, "stdin", NULL);
	if (!loop_wait(&s->loop, -1, 0, 0, e))
		return false;
	while (!s->loop.input_ready && clock_mono_ms(s->o.clock) < grace_ms)
		if (!loop_wait(&s->loop, -1, 0, grace_ms, e))
			return false;
	if (!lookup_all(s, e))
		return false;
	loop_expect(&s->loop, "stdin", NULL);
	while (!s->loop.input_ready)
		if (!loop_wait(&s->loop, -1, 0, CLOCK_NEVER, e))
			return false;
	buf_free(&s->document);
	return true;
}

bool session_ask(struct session *s, struct input *input, struct transcript *transcript,
	struct sink *sink, struct err *e)
{
	bool settled = transcript == NULL || transcript_taken(transcript);

	s->loop.sink = sink;
	s->transcript = transcript;
	/* Which conversation it is another run may yet change, until it is taken. */
	return (!settled || session_tell_thread(s, e)) && prepare(s, input, e) &&
	       call_model(s, sink, e);
}

bool session_draft(struct session *s, struct input *input, struct transcript *transcript,
	struct span *head, struct span *body, struct err *e)
{
	s->transcript = transcript;
	adopt(s);
	if (!prepare(s, input, e) || !call_draft(s, e))
		return false;
	*head = buf_span(&s->head);
	*body = buf_span(&s->body);
	return true;
}

bool session_status(struct session *s, struct session_facts *out, struct err *e)
{
	*out = (struct session_facts){.who = &s->who, .routing = &s->routing, .account_id = s->account_id};
	if (!lookup_account(s, e) || !lookup_origin(s, e))
		return false;
	out->fedramp = s->fedramp;
	out->policy = s->o.config->verbose ? s->o.policy : NULL;
	return out->policy == NULL || lookup_survey(s, e);
}

bool session_catalogue(struct session *s, struct span *document, struct err *e)
{
	if (!lookup_workspace(s, e) || !lookup_models(s, e))
		return false;
	*document = buf_span(&s->document);
	return true;
}

void session_report(const struct session *s, const struct err *why, struct jsonl_report *out)
{
	const struct link *peer = s->loop.peer;

	out->failure = s->failure;
	/* The classes between these are failures of a peer. */
	if (peer != NULL && why->kind >= ERR_AUTH && why->kind <= ERR_INCOMPLETE &&
		peer->authority.n < sizeof out->host)
		fmt_into(out->host, sizeof out->host, "%.*s", (int)peer->authority.n,
			(const char *)peer->authority.p);
}

static bool open_links(struct session *s, struct err *e)
{
	const struct config *c = s->o.config;
	struct span service = span_str(CODEX_ORIGIN);

	if (session_by_gateway(s))
		service = buf_span(&c->base_url.text);
	if (!link_init(&s->service, &s->route, service, e))
		return false;
	s->loop.links[0] = s->caller = &s->service;
	if (session_needs_whoami(s) && !session_open_auth(s, e))
		return false;
	/* Status asks the service about routing, and with -v about policy. */
	if (s->o.purpose == SESSION_STATUS && c->backend_origin.given && !c->verbose)
		return true;
	if (!link_prepare(&s->service, e))
		return false;
	if (s->o.purpose != SESSION_ASK || !c->backend_origin.given ||
		url_same_origin(&c->backend_origin.url, &s->service.url))
		return true;
	return session_open_call(s, buf_span(&c->backend_origin.text), e);
}

bool session_start(struct session **out, const struct session_options *o, struct err *e)
{
	struct session *s = calloc(1, sizeof *s);

	if (s == NULL)
		return err_memory(e);
	s->o = *o;
	s->route = (struct route){
		.proxy = o->config->proxy.given ? &o->config->proxy.url : NULL,
		.proxy_authorization = o->proxy_authorization,
		.no_proxy = span_str(o->config->no_proxy),
		.resolver = o->resolver,
		.trust = o->trust,
		.clock = o->clock,
		.rand = o->rand,
		.log = o->log,
		.user_agent = span_str(version_user_agent()),
		.connect_ms = o->config->connect_ms,
		.name_ms = o->config->name_ms,
	};
	s->loop = (struct loop){.clock = o->clock, .log = o->log, .deadline_ms = o->deadline_ms};
	buf_init_wiping(&s->head, REQUEST_HEAD_MAX, "the request head");
	buf_init(&s->document, DOCUMENT_MAX, "the document");
	buf_init(&s->body, REQUEST_MAX, "the request");
	failure_init(&s->failure);
	s->retries = o->config->retries;
	if (!rand_uuid7(o->rand, clock_wall_ms(o->clock), s->session_id, e) || !open_links(s, e)) {
		session_free(&s);
		return false;
	}
	*out = s;
	return true;
}

void session_free(struct session **out)
{
	struct session *s = *out;

	if (s == NULL)
		return;
	for (size_t i = 0; i < LOOP_LINKS; i++)
		if (s->loop.links[i] != NULL)
			link_free(s->loop.links[i]);
	buf_free(&s->head);
	buf_free(&s->document);
	buf_free(&s->body);
	free(s);
	*out = NULL;
}
