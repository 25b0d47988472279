#include "app/lookup.h"

#include <string.h>

#include "base/fmt.h"
#include "base/limits.h"
#include "codex/constants.h"

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
		.limits = {.write_ms = WRITE_STALL_MS,
			.head_ms = LOOKUP_HEAD_MS,
			.idle_ms = LOOKUP_HEAD_MS},
		.on_body = keep_document,
		.on_end = end_document,
		.head = &s->head,
		.ctx = s,
	};
	bool ok;

	buf_clear(&s->document);
	buf_clear(&s->head);
	ok = headers_get(
		&s->head, l->target, buf_span(&l->link->authority), &l->id, c->extra, c->extras, e);
	return ok && exchange_run(&s->loop, &x, s->o.redact, &s->failure, e);
}

/* GET a document of the service into s->document. `base_path` is put in front of path. */
static bool look_up(struct session *s, const char *what, struct link *link, struct span base_path,
                    const char *path, struct err *e)
{
	struct lookup_request l = {.what = what, .link = link};
	struct buf target;
	int64_t began_ms = clock_mono_ms(s->o.clock);
	bool ok;

	session_identify(s, &l.id);
	buf_init(&target, URL_MAX, "the request's target");
	ok = buf_add(&target, base_path, e) && buf_add_str(&target, path, e) &&
	     buf_add_byte(&target, '\0', e);
	l.target = (const char *)target.p;
	ok = ok && session_persist(s, try_lookup, &l, NULL, e);
	buf_free(&target);
	if (ok)
		log_step(s->o.log, "%s answered in %lld ms", what,
			(long long)(clock_mono_ms(s->o.clock) - began_ms));
	return ok;
}

bool lookup_whoami(struct session *s, struct err *e)
{
	const struct config *c = s->o.config;

	if (!look_up(s, "whoami", &s->auth, url_base_path(&c->auth_base.url), CODEX_PATH_WHOAMI, e))
		return false;
	return account_read_whoami(buf_span(&s->document), &s->who, e) || err_wrap(e, "whoami");
}

/*
 * The workspace: from whoami, from a JWT's claims, or from the user, who must agree with the JWT.
 */
bool lookup_account(struct session *s, struct err *e)
{
	const struct config *c = s->o.config;
	const struct token *t = s->o.token;
	const char *known = c->account_id != NULL ? c->account_id : t->account_id;

	if (c->account_id != NULL && t->account_id[0] != '\0' &&
		strcmp(c->account_id, t->account_id) != 0)
		return err_set(e, ERR_ACCESS, 0, "%s is not the workspace of this token",
			s->o.config->named_account);
	s->fedramp = c->fedramp || t->fedramp;
	if (session_needs_whoami(s)) {
		if (!lookup_whoami(s, e))
			return false;
		if (known[0] == '\0') {
			known = s->who.account_id;
			s->fedramp = s->who.fedramp;
		}
	}
	fmt_into(s->account_id, sizeof s->account_id, "%s", known);
	return true;
}

bool lookup_origin(struct session *s, struct err *e)
{
	const struct config *c = s->o.config;
	struct url u;

	if (c->backend_origin.given) {
		fmt_into(s->routing.routing_override, sizeof s->routing.routing_override, "%s",
		         c->routing_override == NULL ? "" : c->routing_override);
		return true;
	}
	if (!look_up(s, "workspace routing", &s->service, span_of(NULL, 0), CODEX_PATH_ROUTING, e))
		return false;
	if (!account_read_routing(buf_span(&s->document), s->account_id, NULL, &s->routing, e))
		return err_wrap(e, "workspace routing");
	if (s->o.purpose != SESSION_ASK)
		return true;
	if (url_parse(span_str(s->routing.origin), &u, e) && url_same_origin(&u, &s->service.url))
		return true;
	return session_open_call(s, span_str(s->routing.origin), e) ||
	       err_wrap(e, "workspace routing");
}

static bool obey_policy(struct session *s, struct err *e)
{
	if (!account_plan_has_policy(s->who.plan)) {
		log_step(s->o.log, "workspace policy: plan %s has none", s->who.plan);
		return true;
	}
	if (!look_up(s, "workspace policy", &s->service, span_of(NULL, 0), CODEX_PATH_POLICY, e))
		return false;
	return account_read_policy(buf_span(&s->document), e) || err_wrap(e, "workspace policy");
}

bool lookup_models(struct session *s, struct err *e)
{
	const struct config *c = s->o.config;
	char path[128];

	if (strlen(c->client_version) > 32)
		return err_set(e, ERR_USAGE, 0, "--client-version is longer than any version");
	fmt_into(path, sizeof path, "%s%s?client_version=%s",
		session_by_gateway(s) ? "" : CODEX_PATH_API, CODEX_PATH_MODELS, c->client_version);
	s->document.max = MODELS_MAX;
	return look_up(s, "models", &s->service,
		session_by_gateway(s) ? session_base_path(s) : span_of(NULL, 0), path, e);
}

static bool choose_model(struct session *s, struct err *e)
{
	const struct config *c = s->o.config;

	if (c->request.model != NULL) {
		if (strlen(c->request.model) >= sizeof s->model)
			return err_set(e, ERR_USAGE, 0, "--model is longer than any model's name");
		fmt_into(s->model, sizeof s->model, "%s", c->request.model);
		return true;
	}
	if (!lookup_models(s, e))
		return false;
	if (!account_choose_model(buf_span(&s->document), s->model, e))
		return err_wrap(e, "models");
	log_step(s->o.log, "model %s", s->model);
	return true;
}

bool lookup_workspace(struct session *s, struct err *e)
{
	return lookup_account(s, e) &&
	       (session_by_gateway(s) || (lookup_origin(s, e) && obey_policy(s, e)));
}

bool lookup_all(struct session *s, struct err *e)
{
	return lookup_workspace(s, e) && choose_model(s, e);
}
