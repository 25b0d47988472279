/*
 * wire/toml: what is accepted is a tree of unique keys within the ceilings, and, written again as
 * plainly as can be, is accepted again as the same tree.
 */
#include "base/limits.h"
#include "fuzz.h"
#include "wire/toml.h"

enum { AGAIN_MAX = 1 << 22 };

static void check_value(const struct toml *t, int value, int depth, int *count);

static void check_inside(const struct toml *t, int parent, int depth, int *count)
{
	bool table = toml_is_type(t, parent, TOML_TABLE);

	for (int v = toml_first(t, parent); v != TOML_NONE; v = toml_next(t, v)) {
		if (table)
			FUZZ_CHECK(toml_member(t, parent, toml_key(t, v)) == v);
		else
			FUZZ_CHECK(toml_key(t, v).n == 0);
		check_value(t, v, depth + 1, count);
	}
}

static void check_value(const struct toml *t, int value, int depth, int *count)
{
	FUZZ_CHECK(depth <= TOML_DEPTH_MAX && ++*count <= TOML_VALUES_MAX);
	if (toml_is_type(t, value, TOML_TABLE) || toml_is_type(t, value, TOML_ARRAY))
		check_inside(t, value, depth, count);
	else
		FUZZ_CHECK(toml_first(t, value) == TOML_NONE);
	if (toml_is_type(t, value, TOML_BOOLEAN))
		FUZZ_CHECK(toml_number(t, value) == 0 || toml_number(t, value) == 1);
}

/* Every byte that is not plain as an escape. */
static void write_string(struct buf *b, struct span s)
{
	char text[8];

	fuzz_add(b, span_str("\""));
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] >= 0x80 || (s.p[i] >= 0x20 && s.p[i] < 0x7f && s.p[i] != '"' && s.p[i] != '\\')) {
			fuzz_add(b, span_cut(s, i, i + 1));
		} else {
			snprintf(text, sizeof text, "\\u%04x", s.p[i]);
			fuzz_add(b, span_str(text));
		}
	fuzz_add(b, span_str("\""));
}

static void write_value(const struct toml *t, int value, struct buf *b);

static void write_inside(const struct toml *t, int value, struct buf *b, bool keys, const char *gap)
{
	for (int v = toml_first(t, value); v != TOML_NONE; v = toml_next(t, v)) {
		if (keys) {
			write_string(b, toml_key(t, v));
			fuzz_add(b, span_str("="));
		}
		write_value(t, v, b);
		if (gap[0] == '\n' || toml_next(t, v) != TOML_NONE)
			fuzz_add(b, span_str(gap));
	}
}

static void write_value(const struct toml *t, int value, struct buf *b)
{
	char text[32];

	if (toml_is_type(t, value, TOML_STRING)) {
		write_string(b, toml_string(t, value));
	} else if (toml_is_type(t, value, TOML_TABLE) || toml_is_type(t, value, TOML_ARRAY)) {
		bool table = toml_is_type(t, value, TOML_TABLE);

		fuzz_add(b, span_str(table ? "{" : "["));
		write_inside(t, value, b, table, ",");
		fuzz_add(b, span_str(table ? "}" : "]"));
	} else if (toml_is_type(t, value, TOML_INTEGER)) {
		snprintf(text, sizeof text, "%lld", (long long)toml_number(t, value));
		fuzz_add(b, span_str(text));
	} else if (toml_is_type(t, value, TOML_BOOLEAN)) {
		fuzz_add(b, span_str(toml_number(t, value) ? "true" : "false"));
	} else {
		fuzz_add(b, span_str("0.0"));
	}
}

/* The same value in both. */
static bool same(const struct toml *a, int x, const struct toml *b, int y)
{
	for (int type = TOML_TABLE; type <= TOML_BOOLEAN; type++)
		if (toml_is_type(a, x, (enum toml_type)type) != toml_is_type(b, y, (enum toml_type)type))
			return false;
	if (!span_equal(toml_key(a, x), toml_key(b, y)) ||
	    !span_equal(toml_string(a, x), toml_string(b, y)) ||
	    toml_number(a, x) != toml_number(b, y))
		return false;
	for (x = toml_first(a, x), y = toml_first(b, y); x != TOML_NONE && y != TOML_NONE;
	     x = toml_next(a, x), y = toml_next(b, y))
		if (!same(a, x, b, y))
			return false;
	return x == y;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span own = fuzz_copy(span_of(data, n));
	struct toml t, again;
	struct buf b;
	struct err e;
	int count = 0;

	toml_init(&t);
	toml_init(&again);
	buf_init(&b, AGAIN_MAX, "again");
	if (toml_parse(&t, own, &e)) {
		fuzz_drop(own);
		own = span_of(NULL, 0);
		check_value(&t, TOML_ROOT, 0, &count);
		write_inside(&t, TOML_ROOT, &b, true, "\n");
		if (b.n <= TOML_MAX) {
			FUZZ_CHECK(toml_parse(&again, buf_span(&b), &e));
			FUZZ_CHECK(same(&t, TOML_ROOT, &again, TOML_ROOT));
		}
	} else {
		fuzz_check_err(&e);
		FUZZ_CHECK(e.kind == ERR_PROTOCOL || e.kind == ERR_CEILING);
		FUZZ_CHECK(span_starts(span_str(e.text), "line ") || n > TOML_MAX);
	}
	toml_free(&t);
	toml_free(&again);
	buf_free(&b);
	fuzz_drop(own);
	return 0;
}
