#include "base/log.h"

#include <stdarg.h>

#include "base/defuse.h"
#include "base/fmt.h"
#include "base/limits.h"
#include "base/output.h"
#include "base/text.h"

enum { FORMATTED_MAX = SERVER_TEXT_MAX + ERR_TEXT_MAX, STATUS_MAX = 80 };

/* Who took nothing for so long is not waited for again. */
static void write_out(const struct log *l, struct span s)
{
	const struct clock *clock = l->clock != NULL ? l->clock : &clock_system;
	int64_t until_ms = 0;
	struct err e;

	if (l->deaf != NULL && !*l->deaf)
		until_ms = clock_after(clock_mono_ms(clock), LOG_WAIT_MS);
	if (until_ms > l->deadline_ms)
		until_ms = l->deadline_ms;
	if (!output_write(l->fd, s, clock, until_ms, &e) && e.kind == ERR_TIME && l->deaf != NULL)
		*l->deaf = true;
}

/* What has been made fit to show goes out; nobody can be told that it did not. */
static void put(const struct log *l, struct span s)
{
	log_status_clear(l);
	write_out(l, s);
}

static bool add_defused(const struct log *l, struct span s, struct buf *out, struct err *e)
{
	struct defuse d;

	defuse_init(&d, (struct defuse_options){.ci = l->defuse_ci});
	return defuse_feed(&d, s, out, e) && defuse_finish(&d, out, e);
}

/*
 * The redactor first: what cuts and what escapes must not get to see a secret. And once more: the
 * end of an escape ("\x1a") may be a secret's first letter.
 */
static bool add_line(const struct log *l, struct span text, struct buf *out, struct err *e)
{
	struct buf clean, line;
	bool ok;

	buf_init_wiping(&clean, 4 * FORMATTED_MAX, "log line");
	buf_init_wiping(&line, 2 * FORMATTED_MAX, "log line");
	ok = redact_all(l->redact, text, &clean, e) && buf_add_str(&line, "octavo: ", e) &&
	     text_one_line(buf_span(&clean), SERVER_TEXT_MAX, &line, e);
	buf_clear(&clean);
	ok = ok && redact_all(l->redact, buf_span(&line), &clean, e) &&
	     add_defused(l, buf_span(&clean), out, e) && buf_add_byte(out, '\n', e);
	buf_free(&clean);
	buf_free(&line);
	return ok;
}

static void say(const struct log *l, const char *fmt, va_list ap) PRINTF(2, 0);

static void say(const struct log *l, const char *fmt, va_list ap)
{
	char text[FORMATTED_MAX];
	struct buf out;
	struct err e;
	size_t n;

	if (l->fd < 0)
		return;
	n = fmt_into_list(text, sizeof text, fmt, ap);
	buf_init(&out, 4 * FORMATTED_MAX, "log line");
	if (add_line(l, span_of(text, n < sizeof text ? n : sizeof text - 1), &out, &e))
		put(l, buf_span(&out));
	else
		put(l, span_str("octavo: out of memory\n"));
	buf_free(&out);
	wipe(text, sizeof text);
}

void log_note(const struct log *l, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(l, fmt, ap);
	va_end(ap);
}

void log_step(const struct log *l, const char *fmt, ...)
{
	va_list ap;

	if (!l->verbose)
		return;
	va_start(ap, fmt);
	say(l, fmt, ap);
	va_end(ap);
}

void log_status(const struct log *l, const char *fmt, ...)
{
	char text[STATUS_MAX];
	va_list ap;

	if (l->status == NULL)
		return;
	va_start(ap, fmt);
	fmt_into_list(text, sizeof text, fmt, ap);
	va_end(ap);
	put(l, span_str(text));
	*l->status = true;
}

void log_status_clear(const struct log *l)
{
	if (l->status == NULL || !*l->status)
		return;
	*l->status = false;
	write_out(l, span_str("\r\033[K"));
}
