#include "app/doctor_parts.h"

#include "app/lookup.h"
#include "base/fmt.h"

/* More than that is worth a word. */
enum { CLOCK_OFF_S = 60 };

/* What is known of the right time. */
struct evidence {
	bool known;
	struct span host;   /* who said it */
	const char *by;     /* "" or whose proxy it was */
	int64_t ahead_s;    /* our clock less theirs */
	int64_t now_s;      /* by our clock */
};

static bool is_untimely(const struct way *w)
{
	return w->link != NULL && w->tls != NULL && w->tls->state == HOP_BROKEN &&
	       w->link->facts.tls.certificates.untimely;
}

static const struct way *untimely(const struct doctor *d)
{
	for (int i = 0; i < WAY_CALL; i++)
		if (is_untimely(&d->ways[i]))
			return &d->ways[i];
	return NULL;
}

static void take_dates(const struct doctor *d, struct evidence *v)
{
	for (int i = 0; i < WAYS && !v->known; i++) {
		const struct link *l = d->ways[i].link;

		if (l == NULL || !l->dated)
			continue;
		*v = (struct evidence){true, buf_span(&l->authority), "", l->ahead_s, v->now_s};
	}
}

/* A proxy's reply to CONNECT has a date more often when it refuses. */
static void take_proxy_dates(const struct doctor *d, struct evidence *v)
{
	for (int i = 0; i < WAYS && !v->known; i++) {
		const struct link *l = d->ways[i].link;

		if (l == NULL || !l->facts.dated)
			continue;
		*v = (struct evidence){
			true, l->proxy.host, "the proxy ", v->now_s - l->facts.date_s, v->now_s};
	}
}

/* Nobody has said what time it is, and somebody could. */
static void ask_for_date(struct doctor *d)
{
	for (int i = WAY_SERVICE; i >= WAY_AUTH; i--) {
		struct way *w = &d->ways[i];

		if (!w->open || w->deaf || doctor_is_late(d) ||
			session_by_gateway(d->outset.session))
			continue;
		lookup_date(d->outset.session, w->link);
		return;
	}
}

static void gather(struct doctor *d, struct evidence *v)
{
	*v = (struct evidence){.now_s = clock_wall_ms(d->io.clock) / 1000};
	take_dates(d, v);
	take_proxy_dates(d, v);
	if (v->known)
		return;
	ask_for_date(d);
	take_dates(d, v);
}

static int64_t magnitude(int64_t s)
{
	return s < 0 ? -s : s;
}

static void say_clock(struct doctor *d, const struct evidence *v, const char *more)
{
	char off[CLOCK_TEXT_MAX], now[CLOCK_TEXT_MAX];

	clock_format_long(magnitude(v->ahead_s), off);
	clock_format_utc(v->now_s, now);
	hop_say(d, d->clock, HOP_OK, "%s here, %s%s the Date of %s%.*s%s", now,
		v->ahead_s != 0 ? off : "",
		v->ahead_s < 0   ? " behind"
		: v->ahead_s > 0 ? " ahead of"
				 : "in step with",
		v->by, (int)v->host.n, (const char *)v->host.p, more);
}

/* The clock is why a certificate was refused. */
static void blame(struct doctor *d, const struct way *w)
{
	d->clock->state = HOP_BROKEN;
	d->clock->kind = ERR_TRUST;
	d->clock->cure = w->tls->cure = "set this machine's clock (NTP)";
}

/* At the time that the evidence gives the certificate would do. */
static bool would_do(const struct way *w, const struct evidence *v)
{
	const struct verify_facts *f = &w->link->facts.tls.certificates;
	int64_t right_s = v->now_s - v->ahead_s;

	return right_s >= f->not_before_s && right_s <= f->not_after_s;
}

static void judge_dated(struct doctor *d, const struct evidence *v)
{
	const struct way *w = untimely(d);
	bool off = magnitude(v->ahead_s) > CLOCK_OFF_S;

	say_clock(d, v,
		off         ? "; that is wrong"
		: w != NULL ? "; it is not why the certificate was refused"
			    : "");
	if (off)
		d->clock->cure = "set this machine's clock (NTP)";
	if (w == NULL)
		return;
	if (off && would_do(w, v))
		blame(d, w);
	else
		w->tls->cure = "this clock is right, the certificate is not: who runs that host "
			       "must renew it, or who inspects TLS in this network";
}

/*
 * Certificates alone: two hosts are not both late, and nobody has a clock older than this program.
 */
static void judge_undated(struct doctor *d, const struct evidence *v)
{
	const struct way *w = untimely(d);
	char now[CLOCK_TEXT_MAX];

	clock_format_utc(v->now_s, now);
	if (w == NULL)
		hop_say(d, d->clock, HOP_NOT_REACHED, "nobody says what time it is");
	else if (v->now_s < verify_oldest_s()) {
		hop_say(d, d->clock, HOP_OK, "%s here, which is wrong: this program is younger",
			now);
		blame(d, w);
	} else if (is_untimely(&d->ways[WAY_AUTH]) && is_untimely(&d->ways[WAY_SERVICE])) {
		hop_say(d, d->clock, HOP_OK,
			"%s here, which is likely wrong: the certificates of both hosts are "
			"refused for it",
			now);
		blame(d, w);
	} else {
		hop_say(d, d->clock, HOP_NOT_REACHED,
			"%s here; nobody could be asked whether that is right", now);
	}
}

void doctor_judge_clock(struct doctor *d)
{
	struct evidence v;

	gather(d, &v);
	if (v.known)
		judge_dated(d, &v);
	else
		judge_undated(d, &v);
}
