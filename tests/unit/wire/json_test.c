/*
 * What a document says: values, members, texts, numbers; the same whatever the chunking; ceilings.
 */
#include "base/limits.h"
#include "ceiling.h"
#include "failing.h"
#include "tap.h"
#include "wire/json.h"

static struct json doc;
static struct err err;

static bool parse(const char *text)
{
	return json_parse(&doc, span_str(text), &err);
}

/* The one element of the array that is parsed from text. */
static int element(const char *text)
{
	return parse(text) ? json_first(&doc, JSON_ROOT, NULL) : JSON_NONE;
}

static void test_types(void)
{
	static const char *const texts[] = {"null", "false", "true", "-0.1e5", "\"\"", "[]", "{}"};

	for (int t = JSON_NULL; t <= JSON_OBJECT; t++) {
		char text[32];

		tap_ok(parse(texts[t]) && (int)json_type(&doc, JSON_ROOT) == t,
			"type of %s at the root", texts[t]);
		snprintf(text, sizeof text, " [ %s ] ", texts[t]);
		int v = element(text);
		tap_ok(json_is_type(&doc, v, (enum json_type)t), "type of %s in an array",
			texts[t]);
		tap_ok(json_is_true(&doc, v) == (t == JSON_TRUE), "is %s true", texts[t]);
		snprintf(text, sizeof text, "{\"a\":%s}", texts[t]);
		tap_ok(parse(text) &&
				json_is_type(&doc, json_member(&doc, 0, "a"), (enum json_type)t),
			"type of %s in an object", texts[t]);
	}
	tap_ok(parse(" \n12.5 ") && span_equal_str(json_raw(&doc, 0), "12.5"),
		"a number at the root, bare");
	tap_ok(parse("\ttrue\r\n") && span_equal_str(json_raw(&doc, 0), "true"),
		"a literal at the root, bare");
	tap_ok(parse("\"x\"") && span_equal_str(json_raw(&doc, 0), "x"),
		"a string at the root, without quotes");
	tap_ok(parse(" [1, 2] ") && span_equal_str(json_raw(&doc, 0), "[1, 2]"),
		"an array with its brackets");
}

static void test_none(void)
{
	struct buf out;
	int64_t v = 7;
	int name;

	buf_init(&out, 10, "text");
	tap_good(parse("{\"a\":[1],\"b\":\"1\"}"), &err, "a document");
	for (int i = 0; i < 2; i++) {
		int x = i == 0 ? JSON_NONE : json_member(&doc, 0, "b");
		const char *what = i == 0 ? "nothing" : "a string";

		tap_ok(json_member(&doc, x, "a") == JSON_NONE, "%s has no member", what);
		tap_ok(json_first(&doc, x, &name) == JSON_NONE, "%s has no first", what);
		tap_ok(json_count(&doc, x) == 0, "%s has no elements", what);
		tap_ok(!json_i64(&doc, x, &v) && !json_milli(&doc, x, &v) && v == 7,
			"%s is no number", what);
		tap_ok(!json_is_true(&doc, x), "%s is not true", what);
	}
	tap_ok(json_next(&doc, 0, JSON_NONE, NULL) == JSON_NONE, "nothing comes after nothing");
	tap_ok(json_next(&doc, JSON_NONE, 1, NULL) == JSON_NONE, "nothing has no next");
	tap_ok(json_raw(&doc, JSON_NONE).n == 0, "nothing has no bytes");
	tap_ok(parse("[\"a\\\"\", \"\", 7, {\"\":\"\"}]"), "values of each kind");
	tap_is_str(json_whole(&doc, json_first(&doc, 0, NULL)), "\"a\\\"\"", "a string with its quotes");
	tap_is_str(json_whole(&doc, json_next(&doc, 0, json_first(&doc, 0, NULL), NULL)), "\"\"", "... an empty one");
	tap_is_str(json_whole(&doc, 0), "[\"a\\\"\", \"\", 7, {\"\":\"\"}]", "... what is no string as it stands");
	tap_ok(json_whole(&doc, JSON_NONE).n == 0, "... nothing as nothing");
	tap_ok(!json_is_type(&doc, JSON_NONE, JSON_NULL), "nothing is not null");
	tap_ok(!json_is_str(&doc, JSON_NONE, ""), "nothing is not the empty string");
	tap_ok(json_text(&doc, JSON_NONE, &out, &err) && json_text(&doc, 0, &out, &err) &&
			out.n == 0,
		"nothing and objects have no text");
	tap_ok(json_member(&doc, json_member(&doc, 0, "a"), "a") == JSON_NONE,
		"an array has no member");
	buf_free(&out);
}

static void test_members(void)
{
	int v, name;
	size_t n = 0;

	tap_good(parse("{\"a\":{\"x\":[1,{\"y\":2}],\"b\":9},\"b\":[3,[4,5],6],\"\\u0063\":\"C\","
		       "\"a\\\\n\":1,"
		       "\"a\\n\":2,\"d\":{},\"\":0,\"b\":7}"),
		&err, "an object");
	tap_is_int((long long)json_count(&doc, 0), 8, "members are counted");
	v = json_member(&doc, json_member(&doc, 0, "a"), "b");
	tap_is_str(json_raw(&doc, v), "9", "a member of a member");
	tap_is_str(json_raw(&doc, json_member(&doc, 0, "b")), "7", "the last of two wins");
	tap_is_str(json_raw(&doc, json_member(&doc, 0, "c")), "C", "an escaped name");
	tap_is_str(json_raw(&doc, json_member(&doc, 0, "a\n")), "2", "a name with an escape");
	tap_is_str(json_raw(&doc, json_member(&doc, 0, "a\\n")), "1", "a name with a backslash");
	tap_is_str(json_raw(&doc, json_member(&doc, 0, "")), "0", "the empty name");
	tap_ok(json_member(&doc, 0, "x") == JSON_NONE, "names inside do not count");
	tap_ok(json_member(&doc, 0, "C") == JSON_NONE, "values do not count");
	tap_ok(json_member(&doc, 0, "\\u0063") == JSON_NONE, "an escape is not its spelling");
	for (v = json_first(&doc, 0, &name); v != JSON_NONE; v = json_next(&doc, 0, v, &name)) {
		static const char *const names[] = {"a", "b", "c", "a\\n", "a\n", "d", "", "b"};

		tap_ok(n < 8 && json_is_str(&doc, name, names[n]), "member %zu in order", n);
		n++;
	}
	tap_is_int((long long)n, 8, "a walk meets every member");
	v = json_member(&doc, 0, "d");
	tap_ok(json_first(&doc, v, NULL) == JSON_NONE && json_count(&doc, v) == 0,
		"an empty object");

	tap_good(parse("[[1,2],[],{\"a\":[3]},\"x\",[[[]]]]"), &err, "an array");
	tap_is_int((long long)json_count(&doc, 0), 5, "elements are counted");
	v = json_first(&doc, 0, &name);
	tap_ok(name == JSON_NONE, "elements have no names");
	tap_is_str(json_raw(&doc, v), "[1,2]", "first element");
	v = json_next(&doc, 0, v, NULL);
	tap_is_str(json_raw(&doc, v), "[]", "second element");
	v = json_next(&doc, 0, v, NULL);
	tap_is_str(json_raw(&doc, v), "{\"a\":[3]}", "third element");
	v = json_next(&doc, 0, json_next(&doc, 0, v, NULL), NULL);
	tap_is_str(json_raw(&doc, v), "[[[]]]", "fifth element");
	tap_ok(json_next(&doc, 0, v, NULL) == JSON_NONE, "and no more");
}

static const struct {
	const char *name, *json, *text;
	size_t n;
} texts[] = {
#define TEXT(name, json, text) {name, json, text, sizeof(text) - 1}
	TEXT("plain", "abc", "abc"),
	TEXT("empty", "", ""),
	TEXT("short escapes", "\\\"\\\\\\/\\b\\f\\n\\r\\t", "\"\\/\b\f\n\r\t"),
	TEXT("\\u of ASCII", "\\u0041\\u007A", "Az"),
	TEXT("\\u0000", "a\\u0000b", "a\0b"),
	TEXT("\\u of two bytes", "\\u00e9\\u07FF", "\xc3\xa9\xdf\xbf"),
	TEXT("\\u of three bytes", "\\u20ac\\uFFFF", "\xe2\x82\xac\xef\xbf\xbf"),
	TEXT("pair", "\\ud83d\\ude00", "\xf0\x9f\x98\x80"),
	TEXT("lowest pair", "\\uD800\\uDC00", "\xf0\x90\x80\x80"),
	TEXT("highest pair", "\\uDBFF\\uDFFF", "\xf4\x8f\xbf\xbf"),
	TEXT("high alone", "a\\ud83db", "a\xef\xbf\xbd" "b"),
	TEXT("high at the end", "\\ud83d", "\xef\xbf\xbd"),
	TEXT("low alone", "\\ude00x", "\xef\xbf\xbdx"),
	TEXT("wrong way round", "\\ude00\\ud83d", "\xef\xbf\xbd\xef\xbf\xbd"),
	TEXT("two low ones", "\\ude00\\ude00", "\xef\xbf\xbd\xef\xbf\xbd"),
	TEXT("high, then a higher", "\\ud83d\\udbff", "\xef\xbf\xbd\xef\xbf\xbd"),
	TEXT("high, then what is no surrogate", "\\ud83d\\ue000", "\xef\xbf\xbd\xee\x80\x80"),
	TEXT("high, then a pair", "\\ud83d\\ud83d\\ude00", "\xef\xbf\xbd\xf0\x9f\x98\x80"),
	TEXT("high, then another escape", "\\ud83d\\u0041", "\xef\xbf\xbd" "A"),
	TEXT("high, then a short escape", "\\ud83d\\n23456", "\xef\xbf\xbd\n23456"),
	TEXT("high, then a backslash", "\\ud83d\\\\ude00", "\xef\xbf\xbd\\ude00"),
	TEXT("raw UTF-8", "\xf0\x9f\x98\x80\xc3\xa9", "\xf0\x9f\x98\x80\xc3\xa9"),
};

static void test_texts(void)
{
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		char json[80], twisted[90], c_text[80];
		struct buf out;
		int v;

		buf_init(&out, 100, "text");
		snprintf(json, sizeof json, "[\"%s\"]", texts[i].json);
		v = element(json);
		tap_ok(json_text(&doc, v, &out, &err), "text: %s", texts[i].name);
		tap_is_span(buf_span(&out), span_of(texts[i].text, texts[i].n), texts[i].name);
		if (strlen(texts[i].text) == texts[i].n) {
			memcpy(c_text, texts[i].text, texts[i].n + 1);
			tap_ok(json_is_str(&doc, v, c_text), "equal to itself: %s", texts[i].name);
			snprintf(twisted, sizeof twisted, "%sx", c_text);
			tap_ok(!json_is_str(&doc, v, twisted), "not to more: %s", texts[i].name);
			if (texts[i].n > 0) {
				c_text[texts[i].n - 1] ^= 1;
				tap_ok(!json_is_str(&doc, v, c_text), "not to other: %s",
					texts[i].name);
				c_text[texts[i].n - 1] = '\0';
				tap_ok(!json_is_str(&doc, v, c_text), "not to less: %s",
					texts[i].name);
			}
		}
		buf_free(&out);
	}
	int v = element("[\"a\\u0000\"]");
	tap_ok(!json_is_str(&doc, v, "a"), "a NUL inside is not the end");
	tap_ok(json_is_span(&doc, v, span_of("a\0", 2)) && !json_is_span(&doc, v, span_of("a", 1)),
	       "... and can be asked for");
	struct buf small;
	buf_init(&small, 2, "text");
	tap_good(parse("\"abc\""), &err, "a string at the root");
	tap_fails(
		json_text(&doc, 0, &small, &err), &err, ERR_CEILING, "the buffer's ceiling holds");
	buf_free(&small);
}

static const struct {
	const char *json;
	bool whole;
	int64_t i64, milli;
} numbers[] = {
	{"0", true, 0, 0},
	{"-0", true, 0, 0},
	{"-0.0e5", true, 0, 0},
	{"1", true, 1, 1000},
	{"-1", true, -1, -1000},
	{"1.0", true, 1, 1000},
	{"1e3", true, 1000, 1000000},
	{"1E+3", true, 1000, 1000000},
	{"1000e-3", true, 1, 1000},
	{"1.5", false, 0, 1500},
	{"-1.5", false, 0, -1500},
	{"15e-1", false, 0, 1500},
	{"1.5e1", true, 15, 15000},
	{"12.340e2", true, 1234, 1234000},
	{"0.0005", false, 0, 0},
	{"0.0019", false, 0, 1},
	{"-0.0019", false, 0, -1},
	{"0.00028e5", true, 28, 28000},
	{"1e-400", false, 0, 0},
	{"0e999999999999", true, 0, 0},
	{"0.000e99999999999999999999999", true, 0, 0},
	{"1e-99999999999999999999999", false, 0, 0},
	{"9223372036854775807", true, INT64_MAX, INT64_MAX},
	{"9223372036854775808", false, 0, INT64_MAX},
	{"-9223372036854775808", true, INT64_MIN, INT64_MIN},
	{"-9223372036854775809", false, 0, INT64_MIN},
	{"922337203685477580.7e1", true, INT64_MAX, INT64_MAX},
	{"9223372036854775.807", false, 0, INT64_MAX},
	{"9223372036854775.808", false, 0, INT64_MAX},
	{"-9223372036854775.808", false, 0, INT64_MIN},
	{"9223372036854775.806", false, 0, INT64_MAX - 1},
	{"1e18", true, 1000000000000000000, INT64_MAX},
	{"1e19", false, 0, INT64_MAX},
	{"-1e19", false, 0, INT64_MIN},
	{"1e99999999999999999999999", false, 0, INT64_MAX},
	{"-1e99999999999999999999999", false, 0, INT64_MIN},
	{"0.00000000000000000000000000000000000001e38", true, 1, 1000},
	{"100000000000000000000000000000000000000e-38", true, 1, 1000},
};

static void test_numbers(void)
{
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		int64_t v = -77, milli = -77;
		bool whole;

		if (!tap_good(parse(numbers[i].json), &err, numbers[i].json))
			continue;
		whole = json_i64(&doc, 0, &v);
		tap_ok(whole == numbers[i].whole && v == (whole ? numbers[i].i64 : -77),
			"%s as a whole number", numbers[i].json);
		if (!tap_ok(json_milli(&doc, 0, &milli) && milli == numbers[i].milli,
			    "%s in thousandths", numbers[i].json))
			printf("#   got %lld\n", (long long)milli);
	}
}

static const struct {
	const char *json;
	bool twice;
} repeats[] = {
	{"null", false},
	{"[]", false},
	{"{}", false},
	{"{\"a\":1}", false},
	{"{\"a\":1,\"b\":1}", false},
	{"{\"a\":1,\"a\":1}", true},
	{"{\"a\":1,\"b\":1,\"a\":1}", true},
	{"{\"b\":1,\"c\":1,\"a\":1,\"d\":2,\"c\":1}", true},
	{"{\"a\":{\"a\":{\"a\":1}}}", false},
	{"[{\"a\":1},{\"a\":2}]", false},
	{"[{\"a\":1},{\"b\":2,\"b\":3}]", true},
	{"{\"a\":{\"b\":1},\"c\":{\"b\":1,\"d\":0,\"b\":1}}", true},
	{"{\"a\":1,\"\\u0061\":2}", true},
	{"{\"\\u0061\":1,\"\\u0061\":2}", true},
	{"{\"\\n\":1,\"\\u000a\":2}", true},
	{"{\"\\\\n\":1,\"\\n\":2}", false},
	{"{\"\\ud800\":1,\"\\udc00\":2}", true},
	{"{\"\xc3\xa9\":1,\"\\u00e9\":2}", true},
	{"{\"\xc3\xa9\":1,\"e\":2,\"\\u00e8\":3}", false},
	{"{\"\":1,\"\":2}", true},
	{"{\"\":1,\"a\":2,\"ab\":3,\"abc\":4}", false},
	{"{\"ab\":1,\"a\\u0062c\":2,\"a\":3,\"abc\":4}", true},
};

/* It is the value of the later one, of the first object that has any. */
static void test_which_repeats(void)
{
	tap_ok(parse("[{\"a\":1},{\"b\":2,\"c\":3,\"b\":4,\"d\":5},{\"x\":6,\"x\":7}]"), "names twice");
	tap_is_str(json_raw(&doc, json_duplicate(&doc)), "4", "which one is told");
	tap_ok(parse("{\"a\":1,\"b\":2}") && json_duplicate(&doc) == JSON_NONE, "... or that there is none");
}

static void test_repeats(void)
{
	struct buf text;

	for (size_t i = 0; i < sizeof repeats / sizeof *repeats; i++)
		tap_ok(parse(repeats[i].json) && json_has_duplicates(&doc) == repeats[i].twice &&
				json_has_duplicates(&doc) == repeats[i].twice,
			"names of %s", repeats[i].json);
	test_which_repeats();

	/* As many as there may be, alike to the last: quadratic work would be felt. */
	buf_init(&text, DOCUMENT_MAX * 8, "names");
	for (int twice = 0; twice < 2; twice++) {
		bool ok = true;

		buf_clear(&text);
		for (unsigned i = 0; i < JSON_TOKENS_MAX / 2 - 1; i++) {
			char member[64];
			unsigned k = twice && i == 40000 ? 4711 : i * 2654435761u;

			snprintf(member, sizeof member, "%c\"a rather long name %08x\":1",
				i == 0 ? '{' : ',', twice && i == 4711 ? 4711 : k);
			ok = ok && buf_add_str(&text, member, &err);
		}
		ok = ok && buf_add_str(&text, "}", &err);
		tap_good(ok && json_parse(&doc, buf_span(&text), &err), &err, "65,535 names");
		tap_ok(json_has_duplicates(&doc) == (twice != 0), "%s",
			twice ? "one of them twice" : "all different");
		tap_ok(json_count(&doc, 0) == JSON_TOKENS_MAX / 2 - 1, "and all counted");
	}
	buf_free(&text);
}

/* Random documents, written twice: as JSON, and as what `retell` makes of the parsed one. */
struct author {
	uint32_t seed;
	struct buf json, tale;
	size_t left; /* values it may still write */
};

static unsigned pick(struct author *a, unsigned n)
{
	a->seed = a->seed * 1664525 + 1013904223;
	return (unsigned)((uint64_t)(a->seed >> 8) * n >> 24);
}

static void must(bool ok)
{
	if (!ok) {
		printf("Bail out! out of memory\n");
		exit(1);
	}
}

static void both(struct author *a, const char *json, const char *tale)
{
	must(buf_add_str(&a->json, json, &err) && buf_add_str(&a->tale, tale, &err));
}

static void author_space(struct author *a)
{
	static const char *const space[] = {"", "", "", " ", "\n", "\t \r"};

	both(a, space[pick(a, 6)], "");
}

static void author_string(struct author *a)
{
	static const char *const said[][2] = {
		{"a", "a"},
		{"\\n", "\n"},
		{"\\u00e9", "\xc3\xa9"},
		{"\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80"},
		{"\\\"", "\""},
		{"\\\\", "\\"},
		{"[{,:}]", "[{,:}]"},
		{"ordinary text ", "ordinary text "},
	};

	both(a, "\"", "<");
	for (unsigned n = pick(a, pick(a, 20) == 0 ? 3000 : 8); n > 0; n--) {
		unsigned k = pick(a, 8);
		both(a, said[k][0], said[k][1]);
	}
	both(a, "\"", ">");
}

static void author_value(struct author *a, unsigned depth)
{
	static const char *const plain[] = {"null", "true", "false", "0", "-12.5e+3", "1234567890"};
	unsigned kind = pick(a, depth < 20 ? 6 : 3), n;

	if (a->left > 0)
		a->left--;
	author_space(a);
	if (kind < 2) {
		n = pick(a, 6);
		both(a, plain[n], plain[n]);
	} else if (kind == 2) {
		author_string(a);
	} else {
		bool object = kind == 3;

		both(a, object ? "{" : "[", object ? "{" : "[");
		for (n = pick(a, pick(a, 10) == 0 ? 200 : 6); n > 0 && a->left > 0; n--) {
			if (object) {
				author_space(a);
				author_string(a);
				author_space(a);
				both(a, ":", ":");
			}
			author_value(a, depth + 1);
			both(a, n > 1 && a->left > 0 ? "," : "", ",");
		}
		author_space(a);
		both(a, object ? "}" : "]", object ? "}" : "]");
	}
	author_space(a);
}

static void retell(const struct json *j, int v, struct buf *tale)
{
	bool object = json_is_type(j, v, JSON_OBJECT);
	int name;
	size_t n = 0;

	if (json_is_type(j, v, JSON_STRING)) {
		must(buf_add_str(tale, "<", &err) && json_text(j, v, tale, &err) &&
			buf_add_str(tale, ">", &err));
	} else if (object || json_is_type(j, v, JSON_ARRAY)) {
		must(buf_add_str(tale, object ? "{" : "[", &err));
		for (int c = json_first(j, v, &name); c != JSON_NONE;
			c = json_next(j, v, c, &name), n++) {
			if (object) {
				retell(j, name, tale);
				must(buf_add_str(tale, ":", &err));
			}
			retell(j, c, tale);
			must(buf_add_str(tale, ",", &err));
		}
		must(n == json_count(j, v) && buf_add_str(tale, object ? "}" : "]", &err));
	} else {
		must(buf_add(tale, json_raw(j, v), &err));
	}
}

/* The text arrives `step` bytes at a time, and moves in memory as it grows. */
static bool read_in_steps(struct json *j, struct span text, size_t step, struct buf *place)
{
	buf_free(place);
	for (size_t at = 0; at < text.n; at += step) {
		must(buf_add(place, span_cut(text, at, at + step), &err));
		if (at / step % 2 == 0 && !json_advance(j, buf_span(place), &err))
			return false;
	}
	return json_end(j, buf_span(place), &err);
}

static void test_chunking(void)
{
	static const size_t steps[] = {1, 7, 63, 64, 65, 1400, 16384, 100000, SIZE_MAX / 2};
	struct buf place, tale;
	struct json j;

	json_init(&j);
	buf_init(&place, EVENT_MAX, "text");
	buf_init(&tale, EVENT_MAX, "tale");
	for (unsigned i = 0; i < 40; i++) {
		struct author a = {.seed = 7919 * i, .left = i < 20 ? 40 : 3000};
		bool ok = true;

		buf_init(&a.json, EVENT_MAX, "text");
		buf_init(&a.tale, EVENT_MAX, "tale");
		both(&a, "[", "[");
		while (a.left > 0 && a.json.n < 400000) {
			author_value(&a, 0);
			both(&a, a.left > 0 && a.json.n < 400000 ? "," : "", ",");
		}
		both(&a, "]", "]");
		for (size_t k = 0; k < sizeof steps / sizeof *steps && ok; k++) {
			json_reset(&j);
			buf_clear(&tale);
			ok = read_in_steps(&j, buf_span(&a.json), steps[k], &place);
			if (ok)
				retell(&j, JSON_ROOT, &tale);
			ok = ok && span_equal(buf_span(&tale), buf_span(&a.tale));
		}
		if (!tap_ok(ok, "document %u of %zu bytes in any steps", i, a.json.n))
			printf("#   %s\n", err.text);
		buf_free(&a.json);
		buf_free(&a.tale);
	}
	buf_free(&place);
	buf_free(&tale);
	json_free(&j);
}

/* `front` n times, then `middle`, then `back` n times. */
static void sandwich(
	struct buf *b, const char *front, const char *middle, const char *back, size_t n)
{
	buf_clear(b);
	for (size_t i = 0; i < n; i++)
		must(buf_add_str(b, front, &err));
	must(buf_add_str(b, middle, &err));
	for (size_t i = 0; i < n; i++)
		must(buf_add_str(b, back, &err));
}

static bool in_steps(struct span text, size_t step)
{
	struct json j;
	bool ok = true;

	json_init(&j);
	for (size_t at = step; at < text.n && ok; at += step)
		ok = json_advance(&j, span_cut(text, 0, at), &err);
	ok = ok && json_end(&j, text, &err);
	json_free(&j);
	return ok;
}

static void test_ceilings(void)
{
	static const size_t steps[] = {1, 1000, 1 << 20};
	struct buf b;

	buf_init(&b, EVENT_MAX, "text");
	for (size_t i = 0; i < 3; i++) {
		sandwich(&b, "[", "", "]", JSON_DEPTH_MAX);
		tap_good(in_steps(buf_span(&b), steps[i]), &err, "64 levels of arrays");
		sandwich(&b, "{\"a\":", "1", "}", JSON_DEPTH_MAX);
		tap_good(in_steps(buf_span(&b), steps[i]), &err, "64 levels of objects");
		sandwich(&b, "[{\"a\":", "1", "}]", JSON_DEPTH_MAX / 2);
		tap_good(in_steps(buf_span(&b), steps[i]), &err, "64 levels of both");
		sandwich(&b, "[", "[]", "]", JSON_DEPTH_MAX);
		tap_fails(in_steps(buf_span(&b), steps[i]), &err, ERR_CEILING, "65 levels");
		tap_ok(strstr(err.text, "levels") != NULL, "the ceiling is named");
		sandwich(&b, "[", "", "", 1000000);
		tap_fails(in_steps(buf_span(&b), steps[i]), &err, ERR_CEILING,
			"a million open brackets");

		buf_clear(&b);
		must(buf_add_str(&b, "[1", &err));
		for (size_t k = 2; k < JSON_TOKENS_MAX; k++)
			must(buf_add_str(&b, ",1", &err));
		must(buf_add_str(&b, "]", &err));
		tap_good(in_steps(buf_span(&b), steps[i]), &err, "131,072 values");
		b.p[b.n - 1] = ',';
		must(buf_add_str(&b, "1]", &err));
		tap_fails(in_steps(buf_span(&b), steps[i]), &err, ERR_CEILING, "131,073 values");
		tap_ok(strstr(err.text, "values") != NULL, "the ceiling is named");
	}
	tap_fails(json_parse(&doc, span_of("1", (size_t)JSON_TEXT_MAX + 1), &err), &err,
		ERR_CEILING, "a text too long to be looked at");
	buf_free(&b);
}

static void test_reuse(void)
{
	struct buf b;
	struct json j;

	buf_init(&b, EVENT_MAX, "text");
	json_init(&j);
	tap_fails(json_parse(&j, span_str("[1,}"), &err), &err, ERR_PROTOCOL, "a bad text");
	tap_is_str(span_str(err.text), "bad JSON at byte 3: a value is wanted", "where and why");
	tap_fails(json_end(&j, span_str("[1,}"), &err), &err, ERR_PROTOCOL, "stays bad");
	tap_is_str(
		span_str(err.text), "bad JSON at byte 3: a value is wanted", "for the same reason");
	tap_good(json_parse(&j, span_str("[1]"), &err), &err, "a good text after it");
	void *small = j.tokens;
	for (int i = 0; i < 5000; i++)
		must(buf_add_str(&b, i == 0 ? "[1" : ",1", &err));
	must(buf_add_str(&b, "]", &err));
	json_reset(&j);
	tap_ok(j.tokens == small, "ordinary storage stays");
	tap_good(json_parse(&j, buf_span(&b), &err), &err, "a big text");
	json_reset(&j);
	tap_ok(j.tokens == NULL, "more than that goes");
	tap_good(json_parse(&j, span_str("2"), &err), &err, "and a small one again");
	json_free(&j);
	json_free(&j);
	tap_ok(true, "freed twice");
	buf_free(&b);
}

static bool read_once(struct err *e)
{
	static const char text[] = "{\"a\":[1,2.5,\"x\\u00e9\",null],\"b\":{\"c\":true}}";
	struct json j;
	bool ok;

	json_init(&j);
	ok = json_parse(&j, span_str(text), e);
	if (ok && json_count(&j, json_member(&j, JSON_ROOT, "a")) != 4)
		err_set(e, ERR_BUG, 0, "not what was read");
	ok = ok && e->kind == ERR_NONE;
	json_free(&j);
	return ok;
}

static bool read_literal(struct err *e)
{
	struct json j;
	bool ok;

	json_init(&j);
	ok = json_parse(&j, span_str(" true"), e) && json_is_true(&j, JSON_ROOT);
	json_free(&j);
	return ok;
}

/* So long that jsmn is resumed on the way. */
static bool read_long(struct err *e)
{
	static char text[200000];
	struct json j;
	bool ok = true;

	memset(text, ' ', sizeof text);
	text[0] = '[';
	for (size_t i = 1; i < sizeof text - 2; i += 2)
		memcpy(text + i, i == 1 ? " 1" : ",1", 2);
	text[sizeof text - 1] = ']';
	json_init(&j);
	for (size_t n = 50000; n < sizeof text && ok; n += 50000)
		ok = json_advance(&j, span_of(text, n), e);
	ok = ok && json_end(&j, span_of(text, sizeof text), e) &&
	     json_count(&j, JSON_ROOT) == sizeof text / 2 - 1;
	json_free(&j);
	return ok;
}

static bool unescape_some(struct buf *out, struct err *e)
{
	return json_text(&doc, JSON_ROOT, out, e);
}

static void shrink(void)
{
	if (json_end(&doc, span_str("[1, 2]"), &err))
		(void)!json_end(&doc, span_str("[1]"), &err);
}

static void test_failures(void)
{
	tap_ok(failing_each("alloc", ENOMEM, ERR_MEMORY, false, read_once), "without memory");
	tap_ok(failing_each("alloc", ENOMEM, ERR_MEMORY, false, read_literal), "... a literal");
	tap_ok(failing_each("alloc", ENOMEM, ERR_MEMORY, false, read_long), "... a long text");
	tap_ok(parse("\"ab\\u00e9c\\ud83d\\ude00d\\ud83d\\n\""), "a string with escapes");
	tap_ok(ceiling_each(unescape_some), "... any byte of which may be one too many");
	json_reset(&doc);
	tap_aborts(shrink, "a text that shrinks while it is read");
}

int main(void)
{
	json_init(&doc);
	test_types();
	test_none();
	test_members();
	test_texts();
	test_numbers();
	test_repeats();
	test_chunking();
	test_ceilings();
	test_reuse();
	test_failures();
	json_free(&doc);

	return tap_done();
}
