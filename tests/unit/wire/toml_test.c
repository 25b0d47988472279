/*
 * Unit tests of wire/toml: what each piece of the format gives, what is refused and in which line,
 * every cut, damaged bytes, ceilings, and every allocation failing.
 */
#include "wire/toml.h"

#include "base/limits.h"
#include "failing.h"
#include "tap.h"

/* ---- a tree as text ---- */

static void put_span(char **at, struct span s)
{
	*(*at)++ = '"';
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] >= 0x20 && s.p[i] < 0x7f)
			*(*at)++ = (char)s.p[i];
		else
			*at += sprintf(*at, "\\x%02x", s.p[i]);
	*(*at)++ = '"';
}

static void put_value(const struct toml *t, int value, char **at)
{
	bool table = toml_is_type(t, value, TOML_TABLE);

	if (toml_is_type(t, value, TOML_STRING)) {
		put_span(at, toml_string(t, value));
	} else if (toml_is_type(t, value, TOML_INTEGER)) {
		*at += sprintf(*at, "%lld", (long long)toml_number(t, value));
	} else if (toml_is_type(t, value, TOML_BOOLEAN)) {
		*at += sprintf(*at, "%s", toml_number(t, value) ? "true" : "false");
	} else if (toml_is_type(t, value, TOML_FLOAT)) {
		*at += sprintf(*at, "float");
	} else {
		*(*at)++ = table ? '{' : '[';
		for (int v = toml_first(t, value); v != TOML_NONE; v = toml_next(t, v)) {
			if (v != toml_first(t, value))
				*(*at)++ = ',';
			if (table) {
				put_span(at, toml_key(t, v));
				*(*at)++ = ':';
			}
			put_value(t, v, at);
		}
		*(*at)++ = table ? '}' : ']';
	}
}

/* Parses a guarded copy; on success writes the tree to `tree`. */
static bool parse(struct span s, char *tree, struct err *e)
{
	struct span own = tap_guard(s);
	struct toml t;
	bool ok;

	toml_init(&t);
	ok = toml_parse(&t, own, e);
	tap_unguard(own);
	if (ok && tree != NULL) {
		put_value(&t, TOML_ROOT, &tree);
		*tree = '\0';
	}
	toml_free(&t);
	toml_free(&t);
	return ok;
}

/* ---- good documents ---- */

static const struct good {
	const char *text, *tree;
} goods[] = {
	{"", "{}"},
	{" \t\n\r\n# words \xc3\xa9\t\n#", "{}"},
	{"\xef\xbb\xbf" "a=1", "{\"a\":1}"},
	{"a = 1 # one\r\nb=2", "{\"a\":1,\"b\":2}"},
	{"A-_9 = true\n\"q k\" = false\n'\\' = 0\n\"\" = 1\n\"\\u0041\" = 2",
	 "{\"A-_9\":true,\"q k\":false,\"\\\":0,\"\":1,\"A\":2}"},
	{"1.2 = 3", "{\"1\":{\"2\":3}}"},
	{"a.b . c = 1\na.\"d\"=2\na.b.'e.f'=3",
	 "{\"a\":{\"b\":{\"c\":1,\"e.f\":3},\"d\":2}}"},
	/* numbers */
	{"a=+0\nb=-0\nc=1_000\nd=-9223372036854775808\ne=9223372036854775807",
	 "{\"a\":0,\"b\":0,\"c\":1000,\"d\":-9223372036854775808,\"e\":9223372036854775807}"},
	{"a=0xDead_beef\nb=0o17\nc=0b1_01\nd=0x7fffffffffffffff",
	 "{\"a\":3735928559,\"b\":15,\"c\":5,\"d\":9223372036854775807}"},
	{"a=[0.0,-1.5,+1e5,1E-05,6.6_2e+1_0,inf,-inf,+nan,0e0,99999999999999999999.9]",
	 "{\"a\":[float,float,float,float,float,float,float,float,float,float]}"},
	/* strings */
	{"a = \"\"", "{\"a\":\"\"}"},
	{"a = \"\\b\\t\\n\\f\\r\\\"\\\\\\u00e9\\U0001F600\\u0000\"",
	 "{\"a\":\"\\x08\\x09\\x0a\\x0c\\x0d\"\\\\xc3\\xa9\\xf0\\x9f\\x98\\x80\\x00\"}"},
	{"a = '\\n\t\"'", "{\"a\":\"\\n\\x09\"\"}"},
	{"a = \"\"\"\"\"\"", "{\"a\":\"\"}"},
	{"a = ''''''", "{\"a\":\"\"}"},
	{"a = \"\"\"\nx\r\ny\\\n  \r\n\t z\\ \n\"\"\"", "{\"a\":\"x\\x0ay" "z\"}"},
	{"a = \"\"\"\r\n\"x\" \"\"y\"\"\\\"\"\"\"\"\"", "{\"a\":\"\"x\" \"\"y\"\"\"\"\"\"}"},
	{"a = '''\n'x' ''y\\'''''", "{\"a\":\"'x' ''y\\''\"}"},
	{"a = '''x''''", "{\"a\":\"x'\"}"},
	/* arrays and inline tables */
	{"a = []\nb = [ ]\nc = [1,]\nd = [ # one\n 1 , # two\r\n\n 2\n # three\n ]",
	 "{\"a\":[],\"b\":[],\"c\":[1],\"d\":[1,2]}"},
	{"a = [[1],['x',[true]],{}]", "{\"a\":[[1],[\"x\",[true]],{}]}"},
	{"a = {}\nb = { }\nc = { x = 1, y.z = 2 ,y.w=[\n3\n] }",
	 "{\"a\":{},\"b\":{},\"c\":{\"x\":1,\"y\":{\"z\":2,\"w\":[3]}}}"},
	/* tables */
	{"[a]\nx=1\n[ b . \"c d\" ] # why\nx=2\n[b]\ny=3",
	 "{\"a\":{\"x\":1},\"b\":{\"c d\":{\"x\":2},\"y\":3}}"},
	{"[a]\nb.c=1\n[a.b.d]\ne=2\n[a.f]", "{\"a\":{\"b\":{\"c\":1,\"d\":{\"e\":2}},\"f\":{}}}"},
	{"[[a]]\nx=1\n[[a]]\n[a.b]\ny=2\n[[a.c]]\n[[a.c]]\nz=3\n[[d.e]]",
	 "{\"a\":[{\"x\":1},{\"b\":{\"y\":2},\"c\":[{},{\"z\":3}]}],\"d\":{\"e\":[{}]}}"},
	{"[a.b.c]\n[a]\n[a.b]\nx=1", "{\"a\":{\"b\":{\"c\":{},\"x\":1}}}"},
};

static void test_good(void)
{
	for (size_t i = 0; i < sizeof goods / sizeof goods[0]; i++) {
		char tree[2048];
		struct err e;

		if (tap_good(parse(span_str(goods[i].text), tree, &e), &e, goods[i].tree))
			tap_is_str(span_str(tree), goods[i].tree, "... so it reads");
	}
}

/* ---- bad ones ---- */

static const struct bad {
	const char *text, *why;
} bads[] = {
	{"a", "line 1: a key wants '='"},
	{"a =", "line 1: a value is missing"},
	{"a = # b", "line 1: a value is missing"},
	{"= 1", "line 1: a key is missing"},
	{"a. = 1", "line 1: a key is missing"},
	{".a = 1", "line 1: a key is missing"},
	{"a b = 1", "line 1: a key wants '='"},
	{"\xc3\xa9 = 1", "line 1: a key is missing"},
	{"\x01", "line 1: a key is missing"},
	{"a = 1 b = 2", "line 1: something stands behind"},
	{"a = 1\rb = 2", "line 1: something stands behind"},
	{"# x\x01", "line 1: a key is missing"},
	{"a=1 # x\x7f", "line 1: something stands behind"},
	{"\n\na = \xff", "line 3: not UTF-8"},
	{"a = 1\n\xef\xbb\xbf" "b = 1", "line 2: a key is missing"},
	{"\"\"\"a\"\"\" = 1", "line 1: a key wants '='"},
	/* twice */
	{"a = 1\na = 2", "line 2: a key is set twice"},
	{"a = 1\n\"\\u0061\" = 2", "line 2: a key is set twice"},
	{"a = 1\na.b = 2", "line 2: a dotted key reaches"},
	{"a.b = 1\na = 2", "line 2: a key is set twice"},
	{"a.b = 1\na.b = 2", "line 2: a key is set twice"},
	{"[a]\n[a]", "line 2: a table is defined twice"},
	{"a = 1\n[a]", "line 2: a table is defined twice"},
	{"a = 1\n[a.b]", "line 2: a header reaches into a value"},
	{"a = {}\n[a.b]", "line 2: a header reaches into a value"},
	{"a = [{}]\n[[a]]", "line 2: an array of tables is something else"},
	{"a = []\n[a.b]", "line 2: a header reaches into a value"},
	{"[a]\n[[a]]", "line 2: an array of tables is something else"},
	{"[[a]]\n[a]", "line 2: a table is defined twice"},
	{"[a.b]\n[[a]]", "line 2: an array of tables is something else"},
	{"[a]\nb.c = 1\n[a.b]", "line 3: a table is defined twice"},
	{"[a]\nb.c = 1\n[[a.b]]", "line 3: an array of tables is something else"},
	{"[a.b.c]\n[a]\nb.c.d = 1", "line 3: a dotted key reaches"},
	{"[[a.b]]\n[a]\nb.c = 1", "line 3: a dotted key reaches"},
	{"a = {b = 1}\na.c = 2", "line 2: a dotted key reaches"},
	{"a = {b.c = 1, b = 2}", "line 1: a key is set twice"},
	{"a = {b = 1, b.c = 2}", "line 1: a dotted key reaches"},
	/* headers */
	{"[]", "line 1: a key is missing"},
	{"[a", "line 1: a header wants ']'"},
	{"[a]]", "line 1: something stands behind"},
	{"[[a]", "line 1: a header wants ']'"},
	{"[[a] ]", "line 1: a header wants ']'"},
	{"[ [a]]", "line 1: a key is missing"},
	{"[a] b = 1", "line 1: something stands behind"},
	{"[a.]", "line 1: a key is missing"},
	{"[a\n]", "line 1: a header wants ']'"},
	/* numbers and words */
	{"a = 01", "line 1: a value is missing or ill-formed"},
	{"a = 0_1", "line 1: a value is missing or ill-formed"},
	{"a = 1__0", "line 1: a value is missing or ill-formed"},
	{"a = _1", "line 1: a value is missing or ill-formed"},
	{"a = 1_", "line 1: a value is missing or ill-formed"},
	{"a = 1_.5", "line 1: a value is missing or ill-formed"},
	{"a = .5", "line 1: a value is missing or ill-formed"},
	{"a = 5.", "line 1: a value is missing or ill-formed"},
	{"a = 1.5.6", "line 1: a value is missing or ill-formed"},
	{"a = 1.e5", "line 1: a value is missing or ill-formed"},
	{"a = 1e", "line 1: a value is missing or ill-formed"},
	{"a = 01.5", "line 1: a value is missing or ill-formed"},
	{"a = -", "line 1: a value is missing or ill-formed"},
	{"a = --1", "line 1: a value is missing or ill-formed"},
	{"a = 0x", "line 1: a value is missing or ill-formed"},
	{"a = 0xg", "line 1: a value is missing or ill-formed"},
	{"a = -0x1", "line 1: a value is missing or ill-formed"},
	{"a = 0X1", "line 1: a value is missing or ill-formed"},
	{"a = 0b2", "line 1: a value is missing or ill-formed"},
	{"a = 0o8", "line 1: a value is missing or ill-formed"},
	{"a = Inf", "line 1: a value is missing or ill-formed"},
	{"a = True", "line 1: a value is missing or ill-formed"},
	{"a = null", "line 1: a value is missing or ill-formed"},
	{"a = 9223372036854775808", "line 1: an integer of more than 64 bits"},
	{"a = -9223372036854775809", "line 1: an integer of more than 64 bits"},
	{"a = 0x8000000000000000", "line 1: an integer of more than 64 bits"},
	{"a = 0x10000000000000000", "line 1: an integer of more than 64 bits"},
	{"a = 99999999999999999999", "line 1: an integer of more than 64 bits"},
	{"a = 999999999999999999999999", "line 1: an integer of more than 64 bits"},
	{"a = 1979-05-27", "line 1: dates and times are not understood"},
	{"a = 1979-05-27T07:32:00Z", "line 1: dates and times are not understood"},
	{"a = 07:32:00.5", "line 1: dates and times are not understood"},
	/* strings */
	{"a = \"x", "line 1: a string has no end"},
	{"a = \"x\n\"", "line 1: a string has no end"},
	{"a = 'x\r\n'", "line 1: a string has no end"},
	{"a = 'x\x01'", "line 1: a control character"},
	{"a = \"x\x7f\"", "line 1: a control character"},
	{"a = '''\nx\r'''", "line 2: a control character"},
	{"a = \"\"\"\nx", "line 2: a string has no end"},
	{"a = \"\"\"x\"\"", "line 1: a string has no end"},
	{"a = '''x''''''", "line 1: something stands behind"},
	{"a = \"\\e\"", "line 1: an unknown escape"},
	{"a = \"\\x41\"", "line 1: an unknown escape"},
	{"a = \"\\", "line 1: an unknown escape"},
	{"a = \"\"\"\\ x\"\"\"", "line 1: an unknown escape"},
	{"a = \"\\u12\"", "line 1: an escape wants hexadecimal"},
	{"a = \"\\u123", "line 1: an escape wants hexadecimal"},
	{"a = \"\\ud800\"", "line 1: an escape is no character"},
	{"a = \"\\udfff\"", "line 1: an escape is no character"},
	{"a = \"\\U00110000\"", "line 1: an escape is no character"},
	/* arrays and inline tables */
	{"a = [", "line 1: a value is missing"},
	{"a = [1", "line 1: an array wants"},
	{"a = [1 2]", "line 1: an array wants"},
	{"a = [,]", "line 1: a value is missing"},
	{"a = [1,,2]", "line 1: a value is missing"},
	{"a = {b = 1,}", "line 1: a key is missing"},
	{"a = {b = 1 c = 2}", "line 1: an inline table wants"},
	{"a = {b = 1\n}", "line 1: an inline table wants"},
	{"a = {\nb = 1}", "line 1: a key is missing"},
	{"a = {", "line 1: a key is missing"},
	{"a = {b}", "line 1: a key wants '='"},
};

static void test_bad(void)
{
	for (size_t i = 0; i < sizeof bads / sizeof bads[0]; i++) {
		struct err e = {.kind = ERR_NONE};
		bool ok = parse(span_str(bads[i].text), NULL, &e);

		tap_fails(ok, &e, ERR_PROTOCOL, bads[i].why);
		if (!ok)
			tap_ok(strncmp(e.text, bads[i].why, strlen(bads[i].why)) == 0, "... %s",
			       e.text);
	}
}

/* ---- any document ---- */

static const char document[] =
	"# a policy\nallowed = [\"x\", 'y', 1, -2.5e3]\na.b = { c = true, d.e = '''\n''' }\n"
	"[t.u]\n\"k\\u00e9\" = \"\"\"\\\n  z\"\"\"\n[[r]]\np = 0x1f\n[[r]]\nq = false\n";

static void test_torment(void)
{
	size_t n = strlen(document);
	long wrong = 0, tried = 0;

	for (size_t cut = 0; cut <= n; cut++, tried++) {
		struct err e = {.kind = ERR_NONE};

		wrong += !parse(span_of(document, cut), NULL, &e) && e.kind != ERR_PROTOCOL;
	}
	for (size_t at = 0; at < n; at++)
		for (int c = 0; c < 256; c++, tried++) {
			char copy[sizeof document];
			struct err e = {.kind = ERR_NONE};

			memcpy(copy, document, sizeof copy);
			copy[at] = (char)c;
			wrong += !parse(span_of(copy, n), NULL, &e) && e.kind != ERR_PROTOCOL;
		}
	tap_ok(wrong == 0, "%ld cut or damaged documents", tried);
}

/* `n` times `piece` between the two others. */
static char *repeat(const char *before, const char *piece, size_t n, const char *after)
{
	char *out = malloc(strlen(before) + n * strlen(piece) + strlen(after) + 1);
	char *at = out + sprintf(out, "%s", before);

	for (; n > 0; n--)
		at += sprintf(at, "%s", piece);
	strcpy(at, after);
	return out;
}

static void check_ceiling(char *text, enum err_kind kind, const char *why, const char *name)
{
	struct err e = {.kind = ERR_NONE};
	bool ok = parse(span_str(text), NULL, &e);

	if (kind == ERR_NONE)
		tap_good(ok, &e, name);
	else if (tap_fails(ok, &e, kind, name))
		tap_ok(strstr(e.text, why) != NULL, "... told: %s", e.text);
	free(text);
}

static void test_ceilings(void)
{
	check_ceiling(repeat("a=", "[", TOML_DEPTH_MAX, "1"), ERR_CEILING, "too many levels",
	              "arrays too deep");
	check_ceiling(repeat("a=", "{b=", TOML_DEPTH_MAX, "1"), ERR_CEILING, "too many levels",
	              "inline tables too deep");
	check_ceiling(repeat("", "a.", TOML_DEPTH_MAX, "a=1"), ERR_CEILING, "too many levels",
	              "a dotted key too deep");
	check_ceiling(repeat("[", "a.", TOML_DEPTH_MAX, "a]"), ERR_CEILING, "too many levels",
	              "a header too deep");
	check_ceiling(repeat("[[", "a.", TOML_DEPTH_MAX - 1, "a]]"), ERR_CEILING,
	              "too many levels", "an array of tables too deep");
	check_ceiling(repeat("[[", "a.", TOML_DEPTH_MAX, "a]]"), ERR_CEILING,
	              "too many levels", "... and deeper");
	check_ceiling(repeat("", "a.", TOML_DEPTH_MAX - 1, "a=1"), ERR_NONE, NULL,
	              "a dotted key of all levels");
	check_ceiling(repeat("a=[", "0,", TOML_VALUES_MAX - 2, "]"), ERR_NONE, NULL,
	              "as many values as may be");
	check_ceiling(repeat("a=[", "0,", TOML_VALUES_MAX - 1, "]"), ERR_CEILING,
	              "too many values", "one value more");
	check_ceiling(repeat("#", "x", TOML_MAX - 1, ""), ERR_NONE, NULL,
	              "as many bytes as may be");
	check_ceiling(repeat("#", "x", TOML_MAX, ""), ERR_CEILING, "more than 262144 bytes",
	              "one byte more");
}

static void test_questions(void)
{
	struct toml t;
	struct err e;

	toml_init(&t);
	tap_good(toml_parse(&t, span_str("a = 1\nb = [2]"), &e), &e, "a document to ask");
	tap_ok(toml_member(&t, TOML_ROOT, span_str("b")) ==
	               toml_next(&t, toml_first(&t, TOML_ROOT)), "a member by its name");
	tap_ok(toml_member(&t, TOML_ROOT, span_str("c")) == TOML_NONE, "... that is not there");
	tap_ok(toml_member(&t, toml_member(&t, TOML_ROOT, span_str("b")), span_str("")) == TOML_NONE,
	       "an array has none");
	tap_ok(!toml_is_type(&t, TOML_NONE, TOML_TABLE) && toml_first(&t, TOML_NONE) == TOML_NONE &&
	               toml_next(&t, TOML_NONE) == TOML_NONE && toml_key(&t, TOML_NONE).n == 0 &&
	               toml_string(&t, TOML_NONE).n == 0 && toml_string(&t, TOML_ROOT).n == 0 &&
	               toml_number(&t, TOML_NONE) == 0, "nothing is no value");
	toml_free(&t);
}

/* Not guarded: that takes memory of its own. */
static bool parse_plain(struct span s, struct err *e)
{
	struct toml t;
	bool ok;

	toml_init(&t);
	ok = toml_parse(&t, s, e);
	toml_free(&t);
	return ok;
}

static bool once(struct err *e)
{
	return parse_plain(span_str(document), e);
}

/* Every second byte of the text is a quote, that of the growing one among them. */
static bool quotes_once(struct err *e)
{
	char text[256] = "ab='''";

	for (int i = 0; i < 100; i++)
		strcat(text, "'x");
	return parse_plain(span_str(strcat(text, "'''")), e);
}

/* Strings of one byte, so that each of them may be the one that wants more room. */
static bool long_once(struct err *e)
{
	char text[4096] = "";
	size_t n = 0;

	for (int i = 0; i < 60; i++)
		n += (size_t)sprintf(text + n, "[k%d.l]\n'm' = '''x'''\nd.e = \"\\u00e9\\n\"\n[[a%d]]\n",
		                     i, i);
	return parse_plain(span_of(text, n), e);
}

int main(void)
{
	test_good();
	test_bad();
	test_torment();
	test_ceilings();
	test_questions();
	tap_ok(failing_each("alloc", ENOMEM, ERR_MEMORY, false, once), "without memory");
	tap_ok(failing_each("alloc", ENOMEM, ERR_MEMORY, false, long_once), "... a longer one");
	tap_ok(failing_each("alloc", ENOMEM, ERR_MEMORY, false, quotes_once), "... of quotes");
	return tap_done();
}
