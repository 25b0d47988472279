/* Outside text as one printable line. */
#include "base/text.h"
#include "base/utf8.h"
#include "ceiling.h"
#include "tap.h"

static struct err err;

static const struct {
	const char *name, *text;
	size_t n;
	size_t max;
	const char *want;
} rows[] = {
#define ROW(name, text, max, want) {name, text, sizeof(text) - 1, max, want}
	ROW("nothing", "", 100, ""),
	ROW("plain", "abc", 100, "abc"),
	ROW("white space only", " \t\r\n", 100, ""),
	ROW("white space at both ends", "\n a \r\n", 100, "a"),
	ROW("runs of white space", "a \t\r\n\v\f b\nc", 100, "a b c"),
	ROW("controls", "\0\x01\x1b[31m\x7f", 100, "\\x00\\x01\\x1b[31m\\x7f"),
	ROW("C1", "\xc2\x80\xc2\x9b" "1m", 100, "\\u{80}\\u{9b}1m"),
	ROW("next line", "a\xc2\x85" "b", 100, "a\\u{85}b"),
	ROW("line and paragraph separators", "\xe2\x80\xa8\xe2\x80\xa9", 100, "\\u{2028}\\u{2029}"),
	ROW("bidirectional controls",
		"\xd8\x9c\xe2\x80\x8e\xe2\x80\x8f\xe2\x80\xaa\xe2\x80\xae\xe2\x81\xa6\xe2\x81\xa9",
		100, "\\u{61c}\\u{200e}\\u{200f}\\u{202a}\\u{202e}\\u{2066}\\u{2069}"),
	ROW("their neighbours", "\xc2\xa0\xd8\x9b\xe2\x80\x8d\xe2\x80\xa7\xe2\x81\xa5\xe2\x81\xaa",
		100, "\xc2\xa0\xd8\x9b\xe2\x80\x8d\xe2\x80\xa7\xe2\x81\xa5\xe2\x81\xaa"),
	ROW("characters", "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", 100,
		"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"),
	ROW("ill-formed",
		"a\xff\xc3"
		"b\xe2\x82",
		100, "a\\xff\\xc3b\\xe2\\x82"),
	ROW("overlong and surrogate", "\xc0\xaf\xed\xa0\x80", 100, "\\xc0\\xaf\\xed\\xa0\\x80"),
	ROW("just fits", "abcdef", 6, "abcdef"),
	ROW("one too long", "abcdefg", 6, "abc..."),
	ROW("much too long", "abcdefghijklmnopqrstuvwxyz", 6, "abc..."),
	ROW("fits but for the space behind", "abcdef \n", 6, "abcdef"),
	ROW("cut before a character", "ab\xf0\x9f\x98\x80z", 6, "ab..."),
	ROW("cut between characters", "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9", 7, "\xc3\xa9\xc3\xa9..."),
	ROW("cut before an escape", "ab\x1b\x1b", 8, "ab..."),
	ROW("cut behind an escape", "a\x1b\x1b", 8, "a\\x1b..."),
	ROW("cut at a space", "abc defg", 6, "abc..."),
	ROW("no room but for dots", "abcd", 3, "..."),
	ROW("one ill-formed, no room", "\xff", 3, "..."),
};

static bool line_of_all_kinds(struct buf *out, struct err *e)
{
	return text_one_line(span_str(" a \x01\xc2\x85 \xe2\x80\xae \xff b\xc3\xa9 c"), 100, out, e);
}

static void no_room(void)
{
	struct buf b;

	buf_init(&b, 10, "text");
	(void)!text_one_line(span_str("text"), 2, &b, &err);
}

int main(void)
{
	struct buf out;

	buf_init(&out, 1000, "line");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct span in = tap_guard(span_of(rows[i].text, rows[i].n));

		buf_clear(&out);
		tap_good(
			buf_add_str(&out, "> ", &err) && text_one_line(in, rows[i].max, &out, &err),
			&err, rows[i].name);
		tap_is_str(span_cut(buf_span(&out), 2, out.n), rows[i].want, rows[i].name);
		tap_unguard(in);
	}

	/* Any bytes: well-formed, no control, one line, not too long. */
	uint32_t seed = 3;
	bool ok = true;
	for (int round = 0; round < 20000 && ok; round++) {
		unsigned char text[40];
		size_t n = (size_t)round % sizeof text, max = 3 + (size_t)round % 61;

		for (size_t i = 0; i < n; i++) {
			seed = seed * 1664525 + 1013904223;
			text[i] = (unsigned char)(seed >> 24);
		}
		buf_clear(&out);
		ok = text_one_line(span_of(text, n), max, &out, &err) && out.n <= max &&
		     utf8_valid(buf_span(&out)) == out.n;
		for (size_t i = 0; i < out.n; i++)
			ok = ok && out.p[i] >= 0x20 && out.p[i] != 0x7f;
	}
	tap_ok(ok, "20,000 random texts become printable lines");
	buf_free(&out);

	buf_init(&out, 4, "small line");
	tap_fails(text_one_line(span_str("abcdef"), 100, &out, &err), &err, ERR_CEILING,
		"the buffer's own ceiling");
	buf_free(&out);
	tap_ok(ceiling_each(line_of_all_kinds), "any byte may be one too many");
	tap_aborts(no_room, "a line with no room for an ellipsis");
	return tap_done();
}
