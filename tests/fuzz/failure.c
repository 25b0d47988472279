/*
 * codex/failure: any status, headers and body give one class and one printable line without the
 * token. Input: a line with the status' low digits, header lines, a blank line, the body.
 */
#include "base/limits.h"
#include "canary.h"
#include "codex/failure.h"
#include "codex/retry.h"
#include "safe.h"

enum { LINES_MAX = 8 };

struct fields {
	size_t n;
	struct span name[LINES_MAX], value[LINES_MAX];
};

static struct span get(const void *ctx, const char *name)
{
	const struct fields *f = ctx;

	for (size_t i = 0; i < f->n; i++)
		if (span_equal_nocase(f->name[i], span_str(name)))
			return f->value[i];
	return span_of(NULL, 0);
}

static void check_field(const char *s, size_t size)
{
	size_t n = strnlen(s, size);

	FUZZ_CHECK(n < size);
	for (size_t i = 0; i < n; i++)
		FUZZ_CHECK(s[i] > ' ' && s[i] < 0x7f);
}

static void check(const struct failure *f, const struct err *e)
{
	fuzz_check_err(e);
	safe_from_controls(span_str(e->text));
	FUZZ_CHECK(!canary_in(span_str(e->text)));
	safe_from_controls(span_str(f->request_id));
	check_field(f->code, sizeof f->code);
	check_field(f->plan, sizeof f->plan);
	FUZZ_CHECK(f->retry_after_ms >= -1 && f->resets_at_s >= 0 && f->rule != NULL);
	FUZZ_CHECK(f->should_retry >= -1 && f->should_retry <= 1);
}

static void check_event(struct span body)
{
	struct json j;
	struct failure f;
	struct err e = {.kind = ERR_NONE};

	json_init(&j);
	if (json_parse(&j, body, &e)) {
		failure_init(&f);
		FUZZ_CHECK(!failure_from_event(&f, &j, JSON_ROOT, 1795500000, canary_redact(), &e));
		check(&f, &e);
	}
	json_free(&j);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct fields fields = {0};
	struct failure_headers headers = {get, &fields};
	struct failure f;
	struct err e = {.kind = ERR_NONE};
	struct buf text;
	struct span rest, line, body;
	int status;

	buf_init(&text, 1 << 24, "the input");
	canary_expand(span_of(data, n), &text);
	rest = buf_span(&text);
	status = 100 + (int)(fuzz_byte(&rest) * 256 + fuzz_byte(&rest)) % 500;
	while (fields.n < LINES_MAX && (line = span_trim(fuzz_until(&rest, '\n'))).n > 0) {
		fields.name[fields.n] = fuzz_until(&line, ':');
		fields.value[fields.n++] = span_trim(line);
	}
	body = fuzz_copy(span_cut(rest, 0, ERROR_BODY_MAX));
	failure_init(&f);
	FUZZ_CHECK(!failure_from_response(&f, "the model call", status, &headers, body, 1795500000,
	                                  canary_redact(), &e));
	check(&f, &e);
	check_event(body);
	failure_init(&f);
	if (!failure_check_success(&f, "whoami", status, &headers, &e))
		fuzz_check_err(&e);
	fuzz_drop(body);
	buf_free(&text);
	return 0;
}
