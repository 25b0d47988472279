#include "codex/failure.h"

#include <string.h>

#include "base/clock.h"
#include "base/fmt.h"
#include "base/limits.h"
#include "base/text.h"
#include "codex/failure_table.h"
#include "wire/date.h"

/* Bytes of the error record kept free for what callers add around the text. */
enum { TEXT_RESERVE = 112 };

void failure_init(struct failure *f)
{
	*f = (struct failure){.retry_after_ms = -1, .should_retry = -1, .rule = ""};
}

/* ---- headers ---- */

static struct span header(const struct failure_headers *h, const char *name)
{
	return span_trim(h->get(h->ctx, name));
}

static bool contains_nocase(struct span s, const char *what)
{
	struct span w = span_str(what);

	for (size_t i = 0; i + w.n <= s.n; i++)
		if (span_equal_nocase(span_cut(s, i, i + w.n), w))
			return true;
	return false;
}

static bool says_page(const struct failure_headers *h)
{
	return contains_nocase(header(h, "content-type"), "text/html") ||
	       contains_nocase(header(h, "content-type"), "application/xhtml");
}

/* HTML by its looks, or by its type unless it looks like JSON. */
static bool is_page(const struct failure_headers *h, struct span body)
{
	body = span_trim(body);
	if (failure_words_is_markup(body))
		return !span_starts(body, "<?xml");
	return says_page(h) && !span_starts(body, "{") && !span_starts(body, "[");
}

static int64_t seconds_to_ms(int64_t s)
{
	return s > INT64_MAX / 1000 ? INT64_MAX : s * 1000;
}

/*
 * Retry-After counts seconds or names a date (RFC 9110 section 10.2.3); retry-after-ms is
 * finer and wins.
 */
static int64_t read_retry_after(const struct failure_headers *h, int64_t now_s)
{
	struct span value = header(h, "retry-after-ms");
	int64_t milli, at;

	if (span_take_milli(&value, &milli) && value.n == 0)
		return milli / 1000;
	value = header(h, "retry-after");
	if (span_take_milli(&value, &milli) && value.n == 0)
		return milli;
	value = header(h, "retry-after");
	if (date_parse(value, now_s, &at))
		return at > now_s ? seconds_to_ms(at - now_s) : 0;
	return -1;
}

static int read_should_retry(const struct failure_headers *h)
{
	struct span value = header(h, "x-should-retry");

	return span_equal_nocase(value, span_str("true")) ? 1
	     : span_equal_nocase(value, span_str("false")) ? 0 : -1;
}

/* ---- what is shown ---- */

/*
 * Appends s without secrets, as one line of at most `max` bytes. Looked through before anything is
 * cut, and once more as it will be shown: the end of an escape ("\x1a") may be a secret's first
 * letter.
 */
static bool add_clean(struct buf *out, struct span s, size_t max, const struct redact *redact,
                      struct err *e)
{
	struct buf clean, line;
	bool ok;

	if (redact == NULL)
		return text_one_line(s, max, out, e);
	buf_init_wiping(&clean, 16 * ERROR_BODY_MAX, "error text");
	buf_init_wiping(&line, ERROR_BODY_MAX, "error text");
	ok = redact_all(redact, s, &clean, e) && text_one_line(buf_span(&clean), max, &line, e);
	buf_clear(&clean);
	ok = ok && redact_all(redact, buf_span(&line), &clean, e) &&
	     text_one_line(buf_span(&clean), max, out, e);
	buf_free(&clean);
	buf_free(&line);
	return ok;
}

/* A name the server gave, copied when it fits and the redactor has nothing to say to it. */
static bool copy_name(char *out, size_t size, struct span s, const struct redact *redact,
                      struct err *e)
{
	struct buf clean;
	bool ok;

	out[0] = '\0';
	if (s.n == 0 || s.n >= size)
		return true;
	buf_init_wiping(&clean, 16 * size, "name");
	ok = add_clean(&clean, s, size - 1, redact, e);
	if (ok && span_equal(buf_span(&clean), s)) {
		memcpy(out, s.p, s.n);
		out[s.n] = '\0';
	}
	buf_free(&clean);
	return ok;
}

/* "(HTTP 403, cf-ray 8f00ba4)", "(plan business, resets 2026-11-23 20:54 UTC)" */
static bool add_facts(struct buf *out, const struct failure *f, const struct failure_rule *r,
                      const char *cf_ray, struct err *e)
{
	char when[CLOCK_TEXT_MAX], text[320];
	size_t n = 0;

	text[0] = '\0';
	if (r->kind == ERR_LIMIT && f->plan[0] != '\0')
		n += fmt_into(text + n, sizeof text - n, ", plan %s", f->plan);
	if (r->kind == ERR_LIMIT && f->resets_at_s > 0) {
		clock_format_utc(f->resets_at_s, when);
		n += fmt_into(text + n, sizeof text - n, ", resets %s", when);
	}
	if (f->status != 0)
		n += fmt_into(text + n, sizeof text - n, ", HTTP %d", f->status);
	if (r->kind == ERR_EDGE && cf_ray[0] != '\0')
		fmt_into(text + n, sizeof text - n, ", cf-ray %s", cf_ray);
	return text[0] == '\0' || (buf_add_str(out, " (", e) && buf_add_str(out, text + 2, e) &&
	                           buf_add_byte(out, ')', e));
}

/* The server's words, or its code when it has none; of an edge, nothing. */
static bool add_words(struct buf *out, const struct failure *f, const struct failure_rule *r,
                      const struct failure_words *w, const struct redact *redact, struct err *e)
{
	size_t room = out->max - out->n > 2 ? out->max - out->n - 2 : 0;
	struct span said = span_trim(buf_span(&w->message));

	if (said.n == 0)
		said = span_str(f->code);
	if (said.n == 0 || room < 16 || r->kind == ERR_EDGE || failure_words_is_markup(said))
		return true;
	return buf_add_str(out, ": ", e) &&
	       add_clean(out, said, room < SERVER_TEXT_MAX ? room : SERVER_TEXT_MAX, redact, e);
}

/* What is known is in f; puts it in words. Returns false. */
static bool tell(const struct failure *f, const char *what, const struct failure_rule *r,
                 const struct failure_words *w, const char *cf_ray, const struct redact *redact,
                 struct err *e)
{
	struct buf text;

	buf_init_wiping(&text, ERR_TEXT_MAX - TEXT_RESERVE, "error text");
	if (buf_add_str(&text, what, e) && buf_add_str(&text, ": ", e) &&
	    buf_add_str(&text, r->words, e) && add_facts(&text, f, r, cf_ray, e) &&
	    add_words(&text, f, r, w, redact, e))
		err_set(e, r->kind, 0, "%.*s", (int)text.n, (const char *)text.p);
	buf_free(&text);
	return false;
}

/* Facts of every failure that brings words. */
static bool fill(struct failure *f, const struct failure_words *w, const struct redact *redact,
                 int64_t now_s, struct err *e)
{
	if (w->resets_at_s > 0 && w->resets_at_s <= CLOCK_WALL_MAX_S)
		f->resets_at_s = w->resets_at_s;
	else if (w->resets_in_ms >= 0 && w->resets_in_ms / 1000 <= CLOCK_WALL_MAX_S - now_s)
		f->resets_at_s = now_s + w->resets_in_ms / 1000;
	return copy_name(f->code, sizeof f->code, span_str(w->code[0] != '\0' ? w->code : w->type),
	                 redact, e) &&
	       copy_name(f->plan, sizeof f->plan, span_str(w->plan), redact, e);
}

static void set_rule(struct failure *f, const struct failure_rule *r, const struct failure_words *w)
{
	f->rule = r->name;
	if (r->kind == ERR_BUSY && f->retry_after_ms < 0)
		f->retry_after_ms = failure_words_wait_ms(buf_span(&w->message));
}

/* The body first; headers tell what it leaves out. */
static bool read_words(struct failure_words *w, const struct failure_headers *h, struct span body,
                       bool page, struct err *e)
{
	if (!page && !failure_words_from_body(w, body, e))
		return false;
	if (!failure_words_from_base64(w, header(h, "x-error-json"), e))
		return false;
	failure_words_from_code(w, header(h, "x-openai-authorization-error"));
	return true;
}

static bool read_request_id(struct failure *f, const struct failure_headers *h,
                            const struct redact *redact, struct err *e)
{
	struct span id = header(h, "x-request-id");

	return copy_name(f->request_id, sizeof f->request_id, id.n > 0 ? id : header(h, "cf-ray"),
	                 redact, e);
}

bool failure_from_response(struct failure *f, const char *what, int status,
                           const struct failure_headers *h, struct span body, int64_t now_s,
                           const struct redact *redact, struct err *e)
{
	bool page = is_page(h, body);
	unsigned facts = (page ? FAILURE_PAGE : 0) |
	                 (header(h, "cf-mitigated").n > 0 ? FAILURE_MITIGATED : 0);
	struct failure_words w;
	char cf_ray[128];

	failure_init(f);
	f->status = status;
	f->page = page;
	f->retry_after_ms = read_retry_after(h, now_s);
	f->should_retry = read_should_retry(h);
	failure_words_init(&w);
	if (read_words(&w, h, body, page, e) && fill(f, &w, redact, now_s, e) &&
	    copy_name(cf_ray, sizeof cf_ray, header(h, "cf-ray"), redact, e) &&
	    read_request_id(f, h, redact, e)) {
		const struct failure_rule *r;

		if (contains_nocase(buf_span(&w.message), "model"))
			facts |= FAILURE_ABOUT_MODEL;
		r = failure_table_find(status, &w, facts);
		set_rule(f, r, &w);
		tell(f, what, r, &w, cf_ray, redact, e);
	}
	failure_words_free(&w);
	return false;
}

bool failure_from_event(struct failure *f, const struct json *j, int error, int64_t now_s,
                        const struct redact *redact, struct err *e)
{
	struct failure_words w;

	failure_init(f);
	failure_words_init(&w);
	if (failure_words_from_object(&w, j, error, e) && fill(f, &w, redact, now_s, e)) {
		const struct failure_rule *r = failure_table_find(0, &w, 0);

		set_rule(f, r, &w);
		tell(f, "the answer failed", r, &w, "", redact, e);
	}
	failure_words_free(&w);
	return false;
}

bool failure_check_success(struct failure *f, const char *what, int status,
                           const struct failure_headers *h, struct err *e)
{
	struct span coding = header(h, "content-encoding");

	if (status != 200 || header(h, "cf-mitigated").n > 0)
		return failure_from_response(f, what, status, h, span_str(""), 0, NULL, e);
	failure_init(f);
	f->status = status;
	f->page = says_page(h);
	if (!read_request_id(f, h, NULL, e))
		return false;
	if (coding.n > 0 && !span_equal_nocase(coding, span_str("identity")))
		return err_set(e, ERR_PROTOCOL, 0,
		               "%s: the answer is encoded, which was not asked for", what);
	if (f->page)
		return err_set(e, ERR_PROTOCOL, 0, "%s: a web page came instead of an answer",
		               what);
	return true;
}
