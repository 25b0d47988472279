/*
 * Unit tests of wire/schema under pressure: ceilings, the cost of a check, damaged bytes, and every
 * allocation failing.
 */
#include "base/limits.h"
#include "failing.h"
#include "schemas.h"

/* ---- ceilings ---- */

/* A document in the making. */
struct document {
	struct buf b;
};

static void put(struct document *d, const char *text)
{
	struct err e;

	if (!buf_add_str(&d->b, text, &e))
		abort();
}

static void put_times(struct document *d, size_t times, const char *text)
{
	while (times-- > 0)
		put(d, text);
}

static struct document begin(const char *text)
{
	struct document d;

	buf_init(&d.b, 1 << 24, "document");
	put(&d, text);
	return d;
}

/* ERR_USAGE that says so, or nothing wrong when `what` is NULL. */
static void lint(struct document *d, const char *what, const char *name)
{
	struct err e = {0};
	struct schema *s = read_span(buf_span(&d->b), true, &e);

	if (!tap_ok(what == NULL ? s != NULL : s == NULL && e.kind == ERR_USAGE &&
	                                               strstr(e.text, what) != NULL, "%s", name))
		printf("#   %s\n", s == NULL ? e.text : "accepted");
	schema_free(&s);
	buf_free(&d->b);
}

static void lint_properties(size_t count, const char *what, const char *name)
{
	struct document d = begin("{\"type\":\"object\",\"properties\":{");
	char text[64];

	for (size_t i = 0; i < count; i++) {
		snprintf(text, sizeof text, "%s\"p%zu\":{\"type\":\"null\"}", i > 0 ? "," : "", i);
		put(&d, text);
	}
	put(&d, "}}");
	lint(&d, what, name);
}

/* Objects in objects; the innermost has no properties. */
static void lint_nesting(size_t levels, const char *what, const char *name)
{
	struct document d = begin("");

	put_times(&d, levels, "{\"type\":\"object\",\"properties\":{\"a\":");
	put(&d, "{\"type\":\"object\"}");
	put_times(&d, levels, "}}");
	lint(&d, what, name);
}

/* `enums` of so many values each, each value so many characters long. */
static void lint_enums(size_t enums, size_t values, int length, const char *what, const char *name)
{
	struct document d = begin("{\"type\":\"object\",\"properties\":{");
	char text[64];

	for (size_t i = 0; i < enums; i++) {
		snprintf(text, sizeof text, "%s\"%zu\":{\"enum\":[", i > 0 ? "," : "", i);
		put(&d, text);
		for (size_t v = 0; v < values; v++) {
			snprintf(text, sizeof text, "%s\"", v > 0 ? "," : "");
			put(&d, text);
			put_times(&d, (size_t)length, "\xc3\xa9");
			put(&d, "\"");
		}
		put(&d, "]}");
	}
	put(&d, "}}");
	lint(&d, what, name);
}

static void lint_patterns(size_t count, const char *what, const char *name)
{
	struct document d = begin("{\"type\":\"object\",\"properties\":{");
	char text[100];

	for (size_t i = 0; i < count; i++) {
		snprintf(text, sizeof text, "%s\"%zu\":{\"type\":\"string\",\"pattern\":\"a{8191}\"}",
		         i > 0 ? "," : "", i);
		put(&d, text);
	}
	put(&d, "}}");
	lint(&d, what, name);
}

static void lint_size(size_t size, const char *what, const char *name)
{
	struct document d = begin("{\"type\":\"object\"");

	put_times(&d, size - d.b.n - 1, " ");
	put(&d, "}");
	lint(&d, what, name);
}

static void test_limits(void)
{
	struct document d;

	lint_properties(SCHEMA_PROPERTIES_MAX, NULL, "as many properties as can be");
	lint_properties(SCHEMA_PROPERTIES_MAX + 1, "/properties: more than 5000 properties in all", "one more");
	lint_nesting(SCHEMA_NESTING_MAX, NULL, "objects as deep as can be");
	lint_nesting(SCHEMA_NESTING_MAX + 1, "more than 10 levels of objects", "one deeper");
	lint_enums(4, SCHEMA_ENUM_MAX / 4, 100, NULL, "as many values as can be");
	lint_enums(1, SCHEMA_ENUM_MAX + 1, 1, "more than 1000 values in enums", "one more");
	lint_enums(1, SCHEMA_LONG_ENUM, 61, NULL, "an enum as long as can be");
	lint_enums(1, SCHEMA_LONG_ENUM + 50, SCHEMA_LONG_ENUM_MAX / 300, NULL, "... of more values");
	lint_enums(1, SCHEMA_LONG_ENUM + 50, SCHEMA_LONG_ENUM_MAX / 300 + 1,
	           "/properties/0/enum: an enum of more than 250", "... of one character more each");
	lint_enums(1, 1, SCHEMA_NAMES_MAX - 1, NULL, "as many characters as can be");
	lint_enums(1, 1, SCHEMA_NAMES_MAX, "more than 120000 characters in names", "one more");
	lint_patterns(SCHEMA_STATES_MAX / 8192, NULL, "as many states as can be");
	lint_patterns(SCHEMA_STATES_MAX / 8192 + 1, "the patterns have more than 65536", "one more pattern");
	lint_size(SCHEMA_MAX, NULL, "as long as can be");
	lint_size(SCHEMA_MAX + 1, "longer than 1048576 bytes", "one byte more");

	d = begin("{\"type\":\"object\",\"properties\":{\"a\":");
	put_times(&d, 70, "{\"type\":\"array\",\"items\":");
	lint(&d, "more than 64 levels", "deeper than any JSON");
	d = begin("{\"type\":\"object\",\"properties\":{\"a\":");
	put_times(&d, 61, "{\"type\":\"array\",\"items\":");
	put(&d, "{\"type\":\"object\"}");
	put_times(&d, 61, "}");
	put(&d, "}}");
	lint(&d, "strict mode wants \"additionalProperties\"", "too deep to be mended");
	d = begin("{\"type\":\"object\",\"examples\":[");
	put_times(&d, JSON_TOKENS_MAX, "1,");
	lint(&d, "more than 131072 values", "more values than any JSON");
}

/* ---- the cost of a check ---- */

/* Two alternatives that go into the same member, and fail only behind it, where a step costs little. */
#define TWICE "{\"type\":\"object\",\"properties\":{\"a\":{\"$ref\":\"#/$defs/t\"}},\"$defs\":{\"t\":{" \
	"\"anyOf\":[{\"type\":\"object\",\"properties\":{\"a\":{\"$ref\":\"#/$defs/t\"},\"z\":{\"type\":\"string\",\"pattern\":\"b|a{9990}\"}}}," \
	"{\"type\":\"object\",\"properties\":{\"a\":{\"$ref\":\"#/$defs/t\"},\"z\":{\"type\":\"string\"}}}," \
	"{\"type\":\"null\"}]}}}"

static struct document nested(size_t levels, const char *end)
{
	struct document d = begin("{\"a\":");

	put_times(&d, levels, "{\"a\":");
	put(&d, "null");
	put_times(&d, levels, end);
	put(&d, "}");
	return d;
}

static void test_cost(void)
{
	struct err e;
	struct schema *s = read_schema(TWICE, true, &e);
	struct document d = nested(60, ",\"z\":\"b\"}");

	if (!tap_good(s != NULL, &e, "alternatives in alternatives"))
		return;
	tap_good(check_span(s, buf_span(&d.b), &e), &e, "the first fits everywhere");
	buf_free(&d.b);
	d = nested(40, ",\"z\":\"\"}");
	tap_fails(check_span(s, buf_span(&d.b), &e), &e, ERR_CEILING, "the second everywhere");
	tap_is_str(span_str(e.text), "the answer takes more than 20000000 steps to check", "... the reason");
	buf_free(&d.b);
	schema_free(&s);
}

/* Every step into the answer over as many references as can be. */
static void test_levels(void)
{
	char text[4000];
	int n = sprintf(text, "{\"type\":\"object\",\"properties\":{\"a\":{\"$ref\":\"#/$defs/0\"}},\"$defs\":{");
	struct document d;
	struct schema *s;
	struct err e;

	for (int i = 0; i < SCHEMA_HOPS_MAX - 2; i++)
		n += sprintf(text + n, "\"%d\":{\"$ref\":\"#/$defs/%d\"},", i, i + 1);
	sprintf(text + n, "\"%d\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/$defs/1\"}}}}",
	        SCHEMA_HOPS_MAX - 2);
	s = read_schema(text, true, &e);
	if (!tap_good(s != NULL, &e, "references before every level"))
		return;
	d = begin("{\"a\":[[[[[[[[[[]]]]]]]]]]}");
	tap_good(check_span(s, buf_span(&d.b), &e), &e, "few levels");
	buf_free(&d.b);
	d = begin("{\"a\":");
	put_times(&d, 60, "[");
	put_times(&d, 60, "]");
	put(&d, "}");
	tap_fails(check_span(s, buf_span(&d.b), &e), &e, ERR_CEILING, "many levels");
	tap_is_str(span_str(e.text), "the answer takes more than 256 levels to check", "... the reason");
	buf_free(&d.b);
	d = begin("");
	put_times(&d, 70, "[");
	tap_fails(check_span(s, buf_span(&d.b), &e), &e, ERR_CEILING, "deeper than any JSON");
	buf_free(&d.b);
	schema_free(&s);
}

static void test_number_ceiling(void)
{
	struct err e;
	struct schema *s = read_schema(A("{\"type\":\"number\"}"), false, &e);

	tap_fails(check_span(s, span_str("{\"a\":1e1000000001}"), &e), &e, ERR_CEILING, "an exponent");
	tap_is_str(span_str(e.text), "the answer has a number with an exponent beyond 1000000000", "... named");
	schema_free(&s);
}

/* A large pattern on many texts. */
static void test_pattern_cost(void)
{
	struct err e;
	struct schema *s = read_schema(
		A("{\"type\":\"array\",\"items\":{\"type\":\"string\",\"pattern\":\"^|a{9990}\"}}"), false, &e);
	struct document d = begin("{\"a\":[");

	put_times(&d, SCHEMA_STEPS_MAX / 10000 - 10, "\"\",");
	put(&d, "\"\"]}");
	tap_good(check_span(s, buf_span(&d.b), &e), &e, "many texts");
	d.b.n -= 2;
	put_times(&d, 100, ",\"\"");
	put(&d, "]}");
	tap_fails(check_span(s, buf_span(&d.b), &e), &e, ERR_CEILING, "a pattern that costs too much");
	tap_is_str(span_str(e.text), "the answer takes more than 20000000 steps to check", "... the reason");
	buf_free(&d.b);
	schema_free(&s);
}

/* Constants of 100,000 characters, not met, many times over: in each way that equality can end. */
static void test_equality_cost(void)
{
	static const struct {
		const char *name, *before, *behind, *item;
	} kinds[] = {
		{"a string", "", "", "\"x\""},
		{"... in an array", "[null,", "]", "[null,\"x\"]"},
		{"... in an object", "{\"k\":", "}", "{\"k\":\"x\"}"},
	};

	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		struct document d = begin(A_ONLY "{\"type\":\"array\",\"items\":{\"anyOf\":[{\"const\":");
		struct schema *s;
		struct err e;

		put(&d, kinds[i].before);
		put(&d, "\"");
		put_times(&d, 100000, "e");
		put(&d, "\"");
		put(&d, kinds[i].behind);
		put(&d, "},{\"const\":");
		put(&d, kinds[i].item);
		put(&d, "}]}}" A_END);
		s = read_span(buf_span(&d.b), false, &e);
		buf_free(&d.b);
		d = begin("{\"a\":[");
		put(&d, kinds[i].item);
		for (size_t n = 0; n < SCHEMA_STEPS_MAX / (100000 / 16); n++) {
			put(&d, ",");
			put(&d, kinds[i].item);
		}
		put(&d, "]}");
		tap_fails(check_span(s, buf_span(&d.b), &e), &e, ERR_CEILING, kinds[i].name);
		buf_free(&d.b);
		schema_free(&s);
	}
}

/* A place behind long names: its beginning and its end are shown, each name whole or not at all. */
static void test_long_place(void)
{
	struct err e;
	struct schema *s = read_schema("{\"type\":\"object\",\"properties\":{"
		"\"nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn\":"
		"{\"anyOf\":[{\"$ref\":\"#\"},{\"type\":\"null\"}]}}}", true, &e);
	struct document d = begin("");

	put_times(&d, 60, "{\"nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn\":");
	put(&d, "1");
	put_times(&d, 60, "}");
	tap_ok(!check_span(s, buf_span(&d.b), &e) && e.kind == ERR_MISFIT &&
	               strstr(e.text, "nn/.../...") != NULL && strstr(e.text, "must be of type") != NULL &&
	               strlen(e.text) < ERR_TEXT_MAX - 1, "a long place");
	buf_free(&d.b);
	schema_free(&s);
}

/* ---- torment ---- */

#define ALL "{\"$schema\":\"s\",\"type\":\"object\",\"properties\":{\"a\":{\"$ref\":\"#/$defs/b~01\"}," \
	"\"c\":{\"type\":[\"string\",\"null\"],\"pattern\":\"^[a-c]+$\",\"format\":\"hostname\",\"minLength\":1}," \
	"\"d\":{\"anyOf\":[{\"enum\":[1.50,\"\\u00e9\"]},{\"type\":\"array\",\"items\":{\"const\":{\"k\":[]}}}]}}," \
	"\"$defs\":{\"b~1\":{\"type\":\"number\",\"minimum\":0,\"multipleOf\":0.5}}}"
#define ALL_ANSWER "{\"a\":2.5,\"c\":\"abc\",\"d\":[{\"k\":[]},{\"\\u006b\":[]}]}"

/* Each byte of the text replaced, and the text cut before it. */
static void torment(const char *text, void (*run)(struct span text))
{
	static const char with[] = "\0\"{}[],:\\0e-\x80~";
	size_t n = strlen(text);
	char own[1000];

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < sizeof with; k++) {
			memcpy(own, text, n);
			own[i] = with[k];
			run(span_of(own, k + 1 < sizeof with ? n : i));
		}
}

static size_t runs, wrong;

static void run_schema(struct span text)
{
	struct err e = {0};
	struct schema *s = NULL;

	runs++;
	if (schema_read(&s, text, true, &e))
		wrong += !schema_check(s, span_str("{}"), &e) && e.kind != ERR_MISFIT;
	else
		wrong += e.kind != ERR_USAGE || e.text[0] == '\0';
	schema_free(&s);
}

static void run_answer(struct span text)
{
	struct err e = {0};
	struct schema *s = read_schema(ALL, true, &e);

	runs++;
	wrong += !schema_check(s, text, &e) && e.kind != ERR_MISFIT && e.kind != ERR_CEILING;
	schema_free(&s);
}

static void test_torment(void)
{
	struct err e;
	struct schema *s = read_schema(ALL, true, &e);

	tap_good(s != NULL, &e, "a bit of everything");
	tap_good(schema_check(s, span_str(ALL_ANSWER), &e), &e, "... and an answer");
	schema_free(&s);
	torment(ALL, run_schema);
	torment(ALL_ANSWER, run_answer);
	tap_ok(runs > 5000 && wrong == 0, "damaged bytes");
}

/* ---- memory ---- */

static bool fits_once(struct err *e)
{
	struct schema *s = NULL;
	bool ok = schema_read(&s, span_str(ALL), true, e) && schema_check(s, span_str(ALL_ANSWER), e);

	schema_free(&s);
	return ok;
}

/* The failure that is wanted, and told. */
static bool refused_once(struct err *e)
{
	struct schema *s = NULL;
	bool refused = !schema_read(&s, span_str(A("{\"$ref\":\"#/a~2\"}")), true, e);

	schema_free(&s);
	return refused && e->kind == ERR_USAGE;
}

static bool twice_once(struct err *e)
{
	struct schema *s = NULL;
	bool refused = !schema_read(&s, span_str("{\"a\":1,\"a\":2}"), true, e);

	schema_free(&s);
	return refused && e->kind == ERR_USAGE;
}

static bool misfit_once(struct err *e)
{
	struct schema *s = NULL;
	bool refused = schema_read(&s, span_str(TREE), true, e) &&
	               !schema_check(s, span_str("{\"t\":{\"k\":\"mul\",\"v\":1}}"), e);

	schema_free(&s);
	return refused && e->kind == ERR_MISFIT;
}

static bool repeated_once(struct err *e)
{
	struct schema *s = NULL;
	bool refused = schema_read(&s, span_str(TREE), true, e) &&
	               !schema_check(s, span_str("{\"t\":null,\"t\":1}"), e);

	schema_free(&s);
	return refused && e->kind == ERR_MISFIT;
}

static void test_memory(void)
{
	tap_ok(failing_each("alloc", ENOMEM, ERR_MEMORY, true, fits_once), "without memory");
	tap_ok(failing_each("alloc", ENOMEM, ERR_MEMORY, true, refused_once), "... for a bad reference");
	tap_ok(failing_each("alloc", ENOMEM, ERR_MEMORY, false, twice_once), "... for a key twice");
	tap_ok(failing_each("alloc", ENOMEM, ERR_MEMORY, false, misfit_once), "... for a misfit");
	tap_ok(failing_each("alloc", ENOMEM, ERR_MEMORY, false, repeated_once), "... for a member twice");
}

int main(void)
{
	test_limits();
	test_cost();
	test_levels();
	test_number_ceiling();
	test_pattern_cost();
	test_equality_cost();
	test_long_place();
	test_torment();
	test_memory();
	return tap_done();
}
