#include "wire/schema_parts.h"

/* What stands at a place of the document: it decides what may be mended there. */
enum role { ROLE_PLAIN, ROLE_SCHEMA, ROLE_SCHEMAS };

struct writer {
	const struct json *j;
	struct jsonw w;
	bool fix;
};

static enum role role_of(const struct json *j, int name)
{
	const struct schema_word *word = schema_find_word(j, name);

	if (word == NULL)
		return ROLE_PLAIN;
	switch (word->form) {
	case FORM_SCHEMA:
		return ROLE_SCHEMA;
	case FORM_SCHEMAS:
	case FORM_NAMED:
		return ROLE_SCHEMAS;
	default:
		return ROLE_PLAIN;
	}
}

static bool says_object(const struct json *j, int type)
{
	bool found = json_is_str(j, type, "object");

	if (json_is_type(j, type, JSON_ARRAY))
		for (int v = json_first(j, type, NULL); v != JSON_NONE;
		     v = json_next(j, type, v, NULL))
			found = found || json_is_str(j, v, "object");
	return found;
}

static bool is_object_schema(const struct json *j, int value)
{
	return says_object(j, json_member(j, value, "type")) ||
	       json_member(j, value, "properties") != JSON_NONE;
}

/* All properties, then what "required" names beside them, for the lint to find. */
static void write_required(struct writer *w, int properties, int required)
{
	const struct json *j = w->j;
	int name, cursor = JSON_NONE;
	uint64_t looked = 0;

	jsonw_array(&w->w);
	for (int v = json_first(j, properties, &name); v != JSON_NONE;
	     v = json_next(j, properties, v, &name))
		jsonw_raw(&w->w, json_whole(j, name));
	for (int v = json_first(j, required, NULL); v != JSON_NONE;
	     v = json_next(j, required, v, NULL))
		if (!json_is_type(j, v, JSON_STRING) ||
		    schema_find(j, properties, j, v, &cursor, &looked) == JSON_NONE)
			jsonw_raw(&w->w, json_whole(j, v));
	jsonw_array_end(&w->w);
}

/* May "required" be written anew: it is an array or not there, and there is what it can name. */
static bool mends_required(const struct json *j, int value)
{
	int required = json_member(j, value, "required");

	return (required == JSON_NONE || json_is_type(j, required, JSON_ARRAY)) &&
	       json_count(j, json_member(j, value, "properties")) > 0 &&
	       json_is_type(j, json_member(j, value, "properties"), JSON_OBJECT);
}

/* What an object schema lacks, behind its members. */
static void write_lacking(struct writer *w, int value)
{
	if (json_member(w->j, value, "required") == JSON_NONE && mends_required(w->j, value)) {
		jsonw_name(&w->w, "required");
		write_required(w, json_member(w->j, value, "properties"), JSON_NONE);
	}
	if (json_member(w->j, value, "additionalProperties") == JSON_NONE) {
		jsonw_name(&w->w, "additionalProperties");
		jsonw_bool(&w->w, false);
	}
}

static void write_value(struct writer *w, int value, enum role role);

static void write_array(struct writer *w, int value, enum role role)
{
	const struct json *j = w->j;

	jsonw_array(&w->w);
	for (int v = json_first(j, value, NULL); v != JSON_NONE; v = json_next(j, value, v, NULL))
		write_value(w, v, role == ROLE_SCHEMAS ? ROLE_SCHEMA : ROLE_PLAIN);
	jsonw_array_end(&w->w);
}

static void write_object(struct writer *w, int value, enum role role)
{
	const struct json *j = w->j;
	/* at the deepest level there is no room for an array, and strict mode takes none so deep */
	bool fix = w->fix && role == ROLE_SCHEMA && w->w.depth + 1 < JSON_DEPTH_MAX &&
	           is_object_schema(j, value);
	int name;

	jsonw_object(&w->w);
	for (int v = json_first(j, value, &name); v != JSON_NONE;
	     v = json_next(j, value, v, &name)) {
		jsonw_name_raw(&w->w, json_whole(j, name));
		if (fix && json_is_str(j, name, "required") && mends_required(j, value))
			write_required(w, json_member(j, value, "properties"), v);
		else if (role == ROLE_SCHEMA)
			write_value(w, v, role_of(j, name));
		else
			write_value(w, v, role == ROLE_SCHEMAS ? ROLE_SCHEMA : ROLE_PLAIN);
	}
	if (fix)
		write_lacking(w, value);
	jsonw_object_end(&w->w);
}

/* Recursion ends at JSON_DEPTH_MAX, as the document's levels do. */
static void write_value(struct writer *w, int value, enum role role)
{
	if (json_is_type(w->j, value, JSON_OBJECT))
		write_object(w, value, role);
	else if (json_is_type(w->j, value, JSON_ARRAY))
		write_array(w, value, role);
	else
		jsonw_raw(&w->w, json_whole(w->j, value));
}

bool schema_write(const struct json *from, bool fix, struct buf *out, struct err *e)
{
	struct writer w = {.j = from, .fix = fix};

	jsonw_init(&w.w, out);
	write_value(&w, JSON_ROOT, ROLE_SCHEMA);
	return jsonw_end(&w.w, e);
}
