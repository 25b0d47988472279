#include "base/buf.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"

enum { FIRST_CAP = 64 };

struct span span_str(const char *s)
{
	return span_of(s, s == NULL ? 0 : strlen(s));
}

struct span span_cut(struct span s, size_t from, size_t to)
{
	if (to > s.n)
		to = s.n;
	if (from > to)
		from = to;
	return from == to ? span_of(s.p, 0) : span_of(s.p + from, to - from);
}

bool span_equal(struct span a, struct span b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool span_equal_str(struct span a, const char *s)
{
	return span_equal(a, span_str(s));
}

static unsigned char lower(unsigned char c)
{
	return c >= 'A' && c <= 'Z' ? (unsigned char)(c + 32) : c;
}

bool span_equal_nocase(struct span a, struct span b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (lower(a.p[i]) != lower(b.p[i]))
			return false;
	return true;
}

bool span_starts(struct span s, const char *prefix)
{
	size_t n = strlen(prefix);

	return s.n >= n && span_equal_str(span_cut(s, 0, n), prefix);
}

bool span_ends(struct span s, const char *suffix)
{
	size_t n = strlen(suffix);

	return s.n >= n && span_equal_str(span_cut(s, s.n - n, s.n), suffix);
}

static bool is_space(unsigned char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct span span_trim(struct span s)
{
	while (s.n > 0 && is_space(s.p[0])) {
		s.p++;
		s.n--;
	}
	while (s.n > 0 && is_space(s.p[s.n - 1]))
		s.n--;
	return s;
}

size_t span_find(struct span s, unsigned char c, size_t from)
{
	const unsigned char *hit;

	if (from >= s.n)
		return s.n;
	hit = memchr(s.p + from, c, s.n - from);
	return hit == NULL ? s.n : (size_t)(hit - s.p);
}

bool span_to_u64(struct span s, uint64_t *out)
{
	uint64_t v = 0;

	if (s.n == 0 || s.n > 18)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		v = v * 10 + (uint64_t)(s.p[i] - '0');
	}
	*out = v;
	return true;
}

bool span_take_milli(struct span *s, int64_t *out)
{
	const int64_t most = INT64_MAX / 1000 / 3600000 - 1; /* leaves room for hours */
	int64_t whole = 0, part = 0, unit = 100;
	size_t i = 0;

	for (; i < s->n && s->p[i] >= '0' && s->p[i] <= '9'; i++)
		whole = whole > most / 10 - 1 ? most - 1 : whole * 10 + (s->p[i] - '0');
	if (i == 0)
		return false;
	if (i + 1 < s->n && s->p[i] == '.' && s->p[i + 1] >= '0' && s->p[i + 1] <= '9')
		for (i++; i < s->n && s->p[i] >= '0' && s->p[i] <= '9'; i++, unit /= 10)
			part += unit * (s->p[i] - '0');
	*out = whole * 1000 + part;
	*s = span_cut(*s, i, s->n);
	return true;
}

void wipe(void *p, size_t n)
{
	volatile unsigned char *v = p;

	while (n-- > 0)
		*v++ = 0;
}

void buf_init(struct buf *b, size_t max, const char *what)
{
	*b = (struct buf){.max = max, .what = what};
}

void buf_init_wiping(struct buf *b, size_t max, const char *what)
{
	*b = (struct buf){.max = max, .what = what, .wipe = true};
}

static void release(struct buf *b)
{
	if (b->wipe && b->p != NULL)
		wipe(b->p, b->cap);
	free(b->p);
}

void buf_free(struct buf *b)
{
	release(b);
	b->p = NULL;
	b->n = 0;
	b->cap = 0;
}

void buf_clear(struct buf *b)
{
	if (b->wipe && b->p != NULL)
		wipe(b->p, b->n);
	b->n = 0;
}

/* realloc would leave a copy of the old bytes behind: a wiping buf moves by hand. */
static bool resize(struct buf *b, size_t cap, struct err *e)
{
	unsigned char *p;

	if (!b->wipe) {
		p = realloc(b->p, cap);
		if (p == NULL)
			return err_memory(e);
	} else {
		p = malloc(cap);
		if (p == NULL)
			return err_memory(e);
		if (b->n > 0)
			memcpy(p, b->p, b->n);
		release(b);
	}
	b->p = p;
	b->cap = cap;
	return true;
}

bool buf_reserve(struct buf *b, size_t n, struct err *e)
{
	size_t want, cap;

	assert(b->what != NULL && b->n <= b->max);
	if (n > b->max - b->n)
		return err_set(e, ERR_CEILING, 0, "%s exceeds %zu bytes", b->what, b->max);
	want = b->n + n;
	if (want <= b->cap)
		return true;
	cap = b->cap == 0 ? FIRST_CAP : b->cap;
	while (cap < want)
		cap += cap < 65536 ? cap : cap / 2;
	if (cap > b->max)
		cap = b->max;
	return resize(b, cap, e);
}

bool buf_add(struct buf *b, struct span s, struct err *e)
{
	if (!buf_reserve(b, s.n, e))
		return false;
	if (s.n > 0)
		memcpy(b->p + b->n, s.p, s.n);
	b->n += s.n;
	return true;
}

bool buf_add_str(struct buf *b, const char *s, struct err *e)
{
	return buf_add(b, span_str(s), e);
}

bool buf_add_strs(struct buf *b, const char *const *strs, struct err *e)
{
	for (; *strs != NULL; strs++)
		if (!buf_add_str(b, *strs, e))
			return false;
	return true;
}

bool buf_add_byte(struct buf *b, unsigned char c, struct err *e)
{
	if (b->n == b->cap && !buf_reserve(b, 1, e))
		return false;
	b->p[b->n++] = c;
	return true;
}

bool buf_add_u64(struct buf *b, uint64_t v, struct err *e)
{
	char digits[20];
	size_t at = sizeof digits;

	do
		digits[--at] = (char)('0' + v % 10);
	while ((v /= 10) != 0);
	return buf_add(b, span_of(digits + at, sizeof digits - at), e);
}

void buf_drop(struct buf *b, size_t n)
{
	assert(n <= b->n);
	if (n == 0)
		return;
	b->n -= n;
	memmove(b->p, b->p + n, b->n);
	if (b->wipe)
		wipe(b->p + b->n, n);
}

void buf_trim(struct buf *b)
{
	struct err ignored;

	if (b->n == 0)
		buf_free(b);
	else if (b->cap > b->n && !resize(b, b->n, &ignored))
		return;
}
