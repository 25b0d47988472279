/*
 * toml_parts - the inside of wire/toml: the tree that toml.c keeps, the words that toml_words.c reads, and
 * what toml_parse.c makes of both.
 */
#ifndef WIRE_TOML_PARTS_H
#define WIRE_TOML_PARTS_H

#include "wire/toml.h"

/* How a table or array came to be decides what may still be put into it. */
enum toml_how {
	TOML_CLOSED,   /* a value: nothing */
	TOML_IMPLIED,  /* by the header of a table inside: its own header may still come */
	TOML_DOTTED,   /* by a dotted key: more dotted keys, tables inside */
	TOML_DEFINED,  /* by its own header: tables inside */
	TOML_TABLES,   /* an array by its headers: more of them */
};

/* Values of one parent are a chain of indices. */
struct toml_node {
	unsigned char type, how, depth;
	int first, last, next;
	size_t key_at, key_n;
	size_t at, n;   /* a string's bytes in the text */
	int64_t number;
};

/* A word that was read: its place in the tree's text. All zeros: the key of an array's element. */
struct toml_word {
	size_t at, n;
};

struct toml_reader {
	struct toml *t;
	struct span s;
	size_t at;
	struct err *e;
};

/* ---- the tree ---- */

/* Until the next one is added. */
struct toml_node *toml_node(const struct toml *t, int value);

/* TOML_NONE when there is no room. The first one is the root, whatever its parent. */
int toml_add(struct toml_reader *r, int parent, struct toml_word key, enum toml_type type,
	enum toml_how how);

int toml_find(const struct toml_reader *r, int table, struct toml_word key);

/* ---- words; all of them advance the reader ---- */

enum { TOML_END = -1 };

/* Says the number of the line; return false. */
bool toml_fail_as(struct toml_reader *r, enum err_kind kind, const char *what);
bool toml_fail(struct toml_reader *r, const char *what);

int toml_peek(const struct toml_reader *r);
bool toml_take(struct toml_reader *r, int c);
void toml_skip_blanks(struct toml_reader *r);

/* Blanks, comments and line ends. */
void toml_skip_lines(struct toml_reader *r);

/* Blanks, a comment, a line end; at the end of the document none is needed. */
MUST bool toml_end_line(struct toml_reader *r);

/* Behind its first quote. */
MUST bool toml_read_string(
	struct toml_reader *r, int quote, bool lines_allowed, struct toml_word *out);

/* One part of a key, and the blanks around it. */
MUST bool toml_read_key(struct toml_reader *r, struct toml_word *out);

/* A boolean or number, into a node that is there. */
MUST bool toml_read_plain(struct toml_reader *r, int value);

#endif
