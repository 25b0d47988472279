#include "wire/json.h"

#include <string.h>

/* Walks through the text of a string, character by character. */
struct reader {
	struct span raw;
	size_t at;
};

static uint32_t hex4(const unsigned char *p)
{
	uint32_t v = 0;

	for (int i = 0; i < 4; i++)
		v = v << 4 | (uint32_t)(p[i] <= '9' ? p[i] - '0' : (p[i] | 0x20) - 'a' + 10);
	return v;
}

static bool is_high(uint32_t c)
{
	return c >= 0xd800 && c <= 0xdbff;
}

/* Behind the first half of a surrogate pair: takes the second along, if it is there. */
static uint32_t read_low(struct reader *r, uint32_t high)
{
	uint32_t low;

	if (r->raw.n - r->at < 6 || memcmp(r->raw.p + r->at, "\\u", 2) != 0)
		return 0xfffd;
	low = hex4(r->raw.p + r->at + 2);
	if (low < 0xdc00 || low > 0xdfff)
		return 0xfffd;
	r->at += 6;
	return 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
}

/* Behind the u of \uXXXX. */
static uint32_t read_unicode(struct reader *r)
{
	uint32_t c = hex4(r->raw.p + r->at);

	r->at += 4;
	if (is_high(c))
		return read_low(r, c);
	return c < 0xd800 || c > 0xdfff ? c : 0xfffd;
}

/* At a backslash: what the escape stands for, in UTF-8. */
static size_t read_escape(struct reader *r, unsigned char out[4])
{
	static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
	unsigned char c = r->raw.p[r->at + 1];
	const char *hit;

	r->at += 2;
	if (c == 'u')
		return utf8_encode(read_unicode(r), out);
	hit = strchr(from, c);
	out[0] = hit == NULL ? c : (unsigned char)to[hit - from];
	return 1;
}

/* The next character, as it stands or escaped; 0 at the end. */
static size_t read_char(struct reader *r, unsigned char out[4])
{
	size_t n = 0;

	if (r->at == r->raw.n)
		return 0;
	if (r->raw.p[r->at] == '\\')
		return read_escape(r, out);
	do
		out[n++] = r->raw.p[r->at++];
	while (r->at < r->raw.n && (r->raw.p[r->at] & 0xc0) == 0x80);
	return n;
}

static bool add_char(struct buf *out, uint32_t scalar, struct err *e)
{
	unsigned char c[4];

	return buf_add(out, span_of(c, utf8_encode(scalar, c)), e);
}

bool json_text(const struct json *j, int value, struct buf *out, struct err *e)
{
	uint32_t high = 0;

	return json_text_piece(j, value, &high, out, e) && (high == 0 || add_char(out, 0xfffd, e));
}

/* At a backslash: the first half of a pair, and nothing behind it? */
static bool ends_in_high(const struct reader *r, uint32_t *high)
{
	const unsigned char *p = r->raw.p + r->at;

	if (r->raw.n - r->at != 6 || p[1] != 'u' || !is_high(hex4(p + 2)))
		return false;
	*high = hex4(p + 2);
	return true;
}

bool json_text_piece(
	const struct json *j, int value, uint32_t *high, struct buf *out, struct err *e)
{
	struct reader r = {0};
	unsigned char c[4];

	if (json_is_type(j, value, JSON_STRING))
		r.raw = json_raw(j, value);
	if (*high != 0 && r.raw.n > 0) {
		if (!add_char(out, read_low(&r, *high), e))
			return false;
		*high = 0;
	}
	while (r.at < r.raw.n) {
		size_t stop = span_find(r.raw, '\\', r.at);

		if (!buf_add(out, span_cut(r.raw, r.at, stop), e))
			return false;
		r.at = stop;
		if (stop < r.raw.n && ends_in_high(&r, high))
			return true;
		if (stop < r.raw.n && !buf_add(out, span_of(c, read_escape(&r, c)), e))
			return false;
	}
	return true;
}

static bool is_escaped(struct span raw)
{
	return span_find(raw, '\\', 0) < raw.n;
}

static bool unescapes_to(struct span raw, struct span s)
{
	struct reader r = {raw, 0};
	unsigned char c[4];
	size_t n;

	while ((n = read_char(&r, c)) > 0) {
		if (s.n < n || memcmp(s.p, c, n) != 0)
			return false;
		s = span_cut(s, n, s.n);
	}
	return s.n == 0;
}

bool json_is_str(const struct json *j, int value, const char *s)
{
	return json_is_span(j, value, span_str(s));
}

bool json_is_span(const struct json *j, int value, struct span want)
{
	struct span raw = json_raw(j, value);

	if (!json_is_type(j, value, JSON_STRING) || raw.n < want.n)
		return false; /* an escape is never shorter than what it stands for */
	if (raw.n == want.n)
		return span_equal(raw, want) && !is_escaped(raw);
	return is_escaped(raw) && unescapes_to(raw, want);
}

int json_compare(const struct json *j, int a, int b)
{
	return json_compare_with(j, a, j, b);
}

int json_compare_with(const struct json *j, int a, const struct json *k, int b)
{
	struct reader x = {json_raw(j, a), 0}, y = {json_raw(k, b), 0};
	unsigned char c[4], d[4];
	size_t n, m;

	if (!is_escaped(x.raw) && !is_escaped(y.raw)) {
		n = x.raw.n < y.raw.n ? x.raw.n : y.raw.n;
		int order = n == 0 ? 0 : memcmp(x.raw.p, y.raw.p, n);
		return order != 0 ? order : (x.raw.n > y.raw.n) - (x.raw.n < y.raw.n);
	}
	do {
		n = read_char(&x, c);
		m = read_char(&y, d);
	} while (n > 0 && n == m && memcmp(c, d, n) == 0);
	if (n == 0 || m == 0)
		return (n > m) - (n < m);
	return memcmp(c, d, n < m ? n : m);
}

/* A number taken apart. */
struct decimal {
	bool negative;
	struct span text;  /* digits, with the point among them */
	int64_t exponent;
};

/* The digits of an exponent, saturating: what is beyond is far out of every range. */
static int64_t read_exponent(struct span s)
{
	bool negative = s.n > 0 && s.p[0] == '-';
	int64_t v = 0;

	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] >= '0' && s.p[i] <= '9' && v < INT32_MAX)
			v = v * 10 + (s.p[i] - '0');
	return negative ? -v : v;
}

static struct decimal take_apart(struct span raw)
{
	struct decimal d = {.negative = raw.p[0] == '-'};
	size_t e = 0;

	while (e < raw.n && (raw.p[e] | 0x20) != 'e')
		e++;
	d.text = span_cut(raw, d.negative, e);
	d.exponent = read_exponent(span_cut(raw, e + 1, raw.n));
	return d;
}

enum fit { FIT_EXACT, FIT_CUT, FIT_OVER };

/* |number| * 10^shift, at most `max`; digits behind the point of the result are cut off. */
static enum fit scale(const struct decimal *d, int shift, uint64_t max, uint64_t *out)
{
	size_t point = span_find(d->text, '.', 0), i;
	int64_t places = (int64_t)point + d->exponent + shift; /* digits the result has */
	uint64_t v = 0;
	enum fit fit = FIT_EXACT;

	for (i = 0; i < d->text.n; i++) {
		unsigned digit = d->text.p[i] - '0';

		if (i == point)
			continue;
		if (places-- <= 0) {
			if (digit != 0)
				fit = FIT_CUT;
		} else if (v > (max - digit) / 10) {
			return FIT_OVER;
		} else {
			v = v * 10 + digit;
		}
	}
	for (; v > 0 && places > 0; places--) {
		if (v > max / 10)
			return FIT_OVER;
		v *= 10;
	}
	*out = v;
	return fit;
}

static int64_t with_sign(const struct decimal *d, uint64_t v)
{
	if (!d->negative)
		return (int64_t)v;
	return v == 0 ? 0 : -(int64_t)(v - 1) - 1;
}

static enum fit read_number(struct span raw, int shift, int64_t *out)
{
	struct decimal d = take_apart(raw);
	uint64_t max = (uint64_t)INT64_MAX + d.negative, v = max;
	enum fit fit = scale(&d, shift, max, &v);

	*out = with_sign(&d, v);
	return fit;
}

bool json_i64(const struct json *j, int value, int64_t *out)
{
	int64_t v;

	if (!json_is_type(j, value, JSON_NUMBER))
		return false;
	if (read_number(json_raw(j, value), 0, &v) != FIT_EXACT)
		return false;
	*out = v;
	return true;
}

bool json_milli(const struct json *j, int value, int64_t *out)
{
	if (!json_is_type(j, value, JSON_NUMBER))
		return false;
	(void)read_number(json_raw(j, value), 3, out);
	return true;
}
