#include "wire/schema_parts.h"

#include <string.h>

struct schema_property *schema_property(const struct schema *s, int node, int at)
{
	struct schema_property *all = (struct schema_property *)(void *)s->properties.p;

	return all + schema_node(s, node)->properties + at;
}

/* Where that name stands or would stand among the first n; *found when it is there. */
static int place_of(
	const struct schema *s, int node, int n, const struct json *j, int name, bool *found)
{
	int low = 0, high = n;

	*found = false;
	while (low < high) {
		int middle = low + (high - low) / 2;
		int own = schema_property(s, node, middle)->name;
		int order = json_compare_with(&s->doc, own, j, name);

		*found = *found || order == 0;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

int schema_find_property(const struct schema *s, int node, const struct json *j, int name)
{
	size_t n = json_count(&s->doc, schema_node(s, node)->keys[KEY_PROPERTIES]);
	bool found;
	int at = place_of(s, node, (int)n, j, name, &found);

	return found ? at : JSON_NONE;
}

/* There are SCHEMA_PROPERTIES_MAX at most, so that moving them is cheap. */
static void insert(struct schema *s, int node, int n, struct schema_property fresh)
{
	bool found;
	int at = place_of(s, node, n, &s->doc, fresh.name, &found);
	struct schema_property *p = schema_property(s, node, at);

	memmove(p + 1, p, (size_t)(n - at) * sizeof *p);
	*p = fresh;
	s->properties.n += sizeof *p;
}

bool schema_add_properties(struct schema_reader *r, int node)
{
	struct schema *s = r->s;
	int object = schema_node(s, node)->keys[KEY_PROPERTIES], name, n = 0;
	size_t count = json_count(&s->doc, object);
	size_t held = s->properties.n / sizeof(struct schema_property);

	if (held + count > SCHEMA_PROPERTIES_MAX)
		return schema_fail(
			r, object, "more than %d properties in all", SCHEMA_PROPERTIES_MAX);
	if (!buf_reserve(&s->properties, count * sizeof(struct schema_property), r->e))
		return false;
	schema_node(s, node)->properties = held;
	for (int v = json_first(&s->doc, object, &name); v != JSON_NONE;
	     v = json_next(&s->doc, object, v, &name))
		insert(s, node, n++, (struct schema_property){name, v});
	return true;
}

bool schema_see_none(const struct schema *s, int node, struct buf *seen, struct err *e)
{
	size_t n = json_count(&s->doc, schema_node(s, node)->keys[KEY_PROPERTIES]);

	buf_clear(seen);
	if (!buf_reserve(seen, n, e))
		return false;
	if (n > 0)
		memset(seen->p, 0, n);
	seen->n = n;
	return true;
}
