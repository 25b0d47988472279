#include "wire/pattern_parts.h"

#include <string.h>

#include "base/hex.h"
#include "base/limits.h"
#include "base/utf8.h"

enum { END = -1 };

/* A count without an upper end. */
enum { EVER = -1 };

struct parser {
	struct pattern *p;
	struct span s;
	size_t at;    /* byte */
	size_t depth; /* of groups */
	size_t made;  /* states, also those that were taken away again */
	struct err *e;
};

/* ---- failures ---- */

static bool fail(struct parser *r, const char *what)
{
	size_t offset = 0;

	for (size_t i = 0; i < r->at && i < r->s.n; i++)
		offset += (r->s.p[i] & 0xc0) != 0x80;
	return err_set(r->e, ERR_USAGE, 0, "bad pattern at character %zu: %s", offset, what);
}

static bool fail_size(struct parser *r)
{
	return err_set(r->e, ERR_USAGE, 0, "bad pattern: it has more than %d states",
	               PATTERN_STATES_MAX);
}

/* ---- characters ---- */

/* The next character and its length; END. */
static int32_t peek(const struct parser *r, size_t *n)
{
	*n = 0;
	if (r->at == r->s.n)
		return END;
	do
		++*n;
	while (r->at + *n < r->s.n && (r->s.p[r->at + *n] & 0xc0) == 0x80);
	return (int32_t)utf8_decode(r->s.p + r->at, *n);
}

static int32_t next(struct parser *r)
{
	size_t n;
	int32_t c = peek(r, &n);

	r->at += n;
	return c;
}

static bool comes(const struct parser *r, const char *what)
{
	return span_starts(span_cut(r->s, r->at, r->s.n), what);
}

static bool take(struct parser *r, const char *what)
{
	bool there = comes(r, what);

	r->at += there ? strlen(what) : 0;
	return there;
}

static int peek_digit(const struct parser *r)
{
	int c = r->at < r->s.n ? r->s.p[r->at] : 0;

	return c >= '0' && c <= '9' ? c - '0' : -1;
}

/* ---- the program ---- */

static size_t here(const struct parser *r)
{
	return pattern_states(r->p);
}

static size_t ranges(const struct parser *r)
{
	return r->p->ranges.n / sizeof(struct pattern_range);
}

/* Room for n more states; ERR_MEMORY, or too many: what is repeated no times has been work too. */
static bool make_room(struct parser *r, size_t n)
{
	r->made += n;
	if (here(r) + n > PATTERN_STATES_MAX || r->made > 4 * PATTERN_STATES_MAX)
		return fail_size(r);
	return buf_reserve(&r->p->states, n * sizeof(struct pattern_state), r->e);
}

/* Moves what stands from `at` on behind the new state. */
static bool insert(struct parser *r, size_t at, enum pattern_op op, size_t a, size_t b)
{
	struct pattern_state *s;

	if (!make_room(r, 1))
		return false;
	s = pattern_state(r->p, at);
	memmove(s + 1, s, (here(r) - at) * sizeof *s);
	r->p->states.n += sizeof *s;
	*s = (struct pattern_state){op, (int32_t)a, (int32_t)b};
	return true;
}

static bool emit(struct parser *r, enum pattern_op op, int32_t a, int32_t b)
{
	return insert(r, here(r), op, (size_t)a, (size_t)b);
}

static bool add_range(struct parser *r, uint32_t from, uint32_t to)
{
	struct pattern_range range = {from, to};

	if (ranges(r) == PATTERN_STATES_MAX)
		return fail_size(r);
	return buf_add(&r->p->ranges, span_of(&range, sizeof range), r->e);
}

/* The ranges that have been added from `from` on. */
static bool emit_ranges(struct parser *r, size_t from, bool others)
{
	enum pattern_op op = others ? PATTERN_UNSET : PATTERN_SET;

	return emit(r, op, (int32_t)from, (int32_t)ranges(r));
}

/* ---- sets of characters ---- */

/* In order, the last ending in 0. What `.` does not take, too. */
static const struct pattern_range digits[] = {{'0', '9'}, {1, 0}};
static const struct pattern_range words[] = {
	{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}, {1, 0},
};
static const struct pattern_range spaces[] = {
	{'\t', '\r'}, {' ', ' '}, {0xa0, 0xa0}, {0x1680, 0x1680}, {0x2000, 0x200a},
	{0x2028, 0x2029}, {0x202f, 0x202f}, {0x205f, 0x205f}, {0x3000, 0x3000}, {0xfeff, 0xfeff},
	{1, 0},
};
static const struct pattern_range line_ends[] = {
	{'\n', '\n'}, {'\r', '\r'}, {0x2028, 0x2029}, {1, 0},
};

enum { SCALAR_MAX = 0x10ffff };

/* The set, or all characters but its own. */
static bool add_set(struct parser *r, const struct pattern_range *set, bool others)
{
	uint32_t from = 0;

	for (; set->to > 0; set++) {
		uint32_t first = others ? from : set->from, last = others ? set->from - 1 : set->to;

		if (!add_range(r, first, last))
			return false;
		from = set->to + 1;
	}
	return !others || add_range(r, from, SCALAR_MAX);
}

/* Behind a backslash: \d and the like. NULL when something else comes, which stays. */
static const struct pattern_range *take_set(struct parser *r, bool *others)
{
	static const struct {
		char letter;
		const struct pattern_range *set;
	} sets[] = {{'d', digits}, {'w', words}, {'s', spaces}};
	size_t n;
	int32_t c = peek(r, &n);

	for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++)
		if ((c | 0x20) == sets[i].letter) {
			*others = c != sets[i].letter;
			r->at += n;
			return sets[i].set;
		}
	return NULL;
}

/* ---- escapes of one character ---- */

static bool read_hex(struct parser *r, size_t count, int32_t *out)
{
	int32_t v = 0;

	for (; count > 0; count--, r->at++) {
		int digit = r->at < r->s.n ? hex_digit(r->s.p[r->at]) : -1;

		if (digit < 0)
			return fail(r, "a hexadecimal digit is wanted");
		v = v << 4 | digit;
	}
	*out = v;
	return true;
}

/* Behind \u{ */
static bool read_braced(struct parser *r, int32_t *out)
{
	int32_t v = 0, digit;

	do {
		if (!read_hex(r, 1, &digit))
			return false;
		v = v << 4 | digit;
		if (v > SCALAR_MAX)
			return fail(r, "no such character");
	} while (!take(r, "}"));
	*out = v;
	return true;
}

/* Behind \u: two halves of a pair are one character; half a pair is met in no text. */
static bool read_unicode(struct parser *r, int32_t *out)
{
	size_t back;
	int32_t low;

	if (take(r, "{"))
		return read_braced(r, out);
	if (!read_hex(r, 4, out))
		return false;
	back = r->at;
	if (*out >= 0xd800 && *out < 0xdc00 && take(r, "\\u") && !comes(r, "{")) {
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

static bool refuse_escape(struct parser *r, int32_t c)
{
	if (c == END)
		return fail(r, "a backslash at its end");
	if ((c >= '1' && c <= '9') || c == 'k')
		return fail(r, "references back (\\1, \\k) are not understood");
	if ((c | 0x20) == 'p')
		return fail(r, "\\p is not understood: write the characters as a class");
	return fail(r, "no such escape");
}

/* Behind a backslash. */
static bool read_escape(struct parser *r, int32_t *out)
{
	static const char from[] = "tnvfr", to[] = "\t\n\v\f\r";
	size_t n;
	int32_t c = peek(r, &n);
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
	return c != '0' || peek_digit(r) < 0 || fail(r, "a digit behind \\0");
}

/* ---- classes ---- */

/* One character, or a set, which is added at once (*c is END then). */
static bool read_class_atom(struct parser *r, int32_t *c)
{
	const struct pattern_range *set;
	bool others;

	if (!take(r, "\\")) {
		*c = next(r);
		return *c != END || fail(r, "a class has no end");
	}
	if (take(r, "b")) {
		*c = '\b';
		return true;
	}
	set = take_set(r, &others);
	*c = END;
	return set == NULL ? read_escape(r, c) : add_set(r, set, others);
}

static bool read_class_part(struct parser *r)
{
	int32_t from, to;

	if (!read_class_atom(r, &from))
		return false;
	if (!comes(r, "-") || comes(r, "-]"))
		return from == END || add_range(r, (uint32_t)from, (uint32_t)from);
	r->at++;
	if (!read_class_atom(r, &to))
		return false;
	if (from == END || to == END)
		return fail(r, "a range begins or ends with a set");
	if (from > to)
		return fail(r, "a range ends before it begins");
	return add_range(r, (uint32_t)from, (uint32_t)to);
}

/* Behind its bracket. */
static bool read_class(struct parser *r)
{
	bool others = take(r, "^");
	size_t from = ranges(r);

	while (!take(r, "]"))
		if (!read_class_part(r))
			return false;
	return emit_ranges(r, from, others);
}

/* A set by itself. */
static bool emit_set(struct parser *r, const struct pattern_range *set, bool others)
{
	size_t from = ranges(r);

	return add_set(r, set, false) && emit_ranges(r, from, others);
}

/* ---- how often ---- */

/* The states from `at` on, once more behind themselves. */
static bool copy(struct parser *r, size_t at, size_t n)
{
	size_t bytes = n * sizeof(struct pattern_state);

	if (!make_room(r, n))
		return false;
	memcpy(pattern_state(r->p, here(r)), pattern_state(r->p, at), bytes);
	r->p->states.n += bytes;
	return true;
}

/* The n states from `at` on, which are the last, any number of times or at most once. */
static bool make_star(struct parser *r, size_t at, size_t n)
{
	return insert(r, at, PATTERN_FORK, 1, n + 2) && emit(r, PATTERN_JUMP, -(int32_t)n - 1, 0);
}

static bool make_option(struct parser *r, size_t at, size_t n)
{
	return insert(r, at, PATTERN_FORK, 1, n + 1);
}

/* The n states from `at` on, `times` times in all. */
static bool multiply(struct parser *r, size_t at, size_t n, int32_t times)
{
	for (int32_t i = 1; i < times; i++)
		if (!copy(r, at, n))
			return false;
	return true;
}

/* The states from `at` on stand for something that comes `least` to `most` times. */
static bool repeat(struct parser *r, size_t at, int32_t least, int32_t most)
{
	size_t n = here(r) - at, last = at + n * (size_t)least;

	if (most == 0)
		r->p->states.n = at * sizeof(struct pattern_state);
	if (n == 0 || most == 0)
		return true;
	if (!multiply(r, at, n, most == least ? least : least + 1))
		return false;
	if (most == EVER)
		return make_star(r, last, n);
	if (most == least)
		return true;
	return make_option(r, last, n) && multiply(r, last, n + 1, most - least);
}

/* Digits; what is beyond every ceiling stays just beyond it. */
static bool read_count(struct parser *r, int32_t *out)
{
	int32_t v = 0;

	if (peek_digit(r) < 0)
		return fail(r, "a count is wanted (the character itself is \\{)");
	for (; peek_digit(r) >= 0; r->at++)
		v = v > PATTERN_STATES_MAX ? v : v * 10 + peek_digit(r);
	*out = v;
	return true;
}

/* Behind its brace. */
static bool read_counts(struct parser *r, int32_t *least, int32_t *most)
{
	if (!read_count(r, least))
		return false;
	*most = *least;
	if (take(r, ",")) {
		*most = EVER;
		if (!comes(r, "}") && !read_count(r, most))
			return false;
	}
	if (!take(r, "}"))
		return fail(r, "a count has no end");
	return *most == EVER || *least <= *most ||
	       fail(r, "a count's ends are the wrong way round");
}

/* *least and *most are 1 when there is none. */
static bool read_quantifier(struct parser *r, int32_t *least, int32_t *most)
{
	*least = 1;
	*most = 1;
	if (take(r, "*") || take(r, "+")) {
		*least = r->s.p[r->at - 1] == '+';
		*most = EVER;
	} else if (take(r, "?")) {
		*least = 0;
	} else if (!take(r, "{")) {
		return true;
	} else if (!read_counts(r, least, most)) {
		return false;
	}
	(void)take(r, "?"); /* lazy: the same texts fit */
	return true;
}

/* ---- structure ---- */

static bool read_alternatives(struct parser *r);

/* Behind its parenthesis. */
static bool skip_group_kind(struct parser *r)
{
	if (!comes(r, "?"))
		return true;
	if (comes(r, "?=") || comes(r, "?!") || comes(r, "?<=") || comes(r, "?<!"))
		return fail(r, "looking ahead or behind is not understood");
	if (take(r, "?:"))
		return true;
	if (!take(r, "?<"))
		return fail(r, "no such group");
	do {
		int32_t c = next(r);

		if (c < 0x80 && c != '$' && !pattern_is_word((uint32_t)c))
			return fail(r, "a group's name is missing or has no end");
	} while (!take(r, ">"));
	return true;
}

static bool read_group(struct parser *r)
{
	if (r->depth == PATTERN_DEPTH_MAX)
		return fail(r, "too many groups in groups");
	if (!skip_group_kind(r))
		return false;
	r->depth++;
	if (!read_alternatives(r))
		return false;
	r->depth--;
	return take(r, ")") || fail(r, "a group has no end");
}

/* Behind a backslash. */
static bool read_escaped(struct parser *r)
{
	bool others;
	const struct pattern_range *set = take_set(r, &others);
	int32_t c = 0;

	if (set != NULL)
		return emit_set(r, set, others);
	return read_escape(r, &c) && emit(r, PATTERN_CHAR, c, 0);
}

static bool read_atom(struct parser *r)
{
	size_t n;
	int32_t c = peek(r, &n);

	if (c == '*' || c == '+' || c == '?')
		return fail(r, "nothing to repeat");
	if (c == '{' || c == '}' || c == ']')
		return fail(r, "it stands alone: write a backslash before it");
	r->at += n;
	switch (c) {
	case '(':
		return read_group(r);
	case '[':
		return read_class(r);
	case '.':
		return emit_set(r, line_ends, true);
	case '\\':
		return read_escaped(r);
	default:
		return emit(r, PATTERN_CHAR, c, 0);
	}
}

/* What takes no character, and cannot be repeated. */
static bool take_assertion(struct parser *r, enum pattern_op *op)
{
	static const struct {
		const char *text;
		enum pattern_op op;
	} assertions[] = {
		{"^", PATTERN_BEGIN}, {"$", PATTERN_END},
		{"\\b", PATTERN_EDGE}, {"\\B", PATTERN_NO_EDGE},
	};

	for (size_t i = 0; i < sizeof assertions / sizeof assertions[0]; i++)
		if (take(r, assertions[i].text)) {
			*op = assertions[i].op;
			return true;
		}
	return false;
}

static bool read_term(struct parser *r)
{
	enum pattern_op op;
	size_t at = here(r);
	int32_t least, most;

	if (take_assertion(r, &op))
		return emit(r, op, 0, 0);
	return read_atom(r) && read_quantifier(r, &least, &most) &&
	       repeat(r, at, least, most);
}

static bool read_sequence(struct parser *r)
{
	while (r->at < r->s.n && !comes(r, "|") && !comes(r, ")"))
		if (!read_term(r))
			return false;
	return true;
}

/* Recursion ends at PATTERN_DEPTH_MAX, as every level is a group. */
static bool read_alternatives(struct parser *r)
{
	size_t at = here(r), jump;

	if (!read_sequence(r))
		return false;
	while (take(r, "|")) {
		/* all so far is one side of the fork */
		if (!insert(r, at, PATTERN_FORK, 1, here(r) - at + 2))
			return false;
		jump = here(r);
		if (!emit(r, PATTERN_JUMP, 0, 0) || !read_sequence(r))
			return false;
		pattern_state(r->p, jump)->a = (int32_t)(here(r) - jump);
	}
	return true;
}

bool pattern_parse(struct pattern *p, struct span source, struct err *e)
{
	struct parser r = {.p = p, .s = source, .e = e};

	if (!read_alternatives(&r))
		return false;
	if (r.at < source.n)
		return fail(&r, "a ')' without its '('");
	return emit(&r, PATTERN_FITS, 0, 0);
}
