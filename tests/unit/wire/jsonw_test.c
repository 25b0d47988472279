/*
 * What the writer writes, what it refuses, and that wire/json reads back what was meant.
 */
#include "base/limits.h"
#include "tap.h"
#include "wire/json.h"
#include "wire/jsonw.h"

static struct buf out;
static struct jsonw w;
static struct err err;

static void start(void)
{
	buf_clear(&out);
	jsonw_init(&w, &out);
}

static void written(const char *want, const char *name)
{
	tap_good(jsonw_end(&w, &err), &err, name);
	tap_is_str(buf_span(&out), want, name);
}

static void test_structure(void)
{
	start();
	jsonw_object(&w);
	jsonw_object_end(&w);
	written("{}", "empty object");
	start();
	jsonw_array(&w);
	jsonw_array_end(&w);
	written("[]", "empty array");

	start();
	jsonw_object(&w);
	jsonw_name(&w, "a");
	jsonw_array(&w);
	jsonw_i64(&w, 1);
	jsonw_bool(&w, true);
	jsonw_bool(&w, false);
	jsonw_null(&w);
	jsonw_array(&w);
	jsonw_array_end(&w);
	jsonw_object(&w);
	jsonw_name(&w, "x");
	jsonw_str(&w, "y");
	jsonw_name(&w, "z");
	jsonw_null(&w);
	jsonw_object_end(&w);
	jsonw_str(&w, "");
	jsonw_array_end(&w);
	jsonw_name(&w, "");
	jsonw_i64(&w, 0);
	jsonw_name(&w, "b");
	jsonw_raw(&w, span_str("[1, {\"c\":2}]"));
	jsonw_name(&w, "c");
	jsonw_object(&w);
	jsonw_object_end(&w);
	jsonw_object_end(&w);
	written("{\"a\":[1,true,false,null,[],{\"x\":\"y\",\"z\":null},\"\"],\"\":0,\"b\":[1, "
		"{\"c\":2}],\"c\":{}}",
		"everything inside everything");

	start();
	jsonw_array(&w);
	jsonw_i64(&w, INT64_MAX);
	jsonw_i64(&w, INT64_MIN);
	jsonw_i64(&w, -1);
	jsonw_array_end(&w);
	written("[9223372036854775807,-9223372036854775808,-1]", "numbers at the edges");
	start();
	for (int i = 0; i < JSON_DEPTH_MAX; i++)
		jsonw_array(&w);
	for (int i = 0; i < JSON_DEPTH_MAX; i++)
		jsonw_array_end(&w);
	tap_good(jsonw_end(&w, &err), &err, "as deep as the reader goes");
}

/* A call out of place: each letter is one call. */
static const struct {
	const char *calls;
	bool good;
} orders[] = {
	{"1", true},
	{"\"", true},
	{"()", true},
	{"(p)", true},
	{"(ppp)", true},
	{"{}", true},
	{"{n1}", true},
	{"{n{n1}n[11]}", true},
	{"[1(p)1]", true},
	{"{n(pp)}", true},
	{"[{}[]]", true},
	{"", false},
	{"{", false},
	{"[", false},
	{"}", false},
	{"]", false},
	{"{]", false},
	{"[}", false},
	{"11", false},
	{"{}{}", false},
	{"[]1", false},
	{"n", false},
	{"n1", false},
	{"[n1]", false},
	{"{1}", false},
	{"{n}", false},
	{"{nn1}", false},
	{"{n1 1}", false},
	{"{n1}n", false},
	{"{n", false},
	{"{n1", false},
	{"(", false},
	{"(p", false},
	{"p", false},
	{")", false},
	{"[p]", false},
	{"(1)", false},
	{"({})", false},
	{"[(])", false},
	{"{n(n)}", false},
	{"{(})", false},
	{"((", false},
	{"1)", false},
	{"{n1]", false},
	{"[[]", false},
	{"[]]", false},
};

static void call(char c)
{
	switch (c) {
	case '{':
		jsonw_object(&w);
		break;
	case '}':
		jsonw_object_end(&w);
		break;
	case '[':
		jsonw_array(&w);
		break;
	case ']':
		jsonw_array_end(&w);
		break;
	case 'n':
		jsonw_name(&w, "n");
		break;
	case '"':
		jsonw_str(&w, "s");
		break;
	case '(':
		jsonw_text_begin(&w);
		break;
	case 'p':
		jsonw_text_piece(&w, span_str("p"));
		break;
	case ')':
		jsonw_text_end(&w);
		break;
	case '1':
		jsonw_i64(&w, 1);
		break;
	default:
		break;
	}
}

static void test_order(void)
{
	struct json j;

	json_init(&j);
	for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
		const char *calls = orders[i].calls;

		start();
		for (const char *c = calls; *c != '\0'; c++)
			call(*c);
		err.kind = ERR_NONE;
		bool ok = jsonw_end(&w, &err);
		if (orders[i].good)
			tap_ok(ok && json_parse(&j, buf_span(&out), &err), "in order: %s", calls);
		else
			tap_fails(ok, &err, ERR_BUG, calls);
	}
	start();
	for (int i = 0; i <= JSON_DEPTH_MAX; i++)
		jsonw_array(&w);
	tap_fails(jsonw_end(&w, &err), &err, ERR_BUG, "too deep");
	json_free(&j);
}

static void test_sticky(void)
{
	struct buf small;

	buf_init(&small, 10, "small output");
	jsonw_init(&w, &small);
	jsonw_array(&w);
	for (int i = 0; i < 100; i++)
		jsonw_str(&w, "text");
	jsonw_object_end(&w);
	tap_fails(jsonw_end(&w, &err), &err, ERR_CEILING, "the first error stays");
	tap_ok(small.n <= 10 && strstr(err.text, "small output") != NULL,
		"and tells which ceiling");
	buf_free(&small);
}

static const struct {
	const char *name;
	const char *text;
	size_t n;
	const char *want;
} strings[] = {
#define STRING(name, text, want) {name, text, sizeof(text) - 1, want}
	STRING("plain", "abc /'<>&", "abc /'<>&"),
	STRING("quote and backslash", "\"\\", "\\\"\\\\"),
	STRING("short escapes", "\b\f\n\r\t", "\\b\\f\\n\\r\\t"),
	STRING("controls", "\0\x01\x1b\x1f\x7f", "\\u0000\\u0001\\u001b\\u001f\\u007f"),
	STRING("line separators, direction marks, C1", "\xe2\x80\xa8\xe2\x80\xa9\xe2\x80\xaa\xe2\x80\xaf\xc2\x9b\xc2\xa0",
		"\\u2028\\u2029\\u202a\xe2\x80\xaf\\u009b\xc2\xa0"),
	STRING("other characters", "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80",
		"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"),
	STRING("one hash", "a#b#", "a#b#"),
	STRING("two hashes", "##[error]", "#\\u0023[error]"),
	STRING("three hashes", "###", "#\\u0023#"),
	STRING("four hashes", "####", "#\\u0023#\\u0023"),
	STRING("hashes apart", "#a#\n#\xc3\xa9#", "#a#\\n#\xc3\xa9#"),
	STRING("bad byte", "a\xff" "b", "a\xef\xbf\xbd" "b"),
	STRING("cut by a letter", "\xe2\x82x", "\xef\xbf\xbdx"),
	STRING("cut by a hash", "#\xe2\x82##", "#\xef\xbf\xbd#\\u0023"),
	STRING("cut by a lead", "\xe2\x82\xc3\xa9", "\xef\xbf\xbd\xc3\xa9"),
	STRING("cut by a bad byte", "\xf0\x9f\xff", "\xef\xbf\xbd\xef\xbf\xbd"),
	STRING("cut by the end", "a\xf0\x9f\x98", "a\xef\xbf\xbd"),
	STRING("surrogate", "\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"),
	STRING("overlong", "\xc0\xaf", "\xef\xbf\xbd\xef\xbf\xbd"),
};

static void pieces(struct span s, size_t first, size_t step)
{
	start();
	jsonw_text_begin(&w);
	for (size_t at = 0, next = first; at < s.n; at = next, next = at + step)
		jsonw_text_piece(&w, span_cut(s, at, next));
	jsonw_text_end(&w);
}

static void test_strings(void)
{
	for (size_t i = 0; i < sizeof strings / sizeof *strings; i++) {
		struct span s = tap_guard(span_of(strings[i].text, strings[i].n));
		char want[100];
		bool ok = true;

		snprintf(want, sizeof want, "\"%s\"", strings[i].want);
		start();
		jsonw_text(&w, s);
		written(want, strings[i].name);
		for (size_t cut = 1; cut <= s.n; cut++) {
			pieces(s, cut, s.n);
			ok &= jsonw_end(&w, &err) && span_equal_str(buf_span(&out), want);
		}
		pieces(s, 1, 1);
		ok &= jsonw_end(&w, &err) && span_equal_str(buf_span(&out), want);
		tap_ok(ok, "the same in pieces: %s", strings[i].name);
		tap_unguard(s);
	}
	start();
	jsonw_object(&w);
	jsonw_name(&w, "##\n\xff");
	jsonw_raw(&w, span_str("{\"a\\\"##\":\r\n\t[1 , \"\\\\#\x7f# \xe2\x80\xa8\\u0023#\"]}"));
	jsonw_name(&w, "#");
	jsonw_str(&w, "#");
	jsonw_name_raw(&w, span_str("\"\\u0061\\\"##\xc2\x9b\""));
	jsonw_null(&w);
	jsonw_name_raw(&w, span_str("\"\""));
	jsonw_null(&w);
	jsonw_object_end(&w);
	written("{\"#\\u0023\\n\xef\xbf\xbd\":{\"a\\\"#\\u0023\":   [1 , \"\\\\#\\u007f# "
		"\\u2028\\u0023#\"]},\"#\":\"#\",\"\\u0061\\\"#\\u0023\\u009b\":null,\"\":null}",
		"names are escaped too, and a raw value or name is as safe");
}

/* Any bytes, in any pieces: what is read back is the text as base/utf8 mends it. */
static void test_round_trip(void)
{
	static const char *const bits[] = {"#", "##", "\"", "\\", "\n", "\xc3", "\xa9", "\xe2\x80",
		"\xa8", "\xf0\x9f", "\x98\x80", "abc", "\xff", "\x7f", "\\u0023", "\xed\xa0", "{",
		"\x1b["};
	uint32_t seed = 1;
	struct buf text, mended, back;
	struct json j;
	int bad = 0;

	json_init(&j);
	buf_init(&text, 10000, "text");
	buf_init(&mended, 10000, "text");
	buf_init(&back, 10000, "text");
	for (int round = 0; round < 3000; round++) {
		bool ok = true;

		buf_clear(&text);
		buf_clear(&mended);
		buf_clear(&back);
		start();
		jsonw_text_begin(&w);
		for (int n = 0; n < round % 40; n++) {
			seed = seed * 1664525 + 1013904223;
			struct span s = span_str(bits[(seed >> 16) % (sizeof bits / sizeof *bits)]);
			jsonw_text_piece(&w, s);
			ok &= buf_add(&text, s, &err);
		}
		jsonw_text_end(&w);
		ok = ok && jsonw_end(&w, &err) && utf8_repair(buf_span(&text), &mended, &err) &&
		     json_parse(&j, buf_span(&out), &err) && json_text(&j, 0, &back, &err) &&
		     span_equal(buf_span(&mended), buf_span(&back));
		for (size_t i = 0; i + 1 < out.n; i++)
			ok &= out.p[i] >= 0x20 && out.p[i] != 0x7f &&
			      !(out.p[i] == '#' && out.p[i + 1] == '#');
		bad += !ok;
	}
	tap_is_int(bad, 0, "3,000 texts come back as they were meant");
	buf_free(&text);
	buf_free(&mended);
	buf_free(&back);
	json_free(&j);
}

int main(void)
{
	buf_init(&out, 100000, "output");
	test_structure();
	test_order();
	test_sticky();
	test_strings();
	test_round_trip();
	buf_free(&out);
	return tap_done();
}
