#include "wire/h1_field.h"

#include <string.h>

#include "base/assert.h"

bool h1_refuse(struct err *e, const char *what)
{
	return err_set(e, ERR_PROTOCOL, 0, "bad HTTP response: %s", what);
}

static bool is_token_byte(unsigned char c)
{
	if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'))
		return true;
	return c != 0 && strchr("!#$%&'*+-.^_`|~", c) != NULL;
}

bool h1_is_token(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_token_byte(s.p[i]))
			return false;
	return s.n > 0;
}

bool h1_is_field_value(struct span s)
{
	return span_find(s, '\0', 0) == s.n && span_find(s, '\r', 0) == s.n &&
	       span_find(s, '\n', 0) == s.n;
}

bool h1_read_field(struct span line, struct span *name, struct span *value, struct err *e)
{
	size_t colon = span_find(line, ':', 0);

	if (line.p[0] == ' ' || line.p[0] == '\t')
		return h1_refuse(e, "a folded line without a field to go on with");
	if (colon == line.n)
		return h1_refuse(e, "field line without a colon");
	*name = span_cut(line, 0, colon);
	*value = span_of(line.p + colon + 1, line.n - colon - 1);
	if (!h1_is_token(*name))
		return h1_refuse(e, "field name is not a token");
	if (!h1_is_field_value(*value))
		return h1_refuse(e, "NUL or CR in a field value");
	*value = span_trim(*value);
	return true;
}

/*
 * obs-fold (section 5.2): the line goes on with the value before it. The line end and the blanks
 * between the two become spaces, in place.
 */
static bool unfold(struct h1 *h, struct span line, struct err *e)
{
	struct h1_line *l = &h->lines[h->n_lines - 1];
	struct span more = span_trim(line);
	size_t end = (size_t)(more.p - h->head.p) + more.n;

	if (!h1_is_field_value(line))
		return h1_refuse(e, "NUL or CR in a field value");
	if (more.n == 0)
		return true;
	if (l->value_n == 0)
		l->value = (uint16_t)(end - more.n);
	for (size_t i = l->value + l->value_n; i < end - more.n; i++)
		h->head.p[i] = ' ';
	l->value_n = (uint16_t)(end - l->value);
	return true;
}

bool h1_keep_field(struct h1 *h, struct span line, struct err *e)
{
	struct span name, value;

	if (h->n_lines > 0 && (line.p[0] == ' ' || line.p[0] == '\t'))
		return unfold(h, line, e);
	if (h->n_lines == H1_FIELDS_MAX)
		return err_set(e, ERR_CEILING, 0, "response has more than %d fields",
		               (int)H1_FIELDS_MAX);
	if (!h1_read_field(line, &name, &value, e))
		return false;
	_Static_assert(H1_HEAD_MAX <= 65536, "offsets into the head fit uint16_t");
	h->lines[h->n_lines++] = (struct h1_line){
		.name = (uint16_t)(name.p - h->head.p),
		.name_n = (uint16_t)name.n,
		.value = (uint16_t)(value.p - h->head.p),
		.value_n = (uint16_t)value.n,
	};
	return true;
}

size_t h1_field_count(const struct h1 *h)
{
	return h->n_lines;
}

void h1_field_at(const struct h1 *h, size_t i, struct span *name, struct span *value)
{
	const struct h1_line *l = &h->lines[i];

	assert(i < h->n_lines);
	*name = span_of(h->head.p + l->name, l->name_n);
	*value = span_of(h->head.p + l->value, l->value_n);
}

bool h1_next_field(const struct h1 *h, const char *name, size_t *i, struct span *value)
{
	struct span found;

	while (*i < h->n_lines) {
		h1_field_at(h, (*i)++, &found, value);
		if (span_equal_nocase(found, span_str(name)))
			return true;
	}
	return false;
}

struct span h1_field(const struct h1 *h, const char *name)
{
	struct span value;
	size_t i = 0;

	return h1_next_field(h, name, &i, &value) ? value : span_of(NULL, 0);
}

bool h1_field_lists(const struct h1 *h, const char *name, const char *word)
{
	struct span value;
	size_t i = 0;

	while (h1_next_field(h, name, &i, &value))
		for (size_t at = 0, end; at <= value.n; at = end + 1) {
			end = span_find(value, ',', at);
			if (span_equal_nocase(span_trim(span_cut(value, at, end)), span_str(word)))
				return true;
		}
	return false;
}
