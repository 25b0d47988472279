#include "wire/pattern_parts.h"

#include "base/limits.h"

/* ---- the pool of ranges ---- */

static size_t ranges(const struct pattern_reader *r)
{
	return r->p->ranges.n / sizeof(struct pattern_range);
}

static bool add_range(struct pattern_reader *r, uint32_t from, uint32_t to)
{
	struct pattern_range range = {from, to};

	if (ranges(r) == PATTERN_STATES_MAX)
		return pattern_fail_size(r);
	return buf_add(&r->p->ranges, span_of(&range, sizeof range), r->e);
}

/* The ranges that have been added from `from` on. */
static bool emit_ranges(struct pattern_reader *r, size_t from, bool others)
{
	enum pattern_op op = others ? PATTERN_UNSET : PATTERN_SET;

	return pattern_emit(r, op, (int32_t)from, (int32_t)ranges(r));
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

/* The set, or all characters but its own. */
static bool add_set(struct pattern_reader *r, const struct pattern_range *set, bool others)
{
	uint32_t from = 0;

	for (; set->to > 0; set++) {
		uint32_t first = others ? from : set->from, last = others ? set->from - 1 : set->to;

		if (!add_range(r, first, last))
			return false;
		from = set->to + 1;
	}
	return !others || add_range(r, from, PATTERN_SCALAR_MAX);
}

/* Behind a backslash: \d and the like. NULL when something else comes, which stays. */
static const struct pattern_range *take_set(struct pattern_reader *r, bool *others)
{
	static const struct {
		char letter;
		const struct pattern_range *set;
	} sets[] = {{'d', digits}, {'w', words}, {'s', spaces}};
	size_t n;
	int32_t c = pattern_peek(r, &n);

	for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++)
		if ((c | 0x20) == sets[i].letter) {
			*others = c != sets[i].letter;
			r->at += n;
			return sets[i].set;
		}
	return NULL;
}

/* ---- classes ---- */

/* One character, or a set, which is added at once (*c is PATTERN_NO_CHAR then). */
static bool read_class_atom(struct pattern_reader *r, int32_t *c)
{
	const struct pattern_range *set;
	bool others;

	if (!pattern_take(r, "\\")) {
		*c = pattern_next(r);
		return *c != PATTERN_NO_CHAR || pattern_fail(r, "a class has no end");
	}
	if (pattern_take(r, "b")) {
		*c = '\b';
		return true;
	}
	set = take_set(r, &others);
	*c = PATTERN_NO_CHAR;
	return set == NULL ? pattern_read_escape(r, c) : add_set(r, set, others);
}

static bool read_class_part(struct pattern_reader *r)
{
	int32_t from, to;

	if (!read_class_atom(r, &from))
		return false;
	if (!pattern_comes(r, "-") || pattern_comes(r, "-]"))
		return from == PATTERN_NO_CHAR || add_range(r, (uint32_t)from, (uint32_t)from);
	r->at++;
	if (!read_class_atom(r, &to))
		return false;
	if (from == PATTERN_NO_CHAR || to == PATTERN_NO_CHAR)
		return pattern_fail(r, "a range begins or ends with a set");
	if (from > to)
		return pattern_fail(r, "a range ends before it begins");
	return add_range(r, (uint32_t)from, (uint32_t)to);
}

bool pattern_read_class(struct pattern_reader *r)
{
	bool others = pattern_take(r, "^");
	size_t from = ranges(r);

	while (!pattern_take(r, "]"))
		if (!read_class_part(r))
			return false;
	return emit_ranges(r, from, others);
}

/* A set by itself. */
static bool emit_set(struct pattern_reader *r, const struct pattern_range *set, bool others)
{
	size_t from = ranges(r);

	return add_set(r, set, false) && emit_ranges(r, from, others);
}

bool pattern_read_escaped(struct pattern_reader *r)
{
	bool others;
	const struct pattern_range *set = take_set(r, &others);
	int32_t c = 0;

	if (set != NULL)
		return emit_set(r, set, others);
	return pattern_read_escape(r, &c) && pattern_emit(r, PATTERN_CHAR, c, 0);
}

bool pattern_read_dot(struct pattern_reader *r)
{
	return emit_set(r, line_ends, true);
}
