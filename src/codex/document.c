#include "codex/document.h"

#include <string.h>

bool document_parse(struct json *j, struct span text, struct err *e)
{
	if (!json_parse(j, text, e))
		return false;
	if (!json_is_type(j, JSON_ROOT, JSON_OBJECT))
		return err_set(e, ERR_PROTOCOL, 0, "the answer is not a JSON object");
	if (json_has_duplicates(j))
		return err_set(e, ERR_PROTOCOL, 0, "the answer says something twice");
	return true;
}

int document_member(const struct json *j, int object, const char *name)
{
	int value = json_member(j, object, name);

	return json_is_type(j, value, JSON_NULL) ? JSON_NONE : value;
}

static bool obeys(struct span s, enum document_rule rule)
{
	static const unsigned char least[] = {
		[DOCUMENT_WORD] = ' ' + 1, [DOCUMENT_TEXT] = ' ', [DOCUMENT_ANY] = 1};

	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < least[rule] || (rule != DOCUMENT_ANY && s.p[i] == 0x7f) ||
			(rule == DOCUMENT_WORD && s.p[i] > 0x7f))
			return false;
	return true;
}

bool document_field(const struct json *j, int value, const char *name, enum document_rule rule,
                    char *out, size_t size, enum err_kind kind, struct err *e)
{
	struct buf text;
	bool ok;

	out[0] = '\0';
	if (value == JSON_NONE || json_is_type(j, value, JSON_NULL))
		return true;
	if (!json_is_type(j, value, JSON_STRING))
		return err_set(e, kind, 0, "%s is not a string", name);
	buf_init_wiping(&text, size - 1, name);
	ok = json_text(j, value, &text, e);
	if (!ok) {
		if (e->kind == ERR_CEILING)
			e->kind = kind;
	} else if (!obeys(buf_span(&text), rule)) {
		ok = err_set(e, kind, 0, "%s holds a character that does not belong there", name);
	} else if (text.n > 0) {
		memcpy(out, text.p, text.n);
		out[text.n] = '\0';
	}
	buf_free(&text);
	return ok;
}
