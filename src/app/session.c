#include "app/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/exchange.h"
#include "app/turn.h"
#include "app/version.h"
#include "base/limits.h"
#include "codex/constants.h"
#include "codex/retry.h"

/* Look-ups wait so long for stdin to end: an empty one then costs no request. */
enum { STDIN_GRACE_MS = 100 };

struct session {
	struct session_options o;
	struct route route;
	struct loop loop;
	struct link auth;    /* whoami */
	struct link service; /* routing, policy, models; the model call too when routing says so, or the base URL */
	struct link call;    /* the model call's own origin */
	struct link *caller; /* where the model call goes */
	struct buf head;     /* wiping: the request head in hand */
	struct buf document; /* the look-up's answer in hand */
	struct buf body;     /* of the model call */
	struct failure failure;

	char account_id[ACCOUNT_FIELD_MAX];
	char plan[ACCOUNT_FIELD_MAX];
	bool fedramp;
	struct routing routing;
	char model[MODEL_SLUG_MAX];
	char session_id[UUID_TEXT + 1];
	unsigned retries;    /* at most, of each request */
	struct turn *turn;   /* the attempt in hand */
};

static bool by_gateway(const struct session *s)
{
	return s->o.config->base_url.given;
}

static const char *or_empty(const char *s)
{
	return s == NULL ? "" : s;
}

static void identify(const struct session *s, struct headers_identity *id)
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

/* The retry policy around one request: `attempt` is made until it succeeds or the policy says stop. */
static bool persist(struct session *s, bool (*attempt)(struct session *, void *, struct err *), void *ctx,
                    const struct sink *sink, struct err *e)
{
	struct retry_state state = {.max = s->retries, .deadline_ms = s->o.deadline_ms};

	for (;; state.made++) {
		int64_t wait_ms, now_ms;

		failure_init(&s->failure);
		if (attempt(s, ctx, e))
			return true;
		now_ms = clock_mono_ms(s->o.clock);
		if (retry_decide(&state, e, &s->failure, sink != NULL && sink->committed, now_ms, s->o.rand,
		                 &wait_ms) == RETRY_STOP)
			return false;
		log_note(s->o.log, "%s; trying again in %lld.%03lld s (%u of %u)", e->text,
		         (long long)(wait_ms / 1000), (long long)(wait_ms % 1000), state.made + 1, state.max);
		if (!loop_sleep(&s->loop, clock_after(now_ms, wait_ms), e))
			return false;
	}
}

struct lookup_request {
	const char *what;
	struct link *link;
	const char *target;
	struct headers_identity id;
};

static enum exchange_answer keep_document(void *ctx, struct span piece, struct err *e)
{
	struct session *s = ctx;

	return buf_add(&s->document, piece, e) ? EXCHANGE_MORE : EXCHANGE_FAIL;
}

static enum exchange_answer end_document(void *ctx, struct err *e)
{
	(void)ctx;
	(void)e;
	return EXCHANGE_DONE;
}

static bool try_lookup(struct session *s, void *ctx, struct err *e)
{
	struct lookup_request *l = ctx;
	const struct config *c = s->o.config;
	struct exchange x = {
		.link = l->link,
		.what = l->what,
		.method = H1_GET,
		.limits = {.write_ms = WRITE_STALL_MS, .head_ms = LOOKUP_HEAD_MS, .idle_ms = LOOKUP_HEAD_MS},
		.on_body = keep_document,
		.on_end = end_document,
		.ctx = s,
	};
	bool ok;

	buf_clear(&s->document);
	buf_clear(&s->head);
	ok = headers_get(&s->head, l->target, buf_span(&l->link->authority), &l->id, c->extra, c->extras, e);
	x.head = buf_span(&s->head);
	ok = ok && exchange_run(&s->loop, &x, s->o.redact, &s->failure, e);
	buf_clear(&s->head);
	return ok;
}

/* GET a document of the service into s->document. `base_path` is put in front of path. */
static bool look_up(struct session *s, const char *what, struct link *link, struct span base_path,
                    const char *path, struct err *e)
{
	struct lookup_request l = {.what = what, .link = link};
	struct buf target;
	int64_t began_ms = clock_mono_ms(s->o.clock);
	bool ok;

	while (base_path.n > 0 && base_path.p[base_path.n - 1] == '/')
		base_path.n--;
	identify(s, &l.id);
	buf_init(&target, URL_MAX, "the request's target");
	ok = buf_add(&target, base_path, e) && buf_add_str(&target, path, e) && buf_add_byte(&target, '\0', e);
	l.target = (const char *)target.p;
	ok = ok && persist(s, try_lookup, &l, NULL, e);
	buf_free(&target);
	if (ok)
		log_step(s->o.log, "%s answered in %lld ms", what, (long long)(clock_mono_ms(s->o.clock) - began_ms));
	return ok;
}

static bool who_am_i(struct session *s, struct err *e)
{
	const struct config *c = s->o.config;
	struct whoami who;

	if (!look_up(s, "whoami", &s->auth, c->auth_base.url.path, CODEX_PATH_WHOAMI, e))
		return false;
	if (!account_read_whoami(buf_span(&s->document), &who, e))
		return err_wrap(e, "whoami");
	snprintf(s->account_id, sizeof s->account_id, "%s", who.account_id);
	snprintf(s->plan, sizeof s->plan, "%s", who.plan);
	s->fedramp = who.fedramp;
	return true;
}

static bool open_auth(struct session *s, struct err *e)
{
	if (s->loop.links[1] == NULL && !link_init(&s->auth, &s->route, buf_span(&s->o.config->auth_base.text), e))
		return false;
	s->loop.links[1] = &s->auth;
	return link_prepare(&s->auth, e);
}

/* The workspace: from whoami, from a JWT's claims, or from the user, who must agree with the JWT. */
static bool needs_whoami(const struct session *s)
{
	return !by_gateway(s) && s->o.config->account_id == NULL && s->o.token->kind == TOKEN_PERSONAL;
}

static bool find_account(struct session *s, struct err *e)
{
	const struct config *c = s->o.config;
	const struct token *t = s->o.token;

	if (c->account_id != NULL && t->account_id[0] != '\0' && strcmp(c->account_id, t->account_id) != 0)
		return err_set(e, ERR_ACCESS, 0, "--account-id is not the workspace of this token");
	s->fedramp = c->fedramp || t->fedramp;
	snprintf(s->account_id, sizeof s->account_id, "%s",
	         c->account_id != NULL ? c->account_id : t->account_id);
	return !needs_whoami(s) || who_am_i(s, e);
}

static bool find_origin(struct session *s, struct err *e)
{
	const struct config *c = s->o.config;
	struct url u;

	if (c->backend_origin.given) {
		snprintf(s->routing.routing_override, sizeof s->routing.routing_override, "%s",
		         or_empty(c->routing_override));
		return true;
	}
	if (!look_up(s, "workspace routing", &s->service, span_of(NULL, 0), CODEX_PATH_ROUTING, e))
		return false;
	if (!account_read_routing(buf_span(&s->document), s->account_id, NULL, &s->routing, e))
		return err_wrap(e, "workspace routing");
	if (!url_parse(span_str(s->routing.origin), &u, e))
		return err_wrap(e, "workspace routing");
	if (url_same_origin(&u, &s->service.url))
		return true;
	if (!link_init(&s->call, &s->route, span_str(s->routing.origin), e))
		return err_wrap(e, "workspace routing");
	s->caller = s->loop.links[2] = &s->call;
	return link_prepare(&s->call, e);
}

static bool obey_policy(struct session *s, struct err *e)
{
	if (!account_plan_has_policy(s->plan)) {
		log_step(s->o.log, "workspace policy: plan %s has none", s->plan);
		return true;
	}
	if (!look_up(s, "workspace policy", &s->service, span_of(NULL, 0), CODEX_PATH_POLICY, e))
		return false;
	return account_read_policy(buf_span(&s->document), e) || err_wrap(e, "workspace policy");
}

static bool choose_model(struct session *s, struct err *e)
{
	const struct config *c = s->o.config;
	char path[128];

	if (c->request.model != NULL) {
		if (strlen(c->request.model) >= sizeof s->model)
			return err_set(e, ERR_USAGE, 0, "--model is longer than any model's name");
		snprintf(s->model, sizeof s->model, "%s", c->request.model);
		return true;
	}
	if (strlen(c->client_version) > 32)
		return err_set(e, ERR_USAGE, 0, "--client-version is longer than any version");
	snprintf(path, sizeof path, "%s%s?client_version=%s", by_gateway(s) ? "" : CODEX_PATH_API,
	         CODEX_PATH_MODELS, c->client_version);
	s->document.max = MODELS_MAX;
	if (!look_up(s, "models", &s->service,
	             by_gateway(s) ? c->base_url.url.path : span_of(NULL, 0), path, e))
		return false;
	if (!account_choose_model(buf_span(&s->document), s->model, e))
		return err_wrap(e, "models");
	log_step(s->o.log, "model %s", s->model);
	return true;
}

static bool look_everything_up(struct session *s, struct err *e)
{
	if (!find_account(s, e))
		return false;
	if (!by_gateway(s) && (!find_origin(s, e) || !obey_policy(s, e)))
		return false;
	return choose_model(s, e);
}

static bool write_body(struct session *s, struct err *e)
{
	struct request r = s->o.config->request;
	struct buf input;
	bool ok;

	buf_init(&input, INPUT_MAX, "all input together");
	r.model = s->model;
	r.instructions = s->o.config->instructions.n > 0 ? buf_span(&s->o.config->instructions)
	                                                 : span_str(CODEX_INSTRUCTIONS);
	r.prompt_cache_key = s->session_id;
	ok = input_take(s->loop.input, &input, e);
	r.input = buf_span(&input);
	ok = ok && request_write(&s->body, &r, e);
	buf_free(&input);
	return ok;
}

/* The service may answer with another model than asked for: that must not go unseen. */
static enum exchange_answer call_head(void *ctx, const struct h1 *h, struct err *e)
{
	struct session *s = ctx;
	struct span served = h1_field(h, "openai-model");

	(void)e;
	if (served.n > 0 && !span_starts(served, s->model))
		log_note(s->o.log, "asked for model %s, the service answers with %.*s", s->model, (int)served.n,
		         (const char *)served.p);
	return EXCHANGE_MORE;
}

static enum exchange_answer from_turn(enum turn_step step)
{
	return step == TURN_MORE ? EXCHANGE_MORE : step == TURN_DONE ? EXCHANGE_DONE : EXCHANGE_FAIL;
}

static enum exchange_answer call_body(void *ctx, struct span piece, struct err *e)
{
	return from_turn(turn_feed(((struct session *)ctx)->turn, piece, e));
}

static enum exchange_answer call_end(void *ctx, struct err *e)
{
	return from_turn(turn_end(((struct session *)ctx)->turn, e));
}

static bool send_call(struct session *s, struct err *e)
{
	const struct config *c = s->o.config;
	struct headers_identity id;
	char request_id[UUID_TEXT + 1], target[URL_MAX];
	struct span path = by_gateway(s) ? c->base_url.url.path : span_str(CODEX_PATH_API);
	struct exchange x = {
		.link = s->caller,
		.what = "the model call",
		.method = H1_POST,
		.body = buf_span(&s->body),
		.limits = {.write_ms = WRITE_STALL_MS, .head_ms = HEAD_MS, .idle_ms = c->idle_ms},
		.on_head = call_head,
		.on_body = call_body,
		.on_end = call_end,
		.ctx = s,
	};
	bool ok;

	while (path.n > 0 && path.p[path.n - 1] == '/')
		path.n--;
	snprintf(target, sizeof target, "%.*s%s", (int)path.n, (const char *)path.p, CODEX_PATH_RESPONSES);
	identify(s, &id);
	buf_clear(&s->head);
	ok = rand_uuid7(s->o.rand, clock_wall_ms(s->o.clock), request_id, e) &&
	     headers_post(&s->head, target, buf_span(&s->caller->authority), &id, s->session_id, request_id,
	                  s->body.n, c->extra, c->extras, e);
	x.head = buf_span(&s->head);
	ok = ok && exchange_run(&s->loop, &x, s->o.redact, &s->failure, e);
	buf_clear(&s->head);
	return ok;
}

/* One attempt. A failure inside the stream has been classified by the turn. */
static bool try_call(struct session *s, void *ctx, struct err *e)
{
	struct sink *sink = ctx;
	struct turn turn;
	bool ok;

	turn_init(&turn, sink, s->o.log, s->o.redact, s->o.clock);
	s->turn = &turn;
	ok = send_call(s, e);
	if (!ok && turn.failed_in_stream)
		s->failure = turn.failure;
	s->turn = NULL;
	turn_free(&turn);
	return ok;
}

/* 401 from the model call: one whoami tells a rejected token from one that is fine but has no access. */
static bool explain_rejection(struct session *s, struct err *e)
{
	struct err asked;
	struct failure kept = s->failure;
	bool accepted;

	if (by_gateway(s) || s->o.token->kind != TOKEN_PERSONAL || e->kind != ERR_AUTH || kept.status != 401)
		return false;
	if (!open_auth(s, &asked))
		return false;
	s->retries = 0;
	accepted = who_am_i(s, &asked);
	s->failure = kept;
	if (accepted)
		return err_wrap(e, "whoami accepts the token, but it is denied access here");
	if (asked.kind == ERR_AUTH)
		return err_wrap(e, "whoami rejects the token as well");
	return false;
}

bool session_ask(struct session *s, struct input *input, struct sink *sink, struct err *e)
{
	int64_t grace_ms = clock_after(clock_mono_ms(s->o.clock), STDIN_GRACE_MS);
	int64_t began_ms;

	s->loop.input = input;
	while (!s->loop.input_ready && clock_mono_ms(s->o.clock) < grace_ms)
		if (!loop_wait(&s->loop, -1, 0, grace_ms, e))
			return false;
	if (!look_everything_up(s, e))
		return false;
	while (!s->loop.input_ready)
		if (!loop_wait(&s->loop, -1, 0, CLOCK_NEVER, e))
			return false;
	buf_free(&s->document);
	if (!write_body(s, e))
		return false;
	began_ms = clock_mono_ms(s->o.clock);
	if (!persist(s, try_call, sink, sink, e))
		return explain_rejection(s, e);
	log_step(s->o.log, "answered in %lld ms", (long long)(clock_mono_ms(s->o.clock) - began_ms));
	return true;
}

static bool open_links(struct session *s, struct err *e)
{
	const struct config *c = s->o.config;
	struct span service = span_str(CODEX_ORIGIN);

	if (by_gateway(s))
		service = buf_span(&c->base_url.text);
	if (!link_init(&s->service, &s->route, service, e))
		return false;
	s->loop.links[0] = s->caller = &s->service;
	if (needs_whoami(s) && !open_auth(s, e))
		return false;
	if (!link_prepare(&s->service, e))
		return false;
	if (!c->backend_origin.given || url_same_origin(&c->backend_origin.url, &s->service.url))
		return true;
	if (!link_init(&s->call, &s->route, buf_span(&c->backend_origin.text), e))
		return false;
	s->caller = s->loop.links[2] = &s->call;
	return link_prepare(&s->call, e);
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
	};
	s->loop = (struct loop){.clock = o->clock, .deadline_ms = o->deadline_ms};
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

const struct failure *session_failure(const struct session *s)
{
	return &s->failure;
}
