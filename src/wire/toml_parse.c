#include "wire/toml_parts.h"

#include "base/limits.h"
#include "base/utf8.h"

/* ---- ways down ---- */

enum { ANY_OPEN = 1 << TOML_IMPLIED | 1 << TOML_DOTTED | 1 << TOML_DEFINED | 1 << TOML_TABLES };

/*
 * Goes down from *table to what it calls `key`, made as `type` and `how` when it is not there yet. What
 * is there must have come to be in one of the ways of `allowed`; else `why` is the failure.
 */
static bool go(struct toml_reader *r, int *table, struct toml_word key, enum toml_type type,
	enum toml_how how, unsigned allowed, const char *why)
{
	int inner = toml_find(r, *table, key);

	if (inner == TOML_NONE)
		inner = toml_add(r, *table, key, type, how);
	else if ((allowed & 1u << toml_node(r->t, inner)->how) == 0)
		return toml_fail(r, why);
	*table = inner;
	return inner != TOML_NONE;
}

/* ---- values in values ---- */

static bool read_value(struct toml_reader *r, int parent, struct toml_word key);

static bool read_array(struct toml_reader *r, int array)
{
	for (;;) {
		toml_skip_lines(r);
		if (toml_take(r, ']'))
			return true;
		if (!read_value(r, array, (struct toml_word){0, 0}))
			return false;
		toml_skip_lines(r);
		if (toml_take(r, ']'))
			return true;
		if (!toml_take(r, ','))
			return toml_fail(r, "an array wants ',' or ']'");
	}
}

/* key = value, the key dotted or not. */
static bool read_pair(struct toml_reader *r, int table)
{
	struct toml_word key;

	for (;;) {
		if (!toml_read_key(r, &key))
			return false;
		if (!toml_take(r, '.'))
			break;
		/* Makes tables on its way, but enters none made in another way. */
		if (!go(r, &table, key, TOML_TABLE, TOML_DOTTED, 1 << TOML_DOTTED,
			    "a dotted key reaches into what is defined elsewhere"))
			return false;
	}
	if (!toml_take(r, '='))
		return toml_fail(r, "a key wants '=' behind it");
	if (toml_find(r, table, key) != TOML_NONE)
		return toml_fail(r, "a key is set twice");
	toml_skip_blanks(r);
	return read_value(r, table, key);
}

static bool read_inline(struct toml_reader *r, int table)
{
	toml_skip_blanks(r);
	if (toml_take(r, '}'))
		return true;
	for (;;) {
		if (!read_pair(r, table))
			return false;
		toml_skip_blanks(r);
		if (toml_take(r, '}'))
			return true;
		if (!toml_take(r, ','))
			return toml_fail(r, "an inline table wants ',' or '}'");
	}
}

/* Recursion ends at TOML_DEPTH_MAX, as every level adds a node. */
static bool read_value(struct toml_reader *r, int parent, struct toml_word key)
{
	int c = toml_peek(r), value = toml_add(r, parent, key, TOML_STRING, TOML_CLOSED);
	struct toml_word string;

	if (value == TOML_NONE)
		return false;
	if (c == '"' || c == '\'') {
		r->at++;
		if (!toml_read_string(r, c, true, &string))
			return false;
		toml_node(r->t, value)->at = string.at;
		toml_node(r->t, value)->n = string.n;
		return true;
	}
	if (c == '[' || c == '{') {
		r->at++;
		toml_node(r->t, value)->type = c == '[' ? TOML_ARRAY : TOML_TABLE;
		return c == '[' ? read_array(r, value) : read_inline(r, value);
	}
	return toml_read_plain(r, value);
}

/* ---- headers ---- */

/* The parts of a header before the last go down, into the last element of arrays of tables. */
static bool enter(struct toml_reader *r, int *table, struct toml_word key)
{
	if (!go(r, table, key, TOML_TABLE, TOML_IMPLIED, ANY_OPEN, "a header reaches into a value"))
		return false;
	if (toml_node(r->t, *table)->how == TOML_TABLES)
		*table = toml_node(r->t, *table)->last;
	return true;
}

static bool open_table(struct toml_reader *r, int *table, struct toml_word key)
{
	if (!go(r, table, key, TOML_TABLE, TOML_DEFINED, 1 << TOML_IMPLIED,
		    "a table is defined twice"))
		return false;
	toml_node(r->t, *table)->how = TOML_DEFINED;
	return true;
}

static bool open_element(struct toml_reader *r, int *table, struct toml_word key)
{
	if (!go(r, table, key, TOML_ARRAY, TOML_TABLES, 1 << TOML_TABLES,
		    "an array of tables is something else already"))
		return false;
	*table = toml_add(r, *table, (struct toml_word){0, 0}, TOML_TABLE, TOML_DEFINED);
	return *table != TOML_NONE;
}

/* Behind its first bracket. */
static bool read_header(struct toml_reader *r, int *table)
{
	bool element = toml_take(r, '[');
	struct toml_word key;

	*table = TOML_ROOT;
	for (;;) {
		if (!toml_read_key(r, &key))
			return false;
		if (!toml_take(r, '.'))
			break;
		if (!enter(r, table, key))
			return false;
	}
	if (!toml_take(r, ']') || (element && !toml_take(r, ']')))
		return toml_fail(r, "a header wants ']' at its end");
	return element ? open_element(r, table, key) : open_table(r, table, key);
}

static bool read_document(struct toml_reader *r)
{
	int table = toml_add(r, TOML_NONE, (struct toml_word){0, 0}, TOML_TABLE, TOML_DEFINED);

	if (table == TOML_NONE)
		return false;
	for (toml_skip_lines(r); toml_peek(r) != TOML_END; toml_skip_lines(r))
		if (!(toml_take(r, '[') ? read_header(r, &table) : read_pair(r, table)) || !toml_end_line(r))
			return false;
	return true;
}

bool toml_parse(struct toml *t, struct span document, struct err *e)
{
	struct toml_reader r = {.t = t, .s = document, .e = e};

	if (document.n > TOML_MAX)
		return err_set(e, ERR_CEILING, 0, "more than %d bytes", (int)TOML_MAX);
	r.at = utf8_valid(document);
	if (r.at < document.n)
		return toml_fail(&r, "not UTF-8");
	r.at = span_starts(document, "\xef\xbb\xbf") ? 3 : 0;
	return read_document(&r);
}
