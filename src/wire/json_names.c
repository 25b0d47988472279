#include "wire/json.h"

#include "wire/json_tokens.h"

/*
 * Two equal names of an object stand side by side when its names are sorted, and every way of
 * sorting compares what ends up side by side. The lists run through the tokens' notes.
 */
enum { BINS = 18 }; /* bin i holds 2^i names, sorted: enough for JSON_TOKENS_MAX */

struct names {
	const struct json *j;
	bool twice;
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

		n->twice |= order == 0;
		*tail = *least;
		tail = next_of(n, *least);
		*least = *tail;
	}
	*tail = a != JSON_NONE ? a : b;
	return head;
}

static bool object_repeats(const struct json *j, int object)
{
	struct names n = {j, false};
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

bool json_has_duplicates(const struct json *j)
{
	for (int i = 0; i < json_token_count(j->tokens); i++)
		if (json_token_kind(j->tokens, i) == JSON_TOKEN_OBJECT && object_repeats(j, i))
			return true;
	return false;
}
