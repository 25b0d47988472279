#include "wire/schema_parts.h"

#include "wire/decimal.h"

/* `const`, or an enum of one value. */
static bool is_constant(const struct schema_checker *c, int node)
{
	const struct schema_node *n = schema_node(c->s, node);

	return n->keys[KEY_CONST] != JSON_NONE || json_count(&c->s->doc, n->keys[KEY_ENUM]) == 1;
}

/* A wrong constant, and a wrong name, speak against the object they are in, not for it. */
static unsigned rank(const struct schema_checker *c, int node, enum schema_key key)
{
	bool name = key == KEY_ADDITIONAL || key == KEY_REQUIRED;

	if (key == KEY_TYPE)
		return schema_rank(c, RANK_TYPE);
	if ((key == KEY_CONST || key == KEY_ENUM) && is_constant(c, node))
		return schema_rank(c, RANK_CONST) - (c->level > 0 ? RANKS : 0);
	return schema_rank(c, RANK_INSIDE) - (name ? RANKS : 0);
}

enum schema_fit schema_misfits(struct schema_checker *c, int node, int value, enum schema_key key)
{
	c->misfit = (struct schema_misfit){.key = key, .node = node, .value = value,
	                                   .missing = JSON_NONE, .rank = rank(c, node, key)};
	return MISFITS;
}

enum schema_fit schema_spend(struct schema_checker *c, uint64_t steps)
{
	bool enough = c->steps >= steps;

	c->steps -= enough ? steps : c->steps;
	if (enough)
		return FITS;
	err_set(c->e, ERR_CEILING, 0, "the answer takes more than %d steps to check",
	        SCHEMA_STEPS_MAX);
	return STOPPED;
}

/* ---- any value ---- */

static enum schema_fit match_equal(struct schema_checker *c, int wanted, int value)
{
	enum schema_fit fit = schema_equal(&c->s->doc, wanted, &c->answer, value, &c->steps);

	return fit == STOPPED ? schema_spend(c, UINT64_MAX) : fit;
}

static enum schema_fit match_const(struct schema_checker *c, int node, int value)
{
	int wanted = schema_node(c->s, node)->keys[KEY_CONST];
	enum schema_fit fit = wanted == JSON_NONE ? FITS : match_equal(c, wanted, value);

	return fit == MISFITS ? schema_misfits(c, node, value, KEY_CONST) : fit;
}

static enum schema_fit match_enum(struct schema_checker *c, int node, int value)
{
	const struct json *doc = &c->s->doc;
	int list = schema_node(c->s, node)->keys[KEY_ENUM];
	enum schema_fit fit = list == JSON_NONE ? FITS : MISFITS;

	for (int v = json_first(doc, list, NULL); v != JSON_NONE && fit == MISFITS;
	     v = json_next(doc, list, v, NULL))
		fit = match_equal(c, v, value);
	return fit == MISFITS ? schema_misfits(c, node, value, KEY_ENUM) : fit;
}

/* ---- numbers ---- */

/* What a bound says of how a number compares with it: a bit each for less, equal, greater. */
enum { LESS = 1, EQUAL = 2, GREATER = 4 };

static bool bound_holds(
	const struct schema_checker *c, int bound, const struct decimal *d, unsigned allowed)
{
	struct decimal b;
	int order;

	if (bound == JSON_NONE || !decimal_read(json_raw(&c->s->doc, bound), &b))
		return true;
	order = decimal_compare(d, &b);
	return (allowed & (order < 0 ? LESS : order == 0 ? EQUAL : GREATER)) != 0;
}

static bool multiple_holds(const struct schema_checker *c, int by, const struct decimal *d)
{
	struct decimal divisor;

	return by == JSON_NONE || !decimal_read(json_raw(&c->s->doc, by), &divisor) ||
	       decimal_is_multiple(d, &divisor);
}

static enum schema_fit match_number(struct schema_checker *c, int node, int value)
{
	static const struct {
		enum schema_key key;
		unsigned allowed;
	} bounds[] = {
		{KEY_MINIMUM, EQUAL | GREATER}, {KEY_MAXIMUM, EQUAL | LESS},
		{KEY_ABOVE, GREATER}, {KEY_BELOW, LESS},
	};
	const int *keys = schema_node(c->s, node)->keys;
	struct span raw = json_raw(&c->answer, value);
	struct decimal d;

	if (schema_spend(c, raw.n / 4) == STOPPED)
		return STOPPED;
	if (!decimal_read(raw, &d)) {
		err_set(c->e, ERR_CEILING, 0, "the answer has a number with an exponent beyond %d",
		        DECIMAL_EXPONENT_MAX);
		return STOPPED;
	}
	for (size_t i = 0; i < sizeof bounds / sizeof bounds[0]; i++)
		if (!bound_holds(c, keys[bounds[i].key], &d, bounds[i].allowed))
			return schema_misfits(c, node, value, bounds[i].key);
	if (!multiple_holds(c, keys[KEY_MULTIPLE], &d))
		return schema_misfits(c, node, value, KEY_MULTIPLE);
	return FITS;
}

/* ---- lengths ---- */

static bool length_holds(const struct schema_checker *c, int least, int most, size_t n)
{
	int64_t bound;

	if (json_i64(&c->s->doc, least, &bound) && n < (uint64_t)bound)
		return false;
	return !json_i64(&c->s->doc, most, &bound) || n <= (uint64_t)bound;
}

static enum schema_fit match_length(struct schema_checker *c, int node, int value,
                                    enum schema_key least, enum schema_key most, size_t n)
{
	const int *keys = schema_node(c->s, node)->keys;

	if (!length_holds(c, keys[least], JSON_NONE, n))
		return schema_misfits(c, node, value, least);
	if (!length_holds(c, JSON_NONE, keys[most], n))
		return schema_misfits(c, node, value, most);
	return FITS;
}

/* ---- strings ---- */

static enum schema_fit match_pattern(struct schema_checker *c, int node, int value)
{
	const struct pattern *p = schema_node(c->s, node)->pattern;
	bool found = true;

	if (p != NULL && !pattern_search(p, buf_span(&c->text), &c->steps, &found, c->e))
		return c->e->kind == ERR_CEILING ? schema_spend(c, UINT64_MAX) : STOPPED;
	return found ? FITS : schema_misfits(c, node, value, KEY_PATTERN);
}

static bool wants_text(const struct schema_node *n)
{
	return n->keys[KEY_MIN_LENGTH] != JSON_NONE || n->keys[KEY_MAX_LENGTH] != JSON_NONE ||
	       n->pattern != NULL || n->format != SCHEMA_NO_FORMAT;
}

static enum schema_fit match_string(struct schema_checker *c, int node, int value)
{
	const struct schema_node *n = schema_node(c->s, node);
	enum schema_fit fit;

	if (!wants_text(n))
		return FITS;
	buf_clear(&c->text);
	if (schema_spend(c, json_raw(&c->answer, value).n / 4) == STOPPED ||
	    !json_text(&c->answer, value, &c->text, c->e))
		return STOPPED;
	fit = match_length(c, node, value, KEY_MIN_LENGTH, KEY_MAX_LENGTH,
	                   schema_length(buf_span(&c->text)));
	if (fit == FITS)
		fit = match_pattern(c, node, value);
	if (fit == FITS && n->format != SCHEMA_NO_FORMAT &&
	    !schema_format_fits(n->format, buf_span(&c->text)))
		return schema_misfits(c, node, value, KEY_FORMAT);
	return fit;
}

/* ---- one by one ---- */

static enum schema_fit match_of_type(struct schema_checker *c, int node, int value)
{
	switch (json_type(&c->answer, value)) {
	case JSON_NUMBER:
		return match_number(c, node, value);
	case JSON_STRING:
		return match_string(c, node, value);
	case JSON_ARRAY:
		return match_length(c, node, value, KEY_MIN_ITEMS, KEY_MAX_ITEMS,
		                    json_count(&c->answer, value));
	default:
		return FITS;
	}
}

enum schema_fit schema_match(struct schema_checker *c, int node, int value)
{
	enum schema_fit fit;

	if ((schema_node(c->s, node)->types & schema_types_of(&c->answer, value)) == 0)
		return schema_misfits(c, node, value, KEY_TYPE);
	fit = match_const(c, node, value);
	if (fit == FITS)
		fit = match_enum(c, node, value);
	return fit == FITS ? match_of_type(c, node, value) : fit;
}
