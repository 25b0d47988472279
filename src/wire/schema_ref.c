#include "wire/schema_parts.h"

#include "wire/url.h"

/* ---- JSON Pointers: RFC 6901 ---- */

/* Takes the next part off the front of what `ref` says, "~1" and "~0" as what they stand for. */
static bool take_part(struct schema_reader *r, int ref, struct span *pointer, struct buf *part)
{
	size_t i = 1; /* behind the slash */

	buf_clear(part);
	for (; i < pointer->n && pointer->p[i] != '/'; i++) {
		unsigned char c = pointer->p[i];

		if (c == '~') {
			unsigned char of = i + 1 < pointer->n ? pointer->p[i + 1] : 0;

			if (of != '0' && of != '1')
				return schema_fail(r, ref, "no JSON Pointer: '~' without 0 or 1");
			c = of == '0' ? '~' : '/';
			i++;
		}
		if (!buf_add_byte(part, c, r->e))
			return false;
	}
	*pointer = span_cut(*pointer, i, pointer->n);
	return true;
}

static int element(const struct json *j, int array, struct span part)
{
	int v = json_first(j, array, NULL);
	uint64_t index;

	if (!span_to_u64(part, &index) || (part.n > 1 && part.p[0] == '0'))
		return JSON_NONE;
	for (; index > 0 && v != JSON_NONE; index--)
		v = json_next(j, array, v, NULL);
	return v;
}

static int member(const struct json *j, int object, struct span part)
{
	int name, v = json_first(j, object, &name);

	while (v != JSON_NONE && !json_is_span(j, name, part))
		v = json_next(j, object, v, &name);
	return v;
}

/* Goes down from the root; *out is JSON_NONE when the way ends early. */
static MUST bool follow(struct schema_reader *r, int ref, struct span pointer, int *out)
{
	const struct json *j = &r->s->doc;
	struct buf part;
	bool ok = true;

	buf_init(&part, JSON_TEXT_MAX, "a pointer");
	*out = JSON_ROOT;
	while (pointer.n > 0 && *out != JSON_NONE && ok) {
		ok = take_part(r, ref, &pointer, &part);
		if (ok && json_is_type(j, *out, JSON_ARRAY))
			*out = element(j, *out, buf_span(&part));
		else if (ok)
			*out = member(j, *out, buf_span(&part));
	}
	buf_free(&part);
	return ok;
}

/* ---- references ---- */

/* `pointer` is empty. */
static MUST bool read_pointer(struct schema_reader *r, int ref, struct buf *pointer)
{
	struct span text;

	buf_clear(&r->scratch);
	if (!json_text(&r->s->doc, ref, &r->scratch, r->e))
		return false;
	text = buf_span(&r->scratch);
	if (!span_starts(text, "#"))
		return schema_fail(r, ref, "points out of the document: must begin with '#'");
	if (text.n > 1 && text.p[1] != '/')
		return schema_fail(r, ref, "an anchor: must be '#' or begin with '#/'");
	if (url_unescape(span_cut(text, 1, text.n), pointer, r->e))
		return true;
	if (r->e->kind != ERR_USAGE)
		return false;
	return schema_fail(r, ref, "no JSON Pointer: '%%' without two hex digits");
}

static MUST bool find_target(struct schema_reader *r, int ref, int *target)
{
	struct buf pointer;
	bool ok;

	buf_init(&pointer, JSON_TEXT_MAX, "a pointer");
	ok = read_pointer(r, ref, &pointer) && follow(r, ref, buf_span(&pointer), target);
	buf_free(&pointer);
	return ok;
}

static bool resolve(struct schema_reader *r, int node)
{
	int ref = schema_node(r->s, node)->keys[KEY_REF], target;

	if (ref == JSON_NONE)
		return true;
	if (!find_target(r, ref, &target))
		return false;
	target = target == JSON_NONE ? JSON_NONE : schema_find_node(r->s, target);
	schema_node(r->s, node)->ref = target;
	return target != JSON_NONE || schema_fail(r, ref, "points to no schema in the document");
}

/* ---- loops ---- */

static bool count_hops(struct schema_reader *r, int node, unsigned depth);

static bool count_next(struct schema_reader *r, int node, int next, unsigned depth)
{
	struct schema_node *n = schema_node(r->s, node);

	if (!count_hops(r, next, depth + 1))
		return false;
	if (n->hops < schema_node(r->s, next)->hops + 1)
		n->hops = schema_node(r->s, next)->hops + 1;
	return true;
}

/* How far $ref and anyOf lead from here without a step into the answer. Ends at SCHEMA_HOPS_MAX. */
static bool count_hops(struct schema_reader *r, int node, unsigned depth)
{
	const struct json *j = &r->s->doc;
	struct schema_node *n = schema_node(r->s, node);
	int any = n->keys[KEY_ANY_OF];

	if (n->entered)
		return schema_fail(r, n->value, "refers to itself without an end");
	if (depth + (n->hops > 0 ? n->hops : 1) > SCHEMA_HOPS_MAX)
		return schema_fail(r, n->value, "more than %d $ref and anyOf one behind the other",
		                   SCHEMA_HOPS_MAX);
	if (n->hops > 0)
		return true;
	n->entered = true;
	n->hops = 1;
	if (n->ref != JSON_NONE && !count_next(r, node, n->ref, depth))
		return false;
	for (int v = json_first(j, any, NULL); v != JSON_NONE; v = json_next(j, any, v, NULL))
		if (!count_next(r, node, schema_find_node(r->s, v), depth))
			return false;
	n->entered = false;
	return true;
}

bool schema_resolve(struct schema_reader *r)
{
	for (int i = 0; i < schema_nodes(r->s); i++)
		if (!resolve(r, i))
			return false;
	for (int i = 0; i < schema_nodes(r->s); i++)
		if (!count_hops(r, i, 0))
			return false;
	return true;
}
