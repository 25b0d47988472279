/* Unit tests of app/sink_text: what reaches the descriptor, byte for byte. */
#include <signal.h>

#include "base/limits.h"
#include "fakes.h"

#define SECRET "sk-0123456789abcdefghijklmnopqrstuvwxyz"

static const struct log no_log = {.fd = -1};

enum { PLAIN, TERMINAL, CI = 2 };

/* `text` holds the messages, parted by '|'. */
struct row {
	const char *name;
	const char *text;
	int reader;
	bool complete;
	const char *want;
};

static const struct row rows[] = {
	{"a newline is added", "hello", PLAIN, true, "hello\n"},
	{"a newline is kept", "hello\n", PLAIN, true, "hello\n"},
	{"several become one", "hello\n\n\n", PLAIN, true, "hello\n"},
	{"those inside stay", "\n\na\n\n\nb\n\n", PLAIN, true, "\n\na\n\n\nb\n"},
	{"no answer, no newline", "", PLAIN, true, ""},
	{"messages are joined by one", "a|b", PLAIN, true, "a\nb\n"},
	{"... whatever the first ended in", "a\n\n|b\n", PLAIN, true, "a\nb\n"},
	{"... and if the first was empty", "|b", PLAIN, true, "b\n"},
	{"cut short: nothing is added", "hel", PLAIN, false, "hel"},
	{"cut short on a terminal: the prompt gets its own line", "hel", TERMINAL, false, "hel\n"},
	{"the token goes", "x " SECRET " y", PLAIN, true, "x [redacted] y\n"},
	{"the token at the end", "x " SECRET, PLAIN, true, "x [redacted]\n"},
	{"what only begins like it stays", "x at-012", PLAIN, true, "x at-012\n"},
	{"raw control bytes in a file", "a\033[2Jb\tc\r\n", PLAIN, true, "a\033[2Jb\tc\r\n"},
	{"control bytes on a terminal", "a\033[2Jb\tc\x07", TERMINAL, true, "a^[[2Jb\tc^G\n"},
	{"UTF-8 on a terminal", "\xc3\xa4\xf0\x9f\x98\x80\xe2\x80\xae", TERMINAL, true, "\xc3\xa4\xf0\x9f\x98\x80\xef\xbf\xbd\n"},
	{"CI commands where no runner reads", "##[x]\n::y", PLAIN, true, "##[x]\n::y\n"},
	{"CI commands where one does", "##[x] a##vso[b\n ::y\na::b", CI, true, "## [x] a##vso [b\n : :y\na::b\n"},
	{"... at the start of a joined message", "a|::y", CI, true, "a\n: :y\n"},
};

/* Pieces of `step` bytes (0: whole), or one cut. */
static bool agrees(const struct row *r, const struct redact *redact, size_t step, size_t cut)
{
	struct fake_clock clock;
	struct buf got;
	struct err e;
	struct sink *sink;
	struct span text = span_str(r->text);
	FILE *file = tmpfile();
	bool ok;

	fake_clock_init(&clock);
	const struct sink_options o = {
		.fd = fileno(file), .redact = redact, .log = &no_log, .clock = &clock.clock, .deadline_ms = CLOCK_NEVER,
		.defuse_controls = r->reader == TERMINAL, .defuse_ci = r->reader == CI,
	};
	if (!sink_text_open(&sink, &o, &e))
		exit(99);
	ok = !sink->committed && sink->ops->begin(sink, SINK_MESSAGE, &e);
	for (size_t at = 0; ok && at < text.n;) {
		size_t end = step > 0 ? at + step : at < cut ? cut : text.n;
		size_t bar = span_find(text, '|', at);

		if (bar == at) {
			ok = sink->ops->item_end(sink, &e) && sink->ops->begin(sink, SINK_MESSAGE, &e);
			at++;
			continue;
		}
		end = end < bar ? end : bar;
		ok = sink->ops->text(sink, span_cut(text, at, end), &e);
		at = end;
	}
	ok = ok && sink->ops->end(sink, r->complete, &e);
	buf_init(&got, 4096, "the output");
	lseek(o.fd, 0, SEEK_SET);
	for (char c; read(o.fd, &c, 1) == 1;)
		keep(&got, span_of(&c, 1));
	ok = ok && span_equal_str(buf_span(&got), r->want) && sink->committed == (got.n > 0);
	if (!ok)
		tap_show("got", buf_span(&got));
	buf_free(&got);
	sink_free(&sink);
	sink_free(&sink);
	fclose(file);
	return ok;
}

static void check_rows(void)
{
	struct redact *redact;

	learn(&redact, SECRET);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		size_t bad = 0;

		tap_ok(agrees(&rows[i], redact, 0, 0), "%s", rows[i].name);
		for (size_t cut = 1; cut < strlen(rows[i].text); cut++)
			bad += !agrees(&rows[i], redact, 0, cut);
		tap_ok(bad == 0, "%s: the same at every cut", rows[i].name);
		tap_ok(agrees(&rows[i], redact, 1, 0), "%s: the same byte by byte", rows[i].name);
	}
	redact_free(&redact);
}

/* A flush shows all but what a filter holds back; that commits to nothing and can be discarded. */
static void check_flow(void)
{
	struct redact *redact;
	struct sink *sink;
	struct err e;
	int ends[2];
	char got[64];

	learn(&redact, "secret-of-twenty-bytes");
	if (pipe(ends) != 0 || fcntl(ends[0], F_SETFL, O_NONBLOCK) != 0)
		exit(99);
	const struct sink_options o = {
		.fd = ends[1], .redact = redact, .log = &no_log, .clock = &clock_system, .deadline_ms = CLOCK_NEVER,
	};
	if (!sink_text_open(&sink, &o, &e))
		exit(99);
	tap_good(sink->ops->text(sink, span_str("\n\n"), &e) && sink->ops->flush(sink, &e), &e, "line ends alone");
	tap_ok(!sink->committed && read(ends[0], got, sizeof got) < 0, "... wait, and commit to nothing");
	tap_good(sink->ops->text(sink, span_str("x"), &e) && sink->ops->flush(sink, &e), &e, "a byte");
	tap_ok(sink->committed && read(ends[0], got, sizeof got) == 3, "... is there after a flush");
	sink_free(&sink);

	if (!sink_text_open(&sink, &o, &e))
		exit(99);
	tap_good(sink->ops->text(sink, span_str("\n  ::lost secret\xe2\x82"), &e), &e, "text that was not flushed");
	sink->ops->discard(sink);
	tap_ok(!sink->committed && read(ends[0], got, sizeof got) < 0, "... is discarded");
	tap_good(sink->ops->text(sink, span_str("kept"), &e) && sink->ops->end(sink, SINK_COMPLETE, &e), &e, "... the next attempt's");
	tap_is_span(span_of(got, (size_t)read(ends[0], got, sizeof got)), span_str("kept\n"), "... stands alone");
	sink_free(&sink);

	close(ends[0]);
	if (!sink_text_open(&sink, &o, &e))
		exit(99);
	tap_fails(sink->ops->text(sink, span_str("x"), &e) && sink->ops->flush(sink, &e), &e, ERR_PIPE, "the reader is gone");
	tap_ok(sink->committed, "... but the byte was offered");
	sink_free(&sink);
	close(ends[1]);
	redact_free(&redact);
}

/* Nothing before the end, and then only when the answer is complete. */
static void check_hold(bool complete)
{
	static char text[1 << 20];
	struct fake_clock clock;
	struct sink *sink;
	struct err e;
	char got[64];
	FILE *file = tmpfile();
	bool ok = true;
	int n = 0;

	fake_clock_init(&clock);
	const struct sink_options o = {
		.fd = fileno(file), .log = &no_log, .clock = &clock.clock, .deadline_ms = CLOCK_NEVER, .hold = true,
	};
	if (!sink_text_open(&sink, &o, &e))
		exit(99);
	tap_good(sink->ops->text(sink, span_str("lost"), &e) && sink->ops->flush(sink, &e), &e, "text that is held");
	sink->ops->discard(sink);
	tap_good(sink->ops->text(sink, span_str("kept"), &e) && sink->ops->flush(sink, &e), &e, "... the next attempt's");
	tap_ok(!sink->committed && pread(o.fd, got, sizeof got, 0) == 0, "... commits to nothing");
	tap_good(sink->ops->end(sink, complete, &e), &e, complete ? "... is written at the end" : "... is dropped when the end is none");
	tap_is_str(span_of(got, (size_t)pread(o.fd, got, sizeof got, 0)), complete ? "kept\n" : "", "... the output");
	tap_ok(sink->committed == complete, "... committed then");
	sink_free(&sink);

	if (!sink_text_open(&sink, &o, &e))
		exit(99);
	memset(text, 'x', sizeof text);
	for (; ok && n < 20; n++)
		ok = sink->ops->text(sink, span_of(text, sizeof text), &e);
	tap_fails(ok, &e, ERR_CEILING, "what is held has a ceiling");
	tap_holds(span_str(e.text), "--buffer", "... that is named");
	tap_is_int(n, BUFFERED_ANSWER_MAX / (int)sizeof text + 1, "... where it should be");
	sink_free(&sink);
	fclose(file);
}

static struct sink *open_nowhere(void)
{
	static const struct sink_options o = {.fd = -1, .log = &no_log, .clock = &clock_system, .deadline_ms = CLOCK_NEVER};
	struct sink *sink;
	struct err e;

	if (!sink_text_open(&sink, &o, &e))
		exit(99);
	return sink;
}

static void begin_an_aside(void)
{
	struct err e;

	(void)!open_nowhere()->ops->begin(open_nowhere(), SINK_REASONING, &e);
}

static void discard_what_was_seen(void)
{
	struct sink *sink = open_nowhere();

	sink->committed = true;
	sink->ops->discard(sink);
}

int main(void)
{
	tap_aborts(begin_an_aside, "an aside is begun where none is wanted");
	tap_aborts(discard_what_was_seen, "what was written is discarded");
	signal(SIGPIPE, SIG_IGN);
	check_rows();
	check_hold(true);
	check_hold(false);
	check_flow();
	return tap_done();
}
