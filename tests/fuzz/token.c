/* codex/token_classify and token_shape: a verdict, and no byte of the input in its words. */
#include "base/limits.h"
#include "codex/token.h"
#include "codex/token_shape.h"
#include "fuzz.h"
#include "wire/b64.h"

static int64_t held_still(void *ctx)
{
	(void)ctx;
	return INT64_C(1795500000000);
}

static bool is_bearer(struct span s)
{
	size_t n = s.n;

	while (n > 0 && s.p[n - 1] == '=')
		n--;
	for (size_t i = 0; i < n; i++)
		if (s.p[i] >= 0x7f || !(strchr("-._~+/", s.p[i]) != NULL ? s.p[i] != 0 :
		      (s.p[i] | 32) >= 'a' && (s.p[i] | 32) <= 'z' ? 1 : s.p[i] >= '0' && s.p[i] <= '9'))
			return false;
	return n > 0;
}

/* No 10 bytes of the input are in the text, but for words of ours (which have a blank, '_' or '-'). */
static void check_silent(struct span s, const struct err *e)
{
	for (size_t at = 0; at + 10 <= s.n; at++) {
		char piece[11] = "";

		memcpy(piece, s.p + at, 10);
		FUZZ_CHECK(strlen(piece) < 10 || strpbrk(piece, " _-") != NULL ||
		           strstr(e->text, piece) == NULL);
	}
}

static void check(struct span s)
{
	struct clock clock = {held_still, held_still, NULL};
	struct token t;
	struct err e = {.kind = ERR_NONE};

	memset(&t, 0, sizeof t);
	if (token_classify(&t, s, &clock, &e)) {
		FUZZ_CHECK(is_bearer(s) && s.n >= TOKEN_MIN && s.n <= TOKEN_MAX);
		FUZZ_CHECK(t.kind == TOKEN_PERSONAL ? span_starts(s, "at-") : t.kind == TOKEN_JWT);
		FUZZ_CHECK(t.kind == TOKEN_PERSONAL || t.account_id[0] != '\0');
		for (const char *p = t.account_id; *p != '\0'; p++)
			FUZZ_CHECK(*p > ' ' && *p < 0x7f);
		FUZZ_CHECK(token_shape_check(s, TOKEN_MIN, &e));
	} else {
		fuzz_check_err(&e);
		FUZZ_CHECK(e.kind == ERR_CREDENTIAL || e.kind == ERR_AUTH);
		check_silent(s, &e);
	}
	token_free(&t);
}

/* The input as the claims of a JWT. */
static void check_claims(struct span s)
{
	struct buf b;
	struct err e;

	buf_init(&b, 1 << 20, "a JWT");
	FUZZ_CHECK(buf_add_str(&b, "eyJhbGciOiJSUzI1NiJ9.", &e) && b64_encode(s, B64_URL, &b, &e) &&
	           buf_add_str(&b, ".c2lnbmF0dXJl", &e));
	s = fuzz_copy(buf_span(&b));
	check(s);
	fuzz_drop(s);
	buf_free(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span s = span_trim(span_of(data, n)), own = fuzz_copy(s);
	char *path = calloc(1, n + 1);

	check(own);
	if (s.n > 0 && s.p[0] == '{')
		check_claims(s);
	FUZZ_CHECK(path != NULL);
	if (n > 0)
		memcpy(path, data, n);
	(void)token_shape_is_misplaced(path);
	(void)token_shape_foreign(own);
	free(path);
	fuzz_drop(own);
	return 0;
}
