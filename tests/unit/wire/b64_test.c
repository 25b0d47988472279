/* wire/b64: RFC 4648's own vectors, every way to be wrong, and there and back again. */
#include "wire/b64.h"
#include "tap.h"

static const struct {
	const char *plain, *standard, *url;
} vectors[] = {
	{"", "", ""},
	{"f", "Zg==", "Zg"},
	{"fo", "Zm8=", "Zm8"},
	{"foo", "Zm9v", "Zm9v"},
	{"foob", "Zm9vYg==", "Zm9vYg"},
	{"fooba", "Zm9vYmE=", "Zm9vYmE"},
	{"foobar", "Zm9vYmFy", "Zm9vYmFy"},
	{"\xfb\xff\xbf", "+/+/", "-_-_"},
	{"\xff\xef\xff", "/+//", "_-__"},
	{"\xff", "/w==", "_w"},
	{"\xff\xff", "//8=", "__8"},
};

static const struct {
	const char *text;
	enum b64_alphabet alphabet;
	const char *plain; /* NULL: refused */
} rows[] = {
	{"Zg==", B64_URL, "f"},
	{"Zm8=", B64_URL, "fo"},
	{"Zm9v", B64_URL, "foo"},
	{"Zg", B64_STANDARD, NULL},
	{"Zm8", B64_STANDARD, NULL},
	{"Z", B64_STANDARD, NULL},
	{"Z", B64_URL, NULL},
	{"A", B64_URL, NULL},
	{"Zm9vA", B64_URL, NULL},
	{"Zm9vY", B64_URL, NULL},
	{"Zm9vY===", B64_STANDARD, NULL},
	{"Zm9vY===", B64_URL, NULL},
	{"Z===", B64_STANDARD, NULL},
	{"====", B64_STANDARD, NULL},
	{"===", B64_URL, NULL},
	{"==", B64_URL, NULL},
	{"=", B64_URL, NULL},
	{"=", B64_STANDARD, NULL},
	{"Zg=", B64_STANDARD, NULL},
	{"Zg=", B64_URL, NULL},
	{"Zg===", B64_STANDARD, NULL},
	{"Zm8==", B64_STANDARD, NULL},
	{"Zm8==", B64_URL, NULL},
	{"Zm9v=", B64_STANDARD, NULL},
	{"Zm9v==", B64_URL, NULL},
	{"Zm9v====", B64_STANDARD, NULL},
	{"Zg==Zg==", B64_STANDARD, NULL},
	{"Zg==Zm9v", B64_STANDARD, NULL},
	{"Z=g=", B64_STANDARD, NULL},
	{"=Zg=", B64_STANDARD, NULL},
	{"Zh==", B64_STANDARD, NULL},
	{"Zv==", B64_STANDARD, NULL},
	{"Zm9=", B64_STANDARD, NULL},
	{"Zm/=", B64_STANDARD, NULL},
	{"Zh", B64_URL, NULL},
	{"Zm9", B64_URL, NULL},
	{"Zm9vYh", B64_URL, NULL},
	{" Zm9v", B64_STANDARD, NULL},
	{"Zm9v ", B64_STANDARD, NULL},
	{"Zm 9v", B64_STANDARD, NULL},
	{"Zm9v\n", B64_STANDARD, NULL},
	{"Zm9v\r\nZm9v", B64_STANDARD, NULL},
	{"Zm9\n", B64_STANDARD, NULL},
	{"+/+/", B64_URL, NULL},
	{"-_-_", B64_STANDARD, NULL},
	{"Zm9.", B64_URL, NULL},
	{"Zm9@", B64_STANDARD, NULL},
	{"Zm9[", B64_STANDARD, NULL},
	{"Zm9`", B64_STANDARD, NULL},
	{"Zm9{", B64_STANDARD, NULL},
	{"Zm9:", B64_STANDARD, NULL},
	{"Zm9\x80", B64_STANDARD, NULL},
	{"\xff\xff\xff\xff", B64_URL, NULL},
	{"Zm9,", B64_URL, NULL},
};

static void test_decode(const char *text, enum b64_alphabet a, const char *plain)
{
	struct span in = tap_guard(span_str(text));
	struct buf out;
	struct err e;
	bool ok;

	buf_init_wiping(&out, 2 + (plain == NULL ? 6 : strlen(plain)), "bytes");
	if (!buf_add_str(&out, "<>", &e))
		abort();
	ok = b64_decode(in, a, &out, &e);
	if (plain != NULL)
		tap_good(ok, &e, text);
	else
		tap_fails(ok, &e, ERR_PROTOCOL, text);
	tap_ok(span_starts(buf_span(&out), "<>"), "what was there stays");
	tap_is_str(span_cut(buf_span(&out), 2, out.n), plain == NULL ? "" : plain,
	           "what was added");
	buf_free(&out);
	tap_unguard(in);
}

static void test_encode(const char *plain, enum b64_alphabet a, const char *text)
{
	struct span in = tap_guard(span_str(plain));
	struct buf out;
	struct err e;

	buf_init(&out, strlen(text), "text");
	tap_good(b64_encode(in, a, &out, &e), &e, "encoded within its exact ceiling");
	tap_is_str(buf_span(&out), text, text);
	buf_free(&out);
	tap_unguard(in);
}

/* Every length up to 50 of bytes that go through all 256 values, NUL included. */
static void test_round_trip(enum b64_alphabet a, const char *name)
{
	unsigned char plain[50];
	struct buf text, back;
	struct err e;
	bool ok = true;

	buf_init(&text, 100, "text");
	buf_init(&back, sizeof plain, "bytes");
	for (unsigned seed = 0; seed < 256; seed += 5)
		for (size_t n = 0; n <= sizeof plain; n++) {
			for (size_t i = 0; i < n; i++)
				plain[i] = (unsigned char)(seed + i * 37);
			buf_clear(&text);
			buf_clear(&back);
			ok = ok && b64_encode(span_of(plain, n), a, &text, &e) &&
			     b64_decode(buf_span(&text), a, &back, &e) &&
			     span_equal(buf_span(&back), span_of(plain, n));
		}
	tap_ok(ok, "%s: there and back again", name);
	buf_free(&text);
	buf_free(&back);
}

/* Each byte stands for a digit in one way or not at all. */
static void test_alphabet(enum b64_alphabet a, const char *name)
{
	unsigned digits = 0, values = 0;

	for (unsigned c = 0; c < 256; c++) {
		unsigned char text[4] = {'A', 'A', 'A', (unsigned char)c};
		struct buf out;
		struct err e;

		buf_init(&out, 3, "bytes");
		if (b64_decode(span_of(text, 4), a, &out, &e) && out.n == 3) {
			digits++;
			values += out.p[2];
		}
		buf_free(&out);
	}
	tap_ok(digits == 64 && values == 63 * 64 / 2, "%s: 64 digits, each with its own value",
	       name);
}

static void test_ceiling(void)
{
	struct buf out;
	struct err e;

	buf_init(&out, 2, "bytes");
	tap_fails(b64_decode(span_str("Zm9v"), B64_URL, &out, &e), &e, ERR_CEILING,
	          "decoded over the ceiling");
	tap_fails(b64_encode(span_str("f"), B64_STANDARD, &out, &e), &e, ERR_CEILING,
	          "encoded over the ceiling");
	buf_free(&out);
}

int main(void)
{
	for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
		test_encode(vectors[i].plain, B64_STANDARD, vectors[i].standard);
		test_encode(vectors[i].plain, B64_URL, vectors[i].url);
		test_decode(vectors[i].standard, B64_STANDARD, vectors[i].plain);
		test_decode(vectors[i].url, B64_URL, vectors[i].plain);
	}
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		test_decode(rows[i].text, rows[i].alphabet, rows[i].plain);
	test_round_trip(B64_STANDARD, "standard");
	test_round_trip(B64_URL, "url");
	test_alphabet(B64_STANDARD, "standard");
	test_alphabet(B64_URL, "url");
	test_ceiling();
	return tap_done();
}
