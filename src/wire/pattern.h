/*
 * pattern - the regular expressions of JSON Schema, over characters (scalar values), in time linear
 * in the text.
 *
 * The subset of ECMA-262 (2024, section 22.2.1, as with the flag u) that is regular: literals,
 * escapes (\d \D \w \W \s \S \t \n \v \f \r \0 \xHH \uHHHH \u{H...}, ASCII punctuation), '.',
 * classes, groups of any kind (also named), alternatives, * + ? {m} {m,} {m,n} greedy or lazy,
 * ^ $ \b \B. Refused by name and offset: references back, looking around, \p, flags, and what ECMA
 * refuses with the flag u, such as a '{' or ']' by itself.
 */
#ifndef WIRE_PATTERN_H
#define WIRE_PATTERN_H

#include "base/buf.h"

struct pattern; /* opaque, owned */

/*
 * `source` is well-formed UTF-8; the offset in a message counts its characters from 0. ERR_USAGE,
 * also for more than PATTERN_STATES_MAX states or PATTERN_DEPTH_MAX groups in groups; ERR_MEMORY.
 */
MUST bool pattern_read(struct pattern **out, struct span source, struct err *e);
void pattern_free(struct pattern **p);

/* What it costs to keep, and at most for one character of a text. */
size_t pattern_states(const struct pattern *p);

/*
 * Does it fit anywhere in `text`, which is well-formed UTF-8? Takes what it does from *steps:
 * ERR_CEILING when they do not suffice. ERR_MEMORY.
 */
MUST bool pattern_search(const struct pattern *p, struct span text, uint64_t *steps, bool *found,
                         struct err *e);

#endif
