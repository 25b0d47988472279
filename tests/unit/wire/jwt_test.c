/* wire/jwt: tokens put together from three texts, so that each part can be wrong in its own way. */
#include "wire/jwt.h"

#include "base/limits.h"
#include "wire/b64.h"
#include "failing.h"
#include "tap.h"

#define HEADER "{\"alg\":\"RS256\",\"typ\":\"JWT\"}"
#define CLAIMS "{\"sub\":\"s3cret\"}"

static const struct {
	const char *name, *header, *payload, *signature;
	bool good;
} rows[] = {
	{"a token", HEADER, CLAIMS, "sig", true},
	{"empty objects", "{}", "{}", "s", true},
	{"white space in the JSON", " {} ", "\n{\t}\r\n", "s", true},
	{"signature of any bytes", HEADER, CLAIMS, "\xff\xfe\x80", true},
	{"same name in different objects", HEADER, "{\"a\":{\"b\":1},\"b\":{\"a\":1}}", "s", true},
	{"empty header", "", CLAIMS, "s", false},
	{"empty payload", HEADER, "", "s", false},
	{"no signature (alg none)", "{\"alg\":\"none\"}", CLAIMS, "", false},
	{"header is no JSON", "s3cret", CLAIMS, "s", false},
	{"payload is no JSON", HEADER, "s3cret", "s", false},
	{"header is an array", "[]", CLAIMS, "s", false},
	{"payload is an array", HEADER, "[{\"sub\":\"s3cret\"}]", "s", false},
	{"payload is a string", HEADER, "\"s3cret\"", "s", false},
	{"payload is null", HEADER, "null", "s", false},
	{"payload is a number", HEADER, "1", "s", false},
	{"header cut", "{\"alg\":", CLAIMS, "s", false},
	{"payload cut", HEADER, "{\"sub\":\"s3cret", "s", false},
	{"two payloads", HEADER, CLAIMS CLAIMS, "s", false},
	{"payload not UTF-8", HEADER, "{\"sub\":\"s3cret\xff\"}", "s", false},
	{"payload with a comment", HEADER, "{}//s3cret", "s", false},
	{"name twice in the header", "{\"alg\":\"none\",\"alg\":\"RS256\"}", CLAIMS, "s", false},
	{"name twice in the payload", HEADER, "{\"sub\":\"a\",\"sub\":\"b\"}", "s", false},
	{"name twice, once escaped", HEADER, "{\"sub\":\"a\",\"\\u0073ub\":\"b\"}", "s", false},
	{"name twice deep down", HEADER, "{\"a\":[{\"b\":{\"c\":1,\"c\":2}}]}", "s", false},
};

/* Tokens as text: what base64 and the dots can do wrong. e30 is "{}". */
static const struct {
	const char *name, *text;
	bool good;
} texts[] = {
	{"two empty objects and a signature", "e30.e30.c2ln", true},
	{"empty text", "", false},
	{"one part", "e30", false},
	{"two parts", "e30.e30", false},
	{"four parts", "e30.e30.c2ln.c2ln", false},
	{"five parts (encrypted)", "e30.e30.c2ln.c2ln.c2ln", false},
	{"three dots at the end", "e30.e30.c2ln.", false},
	{"leading dot", ".e30.e30.c2ln", false},
	{"only dots", "..", false},
	{"one dot", ".", false},
	{"padded", "e30=.e30=.c2ln", false},
	{"padded payload", "e30.e30=.c2ln", false},
	{"padded signature", "e30.e30.c2k=", false},
	{"standard alphabet", "e30.e30.+/+/", false},
	{"url alphabet", "e30.e30.-_-_", true},
	{"space at the end", "e30.e30.c2ln ", false},
	{"line end", "e30.e30.c2ln\n", false},
	{"space in front", " e30.e30.c2ln", false},
	{"quoted", "\"e30.e30.c2ln\"", false},
	{"stray bits in the header", "e31.e30.c2ln", false},
	{"stray bits in the payload", "e30.e31.c2ln", false},
	{"stray bits in the signature", "e30.e30.c2l", false},
	{"one digit for a signature", "e30.e30.c", false},
	{"byte above ASCII", "e30.e30.c2l\xff", false},
	{"Bearer in front", "Bearer e30.e30.c2ln", false},
	{"an opaque token", "at-s3cret-s3cret-s3cret", false},
	{"an API key", "sk-s3cret.s3cret.s3cret", false},
};

/* Parses a guarded copy; *sub gets the claim of that name. */
static bool claims_of(struct span token, struct buf *sub, struct err *e)
{
	struct span guarded = tap_guard(token);
	struct buf payload;
	struct json claims;
	struct err ignored;
	bool ok;

	buf_init_wiping(&payload, TOKEN_MAX, "payload");
	json_init(&claims);
	ok = jwt_claims(guarded, &payload, &claims, e);
	tap_unguard(guarded);
	if (ok && !json_text(&claims, json_member(&claims, JSON_ROOT, "sub"), sub, &ignored))
		abort();
	json_free(&claims);
	buf_free(&payload);
	return ok;
}

static void check(struct span token, bool good, const char *sub, const char *name)
{
	struct buf found;
	struct err e = {0};
	bool ok, shown;

	buf_init(&found, 100, "sub");
	ok = claims_of(token, &found, &e);
	if (good) {
		tap_good(ok, &e, name);
		tap_is_str(buf_span(&found), sub, "its claim");
	} else {
		tap_fails(ok, &e, ERR_CREDENTIAL, name);
		shown = strstr(e.text, "s3cret") != NULL || strstr(e.text, "czNjcmV0") != NULL;
		tap_ok(ok || !shown, "%s: the message shows nothing of it", name);
	}
	buf_free(&found);
}

static void put_together(struct buf *token, const char *header, const char *payload,
                         const char *signature)
{
	struct err e;

	buf_clear(token);
	if (!b64_encode(span_str(header), B64_URL, token, &e) || !buf_add_byte(token, '.', &e) ||
	    !b64_encode(span_str(payload), B64_URL, token, &e) || !buf_add_byte(token, '.', &e) ||
	    !b64_encode(span_str(signature), B64_URL, token, &e))
		abort();
}

/* A good token of exactly TOKEN_MAX bytes, and one more. */
static void test_size(struct buf *token)
{
	struct err e;

	put_together(token, HEADER, CLAIMS, "sig");
	while (token->n < TOKEN_MAX)
		if (!buf_add_byte(token, 'A', &e))
			abort();
	check(buf_span(token), true, "s3cret", "TOKEN_MAX bytes");
	if (!buf_add_str(token, "AAAA", &e))
		abort();
	check(buf_span(token), false, NULL, "more than TOKEN_MAX bytes");
}

static bool claims_once(struct err *e)
{
	static const char token[] = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJtZSJ9.c2ln";
	struct buf payload;
	struct json claims;
	bool ok;

	buf_init_wiping(&payload, TOKEN_MAX, "payload");
	json_init(&claims);
	ok = jwt_claims(span_str(token), &payload, &claims, e) &&
	     json_is_str(&claims, json_member(&claims, JSON_ROOT, "sub"), "me");
	json_free(&claims);
	buf_free(&payload);
	return ok;
}

static void claims_into(bool wiping)
{
	struct buf payload;
	struct json claims;
	struct err e;

	(wiping ? buf_init_wiping : buf_init)(&payload, 100, "payload");
	if (wiping && !buf_add_str(&payload, "rest", &e))
		return;
	json_init(&claims);
	(void)!jwt_claims(span_str("e30.e30.c2ln"), &payload, &claims, &e);
}

static void claims_into_used(void)
{
	claims_into(true);
}

static void claims_into_unwiped(void)
{
	claims_into(false);
}

int main(void)
{
	struct buf token;

	buf_init(&token, 2 * TOKEN_MAX, "token");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		put_together(&token, rows[i].header, rows[i].payload, rows[i].signature);
		check(buf_span(&token), rows[i].good,
		      strstr(rows[i].payload, "s3cret") != NULL ? "s3cret" : "", rows[i].name);
	}
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		check(span_str(texts[i].text), texts[i].good, "", texts[i].name);
	test_size(&token);
	buf_free(&token);
	tap_ok(failing_each("alloc", ENOMEM, ERR_MEMORY, false, claims_once), "without memory");
	tap_aborts(claims_into_used, "claims behind something else");
	tap_aborts(claims_into_unwiped, "claims in a buffer that is not wiped");
	return tap_done();
}
