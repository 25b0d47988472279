#include "wire/json_tokens.h"

#include <stdlib.h>

#define JSMN_STATIC
#define JSMN_STRICT
#define JSMN_PARENT_LINKS
#include <jsmn.h>

#include "base/assert.h"
#include "base/limits.h"

enum {
	FIRST_CAP = 64,
	KEPT_CAP = 64 * 1024 / sizeof(jsmntok_t), /* storage a reset keeps */
};

struct json_tokens {
	jsmn_parser parser;
	size_t cap;
	jsmntok_t tok[];
};

static size_t storage(size_t cap)
{
	return sizeof(struct json_tokens) + cap * sizeof(jsmntok_t);
}

/* Room for count tokens; the scanner has counted them before jsmn asks. */
static bool grow(struct json_tokens **t, size_t count, struct err *e)
{
	bool fresh = *t == NULL;
	size_t cap = fresh ? FIRST_CAP : (*t)->cap;
	struct json_tokens *p;

	assert(count <= JSON_TOKENS_MAX);
	if (!fresh && count <= cap)
		return true;
	while (cap < count)
		cap *= 2;
	p = realloc(*t, storage(cap));
	if (p == NULL)
		return err_memory(e);
	if (fresh)
		jsmn_init(&p->parser);
	p->cap = cap;
	*t = p;
	return true;
}

bool json_tokens_read(struct json_tokens **t, struct span text, size_t count, struct err *e)
{
	const char *js = (const char *)text.p;
	int got;

	assert(text.n <= JSON_TEXT_MAX);
	if (!grow(t, count, e))
		return false;
	got = jsmn_parse(&(*t)->parser, js, text.n, (*t)->tok, (unsigned)(*t)->cap);
	assert((got >= 0 || got == JSMN_ERROR_PART) && (*t)->parser.toknext == count);
	return true;
}

/*
 * Links to the parent have served jsmn; from now on the field says which token comes behind the
 * contents. Still open are at most as many as there are levels.
 */
static void link_skips(struct json_tokens *t)
{
	int open[JSON_DEPTH_MAX], n = (int)t->parser.toknext;
	size_t depth = 0;

	for (int i = 0; i < n; i++) {
		while (depth > 0 && t->tok[i].start >= t->tok[open[depth - 1]].end)
			t->tok[open[--depth]].parent = i;
		t->tok[i].parent = i + 1;
		if (t->tok[i].type == JSMN_ARRAY || t->tok[i].type == JSMN_OBJECT)
			open[depth++] = i;
	}
	while (depth > 0)
		t->tok[open[--depth]].parent = n;
}

bool json_tokens_end(struct json_tokens **t, struct span text, size_t count, struct err *e)
{
	struct span rest = span_trim(text);

	if (count == 1 && rest.p[0] != '"' && rest.p[0] != '[' && rest.p[0] != '{') {
		/* Strict jsmn wants something behind a literal or a number, and here is nothing. */
		int start = (int)(rest.p - text.p);

		if (!grow(t, count, e))
			return false;
		(*t)->tok[0] = (jsmntok_t){JSMN_PRIMITIVE, start, start + (int)rest.n, 0, -1};
		(*t)->parser.toknext = 1;
	} else if (!json_tokens_read(t, text, count, e)) {
		return false;
	}
	link_skips(*t);
	return true;
}

void json_tokens_reset(struct json_tokens **t)
{
	if (*t == NULL)
		return;
	if ((*t)->cap > KEPT_CAP)
		json_tokens_free(t);
	else
		jsmn_init(&(*t)->parser);
}

void json_tokens_free(struct json_tokens **t)
{
	free(*t);
	*t = NULL;
}

size_t json_tokens_seen(const struct json_tokens *t)
{
	return t == NULL ? 0 : t->parser.pos;
}

enum json_token_kind json_token_kind(const struct json_tokens *t, int i)
{
	switch (t->tok[i].type) {
	case JSMN_OBJECT:
		return JSON_TOKEN_OBJECT;
	case JSMN_ARRAY:
		return JSON_TOKEN_ARRAY;
	case JSMN_STRING:
		return JSON_TOKEN_STRING;
	default:
		return JSON_TOKEN_PLAIN;
	}
}

struct span json_token_span(const struct json_tokens *t, int i, struct span text)
{
	return span_cut(text, (size_t)t->tok[i].start, (size_t)t->tok[i].end);
}

size_t json_token_size(const struct json_tokens *t, int i)
{
	return (size_t)t->tok[i].size;
}

int json_token_skip(const struct json_tokens *t, int i)
{
	return t->tok[i].parent;
}

int json_token_count(const struct json_tokens *t)
{
	return (int)t->parser.toknext;
}

int *json_token_note(struct json_tokens *t, int i)
{
	return &t->tok[i].size;
}
