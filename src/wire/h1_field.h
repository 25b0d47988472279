/*
 * h1_field - the fields of a response's head: read line by line, kept as offsets, found again.
 *
 * The inside of wire/h1; what others may ask is in h1.h.
 */
#ifndef WIRE_H1_FIELD_H
#define WIRE_H1_FIELD_H

#include "wire/h1.h"

/* ERR_PROTOCOL, "bad HTTP response: <what>"; returns false. */
bool h1_refuse(struct err *e, const char *what);

/*
 * field-line = field-name ":" OWS field-value OWS (RFC 9112 section 5); `line` is not empty and
 * comes without its CRLF.
 */
MUST bool h1_read_field(struct span line, struct span *name, struct span *value, struct err *e);

/* The same, and remembers where they are; the line stands in h->head. */
MUST bool h1_keep_field(struct h1 *h, struct span line, struct err *e);

/* Finds the next field called `name` at or after *i and steps *i past it. */
bool h1_next_field(const struct h1 *h, const char *name, size_t *i, struct span *value);

/* Does a comma separated list, maybe spread over several fields, hold this word? */
bool h1_field_lists(const struct h1 *h, const char *name, const char *word);

#endif
