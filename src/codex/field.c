#include "codex/field.h"

#include <string.h>

static bool obeys(struct span s, enum field_rule rule)
{
	unsigned char least = rule == FIELD_WORD ? ' ' + 1 : ' ';

	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < least || s.p[i] == 0x7f || (rule == FIELD_WORD && s.p[i] > 0x7f))
			return false;
	return true;
}

bool field_read(const struct json *j, int value, const char *name, enum field_rule rule, char *out,
                size_t size, enum err_kind kind, struct err *e)
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
