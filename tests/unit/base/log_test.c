/* Lines on their way to stderr. */
#include "base/log.h"

#include <fcntl.h>

#include "base/limits.h"
#include "failing.h"
#include "tap.h"

static struct err err;
static int ends[2];

enum { FORMATTED_EDGE = SERVER_TEXT_MAX + ERR_TEXT_MAX }; /* where a format is cut */

/* What was written since the last time. */
static struct span said(struct buf *b)
{
	ssize_t n;

	buf_clear(b);
	if (!buf_reserve(b, 32768, &err))
		exit(99);
	while ((n = read(ends[0], b->p + b->n, b->cap - b->n)) > 0)
		b->n += (size_t)n;
	return buf_span(b);
}

static size_t fill_pipe(int fd, bool blocking)
{
	static const char page[4096];
	size_t n = 0;
	ssize_t put;

	fcntl(fd, F_SETFL, O_NONBLOCK);
	while ((put = write(fd, page, sizeof page)) > 0)
		n += (size_t)put;
	if (blocking)
		fcntl(fd, F_SETFL, 0);
	return n;
}

/* Waited for once, and no longer than the run may take. */
static void check_stuck(bool blocking, int64_t run_ms, int64_t first_ms)
{
	bool deaf = false;
	int pair[2];
	int64_t began_ms = clock_mono_ms(&clock_system), took_ms;
	struct log l = {.deaf = &deaf, .clock = &clock_system};
	char text[4096];
	size_t held;

	if (pipe(pair) != 0)
		exit(99);
	l.fd = pair[1];
	l.deadline_ms = clock_after(began_ms, run_ms);
	held = fill_pipe(pair[1], blocking);
	alarm(20);
	log_note(&l, "unheard");
	took_ms = clock_mono_ms(&clock_system) - began_ms;
	tap_ok(deaf && took_ms >= first_ms && took_ms < first_ms + 500,
		"a full stderr is waited for %lld ms: %lld", (long long)first_ms, (long long)took_ms);
	began_ms = clock_mono_ms(&clock_system);
	for (int i = 0; i < 100; i++)
		log_note(&l, "unheard");
	took_ms = clock_mono_ms(&clock_system) - began_ms;
	tap_ok(took_ms < 500, "and then no more: %lld", (long long)took_ms);
	while (held > 0 && read(pair[0], text, sizeof text) > 0)
		held -= sizeof text;
	log_note(&l, "heard");
	tap_is_str(span_of(text, (size_t)read(pair[0], text, sizeof text)), "octavo: heard\n",
		"what it takes again is written, what was dropped is gone");
	alarm(0);
	close(pair[0]);
	close(pair[1]);
}

static struct redact *known;

/* A line says either what it should or that there is no memory, never a part. */
static bool say_one(struct err *e)
{
	struct log l = {.fd = ends[1], .redact = known};
	struct buf b;
	bool ok;

	log_note(&l, "at-0123456789abcdefghijklmnopqrstuvwxyz and %0100d", 1);
	failing_hold(true);
	buf_init(&b, 1 << 16, "said");
	said(&b);
	ok = span_starts(buf_span(&b), "octavo: [redacted] and 000") && b.n > 100;
	if (!ok && span_equal_str(buf_span(&b), "octavo: out of memory\n"))
		err_memory(e);
	buf_free(&b);
	failing_hold(false);
	return ok;
}

static void test_memory(struct redact *r)
{
	if (pipe(ends) != 0)
		exit(99);
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	known = r;
	tap_ok(failing_each("alloc", ENOMEM, ERR_MEMORY, false, say_one), "without memory");
	close(ends[0]);
	close(ends[1]);
}

int main(void)
{
	bool status = false;
	struct log l = {.fd = -1};
	struct redact *r;
	struct secret *s;
	struct buf b, out;
	char big[FORMATTED_EDGE + 64];

	if (pipe(ends) != 0 || fcntl(ends[0], F_SETFL, O_NONBLOCK) != 0)
		exit(99);
	buf_init(&out, 1 << 20, "output");
	buf_init_wiping(&b, 100, "secret");
	if (!buf_add_str(&b, "at-0123456789abcdefghijklmnopqrstuvwxyz", &err) ||
		!secret_take(&s, &b, &err) || !redact_new(&r, &err) || !redact_learn(r, s, &err))
		exit(99);

	log_note(&l, "unheard");
	l.fd = ends[1];
	log_note(&l, "a line of %d", 7);
	tap_is_str(said(&out), "octavo: a line of 7\n", "a note");
	log_step(&l, "quiet");
	tap_is_str(said(&out), "", "a step without -v");
	l.verbose = true;
	log_step(&l, "step %s", "one");
	tap_is_str(said(&out), "octavo: step one\n", "a step with -v");
	log_note(&l, "two\nlines\x1b[31m \xff");
	tap_is_str(said(&out), "octavo: two lines\\x1b[31m \\xff\n", "one printable line");
	log_note(&l, "%s", "");
	tap_is_str(said(&out), "octavo: \n", "an empty note");

	l.redact = r;
	log_note(&l, "Bearer at-0123456789abcdefghijklmnopqrstuvwxyz.");
	tap_is_str(said(&out), "octavo: Bearer [redacted].\n", "a secret");
	log_note(&l, "at-0123456789abcdefghijklmnopqrstuvwxy\x1b");
	tap_is_str(said(&out), "octavo: at-0123456789abcdefghijklmnopqrstuvwxy\\x1b\n",
		"nearly a secret");
	log_note(&l, "at-0123456789abcdefgh");
	tap_is_str(said(&out), "octavo: [redacted]\n", "the better part of a secret");

	log_note(&l, "\x1a" "t-0123456789abcdefghijklmnopqrstuvwxyz");
	tap_is_str(said(&out), "octavo: \\x1[redacted]\n", "a secret begun by an escape of ours");

	log_note(&l, "##[error] ::x");
	tap_is_str(said(&out), "octavo: ##[error] ::x\n", "commands without a runner");
	l.defuse_ci = true;
	log_note(&l, "##[error] ::x section_start:1");
	tap_is_str(
		said(&out), "octavo: ## [error] ::x section_start :1\n", "commands with a runner");

	log_status(&l, "waiting");
	tap_is_str(said(&out), "", "no status line where there is no terminal");
	l.status = &status;
	log_status(&l, "waiting for %s", "whoami");
	tap_is_str(said(&out), "waiting for whoami", "a status line on a terminal");
	log_status(&l, "waiting for stdin");
	tap_is_str(said(&out), "\r\033[Kwaiting for stdin", "replaced by the next");
	log_note(&l, "gone");
	tap_is_str(said(&out), "\r\033[Koctavo: gone\n", "and by a note");
	log_status_clear(&l);
	tap_is_str(said(&out), "", "cleared once");
	l.status = NULL;

	/* A long line is cut, and never through a secret. */
	memset(big, 'x', sizeof big);
	big[sizeof big - 1] = '\0';
	for (size_t at = 4000; at < 4100; at++) {
		memset(big, 'x', sizeof big - 1);
		memcpy(big + at, "at-0123456789abcdefghijklmnopqrstuvwxyz", 39);
		log_note(&l, "%s", big);
		struct span line = said(&out);
		bool shown = false;
		for (size_t i = 0; i + 8 <= line.n; i++)
			shown |= memcmp(line.p + i, "at-01234", 8) == 0;
		if (shown || line.n > SERVER_TEXT_MAX + 9 || line.p[line.n - 1] != '\n')
			tap_ok(false, "a long line with a secret at %zu", at);
	}
	for (size_t at = FORMATTED_EDGE - 45; at < FORMATTED_EDGE + 5; at++) {
		memset(big, ' ', sizeof big - 1);
		memcpy(big + at, "at-0123456789abcdefghijklmnopqrstuvwxyz", 39);
		log_note(&l, "%s", big);
		struct span line = said(&out);
		for (size_t i = 0; i + 11 <= line.n; i++)
			if (memcmp(line.p + i, "at-01234567", 11) == 0)
				tap_ok(false, "a secret at the formatter's end, %zu", at);
	}
	tap_ok(true, "long lines");

	close(ends[0]);
	close(ends[1]);
	log_note(&l, "to nobody");
	tap_ok(true, "a stderr that is closed is ignored");
	check_stuck(true, 60000, LOG_WAIT_MS);
	check_stuck(false, 60000, LOG_WAIT_MS);
	check_stuck(true, 100, 100);
	test_memory(r);
	redact_free(&r);
	secret_free(&s);
	buf_free(&out);

	return tap_done();
}
