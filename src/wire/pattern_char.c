#include "wire/pattern_parts.h"

#include <string.h>

#include "base/hex.h"
#include "base/limits.h"
#include "base/utf8.h"

/* ---- failures ---- */

bool pattern_fail(struct pattern_reader *r, const char *what)
{
	size_t offset = 0;

	for (size_t i = 0; i < r->at && i < r->s.n; i++)
		offset += (r->s.p[i] & 0xc0) != 0x80;
	return err_set(r->e, ERR_USAGE, 0, "bad pattern at character %zu: %s", offset, what);
}

bool pattern_fail_size(struct pattern_reader *r)
{
	return err_set(r->e, ERR_USAGE, 0, "bad pattern: it has more than %d states",
	               PATTERN_STATES_MAX);
}

/* ---- characters ---- */

int32_t pattern_peek(const struct pattern_reader *r, size_t *n)
{
	*n = 0;
	if (r->at == r->s.n)
		return PATTERN_NO_CHAR;
	do
		++*n;
	while (r->at + *n < r->s.n && (r->s.p[r->at + *n] & 0xc0) == 0x80);
	return (int32_t)utf8_decode(r->s.p + r->at, *n);
}

int32_t pattern_next(struct pattern_reader *r)
{
	size_t n;
	int32_t c = pattern_peek(r, &n);

	r->at += n;
	return c;
}

bool pattern_comes(const struct pattern_reader *r, const char *what)
{
	return span_starts(span_cut(r->s, r->at, r->s.n), what);
}

bool pattern_take(struct pattern_reader *r, const char *what)
{
	bool there = pattern_comes(r, what);

	r->at += there ? strlen(what) : 0;
	return there;
}

int pattern_peek_digit(const struct pattern_reader *r)
{
	int c = r->at < r->s.n ? r->s.p[r->at] : 0;

	return c >= '0' && c <= '9' ? c - '0' : -1;
}

/* ---- escapes of one character ---- */

static bool read_hex(struct pattern_reader *r, size_t count, int32_t *out)
{
	int32_t v = 0;

	for (; count > 0; count--, r->at++) {
		int digit = r->at < r->s.n ? hex_digit(r->s.p[r->at]) : -1;

		if (digit < 0)
			return pattern_fail(r, "a hexadecimal digit is wanted");
		v = v << 4 | digit;
	}
	*out = v;
	return true;
}

/* Behind \u{ */
static bool read_braced(struct pattern_reader *r, int32_t *out)
{
	int32_t v = 0, digit;

	do {
		if (!read_hex(r, 1, &digit))
			return false;
		v = v << 4 | digit;
		if (v > PATTERN_SCALAR_MAX)
			return pattern_fail(r, "no such character");
	} while (!pattern_take(r, "}"));
	*out = v;
	return true;
}

/* Behind \u: two halves of a pair are one character; half a pair is met in no text. */
static bool read_unicode(struct pattern_reader *r, int32_t *out)
{
	size_t back;
	int32_t low;

	if (pattern_take(r, "{"))
		return read_braced(r, out);
	if (!read_hex(r, 4, out))
		return false;
	back = r->at;
	if (*out >= 0xd800 && *out < 0xdc00 && pattern_take(r, "\\u") && !pattern_comes(r, "{")) {
		if (!read_hex(r, 4, &low))
			return false;
		if (low >= 0xdc00 && low < 0xe000) {
			*out = 0x10000 + ((*out - 0xd800) << 10) + (low - 0xdc00);
			return true;
		}
	}
	if (*out >= 0xd800 && *out < 0xdc00)
		r->at = back;
	return true;
}

static bool is_punctuation(int32_t c)
{
	return c > ' ' && c < 0x7f && (c == '_' || !pattern_is_word((uint32_t)c));
}

static bool refuse_escape(struct pattern_reader *r, int32_t c)
{
	if (c == PATTERN_NO_CHAR)
		return pattern_fail(r, "a backslash at its end");
	if ((c >= '1' && c <= '9') || c == 'k')
		return pattern_fail(r, "references back (\\1, \\k) are not understood");
	if ((c | 0x20) == 'p')
		return pattern_fail(r, "\\p is not understood: write the characters as a class");
	return pattern_fail(r, "no such escape");
}

bool pattern_read_escape(struct pattern_reader *r, int32_t *out)
{
	static const char from[] = "tnvfr", to[] = "\t\n\v\f\r";
	size_t n;
	int32_t c = pattern_peek(r, &n);
	const char *hit = c > 0 && c < 0x80 ? strchr(from, c) : NULL;

	if (hit == NULL && c != 'x' && c != 'u' && c != '0' && !is_punctuation(c))
		return refuse_escape(r, c);
	r->at += n;
	*out = hit != NULL ? to[hit - from] : c;
	if (c == 'x')
		return read_hex(r, 2, out);
	if (c == 'u')
		return read_unicode(r, out);
	if (c == '0')
		*out = 0;
	return c != '0' || pattern_peek_digit(r) < 0 || pattern_fail(r, "a digit behind \\0");
}
