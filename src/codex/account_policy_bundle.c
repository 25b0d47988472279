#include "codex/account_policy.h"

#include "base/fmt.h"
#include "base/limits.h"
#include "codex/document.h"

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

/* One kind of document in the bundle. */
struct part {
	struct policy *p;
	const struct json *j;
	enum policy_rank rank;
	const char *what;
};

static bool refuse_part(const struct part *k, const char *where, struct err *e)
{
	return err_set(e, ERR_ACCESS, 0, "%s cannot be understood: %s is of an unknown form", k->what,
	               where);
}

static bool read_text(const struct part *k, int value, const char *name, struct err *e)
{
	struct buf text;
	bool ok;

	buf_init(&text, DOCUMENT_MAX, k->what);
	ok = json_text(k->j, value, &text, e) &&
	     policy_read_requirements(k->p, k->rank, name, buf_span(&text), e);
	buf_free(&text);
	return ok;
}

/* {id, name, contents}: its name is for people; one without goes by its id. */
static bool read_fragment(const struct part *k, int value, struct err *e)
{
	int contents = json_member(k->j, value, "contents");
	int called = document_member(k->j, value, "name");
	char name[POLICY_NAME_MAX / 2], whole[POLICY_NAME_MAX];

	if (is_empty(k->j, value))
		return true;
	if (!json_is_type(k->j, contents, JSON_STRING))
		return refuse_part(k, "an entry without contents", e);
	if (is_empty(k->j, called))
		called = document_member(k->j, value, "id");
	if (!document_field(k->j, called, "name", DOCUMENT_TEXT, name, sizeof name, ERR_ACCESS, e))
		return err_wrap(e, "%s", k->what);
	fmt_into(whole, sizeof whole, name[0] != '\0' ? "%s '%s'" : "%s", k->what, name);
	return read_text(k, contents, whole, e);
}

static bool read_list(const struct part *k, int list, struct err *e)
{
	for (int v = json_first(k->j, list, NULL); v != JSON_NONE;
	     v = json_next(k->j, list, v, NULL))
		if (!read_fragment(k, v, e))
			return false;
	return true;
}

/* The lists of an object by whose they are; only names we know may hold something. */
static bool read_lists(const struct part *k, int object, struct err *e)
{
	static const char *const known[] = {"enterprise_managed", "product_defaults"};
	int name = JSON_NONE;

	for (int v = json_first(k->j, object, &name); v != JSON_NONE;
	     v = json_next(k->j, object, v, &name)) {
		bool ours = json_is_str(k->j, name, known[0]) ||
		            (k->rank == POLICY_CONFIG && json_is_str(k->j, name, known[1]));

		if (!is_empty(k->j, v) && (!ours || !json_is_type(k->j, v, JSON_ARRAY)))
			return refuse_part(k, ours ? known[0] : "a list", e);
	}
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (!read_list(k, json_member(k->j, object, known[i]), e))
			return false;
	return true;
}

static bool read_part(const struct part *k, const char *member, struct err *e)
{
	int value = document_member(k->j, JSON_ROOT, member);

	if (is_empty(k->j, value))
		return true;
	if (json_is_type(k->j, value, JSON_STRING))
		return read_text(k, value, k->what, e);
	if (json_is_type(k->j, value, JSON_ARRAY))
		return read_list(k, value, e);
	if (!json_is_type(k->j, value, JSON_OBJECT))
		return refuse_part(k, member, e);
	return json_member(k->j, value, "contents") != JSON_NONE ? read_fragment(k, value, e)
	                                                         : read_lists(k, value, e);
}

/* The bundle may tell of itself what it likes, but hold no further kind of document. */
static bool read_bundle(struct policy *p, const struct json *j, struct err *e)
{
	const struct part requirements = {p, j, POLICY_WORKSPACE, "the workspace's requirements"};
	const struct part config = {p, j, POLICY_CONFIG, "the workspace's configuration"};
	const struct part other = {p, j, POLICY_NONE, "the workspace's policy"};
	int name = JSON_NONE;

	for (int v = json_first(j, JSON_ROOT, &name); v != JSON_NONE;
	     v = json_next(j, JSON_ROOT, v, &name))
		if (span_ends(json_raw(j, name), "_toml") && !is_empty(j, v) &&
			!json_is_str(j, name, "requirements_toml") &&
			!json_is_str(j, name, "config_toml"))
			return refuse_part(&other, "a document", e);
	return read_part(&requirements, "requirements_toml", e) &&
	       read_part(&config, "config_toml", e);
}

bool policy_read_bundle(struct policy *p, struct span document, struct err *e)
{
	struct json j;
	bool ok;

	json_init(&j);
	ok = document_parse(&j, document, e) && read_bundle(p, &j, e);
	json_free(&j);
	return ok;
}
