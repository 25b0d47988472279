/* Unit tests of codex/conversation: which lines are a conversation, what is sent of it, what is written. */
#include "codex/conversation.h"

#include "base/limits.h"
#include "ceiling.h"
#include "failing.h"
#include "tap.h"

#define ID "01999999-aaaa-7bbb-8ccc-0123456789ab"
#define HEADER "{\"type\":\"octavo.transcript\",\"version\":1,\"id\":\"" ID "\",\"created_at\":7}\n"
#define USER "{\"type\":\"message\",\"role\":\"user\",\"content\":[{\"type\":\"input_text\",\"text\":\"hi\"}]}\n"
#define MESSAGE(more) "{\"type\":\"message\",\"role\":\"assistant\",\"content\":[]" more "}\n"
#define REASONING(more) "{\"type\":\"reasoning\",\"id\":\"rs_1\",\"summary\":[]" more "}\n"

static bool read_text(struct span text, struct conversation *c, struct buf *history, struct err *e)
{
	struct span s = tap_guard(text);
	bool ok = conversation_read(c, s, history, e);

	tap_unguard(s);
	return ok;
}

/* ---- what is sent ---- */

static const struct {
	const char *name, *text, *history;
	size_t items, kept, kept_line;
} good[] = {
	{"a header alone", HEADER, "", 0, 0, 0},
	{"a message", HEADER USER, USER, 1, 0, 0},
	{"the last line has no end", HEADER "{\"type\":\"message\",\"role\":\"user\",\"content\":[]}",
	 "{\"type\":\"message\",\"role\":\"user\",\"content\":[]}\n", 1, 0, 0},
	{"lines that end as in DOS", "{\"type\":\"octavo.transcript\",\"version\":1,\"id\":\"" ID "\"}\r\n{ \"type\" : \"message\" ,\"role\":\"developer\",\t\"content\":[]}\r\n",
	 "{\"type\":\"message\",\"role\":\"developer\",\"content\":[]}\n", 1, 0, 0},
	{"members that are not known stay", HEADER MESSAGE(",\"phase\":\"final_answer\",\"status\":\"completed\",\"id\":\"m\",\"odd\":{\"id\":1}"),
	 MESSAGE(",\"phase\":\"final_answer\",\"status\":\"completed\",\"id\":\"m\""), 1, 0, 0},
	{"reasoning is sent without its status", HEADER REASONING(",\"status\":\"completed\",\"content\":null,\"encrypted_content\":\"gA+/=\""),
	 REASONING(",\"content\":null,\"encrypted_content\":\"gA+/=\""), 1, 0, 0},
	{"reasoning that is not encrypted stays", HEADER REASONING("") REASONING(",\"encrypted_content\":null") USER, USER, 3, 0, 0},
	{"items of other types stay, and are counted", HEADER USER "{\"type\":\"x\"}\n" USER "{\"type\":\"function_call\"}\n", USER USER, 4, 2, 3},
	{"names and words in escapes", HEADER "{\"ty\\u0070e\":\"mess\\u0061ge\",\"role\":\"us\\u0065r\",\"content\":[]}",
	 "{\"type\":\"mess\\u0061ge\",\"role\":\"us\\u0065r\",\"content\":[]}\n", 1, 0, 0},
	{"strings keep their spelling", HEADER "{\"type\":\"message\",\"role\":\"user\",\"content\":[{\"type\":\"input_text\",\"text\":\"\\u00e9\\/ \\ud83d\"}]}",
	 "{\"type\":\"message\",\"role\":\"user\",\"content\":[{\"type\":\"input_text\",\"text\":\"\\u00e9\\/ \\ud83d\"}]}\n", 1, 0, 0},
	{"empty strings", HEADER "{\"type\":\"message\",\"id\":\"\",\"role\":\"user\",\"phase\":\"\",\"content\":[]}\n",
	 "{\"type\":\"message\",\"id\":\"\",\"role\":\"user\",\"phase\":\"\",\"content\":[]}\n", 1, 0, 0},
	{"more in the header", "{\"more\":[],\"type\":\"octavo.transcript\",\"version\":1.0,\"id\":\"" ID "\"}\n" USER, USER, 1, 0, 0},
};

static void check_good(void)
{
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		struct conversation c;
		struct buf history;
		struct err e;

		buf_init(&history, INPUT_MAX, "history");
		tap_good(read_text(span_str(good[i].text), &c, &history, &e), &e, good[i].name);
		tap_is_str(buf_span(&history), good[i].history, "... what is sent");
		tap_is_str(span_str(c.id), ID, "... under its id");
		tap_ok(c.items == good[i].items && c.kept == good[i].kept && c.kept_line == good[i].kept_line, "... and counted");
		tap_good(read_text(span_str(good[i].text), &c, NULL, &e), &e, "... or only checked");
		buf_free(&history);
	}
}

/* ---- what is refused ---- */

#define DEEP16 "[[[[[[[[[[[[[[[["

static const struct {
	const char *text, *says;
} bad[] = {
	{"", "line 1: "},
	{"\n", "line 1: "},
	{"\n" HEADER, "line 1: "},
	{USER, "line 1: a conversation begins"},
	{"[]", "line 1: it is no JSON object"},
	{"{}", "line 1: an item has"},
	{"{\"type\":7}", "line 1: an item has"},
	{"\xef\xbb\xbf" HEADER, "line 1: "},
	{"{\"type\":\"octavo.transcript\",\"id\":\"" ID "\"}", "line 1: a format of another version"},
	{"{\"type\":\"octavo.transcript\",\"version\":\"1\",\"id\":\"" ID "\"}", "line 1: a format of another version"},
	{"{\"type\":\"octavo.transcript\",\"version\":2,\"id\":\"" ID "\"}", "line 1: a format of another version"},
	{"{\"type\":\"octavo.transcript\",\"version\":1}", "line 1: the conversation's \"id\""},
	{"{\"type\":\"octavo.transcript\",\"version\":1,\"id\":\"01999999-aaaa-7bbb-8ccc-0123456789a\"}", "line 1: the conversation's \"id\""},
	{"{\"type\":\"octavo.transcript\",\"version\":1,\"id\":\"01999999-aaaa-7bbb-8ccc-0123456789ab0\"}", "line 1: the conversation's \"id\""},
	{"{\"type\":\"octavo.transcript\",\"version\":1,\"id\":\"01999999+aaaa-7bbb-8ccc-0123456789ab\"}", "line 1: the conversation's \"id\""},
	{"{\"type\":\"octavo.transcript\",\"version\":1,\"id\":\"0199999g-aaaa-7bbb-8ccc-0123456789ab\"}", "line 1: the conversation's \"id\""},
	{"{\"type\":\"octavo.transcript\",\"version\":1,\"id\":\"0199999@-aaaa-7bbb-8ccc-0123456789ab\"}", "line 1: the conversation's \"id\""},
	{"{\"type\":\"octavo.transcript\",\"version\":1,\"id\":\"01999999-aaaa-7bbb-8ccc-0123456789\\n\"}", "line 1: the conversation's \"id\""},
	{HEADER HEADER, "line 2: a second header"},
	{HEADER USER "\n", "line 3: "},
	{HEADER USER "\n" USER, "line 3: "},
	{HEADER "{\"type\":\"message\",\"role\":\"us", "line 2: "},
	{HEADER "null", "line 2: it is no JSON object"},
	{HEADER "{\"a\":1,\"type\":\"x\",\"b\":{\"c\":1,\"\\u0063\":2}}", "line 2: a name stands twice"},
	{HEADER "{\"type\":\"x\"} {\"type\":\"x\"}", "line 2: "},
	{HEADER "{\"type\":\"x\",\"t\":\"\xff\"}", "line 2: "},
	{HEADER "{\"type\":\"x\",\"t\":\"\0\"}", "line 2: "},
	{HEADER "{\"type\":\"x\",\"t\":" DEEP16 DEEP16 DEEP16 DEEP16 "}", "line 2: "},
	{HEADER "{\"role\":\"user\",\"content\":[]}", "line 2: an item has"},
	{HEADER "{\"type\":\"message\",\"content\":[]}", "line 2: a message's \"role\""},
	{HEADER "{\"type\":\"message\",\"role\":\"system\",\"content\":[]}", "line 2: a message's \"role\""},
	{HEADER "{\"type\":\"message\",\"role\":\"user\"}", "line 2: a message has"},
	{HEADER "{\"type\":\"message\",\"role\":\"user\",\"content\":\"hi\"}", "line 2: a message has"},
	{HEADER USER "{\"type\":\"message\",\"role\":\"user\",\"content\":[{\"type\":\"input_text\"},{}]}", "line 3: each part"},
	{HEADER USER "{\"type\":\"message\",\"role\":\"user\",\"content\":[1]}", "line 3: each part"},
};

static void check_bad(void)
{
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct conversation c;
		struct buf history;
		struct err e;

		buf_init(&history, INPUT_MAX, "history");
		tap_fails(read_text(span_str(bad[i].text), &c, &history, &e), &e, ERR_USAGE, bad[i].says);
		if (!tap_ok(span_starts(span_str(e.text), bad[i].says), "... is said"))
			printf("#   %s\n", e.text);
		buf_free(&history);
	}
}

/* Cut anywhere it is a shorter conversation or none, and what was sent of it is a beginning. */
static void check_cuts(void)
{
	static const char text[] = HEADER USER REASONING(",\"encrypted_content\":\"gA\"") MESSAGE(",\"id\":\"m\"");
	struct buf whole;
	struct conversation c;
	struct err e;
	size_t wrong = 0, fine = 0;

	buf_init(&whole, INPUT_MAX, "history");
	tap_good(read_text(span_str(text), &c, &whole, &e), &e, "a conversation");
	for (size_t n = 0; n < sizeof text - 1; n++) {
		struct buf part;
		bool ok;

		buf_init(&part, INPUT_MAX, "history");
		ok = read_text(span_of(text, n), &c, &part, &e);
		fine += ok;
		wrong += (!ok && e.kind != ERR_USAGE) || !span_equal(buf_span(&part), span_cut(buf_span(&whole), 0, part.n));
		buf_free(&part);
	}
	tap_is_int((long long)wrong, 0, "... cut at every byte");
	tap_is_int((long long)fine, 7, "... is one at the lines' ends, before and behind");
	buf_free(&whole);
}

static void check_many(void)
{
	struct buf text;
	struct conversation c;
	struct err e;
	bool ok;

	buf_init(&text, INPUT_MAX, "text");
	ok = buf_add_str(&text, HEADER, &e);
	for (int i = 0; ok && i < CONVERSATION_ITEMS_MAX; i++)
		ok = buf_add_str(&text, "{\"type\":\"x\"}\n", &e);
	tap_good(ok && conversation_read(&c, buf_span(&text), NULL, &e), &e, "as many items as may be");
	tap_ok(buf_add_str(&text, "{\"type\":\"x\"}\n", &e), "... and one more");
	tap_fails(conversation_read(&c, buf_span(&text), NULL, &e), &e, ERR_USAGE, "... is too many");
	tap_ok(span_starts(span_str(e.text), "line 4098: more than 4096 items"), "... by name and line");
	buf_free(&text);
}

/* ---- what is written ---- */

static bool write_both(struct buf *out, struct err *e)
{
	return conversation_begin(out, ID, 7, e) && conversation_add(out, span_str("{\"a\":\n \"##[b]\x7f\"}"), e);
}

static bool read_all(struct buf *out, struct err *e)
{
	struct conversation c;

	return conversation_read(&c, span_str(HEADER USER REASONING(",\"encrypted_content\":\"g\"")), out, e);
}

static bool write_alone(struct err *e)
{
	struct buf out;
	bool ok;

	buf_init(&out, 1000, "out");
	ok = write_both(&out, e);
	buf_free(&out);
	return ok;
}

static bool read_alone(struct err *e)
{
	struct buf out;
	bool ok;

	buf_init(&out, 1000, "out");
	ok = read_all(&out, e);
	buf_free(&out);
	return ok;
}

static void check_writing(void)
{
	struct buf out;
	struct err e;

	buf_init(&out, 1000, "out");
	tap_good(write_both(&out, &e), &e, "a header and an item");
	tap_is_str(buf_span(&out), HEADER "{\"a\":  \"#\\u0023[b]\\u007f\"}\n", "... on a line each, with nothing that steers who reads it");
	buf_free(&out);
	tap_ok(ceiling_each(write_both), "each append fails once");
	tap_ok(ceiling_each(read_all), "... of what is sent as well");
	tap_ok(failing_each("alloc", ENOMEM, ERR_MEMORY, false, write_alone), "no memory to write");
	tap_ok(failing_each("alloc", ENOMEM, ERR_MEMORY, false, read_alone), "no memory to read");
}

int main(void)
{
	check_good();
	check_bad();
	check_cuts();
	check_many();
	check_writing();
	return tap_done();
}
