#include "wire/toml_parts.h"

#include <string.h>

#include "base/hex.h"
#include "base/utf8.h"

/* ---- failures ---- */

bool toml_fail_as(struct toml_reader *r, enum err_kind kind, const char *what)
{
	size_t line = 1;

	for (size_t i = 0; i < r->at && i < r->s.n; i++)
		line += r->s.p[i] == '\n';
	return err_set(r->e, kind, 0, "line %zu: %s", line, what);
}

bool toml_fail(struct toml_reader *r, const char *what)
{
	return toml_fail_as(r, ERR_PROTOCOL, what);
}

/* ---- bytes ---- */

static int peek_at(const struct toml_reader *r, size_t ahead)
{
	return r->at + ahead < r->s.n ? r->s.p[r->at + ahead] : TOML_END;
}

int toml_peek(const struct toml_reader *r)
{
	return peek_at(r, 0);
}

bool toml_take(struct toml_reader *r, int c)
{
	if (toml_peek(r) != c)
		return false;
	r->at++;
	return true;
}

/* How many bytes of line end stand `ahead`: 0, 1 or 2. */
static size_t newline_at(const struct toml_reader *r, size_t ahead)
{
	if (peek_at(r, ahead) == '\r' && peek_at(r, ahead + 1) == '\n')
		return 2;
	return peek_at(r, ahead) == '\n';
}

/* Neither a comment nor a string may hold these raw. */
static bool is_control(int c)
{
	return (c < 0x20 && c != '\t') || c == 0x7f;
}

void toml_skip_blanks(struct toml_reader *r)
{
	while (toml_peek(r) == ' ' || toml_peek(r) == '\t')
		r->at++;
}

static void skip_comment(struct toml_reader *r)
{
	if (toml_peek(r) == '#')
		while (!is_control(toml_peek(r)))
			r->at++;
}

/* Blanks, a comment, a line end; at the end of the document none is needed. */
bool toml_end_line(struct toml_reader *r)
{
	size_t n;

	toml_skip_blanks(r);
	skip_comment(r);
	n = newline_at(r, 0);
	r->at += n;
	return n > 0 || toml_peek(r) == TOML_END || toml_fail(r, "something stands behind the value or header");
}

/* Between the elements of an array. */
void toml_skip_lines(struct toml_reader *r)
{
	size_t n = 1;

	while (n > 0) {
		toml_skip_blanks(r);
		skip_comment(r);
		n = newline_at(r, 0);
		r->at += n;
	}
}

/* ---- strings ---- */

static bool put(struct toml_reader *r, int c)
{
	return buf_add_byte(&r->t->text, (unsigned char)c, r->e);
}

static bool read_scalar(struct toml_reader *r, size_t digits)
{
	unsigned char utf8[4];
	uint32_t v = 0;

	for (; digits > 0; digits--, r->at++) {
		int digit = toml_peek(r) == TOML_END ? -1 : hex_digit((unsigned char)toml_peek(r));

		if (digit < 0)
			return toml_fail(r, "an escape wants hexadecimal digits");
		v = v << 4 | (uint32_t)digit;
	}
	if (v > 0x10ffff || (v >= 0xd800 && v < 0xe000))
		return toml_fail(r, "an escape is no character");
	return buf_add(&r->t->text, span_of(utf8, utf8_encode(v, utf8)), r->e);
}

static bool read_escape(struct toml_reader *r)
{
	static const char names[] = "btnfr\"\\", bytes[] = "\b\t\n\f\r\"\\";
	int c = toml_peek(r);
	const char *at = c > 0 ? strchr(names, c) : NULL;

	if (at != NULL) {
		r->at++;
		return put(r, bytes[at - names]);
	}
	if (toml_take(r, 'u'))
		return read_scalar(r, 4);
	if (toml_take(r, 'U'))
		return read_scalar(r, 8);
	return toml_fail(r, "an unknown escape");
}

/* A backslash that ends a line swallows all white space up to the next word. */
static bool skip_fold(struct toml_reader *r)
{
	size_t ahead = 0, n;

	while (peek_at(r, ahead) == ' ' || peek_at(r, ahead) == '\t')
		ahead++;
	if (newline_at(r, ahead) == 0)
		return false;
	r->at += ahead;
	do {
		n = newline_at(r, 0);
		r->at += n;
		toml_skip_blanks(r);
	} while (newline_at(r, 0) > 0);
	return true;
}

/* One to five quotes inside or at the end of a multi-line string: up to two may be its own. */
static bool read_quotes(struct toml_reader *r, int quote, bool *ended)
{
	size_t n = 1;

	while (n < 5 && peek_at(r, n) == quote)
		n++;
	r->at += n;
	*ended = n >= 3;
	for (n = *ended ? n - 3 : n; n > 0; n--)
		if (!put(r, quote))
			return false;
	return true;
}

static bool read_lines(struct toml_reader *r, int quote)
{
	bool ended = false;

	r->at += newline_at(r, 0);
	while (!ended) {
		int c = toml_peek(r);
		bool ok;

		if (c == quote) {
			ok = read_quotes(r, quote, &ended);
		} else if (newline_at(r, 0) > 0) {
			r->at += newline_at(r, 0);
			ok = put(r, '\n');
		} else if (c == '\\' && quote == '"') {
			r->at++;
			ok = skip_fold(r) || read_escape(r);
		} else if (is_control(c)) {
			return toml_fail(r, c == TOML_END ? "a string has no end"
			                        : "a control character in a string");
		} else {
			r->at++;
			ok = put(r, c);
		}
		if (!ok)
			return false;
	}
	return true;
}

static bool read_line(struct toml_reader *r, int quote)
{
	while (!toml_take(r, quote)) {
		int c = toml_peek(r);

		if (is_control(c))
			return toml_fail(r, c == TOML_END || newline_at(r, 0) > 0
			                       ? "a string has no end"
			                       : "a control character in a string");
		r->at++;
		if (!(c == '\\' && quote == '"' ? read_escape(r) : put(r, c)))
			return false;
	}
	return true;
}

/* Behind its first quote. */
bool toml_read_string(struct toml_reader *r, int quote, bool lines_allowed, struct toml_word *out)
{
	bool lines = lines_allowed && toml_peek(r) == quote && peek_at(r, 1) == quote;

	out->at = r->t->text.n;
	if (lines)
		r->at += 2;
	if (!(lines ? read_lines(r, quote) : read_line(r, quote)))
		return false;
	out->n = r->t->text.n - out->at;
	return true;
}

/* ---- keys ---- */

static bool is_alnum(int c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_bare(int c)
{
	return is_alnum(c) || c == '_' || c == '-';
}

/* One part of a key, and the blanks around it. */
bool toml_read_key(struct toml_reader *r, struct toml_word *out)
{
	int quote;

	toml_skip_blanks(r);
	quote = toml_peek(r);
	out->at = r->t->text.n;
	if (quote == '"' || quote == '\'') {
		r->at++;
		if (!toml_read_string(r, quote, false, out))
			return false;
	} else {
		size_t from = r->at;

		while (is_bare(toml_peek(r)))
			r->at++;
		out->n = r->at - from;
		if (out->n == 0)
			return toml_fail(r, "a key is missing");
		if (!buf_add(&r->t->text, span_cut(r->s, from, r->at), r->e))
			return false;
	}
	toml_skip_blanks(r);
	return true;
}

/* ---- plain values ---- */

/* Digits, single underscores between them; false when there are none or one stands wrong. */
static bool take_digits(struct span *s, unsigned base, uint64_t *v, bool *over)
{
	size_t n = 0;

	for (;; n++) {
		int digit = n < s->n ? hex_digit(s->p[n]) : -1;

		if (n > 0 && n + 1 < s->n && s->p[n] == '_' && s->p[n - 1] != '_')
			continue;
		if (digit < 0 || (unsigned)digit >= base)
			break;
		*over = *over || *v > (UINT64_MAX - (unsigned)digit) / base;
		*v = *v * base + (unsigned)digit;
	}
	if (n == 0 || s->p[n - 1] == '_')
		return false;
	*s = span_cut(*s, n, s->n);
	return true;
}

static bool take_sign(struct span *s, bool *minus)
{
	bool signed_ = span_starts(*s, "-") || span_starts(*s, "+");

	*minus = span_starts(*s, "-");
	*s = span_cut(*s, signed_, s->n);
	return signed_;
}

/* What may follow the whole part of a float; all of it. */
static bool is_fraction(struct span s)
{
	uint64_t v = 0;
	bool over = false, minus;

	if (span_starts(s, ".")) {
		s = span_cut(s, 1, s.n);
		if (!take_digits(&s, 10, &v, &over))
			return false;
	}
	if (span_starts(s, "e") || span_starts(s, "E")) {
		s = span_cut(s, 1, s.n);
		take_sign(&s, &minus);
		if (!take_digits(&s, 10, &v, &over))
			return false;
	}
	return s.n == 0;
}

enum number { NO_NUMBER, INTEGER, FLOAT, TOO_LARGE };

static enum number read_number(struct span s, int64_t *out)
{
	static const struct {
		const char *prefix;
		unsigned base;
	} bases[] = {{"0x", 16}, {"0o", 8}, {"0b", 2}};
	uint64_t v = 0;
	bool minus, over = false, signed_ = take_sign(&s, &minus), zero = span_starts(s, "0");
	size_t n = s.n;

	if (span_equal_str(s, "inf") || span_equal_str(s, "nan"))
		return FLOAT;
	for (size_t i = 0; i < sizeof bases / sizeof bases[0] && !signed_; i++)
		if (span_starts(s, bases[i].prefix)) {
			s = span_cut(s, 2, n);
			if (!take_digits(&s, bases[i].base, &v, &over) || s.n > 0)
				return NO_NUMBER;
			*out = (int64_t)v;
			return over || v > INT64_MAX ? TOO_LARGE : INTEGER;
		}
	if (!take_digits(&s, 10, &v, &over) || (zero && n - s.n > 1))
		return NO_NUMBER;
	if (s.n > 0)
		return is_fraction(s) ? FLOAT : NO_NUMBER;
	if (over || v > (uint64_t)INT64_MAX + minus)
		return TOO_LARGE;
	*out = (int64_t)(minus ? 0 - v : v);
	return INTEGER;
}

static bool looks_like_time(struct span s)
{
	return (s.n > 4 && s.p[4] == '-' && span_find(s, '.', 0) >= 4) ||
	       (s.n > 2 && s.p[2] == ':');
}

bool toml_read_plain(struct toml_reader *r, int value)
{
	struct toml_node *v = toml_node(r->t, value);
	struct span word;
	size_t n = 0;

	while (is_bare(peek_at(r, n)) || peek_at(r, n) == '+' || peek_at(r, n) == '.' ||
		peek_at(r, n) == ':')
		n++;
	word = span_cut(r->s, r->at, r->at + n);
	v->type = TOML_BOOLEAN;
	v->number = span_equal_str(word, "true");
	if (v->number == 0 && !span_equal_str(word, "false")) {
		enum number number = read_number(word, &v->number);

		if (number == TOO_LARGE)
			return toml_fail(r, "an integer of more than 64 bits");
		if (number == NO_NUMBER)
			return toml_fail(r, looks_like_time(word) ? "dates and times are not understood"
			                                     : "a value is missing or ill-formed");
		v->type = number == INTEGER ? TOML_INTEGER : TOML_FLOAT;
	}
	r->at += n;
	return true;
}
