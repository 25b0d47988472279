/*
 * text - outside text made fit to show: one line, no control characters, capped.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include "base/buf.h"

/*
 * Appends s as one printable line of well-formed UTF-8: runs of white space become one
 * space and go at both ends; control characters become \xNN or \u{N}, ill-formed bytes \xNN.
 * At most `max` bytes (3 or more); what is cut ends in "...", on a character boundary. Secrets
 * must be gone before: a cut must not pass through one.
 */
MUST bool text_one_line(struct span s, size_t max, struct buf *out, struct err *e);

/*
 * Characters that steer instead of being shown: C0, DEL, C1, the line and paragraph separators
 * (Unicode 15, section 23.2) and the bidirectional controls (UAX 9, section 2).
 */
bool text_is_control(uint32_t scalar);

#endif
