/*
 * Unit tests of codex/account: good documents, documents with each member missing and of each
 * wrong type, every cut, and what may be followed.
 */
#include "codex/account.h"

#include "codex/constants.h"
#include "failing.h"
#include "tap.h"
#include "torment.h"

#define A_32 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define FIELD_127 A_32 A_32 A_32 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

/* ---- whoami ---- */

static bool whoami(const char *text, struct whoami *w, struct err *e)
{
	struct span s = tap_guard(span_str(text));
	bool ok = account_read_whoami(s, w, e);

	tap_unguard(s);
	return ok;
}

static const struct member {
	const char *name, *value;
	bool required;
	bool text; /* UTF-8 is allowed */
} members[] = {
	{"email", "\"a@b.c\"", false, true},
	{"chatgpt_user_id", "\"user-1\"", false, false},
	{"chatgpt_account_id", "\"acc-1\"", true, false},
	{"chatgpt_plan_type", "\"business\"", false, false},
	{"chatgpt_account_is_fedramp", "true", false, false},
};
enum { MEMBERS = sizeof members / sizeof members[0], FEDRAMP = 4 };

/* The document with member `at` given `value`; NULL leaves it out. */
static void compose(char out[1024], size_t at, const char *value)
{
	size_t n = (size_t)sprintf(out, "{\"unknown\":[1,{}]");

	for (size_t i = 0; i < MEMBERS; i++)
		if (i != at)
			n += (size_t)sprintf(out + n, ",\"%s\":%s", members[i].name,
			                     members[i].value);
		else if (value != NULL)
			n += (size_t)sprintf(out + n, ",\"%s\":%s", members[i].name, value);
	sprintf(out + n, "}");
}

static void test_whoami_good(void)
{
	char text[1024];
	struct whoami w;
	struct err e;

	compose(text, MEMBERS, NULL);
	tap_good(whoami(text, &w, &e), &e, "whoami with all members");
	tap_is_str(span_str(w.email), "a@b.c", "... e-mail");
	tap_is_str(span_str(w.user_id), "user-1", "... user");
	tap_is_str(span_str(w.account_id), "acc-1", "... account");
	tap_is_str(span_str(w.plan), "business", "... plan");
	tap_ok(w.fedramp, "... FedRAMP");
	tap_good(whoami("{\"chatgpt_account_id\":\"a\"}", &w, &e), &e,
	         "whoami with the account only");
	tap_ok(w.email[0] == '\0' && w.user_id[0] == '\0' && w.plan[0] == '\0' && !w.fedramp,
	       "... the rest empty");
	tap_good(whoami("{\"chatgpt_account_id\":\"\\u0061\",\"email\":\"\\u00e9\"}", &w, &e), &e,
	         "escapes");
	tap_is_str(span_str(w.email), "\xc3\xa9", "... undone");
	tap_is_str(span_str(w.account_id), "a", "... undone in the account");
	tap_good(whoami("{\"chatgpt_account_id\":\"" FIELD_127 "\"}", &w, &e), &e,
	         "the longest account id");
	tap_is_str(span_str(w.account_id), FIELD_127, "... whole");
}

static void test_whoami_members(void)
{
	static const struct value {
		const char *json;
		bool for_text, for_word, for_bool, for_required;
	} values[] = {
		{NULL, true, true, true, false}, {"null", true, true, true, false},
		{"\"\"", true, true, false, false}, {"\"x\"", true, true, false, true},
		{"\"\\u00e9\"", true, false, false, false}, {"\"a b\"", true, false, false, false},
		{"\"a\\r\\nX: 1\"", false, false, false, false}, {"\"a\\u0000\"", false, false,
		 false, false},
		{"\"\\u007f\"", false, false, false, false}, {"true", false, false, true, false},
		{"false", false, false, true, false}, {"0", false, false, false, false},
		{"1.5", false, false, false, false}, {"[]", false, false, false, false},
		{"[\"x\"]", false, false, false, false}, {"{}", false, false, false, false},
		{"\"" FIELD_127 "a\"", true, false, false, false},
		{"\"" FIELD_127 FIELD_127 "a\"", true, false, false, false},
		{"\"" FIELD_127 FIELD_127 "aa\"", false, false, false, false},
	};

	for (size_t m = 0; m < MEMBERS; m++)
		for (size_t v = 0; v < sizeof values / sizeof values[0]; v++) {
			bool want = m == FEDRAMP          ? values[v].for_bool
			            : members[m].required ? values[v].for_required
			            : members[m].text     ? values[v].for_text
			                                  : values[v].for_word;
			char text[1024];
			struct whoami w;
			struct err e = {.kind = ERR_NONE};
			bool ok;

			compose(text, m, values[v].json);
			ok = whoami(text, &w, &e);
			tap_ok(ok == want && (ok || e.kind == ERR_PROTOCOL), "%s: %.40s",
			       members[m].name, values[v].json != NULL ? values[v].json : "absent");
		}
}

static void test_mask(void)
{
	static const struct {
		const char *email, *want;
	} masks[] = {
		{"", ""}, {"john@example.com", "j***@example.com"}, {"j@b", "j***@b"}, {"a@b@c.d", "a***@c.d"},
		{"\xc3\xa9lise@example.com", "\xc3\xa9***@example.com"}, {"\xf0\x9f\x98\x80x@y", "\xf0\x9f\x98\x80***@y"},
		{"@example.com", "***@example.com"}, {"john", "***"}, {"j@", "j***@"},
	};
	char longest[ACCOUNT_ORIGIN_MAX], out[ACCOUNT_MASKED_MAX];

	for (size_t i = 0; i < sizeof masks / sizeof masks[0]; i++) {
		account_mask_email(masks[i].email, out);
		tap_is_str(span_str(out), masks[i].want, masks[i].email);
	}
	memset(longest, 'x', sizeof longest);
	memcpy(longest, "\xf0\x9f\x98\x80@", 5);
	longest[sizeof longest - 1] = '\0';
	account_mask_email(longest, out);
	tap_is_int((long long)strlen(out), ACCOUNT_ORIGIN_MAX - 1 + 3, "the longest address fits");
}

/* ---- any document ---- */

static bool read_whoami(struct span s, struct err *e)
{
	struct whoami w;

	return account_read_whoami(s, &w, e);
}

static bool read_routing(struct span s, struct err *e)
{
	struct routing r;

	return account_read_routing(s, "acc-1", NULL, &r, e);
}

static void test_shapes(void)
{
	static const char *const no_objects[] = {
		"", " ", "[]", "null", "1", "\"x\"", "{", "{}x", "\xef\xbb\xbf{}", "<html>",
		 "{\"a\":1,}",
	};
	static const struct reader {
		const char *name;
		bool (*read)(struct span, struct err *);
	} readers[] = {
		{"whoami", read_whoami}, {"workspace routing", read_routing},
	};
	struct err e;

	for (size_t r = 0; r < sizeof readers / sizeof readers[0]; r++)
		for (size_t i = 0; i < sizeof no_objects / sizeof no_objects[0]; i++)
			tap_ok(!readers[r].read(span_str(no_objects[i]), &e) &&
			       e.kind == ERR_PROTOCOL, "%s: no document, number %zu",
			       readers[r].name, i + 1);
	tap_fails(
	        read_whoami(span_str("{\"chatgpt_account_id\":\"a\",\"chatgpt_account_id\":\"b\"}"),
	                    &e),
	        &e, ERR_PROTOCOL, "whoami: an account twice");
	tap_fails(read_routing(span_str("{\"accounts\":{\"acc-1\":{},\"acc-1\":{}}}"), &e), &e,
	          ERR_PROTOCOL, "routing: a key twice");
	torment("{\"email\":null,\"chatgpt_account_id\":\"acc-1\",\"chatgpt_account_is_fedramp\":"
	        "false}",
	        read_whoami, "whoami");
	torment("{\"accounts\":[{\"id\":\"acc-1\",\"workspace_backend_origin\":\"https://"
	        "eu.chatgpt.com\","
	        "\"account_routing_override\":\"us\"}]}",
	        read_routing, "routing");
}

/* ---- routing ---- */

#define LIST(fields) "{\"accounts\":[{\"id\":\"other\"},{\"id\":\"acc-1\"" fields "}]}"
#define ORIGIN(o) LIST(",\"workspace_backend_origin\":" o)
#define OVERRIDE(o) LIST(",\"account_routing_override\":" o)

static const struct route {
	const char *document, *named, *origin, *override; /* origin NULL: refused with `kind` */
	enum err_kind kind;
} routes[] = {
	/* no constraint */
	{LIST(""), NULL, CODEX_ORIGIN, "", ERR_NONE},
	{ORIGIN("null"), NULL, CODEX_ORIGIN, "", ERR_NONE},
	{ORIGIN("\"NO_CONSTRAINT\""), NULL, CODEX_ORIGIN, "", ERR_NONE},
	{OVERRIDE("null"), NULL, CODEX_ORIGIN, "", ERR_NONE},
	{OVERRIDE("\"NO_CONSTRAINT\""), NULL, CODEX_ORIGIN, "", ERR_NONE},
	/* forms */
	{"{\"accounts\":{\"other\":{},\"acc-1\":{\"account_routing_override\":\"us\"}}}", NULL,
	 CODEX_ORIGIN, "us",
	 ERR_NONE},
	{"{\"accounts\":{\"acc-1\":{\"account\":{\"workspace_backend_origin\":\"https://eu.chatgpt.com\"}}}}", NULL,
	 "https://eu.chatgpt.com", "", ERR_NONE},
	{"{\"accounts\":{\"default\":{\"account\":{\"account_id\":\"acc-1\",\"account_routing_override\":\"us_cr\"}}}}",
	 NULL, CODEX_ORIGIN, "us_cr", ERR_NONE},
	{"{\"accounts\":{\"default\":{\"account\":{\"id\":\"acc-1\"}}}}", NULL, CODEX_ORIGIN, "",
	 ERR_NONE},
	{"{\"accounts\":[{\"account_id\":\"acc-1\"}],\"account_ordering\":[\"acc-1\"]}", NULL,
	 CODEX_ORIGIN, "", ERR_NONE},
	{"{\"accounts\":[{\"id\":\"acc-1\",\"workspace_backend_origin\":null,"
	 "\"account\":{\"workspace_backend_origin\":\"https://eu.chatgpt.com\"}}]}", NULL,
	 "https://eu.chatgpt.com", "",
	 ERR_NONE},
	{"{\"accounts\":[]}", NULL, NULL, NULL, ERR_ACCESS},
	{"{\"accounts\":{}}", NULL, NULL, NULL, ERR_ACCESS},
	{"{\"accounts\":[{\"id\":\"acc-10\"},{\"id\":\"acc-\"},{\"id\":\"ACC-1\"},{\"id\":null},{\"id\":1}]}", NULL,
	 NULL, NULL, ERR_ACCESS},
	{"{}", NULL, NULL, NULL, ERR_PROTOCOL},
	{"{\"accounts\":null}", NULL, NULL, NULL, ERR_PROTOCOL},
	{"{\"accounts\":\"acc-1\"}", NULL, NULL, NULL, ERR_PROTOCOL},
	{"{\"accounts\":[\"acc-1\"]}", NULL, NULL, NULL, ERR_PROTOCOL},
	{"{\"accounts\":{\"acc-1\":true}}", NULL, NULL, NULL, ERR_PROTOCOL},
	{"{\"accounts\":[{\"id\":\"acc-1\"},{\"id\":\"acc-1\"}]}", NULL, NULL, NULL, ERR_PROTOCOL},
	/* origins under the two domains */
	{ORIGIN("\"https://chatgpt.com\""), NULL, "https://chatgpt.com", "", ERR_NONE},
	{ORIGIN("\"https://chatgpt.com/\""), NULL, "https://chatgpt.com", "", ERR_NONE},
	{ORIGIN("\"https://chatgpt.com:443\""), NULL, "https://chatgpt.com", "", ERR_NONE},
	{ORIGIN("\"https://eu.chatgpt.com:8443\""), NULL, "https://eu.chatgpt.com:8443", "",
	 ERR_NONE},
	{ORIGIN("\"https://a.b.openai.com\""), NULL, "https://a.b.openai.com", "", ERR_NONE},
	{ORIGIN("\"https:\\/\\/chatgpt.com\""), NULL, "https://chatgpt.com", "", ERR_NONE},
	/* and what only looks so */
	{ORIGIN("\"http://chatgpt.com\""), NULL, NULL, NULL, ERR_ACCESS},
	{ORIGIN("\"https://evilchatgpt.com\""), NULL, NULL, NULL, ERR_ACCESS},
	{ORIGIN("\"https://chatgpt.com.evil.net\""), NULL, NULL, NULL, ERR_ACCESS},
	{ORIGIN("\"https://chatgpt.com@evil.net\""), NULL, NULL, NULL, ERR_ACCESS},
	{ORIGIN("\"https://evil.net@chatgpt.com\""), NULL, NULL, NULL, ERR_ACCESS},
	{ORIGIN("\"https://chatgpt.com/path\""), NULL, NULL, NULL, ERR_ACCESS},
	{ORIGIN("\"https://chatgpt.com/?q\""), NULL, NULL, NULL, ERR_ACCESS},
	{ORIGIN("\"https://chatgpt.com#f\""), NULL, NULL, NULL, ERR_ACCESS},
	{ORIGIN("\"https://chatgpt.com\\\\@evil.net\""), NULL, NULL, NULL, ERR_ACCESS},
	{ORIGIN("\"https://chatgpt.com%2eevil.net\""), NULL, NULL, NULL, ERR_ACCESS},
	{ORIGIN("\"https://127.0.0.1\""), NULL, NULL, NULL, ERR_ACCESS},
	{ORIGIN("\"//chatgpt.com\""), NULL, NULL, NULL, ERR_ACCESS},
	{ORIGIN("\"chatgpt.com\""), NULL, NULL, NULL, ERR_ACCESS},
	{ORIGIN("\"unix:/tmp/s\""), NULL, NULL, NULL, ERR_ACCESS},
	{ORIGIN("\"socks5://chatgpt.com\""), NULL, NULL, NULL, ERR_ACCESS},
	{ORIGIN("\"no_constraint\""), NULL, NULL, NULL, ERR_ACCESS},
	/* of the wrong type */
	{ORIGIN("\"\""), NULL, NULL, NULL, ERR_PROTOCOL},
	{ORIGIN("\"https://chatgpt.com\\r\\nX: 1\""), NULL, NULL, NULL, ERR_PROTOCOL},
	{ORIGIN("\"https://chatgpt.com \""), NULL, NULL, NULL, ERR_PROTOCOL},
	{ORIGIN("\"https://" FIELD_127 FIELD_127 ".chatgpt.com\""), NULL, NULL, NULL, ERR_PROTOCOL},
	{ORIGIN("true"), NULL, NULL, NULL, ERR_PROTOCOL},
	{ORIGIN("[]"), NULL, NULL, NULL, ERR_PROTOCOL},
	{ORIGIN("{}"), NULL, NULL, NULL, ERR_PROTOCOL},
	{ORIGIN("7"), NULL, NULL, NULL, ERR_PROTOCOL},
	/* what the user named */
	{ORIGIN("\"https://gov.example.net\""), "https://gov.example.net",
	 "https://gov.example.net", "", ERR_NONE},
	{ORIGIN("\"https://GOV.example.net:443/\""), "https://gov.example.net",
	 "https://GOV.example.net", "", ERR_NONE},
	{ORIGIN("\"https://gov.example.net:444\""), "https://gov.example.net", NULL, NULL,
	 ERR_ACCESS},
	{ORIGIN("\"http://gov.example.net\""), "https://gov.example.net", NULL, NULL, ERR_ACCESS},
	{ORIGIN("\"https://x.gov.example.net\""), "https://gov.example.net", NULL, NULL,
	 ERR_ACCESS},
	{ORIGIN("\"https://gov.example.net\""), "not a url", NULL, NULL, ERR_ACCESS},
	/* the header's value */
	{OVERRIDE("\"us_cr\""), NULL, CODEX_ORIGIN, "us_cr", ERR_NONE},
	{OVERRIDE("\"\""), NULL, NULL, NULL, ERR_PROTOCOL},
	{OVERRIDE("\"us cr\""), NULL, NULL, NULL, ERR_PROTOCOL},
	{OVERRIDE("\"us\\r\\nX: 1\""), NULL, NULL, NULL, ERR_PROTOCOL},
	{OVERRIDE("\"us,eu\""), NULL, NULL, NULL, ERR_PROTOCOL},
	{OVERRIDE("\"\\u00e9\""), NULL, NULL, NULL, ERR_PROTOCOL},
	{OVERRIDE("\"" FIELD_127 "a\""), NULL, NULL, NULL, ERR_PROTOCOL},
	{OVERRIDE("1"), NULL, NULL, NULL, ERR_PROTOCOL},
	{OVERRIDE("false"), NULL, NULL, NULL, ERR_PROTOCOL},
	{OVERRIDE("{}"), NULL, NULL, NULL, ERR_PROTOCOL},
};

static void test_routing(void)
{
	for (size_t i = 0; i < sizeof routes / sizeof routes[0]; i++) {
		const struct route *r = &routes[i];
		struct span s = tap_guard(span_str(r->document));
		struct routing out;
		struct err e = {.kind = ERR_NONE};
		bool ok = account_read_routing(s, "acc-1", r->named, &out, &e);

		if (r->origin == NULL) {
			tap_fails(ok, &e, r->kind, r->document);
		} else if (tap_good(ok, &e, r->document)) {
			tap_is_str(span_str(out.origin), r->origin, "... origin");
			tap_is_str(span_str(out.routing_override), r->override, "... override");
		}
		tap_unguard(s);
	}
}

static void test_routing_texts(void)
{
	struct routing r;
	struct err e;

	tap_ok(!account_read_routing(span_str(LIST("")), "acc-9", NULL, &r, &e),
	       "a workspace that is not listed");
	tap_is_str(span_str(e.text),
	           "the workspace acc-9 is not among those of this credential", "... is told");
	tap_ok(!account_read_routing(span_str(ORIGIN("\"https://u:hunter2@evil.net\"")), "acc-1",
	                             NULL, &r, &e) &&
	               strstr(e.text, "hunter2") == NULL,
	       "userinfo is not shown");
}

static bool whoami_once(struct err *e)
{
	return read_whoami(
		span_str(
			"{\"email\":\"a@b\",\"chatgpt_user_id\":\"u\",\"chatgpt_account_id\":\"acc-"
			"1\","
			"\"chatgpt_plan_type\":\"business\",\"chatgpt_account_is_fedramp\":false}"),
		e);
}

static bool routing_once(struct err *e)
{
	return read_routing(
		span_str("{\"accounts\":[{\"id\":\"acc-1\",\"workspace_backend_origin\":"
			 "\"https://chatgpt.com\",\"account_routing_override\":\"us\"}]}"),
		e);
}

static void test_memory(void)
{
	tap_ok(failing_each("alloc", ENOMEM, ERR_MEMORY, false, whoami_once),
		"whoami without memory");
	tap_ok(failing_each("alloc", ENOMEM, ERR_MEMORY, false, routing_once),
		"routing without memory");
}

int main(void)
{
	test_whoami_good();
	test_whoami_members();
	test_mask();
	test_shapes();
	test_routing();
	test_routing_texts();
	test_memory();
	return tap_done();
}
