#include "base/utf8.h"

/* Unicode 15, table 3-7: what the first byte says about those that follow. */
static bool lead(struct utf8 *u, unsigned char c)
{
	u->lo = 0x80;
	u->hi = 0xbf;
	if (c < 0x80)
		return true;
	if (c >= 0xc2 && c <= 0xdf) {
		u->left = 1;
	} else if (c >= 0xe0 && c <= 0xef) {
		u->left = 2;
		if (c == 0xe0)
			u->lo = 0xa0;
		if (c == 0xed)
			u->hi = 0x9f;
	} else if (c >= 0xf0 && c <= 0xf4) {
		u->left = 3;
		if (c == 0xf0)
			u->lo = 0x90;
		if (c == 0xf4)
			u->hi = 0x8f;
	} else {
		return false;
	}
	return true;
}

bool utf8_step(struct utf8 *u, unsigned char c)
{
	if (u->left == 0)
		return lead(u, c);
	if (c < u->lo || c > u->hi) {
		u->left = 0;
		return false;
	}
	u->left--;
	u->lo = 0x80;
	u->hi = 0xbf;
	return true;
}

size_t utf8_valid(struct span s)
{
	struct utf8 u = {0};
	size_t good = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (!utf8_step(&u, s.p[i]))
			return good;
		if (u.left == 0)
			good = i + 1;
	}
	return good;
}

bool utf8_repair(struct span s, struct buf *out, struct err *e)
{
	struct utf8 u = {0};
	size_t start = 0, i = 0;

	while (i < s.n) {
		bool inside = u.left > 0;

		if (utf8_step(&u, s.p[i])) {
			i++;
			continue;
		}
		/* A byte that breaks a sequence may itself begin the next: look at it again. */
		size_t bad = inside ? i : i + 1, good = start + utf8_valid(span_cut(s, start, i));
		if (!buf_add(out, span_cut(s, start, good), e) ||
		    !buf_add_str(out, "\xef\xbf\xbd", e))
			return false;
		start = i = bad;
	}
	if (u.left == 0)
		return buf_add(out, span_cut(s, start, s.n), e);
	if (!buf_add(out, span_cut(s, start, start + utf8_valid(span_cut(s, start, s.n))), e))
		return false;
	return buf_add_str(out, "\xef\xbf\xbd", e);
}

uint32_t utf8_decode(const unsigned char *p, size_t n)
{
	uint32_t c = n == 1 ? p[0] : p[0] & (0x7fu >> n);

	for (size_t i = 1; i < n; i++)
		c = c << 6 | (p[i] & 0x3f);
	return c;
}

size_t utf8_encode(uint32_t c, unsigned char out[4])
{
	if (c < 0x80) {
		out[0] = (unsigned char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (unsigned char)(0xc0 | c >> 6);
		out[1] = (unsigned char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (unsigned char)(0xe0 | c >> 12);
		out[1] = (unsigned char)(0x80 | (c >> 6 & 0x3f));
		out[2] = (unsigned char)(0x80 | (c & 0x3f));
		return 3;
	}
	out[0] = (unsigned char)(0xf0 | c >> 18);
	out[1] = (unsigned char)(0x80 | (c >> 12 & 0x3f));
	out[2] = (unsigned char)(0x80 | (c >> 6 & 0x3f));
	out[3] = (unsigned char)(0x80 | (c & 0x3f));
	return 4;
}
