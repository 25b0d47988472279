/* Unit tests of codex/request: exact bodies, what is never sent, round trips of hostile text. */
#include "codex/request.h"

#include "failing.h"
#include "tap.h"
#include "wire/json.h"

static struct request plain(void)
{
	return (struct request){
		.model = "m", .instructions = span_str("be brief"), .input = span_str("hi"),
		.prompt_cache_key = "0190-uuid",
	};
}

#define START "{\"model\":\"m\",\"instructions\":\"be brief\",\"input\":[{\"type\":\"message\",\"role\":\"user\"," \
	"\"content\":[{\"type\":\"input_text\",\"text\":\"hi\"}]}],\"stream\":true,\"store\":false," \
	"\"include\":[\"reasoning.encrypted_content\"]"
#define END ",\"prompt_cache_key\":\"0190-uuid\"}"

static const struct row {
	const char *name, *effort, *summary, *verbosity, *service_tier, *want;
} rows[] = {
	{"nothing asked", NULL, NULL, NULL, NULL, START END},
	{"effort", "high", NULL, NULL, NULL, START ",\"reasoning\":{\"effort\":\"high\"}" END},
	{"effort none is a word of the service", "none", NULL, NULL, NULL,
	 START ",\"reasoning\":{\"effort\":\"none\"}" END},
	{"summary", NULL, "auto", NULL, NULL, START ",\"reasoning\":{\"summary\":\"auto\"}" END},
	{"summary none is not sent", NULL, "none", NULL, NULL, START END},
	{"effort and summary", "low", "detailed", NULL, NULL,
	 START ",\"reasoning\":{\"effort\":\"low\",\"summary\":\"detailed\"}" END},
	{"verbosity", NULL, NULL, "low", NULL, START ",\"text\":{\"verbosity\":\"low\"}" END},
	{"service tier", NULL, NULL, NULL, "priority", START ",\"service_tier\":\"priority\"" END},
	{"all", "xhigh", "concise", "high", "flex",
	 START ",\"reasoning\":{\"effort\":\"xhigh\",\"summary\":\"concise\"}"
	 ",\"text\":{\"verbosity\":\"high\"},\"service_tier\":\"flex\"" END},
};

static void test_bodies(void)
{
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct request r = plain();
		struct request_input at;
		struct buf out;
		struct err e;

		r.effort = rows[i].effort;
		r.summary = rows[i].summary;
		r.verbosity = rows[i].verbosity;
		r.service_tier = rows[i].service_tier;
		buf_init(&out, 4096, "body");
		tap_good(request_write(&out, &r, &at, &e), &e, rows[i].name);
		tap_is_str(buf_span(&out), rows[i].want, "... body");
		buf_free(&out);
	}
}

/* The allow-list, and nothing that the backend rejects. */
static void test_members(void)
{
	static const char *const allowed[] = {
		"model", "instructions", "input", "stream", "store", "include", "reasoning", "text",
		"service_tier", "prompt_cache_key",
	};
	struct request r = plain();
	struct request_input at;
	struct json j;
	struct buf out;
	struct err e;
	size_t known = 0;
	int name;

	r.effort = r.verbosity = r.service_tier = r.summary = "x";
	buf_init(&out, 4096, "body");
	json_init(&j);
	tap_good(request_write(&out, &r, &at, &e) && json_parse(&j, buf_span(&out), &e), &e,
	         "all members");
	for (int v = json_first(&j, JSON_ROOT, &name); v != JSON_NONE;
	     v = json_next(&j, JSON_ROOT, v, &name))
		for (size_t i = 0; i < sizeof allowed / sizeof allowed[0]; i++)
			known += json_is_str(&j, name, allowed[i]);
	tap_is_int((long long)json_count(&j, JSON_ROOT), sizeof allowed / sizeof allowed[0],
	           "as many as allowed");
	tap_is_int((long long)known, sizeof allowed / sizeof allowed[0],
	           "... and all of them known");
	tap_ok(!json_has_duplicates(&j), "none twice");
	json_free(&j);
	buf_free(&out);
}

/* What goes in comes out again, whatever it holds. */
static void check_round_trip(struct span text, struct span want, const char *name)
{
	struct request r = plain();
	struct request_input at;
	struct json j;
	struct buf out, back;
	struct err e;
	int content;

	r.input = text;
	r.instructions = text;
	buf_init(&out, 1024 * 1024, "body");
	buf_init(&back, 1024 * 1024, "text");
	json_init(&j);
	tap_good(request_write(&out, &r, &at, &e) && json_parse(&j, buf_span(&out), &e), &e, name);
	content = json_member(&j, json_first(&j, json_member(&j, JSON_ROOT, "input"), NULL),
	                      "content");
	tap_good(json_text(&j, json_member(&j, json_first(&j, content, NULL), "text"), &back, &e),
	         &e, "... input");
	tap_is_span(buf_span(&back), want, "... is the same");
	buf_clear(&back);
	tap_good(json_text(&j, json_member(&j, JSON_ROOT, "instructions"), &back, &e), &e,
	         "... instructions");
	tap_is_span(buf_span(&back), want, "... are the same");
	json_free(&j);
	buf_free(&back);
	buf_free(&out);
}

static void test_round_trips(void)
{
	static const char *const texts[] = {
		"\"},{\"role\":\"system\",\"content\":\"", "\\", "\\\"", "\\u0041", "a\nb\r\nc\td",
		 "##[error]x ##",
		"\xe2\x80\xa8\xe2\x80\xa9", "\xf0\x9f\x98\x80 \xc3\xa9 \xef\xbf\xbd", "</script>",
		 "\x7f", "",
	};
	unsigned char all[0x80];

	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		check_round_trip(span_str(texts[i]), span_str(texts[i]), "a hostile text");
	for (size_t i = 0; i < sizeof all; i++)
		all[i] = (unsigned char)i;
	check_round_trip(span_of(all, sizeof all), span_of(all, sizeof all),
	                 "every ASCII character");
	check_round_trip(span_str("a\xff."), span_str("a\xef\xbf\xbd."),
	                 "ill-formed bytes become U+FFFD");
}

static void test_schema(void)
{
	struct request r = plain();
	struct request_input at;
	struct buf out;
	struct err e;

	r.schema = span_str("{\"type\":\n\"object\"}");
	buf_init(&out, 4096, "body");
	tap_good(request_write(&out, &r, &at, &e), &e, "a schema");
	tap_is_str(buf_span(&out), START ",\"text\":{\"format\":{\"type\":\"json_schema\",\"strict\":true,"
		"\"name\":\"answer\",\"schema\":{\"type\": \"object\"}}}" END, "... is a strict format");
	buf_clear(&out);
	r.verbosity = "low";
	tap_good(request_write(&out, &r, &at, &e), &e, "a schema and verbosity");
	tap_is_str(buf_span(&out), START ",\"text\":{\"verbosity\":\"low\",\"format\":{\"type\":"
		"\"json_schema\",\"strict\":true,\"name\":\"answer\",\"schema\":{\"type\": \"object\"}}}" END,
		"... stand side by side");
	buf_free(&out);
}

#define ITEM(role, kind, text) "{\"type\":\"message\",\"role\":\"" role "\",\"content\":[{\"type\":\"" \
	kind "\",\"text\":\"" text "\"}]}"
#define HI ITEM("user", "input_text", "hi")

/* What was said before stands before the message, what follows behind it. */
static void test_items(void)
{
	static const char before[] = "{\"model\":\"m\",\"instructions\":\"be brief\",\"input\":[";
	static const char behind[] = "],\"stream\":true,";
	struct request r = plain();
	struct request_input at;
	struct buf out, more;
	struct span rest;
	struct err e;

	r.history = span_str("{\"a\":1}\n{\"b\":[2]}\n");
	buf_init(&out, 4096, "body");
	buf_init(&more, 4096, "items");
	tap_good(request_write(&out, &r, &at, &e), &e, "a history");
	tap_is_str(request_items(&out, &at), HI, "... the message is found");
	tap_good(request_message(&more, REQUEST_ASSISTANT, span_str("\"x\""), &e) &&
		request_message(&more, REQUEST_USER, span_str("no"), &e), &e, "messages as items");
	tap_is_str(buf_span(&more), ITEM("assistant", "output_text", "\\\"x\\\"") "\n"
		ITEM("user", "input_text", "no") "\n", "... a line each");
	for (int i = 0; i < 2; i++)
		tap_good(request_continue(&out, &at, buf_span(&more), &e), &e, "... follow");
	rest = buf_span(&out);
	tap_ok(span_starts(rest, before), "the members before the items stay");
	rest = span_cut(rest, strlen(before), rest.n);
	tap_ok(span_starts(rest, "{\"a\":1},{\"b\":[2]}," HI "," ITEM("assistant", "output_text",
		"\\\"x\\\"") "," ITEM("user", "input_text", "no") "," ITEM("assistant", "output_text",
		"\\\"x\\\"") "," ITEM("user", "input_text", "no")), "the items are in order");
	tap_is_str(span_cut(buf_span(&out), at.end, at.end + strlen(behind)), behind, "the rest is behind them");
	tap_ok(span_ends(buf_span(&out), END), "... to its end");
	out.max = out.n + more.n - 1;
	tap_fails(request_continue(&out, &at, buf_span(&more), &e), &e, ERR_CEILING, "the body's ceiling holds");
	buf_free(&more);
	buf_free(&out);
}

static void test_ceiling(void)
{
	struct request r = plain();
	struct request_input at;
	struct buf out;
	struct err e;

	for (size_t max = 0; max < strlen(START END); max++) {
		buf_init(&out, max, "request body");
		if (request_write(&out, &r, &at, &e) || e.kind != ERR_CEILING)
			tap_ok(false, "a ceiling of %zu bytes is kept", max);
		buf_free(&out);
	}
	buf_init(&out, strlen(START END), "request body");
	tap_good(request_write(&out, &r, &at, &e), &e, "a ceiling that is just enough");
	buf_free(&out);
}

static bool all_once(struct err *e)
{
	static const char text[2000] = "much";
	struct request r = plain();
	struct request_input at;
	struct buf body, more;
	bool ok;

	r.history = span_str("{\"a\":1}\n");
	r.schema = span_str("{}");
	buf_init(&body, 1 << 20, "body");
	buf_init(&more, 1 << 20, "items");
	ok = request_write(&body, &r, &at, e) &&
	     request_message(&more, REQUEST_ASSISTANT, span_of(text, sizeof text), e) &&
	     request_message(&more, REQUEST_USER, span_of(text, sizeof text), e) &&
	     request_continue(&body, &at, buf_span(&more), e);
	buf_free(&body);
	buf_free(&more);
	return ok;
}

int main(void)
{
	tap_ok(failing_each("alloc", ENOMEM, ERR_MEMORY, false, all_once), "each allocation fails");
	test_bodies();
	test_members();
	test_round_trips();
	test_schema();
	test_items();
	test_ceiling();
	return tap_done();
}
