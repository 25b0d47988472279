/* Unit tests of app/sink_tee: what the file has beside the sink that shows. */
#include "fakes.h"
#include "failing.h"

static const struct log no_log = {.fd = -1};

/* A sink over a file that is held open, as outfile_open leaves it. */
struct bed {
	struct outfile file;
	struct fake_sink shown;
	struct sink *sink;
};

static bool told(struct sink *s, enum sink_step step, struct span text, struct err *e)
{
	(void)step;
	(void)text;
	s->committed = false;
	return ++((struct fake_sink *)s)->ended > 0 || err_memory(e);
}

/* Of an answer that is none nothing is shown. */
static bool quiet_end(struct sink *s, enum sink_end how, struct err *e)
{
	return how != SINK_COMPLETE || fake_sink_call(s, span_str("."), e);
}

static struct sink_ops shown_ops;

static void lay(struct bed *b, enum outfile_kind kind, int fd)
{
	const struct sink_options o = {.fd = -1, .log = &no_log, .clock = &clock_system, .deadline_ms = CLOCK_NEVER, .hold = true};
	struct err e;

	memset(b, 0, sizeof *b);
	fake_sink_init(&b->shown);
	shown_ops = fake_sink_ops;
	shown_ops.tell = told;
	shown_ops.end = quiet_end;
	b->shown.sink.ops = &shown_ops;
	b->shown.sink.asides = true;
	b->file.kind = kind;
	b->file.given = "FILE";
	b->file.fd = fd;
	b->sink = &b->shown.sink;
	if (!sink_tee_open(&b->sink, &b->file, &o, &e))
		exit(99);
}

static int temporary(void)
{
	FILE *f = tmpfile();
	int fd = f == NULL ? -1 : dup(fileno(f));

	if (fd < 0)
		exit(99);
	fclose(f);
	return fd;
}

static struct span content(int fd)
{
	static char text[1 << 17];
	ssize_t n = pread(fd, text, sizeof text, 0);

	return span_of(text, n > 0 ? (size_t)n : 0);
}

static bool say(struct bed *b, enum sink_item kind, const char *text, struct err *e)
{
	return b->sink->ops->begin(b->sink, kind, e) && b->sink->ops->text(b->sink, span_str(text), e) &&
	       b->sink->ops->item_end(b->sink, e) && b->sink->ops->flush(b->sink, e);
}

static void check_file(void)
{
	struct bed b;
	struct err e;

	lay(&b, OUTFILE_PLACED, temporary());
	tap_ok(b.sink->asides && !b.sink->committed, "what the shown sink wants is wanted");
	tap_good(sink_tell(b.sink, SINK_THREAD, span_str("x"), &e) && sink_tell(b.sink, SINK_TURN, span_str(""), &e), &e, "what goes on beside it");
	tap_is_int((long long)b.shown.ended, 2, "... is told on");
	b.shown.ended = 0;
	tap_good(say(&b, SINK_COMMENTARY, "aside", &e) && say(&b, SINK_MESSAGE, "one", &e) && say(&b, SINK_REASONING, "hm", &e) &&
	         say(&b, SINK_MESSAGE, "two\n\n", &e), &e, "messages and asides");
	tap_ok(b.sink->committed && b.shown.ended == 4, "... are shown");
	tap_is_str(buf_span(&b.shown.got), "|c:aside|one|r:hm|two\n\n", "... all of them");
	b.sink->facts.usage.output = 7;
	tap_good(b.sink->ops->end(b.sink, SINK_COMPLETE, &e), &e, "... and complete");
	tap_is_str(content(b.file.fd), "one\ntwo\n", "the file has the messages");
	tap_is_int(b.shown.sink.facts.usage.output, 7, "... the shown sink the facts");
	close(b.file.fd);
	sink_free(&b.sink);
}

/* Enough that some of it is in the file already. */
static void check_discard(void)
{
	static char much[100 * 1000];
	struct bed b;
	struct err e;

	memset(much, 'x', sizeof much);
	lay(&b, OUTFILE_PLACED, temporary());
	b.sink->ops->discard(b.sink);
	tap_good(b.sink->ops->begin(b.sink, SINK_MESSAGE, &e) && b.sink->ops->text(b.sink, span_of(much, sizeof much), &e), &e, "much text");
	tap_ok(content(b.file.fd).n > 0, "... is in the file");
	b.shown.sink.committed = false;
	b.sink->ops->discard(b.sink);
	b.sink->ops->discard(b.sink);
	tap_good(say(&b, SINK_MESSAGE, "short", &e) && b.sink->ops->end(b.sink, SINK_COMPLETE, &e), &e, "another attempt");
	tap_is_str(content(b.file.fd), "short\n", "... has it for itself");
	close(b.file.fd);
	sink_free(&b.sink);

	lay(&b, OUTFILE_PLACED, temporary());
	tap_ok(b.sink->ops->begin(b.sink, SINK_MESSAGE, &e) && b.sink->ops->text(b.sink, span_of(much, sizeof much), &e), "much text");
	b.sink->ops->discard(b.sink);
	failing_start("ftruncate", 1, false, EIO);
	tap_fails(say(&b, SINK_MESSAGE, "short", &e), &e, ERR_OUTPUT, "... that cannot be taken back");
	failing_stop();
	b.sink->ops->discard(b.sink);
	failing_start("lseek", 1, false, EIO);
	tap_fails(b.sink->ops->end(b.sink, SINK_COMPLETE, &e), &e, ERR_OUTPUT, "... nor at the end");
	failing_stop();
	tap_good(b.sink->ops->end(b.sink, SINK_FAILED, &e), &e, "an end that is none does not care");
	close(b.file.fd);
	sink_free(&b.sink);
}

static void check_device(void)
{
	struct bed b;
	struct err e;
	int ends[2];
	char got[16];

	if (pipe(ends) != 0 || fcntl(ends[0], F_SETFL, O_NONBLOCK) != 0)
		exit(99);
	signal(SIGPIPE, SIG_IGN);
	lay(&b, OUTFILE_DIRECT, ends[1]);
	tap_good(b.sink->ops->begin(b.sink, SINK_MESSAGE, &e) && b.sink->ops->text(b.sink, span_str("lost"), &e), &e, "a device");
	b.shown.sink.committed = false;
	tap_ok(b.sink->ops->flush(b.sink, &e) && read(ends[0], got, sizeof got) < 0, "... gets nothing before something is shown");
	tap_ok(b.sink->ops->end(b.sink, SINK_FAILED, &e) && read(ends[0], got, sizeof got) < 0, "... nor of a failure");
	b.shown.sink.committed = false;
	b.sink->ops->discard(b.sink);
	tap_ok(say(&b, SINK_MESSAGE, "kept", &e) && read(ends[0], got, sizeof got) == 4, "... then each piece");
	tap_ok(b.sink->ops->end(b.sink, SINK_COMPLETE, &e) && read(ends[0], got, sizeof got) == 1, "... and the line's end");
	sink_free(&b.sink);
	for (int at = 0; at < 3; at++) {
		lay(&b, OUTFILE_DIRECT, ends[1]);
		if (at == 0)
			close(ends[0]);
		if (at == 0)
			tap_fails(say(&b, SINK_MESSAGE, "x", &e), &e, ERR_OUTPUT, "a reader that went away is not stdout's");
		b.sink->committed = b.shown.sink.committed = true;
		tap_ok(b.sink->ops->begin(b.sink, SINK_MESSAGE, &e) && b.sink->ops->text(b.sink, span_str("x"), &e), "text");
		tap_fails(b.sink->ops->end(b.sink, at == 1, &e), &e, ERR_OUTPUT, at == 1 ? "... at the end" : "... at an end that is none");
		tap_holds(span_str(e.text), "-o FILE: ", "... is said of the file");
		sink_free(&b.sink);
	}
	close(ends[1]);
}

/* The n-th call of the shown sink fails, then of the file's. */
static void check_failures(void)
{
	static char much[100 * 1000];
	struct bed b;
	struct err e;

	memset(much, 'x', sizeof much);
	for (size_t at = 1; at <= 3; at++) {
		lay(&b, OUTFILE_PLACED, temporary());
		b.shown.fail_at = at;
		tap_fails(say(&b, SINK_COMMENTARY, "x", &e) && b.sink->ops->end(b.sink, SINK_COMPLETE, &e), &e, ERR_PIPE, "the shown sink fails");
		close(b.file.fd);
		sink_free(&b.sink);
	}
	lay(&b, OUTFILE_PLACED, temporary());
	b.shown.fail_flush = true;
	tap_fails(say(&b, SINK_MESSAGE, "x", &e), &e, ERR_PIPE, "... in a flush");
	failing_start("fsync", 1, false, ENOSPC);
	tap_fails(b.sink->ops->end(b.sink, SINK_COMPLETE, &e), &e, ERR_OUTPUT, "the disk is full when it is written");
	failing_stop();
	failing_start("write", 1, false, ENOSPC);
	tap_fails(b.sink->ops->text(b.sink, span_of(much, sizeof much), &e), &e, ERR_OUTPUT, "... or before");
	failing_stop();
	tap_holds(span_str(e.text), "-o FILE: ", "... is said of the file");
	failing_start("write", 1, false, ENOSPC);
	tap_fails(b.sink->ops->end(b.sink, SINK_COMPLETE, &e), &e, ERR_OUTPUT, "... or with the rest");
	failing_stop();
	strcpy(b.file.path, "/proc/version");
	b.file.old = true;
	failing_start("unlink", 1, false, EROFS);
	tap_fails(sink_tell(b.sink, SINK_TURN, span_str(""), &e), &e, ERR_OUTPUT, "an old file that cannot be removed");
	failing_stop();
	close(b.file.fd);
	sink_free(&b.sink);
}

static bool open_tee(struct err *e)
{
	const struct sink_options o = {.fd = -1, .log = &no_log, .clock = &clock_system, .deadline_ms = CLOCK_NEVER};
	struct outfile file = {.kind = OUTFILE_PLACED, .fd = -1};
	struct fake_sink shown;
	struct sink *sink = &shown.sink;
	bool ok;

	fake_sink_init(&shown);
	ok = sink_tee_open(&sink, &file, &o, e);
	sink_free(&sink);
	return ok;
}

int main(void)
{
	check_file();
	check_discard();
	check_device();
	check_failures();
	tap_ok(failing_each("alloc", ENOMEM, ERR_MEMORY, false, open_tee), "no memory for it");
	return tap_done();
}
