#include "codex/event.h"

/* Where an event's text stands. */
enum text_from { NO_TEXT, FROM_DELTA, FROM_TEXT, FROM_REFUSAL, FROM_PART };

/*
 * Types that are not here are ignored on purpose or unknown: function and tool call arguments
 * (we offer no tools), the whole text of reasoning whose deltas came, response.metadata. The most
 * frequent comes first.
 */
static const struct row {
	const char *name;
	enum event_type type;
	enum text_from text;
} rows[] = {
	{"response.output_text.delta", EVENT_TEXT_DELTA, FROM_DELTA},
	{"response.reasoning_summary_text.delta", EVENT_REASONING_DELTA, FROM_DELTA},
	{"response.reasoning_text.delta", EVENT_REASONING_DELTA, FROM_DELTA},
	{"response.refusal.delta", EVENT_REFUSAL_DELTA, FROM_DELTA},
	{"response.created", EVENT_CREATED, NO_TEXT},
	{"response.output_item.added", EVENT_ITEM_ADDED, NO_TEXT},
	{"response.output_item.done", EVENT_ITEM_DONE, NO_TEXT},
	{"response.output_text.done", EVENT_TEXT_DONE, FROM_TEXT},
	{"response.refusal.done", EVENT_REFUSAL_DONE, FROM_REFUSAL},
	{"response.content_part.added", EVENT_TEXT_DELTA, FROM_PART},
	{"response.content_part.done", EVENT_TEXT_DONE, FROM_PART},
	{"response.reasoning_summary_part.added", EVENT_REASONING_PART_ADDED, NO_TEXT},
	{"response.completed", EVENT_COMPLETED, NO_TEXT},
	{"response.incomplete", EVENT_INCOMPLETE, NO_TEXT},
	{"response.failed", EVENT_FAILED, NO_TEXT},
	{"error", EVENT_ERROR, NO_TEXT},
	{"codex.rate_limits", EVENT_RATE_LIMITS, NO_TEXT},
};

static const struct row *find_row(const struct json *j)
{
	int type = json_member(j, JSON_ROOT, "type");

	if (!json_is_type(j, type, JSON_STRING))
		return NULL;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (json_is_str(j, type, rows[i].name))
			return &rows[i];
	return NULL;
}

/* The member when it is of this type. */
static int member_of(const struct json *j, int object, const char *name, enum json_type type)
{
	int value = json_member(j, object, name);

	return json_is_type(j, value, type) ? value : JSON_NONE;
}

static int64_t index_of(const struct json *j, const char *name)
{
	int64_t v;

	return json_i64(j, json_member(j, JSON_ROOT, name), &v) && v >= 0 ? v : -1;
}

static int text_of(const struct json *j, enum text_from from)
{
	static const char *const names[] = {
		[FROM_DELTA] = "delta", [FROM_TEXT] = "text", [FROM_REFUSAL] = "refusal",
	};

	if (from == NO_TEXT || from == FROM_PART)
		return JSON_NONE;
	return member_of(j, JSON_ROOT, names[from], JSON_STRING);
}

/* A content part brings the beginning of its text, or all of it; or none, and says nothing. */
static void read_part(const struct json *j, struct event *out)
{
	int part = member_of(j, JSON_ROOT, "part", JSON_OBJECT), type = json_member(j, part, "type");
	bool refusal = out->type == EVENT_TEXT_DONE && json_is_str(j, type, "refusal");

	if (refusal)
		out->type = EVENT_REFUSAL_DONE;
	if (refusal || json_is_str(j, type, "output_text"))
		out->text = member_of(j, part, refusal ? "refusal" : "text", JSON_STRING);
	if (json_raw(j, out->text).n == 0)
		out->text = JSON_NONE;
}

static int error_of(const struct json *j, const struct event *ev)
{
	int error = JSON_NONE;

	if (ev->type == EVENT_FAILED)
		error = member_of(j, ev->response, "error", JSON_OBJECT);
	if (error == JSON_NONE)
		error = member_of(j, JSON_ROOT, "error", JSON_OBJECT);
	if (error == JSON_NONE && ev->type == EVENT_ERROR)
		error = JSON_ROOT;
	return error;
}

void event_read(const struct json *j, struct event *out)
{
	const struct row *row = find_row(j);
	bool wants_item;

	*out = (struct event){EVENT_IGNORED, -1, -1, JSON_NONE, JSON_NONE, JSON_NONE, JSON_NONE};
	if (row == NULL)
		return;
	out->type = row->type;
	out->output_index = index_of(j, "output_index");
	out->content_index = index_of(j, "content_index");
	out->text = text_of(j, row->text);
	if (row->text == FROM_PART)
		read_part(j, out);
	out->item = member_of(j, JSON_ROOT, "item", JSON_OBJECT);
	out->response = member_of(j, JSON_ROOT, "response", JSON_OBJECT);
	if (row->type == EVENT_FAILED || row->type == EVENT_ERROR)
		out->error = error_of(j, out);
	wants_item = row->type == EVENT_ITEM_ADDED || row->type == EVENT_ITEM_DONE;
	if ((row->text != NO_TEXT && out->text == JSON_NONE) ||
	    (wants_item && out->item == JSON_NONE))
		out->type = EVENT_IGNORED;
}

enum item_kind event_item_kind(const struct json *j, int item)
{
	int type = json_member(j, item, "type");

	if (json_is_str(j, type, "message"))
		return ITEM_MESSAGE;
	if (json_is_str(j, type, "reasoning"))
		return ITEM_REASONING;
	if (json_is_type(j, type, JSON_STRING) && span_ends(json_raw(j, type), "_call"))
		return ITEM_CALL;
	return ITEM_OTHER;
}

bool event_item_is_commentary(const struct json *j, int item)
{
	return json_is_str(j, json_member(j, item, "phase"), "commentary");
}

bool event_item_text(const struct json *j, int item, bool refusal, struct buf *out, size_t *parts,
                     struct err *e)
{
	int content = member_of(j, item, "content", JSON_ARRAY);

	*parts = 0;
	for (int v = json_first(j, content, NULL); v != JSON_NONE;
	     v = json_next(j, content, v, NULL)) {
		int text = member_of(j, v, refusal ? "refusal" : "text", JSON_STRING);

		if (text == JSON_NONE ||
		    !json_is_str(j, json_member(j, v, "type"), refusal ? "refusal" : "output_text"))
			continue;
		if (!json_text(j, text, out, e))
			return false;
		++*parts;
	}
	return true;
}

bool event_reasoning_text(const struct json *j, int item, struct buf *out, struct err *e)
{
	int summary = member_of(j, item, "summary", JSON_ARRAY);
	bool joined = false;

	for (int v = json_first(j, summary, NULL); v != JSON_NONE;
	     v = json_next(j, summary, v, NULL)) {
		int text = member_of(j, v, "text", JSON_STRING);

		if (text == JSON_NONE)
			continue;
		if ((joined && !buf_add_byte(out, '\n', e)) || !json_text(j, text, out, e))
			return false;
		joined = true;
	}
	return true;
}

static int64_t count_of(const struct json *j, int object, const char *name)
{
	int64_t v;

	return json_i64(j, json_member(j, object, name), &v) && v > 0 ? v : 0;
}

void event_usage(const struct json *j, int response, struct usage *out)
{
	int usage = member_of(j, response, "usage", JSON_OBJECT);
	int in = json_member(j, usage, "input_tokens_details");

	out->known = usage != JSON_NONE;
	out->input = count_of(j, usage, "input_tokens");
	out->cached = count_of(j, in, "cached_tokens");
	out->cache_write = count_of(j, in, "cache_write_tokens");
	out->output = count_of(j, usage, "output_tokens");
	out->reasoning =
	        count_of(j, json_member(j, usage, "output_tokens_details"), "reasoning_tokens");
	out->total = count_of(j, usage, "total_tokens");
}

void usage_add(struct usage *sum, const struct usage *more)
{
	if (!more->known)
		return;
	sum->known = true;
	sum->input += more->input;
	sum->cached += more->cached;
	sum->cache_write += more->cache_write;
	sum->output += more->output;
	sum->reasoning += more->reasoning;
	sum->total += usage_total(more);
}

int64_t usage_total(const struct usage *u)
{
	return u->total > 0 ? u->total : u->input + u->output;
}

bool event_response_is_complete(const struct json *j, int response)
{
	return json_is_str(j, json_member(j, response, "status"), "completed") &&
	       !json_is_type(j, json_member(j, response, "end_turn"), JSON_FALSE);
}

int event_incomplete_reason(const struct json *j, int response)
{
	return json_member(j, json_member(j, response, "incomplete_details"), "reason");
}
