#include "base/redact_match.h"

#include <string.h>

#include "base/fmt.h"
#include "base/hex.h"
#include "base/utf8.h"

enum { ESCAPED_MAX = 12 };

/* Of the first characters the bytes in front have their share. */
static size_t base64_first(enum redact_form f)
{
	return f == REDACT_BASE64_0 ? 0 : f == REDACT_BASE64_1 ? 2 : 3;
}

struct redact_pattern redact_pattern_of(enum redact_form f, struct span secret)
{
	struct redact_pattern p = {f, secret, secret.n};

	if (f == REDACT_HEX)
		p.n = 2 * secret.n;
	else if (f >= REDACT_BASE64_0)
		p.n = 8 * ((size_t)(f - REDACT_BASE64_0) + secret.n) / 6 - base64_first(f);
	return p;
}

static unsigned char base64_at(const struct redact_pattern *p, size_t i)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t bit = 6 * (base64_first(p->form) + i) - 8 * (size_t)(p->form - REDACT_BASE64_0);
	size_t at = bit / 8;
	unsigned two = (unsigned)p->secret.p[at] << 8;

	if (at + 1 < p->secret.n)
		two |= p->secret.p[at + 1];
	return (unsigned char)digits[two >> (10 - bit % 8) & 63];
}

static unsigned char hex_at(const struct redact_pattern *p, size_t i)
{
	unsigned char byte = p->secret.p[i / 2];

	return (unsigned char)"0123456789abcdef"[i % 2 == 0 ? byte >> 4 : byte & 15];
}

/* Character i of the pattern, in the form `fold` gives. */
static unsigned char wanted(const struct redact_pattern *p, size_t i)
{
	if (p->form <= REDACT_SPELLED)
		return p->secret.p[i];
	if (p->form == REDACT_HEX)
		return hex_at(p, i);
	return base64_at(p, i);
}

/* Characters that a form takes for the same become the same. */
static unsigned char fold(enum redact_form f, unsigned char c)
{
	if (f <= REDACT_SPELLED)
		return c;
	if (f == REDACT_HEX)
		return c >= 'A' && c <= 'F' ? (unsigned char)(c + 32) : c;
	return c == '-' ? '+' : c == '_' ? '/' : c;
}

bool redact_fits(const struct redact_pattern *p, size_t i, unsigned char c)
{
	return fold(p->form, c) == wanted(p, i);
}

bool redact_is_escape(unsigned char c)
{
	return c == '%' || c == '\\';
}

enum redact_verdict redact_read_escape(struct span s, unsigned char *c, size_t *n)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	const char *lead = s.p[0] == '%' ? "%" : "\\u00", *hit;
	size_t digits = strlen(lead);

	if (s.p[0] == '\\' && s.n > 1 && (hit = memchr(from, s.p[1], sizeof from - 1)) != NULL) {
		*c = (unsigned char)to[hit - from];
		*n = 2;
		return REDACT_YES;
	}
	*c = 0;
	*n = digits + 2;
	for (size_t i = 0; i < *n; i++) {
		if (i == s.n)
			return REDACT_MAYBE;
		if (i < digits ? s.p[i] != (unsigned char)lead[i] : hex_digit(s.p[i]) < 0)
			return REDACT_NO;
		if (i >= digits)
			*c = (unsigned char)(*c << 4 | hex_digit(s.p[i]));
	}
	return REDACT_YES;
}

/* The UTF-8 character in front of s, how long it is; 0 when there is none beyond ASCII. */
static size_t character(struct span s, uint32_t *c)
{
	struct utf8 u = {0};

	for (size_t n = 0; n < s.n && s.p[0] >= 0x80 && utf8_step(&u, s.p[n]); n++)
		if (u.left == 0) {
			*c = utf8_decode(s.p, n + 1);
			return n + 1;
		}
	return 0;
}

/* As JSON escapes it: \u20ac, or a pair of surrogates. */
static size_t escape_of(uint32_t c, char out[ESCAPED_MAX + 1])
{
	if (c < 0x10000)
		return fmt_into(out, ESCAPED_MAX + 1, "\\u%04x", c);
	c -= 0x10000;
	return fmt_into(out, ESCAPED_MAX + 1, "\\u%04x\\u%04x", 0xd800 + (c >> 10),
	                0xdc00 + (c & 0x3ff));
}

/* Is a character of several bytes, all the next of the pattern, written as such an escape? */
static enum redact_verdict match_character(const struct redact_pattern *p, size_t i, struct span s,
                                           size_t *n, size_t *got)
{
	char escape[ESCAPED_MAX + 1];
	uint32_t c;

	*got = character(span_cut(p->secret, i, p->secret.n), &c);
	if (*got == 0)
		return REDACT_NO;
	*n = escape_of(c, escape);
	for (size_t k = 0; k < *n; k++) {
		if (k == s.n)
			return REDACT_MAYBE;
		if (escape[k] != s.p[k] && (s.p[k] < 'A' || s.p[k] > 'F' || escape[k] != s.p[k] + 32))
			return REDACT_NO;
	}
	return REDACT_YES;
}

/* How the pattern's next *got characters are written at the front of s: in *n bytes. */
static enum redact_verdict match_one(const struct redact_pattern *p, size_t i, struct span s,
                                     size_t *n, size_t *got)
{
	unsigned char c;

	if (s.n == 0)
		return REDACT_MAYBE;
	if (p->form == REDACT_SPELLED && s.p[0] == '\\') {
		enum redact_verdict whole = match_character(p, i, s, n, got);

		if (whole != REDACT_NO)
			return whole;
	}
	*got = 1;
	if (p->form != REDACT_AS_IS && redact_is_escape(s.p[0])) {
		enum redact_verdict escape = redact_read_escape(s, &c, n);

		if (escape == REDACT_MAYBE || (escape == REDACT_YES && redact_fits(p, i, c)))
			return escape;
	}
	*n = 1;
	return redact_fits(p, i, s.p[0]) ? REDACT_YES : REDACT_NO;
}

enum redact_verdict redact_match(const struct redact_pattern *p, struct span in,
                                 struct redact_progress *m)
{
	enum redact_verdict v = REDACT_YES;
	size_t n = 0, got = 0;

	while (m->got < p->n && v == REDACT_YES) {
		v = match_one(p, m->got, (struct span){in.p + m->at, in.n - m->at}, &n, &got);
		if (v == REDACT_YES) {
			m->at += n;
			m->got += got;
		}
	}
	return v;
}
