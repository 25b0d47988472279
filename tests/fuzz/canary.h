/*
 * canary - the token of the harnesses, spelled in every way the redactor promises to know, and a
 * search for it that shares nothing with the redactor.
 */
#ifndef CANARY_H
#define CANARY_H

#include "base/redact.h"
#include "fuzz.h"

/* Of what a token may hold, tildes are what base64 and base64url write differently. */
#define CANARY "at-Zq~Wk2~v9X~4Lm8~n3"

enum canary_form {
	CANARY_PLAIN,
	CANARY_HEX,
	CANARY_BASE64_0,
	CANARY_BASE64_1,
	CANARY_BASE64_2,
	CANARY_FORMS
};

/* The characters of a form, NUL-terminated; of base64 only those that depend on nothing else. */
static size_t canary_text(enum canary_form form, char out[64])
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t n = strlen(CANARY), skip = (size_t)(form - CANARY_BASE64_0), at = 0;

	if (form == CANARY_PLAIN) {
		memcpy(out, CANARY, n + 1);
		return n;
	}
	if (form == CANARY_HEX) {
		for (size_t i = 0; i < n; i++)
			at += (size_t)sprintf(out + at, "%02x", (unsigned char)CANARY[i]);
		return at;
	}
	for (size_t bit = 8 * skip; bit < 8 * (skip + n); bit++)
		if (bit % 6 == 0 && bit + 6 <= 8 * (skip + n)) {
			unsigned v = 0;

			for (size_t k = bit; k < bit + 6; k++)
				v = v << 1 | (CANARY[k / 8 - skip] >> (7 - k % 8) & 1);
			out[at++] = digits[v];
		}
	out[at] = '\0';
	return at;
}

/* One character as it is or escaped, as `how` says. */
__attribute__((unused))
static void canary_spell(struct buf *out, char c, unsigned how)
{
	static const char *const before[] = {"", "%", "\\u00", "%", "\\u00"};
	char digits[3];

	fuzz_add(out, span_str(before[how % 5]));
	snprintf(digits, sizeof digits, how % 5 < 3 ? "%02x" : "%02X", (unsigned char)c);
	fuzz_add(out, how % 5 == 0 ? span_of(&c, 1) : span_str(digits));
}

/* Appends the token; `how` picks a form and, by a rule, which characters are escaped. */
__attribute__((unused))
static void canary_add(struct buf *out, unsigned how)
{
	char text[64];
	size_t n = canary_text((enum canary_form)(how % CANARY_FORMS), text);
	unsigned escape = how / CANARY_FORMS % 5, every = how / (CANARY_FORMS * 5) + 1;

	for (size_t i = 0; i < n; i++) {
		char c = text[i];

		if (how % CANARY_FORMS >= CANARY_BASE64_0 && how & 1)
			c = c == '+' ? '-' : c == '/' ? '_' : c;
		canary_spell(out, c, i % every == 0 ? escape : 0);
	}
}

/* The byte that stands at s, escaped or not, in *n bytes. */
static int canary_read(struct span s, bool escapes, size_t *n)
{
	unsigned c;
	char digits[5] = "";

	*n = 1;
	if (escapes && s.n >= 3 && s.p[0] == '%') {
		memcpy(digits, s.p + 1, 2);
		if (strspn(digits, "0123456789abcdefABCDEF") == 2 && sscanf(digits, "%x", &c) == 1) {
			*n = 3;
			return (int)c;
		}
	} else if (escapes && s.n >= 6 && memcmp(s.p, "\\u00", 4) == 0) {
		memcpy(digits, s.p + 4, 2);
		if (strspn(digits, "0123456789abcdefABCDEF") == 2 && sscanf(digits, "%x", &c) == 1) {
			*n = 6;
			return (int)c;
		}
	}
	return s.p[0];
}

static int canary_fold(enum canary_form form, int c)
{
	if (form == CANARY_HEX && c >= 'A' && c <= 'F')
		return c + 32;
	if (form >= CANARY_BASE64_0)
		return c == '-' ? '+' : c == '_' ? '/' : c;
	return c;
}

static bool canary_stands(struct span s, enum canary_form form, const char *text, size_t length)
{
	size_t n;

	for (size_t i = 0; i < length; i++) {
		if (s.n == 0 || canary_fold(form, canary_read(s, true, &n)) != text[i])
			return false;
		s = span_cut(s, n, s.n);
	}
	return true;
}

/* Does the whole token stand anywhere in s, in any spelling? */
__attribute__((unused))
static bool canary_in(struct span s)
{
	for (int form = 0; form < CANARY_FORMS; form++) {
		char text[64];
		size_t n = canary_text((enum canary_form)form, text);

		for (size_t at = 0; at < s.n; at++)
			if ((s.p[at] == '%' || s.p[at] == '\\' || canary_fold(form, s.p[at]) == text[0]) &&
			    canary_stands(span_cut(s, at, s.n), (enum canary_form)form, text, n))
				return true;
	}
	return false;
}

/* A redactor that knows the token, made once. */
__attribute__((unused))
static const struct redact *canary_redact(void)
{
	static struct redact *r;
	struct secret *s;
	struct buf b;
	struct err e;

	if (r != NULL)
		return r;
	buf_init_wiping(&b, 64, "the token");
	fuzz_add(&b, span_str(CANARY));
	FUZZ_CHECK(redact_new(&r, &e) && secret_take(&s, &b, &e) && redact_learn(r, s, &e));
	secret_free(&s);
	return r;
}

/* Bytes 0x01 and 0x02 in s, each with the byte behind it, become the token and its first half. */
__attribute__((unused))
static void canary_expand(struct span s, struct buf *out)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == 1 && i + 1 < s.n)
			canary_add(out, s.p[++i]);
		else if (s.p[i] == 2 && i + 1 < s.n)
			fuzz_add(out, span_of(CANARY, s.p[++i] % strlen(CANARY)));
		else
			fuzz_add(out, span_of(s.p + i, 1));
	}
}

/* How many bytes, at most `most`, stand in front of a mark at s; `most` + 1 when there is none. */
static size_t canary_before_mark(struct span s, size_t most)
{
	size_t n = 0;

	while (n <= most && !span_starts(span_cut(s, n, s.n), "[redacted]"))
		n++;
	return n;
}

/*
 * The same text? Where the cut fell decides whether the first three bytes of what became a mark went
 * ahead, and then whether the defuser had to break "##[" with a space.
 */
__attribute__((unused))
static bool canary_same(struct span a, struct span b)
{
	while (a.n > 0 && b.n > 0) {
		size_t in_a = 0, in_b = 0;

		if (a.p[0] != b.p[0]) {
			in_a = canary_before_mark(a, 3);
			in_b = canary_before_mark(b, 3);
			if (in_a > 3 || in_b > 3)
				return false;
			in_a += strlen("[redacted]") - 1;
			in_b += strlen("[redacted]") - 1;
		}
		a = span_cut(a, in_a + 1, a.n);
		b = span_cut(b, in_b + 1, b.n);
	}
	return a.n == b.n;
}

#endif
