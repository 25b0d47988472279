#include "wire/schema_parts.h"

#include <stdlib.h>

static struct schema *make(void)
{
	struct schema *s = malloc(sizeof *s);

	if (s == NULL)
		return NULL;
	/* an escape takes up to six bytes for two, and what is mended names every property again */
	buf_init(&s->text, 16 * SCHEMA_MAX, "the schema");
	buf_init(&s->properties, SCHEMA_PROPERTIES_MAX * sizeof(struct schema_property),
	         "properties");
	buf_init(&s->nodes, JSON_TOKENS_MAX * sizeof(struct schema_node), "schemas");
	json_init(&s->doc);
	return s;
}

void schema_free(struct schema **s)
{
	if (*s == NULL)
		return;
	for (int i = 0; i < schema_nodes(*s); i++)
		pattern_free(&schema_node(*s, i)->pattern);
	buf_free(&(*s)->nodes);
	buf_free(&(*s)->properties);
	json_free(&(*s)->doc);
	buf_free(&(*s)->text);
	free(*s);
	*s = NULL;
}

struct span schema_text(const struct schema *s)
{
	return buf_span(&s->text);
}

/* What is wrong with the user's own file is no fault of a peer. */
static bool as_usage(struct err *e)
{
	if (e->kind != ERR_MEMORY && e->kind != ERR_BUG)
		e->kind = ERR_USAGE;
	return false;
}

static bool check_unique(struct schema_reader *r, const struct json *j)
{
	struct schema_text t;
	int twice = json_duplicate(j);

	if (twice == JSON_NONE)
		return true;
	schema_say_begin(&t, r->e);
	schema_say_place(&t, j, twice);
	schema_say(&t, ": the same key twice");
	return schema_say_end(&t, ERR_USAGE);
}

/* The text as it is to be sent, in the schema's own storage. */
static bool take_text(struct schema_reader *r, struct span text, bool fix)
{
	struct json given;
	bool ok;

	if (text.n > SCHEMA_MAX)
		return err_set(r->e, ERR_USAGE, 0, "longer than %d bytes", SCHEMA_MAX);
	if (span_starts(text, "\xef\xbb\xbf"))
		text = span_cut(text, 3, text.n);
	json_init(&given);
	ok = (json_parse(&given, text, r->e) || as_usage(r->e)) && check_unique(r, &given) &&
	     (schema_write(&given, fix, &r->s->text, r->e) || as_usage(r->e));
	json_free(&given);
	return ok;
}

static bool read_all(struct schema_reader *r, struct span text, bool fix)
{
	if (!take_text(r, text, fix))
		return false;
	if (!json_parse(&r->s->doc, buf_span(&r->s->text), r->e))
		return as_usage(r->e);
	return schema_read_nodes(r) && schema_lint(r) && schema_resolve(r);
}

bool schema_read(struct schema **out, struct span text, bool fix, struct err *e)
{
	struct schema_reader r = {.s = make(), .e = e};
	bool ok;

	if (r.s == NULL)
		return err_memory(e);
	buf_init(&r.scratch, JSON_TEXT_MAX, "a string");
	ok = read_all(&r, text, fix);
	buf_free(&r.scratch);
	if (ok)
		*out = r.s;
	else
		schema_free(&r.s);
	return ok;
}
