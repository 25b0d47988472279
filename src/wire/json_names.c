#include "wire/json.h"

#include "wire/json_tokens.h"

/*
 * Two equal names of an object stand side by side when its names are sorted, and every way of
 * sorting compares what ends up side by side. The lists run through the tokens' notes.
 */
enum { BINS = 18 }; /* bin i holds 2^i names, sorted: enough for JSON_TOKENS_MAX */

struct names {
	const struct json *j;
	int twice; /* a name that has come before, JSON_NONE while none has */
};

static int *next_of(const struct names *n, int name)
{
	return json_token_note(n->j->tokens, name);
}

static int merge(struct names *n, int a, int b)
{
	int head = JSON_NONE, *tail = &head;

	while (a != JSON_NONE && b != JSON_NONE) {
		int order = json_compare(n->j, a, b);
		int *least = order < 0 ? &a : &b;

		if (order == 0)
			n->twice = a > b ? a : b;
		*tail = *least;
		tail = next_of(n, *least);
		*least = *tail;
	}
	*tail = a != JSON_NONE ? a : b;
	return head;
}

static int repeated(const struct json *j, int object)
{
	struct names n = {j, JSON_NONE};
	int bins[BINS], name, list = JSON_NONE;
	size_t i;

	for (i = 0; i < BINS; i++)
		bins[i] = JSON_NONE;
	for (int v = json_first(j, object, &name); v != JSON_NONE;
	     v = json_next(j, object, v, &name)) {
		list = name;
		*next_of(&n, name) = JSON_NONE;
		for (i = 0; bins[i] != JSON_NONE; i++) {
			list = merge(&n, bins[i], list);
			bins[i] = JSON_NONE;
		}
		bins[i] = list;
	}
	list = JSON_NONE;
	for (i = 0; i < BINS; i++)
		list = merge(&n, bins[i], list);
	return n.twice;
}

int json_duplicate(const struct json *j)
{
	int name = JSON_NONE;

	for (int i = 0; i < json_token_count(j->tokens) && name == JSON_NONE; i++)
		if (json_token_kind(j->tokens, i) == JSON_TOKEN_OBJECT)
			name = repeated(j, i);
	return name == JSON_NONE ? JSON_NONE : name + 1;
}

bool json_has_duplicates(const struct json *j)
{
	return json_duplicate(j) != JSON_NONE;
}
