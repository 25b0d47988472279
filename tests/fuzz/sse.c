/* wire/sse against a plain reading of the standard (WHATWG HTML, section 9.2.6), whatever the cuts. */
#include "fuzz.h"
#include "wire/sse.h"

static void note(struct buf *out, struct span data)
{
	if (data.n == 0)
		return;
	fuzz_add(out, span_str("["));
	fuzz_add(out, data);
	fuzz_add(out, span_str("]"));
}

/* One line of the stream, without its end; data lines go to `data`, each with a LF. */
static void plain_line(struct span line, struct buf *data, struct buf *out)
{
	size_t colon = span_find(line, ':', 0);
	struct span value = span_cut(line, colon + 1, line.n);

	if (line.n == 0) {
		note(out, span_of(data->p, data->n > 0 ? data->n - 1 : 0));
		buf_clear(data);
	} else if (span_equal_str(span_cut(line, 0, colon), "data")) {
		fuzz_add(data, value.n > 0 && value.p[0] == ' ' ? span_cut(value, 1, value.n) : value);
		fuzz_add(data, span_str("\n"));
	}
}

static void plain(struct span s, struct buf *out)
{
	struct buf data;
	size_t from = span_starts(s, "\xef\xbb\xbf") ? 3 : 0;

	buf_init(&data, EVENT_MAX, "data");
	while (from < s.n) {
		size_t end = from;

		while (end < s.n && s.p[end] != '\r' && s.p[end] != '\n')
			end++;
		if (end == s.n)
			break; /* a line without an end does not count */
		plain_line(span_cut(s, from, end), &data, out);
		from = end + 1;
		if (s.p[end] == '\r' && from < s.n && s.p[from] == '\n')
			from++;
	}
	buf_free(&data);
}

static void ours(struct span all, unsigned cut, struct buf *out)
{
	struct sse s;
	struct err e;

	sse_init(&s);
	for (size_t at = 0, n; at < all.n; at += n) {
		struct span own, in;
		enum sse_step step;

		n = fuzz_piece(cut, at, all.n);
		in = own = fuzz_copy(span_of(all.p + at, n));
		while ((step = sse_step(&s, &in, &e)) == SSE_EVENT)
			note(out, sse_data(&s));
		FUZZ_CHECK(step == SSE_MORE && in.n == 0);
		fuzz_drop(own);
	}
	(void)sse_end(&s);
	sse_free(&s);
	sse_free(&s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct buf want, got;

	buf_init(&want, EVENT_MAX, "want");
	buf_init(&got, EVENT_MAX, "got");
	plain(span_of(data, n), &want);
	for (unsigned cut = FUZZ_WHOLE; cut < FUZZ_CUTS; cut++) {
		buf_clear(&got);
		ours(span_of(data, n), cut, &got);
		FUZZ_CHECK(span_equal(buf_span(&want), buf_span(&got)));
	}
	buf_free(&want);
	buf_free(&got);
	return 0;
}
