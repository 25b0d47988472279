#include "wire/schema_parts.h"

#include <string.h>

#include "base/text.h"

enum {
	/* bytes of a name or value: what is longer is not shown, since a cut could go through a
	   secret that is taken out later */
	SHOWN_MAX = 60,
	PLACE_MAX = 2048, /* bytes of a pointer, before its last name */
	LISTED_MAX = 5,   /* values of an enum, names of properties */
};

void schema_say_begin(struct schema_text *t, struct err *e)
{
	*t = (struct schema_text){.e = e};
	buf_init(&t->out, ERR_TEXT_MAX, "a message");
}

static void say_span(struct schema_text *t, struct span s)
{
	if (!t->failed)
		t->failed = !buf_add(&t->out, s, t->e);
}

void schema_say(struct schema_text *t, const char *s)
{
	say_span(t, span_str(s));
}

void schema_say_count(struct schema_text *t, size_t n)
{
	if (!t->failed)
		t->failed = !buf_add_u64(&t->out, n, t->e);
}

bool schema_say_end(struct schema_text *t, enum err_kind kind)
{
	if (!t->failed)
		err_set(t->e, kind, 0, "%.*s", (int)t->out.n, (const char *)t->out.p);
	buf_free(&t->out);
	return false;
}

/* Well-formed UTF-8 that can be shown as it stands. */
static bool is_plain(struct span s)
{
	for (size_t i = 0, n; i < s.n; i += n) {
		for (n = 1; i + n < s.n && (s.p[i + n] & 0xc0) == 0x80; n++)
			continue;
		if (text_is_control(utf8_decode(s.p + i, n)))
			return false;
	}
	return s.n <= SHOWN_MAX;
}

/* ---- places ---- */

static void say_name_bytes(struct schema_text *t, struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '~')
			schema_say(t, "~0");
		else if (s.p[i] == '/')
			schema_say(t, "~1");
		else
			say_span(t, span_cut(s, i, i + 1));
}

static void say_name(struct schema_text *t, const struct json *j, int name)
{
	struct buf text;

	buf_init(&text, JSON_TEXT_MAX, "a name");
	if (!t->failed)
		t->failed = !json_text(j, name, &text, t->e);
	if (is_plain(buf_span(&text))) {
		say_name_bytes(t, buf_span(&text));
	} else {
		schema_say(t, "<a name of ");
		schema_say_count(t, text.n);
		schema_say(t, " bytes>");
	}
	buf_free(&text);
}

/* The child of `parent` that is `value` or holds it. */
static int child_with(const struct json *j, int parent, int value, int *name, size_t *index)
{
	int own, found = JSON_NONE;

	*index = 0;
	for (int v = json_first(j, parent, &own); v != JSON_NONE && v <= value;
	     v = json_next(j, parent, v, &own)) {
		*index += found != JSON_NONE;
		found = v;
		*name = own;
	}
	return found;
}

void schema_say_place(struct schema_text *t, const struct json *j, int value)
{
	size_t index, begin = t->out.n;
	int name = JSON_NONE;

	if (value == JSON_ROOT)
		schema_say(t, "(root)");
	for (int v = JSON_ROOT; v != value;) {
		v = child_with(j, v, value, &name, &index);
		if (v == JSON_NONE)
			return;
		schema_say(t, "/");
		if (t->out.n - begin > PLACE_MAX && v != value)
			schema_say(t, "...");
		else if (name == JSON_NONE)
			schema_say_count(t, index);
		else
			say_name(t, j, name);
	}
}

/* ---- values ---- */

static void say_type(struct schema_text *t, const struct json *j, int value)
{
	static const char *const names[] = {
		[JSON_NULL] = "null", [JSON_FALSE] = "false", [JSON_TRUE] = "true",
		[JSON_NUMBER] = "a number", [JSON_STRING] = "a string", [JSON_ARRAY] = "an array",
		[JSON_OBJECT] = "an object",
	};

	schema_say(t, names[json_type(j, value)]);
}

void schema_say_value(struct schema_text *t, const struct json *j, int value)
{
	struct span s = json_raw(j, value);
	bool string = json_is_type(j, value, JSON_STRING);

	if (json_is_type(j, value, JSON_OBJECT) || json_is_type(j, value, JSON_ARRAY)) {
		say_type(t, j, value);
	} else if (is_plain(s)) {
		schema_say(t, string ? "\"" : "");
		say_span(t, s);
		schema_say(t, string ? "\"" : "");
	} else {
		say_type(t, j, value);
		schema_say(t, " of ");
		schema_say_count(t, s.n);
		schema_say(t, string ? " bytes" : " digits");
	}
}

/* Values of an array, or names of an object. */
static void say_list(struct schema_text *t, const struct json *j, int parent)
{
	size_t n = 0, all = json_count(j, parent);
	int name = JSON_NONE;

	for (int v = json_first(j, parent, &name); v != JSON_NONE && n < LISTED_MAX;
	     v = json_next(j, parent, v, &name)) {
		schema_say(t, n++ == 0 ? "" : ", ");
		schema_say_value(t, j, name == JSON_NONE ? v : name);
	}
	if (all > n) {
		schema_say(t, " and ");
		schema_say_count(t, all - n);
		schema_say(t, " more");
	}
}

/* ---- misfits ---- */

static void say_types(struct schema_text *t, unsigned types)
{
	bool first = true;

	for (unsigned i = 0; i < SCHEMA_TYPES; i++)
		if ((types & 1u << i) != 0) {
			schema_say(t, first ? "" : " or ");
			schema_say(t, schema_type_names[i]);
			first = false;
		}
}

/* What a keyword wants, in words: before and behind its own value. */
static const struct {
	const char *before, *behind;
} wants[SCHEMA_KEYS] = {
	[KEY_CONST] = {"must be ", ""},
	[KEY_MINIMUM] = {"must be at least ", ""},
	[KEY_MAXIMUM] = {"must be at most ", ""},
	[KEY_ABOVE] = {"must be greater than ", ""},
	[KEY_BELOW] = {"must be less than ", ""},
	[KEY_MULTIPLE] = {"must be a multiple of ", ""},
	[KEY_MIN_LENGTH] = {"must have at least ", " characters"},
	[KEY_MAX_LENGTH] = {"must have at most ", " characters"},
	[KEY_MIN_ITEMS] = {"must have at least ", " items"},
	[KEY_MAX_ITEMS] = {"must have at most ", " items"},
	[KEY_PATTERN] = {"must match the pattern ", ""},
	[KEY_FORMAT] = {"must have the format ", ""},
};

static void say_got(struct schema_text *t, const struct json *answer, const struct schema_misfit *m)
{
	schema_say(t, ", got ");
	if (m->key == KEY_MIN_ITEMS || m->key == KEY_MAX_ITEMS)
		schema_say_count(t, json_count(answer, m->value));
	else
		schema_say_value(t, answer, m->value);
}

static void say_why(struct schema_text *t, const struct schema_checker *c)
{
	const struct json *doc = &c->s->doc;
	const struct schema_misfit *m = &c->misfit;
	const struct schema_node *n = schema_node(c->s, m->node);

	switch (m->key) {
	case KEY_REQUIRED:
		schema_say(t, "lacks the property ");
		schema_say_value(t, doc, m->missing);
		return;
	case KEY_ADDITIONAL:
		schema_say(t, "no such property is allowed, only ");
		if (json_count(doc, n->keys[KEY_PROPERTIES]) == 0)
			schema_say(t, "an empty object");
		else
			say_list(t, doc, n->keys[KEY_PROPERTIES]);
		return;
	case KEY_TYPE:
		schema_say(t, "must be of type ");
		say_types(t, n->types);
		break;
	case KEY_ENUM:
		schema_say(t, "must be one of ");
		say_list(t, doc, n->keys[KEY_ENUM]);
		break;
	default:
		schema_say(t, wants[m->key].before);
		schema_say_value(t, doc, n->keys[m->key]);
		schema_say(t, wants[m->key].behind);
	}
	say_got(t, &c->answer, m);
}

bool schema_say_misfit(const struct schema_checker *c)
{
	const struct schema_misfit *m = &c->misfit;
	struct schema_text t;

	schema_say_begin(&t, c->e);
	if (m->alternatives > 0) {
		schema_say_place(&t, &c->answer, m->around);
		schema_say(&t, ": fits none of the ");
		schema_say_count(&t, m->alternatives);
		schema_say(&t, " alternatives; by the nearest, ");
	}
	schema_say_place(&t, &c->answer, m->value);
	schema_say(&t, ": ");
	say_why(&t, c);
	return schema_say_end(&t, ERR_MISFIT);
}
