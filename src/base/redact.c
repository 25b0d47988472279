#include "base/redact.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/secret_open.h"

enum {
	GRACE = 3,       /* bytes of a long secret's match that pass */
	PARTIAL_MIN = 8, /* characters of a secret that are not shown at the end of a stream */
	HELD_STEP = 1024,
	HELD_MAX = 12 * TOKEN_MAX + HELD_STEP, /* two digits a byte, each \u00XX */
	FILTER_DEPTH = 3,
};

/* Ways to write a secret. In all but the first, escapes are read wherever one gives the wanted character. */
enum form { AS_IS, SPELLED, HEX, BASE64_0, BASE64_1, BASE64_2, FORMS };

/* One secret in one form: n characters, computed when they are wanted. */
struct pattern {
	enum form form;
	struct span secret;
	size_t n;
};

/*
 * filter[k][c] has a bit set for every pattern (modulo the bits there are) whose character k may
 * begin with byte c: three look-ups pass over nearly all ordinary text.
 */
struct redact {
	size_t count;
	struct known {
		struct buf bytes; /* wiping */
		bool odd;         /* holds what escapes begin with: as it is and as it is spelled differ */
	} secrets[SECRETS_MAX];
	uint32_t filter[FILTER_DEPTH][256];
	bool begins[256]; /* some pattern begins with it, escapes apart */
};

enum { ESCAPED_BIT = 31 }; /* of the filter: the first character is written as an escape */

static size_t base64_first(enum form f)
{
	/* Of the first characters the bytes in front have their share. */
	return f == BASE64_0 ? 0 : f == BASE64_1 ? 2 : 3;
}

static struct pattern pattern_of(enum form f, struct span secret)
{
	struct pattern p = {f, secret, secret.n};

	if (f == HEX)
		p.n = 2 * secret.n;
	else if (f >= BASE64_0)
		p.n = 8 * ((size_t)(f - BASE64_0) + secret.n) / 6 - base64_first(f);
	return p;
}

static unsigned char base64_at(const struct pattern *p, size_t i)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t bit = 6 * (base64_first(p->form) + i) - 8 * (size_t)(p->form - BASE64_0);
	size_t at = bit / 8;
	unsigned two = (unsigned)p->secret.p[at] << 8;

	if (at + 1 < p->secret.n)
		two |= p->secret.p[at + 1];
	return (unsigned char)digits[two >> (10 - bit % 8) & 63];
}

/* Character i of the pattern, in the form `fold` gives. */
static unsigned char wanted(const struct pattern *p, size_t i)
{
	if (p->form <= SPELLED)
		return p->secret.p[i];
	if (p->form == HEX)
		return (unsigned char)"0123456789abcdef"[p->secret.p[i / 2] >> (i % 2 == 0 ? 4 : 0) & 15];
	return base64_at(p, i);
}

/* Characters that a form takes for the same become the same. */
static unsigned char fold(enum form f, unsigned char c)
{
	if (f <= SPELLED)
		return c;
	if (f == HEX)
		return c >= 'A' && c <= 'F' ? (unsigned char)(c + 32) : c;
	return c == '-' ? '+' : c == '_' ? '/' : c;
}

static bool is_escape(unsigned char c)
{
	return c == '%' || c == '\\';
}

static bool has_form(const struct known *k, enum form f)
{
	return f != AS_IS || k->odd;
}

static void filter_add(struct redact *r, const struct pattern *p, unsigned bit)
{
	for (size_t k = 0; k < FILTER_DEPTH; k++)
		for (unsigned c = 0; c < 256; c++)
			if (fold(p->form, (unsigned char)c) == wanted(p, k)) {
				r->filter[k][c] |= UINT32_C(1) << bit;
				r->begins[c] |= k == 0;
			}
}

bool redact_new(struct redact **out, struct err *e)
{
	struct redact *r = calloc(1, sizeof *r);

	if (r == NULL)
		return err_memory(e);
	for (size_t i = 0; i < SECRETS_MAX; i++)
		buf_init_wiping(&r->secrets[i].bytes, TOKEN_MAX, "secret");
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
	for (size_t i = 0; i < SECRETS_MAX; i++)
		buf_free(&(*r)->secrets[i].bytes);
	wipe(*r, sizeof **r);
	free(*r);
	*r = NULL;
}

static bool knows(const struct redact *r, struct span secret)
{
	for (size_t i = 0; i < r->count; i++)
		if (span_equal(buf_span(&r->secrets[i].bytes), secret))
			return true;
	return false;
}

bool redact_learn(struct redact *r, const struct secret *s, struct err *e)
{
	struct span bytes = secret_open(s);
	struct known *k = &r->secrets[r->count];

	if (bytes.n < REDACT_SECRET_MIN || knows(r, bytes))
		return true;
	if (r->count == SECRETS_MAX)
		return err_set(e, ERR_CEILING, 0, "more than %d secrets to keep", SECRETS_MAX);
	if (!buf_add(&k->bytes, bytes, e))
		return false;
	k->odd = span_find(bytes, '%', 0) < bytes.n || span_find(bytes, '\\', 0) < bytes.n;
	for (unsigned f = 0; f < FORMS; f++) {
		struct pattern p = pattern_of(f, buf_span(&k->bytes));

		if (has_form(k, f))
			filter_add(r, &p, (unsigned)(r->count * FORMS + f) % ESCAPED_BIT);
	}
	r->count++;
	return true;
}

/* NO: it does not stand here. MAYBE: the input ends first. */
enum verdict { NO, MAYBE, YES };

static int hex_digit(unsigned char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The byte that the escape at the front of s stands for, and how long the escape is. */
static enum verdict read_escape(struct span s, unsigned char *c, size_t *n)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	const char *lead = s.p[0] == '%' ? "%" : "\\u00", *hit;
	size_t digits = strlen(lead), i;

	if (s.p[0] == '\\' && s.n > 1 && (hit = memchr(from, s.p[1], sizeof from - 1)) != NULL) {
		*c = (unsigned char)to[hit - from];
		*n = 2;
		return YES;
	}
	*c = 0;
	*n = digits + 2;
	for (i = 0; i < *n; i++) {
		if (i == s.n)
			return MAYBE;
		if (i < digits ? s.p[i] != (unsigned char)lead[i] : hex_digit(s.p[i]) < 0)
			return NO;
		if (i >= digits)
			*c = (unsigned char)(*c << 4 | hex_digit(s.p[i]));
	}
	return YES;
}

/* Does the pattern stand at in[at]? *end is behind it, *got how many of its characters were seen. */
static enum verdict match(const struct pattern *p, struct span in, size_t at, size_t *end,
                          size_t *got)
{
	for (*got = 0; *got < p->n; ++*got) {
		unsigned char want = wanted(p, *got), c;
		size_t n;

		*end = in.n;
		if (at == in.n)
			return MAYBE;
		if (p->form != AS_IS && is_escape(in.p[at])) {
			enum verdict escape = read_escape(span_cut(in, at, in.n), &c, &n);

			if (escape == MAYBE)
				return MAYBE;
			if (escape == YES && fold(p->form, c) == want) {
				at += n;
				continue;
			}
		}
		if (fold(p->form, in.p[at]) != want)
			return NO;
		at++;
	}
	*end = at;
	return YES;
}

/* What the patterns together say about one place. */
struct finding {
	enum verdict verdict; /* MAYBE as long as one of them may still match */
	size_t end;           /* YES: behind the longest */
	size_t grace;         /* bytes that pass in any case */
};

static void consider(struct finding *f, const struct pattern *p, struct span in, size_t at,
                     bool last)
{
	size_t end, got, grace = p->secret.n >= TOKEN_MIN ? GRACE : 0;
	enum verdict v = match(p, in, at, &end, &got);

	if (v == MAYBE && last)
		v = got >= PARTIAL_MIN ? YES : NO;
	if (v == NO)
		return;
	if (v == MAYBE || f->verdict == NO)
		f->verdict = v;
	if (v == YES && end > f->end)
		f->end = end;
	if (grace < f->grace)
		f->grace = grace;
}

static struct finding probe(const struct redact *r, struct span in, size_t at, bool last)
{
	struct finding f = {NO, at, GRACE};

	for (const struct known *k = r->secrets; k < r->secrets + r->count; k++) {
		for (unsigned form = 0; form < FORMS; form++) {
			struct pattern p = pattern_of(form, buf_span(&k->bytes));

			if (has_form(k, form))
				consider(&f, &p, in, at, last);
		}
	}
	return f;
}

/* JSON is full of escapes: what they stand for tells most of them apart from a secret's first. */
static bool may_begin(const struct redact *r, struct span in, size_t at)
{
	unsigned char c;
	size_t n;

	if (!is_escape(in.p[at]) || r->begins[in.p[at]])
		return true;
	switch (read_escape(span_cut(in, at, in.n), &c, &n)) {
	case NO:
		return false;
	case MAYBE:
		return true;
	case YES:
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

		if (two != 0 && ((two & r->filter[2][p[at + 2]]) != 0 || is_escape(p[at + 1])) &&
		    may_begin(r, in, at))
			return at;
	}
	while (at < in.n && r->filter[0][p[at]] == 0)
		at++;
	return at;
}

/*
 * How many bytes of the match at `at` may pass: not those with which a shorter secret, that has
 * no grace, may begin inside.
 */
static size_t grace_at(const struct redact *r, struct span in, size_t at, const struct finding *f,
                       bool last)
{
	for (size_t k = 1; k < f->grace && at + k < in.n; k++) {
		struct finding inside = probe(r, in, at + k, last);

		if (inside.verdict != NO && inside.grace == 0)
			return k;
	}
	return at + f->grace < in.n ? f->grace : in.n - at;
}

/*
 * Passes on what can be decided. The rest, from *rest on, is a match in progress, of which *passed
 * bytes have been passed on; *passed says the same of `in` when we come here.
 */
static bool decide(const struct redact *r, struct span in, bool last, size_t *passed, size_t *rest,
                   struct buf *out, struct err *e)
{
	size_t from = *passed, at = 0;

	while ((at = skip_ordinary(r, in, at)) < in.n) {
		struct finding f = probe(r, in, at, last);
		size_t grace;

		if (f.verdict == NO) {
			at++;
			continue;
		}
		grace = grace_at(r, in, at, &f, last);
		if (at + grace > from) {
			if (!buf_add(out, span_cut(in, from, at + grace), e))
				return false;
			from = at + grace;
		}
		if (f.verdict == MAYBE)
			break;
		if (!buf_add_str(out, "[redacted]", e))
			return false;
		at = from = f.end;
	}
	*rest = at;
	*passed = from > at ? from - at : 0;
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
	s->passed = 0;
}

bool redact_feed(struct redact_stream *s, struct span in, struct buf *out, struct err *e)
{
	size_t rest;

	if (s->r == NULL || s->r->count == 0)
		return buf_add(out, in, e);
	while (s->held.n > 0 && in.n > 0) {
		struct span piece = span_cut(in, 0, HELD_STEP);

		if (!buf_add(&s->held, piece, e) ||
		    !decide(s->r, buf_span(&s->held), false, &s->passed, &rest, out, e))
			return false;
		buf_drop(&s->held, rest);
		in = span_cut(in, piece.n, in.n);
	}
	if (in.n == 0)
		return true;
	return decide(s->r, in, false, &s->passed, &rest, out, e) &&
	       buf_add(&s->held, span_cut(in, rest, in.n), e);
}

bool redact_finish(struct redact_stream *s, struct buf *out, struct err *e)
{
	size_t rest;
	bool ok = s->held.n == 0 || decide(s->r, buf_span(&s->held), true, &s->passed, &rest, out, e);

	buf_clear(&s->held);
	s->passed = 0;
	return ok;
}

bool redact_all(const struct redact *r, struct span in, struct buf *out, struct err *e)
{
	struct redact_stream s;
	bool ok;

	redact_stream_init(&s, r);
	ok = redact_feed(&s, in, out, e) && redact_finish(&s, out, e);
	redact_stream_free(&s);
	return ok;
}
