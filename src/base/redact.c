#include "base/redact.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/secret_open.h"

enum {
	GRACE = 3,       /* bytes of a match in progress that pass: "at-" or "eyJ" */
	PARTIAL_MIN = 8, /* characters of a secret that are not shown at the end of a stream */
	HELD_STEP = 1024,
	HELD_MAX = 12 * TOKEN_MAX + HELD_STEP, /* two digits a byte, each \u00XX */
	FILTER_DEPTH = 3,
	ESCAPED_BIT = 31, /* of the filter: the first character is written as an escape */
};

/*
 * filter[k][c] has a bit set for every pattern (modulo the bits there are) whose character k may
 * begin with byte c: three look-ups pass over nearly all ordinary text.
 */
struct redact {
	size_t count;
	struct known {
		struct secret *secret; /* held: its only bytes are where they were taken to */
		bool odd; /* holds what escapes begin with: as it is and as it is spelled differ */
	} secrets[SECRETS_MAX];
	uint32_t filter[FILTER_DEPTH][256];
	bool begins[256]; /* some pattern begins with it, escapes apart */
};

static bool has_form(const struct known *k, enum redact_form f)
{
	return f != REDACT_AS_IS || k->odd;
}

static void filter_add(struct redact *r, const struct redact_pattern *p, unsigned bit)
{
	for (size_t k = 0; k < FILTER_DEPTH; k++)
		for (unsigned c = 0; c < 256; c++)
			if (redact_fits(p, k, (unsigned char)c)) {
				r->filter[k][c] |= UINT32_C(1) << bit;
				r->begins[c] |= k == 0;
			}
}

bool redact_new(struct redact **out, struct err *e)
{
	struct redact *r = calloc(1, sizeof *r);

	if (r == NULL)
		return err_memory(e);
	for (size_t k = 0; k < FILTER_DEPTH; k++) {
		for (size_t c = 0; c < 256; c++)
			r->filter[k][c] = k == 0 ? 0 : UINT32_C(1) << ESCAPED_BIT;
		r->filter[k]['%'] = r->filter[k]['\\'] = UINT32_MAX;
	}
	*out = r;
	return true;
}

void redact_free(struct redact **r)
{
	if (*r == NULL)
		return;
	for (size_t i = 0; i < (*r)->count; i++)
		secret_free(&(*r)->secrets[i].secret);
	wipe(*r, sizeof **r);
	free(*r);
	*r = NULL;
}

/* The same bytes are held once: the newer holder's take the place of the older's. */
static bool replace(struct redact *r, const struct secret *s)
{
	for (size_t i = 0; i < r->count; i++)
		if (secret_equal(r->secrets[i].secret, s)) {
			struct secret *held = secret_hold(s);

			secret_free(&r->secrets[i].secret);
			r->secrets[i].secret = held;
			return true;
		}
	return false;
}

bool redact_learn(struct redact *r, const struct secret *s, struct err *e)
{
	struct span bytes = secret_open(s);
	struct known *k = &r->secrets[r->count];

	if (bytes.n < REDACT_SECRET_MIN || replace(r, s))
		return true;
	if (bytes.n > TOKEN_MAX)
		return err_set(e, ERR_CEILING, 0, "a secret exceeds %d bytes", TOKEN_MAX);
	if (r->count == SECRETS_MAX)
		return err_set(e, ERR_CEILING, 0, "more than %d secrets to keep", SECRETS_MAX);
	k->secret = secret_hold(s);
	k->odd = span_find(bytes, '%', 0) < bytes.n || span_find(bytes, '\\', 0) < bytes.n;
	/* What the escape of a character of several bytes stands for begins with none of them. */
	if (bytes.p[0] >= 0x80)
		r->begins['\\'] = true;
	for (unsigned f = 0; f < REDACT_FORMS; f++) {
		struct redact_pattern p = redact_pattern_of(f, bytes);

		if (has_form(k, f))
			filter_add(r, &p, (unsigned)(r->count * REDACT_FORMS + f) % ESCAPED_BIT);
	}
	r->count++;
	return true;
}

/* What the patterns together say about one place. */
struct finding {
	enum redact_verdict verdict;     /* MAYBE as long as one of them may still match */
	size_t end;                      /* YES: behind the longest */
	size_t grace;                    /* bytes that need not wait */
	struct redact_pattern awaited;   /* MAYBE: one of those that may still match, */
	struct redact_progress progress; /* and how far it has come */
};

/* How every personal access token and every JWT begins is no secret, and need not wait. */
static bool begins_publicly(struct span secret)
{
	return secret.n >= TOKEN_MIN && (span_starts(secret, "at-") || span_starts(secret, "eyJ"));
}

static void consider(struct finding *f, const struct redact_pattern *p, struct span in, size_t at,
                     bool last)
{
	struct redact_progress m = {at, 0};
	enum redact_verdict v = redact_match(p, in, &m);
	size_t grace = begins_publicly(p->secret) ? GRACE : 0;
	size_t end = v == REDACT_YES ? m.at : in.n;

	if (v == REDACT_MAYBE && last)
		v = m.got >= PARTIAL_MIN ? REDACT_YES : REDACT_NO;
	if (v == REDACT_NO)
		return;
	if (v == REDACT_MAYBE || f->verdict == REDACT_NO)
		f->verdict = v;
	if (v == REDACT_MAYBE) {
		f->awaited = *p;
		f->progress = m;
	}
	if (v == REDACT_YES && end > f->end)
		f->end = end;
	if (grace < f->grace)
		f->grace = grace;
}

static struct finding probe(const struct redact *r, struct span in, size_t at, bool last)
{
	struct finding f = {.verdict = REDACT_NO, .end = at, .grace = GRACE};

	for (const struct known *k = r->secrets; k < r->secrets + r->count; k++)
		for (unsigned form = 0; form < REDACT_FORMS; form++) {
			struct redact_pattern p = redact_pattern_of(form, secret_open(k->secret));

			if (has_form(k, form))
				consider(&f, &p, in, at, last);
		}
	return f;
}

/* JSON is full of escapes: what they stand for tells most of them apart from a secret's first. */
static bool may_begin(const struct redact *r, struct span in, size_t at)
{
	unsigned char c;
	size_t n;

	if (!redact_is_escape(in.p[at]) || r->begins[in.p[at]])
		return true;
	switch (redact_read_escape(span_cut(in, at, in.n), &c, &n)) {
	case REDACT_NO:
		return false;
	case REDACT_MAYBE:
		return true;
	case REDACT_YES:
		break;
	}
	return r->begins[c];
}

/* The first place from `at` on where a secret may begin. */
static size_t skip_ordinary(const struct redact *r, struct span in, size_t at)
{
	const unsigned char *p = in.p;

	for (; at + 2 < in.n; at++) {
		uint32_t two = r->filter[0][p[at]] & r->filter[1][p[at + 1]];

		if (two != 0 && ((two & r->filter[2][p[at + 2]]) != 0 ||
		                 redact_is_escape(p[at + 1])) && may_begin(r, in, at))
			return at;
	}
	while (at < in.n && r->filter[0][p[at]] == 0)
		at++;
	return at;
}

/*
 * How many bytes of the match in progress at `at` may pass: not those with which a shorter secret,
 * that has no grace, may begin inside.
 */
static size_t grace_at(const struct redact *r, struct span in, size_t at, const struct finding *f,
                       bool last)
{
	for (size_t k = 1; k < f->grace && at + k < in.n; k++) {
		struct finding inside = probe(r, in, at + k, last);

		if (inside.verdict != REDACT_NO && inside.grace == 0)
			return k;
	}
	return at + f->grace < in.n ? f->grace : in.n - at;
}

/*
 * Passes on what can be decided of `in`, of which s->passed bytes have gone out already. The rest,
 * from *rest on, is a match in progress; s says how far that has come.
 */
static bool decide(struct redact_stream *s, struct span in, bool last, size_t *rest,
                   struct buf *out, struct err *e)
{
	size_t from = s->passed, at = 0;

	while ((at = skip_ordinary(s->r, in, at)) < in.n) {
		struct finding f = probe(s->r, in, at, last);
		size_t clear;

		if (f.verdict == REDACT_NO) {
			at++;
			continue;
		}
		clear = f.verdict == REDACT_YES ? at : at + grace_at(s->r, in, at, &f, last);
		if (!buf_add(out, span_cut(in, from, clear), e))
			return false;
		from = clear > from ? clear : from;
		if (f.verdict == REDACT_MAYBE) {
			s->awaited = f.awaited;
			s->progress = (struct redact_progress){f.progress.at - at, f.progress.got};
			break;
		}
		if (!buf_add_str(out, "[redacted]", e))
			return false;
		at = from = f.end;
	}
	*rest = at;
	s->passed = from > at ? from - at : 0;
	return at < in.n || buf_add(out, span_cut(in, from, in.n), e);
}

void redact_stream_init(struct redact_stream *s, const struct redact *r)
{
	*s = (struct redact_stream){.r = r};
	buf_init_wiping(&s->held, HELD_MAX, "text held back");
}

void redact_stream_free(struct redact_stream *s)
{
	buf_free(&s->held);
	redact_stream_init(s, s->r);
}

/*
 * More of a match in progress. Once its grace is behind it goes on from where it stands, and
 * nothing is decided as long as it may: to begin anew with every byte of a long secret would
 * cost its square.
 */
static bool feed_held(struct redact_stream *s, struct span piece, struct buf *out, struct err *e)
{
	size_t rest;

	if (!buf_add(&s->held, piece, e))
		return false;
	if (s->held.n - piece.n >= GRACE &&
	    redact_match(&s->awaited, buf_span(&s->held), &s->progress) == REDACT_MAYBE)
		return true;
	if (!decide(s, buf_span(&s->held), false, &rest, out, e))
		return false;
	buf_drop(&s->held, rest);
	return true;
}

bool redact_feed(struct redact_stream *s, struct span in, struct buf *out, struct err *e)
{
	size_t rest;

	if (s->r == NULL || s->r->count == 0)
		return buf_add(out, in, e);
	while (s->held.n > 0 && in.n > 0) {
		struct span piece = span_cut(in, 0, HELD_STEP);

		if (!feed_held(s, piece, out, e))
			return false;
		in = span_cut(in, piece.n, in.n);
	}
	if (in.n == 0)
		return true;
	return decide(s, in, false, &rest, out, e) &&
	       buf_add(&s->held, span_cut(in, rest, in.n), e);
}

bool redact_finish(struct redact_stream *s, struct buf *out, struct err *e)
{
	size_t rest;
	bool ok = s->held.n == 0 || decide(s, buf_span(&s->held), true, &rest, out, e);

	redact_stream_free(s);
	return ok;
}

bool redact_all(const struct redact *r, struct span in, struct buf *out, struct err *e)
{
	struct redact_stream s;
	size_t rest;
	bool ok;

	if (r == NULL || r->count == 0)
		return buf_add(out, in, e);
	redact_stream_init(&s, r);
	ok = decide(&s, in, true, &rest, out, e);
	redact_stream_free(&s);
	return ok;
}
