#include "codex/failure_table.h"

#include <string.h>

static const struct failure_rule rules[] = {
	{"mitigated", 100, 999, NULL, FAILURE_MITIGATED, ERR_EDGE,
	 "blocked at the edge (the CDN, not the token)"},
	{"page at 403", 403, 403, NULL, FAILURE_PAGE, ERR_EDGE,
	 "blocked at the edge (the CDN, not the token)"},

	{"usage limit", 0, 999, "usage_limit_reached", 0, ERR_LIMIT, "usage limit reached"},
	{"quota", 0, 999, "insufficient_quota", 0, ERR_LIMIT, "quota used up"},
	{"credit", 0, 999, "credit_balance_exhausted", 0, ERR_LIMIT, "credit used up"},
	{"spend limit", 0, 999, "*_spend_limit_exceeded", 0, ERR_LIMIT, "spend limit reached"},
	{"too long", 0, 999, "context_length_exceeded", 0, ERR_TOO_LONG,
	 "the input is longer than the model takes"},

	{"401", 401, 401, NULL, 0, ERR_AUTH, "the credential was rejected"},
	{"expired", 0, 0, "token_expired", 0, ERR_AUTH, "the credential has expired"},
	{"revoked", 0, 0, "token_revoked", 0, ERR_AUTH, "the credential was revoked"},
	{"invalidated", 0, 0, "token_invalidated", 0, ERR_AUTH, "the credential was invalidated"},
	{"unauthorized", 0, 0, "unauthorized_unknown", 0, ERR_AUTH, "the credential was rejected"},

	{"deactivated", 0, 999, "deactivated_workspace", 0, ERR_ACCESS,
	 "the workspace is deactivated"},
	{"wrong workspace", 0, 999, "invalid_workspace_selected", 0, ERR_ACCESS,
	 "not a workspace of this credential"},
	{"not in plan", 0, 999, "usage_not_included", 0, ERR_ACCESS, "not included in this plan"},
	{"403", 403, 403, NULL, 0, ERR_ACCESS, "access denied"},

	{"invalid prompt", 0, 999, "invalid_prompt", 0, ERR_REQUEST, "the prompt was refused"},
	{"no such model", 0, 999, "model_not_found", 0, ERR_REQUEST, "no such model"},
	{"content policy", 0, 999, "*_policy", 0, ERR_REQUEST,
	 "refused by a policy of the service"},

	{"408", 408, 408, NULL, 0, ERR_BUSY, "the service gave up waiting"},
	{"409", 409, 409, NULL, 0, ERR_BUSY, "the service is in conflict with itself"},
	{"425", 425, 425, NULL, 0, ERR_BUSY, "the service says too early"},
	{"429", 429, 429, NULL, 0, ERR_BUSY, "rate limited"},
	{"model at 400", 400, 400, NULL, FAILURE_ABOUT_MODEL, ERR_REQUEST, "the model was refused"},
	{"model at 404", 404, 404, NULL, FAILURE_ABOUT_MODEL, ERR_REQUEST, "the model was refused"},
	{"404", 404, 404, NULL, 0, ERR_REQUEST, "not found"},
	{"413", 413, 413, NULL, 0, ERR_REQUEST, "the request is too large"},
	{"4xx", 400, 499, NULL, 0, ERR_REQUEST, "the request was refused"},

	{"501", 501, 501, NULL, 0, ERR_PROTOCOL, "not the service octavo knows"},
	{"505", 505, 505, NULL, 0, ERR_PROTOCOL, "not the service octavo knows"},
	{"511", 511, 511, NULL, 0, ERR_PROTOCOL, "the network wants a login of its own"},
	{"526", 526, 526, NULL, 0, ERR_PROTOCOL, "the CDN does not trust the service behind it"},
	{"5xx", 500, 599, NULL, 0, ERR_BUSY, "the service is in trouble"},

	{"1xx", 100, 199, NULL, 0, ERR_PROTOCOL, "an answer that was not asked for"},
	{"2xx", 200, 299, NULL, 0, ERR_PROTOCOL, "an answer without what was asked for"},
	{"3xx", 300, 399, NULL, 0, ERR_PROTOCOL, "a redirect, which octavo never follows"},

	{"in-stream rate limit", 0, 0, "rate_limit_exceeded", 0, ERR_BUSY, "rate limited"},
	{"in-stream slow down", 0, 0, "slow_down", 0, ERR_BUSY, "the service asks to slow down"},
	{"in-stream overloaded", 0, 0, "server_is_overloaded", 0, ERR_BUSY,
	 "the service is overloaded"},
	{"in-stream unavailable", 0, 0, "service_unavailable_error", 0, ERR_BUSY,
	 "the service is unavailable"},
	{"in-stream server error", 0, 0, "server_error", 0, ERR_BUSY, "the service is in trouble"},
	{"in-stream unknown", 0, 0, NULL, 0, ERR_BUSY, "the service failed"},

	/* 600 and above, and what is no status at all */
	{"no status", -1, 999, NULL, 0, ERR_PROTOCOL, "a status that does not exist"},
};
enum { RULES = sizeof rules / sizeof rules[0] };

const char *failure_table_name(size_t i)
{
	return i < RULES ? rules[i].name : NULL;
}

static bool is_code(const char *have, const char *want)
{
	if (want[0] == '*')
		return span_ends(span_str(have), want + 1);
	return strcmp(have, want) == 0;
}

static bool matches(const struct failure_rule *r, int status, const struct failure_words *w,
                    unsigned facts)
{
	return status >= r->first && status <= r->last && (facts & r->facts) == r->facts &&
	       (r->code == NULL || is_code(w->code, r->code) || is_code(w->type, r->code));
}

const struct failure_rule *failure_table_find(int status, const struct failure_words *w,
                                              unsigned facts)
{
	size_t i = 0;

	while (i < RULES - 1 && !matches(&rules[i], status, w, facts))
		i++;
	return &rules[i];
}
