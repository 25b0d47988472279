/*
 * buf - bytes: `span` borrows them, `buf` owns them.
 *
 * A span is a pointer and a length; it lives as long as what it points into and is
 * not NUL-terminated. A buf is born with a ceiling it can never pass: an append over
 * it fails with ERR_CEILING and the name the buf was given, so that no peer can make
 * us grow without bound. A wiping buf overwrites its storage before it gives it back
 * to the allocator, also when it grows.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct span {
	const unsigned char *p; /* may be NULL when n is 0 */
	size_t n;
};

static inline struct span span_of(const void *p, size_t n)
{
	return (struct span){p, n};
}

struct span span_str(const char *s);                      /* without the NUL; NULL gives empty */
struct span span_cut(struct span s, size_t from, size_t to); /* [from, to), clamped */
bool span_equal(struct span a, struct span b);
bool span_equal_str(struct span a, const char *s);
bool span_equal_nocase(struct span a, struct span b);     /* ASCII letters only */
bool span_starts(struct span s, const char *prefix);
bool span_ends(struct span s, const char *suffix);
struct span span_trim(struct span s);                     /* ASCII SP, HTAB, CR, LF at both ends */

/* Offset of the first `c` at or after `from`; s.n when there is none. */
size_t span_find(struct span s, unsigned char c, size_t from);

/* Decimal, 1 to 18 digits and nothing else. */
bool span_to_u64(struct span s, uint64_t *out);

/* Takes digits with an optional fraction off the front, in thousandths; saturating. */
bool span_take_milli(struct span *s, int64_t *out);

struct buf {
	unsigned char *p; /* NULL until the first append */
	size_t n;         /* bytes held */
	size_t cap;       /* bytes allocated */
	size_t max;       /* ceiling for n */
	const char *what; /* names the ceiling in errors; static storage */
	bool wipe;
};

void buf_init(struct buf *b, size_t max, const char *what);
void buf_init_wiping(struct buf *b, size_t max, const char *what);
void buf_free(struct buf *b);  /* wipes when asked, empties; may be called twice */
void buf_clear(struct buf *b); /* n = 0, keeps the storage (wiped when asked) */

/* Makes room for n more bytes; afterwards b->p + b->n may be written. ERR_CEILING, ERR_MEMORY. */
MUST bool buf_reserve(struct buf *b, size_t n, struct err *e);
MUST bool buf_add(struct buf *b, struct span s, struct err *e);
MUST bool buf_add_str(struct buf *b, const char *s, struct err *e);
MUST bool buf_add_strs(struct buf *b, const char *const *strs, struct err *e); /* up to a NULL */
MUST bool buf_add_byte(struct buf *b, unsigned char c, struct err *e);
MUST bool buf_add_u64(struct buf *b, uint64_t v, struct err *e); /* decimal */

/* Drops the first n bytes (n <= b->n), moving the rest down. */
void buf_drop(struct buf *b, size_t n);

/* Gives excess storage back; best effort. */
void buf_trim(struct buf *b);

/* Valid until the next change of b. */
static inline struct span buf_span(const struct buf *b)
{
	return span_of(b->p, b->n);
}

/* Overwrites memory in a way the compiler keeps. */
void wipe(void *p, size_t n);

#endif
