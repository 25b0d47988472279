#include "app/lookup.h"

#include <string.h>

#include "app/version.h"
#include "base/fmt.h"
#include "base/limits.h"
#include "codex/constants.h"
#include "codex/models.h"

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
			.head_ms = c->lookup_ms,
			.idle_ms = c->lookup_ms},
		.body_ms = LOOKUP_BODY_MS,
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
static bool fetch(struct session *s, struct lookup_request *l, struct span base_path,
	const char *path, struct err *e)
{
	struct buf target;
	bool ok;

	buf_init(&target, URL_MAX, "the request's target");
	ok = buf_add(&target, base_path, e) && buf_add_str(&target, path, e) &&
	     buf_add_byte(&target, '\0', e);
	l->target = (const char *)target.p;
	ok = ok && session_persist(s, try_lookup, l, NULL, e);
	buf_free(&target);
	return ok;
}

/* ... as whom the session is for. */
static bool look_up(struct session *s, const char *what, struct link *link, struct span base_path,
                    const char *path, struct err *e)
{
	struct lookup_request l = {.what = what, .link = link};
	int64_t began_ms = clock_mono_ms(s->o.clock);

	session_identify(s, &l.id);
	if (!fetch(s, &l, base_path, path, e))
		return false;
	log_step(s->o.log, "%s answered in %lld ms", what,
		(long long)(clock_mono_ms(s->o.clock) - began_ms));
	return true;
}

bool lookup_whoami(struct session *s, struct err *e)
{
	const struct config *c = s->o.config;

	if (!look_up(s, "whoami", &s->auth, url_base_path(&c->auth_base.url), CODEX_PATH_WHOAMI, e))
		return false;
	return account_read_whoami(buf_span(&s->document), &s->who, e) || err_wrap(e, "whoami");
}

/*
 * Where the account is known already, whoami must agree; but of a status both are told as they are,
 * and who reads it compares.
 */
static bool ask_whoami(struct session *s, struct err *e)
{
	bool status = s->o.purpose == SESSION_STATUS && s->account_id[0] != '\0';

	if (!lookup_whoami(s, e))
		return false;
	if (status)
		return true;
	if (s->account_id[0] == '\0')
		fmt_into(s->account_id, sizeof s->account_id, "%s", s->who.account_id);
	s->fedramp = s->fedramp || s->who.fedramp;
	if (strcmp(s->account_id, s->who.account_id) != 0)
		return err_set(e, ERR_ACCESS, 0, "%s is not the workspace of this token, %s is",
			s->o.config->named_account, s->who.account_id);
	return true;
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
	fmt_into(s->account_id, sizeof s->account_id, "%s", known);
	if (session_needs_whoami(s) && !ask_whoami(s, e))
		return false;
	return c->require_workspace == NULL || strcmp(c->require_workspace, s->account_id) == 0 ||
	       err_set(e, ERR_ACCESS, 0, "the token's workspace is %s, not that of "
		       "--require-workspace", s->account_id);
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

static bool read_policy(struct session *s, struct err *e)
{
	if (!policy_has_plan(s->who.plan)) {
		log_step(s->o.log, "workspace policy: plan %s has none", s->who.plan);
		return true;
	}
	if (!look_up(s, "workspace policy", &s->service, span_of(NULL, 0), CODEX_PATH_POLICY, e))
		return false;
	return policy_read_bundle(s->o.policy, buf_span(&s->document), e) ||
	       err_wrap(e, "workspace policy");
}

static bool tell_policy(const struct session *s, struct err *e)
{
	const struct buf *notes = &s->o.policy->told;
	struct buf lines;
	struct span rest;
	bool ok;

	buf_init(&lines, 4 * notes->max, "what a policy says");
	ok = policy_notes_describe(notes, &lines, e);
	for (rest = buf_span(&lines); ok && rest.n > 0;) {
		size_t n = span_find(rest, '\n', 0);

		log_step(s->o.log, "policy: %.*s", (int)n, (const char *)rest.p);
		rest = span_cut(rest, n + 1, rest.n);
	}
	buf_free(&lines);
	return ok;
}

/* Of a model: when it has been chosen. */
static bool obey_policy(struct session *s, struct err *e)
{
	const struct policy *p = s->o.policy;

	if (!policy_allows(p, POLICY_LOGIN, "chatgpt", e))
		return err_wrap(e, "an access token is a ChatGPT login");
	/* The user's word was enough until there was a policy. */
	if (session_needs_whoami(s) && s->who.account_id[0] == '\0' &&
		!(session_open_auth(s, e) && ask_whoami(s, e)))
		return false;
	return policy_allows(p, POLICY_ACCOUNTS, s->account_id, e) || err_wrap(e, "the workspace");
}

bool lookup_policy(struct session *s, struct err *e)
{
	return read_policy(s, e) && tell_policy(s, e) && obey_policy(s, e);
}

bool lookup_survey(struct session *s, struct err *e)
{
	struct policy *p = s->o.policy;
	struct err why;

	p->survey = true;
	if (!read_policy(s, e) || !tell_policy(s, e))
		return false;
	if (p->refusal.kind != ERR_NONE)
		(void)!err_wrap(&p->refusal, "workspace policy");
	else if (!obey_policy(s, &why))
		p->refusal = why;
	return true;
}

/* The user's, or else the policy's. */
static bool take_model(struct session *s, const char *model, enum err_kind kind, struct err *e)
{
	if (strlen(model) >= sizeof s->model)
		return err_set(e, kind, 0, "%s is longer than any model's name",
			kind == ERR_USAGE ? "--model" : "the policy's model");
	fmt_into(s->model, sizeof s->model, "%s", model);
	return true;
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
	const char *named = s->o.config->request.model, *proposed = policy_model(s->o.policy);

	if (named != NULL)
		return take_model(s, named, ERR_USAGE, e);
	if (proposed != NULL) {
		log_step(s->o.log, "model %s, of the policy", proposed);
		return take_model(s, proposed, ERR_ACCESS, e);
	}
	if (!lookup_models(s, e))
		return false;
	if (!models_choose(buf_span(&s->document), s->model, e))
		return err_wrap(e, "models");
	log_step(s->o.log, "model %s", s->model);
	return true;
}

bool lookup_model(struct session *s, struct err *e)
{
	return choose_model(s, e) && (policy_allows(s->o.policy, POLICY_MODELS, s->model, e) ||
	                                     err_wrap(e, "model"));
}

bool lookup_workspace(struct session *s, struct err *e)
{
	return lookup_account(s, e) &&
	       (session_by_gateway(s) || (lookup_origin(s, e) && lookup_policy(s, e)));
}

bool lookup_all(struct session *s, struct err *e)
{
	return lookup_workspace(s, e) && lookup_model(s, e);
}

void lookup_date(struct session *s, struct link *l)
{
	struct lookup_request r = {.what = "the date", .link = l};
	bool auth = l == &s->auth;
	struct failure kept = s->failure;
	struct err ignored;

	r.id = (struct headers_identity){
		.user_agent = version_user_agent(),
		.client_version = s->o.config->client_version,
	};
	(void)!fetch(s, &r, auth ? url_base_path(&s->o.config->auth_base.url) : span_of(NULL, 0),
		auth ? CODEX_PATH_WHOAMI : CODEX_PATH_ROUTING, &ignored);
	s->failure = kept;
}
