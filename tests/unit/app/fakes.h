/*
 * fakes - what the rooms of the app floor are given in tests: a clock that stands still until it
 * is moved, random bytes that never change, a log that is kept, files, a sink that records.
 */
#ifndef FAKES_H
#define FAKES_H

#include <fcntl.h>
#include <sys/stat.h>

#include "app/sink.h"
#include "base/log.h"
#include "base/rand.h"
#include "failing.h"
#include "tap.h"

enum { KEPT_MAX = 64 << 20 };

/* Keeping what a test has made must not fail. */
__attribute__((unused))
static void keep(struct buf *b, struct span s)
{
	struct err e;

	failing_hold(true);
	if (!buf_add(b, s, &e)) {
		printf("Bail out! %s\n", e.text);
		exit(99);
	}
	failing_hold(false);
}

/* A redactor that knows one word. */
__attribute__((unused))
static void learn(struct redact **r, const char *word)
{
	struct buf b;
	struct secret *s = NULL;
	struct err e;

	buf_init_wiping(&b, 4096, "a secret");
	keep(&b, span_str(word));
	if (!redact_new(r, &e) || !secret_take(&s, &b, &e) || !redact_learn(*r, s, &e))
		exit(99);
	secret_free(&s);
}

/* ------------------------------------------------------------------ clock */

struct fake_clock {
	struct clock clock;
	int64_t now_ms;
	int64_t step_ms; /* passes at every look */
};

static int64_t fake_now(void *ctx)
{
	struct fake_clock *f = ctx;

	return f->now_ms += f->step_ms;
}

__attribute__((unused))
static void fake_clock_init(struct fake_clock *f)
{
	*f = (struct fake_clock){.now_ms = 1000};
	f->clock = (struct clock){fake_now, fake_now, f};
}

/* ----------------------------------------------------------- random bytes */

static bool fake_rand_fill(void *ctx, void *p, size_t n)
{
	(void)ctx;
	memset(p, 0xab, n);
	return true;
}

static bool fake_rand_fail(void *ctx, void *p, size_t n)
{
	(void)ctx;
	(void)p;
	(void)n;
	return false;
}

/* Always the same ones, and none. */
static const struct rand fake_rand = {fake_rand_fill, NULL}, fake_no_rand = {fake_rand_fail, NULL};

/* -------------------------------------------------------------------- log */

struct fake_log {
	struct log log;
	struct buf said; /* after fake_log_read */
};

__attribute__((unused))
static void fake_log_init(struct fake_log *f)
{
	FILE *file = tmpfile();

	*f = (struct fake_log){.log = {.fd = file == NULL ? -1 : dup(fileno(file)), .verbose = true}};
	buf_init(&f->said, 1 << 20, "the log");
	if (f->log.fd < 0)
		exit(99);
	fclose(file);
}

/* All that a file holds. */
__attribute__((unused))
static void read_back(int fd, struct buf *out)
{
	char piece[4096];
	ssize_t n;

	buf_clear(out);
	lseek(fd, 0, SEEK_SET);
	while ((n = read(fd, piece, sizeof piece)) > 0)
		keep(out, span_of(piece, (size_t)n));
}

/* What was said since the last look; borrowed until the next. */
__attribute__((unused))
static struct span fake_log_read(struct fake_log *f)
{
	read_back(f->log.fd, &f->said);
	if (ftruncate(f->log.fd, 0) != 0 || lseek(f->log.fd, 0, SEEK_SET) != 0)
		exit(99);
	return buf_span(&f->said);
}

__attribute__((unused))
static void fake_log_free(struct fake_log *f)
{
	close(f->log.fd);
	buf_free(&f->said);
}

/* ------------------------------------------------------------------ files */

/* Whatever the umask is. */
__attribute__((unused))
static void put_file(const char *name, const char *text, mode_t mode)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text) || fchmod(fd, mode) != 0)
		exit(99);
	close(fd);
}

/* "" when it is not there; borrowed until the next. */
__attribute__((unused))
static struct span get_file(const char *name)
{
	static char text[64 * 1024];
	int fd = open(name, O_RDONLY);
	ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof text);

	if (fd >= 0)
		close(fd);
	return span_of(text, n > 0 ? (size_t)n : 0);
}

__attribute__((unused))
static mode_t mode_of(const char *name)
{
	struct stat st;

	return stat(name, &st) == 0 ? st.st_mode & 07777 : 0;
}

/* ------------------------------------------------------------------- sink */

/* Messages are parted by '|' in `got`, so that a newline of the text is told from a join. */
struct fake_sink {
	struct sink sink;
	struct buf got;
	size_t calls;
	size_t ended;   /* items */
	size_t fail_at; /* this call fails, counted from 1; 0 = none */
	bool fail_flush;
};

static bool fake_sink_call(struct sink *s, struct span text, struct err *e)
{
	struct fake_sink *f = (struct fake_sink *)s;

	if (++f->calls == f->fail_at)
		return err_set(e, ERR_PIPE, 0, "the reader went away");
	s->committed = true;
	keep(&f->got, text);
	return true;
}

static bool fake_sink_begin(struct sink *s, enum sink_item kind, struct err *e)
{
	static const char *const marks[] = {[SINK_MESSAGE] = "|", [SINK_COMMENTARY] = "|c:", [SINK_REASONING] = "|r:"};
	struct fake_sink *f = (struct fake_sink *)s;

	return (f->got.n == 0 && kind == SINK_MESSAGE) || fake_sink_call(s, span_str(marks[kind]), e);
}

static bool fake_sink_item_end(struct sink *s, struct err *e)
{
	(void)e;
	((struct fake_sink *)s)->ended++;
	return true;
}

/* What was given is seen at once; a flush may still fail. */
static bool fake_sink_flush(struct sink *s, struct err *e)
{
	struct fake_sink *f = (struct fake_sink *)s;

	return !f->fail_flush || err_set(e, ERR_PIPE, 0, "the reader went away");
}

static void fake_sink_discard(struct sink *s)
{
	buf_clear(&((struct fake_sink *)s)->got);
}

static bool fake_sink_end(struct sink *s, enum sink_end how, struct err *e)
{
	return fake_sink_call(s, span_str(how == SINK_COMPLETE ? "." : "!"), e);
}

static void fake_sink_free(struct sink *s)
{
	buf_free(&((struct fake_sink *)s)->got);
}

static const struct sink_ops fake_sink_ops = {
	.begin = fake_sink_begin, .text = fake_sink_call, .item_end = fake_sink_item_end, .flush = fake_sink_flush,
	.discard = fake_sink_discard, .end = fake_sink_end, .free = fake_sink_free,
};

__attribute__((unused))
static void fake_sink_init(struct fake_sink *f)
{
	*f = (struct fake_sink){.sink = {.ops = &fake_sink_ops}};
	buf_init(&f->got, KEPT_MAX, "what the sink got");
}

/* ---------------------------------------------------------------- helpers */

/* Does `s` hold `word`? */
__attribute__((unused))
static bool holds(struct span s, const char *word)
{
	struct span w = span_str(word);

	for (size_t i = 0; i + w.n <= s.n; i++)
		if (memcmp(s.p + i, w.p, w.n) == 0)
			return true;
	return false;
}

__attribute__((unused))
static bool tap_holds(struct span s, const char *word, const char *name)
{
	bool ok = tap_ok(holds(s, word), "%s", name);

	if (!ok) {
		tap_show("got      ", s);
		tap_show("must hold", span_str(word));
	}
	return ok;
}

/* Repeats: the same numbers in every run. */
__attribute__((unused))
static uint32_t dice(uint32_t *state, uint32_t sides)
{
	*state = *state * 1664525 + 1013904223;
	return (*state >> 8) % sides;
}

#endif
