#include "wire/schema_parts.h"

#include <string.h>

static enum schema_fit check(struct schema_checker *c, int node, int value);

/* ---- objects ---- */

enum which { CONSTANTS, OTHERS };

/*
 * Constants are looked at before all else: they tell soonest which alternative an object is not,
 * and what else is wrong with it for one that it is not would mislead. Then names, and only then
 * is anything gone into, so that alternatives in alternatives do not multiply.
 */
static enum schema_fit check_member(
	struct schema_checker *c, int property, int value, enum which which)
{
	int node = schema_find_node(c->s, property);
	const struct schema_node *n = schema_node(c->s, node);
	bool constant = n->keys[KEY_CONST] != JSON_NONE || n->keys[KEY_ENUM] != JSON_NONE;

	return constant == (which == CONSTANTS) ? check(c, node, value) : FITS;
}

/* Which property a member is; JSON_NONE when there is no such property. */
static enum schema_fit find_property(struct schema_checker *c, int node, int name, int *at)
{
	*at = schema_find_property(c->s, node, &c->answer, name);
	return schema_spend(c, 4 + json_raw(&c->answer, name).n / 4);
}

/* *foreign is the first member that is no property, if there is one. */
static enum schema_fit check_members(
	struct schema_checker *c, int node, int value, enum which which, int *foreign)
{
	enum schema_fit fit = FITS;
	int name, at;

	for (int v = json_first(&c->answer, value, &name); v != JSON_NONE && fit == FITS;
	     v = json_next(&c->answer, value, v, &name)) {
		fit = find_property(c, node, name, &at);
		if (fit == FITS && at == JSON_NONE && *foreign == JSON_NONE)
			*foreign = v;
		else if (fit == FITS && at != JSON_NONE)
			fit = check_member(c, schema_property(c->s, node, at)->value, v, which);
	}
	return fit;
}

/* Fewer members than properties: the first in the schema's order that is not there is told. */
static enum schema_fit find_missing(struct schema_checker *c, int node, int value)
{
	const struct json *doc = &c->s->doc;
	int list = schema_node(c->s, node)->keys[KEY_REQUIRED], name, at;

	if (!schema_see_none(c->s, node, &c->seen, c->e))
		return STOPPED;
	for (int v = json_first(&c->answer, value, &name); v != JSON_NONE;
	     v = json_next(&c->answer, value, v, &name)) {
		if (find_property(c, node, name, &at) == STOPPED)
			return STOPPED;
		if (at != JSON_NONE)
			c->seen.p[at] = 1;
	}
	for (int v = json_first(doc, list, NULL); v != JSON_NONE; v = json_next(doc, list, v, NULL))
		if (c->seen.p[schema_find_property(c->s, node, doc, v)] == 0) {
			schema_misfits(c, node, value, KEY_REQUIRED);
			c->misfit.missing = v;
			return MISFITS;
		}
	return FITS;
}

/* No member comes twice: as many as there are properties are all of them, or one is foreign. */
static enum schema_fit check_required(struct schema_checker *c, int node, int value)
{
	size_t all = json_count(&c->s->doc, schema_node(c->s, node)->keys[KEY_REQUIRED]);

	if (json_count(&c->answer, value) >= all)
		return FITS;
	return schema_spend(c, all) == STOPPED ? STOPPED : find_missing(c, node, value);
}

static enum schema_fit check_object(struct schema_checker *c, int node, int value)
{
	int foreign = JSON_NONE;
	enum schema_fit fit;

	if (schema_node(c->s, node)->keys[KEY_ADDITIONAL] == JSON_NONE)
		return FITS; /* no object schema: it would have it */
	c->level++;
	fit = check_members(c, node, value, CONSTANTS, &foreign);
	if (fit == FITS)
		fit = check_required(c, node, value);
	if (fit == FITS && foreign != JSON_NONE)
		fit = schema_misfits(c, node, foreign, KEY_ADDITIONAL);
	if (fit == FITS)
		fit = check_members(c, node, value, OTHERS, &foreign);
	c->level--;
	return fit;
}

/* ---- arrays, references, alternatives ---- */

static enum schema_fit check_items(struct schema_checker *c, int node, int value)
{
	int items = schema_find_node(c->s, schema_node(c->s, node)->keys[KEY_ITEMS]);
	enum schema_fit fit = FITS;

	if (items == JSON_NONE)
		return FITS;
	c->level++;
	for (int v = json_first(&c->answer, value, NULL); v != JSON_NONE && fit == FITS;
	     v = json_next(&c->answer, value, v, NULL))
		fit = check(c, items, v);
	c->level--;
	return fit;
}

/* Nothing fits: what came closest is told, and that there was a choice if it did not come far. */
static enum schema_fit no_alternative(
	struct schema_checker *c, int node, int value, const struct schema_misfit *best)
{
	c->misfit = *best;
	if (best->rank < schema_rank(c, RANK_INSIDE) && best->alternatives == 0) {
		c->misfit.alternatives = (unsigned)json_count(
			&c->s->doc, schema_node(c->s, node)->keys[KEY_ANY_OF]);
		c->misfit.around = value;
	}
	return MISFITS;
}

static enum schema_fit check_any(struct schema_checker *c, int node, int value)
{
	const struct json *doc = &c->s->doc;
	int any = schema_node(c->s, node)->keys[KEY_ANY_OF];
	enum schema_fit fit = any == JSON_NONE ? FITS : MISFITS;
	struct schema_misfit best = {0};
	bool first = true;

	for (int v = json_first(doc, any, NULL); v != JSON_NONE && fit == MISFITS;
	     v = json_next(doc, any, v, NULL)) {
		fit = check(c, schema_find_node(c->s, v), value);
		if (fit == MISFITS && (first || c->misfit.rank > best.rank))
			best = c->misfit;
		first = false;
	}
	return fit == MISFITS ? no_alternative(c, node, value, &best) : fit;
}

static enum schema_fit check_ref(struct schema_checker *c, int node, int value)
{
	int ref = schema_node(c->s, node)->ref;

	return ref == JSON_NONE ? FITS : check(c, ref, value);
}

static enum schema_fit check_inside(struct schema_checker *c, int node, int value)
{
	if (json_is_type(&c->answer, value, JSON_OBJECT))
		return check_object(c, node, value);
	if (json_is_type(&c->answer, value, JSON_ARRAY))
		return check_items(c, node, value);
	return FITS;
}

static enum schema_fit check_node(struct schema_checker *c, int node, int value)
{
	enum schema_fit fit = schema_match(c, node, value);

	if (fit == FITS)
		fit = check_inside(c, node, value);
	if (fit == FITS)
		fit = check_ref(c, node, value);
	return fit == FITS ? check_any(c, node, value) : fit;
}

/* Recursion ends at SCHEMA_LEVELS_MAX. */
static enum schema_fit check(struct schema_checker *c, int node, int value)
{
	enum schema_fit fit;

	if (c->depth == SCHEMA_LEVELS_MAX) {
		err_set(c->e, ERR_CEILING, 0, "the answer takes more than %d levels to check",
		        SCHEMA_LEVELS_MAX);
		return STOPPED;
	}
	if (schema_spend(c, 1) == STOPPED)
		return STOPPED;
	c->depth++;
	fit = check_node(c, node, value);
	c->depth--;
	return fit;
}

/* ---- the answer as a whole ---- */

static bool begins_json(struct span s)
{
	if (span_starts(s, "true") || span_starts(s, "false") || span_starts(s, "null"))
		return true;
	return s.p[0] != '\0' && strchr("{[\"-0123456789", s.p[0]) != NULL;
}

/* A text that is no JSON: what is most often wrong with it has words of its own. */
static bool tell_no_json(struct span answer, struct err *e)
{
	struct span s = span_trim(answer);
	const char *hint = "";
	struct err why;

	if (e->kind != ERR_PROTOCOL)
		return false;
	if (s.n == 0)
		hint = "; it is empty";
	else if (span_starts(s, "```"))
		hint = "; it is wrapped in a ``` fence";
	else if (!begins_json(s))
		hint = "; there is text before the JSON";
	else if (strstr(e->text, "something follows") != NULL)
		hint = "; there is text behind the JSON";
	why = *e;
	return err_set(e, ERR_MISFIT, 0, "the answer must be one JSON text and nothing else: %s%s",
	               why.text, hint);
}

static bool read_answer(struct schema_checker *c, struct span answer)
{
	struct schema_text t;
	int twice;

	if (!json_parse(&c->answer, answer, c->e))
		return tell_no_json(answer, c->e);
	twice = json_duplicate(&c->answer);
	if (twice == JSON_NONE)
		return true;
	schema_say_begin(&t, c->e);
	schema_say_place(&t, &c->answer, twice);
	schema_say(&t, ": the same property twice");
	return schema_say_end(&t, ERR_MISFIT);
}

bool schema_check(const struct schema *s, struct span answer, struct err *e)
{
	struct schema_checker c = {.s = s, .steps = SCHEMA_STEPS_MAX, .e = e};
	bool ok = false;

	json_init(&c.answer);
	buf_init(&c.text, JSON_TEXT_MAX, "a string");
	buf_init(&c.seen, SCHEMA_PROPERTIES_MAX, "properties");
	if (read_answer(&c, answer)) {
		enum schema_fit fit = check(&c, 0, JSON_ROOT);

		ok = fit == FITS || (fit == MISFITS && schema_say_misfit(&c));
	}
	json_free(&c.answer);
	buf_free(&c.text);
	buf_free(&c.seen);
	return ok;
}
