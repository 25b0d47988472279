/*
 * jsonw - the only writer of JSON.
 *
 * Commas, nesting and escaping are the writer's; the caller says what comes next. Errors
 * are sticky: the first one is kept and given by jsonw_end. Output is plain RFC 8259, one line,
 * safe to embed in logs of CI systems: "##" is written "#\u0023".
 */
#ifndef WIRE_JSONW_H
#define WIRE_JSONW_H

#include "base/buf.h"
#include "base/limits.h"

struct jsonw {
	struct buf *out;  /* borrowed; bytes are appended */
	struct err err;   /* the first failure, kind ERR_NONE while all is well */
	unsigned depth;
	bool comma;       /* the next value or name in this level is not its first */
	bool after_name;  /* a name has been written, its value comes next */
};

void jsonw_init(struct jsonw *w, struct buf *out);
MUST bool jsonw_end(struct jsonw *w, struct err *e); /* checks that every level is closed */

void jsonw_object(struct jsonw *w);
void jsonw_object_end(struct jsonw *w);
void jsonw_array(struct jsonw *w);
void jsonw_array_end(struct jsonw *w);
void jsonw_name(struct jsonw *w, const char *name);
void jsonw_text(struct jsonw *w, struct span utf8); /* must be well-formed UTF-8; ill-formed bytes become U+FFFD */
void jsonw_str(struct jsonw *w, const char *s);
void jsonw_i64(struct jsonw *w, int64_t v);
void jsonw_bool(struct jsonw *w, bool v);
void jsonw_null(struct jsonw *w);
void jsonw_raw(struct jsonw *w, struct span json); /* a complete value that is known to be valid */

/* A string whose text arrives in pieces (cut anywhere, also inside a character): begin, pieces, end. */
void jsonw_text_begin(struct jsonw *w);
void jsonw_text_piece(struct jsonw *w, struct span utf8);
void jsonw_text_end(struct jsonw *w);

#endif
