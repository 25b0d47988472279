/*
 * fuzz - what the harnesses share. Each harness is one LLVMFuzzerTestOneInput, driven by libFuzzer,
 * by AFL++ or, for replays, by replay.c. Inputs are handed on in allocations of their exact size, so
 * that AddressSanitizer sees one byte read too far.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* Must hold; else the input is a finding. */
#define FUZZ_CHECK(true_) ((true_) ? (void)0 : fuzz_fail(__FILE__, __LINE__, #true_))

__attribute__((unused)) _Noreturn
static void fuzz_fail(const char *file, int line, const char *what)
{
	fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, what);
	abort();
}

__attribute__((unused))
static struct span fuzz_copy(struct span s)
{
	unsigned char *p = malloc(s.n > 0 ? s.n : 1);

	FUZZ_CHECK(p != NULL);
	if (s.n > 0)
		memcpy(p, s.p, s.n);
	return span_of(p, s.n);
}

__attribute__((unused))
static void fuzz_drop(struct span s)
{
	free((void *)s.p);
}

/* Takes one byte off the front, 0 when there is none. */
__attribute__((unused))
static unsigned fuzz_byte(struct span *s)
{
	unsigned c = s->n > 0 ? s->p[0] : 0;

	*s = span_cut(*s, 1, s->n);
	return c;
}

/* Takes what stands before the first c off the front, and c too. */
__attribute__((unused))
static struct span fuzz_until(struct span *s, unsigned char c)
{
	size_t n = span_find(*s, c, 0);
	struct span front = span_cut(*s, 0, n);

	*s = span_cut(*s, n + 1, s->n);
	return front;
}

/* How an input is cut: 0 not at all, 1 into bytes, else into pieces of 1 to 9 bytes. */
enum { FUZZ_WHOLE, FUZZ_BYTES, FUZZ_PIECES, FUZZ_CUTS };

__attribute__((unused))
static size_t fuzz_piece(unsigned cut, size_t at, size_t n)
{
	size_t piece = n - at;

	if (cut == FUZZ_BYTES)
		piece = 1;
	else if (cut == FUZZ_PIECES)
		piece = 1 + (at * 2654435761u + n * 40503u) / 64 % 9;
	return piece < n - at ? piece : n - at;
}

__attribute__((unused))
static void fuzz_add(struct buf *b, struct span s)
{
	struct err e;

	FUZZ_CHECK(buf_add(b, s, &e));
}

/* A failure has a kind and a text of one printable line. */
__attribute__((unused))
static void fuzz_check_err(const struct err *e)
{
	size_t n = strnlen(e->text, sizeof e->text);

	FUZZ_CHECK(e->kind > ERR_NONE && e->kind < ERR_KINDS && e->kind != ERR_BUG);
	FUZZ_CHECK(n > 0 && n < sizeof e->text);
	for (size_t i = 0; i < n; i++)
		FUZZ_CHECK((unsigned char)e->text[i] >= 0x20 && e->text[i] != 0x7f);
}

#endif
