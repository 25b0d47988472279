/* What is written, without secrets: in each string as it reads, and in the bytes of the whole. */

#include "app/transcript_parts.h"

#include "wire/jsonw.h"

/* What stands in place of a secret may be longer. */
enum { GROWS = 3, SLACK = 16 };

/* The string at the front of JSON that is known to be well-formed, with its quotes. */
static struct span take_string(struct span text)
{
	size_t end = 1;

	while (end < text.n && text.p[end] != '"')
		end += text.p[end] == '\\' ? 2 : 1;
	return span_cut(text, 0, end + 1);
}

/* Its text; a secret of which may be spelled in escapes that are escaped once more. */
static bool read_string(struct span string, struct buf *out, struct err *e)
{
	struct json j;
	bool ok;

	json_init(&j);
	ok = json_parse(&j, string, e) && json_text(&j, JSON_ROOT, out, e);
	json_free(&j);
	return ok;
}

static bool write_string(struct span text, struct buf *out, struct err *e)
{
	struct jsonw w;

	jsonw_init(&w, out);
	jsonw_text(&w, text);
	return jsonw_end(&w, e);
}

/* One without a secret stays as it is spelled. */
static bool clean_string(
	const struct redact *r, struct span string, struct buf *out, struct err *e)
{
	struct buf text, clean;
	bool ok;

	if (span_find(string, '\\', 0) == string.n)
		return buf_add(out, string, e);
	buf_init_wiping(&text, string.n, "a text of the conversation");
	buf_init_wiping(&clean, GROWS * string.n + SLACK, "a text of the conversation");
	ok = read_string(string, &text, e) && redact_all(r, buf_span(&text), &clean, e);
	if (ok)
		ok = span_equal(buf_span(&text), buf_span(&clean))
		             ? buf_add(out, string, e)
		             : write_string(buf_span(&clean), out, e);
	buf_free(&text);
	buf_free(&clean);
	return ok;
}

static bool clean_strings(const struct redact *r, struct span text, struct buf *out, struct err *e)
{
	bool ok = true;

	while (ok && text.n > 0) {
		size_t quote = span_find(text, '"', 0);
		struct span string = take_string(span_cut(text, quote, text.n));

		ok = buf_add(out, span_cut(text, 0, quote), e) && clean_string(r, string, out, e);
		text = span_cut(text, quote + string.n, text.n);
	}
	return ok;
}

bool transcript_clean(const struct redact *r, struct span text, struct buf *out, struct err *e)
{
	struct buf read;
	bool ok;

	buf_init_wiping(&read, out->max, out->what);
	ok = clean_strings(r, text, &read, e) && redact_all(r, buf_span(&read), out, e);
	buf_free(&read);
	return ok;
}
