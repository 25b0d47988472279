/* Unit tests of app/drain: against a model that keeps everything, in pieces of any size. */
#include "app/drain.h"

#include "base/utf8.h"
#include "failing.h"
#include "fakes.h"

enum { MODEL_MAX = 4096 };

/* What is left of `whole`: its first `head` or last `tail` bytes, without characters cut at that edge. */
static struct span model(struct span whole, size_t head, size_t tail)
{
	struct span kept = whole;

	if (head > 0 && whole.n > head) {
		kept = span_cut(whole, 0, head);
		while (kept.n > 0 && utf8_valid(kept) < kept.n)
			kept.n--;
	} else if (tail > 0 && whole.n > tail) {
		kept = span_cut(whole, whole.n - tail, whole.n);
		while (kept.n > 0 && (kept.p[0] & 0xc0) == 0x80)
			kept = span_cut(kept, 1, kept.n);
	}
	return kept;
}

/* In pieces of 1 to piece_max bytes (0: all at once). */
static bool run(struct span whole, size_t head, size_t tail, uint32_t piece_max, uint32_t *seed)
{
	struct drain d;
	struct err e;
	struct span want = model(whole, head, tail);
	uint64_t left_out;
	bool ok = true;

	drain_init(&d, MODEL_MAX, head, tail);
	for (size_t at = 0; ok && at < whole.n;) {
		size_t n = piece_max == 0 ? whole.n : 1 + dice(seed, piece_max);
		struct span piece = tap_guard(span_cut(whole, at, at + n));

		ok = drain_add(&d, piece, &e);
		at += piece.n;
		tap_unguard(piece);
	}
	drain_end(&d, &left_out);
	ok = ok && span_equal(buf_span(&d.kept), want) && left_out == whole.n - want.n && d.seen == whole.n;
	if (!ok) {
		printf("#   %zu bytes, head %zu, tail %zu, pieces to %u\n", whole.n, head, tail, piece_max);
		tap_show("got ", buf_span(&d.kept));
		tap_show("want", want);
	}
	drain_free(&d);
	drain_free(&d);
	return ok;
}

/* Characters of one to four bytes, mixed. */
static void fill_text(unsigned char *p, size_t n, uint32_t *seed)
{
	static const uint32_t scalars[] = {'a', '\n', 0xe4, 0x7ff, 0x800, 0x20ac, 0xffff, 0x10000, 0x1f600, 0x10ffff};
	unsigned char c[4];

	for (size_t at = 0; at < n;) {
		size_t len = utf8_encode(scalars[dice(seed, 10)], c);

		if (len > n - at) {
			p[at++] = '.';
			continue;
		}
		memcpy(p + at, c, len);
		at += len;
	}
}

static void check_model(void)
{
	static unsigned char text[200];
	uint32_t seed = 7;
	int bad = 0, runs = 0;

	for (int round = 0; round < 4000; round++) {
		size_t n = dice(&seed, sizeof text + 1), keep_n = 1 + dice(&seed, 60);
		uint32_t piece = dice(&seed, 40);

		fill_text(text, n, &seed);
		bad += !run(span_of(text, n), 0, 0, piece, &seed);
		bad += !run(span_of(text, n), keep_n, 0, piece, &seed);
		bad += !run(span_of(text, n), 0, keep_n, piece, &seed);
		runs += 3;
	}
	tap_is_int(bad, 0, "random text, pieces and sizes: as the model says");
	tap_is_int(runs, 12000, "... all of them run");
}

/* Text that is no UTF-8 loses at most a character's worth at the cut. */
static void check_garbage(void)
{
	static const struct {
		const char *name, *in;
		size_t head, tail, want_n;
	} rows[] = {
		{"head, continuation bytes only", "\x80\x80\x80\x80\x80\x80", 5, 0, 5},
		{"tail, continuation bytes only", "\x80\x80\x80\x80\x80\x80", 0, 5, 2},
		{"head ends in Latin-1", "abc\xe4" "def", 4, 0, 3},
		{"head ends behind a lone lead byte", "ab\xe4" "cdef", 4, 0, 4},
		{"head, 0xff", "abc\xff" "def", 4, 0, 3},
		{"head of one byte of four", "\xf0\x9f\x98\x80", 1, 0, 0},
		{"head of three bytes of four", "\xf0\x9f\x98\x80", 3, 0, 0},
		{"tail of three bytes of four", "\xf0\x9f\x98\x80", 0, 3, 0},
		{"whole head", "\xf0\x9f\x98\x80", 4, 0, 4},
		{"cut short by the sender, not by us", "ab\xf0\x9f", 9, 0, 4},
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct drain d;
		struct err e;
		uint64_t left_out;

		drain_init(&d, MODEL_MAX, rows[i].head, rows[i].tail);
		tap_good(drain_add(&d, span_str(rows[i].in), &e), &e, rows[i].name);
		drain_end(&d, &left_out);
		tap_is_int((long long)d.kept.n, (long long)rows[i].want_n, rows[i].name);
		tap_is_int((long long)left_out, (long long)(strlen(rows[i].in) - rows[i].want_n), rows[i].name);
		drain_free(&d);
	}
}

static void check_ceiling(void)
{
	struct drain d;
	struct err e;

	drain_init(&d, 8, 0, 0);
	tap_good(drain_add(&d, span_str("12345678"), &e), &e, "as much as is allowed");
	tap_fails(drain_add(&d, span_str("9"), &e), &e, ERR_USAGE, "a byte more is the user's error");
	tap_holds(span_str(e.text), "--stdin-tail", "... which names the way out");
	drain_free(&d);
}

/* A long input costs a tail no more memory than the tail. */
static void check_memory(void)
{
	static unsigned char piece[1 << 16];
	struct drain d;
	struct err e;
	uint64_t left_out;
	bool ok = true;

	memset(piece, 'x', sizeof piece);
	drain_init(&d, MODEL_MAX, 0, 1000);
	for (int i = 0; ok && i < 1000; i++)
		ok = drain_add(&d, span_of(piece, sizeof piece), &e);
	tap_good(ok, &e, "64 MB through a tail of 1000 bytes");
	tap_ok(d.kept.cap <= 4096, "... in %zu bytes", d.kept.cap);
	drain_end(&d, &left_out);
	tap_is_int((long long)left_out, 1000LL * (1 << 16) - 1000, "... the rest is counted");
	drain_free(&d);
}

static bool keep_tail(struct err *e)
{
	struct drain d;
	bool ok;

	drain_init(&d, MODEL_MAX, 0, 1000);
	ok = drain_add(&d, span_str("abc"), e);
	drain_free(&d);
	return ok;
}

/* What was no character before is not taken for one that we have cut. */
static void check_broken(void)
{
	static const char *const ends[] = {"\x80", "\x80\x80", "\xe2\x80\x80\x80", "\x80\x80\x80\x80\x80"};

	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
		struct drain d;
		struct err e;
		uint64_t left_out;

		drain_init(&d, MODEL_MAX, strlen(ends[i]), 0);
		tap_ok(drain_add(&d, span_str(ends[i]), &e) && drain_add(&d, span_str("more"), &e), "a head that ends in no character");
		drain_end(&d, &left_out);
		tap_is_str(buf_span(&d.kept), ends[i], "... is left as it is");
		tap_is_int((long long)left_out, 4, "... what follows is counted");
		drain_free(&d);
	}
}

int main(void)
{
	check_broken();
	tap_ok(failing_each("alloc", ENOMEM, ERR_MEMORY, false, keep_tail), "a tail without memory");
	check_model();
	check_garbage();
	check_ceiling();
	check_memory();
	return tap_done();
}
