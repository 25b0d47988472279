#include "base/text.h"

#include "base/assert.h"
#include "base/fmt.h"
#include "base/utf8.h"

bool text_is_control(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x061c || c == 0x200e || c == 0x200f ||
	       (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

static bool is_space(unsigned char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Length of the well-formed character at the front of s, 0 when there is none. */
static size_t character(struct span s)
{
	struct utf8 u = {0};

	for (size_t n = 0; n < s.n && utf8_step(&u, s.p[n]); n++)
		if (u.left == 0)
			return n + 1;
	return 0;
}

/* A line in the making; `room` says where "..." would still fit. */
struct line {
	struct buf *out;
	size_t start, max, room;
	bool full;
};

static bool add_unit(struct line *l, struct span unit, struct err *e)
{
	size_t used = l->out->n - l->start;

	if (used + unit.n > l->max) {
		l->full = true;
		l->out->n = l->start + l->room;
		return buf_add_str(l->out, "...", e);
	}
	if (used + unit.n <= l->max - 3)
		l->room = used + unit.n;
	return buf_add(l->out, unit, e);
}

/* Takes the next character off the front of s, which is no white space. */
static bool add_character(struct line *l, struct span *s, struct err *e)
{
	char escape[16] = "";
	size_t n = character(*s);
	struct span unit = span_cut(*s, 0, n);
	uint32_t c = n == 0 ? s->p[0] : utf8_decode(s->p, n);

	if (n == 0 || (n == 1 && text_is_control(c)))
		fmt_into(escape, sizeof escape, "\\x%02x", c & 0xff);
	else if (text_is_control(c))
		fmt_into(escape, sizeof escape, "\\u{%x}", c & 0xffff);
	if (escape[0] != '\0')
		unit = span_str(escape);
	*s = span_cut(*s, n == 0 ? 1 : n, s->n);
	return add_unit(l, unit, e);
}

bool text_one_line(struct span s, size_t max, struct buf *out, struct err *e)
{
	struct line l = {.out = out, .start = out->n, .max = max};
	bool space = false;

	assert(max >= 3);
	while (s.n > 0 && !l.full) {
		if (is_space(s.p[0])) {
			space = out->n > l.start;
			s = span_cut(s, 1, s.n);
			continue;
		}
		if (space && !add_unit(&l, span_str(" "), e))
			return false;
		space = false;
		if (!l.full && !add_character(&l, &s, e))
			return false;
	}
	return true;
}
