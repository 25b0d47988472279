/*
 * utf8 - well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates, nothing above
 * U+10FFFF), one byte at a time.
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include "base/buf.h"

/* Zero is the state between characters. */
struct utf8 {
	unsigned char left;   /* continuation bytes still wanted, 0 to 3 */
	unsigned char lo, hi; /* range allowed for the next continuation byte */
};

/* Feeds one byte; false when it cannot stand here (the state is then back between characters). */
bool utf8_step(struct utf8 *u, unsigned char c);

/* Length of the longest well-formed prefix of s; s.n when all of it is. */
size_t utf8_valid(struct span s);

/* Appends s with every ill-formed sequence replaced by U+FFFD (one per maximal subpart). */
MUST bool utf8_repair(struct span s, struct buf *out, struct err *e);

/* The scalar value of one well-formed character of n bytes. */
uint32_t utf8_decode(const unsigned char *p, size_t n);

/* Writes a scalar value, returns its length, 1 to 4. */
size_t utf8_encode(uint32_t scalar, unsigned char out[4]);

#endif
