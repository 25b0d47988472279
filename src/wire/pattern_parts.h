/*
 * pattern_parts - the inside of wire/pattern: the program that pattern_parse.c writes and
 * pattern.c runs.
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

#endif
