/* base/redact: the token is gone in every spelling, all else is left alone, whatever the cuts. */
#include "canary.h"

static void run(struct span all, unsigned cut, struct buf *out)
{
	struct redact_stream s;
	struct err e;

	redact_stream_init(&s, canary_redact());
	for (size_t at = 0, n; at < all.n; at += n) {
		struct span own;

		n = fuzz_piece(cut, at, all.n);
		own = fuzz_copy(span_of(all.p + at, n));
		FUZZ_CHECK(redact_feed(&s, own, out, &e));
		fuzz_drop(own);
	}
	FUZZ_CHECK(redact_finish(&s, out, &e));
	redact_stream_free(&s);
	FUZZ_CHECK(!canary_in(buf_span(out)));
}

static bool is_marked(struct span s)
{
	static const char mark[] = "[redacted]";

	for (size_t at = 0; at + sizeof mark - 1 <= s.n; at++)
		if (memcmp(s.p + at, mark, sizeof mark - 1) == 0)
			return true;
	return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct buf in, whole, other;

	buf_init(&in, 1 << 24, "in");
	buf_init(&whole, 1 << 24, "whole");
	buf_init(&other, 1 << 24, "other");
	canary_expand(span_of(data, n), &in);
	run(buf_span(&in), FUZZ_WHOLE, &whole);
	FUZZ_CHECK(is_marked(buf_span(&whole)) || span_equal(buf_span(&whole), buf_span(&in)));
	FUZZ_CHECK(is_marked(buf_span(&whole)) || !canary_in(buf_span(&in)));
	for (unsigned cut = FUZZ_BYTES; cut < FUZZ_CUTS; cut++) {
		buf_clear(&other);
		run(buf_span(&in), cut, &other);
		FUZZ_CHECK(canary_same(buf_span(&whole), buf_span(&other)));
	}
	buf_free(&in);
	buf_free(&whole);
	buf_free(&other);
	return 0;
}
