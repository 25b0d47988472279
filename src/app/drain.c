#include "app/drain.h"

#include <string.h>

void drain_init(struct drain *d, size_t max, size_t head, size_t tail)
{
	*d = (struct drain){.head = head, .tail = tail};
	buf_init(&d->kept, head > 0 ? head : tail > 0 ? tail : max, "stdin");
}

void drain_free(struct drain *d)
{
	buf_free(&d->kept);
}

static bool add_tail(struct drain *d, struct span s, struct err *e)
{
	size_t room = d->tail - d->kept.n;

	if (s.n > d->tail)
		s = span_cut(s, s.n - d->tail, s.n);
	if (room > 0) {
		struct span first = span_cut(s, 0, room);

		if (!buf_add(&d->kept, first, e))
			return false;
		s = span_cut(s, first.n, s.n);
	}
	while (s.n > 0) {
		struct span piece = span_cut(s, 0, d->tail - d->ring_at);

		memcpy(d->kept.p + d->ring_at, piece.p, piece.n);
		d->ring_at = (d->ring_at + piece.n) % d->tail;
		s = span_cut(s, piece.n, s.n);
	}
	return true;
}

bool drain_add(struct drain *d, struct span s, struct err *e)
{
	d->seen += s.n;
	if (d->head > 0)
		return buf_add(&d->kept, span_cut(s, 0, d->head - d->kept.n), e);
	if (d->tail > 0)
		return add_tail(d, s, e);
	if (s.n > d->kept.max - d->kept.n)
		return err_set(e, ERR_USAGE, 0,
		               "stdin exceeds %zu bytes (--stdin-max raises that; --stdin-tail or "
		               "--stdin-head keep a part)",
		               d->kept.max);
	return buf_add(&d->kept, s, e);
}

static void reverse(unsigned char *p, size_t n)
{
	for (size_t i = 0; i < n / 2; i++) {
		unsigned char c = p[i];

		p[i] = p[n - 1 - i];
		p[n - 1 - i] = c;
	}
}

/* Turns the ring so that its oldest byte comes first, in place. */
static void straighten(struct drain *d)
{
	reverse(d->kept.p, d->ring_at);
	reverse(d->kept.p + d->ring_at, d->kept.n - d->ring_at);
	reverse(d->kept.p, d->kept.n);
	d->ring_at = 0;
}

static bool continues(unsigned char c)
{
	return (c & 0xc0) == 0x80;
}

/* A character cut in two by us, not one that was broken before: at most three bytes. */
static size_t broken_end(struct span s)
{
	static const unsigned char lengths[16] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 3, 4};
	size_t back = 1;

	while (back < 4 && back <= s.n && continues(s.p[s.n - back]))
		back++;
	if (back > 3 || back > s.n)
		return 0;
	return lengths[s.p[s.n - back] >> 4] > back ? back : 0;
}

void drain_end(struct drain *d, uint64_t *left_out)
{
	bool cut = d->seen > d->kept.n;

	if (cut && d->tail > 0) {
		size_t skip = 0;

		straighten(d);
		while (skip < 3 && skip < d->kept.n && continues(d->kept.p[skip]))
			skip++;
		buf_drop(&d->kept, skip);
	} else if (cut) {
		d->kept.n -= broken_end(buf_span(&d->kept));
	}
	*left_out = d->seen - d->kept.n;
}
