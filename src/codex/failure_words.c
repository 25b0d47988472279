#include "codex/failure_words.h"

#include <string.h>

#include "base/limits.h"
#include "wire/b64.h"

void failure_words_init(struct failure_words *w)
{
	*w = (struct failure_words){.resets_in_ms = -1};
	buf_init_wiping(&w->message, ERROR_BODY_MAX, "error text");
}

void failure_words_free(struct failure_words *w)
{
	buf_free(&w->message);
}

static bool is_code_byte(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '-' || c == '.';
}

/* Unless one is known already; what is no code is passed over. */
static void set_code(char out[FAILURE_CODE_MAX], struct span s)
{
	if (out[0] != '\0' || s.n == 0 || s.n >= FAILURE_CODE_MAX)
		return;
	for (size_t i = 0; i < s.n; i++)
		if (!is_code_byte(s.p[i]))
			return;
	memcpy(out, s.p, s.n);
	out[s.n] = '\0';
}

static void set_code_member(char out[FAILURE_CODE_MAX], const struct json *j, int object,
                            const char *name)
{
	int value = json_member(j, object, name);

	if (json_is_type(j, value, JSON_STRING))
		set_code(out, json_raw(j, value));
}

/* A text longer than we read of a body is cut, not lost. */
static bool set_message(struct failure_words *w, const struct json *j, int value, struct err *e)
{
	if (w->message.n > 0 || !json_is_type(j, value, JSON_STRING) ||
	    json_text(j, value, &w->message, e))
		return true;
	return e->kind == ERR_CEILING;
}

bool failure_words_from_object(struct failure_words *w, const struct json *j, int object,
                               struct err *e)
{
	set_code_member(w->code, j, object, "code");
	set_code_member(w->type, j, object, "type");
	set_code_member(w->plan, j, object, "plan_type");
	if (w->resets_at_s == 0 &&
	    !json_i64(j, json_member(j, object, "resets_at"), &w->resets_at_s))
		w->resets_at_s = 0;
	if (w->resets_in_ms < 0 &&
	    !json_milli(j, json_member(j, object, "resets_in_seconds"), &w->resets_in_ms))
		w->resets_in_ms = -1;
	return set_message(w, j, json_member(j, object, "message"), e);
}

/* OAuth's form: a code, and the words for it beside it (RFC 6749 section 5.2). */
static bool from_error_string(struct failure_words *w, const struct json *j, int error,
                              struct err *e)
{
	int description = json_member(j, JSON_ROOT, "error_description");

	if (json_is_type(j, description, JSON_STRING)) {
		set_code(w->code, json_raw(j, error));
		return set_message(w, j, description, e);
	}
	return set_message(w, j, error, e);
}

static bool from_document(struct failure_words *w, const struct json *j, struct err *e)
{
	int error = json_member(j, JSON_ROOT, "error");
	int detail = json_member(j, JSON_ROOT, "detail");

	if (!failure_words_from_object(w, j, error, e) ||
	    !failure_words_from_object(w, j, detail, e) ||
	    !failure_words_from_object(w, j, JSON_ROOT, e))
		return false;
	if (json_is_type(j, error, JSON_STRING) && !from_error_string(w, j, error, e))
		return false;
	return set_message(w, j, detail, e) &&
	       set_message(w, j, json_member(j, json_first(j, detail, NULL), "msg"), e) &&
	       set_message(w, j, JSON_ROOT, e);
}

static bool set_text(struct failure_words *w, struct span text, struct err *e)
{
	text = span_trim(text);
	if (w->message.n > 0 || failure_words_is_markup(text))
		return true;
	return buf_add(&w->message, span_cut(text, 0, ERROR_BODY_MAX), e);
}

bool failure_words_from_body(struct failure_words *w, struct span body, struct err *e)
{
	struct json j;
	bool ok;

	json_init(&j);
	ok = json_parse(&j, body, e);
	if (ok)
		ok = from_document(w, &j, e);
	else if (e->kind != ERR_MEMORY)
		ok = set_text(w, body, e);
	json_free(&j);
	return ok;
}

bool failure_words_from_base64(struct failure_words *w, struct span header, struct err *e)
{
	struct buf text;
	struct json j;
	bool ok;

	buf_init_wiping(&text, ERROR_BODY_MAX, "x-error-json");
	json_init(&j);
	ok = b64_decode(header, B64_STANDARD, &text, e) && json_parse(&j, buf_span(&text), e);
	if (ok)
		ok = from_document(w, &j, e);
	else
		ok = e->kind != ERR_MEMORY; /* a header that makes no sense says nothing */
	json_free(&j);
	buf_free(&text);
	return ok;
}

void failure_words_from_code(struct failure_words *w, struct span code)
{
	set_code(w->code, code);
}

bool failure_words_is_markup(struct span text)
{
	if (span_starts(text, "\xef\xbb\xbf"))
		text = span_cut(text, 3, text.n);
	return span_starts(span_trim(text), "<");
}

/*
 * Offset behind the first `phrase` (lower case) in text, whatever its case; text.n when it is
 * not there.
 */
static size_t find_behind(struct span text, const char *phrase)
{
	struct span p = span_str(phrase);

	for (size_t i = 0; i + p.n <= text.n; i++)
		if (span_equal_nocase(span_cut(text, i, i + p.n), p))
			return i + p.n;
	return text.n;
}

/* A unit of time behind a number; the longer names first. */
static bool take_unit(struct span *s, int64_t *unit_ms)
{
	static const struct unit {
		const char *name;
		int64_t ms;
	} units[] = {
		{"milliseconds", 1}, {"millisecond", 1}, {"ms", 1},
		{"seconds", 1000}, {"second", 1000}, {"secs", 1000}, {"sec", 1000}, {"s", 1000},
		{"minutes", 60000}, {"minute", 60000}, {"mins", 60000}, {"min", 60000},
		{"m", 60000}, {"hours", 3600000}, {"hour", 3600000}, {"h", 3600000},
	};

	for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
		struct span name = span_str(units[i].name);

		if (!span_equal_nocase(span_cut(*s, 0, name.n), name))
			continue;
		*unit_ms = units[i].ms;
		*s = span_cut(*s, name.n, s->n);
		return true;
	}
	return false;
}

int64_t failure_words_wait_ms(struct span text)
{
	struct span rest = span_cut(text, find_behind(text, "try again in"), text.n);
	int64_t sum = -1, number, unit;

	for (;;) {
		rest = span_trim(rest);
		if (!span_take_milli(&rest, &number))
			return sum;
		rest = span_trim(rest);
		if (!take_unit(&rest, &unit))
			return sum;
		if (sum < 0)
			sum = 0;
		number = number * unit / 1000 + (number * unit % 1000 != 0);
		sum = number > INT64_MAX - sum ? INT64_MAX : sum + number;
	}
}
