/* wire/h1: a response is the same whole, in pieces and byte by byte. */
#include "fuzz.h"
#include "wire/h1.h"

struct seen {
	enum h1_step last;
	enum err_kind kind;
	int status;
	bool keep_alive;
	size_t fields, fields_n, body_n, rest;
	uint64_t sum;
};

static void add_sum(struct seen *s, struct span bytes)
{
	for (size_t i = 0; i < bytes.n; i++)
		s->sum = s->sum * 31 + bytes.p[i];
}

static void see_head(struct seen *s, const struct h1 *h)
{
	s->status = h->status;
	s->keep_alive = h->keep_alive;
	s->fields = h1_field_count(h);
	FUZZ_CHECK(h->status >= 200 && h->status <= 599 && s->fields <= H1_FIELDS_MAX);
	for (size_t i = 0; i < s->fields; i++) {
		struct span name, value;

		h1_field_at(h, i, &name, &value);
		FUZZ_CHECK(h1_is_token(name) && h1_is_field_value(value));
		FUZZ_CHECK(span_equal(value, span_trim(value)));
		s->fields_n += name.n + value.n;
		add_sum(s, name);
		add_sum(s, value);
	}
}

static void feed(struct h1 *h, struct seen *s, struct span piece)
{
	struct span own = fuzz_copy(piece), in = own, body;
	struct err e;

	if (s->last == H1_END)
		s->rest += in.n;
	while (s->last != H1_FAIL && s->last != H1_END) {
		s->last = h1_step(h, &in, &body, &e);
		FUZZ_CHECK(in.n == 0 || (in.p >= own.p && in.p + in.n == own.p + own.n));
		if (s->last == H1_HEAD)
			see_head(s, h);
		if (s->last == H1_BODY) {
			FUZZ_CHECK(body.n > 0 && body.p >= own.p && body.p + body.n <= own.p + own.n);
			s->body_n += body.n;
			add_sum(s, body);
		}
		if (s->last == H1_END)
			s->rest = in.n;
		if (s->last == H1_FAIL) {
			fuzz_check_err(&e);
			s->kind = e.kind;
		}
		if (s->last == H1_MORE) {
			FUZZ_CHECK(in.n == 0);
			break;
		}
	}
	fuzz_drop(own);
}

static void run(struct span all, unsigned cut, enum h1_request request, bool clean, struct seen *s)
{
	struct h1 h;
	struct err e;

	memset(&h, 0x5a, sizeof h);
	memset(s, 0, sizeof *s);
	h1_init(&h, request);
	for (size_t at = 0, n; at < all.n; at += n) {
		n = fuzz_piece(cut, at, all.n);
		feed(&h, s, span_of(all.p + at, n));
	}
	if (s->last == H1_MORE) {
		s->last = h1_eof(&h, clean, &e);
		FUZZ_CHECK(s->last == H1_END || s->last == H1_FAIL);
		s->kind = s->last == H1_FAIL ? e.kind : ERR_NONE;
	}
	FUZZ_CHECK(s->last != H1_END || s->body_n + s->rest <= all.n);
	h1_free(&h);
	h1_free(&h);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span all = span_of(data, n);
	unsigned how = fuzz_byte(&all);
	struct seen whole, other;

	run(all, FUZZ_WHOLE, how % 3, how & 64, &whole);
	for (unsigned cut = FUZZ_BYTES; cut < FUZZ_CUTS; cut++) {
		run(all, cut, how % 3, how & 64, &other);
		FUZZ_CHECK(memcmp(&whole, &other, sizeof whole) == 0);
	}
	return 0;
}
