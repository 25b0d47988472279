/*
 * wire/json against a plain recursive reading of RFC 8259, whatever the cuts; and through wire/jsonw
 * and back.
 */
#include "base/limits.h"
#include "fuzz.h"
#include "wire/json.h"
#include "wire/jsonw.h"

/* ---- the plain reading: true, and *s stands behind the value */

static bool plain_value(struct span *s, unsigned depth);

static unsigned peek(struct span s)
{
	return s.n > 0 ? s.p[0] : 256;
}

static bool take(struct span *s, const char *any)
{
	unsigned c = peek(*s);

	if (c == 0 || c > 255 || strchr(any, (int)c) == NULL)
		return false;
	*s = span_cut(*s, 1, s->n);
	return true;
}

static void blank(struct span *s)
{
	while (take(s, " \t\r\n"))
		;
}

static bool digits(struct span *s)
{
	bool any = false;

	while (take(s, "0123456789"))
		any = true;
	return any;
}

static bool plain_number(struct span *s)
{
	take(s, "-");
	if (!take(s, "0") && !digits(s))
		return false;
	if (take(s, ".") && !digits(s))
		return false;
	if (take(s, "eE")) {
		take(s, "+-");
		return digits(s);
	}
	return true;
}

/* Length of the well-formed character at s (RFC 3629), 0 when there is none. */
static size_t plain_utf8(struct span s)
{
	uint32_t c = s.p[0], least[] = {0, 0x80, 0x800, 0x10000};
	size_t n = c < 0x80 ? 1 : c >> 5 == 6 ? 2 : c >> 4 == 14 ? 3 : c >> 3 == 30 ? 4 : 0;

	if (n == 0 || n > s.n)
		return 0;
	c = n == 1 ? c : c & (0xffu >> (n + 1));
	for (size_t i = 1; i < n; i++) {
		if (s.p[i] >> 6 != 2)
			return 0;
		c = c << 6 | (s.p[i] & 63);
	}
	return c >= least[n - 1] && c <= 0x10ffff && (c < 0xd800 || c > 0xdfff) ? n : 0;
}

static bool plain_string(struct span *s)
{
	if (!take(s, "\""))
		return false;
	while (s->n > 0) {
		size_t n;

		if (take(s, "\""))
			return true;
		if (take(s, "\\")) {
			if (take(s, "u")) {
				for (int i = 0; i < 4; i++)
					if (!take(s, "0123456789abcdefABCDEF"))
						return false;
			} else if (!take(s, "\"\\/bfnrt")) {
				return false;
			}
			continue;
		}
		n = s->p[0] < 0x20 ? 0 : plain_utf8(*s);
		if (n == 0)
			return false;
		*s = span_cut(*s, n, s->n);
	}
	return false;
}

static bool plain_members(struct span *s, unsigned depth, const char *end, bool names)
{
	blank(s);
	if (take(s, end))
		return true;
	do {
		blank(s);
		if (names && !plain_string(s))
			return false;
		blank(s);
		if (names && !take(s, ":"))
			return false;
		if (!plain_value(s, depth + 1))
			return false;
		blank(s);
	} while (take(s, ","));
	return take(s, end);
}

static bool plain_word(struct span *s, const char *word)
{
	if (!span_starts(*s, word))
		return false;
	*s = span_cut(*s, strlen(word), s->n);
	return true;
}

static bool plain_value(struct span *s, unsigned depth)
{
	blank(s);
	switch (peek(*s)) {
	case '{': return depth < JSON_DEPTH_MAX && take(s, "{") && plain_members(s, depth, "}", true);
	case '[': return depth < JSON_DEPTH_MAX && take(s, "[") && plain_members(s, depth, "]", false);
	case '"': return plain_string(s);
	case 't': return plain_word(s, "true");
	case 'f': return plain_word(s, "false");
	case 'n': return plain_word(s, "null");
	default: return plain_number(s);
	}
}

static bool plain(struct span s)
{
	if (!plain_value(&s, 0))
		return false;
	blank(&s);
	return s.n == 0;
}

/* ---- ours */

static bool parse(struct json *j, struct span text, unsigned cut, struct err *e)
{
	for (size_t at = 0, n; cut != FUZZ_WHOLE && at < text.n; at += n) {
		struct span so_far;
		bool ok;

		n = fuzz_piece(cut, at, text.n);
		so_far = fuzz_copy(span_of(text.p, at + n));
		ok = json_advance(j, so_far, e);
		fuzz_drop(so_far);
		if (!ok)
			return false;
	}
	return json_end(j, text, e);
}

static void write_text(struct jsonw *w, const struct json *j, int value, bool name)
{
	struct buf text;
	struct err e;

	buf_init(&text, 1 << 20, "a text");
	FUZZ_CHECK(json_text(j, value, &text, &e) && utf8_valid(buf_span(&text)) == text.n);
	FUZZ_CHECK(text.n <= json_raw(j, value).n);
	if (name) {
		FUZZ_CHECK(buf_add_byte(&text, 0, &e));
		jsonw_name(w, (const char *)text.p);
	} else {
		jsonw_text_begin(w);
		for (size_t at = 0, n; at < text.n; at += n) {
			n = fuzz_piece(FUZZ_PIECES, at, text.n);
			jsonw_text_piece(w, span_of(text.p + at, n));
		}
		jsonw_text_end(w);
	}
	buf_free(&text);
}

static void write_value(struct jsonw *w, const struct json *j, int value);

static void write_members(struct jsonw *w, const struct json *j, int parent)
{
	size_t count = 0;
	int name = JSON_NONE;

	for (int v = json_first(j, parent, &name); v != JSON_NONE; v = json_next(j, parent, v, &name)) {
		if (json_is_type(j, parent, JSON_OBJECT))
			write_text(w, j, name, true);
		write_value(w, j, v);
		count++;
	}
	FUZZ_CHECK(count == json_count(j, parent));
}

static void write_value(struct jsonw *w, const struct json *j, int value)
{
	int64_t i;

	switch (json_type(j, value)) {
	case JSON_NULL: jsonw_null(w); break;
	case JSON_FALSE: jsonw_bool(w, false); break;
	case JSON_TRUE: jsonw_bool(w, true); break;
	case JSON_STRING: write_text(w, j, value, false); break;
	case JSON_NUMBER:
		(void)json_milli(j, value, &i);
		if (json_i64(j, value, &i))
			jsonw_i64(w, i);
		else
			jsonw_raw(w, json_raw(j, value));
		break;
	case JSON_ARRAY:
		jsonw_array(w);
		write_members(w, j, value);
		jsonw_array_end(w);
		break;
	case JSON_OBJECT:
		jsonw_object(w);
		write_members(w, j, value);
		jsonw_object_end(w);
	}
}

static void check_safe(struct span s)
{
	FUZZ_CHECK(utf8_valid(s) == s.n);
	for (size_t i = 0; i < s.n; i++) {
		FUZZ_CHECK(s.p[i] >= 0x20 && s.p[i] != 0x7f);
		FUZZ_CHECK(i == 0 || s.p[i] != '#' || s.p[i - 1] != '#');
	}
}

static void write(const struct json *j, struct buf *out)
{
	struct jsonw w;
	struct err e;

	jsonw_init(&w, out);
	write_value(&w, j, JSON_ROOT);
	FUZZ_CHECK(jsonw_end(&w, &e));
	check_safe(buf_span(out));
	FUZZ_CHECK(plain(buf_span(out)));
}

/* Written once and read again it says the same, so that writing it again changes nothing. */
static void check_round_trip(struct span text)
{
	struct json a, b;
	struct buf once, twice, raw;
	struct jsonw w;
	struct err e;

	json_init(&a);
	json_init(&b);
	buf_init(&once, 1 << 21, "once");
	buf_init(&twice, 1 << 21, "twice");
	buf_init(&raw, 1 << 21, "raw");
	FUZZ_CHECK(json_parse(&a, text, &e));
	write(&a, &once);
	FUZZ_CHECK(json_parse(&b, buf_span(&once), &e));
	write(&b, &twice);
	FUZZ_CHECK(span_equal(buf_span(&once), buf_span(&twice)));
	jsonw_init(&w, &raw);
	jsonw_raw(&w, text);
	FUZZ_CHECK(jsonw_end(&w, &e) && plain(buf_span(&raw)));
	check_safe(buf_span(&raw));
	json_reset(&b);
	FUZZ_CHECK(json_parse(&b, buf_span(&raw), &e));
	buf_clear(&twice);
	write(&b, &twice);
	FUZZ_CHECK(span_equal(buf_span(&once), buf_span(&twice)));
	(void)json_has_duplicates(&a);
	json_free(&a);
	json_free(&b);
	buf_free(&once);
	buf_free(&twice);
	buf_free(&raw);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span text = fuzz_copy(span_of(data, n));
	struct err first = {.kind = ERR_NONE};
	bool want = plain(text);

	for (unsigned cut = n > 2048 ? FUZZ_PIECES : FUZZ_WHOLE; cut < FUZZ_CUTS; cut++) {
		struct err e = {.kind = ERR_NONE};
		struct json j;
		bool ok;

		json_init(&j);
		ok = parse(&j, text, cut, &e);
		json_free(&j);
		FUZZ_CHECK(ok == want);
		if (!ok)
			fuzz_check_err(&e);
		if (cut == FUZZ_WHOLE)
			first = e;
		else if (n <= 2048)
			FUZZ_CHECK(e.kind == first.kind && strcmp(e.text, first.text) == 0);
	}
	if (want)
		check_round_trip(text);
	fuzz_drop(text);
	return 0;
}
