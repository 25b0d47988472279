#include "codex/account.h"

#include <string.h>

#include "codex/document.h"

/*
 * Plans the service lays no policy on (observed); any other, and an unknown one, may have a
 * policy.
 */
static const char *const plans_without_policy[] = {
	"team", "self_serve_business_usage_based", "free", "go", "plus", "pro", "promax", "k12",
};

bool account_plan_has_policy(const char *plan)
{
	for (size_t i = 0; i < sizeof plans_without_policy / sizeof plans_without_policy[0]; i++)
		if (strcmp(plan, plans_without_policy[i]) == 0)
			return false;
	return true;
}

/* Nothing in it, however deep: depth is limited by the parser. */
static bool is_empty(const struct json *j, int value)
{
	if (value == JSON_NONE || json_is_type(j, value, JSON_NULL))
		return true;
	if (json_is_type(j, value, JSON_STRING))
		return json_raw(j, value).n == 0;
	if (!json_is_type(j, value, JSON_ARRAY) && !json_is_type(j, value, JSON_OBJECT))
		return false;
	for (int v = json_first(j, value, NULL); v != JSON_NONE; v = json_next(j, value, v, NULL))
		if (!is_empty(j, v))
			return false;
	return true;
}

/* The name of the first member of `object` that holds something; JSON_NONE when it is no object. */
static int first_key(const struct json *j, int object)
{
	int name = JSON_NONE;

	if (!json_is_type(j, object, JSON_OBJECT))
		return JSON_NONE;
	for (int v = json_first(j, object, &name); v != JSON_NONE;
	     v = json_next(j, object, v, &name))
		if (!is_empty(j, v))
			return name;
	return JSON_NONE;
}

/* The first key a TOML text sets, or the table it opens; empty when there is none. */
static struct span first_toml_key(struct span text)
{
	while (text.n > 0) {
		struct span line = span_trim(span_cut(text, 0, span_find(text, '\n', 0)));

		text = span_cut(text, span_find(text, '\n', 0) + 1, text.n);
		if (line.n == 0 || line.p[0] == '#')
			continue;
		if (line.p[0] == '[')
			return span_cut(line, 0, span_find(line, ']', 0) + 1);
		return span_trim(span_cut(line, 0, span_find(line, '=', 0)));
	}
	return text;
}

/* The text of requirements stands under "contents" of a list's entry, or is the value itself. */
static int find_contents(const struct json *j, int requirements)
{
	if (json_is_type(j, requirements, JSON_STRING))
		return requirements;
	for (int v = json_first(j, requirements, NULL); v != JSON_NONE;
	     v = json_next(j, requirements, v, NULL)) {
		int list = json_is_type(j, v, JSON_ARRAY) ? v : requirements;

		for (int w = json_first(j, list, NULL); w != JSON_NONE;
		     w = json_next(j, list, w, NULL))
			if (json_is_type(j, json_member(j, w, "contents"), JSON_STRING))
				return json_member(j, w, "contents");
	}
	return JSON_NONE;
}

/* ERR_ACCESS naming the first key required, as near to the administrator's own words as we get. */
static bool refuse_requirements(const struct json *j, int requirements, struct err *e)
{
	int key = first_key(j, requirements);
	struct span name = span_str("requirements_toml");
	struct buf text;

	buf_init(&text, DOCUMENT_MAX, "workspace policy");
	if (!json_text(j, find_contents(j, requirements), &text, e)) {
		buf_free(&text);
		return false;
	}
	if (first_toml_key(buf_span(&text)).n > 0)
		name = first_toml_key(buf_span(&text));
	else if (key != JSON_NONE)
		name = json_raw(j, key);
	err_set(e, ERR_ACCESS, 0, "the workspace sets requirements (%.*s) that octavo cannot obey",
	        (int)(name.n < 100 ? name.n : 100), (const char *)name.p);
	buf_free(&text);
	return false;
}

static bool read_policy(const struct json *j, struct err *e)
{
	int requirements = document_member(j, JSON_ROOT, "requirements_toml");

	if (json_is_type(j, requirements, JSON_NUMBER) ||
	    json_is_type(j, requirements, JSON_TRUE) || json_is_type(j, requirements, JSON_FALSE))
		return err_set(e, ERR_PROTOCOL, 0, "requirements_toml is of the wrong type");
	return is_empty(j, requirements) || refuse_requirements(j, requirements, e);
}

bool account_read_policy(struct span document, struct err *e)
{
	struct json j;
	bool ok;

	json_init(&j);
	ok = document_parse(&j, document, e) && read_policy(&j, e);
	json_free(&j);
	return ok;
}
