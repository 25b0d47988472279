#include "wire/schema_parts.h"

#include <stdarg.h>

#include "base/fmt.h"
#include "wire/decimal.h"

/* ---- nodes ---- */

struct schema_node *schema_node(const struct schema *s, int node)
{
	return (struct schema_node *)(void *)s->nodes.p + node;
}

int schema_nodes(const struct schema *s)
{
	return (int)(s->nodes.n / sizeof(struct schema_node));
}

int schema_find_node(const struct schema *s, int value)
{
	int low = 0, high = schema_nodes(s);

	while (low < high) {
		int middle = low + (high - low) / 2;

		if (schema_node(s, middle)->value < value)
			low = middle + 1;
		else
			high = middle;
	}
	return low < schema_nodes(s) && schema_node(s, low)->value == value ? low : JSON_NONE;
}

bool schema_fail(struct schema_reader *r, int value, const char *fmt, ...)
{
	char what[200];
	struct schema_text t;
	va_list ap;

	va_start(ap, fmt);
	fmt_into_list(what, sizeof what, fmt, ap);
	va_end(ap);
	schema_say_begin(&t, r->e);
	schema_say_place(&t, &r->s->doc, value);
	schema_say(&t, ": ");
	schema_say(&t, what);
	return schema_say_end(&t, ERR_USAGE);
}

static int add_node(struct schema_reader *r, int value)
{
	struct schema_node n = {.value = value, .types = TYPE_ANY, .ref = JSON_NONE};

	for (int i = 0; i < SCHEMA_KEYS; i++)
		n.keys[i] = JSON_NONE;
	if (!buf_add(&r->s->nodes, span_of(&n, sizeof n), r->e))
		return JSON_NONE;
	return schema_nodes(r->s) - 1;
}

/* ---- what keywords' values must be ---- */

static bool read_types(struct schema_reader *r, int node, int value)
{
	const struct json *j = &r->s->doc;
	unsigned types = schema_type_named(j, value);

	bool several = json_is_type(j, value, JSON_ARRAY);

	for (int v = json_first(j, value, NULL); v != JSON_NONE && several;
	     v = json_next(j, value, v, NULL)) {
		unsigned type = schema_type_named(j, v);

		if (type == 0 || (types & type) != 0)
			return schema_fail(r, v, type == 0 ? "no such type" : "a type twice");
		types |= type;
	}
	schema_node(r->s, node)->types = types;
	return types != 0 ||
	       schema_fail(r, value, "must be the name of a type, or several in an array");
}

static bool check_strings(struct schema_reader *r, int value)
{
	const struct json *j = &r->s->doc;

	if (!json_is_type(j, value, JSON_ARRAY))
		return schema_fail(r, value, "must be an array of strings");
	for (int v = json_first(j, value, NULL); v != JSON_NONE; v = json_next(j, value, v, NULL))
		if (!json_is_type(j, v, JSON_STRING))
			return schema_fail(r, v, "must be a string");
	return true;
}

static bool check_number(struct schema_reader *r, int value, enum schema_form form)
{
	const struct json *j = &r->s->doc;
	struct decimal d;
	int64_t count;

	if (!json_is_type(j, value, JSON_NUMBER))
		return schema_fail(r, value, "must be a number");
	if (!decimal_read(json_raw(j, value), &d))
		return schema_fail(r, value, "its exponent is beyond %d", DECIMAL_EXPONENT_MAX);
	if (form == FORM_COUNT && (!json_i64(j, value, &count) || count < 0))
		return schema_fail(r, value, "must be a whole number, not negative");
	if (form == FORM_DIVISOR && !decimal_is_divisor(&d))
		return schema_fail(r, value, "must be above zero, of at most %d digits",
		                   DECIMAL_DIVISOR_MAX);
	return true;
}

static bool read_schema(struct schema_reader *r, int value);

static bool read_schemas(struct schema_reader *r, int value)
{
	const struct json *j = &r->s->doc;

	for (int v = json_first(j, value, NULL); v != JSON_NONE; v = json_next(j, value, v, NULL))
		if (!read_schema(r, v))
			return false;
	return true;
}

static bool check_list(struct schema_reader *r, int value)
{
	return (json_is_type(&r->s->doc, value, JSON_ARRAY) && json_count(&r->s->doc, value) > 0) ||
	       schema_fail(r, value, "must be an array that is not empty");
}

static bool read_form(struct schema_reader *r, int node, enum schema_form form, int value)
{
	const struct json *j = &r->s->doc;

	switch (form) {
	case FORM_ANY:
		return true;
	case FORM_TYPES:
		return read_types(r, node, value);
	case FORM_VALUES:
		return check_list(r, value);
	case FORM_STRINGS:
		return check_strings(r, value);
	case FORM_FALSE:
		return json_is_type(j, value, JSON_FALSE) ||
		       schema_fail(r, value, "strict mode has no additional properties: must be false");
	case FORM_SCHEMA:
		return read_schema(r, value);
	case FORM_SCHEMAS:
		return check_list(r, value) && read_schemas(r, value);
	case FORM_NAMED:
		if (!json_is_type(j, value, JSON_OBJECT))
			return schema_fail(r, value, "must be an object of schemas");
		return read_schemas(r, value);
	case FORM_STRING:
		return json_is_type(j, value, JSON_STRING) ||
		       schema_fail(r, value, "must be a string");
	case FORM_NUMBER:
	case FORM_DIVISOR:
	case FORM_COUNT:
		break;
	}
	return check_number(r, value, form);
}

/* ---- schemas ---- */

static bool read_properties(struct schema_reader *r, int node, int value)
{
	bool ok;

	if (r->nesting == SCHEMA_NESTING_MAX)
		return schema_fail(r, value, "more than %d levels of objects", SCHEMA_NESTING_MAX);
	r->nesting++;
	ok = read_form(r, node, FORM_NAMED, value) && schema_add_properties(r, node);
	r->nesting--;
	return ok;
}

static bool read_member(struct schema_reader *r, int node, int name, int value)
{
	const struct schema_word *word = schema_find_word(&r->s->doc, name);

	if (word == NULL)
		return schema_fail(r, value, "strict mode does not have this keyword");
	if (word->key == KEY_ROOT_NOTE && node != 0)
		return schema_fail(r, value, "may stand at the root only");
	if (word->key < SCHEMA_KEYS)
		schema_node(r->s, node)->keys[word->key] = value;
	if (word->key == KEY_PROPERTIES)
		return read_properties(r, node, value);
	return read_form(r, node, word->form, value);
}

/* Recursion ends at JSON_DEPTH_MAX, as the document's levels do. */
static bool read_schema(struct schema_reader *r, int value)
{
	const struct json *j = &r->s->doc;
	int node, name;

	if (!json_is_type(j, value, JSON_OBJECT))
		return schema_fail(r, value, "must be a schema, which is an object");
	node = add_node(r, value);
	if (node == JSON_NONE)
		return false;
	for (int v = json_first(j, value, &name); v != JSON_NONE; v = json_next(j, value, v, &name))
		if (!read_member(r, node, name, v))
			return false;
	return true;
}

bool schema_read_nodes(struct schema_reader *r)
{
	return read_schema(r, JSON_ROOT);
}
