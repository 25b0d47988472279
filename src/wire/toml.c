#include "wire/toml.h"

#include <string.h>

#include "base/hex.h"
#include "base/limits.h"
#include "base/utf8.h"

/* How a table or array came to be decides what may still be put into it. */
enum how {
	CLOSED,   /* a value: nothing */
	IMPLIED,  /* by the header of a table inside: its own header may still come */
	DOTTED,   /* by a dotted key: more dotted keys, tables inside */
	DEFINED,  /* by its own header: tables inside */
	TABLES,   /* an array by its headers: more of them */
};

/* Values of one parent are a chain of indices. */
struct node {
	unsigned char type, how, depth;
	int first, last, next;
	size_t key_at, key_n;
	size_t at, n;   /* a string's bytes in the text */
	int64_t number;
};

struct parser {
	struct toml *t;
	struct span s;
	size_t at;
	struct err *e;
};

/* ---- the tree ---- */

void toml_init(struct toml *t)
{
	buf_init(&t->nodes, TOML_VALUES_MAX * sizeof(struct node), "values");
	buf_init(&t->text, TOML_MAX, "text");
}

void toml_free(struct toml *t)
{
	buf_free(&t->nodes);
	buf_free(&t->text);
}

/* Until the next one is added. */
static struct node *node(const struct toml *t, int value)
{
	return (struct node *)(void *)t->nodes.p + value;
}

static struct span text(const struct toml *t, size_t at, size_t n)
{
	return span_cut(buf_span(&t->text), at, at + n);
}

bool toml_is_type(const struct toml *t, int value, enum toml_type type)
{
	return value != TOML_NONE && node(t, value)->type == type;
}

int toml_first(const struct toml *t, int parent)
{
	return parent == TOML_NONE ? TOML_NONE : node(t, parent)->first;
}

int toml_next(const struct toml *t, int value)
{
	return value == TOML_NONE ? TOML_NONE : node(t, value)->next;
}

struct span toml_key(const struct toml *t, int value)
{
	if (value == TOML_NONE)
		return span_of(NULL, 0);
	return text(t, node(t, value)->key_at, node(t, value)->key_n);
}

struct span toml_string(const struct toml *t, int value)
{
	if (!toml_is_type(t, value, TOML_STRING))
		return span_of(NULL, 0);
	return text(t, node(t, value)->at, node(t, value)->n);
}

int64_t toml_number(const struct toml *t, int value)
{
	return value == TOML_NONE ? 0 : node(t, value)->number;
}

int toml_member(const struct toml *t, int table, struct span key)
{
	int v = toml_is_type(t, table, TOML_TABLE) ? toml_first(t, table) : TOML_NONE;

	while (v != TOML_NONE && !span_equal(toml_key(t, v), key))
		v = toml_next(t, v);
	return v;
}

/* ---- failures ---- */

static bool fail_as(struct parser *p, enum err_kind kind, const char *what)
{
	size_t line = 1;

	for (size_t i = 0; i < p->at && i < p->s.n; i++)
		line += p->s.p[i] == '\n';
	return err_set(p->e, kind, 0, "line %zu: %s", line, what);
}

static bool fail(struct parser *p, const char *what)
{
	return fail_as(p, ERR_PROTOCOL, what);
}

/* ---- bytes ---- */

enum { END = -1 };

static int peek_at(const struct parser *p, size_t ahead)
{
	return p->at + ahead < p->s.n ? p->s.p[p->at + ahead] : END;
}

static int peek(const struct parser *p)
{
	return peek_at(p, 0);
}

static bool take(struct parser *p, int c)
{
	if (peek(p) != c)
		return false;
	p->at++;
	return true;
}

/* How many bytes of line end stand `ahead`: 0, 1 or 2. */
static size_t newline_at(const struct parser *p, size_t ahead)
{
	if (peek_at(p, ahead) == '\r' && peek_at(p, ahead + 1) == '\n')
		return 2;
	return peek_at(p, ahead) == '\n';
}

/* Neither a comment nor a string may hold these raw. */
static bool is_control(int c)
{
	return (c < 0x20 && c != '\t') || c == 0x7f;
}

static void skip_blanks(struct parser *p)
{
	while (peek(p) == ' ' || peek(p) == '\t')
		p->at++;
}

static void skip_comment(struct parser *p)
{
	if (peek(p) == '#')
		while (!is_control(peek(p)))
			p->at++;
}

/* Blanks, a comment, a line end; at the end of the document none is needed. */
static bool end_line(struct parser *p)
{
	size_t n;

	skip_blanks(p);
	skip_comment(p);
	n = newline_at(p, 0);
	p->at += n;
	return n > 0 || peek(p) == END || fail(p, "something stands behind the value or header");
}

/* Between the elements of an array. */
static void skip_lines(struct parser *p)
{
	size_t n = 1;

	while (n > 0) {
		skip_blanks(p);
		skip_comment(p);
		n = newline_at(p, 0);
		p->at += n;
	}
}

/* ---- adding ---- */

struct key {
	size_t at, n; /* in the text */
};

/* TOML_NONE when there is no room; `key` is all zeros for an element. */
static int add(struct parser *p, int parent, struct key key, enum toml_type type, enum how how)
{
	struct toml *t = p->t;
	int made = (int)(t->nodes.n / sizeof(struct node));
	struct node fresh = {.type = (unsigned char)type, .how = (unsigned char)how,
		.first = TOML_NONE, .last = TOML_NONE, .next = TOML_NONE,
		.key_at = key.at, .key_n = key.n};

	if (made > 0)
		fresh.depth = node(t, parent)->depth + 1;
	if (fresh.depth > TOML_DEPTH_MAX) {
		fail_as(p, ERR_CEILING, "too many levels");
		return TOML_NONE;
	}
	if (made == TOML_VALUES_MAX) {
		fail_as(p, ERR_CEILING, "too many values");
		return TOML_NONE;
	}
	if (!buf_add(&t->nodes, span_of(&fresh, sizeof fresh), p->e))
		return TOML_NONE;
	if (made > 0 && node(t, parent)->last == TOML_NONE)
		node(t, parent)->first = made;
	else if (made > 0)
		node(t, node(t, parent)->last)->next = made;
	if (made > 0)
		node(t, parent)->last = made;
	return made;
}

static int find(const struct parser *p, int table, struct key key)
{
	return toml_member(p->t, table, text(p->t, key.at, key.n));
}

/* ---- strings ---- */

static bool put(struct parser *p, int c)
{
	return buf_add_byte(&p->t->text, (unsigned char)c, p->e);
}

static bool read_scalar(struct parser *p, size_t digits)
{
	unsigned char utf8[4];
	uint32_t v = 0;

	for (; digits > 0; digits--, p->at++) {
		int digit = peek(p) == END ? -1 : hex_digit((unsigned char)peek(p));

		if (digit < 0)
			return fail(p, "an escape wants hexadecimal digits");
		v = v << 4 | (uint32_t)digit;
	}
	if (v > 0x10ffff || (v >= 0xd800 && v < 0xe000))
		return fail(p, "an escape is no character");
	return buf_add(&p->t->text, span_of(utf8, utf8_encode(v, utf8)), p->e);
}

static bool read_escape(struct parser *p)
{
	static const char names[] = "btnfr\"\\", bytes[] = "\b\t\n\f\r\"\\";
	int c = peek(p);
	const char *at = c > 0 ? strchr(names, c) : NULL;

	if (at != NULL) {
		p->at++;
		return put(p, bytes[at - names]);
	}
	if (take(p, 'u'))
		return read_scalar(p, 4);
	if (take(p, 'U'))
		return read_scalar(p, 8);
	return fail(p, "an unknown escape");
}

/* A backslash that ends a line swallows all white space up to the next word. */
static bool skip_fold(struct parser *p)
{
	size_t ahead = 0, n;

	while (peek_at(p, ahead) == ' ' || peek_at(p, ahead) == '\t')
		ahead++;
	if (newline_at(p, ahead) == 0)
		return false;
	p->at += ahead;
	do {
		n = newline_at(p, 0);
		p->at += n;
		skip_blanks(p);
	} while (newline_at(p, 0) > 0);
	return true;
}

/* One to five quotes inside or at the end of a multi-line string: up to two may be its own. */
static bool read_quotes(struct parser *p, int quote, bool *ended)
{
	size_t n = 1;

	while (n < 5 && peek_at(p, n) == quote)
		n++;
	p->at += n;
	*ended = n >= 3;
	for (n = *ended ? n - 3 : n; n > 0; n--)
		if (!put(p, quote))
			return false;
	return true;
}

static bool read_lines(struct parser *p, int quote)
{
	bool ended = false;

	p->at += newline_at(p, 0);
	while (!ended) {
		int c = peek(p);
		bool ok;

		if (c == quote) {
			ok = read_quotes(p, quote, &ended);
		} else if (newline_at(p, 0) > 0) {
			p->at += newline_at(p, 0);
			ok = put(p, '\n');
		} else if (c == '\\' && quote == '"') {
			p->at++;
			ok = skip_fold(p) || read_escape(p);
		} else if (is_control(c)) {
			return fail(p, c == END ? "a string has no end"
			                        : "a control character in a string");
		} else {
			p->at++;
			ok = put(p, c);
		}
		if (!ok)
			return false;
	}
	return true;
}

static bool read_line(struct parser *p, int quote)
{
	while (!take(p, quote)) {
		int c = peek(p);

		if (is_control(c))
			return fail(p, c == END || newline_at(p, 0) > 0
			                       ? "a string has no end"
			                       : "a control character in a string");
		p->at++;
		if (!(c == '\\' && quote == '"' ? read_escape(p) : put(p, c)))
			return false;
	}
	return true;
}

/* Behind its first quote. */
static bool read_string(struct parser *p, int quote, bool lines_allowed, struct key *out)
{
	bool lines = lines_allowed && peek(p) == quote && peek_at(p, 1) == quote;

	out->at = p->t->text.n;
	if (lines)
		p->at += 2;
	if (!(lines ? read_lines(p, quote) : read_line(p, quote)))
		return false;
	out->n = p->t->text.n - out->at;
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
static bool read_key(struct parser *p, struct key *out)
{
	int quote;

	skip_blanks(p);
	quote = peek(p);
	out->at = p->t->text.n;
	if (quote == '"' || quote == '\'') {
		p->at++;
		if (!read_string(p, quote, false, out))
			return false;
	} else {
		size_t from = p->at;

		while (is_bare(peek(p)))
			p->at++;
		out->n = p->at - from;
		if (out->n == 0)
			return fail(p, "a key is missing");
		if (!buf_add(&p->t->text, span_cut(p->s, from, p->at), p->e))
			return false;
	}
	skip_blanks(p);
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

static bool read_plain(struct parser *p, int value)
{
	struct node *v = node(p->t, value);
	struct span word;
	size_t n = 0;

	while (is_bare(peek_at(p, n)) || peek_at(p, n) == '+' || peek_at(p, n) == '.' ||
		peek_at(p, n) == ':')
		n++;
	word = span_cut(p->s, p->at, p->at + n);
	v->type = TOML_BOOLEAN;
	v->number = span_equal_str(word, "true");
	if (v->number == 0 && !span_equal_str(word, "false")) {
		enum number number = read_number(word, &v->number);

		if (number == TOO_LARGE)
			return fail(p, "an integer of more than 64 bits");
		if (number == NO_NUMBER)
			return fail(p, looks_like_time(word) ? "dates and times are not understood"
			                                     : "a value is missing or ill-formed");
		v->type = number == INTEGER ? TOML_INTEGER : TOML_FLOAT;
	}
	p->at += n;
	return true;
}

/* ---- values in values ---- */

static bool read_value(struct parser *p, int parent, struct key key);

static bool read_array(struct parser *p, int array)
{
	for (;;) {
		skip_lines(p);
		if (take(p, ']'))
			return true;
		if (!read_value(p, array, (struct key){0, 0}))
			return false;
		skip_lines(p);
		if (take(p, ']'))
			return true;
		if (!take(p, ','))
			return fail(p, "an array wants ',' or ']'");
	}
}

/* A dotted key goes down, and makes tables on its way, but enters none made in another way. */
static bool enter_dotted(struct parser *p, int *table, struct key key)
{
	int inner = find(p, *table, key);

	if (inner == TOML_NONE)
		inner = add(p, *table, key, TOML_TABLE, DOTTED);
	else if (node(p->t, inner)->how != DOTTED)
		return fail(p, "a dotted key reaches into what is defined elsewhere");
	*table = inner;
	return inner != TOML_NONE;
}

/* key = value, the key dotted or not. */
static bool read_pair(struct parser *p, int table)
{
	struct key key;

	for (;;) {
		if (!read_key(p, &key))
			return false;
		if (!take(p, '.'))
			break;
		if (!enter_dotted(p, &table, key))
			return false;
	}
	if (!take(p, '='))
		return fail(p, "a key wants '=' behind it");
	if (find(p, table, key) != TOML_NONE)
		return fail(p, "a key is set twice");
	skip_blanks(p);
	return read_value(p, table, key);
}

static bool read_inline(struct parser *p, int table)
{
	skip_blanks(p);
	if (take(p, '}'))
		return true;
	for (;;) {
		if (!read_pair(p, table))
			return false;
		skip_blanks(p);
		if (take(p, '}'))
			return true;
		if (!take(p, ','))
			return fail(p, "an inline table wants ',' or '}'");
	}
}

/* Recursion ends at TOML_DEPTH_MAX, as every level adds a node. */
static bool read_value(struct parser *p, int parent, struct key key)
{
	int c = peek(p), value = add(p, parent, key, TOML_STRING, CLOSED);
	struct key string;

	if (value == TOML_NONE)
		return false;
	if (c == '"' || c == '\'') {
		p->at++;
		if (!read_string(p, c, true, &string))
			return false;
		node(p->t, value)->at = string.at;
		node(p->t, value)->n = string.n;
		return true;
	}
	if (c == '[' || c == '{') {
		p->at++;
		node(p->t, value)->type = c == '[' ? TOML_ARRAY : TOML_TABLE;
		return c == '[' ? read_array(p, value) : read_inline(p, value);
	}
	return read_plain(p, value);
}

/* ---- headers ---- */

/* The parts of a header before the last go down, into the last element of arrays of tables. */
static bool enter(struct parser *p, int *table, struct key key)
{
	int inner = find(p, *table, key);

	if (inner == TOML_NONE)
		inner = add(p, *table, key, TOML_TABLE, IMPLIED);
	else if (node(p->t, inner)->how == CLOSED)
		return fail(p, "a header reaches into a value");
	if (inner != TOML_NONE && node(p->t, inner)->how == TABLES)
		inner = node(p->t, inner)->last;
	*table = inner;
	return inner != TOML_NONE;
}

static bool open_table(struct parser *p, int *table, struct key key)
{
	int inner = find(p, *table, key);

	if (inner == TOML_NONE)
		inner = add(p, *table, key, TOML_TABLE, DEFINED);
	else if (node(p->t, inner)->how != IMPLIED)
		return fail(p, "a table is defined twice");
	else
		node(p->t, inner)->how = DEFINED;
	*table = inner;
	return inner != TOML_NONE;
}

static bool open_element(struct parser *p, int *table, struct key key)
{
	int list = find(p, *table, key);

	if (list == TOML_NONE)
		list = add(p, *table, key, TOML_ARRAY, TABLES);
	else if (node(p->t, list)->how != TABLES)
		return fail(p, "an array of tables is something else already");
	if (list == TOML_NONE)
		return false;
	*table = add(p, list, (struct key){0, 0}, TOML_TABLE, DEFINED);
	return *table != TOML_NONE;
}

/* Behind its first bracket. */
static bool read_header(struct parser *p, int *table)
{
	bool element = take(p, '[');
	struct key key;

	*table = TOML_ROOT;
	for (;;) {
		if (!read_key(p, &key))
			return false;
		if (!take(p, '.'))
			break;
		if (!enter(p, table, key))
			return false;
	}
	if (!take(p, ']') || (element && !take(p, ']')))
		return fail(p, "a header wants ']' at its end");
	return element ? open_element(p, table, key) : open_table(p, table, key);
}

static bool read_document(struct parser *p)
{
	int table = add(p, TOML_NONE, (struct key){0, 0}, TOML_TABLE, DEFINED);

	if (table == TOML_NONE)
		return false;
	for (skip_lines(p); peek(p) != END; skip_lines(p))
		if (!(take(p, '[') ? read_header(p, &table) : read_pair(p, table)) || !end_line(p))
			return false;
	return true;
}

bool toml_parse(struct toml *t, struct span document, struct err *e)
{
	struct parser p = {.t = t, .s = document, .e = e};

	if (document.n > TOML_MAX)
		return err_set(e, ERR_CEILING, 0, "more than %d bytes", (int)TOML_MAX);
	p.at = utf8_valid(document);
	if (p.at < document.n)
		return fail(&p, "not UTF-8");
	p.at = span_starts(document, "\xef\xbb\xbf") ? 3 : 0;
	return read_document(&p);
}
