/*
 * json - RFC 8259, incremental, exact.
 *
 * A byte-level state machine (json_scan) checks grammar, escapes, UTF-8 and depth and sees
 * each byte once; jsmn makes the tokens and is called only where no token is cut and only
 * when enough is unseen, so that the cost is linear whatever the chunking. The text itself
 * stays with the caller: a document is offsets into it.
 *
 * Ceilings (ERR_CEILING by name): JSON_TOKENS_MAX values and names, JSON_DEPTH_MAX levels,
 * JSON_TEXT_MAX bytes. Everything else that is wrong is ERR_PROTOCOL with the offset of the
 * first offending byte. ERR_MEMORY. What is wrong does not depend on the chunking; when it is
 * told does, by less than JSON_STEP bytes.
 */
#ifndef WIRE_JSON_H
#define WIRE_JSON_H

#include "wire/json_scan.h"

enum json_type {
	JSON_NULL,
	JSON_FALSE,
	JSON_TRUE,
	JSON_NUMBER,
	JSON_STRING,
	JSON_ARRAY,
	JSON_OBJECT,
};

/* A value's place in the document; JSON_NONE is "not there" and may be passed everywhere. */
enum { JSON_ROOT = 0, JSON_NONE = -1 };

/* Bytes looked at in one go: fewer wait for more, or for json_end. */
enum { JSON_STEP = 64 };

struct json_tokens; /* jsmn's, in document order */

/* Placed by the caller. */
struct json {
	struct json_scan scan;
	struct json_tokens *tokens; /* NULL until there is one */
	struct span text;           /* as json_end got it; empty before */
};

void json_init(struct json *j);
void json_free(struct json *j);
void json_reset(struct json *j); /* for the next document; keeps storage of ordinary size */

/*
 * `text` is the document from its first byte up to what has arrived; each call passes the
 * same bytes and more (they may have moved). json_end says that all is there: afterwards the
 * questions below may be asked, as long as `text` of that call lives.
 */
MUST bool json_advance(struct json *j, struct span text, struct err *e);
MUST bool json_end(struct json *j, struct span text, struct err *e);

/* Both in one. */
MUST bool json_parse(struct json *j, struct span text, struct err *e);

/* Questions. A value is an index; asking JSON_NONE, or the wrong type, gives "no" or JSON_NONE. */
bool json_is_type(const struct json *j, int value, enum json_type type);
enum json_type json_type(const struct json *j, int value); /* value != JSON_NONE */

/* The member of that name, names compared after unescaping; the last of several. */
int json_member(const struct json *j, int object, const char *name);

/* Elements of an array, or members of an object (then *name is set; NULL if not wanted): */
int json_first(const struct json *j, int parent, int *name);
int json_next(const struct json *j, int parent, int value, int *name);
size_t json_count(const struct json *j, int parent);

/* The value's bytes as they stand: a string without its quotes, still escaped. */
struct span json_raw(const struct json *j, int value);

/* The same, a string with its quotes: a JSON text of its own. */
struct span json_whole(const struct json *j, int value);

/* A string equal to s after unescaping. */
bool json_is_str(const struct json *j, int value, const char *s);
bool json_is_span(const struct json *j, int value, struct span s);

/* Orders two strings (or names) by their bytes after unescaping, as memcmp does. */
int json_compare(const struct json *j, int a, int b);

/* The same with b of another document. */
int json_compare_with(const struct json *j, int a, const struct json *k, int b);

/*
 * Appends a string's text, unescaped: \u pairs joined, a lone surrogate becomes U+FFFD. Of what is
 * not a string, nothing. ERR_MEMORY, ERR_CEILING of the buffer.
 */
MUST bool json_text(const struct json *j, int value, struct buf *out, struct err *e);

/*
 * The same for a text that comes in pieces: the first half of a pair that ends one piece is kept
 * in *high (0 = none) for the next, not for what is no string or empty.
 */
MUST bool json_text_piece(
	const struct json *j, int value, uint32_t *high, struct buf *out, struct err *e);

/* A number that is a whole number and fits; "1.0" and "1e3" count as whole. */
bool json_i64(const struct json *j, int value, int64_t *out);

/* A number as milliunits (1.5 -> 1500), saturating; for "try again in" and the like. */
bool json_milli(const struct json *j, int value, int64_t *out);

bool json_is_true(const struct json *j, int value);

/*
 * True when any object of the document has two members of the same name (after unescaping).
 * Sorts in the tokens' own storage: n log n comparisons and no memory.
 */
bool json_has_duplicates(const struct json *j);

/* In the same way: a value by a name that its object had before, JSON_NONE when there is none. */
int json_duplicate(const struct json *j);

#endif
