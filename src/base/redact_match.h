/*
 * redact_match - the ways to write a secret, and whether one of them stands at some place.
 *
 * Only base/redact uses it.
 */
#ifndef BASE_REDACT_MATCH_H
#define BASE_REDACT_MATCH_H

#include "base/buf.h"

/* In all but the first, escapes are read wherever one gives the wanted character. */
enum redact_form {
	REDACT_AS_IS,
	REDACT_SPELLED,
	REDACT_HEX,
	REDACT_BASE64_0, /* the secret begins 0, 1 or 2 bytes into a group of three */
	REDACT_BASE64_1,
	REDACT_BASE64_2,
	REDACT_FORMS
};

/* One secret (borrowed) in one form: n characters, computed when they are wanted. */
struct redact_pattern {
	enum redact_form form;
	struct span secret;
	size_t n;
};

struct redact_pattern redact_pattern_of(enum redact_form form, struct span secret);

/* May character i of the pattern be written c? */
bool redact_fits(const struct redact_pattern *p, size_t i, unsigned char c);

/* NO: it does not stand here. MAYBE: the input ends first. */
enum redact_verdict { REDACT_NO, REDACT_MAYBE, REDACT_YES };

/* Can an escape begin with c: %XX, \u00XX, \n? */
bool redact_is_escape(unsigned char c);

/* The byte that the escape at the front of s stands for, and how long the escape is. */
enum redact_verdict redact_read_escape(struct span s, unsigned char *c, size_t *n);

/* How far a match has come. */
struct redact_progress {
	size_t at;  /* behind what has been matched of the input */
	size_t got; /* characters of the pattern */
};

/* Goes on from where `m` stands; after MAYBE it may go on again when more input is there. */
enum redact_verdict redact_match(const struct redact_pattern *p, struct span in,
                                 struct redact_progress *m);

#endif
