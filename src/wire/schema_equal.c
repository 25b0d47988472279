#include "wire/schema_parts.h"

#include "wire/decimal.h"

/* Bytes that are compared in one step. */
enum { STEP_BYTES = 16 };

static uint64_t cost(const struct json *j, int value)
{
	return 1 + json_raw(j, value).n / STEP_BYTES;
}

static bool has_text(const struct json *j, int value, const struct json *k, int name)
{
	return json_is_type(j, value, JSON_STRING) && json_compare_with(j, value, k, name) == 0;
}

int schema_find(const struct json *j, int parent, const struct json *k, int name, int *cursor,
                uint64_t *looked)
{
	bool members = json_is_type(j, parent, JSON_OBJECT);
	int v = *cursor, own = JSON_NONE;

	for (size_t n = json_count(j, parent); n > 0; n--) {
		v = v == JSON_NONE ? v : json_next(j, parent, v, &own);
		if (v == JSON_NONE)
			v = json_first(j, parent, &own);
		*looked += cost(k, name);
		if (has_text(j, members ? own : v, k, name)) {
			*cursor = v;
			return v;
		}
	}
	return JSON_NONE;
}

static enum schema_fit when(bool fits)
{
	return fits ? FITS : MISFITS;
}

static enum schema_fit spend(uint64_t *steps, uint64_t n)
{
	bool enough = *steps >= n;

	*steps -= enough ? n : *steps;
	return enough ? FITS : STOPPED;
}

static bool same_number(struct span a, struct span b)
{
	struct decimal x, y;

	return decimal_read(a, &x) && decimal_read(b, &y) && decimal_compare(&x, &y) == 0;
}

static enum schema_fit same_elements(
	const struct json *j, int a, const struct json *k, int b, uint64_t *steps)
{
	enum schema_fit fit = when(json_count(j, a) == json_count(k, b));
	int y = json_first(k, b, NULL);

	for (int x = json_first(j, a, NULL); x != JSON_NONE && fit == FITS;
	     x = json_next(j, a, x, NULL)) {
		fit = schema_equal(j, x, k, y, steps);
		y = json_next(k, b, y, NULL);
	}
	return fit;
}

static enum schema_fit same_members(
	const struct json *j, int a, const struct json *k, int b, uint64_t *steps)
{
	enum schema_fit fit = when(json_count(j, a) == json_count(k, b));
	int name, cursor = JSON_NONE;

	for (int x = json_first(j, a, &name); x != JSON_NONE && fit == FITS;
	     x = json_next(j, a, x, &name)) {
		uint64_t looked = 0;
		int y = schema_find(k, b, j, name, &cursor, &looked);

		fit = spend(steps, looked);
		if (fit == FITS)
			fit = y == JSON_NONE ? MISFITS : schema_equal(j, x, k, y, steps);
	}
	return fit;
}

/* Recursion ends at JSON_DEPTH_MAX, as the documents' levels do. */
enum schema_fit schema_equal(
	const struct json *j, int a, const struct json *k, int b, uint64_t *steps)
{
	enum json_type type = json_type(j, a);

	if (!json_is_type(k, b, type))
		return spend(steps, 1) == FITS ? MISFITS : STOPPED;
	switch (type) {
	case JSON_OBJECT:
	case JSON_ARRAY:
		if (spend(steps, 1) == STOPPED)
			return STOPPED;
		return type == JSON_OBJECT ? same_members(j, a, k, b, steps)
		                           : same_elements(j, a, k, b, steps);
	case JSON_STRING:
	case JSON_NUMBER:
		if (spend(steps, cost(j, a) + cost(k, b)) == STOPPED)
			return STOPPED;
		return when(type == JSON_STRING ? json_compare_with(j, a, k, b) == 0
		                                : same_number(json_raw(j, a), json_raw(k, b)));
	default:
		return spend(steps, 1);
	}
}

size_t schema_length(struct span utf8)
{
	size_t n = 0;

	for (size_t i = 0; i < utf8.n; i++)
		n += (utf8.p[i] & 0xc0) != 0x80;
	return n;
}
