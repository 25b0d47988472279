#include "wire/pattern_parts.h"

#include <string.h>

#include "base/limits.h"

/* A count without an upper end. */
enum { EVER = -1 };

/* ---- the program ---- */

static size_t here(const struct pattern_reader *r)
{
	return pattern_states(r->p);
}

/* Room for n more states; ERR_MEMORY, or too many: what is repeated no times has been work too. */
static bool make_room(struct pattern_reader *r, size_t n)
{
	r->made += n;
	if (here(r) + n > PATTERN_STATES_MAX || r->made > 4 * PATTERN_STATES_MAX)
		return pattern_fail_size(r);
	return buf_reserve(&r->p->states, n * sizeof(struct pattern_state), r->e);
}

/* Moves what stands from `at` on behind the new state. */
static bool insert(struct pattern_reader *r, size_t at, enum pattern_op op, size_t a, size_t b)
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

bool pattern_emit(struct pattern_reader *r, enum pattern_op op, int32_t a, int32_t b)
{
	return insert(r, here(r), op, (size_t)a, (size_t)b);
}

/* ---- how often ---- */

/* The states from `at` on, once more behind themselves. */
static bool copy(struct pattern_reader *r, size_t at, size_t n)
{
	size_t bytes = n * sizeof(struct pattern_state);

	if (!make_room(r, n))
		return false;
	memcpy(pattern_state(r->p, here(r)), pattern_state(r->p, at), bytes);
	r->p->states.n += bytes;
	return true;
}

/* The n states from `at` on, which are the last, any number of times or at most once. */
static bool make_star(struct pattern_reader *r, size_t at, size_t n)
{
	return insert(r, at, PATTERN_FORK, 1, n + 2) &&
	       pattern_emit(r, PATTERN_JUMP, -(int32_t)n - 1, 0);
}

static bool make_option(struct pattern_reader *r, size_t at, size_t n)
{
	return insert(r, at, PATTERN_FORK, 1, n + 1);
}

/* The n states from `at` on, `times` times in all. */
static bool multiply(struct pattern_reader *r, size_t at, size_t n, int32_t times)
{
	for (int32_t i = 1; i < times; i++)
		if (!copy(r, at, n))
			return false;
	return true;
}

/* The states from `at` on stand for something that comes `least` to `most` times. */
static bool repeat(struct pattern_reader *r, size_t at, int32_t least, int32_t most)
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
static bool read_count(struct pattern_reader *r, int32_t *out)
{
	int32_t v = 0;

	if (pattern_peek_digit(r) < 0)
		return pattern_fail(r, "a count is wanted (the character itself is \\{)");
	for (; pattern_peek_digit(r) >= 0; r->at++)
		v = v > PATTERN_STATES_MAX ? v : v * 10 + pattern_peek_digit(r);
	*out = v;
	return true;
}

/* Behind its brace. */
static bool read_counts(struct pattern_reader *r, int32_t *least, int32_t *most)
{
	if (!read_count(r, least))
		return false;
	*most = *least;
	if (pattern_take(r, ",")) {
		*most = EVER;
		if (!pattern_comes(r, "}") && !read_count(r, most))
			return false;
	}
	if (!pattern_take(r, "}"))
		return pattern_fail(r, "a count has no end");
	return *most == EVER || *least <= *most ||
	       pattern_fail(r, "a count's ends are the wrong way round");
}

/* *least and *most are 1 when there is none. */
static bool read_quantifier(struct pattern_reader *r, int32_t *least, int32_t *most)
{
	*least = 1;
	*most = 1;
	if (pattern_take(r, "*") || pattern_take(r, "+")) {
		*least = r->s.p[r->at - 1] == '+';
		*most = EVER;
	} else if (pattern_take(r, "?")) {
		*least = 0;
	} else if (!pattern_take(r, "{")) {
		return true;
	} else if (!read_counts(r, least, most)) {
		return false;
	}
	(void)pattern_take(r, "?"); /* lazy: the same texts fit */
	return true;
}

/* ---- structure ---- */

static bool read_alternatives(struct pattern_reader *r);

/* Behind its parenthesis. */
static bool skip_group_kind(struct pattern_reader *r)
{
	if (!pattern_comes(r, "?"))
		return true;
	if (pattern_comes(r, "?=") || pattern_comes(r, "?!") || pattern_comes(r, "?<=") ||
		pattern_comes(r, "?<!"))
		return pattern_fail(r, "looking ahead or behind is not understood");
	if (pattern_take(r, "?:"))
		return true;
	if (!pattern_take(r, "?<"))
		return pattern_fail(r, "no such group");
	do {
		int32_t c = pattern_next(r);

		if (c < 0x80 && c != '$' && !pattern_is_word((uint32_t)c))
			return pattern_fail(r, "a group's name is missing or has no end");
	} while (!pattern_take(r, ">"));
	return true;
}

static bool read_group(struct pattern_reader *r)
{
	if (r->depth == PATTERN_DEPTH_MAX)
		return pattern_fail(r, "too many groups in groups");
	if (!skip_group_kind(r))
		return false;
	r->depth++;
	if (!read_alternatives(r))
		return false;
	r->depth--;
	return pattern_take(r, ")") || pattern_fail(r, "a group has no end");
}

static bool read_atom(struct pattern_reader *r)
{
	size_t n;
	int32_t c = pattern_peek(r, &n);

	if (c == '*' || c == '+' || c == '?')
		return pattern_fail(r, "nothing to repeat");
	if (c == '{' || c == '}' || c == ']')
		return pattern_fail(r, "it stands alone: write a backslash before it");
	r->at += n;
	switch (c) {
	case '(':
		return read_group(r);
	case '[':
		return pattern_read_class(r);
	case '.':
		return pattern_read_dot(r);
	case '\\':
		return pattern_read_escaped(r);
	default:
		return pattern_emit(r, PATTERN_CHAR, c, 0);
	}
}

/* What takes no character, and cannot be repeated. */
static bool take_assertion(struct pattern_reader *r, enum pattern_op *op)
{
	static const struct {
		const char *text;
		enum pattern_op op;
	} assertions[] = {
		{"^", PATTERN_BEGIN}, {"$", PATTERN_END},
		{"\\b", PATTERN_EDGE}, {"\\B", PATTERN_NO_EDGE},
	};

	for (size_t i = 0; i < sizeof assertions / sizeof assertions[0]; i++)
		if (pattern_take(r, assertions[i].text)) {
			*op = assertions[i].op;
			return true;
		}
	return false;
}

static bool read_term(struct pattern_reader *r)
{
	enum pattern_op op;
	size_t at = here(r);
	int32_t least, most;

	if (take_assertion(r, &op))
		return pattern_emit(r, op, 0, 0);
	return read_atom(r) && read_quantifier(r, &least, &most) &&
	       repeat(r, at, least, most);
}

static bool read_sequence(struct pattern_reader *r)
{
	while (r->at < r->s.n && !pattern_comes(r, "|") && !pattern_comes(r, ")"))
		if (!read_term(r))
			return false;
	return true;
}

/* Recursion ends at PATTERN_DEPTH_MAX, as every level is a group. */
static bool read_alternatives(struct pattern_reader *r)
{
	size_t at = here(r), jump;

	if (!read_sequence(r))
		return false;
	while (pattern_take(r, "|")) {
		/* all so far is one side of the fork */
		if (!insert(r, at, PATTERN_FORK, 1, here(r) - at + 2))
			return false;
		jump = here(r);
		if (!pattern_emit(r, PATTERN_JUMP, 0, 0) || !read_sequence(r))
			return false;
		pattern_state(r->p, jump)->a = (int32_t)(here(r) - jump);
	}
	return true;
}

bool pattern_parse(struct pattern *p, struct span source, struct err *e)
{
	struct pattern_reader r = {.p = p, .s = source, .e = e};

	if (!read_alternatives(&r))
		return false;
	if (r.at < source.n)
		return pattern_fail(&r, "a ')' without its '('");
	return pattern_emit(&r, PATTERN_FITS, 0, 0);
}
