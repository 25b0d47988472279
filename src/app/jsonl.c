#include "app/jsonl.h"

#include "app/status.h"
#include "base/fmt.h"
#include "base/limits.h"
#include "base/output.h"
#include "codex/retry.h"

/* Every byte escaped, and short secrets replaced by something longer. */
enum { CLEAN_GROWS = 3, EVENT_LINE_MAX = 16 * SERVER_TEXT_MAX };

static bool check_json(struct span line, struct err *e)
{
	struct json j;
	bool ok;

	json_init(&j);
	ok = json_parse(&j, line, e);
	json_free(&j);
	if (!ok && e->kind != ERR_MEMORY)
		err_set(e, ERR_OUTPUT, 0, "a line cannot be written without a secret in it");
	return ok;
}

bool jsonl_write(struct jsonl *o, struct span line, struct err *e)
{
	struct buf clean;
	bool ok;

	if (o->broken)
		return err_set(e, ERR_OUTPUT, 0, "an earlier line could not be written");
	buf_init(&clean, CLEAN_GROWS * line.n + 16, "a line of the output");
	ok = redact_all(o->redact, line, &clean, e);
	if (ok && !span_equal(buf_span(&clean), line))
		ok = check_json(buf_span(&clean), e);
	if (ok && buf_add_byte(&clean, '\n', e)) {
		log_status_clear(o->log);
		ok = output_write(o->fd, buf_span(&clean), o->clock, o->deadline_ms, e);
		o->broken = !ok;
	}
	buf_free(&clean);
	return ok;
}

static void begin_object(struct jsonw *w, struct buf *line)
{
	buf_init(line, EVENT_LINE_MAX, "a line of the output");
	jsonw_init(w, line);
	jsonw_object(w);
}

static void begin(struct jsonw *w, struct buf *line, const char *type)
{
	begin_object(w, line);
	jsonw_name(w, "type");
	jsonw_str(w, type);
}

bool jsonl_item(struct jsonw *w, const struct redact *r, struct span text, struct err *e)
{
	struct buf clean;
	bool ok;

	buf_init(&clean, EVENT_LINE_MAX, "a line of the output");
	ok = redact_all(r, text, &clean, e);
	jsonw_text(w, buf_span(&clean));
	buf_free(&clean);
	return ok;
}

static bool add_text(
	struct jsonw *w, const struct redact *r, const char *name, struct span text, struct err *e)
{
	jsonw_name(w, name);
	return jsonl_item(w, r, text, e);
}

void jsonl_number(struct jsonw *w, const char *name, int64_t v, bool known)
{
	jsonw_name(w, name);
	if (known)
		jsonw_i64(w, v);
	else
		jsonw_null(w);
}

bool jsonl_word(
	struct jsonw *w, const struct redact *r, const char *name, const char *s, struct err *e)
{
	if (s != NULL && s[0] != '\0')
		return add_text(w, r, name, span_str(s), e);
	jsonw_name(w, name);
	jsonw_null(w);
	return true;
}

/* Closes the line, writes and frees it. */
static bool end(struct jsonl *o, struct jsonw *w, struct buf *line, bool ok, struct err *e)
{
	jsonw_object_end(w);
	ok = ok && jsonw_end(w, e) && jsonl_write(o, buf_span(line), e);
	buf_free(line);
	return ok;
}

bool jsonl_event(
	struct jsonl *o, const char *type, const char *name, struct span text, struct err *e)
{
	struct jsonw w;
	struct buf line;

	begin(&w, &line, type);
	return end(o, &w, &line, name == NULL || add_text(&w, o->redact, name, text, e), e);
}

static void add_usage(struct jsonw *w, const struct usage *u)
{
	const struct {
		const char *name;
		int64_t v;
	} rows[] = {
		{"input_tokens", u->input},
		{"cached_input_tokens", u->cached},
		{"cache_write_input_tokens", u->cache_write},
		{"output_tokens", u->output},
		{"reasoning_output_tokens", u->reasoning},
	};

	jsonw_name(w, "usage");
	jsonw_object(w);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		jsonl_number(w, rows[i].name, rows[i].v, true);
	jsonl_number(w, "total_tokens", u->total, u->known);
	jsonw_object_end(w);
}

static void add_percent(struct jsonw *w, int64_t milli)
{
	char text[32];

	fmt_into(text, sizeof text, "%lld.%03lld", (long long)(milli / 1000),
		(long long)(milli % 1000));
	jsonw_name(w, "used_percent");
	jsonw_raw(w, span_str(text));
}

static void add_quota(struct jsonw *w, const char *name, const struct quota_window *q)
{
	jsonw_name(w, name);
	if (q->used_milli < 0) {
		jsonw_null(w);
		return;
	}
	jsonw_object(w);
	add_percent(w, q->used_milli);
	jsonl_number(w, "window_minutes", q->window_minutes, q->window_minutes >= 0);
	jsonl_number(w, "resets_at", q->resets_at_s, q->resets_at_s > 0);
	jsonw_object_end(w);
}

bool jsonl_completed(struct jsonl *o, const struct jsonl_facts *f, struct err *e)
{
	struct jsonw w;
	struct buf line;
	bool ok;

	begin(&w, &line, "turn.completed");
	add_usage(&w, &f->usage);
	ok = jsonl_word(&w, o->redact, "model", f->model, e);
	jsonw_name(&w, "rate_limits");
	jsonw_object(&w);
	add_quota(&w, "primary", &f->quota.primary);
	add_quota(&w, "secondary", &f->quota.secondary);
	jsonw_object_end(&w);
	return end(o, &w, &line, ok, e);
}

bool jsonl_failure(struct jsonw *w, const struct redact *redact, const struct err *why,
	const struct jsonl_report *r, struct err *e)
{
	const struct failure *f = &r->failure;
	bool ok;

	jsonw_name(w, "error");
	jsonw_object(w);
	ok = add_text(w, redact, "message", span_str(why->text), e);
	jsonw_name(w, "code");
	jsonw_str(w, err_kind_name(why->kind));
	jsonl_number(w, "exit", status_of(why->kind), true);
	jsonw_name(w, "retryable");
	jsonw_bool(w, retry_is_sensible(why, f));
	jsonl_number(w, "retry_after_ms", f->retry_after_ms, f->retry_after_ms >= 0);
	jsonl_number(w, "resets_at", f->resets_at_s, f->resets_at_s > 0);
	ok = ok && jsonl_word(w, redact, "request_id", f->request_id, e) &&
	     jsonl_word(w, redact, "host", r->host, e);
	jsonw_object_end(w);
	return ok;
}

bool jsonl_error(
	struct jsonl *o, const struct err *why, const struct jsonl_report *r, struct err *e)
{
	struct jsonw w;
	struct buf line;

	begin_object(&w, &line);
	return end(o, &w, &line, jsonl_failure(&w, o->redact, why, r, e), e);
}

bool jsonl_failed(
	struct jsonl *o, const struct err *why, const struct jsonl_report *r, struct err *e)
{
	struct jsonw w;
	struct buf line;

	if (!jsonl_event(o, "error", "message", span_str(why->text), e))
		return false;
	begin(&w, &line, "turn.failed");
	return end(o, &w, &line, jsonl_failure(&w, o->redact, why, r, e), e);
}
