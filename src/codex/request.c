#include "codex/request.h"

#include <string.h>

#include "wire/jsonw.h"

static void write_message(struct jsonw *w, enum request_role role, struct span text)
{
	jsonw_object(w);
	jsonw_name(w, "type");
	jsonw_str(w, "message");
	jsonw_name(w, "role");
	jsonw_str(w, role == REQUEST_USER ? "user" : "assistant");
	jsonw_name(w, "content");
	jsonw_array(w);
	jsonw_object(w);
	jsonw_name(w, "type");
	jsonw_str(w, role == REQUEST_USER ? "input_text" : "output_text");
	jsonw_name(w, "text");
	jsonw_text(w, text);
	jsonw_object_end(w);
	jsonw_array_end(w);
	jsonw_object_end(w);
}

static void write_lines(struct jsonw *w, struct span lines)
{
	while (lines.n > 0) {
		size_t n = span_find(lines, '\n', 0);

		jsonw_raw(w, span_cut(lines, 0, n));
		lines = span_cut(lines, n + 1, lines.n);
	}
}

static void write_input(struct jsonw *w, const struct request *r, struct request_input *at)
{
	jsonw_name(w, "input");
	jsonw_array(w);
	write_lines(w, r->history);
	at->message = w->out->n + (r->history.n > 0); /* behind the comma */
	write_message(w, REQUEST_USER, r->input);
	at->end = w->out->n;
	jsonw_array_end(w);
}

static void write_member(struct jsonw *w, const char *name, const char *value)
{
	if (value == NULL)
		return;
	jsonw_name(w, name);
	jsonw_str(w, value);
}

static void write_reasoning(struct jsonw *w, const char *effort, const char *summary)
{
	/* "none" is ours for leaving the summary out: the service knows no such word. */
	if (summary != NULL && strcmp(summary, "none") == 0)
		summary = NULL;
	if (effort == NULL && summary == NULL)
		return;
	jsonw_name(w, "reasoning");
	jsonw_object(w);
	write_member(w, "effort", effort);
	write_member(w, "summary", summary);
	jsonw_object_end(w);
}

static void write_text(struct jsonw *w, const char *verbosity, struct span schema)
{
	if (verbosity == NULL && schema.n == 0)
		return;
	jsonw_name(w, "text");
	jsonw_object(w);
	write_member(w, "verbosity", verbosity);
	if (schema.n > 0) {
		jsonw_name(w, "format");
		jsonw_object(w);
		write_member(w, "type", "json_schema");
		jsonw_name(w, "strict");
		jsonw_bool(w, true);
		write_member(w, "name", "answer");
		jsonw_name(w, "schema");
		jsonw_raw(w, schema);
		jsonw_object_end(w);
	}
	jsonw_object_end(w);
}

bool request_write(
	struct buf *out, const struct request *r, struct request_input *at, struct err *e)
{
	struct jsonw w;

	jsonw_init(&w, out);
	jsonw_object(&w);
	write_member(&w, "model", r->model);
	jsonw_name(&w, "instructions");
	jsonw_text(&w, r->instructions);
	write_input(&w, r, at);
	jsonw_name(&w, "stream");
	jsonw_bool(&w, true);
	jsonw_name(&w, "store");
	jsonw_bool(&w, false);
	jsonw_name(&w, "include");
	jsonw_array(&w);
	jsonw_str(&w, "reasoning.encrypted_content");
	jsonw_array_end(&w);
	write_reasoning(&w, r->effort, r->summary);
	write_text(&w, r->verbosity, r->schema);
	write_member(&w, "service_tier", r->service_tier);
	write_member(&w, "prompt_cache_key", r->prompt_cache_key);
	jsonw_object_end(&w);
	return jsonw_end(&w, e);
}

struct span request_items(const struct buf *body, const struct request_input *at)
{
	return span_cut(buf_span(body), at->message, at->end);
}

/* The rest of the body moves: it is short, but for a schema. */
bool request_continue(
	struct buf *body, struct request_input *at, struct span items, struct err *e)
{
	struct buf rest;
	bool ok;

	buf_init(&rest, body->max, body->what);
	ok = buf_add(&rest, span_cut(buf_span(body), at->end, body->n), e);
	body->n = at->end;
	while (ok && items.n > 0) {
		size_t n = span_find(items, '\n', 0);

		ok = buf_add_byte(body, ',', e) && buf_add(body, span_cut(items, 0, n), e);
		items = span_cut(items, n + 1, items.n);
	}
	at->end = body->n;
	ok = ok && buf_add(body, buf_span(&rest), e);
	buf_free(&rest);
	return ok;
}

bool request_message(struct buf *out, enum request_role role, struct span text, struct err *e)
{
	struct jsonw w;

	jsonw_init(&w, out);
	write_message(&w, role, text);
	return jsonw_end(&w, e) && buf_add_byte(out, '\n', e);
}
