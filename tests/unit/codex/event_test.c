/* Unit tests of codex/event: every type, with each member missing and of each wrong type. */
#include "codex/event.h"

#include "ceiling.h"

/* The event of `text`, and questions over it; the document stays open until done. */
struct reading {
	struct span text;
	struct json j;
	struct event ev;
};

static bool begin(struct reading *r, const char *text)
{
	struct err e;

	json_init(&r->j);
	r->text = tap_guard(span_str(text));
	if (!json_parse(&r->j, r->text, &e))
		return tap_ok(false, "test input is JSON: %s: %s", text, e.text);
	event_read(&r->j, &r->ev);
	return true;
}

static void end(struct reading *r)
{
	json_free(&r->j);
	tap_unguard(r->text);
}

static void check_text(const struct json *j, int value, const char *want, const char *name)
{
	struct buf b;
	struct err e;

	buf_init(&b, 1024, "text");
	tap_good(json_text(j, value, &b, &e), &e, name);
	tap_is_str(buf_span(&b), want, name);
	buf_free(&b);
}

#define ITEM "{\"type\":\"message\",\"content\":[]}"

/* One event a row; text NULL = none; the digits say whether item, response and error are there. */
static const struct row {
	const char *event;
	enum event_type type;
	int output_index, content_index;
	const char *text;
	bool item, response, error;
} rows[] = {
	{"{\"type\":\"response.created\",\"response\":{}}", EVENT_CREATED, -1, -1, NULL, 0, 1, 0},
	{"{\"type\":\"response.output_item.added\",\"output_index\":2,\"item\":" ITEM "}",
	 EVENT_ITEM_ADDED, 2, -1,
	 NULL, 1, 0, 0},
	{"{\"type\":\"response.output_item.done\",\"output_index\":0,\"item\":" ITEM "}",
	 EVENT_ITEM_DONE, 0, -1,
	 NULL, 1, 0, 0},
	{"{\"type\":\"response.output_text.delta\",\"output_index\":1,\"content_index\":3,\"delta\":\"a\\u00e9\"}",
	 EVENT_TEXT_DELTA, 1, 3, "a\xc3\xa9", 0, 0, 0},
	{"{\"delta\":\"late type\",\"type\":\"response.output_text.delta\"}", EVENT_TEXT_DELTA, -1,
	 -1,
	 "late type", 0, 0, 0},
	{"{\"type\":\"response.output_text.delta\",\"delta\":\"\"}", EVENT_TEXT_DELTA, -1, -1, "",
	 0, 0, 0},
	{"{\"type\":\"response.output_text.done\",\"text\":\"whole\"}", EVENT_TEXT_DONE, -1, -1,
	 "whole", 0, 0, 0},
	{"{\"type\":\"response.refusal.delta\",\"delta\":\"no\"}", EVENT_REFUSAL_DELTA, -1, -1,
	 "no", 0, 0, 0},
	{"{\"type\":\"response.refusal.done\",\"refusal\":\"no.\"}", EVENT_REFUSAL_DONE, -1, -1,
	 "no.", 0, 0, 0},
	{"{\"type\":\"response.reasoning_summary_text.delta\",\"delta\":\"hm\"}",
	 EVENT_REASONING_DELTA, -1, -1,
	 "hm", 0, 0, 0},
	{"{\"type\":\"response.reasoning_text.delta\",\"delta\":\"hm\"}", EVENT_REASONING_DELTA, -1,
	 -1, "hm",
	 0, 0, 0},
	{"{\"type\":\"response.reasoning_summary_part.added\",\"output_index\":0}",
	 EVENT_REASONING_PART_ADDED, 0,
	 -1, NULL, 0, 0, 0},
	{"{\"type\":\"response.completed\",\"response\":{}}", EVENT_COMPLETED, -1, -1, NULL, 0, 1,
	 0},
	{"{\"type\":\"response.completed\"}", EVENT_COMPLETED, -1, -1, NULL, 0, 0, 0},
	{"{\"type\":\"response.incomplete\",\"response\":{}}", EVENT_INCOMPLETE, -1, -1, NULL, 0, 1,
	 0},
	{"{\"type\":\"response.failed\",\"response\":{\"error\":{\"code\":\"x\"}}}", EVENT_FAILED,
	 -1, -1, NULL,
	 0, 1, 1},
	{"{\"type\":\"response.failed\",\"error\":{\"code\":\"x\"}}", EVENT_FAILED, -1, -1, NULL, 0,
	 0, 1},
	{"{\"type\":\"response.failed\",\"response\":{\"error\":null}}", EVENT_FAILED, -1, -1, NULL,
	 0, 1, 0},
	{"{\"type\":\"error\",\"code\":\"x\",\"message\":\"m\"}", EVENT_ERROR, -1, -1, NULL, 0, 0,
	 1},
	{"{\"type\":\"error\",\"error\":{\"code\":\"x\"}}", EVENT_ERROR, -1, -1, NULL, 0, 0, 1},
	{"{\"type\":\"codex.rate_limits\",\"rate_limits\":{}}", EVENT_RATE_LIMITS, -1, -1, NULL, 0,
	 0, 0},
	{"{\"type\":\"respo\\u006ese.completed\",\"response\":{}}", EVENT_COMPLETED, -1, -1, NULL,
	 0, 1, 0},
	{"{\"type\":\"response.content_part.added\",\"content_index\":1,"
	 "\"part\":{\"type\":\"output_text\",\"text\":\"he\"}}", EVENT_TEXT_DELTA, -1, 1, "he", 0, 0, 0},
	{"{\"type\":\"response.content_part.done\",\"part\":{\"type\":\"output_text\",\"text\":\"hello\"}}",
	 EVENT_TEXT_DONE, -1, -1, "hello", 0, 0, 0},
	{"{\"type\":\"response.content_part.done\",\"part\":{\"type\":\"refusal\",\"refusal\":\"no\"}}",
	 EVENT_REFUSAL_DONE, -1, -1, "no", 0, 0, 0},
	/* of no interest */
	{"{\"type\":\"response.content_part.added\",\"part\":{\"type\":\"output_text\",\"text\":\"\"}}",
	 EVENT_IGNORED, -1, -1, NULL, 0, 0, 0},
	{"{\"type\":\"response.content_part.added\",\"part\":{\"type\":\"refusal\",\"refusal\":\"no\"}}",
	 EVENT_IGNORED, -1, -1, NULL, 0, 0, 0},
	{"{\"type\":\"response.content_part.done\",\"part\":{\"type\":\"reasoning_text\",\"text\":\"hm\"}}",
	 EVENT_IGNORED, -1, -1, NULL, 0, 0, 0},
	{"{\"type\":\"response.metadata\"}", EVENT_IGNORED, -1, -1, NULL, 0, 0, 0},
	{"{\"type\":\"response.in_progress\",\"response\":{}}", EVENT_IGNORED, -1, -1, NULL, 0, 0,
	 0},
	{"{\"type\":\"response.content_part.added\",\"item\":{}}", EVENT_IGNORED, -1, -1, NULL, 0,
	 0, 0},
	{"{\"type\":\"response.content_part.done\"}", EVENT_IGNORED, -1, -1, NULL, 0, 0, 0},
	{"{\"type\":\"response.reasoning_summary_text.done\",\"text\":\"x\"}", EVENT_IGNORED, -1,
	 -1, NULL, 0, 0, 0},
	{"{\"type\":\"response.reasoning_summary_part.done\"}", EVENT_IGNORED, -1, -1, NULL, 0, 0,
	 0},
	{"{\"type\":\"response.function_call_arguments.delta\",\"delta\":\"{\"}", EVENT_IGNORED, -1,
	 -1, NULL,
	 0, 0, 0},
	{"{\"type\":\"response.function_call_arguments.done\"}", EVENT_IGNORED, -1, -1, NULL, 0, 0,
	 0},
	{"{\"type\":\"response.custom_tool_call_input.delta\",\"delta\":\"x\"}", EVENT_IGNORED, -1,
	 -1, NULL,
	 0, 0, 0},
	{"{\"type\":\"response.custom_tool_call_input.done\"}", EVENT_IGNORED, -1, -1, NULL, 0, 0,
	 0},
	/* near misses: compared exactly, and only `type` at the root counts */
	{"{\"type\":\"Response.completed\",\"response\":{}}", EVENT_IGNORED, -1, -1, NULL, 0, 0, 0},
	{"{\"type\":\"response.completed \",\"response\":{}}", EVENT_IGNORED, -1, -1, NULL, 0, 0,
	 0},
	{"{\"type\":\"response.complete\",\"response\":{}}", EVENT_IGNORED, -1, -1, NULL, 0, 0, 0},
	{"{\"type\":\"response.completed\\u0000\"}", EVENT_IGNORED, -1, -1, NULL, 0, 0, 0},
	{"{\"event\":\"response.completed\"}", EVENT_IGNORED, -1, -1, NULL, 0, 0, 0},
	{"{\"data\":{\"type\":\"response.completed\"}}", EVENT_IGNORED, -1, -1, NULL, 0, 0, 0},
	{"{\"type\":\"\"}", EVENT_IGNORED, -1, -1, NULL, 0, 0, 0},
	{"{\"type\":null}", EVENT_IGNORED, -1, -1, NULL, 0, 0, 0},
	{"{\"type\":[\"error\"]}", EVENT_IGNORED, -1, -1, NULL, 0, 0, 0},
	{"{}", EVENT_IGNORED, -1, -1, NULL, 0, 0, 0},
	{"[]", EVENT_IGNORED, -1, -1, NULL, 0, 0, 0},
	{"\"error\"", EVENT_IGNORED, -1, -1, NULL, 0, 0, 0},
	{"null", EVENT_IGNORED, -1, -1, NULL, 0, 0, 0},
	{"1", EVENT_IGNORED, -1, -1, NULL, 0, 0, 0},
	/* lacking what the type must carry */
	{"{\"type\":\"response.output_text.delta\"}", EVENT_IGNORED, -1, -1, NULL, 0, 0, 0},
	{"{\"type\":\"response.output_text.delta\",\"text\":\"x\"}", EVENT_IGNORED, -1, -1, NULL, 0,
	 0, 0},
	{"{\"type\":\"response.output_text.delta\",\"delta\":{\"text\":\"x\"}}", EVENT_IGNORED, -1,
	 -1, NULL, 0, 0, 0},
	{"{\"type\":\"response.output_item.done\"}", EVENT_IGNORED, -1, -1, NULL, 0, 0, 0},
	{"{\"type\":\"response.output_item.done\",\"item\":[]}", EVENT_IGNORED, -1, -1, NULL, 0, 0,
	 0},
	/* indexes that are none */
	{"{\"type\":\"response.output_text.delta\",\"delta\":\"x\",\"output_index\":-2}",
	 EVENT_TEXT_DELTA, -1, -1,
	 "x", 0, 0, 0},
	{"{\"type\":\"response.output_text.delta\",\"delta\":\"x\",\"output_index\":\"1\"}",
	 EVENT_TEXT_DELTA, -1,
	 -1, "x", 0, 0, 0},
	{"{\"type\":\"response.output_text.delta\",\"delta\":\"x\",\"output_index\":1.5,\"content_index\":1e99}",
	 EVENT_TEXT_DELTA, -1, -1, "x", 0, 0, 0},
};

static void test_types(void)
{
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct row *r = &rows[i];
		struct reading g;

		if (begin(&g, r->event)) {
			tap_is_int(g.ev.type, r->type, r->event);
			if (r->type != EVENT_IGNORED) {
				tap_is_int(g.ev.output_index, r->output_index, "... output_index");
				tap_is_int(g.ev.content_index, r->content_index,
				           "... content_index");
				tap_ok((g.ev.text != JSON_NONE) == (r->text != NULL),
				       "... text or not");
				if (r->text != NULL)
					check_text(&g.j, g.ev.text, r->text, "... text");
				tap_ok((g.ev.item != JSON_NONE) == r->item, "... item or not");
				tap_ok((g.ev.response != JSON_NONE) == r->response,
				       "... response or not");
				tap_ok((g.ev.error != JSON_NONE) == r->error, "... error or not");
			}
		}
		end(&g);
	}
}

static void test_error_places(void)
{
	static const char *const events[] = {
		"{\"type\":\"error\",\"code\":\"the_code\"}",
		"{\"type\":\"error\",\"error\":{\"code\":\"the_code\"}}",
		"{\"type\":\"error\",\"code\":\"other\",\"error\":{\"code\":\"the_code\"}}",
		"{\"type\":\"response.failed\",\"response\":{\"error\":{\"code\":\"the_code\"}}}",
		"{\"type\":\"response.failed\",\"response\":{},\"error\":{\"code\":\"the_code\"}}",
	};

	for (size_t i = 0; i < sizeof events / sizeof events[0]; i++) {
		struct reading g;

		if (begin(&g, events[i]))
			tap_ok(json_is_str(&g.j, json_member(&g.j, g.ev.error, "code"), "the_code"),
			       "%s", events[i]);
		end(&g);
	}
}

static const struct item_row {
	const char *item;
	enum item_kind kind;
	bool commentary;
	const char *text, *refusal;
	int texts, refusals;
} items[] = {
	{"{\"type\":\"message\",\"content\":[{\"type\":\"output_text\",\"text\":\"a\"},"
	 "{\"type\":\"refusal\",\"refusal\":\"n\"},{\"type\":\"output_text\",\"text\":\"\\ud83d\\ude00\"}]}",
	 ITEM_MESSAGE, false, "a\xf0\x9f\x98\x80", "n", 2, 1},
	{"{\"type\":\"message\",\"phase\":\"commentary\",\"content\":[]}", ITEM_MESSAGE, true, "",
	 "", 0, 0},
	{"{\"type\":\"message\",\"phase\":\"final_answer\",\"content\":[]}", ITEM_MESSAGE, false,
	 "", "", 0, 0},
	{"{\"type\":\"message\",\"content\":[{\"type\":\"output_text\",\"text\":\"\"}]}",
	 ITEM_MESSAGE, false, "",
	 "", 1, 0},
	{"{\"type\":\"message\",\"content\":{\"type\":\"output_text\",\"text\":\"x\"}}",
	 ITEM_MESSAGE, false, "", "",
	 0, 0},
	{"{\"type\":\"message\",\"content\":[null,1,\"x\",[],{},{\"type\":\"output_text\"},"
	 "{\"type\":\"output_text\",\"text\":7},{\"text\":\"x\"},{\"type\":\"image\",\"text\":\"x\"}]}",
	 ITEM_MESSAGE, false, "", "", 0, 0},
	{"{\"type\":\"message\"}", ITEM_MESSAGE, false, "", "", 0, 0},
	{"{\"type\":\"reasoning\",\"summary\":[]}", ITEM_REASONING, false, "", "", 0, 0},
	{"{\"type\":\"function_call\"}", ITEM_CALL, false, "", "", 0, 0},
	{"{\"type\":\"custom_tool_call\"}", ITEM_CALL, false, "", "", 0, 0},
	{"{\"type\":\"local_shell_call\"}", ITEM_CALL, false, "", "", 0, 0},
	{"{\"type\":\"web_search_call\"}", ITEM_CALL, false, "", "", 0, 0},
	{"{\"type\":\"calling\"}", ITEM_OTHER, false, "", "", 0, 0},
	{"{\"type\":5}", ITEM_OTHER, false, "", "", 0, 0},
	{"{}", ITEM_OTHER, false, "", "", 0, 0},
	{"[]", ITEM_OTHER, false, "", "", 0, 0},
};

static void check_parts(const struct json *j, bool refusal, const char *want, int want_parts,
                        const char *name)
{
	struct buf b;
	struct err e;
	size_t parts = 99;

	buf_init(&b, 1024, "text");
	tap_good(event_item_text(j, JSON_ROOT, refusal, &b, &parts, &e), &e, name);
	tap_is_str(buf_span(&b), want, refusal ? "... refusal" : "... text");
	tap_is_int((long long)parts, want_parts, "... parts");
	buf_free(&b);
}

static void test_items(void)
{
	for (size_t i = 0; i < sizeof items / sizeof items[0]; i++) {
		const struct item_row *r = &items[i];
		struct reading g;

		if (begin(&g, r->item)) {
			tap_is_int(event_item_kind(&g.j, JSON_ROOT), r->kind, r->item);
			tap_ok(event_item_is_commentary(&g.j, JSON_ROOT) == r->commentary,
			       "... commentary");
			check_parts(&g.j, false, r->text, r->texts, r->item);
			check_parts(&g.j, true, r->refusal, r->refusals, r->item);
		}
		end(&g);
	}
}

static void test_item_ceiling(void)
{
	struct reading g;
	struct buf b;
	struct err e;
	size_t parts;

	buf_init(&b, 4, "answer");
	if (begin(&g, "{\"type\":\"message\",\"content\":[{\"type\":\"output_text\",\"text\":"
	              "\"12345\"}]}"))
		tap_fails(event_item_text(&g.j, JSON_ROOT, false, &b, &parts, &e), &e, ERR_CEILING,
		          "a text over the ceiling");
	end(&g);
	buf_free(&b);
}

static bool add_reasoning(struct buf *out, struct err *e)
{
	struct reading g;
	bool ok = begin(&g, "{\"summary\":[{\"text\":\"one\"},{\"text\":\"two\"},{\"text\":\"\"}]}") &&
		event_reasoning_text(&g.j, JSON_ROOT, out, e);

	end(&g);
	return ok;
}

static void test_reasoning(void)
{
	static const struct {
		const char *item, *want;
	} summaries[] = {
		{"{\"summary\":[{\"type\":\"summary_text\",\"text\":\"a\"},{\"text\":\"b\\n\"}]}", "a\nb\n"},
		{"{\"summary\":[{\"text\":7},[],{\"text\":\"a\"}]}", "a"},
		{"{\"summary\":[]}", ""},
		{"{\"summary\":{\"text\":\"a\"}}", ""},
		{"{}", ""},
	};

	tap_ok(ceiling_each(add_reasoning), "a summary is cut nowhere in silence");
	for (size_t i = 0; i < sizeof summaries / sizeof summaries[0]; i++) {
		struct reading g;
		struct buf b;
		struct err e;

		buf_init(&b, 64, "the summary");
		if (begin(&g, summaries[i].item)) {
			tap_good(event_reasoning_text(&g.j, JSON_ROOT, &b, &e), &e, summaries[i].item);
			tap_is_str(buf_span(&b), summaries[i].want, "... its text");
		}
		end(&g);
		buf_free(&b);
	}
}

static const struct usage_row {
	const char *response;
	struct usage want;
} usages[] = {
	{"{\"usage\":{\"input_tokens\":10,\"input_tokens_details\":{\"cached_tokens\":4,\"cache_write_tokens\":3},"
	 "\"output_tokens\":5,\"output_tokens_details\":{\"reasoning_tokens\":2},\"total_tokens\":15}}",
	 {true, 10, 4, 3, 5, 2, 15}},
	{"{\"usage\":{}}", {true, 0, 0, 0, 0, 0, 0}},
	{"{\"usage\":{\"input_tokens\":\"10\",\"input_tokens_details\":[],\"output_tokens\":-5,"
	 "\"total_tokens\":1e300}}", {true, 0, 0, 0, 0, 0, 0}},
	{"{\"usage\":{\"input_tokens\":1e3}}", {true, 1000, 0, 0, 0, 0, 0}},
	{"{\"usage\":null}", {false, 0, 0, 0, 0, 0, 0}},
	{"{\"usage\":[1]}", {false, 0, 0, 0, 0, 0, 0}},
	{"{}", {false, 0, 0, 0, 0, 0, 0}},
	{"7", {false, 0, 0, 0, 0, 0, 0}},
};

static void test_usage(void)
{
	for (size_t i = 0; i < sizeof usages / sizeof usages[0]; i++) {
		struct usage got, want = usages[i].want;
		struct reading g;

		if (begin(&g, usages[i].response)) {
			event_usage(&g.j, JSON_ROOT, &got);
			tap_ok(got.known == want.known && got.input == want.input &&
			               got.cached == want.cached && got.cache_write == want.cache_write && got.output == want.output &&
			               got.reasoning == want.reasoning && got.total == want.total,
			       "usage of %s", usages[i].response);
			event_usage(&g.j, JSON_NONE, &got);
			tap_ok(!got.known && got.total == 0, "no response, no usage");
		}
		end(&g);
	}
}

static void test_usage_sums(void)
{
	struct usage sum = {0}, unknown = {0};
	struct usage told = {true, 5, 1, 1, 3, 2, 9}, untold = {true, 10, 0, 0, 20, 0, 0};

	usage_add(&sum, &unknown);
	tap_ok(!sum.known, "nothing known is nothing");
	usage_add(&sum, &told);
	usage_add(&sum, &unknown);
	usage_add(&sum, &untold);
	tap_ok(sum.known && sum.input == 15 && sum.cached == 1 && sum.cache_write == 1 &&
		       sum.output == 23 && sum.reasoning == 2, "two responses add up");
	tap_is_int(usage_total(&sum), 39, "a total that is not told is input and output");
}

static const struct complete_row {
	const char *response;
	bool complete;
	const char *reason; /* of an incomplete one; NULL = none */
} completes[] = {
	{"{\"status\":\"completed\"}", true, NULL},
	{"{\"status\":\"completed\",\"end_turn\":true}", true, NULL},
	{"{\"status\":\"completed\",\"end_turn\":null}", true, NULL},
	{"{\"status\":\"completed\",\"end_turn\":false}", false, NULL},
	{"{\"status\":\"incomplete\",\"incomplete_details\":{\"reason\":\"max_output_tokens\"}}",
	 false,
	 "max_output_tokens"},
	{"{\"status\":\"incomplete\",\"incomplete_details\":null}", false, NULL},
	{"{\"status\":\"in_progress\"}", false, NULL},
	{"{\"status\":true}", false, NULL},
	{"{}", false, NULL},
	{"[]", false, NULL},
};

static void test_complete(void)
{
	for (size_t i = 0; i < sizeof completes / sizeof completes[0]; i++) {
		const struct complete_row *r = &completes[i];
		struct reading g;

		if (begin(&g, r->response)) {
			int reason = event_incomplete_reason(&g.j, JSON_ROOT);

			tap_ok(event_response_is_complete(&g.j, JSON_ROOT) == r->complete, "%s",
			       r->response);
			tap_ok(r->reason == NULL ? reason == JSON_NONE
			                         : json_is_str(&g.j, reason, r->reason),
			       "... reason");
			tap_ok(!event_response_is_complete(&g.j, JSON_NONE),
			       "no response is not complete");
		}
		end(&g);
	}
}

/* Every member of every type replaced by every kind of value: nothing is believed or breaks. */
static void test_wrong_types(void)
{
	static const char *const values[] = {
		"null", "true", "false", "0", "-1", "1e999", "\"\"", "\"x\"", "[]", "[1,[2]]", "{}",
		"{\"error\":1,\"type\":\"message\",\"content\":[{}]}",
	};
	static const char *const members[] = {
		"type", "delta", "text", "refusal", "item", "response", "error", "output_index",
		 "content_index",
	};
	size_t tried = 0;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		for (size_t m = 0; m < sizeof members / sizeof members[0]; m++)
			for (size_t v = 0; v < sizeof values / sizeof values[0]; v++) {
				char text[512];
				struct reading g;
				struct usage u;

				if (rows[i].event[0] != '{')
					continue;
				/* The last of several counts: appended, it replaces. */
				snprintf(text, sizeof text, "%.*s%s\"%s\":%s}",
				         (int)strlen(rows[i].event) - 1, rows[i].event,
				         rows[i].event[1] == '}' ? "" : ",", members[m], values[v]);
				if (begin(&g, text)) {
					bool wants = g.ev.type == EVENT_TEXT_DELTA ||
					             g.ev.type == EVENT_TEXT_DONE ||
					             g.ev.type == EVENT_REFUSAL_DELTA ||
					             g.ev.type == EVENT_REASONING_DELTA;

					if (wants && !json_is_type(&g.j, g.ev.text, JSON_STRING))
						tap_ok(false, "text that is none: %s", text);
					event_usage(&g.j, g.ev.response, &u);
					(void)event_item_kind(&g.j, g.ev.item);
					(void)event_incomplete_reason(&g.j, g.ev.response);
					tried++;
				}
				end(&g);
			}
	tap_ok(tried > 4000, "%zu events with a member of a wrong type", tried);
}

int main(void)
{
	test_types();
	test_error_places();
	test_items();
	test_item_ceiling();
	test_reasoning();
	test_usage();
	test_usage_sums();
	test_complete();
	test_wrong_types();
	return tap_done();
}
