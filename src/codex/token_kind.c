#include "codex/token.h"

#include "base/limits.h"
#include "codex/constants.h"
#include "codex/document.h"
#include "codex/token_shape.h"
#include "wire/jwt.h"

#define WANTED "wanted is a ChatGPT access token (\"at-...\", or a JWT)"

static const int64_t expires_max_s = 253402300799; /* the year 9999 ends */

static size_t count_dots(struct span s)
{
	size_t n = 0;

	for (size_t i = span_find(s, '.', 0); i < s.n; i = span_find(s, '.', i + 1))
		n++;
	return n;
}

/* In the namespaced claim, or at the root. */
static int find_claim(const struct json *j, const char *name)
{
	int value = json_member(j, json_member(j, JSON_ROOT, CODEX_CLAIM_AUTH), name);

	return value != JSON_NONE ? value : json_member(j, JSON_ROOT, name);
}

/* RFC 7519 section 4.1.4: a number, fractions allowed; on or after it the token is refused. */
static bool read_expiry(struct token *t, const struct json *j, const struct clock *clock,
                        struct err *e)
{
	int exp = json_member(j, JSON_ROOT, "exp");
	char when[CLOCK_TEXT_MAX];
	int64_t exp_ms;

	if (exp == JSON_NONE)
		return true;
	if (!json_milli(j, exp, &exp_ms))
		return err_set(e, ERR_CREDENTIAL, 0, "it is a JWT whose exp is not a number");
	t->expires_s = exp_ms / 1000 < expires_max_s ? exp_ms / 1000 : expires_max_s;
	if (clock_wall_ms(clock) < exp_ms)
		return true;
	clock_format_utc(t->expires_s < 0 ? 0 : t->expires_s, when);
	return err_set(e, ERR_AUTH, 0, "the token expired on %s", when);
}

static bool read_claims(struct token *t, const struct json *j, const struct clock *clock,
                        struct err *e)
{
	if (json_is_str(j, json_member(j, JSON_ROOT, "iss"), CODEX_ISSUER_AGENT))
		return err_set(e, ERR_CREDENTIAL, 0,
		               "it is an agent identity, which signs requests in a way octavo does "
		               "not support yet; " WANTED);
	if (!document_field(j, find_claim(j, CODEX_CLAIM_ACCOUNT), "its claim " CODEX_CLAIM_ACCOUNT,
	                    DOCUMENT_WORD, t->account_id, sizeof t->account_id, ERR_CREDENTIAL, e))
		return false;
	if (t->account_id[0] == '\0')
		return err_set(e, ERR_CREDENTIAL, 0,
		               "it is a JWT without the claim " CODEX_CLAIM_ACCOUNT
		               ": an ID token, or meant for another service");
	t->fedramp = json_is_true(j, find_claim(j, CODEX_CLAIM_FEDRAMP));
	return read_expiry(t, j, clock, e);
}

static bool classify_jwt(struct token *t, struct span text, const struct clock *clock,
                         struct err *e)
{
	struct buf payload;
	struct json claims;
	bool ok;

	t->kind = TOKEN_JWT;
	buf_init_wiping(&payload, TOKEN_MAX, "token payload");
	json_init(&claims);
	ok = jwt_claims(text, &payload, &claims, e) && read_claims(t, &claims, clock, e);
	json_free(&claims);
	buf_free(&payload);
	return ok;
}

bool token_classify(struct token *t, struct span text, const struct clock *clock, struct err *e)
{
	const char *other = token_shape_foreign(text);

	t->account_id[0] = '\0';
	t->fedramp = false;
	t->expires_s = 0;
	/* A key of another kind is named even when it is too short to be a token of ours. */
	if (other != NULL && token_shape_check(text, 1, e))
		return err_set(e, ERR_CREDENTIAL, 0, "it is %s; " WANTED, other);
	if (!token_shape_check(text, TOKEN_MIN, e))
		return false;
	if (span_starts(text, "at-")) {
		t->kind = TOKEN_PERSONAL;
		return true;
	}
	switch (count_dots(text)) {
	case 2:
		return classify_jwt(t, text, clock, e);
	case 4:
		return err_set(e, ERR_CREDENTIAL, 0,
		               "it is an encrypted token (JWE), which only its issuer reads; "
		               WANTED);
	default:
		return err_set(e, ERR_CREDENTIAL, 0, "it is of no kind octavo knows; " WANTED);
	}
}
