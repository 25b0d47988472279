/* Unit tests of codex/headers: exact heads, injection at every value, names a user may not set. */
#include "codex/headers.h"

#include "ceiling.h"
#include "tap.h"

static const char token[] = "at-cAnArY0123456789abcdefghijklmnopqrstuvwxyz";

static struct secret *secret_of(struct span s)
{
	struct secret *out = NULL;
	struct buf b;
	struct err e;

	buf_init_wiping(&b, 1024, "secret");
	if (!buf_add(&b, s, &e) || !secret_take(&out, &b, &e))
		tap_ok(false, "a secret is made: %s", e.text);
	return out;
}

/* Every value that may come from outside; one of them at a time is spoilt. */
enum place {
	TARGET, HOST, ACCOUNT, OVERRIDE, AGENT, VERSION, SESSION, REQUEST, EXTRA_NAME, PLACES
};

static const char *const place_names[PLACES] = {
	"target", "host", "account id", "routing override", "user agent", "client version",
	 "session id",
	"request id", "extra name",
};

static const char *const good[PLACES] = {
	"/backend-api/codex/responses", "chatgpt.com", "acc-1", "us", "octavo/0.1 (linux; x86_64)",
	 "0.169.0",
	"0190-session", "0190-request", "x-team",
};

struct input {
	const char *values[PLACES];
	struct span host;
	const struct secret *bearer, *extra;
	bool fedramp;
};

static struct input good_input(const struct secret *bearer)
{
	struct input in = {.bearer = bearer};

	memcpy(in.values, good, sizeof good);
	in.host = span_str(good[HOST]);
	return in;
}

static bool post(struct buf *out, const struct input *in, bool get, struct err *e)
{
	struct headers_identity id = {
	        in->bearer,  in->values[ACCOUNT], in->values[OVERRIDE],
	        in->fedramp, in->values[AGENT],   in->values[VERSION],
	};
	struct headers_extra extra = {in->values[EXTRA_NAME], in->extra};
	size_t extras = in->extra != NULL;

	buf_init_wiping(out, 8192, "head");
	if (get)
		return headers_get(out, in->values[TARGET], in->host, &id, &extra, extras, e);
	return headers_post(out, in->values[TARGET], in->host, &id, in->values[SESSION],
	                    in->values[REQUEST], 42, &extra, extras, e);
}

static void check(const struct input *in, bool get, const char *want, const char *name)
{
	struct buf out;
	struct err e;

	tap_good(post(&out, in, get, &e), &e, name);
	tap_is_str(buf_span(&out), want, "... head");
	buf_free(&out);
}

#define WHO "originator: octavo\r\nUser-Agent: octavo/0.1 (linux; x86_64)\r\nversion: 0.169.0\r\n"
#define BEARER "Authorization: Bearer at-cAnArY0123456789abcdefghijklmnopqrstuvwxyz\r\n"

static void test_heads(const struct secret *bearer)
{
	struct input in = good_input(bearer);
	struct secret *extra = secret_of(span_str("blue \xc3\xa9 team"));

	check(&in, false,
	      "POST /backend-api/codex/responses HTTP/1.1\r\nHost: chatgpt.com\r\n" BEARER
	      "chatgpt-account-id: acc-1\r\nx-openai-account-routing-override: us\r\n" WHO
	      "session-id: 0190-session\r\nx-client-request-id: 0190-request\r\nAccept: text/event-stream\r\n"
	      "Content-Type: application/json\r\nContent-Length: 42\r\n\r\n", "the model call");
	in.fedramp = true;
	in.extra = extra;
	in.host = span_str("localhost:8080");
	in.values[OVERRIDE] = "";
	check(&in, false,
	      "POST /backend-api/codex/responses HTTP/1.1\r\nHost: localhost:8080\r\n" BEARER
	      "chatgpt-account-id: acc-1\r\nx-openai-fedramp: true\r\n" WHO
	      "session-id: 0190-session\r\nx-client-request-id: 0190-request\r\nAccept: text/event-stream\r\n"
	      "Content-Type: application/json\r\nContent-Length: 42\r\nx-team: blue \xc3\xa9 team\r\n\r\n",
	      "FedRAMP, an extra header, another host");
	in = good_input(bearer);
	in.values[TARGET] = "/whoami";
	in.values[ACCOUNT] = NULL;
	in.values[OVERRIDE] = NULL;
	check(&in, true,
	      "GET /whoami HTTP/1.1\r\nHost: chatgpt.com\r\n" BEARER WHO
	      "Accept: application/json\r\n\r\n",
	      "a look-up before the account is known");
	in.bearer = NULL;
	in.values[ACCOUNT] = "acc-1";
	check(&in, true,
	      "GET /whoami HTTP/1.1\r\nHost: chatgpt.com\r\nchatgpt-account-id: acc-1\r\n" WHO
	      "Accept: application/json\r\n\r\n",
	      "without a credential");
	secret_free(&extra);
}

static void check_refused(const struct input *in, bool get, const char *name, const char *what)
{
	struct buf out;
	struct err e;

	tap_ok(!post(&out, in, get, &e) && e.kind == ERR_USAGE, "%s: %s", name, what);
	tap_ok(strstr(e.text, "Evil") == NULL && strpbrk(e.text, "\r\n") == NULL,
	       "... and not shown");
	buf_free(&out);
}

static void test_injection(const struct secret *bearer)
{
	static const struct bad {
		const char *what, *text;
	} bads[] = {
		{"CR LF", "a\r\nX-Evil: 1"}, {"LF", "a\nX-Evil: 1"}, {"CR", "a\rX-Evil: 1"}, {"DEL",
		 "a\x7f" "Evil"},
		{"escape", "a\x1b" "Evil"}, {"a blank first", " aEvil"}, {"a blank last", "aEvil "},
		{"a tab first", "\taEvil"},
	};

	for (int p = 0; p < PLACES; p++)
		for (size_t i = 0; i < sizeof bads / sizeof bads[0]; i++)
			for (int get = 0; get < 2; get++) {
				struct secret *extra = secret_of(span_str("v"));
				struct input in = good_input(bearer);

				if (get && (p == SESSION || p == REQUEST)) {
					secret_free(&extra);
					continue;
				}
				in.extra = extra;
				in.values[p] = bads[i].text;
				if (p == HOST)
					in.host = span_str(bads[i].text);
				check_refused(&in, get, place_names[p], bads[i].what);
				secret_free(&extra);
			}
}

static void test_secret_injection(void)
{
	static const struct bad {
		const char *what;
		struct span text;
	} bads[] = {
		{"CR LF", {(const unsigned char *)"a\r\nX-Evil: 1", 12}}, {"LF",
		 {(const unsigned char *)"a\nEvil", 6}},
		{"NUL", {(const unsigned char *)"a\0Evil", 6}}, {"a blank last",
		 {(const unsigned char *)"Evil ", 5}},
	};

	for (size_t i = 0; i < sizeof bads / sizeof bads[0]; i++) {
		struct secret *bad = secret_of(bads[i].text), *fine = secret_of(span_str(token));
		struct input in = good_input(bad);

		check_refused(&in, false, "bearer", bads[i].what);
		in = good_input(fine);
		in.extra = bad;
		check_refused(&in, false, "extra value", bads[i].what);
		secret_free(&bad);
		secret_free(&fine);
	}
}

static void test_start(const struct secret *bearer)
{
	static const char *const targets[] = {"", "x", "*", "/a b", "/a\tb", "/\xc3\xa9", "http://h/"};
	struct input in;

	for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++) {
		in = good_input(bearer);
		in.values[TARGET] = targets[i];
		check_refused(&in, true, "target", "no path, or a character it cannot hold");
	}
	in = good_input(bearer);
	in.host = span_str("");
	check_refused(&in, true, "host", "empty");
	in.host = span_of("h\0h", 3);
	check_refused(&in, true, "host", "NUL");
	in = good_input(bearer);
	in.values[AGENT] = "";
	check_refused(&in, true, "user agent", "empty");
}

/* No ceiling leaves a head that looks whole. */
static void test_ceiling(const struct secret *bearer)
{
	struct input in = good_input(bearer);
	struct headers_identity id = {bearer, "acc-1", "us", true, good[AGENT], good[VERSION]};
	struct buf whole, out;
	struct err e;

	tap_good(post(&whole, &in, true, &e), &e, "the head");
	for (size_t max = 0; max < whole.n; max++) {
		buf_init_wiping(&out, max, "request head");
		if (headers_get(&out, good[TARGET], in.host, &id, NULL, 0, &e) ||
		    e.kind != ERR_CEILING)
			tap_ok(false, "a ceiling of %zu bytes is kept", max);
		buf_free(&out);
	}
	buf_free(&whole);
}

static const struct name_row {
	const char *name;
	bool with_bearer, without_bearer;
} names[] = {
	{"x-team", true, true}, {"X-Api-Key", true, true}, {"helicone-auth", true, true}, {"x_y",
	 true, true},
	{"authorization", false, true}, {"Authorization", false, true},
	{"", false, false}, {"a b", false, false}, {"a:b", false, false}, {"a\r\nb", false, false},
	{"a\xc3\xa9", false, false}, {"(x)", false, false},
	{"host", false, false}, {"Host", false, false}, {"content-length", false, false},
	{"Transfer-Encoding", false, false}, {"connection", false, false}, {"keep-alive", false,
	 false},
	{"te", false, false}, {"trailer", false, false}, {"upgrade", false, false}, {"expect",
	 false, false},
	{"proxy-authorization", false, false}, {"Proxy-Connection", false, false}, {"proxy-x",
	 false, false},
	{"accept", false, false}, {"content-type", false, false}, {"originator", false, false},
	{"user-agent", false, false}, {"version", false, false}, {"session-id", false, false},
	{"x-client-request-id", false, false}, {"chatgpt-account-id", false, false},
	{"x-openai-account-routing-override", false, false}, {"X-OpenAI-Fedramp", false, false},
	{"accept-encoding", false, false}, {"content-encoding", false, false}, {"cookie", false,
	 false},
	{"X-Forwarded-For", false, false}, {"x-forwarded-host", false, false},
	{"proxy", true, true}, {"hosts", true, true}, {"x-forwarde", true, true},
	 {"accept-language", true, true},
};

static void test_names(void)
{
	struct err e;

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		struct span s = tap_guard(span_str(names[i].name));

		tap_ok(headers_check_extra(s, false, &e) == names[i].with_bearer,
		       "name %zu beside a bearer", i);
		tap_ok(headers_check_extra(s, true, &e) == names[i].without_bearer,
		       "... and without");
		tap_unguard(s);
	}
	tap_fails(headers_check_extra(span_of("a\0b", 3), true, &e), &e, ERR_USAGE,
	          "NUL in a name");
	tap_fails(headers_check_extra(span_str("host"), true, &e), &e, ERR_USAGE,
	          "the kind of a refusal");
}

static void test_proxy(void)
{
	struct secret *s = secret_of(span_str("Aladdin:open sesame"));
	struct buf out;
	struct err e;

	buf_init_wiping(&out, 256, "proxy head");
	tap_good(headers_proxy_authorization(&out, s, &e), &e, "Basic (the example of RFC 7617)");
	tap_is_str(buf_span(&out), "Proxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n",
	           "... line");
	buf_free(&out);
	buf_init_wiping(&out, 40, "proxy head");
	tap_fails(headers_proxy_authorization(&out, s, &e), &e, ERR_CEILING, "a ceiling is kept");
	buf_free(&out);
	secret_free(&s);
}

static const struct secret *known, *other;

static bool whole_post(struct buf *out, struct err *e)
{
	struct headers_identity id = {known, "acc-1", "us", true, "octavo/0.1", "0.169.0"};
	struct headers_extra extra = {"x-team", other};

	return headers_post(
		out, "/r", span_str("chatgpt.com"), &id, "0190-s", "0190-r", 42, &extra, 1, e);
}

static bool whole_get(struct buf *out, struct err *e)
{
	struct headers_identity id = {known, "acc-1", "us", true, "octavo/0.1", "0.169.0"};
	struct headers_extra extra = {"x-team", other};

	return headers_get(out, "/r", span_str("chatgpt.com"), &id, &extra, 1, e);
}

static bool whole_proxy(struct buf *out, struct err *e)
{
	return headers_proxy_authorization(out, known, e);
}

static void into_unwiped(struct buf *out, bool proxy)
{
	struct err e;

	buf_init(out, 1000, "head");
	(void)!(proxy ? whole_proxy : whole_get)(out, &e);
}

static void head_unwiped(void)
{
	struct buf out;

	into_unwiped(&out, false);
}

static void proxy_unwiped(void)
{
	struct buf out;

	into_unwiped(&out, true);
}

static void test_room(const struct secret *bearer)
{
	struct secret *team = secret_of(span_str("blue"));

	known = bearer;
	other = team;
	tap_ok(ceiling_each(whole_post), "any byte of the model call's head may be one too many");
	tap_ok(ceiling_each(whole_get), "... of a look-up's");
	tap_ok(ceiling_each(whole_proxy), "... of the proxy's");
	tap_aborts(head_unwiped, "a head in a buffer that is not wiped");
	tap_aborts(proxy_unwiped, "... with the proxy's password");
	secret_free(&team);
}

int main(void)
{
	struct secret *bearer = secret_of(span_str(token));

	test_heads(bearer);
	test_injection(bearer);
	test_secret_injection();
	test_start(bearer);
	test_ceiling(bearer);
	test_names();
	test_proxy();
	test_room(bearer);
	secret_free(&bearer);

	return tap_done();
}
