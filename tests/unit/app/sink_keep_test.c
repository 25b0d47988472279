/* Unit tests of app/sink_keep: what is kept to be judged is the text as it would be written. */
#include "fakes.h"

struct bed {
	struct redact *redact;
	struct fake_sink shown;
	struct buf kept;
	struct sink *sink;
};

static void lay(struct bed *b, size_t max)
{
	struct err e;

	memset(b, 0, sizeof *b);
	learn(&b->redact, "secret-of-twenty-bytes");
	fake_sink_init(&b->shown);
	b->shown.sink.asides = true;
	buf_init(&b->kept, max, "what is kept");
	b->sink = &b->shown.sink;
	if (!sink_keep_open(&b->sink, b->redact, &b->kept, &e))
		exit(99);
}

static void lift(struct bed *b)
{
	sink_free(&b->sink);
	buf_free(&b->kept);
	redact_free(&b->redact);
}

static bool say(struct bed *b, enum sink_item kind, const char *text, struct err *e)
{
	struct span s = span_str(text);

	if (!b->sink->ops->begin(b->sink, kind, e))
		return false;
	for (size_t i = 0; i < s.n; i++) /* cut anywhere, also in a secret */
		if (!b->sink->ops->text(b->sink, span_cut(s, i, i + 1), e))
			return false;
	return b->sink->ops->item_end(b->sink, e) && b->sink->ops->flush(b->sink, e);
}

static void test_kept(void)
{
	static const struct {
		const char *name;
		const char *items[4]; /* 'm', 'c' or 'r', and the text */
		const char *want;
	} rows[] = {
		{"one message", {"mtext"}, "text"},
		{"two are joined by one newline", {"mone\n\n", "mtwo\n"}, "one\ntwo\n"},
		{"asides are no part of it", {"rthought", "ccomment", "mtext", "cbye"}, "text"},
		{"a secret is not kept", {"ma secret-of-twenty-bytes b"}, "a [redacted] b"},
		{"nor is most of one at the end", {"msecret-of-twenty-byte", "ms"}, "[redacted]\ns"},
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct bed b;
		struct err e;
		bool ok = true;

		lay(&b, 1024);
		for (size_t n = 0; n < 4 && rows[i].items[n] != NULL; n++) {
			const char *item = rows[i].items[n];

			ok = ok && say(&b, *item == 'm' ? SINK_MESSAGE : *item == 'c' ? SINK_COMMENTARY
					: SINK_REASONING, item + 1, &e);
		}
		tap_good(ok, &e, rows[i].name);
		tap_is_str(buf_span(&b.kept), rows[i].want, "... is kept");
		tap_ok(b.sink->committed == b.shown.sink.committed && b.sink->asides, "... as shown");
		lift(&b);
	}
}

static void test_another_attempt(void)
{
	struct bed b;
	struct err e;

	lay(&b, 1024);
	tap_good(b.sink->ops->begin(b.sink, SINK_MESSAGE, &e) &&
		b.sink->ops->text(b.sink, span_str("old secret-of"), &e), &e, "an attempt that was cut");
	b.shown.sink.committed = false;
	b.sink->ops->discard(b.sink);
	tap_is_int((long long)b.kept.n, 0, "... is forgotten");
	tap_good(say(&b, SINK_MESSAGE, "new", &e), &e, "the next one");
	tap_is_str(buf_span(&b.kept), "new", "... is kept alone");
	b.sink->facts.usage.output = 7;
	tap_good(b.sink->ops->end(b.sink, SINK_REJECTED, &e), &e, "its end");
	tap_is_int(b.shown.sink.facts.usage.output, 7, "... comes with the facts");
	tap_ok(span_ends(buf_span(&b.shown.got), "!"), "... and is told as it is");
	lift(&b);
}

static void test_ceiling(void)
{
	struct bed b;
	struct err e;

	lay(&b, 4);
	tap_fails(say(&b, SINK_MESSAGE, "12345", &e), &e, ERR_CEILING, "more than may be kept");
	lift(&b);
	lay(&b, 4);
	tap_good(say(&b, SINK_MESSAGE, "1234", &e), &e, "as much as may be kept");
	tap_fails(b.sink->ops->begin(b.sink, SINK_MESSAGE, &e), &e, ERR_CEILING, "... with nothing behind");
	lift(&b);
}

static bool keep_once(struct err *e)
{
	struct bed b;
	bool ok;

	failing_hold(true);
	lay(&b, 1 << 20);
	failing_hold(false);
	ok = say(&b, SINK_MESSAGE, "one", e) && say(&b, SINK_MESSAGE, "secret-of-twenty-bytes, and more", e) &&
	     b.sink->ops->end(b.sink, SINK_COMPLETE, e);
	failing_hold(true);
	lift(&b);
	failing_hold(false);
	return ok;
}

static void test_memory(void)
{
	struct bed b;
	struct sink *s;
	struct err e;

	lay(&b, 1024);
	s = b.sink;
	failing_start("alloc", 1, false, ENOMEM);
	tap_fails(sink_keep_open(&s, b.redact, &b.kept, &e), &e, ERR_MEMORY, "no memory for it");
	failing_stop();
	tap_ok(failing_each("alloc", ENOMEM, ERR_MEMORY, false, keep_once), "each allocation fails");
	tap_ok(s == b.sink, "... leaves the sink as it was");
	lift(&b);
}

int main(void)
{
	test_kept();
	test_another_attempt();
	test_ceiling();
	test_memory();
	return tap_done();
}
