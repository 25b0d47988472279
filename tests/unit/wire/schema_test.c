/*
 * Unit tests of wire/schema: what is sent, what the lint refuses and where, what fits and what is said
 * of what does not, references and formats.
 */
#include "base/limits.h"
#include "schemas.h"

/* ---- what is sent ---- */

static const struct {
	const char *name, *text, *want;
	bool fix;
} sent[] = {
	{"as it is, on one line", " {\n\t\"type\" : \"object\",\r\n " CLOSED "\n}\n",
	 "{\"type\":\"object\"," CLOSED "}", false},
	{"behind a byte order mark", "\xef\xbb\xbf{\"type\":\"object\"," CLOSED "}",
	 "{\"type\":\"object\"," CLOSED "}", false},
	{"numbers and escapes as they stand",
	 A_ONLY "{\"type\":\"number\",\"minimum\":1.0e+2,\"title\":\"\\u00e9\\/\"}" A_END,
	 A_ONLY "{\"type\":\"number\",\"minimum\":1.0e+2,\"title\":\"\\u00e9\\/\"}" A_END, false},
	{"nothing to mend", A_ONLY "{\"type\":\"null\"}" A_END, A_ONLY "{\"type\":\"null\"}" A_END, true},
	{"an empty object", "{\"type\":\"object\"}", "{\"type\":\"object\"," CLOSED "}", true},
	{"an empty name", "{\"type\":\"object\",\"properties\":{\"\":{\"type\":\"null\"}}}",
	 "{\"type\":\"object\",\"properties\":{\"\":{\"type\":\"null\"}},\"required\":[\"\"]," CLOSED "}", true},
	{"both are added", A_ONLY "{\"type\":\"null\"}}}", A_ONLY "{\"type\":\"null\"}" A_END, true},
	{"required is completed where it stands",
	 "{\"required\":[\"b\"],\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"null\"},"
	 "\"b\":{\"type\":\"null\"}}}",
	 "{\"required\":[\"a\",\"b\"],\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"null\"},"
	 "\"b\":{\"type\":\"null\"}}," CLOSED "}", true},
	{"in every place of a schema",
	 "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"array\",\"items\":{\"type\":[\"null\",\"object\"]}},"
	 "\"b\":{\"anyOf\":[{\"type\":\"object\"}]}},\"$defs\":{\"c\":{\"type\":\"object\"}},"
	 "\"definitions\":{\"d\":{\"type\":\"object\"}}}",
	 "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"array\",\"items\":{\"type\":[\"null\",\"object\"],"
	 CLOSED "}},\"b\":{\"anyOf\":[{\"type\":\"object\"," CLOSED "}]}},\"$defs\":{\"c\":{\"type\":\"object\","
	 CLOSED "}},\"definitions\":{\"d\":{\"type\":\"object\"," CLOSED "}},\"required\":[\"a\",\"b\"]," CLOSED
	 "}", true},
	{"not where no schema stands",
	 A_ONLY "{\"const\":{\"type\":\"object\"},\"examples\":[{\"type\":\"object\"}]}" A_END,
	 A_ONLY "{\"const\":{\"type\":\"object\"},\"examples\":[{\"type\":\"object\"}]}" A_END, true},
	{"a property called properties",
	 "{\"type\":\"object\",\"properties\":{\"properties\":{\"type\":\"object\"}}}",
	 "{\"type\":\"object\",\"properties\":{\"properties\":{\"type\":\"object\"," CLOSED
	 "}},\"required\":[\"properties\"]," CLOSED "}", true},
};

static void test_sent(void)
{
	for (size_t i = 0; i < sizeof sent / sizeof sent[0]; i++) {
		struct err e;
		struct schema *s = read_schema(sent[i].text, sent[i].fix, &e), *again;

		if (!tap_good(s != NULL, &e, sent[i].name))
			continue;
		tap_is_str(schema_text(s), sent[i].want, "... its text");
		again = read_span(schema_text(s), true, &e);
		if (tap_good(again != NULL, &e, "... mended again"))
			tap_is_span(schema_text(again), schema_text(s), "... it is the same");
		schema_free(&again);
		schema_free(&s);
		schema_free(&s);
	}
}

/* ---- what is refused ---- */


static const struct {
	const char *text, *what;
} bad[] = {
	{"", "bad JSON at byte 0"},
	{"{\"type\":\"object\",}", "bad JSON at byte 17"},
	{"{}{}", "bad JSON at byte 2"},
	{"[]", "(root): must be a schema"},
	{"true", "(root): must be a schema"},
	{"{}", "(root): must be of type \"object\""},
	{"{\"type\":\"array\",\"items\":{\"type\":\"null\"}}", "(root): must be of type \"object\""},
	{"{\"type\":[\"object\",\"null\"]," CLOSED "}", "(root): must be of type \"object\""},
	{"{\"$ref\":\"#/$defs/a\",\"$defs\":{\"a\":{\"type\":\"object\"," CLOSED "}}}",
	 "(root): must be of type \"object\""},
	{"{\"anyOf\":[{\"type\":\"object\"," CLOSED "}]}", "/anyOf: strict mode does not allow it at the root"},
	{"{\"type\":\"object\"}", "(root): strict mode wants \"additionalProperties\": false"},
	{"{\"type\":\"object\",\"additionalProperties\":true}", "/additionalProperties: strict mode has no"},
	{"{\"type\":\"object\",\"additionalProperties\":{\"type\":\"null\"}}", "/additionalProperties: strict mode"},
	{A_ONLY "{\"type\":\"null\"}}," CLOSED "}", "/properties/a: strict mode wants it in \"required\""},
	{A_ONLY "{\"type\":\"null\"}},\"required\":[\"a\",\"b\"]," CLOSED "}", "/required/1: no such property"},
	{A_ONLY "{\"type\":\"null\"}},\"required\":[\"a\",\"a\"]," CLOSED "}", "/required/1: the same property twice"},
	{A_ONLY "{\"type\":\"null\"}},\"required\":\"a\"," CLOSED "}", "/required: must be an array of strings"},
	{A_ONLY "{\"type\":\"null\"}},\"required\":[1]," CLOSED "}", "/required/0: must be a string"},
	{A("{\"properties\":{}}"), "/properties/a: says nothing"},
	{A("{\"type\":\"null\",\"properties\":{}}"), "/properties/a: strict mode wants \"additionalProperties\""},
	{A("{\"type\":\"null\",\"type\":\"null\"}"), "/properties/a/type: the same key twice"},
	{"{\"type\":\"object\",\"properties\":{\"\\u0061\":{},\"a\":{}}," CLOSED "}",
	 "/properties/a: the same key twice"},
	{A("true"), "/properties/a: must be a schema"},
	{A("{}"), "/properties/a: says nothing"},
	{A("{\"description\":\"x\"}"), "/properties/a: says nothing"},
	{A("{\"type\":\"array\"}"), "/properties/a: an array wants \"items\""},
	{A("{\"type\":\"array\",\"items\":[{\"type\":\"null\"}]}"), "/properties/a/items: must be a schema"},
	{A("{\"type\":\"text\"}"), "/properties/a/type: must be the name of a type"},
	{A("{\"type\":[]}"), "/properties/a/type: must be the name of a type"},
	{A("{\"type\":[\"null\",1]}"), "/properties/a/type/1: no such type"},
	{A("{\"type\":[\"null\",\"null\"]}"), "/properties/a/type/1: a type twice"},
	{A("{\"type\":{}}"), "/properties/a/type: must be the name of a type"},
	{A("{\"enum\":[]}"), "/properties/a/enum: must be an array that is not empty"},
	{A("{\"enum\":{\"a\":1}}"), "/properties/a/enum: must be an array that is not empty"},
	{A("{\"type\":\"string\",\"enum\":[\"a\",1]}"), "/properties/a/enum/1: is not of the type"},
	{A("{\"type\":\"integer\",\"const\":1.5}"), "/properties/a/const: is not of the type"},
	{A("{\"anyOf\":[]}"), "/properties/a/anyOf: must be an array that is not empty"},
	{A("{\"anyOf\":[{\"type\":\"null\"},{}]}"), "/properties/a/anyOf/1: says nothing"},
	{A("{\"type\":\"null\",\"title\":1}"), "/properties/a/title: must be a string"},
	{A("{\"type\":\"null\",\"$id\":\"x\"}"), "/properties/a/$id: may stand at the root only"},
	{A("{\"type\":\"null\",\"$schema\":\"x\"}"), "/properties/a/$schema: may stand at the root only"},
	{"{\"type\":\"object\",\"properties\":[]," CLOSED "}", "/properties: must be an object of schemas"},
	{A("{\"type\":\"number\",\"minimum\":\"1\"}"), "/properties/a/minimum: must be a number"},
	{A("{\"type\":\"number\",\"exclusiveMinimum\":true}"), "/properties/a/exclusiveMinimum: must be a number"},
	{A("{\"type\":\"number\",\"minimum\":1e9999999999}"), "/properties/a/minimum: its exponent is beyond"},
	{A("{\"type\":\"number\",\"multipleOf\":0}"), "/properties/a/multipleOf: must be above zero"},
	{A("{\"type\":\"number\",\"multipleOf\":-1}"), "/properties/a/multipleOf: must be above zero"},
	{A("{\"type\":\"number\",\"multipleOf\":1.234567890123456789}"), "/properties/a/multipleOf: must be above"},
	{A("{\"type\":\"string\",\"minLength\":-1}"), "/properties/a/minLength: must be a whole number"},
	{A("{\"type\":\"string\",\"maxLength\":1.5}"), "/properties/a/maxLength: must be a whole number"},
	{A("{\"type\":\"string\",\"maxLength\":1e30}"), "/properties/a/maxLength: must be a whole number"},
	{A("{\"type\":\"string\",\"minLength\":3,\"maxLength\":2}"), "/properties/a/minLength: no value is above"},
	{A("{\"type\":\"number\",\"minimum\":2,\"maximum\":1.9}"), "/properties/a/minimum: no value is above"},
	{A("{\"type\":\"number\",\"minimum\":2,\"exclusiveMaximum\":2.0}"), "/properties/a/minimum: no value"},
	{A("{\"type\":\"number\",\"exclusiveMinimum\":2,\"maximum\":2}"), "/properties/a/exclusiveMinimum: no"},
	{A("{\"type\":\"number\",\"exclusiveMinimum\":2,\"exclusiveMaximum\":2}"), "/properties/a/exclusiveMin"},
	{A("{\"type\":\"array\",\"items\":{\"type\":\"null\"},\"minItems\":2,\"maxItems\":1}"),
	 "/properties/a/minItems: no value is above this and below \"maxItems\""},
	{A("{\"type\":\"string\",\"pattern\":\"a(?=b)\"}"),
	 "/properties/a/pattern: bad pattern at character 2: looking ahead"},
	{A("{\"type\":\"string\",\"pattern\":1}"), "/properties/a/pattern: must be a string"},
	{A("{\"type\":\"string\",\"format\":\"uri\"}"), "/properties/a/format: strict mode has only the formats"},
	{A("{\"$ref\":\"other.json\"}"), "/properties/a/$ref: points out of the document"},
	{A("{\"$ref\":\"\"}"), "/properties/a/$ref: points out of the document"},
	{A("{\"$ref\":\"#anchor\"}"), "/properties/a/$ref: an anchor: must be"},
	{A("{\"$ref\":\"#/$defs/b\"}"), "/properties/a/$ref: points to no schema"},
	{A("{\"$ref\":\"#/properties\"}"), "/properties/a/$ref: points to no schema"},
	{A("{\"$ref\":\"#/required/0\"}"), "/properties/a/$ref: points to no schema"},
	{A("{\"$ref\":\"#/required/00\"}"), "/properties/a/$ref: points to no schema"},
	{A("{\"$ref\":\"#/required/x/y\"}"), "/properties/a/$ref: points to no schema"},
	{A("{\"$ref\":\"#/a~2\"}"), "/properties/a/$ref: no JSON Pointer"},
	{A("{\"$ref\":\"#/a~\"}"), "/properties/a/$ref: no JSON Pointer"},
	{A("{\"$ref\":\"#/a%2\"}"), "/properties/a/$ref: no JSON Pointer"},
	{A("{\"$ref\":1}"), "/properties/a/$ref: must be a string"},
	{A("{\"$ref\":\"#\",\"description\":\"x\"}"), "/properties/a/description: cannot stand beside $ref"},
	{A("{\"$ref\":\"#/properties/a\"}"), "/properties/a: refers to itself without an end"},
	{A("{\"anyOf\":[{\"type\":\"null\"},{\"$ref\":\"#/properties/a\"}]}"),
	 "/properties/a: refers to itself without an end"},
};

/* Keywords strict mode does not have. */
static const char *const foreign[] = {
	"allOf", "not", "oneOf", "if", "then", "else", "dependentRequired", "dependentSchemas",
	"patternProperties", "propertyNames", "unevaluatedProperties", "unevaluatedItems", "prefixItems",
	"contains", "minContains", "maxContains", "uniqueItems", "minProperties", "maxProperties",
	"contentEncoding", "contentMediaType", "default", "nullable", "$anchor", "Type", "",
};

static void refuse(const char *text, const char *what)
{
	struct err e = {0};
	struct schema *s = read_schema(text, false, &e);

	if (!tap_ok(s == NULL && e.kind == ERR_USAGE && span_starts(span_str(e.text), what), "%s", what))
		printf("#   %s: %s\n", text, s == NULL ? e.text : "accepted");
	schema_free(&s);
}

static void test_bad(void)
{
	char text[400], what[200];

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		refuse(bad[i].text, bad[i].what);
	for (size_t i = 0; i < sizeof foreign / sizeof foreign[0]; i++) {
		snprintf(text, sizeof text, A("{\"type\":\"null\",\"%s\":1}"), foreign[i]);
		snprintf(what, sizeof what, "/properties/a/%s: strict mode does not have this keyword", foreign[i]);
		refuse(text, what);
	}
	refuse("{\"type\":\"object\",\"a~b/c\\u0007\\n\":1}", "/<a name of 7 bytes>: strict mode");
	refuse("{\"type\":\"object\",\"a~b/c\":1}", "/a~0b~1c: strict mode");
}

/* ---- what fits ---- */

/* `answer` is the value of property a; with a schema that begins with "{\"type\":\"object\"", all of it. */
static const struct {
	const char *schema, *answer, *misfit; /* NULL: it fits */
} rows[] = {
	{"{\"type\":\"null\"}", "null", NULL},
	{"{\"type\":\"null\"}", "0", "/a: must be of type null, got 0"},
	{"{\"type\":[\"string\",\"null\"]}", "[]", "/a: must be of type string or null, got an array"},
	{"{\"type\":\"boolean\"}", "false", NULL},
	{"{\"type\":\"boolean\"}", "{}", "/a: must be of type boolean, got an object"},
	{"{\"type\":\"integer\"}", "1.0", NULL},
	{"{\"type\":\"integer\"}", "1e3", NULL},
	{"{\"type\":\"integer\"}", "-0", NULL},
	{"{\"type\":\"integer\"}", "1.5", "/a: must be of type integer, got 1.5"},
	{"{\"type\":\"number\"}", "1e400", NULL},
	{"{\"type\":\"number\"}", "1", NULL},
	{"{\"type\":\"number\"}", "\"1\"", "/a: must be of type number, got \"1\""},
	{"{\"type\":\"number\",\"minimum\":0.3}", "0.29999999999999999999", "/a: must be at least 0.3, got 0.2999"},
	{"{\"type\":\"number\",\"minimum\":0.3}", "0.30", NULL},
	{"{\"type\":\"number\",\"maximum\":1e400}", "1e401", "/a: must be at most 1e400, got 1e401"},
	{"{\"type\":\"number\",\"maximum\":1e400}", "1e400", NULL},
	{"{\"type\":\"number\",\"exclusiveMinimum\":0}", "-0.0", "/a: must be greater than 0, got -0.0"},
	{"{\"type\":\"number\",\"exclusiveMinimum\":0}", "1e-400", NULL},
	{"{\"type\":\"number\",\"exclusiveMaximum\":1}", "1.0", "/a: must be less than 1, got 1.0"},
	{"{\"type\":\"number\",\"exclusiveMaximum\":1}", "0.9", NULL},
	{"{\"type\":\"number\",\"multipleOf\":0.01}", "19.99", NULL},
	{"{\"type\":\"number\",\"multipleOf\":0.01}", "19.999", "/a: must be a multiple of 0.01, got 19.999"},
	{"{\"type\":\"string\",\"minLength\":2}", "\"\\ud83d\\ude00\"", "/a: must have at least 2 characters"},
	{"{\"type\":\"string\",\"minLength\":2}", "\"\xc3\xa9\\u00e9\"", NULL},
	{"{\"type\":\"string\",\"maxLength\":1}", "\"\xf0\x9f\x98\x80\"", NULL},
	{"{\"type\":\"string\",\"maxLength\":1e0}", "\"ab\"", "/a: must have at most 1e0 characters, got \"ab\""},
	{"{\"type\":\"string\",\"pattern\":\"^\\\\d+$\"}", "\"12\\u0033\"", NULL},
	{"{\"type\":\"string\",\"pattern\":\"^\\\\d+$\"}", "\"12a\"", "/a: must match the pattern \"^\\\\d+$\", got"},
	{"{\"type\":\"string\",\"format\":\"date\"}", "\"2024-02-29\"", NULL},
	{"{\"type\":\"string\",\"format\":\"date\"}", "\"2023-02-29\"", "/a: must have the format \"date\", got"},
	{"{\"type\":\"string\"}", "\"\"", NULL},
	{"{\"const\":1}", "1.00", NULL},
	{"{\"const\":1}", "true", "/a: must be 1, got true"},
	{"{\"const\":\"\\u0061b\"}", "\"a\\u0062\"", NULL},
	{"{\"const\":{\"a\":[1,{}],\"b\":null}}", "{\"b\":null,\"\\u0061\":[1.0,{}]}", NULL},
	{"{\"const\":{\"a\":[1,{}],\"b\":null}}", "{\"b\":null,\"c\":[1,{}]}", "/a: must be an object, got an object"},
	{"{\"const\":{\"a\":1}}", "{\"a\":1,\"b\":2}", "/a: must be an object"},
	{"{\"const\":[1,2]}", "[2,1]", "/a: must be an array, got an array"},
	{"{\"const\":[1,2]}", "[1]", "/a: must be an array, got an array"},
	{"{\"const\":1e999}", "1e999", NULL},
	{"{\"enum\":[\"a\",2,null,[],\"b\",\"c\",\"d\"]}", "2", NULL},
	{"{\"enum\":[\"a\",2,null,[],\"b\",\"c\",\"d\"]}", "\"B\"",
	 "/a: must be one of \"a\", 2, null, an array, \"b\" and 2 more, got \"B\""},
	{"{\"type\":\"array\",\"items\":{\"type\":\"null\"}}", "[]", NULL},
	{"{\"type\":\"array\",\"items\":{\"type\":\"null\"}}", "[null,1]", "/a/1: must be of type null, got 1"},
	{"{\"type\":\"array\",\"items\":{\"type\":\"null\"},\"minItems\":2}", "[null]",
	 "/a: must have at least 2 items, got 1"},
	{"{\"type\":\"array\",\"items\":{\"type\":\"null\"},\"maxItems\":0}", "[null]", "/a: must have at most 0 items"},
	{"{\"anyOf\":[{\"type\":\"string\"},{\"type\":\"null\"}]}", "null", NULL},
	{"{\"anyOf\":[{\"type\":\"string\"},{\"type\":\"null\"}]}", "3",
	 "/a: fits none of the 2 alternatives; by the nearest, /a: must be of type string, got 3"},
	{"{\"anyOf\":[{\"type\":\"null\"},{\"type\":\"string\",\"minLength\":2}]}", "\"x\"", "/a: must have at least 2"},
	{"{\"type\":\"integer\",\"anyOf\":[{\"type\":\"number\",\"minimum\":3}]}", "3.5", "/a: must be of type integer"},
	{TREE, "{\"t\":null}", NULL},
	{TREE, "{\"t\":{\"k\":\"add\",\"l\":{\"v\":1,\"k\":\"num\"},\"r\":null}}", NULL},
	{TREE, "{\"t\":{\"l\":{\"v\":1.5,\"k\":\"num\"},\"r\":null,\"k\":\"add\"}}", "/t/l/v: must be of type integer"},
	{TREE, "{\"t\":{\"l\":null,\"k\":\"add\"}}", "/t: lacks the property \"r\""},
	{TREE, "{\"t\":{\"v\":1,\"k\":\"mul\"}}",
	 "/t: fits none of the 3 alternatives; by the nearest, /t/k: must be \"add\", got \"mul\""},
	{TREE, "{\"t\":{\"v\":1,\"k\":\"num\",\"w\":2}}", "/t/w: no such property is allowed, only \"v\", \"k\""},
	{TREE, "{}", "(root): lacks the property \"t\""},
	{TREE, "[]", "(root): must be of type object, got an array"},
	{TREE, "{\"t\":null,\"t\":null}", "/t: the same property twice"},
	{"{\"type\":\"object\"," CLOSED "}", "{\"a\":1}", "/a: no such property is allowed, only an empty object"},
	{"{\"type\":\"object\"," CLOSED "}", " {} \n", NULL},
	{"{\"type\":\"object\"," CLOSED "}", "", "the answer must be one JSON text and nothing else: bad JSON at byte 0"},
	{"{\"type\":\"object\"," CLOSED "}", "{", "the answer must be one JSON text and nothing else: bad JSON"},
	{"{\"type\":\"object\"," CLOSED "}", "{\"\\u0007\":1}", "/<a name of 1 bytes>: no such property"},
	{"{\"type\":\"object\"," CLOSED "}", "{\"\xc2\x9b\":1}", "/<a name of 2 bytes>: no such property"},
	{"{\"const\":\"x\"}", "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"",
	 "/a: must be \"x\", got a string of 70 bytes"},
	{"{\"const\":\"x\"}", "1111111111111111111111111111111111111111111111111111111111111111111111",
	 "/a: must be \"x\", got a number of 70 digits"},
};

static void test_fit(void)
{
	char schema[2000], answer[400];

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		bool whole = span_starts(span_str(rows[i].schema), "{\"type\":\"object\"");
		struct schema *s;
		struct err e;
		bool ok;

		snprintf(schema, sizeof schema, whole ? "%s" : A("%s"), rows[i].schema);
		snprintf(answer, sizeof answer, whole ? "%s" : "{\"a\":%s}", rows[i].answer);
		s = read_schema(schema, false, &e);
		if (!tap_good(s != NULL, &e, rows[i].schema))
			continue;
		ok = check_span(s, span_str(answer), &e);
		if (!tap_ok(ok ? rows[i].misfit == NULL : rows[i].misfit != NULL && e.kind == ERR_MISFIT &&
		                                          span_starts(span_str(e.text), rows[i].misfit),
		            "... %s: %s", rows[i].answer, rows[i].misfit == NULL ? "fits" : rows[i].misfit))
			printf("#   %s\n", ok ? "fits" : e.text);
		schema_free(&s);
	}
}

/* What a model puts around its JSON. */
static void test_hints(void)
{
	static const struct {
		const char *answer, *hint;
	} hints[] = {
		{"```json\n{}\n```", "wrapped in a ``` fence"},
		{" \n```\n{}", "wrapped in a ``` fence"},
		{"Here it is: {}", "text before the JSON"},
		{"the answer", "text before the JSON"},
		{"{} I hope this helps", "text behind the JSON"},
		{"{}\n```", "text behind the JSON"},
		{"  ", "it is empty"},
	};
	struct err e;
	struct schema *s = read_schema("{\"type\":\"object\"," CLOSED "}", false, &e);

	for (size_t i = 0; i < sizeof hints / sizeof hints[0]; i++)
		tap_ok(!check_span(s, span_str(hints[i].answer), &e) && e.kind == ERR_MISFIT &&
		               span_ends(span_str(e.text), hints[i].hint), "%s", hints[i].hint);
	tap_ok(!check_span(s, span_str("{\"a\""), &e) && strchr(e.text, ';') == NULL, "no hint");
	tap_ok(!check_span(s, span_of("\0{}", 3), &e) && e.kind == ERR_MISFIT, "a NUL before the JSON");
	schema_free(&s);
}

/* ---- references ---- */

static void test_refs(void)
{
	static const char text[] =
		"{\"type\":\"object\",\"properties\":{\"a\":{\"$ref\":\"#/%24defs/x~1y/anyOf/1\"},"
		"\"b\":{\"anyOf\":[{\"$ref\":\"#\"},{\"type\":\"null\"}]},"
		"\"c\":{\"$ref\":\"#/definitions/~0\"},\"d\":{\"$ref\":\"#/properties/c\"}},"
		"\"$defs\":{\"x/y\":{\"anyOf\":[{\"type\":\"null\"},{\"type\":\"integer\"}]}},"
		"\"definitions\":{\"~\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/properties/d\"}}}}";
	struct err e;
	struct schema *s = read_schema(text, true, &e);

	if (!tap_good(s != NULL, &e, "references of every kind"))
		return;
	tap_good(check_span(s, span_str("{\"a\":1,\"b\":null,\"c\":[[],[[]]],\"d\":[]}"), &e), &e, "they fit");
	tap_ok(!check_span(s, span_str("{\"a\":1,\"b\":{\"a\":null,\"b\":null,\"c\":[],\"d\":[]},\"c\":[],\"d\":[]}"),
	                   &e) && strstr(e.text, "/b/a: must be of type integer") != NULL, "a misfit behind one");
	tap_ok(!check_span(s, span_str("{\"a\":1,\"b\":null,\"c\":[[[3]]],\"d\":[]}"), &e) &&
	               span_starts(span_str(e.text), "/c/0/0/0: must be of type array"), "... behind many");
	schema_free(&s);
}

/* `hops` references, one behind the other. */
static struct schema *read_chain(unsigned hops, bool forward, struct err *e)
{
	char text[8000];
	int n = sprintf(text, "{\"type\":\"object\",\"properties\":{\"a\":{\"$ref\":\"#/$defs/%u\"}},\"$defs\":{",
	                forward ? 1 : hops - 1);

	for (unsigned i = 1; i < hops; i++) {
		bool last = forward ? i + 1 == hops : i == 1;

		n += sprintf(text + n, "%s\"%u\":", i == 1 ? "" : ",", i);
		n += last ? sprintf(text + n, "{\"type\":\"null\"}")
		          : sprintf(text + n, "{\"$ref\":\"#/$defs/%u\"}", forward ? i + 1 : i - 1);
	}
	sprintf(text + n, "}}");
	return read_schema(text, true, e);
}

static void test_hops(void)
{
	for (int forward = 0; forward < 2; forward++) {
		struct err e;
		struct schema *s = read_chain(SCHEMA_HOPS_MAX, forward, &e);

		tap_good(s != NULL, &e, "as many references as can be");
		schema_free(&s);
		s = read_chain(SCHEMA_HOPS_MAX + 1, forward, &e);
		tap_ok(s == NULL && strstr(e.text, "more than 16 $ref and anyOf") != NULL, "one more");
		schema_free(&s);
	}
}

/* ---- formats ---- */

static const struct {
	const char *format, *good, *bad; /* separated by blanks; '_' stands for one */
} formats[] = {
	{"date", "2024-02-29 2000-02-29 0000-01-01 9999-12-31", "2023-02-29 1900-02-29 2024-13-01 2024-00-01 "
	 "2024-04-31 2024-4-01 24-04-01 2024-04-01T 2024/04/01 20240401 +2024-04-01 2024-04-0x"},
	{"time", "12:00:00Z 23:59:59.123456789z 00:00:00+00:00 12:00:00-23:59 23:59:60Z 00:59:60+01:00 "
	 "22:29:60-01:30", "12:00:00 24:00:00Z 12:60:00Z 12:00:61Z 12:00:60Z 12:00Z 12:00:00.Z 12:00:00+24:00 "
	 "12:00:00+01:60 12:00:00+0100 12:00:00ZZ 1:00:00Z 22:59:60Z 12-00-00Z"},
	{"date-time", "2024-02-29T12:00:00Z 2024-02-29t12:00:00.5+01:00 1990-12-31T23:59:60Z",
	 "2024-02-29_12:00:00Z 2024-02-30T12:00:00Z 2024-02-29 2024-02-29T12:00:00 2024-02-29T12:00:00Zx"},
	{"duration", "P1Y P1Y2M3D P1Y2M3DT4H5M6S PT1S P1D P2W PT0S P1Y3D P1DT12H PT1H30S",
	 "P PT P1 1Y P1YT P1M2Y P1S PT1D P1W2D P1Y2W P-1D P1.5D PT1M1H p1d P1YX P1DT"},
	{"email", "a@b a.b+c@example.com \"a_b\"@example.com \"a\\\"b\"@x.y j@[127.0.0.1] j@[IPv6:::1] ~t@e.com",
	 "a a@ @b .a@b a.@b a..b@c a_b@c a@b=c a@-b a@[127.0.0.300] a@[IPv6:zz] \"a@b \"a\"b\"@c \"a\\\"@b"},
	{"hostname", "a example.com a-b.c1 1.2 xn--4gbwdl.xn--wgbh1c", "-a a- a..b .a a. a_b a_.b \xc3\xa9.de "
	 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},
	{"ipv4", "127.0.0.1 0.0.0.0 255.255.255.255", "256.0.0.1 1.2.3 1.2.3.4.5 01.2.3.4 ::1 1.2.3.4_"},
	{"ipv6", "::1 :: 2001:db8::8a2e:370:7334 ::ffff:1.2.3.4", "1.2.3.4 ::1::2 12345:: :1 fe80::1%eth0"},
	{"uuid", "2EB8AA08-aa98-11ea-B4AA-73B441D16380 00000000-0000-0000-0000-000000000000",
	 "2eb8aa08-aa98-11ea-b4aa-73b441d1638 2eb8aa08aa9811eab4aa73b441d16380 2eb8aa08-aa98-11ea-b4aa-73b441d1638g "
	 "2eb8aa08-aa98-11ea-b4aa73b441d16380- 2eb8aa08-aa98-11ea-b4aa-73b441d163800"},
};

static void put_answer(char *out, struct span text)
{
	out += sprintf(out, "{\"a\":\"");
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] == '"' || text.p[i] == '\\')
			out += sprintf(out, "\\%c", text.p[i]);
		else
			*out++ = text.p[i] == '_' ? ' ' : (char)text.p[i];
	strcpy(out, "\"}");
}

static void check_format(const struct schema *s, const char *texts, bool want)
{
	struct span all = span_str(texts);
	char answer[200];
	struct err e;

	for (size_t at = 0, end; at < all.n; at = end + 1) {
		end = span_find(all, ' ', at);
		put_answer(answer, span_cut(all, at, end));
		tap_ok(check_span(s, span_str(answer), &e) == want, "%s %s", answer, want ? "fits" : "does not fit");
	}
}

static void test_formats(void)
{
	char schema[300];

	for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
		struct schema *s;
		struct err e;

		snprintf(schema, sizeof schema, A("{\"type\":\"string\",\"format\":\"%s\"}"), formats[i].format);
		s = read_schema(schema, false, &e);
		if (!tap_good(s != NULL, &e, formats[i].format))
			continue;
		check_format(s, formats[i].good, true);
		check_format(s, formats[i].bad, false);
		tap_ok(!check_span(s, span_str("{\"a\":\"\"}"), &e), "an empty %s", formats[i].format);
		schema_free(&s);
	}
}

int main(void)
{
	test_sent();
	test_bad();
	test_fit();
	test_hints();
	test_refs();
	test_hops();
	test_formats();
	return tap_done();
}
