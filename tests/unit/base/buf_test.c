/*
 * Spans and buffers: every function by rows, ceilings, random operations against a plain array,
 * and that a wiping buffer leaves nothing behind in the storage it keeps.
 */
#include "failing.h"
#include "tap.h"

static struct err err;

static void test_spans(void)
{
	struct span s = span_str("Hello");
	uint64_t v = 7;

	tap_ok(span_str(NULL).n == 0 && span_str("").n == 0, "spans of nothing");
	tap_is_str(span_cut(s, 1, 3), "el", "cut");
	tap_is_str(span_cut(s, 1, 99), "ello", "cut, clamped behind");
	tap_is_str(span_cut(s, 99, 100), "", "cut, outside");
	tap_is_str(span_cut(s, 3, 1), "", "cut, the wrong way round");
	tap_ok(span_cut(span_of(NULL, 0), 0, 5).n == 0, "cut of nothing");
	tap_ok(span_equal(s, span_str("Hello")) && !span_equal(s, span_str("Hellp")), "equal");
	tap_ok(span_equal(span_of(NULL, 0), span_str("")), "nothing equals nothing");
	tap_ok(!span_equal_str(s, "Hell") && !span_equal_str(s, "Hello!"), "equal in length");
	tap_ok(span_equal_nocase(s, span_str("hELLO")), "equal but for case");
	tap_ok(!span_equal_nocase(span_str("@["), span_str("`{")), "only letters have case");
	tap_ok(!span_equal_nocase(span_str("\xc4"), span_str("\xe4")), "only ASCII letters");
	tap_ok(span_starts(s, "He") && span_starts(s, "") && span_starts(s, "Hello"), "starts");
	tap_ok(!span_starts(s, "he") && !span_starts(s, "Hello!"), "does not start");
	tap_ok(span_ends(s, "lo") && span_ends(s, "") && span_ends(s, "Hello"), "ends");
	tap_ok(!span_ends(s, "LO") && !span_ends(s, "xHello"), "does not end");
	tap_is_str(span_trim(span_str(" \t\r\na b\r\n")), "a b", "trim");
	tap_is_str(span_trim(span_str(" \n ")), "", "trim to nothing");
	tap_is_str(span_trim(span_str("\va\f")), "\va\f", "vertical tab and form feed stay");
	tap_ok(span_find(s, 'l', 0) == 2 && span_find(s, 'l', 3) == 3 && span_find(s, 'l', 4) == 5,
		"find");
	tap_ok(span_find(s, 'x', 0) == 5 && span_find(s, 'H', 99) == 5 &&
			span_find(span_of(NULL, 0), 'a', 0) == 0,
		"find nothing");

	static const struct {
		const char *text;
		bool good;
		uint64_t v;
	} numbers[] = {
		{"0", true, 0},
		{"007", true, 7},
		{"18", true, 18},
		{"999999999999999999", true, 999999999999999999},
		{"1000000000000000000", false, 0},
		{"", false, 0},
		{"-1", false, 0},
		{"+1", false, 0},
		{" 1", false, 0},
		{"1 ", false, 0},
		{"1a", false, 0},
		{"0x1", false, 0},
		{"/", false, 0},
		{":", false, 0},
	};
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		v = 7;
		bool good = span_to_u64(span_str(numbers[i].text), &v);
		tap_ok(good == numbers[i].good && v == (good ? numbers[i].v : 7), "number \"%s\"",
			numbers[i].text);
	}
}

static void test_thousandths(void)
{
	static const struct {
		const char *text, *rest;
		int64_t milli;
	} rows[] = {
		{"0", "", 0},
		{"12", "", 12000},
		{"12.5", "", 12500},
		{"0.0625", "", 62},
		{"7 %", " %", 7000},
		{"1.", ".", 1000},
		{"1.5.5", ".5", 1500},
		{"", "", -1},
		{".5", ".5", -1},
		{"-1", "-1", -1},
		{"x", "x", -1},
		{"1.:", ".:", 1000},
		{"1./", "./", 1000},
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct span s = span_str(rows[i].text);
		int64_t milli = -1;
		bool good = span_take_milli(&s, &milli);

		tap_ok(good == (rows[i].milli >= 0) && milli == rows[i].milli &&
			span_equal_str(s, rows[i].rest), "thousandths of \"%s\"", rows[i].text);
	}
	struct span many = span_str("99999999999999999999999999999999.999");
	int64_t milli = -1;
	tap_ok(span_take_milli(&many, &milli) && milli > 1000000000000 && many.n == 0,
		"too many are very many");
}

static void test_buffers(void)
{
	struct buf b;
	uint64_t big[] = {0, 9, 10, 18446744073709551615u};

	buf_init(&b, 10, "ten bytes");
	tap_ok(buf_span(&b).n == 0 && b.p == NULL, "an empty buf has nothing");
	tap_good(buf_add(&b, span_of(NULL, 0), &err), &err, "nothing can be added");
	tap_good(buf_add_str(&b, "12345", &err) && buf_add(&b, span_str("6789"), &err), &err,
		"nine of ten");
	tap_fails(buf_add_str(&b, "ab", &err), &err, ERR_CEILING, "eleven of ten");
	tap_is_str(span_str(err.text), "ten bytes exceeds 10 bytes", "by its name");
	tap_is_str(buf_span(&b), "123456789", "nothing was added");
	tap_good(buf_add_byte(&b, '0', &err), &err, "ten of ten");
	tap_fails(buf_add_byte(&b, 'x', &err), &err, ERR_CEILING, "one byte more");
	tap_fails(buf_reserve(&b, SIZE_MAX, &err), &err, ERR_CEILING, "as many as can be");
	tap_ok(b.cap <= 10, "storage stays within the ceiling");
	buf_drop(&b, 4);
	tap_is_str(buf_span(&b), "567890", "dropped");
	buf_drop(&b, 0);
	buf_drop(&b, 6);
	tap_ok(b.n == 0, "all dropped");
	tap_good(buf_add_str(&b, "abc", &err), &err, "used again");
	buf_trim(&b);
	tap_ok(b.cap == 3 && span_equal_str(buf_span(&b), "abc"), "trimmed");
	tap_good(buf_add_strs(&b, (const char *const[]){"d", "", "ef", NULL}, &err), &err,
	         "several");
	tap_is_str(buf_span(&b), "abcdef", "... in their order");
	tap_fails(buf_add_strs(&b, (const char *const[]){"ghij", "k", NULL}, &err), &err,
	          ERR_CEILING, "... one of them too many");
	b.n = 3;
	buf_trim(&b);
	buf_clear(&b);
	tap_ok(b.n == 0 && b.cap == 3, "cleared, storage kept");
	buf_trim(&b);
	tap_ok(b.p == NULL && b.cap == 0, "trimmed to nothing");
	buf_free(&b);
	buf_free(&b);
	tap_ok(b.p == NULL && b.max == 10, "freed twice");

	buf_init(&b, 100, "numbers");
	for (size_t i = 0; i < 4; i++)
		tap_good(buf_add_u64(&b, big[i], &err) && buf_add_byte(&b, ' ', &err), &err,
			"a number");
	tap_is_str(buf_span(&b), "0 9 10 18446744073709551615 ", "numbers");
	buf_free(&b);
	buf_init(&b, 0, "no bytes");
	tap_fails(buf_add_byte(&b, 'x', &err), &err, ERR_CEILING, "a ceiling of nothing");
	tap_good(buf_reserve(&b, 0, &err), &err, "room for nothing");
	buf_free(&b);
}

static void test_random(bool wiping)
{
	static unsigned char model[5000];
	size_t n = 0;
	uint32_t seed = wiping ? 11 : 12;
	struct buf b;
	bool ok = true;

	if (wiping)
		buf_init_wiping(&b, sizeof model, "model");
	else
		buf_init(&b, sizeof model, "model");
	for (int round = 0; round < 100000 && ok; round++) {
		seed = seed * 1664525 + 1013904223;
		size_t k = (seed >> 8) % 200;
		unsigned char some[200];

		memset(some, (int)(seed >> 24), sizeof some);
		switch (seed >> 16 & 7) {
		case 0:
			k = k < n ? k : n;
			buf_drop(&b, k);
			memmove(model, model + k, n - k);
			n -= k;
			break;
		case 1:
			if (k == 0)
				buf_clear(&b);
			n = k == 0 ? 0 : n;
			break;
		case 2:
			buf_trim(&b);
			break;
		case 3:
			ok = buf_add_byte(&b, some[0], &err) == (n + 1 <= sizeof model);
			if (n + 1 <= sizeof model)
				model[n++] = some[0];
			break;
		case 4:
			ok = buf_reserve(&b, k, &err) == (n + k <= sizeof model);
			break;
		default:
			ok = buf_add(&b, span_of(some, k), &err) == (n + k <= sizeof model);
			if (n + k <= sizeof model) {
				memcpy(model + n, some, k);
				n += k;
			}
		}
		ok = ok && b.n == n && b.n <= b.cap && b.cap <= b.max &&
		     (n == 0 || memcmp(b.p, model, n) == 0);
	}
	tap_ok(ok, "100,000 random operations%s", wiping ? ", wiping" : "");
	buf_free(&b);
}

static void test_wiping(void)
{
	struct buf b;
	unsigned char text[64];
	bool gone = true;

	memset(text, 'S', sizeof text);
	wipe(text, 63);
	for (int i = 0; i < 63; i++)
		gone &= text[i] == 0;
	tap_ok(gone && text[63] == 'S', "wipe, to the byte");

	buf_init_wiping(&b, 1000, "secret");
	tap_good(buf_add_str(&b, "SSSSSSSSSSSSSSSS", &err), &err, "a secret");
	buf_drop(&b, 6);
	for (size_t i = b.n; i < 16; i++)
		gone &= b.p[i] == 0;
	tap_ok(gone, "what was dropped is gone");
	buf_clear(&b);
	for (size_t i = 0; i < 16; i++)
		gone &= b.p[i] == 0;
	tap_ok(gone && b.p != NULL, "what was cleared is gone");
	buf_free(&b);
}

static bool grow_and_trim(bool wiping, struct err *e)
{
	struct buf b;
	bool ok = true;

	(wiping ? buf_init_wiping : buf_init)(&b, 1000, "bytes");
	for (size_t i = 0; i < 300 && ok; i++)
		ok = buf_add_byte(&b, (unsigned char)i, e);
	buf_trim(&b);
	for (size_t i = 0; i < b.n; i++)
		if (b.p[i] != (unsigned char)i)
			err_set(e, ERR_BUG, 0, "byte %zu was lost", i);
	if (ok && b.n != 300)
		err_set(e, ERR_BUG, 0, "%zu bytes", b.n);
	ok = ok && e->kind == ERR_NONE;
	buf_free(&b);
	return ok;
}

static bool grow_plain(struct err *e)
{
	return grow_and_trim(false, e);
}

static bool grow_wiping(struct err *e)
{
	return grow_and_trim(true, e);
}

static void use_unborn(void)
{
	struct buf b = {0};

	(void)!buf_reserve(&b, 1, &err);
}

static void use_broken(void)
{
	struct buf b;

	buf_init(&b, 1, "bytes");
	b.n = 2;
	(void)!buf_reserve(&b, 1, &err);
}

static void drop_too_much(void)
{
	struct buf b;

	buf_init(&b, 1, "bytes");
	buf_drop(&b, 1);
}

int main(void)
{
	test_spans();
	test_thousandths();
	test_buffers();
	test_random(false);
	test_random(true);
	test_wiping();
	tap_ok(failing_each("alloc", ENOMEM, ERR_MEMORY, true, grow_plain), "without memory");
	tap_ok(failing_each("alloc", ENOMEM, ERR_MEMORY, true, grow_wiping), "... when it wipes");
	tap_aborts(use_unborn, "a buffer that was not initialised");
	tap_aborts(use_broken, "a buffer beyond its ceiling");
	tap_aborts(drop_too_much, "more dropped than there is");
	return tap_done();
}
