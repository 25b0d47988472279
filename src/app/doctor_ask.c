#include "app/doctor_parts.h"

#include "app/call.h"
#include "app/lookup.h"
#include "base/fmt.h"
#include "codex/account.h"

/* May the same host be asked more? Not when it was silent, or will say the same again. */
static bool goes_on(enum err_kind kind, const struct failure *f)
{
	return kind == ERR_ACCESS || kind == ERR_BUSY || (kind == ERR_PROTOCOL && !f->page);
}

static void break_question(struct doctor *d, struct way *w, struct hop *h, struct err *why)
{
	const struct failure *f = &d->outset.session->failure;
	const char *cure = NULL;

	if (why->kind == ERR_PROTOCOL)
		cure = doctor_cure_portal(f->status, f->page);
	if (cure != NULL)
		err_wrap(why, "this network answers in the service's place");
	w->deaf = !goes_on(why->kind, f);
	hop_break(d, h, why, cure);
}

/* One question of ask's. False when there was no asking it, or it went wrong. */
static bool put(struct doctor *d, struct way *w, struct hop *h,
	bool (*question)(struct session *, struct err *))
{
	int64_t began_ms = clock_mono_ms(d->io.clock);
	struct err why;
	bool ok;

	if (!d->credible || !w->open || w->deaf)
		return false;
	if (doctor_is_late(d)) {
		hop_say(d, h, HOP_NOT_REACHED, "not reached: no time was left (--timeout)");
		return false;
	}
	failure_init(&d->outset.session->failure);
	ok = question(d->outset.session, &why);
	h->ms = clock_mono_ms(d->io.clock) - began_ms;
	if (!ok) {
		if (why.kind == ERR_AUTH && d->outset.token.secret != NULL)
			err_wrap(&why, "the token from %s", d->outset.token.source);
		break_question(d, w, h, &why);
	}
	return ok;
}

static void say_account(struct doctor *d, struct hop *h)
{
	const struct session *s = d->outset.session;
	const struct whoami *who = &s->who;
	char masked[ACCOUNT_MASKED_MAX];

	account_mask_email(who->email, masked);
	hop_say(d, h, HOP_OK, "%s%sworkspace %s%s, plan %s",
		d->config->verbose ? who->email : masked, who->email[0] != '\0' ? " in " : "",
		s->account_id, s->fedramp ? " (FedRAMP)" : "",
		who->plan[0] != '\0' ? who->plan : "unknown");
}

/* Nobody is asked: but what was named must fit the token. */
static bool take_account(struct doctor *d, struct hop *h)
{
	struct session *s = d->outset.session;
	const struct config *c = d->config;
	struct err why;

	if (!d->credible)
		return false;
	if (!lookup_account(s, &why)) {
		hop_break(d, h, &why, NULL);
		return false;
	}
	if (session_by_gateway(s))
		hop_say(d, h, HOP_NOT_REACHED, "a gateway is not asked");
	else
		hop_say(d, h, HOP_OK, "not asked: workspace %s, as %s says", s->account_id,
			c->account_id != NULL ? c->named_account : "the token");
	return true;
}

static bool walk_account(struct doctor *d)
{
	struct session *s = d->outset.session;
	struct hop *h;

	if (!session_needs_whoami(s))
		return take_account(d, hop_add(d, "whoami", span_of(NULL, 0)));
	doctor_walk_way(d, &d->ways[WAY_AUTH], &s->auth);
	h = hop_add_link(d, "whoami", &s->auth);
	if (!put(d, &d->ways[WAY_AUTH], h, lookup_account))
		return false;
	say_account(d, h);
	return true;
}

static bool walk_routing(struct doctor *d, bool known)
{
	struct session *s = d->outset.session;
	struct hop *h = hop_add_link(d, "routing", &s->service);
	const char *override = s->routing.routing_override;

	if (session_by_gateway(s)) {
		hop_say(d, h, HOP_NOT_REACHED, "a gateway is not asked");
		return true;
	}
	if (d->config->backend_origin.given) {
		hop_say(d, h, HOP_NOT_REACHED, "not asked: --backend-origin says it");
		return !known || put(d, &d->ways[WAY_SERVICE], h, lookup_origin);
	}
	if (!known || !put(d, &d->ways[WAY_SERVICE], h, lookup_origin))
		return false;
	hop_say(d, h, HOP_OK, "model calls go to %s%s%s", s->routing.origin,
		override[0] != '\0' ? ", override " : "", override);
	return true;
}

static bool walk_policy(struct doctor *d, bool known)
{
	struct session *s = d->outset.session;
	struct hop *h = hop_add_link(d, "policy", &s->service);

	if (session_by_gateway(s)) {
		hop_say(d, h, HOP_NOT_REACHED, "a gateway is not asked");
		return true;
	}
	if (!known || !put(d, &d->ways[WAY_SERVICE], h, lookup_policy))
		return false;
	hop_say_policy(d, h, d->machine_n, "nothing is demanded");
	return true;
}

static bool walk_model(struct doctor *d, bool obeyed)
{
	struct session *s = d->outset.session;
	struct hop *h = hop_add_link(d, "model", &s->service);

	if (!obeyed || !put(d, &d->ways[WAY_SERVICE], h, lookup_model))
		return false;
	hop_say(d, h, HOP_OK, "%s, %s", s->model,
		d->config->request.model != NULL       ? d->config->named_model
		: policy_model(s->o.policy) != NULL ? "as policy says"
						    : "the first of the catalogue");
	return true;
}

static bool call(struct session *s, struct err *e)
{
	return call_model(s, s->loop.sink, e);
}

static void walk_live(struct doctor *d, struct way *w, bool ready)
{
	struct session *s = d->outset.session;
	struct hop *h = hop_add_link(d, "live", s->caller);

	if (!d->config->live) {
		hop_say(d, h, HOP_NOT_REACHED, "not asked for: --live makes one tiny model call");
		return;
	}
	if (ready && doctor_hold_call(d) && put(d, w, h, call))
		hop_say(d, h, HOP_OK, "%s answered, %lld tokens", s->model,
			(long long)s->loop.sink->facts.usage.total);
}

void doctor_walk_service(struct doctor *d)
{
	struct session *s = d->outset.session;
	struct way *caller = &d->ways[WAY_SERVICE];
	bool known = walk_account(d), ready;

	doctor_walk_way(d, caller, &s->service);
	d->clock = hop_add(d, "clock", span_of(NULL, 0));
	ready = walk_routing(d, known);
	known = walk_policy(d, known);
	ready = walk_model(d, known) && ready;
	if (s->caller == &s->call) {
		caller = &d->ways[WAY_CALL];
		doctor_walk_way(d, caller, &s->call);
	}
	walk_live(d, caller, ready);
	doctor_judge_clock(d);
}
