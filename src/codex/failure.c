#include "codex/failure.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/text.h"
#include "codex/failure_words.h"
#include "wire/date.h"

/* Bytes of the error record kept free for what callers add around the text. */
enum { TEXT_RESERVE = 112 };

enum {
	MITIGATED = 1, /* the response says cf-mitigated */
	PAGE = 2,      /* the body is HTML */
	ABOUT_MODEL = 4, /* the server's words name the model */
};

/*
 * The first row that matches is the class. A row matches when the status lies in first..last (an
 * error inside the stream has status 0), when code or type is `code` (NULL: any; a leading
 * '*': any that ends so), and when all of `facts` hold.
 */
static const struct rule {
	const char *name;
	short first, last;
	const char *code;
	unsigned facts;
	enum err_kind kind;
	const char *words;
} rules[] = {
	{"mitigated", 100, 999, NULL, MITIGATED, ERR_EDGE, "blocked at the edge (the CDN, not the token)"},
	{"page at 403", 403, 403, NULL, PAGE, ERR_EDGE, "blocked at the edge (the CDN, not the token)"},

	{"usage limit", 0, 999, "usage_limit_reached", 0, ERR_LIMIT, "usage limit reached"},
	{"quota", 0, 999, "insufficient_quota", 0, ERR_LIMIT, "quota used up"},
	{"credit", 0, 999, "credit_balance_exhausted", 0, ERR_LIMIT, "credit used up"},
	{"spend limit", 0, 999, "*_spend_limit_exceeded", 0, ERR_LIMIT, "spend limit reached"},
	{"too long", 0, 999, "context_length_exceeded", 0, ERR_TOO_LONG,
	 "the input is longer than the model takes"},

	{"401", 401, 401, NULL, 0, ERR_AUTH, "the credential was rejected"},
	{"expired", 0, 0, "token_expired", 0, ERR_AUTH, "the credential has expired"},
	{"revoked", 0, 0, "token_revoked", 0, ERR_AUTH, "the credential was revoked"},
	{"invalidated", 0, 0, "token_invalidated", 0, ERR_AUTH, "the credential was invalidated"},
	{"unauthorized", 0, 0, "unauthorized_unknown", 0, ERR_AUTH, "the credential was rejected"},

	{"deactivated", 0, 999, "deactivated_workspace", 0, ERR_ACCESS, "the workspace is deactivated"},
	{"wrong workspace", 0, 999, "invalid_workspace_selected", 0, ERR_ACCESS,
	 "not a workspace of this credential"},
	{"not in plan", 0, 999, "usage_not_included", 0, ERR_ACCESS, "not included in this plan"},
	{"403", 403, 403, NULL, 0, ERR_ACCESS, "access denied"},

	{"invalid prompt", 0, 999, "invalid_prompt", 0, ERR_REQUEST, "the prompt was refused"},
	{"no such model", 0, 999, "model_not_found", 0, ERR_REQUEST, "no such model"},
	{"content policy", 0, 999, "*_policy", 0, ERR_REQUEST, "refused by a policy of the service"},

	{"408", 408, 408, NULL, 0, ERR_BUSY, "the service gave up waiting"},
	{"409", 409, 409, NULL, 0, ERR_BUSY, "the service is in conflict with itself"},
	{"425", 425, 425, NULL, 0, ERR_BUSY, "the service says too early"},
	{"429", 429, 429, NULL, 0, ERR_BUSY, "rate limited"},
	{"model at 400", 400, 400, NULL, ABOUT_MODEL, ERR_REQUEST, "the model was refused"},
	{"model at 404", 404, 404, NULL, ABOUT_MODEL, ERR_REQUEST, "the model was refused"},
	{"404", 404, 404, NULL, 0, ERR_REQUEST, "not found"},
	{"413", 413, 413, NULL, 0, ERR_REQUEST, "the request is too large"},
	{"4xx", 400, 499, NULL, 0, ERR_REQUEST, "the request was refused"},

	{"501", 501, 501, NULL, 0, ERR_PROTOCOL, "not the service octavo knows"},
	{"505", 505, 505, NULL, 0, ERR_PROTOCOL, "not the service octavo knows"},
	{"511", 511, 511, NULL, 0, ERR_PROTOCOL, "the network wants a login of its own"},
	{"526", 526, 526, NULL, 0, ERR_PROTOCOL, "the CDN does not trust the service behind it"},
	{"5xx", 500, 599, NULL, 0, ERR_BUSY, "the service is in trouble"},

	{"1xx", 100, 199, NULL, 0, ERR_PROTOCOL, "an answer that was not asked for"},
	{"2xx", 200, 299, NULL, 0, ERR_PROTOCOL, "an answer without what was asked for"},
	{"3xx", 300, 399, NULL, 0, ERR_PROTOCOL, "a redirect, which octavo never follows"},

	{"in-stream rate limit", 0, 0, "rate_limit_exceeded", 0, ERR_BUSY, "rate limited"},
	{"in-stream slow down", 0, 0, "slow_down", 0, ERR_BUSY, "the service asks to slow down"},
	{"in-stream overloaded", 0, 0, "server_is_overloaded", 0, ERR_BUSY, "the service is overloaded"},
	{"in-stream unavailable", 0, 0, "service_unavailable_error", 0, ERR_BUSY,
	 "the service is unavailable"},
	{"in-stream server error", 0, 0, "server_error", 0, ERR_BUSY, "the service is in trouble"},
	{"in-stream unknown", 0, 0, NULL, 0, ERR_BUSY, "the service failed"},

	/* 600 and above, and what is no status at all */
	{"no status", -1, 999, NULL, 0, ERR_PROTOCOL, "a status that does not exist"},
};
enum { RULES = sizeof rules / sizeof rules[0] };

const char *failure_rule_name(size_t i)
{
	return i < RULES ? rules[i].name : NULL;
}

void failure_init(struct failure *f)
{
	*f = (struct failure){.retry_after_ms = -1, .should_retry = -1, .rule = ""};
}

/* ---- the table ---- */

static bool is_code(const char *have, const char *want)
{
	if (want[0] == '*')
		return span_ends(span_str(have), want + 1);
	return strcmp(have, want) == 0;
}

static bool matches(const struct rule *r, int status, const struct failure_words *w, unsigned facts)
{
	return status >= r->first && status <= r->last && (facts & r->facts) == r->facts &&
	       (r->code == NULL || is_code(w->code, r->code) || is_code(w->type, r->code));
}

static const struct rule *classify(int status, const struct failure_words *w, unsigned facts)
{
	size_t i = 0;

	while (i < RULES - 1 && !matches(&rules[i], status, w, facts))
		i++;
	return &rules[i];
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

/* Beyond the year 9999 nothing is meant. */
static const int64_t time_max_s = 253402300799;

static int64_t seconds_to_ms(int64_t s)
{
	return s > INT64_MAX / 1000 ? INT64_MAX : s * 1000;
}

/* Retry-After counts seconds or names a date (RFC 9110 section 10.2.3); retry-after-ms is finer and wins. */
static int64_t read_retry_after(const struct failure_headers *h, int64_t now_s)
{
	struct span value = header(h, "retry-after-ms");
	uint64_t n;
	int64_t at;

	if (span_to_u64(span_cut(value, 0, span_find(value, '.', 0)), &n))
		return (int64_t)n;
	value = header(h, "retry-after");
	if (span_to_u64(span_cut(value, 0, span_find(value, '.', 0)), &n))
		return seconds_to_ms((int64_t)n);
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

/* Appends s without secrets, as one line of at most `max` bytes. */
static bool add_clean(struct buf *out, struct span s, size_t max, const struct redact *redact, struct err *e)
{
	struct buf clean;
	bool ok;

	if (redact == NULL)
		return text_one_line(s, max, out, e);
	buf_init_wiping(&clean, 16 * ERROR_BODY_MAX, "error text");
	ok = redact_all(redact, s, &clean, e) && text_one_line(buf_span(&clean), max, out, e);
	buf_free(&clean);
	return ok;
}

/* A name the server gave, copied when it fits and the redactor has nothing to say to it. */
static bool copy_name(char *out, size_t size, struct span s, const struct redact *redact, struct err *e)
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
static bool add_facts(struct buf *out, const struct failure *f, const struct rule *r, const char *cf_ray,
                      struct err *e)
{
	char when[CLOCK_TEXT_MAX], text[320];
	size_t n = 0;

	text[0] = '\0';
	if (r->kind == ERR_LIMIT && f->plan[0] != '\0')
		n += (size_t)snprintf(text + n, sizeof text - n, ", plan %s", f->plan);
	if (r->kind == ERR_LIMIT && f->resets_at_s > 0) {
		clock_format_utc(f->resets_at_s, when);
		n += (size_t)snprintf(text + n, sizeof text - n, ", resets %s", when);
	}
	if (f->status != 0)
		n += (size_t)snprintf(text + n, sizeof text - n, ", HTTP %d", f->status);
	if (r->kind == ERR_EDGE && cf_ray[0] != '\0')
		snprintf(text + n, sizeof text - n, ", cf-ray %s", cf_ray);
	return text[0] == '\0' ||
	       (buf_add_str(out, " (", e) && buf_add_str(out, text + 2, e) && buf_add_byte(out, ')', e));
}

/* The server's words, or its code when it has none; of an edge, nothing. */
static bool add_words(struct buf *out, const struct failure *f, const struct rule *r,
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
static bool tell(const struct failure *f, const char *what, const struct rule *r,
                 const struct failure_words *w, const char *cf_ray, const struct redact *redact,
                 struct err *e)
{
	struct buf text;

	buf_init_wiping(&text, ERR_TEXT_MAX - TEXT_RESERVE, "error text");
	if (buf_add_str(&text, what, e) && buf_add_str(&text, ": ", e) && buf_add_str(&text, r->words, e) &&
	    add_facts(&text, f, r, cf_ray, e) && add_words(&text, f, r, w, redact, e))
		err_set(e, r->kind, 0, "%.*s", (int)text.n, (const char *)text.p);
	buf_free(&text);
	return false;
}

/* Facts of every failure that brings words. */
static bool fill(struct failure *f, const struct failure_words *w, const struct redact *redact,
                 int64_t now_s, struct err *e)
{
	if (w->resets_at_s > 0 && w->resets_at_s <= time_max_s)
		f->resets_at_s = w->resets_at_s;
	else if (w->resets_in_ms >= 0 && w->resets_in_ms / 1000 <= time_max_s - now_s)
		f->resets_at_s = now_s + w->resets_in_ms / 1000;
	return copy_name(f->code, sizeof f->code, span_str(w->code[0] != '\0' ? w->code : w->type), redact, e) &&
	       copy_name(f->plan, sizeof f->plan, span_str(w->plan), redact, e);
}

static void set_rule(struct failure *f, const struct rule *r, const struct failure_words *w)
{
	f->rule = r->name;
	if (r->kind == ERR_BUSY && f->retry_after_ms < 0)
		f->retry_after_ms = failure_words_wait_ms(buf_span(&w->message));
}

/* The body first; headers tell what it leaves out. */
static bool read_words(struct failure_words *w, const struct failure_headers *h, struct span body, bool page,
                       struct err *e)
{
	if (!page && !failure_words_from_body(w, body, e))
		return false;
	if (!failure_words_from_base64(w, header(h, "x-error-json"), e))
		return false;
	failure_words_from_code(w, header(h, "x-openai-authorization-error"));
	return true;
}

bool failure_from_response(struct failure *f, const char *what, int status, const struct failure_headers *h,
                           struct span body, int64_t now_s, const struct redact *redact, struct err *e)
{
	struct span request_id = header(h, "x-request-id");
	bool page = is_page(h, body);
	unsigned facts = (page ? PAGE : 0) | (header(h, "cf-mitigated").n > 0 ? MITIGATED : 0);
	struct failure_words w;
	char cf_ray[128];

	failure_init(f);
	f->status = status;
	f->retry_after_ms = read_retry_after(h, now_s);
	f->should_retry = read_should_retry(h);
	failure_words_init(&w);
	if (read_words(&w, h, body, page, e) && fill(f, &w, redact, now_s, e) &&
	    copy_name(cf_ray, sizeof cf_ray, header(h, "cf-ray"), redact, e) &&
	    copy_name(f->request_id, sizeof f->request_id, request_id.n > 0 ? request_id : span_str(cf_ray),
	              redact, e)) {
		const struct rule *r;

		if (contains_nocase(buf_span(&w.message), "model"))
			facts |= ABOUT_MODEL;
		r = classify(status, &w, facts);
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
		const struct rule *r = classify(0, &w, 0);

		set_rule(f, r, &w);
		tell(f, "the answer failed", r, &w, "", redact, e);
	}
	failure_words_free(&w);
	return false;
}

bool failure_check_success(struct failure *f, const char *what, int status, const struct failure_headers *h,
                           struct err *e)
{
	struct span coding = header(h, "content-encoding");

	if (status != 200 || header(h, "cf-mitigated").n > 0)
		return failure_from_response(f, what, status, h, span_str(""), 0, NULL, e);
	failure_init(f);
	f->status = status;
	if (coding.n > 0 && !span_equal_nocase(coding, span_str("identity")))
		return err_set(e, ERR_PROTOCOL, 0, "%s: the answer is encoded, which was not asked for", what);
	if (says_page(h))
		return err_set(e, ERR_PROTOCOL, 0, "%s: a web page came instead of an answer", what);
	return true;
}
