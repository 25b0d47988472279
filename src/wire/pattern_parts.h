/*
 * pattern_parts - the inside of wire/pattern: the program that pattern_parse.c writes and
 * pattern.c runs, how a character is written (pattern_char.c), and how a set of them is
 * (pattern_class.c).
 */
#ifndef WIRE_PATTERN_PARTS_H
#define WIRE_PATTERN_PARTS_H

#include "wire/pattern.h"

enum pattern_op {
	PATTERN_CHAR,   /* one character: a */
	PATTERN_SET,    /* one character in the ranges [a, b) of the pool */
	PATTERN_UNSET,  /* one character outside them */
	PATTERN_FORK,   /* go on at both */
	PATTERN_JUMP,   /* go on at a */
	PATTERN_BEGIN,
	PATTERN_END,
	PATTERN_EDGE,   /* between a word's character and another */
	PATTERN_NO_EDGE,
	PATTERN_FITS,
};

/* Where to go on is said relative to the state itself, so that a run of states can be copied. */
struct pattern_state {
	enum pattern_op op;
	int32_t a, b;
};

struct pattern_range {
	uint32_t from, to; /* both inside */
};

struct pattern {
	struct buf states;
	struct buf ranges;
};

static inline struct pattern_state *pattern_state(const struct pattern *p, size_t i)
{
	return (struct pattern_state *)(void *)p->states.p + i;
}

static inline struct pattern_range *pattern_range(const struct pattern *p, size_t i)
{
	return (struct pattern_range *)(void *)p->ranges.p + i;
}

/* Letters, digits and '_' of ASCII. */
static inline bool pattern_is_word(uint32_t c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_';
}

/* Into an empty program, which the caller frees also when it fails. */
MUST bool pattern_parse(struct pattern *p, struct span source, struct err *e);

struct pattern_reader {
	struct pattern *p;
	struct span s;
	size_t at;    /* byte */
	size_t depth; /* of groups */
	size_t made;  /* states, also those that were taken away again */
	struct err *e;
};

/* One state behind the others. ERR_USAGE when there are too many; ERR_MEMORY. */
MUST bool pattern_emit(struct pattern_reader *r, enum pattern_op op, int32_t a, int32_t b);

/* ---- characters; from pattern_next on they advance the reader ---- */

/* Behind the last one. */
enum { PATTERN_NO_CHAR = -1 };

enum { PATTERN_SCALAR_MAX = 0x10ffff };

/* Says where; and that there are too many states or ranges. Return false. */
bool pattern_fail(struct pattern_reader *r, const char *what);
bool pattern_fail_size(struct pattern_reader *r);

/* The next character and its length in bytes. */
int32_t pattern_peek(const struct pattern_reader *r, size_t *n);

/* The value of the next character when it is a digit; -1. */
int pattern_peek_digit(const struct pattern_reader *r);

bool pattern_comes(const struct pattern_reader *r, const char *what);

int32_t pattern_next(struct pattern_reader *r);

/* When it comes. */
bool pattern_take(struct pattern_reader *r, const char *what);

/* Behind a backslash: the one character that is meant. */
MUST bool pattern_read_escape(struct pattern_reader *r, int32_t *out);

/* ---- sets; each emits the one state that stands for it ---- */

/* Behind its bracket. */
MUST bool pattern_read_class(struct pattern_reader *r);

/* Behind a backslash: a set, or one character. */
MUST bool pattern_read_escaped(struct pattern_reader *r);

/* Behind a '.': all but line ends. */
MUST bool pattern_read_dot(struct pattern_reader *r);

#endif
