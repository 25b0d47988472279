#include "codex/models.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/limits.h"
#include "codex/document.h"

/* One whose priority is not told comes last. */
static int64_t priority_of(const struct json *j, int model)
{
	int64_t v;

	return json_i64(j, json_member(j, model, "priority"), &v) ? v : INT64_MAX;
}

static bool is_listed(const struct json *j, int model)
{
	return json_is_str(j, json_member(j, model, "visibility"), "list");
}

/* In its place among those before it; few enough for this to be quick. */
static void insert(struct models *m, int model)
{
	int64_t priority = priority_of(&m->json, model);
	size_t at = m->n++;

	for (; at > 0 && priority_of(&m->json, m->order[at - 1]) > priority; at--)
		m->order[at] = m->order[at - 1];
	m->order[at] = model;
}

static bool read_list(struct models *m, int list, struct err *e)
{
	const struct json *j = &m->json;

	for (int v = json_first(j, list, NULL); v != JSON_NONE; v = json_next(j, list, v, NULL)) {
		if (!json_is_type(j, json_member(j, v, "slug"), JSON_STRING))
			continue;
		if (m->n == MODELS_LISTED_MAX)
			return err_set(e, ERR_CEILING, 0, "models exceed %d in number",
				MODELS_LISTED_MAX);
		insert(m, v);
	}
	for (m->chosen = 0; m->chosen < m->n && !is_listed(j, m->order[m->chosen]); m->chosen++)
		;
	return true;
}

static bool read_document(struct models *m, struct span document, struct err *e)
{
	int list;

	if (!json_parse(&m->json, document, e))
		return false;
	list = json_member(&m->json, JSON_ROOT, "models");
	if (!json_is_type(&m->json, list, JSON_ARRAY))
		return err_set(e, ERR_PROTOCOL, 0, "the answer holds no list of models");
	m->order = malloc(MODELS_LISTED_MAX * sizeof *m->order);
	return m->order == NULL ? err_memory(e) : read_list(m, list, e);
}

bool models_read(struct models *m, struct span document, struct err *e)
{
	*m = (struct models){.n = 0};
	json_init(&m->json);
	if (read_document(m, document, e))
		return true;
	models_free(m);
	return false;
}

void models_free(struct models *m)
{
	json_free(&m->json);
	free(m->order);
	m->order = NULL;
}

static bool read_slug(const struct models *m, size_t i, char out[MODEL_SLUG_MAX], struct err *e)
{
	const struct json *j = &m->json;

	if (!document_field(j, json_member(j, m->order[i], "slug"), "a model's slug", DOCUMENT_WORD, out,
		    MODEL_SLUG_MAX, ERR_PROTOCOL, e))
		return false;
	return out[0] != '\0' || err_set(e, ERR_PROTOCOL, 0, "a model without a name");
}

/* What does not fit is unknown; false without memory only. */
static bool read_known(const struct json *j, int value, enum document_rule rule, char *out,
	size_t size, struct err *e)
{
	return document_field(j, value, "", rule, out, size, ERR_PROTOCOL, e) ||
	       e->kind != ERR_MEMORY;
}

/* A list of strings, or of objects with the string under `name`. */
static bool read_words(const struct json *j, int list, const char *name, struct model_words *out,
	struct err *e)
{
	out->n = 0;
	for (int v = json_first(j, list, NULL); v != JSON_NONE && out->n < MODEL_WORDS;
	     v = json_next(j, list, v, NULL)) {
		int word = json_is_type(j, v, JSON_OBJECT) ? json_member(j, v, name) : v;

		if (!read_known(j, word, DOCUMENT_WORD, out->word[out->n], MODEL_WORD_MAX, e))
			return false;
		out->n += out->word[out->n][0] != '\0';
	}
	return true;
}

bool model_is_listed(const struct model *m)
{
	return strcmp(m->visibility, "list") == 0;
}

bool models_get(const struct models *m, size_t i, struct model *out, struct err *e)
{
	const struct json *j = &m->json;
	int model;

	assert(i < m->n);
	model = m->order[i];
	out->priority = priority_of(j, model);
	if (!json_i64(j, json_member(j, model, "context_window"), &out->context_window) ||
		out->context_window < 0)
		out->context_window = -1;
	return read_slug(m, i, out->slug, e) &&
	       read_known(j, json_member(j, model, "display_name"), DOCUMENT_ANY,
		       out->display_name, sizeof out->display_name, e) &&
	       read_known(j, json_member(j, model, "visibility"), DOCUMENT_WORD, out->visibility,
		       sizeof out->visibility, e) &&
	       read_known(j, json_member(j, model, "default_reasoning_level"), DOCUMENT_WORD,
		       out->default_effort, sizeof out->default_effort, e) &&
	       read_words(j, json_member(j, model, "supported_reasoning_levels"), "effort",
		       &out->efforts, e) &&
	       read_words(j, json_member(j, model, "input_modalities"), "", &out->modalities, e);
}

bool models_choose(struct span document, char out[MODEL_SLUG_MAX], struct err *e)
{
	struct models m;
	bool ok;

	if (!models_read(&m, document, e))
		return false;
	if (m.chosen < m.n)
		ok = read_slug(&m, m.chosen, out, e);
	else
		ok = err_set(e, ERR_REQUEST, 0,
			"this workspace lists no model; name one with --model");
	models_free(&m);
	return ok;
}
