/*
 * field - one string of a document of the service, copied into a place of fixed size.
 */
#ifndef CODEX_FIELD_H
#define CODEX_FIELD_H

#include "wire/json.h"

enum field_rule {
	FIELD_WORD, /* visible ASCII: fit for a header */
	FIELD_TEXT, /* UTF-8 without control characters */
};

/*
 * Copies the string `value` of j into out, NUL-terminated. Absent or null gives "". Another type, a
 * string that does not fit, or one against the rule is `kind`, naming `name` and showing none of it.
 */
MUST bool field_read(const struct json *j, int value, const char *name, enum field_rule rule, char *out,
                     size_t size, enum err_kind kind, struct err *e);

#endif
