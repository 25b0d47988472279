#include "codex/conversation.h"

#include "base/limits.h"
#include "wire/json.h"
#include "wire/jsonw.h"

#define HEADER_TYPE "octavo.transcript"

enum { VERSION = 1 };

/* What may be said by whom: a system's word is refused by the service. */
static const char *const roles[] = {"user", "assistant", "developer"};

enum { MEMBERS = 6 };

/* What is sent, and what of it. */
static const struct sent {
	const char *type;
	const char *members[MEMBERS];
	const char *needs; /* without which it is kept only; NULL = nothing */
} table[] = {
	{"message", {"type", "status", "id", "role", "content", "phase"}, NULL},
	{"reasoning", {"type", "id", "summary", "content", "encrypted_content"}, "encrypted_content"},
};

static const struct sent *find_sent(const struct json *j)
{
	int type = json_member(j, JSON_ROOT, "type");

	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
		if (json_is_str(j, type, table[i].type))
			return &table[i];
	return NULL;
}

static bool wrong(const char *what, struct err *e)
{
	return err_set(e, ERR_USAGE, 0, "%s", what);
}

/* One line as JSON. What is wrong with it is wrong with the user's file. */
static bool read_line(struct json *j, struct span line, struct err *e)
{
	if (!json_parse(j, line, e)) {
		if (e->kind == ERR_PROTOCOL || e->kind == ERR_CEILING)
			e->kind = ERR_USAGE;
		return false;
	}
	if (!json_is_type(j, JSON_ROOT, JSON_OBJECT))
		return wrong("it is no JSON object", e);
	if (json_has_duplicates(j))
		return wrong("a name stands twice in one object", e);
	return json_is_type(j, json_member(j, JSON_ROOT, "type"), JSON_STRING) ||
	       wrong("an item has a \"type\"", e);
}

static bool is_header(const struct json *j)
{
	return json_is_str(j, json_member(j, JSON_ROOT, "type"), HEADER_TYPE);
}

/* In its text form (RFC 9562, section 4): it becomes a header line of the request. */
static bool is_uuid(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
		unsigned char c = s.p[i], lower = c | 0x20;

		if (hyphen ? c != '-' : (c < '0' || c > '9') && (lower < 'a' || lower > 'f'))
			return false;
	}
	return s.n == UUID_TEXT;
}

static bool read_header(struct conversation *c, const struct json *j, struct err *e)
{
	struct span id = json_raw(j, json_member(j, JSON_ROOT, "id"));
	int64_t version;

	if (!is_header(j))
		return wrong("a conversation begins with a line of type " HEADER_TYPE, e);
	if (!json_i64(j, json_member(j, JSON_ROOT, "version"), &version) || version != VERSION)
		return err_set(e, ERR_USAGE, 0, "a format of another version; this octavo reads %d",
			VERSION);
	if (!is_uuid(id))
		return wrong("the conversation's \"id\" is no UUID", e);
	for (size_t i = 0; i < id.n; i++)
		c->id[i] = (char)id.p[i];
	c->id[id.n] = '\0';
	return true;
}

static bool is_role(const struct json *j, int role)
{
	for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++)
		if (json_is_str(j, role, roles[i]))
			return true;
	return false;
}

/* An array of objects, each of a type. */
static bool check_parts(const struct json *j, int parts, struct err *e)
{
	if (!json_is_type(j, parts, JSON_ARRAY))
		return wrong("a message has an array \"content\"", e);
	for (int v = json_first(j, parts, NULL); v != JSON_NONE; v = json_next(j, parts, v, NULL))
		if (!json_is_type(j, json_member(j, v, "type"), JSON_STRING))
			return wrong("each part of a message's content has a \"type\"", e);
	return true;
}

static bool check_item(const struct json *j, struct err *e)
{
	if (is_header(j))
		return wrong("a second header", e);
	if (!json_is_str(j, json_member(j, JSON_ROOT, "type"), "message"))
		return true;
	if (!is_role(j, json_member(j, JSON_ROOT, "role")))
		return wrong("a message's \"role\" is user, assistant or developer", e);
	return check_parts(j, json_member(j, JSON_ROOT, "content"), e);
}

/* In the order in which they stand: sent twice, an item is the same bytes (prompt caches). */
static bool send(const struct json *j, const struct sent *row, struct buf *history, struct err *e)
{
	struct jsonw w;
	int name;

	jsonw_init(&w, history);
	jsonw_object(&w);
	for (int v = json_first(j, JSON_ROOT, &name); v != JSON_NONE;
		v = json_next(j, JSON_ROOT, v, &name))
		for (size_t i = 0; i < MEMBERS && row->members[i] != NULL; i++)
			if (json_is_str(j, name, row->members[i])) {
				jsonw_name(&w, row->members[i]);
				jsonw_raw(&w, json_whole(j, v));
			}
	jsonw_object_end(&w);
	return jsonw_end(&w, e) && buf_add_byte(history, '\n', e);
}

static bool read_item(struct conversation *c, const struct json *j, size_t line,
	struct buf *history, struct err *e)
{
	const struct sent *row = find_sent(j);

	if (!check_item(j, e))
		return false;
	if (++c->items > CONVERSATION_ITEMS_MAX)
		return err_set(e, ERR_USAGE, 0, "more than %d items", CONVERSATION_ITEMS_MAX);
	if (row == NULL) {
		if (c->kept++ == 0)
			c->kept_line = line;
		return true;
	}
	if (row->needs != NULL &&
		!json_is_type(j, json_member(j, JSON_ROOT, row->needs), JSON_STRING))
		return true;
	return history == NULL || send(j, row, history, e);
}

bool conversation_read(
	struct conversation *c, struct span text, struct buf *history, struct err *e)
{
	struct json j;
	bool ok = true;

	*c = (struct conversation){.id = ""};
	json_init(&j);
	for (size_t line = 1; ok && (text.n > 0 || line == 1); line++) {
		size_t n = span_find(text, '\n', 0);

		ok = read_line(&j, span_cut(text, 0, n), e) &&
		     (line == 1 ? read_header(c, &j, e) : read_item(c, &j, line, history, e));
		if (!ok && e->kind == ERR_USAGE)
			err_wrap(e, "line %zu", line);
		text = span_cut(text, n + 1, text.n);
	}
	json_free(&j);
	return ok;
}

bool conversation_begin(struct buf *out, const char *id, int64_t created_s, struct err *e)
{
	struct jsonw w;

	jsonw_init(&w, out);
	jsonw_object(&w);
	jsonw_name(&w, "type");
	jsonw_str(&w, HEADER_TYPE);
	jsonw_name(&w, "version");
	jsonw_i64(&w, VERSION);
	jsonw_name(&w, "id");
	jsonw_str(&w, id);
	jsonw_name(&w, "created_at");
	jsonw_i64(&w, created_s);
	jsonw_object_end(&w);
	return jsonw_end(&w, e) && buf_add_byte(out, '\n', e);
}

bool conversation_add(struct buf *out, struct span item, struct err *e)
{
	struct jsonw w;

	jsonw_init(&w, out);
	jsonw_raw(&w, item);
	return jsonw_end(&w, e) && buf_add_byte(out, '\n', e);
}
