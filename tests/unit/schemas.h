/*
 * schemas - what the tests of wire/schema share: schemas and answers in guarded copies, and the usual
 * pieces of a schema.
 */
#ifndef SCHEMAS_H
#define SCHEMAS_H

#include "tap.h"
#include "wire/schema.h"

#define CLOSED "\"additionalProperties\":false"
#define A_ONLY "{\"type\":\"object\",\"properties\":{\"a\":"
#define A_END "},\"required\":[\"a\"]," CLOSED "}"

/* An object with one property, a, of that schema. */
#define A(schema) A_ONLY schema A_END

/* Alternatives that recur. */
#define TREE "{\"type\":\"object\",\"properties\":{\"t\":{\"$ref\":\"#/$defs/t\"}},\"required\":[\"t\"]," CLOSED \
	",\"$defs\":{\"t\":{\"anyOf\":[" \
	"{\"type\":\"object\",\"properties\":{\"l\":{\"$ref\":\"#/$defs/t\"},\"r\":{\"$ref\":\"#/$defs/t\"}," \
	"\"k\":{\"type\":\"string\",\"const\":\"add\"}},\"required\":[\"l\",\"r\",\"k\"]," CLOSED "}," \
	"{\"type\":\"object\",\"properties\":{\"v\":{\"type\":\"integer\"}," \
	"\"k\":{\"enum\":[\"num\"]}},\"required\":[\"v\",\"k\"]," CLOSED "},{\"type\":\"null\"}]}}}"

/* Reads a guarded copy, which is gone afterwards. */
__attribute__((unused))
static struct schema *read_span(struct span text, bool fix, struct err *e)
{
	struct span own = tap_guard(text);
	struct schema *s = NULL;
	bool ok = schema_read(&s, own, fix, e);

	tap_unguard(own);
	if (ok != (s != NULL))
		abort();
	return s;
}

__attribute__((unused))
static struct schema *read_schema(const char *text, bool fix, struct err *e)
{
	return read_span(span_str(text), fix, e);
}

__attribute__((unused))
static bool check_span(const struct schema *s, struct span answer, struct err *e)
{
	struct span own = tap_guard(answer);
	bool ok = schema_check(s, own, e);

	tap_unguard(own);
	return ok;
}

#endif
