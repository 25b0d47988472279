/*
 * UTF-8 by the book: every scalar value, every two bytes, every three bytes that begin with a lead,
 * against a decoder that works the other way round (by value, not by byte ranges).
 */
#include "base/utf8.h"

#include "ceiling.h"
#include "tap.h"

static struct err err;

/* Length of the character at the front, by decoding it and asking whether it was the shortest way. */
static size_t reference(const unsigned char *p, size_t n)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t len = p[0] < 0x80             ? 1
		     : (p[0] & 0xe0) == 0xc0 ? 2
		     : (p[0] & 0xf0) == 0xe0 ? 3
		     : (p[0] & 0xf8) == 0xf0 ? 4
					     : 0;
	uint32_t v;

	if (len == 0 || len > n)
		return 0;
	v = len == 1 ? p[0] : p[0] & (0xffu >> (len + 1));
	for (size_t i = 1; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		v = v << 6 | (p[i] & 0x3f);
	}
	return v >= least[len] && v <= 0x10ffff && (v < 0xd800 || v > 0xdfff) ? len : 0;
}

static size_t reference_valid(const unsigned char *p, size_t n)
{
	size_t good = 0, len;

	while (good < n && (len = reference(p + good, n - good)) > 0)
		good += len;
	return good;
}

static void test_scalars(void)
{
	bool ok = true;

	for (uint32_t c = 0; c <= 0x10ffff && ok; c++) {
		unsigned char b[4];
		size_t n = utf8_encode(c, b);
		bool surrogate = c >= 0xd800 && c <= 0xdfff;

		ok = reference(b, n) == (surrogate ? 0 : n) &&
		     (utf8_valid(span_of(b, n)) == n) == !surrogate;
		ok = ok && (surrogate || utf8_decode(b, n) == c);
		for (size_t k = 1; k < n; k++)
			ok = ok && utf8_valid(span_of(b, k)) == 0;
	}
	tap_ok(ok, "every scalar value, whole and cut");
}

static void test_bytes(void)
{
	bool ok = true;
	unsigned char b[4];

	for (unsigned i = 0; i < 65536 && ok; i++) {
		b[0] = (unsigned char)(i >> 8);
		b[1] = (unsigned char)i;
		ok = utf8_valid(span_of(b, 2)) == reference_valid(b, 2);
	}
	tap_ok(ok, "every two bytes");
	for (unsigned i = 0xc0 << 16; i < 1 << 24 && ok; i++) {
		b[0] = (unsigned char)(i >> 16);
		b[1] = (unsigned char)(i >> 8);
		b[2] = (unsigned char)i;
		ok = utf8_valid(span_of(b, 3)) == reference_valid(b, 3);
	}
	tap_ok(ok, "every three bytes that begin high");
	uint32_t seed = 9;
	for (int i = 0; i < 200000 && ok; i++) {
		static const unsigned char edge[] = {0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0,
			0xc2, 0xdf, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5};
		for (int k = 0; k < 4; k++) {
			seed = seed * 1664525 + 1013904223;
			b[k] = edge[seed >> 28];
		}
		ok = utf8_valid(span_of(b, 4)) == reference_valid(b, 4);
	}
	tap_ok(ok, "four bytes at the edges");
	tap_ok(utf8_valid(span_of(NULL, 0)) == 0, "nothing");
}

static const struct {
	const char *name, *text, *want;
} mends[] = {
	{"nothing", "", ""},
	{"good text", "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z",
		"a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z"},
	{"a byte alone",
		"a\xff"
		"b",
		"a\xef\xbf\xbd"
		"b"},
	{"continuation alone", "\x80", "\xef\xbf\xbd"},
	{"two of them", "\x80\xbf", "\xef\xbf\xbd\xef\xbf\xbd"},
	{"cut by a letter", "\xe2\x82z", "\xef\xbf\xbdz"},
	{"cut by a lead", "\xe2\x82\xc3\xa9", "\xef\xbf\xbd\xc3\xa9"},
	{"cut by the end", "\xf0\x9f\x98", "\xef\xbf\xbd"},
	{"lead and the end", "a\xc3", "a\xef\xbf\xbd"},
	/* Unicode 15, table 3-8 and its neighbours: one per maximal subpart */
	{"overlong",
		"\xc0\xaf\xe0\x80\xbf\xf0\x81\x82"
		"A",
		"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf"
		"\xbd\xef\xbf\xbd"
		"A"},
	{"surrogates",
		"\xed\xa0\x80\xed\xbf\xbf\xed\xaf"
		"A",
		"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf"
		"\xbd\xef\xbf\xbd"
		"A"},
	{"too high",
		"\xf4\x91\x92\x93\xff"
		"A\x80\xbf"
		"B",
		"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"
		"A\xef\xbf\xbd\xef\xbf\xbd"
		"B"},
	{"cut short",
		"\xe1\x80\xe2\xf0\x91\x92\xf1\xbf"
		"A",
		"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"
		"A"},
};

static bool repair_some(struct buf *out, struct err *e)
{
	return utf8_repair(span_str("a\xff" "b\xe2\x82" "c\xf0\x9f"), out, e);
}

int main(void)
{
	struct buf out;

	test_scalars();
	test_bytes();
	buf_init(&out, 1000, "text");
	for (size_t i = 0; i < sizeof mends / sizeof *mends; i++) {
		struct span in = tap_guard(span_str(mends[i].text));

		buf_clear(&out);
		tap_good(utf8_repair(in, &out, &err), &err, mends[i].name);
		tap_is_str(buf_span(&out), mends[i].want, mends[i].name);
		tap_ok(utf8_valid(buf_span(&out)) == out.n, "well-formed: %s", mends[i].name);
		tap_unguard(in);
	}
	buf_free(&out);
	tap_ok(ceiling_each(repair_some), "any byte may be one too many");
	return tap_done();
}
