/* base/defuse and base/text: what comes out is safe, the same whatever the cuts, and stays as it is. */
#include "base/defuse.h"
#include "safe.h"

static void run(struct span all, unsigned how, unsigned cut, struct buf *out)
{
	struct defuse d;
	struct err e;

	defuse_init(&d, (struct defuse_options){.ci = how & 1, .controls = how & 2});
	for (size_t at = 0, n; at < all.n; at += n) {
		struct span own;

		n = fuzz_piece(cut, at, all.n);
		own = fuzz_copy(span_of(all.p + at, n));
		FUZZ_CHECK(defuse_feed(&d, own, out, &e));
		fuzz_drop(own);
	}
	FUZZ_CHECK(defuse_finish(&d, out, &e));
}

static void check_line(struct span all, size_t max)
{
	struct buf line;
	struct err e;

	buf_init(&line, 1 << 22, "a line");
	FUZZ_CHECK(text_one_line(all, max, &line, &e) && line.n <= max);
	safe_from_controls(buf_span(&line));
	FUZZ_CHECK(span_find(buf_span(&line), '\n', 0) == line.n);
	FUZZ_CHECK(span_find(buf_span(&line), '\t', 0) == line.n);
	buf_free(&line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span all = span_of(data, n);
	unsigned how = fuzz_byte(&all);
	struct buf whole, other;

	buf_init(&whole, 1 << 24, "whole");
	buf_init(&other, 1 << 24, "other");
	run(all, how, FUZZ_WHOLE, &whole);
	if (how & 1)
		safe_from_ci(buf_span(&whole));
	if (how & 2)
		safe_from_controls(buf_span(&whole));
	FUZZ_CHECK(whole.n <= 4 * all.n && whole.n >= (how & 2 ? 0 : all.n));
	for (unsigned cut = FUZZ_BYTES; cut < FUZZ_CUTS; cut++) {
		buf_clear(&other);
		run(all, how, cut, &other);
		FUZZ_CHECK(span_equal(buf_span(&whole), buf_span(&other)));
	}
	buf_clear(&other);
	run(buf_span(&whole), how, FUZZ_WHOLE, &other);
	FUZZ_CHECK(span_equal(buf_span(&whole), buf_span(&other)));
	check_line(all, 3 + how);
	buf_free(&whole);
	buf_free(&other);
	return 0;
}
