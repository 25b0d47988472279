/*
 * text - outside text made fit to show: one line, no control bytes, capped.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include "base/buf.h"

/*
 * Appends s as one printable line of well-formed UTF-8: runs of white space become one
 * space, control characters (C0, DEL, C1, and the Unicode line, paragraph and
 * bidirectional controls) become \xNN or \u{N}, ill-formed bytes \xNN. Stops after `max`
 * bytes with "..." on a character boundary. Secrets must be gone before: a cut must not
 * pass through one.
 */
MUST bool text_one_line(struct span s, size_t max, struct buf *out, struct err *e);

#endif
