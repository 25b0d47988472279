/*
 * No learned secret comes through, however it is written and however the text is cut; and nothing
 * else is changed or kept waiting.
 *
 * Every expected text is made by the test's own encoders, which know nothing of how the redactor
 * looks for a secret.
 */
#include "base/limits.h"
#include "base/redact.h"
#include "ceiling.h"
#include "failing.h"
#include "tap.h"

static struct err err;

static void must(bool ok)
{
	if (!ok) {
		printf("Bail out! %s\n", err.text);
		exit(1);
	}
}

static uint32_t seed;

static unsigned pick(unsigned n)
{
	seed = seed * 1664525 + 1013904223;
	return (unsigned)((uint64_t)(seed >> 8) * n >> 24);
}

static struct secret *secret_of(struct span s)
{
	struct secret *out;
	struct buf b;

	buf_init_wiping(&b, TOKEN_MAX, "secret");
	must(buf_add(&b, s, &err) && secret_take(&out, &b, &err));
	return out;
}

static struct redact *knowing(const char *const *secrets)
{
	struct redact *r;

	must(redact_new(&r, &err));
	for (; *secrets != NULL; secrets++) {
		struct secret *s = secret_of(span_str(*secrets));
		must(redact_learn(r, s, &err));
		secret_free(&s);
	}
	return r;
}

/* Feeds `first` bytes, then pieces of `step`. */
static void run(const struct redact *r, struct span in, size_t first, size_t step, struct buf *out)
{
	struct redact_stream s;

	buf_clear(out);
	redact_stream_init(&s, r);
	for (size_t at = 0, next = first; at < in.n; at = next, next = at + step)
		must(redact_feed(&s, span_cut(in, at, next), out, &err));
	must(redact_finish(&s, out, &err));
	redact_stream_free(&s);
}

/* Whole, at every cut, byte by byte: always `want`. */
static bool always(const struct redact *r, struct span text, struct span want)
{
	struct span in = tap_guard(text);
	struct buf out;
	bool ok;

	buf_init(&out, 1 << 20, "output");
	must(redact_all(r, in, &out, &err));
	ok = span_equal(buf_span(&out), want);
	if (!ok)
		tap_show("whole", buf_span(&out));
	for (size_t cut = 1; cut < in.n && ok; cut++) {
		run(r, in, cut, in.n, &out);
		ok = span_equal(buf_span(&out), want);
		if (!ok)
			tap_show("cut", buf_span(&out));
	}
	run(r, in, 1, 1, &out);
	if (!span_equal(buf_span(&out), want)) {
		tap_show("byte by byte", buf_span(&out));
		ok = false;
	}
	if (!ok) {
		tap_show("of", text);
		tap_show("want", want);
	}
	buf_free(&out);
	tap_unguard(in);
	return ok;
}

#define TOKEN "sk-kq3ZpL8vT0xYw5Rb.7_~+/dN=="
#define PUBLIC "at-kq3ZpL8vT0xYw5Rb.7_~" /* begins as every token does */
#define PASSWORD "p%41w\\d\"/"

#define COUSIN "sk-kq3ZpL8vT0xYw5R-another-one"

static const char *const many[] = {
	TOKEN,
	PASSWORD,
	"hunter",
	"hunter2",
	"swordfish",
	"sword",
	"k-kq3!",
	COUSIN,
	COUSIN "-longer",
	NULL,
};

static const struct {
	const char *name, *text, *want;
} rows[] = {
	{"nothing", "", ""},
	{"ordinary text", "an ordinary text at - eyJ %61 \\u0061 6174",
		"an ordinary text at - eyJ %61 \\u0061 6174"},
	{"the token", TOKEN, "[redacted]"},
	{"in a header", "Authorization: Bearer " TOKEN "\r\n",
		"Authorization: Bearer [redacted]\r\n"},
	{"twice", TOKEN TOKEN, "[redacted][redacted]"},
	{"behind its own beginning", "sk-kq3Z" TOKEN, "sk-kq3Z[redacted]"},
	{"broken off", "sk-kq3ZpL8vT0xYw5Rb! ", "sk-kq3ZpL8vT0xYw5Rb! "},
	{"broken off by the end", "sk-kq3ZpL8vT0x", "[redacted]"},
	{"hardly begun at the end", "sk-kq3Z", "sk-kq3Z"},
	{"another case", "AT-KQ3ZPL8VT0XYW5RB.7_~+/DN==", "AT-KQ3ZPL8VT0XYW5RB.7_~+/DN=="},
	{"percent, what must be", "sk-kq3ZpL8vT0xYw5Rb.7_~%2B%2FdN%3D%3D", "[redacted]"},
	{"percent, small letters", "sk-kq3ZpL8vT0xYw5Rb.7_~%2b%2fdN%3d%3d", "[redacted]"},
	{"percent, first", "%73k-kq3ZpL8vT0xYw5Rb.7_~+/dN==", "[redacted]"},
	{"percent, last", "sk-kq3ZpL8vT0xYw5Rb.7_~+/dN=%3D", "[redacted]"},
	{"percent, not quite", "sk-kq3ZpL8vT0xYw5Rb.7_~%2B%2FdN%3D%3E",
		"sk-kq3ZpL8vT0xYw5Rb.7_~%2B%2FdN%3D%3E"},
	{"percent, broken", "sk-kq3ZpL8vT0xYw5Rb.7_~%2", "[redacted]"},
	{"escaped slash", "sk-kq3ZpL8vT0xYw5Rb.7_~+\\/dN==", "[redacted]"},
	{"escaped as HTML-safe JSON", "sk-kq3ZpL8vT0xYw5Rb.7_~\\u002b/dN\\u003d\\u003D",
		"[redacted]"},
	{"hexadecimal", "736b2d6b71335a704c387654307859773552622e375f7e2b2f644e3d3d",
		"[redacted]"},
	{"hexadecimal, capitals", "736B2D6B71335A704C387654307859773552622E375F7E2B2F644E3D3D",
		"[redacted]"},
	{"password as it is", "user:" PASSWORD "@proxy", "user:[redacted]@proxy"},
	{"password, percent", "user:p%2541w%5Cd%22%2F@proxy", "user:[redacted]@proxy"},
	{"password, JSON", "\"p%41w\\\\d\\\"\\/\"", "\"[redacted]\""},
	{"password, \\u", "\\u0070\\u0025\\u0034\\u0031\\u0077\\u005C\\u0064\\u0022\\u002f",
		"[redacted]"},
	{"password, decoded too much", "pAw\\d\"/", "pAw\\d\"/"},
	{"the longest of two", "hunter hunter2 hunter3", "[redacted] [redacted] [redacted]3"},
	{"the longest of two, at the end", "hunter", "[redacted]"},
	{"the longest, learnt first", "sword swordfish swordfis!",
		"[redacted] [redacted] [redacted]fis!"},
	{"a short one in the first bytes of a long one", "sk-kq3!", "s[redacted]"},
	{"nearly", "sk-kq3?" TOKEN, "sk-kq3?[redacted]"},
	{"two with one beginning", COUSIN " " TOKEN, "[redacted] [redacted]"},
	{"one the beginning of another", COUSIN "-longe " COUSIN "-longer",
		"[redacted]-longe [redacted]"},
	{"a short one inside the beginning of a long one", "at-khunter", "at-k[redacted]"},
};

static void test_rows(void)
{
	struct redact *r = knowing(many);

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		tap_ok(always(r, span_str(rows[i].text), span_str(rows[i].want)), "%s",
			rows[i].name);
	redact_free(&r);
}

/* The test's own encoders. Each appends the secret in one writing. */
static void as_hex(struct buf *b, struct span s, bool capitals)
{
	const char *digits = capitals ? "0123456789ABCDEF" : "0123456789abcdef";

	for (size_t i = 0; i < s.n; i++)
		must(buf_add_byte(b, (unsigned char)digits[s.p[i] >> 4], &err) &&
		     buf_add_byte(b, (unsigned char)digits[s.p[i] & 15], &err));
}

/* %xx, %XX, \u00xx, \u00XX; `part` of a hundred characters, and those that must. */
static void as_escapes(struct buf *b, struct span s, unsigned kind, unsigned part)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '%' || s.p[i] == '\\' || pick(100) < part) {
			must(buf_add_str(b, kind < 2 ? "%" : "\\u00", &err));
			as_hex(b, span_cut(s, i, i + 1), kind % 2 == 1);
		} else {
			must(buf_add_byte(b, s.p[i], &err));
		}
	}
}

/*
 * base64 of `front` + s + `back`, whose length is a multiple of three. Characters that also depend on
 * what is around are given apart: `before` and `after` are how many.
 */
static void as_base64(
	struct buf *b, struct span front, struct span s, bool url, size_t *before, size_t *after)
{
	const char *digits =
		url ? "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
		    : "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	struct buf all;
	size_t first, last;

	buf_init(&all, 1 << 16, "text");
	must(buf_add(&all, front, &err) && buf_add(&all, s, &err));
	first = front.n * 8;
	last = all.n * 8;
	while (all.n % 3 != 0)
		must(buf_add_byte(&all, 'k', &err));
	for (size_t i = 0; i < all.n; i += 3) {
		uint32_t v = (uint32_t)all.p[i] << 16 | (uint32_t)all.p[i + 1] << 8 | all.p[i + 2];
		for (int k = 18; k >= 0; k -= 6)
			must(buf_add_byte(b, (unsigned char)digits[v >> k & 63], &err));
	}
	*before = (first + 5) / 6;
	*after = all.n / 3 * 4 - last / 6;
	buf_free(&all);
}

static void random_secret(struct buf *b, bool odd, bool grace)
{
	static const char b64token[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/";
	size_t n = grace ? TOKEN_MIN + pick(180) : 6 + pick(13);

	buf_clear(b);
	while (b->n < n)
		must(buf_add_byte(b, (unsigned char)(!odd ? b64token[pick(sizeof b64token - 1)] :
		                                     pick(4) == 0 ? "%\\\"/ \t\n"[pick(7)] :
		                                                    (int)(1 + pick(255))), &err));
}

/* Text that is full of beginnings, and in which the writing of a secret cannot go on. */
static void surround(struct buf *b)
{
	static const char *const bits[] = {
		"", " ", "{\"a\":\"", "!?!", " the ", "\n\n", "<", "***", "%!", "\\!"};

	for (unsigned n = pick(4); n > 0; n--)
		must(buf_add_str(b, bits[pick(10)], &err));
	must(buf_add_byte(b, "! <"[pick(3)], &err));
}

enum { WRITINGS = 13 };

static void test_random(void)
{
	struct buf secret, text, want, coded;
	int bad[WRITINGS] = {0};

	buf_init(&secret, TOKEN_MAX, "secret");
	buf_init(&text, 1 << 16, "text");
	buf_init(&want, 1 << 16, "text");
	buf_init(&coded, 1 << 16, "text");
	for (unsigned round = 0; round < 40 * WRITINGS; round++) {
		unsigned writing = round % WRITINGS;
		bool odd = pick(3) == 0, grace = pick(4) != 0;
		size_t before = 0, after = 0, from;
		struct span s;

		seed = round + 1;
		random_secret(&secret, odd, grace);
		s = buf_span(&secret);
		struct redact *r;
		struct secret *opaque = secret_of(s);
		must(redact_new(&r, &err) && redact_learn(r, opaque, &err) &&
			redact_learn(r, opaque, &err));
		secret_free(&opaque);
		buf_clear(&text);
		buf_clear(&want);
		for (int n = 0; n < 2; n++) {
			buf_clear(&coded);
			from = text.n;
			surround(&text);
			must(buf_add(&want, span_cut(buf_span(&text), from, text.n), &err));
			if (writing == 0)
				must(buf_add(&coded, s, &err));
			else if (writing < 5)
				as_escapes(&coded, s, writing - 1, 50);
			else if (writing < 7)
				as_hex(&coded, s, writing == 6);
			else
				as_base64(&coded, span_cut(span_str("xyz!"), 0, (writing - 7) % 3),
					s, writing >= 10, &before, &after);
			must(buf_add(&text, buf_span(&coded), &err));
			must(buf_add(&want, span_cut(buf_span(&coded), 0, before),
				&err));
			must(buf_add_str(&want, "[redacted]", &err));
			must(buf_add(
				&want, span_cut(buf_span(&coded), coded.n - after, coded.n), &err));
		}
		from = text.n;
		surround(&text);
		must(buf_add(&want, span_cut(buf_span(&text), from, text.n), &err));
		bad[writing] += !always(r, buf_span(&text), buf_span(&want));
		redact_free(&r);
	}
	static const char *const names[WRITINGS] = {
		"verbatim",
		"percent, small",
		"percent, capital",
		"\\u, small",
		"\\u, capital",
		"hexadecimal, small",
		"hexadecimal, capital",
		"base64, 0",
		"base64, 1",
		"base64, 2",
		"base64url, 0",
		"base64url, 1",
		"base64url, 2",
	};
	for (int i = 0; i < WRITINGS; i++)
		tap_ok(bad[i] == 0, "40 random secrets, %s, in any cut", names[i]);
	buf_free(&secret);
	buf_free(&text);
	buf_free(&want);
	buf_free(&coded);
}

/* How a token begins is public: those bytes need not wait, and are taken back when nothing has waited. */
static void test_grace(void)
{
	static const char *const known[] = {PUBLIC, "eyJhbGciOiJub25lIn0.e30.", NULL};

	for (size_t i = 0; known[i] != NULL; i++) {
		struct redact *r = knowing(known);
		struct span in = span_str(known[i]);
		struct buf out, want;

		buf_init(&out, 1024, "output");
		buf_init(&want, 1024, "text");
		must(redact_all(r, in, &out, &err));
		tap_is_str(buf_span(&out), "[redacted]", "a token in one piece goes whole");
		for (size_t cut = 1; cut < in.n; cut++) {
			buf_clear(&want);
			must(buf_add(&want, span_cut(in, 0, cut < 3 ? cut : 3), &err) &&
			     buf_add_str(&want, "[redacted]", &err));
			run(r, in, cut, in.n, &out);
			if (!span_equal(buf_span(&out), buf_span(&want)))
				tap_is_span(buf_span(&out), buf_span(&want), "a token cut in two");
		}
		run(r, in, 1, 1, &out);
		tap_is_span(buf_span(&out), buf_span(&want), "of a token byte by byte three pass");
		buf_free(&out);
		buf_free(&want);
		redact_free(&r);
	}
}

/* What goes in comes out, and at once: at most a match in progress, less its first three bytes, stays. */
static void test_ordinary(void)
{
	static const char *const one[] = {PUBLIC, NULL};
	struct redact *r = knowing(one);
	struct redact_stream s;
	struct buf out;
	size_t behind = 0;
	bool same = true;

	buf_init(&out, 1 << 20, "output");
	redact_stream_init(&s, r);
	seed = 5;
	for (int i = 0; i < 100000; i++) {
		unsigned char c = (unsigned char)"eYatkq3ZpL8-%\\u006174 dWXhEyJ"[pick(28)];
		size_t had = out.n, late;

		must(redact_feed(&s, span_of(&c, 1), &out, &err));
		late = (size_t)i + 1 - out.n;
		behind = late > behind ? late : behind;
		same &= had == out.n || out.n <= (size_t)i + 1;
	}
	must(redact_finish(&s, &out, &err));
	tap_ok(same && out.n == 100000, "100,000 bytes of beginnings come through");
	tap_ok(behind <= 6, "never more than six of them late (%zu)", behind);
	redact_stream_free(&s);

	for (size_t n = 1; n <= 3; n++) {
		buf_clear(&out);
		redact_stream_init(&s, r);
		must(redact_feed(&s, span_of(PUBLIC, n), &out, &err));
		tap_is_int((long long)out.n, (long long)n,
			"three bytes of a token are not kept waiting");
		redact_stream_free(&s);
	}
	buf_clear(&out);
	redact_stream_init(&s, r);
	must(redact_feed(&s, span_of(PUBLIC, 4), &out, &err));
	tap_is_int((long long)out.n, 3, "the fourth is");
	must(redact_feed(&s, span_str("!"), &out, &err));
	tap_is_str(buf_span(&out), "at-k!", "until it is decided");
	redact_stream_free(&s);
	redact_free(&r);
	buf_free(&out);
}

static void test_learning(void)
{
	static const char *const none[] = {NULL};
	struct redact *r = knowing(none);
	struct secret *s;
	char text[16];

	tap_ok(always(r, span_str("abc"), span_str("abc")), "knowing nothing");
	tap_ok(always(NULL, span_str("abc"), span_str("abc")), "without a redactor");
	s = secret_of(span_str("abc"));
	tap_good(redact_learn(r, s, &err), &err, "three bytes are learnt");
	tap_ok(always(r, span_str("abc"), span_str("abc")), "but not looked for");
	secret_free(&s);
	for (int i = 0; i < SECRETS_MAX; i++) {
		snprintf(text, sizeof text, "secret-%c", 'A' + i);
		s = secret_of(span_str(text));
		must(redact_learn(r, s, &err));
		secret_free(&s);
	}
	tap_ok(always(r, span_str("secret-A secret-P secret-z"),
		       span_str("[redacted] [redacted] secret-z")),
		"as many as there is room for");
	s = secret_of(span_str("one more"));
	tap_fails(redact_learn(r, s, &err), &err, ERR_CEILING, "one more");
	tap_ok(strstr(err.text, "one more") == NULL, "is not told");
	secret_free(&s);
	redact_free(&r);
	redact_free(&r);
	tap_ok(r == NULL, "freed twice");
}

/* The longest secret, each byte written as long as can be. */
static void test_longest(void)
{
	struct buf secret, hex, text, out;
	struct redact *r;
	struct secret *opaque;

	buf_init(&secret, TOKEN_MAX, "secret");
	buf_init(&hex, 1 << 20, "text");
	buf_init(&text, 1 << 20, "text");
	buf_init(&out, 1 << 20, "text");
	seed = 77;
	for (int i = 0; i < TOKEN_MAX; i++)
		must(buf_add_byte(&secret, (unsigned char)('!' + pick(90)), &err));
	opaque = secret_of(buf_span(&secret));
	must(redact_new(&r, &err) && redact_learn(r, opaque, &err));
	secret_free(&opaque);
	as_hex(&hex, buf_span(&secret), false);
	as_escapes(&text, buf_span(&hex), 2, 101);
	must(buf_add_str(&text, "!", &err));
	run(r, buf_span(&text), 1400, 1400, &out);
	tap_is_str(buf_span(&out), "[redacted]!", "16 KiB in hexadecimal, each digit escaped");
	run(r, buf_span(&text), 1, 1, &out);
	tap_is_str(buf_span(&out), "[redacted]!", "byte by byte, and in no time");
	redact_free(&r);
	buf_free(&secret);
	buf_free(&hex);
	buf_free(&text);
	buf_free(&out);
}

/* Characters of several bytes as JSON writes them: cut anywhere, in either case, mixed. */
static void test_beyond_ascii(void)
{
	static const char *const secrets[] = {
		"p\xc3\xa4ssw\xc3\xb6rd", "\xe2\x82\xacuro-secret", "key-\xf0\x9f\x98\x80-end", NULL};
	static const struct {
		const char *in, *want;
	} texts[] = {
		{"a p\\u00e4ssw\\u00f6rd b", "a [redacted] b"},
		{"a p\\u00E4ssw\\u00F6rd b", "a [redacted] b"},
		{"a p\\u00c3\\u00a4ssw\\u00f6rd b", "a [redacted] b"},
		{"a p\xc3\xa4ssw\\u00f6rd b", "a [redacted] b"},
		{"a p%c3%a4ssw\\u00f6r\\u0064 b", "a [redacted] b"},
		{"a \\u20acuro-secret b", "a [redacted] b"},
		{"a \\u20ACuro-secret b", "a [redacted] b"},
		{"a key-\\ud83d\\ude00-end b", "a [redacted] b"},
		{"a key-\\uD83D\\uDE00-end b", "a [redacted] b"},
		{"a p\\u00e5ssw\\u00f6rd b", "a p\\u00e5ssw\\u00f6rd b"},
		{"a p\\U00e4ssw\\u00f6rd b", "a p\\U00e4ssw\\u00f6rd b"},
		{"a key-\\ud83d\\ude01-end b", "a key-\\ud83d\\ude01-end b"},
		{"a \\u20ac and \\u20 b", "a \\u20ac and \\u20 b"},
	};
	struct redact *r = knowing(secrets);
	struct buf out;

	buf_init(&out, 1 << 16, "output");
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct span in = span_str(texts[i].in);
		bool same = true;

		run(r, in, in.n, 1, &out);
		tap_is_str(buf_span(&out), texts[i].want, texts[i].in);
		for (size_t first = 1; first < in.n; first++) {
			run(r, in, first, in.n, &out);
			same &= span_equal_str(buf_span(&out), texts[i].want);
		}
		run(r, in, 1, 1, &out);
		tap_ok(same && span_equal_str(buf_span(&out), texts[i].want), "... cut anywhere");
	}
	buf_free(&out);
	redact_free(&r);
}

static bool learn_and_redact(struct err *e)
{
	struct redact_stream stream;
	struct secret *s = NULL;
	struct redact *r = NULL;
	struct buf b, out;
	bool ok;

	buf_init(&out, 1000, "output");
	buf_init_wiping(&b, TOKEN_MAX, "secret");
	ok = redact_new(&r, e) && buf_add_str(&b, "at-0123456789abcdef", e) && secret_take(&s, &b, e) &&
	     redact_learn(r, s, e);
	buf_free(&b);
	redact_stream_init(&stream, r);
	ok = ok && redact_feed(&stream, span_str("x at-012345678"), &out, e) &&
	     redact_feed(&stream, span_str("9abcdef YXQtMDEyMzQ1Njc4OWFiY2RlZg== at-01234567"), &out, e) &&
	     redact_finish(&stream, &out, e);
	if (ok && !span_equal_str(buf_span(&out), "x [redacted] [redacted]g== [redacted]")) {
		err_set(e, ERR_BUG, 0, "%.*s", (int)out.n, (const char *)out.p);
		ok = false;
	}
	redact_stream_free(&stream);
	buf_free(&out);
	secret_free(&s);
	redact_free(&r);
	return ok;
}

static struct redact *shared;

static bool redact_some(struct buf *out, struct err *e)
{
	struct redact_stream stream;
	bool ok;

	redact_stream_init(&stream, shared);
	ok = redact_feed(&stream, span_str("x at-0123456789abcdef at-01zz at-0123"), out, e) &&
	     redact_feed(&stream, span_str("456789abcdef and 012345\\u00"), out, e) &&
	     redact_feed(&stream, span_str("36789abcdef at-012345678"), out, e) &&
	     redact_finish(&stream, out, e);
	redact_stream_free(&stream);
	return ok;
}

/* A secret above the ceiling cannot be learnt. */
static void test_too_long(void)
{
	static unsigned char text[TOKEN_MAX + 1];
	struct secret *s;
	struct buf b;

	memset(text, 'a', sizeof text);
	buf_init_wiping(&b, sizeof text, "secret");
	must(buf_add(&b, span_of(text, sizeof text), &err) && secret_take(&s, &b, &err));
	tap_fails(redact_learn(shared, s, &err), &err, ERR_CEILING, "a secret of TOKEN_MAX + 1 bytes");
	secret_free(&s);
}

static void test_failures(void)
{
	shared = knowing((const char *const[]){"at-0123456789abcdef", NULL});
	tap_ok(failing_each("alloc", ENOMEM, ERR_MEMORY, false, learn_and_redact), "without memory");
	tap_ok(ceiling_each(redact_some), "any byte may be one too many");
	test_too_long();
	redact_free(&shared);
}

int main(void)
{
	test_rows();
	test_random();
	test_grace();
	test_ordinary();
	test_learning();
	test_longest();
	test_beyond_ascii();
	test_failures();
	return tap_done();
}
