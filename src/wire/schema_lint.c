#include "wire/schema_parts.h"

#include "wire/decimal.h"

/* ---- objects ---- */

/* Which properties "required" names, a byte each, in `seen`. */
static bool see_required(struct schema_reader *r, int node, struct buf *seen)
{
	const struct json *j = &r->s->doc;
	const struct schema_node *n = schema_node(r->s, node);
	int list = n->keys[KEY_REQUIRED];

	if (!schema_see_none(r->s, node, seen, r->e))
		return false;
	for (int v = json_first(j, list, NULL); v != JSON_NONE; v = json_next(j, list, v, NULL)) {
		int at = schema_find_property(r->s, node, j, v);

		if (at == JSON_NONE)
			return schema_fail(r, v, "no such property");
		if (seen->p[at] != 0)
			return schema_fail(r, v, "the same property twice");
		seen->p[at] = 1;
	}
	return true;
}

static bool check_required(struct schema_reader *r, int node)
{
	const struct json *j = &r->s->doc;
	int object = schema_node(r->s, node)->keys[KEY_PROPERTIES], name;

	if (!see_required(r, node, &r->scratch))
		return false;
	for (int v = json_first(j, object, &name); v != JSON_NONE;
	     v = json_next(j, object, v, &name))
		if (r->scratch.p[schema_find_property(r->s, node, j, name)] == 0)
			return schema_fail(r, v, "strict mode wants it in \"required\" "
			                         "(--schema-fix adds it; optional is what may be null)");
	return true;
}

static bool has_object_words(const struct schema_node *n)
{
	return n->keys[KEY_PROPERTIES] != JSON_NONE || n->keys[KEY_REQUIRED] != JSON_NONE;
}

static bool lint_object(struct schema_reader *r, int node)
{
	const struct schema_node *n = schema_node(r->s, node);
	bool named = n->keys[KEY_TYPE] != JSON_NONE && (n->types & TYPE_OBJECT) != 0;

	if (!named && !has_object_words(n))
		return true;
	if (n->keys[KEY_ADDITIONAL] == JSON_NONE)
		return schema_fail(r, n->value, "strict mode wants \"additionalProperties\": false "
		                                "(--schema-fix adds it)");
	return check_required(r, node);
}

/* ---- what says something about a value ---- */

static bool lint_type(struct schema_reader *r, int node)
{
	const struct schema_node *n = schema_node(r->s, node);
	enum { ARRAY = 1 << 1 };

	if (n->keys[KEY_TYPE] == JSON_NONE && n->keys[KEY_REF] == JSON_NONE &&
	    n->keys[KEY_ANY_OF] == JSON_NONE && n->keys[KEY_ENUM] == JSON_NONE &&
	    n->keys[KEY_CONST] == JSON_NONE)
		return schema_fail(
			r, n->value, "says nothing: \"type\", \"anyOf\" or \"$ref\" is wanted");
	if (n->keys[KEY_TYPE] != JSON_NONE && (n->types & ARRAY) != 0 &&
	    n->keys[KEY_ITEMS] == JSON_NONE)
		return schema_fail(r, n->value, "an array wants \"items\"");
	return true;
}

/* Definitions may stand beside a $ref; anything else strict mode refuses, even a description. */
static bool lint_ref(struct schema_reader *r, int node)
{
	const struct json *j = &r->s->doc;
	const struct schema_node *n = schema_node(r->s, node);
	int name;

	if (n->keys[KEY_REF] == JSON_NONE)
		return true;
	for (int v = json_first(j, n->value, &name); v != JSON_NONE;
	     v = json_next(j, n->value, v, &name))
		if (v != n->keys[KEY_REF] && v != n->keys[KEY_DEFS] &&
		    v != n->keys[KEY_DEFINITIONS])
			return schema_fail(r, v, "cannot stand beside $ref");
	return true;
}

static bool lint_root(struct schema_reader *r)
{
	const struct schema_node *root = schema_node(r->s, 0);
	int any = root->keys[KEY_ANY_OF];

	if (any != JSON_NONE)
		return schema_fail(r, any, "strict mode does not allow it at the root");
	return (root->keys[KEY_TYPE] != JSON_NONE && root->types == TYPE_OBJECT) ||
	       schema_fail(r, JSON_ROOT, "must be of type \"object\"");
}

/* ---- values ---- */

static bool count_names(struct schema_reader *r, int name, size_t *more)
{
	size_t n;

	buf_clear(&r->scratch);
	if (!json_text(&r->s->doc, name, &r->scratch, r->e))
		return false;
	n = schema_length(buf_span(&r->scratch));
	r->names += n;
	*more += n;
	return true;
}

static bool check_value(struct schema_reader *r, int node, int value, size_t *characters)
{
	const struct schema_node *n = schema_node(r->s, node);

	if ((schema_types_of(&r->s->doc, value) & n->types) == 0)
		return schema_fail(r, value, "is not of the type wanted beside it");
	return count_names(r, value, characters);
}

static bool lint_enum(struct schema_reader *r, int node)
{
	const struct json *j = &r->s->doc;
	int list = schema_node(r->s, node)->keys[KEY_ENUM];
	size_t characters = 0, strings = 0;

	for (int v = json_first(j, list, NULL); v != JSON_NONE; v = json_next(j, list, v, NULL)) {
		if (!check_value(r, node, v, &characters))
			return false;
		strings += json_is_type(j, v, JSON_STRING);
	}
	r->enums += json_count(j, list);
	return strings <= SCHEMA_LONG_ENUM || characters <= SCHEMA_LONG_ENUM_MAX ||
	       schema_fail(r, list, "an enum of more than %d strings has more than %d characters",
	                   SCHEMA_LONG_ENUM, SCHEMA_LONG_ENUM_MAX);
}

static bool lint_const(struct schema_reader *r, int node)
{
	int value = schema_node(r->s, node)->keys[KEY_CONST];
	size_t characters = 0;

	return value == JSON_NONE || check_value(r, node, value, &characters);
}

static bool lint_names(struct schema_reader *r, int object)
{
	const struct json *j = &r->s->doc;
	size_t characters = 0;
	int name;

	for (int v = json_first(j, object, &name); v != JSON_NONE;
	     v = json_next(j, object, v, &name))
		if (!count_names(r, name, &characters))
			return false;
	return true;
}

static bool lint_all_names(struct schema_reader *r, int node)
{
	const struct schema_node *n = schema_node(r->s, node);

	return lint_names(r, n->keys[KEY_PROPERTIES]) && lint_names(r, n->keys[KEY_DEFS]) &&
	       lint_names(r, n->keys[KEY_DEFINITIONS]);
}

/* ---- bounds ---- */

static bool lint_bounds(struct schema_reader *r, int node)
{
	static const struct {
		enum schema_key low, high;
		bool apart; /* the two cannot be the same */
	} pairs[] = {
		{KEY_MINIMUM, KEY_MAXIMUM, false}, {KEY_MINIMUM, KEY_BELOW, true},
		{KEY_ABOVE, KEY_MAXIMUM, true}, {KEY_ABOVE, KEY_BELOW, true},
		{KEY_MIN_LENGTH, KEY_MAX_LENGTH, false}, {KEY_MIN_ITEMS, KEY_MAX_ITEMS, false},
	};
	const struct json *j = &r->s->doc;
	const struct schema_node *n = schema_node(r->s, node);

	for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
		int low = n->keys[pairs[i].low], high = n->keys[pairs[i].high];
		struct decimal x, y;

		if (low != JSON_NONE && high != JSON_NONE && decimal_read(json_raw(j, low), &x) &&
		    decimal_read(json_raw(j, high), &y) &&
		    decimal_compare(&x, &y) >= !pairs[i].apart)
			return schema_fail(r, low, "no value is above this and below \"%s\"",
			                   schema_word_of(pairs[i].high)->name);
	}
	return true;
}

/* ---- strings ---- */

static bool read_pattern(struct schema_reader *r, int node)
{
	struct schema_node *n = schema_node(r->s, node);
	int value = n->keys[KEY_PATTERN];

	if (value == JSON_NONE)
		return true;
	buf_clear(&r->scratch);
	if (!json_text(&r->s->doc, value, &r->scratch, r->e))
		return false;
	if (!pattern_read(&n->pattern, buf_span(&r->scratch), r->e)) {
		struct err why = *r->e;

		return why.kind == ERR_USAGE ? schema_fail(r, value, "%s", why.text) : false;
	}
	r->states += pattern_states(n->pattern);
	return r->states <= SCHEMA_STATES_MAX ||
	       schema_fail(r, value, "the patterns have more than %d states", SCHEMA_STATES_MAX);
}

static bool read_format(struct schema_reader *r, int node)
{
	struct schema_node *n = schema_node(r->s, node);
	int value = n->keys[KEY_FORMAT];

	if (value == JSON_NONE)
		return true;
	n->format = schema_format_named(&r->s->doc, value);
	return n->format != SCHEMA_NO_FORMAT ||
	       schema_fail(r, value, "strict mode has only the formats date-time, time, date, "
	                             "duration, email, hostname, ipv4, ipv6 and uuid");
}

/* ---- limits ---- */

static bool check_limits(struct schema_reader *r)
{
	if (r->enums > SCHEMA_ENUM_MAX)
		return schema_fail(r, JSON_ROOT, "more than %d values in enums", SCHEMA_ENUM_MAX);
	return r->names <= SCHEMA_NAMES_MAX ||
	       schema_fail(r, JSON_ROOT, "more than %d characters in names, enums and constants",
	                   SCHEMA_NAMES_MAX);
}

static bool lint_node(struct schema_reader *r, int node)
{
	return lint_ref(r, node) && lint_type(r, node) && lint_object(r, node) &&
	       lint_enum(r, node) && lint_const(r, node) && lint_all_names(r, node) &&
	       lint_bounds(r, node) && read_pattern(r, node) && read_format(r, node);
}

bool schema_lint(struct schema_reader *r)
{
	if (!lint_root(r))
		return false;
	for (int i = 0; i < schema_nodes(r->s); i++)
		if (!lint_node(r, i))
			return false;
	return check_limits(r);
}
