/*
 * schema - the JSON Schema of a structured answer: is it one that strict mode takes, and does an
 * answer fit it.
 *
 * The subset is that of strict structured outputs (OpenAI's guide "Structured model outputs", and
 * observed, November 2026), with the meaning JSON Schema 2020-12 gives it:
 *
 *   type enum const properties required additionalProperties items anyOf $ref $defs definitions
 *   minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength minItems
 *   maxItems pattern format; beside them title description $comment examples deprecated readOnly
 *   writeOnly, and $schema and $id at the root
 *
 * Any other keyword is an error, `default` too, which strict mode is known to refuse; the last four
 * annotations are let through, since nothing is known against them and they say nothing about
 * an answer. $ref stands alone, points into the document, and may recur.
 *
 * Pure and exact: numbers are decimals of any length, strings are compared after unescaping and
 * measured in characters, equality is deep.
 */
#ifndef WIRE_SCHEMA_H
#define WIRE_SCHEMA_H

#include "base/buf.h"

struct schema; /* opaque, owned */

/*
 * Reads `text` and checks it against the rules of strict mode. With `fix`, every object schema that
 * lacks it gets additionalProperties:false, and "required" names all properties, in their order;
 * that is idempotent, and enough unless something else is wrong.
 *
 * ERR_USAGE says where, as a JSON Pointer (RFC 6901) into the schema as it is sent, and what:
 * "/properties/a: ..."; the root is "(root)". Also for the ceilings. ERR_MEMORY.
 */
MUST bool schema_read(struct schema **out, struct span text, bool fix, struct err *e);

/* As it is to be sent: valid JSON on one line, until schema_free. */
struct span schema_text(const struct schema *s);

/*
 * Is `answer` one JSON text that fits? ERR_MISFIT says where, as a JSON Pointer into the answer,
 * and what, for a model to read, on one line; what is long is left out, never cut. White space
 * around the text is allowed. ERR_CEILING: SCHEMA_STEPS_MAX, SCHEMA_LEVELS_MAX,
 * DECIMAL_EXPONENT_MAX and those of wire/json. ERR_MEMORY.
 */
MUST bool schema_check(const struct schema *s, struct span answer, struct err *e);

void schema_free(struct schema **s); /* may be called twice */

#endif
