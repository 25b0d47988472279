/*
 * codex/conversation: what is sent of a conversation is one itself, sent the same way; a request
 * with it is JSON, with as many items; written again, and without secrets to take out, it is what it was.
 */
#include "app/transcript_parts.h"
#include "base/limits.h"
#include "codex/request.h"
#include "fuzz.h"
#include "wire/json.h"

enum { AGAIN_MAX = 1 << 20 };

static size_t count_lines(struct span s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += s.p[i] == '\n';
	return n;
}

/* The header, and then what is sent. */
static void check_again(const struct conversation *c, struct span history)
{
	struct conversation again;
	struct buf text, sent;
	struct err e;

	buf_init(&text, AGAIN_MAX, "text");
	buf_init(&sent, AGAIN_MAX, "sent");
	FUZZ_CHECK(conversation_begin(&text, c->id, 0, &e));
	fuzz_add(&text, history);
	FUZZ_CHECK(conversation_read(&again, buf_span(&text), &sent, &e));
	FUZZ_CHECK(span_equal(buf_span(&sent), history) && again.kept == 0);
	FUZZ_CHECK(again.items == count_lines(history) && strcmp(again.id, c->id) == 0);
	buf_free(&text);
	buf_free(&sent);
}

static void check_request(const struct conversation *c, struct span history)
{
	const struct request r = {
		.model = "m", .instructions = span_str("i"), .history = history, .input = span_str("x"), .prompt_cache_key = c->id,
	};
	struct request_input at;
	struct json j;
	struct buf body;
	struct err e;

	buf_init(&body, AGAIN_MAX, "body");
	json_init(&j);
	FUZZ_CHECK(request_write(&body, &r, &at, &e));
	FUZZ_CHECK(json_parse(&j, buf_span(&body), &e));
	FUZZ_CHECK(json_count(&j, json_member(&j, JSON_ROOT, "input")) == count_lines(history) + 1);
	FUZZ_CHECK(json_is_str(&j, json_member(&j, JSON_ROOT, "prompt_cache_key"), c->id));
	json_free(&j);
	buf_free(&body);
}

/* Each line written as an item is: the same conversation. */
static void check_written(const struct conversation *c, struct span text, struct span history)
{
	struct conversation again;
	struct buf written, sent, clean;
	struct err e;

	buf_init(&written, AGAIN_MAX, "written");
	buf_init(&sent, AGAIN_MAX, "sent");
	buf_init(&clean, AGAIN_MAX, "clean");
	for (struct span rest = text; rest.n > 0;)
		FUZZ_CHECK(conversation_add(&written, fuzz_until(&rest, '\n'), &e));
	FUZZ_CHECK(conversation_read(&again, buf_span(&written), &sent, &e));
	FUZZ_CHECK(span_equal(buf_span(&sent), history));
	FUZZ_CHECK(again.items == c->items && again.kept == c->kept && again.kept_line == c->kept_line);
	FUZZ_CHECK(transcript_clean(NULL, text, &clean, &e) && span_equal(buf_span(&clean), text));
	buf_free(&written);
	buf_free(&sent);
	buf_free(&clean);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span own = fuzz_copy(span_of(data, n));
	struct conversation c;
	struct buf history;
	struct err e;

	buf_init(&history, INPUT_MAX, "history");
	if (conversation_read(&c, own, &history, &e)) {
		FUZZ_CHECK(strlen(c.id) == UUID_TEXT && c.kept + count_lines(buf_span(&history)) <= c.items);
		check_again(&c, buf_span(&history));
		check_request(&c, buf_span(&history));
		check_written(&c, own, buf_span(&history));
	} else {
		fuzz_check_err(&e);
		FUZZ_CHECK(e.kind == ERR_USAGE && span_starts(span_str(e.text), "line "));
	}
	buf_free(&history);
	fuzz_drop(own);
	return 0;
}
