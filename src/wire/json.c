#include "wire/json.h"

#include <string.h>

#include "base/assert.h"
#include "base/limits.h"
#include "wire/json_tokens.h"

/* jsmn looks back over what it has made at each call: it must be worth it. */
enum { TOKENS_STEP = 16 * 1024 };

void json_init(struct json *j)
{
	*j = (struct json){0};
	json_scan_init(&j->scan);
}

void json_free(struct json *j)
{
	json_tokens_free(&j->tokens);
	json_init(j);
}

void json_reset(struct json *j)
{
	json_tokens_reset(&j->tokens);
	json_scan_init(&j->scan);
	j->text = span_of(NULL, 0);
}

static bool scan_up_to(struct json *j, struct span text, struct err *e)
{
	assert(text.n >= j->scan.at);
	if (text.n > JSON_TEXT_MAX)
		return err_set(e, ERR_CEILING, 0, "JSON exceeds %d bytes", JSON_TEXT_MAX);
	return json_scan_feed(&j->scan, span_cut(text, j->scan.at, text.n), e);
}

bool json_advance(struct json *j, struct span text, struct err *e)
{
	size_t seen, whole, tokens;

	if (text.n - j->scan.at < JSON_STEP)
		return true;
	if (!scan_up_to(j, text, e))
		return false;
	seen = json_tokens_seen(j->tokens);
	whole = json_scan_whole(&j->scan, &tokens);
	if (whole - seen < TOKENS_STEP || whole - seen < seen / 2)
		return true;
	return json_tokens_read(&j->tokens, span_cut(text, 0, whole), tokens, e);
}

bool json_end(struct json *j, struct span text, struct err *e)
{
	if (!scan_up_to(j, text, e) || !json_scan_end(&j->scan, e))
		return false;
	if (!json_tokens_end(&j->tokens, text, j->scan.tokens, e))
		return false;
	j->text = text;
	return true;
}

bool json_parse(struct json *j, struct span text, struct err *e)
{
	json_reset(j);
	return json_end(j, text, e);
}

enum json_type json_type(const struct json *j, int value)
{
	switch (json_token_kind(j->tokens, value)) {
	case JSON_TOKEN_OBJECT:
		return JSON_OBJECT;
	case JSON_TOKEN_ARRAY:
		return JSON_ARRAY;
	case JSON_TOKEN_STRING:
		return JSON_STRING;
	case JSON_TOKEN_PLAIN:
		break;
	}
	switch (json_raw(j, value).p[0]) {
	case 'n':
		return JSON_NULL;
	case 'f':
		return JSON_FALSE;
	case 't':
		return JSON_TRUE;
	default:
		return JSON_NUMBER;
	}
}

bool json_is_type(const struct json *j, int value, enum json_type type)
{
	return value != JSON_NONE && json_type(j, value) == type;
}

bool json_is_true(const struct json *j, int value)
{
	return json_is_type(j, value, JSON_TRUE);
}

struct span json_raw(const struct json *j, int value)
{
	if (value == JSON_NONE)
		return span_of(NULL, 0);
	return json_token_span(j->tokens, value, j->text);
}

struct span json_whole(const struct json *j, int value)
{
	struct span s = json_raw(j, value);

	if (!json_is_type(j, value, JSON_STRING))
		return s;
	/* An empty span is no place. */
	return s.n == 0 ? span_str("\"\"") : span_of(s.p - 1, s.n + 2);
}

static bool has_contents(const struct json *j, int parent)
{
	return json_is_type(j, parent, JSON_OBJECT) || json_is_type(j, parent, JSON_ARRAY);
}

size_t json_count(const struct json *j, int parent)
{
	return has_contents(j, parent) ? json_token_size(j->tokens, parent) : 0;
}

/* The value at token `at`, or behind the name at token `at`; none at the parent's end. */
static int child(const struct json *j, int parent, int at, int *name)
{
	bool named = json_token_kind(j->tokens, parent) == JSON_TOKEN_OBJECT;

	if (at == json_token_skip(j->tokens, parent))
		return JSON_NONE;
	if (name != NULL)
		*name = named ? at : JSON_NONE;
	return named ? at + 1 : at;
}

int json_first(const struct json *j, int parent, int *name)
{
	return has_contents(j, parent) ? child(j, parent, parent + 1, name) : JSON_NONE;
}

int json_next(const struct json *j, int parent, int value, int *name)
{
	if (parent == JSON_NONE || value == JSON_NONE)
		return JSON_NONE;
	return child(j, parent, json_token_skip(j->tokens, value), name);
}

int json_member(const struct json *j, int object, const char *name)
{
	size_t n = strlen(name);
	int at, found = JSON_NONE;

	if (!json_is_type(j, object, JSON_OBJECT))
		return JSON_NONE;
	for (int v = json_first(j, object, &at); v != JSON_NONE; v = json_next(j, object, v, &at))
		if (json_raw(j, at).n >= n && json_is_str(j, at, name))
			found = v;
	return found;
}
