/*
 * toml - the subset of TOML 1.0 that policy documents are written in: whole documents in, a tree
 * of values out.
 *
 * All of TOML but dates and times: those, and whatever TOML does not allow, are ERR_PROTOCOL with
 * the number of the line; nothing is passed over. So are keys set twice and tables defined twice.
 * Ceilings (ERR_CEILING by name): TOML_MAX bytes, TOML_VALUES_MAX values, TOML_DEPTH_MAX levels.
 * ERR_MEMORY. A byte order mark in front is allowed. Of a float only its type is kept.
 */
#ifndef WIRE_TOML_H
#define WIRE_TOML_H

#include "base/buf.h"

enum toml_type {
	TOML_TABLE,
	TOML_ARRAY,
	TOML_STRING,
	TOML_INTEGER,
	TOML_FLOAT,
	TOML_BOOLEAN,
};

/* A value's place; TOML_NONE is "not there" and may be passed everywhere. */
enum { TOML_ROOT = 0, TOML_NONE = -1 };

/* Placed by the caller. */
struct toml {
	struct buf nodes;
	struct buf text; /* keys and strings, unescaped */
};

void toml_init(struct toml *t);
void toml_free(struct toml *t); /* may be called twice */

/* Into an initialised, empty t, which does not borrow from `document`. */
MUST bool toml_parse(struct toml *t, struct span document, struct err *e);

/* Questions. Asking TOML_NONE, or the wrong type, gives "no", nothing or TOML_NONE. */
bool toml_is_type(const struct toml *t, int value, enum toml_type type);

/* Elements of an array, or members of a table, in the order they were written. */
int toml_first(const struct toml *t, int parent);
int toml_next(const struct toml *t, int value);
int toml_member(const struct toml *t, int table, struct span key);

/* What a table calls it; empty for elements of an array. */
struct span toml_key(const struct toml *t, int value);

struct span toml_string(const struct toml *t, int value);

/* An integer, or a boolean as 0 or 1. */
int64_t toml_number(const struct toml *t, int value);

#endif
