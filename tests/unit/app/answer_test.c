/* Unit tests of app/answer: events in, text out, never twice, never out of order. */
#include "app/answer.h"

#include <errno.h>

#include "base/limits.h"
#include "fakes.h"

/* One line of a script is one event's JSON; the last may be response.completed. */
struct script {
	const char *name;
	const char *want;      /* what the sink has at the end */
	enum err_kind fails;   /* ERR_NONE: all goes well */
	const char *events[12];
};

#define ITEM(text) "{\"type\":\"message\",\"content\":[{\"type\":\"output_text\",\"text\":\"" text "\"}]}"
#define ADDED(i) "{\"type\":\"response.output_item.added\",\"output_index\":" #i ",\"item\":{\"type\":\"message\"}}"
#define ADDED_AS(i, kind) \
	"{\"type\":\"response.output_item.added\",\"output_index\":" #i ",\"item\":{\"type\":" kind "}}"
#define DELTA(i, c, text) \
	"{\"type\":\"response.output_text.delta\",\"output_index\":" #i ",\"content_index\":" #c \
	",\"delta\":\"" text "\"}"
#define DELTA_BARE(text) "{\"type\":\"response.output_text.delta\",\"delta\":\"" text "\"}"
#define PART(i, c, text) \
	"{\"type\":\"response.output_text.done\",\"output_index\":" #i ",\"content_index\":" #c \
	",\"text\":\"" text "\"}"
#define PART_BARE(text) "{\"type\":\"response.output_text.done\",\"text\":\"" text "\"}"
#define DONE(i, text) \
	"{\"type\":\"response.output_item.done\",\"output_index\":" #i ",\"item\":" ITEM(text) "}"
#define DONE_BARE(text) "{\"type\":\"response.output_item.done\",\"item\":" ITEM(text) "}"
#define DONE_AS(i, item) "{\"type\":\"response.output_item.done\",\"output_index\":" #i ",\"item\":" item "}"
#define COMPLETED(output) \
	"{\"type\":\"response.completed\",\"response\":{\"status\":\"completed\",\"output\":[" output "]}}"
#define REASONING "{\"type\":\"reasoning\",\"summary\":[]}"
#define COMMENTARY \
	"{\"type\":\"message\",\"phase\":\"commentary\",\"content\":[{\"type\":\"output_text\",\"text\":\"hm\"}]}"
#define TWO_PARTS \
	"{\"type\":\"message\",\"content\":[{\"type\":\"output_text\",\"text\":\"ab\"}," \
	"{\"type\":\"output_text\",\"text\":\"cd\"}]}"

#define CONTENT(what, text) \
	"{\"type\":\"response.content_part." what "\",\"output_index\":0,\"content_index\":0," \
	"\"part\":{\"type\":\"output_text\",\"text\":\"" text "\"}}"
#define HIGH "\\ud83d"
#define LOW "\\ude00"
#define GRIN "\xf0\x9f\x98\x80"
#define WHAT "\xef\xbf\xbd"

static const struct script scripts[] = {
	{"deltas alone", "hello", 0, {DELTA(0, 0, "hel"), DELTA(0, 0, "lo"), COMPLETED("")}},
	{"deltas and every done", "hello", 0,
	 {ADDED(0), DELTA(0, 0, "hel"), DELTA(0, 0, "lo"), PART(0, 0, "hello"), DONE(0, "hello"),
	  COMPLETED(ITEM("hello"))}},
	{"only the part's done", "hello", 0, {PART(0, 0, "hello"), COMPLETED("")}},
	{"only the item's done", "hello", 0, {DONE(0, "hello"), COMPLETED("")}},
	{"only the completed response", "hello", 0, {COMPLETED(ITEM("hello"))}},
	{"two messages only there", "a|b", 0, {COMPLETED(ITEM("a") "," ITEM("b"))}},
	{"the part's done has the rest", "hello", 0, {DELTA(0, 0, "he"), PART(0, 0, "hello"), COMPLETED("")}},
	{"the item's done has the rest", "hello", 0, {DELTA(0, 0, "he"), DONE(0, "hello"), COMPLETED("")}},
	{"the response has the rest", "hello", 0, {DELTA(0, 0, "he"), COMPLETED(ITEM("hello"))}},
	{"the response has another message", "a|b", 0, {DELTA(0, 0, "a"), DONE(0, "a"), COMPLETED(ITEM("a") "," ITEM("b"))}},
	{"the response leaves one out", "a|b", 0,
	 {DONE(0, "a"), DONE(1, "b"), COMPLETED(ITEM("b"))}},
	{"the part's done differs", "help", ERR_PROTOCOL, {DELTA(0, 0, "help"), PART(0, 0, "hello")}},
	{"the item's done differs", "help", ERR_PROTOCOL, {DELTA(0, 0, "help"), DONE(0, "hello")}},
	{"the item's done is shorter", "hello", ERR_PROTOCOL, {DELTA(0, 0, "hello"), DONE(0, "hell")}},
	{"the response differs", "help", ERR_PROTOCOL, {DELTA(0, 0, "help"), COMPLETED(ITEM("hello"))}},
	{"every done twice", "hello", 0,
	 {DELTA(0, 0, "hello"), PART(0, 0, "hello"), PART(0, 0, "hello"), DONE(0, "hello"), DONE(0, "hello"),
	  COMPLETED(ITEM("hello"))}},
	{"a delta behind the item's done", "a", ERR_PROTOCOL, {DONE(0, "a"), DELTA(0, 0, "b")}},
	{"text that repeats itself", "aaaa", 0,
	 {DELTA(0, 0, "aa"), DELTA(0, 0, "aa"), DONE(0, "aaaa"), COMPLETED(ITEM("aaaa"))}},

	{"the part's done behind the item's", "hello", 0, {DELTA(0, 0, "hello"), DONE(0, "hello"), PART(0, 0, "hello"), COMPLETED("")}},
	{"a delta behind the part's done", "a", ERR_PROTOCOL, {DELTA(0, 0, "a"), PART(0, 0, "a"), DELTA(0, 0, "b")}},

	{"text only in a part's end", "hello", 0, {CONTENT("done", "hello"), COMPLETED("")}},
	{"text only in a part's beginning", "hello", 0, {CONTENT("added", "hello"), COMPLETED("")}},
	{"a part's beginning, then deltas", "hello", 0,
	 {CONTENT("added", "he"), DELTA(0, 0, "llo"), PART(0, 0, "hello"), CONTENT("done", "hello"), DONE(0, "hello"), COMPLETED("")}},
	{"a part without text says nothing", "hello", 0,
	 {CONTENT("added", ""), DELTA(0, 0, "hello"), CONTENT("done", ""), DONE(0, "hello"), COMPLETED("")}},
	{"a part's end differs", "help", ERR_PROTOCOL, {DELTA(0, 0, "help"), CONTENT("done", "hello")}},

	{"a surrogate pair over two deltas", "a" GRIN "b", 0,
	 {DELTA(0, 0, "a" HIGH), DELTA(0, 0, LOW "b"), PART(0, 0, "a" HIGH LOW "b"), DONE(0, "a" GRIN "b"), COMPLETED("")}},
	{"an empty delta between its halves", GRIN, 0, {DELTA(0, 0, HIGH), DELTA(0, 0, ""), DELTA(0, 0, LOW), COMPLETED("")}},
	{"pairs of two items, interleaved", GRIN "|" GRIN, 0,
	 {DELTA(0, 0, HIGH), DELTA(1, 0, HIGH), DELTA(0, 0, LOW), DELTA(1, 0, LOW), COMPLETED("")}},
	{"the second half only in the part's done", "a" GRIN, 0, {DELTA(0, 0, "a" HIGH), PART(0, 0, "a" GRIN), COMPLETED("")}},
	{"the second half only in the response", "a" GRIN, 0, {DELTA(0, 0, "a" HIGH), COMPLETED(ITEM("a" GRIN))}},
	{"a first half alone", "a" WHAT, 0, {DELTA(0, 0, "a" HIGH), COMPLETED("")}},
	{"a first half alone, everywhere", "a" WHAT, 0, {DELTA(0, 0, "a" HIGH), DONE(0, "a" HIGH), COMPLETED("")}},
	{"a first half, then an end without text", "a" WHAT, 0, {DELTA(0, 0, "a" HIGH), DONE_AS(0, "{\"type\":\"message\"}"), COMPLETED("")}},
	{"a first half, then another part", WHAT "b", 0, {DELTA(0, 0, HIGH), DELTA(0, 1, "b"), COMPLETED("")}},
	{"a first half before a pair", WHAT GRIN, 0, {DELTA(0, 0, HIGH), DELTA(0, 0, HIGH LOW), COMPLETED("")}},
	{"a second half alone", WHAT "b", 0, {DELTA(0, 0, LOW "b"), COMPLETED("")}},
	{"a first half, then something else", WHAT "b", 0, {DELTA(0, 0, HIGH), DELTA(0, 0, "b"), COMPLETED("")}},

	{"two messages in turn", "a|b", 0,
	 {ADDED(0), DELTA(0, 0, "a"), DONE(0, "a"), ADDED(1), DELTA(1, 0, "b"), DONE(1, "b"),
	  COMPLETED(ITEM("a") "," ITEM("b"))}},
	{"two interleaved: the later waits", "aA|bB", 0,
	 {DELTA(0, 0, "a"), DELTA(1, 0, "b"), DELTA(0, 0, "A"), DELTA(1, 0, "B"), DONE(1, "bB"), DONE(0, "aA"),
	  COMPLETED("")}},
	{"the first is never done: let out at the end", "a|b", 0,
	 {DELTA(0, 0, "a"), DELTA(1, 0, "b"), DONE(1, "b"), COMPLETED("")}},
	{"the later waits for a silent start", "a|b", 0,
	 {ADDED(0), DELTA(1, 0, "b"), DELTA(0, 0, "a"), DONE(0, "a"), COMPLETED("")}},
	{"an earlier message shows up late", "b", ERR_PROTOCOL, {DELTA(1, 0, "b"), DELTA(0, 0, "a")}},
	{"an earlier one without text does no harm", "b", 0,
	 {DELTA(1, 0, "b"), DONE_AS(0, REASONING), DONE(1, "b"), COMPLETED("")}},
	{"an empty message between", "a|c", 0, {DONE(0, "a"), DONE(1, ""), DONE(2, "c"), COMPLETED("")}},
	{"reasoning before and between", "a|b", 0,
	 {ADDED_AS(0, "\"reasoning\""), DONE_AS(0, REASONING), DELTA(1, 0, "a"), DONE(1, "a"), DONE_AS(2, REASONING),
	  DELTA(3, 0, "b"), DONE(3, "b"), COMPLETED(REASONING "," ITEM("a") "," REASONING "," ITEM("b"))}},
	{"a call keeps silent", "a", 0,
	 {ADDED_AS(0, "\"function_call\""), DELTA(1, 0, "a"), DONE(1, "a"), COMPLETED("")}},
	{"commentary keeps silent", "a", 0,
	 {"{\"type\":\"response.output_item.added\",\"output_index\":0,\"item\":{\"type\":\"message\","
	  "\"phase\":\"commentary\"}}",
	  DELTA(0, 0, "hm"), DONE_AS(0, COMMENTARY), DELTA(1, 0, "a"), DONE(1, "a"),
	  COMPLETED(COMMENTARY "," ITEM("a"))}},
	{"commentary alone is no text", "", 0, {DONE_AS(0, COMMENTARY), COMPLETED(COMMENTARY)}},

	{"several parts", "abcd", 0,
	 {DELTA(0, 0, "a"), DELTA(0, 0, "b"), PART(0, 0, "ab"), DELTA(0, 1, "cd"), PART(0, 1, "cd"),
	  DONE_AS(0, TWO_PARTS), COMPLETED(TWO_PARTS)}},
	{"several parts, the rest from each done", "abcd", 0,
	 {DELTA(0, 0, "a"), PART(0, 0, "ab"), PART(0, 1, "cd"), DONE_AS(0, TWO_PARTS), COMPLETED("")}},
	{"several parts, dones at the end", "abcd", 0,
	 {DELTA(0, 0, "ab"), DELTA(0, 1, "cd"), PART(0, 0, "ab"), PART(0, 1, "cd"), DONE_AS(0, TWO_PARTS),
	  COMPLETED("")}},
	{"several parts, interleaved", "abc", ERR_PROTOCOL,
	 {DELTA(0, 0, "ab"), DELTA(0, 1, "c"), DELTA(0, 0, "b")}},

	{"no indexes", "hello", 0,
	 {"{\"type\":\"response.output_item.added\",\"item\":{\"type\":\"message\"}}", DELTA_BARE("hel"),
	  DELTA_BARE("lo"), PART_BARE("hello"), DONE_BARE("hello"), COMPLETED(ITEM("hello"))}},
	{"no indexes, several parts", "abcd", 0,
	 {DELTA_BARE("ab"), PART_BARE("ab"), DELTA_BARE("cd"), PART_BARE("cd"), DONE_AS(0, TWO_PARTS), COMPLETED("")}},
	{"no indexes, two messages", "a|b", 0,
	 {DELTA_BARE("a"), DONE_BARE("a"), DELTA_BARE("b"), DONE_BARE("b"), COMPLETED(ITEM("a") "," ITEM("b"))}},
	{"no indexes, done twice", "a", 0, {DELTA_BARE("a"), DONE_BARE("a"), DONE_BARE("a"), COMPLETED(ITEM("a"))}},
	{"an index on some", "hello", 0, {DELTA(0, 0, "hel"), DELTA_BARE("lo"), DONE_BARE("hello"), COMPLETED("")}},
};

#define WHY(text) "{\"type\":\"reasoning\",\"summary\":[{\"type\":\"summary_text\",\"text\":\"" text "\"}]}"
#define CALL "{\"type\":\"function_call\",\"name\":\"f\"}"

static const struct {
	struct script script;
	int ended; /* items */
} with_asides[] = {
	{{"deltas alone: the end of the response is the item's", "hello", 0, {DELTA(0, 0, "hel"), DELTA(0, 0, "lo"), COMPLETED("")}}, 1},
	{{"reasoning, then text", "|r:why|a", 0,
	 {ADDED_AS(0, "\"reasoning\""), DONE_AS(0, WHY("why")), ADDED(1), DELTA(1, 0, "a"), DONE(1, "a"), COMPLETED("")}}, 2},
	{{"reasoning told again", "|r:why|a", 0, {DONE_AS(0, WHY("why")), DONE_AS(0, WHY("why")), DONE(1, "a"), COMPLETED("")}}, 2},
	{{"reasoning without a summary, and calls", "a", 0, {DONE_AS(0, REASONING), DONE_AS(1, CALL), DONE(2, "a"), COMPLETED("")}}, 1},
	{{"reasoning whose end never comes holds nothing up for ever", "a", 0,
	 {ADDED_AS(0, "\"reasoning\""), DELTA(1, 0, "a"), DONE(1, "a"), COMPLETED("")}}, 1},
	{{"reasoning that comes too late is left out", "a", 0, {DELTA(1, 0, "a"), DONE_AS(0, WHY("why")), DONE(1, "a"), COMPLETED("")}}, 1},
	{{"commentary in its place", "|c:hm|a", 0,
	 {ADDED_AS(0, "\"message\",\"phase\":\"commentary\""), DELTA(0, 0, "h"), DELTA(0, 0, "m"), DONE_AS(0, COMMENTARY), DELTA(1, 0, "a"),
	  DONE(1, "a"), COMPLETED("")}}, 2},
	{{"commentary and the list of messages", "|c:hm|a|b", 0, {DONE_AS(0, COMMENTARY), DONE(1, "a"), COMPLETED(COMMENTARY "," ITEM("a") "," ITEM("b"))}}, 3},
	{{"two messages, the later first", "a|b", 0, {ADDED(0), DELTA(1, 0, "b"), DONE(1, "b"), DELTA(0, 0, "a"), DONE(0, "a"), COMPLETED("")}}, 2},
	{{"an item without text", "a", 0, {DONE(0, ""), DONE(1, "a"), COMPLETED("")}}, 1},
};

static bool play(struct answer *a, const char *text, struct err *e)
{
	struct json j;
	struct event ev;
	struct span guarded;
	bool ok;

	failing_hold(true);
	guarded = tap_guard(span_str(text));
	json_init(&j);
	if (!json_parse(&j, guarded, e)) {
		printf("Bail out! the test's own JSON: %s: %s\n", text, e->text);
		exit(99);
	}
	failing_hold(false);
	event_read(&j, &ev);
	ok = ev.type == EVENT_COMPLETED ? answer_complete(a, &j, ev.response, e) : answer_event(a, &j, &ev, e);
	json_free(&j);
	tap_unguard(guarded);
	return ok;
}

/* ended: how many items the sink is told the end of; -1 = it wants no asides. */
static void check_script(const struct script *s, int ended)
{
	struct fake_sink sink;
	struct answer a;
	struct err e = {.kind = ERR_NONE};
	bool ok = true;

	fake_sink_init(&sink);
	sink.sink.asides = ended >= 0;
	answer_init(&a, &sink.sink);
	for (size_t i = 0; ok && s->events[i] != NULL; i++)
		ok = play(&a, s->events[i], &e);
	tap_ok(ok == (s->fails == ERR_NONE) && (ok || e.kind == s->fails), "%s: %s", s->name,
	       ok ? "all well" : e.text);
	tap_is_str(buf_span(&sink.got), s->want, s->name);
	if (ok && ended >= 0)
		tap_is_int((long long)sink.ended, ended, "... each of its items ended");
	answer_free(&a);
	answer_free(&a);
	fake_sink_free(&sink.sink);
}

/* What the sink has of messages, joined as plain text joins them. */
static void check_copy(const struct script *s, bool asides, const char *want, size_t messages)
{
	struct fake_sink sink;
	struct answer a;
	struct buf copy;
	struct err e;
	bool ok = true;

	fake_sink_init(&sink);
	sink.sink.asides = asides;
	answer_init(&a, &sink.sink);
	buf_init(&copy, 1000, "copy");
	a.copy = &copy;
	for (size_t i = 0; ok && s->events[i] != NULL; i++)
		ok = play(&a, s->events[i], &e);
	tap_good(ok, &e, s->name);
	tap_is_str(buf_span(&copy), want, "... copied");
	tap_is_int((long long)answer_messages(&a), (long long)messages, "... of so many messages");
	for (size_t max = 0; max < copy.n; max++) {
		struct buf part;

		answer_free(&a);
		answer_init(&a, &sink.sink);
		buf_init(&part, max, "copy");
		a.copy = &part;
		ok = true;
		for (size_t i = 0; ok && s->events[i] != NULL; i++)
			ok = play(&a, s->events[i], &e);
		tap_ok(!ok && e.kind == ERR_CEILING, "... into %zu bytes", max);
		buf_free(&part);
	}
	answer_free(&a);
	buf_free(&copy);
	fake_sink_free(&sink.sink);
}

static void check_copies(void)
{
	static const struct script two = {"two messages", "", 0, {DELTA(0, 0, "a"), DELTA(1, 0, "c"), DELTA(0, 0, "b"), COMPLETED("")}};
	static const struct script aside = {"a message and commentary", "", 0,
		{DONE_AS(0, COMMENTARY), DONE_AS(1, REASONING), DELTA(2, 0, "a"), DONE(2, "ab"), COMPLETED("")}};

	check_copy(&two, false, "ab\nc", 2);
	check_copy(&aside, false, "ab", 1);
	check_copy(&aside, true, "ab", 1);
}

/* Whatever fails in the sink ends the answer, with the sink's own error. */
static void check_failing_sink(void)
{
	static const char *const events[] = {DELTA(0, 0, "a"), DELTA(1, 0, "b"), DONE(0, "aA"), COMPLETED(ITEM("aA") "," ITEM("bB"))};
	size_t fail_at = 1;
	bool ok = false;

	for (; !ok && fail_at < 20; fail_at++) {
		struct fake_sink sink;
		struct answer a;
		struct err e = {.kind = ERR_NONE};

		fake_sink_init(&sink);
		sink.fail_at = fail_at;
		answer_init(&a, &sink.sink);
		ok = true;
		for (size_t i = 0; ok && i < sizeof events / sizeof events[0]; i++)
			ok = play(&a, events[i], &e);
		if (!ok && (e.kind != ERR_PIPE || sink.calls != fail_at))
			tap_ok(false, "call %zu of the sink fails: %s", fail_at, e.text);
		answer_free(&a);
		fake_sink_free(&sink.sink);
	}
	tap_is_int((long long)fail_at - 2, 5, "each call of the sink failed once: a, A, join, b, B");
}

static void check_refusals(void)
{
	static const struct {
		const char *name, *want;
		const char *events[4];
	} rows[] = {
		{"deltas", "I cannot",
		 {"{\"type\":\"response.refusal.delta\",\"output_index\":0,\"delta\":\"I can\"}",
		  "{\"type\":\"response.refusal.delta\",\"output_index\":0,\"delta\":\"not\"}",
		  "{\"type\":\"response.refusal.done\",\"output_index\":0,\"refusal\":\"I cannot\"}"}},
		{"done alone", "no", {"{\"type\":\"response.refusal.done\",\"output_index\":0,\"refusal\":\"no\"}"}},
		{"in the item", "no",
		 {DONE_AS(0, "{\"type\":\"message\",\"content\":[{\"type\":\"refusal\",\"refusal\":\"no\"}]}")}},
		{"in the response", "no",
		 {COMPLETED("{\"type\":\"message\",\"content\":[{\"type\":\"refusal\",\"refusal\":\"no\"}]}")}},
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct fake_sink sink;
		struct answer a;
		struct err e;
		bool ok = true;

		fake_sink_init(&sink);
		answer_init(&a, &sink.sink);
		for (size_t k = 0; ok && rows[i].events[k] != NULL; k++)
			ok = play(&a, rows[i].events[k], &e);
		tap_good(ok, &e, rows[i].name);
		tap_ok(a.refused && !a.spoken && sink.got.n == 0, "refusal, %s: kept apart", rows[i].name);
		tap_is_str(buf_span(&a.refusal), rows[i].want, rows[i].name);
		answer_free(&a);
		fake_sink_free(&sink.sink);
	}
}

static void check_long_refusal(void)
{
	static char event[SERVER_TEXT_MAX + 128];
	struct fake_sink sink;
	struct answer a;
	struct err e;

	snprintf(event, sizeof event, "{\"type\":\"response.refusal.delta\",\"delta\":\"%0*d\"}", SERVER_TEXT_MAX - 1, 0);
	fake_sink_init(&sink);
	answer_init(&a, &sink.sink);
	tap_good(play(&a, event, &e) && play(&a, event, &e), &e, "a long refusal is no failure");
	tap_is_int((long long)a.refusal.n, SERVER_TEXT_MAX, "... it is cut");
	answer_free(&a);
	fake_sink_free(&sink.sink);
}

static void check_item_ceiling(void)
{
	struct fake_sink sink;
	struct answer a;
	struct err e;
	char event[256];
	bool ok = true;

	fake_sink_init(&sink);
	answer_init(&a, &sink.sink);
	for (int i = 0; ok && i < ITEMS_MAX; i++) {
		snprintf(event, sizeof event, "{\"type\":\"response.output_text.delta\",\"output_index\":%d,\"delta\":\"x\"}", ITEMS_MAX - 1 - i);
		ok = i < ITEMS_MAX - 1 ? play(&a, ADDED(7), &e) : ok;
		snprintf(event, sizeof event, "{\"type\":\"response.output_item.done\",\"output_index\":%d,\"item\":" ITEM("x") "}", i);
		ok = ok && play(&a, event, &e);
	}
	tap_good(ok, &e, "as many items as are allowed");
	tap_is_int((long long)sink.got.n, 2 * ITEMS_MAX - 1, "... each is written, joined");
	snprintf(event, sizeof event, "{\"type\":\"response.output_text.delta\",\"output_index\":%d,\"delta\":\"x\"}", ITEMS_MAX);
	tap_fails(play(&a, event, &e), &e, ERR_CEILING, "one more is too many");
	answer_free(&a);
	fake_sink_free(&sink.sink);
}

/* What waits is bounded, over all items together; what flows is not. */
static void check_waiting_ceiling(void)
{
	enum { PIECE = 1 << 20 };
	struct buf event;
	struct fake_sink sink;
	struct answer a;
	struct err e;
	bool ok;
	int n = 0;

	buf_init(&event, PIECE + 256, "the event");
	fake_sink_init(&sink);
	answer_init(&a, &sink.sink);
	ok = play(&a, ADDED(0), &e);
	for (; ok && n < 20; n++) {
		char head[128];

		buf_clear(&event);
		snprintf(head, sizeof head, "{\"type\":\"response.output_text.delta\",\"output_index\":%d,\"delta\":\"", 1 + n % 3);
		keep(&event, span_str(head));
		for (int i = 0; i < PIECE; i += 64)
			keep(&event, span_of("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", 64));
		keep(&event, span_of("\"}", 3));
		ok = play(&a, (const char *)event.p, &e);
	}
	tap_fails(ok, &e, ERR_CEILING, "text that waits has a ceiling");
	tap_is_int(n, BUFFERED_ANSWER_MAX / PIECE + 1, "... over all items together");
	tap_is_int((long long)sink.got.n, 0, "... and nothing was written");
	answer_free(&a);
	fake_sink_free(&sink.sink);
	buf_free(&event);
}

static const struct script *swept;
static bool swept_asides;

static bool play_swept(struct err *e)
{
	struct fake_sink sink;
	struct answer a;
	bool ok = true;

	fake_sink_init(&sink);
	sink.sink.asides = swept_asides;
	answer_init(&a, &sink.sink);
	for (size_t i = 0; ok && swept->events[i] != NULL; i++)
		ok = play(&a, swept->events[i], e);
	ok = ok && span_equal_str(buf_span(&sink.got), swept->want);
	answer_free(&a);
	fake_sink_free(&sink.sink);
	return ok;
}

/* Without memory an answer is never called whole. */
static void check_memory(const struct script *s, bool asides)
{
	swept = s;
	swept_asides = asides;
	if (s->fails == ERR_NONE)
		tap_ok(failing_each("alloc", ENOMEM, ERR_MEMORY, false, play_swept), "%s: without memory", s->name);
}

int main(void)
{
	for (size_t i = 0; i < sizeof scripts / sizeof scripts[0]; i++)
		check_memory(&scripts[i], false);
	for (size_t i = 0; i < sizeof with_asides / sizeof with_asides[0]; i++)
		check_memory(&with_asides[i].script, true);
	for (size_t i = 0; i < sizeof scripts / sizeof scripts[0]; i++)
		check_script(&scripts[i], -1);
	for (size_t i = 0; i < sizeof with_asides / sizeof with_asides[0]; i++)
		check_script(&with_asides[i].script, with_asides[i].ended);
	check_copies();
	check_failing_sink();
	check_refusals();
	check_long_refusal();
	check_item_ceiling();
	check_waiting_ceiling();
	return tap_done();
}
