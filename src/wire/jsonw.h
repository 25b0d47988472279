/*
 * jsonw - the only writer of JSON.
 *
 * Commas, nesting and escaping are the writer's; the caller says what comes next. Errors
 * are sticky: the first one is kept and given by jsonw_end (ERR_MEMORY and ERR_CEILING of the
 * buffer, ERR_BUG for a call out of place). Output is plain RFC 8259, one line, safe to embed in
 * logs and terminals: control characters (text_is_control) are escaped, and "##" is written
 * "#\u0023", since CI systems take "##[" for a command.
 */
#ifndef WIRE_JSONW_H
#define WIRE_JSONW_H

#include "base/utf8.h"

struct jsonw {
	struct buf *out;       /* borrowed; bytes are appended */
	struct err err;        /* the first failure, kind ERR_NONE while all is well */
	unsigned depth;
	uint64_t objects;      /* one bit per open level, the innermost lowest: it is an object */
	bool comma;            /* the next value or name in this level is not its first */
	bool after_name;       /* a name has been written, its value comes next */
	bool in_text;          /* between jsonw_text_begin and jsonw_text_end */
	bool hash;             /* the latest byte of the string is '#' */
	struct utf8 utf8;      /* where in a character the latest piece ended */
	unsigned char part[4]; /* that character so far */
	unsigned part_n;
};

void jsonw_init(struct jsonw *w, struct buf *out);

/* Checks that exactly one value was written and every level is closed. */
MUST bool jsonw_end(struct jsonw *w, struct err *e);

void jsonw_object(struct jsonw *w);
void jsonw_object_end(struct jsonw *w);
void jsonw_array(struct jsonw *w);
void jsonw_array_end(struct jsonw *w);
void jsonw_name(struct jsonw *w, const char *name);
/* A string known to be valid JSON, its quotes too, as the name. */
void jsonw_name_raw(struct jsonw *w, struct span json);
/* Ill-formed bytes become U+FFFD, one per maximal subpart. */
void jsonw_text(struct jsonw *w, struct span utf8);
void jsonw_str(struct jsonw *w, const char *s);
void jsonw_i64(struct jsonw *w, int64_t v);
void jsonw_bool(struct jsonw *w, bool v);
void jsonw_null(struct jsonw *w);

/* A complete value known to be valid; line breaks become spaces, its strings as safe as ours. */
void jsonw_raw(struct jsonw *w, struct span json);

/* A string whose text arrives in pieces, cut anywhere: begin, pieces, end. */
void jsonw_text_begin(struct jsonw *w);
void jsonw_text_piece(struct jsonw *w, struct span utf8);
void jsonw_text_end(struct jsonw *w);

#endif
