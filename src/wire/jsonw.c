#include "wire/jsonw.h"

#include <string.h>

#include "base/fmt.h"
#include "base/limits.h"
#include "base/text.h"

_Static_assert(JSON_DEPTH_MAX <= 64, "one bit of `objects` per level");

void jsonw_init(struct jsonw *w, struct buf *out)
{
	*w = (struct jsonw){.out = out};
}

static bool well(const struct jsonw *w)
{
	return w->err.kind == ERR_NONE;
}

static void misplaced(struct jsonw *w, const char *what)
{
	if (well(w))
		err_set(&w->err, ERR_BUG, 0, "JSON writer: %s out of place", what);
}

static void put(struct jsonw *w, struct span s)
{
	if (well(w))
		(void)!buf_add(w->out, s, &w->err);
}

static void put_str(struct jsonw *w, const char *s)
{
	put(w, span_str(s));
}

static bool in_object(const struct jsonw *w)
{
	return (w->objects & 1) != 0;
}

bool jsonw_end(struct jsonw *w, struct err *e)
{
	if (w->depth > 0 || !w->comma || w->in_text)
		misplaced(w, "the end");
	if (!well(w))
		*e = w->err;
	return well(w);
}

/* A value begins: may it stand here, and is there a comma before it? */
static void begin_value(struct jsonw *w)
{
	if (w->in_text || in_object(w) != w->after_name || (w->depth == 0 && w->comma))
		misplaced(w, "a value");
	if (w->comma && !w->after_name)
		put_str(w, ",");
	w->after_name = false;
	w->comma = true;
}

static void open_level(struct jsonw *w, bool object)
{
	begin_value(w);
	if (w->depth == JSON_DEPTH_MAX) {
		misplaced(w, "one more level");
		return;
	}
	w->depth++;
	w->objects = w->objects << 1 | object;
	w->comma = false;
	put_str(w, object ? "{" : "[");
}

static void close_level(struct jsonw *w, bool object)
{
	if (w->depth == 0 || in_object(w) != object || w->after_name || w->in_text) {
		misplaced(w, object ? "}" : "]");
		return;
	}
	w->depth--;
	w->objects >>= 1;
	w->comma = true;
	put_str(w, object ? "}" : "]");
}

void jsonw_object(struct jsonw *w)
{
	open_level(w, true);
}

void jsonw_object_end(struct jsonw *w)
{
	close_level(w, true);
}

void jsonw_array(struct jsonw *w)
{
	open_level(w, false);
}

void jsonw_array_end(struct jsonw *w)
{
	close_level(w, false);
}

static void put_code(struct jsonw *w, unsigned unit)
{
	char text[8];

	fmt_into(text, sizeof text, "\\u%04x", unit & 0xffff);
	put_str(w, text);
}

/* ASCII that cannot stand as it is; of a value taken over raw, quotes and escapes can. */
static void put_special(struct jsonw *w, unsigned char c, bool raw)
{
	static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
	const char *hit = memchr(from, c, sizeof from - 1);

	if (raw && c != 0x7f)
		put(w, c < 0x20 ? span_str(" ") : span_of(&c, 1));
	else if (hit != NULL)
		put(w, span_of((char[]){'\\', to[hit - from]}, 2));
	else
		put_code(w, c);
}

static bool is_plain(unsigned char c)
{
	return c >= 0x20 && c < 0x7f && c != '"' && c != '\\' && c != '#';
}

static void put_ascii(struct jsonw *w, unsigned char c, bool raw)
{
	if (c != '#') {
		put_special(w, c, raw);
	} else if (w->hash) {
		put_code(w, c);
		w->hash = false;
		return;
	} else {
		put(w, span_of(&c, 1));
	}
	w->hash = c == '#';
}

static void put_replacement(struct jsonw *w)
{
	put_str(w, "\xef\xbf\xbd");
	w->part_n = 0;
}

/* A byte outside ASCII, or one that breaks a character off: false, it must be looked at again. */
static bool put_part(struct jsonw *w, unsigned char c)
{
	bool inside = w->utf8.left > 0;
	uint32_t scalar;

	w->hash = false;
	if (!utf8_step(&w->utf8, c)) {
		put_replacement(w);
		return !inside;
	}
	w->part[w->part_n++] = c;
	if (w->utf8.left > 0)
		return true;
	scalar = utf8_decode(w->part, w->part_n);
	if (text_is_control(scalar))
		put_code(w, scalar);
	else
		put(w, span_of(w->part, w->part_n));
	w->part_n = 0;
	return true;
}

static void put_text(struct jsonw *w, struct span s, bool raw)
{
	size_t i = 0, from;

	while (i < s.n && well(w)) {
		if (w->utf8.left > 0 || s.p[i] >= 0x80) {
			i += put_part(w, s.p[i]);
			continue;
		}
		for (from = i; i < s.n && is_plain(s.p[i]); i++)
			continue;
		if (i > from) {
			put(w, span_cut(s, from, i));
			w->hash = false;
		} else {
			put_ascii(w, s.p[i++], raw);
		}
	}
}

/* The text is over: what is left of a character never comes. */
static void end_text(struct jsonw *w)
{
	if (w->utf8.left > 0)
		put_replacement(w);
	w->utf8 = (struct utf8){0};
	w->hash = false;
}

static void put_string(struct jsonw *w, struct span s)
{
	put_str(w, "\"");
	put_text(w, s, false);
	end_text(w);
	put_str(w, "\"");
}

static void begin_name(struct jsonw *w)
{
	if (!in_object(w) || w->after_name || w->in_text)
		misplaced(w, "a name");
	if (w->comma)
		put_str(w, ",");
}

static void end_name(struct jsonw *w)
{
	put_str(w, ":");
	w->comma = true;
	w->after_name = true;
}

void jsonw_name(struct jsonw *w, const char *name)
{
	begin_name(w);
	put_string(w, span_str(name));
	end_name(w);
}

void jsonw_name_raw(struct jsonw *w, struct span json)
{
	begin_name(w);
	put_text(w, json, true);
	end_text(w);
	end_name(w);
}

void jsonw_text(struct jsonw *w, struct span utf8)
{
	begin_value(w);
	put_string(w, utf8);
}

void jsonw_str(struct jsonw *w, const char *s)
{
	jsonw_text(w, span_str(s));
}

void jsonw_i64(struct jsonw *w, int64_t v)
{
	uint64_t size = v < 0 ? -(uint64_t)v : (uint64_t)v;

	begin_value(w);
	if (v < 0)
		put_str(w, "-");
	if (well(w))
		(void)!buf_add_u64(w->out, size, &w->err);
}

void jsonw_bool(struct jsonw *w, bool v)
{
	begin_value(w);
	put_str(w, v ? "true" : "false");
}

void jsonw_null(struct jsonw *w)
{
	begin_value(w);
	put_str(w, "null");
}

void jsonw_raw(struct jsonw *w, struct span json)
{
	begin_value(w);
	put_text(w, json, true);
	end_text(w);
}

void jsonw_text_begin(struct jsonw *w)
{
	begin_value(w);
	w->in_text = true;
	put_str(w, "\"");
}

void jsonw_text_piece(struct jsonw *w, struct span utf8)
{
	if (!w->in_text)
		misplaced(w, "a piece of text");
	put_text(w, utf8, false);
}

void jsonw_text_end(struct jsonw *w)
{
	if (!w->in_text)
		misplaced(w, "the end of a text");
	end_text(w);
	w->in_text = false;
	put_str(w, "\"");
}
