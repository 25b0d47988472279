/*
 * document - what every document of the service has in common: it is one JSON object that
 * says nothing twice, and its strings are copied into places of fixed size.
 */
#ifndef CODEX_DOCUMENT_H
#define CODEX_DOCUMENT_H

#include "wire/json.h"

/*
 * Parses `text` into j (initialised; the caller frees it) and checks that it is one. ERR_PROTOCOL.
 */
MUST bool document_parse(struct json *j, struct span text, struct err *e);

/* The member of that name; null counts as absent. */
int document_member(const struct json *j, int object, const char *name);

enum document_rule {
	DOCUMENT_WORD, /* visible ASCII: fit for a header */
	DOCUMENT_TEXT, /* UTF-8 without control characters */
	DOCUMENT_ANY,  /* UTF-8 without NUL: to be made fit to show by who shows it */
};

/*
 * Copies the string `value` of j into out, NUL-terminated. Absent or null gives "". Another
 * type, a string that does not fit, or one against the rule is `kind`, naming `name` and
 * showing none of it.
 */
MUST bool document_field(const struct json *j, int value, const char *name, enum document_rule rule,
	char *out, size_t size, enum err_kind kind, struct err *e);

#endif
