/*
 * Unit tests of codex/failure: every row of the table, every shape of an error body, the
 * headers, the text that is shown.
 */
#include "codex/failure.h"

#include "base/limits.h"
#include "codex/failure_table.h"
#include "failing.h"
#include "tap.h"
#include "wire/b64.h"

enum { NOW = 1795467600 }; /* 2026-11-23 21:00 UTC */

/* Test inputs as names of checks: one line, printable. */
static const char *shown(const char *s)
{
	static char out[128];
	size_t n = 0;

	for (; s[n] != '\0' && n < sizeof out - 1; n++)
		out[n] = s[n] >= ' ' && s[n] <= '~' ? s[n] : '.';
	out[n] = '\0';
	return out;
}

/* Header lines as "name: value" separated by newlines; names are asked for in lower case. */
static struct span get_header(const void *ctx, const char *name)
{
	const char *line = ctx;
	size_t n = strlen(name);

	while (line != NULL && *line != '\0') {
		size_t length = strcspn(line, "\n");

		if (length > n + 1 && strncmp(line, name, n) == 0 && line[n] == ':')
			return span_of(line + n + 1, length - n - 1);
		line += length + (line[length] == '\n');
	}
	return span_of(NULL, 0);
}

#define HTML "content-type: text/html; charset=UTF-8\n"
#define CODE(code) "{\"error\":{\"code\":\"" code "\",\"message\":\"words\"}}"
#define TYPE(type) "{\"error\":{\"type\":\"" type "\",\"message\":\"words\"}}"

/* status 0: the body is the error object of an event. */
static const struct row {
	const char *rule; /* what must match */
	int status;
	const char *headers;
	const char *body;
	enum err_kind kind;
} rows[] = {
	{"mitigated", 403, "cf-mitigated: challenge\n", "", ERR_EDGE},
	{"mitigated", 200, "cf-mitigated: challenge\n", "", ERR_EDGE},
	{"mitigated", 401, "cf-mitigated: challenge\n", CODE("token_expired"), ERR_EDGE},
	{"mitigated", 429, "cf-mitigated: challenge\n" HTML, "<html>", ERR_EDGE},
	{"mitigated", 503, "cf-mitigated: block\n", CODE("usage_limit_reached"), ERR_EDGE},
	{"page at 403", 403, HTML, "<html>Just a moment</html>", ERR_EDGE},
	{"page at 403", 403, "", "\n<!DOCTYPE html><html>", ERR_EDGE},
	{"page at 403", 403, "", "\xef\xbb\xbf<html>", ERR_EDGE},
	{"page at 403", 403, HTML, "", ERR_EDGE},

	{"usage limit", 429, "", TYPE("usage_limit_reached"), ERR_LIMIT},
	{"usage limit", 404, "", CODE("usage_limit_reached"), ERR_LIMIT},
	{"usage limit", 401, "", CODE("usage_limit_reached"), ERR_LIMIT},
	{"usage limit", 403, HTML, CODE("usage_limit_reached"), ERR_LIMIT},
	{"usage limit", 500, "", "{\"detail\":{\"code\":\"usage_limit_reached\"}}", ERR_LIMIT},
	{"usage limit", 0, "", "{\"type\":\"usage_limit_reached\"}", ERR_LIMIT},
	{"usage limit", 0, "", "{\"type\":\"error\",\"code\":\"usage_limit_reached\"}", ERR_LIMIT},
	{"quota", 429, "", CODE("insufficient_quota"), ERR_LIMIT},
	{"quota", 0, "", "{\"code\":\"insufficient_quota\"}", ERR_LIMIT},
	{"credit", 402, "", CODE("credit_balance_exhausted"), ERR_LIMIT},
	{"credit", 0, "", "{\"code\":\"credit_balance_exhausted\"}", ERR_LIMIT},
	{"spend limit", 429, "", CODE("workspace_spend_limit_exceeded"), ERR_LIMIT},
	{"spend limit", 403, "", CODE("user_spend_limit_exceeded"), ERR_LIMIT},
	{"spend limit", 0, "", "{\"code\":\"member_spend_limit_exceeded\"}", ERR_LIMIT},
	{"too long", 400, "", CODE("context_length_exceeded"), ERR_TOO_LONG},
	{"too long", 0, "", "{\"code\":\"context_length_exceeded\"}", ERR_TOO_LONG},

	{"401", 401, "", "", ERR_AUTH},
	{"401", 401, "", CODE("token_expired"), ERR_AUTH},
	{"401", 401, "", CODE("token_revoked"), ERR_AUTH},
	{"401", 401, "", CODE("token_invalidated"), ERR_AUTH},
	{"401", 401, "", "{\"detail\":{\"code\":\"unauthorized_unknown\"}}", ERR_AUTH},
	{"401", 401, "", CODE("invalid_prompt"), ERR_AUTH},
	{"401", 401, HTML, "<html>", ERR_AUTH},
	{"expired", 0, "", "{\"code\":\"token_expired\"}", ERR_AUTH},
	{"revoked", 0, "", "{\"code\":\"token_revoked\"}", ERR_AUTH},
	{"invalidated", 0, "", "{\"code\":\"token_invalidated\"}", ERR_AUTH},
	{"unauthorized", 0, "", "{\"code\":\"unauthorized_unknown\"}", ERR_AUTH},

	{"deactivated", 402, "", "{\"detail\":{\"code\":\"deactivated_workspace\"}}", ERR_ACCESS},
	{"deactivated", 0, "", "{\"code\":\"deactivated_workspace\"}", ERR_ACCESS},
	{"wrong workspace", 403, "", CODE("invalid_workspace_selected"), ERR_ACCESS},
	{"wrong workspace", 0, "", "{\"code\":\"invalid_workspace_selected\"}", ERR_ACCESS},
	{"not in plan", 403, "", TYPE("usage_not_included"), ERR_ACCESS},
	{"not in plan", 429, "", TYPE("usage_not_included"), ERR_ACCESS},
	{"not in plan", 0, "", "{\"type\":\"usage_not_included\"}", ERR_ACCESS},
	{"403", 403, "", "{\"detail\":\"no\"}", ERR_ACCESS},
	{"403", 403, "", "", ERR_ACCESS},
	{"403", 403, HTML, "[{\"detail\":\"no\"}]", ERR_ACCESS},
	{"403", 403, "", "plain words", ERR_ACCESS},
	{"403", 403, "", "<?xml version=\"1.0\"?><Error/>", ERR_ACCESS},
	{"403", 403, "", CODE("workspace_policy"), ERR_ACCESS},
	{"403", 403, "", CODE("token_expired"), ERR_ACCESS},

	{"invalid prompt", 400, "", CODE("invalid_prompt"), ERR_REQUEST},
	{"invalid prompt", 0, "", "{\"code\":\"invalid_prompt\"}", ERR_REQUEST},
	{"no such model", 404, "", CODE("model_not_found"), ERR_REQUEST},
	{"no such model", 503, "", CODE("model_not_found"), ERR_REQUEST},
	{"no such model", 0, "", "{\"code\":\"model_not_found\"}", ERR_REQUEST},
	{"content policy", 400, "", CODE("content_policy"), ERR_REQUEST},
	{"content policy", 0, "", "{\"code\":\"cyber_policy\"}", ERR_REQUEST},

	{"408", 408, "", "", ERR_BUSY},
	{"409", 409, "", "", ERR_BUSY},
	{"425", 425, "", "", ERR_BUSY},
	{"429", 429, "", CODE("rate_limit_exceeded"), ERR_BUSY},
	{"429", 429, HTML, "<html>slow</html>", ERR_BUSY},
	{"model at 400", 400, "", "{\"detail\":\"The 'x' model is not supported.\"}", ERR_REQUEST},
	{"model at 404", 404, "", "{\"detail\":\"Model not found x\"}", ERR_REQUEST},
	{"404", 404, "", "{\"detail\":\"Not Found\"}", ERR_REQUEST},
	{"413", 413, HTML, "<html>too big</html>", ERR_REQUEST},
	{"4xx", 400, "", "{\"detail\":\"bad\"}", ERR_REQUEST},
	{"4xx", 402, "", "{\"detail\":\"pay\"}", ERR_REQUEST},
	{"4xx", 405, "", "", ERR_REQUEST},
	{"4xx", 407, "", "", ERR_REQUEST},
	{"4xx", 410, "", "", ERR_REQUEST},
	{"4xx", 418, "", "", ERR_REQUEST},
	{"4xx", 422, "", "{\"detail\":[{\"msg\":\"field required\"}]}", ERR_REQUEST},
	{"4xx", 426, "", "", ERR_REQUEST},
	{"4xx", 431, "", "", ERR_REQUEST},
	{"4xx", 451, "", "", ERR_REQUEST},
	{"4xx", 499, "", "", ERR_REQUEST},

	{"501", 501, "", "", ERR_PROTOCOL},
	{"505", 505, "", "", ERR_PROTOCOL},
	{"511", 511, HTML, "<html>log in</html>", ERR_PROTOCOL},
	{"526", 526, HTML, "<html>", ERR_PROTOCOL},
	{"5xx", 500, "", CODE("server_error"), ERR_BUSY},
	{"5xx", 502, HTML, "<html>bad gateway</html>", ERR_BUSY},
	{"5xx", 503, "", "", ERR_BUSY},
	{"5xx", 504, "", "", ERR_BUSY},
	{"5xx", 507, "", "", ERR_BUSY},
	{"5xx", 520, HTML, "<html>", ERR_BUSY},
	{"5xx", 525, "", "", ERR_BUSY},
	{"5xx", 529, "", "", ERR_BUSY},
	{"5xx", 599, "", "", ERR_BUSY},

	{"1xx", 101, "", "", ERR_PROTOCOL},
	{"1xx", 100, "", "", ERR_PROTOCOL},
	{"2xx", 201, "", "", ERR_PROTOCOL},
	{"2xx", 204, "", "", ERR_PROTOCOL},
	{"2xx", 206, "", "", ERR_PROTOCOL},
	{"3xx", 301, "", "", ERR_PROTOCOL},
	{"3xx", 302, HTML, "<html>moved</html>", ERR_PROTOCOL},
	{"3xx", 304, "", "", ERR_PROTOCOL},
	{"3xx", 307, "", "", ERR_PROTOCOL},
	{"3xx", 308, "", "", ERR_PROTOCOL},

	{"in-stream rate limit", 0, "", "{\"code\":\"rate_limit_exceeded\"}", ERR_BUSY},
	{"in-stream slow down", 0, "", "{\"code\":\"slow_down\"}", ERR_BUSY},
	{"in-stream overloaded", 0, "", "{\"code\":\"server_is_overloaded\"}", ERR_BUSY},
	{"in-stream unavailable", 0, "", "{\"type\":\"service_unavailable_error\"}", ERR_BUSY},
	{"in-stream server error", 0, "", "{\"code\":\"server_error\"}", ERR_BUSY},
	{"in-stream unknown", 0, "", "{\"code\":\"never_heard_of\"}", ERR_BUSY},
	{"in-stream unknown", 0, "", "{\"code\":\"policy_of_ours\"}", ERR_BUSY},
	{"in-stream unknown", 0, "", "{\"code\":null}", ERR_BUSY},
	{"in-stream unknown", 0, "", "{}", ERR_BUSY},

	{"no status", 600, "", "", ERR_PROTOCOL},
	{"no status", 999, "", "", ERR_PROTOCOL},
	{"no status", 1000, "", "", ERR_PROTOCOL},
	{"no status", 99, "", "", ERR_PROTOCOL},
};

/* The answer of one failure; `headers` and `body` end at unreadable pages. */
static bool ask(struct failure *f, int status, const char *headers, struct span body,
                const struct redact *redact, struct err *e)
{
	struct failure_headers h = {get_header, headers};
	struct span guarded = tap_guard(body);
	struct json j;
	bool ok = true;

	json_init(&j);
	e->kind = ERR_NONE;
	if (status != 0)
		ok = failure_from_response(f, "the model call", status, &h, guarded, NOW, redact,
		                           e);
	else if (json_parse(&j, guarded, e))
		ok = failure_from_event(f, &j, JSON_ROOT, NOW, redact, e);
	json_free(&j);
	tap_unguard(guarded);
	return ok;
}

static void test_rows(void)
{
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct row *r = &rows[i];
		struct failure f;
		struct err e;

		tap_fails(ask(&f, r->status, r->headers, span_str(r->body), NULL, &e), &e, r->kind,
		          r->rule);
		tap_is_str(span_str(f.rule), r->rule, "... by this row");
		tap_ok(f.status == r->status, "... status %d", r->status);
		tap_ok(strchr(e.text, '<') == NULL, "... and shows no markup: %s", e.text);
	}
}

static void test_every_row_is_tested(void)
{
	size_t count = 0;

	for (const char *name; (name = failure_table_name(count)) != NULL; count++) {
		size_t i = 0;

		while (i < sizeof rows / sizeof rows[0] && strcmp(rows[i].rule, name) != 0)
			i++;
		tap_ok(i < sizeof rows / sizeof rows[0], "row \"%s\" has a test", name);
		for (size_t k = 0; k < count; k++)
			if (strcmp(failure_table_name(k), name) == 0)
				tap_ok(false, "row \"%s\" is there twice", name);
	}
	tap_is_int((long long)count, 43, "rows of the table");
}

/* The contract's table by status alone, said a second way. */
static enum err_kind class_of(int status)
{
	switch (status) {
	case 401: return ERR_AUTH;
	case 403: return ERR_ACCESS;
	case 408: case 409: case 425: case 429: return ERR_BUSY;
	case 501: case 505: case 511: case 526: return ERR_PROTOCOL;
	}
	return status / 100 == 4 ? ERR_REQUEST : status / 100 == 5 ? ERR_BUSY : ERR_PROTOCOL;
}

/* Every status there can be gets a class, and never a success. */
static void test_every_status(void)
{
	int wrong = 0;

	for (int status = 100; status < 1000; status++) {
		struct failure f;
		struct err e;
		enum err_kind want = class_of(status);

		if (ask(&f, status, "", span_str(""), NULL, &e) || e.kind != want)
			wrong += tap_ok(false, "status %d", status) == false;
	}
	tap_is_int(wrong, 0, "900 statuses without a body");
}

/* ---- shapes of bodies ---- */

#define CODE_63 "a234567890b234567890c234567890d234567890e234567890f234567890_-."

static const struct shape_row {
	const char *body;
	const char *message, *code;
} shapes[] = {
	{"{\"detail\":\"plain\"}", "plain", ""},
	{"{\"detail\":{\"code\":\"c\",\"message\":\"m\"}}", "m", "c"},
	{"{\"detail\":{\"message\":\"m\"}}", "m", ""},
	{"{\"detail\":{\"code\":\"c\"}}", "c", "c"},
	{"{\"detail\":[{\"loc\":[\"body\"],\"msg\":\"field required\",\"type\":\"missing\"}]}",
	 "field required", ""},
	{"{\"detail\":[]}", NULL, ""},
	{"{\"detail\":null}", NULL, ""},
	{"{\"detail\":7}", NULL, ""},
	{"{\"error\":{\"type\":\"t\",\"code\":\"c\",\"message\":\"m\"}}", "m", "c"},
	{"{\"error\":{\"type\":\"t\",\"code\":null,\"message\":\"m\"}}", "m", "t"},
	{"{\"error\":{\"type\":\"t\",\"code\":5,\"message\":[\"m\"]}}", "t", "t"},
	{"{\"error\":\"words\"}", "words", ""},
	{"{\"error\":\"invalid_token\",\"error_description\":\"it ended\"}", "it ended",
	 "invalid_token"},
	{"{\"error\":null}", NULL, ""},
	{"{\"message\":\"m\"}", "m", ""},
	{"{\"code\":\"c\",\"message\":\"m\"}", "m", "c"},
	{"{\"type\":\"error\",\"error\":{\"type\":\"t\",\"message\":\"m\"}}", "m", "t"},
	{"{\"error\":{\"message\":\"first\"},\"detail\":\"second\",\"message\":\"third\"}", "first",
	 ""},
	{"{\"error\":{\"code\":\"has space\",\"message\":\"m\"}}", "m", ""},
	{"{\"error\":{\"code\":\"c\\u0000d\",\"message\":\"m\"}}", "m", ""},
	{"{\"error\":{\"code\":\"c\",\"message\":\"\"}}", "c", "c"},
	{"{\"error\":{\"code\":\"" CODE_63 "\",\"message\":\"m\"}}", "m", CODE_63},
	{"{\"error\":{\"code\":\"" CODE_63 "4\",\"message\":\"m\"}}", "m", ""},
	{"{\"error\":{\"code\":\"" CODE_63 "4\",\"type\":\"t\",\"message\":\"m\"}}", "m", "t"},
	{"{\"error\":{\"message\":\"<html><body>x\"}}", NULL, ""},
	{"\"a bare string\"", "a bare string", ""},
	{"[1,2]", NULL, ""},
	{"{}", NULL, ""},
	{"", NULL, ""},
	{"   \r\n", NULL, ""},
	{"upstream connect error", "upstream connect error", ""},
	{"  spaced \n words ", "spaced words", ""},
	{"{\"error\":{\"message\":\"cut he", "{\"error\":{\"message\":\"cut he", ""},
	{"<html><h1>never</h1>", NULL, ""},
	{" \n<HTML>", NULL, ""},
	{"<?xml version=\"1.0\"?><Error/>", NULL, ""},
	{"{\"detail\":\"a\\r\\n\\u001b[31mb\"}", "a \\x1b[31mb", ""},
	{"\xff\xfe raw", "\\xff\\xfe raw", ""},
};

static void test_shapes(void)
{
	for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
		const struct shape_row *r = &shapes[i];
		char want[256];
		struct failure f;
		struct err e;

		snprintf(want, sizeof want,
		         "the model call: the request was refused (HTTP 418)%s%s",
		         r->message != NULL ? ": " : "", r->message != NULL ? r->message : "");
		ask(&f, 418, "", span_str(r->body), NULL, &e);
		tap_is_str(span_str(e.text), want, shown(r->body));
		tap_is_str(span_str(f.code), r->code, "... code");
	}
}

/* Each body cut at each byte, and each byte damaged: a class comes of all of it. */
static void test_broken_bodies(void)
{
	long tried = 0, wrong = 0;

	for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
		size_t n = strlen(shapes[i].body);

		for (size_t cut = 0; cut <= n; cut++, tried++) {
			struct failure f;
			struct err e;

			wrong += ask(&f, 500, "", span_of(shapes[i].body, cut), NULL, &e) ||
			         e.kind != ERR_BUSY;
		}
		for (size_t at = 0; at < n && n < 256; at++) {
			unsigned char text[256];

			memcpy(text, shapes[i].body, n);
			for (int damage = 0; damage < 4; damage++, tried++) {
				struct failure f;
				struct err e;

				text[at] = (unsigned char)"\0\"{\xff"[damage];
				wrong += ask(&f, 500, "", span_of(text, n), NULL, &e) ||
				         e.kind != ERR_BUSY;
			}
			text[at] = (unsigned char)shapes[i].body[at];
		}
	}
	tap_ok(wrong == 0 && tried > 1000, "%ld bodies cut or damaged", tried);
}

static void test_long_body(void)
{
	static char body[ERROR_BODY_MAX];
	struct failure f;
	struct err e;

	memset(body, 'w', sizeof body);
	ask(&f, 500, "", span_of(body, sizeof body), NULL, &e);
	tap_ok(strlen(e.text) <= ERR_TEXT_MAX - 112, "a long text leaves room for what others add");
	tap_ok(span_ends(span_str(e.text), "w..."), "... and is cut visibly");
}

/* ---- headers ---- */

static void test_error_headers(void)
{
	struct failure f;
	struct buf h;
	struct err e;

	buf_init(&h, 4096, "header");
	tap_good(buf_add_str(&h, "x-error-json: ", &e) &&
	                 b64_encode(span_str("{\"error\":{\"code\":\"token_expired\",\"message\":"
	                                     "\"it ended\"}}"),
	                            B64_STANDARD, &h, &e) &&
	                 buf_add_byte(&h, 0, &e),
	         &e, "a header is made");
	ask(&f, 401, (const char *)h.p, span_str(""), NULL, &e);
	tap_is_str(span_str(f.code), "token_expired", "x-error-json: code");
	tap_is_str(span_str(e.text),
	           "the model call: the credential was rejected (HTTP 401): it ended",
	           "x-error-json: words");
	ask(&f, 401, (const char *)h.p,
	    span_str("{\"error\":{\"code\":\"of_body\",\"message\":\"b\"}}"), NULL, &e);
	tap_is_str(span_str(f.code), "of_body", "the body is asked first");
	buf_free(&h);

	ask(&f, 401, "x-error-json: !!!\n", span_str(""), NULL, &e);
	tap_ok(e.kind == ERR_AUTH && f.code[0] == '\0', "x-error-json that is no base64");
	ask(&f, 401, "x-error-json: YWJj\n", span_str(""), NULL, &e);
	tap_ok(e.kind == ERR_AUTH && f.code[0] == '\0', "x-error-json that is no JSON");
	ask(&f, 401, "x-openai-authorization-error: missing_authorization_header\n", span_str(""),
	    NULL, &e);
	tap_is_str(span_str(f.code), "missing_authorization_header",
	           "x-openai-authorization-error");
	ask(&f, 404, "x-openai-authorization-error: usage_limit_reached\n", span_str(""), NULL, &e);
	tap_ok(e.kind == ERR_LIMIT, "... counts in the table");

	ask(&f, 500, "x-request-id:  req_1 \ncf-ray: ray-2\n", span_str(""), NULL, &e);
	tap_is_str(span_str(f.request_id), "req_1", "x-request-id");
	ask(&f, 500, "cf-ray: ray-2\n", span_str(""), NULL, &e);
	tap_is_str(span_str(f.request_id), "ray-2", "cf-ray when there is no x-request-id");
	ask(&f, 500, "x-request-id: a\x01" "b\n", span_str(""), NULL, &e);
	tap_is_str(span_str(f.request_id), "", "an id with control bytes is none");
	ask(&f, 403, HTML "cf-ray: 8f00-FRA\nx-request-id: r\n", span_str("<html>secret page"),
	    NULL, &e);
	tap_is_str(span_str(e.text),
	           "the model call: blocked at the edge (the CDN, not the token) (HTTP 403, cf-ray 8f00-FRA)",
	           "the edge's text holds the ray and no page");
	tap_ok(f.page, "... and that it was a page is known");
	ask(&f, 403, "", span_str("{\"detail\":\"no\"}"), NULL, &e);
	tap_ok(!f.page, "JSON is none");
}

/* What is beyond counting comes to this: some 80 years. */
#define LONGEST INT64_C(2562047786000)

static const struct wait_row {
	const char *headers;
	int64_t ms;
} waits[] = {
	{"", -1},
	{"retry-after: 0\n", 0},
	{"retry-after: 120\n", 120000},
	{"retry-after:  7 \n", 7000},
	{"retry-after: 1.5\n", 1500},
	{"retry-after: 86400\n", 86400000},
	{"retry-after: 000000000000000000005\n", 5000},
	{"retry-after: 999999999999999999\n", LONGEST},
	{"retry-after: 99999999999999999999\n", LONGEST},
	{"retry-after-ms: 99999999999999999999\n", LONGEST / 1000},
	{"retry-after: 1.\n", -1},
	{"retry-after: 1.x\n", -1},
	{"retry-after: 5, 10\n", -1},
	{"retry-after: -1\n", -1},
	{"retry-after: soon\n", -1},
	{"retry-after: 5 s\n", -1},
	{"retry-after-ms: 28\n", 28},
	{"retry-after-ms: 28.7\n", 28},
	{"retry-after-ms: x\nretry-after: 3\n", 3000},
	{"retry-after-ms: 5 s\nretry-after: 3\n", 3000},
	{"retry-after-ms: 1500\nretry-after: 60\n", 1500},
	{"retry-after: Mon, 23 Nov 2026 21:00:30 GMT\n", 30000},
	{"retry-after: Monday, 23-Nov-26 21:00:30 GMT\n", 30000},
	{"retry-after: Mon Nov 23 21:00:30 2026\n", 30000},
	{"retry-after: Mon, 23 Nov 2026 20:00:00 GMT\n", 0},
	{"retry-after: Mon, 23 Nov 2026 21:00:30 CET\n", -1},
};

static void test_waits(void)
{
	static const struct should_row {
		const char *headers;
		int want;
	} should[] = {
		{"", -1}, {"x-should-retry: true\n", 1}, {"x-should-retry: false\n", 0},
		{"x-should-retry: TRUE\n", 1}, {"x-should-retry: yes\n", -1}, {"x-should-retry: \n",
		 -1},
	};
	struct failure f;
	struct err e;

	for (size_t i = 0; i < sizeof waits / sizeof waits[0]; i++) {
		ask(&f, 429, waits[i].headers, span_str(""), NULL, &e);
		tap_is_int(f.retry_after_ms, waits[i].ms, shown(waits[i].headers));
	}
	for (size_t i = 0; i < sizeof should / sizeof should[0]; i++) {
		ask(&f, 500, should[i].headers, span_str(""), NULL, &e);
		tap_is_int(f.should_retry, should[i].want, shown(should[i].headers));
	}
}

static const struct phrase_row {
	const char *text;
	int64_t ms;
} phrases[] = {
	{"Rate limit reached. Please try again in 1.5s. Visit ...", 1500},
	{"Please try again in 28ms.", 28},
	{"Try Again In 35 seconds", 35000},
	{"try again in 1 second", 1000},
	{"try again in 6m0s.", 360000},
	{"try again in 1h2m3.5s", 3723500},
	{"try again in 2 minutes", 120000},
	{"try again in 0s", 0},
	{"try again in 0.0001s", 0},
	{"try again in 1.9999ms", 2},
	{"try again in 1.123456789s", 1123},
	{"try again in 11.054s.", 11054},
	{"try again in 1.5", -1},
	{"try again in s", -1},
	{"try again in .5s", -1},
	{"try again in -1s", -1},
	{"try again in 5 days", -1},
	{"try again in", -1},
	{"try again later", -1},
	{"", -1},
	{"try again in 99999999999999999999999s", -2},
	{"try again in 99999999999999999999999h99999999999999999999999h99999999999999999999999h",
	 -2},
};

static void test_phrases(void)
{
	for (size_t i = 0; i < sizeof phrases / sizeof phrases[0]; i++) {
		struct span s = tap_guard(span_str(phrases[i].text));
		int64_t got = failure_words_wait_ms(s);

		if (phrases[i].ms == -2)
			tap_ok(got > (int64_t)1000 * 86400 * 365, "%s: as good as never",
			       phrases[i].text);
		else
			tap_is_int(got, phrases[i].ms, phrases[i].text);
		tap_unguard(s);
	}
}

static void test_in_stream(void)
{
	struct failure f;
	struct err e;

	ask(&f, 0, "",
	    span_str("{\"code\":\"rate_limit_exceeded\",\"message\":\"Limit. Please try again in "
	             "1.5s.\"}"),
	    NULL, &e);
	tap_is_int(f.retry_after_ms, 1500, "in-stream wait");
	tap_is_str(span_str(e.text),
	           "the answer failed: rate limited: Limit. Please try again in 1.5s.", "... told");
	ask(&f, 429, "", span_str("{\"error\":{\"message\":\"try again in 28ms\"}}"), NULL, &e);
	tap_is_int(f.retry_after_ms, 28, "the same in a response");
	ask(&f, 429, "retry-after: 9\n",
	    span_str("{\"error\":{\"message\":\"try again in 28ms\"}}"), NULL, &e);
	tap_is_int(f.retry_after_ms, 9000, "a header comes before words");
	ask(&f, 400, "", span_str("{\"error\":{\"message\":\"try again in 28ms\"}}"), NULL, &e);
	tap_is_int(f.retry_after_ms, -1, "words say nothing of what is final");
	tap_fails(failure_from_event(&f, &(struct json){.tokens = NULL}, JSON_NONE, NOW, NULL, &e),
	          &e, ERR_BUSY, "an error without an object");
	tap_is_str(span_str(e.text), "the answer failed: the service failed", "... told");
}

#define LIMIT(members) "{\"error\":{\"type\":\"usage_limit_reached\",\"message\":\"Out.\"" members "}}"

static const struct limit_row {
	const char *body;
	int64_t resets_at_s;
	const char *plan, *text;
} limits[] = {
	{LIMIT(",\"plan_type\":\"business\",\"resets_at\":1800000000"), 1800000000, "business",
	 "the model call: usage limit reached (plan business, resets 2027-01-15 08:00 UTC, HTTP 429): Out."},
	{LIMIT(",\"resets_in_seconds\":3600"), NOW + 3600, "",
	 "the model call: usage limit reached (resets 2026-11-23 22:00 UTC, HTTP 429): Out."},
	{LIMIT(",\"resets_at\":1800000000,\"resets_in_seconds\":3600"), 1800000000, "",
	 "the model call: usage limit reached (resets 2027-01-15 08:00 UTC, HTTP 429): Out."},
	{LIMIT(",\"resets_at\":null,\"resets_in_seconds\":60.5"), NOW + 60, "",
	 "the model call: usage limit reached (resets 2026-11-23 21:01 UTC, HTTP 429): Out."},
	{LIMIT(",\"plan_type\":null"), 0, "",
	 "the model call: usage limit reached (HTTP 429): Out."},
	{LIMIT(",\"plan_type\":\"p l\",\"resets_at\":\"x\",\"resets_in_seconds\":\"y\""), 0, "",
	 "the model call: usage limit reached (HTTP 429): Out."},
	{LIMIT(",\"resets_at\":1e300,\"resets_in_seconds\":1e300"), 0, "",
	 "the model call: usage limit reached (HTTP 429): Out."},
	{LIMIT(",\"resets_at\":253402300799"), 253402300799, "",
	 "the model call: usage limit reached (resets 9999-12-31 23:59 UTC, HTTP 429): Out."},
	{LIMIT(",\"resets_at\":253402300800"), 0, "",
	 "the model call: usage limit reached (HTTP 429): Out."},
	{LIMIT(",\"resets_in_seconds\":253402300799"), 0, "",
	 "the model call: usage limit reached (HTTP 429): Out."},
	{LIMIT(",\"resets_at\":-5,\"resets_in_seconds\":-5"), 0, "",
	 "the model call: usage limit reached (HTTP 429): Out."},
};

/* An error inside the stream may be as long as an event. */
static void test_long_message(void)
{
	static char event[4 * ERROR_BODY_MAX];
	const char *start = "{\"code\":\"server_error\",\"message\":\"";
	struct failure f;
	struct err e;

	memset(event, 'w', sizeof event);
	memcpy(event, start, strlen(start));
	memcpy(event + sizeof event - 2, "\"}", 2);
	ask(&f, 0, "", span_of(event, sizeof event), NULL, &e);
	tap_is_str(span_str(f.rule), "in-stream server error", "a message of 256 KiB");
	tap_ok(strlen(e.text) <= ERR_TEXT_MAX - 112 && e.kind == ERR_BUSY, "... is cut: %.60s",
	       e.text);
}

static void test_limits(void)
{
	for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
		struct failure f;
		struct err e;

		ask(&f, 429, "", span_str(limits[i].body), NULL, &e);
		tap_is_int(f.resets_at_s, limits[i].resets_at_s, limits[i].body);
		tap_is_str(span_str(f.plan), limits[i].plan, "... plan");
		tap_is_str(span_str(e.text), limits[i].text, "... text");
	}
}

/* ---- a server that echoes the token ---- */

static const char canary[] = "at-cAnArY0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMN";

static bool shows(const char *text)
{
	for (size_t i = 0; i + 8 < sizeof canary; i++) {
		char window[9] = {0};

		memcpy(window, canary + i, 8);
		if (strstr(text, window) != NULL)
			return true;
	}
	return false;
}

static void test_echo(void)
{
	static const struct around {
		const char *before, *behind;
	} bodies[] = {
		{"{\"detail\":\"token ", " is bad\"}"}, {"{\"error\":{\"code\":\"",
		 "\",\"message\":\"m\"}}"},
		{"{\"error\":{\"code\":\"", "\"}}"}, {"no json: ", ""}, {"{\"error\":\"", "\"}"},
		{"{\"error\":{\"type\":\"usage_limit_reached\",\"plan_type\":\"", "\"}}"},
		 {"{\"message\":\"", ""},
		{"\"\\u001", "\""}, /* what is left is begun by the escape as it is shown */
	};
	struct redact *redact = NULL;
	struct secret *secret = NULL;
	struct buf from;
	struct err e;

	buf_init_wiping(&from, 128, "token");
	tap_good(buf_add_str(&from, canary, &e) && secret_take(&secret, &from, &e) &&
	                 redact_new(&redact, &e) && redact_learn(redact, secret, &e),
	         &e, "a redactor that knows the token");
	tap_ok(shows("x at-cAnArY0 y"), "eight bytes of it would be seen");
	for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
		char body[256], headers[256];
		struct failure f;

		snprintf(body, sizeof body, "%s%s%s", bodies[i].before, canary, bodies[i].behind);
		snprintf(headers, sizeof headers, "x-request-id: %s\ncf-ray: %s\n", canary, canary);
		ask(&f, 400, headers, span_str(body), redact, &e);
		tap_ok(e.kind != ERR_NONE && !shows(e.text), "text of %s...", bodies[i].before);
		tap_ok(!shows(f.code) && !shows(f.plan) && !shows(f.request_id),
		       "... and the facts");
	}
	redact_free(&redact);
	secret_free(&secret);
}

/* ---- a response that may be read ---- */

static const struct success_row {
	int status;
	const char *headers;
	enum err_kind kind; /* ERR_NONE: fine */
} successes[] = {
	{200, "", ERR_NONE},
	{200, "content-type: text/event-stream\n", ERR_NONE},
	{200, "content-type: application/json\n", ERR_NONE},
	{200, "content-encoding: identity\n", ERR_NONE},
	{200, "content-encoding: Identity \n", ERR_NONE},
	{200, "content-encoding: gzip\n", ERR_PROTOCOL},
	{200, "content-encoding: br\n", ERR_PROTOCOL},
	{200, HTML, ERR_PROTOCOL},
	{200, "content-type: application/xhtml+xml\n", ERR_PROTOCOL},
	{200, "cf-mitigated: challenge\n", ERR_EDGE},
	{201, "", ERR_PROTOCOL},
	{204, "", ERR_PROTOCOL},
	{302, "", ERR_PROTOCOL},
	{401, "", ERR_AUTH},
	{503, "", ERR_BUSY},
};

static void test_successes(void)
{
	for (size_t i = 0; i < sizeof successes / sizeof successes[0]; i++) {
		const struct success_row *r = &successes[i];
		struct failure_headers h = {get_header, r->headers};
		struct failure f;
		struct err e = {.kind = ERR_NONE};
		bool fine = failure_check_success(&f, "whoami", r->status, &h, &e);

		tap_ok(fine == (r->kind == ERR_NONE) && e.kind == r->kind && f.status == r->status &&
		       f.page == (strstr(r->headers, "html") != NULL),
		       "%d %s: %s", r->status, shown(r->headers), e.text);
	}
}

/* ---- what is told without memory ---- */

static struct redact *learnt;
static const char *asked_body, *asked_for;

static bool tell_one(struct err *e)
{
	static const char headers[] =
		"x-request-id: req-1\ncf-ray: 8f0\nx-error-json: eyJlcnJvciI6eyJwbGFuX3R5"
		"cGUiOiJidXNpbmVzcyJ9fQ==\n";
	struct failure_headers h = {get_header, headers};
	struct failure f;

	failure_from_response(&f, asked_for, 429, &h, span_str(asked_body), NOW, learnt, e);
	if (e->kind == ERR_MEMORY)
		return false;
	return e->kind == ERR_LIMIT && strstr(e->text, "some words") != NULL &&
	       strcmp(f.code, "usage_limit_reached") == 0 && strcmp(f.request_id, "req-1") == 0;
}

static bool tell_event(struct err *e)
{
	struct failure f;
	struct json j;

	json_init(&j);
	if (json_parse(&j,
		    span_str("{\"code\":\"usage_limit_reached\",\"message\":\"some words\"}"), e))
		failure_from_event(&f, &j, JSON_ROOT, NOW, learnt, e);
	json_free(&j);
	return e->kind == ERR_LIMIT && strstr(e->text, "some words") != NULL;
}

/*
 * A short text grows its buffer seldom: the name of what was asked moves the place at which it does
 * along all that is appended.
 */
static void test_memory(void)
{
	static const char *const bodies[] = {
		"{\"error\":{\"code\":\"usage_limit_reached\",\"message\":\"some words\"}}",
		"{\"error\":\"some words\",\"code\":\"usage_limit_reached\"}",
		"{\"detail\":[{\"msg\":\"some words\"}],\"code\":\"usage_limit_reached\"}",
		"{\"detail\":\"some words\",\"code\":\"usage_limit_reached\"}",
	};
	static char what[300];
	struct secret *secret = NULL;
	struct buf from;
	struct err e;
	bool ok = true;

	buf_init_wiping(&from, 256, "canary");
	tap_good(buf_add_str(&from, "at-0123456789abcdefghij", &e) &&
			 secret_take(&secret, &from, &e) && redact_new(&learnt, &e) &&
			 redact_learn(learnt, secret, &e),
		&e, "a redactor");
	for (size_t i = 0; i < sizeof bodies / sizeof bodies[0] && ok; i++) {
		asked_body = bodies[i];
		for (size_t n = 0; n < sizeof what - 1 && ok; n++) {
			memset(what, 'w', n);
			what[n] = '\0';
			asked_for = what;
			ok = failing_each("alloc", ENOMEM, ERR_MEMORY, false, tell_one);
		}
		tap_ok(ok, "without memory: %s", bodies[i]);
	}
	tap_ok(failing_each("alloc", ENOMEM, ERR_MEMORY, false, tell_event), "... in the stream");
	redact_free(&learnt);
	secret_free(&secret);
}

int main(void)
{
	test_rows();
	test_every_row_is_tested();
	test_every_status();
	test_shapes();
	test_broken_bodies();
	test_long_body();
	test_error_headers();
	test_waits();
	test_phrases();
	test_in_stream();
	test_limits();
	test_long_message();
	test_echo();
	test_successes();
	test_memory();
	return tap_done();
}
