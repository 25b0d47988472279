/* wire/jwt: what is accepted is three parts, and the payload written again is the second one. */
#include "base/limits.h"
#include "fuzz.h"
#include "wire/b64.h"
#include "wire/jwt.h"

static void check(struct span s)
{
	struct buf payload, again;
	struct json claims;
	struct span rest = s, second;
	struct err e;

	buf_init_wiping(&payload, TOKEN_MAX, "payload");
	buf_init(&again, 2 * TOKEN_MAX, "again");
	json_init(&claims);
	if (jwt_claims(s, &payload, &claims, &e)) {
		FUZZ_CHECK(fuzz_until(&rest, '.').n > 0);
		second = fuzz_until(&rest, '.');
		FUZZ_CHECK(rest.n > 0 && span_find(rest, '.', 0) == rest.n);
		FUZZ_CHECK(b64_encode(buf_span(&payload), B64_URL, &again, &e));
		FUZZ_CHECK(span_equal(buf_span(&again), second));
		FUZZ_CHECK(json_is_type(&claims, JSON_ROOT, JSON_OBJECT) && !json_has_duplicates(&claims));
		FUZZ_CHECK(s.n <= TOKEN_MAX);
	} else {
		fuzz_check_err(&e);
		FUZZ_CHECK(e.kind == ERR_CREDENTIAL);
	}
	json_free(&claims);
	buf_free(&payload);
	buf_free(&again);
}

/* Parts separated by newlines, each still to be encoded. */
static void check_parts(struct span s)
{
	struct buf b;
	struct err e;
	struct span own;

	buf_init(&b, 1 << 21, "a JWT");
	for (int i = 0; i < 3; i++)
		FUZZ_CHECK((i == 0 || buf_add_byte(&b, '.', &e)) &&
		           b64_encode(fuzz_until(&s, '\n'), B64_URL, &b, &e));
	own = fuzz_copy(buf_span(&b));
	check(own);
	fuzz_drop(own);
	buf_free(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span own = fuzz_copy(span_of(data, n));

	check(own);
	check_parts(own);
	fuzz_drop(own);
	return 0;
}
