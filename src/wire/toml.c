#include "wire/toml_parts.h"

#include "base/limits.h"

void toml_init(struct toml *t)
{
	buf_init(&t->nodes, TOML_VALUES_MAX * sizeof(struct toml_node), "values");
	buf_init(&t->text, TOML_MAX, "text");
}

void toml_free(struct toml *t)
{
	buf_free(&t->nodes);
	buf_free(&t->text);
}

struct toml_node *toml_node(const struct toml *t, int value)
{
	return (struct toml_node *)(void *)t->nodes.p + value;
}

static struct span text(const struct toml *t, size_t at, size_t n)
{
	return span_cut(buf_span(&t->text), at, at + n);
}

bool toml_is_type(const struct toml *t, int value, enum toml_type type)
{
	return value != TOML_NONE && toml_node(t, value)->type == type;
}

int toml_first(const struct toml *t, int parent)
{
	return parent == TOML_NONE ? TOML_NONE : toml_node(t, parent)->first;
}

int toml_next(const struct toml *t, int value)
{
	return value == TOML_NONE ? TOML_NONE : toml_node(t, value)->next;
}

struct span toml_key(const struct toml *t, int value)
{
	if (value == TOML_NONE)
		return span_of(NULL, 0);
	return text(t, toml_node(t, value)->key_at, toml_node(t, value)->key_n);
}

struct span toml_string(const struct toml *t, int value)
{
	if (!toml_is_type(t, value, TOML_STRING))
		return span_of(NULL, 0);
	return text(t, toml_node(t, value)->at, toml_node(t, value)->n);
}

int64_t toml_number(const struct toml *t, int value)
{
	return value == TOML_NONE ? 0 : toml_node(t, value)->number;
}

int toml_member(const struct toml *t, int table, struct span key)
{
	int v = toml_is_type(t, table, TOML_TABLE) ? toml_first(t, table) : TOML_NONE;

	while (v != TOML_NONE && !span_equal(toml_key(t, v), key))
		v = toml_next(t, v);
	return v;
}

int toml_add(struct toml_reader *r, int parent, struct toml_word key, enum toml_type type, enum toml_how how)
{
	struct toml *t = r->t;
	int made = (int)(t->nodes.n / sizeof(struct toml_node));
	struct toml_node fresh = {.type = (unsigned char)type, .how = (unsigned char)how,
		.first = TOML_NONE, .last = TOML_NONE, .next = TOML_NONE,
		.key_at = key.at, .key_n = key.n};

	if (made > 0)
		fresh.depth = toml_node(t, parent)->depth + 1;
	if (fresh.depth > TOML_DEPTH_MAX) {
		toml_fail_as(r, ERR_CEILING, "too many levels");
		return TOML_NONE;
	}
	if (made == TOML_VALUES_MAX) {
		toml_fail_as(r, ERR_CEILING, "too many values");
		return TOML_NONE;
	}
	if (!buf_add(&t->nodes, span_of(&fresh, sizeof fresh), r->e))
		return TOML_NONE;
	if (made > 0 && toml_node(t, parent)->last == TOML_NONE)
		toml_node(t, parent)->first = made;
	else if (made > 0)
		toml_node(t, toml_node(t, parent)->last)->next = made;
	if (made > 0)
		toml_node(t, parent)->last = made;
	return made;
}

int toml_find(const struct toml_reader *r, int table, struct toml_word key)
{
	return toml_member(r->t, table, text(r->t, key.at, key.n));
}
