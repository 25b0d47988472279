/*
 * What is JSON and what is not: RFC 8259, production by production, and every way to break it.
 *
 * Each row is judged by the scanner whole, at every two-part cut and byte by byte, and by the whole
 * reader behind enough white space that jsmn is called before, in and behind it. All must agree, to
 * the text of the error. Then, for every state of the scanner, each of the 256 bytes.
 */
#include "base/limits.h"
#include "tap.h"
#include "wire/json.h"

struct row {
	const char *name;
	bool good;
	const char *text;
	size_t n;
};

#define GOOD(name, text) {name, true, text, sizeof(text) - 1}
#define BAD(name, text) {name, false, text, sizeof(text) - 1}

static const struct row rows[] = {
	/* section 2: a text is one value between white space */
	BAD("nothing", ""),
	BAD("white space only", " \t\r\n"),
	BAD("byte order mark", "\xef\xbb\xbf[]"),
	BAD("byte order mark alone", "\xef\xbb\xbf"),
	BAD("half a byte order mark", "\xef\xbb[]"),
	BAD("UTF-16 big endian", "\0[\0]"),
	BAD("UTF-16 little endian", "[\0]\0"),
	BAD("UTF-16 byte order mark", "\xff\xfe[\0]\0"),
	GOOD("space before", " []"),
	GOOD("space behind", "[] "),
	GOOD("all white space everywhere", " \t\r\n[ \t\r\n1 \t\r\n, \t\r\n2 \t\r\n] \t\r\n"),
	GOOD("all white space in an object",
		" { \t\r\n\"a\" \t\r\n: \t\r\n1 \t\r\n, \"b\" : 2 \n} "),
	BAD("form feed is no white space", "[\f]"),
	BAD("vertical tab is no white space", "[\v]"),
	BAD("no-break space is no white space", "[\xc2\xa0]"),
	BAD("line separator is no white space", "[\xe2\x80\xa8]"),
	BAD("word joiner is no white space", "[\xe2\x81\xa0]"),
	BAD("NUL before", "\0[]"),
	BAD("NUL behind", "[]\0"),
	BAD("NUL within", "[\0]"),
	BAD("NUL between values", "[1\0,2]"),
	BAD("NUL behind a number", "1\0"),
	BAD("two values", "1 2"),
	BAD("two arrays", "[][]"),
	BAD("two objects", "{}{}"),
	BAD("two strings", "\"a\"\"b\""),
	BAD("two literals", "true false"),
	BAD("a comma behind", "[],"),
	BAD("a comma before", ",[]"),
	BAD("a colon behind", "\"a\":1"),
	BAD("a bracket behind", "[]]"),
	BAD("a brace behind", "{}}"),
	BAD("a brace too much at the root", "}"),
	BAD("a bracket too much at the root", "]"),
	BAD("a comma alone", ","),
	BAD("a colon alone", ":"),
	BAD("a comment of C", "[/* x */]"),
	BAD("a comment of C++", "[1] // x"),
	BAD("a comment of the shell", "[1] # x"),
	BAD("a byte above ASCII", "\xe9"),
	BAD("a letter", "a"),
	BAD("an asterisk", "[*]"),
	BAD("angle brackets", "<null>"),
	BAD("parentheses", "(1)"),

	/* section 3: values and literals */
	GOOD("null", "null"),
	GOOD("true", "true"),
	GOOD("false", "false"),
	GOOD("literals in an array", "[null,true,false]"),
	GOOD("literal and white space", "true\n"),
	BAD("cut null", "nul"),
	BAD("cut true", "[tru]"),
	BAD("cut false", "fals"),
	BAD("n", "n"),
	BAD("t", "t"),
	BAD("f", "f"),
	BAD("null and more", "nulll"),
	BAD("true and more", "trues"),
	BAD("true and a digit", "true1"),
	BAD("true and a quote", "true\"\""),
	BAD("Null", "Null"),
	BAD("TRUE", "TRUE"),
	BAD("False", "False"),
	BAD("tRue", "tRue"),
	BAD("truE", "truE"),
	BAD("white space in a literal", "tr ue"),
	BAD("an escaped literal", "\\u0074rue"),
	BAD("undefined", "undefined"),
	BAD("NaN", "NaN"),
	BAD("nan", "[nan]"),
	BAD("Infinity", "Infinity"),
	BAD("inf", "inf"),
	BAD("minus Infinity", "-Infinity"),
	BAD("True of Python", "[True]"),
	BAD("None of Python", "[None]"),

	/* section 4: objects */
	GOOD("empty object", "{}"),
	GOOD("empty object with space", "{ }"),
	GOOD("one member", "{\"a\":1}"),
	GOOD("members of all types",
		"{\"a\":1,\"b\":\"\",\"c\":null,\"d\":true,\"e\":false,\"f\":[],\"g\":{}}"),
	GOOD("empty name", "{\"\":0}"),
	GOOD("escaped name", "{\"\\u0061\\n\":0}"),
	GOOD("name not ASCII", "{\"\xc3\xa9\":0}"),
	GOOD("a name twice", "{\"a\":1,\"a\":2}"),
	GOOD("object in object", "{\"a\":{\"b\":{\"c\":{}}}}"),
	GOOD("array then member", "{\"a\":[1],\"b\":[2]}"),
	GOOD("object then member", "{\"a\":{\"x\":1},\"b\":{\"y\":2}}"),
	BAD("open object", "{"),
	BAD("open object with space", "{ "),
	BAD("object closed by a bracket", "{]"),
	BAD("member's object closed by a bracket", "{\"a\":1]"),
	BAD("name without a value", "{\"a\"}"),
	BAD("name and end", "{\"a\""),
	BAD("name, colon, end", "{\"a\":"),
	BAD("name, colon, brace", "{\"a\":}"),
	BAD("value and end", "{\"a\":1"),
	BAD("comma and end", "{\"a\":1,"),
	BAD("trailing comma", "{\"a\":1,}"),
	BAD("leading comma", "{,\"a\":1}"),
	BAD("only a comma", "{,}"),
	BAD("two commas", "{\"a\":1,,\"b\":2}"),
	BAD("no comma", "{\"a\":1 \"b\":2}"),
	BAD("no colon", "{\"a\" 1}"),
	BAD("two colons", "{\"a\"::1}"),
	BAD("comma for the colon", "{\"a\",1}"),
	BAD("colon for the comma", "{\"a\":1:\"b\":2}"),
	BAD("equals sign for the colon", "{\"a\"=1}"),
	BAD("semicolon for the comma", "{\"a\":1;\"b\":2}"),
	BAD("colon alone in an object", "{:}"),
	BAD("value without a name", "{1}"),
	BAD("colon and value without a name", "{:1}"),
	BAD("bare name", "{a:1}"),
	BAD("name in single quotes", "{'a':1}"),
	BAD("number for a name", "{1:1}"),
	BAD("literal for a name", "{null:1}"),
	BAD("array for a name", "{[]:1}"),
	BAD("object for a name", "{{}:1}"),
	BAD("second name bare", "{\"a\":1,b:2}"),
	BAD("second name a number", "{\"a\":1,2:2}"),
	BAD("second name missing", "{\"a\":1,:2}"),
	BAD("second without a value", "{\"a\":1,\"b\"}"),
	BAD("two values to a name", "{\"a\":1 2}"),
	BAD("two names to a value", "{\"a\" \"b\":1}"),
	BAD("string behind the last member", "{\"a\":1 \"x\"}"),
	BAD("object inside not closed", "{\"a\":{}"),
	BAD("brace too much", "{\"a\":{}}}"),

	/* section 5: arrays */
	GOOD("empty array", "[]"),
	GOOD("empty array with space", "[ ]"),
	GOOD("one element", "[1]"),
	GOOD("elements of all types", "[1,\"\",null,true,false,[],{}]"),
	GOOD("nested arrays", "[[[[]]],[[]],[]]"),
	GOOD("arrays side by side", "[[],[],[1],[2,3]]"),
	GOOD("objects side by side", "[{},{\"a\":1},{}]"),
	GOOD("space around a comma", "[1 , 2]"),
	BAD("open array", "["),
	BAD("open array with an element", "[1"),
	BAD("open array with a comma", "[1,"),
	BAD("trailing comma in an array", "[1,]"),
	BAD("leading comma in an array", "[,1]"),
	BAD("comma alone in an array", "[,]"),
	BAD("two commas in an array", "[1,,2]"),
	BAD("two trailing commas", "[1,,]"),
	BAD("no comma in an array", "[1 2]"),
	BAD("strings without a comma", "[\"a\" \"b\"]"),
	BAD("arrays without a comma", "[[] []]"),
	BAD("colon in an array", "[1:2]"),
	BAD("member in an array", "[\"a\":1]"),
	BAD("array closed by a brace", "[}"),
	BAD("element's array closed by a brace", "[1}"),
	BAD("crossed brackets", "[{]}"),
	BAD("crossed braces", "{\"a\":[}]"),
	BAD("inner array not closed", "[[]"),
	BAD("outer array closed twice", "[[]]]"),
	BAD("semicolon for a comma", "[1;2]"),
	BAD("comma behind an inner array", "[[],]"),

	/* section 6: numbers */
	GOOD("0", "0"),
	GOOD("-0", "-0"),
	GOOD("1", "1"),
	GOOD("-1", "-1"),
	GOOD("10", "10"),
	GOOD("1234567890", "1234567890"),
	GOOD("0.0", "0.0"),
	GOOD("-0.0", "-0.0"),
	GOOD("0.5", "0.5"),
	GOOD("1.0", "1.0"),
	GOOD("10.01", "10.01"),
	GOOD("1e1", "1e1"),
	GOOD("1E1", "1E1"),
	GOOD("1e+1", "1e+1"),
	GOOD("1e-1", "1e-1"),
	GOOD("1E+01", "1E+01"),
	GOOD("1e00", "1e00"),
	GOOD("0e0", "0e0"),
	GOOD("0E-0", "0E-0"),
	GOOD("-0e+0", "-0e+0"),
	GOOD("1.5e2", "1.5e2"),
	GOOD("1.50E-002", "1.50E-002"),
	GOOD("huge exponent", "1e999999999999999999999"),
	GOOD("tiny exponent", "-1e-999999999999999999999"),
	GOOD("many digits", "123456789012345678901234567890123456789012345678901234567890"),
	GOOD("many digits behind the point",
		"0.123456789012345678901234567890123456789012345678901"),
	GOOD("numbers in an array", "[0,-0,1.5,2e3]"),
	GOOD("zero and a brace", "{\"a\":0}"),
	GOOD("exponent and a bracket", "[1e5]"),
	BAD("leading zero", "01"),
	BAD("two zeros", "00"),
	BAD("minus and leading zero", "-01"),
	BAD("leading zero and a fraction", "00.5"),
	BAD("leading zero in an array", "[01]"),
	BAD("plus sign", "+1"),
	BAD("minus alone", "-"),
	BAD("minus alone in an array", "[-]"),
	BAD("two minus signs", "--1"),
	BAD("minus and plus", "-+1"),
	BAD("minus and space", "- 1"),
	BAD("minus behind", "1-"),
	BAD("minus within", "1-2"),
	BAD("no whole part", ".5"),
	BAD("minus and no whole part", "-.5"),
	BAD("no fraction", "1."),
	BAD("no fraction in an array", "[1.]"),
	BAD("no fraction but an exponent", "1.e1"),
	BAD("zero without a fraction", "0."),
	BAD("two points", "1..5"),
	BAD("two fractions", "1.2.3"),
	BAD("point alone", "."),
	BAD("comma for the point", "1,5"),
	BAD("no exponent", "1e"),
	BAD("no exponent, capital", "1E"),
	BAD("no digits of an exponent", "1e+"),
	BAD("no digits of a negative exponent", "1e-"),
	BAD("zero and e", "0e"),
	BAD("zero, e, plus", "0e+"),
	BAD("fraction and e", "1.5e"),
	BAD("two signs of the exponent", "1e+-1"),
	BAD("fraction in the exponent", "1e1.5"),
	BAD("two exponents", "1e1e1"),
	BAD("e alone", "e1"),
	BAD("space before the exponent", "1 e1"),
	BAD("space in the exponent", "1e 1"),
	BAD("space in a number", "1 000"),
	BAD("underscore in a number", "1_000"),
	BAD("hexadecimal", "0x1F"),
	BAD("octal", "0o17"),
	BAD("binary", "0b1"),
	BAD("suffix", "1f"),
	BAD("letter behind", "1a"),
	BAD("letter behind an exponent", "1e1a"),
	BAD("quote behind", "1\"\""),
	BAD("array behind", "1[]"),
	BAD("fullwidth digit", "\xef\xbc\x91"),
	BAD("fullwidth digit within", "1\xef\xbc\x91"),
	BAD("minus sign of mathematics", "\xe2\x88\x92" "1"),
	BAD("dollar", "$1"),

	/* section 7: strings */
	GOOD("empty string", "\"\""),
	GOOD("a string", "\"abc\""),
	GOOD("all two-character escapes", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""),
	GOOD("slash needs no escape", "\"/\""),
	GOOD("single quote needs no escape", "\"'\""),
	GOOD("DEL may stand", "\"\x7f\""),
	GOOD("space in a string", "\"  \""),
	GOOD("brackets in a string", "\"[{]}:,\""),
	GOOD("comment in a string", "\"/* */ // #\""),
	GOOD("\\u0000", "\"\\u0000\""),
	GOOD("\\u001f", "\"\\u001f\""),
	GOOD("\\u with capitals", "\"\\uABCD\\uabcd\\uAbCd\""),
	GOOD("\\uffff", "\"\\uffff\""),
	GOOD("escaped backslash then u", "\"\\\\u12\""),
	GOOD("escaped backslash at the end", "\"\\\\\""),
	GOOD("escaped surrogate pair", "\"\\ud83d\\ude00\""),
	GOOD("escaped surrogate pair, capitals", "\"\\uD83D\\uDE00\""),
	GOOD("escaped high surrogate alone", "\"\\ud83d\""),
	GOOD("escaped low surrogate alone", "\"\\ude00\""),
	GOOD("escaped surrogates the wrong way round", "\"\\ude00\\ud83d\""),
	GOOD("two escaped high surrogates", "\"\\ud83d\\ud83d\""),
	GOOD("escaped high surrogate, then a letter", "\"\\ud83dx\""),
	GOOD("escaped high surrogate, then an escape", "\"\\ud83d\\n\""),
	GOOD("escaped noncharacter", "\"\\ufdd0\\ufffe\""),
	GOOD("escapes at a word's edges", "\"\\n234567\\n234567\\n\""),
	GOOD("quote in the ninth place", "[\"1234567\",\"12345678\",\"123456789\"]"),
	BAD("open string", "\""),
	BAD("open string with text", "\"abc"),
	BAD("open string in an array", "[\"abc]"),
	BAD("quote escaped away", "\"\\\""),
	BAD("backslash at the end", "\"abc\\"),
	BAD("single quotes", "'abc'"),
	BAD("bare word", "abc"),
	BAD("backquotes", "`abc`"),
	BAD("typographic quotes", "\xe2\x80\x9c" "abc\xe2\x80\x9d"),
	BAD("string and more", "\"a\"b"),
	BAD("string joined by plus", "\"a\"+\"b\""),
	BAD("NUL in a string", "\"\0\""),
	BAD("NUL in the middle of a string", "\"abc\0def\""),
	BAD("line feed in a string", "\"a\nb\""),
	BAD("carriage return in a string", "\"a\rb\""),
	BAD("tab in a string", "\"\t\""),
	BAD("U+0001 in a string", "\"\x01\""),
	BAD("U+001F in a string", "\"\x1f\""),
	BAD("escape character in a string", "\"\x1b[0m\""),
	BAD("control in the eighth place", "\"1234567\x1f\""),
	BAD("control in a name", "{\"\n\":1}"),
	BAD("\\a", "\"\\a\""),
	BAD("\\v", "\"\\v\""),
	BAD("\\x41", "\"\\x41\""),
	BAD("\\0", "\"\\0\""),
	BAD("\\'", "\"\\'\""),
	BAD("\\N", "\"\\N\""),
	BAD("\\B", "\"\\B\""),
	BAD("backslash, space", "\"\\ \""),
	BAD("backslash, line feed", "\"\\\n\""),
	BAD("backslash, NUL", "\"\\\0\""),
	BAD("backslash, not ASCII", "\"\\\xc3\xa9\""),
	BAD("\\U", "\"\\U0041\""),
	BAD("\\u and nothing", "\"\\u\""),
	BAD("\\u and one digit", "\"\\u1\""),
	BAD("\\u and two digits", "\"\\u12\""),
	BAD("\\u and three digits", "\"\\u123\""),
	BAD("\\u and the end", "\"\\u123"),
	BAD("\\u with a g", "\"\\u123g\""),
	BAD("\\u with a first g", "\"\\ug123\""),
	BAD("\\u with a sign", "\"\\u+123\""),
	BAD("\\u with a space", "\"\\u 123\""),
	BAD("\\u with an x", "\"\\u0x12\""),
	BAD("\\u with a NUL", "\"\\u12\0" "4\""),
	BAD("\\u with a byte above ASCII", "\"\\u12\xb3" "4\""),
	BAD("\\u with braces", "\"\\u{41}\""),
	BAD("second of a pair cut", "\"\\ud83d\\ude0\""),
	BAD("second of a pair bad", "\"\\ud83d\\ude0x\""),
	BAD("second of a pair without a u", "\"\\ud83d\\\""),
	BAD("escape outside a string", "[\\n]"),

	/* section 8.1: well-formed UTF-8 (RFC 3629, section 4) */
	GOOD("U+0080", "\"\xc2\x80\""),
	GOOD("U+00E9", "\"\xc3\xa9\""),
	GOOD("U+07FF", "\"\xdf\xbf\""),
	GOOD("U+0800", "\"\xe0\xa0\x80\""),
	GOOD("U+20AC", "\"\xe2\x82\xac\""),
	GOOD("U+2028 and U+2029", "\"\xe2\x80\xa8\xe2\x80\xa9\""),
	GOOD("U+D7FF", "\"\xed\x9f\xbf\""),
	GOOD("U+E000", "\"\xee\x80\x80\""),
	GOOD("U+FEFF in a string", "\"\xef\xbb\xbf\""),
	GOOD("U+FFFD", "\"\xef\xbf\xbd\""),
	GOOD("U+FFFF", "\"\xef\xbf\xbf\""),
	GOOD("U+10000", "\"\xf0\x90\x80\x80\""),
	GOOD("U+1F600", "\"\xf0\x9f\x98\x80\""),
	GOOD("U+10FFFF", "\"\xf4\x8f\xbf\xbf\""),
	GOOD("characters of all lengths", "\"a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z\""),
	BAD("continuation alone, lowest", "\"\x80\""),
	BAD("continuation alone, highest", "\"\xbf\""),
	BAD("continuation too many", "\"\xc3\xa9\xa9\""),
	BAD("two bytes cut by the quote", "\"\xc3\""),
	BAD("two bytes cut by the end", "\"\xc3"),
	BAD("two bytes cut by a letter", "\"\xc3z\""),
	BAD("two bytes cut by an escape", "\"\xc3\\n\""),
	BAD("three bytes cut after one", "\"\xe2\""),
	BAD("three bytes cut after two", "\"\xe2\x82\""),
	BAD("three bytes cut by a lead", "\"\xe2\x82\xe2\x82\xac\""),
	BAD("four bytes cut after one", "\"\xf0\""),
	BAD("four bytes cut after two", "\"\xf0\x9f\""),
	BAD("four bytes cut after three", "\"\xf0\x9f\x98\""),
	BAD("overlong NUL", "\"\xc0\x80\""),
	BAD("overlong slash, two bytes", "\"\xc0\xaf\""),
	BAD("overlong, two bytes, highest", "\"\xc1\xbf\""),
	BAD("overlong slash, three bytes", "\"\xe0\x80\xaf\""),
	BAD("overlong, three bytes, highest", "\"\xe0\x9f\xbf\""),
	BAD("overlong slash, four bytes", "\"\xf0\x80\x80\xaf\""),
	BAD("overlong, four bytes, highest", "\"\xf0\x8f\xbf\xbf\""),
	BAD("surrogate U+D800", "\"\xed\xa0\x80\""),
	BAD("surrogate U+DBFF", "\"\xed\xaf\xbf\""),
	BAD("surrogate U+DC00", "\"\xed\xb0\x80\""),
	BAD("surrogate U+DFFF", "\"\xed\xbf\xbf\""),
	BAD("surrogate pair in UTF-8", "\"\xed\xa0\xbd\xed\xb8\x80\""),
	BAD("above U+10FFFF", "\"\xf4\x90\x80\x80\""),
	BAD("U+1FFFFF", "\"\xf7\xbf\xbf\xbf\""),
	BAD("F5", "\"\xf5\x80\x80\x80\""),
	BAD("five bytes", "\"\xf8\x88\x80\x80\x80\""),
	BAD("six bytes", "\"\xfc\x84\x80\x80\x80\x80\""),
	BAD("FE", "\"\xfe\""),
	BAD("FF", "\"\xff\""),
	BAD("Latin-1", "\"\xe9t\xe9\""),
	BAD("ill-formed in a name", "{\"\xff\":1}"),
	BAD("well-formed outside a string", "[\xc3\xa9]"),
	BAD("high bit behind seven letters", "\"1234567\xa9\""),
};

/* A verdict: nothing, or what was said against it. */
struct verdict {
	bool good;
	struct err err;
};

static bool same(const struct verdict *a, const struct verdict *b)
{
	return a->good == b->good && a->err.kind == b->err.kind &&
	       strcmp(a->err.text, b->err.text) == 0;
}

/* The scanner, fed `first` bytes and then pieces of `step`. */
static struct verdict scan(struct span text, size_t first, size_t step)
{
	struct verdict v = {.good = true};
	struct json_scan s;

	json_scan_init(&s);
	for (size_t at = 0, next = first; at < text.n && v.good; at = next, next = at + step)
		v.good = json_scan_feed(&s, span_cut(text, at, next), &v.err);
	v.good = v.good && json_scan_end(&s, &v.err);
	return v;
}

static struct verdict read_whole(struct span text)
{
	struct verdict v = {.good = false};
	struct json j;

	json_init(&j);
	v.good = json_parse(&j, text, &v.err);
	json_free(&j);
	return v;
}

/* The reader, told of the text when `first` bytes are there and then at every `step`. */
static struct verdict read_cut(struct span text, size_t first, size_t step)
{
	struct verdict v = {.good = true};
	struct json j;

	json_init(&j);
	for (size_t at = first; at < text.n && v.good; at += step)
		v.good = json_advance(&j, span_cut(text, 0, at), &v.err);
	v.good = v.good && json_end(&j, text, &v.err);
	json_free(&j);
	return v;
}

enum { FRONT = 17000 }; /* white space: more than jsmn waits for */

static void judge_row(const struct row *r)
{
	struct span text = tap_guard(span_of(r->text, r->n)), far;
	struct verdict want = scan(text, text.n, 1), v = read_whole(text);
	unsigned char *space = malloc(FRONT + r->n);
	bool ok = want.good == r->good && same(&want, &v);

	for (size_t cut = 1; cut < text.n; cut++) {
		v = scan(text, cut, text.n);
		ok &= same(&want, &v);
	}
	v = scan(text, 1, 1);
	ok &= same(&want, &v);

	memset(space, ' ', FRONT);
	memcpy(space + FRONT, r->text, r->n);
	far = tap_guard(span_of(space, FRONT + r->n));
	want = read_whole(far);
	ok &= want.good == r->good;
	for (size_t cut = 0; cut < text.n; cut++) {
		v = read_cut(far, FRONT + cut, far.n);
		ok &= same(&want, &v);
	}
	v = read_cut(far, FRONT, 1);
	ok &= same(&want, &v);
	if (!tap_ok(ok, "%s: %s", r->good ? "JSON" : "not JSON", r->name))
		printf("#   %s\n", want.good ? "accepted" : want.err.text);
	free(space);
	tap_unguard(text);
	tap_unguard(far);
}

/* What may come behind a beginning; "\n" stands for the four kinds of white space. */
static const struct beginning {
	const char *text, *next;
} beginnings[] = {
	{"", "\n[{\"-0123456789tfn"},
	{" ", "\n[{\"-0123456789tfn"},
	{"[", "\n[{\"-0123456789tfn]"},
	{"[1,", "\n[{\"-0123456789tfn"},
	{"{", "\n\"}"},
	{"{\"a\":1,", "\n\""},
	{"{\"a\"", "\n:"},
	{"{\"a\":", "\n[{\"-0123456789tfn"},
	{"{\"a\":\"\"", "\n,}"},
	{"{\"a\":[]", "\n,}"},
	{"[\"\"", "\n,]"},
	{"[{}", "\n,]"},
	{"{}", "\n"},
	{"[]", "\n"},
	{"\"\"", "\n"},
	{"true", "\n"},
	{"-", "0123456789"},
	{"0", "\n.eE"},
	{"-0", "\n.eE"},
	{"1", "\n.eE0123456789"},
	{"-19", "\n.eE0123456789"},
	{"0.", "0123456789"},
	{"0.5", "\neE0123456789"},
	{"1e", "+-0123456789"},
	{"1.5E", "+-0123456789"},
	{"1e+", "0123456789"},
	{"1e-", "0123456789"},
	{"1e5", "\n0123456789"},
	{"[0", "\n.eE,]"},
	{"[1", "\n.eE0123456789,]"},
	{"[0.5", "\neE0123456789,]"},
	{"[1e5", "\n0123456789,]"},
	{"{\"a\":0", "\n.eE,}"},
	{"{\"a\":1e5", "\n0123456789,}"},
	{"t", "r"}, {"tr", "u"}, {"tru", "e"},
	{"f", "a"}, {"fa", "l"}, {"fal", "s"}, {"fals", "e"},
	{"n", "u"}, {"nu", "l"}, {"nul", "l"},
	{"\"\\", "\"\\/bfnrtu"},
	{"\"\\u", "0123456789abcdefABCDEF"},
	{"\"\\u0", "0123456789abcdefABCDEF"},
	{"\"\\u00", "0123456789abcdefABCDEF"},
	{"\"\\u00a", "0123456789abcdefABCDEF"},
};

static bool may_come(const char *next, unsigned c)
{
	if (c == ' ' || c == '\t' || c == '\r')
		c = '\n';
	return c != 0 && strchr(next, (int)c) != NULL;
}

static void judge_beginning(const struct beginning *b)
{
	int wrong = -1;

	for (unsigned c = 0; c < 256; c++) {
		unsigned char byte = (unsigned char)c;
		struct json_scan s;
		struct err e;

		json_scan_init(&s);
		if (!json_scan_feed(&s, span_str(b->text), &e) ||
		    json_scan_feed(&s, span_of(&byte, 1), &e) != may_come(b->next, c))
			wrong = (int)c;
	}
	if (!tap_ok(wrong < 0, "every byte behind %s", b->text))
		printf("#   wrong about 0x%02x\n", (unsigned)wrong);
}

/* In a string: the bytes of Unicode's table 3-7, each with all that may follow it. */
static void judge_string_bytes(void)
{
	bool ok = true;

	for (unsigned a = 0; a < 256; a++)
		for (unsigned b = 0; b < 256; b++) {
			unsigned char text[] = {'"', (unsigned char)a, (unsigned char)b};
			bool one = a >= 0x20 && a < 0x80 && a != '"' && a != '\\';
			bool lead = (a >= 0xc2 && a <= 0xf4) && b >= 0x80 && b <= 0xbf &&
			            !(a == 0xe0 && b < 0xa0) && !(a == 0xed && b > 0x9f) &&
			            !(a == 0xf0 && b < 0x90) && !(a == 0xf4 && b > 0x8f);
			bool second = (b >= 0x20 && b < 0x80) || (b >= 0xc2 && b <= 0xf4);
			struct json_scan s;
			struct err e;

			if (a == '"' || a == '\\')
				continue;
			json_scan_init(&s);
			if (json_scan_feed(&s, span_of(text, 3), &e) != ((one && second) || lead))
				ok = false;
		}
	tap_ok(ok, "every two bytes at the beginning of a string");
}

int main(void)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		judge_row(&rows[i]);
	for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++)
		judge_beginning(&beginnings[i]);
	judge_string_bytes();
	return tap_done();
}
