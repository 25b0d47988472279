/*
 * json_scan - the grammar of RFC 8259, one byte at a time.
 *
 * Says whether a text is JSON, without a memory of it: structure (section 2 to 5), numbers
 * (section 6), strings, escapes and well-formed UTF-8 (sections 7 and 8; no byte order mark),
 * depth. Only wire/json uses it.
 */
#ifndef WIRE_JSON_SCAN_H
#define WIRE_JSON_SCAN_H

#include "base/utf8.h"

enum json_state {
	JSON_VALUE,         /* a value must come */
	JSON_FIRST_VALUE,   /* ... or the end of the array */
	JSON_NAME,          /* a member's name must come */
	JSON_FIRST_NAME,    /* ... or the end of the object */
	JSON_COLON,
	JSON_AFTER,         /* behind a value: comma, end, or white space after the last */
	JSON_IN_STRING,     /* from here on a token is being read */
	JSON_ESCAPE,        /* behind a backslash */
	JSON_HEX,           /* in the digits of a \u escape */
	JSON_LITERAL,       /* in true, false, null */
	JSON_MINUS,         /* numbers: behind the sign */
	JSON_ZERO,          /* behind a leading zero */
	JSON_DIGITS,        /* in the whole part */
	JSON_POINT,         /* behind the point */
	JSON_FRACTION,
	JSON_E,             /* behind e or E */
	JSON_E_SIGN,        /* behind its sign */
	JSON_EXPONENT,
};

struct json_scan {
	enum json_state state;
	unsigned depth;
	uint64_t objects;     /* one bit per open level, the innermost lowest: it is an object */
	bool name;            /* the string being read is a member's name */
	unsigned char hex;    /* digits of a \u escape still wanted */
	struct utf8 utf8;     /* where in a character the string stands */
	const char *literal;  /* what is still wanted of a literal */
	size_t at;            /* bytes seen */
	size_t token;         /* where the latest token begins */
	size_t tokens;        /* how many there are: values and names */
	const char *wrong;    /* why the text is refused, NULL while it is not */
	int ceiling;          /* ... of ours was crossed, 0 = none */
};

void json_scan_init(struct json_scan *s);

/* The next bytes. ERR_PROTOCOL, ERR_CEILING; repeated once the text has been refused. */
MUST bool json_scan_feed(struct json_scan *s, struct span in, struct err *e);

/* No more bytes: the value must be complete. */
MUST bool json_scan_end(struct json_scan *s, struct err *e);

/* Up to which byte no token is cut, and how many have begun before it. */
size_t json_scan_whole(const struct json_scan *s, size_t *tokens);

#endif
