/* Text that steers neither a CI runner nor a terminal, in any cut. */
#include "base/defuse.h"
#include "ceiling.h"
#include "tap.h"

static struct err err;

enum { NEITHER, CI, CONTROLS, ALL };

static const struct {
	const char *name;
	int options;
	const char *text;
	size_t n;
	const char *want;
} rows[] = {
#define ROW(name, options, text, want) {name, options, text, sizeof(text) - 1, want}
	ROW("nothing", ALL, "", ""),
	ROW("ordinary text", ALL, "one\n\ttwo: three # four ## [five] std::vector\n",
		"one\n\ttwo: three # four ## [five] std::vector\n"),
	ROW("nothing asked", NEITHER, "##[error] ::x\n::y\x1b[0m\xff",
		"##[error] ::x\n::y\x1b[0m\xff"),
	ROW("##[", CI, "##[error]x", "## [error]x"),
	ROW("##[ in a line", CI, "x ##[error]", "x ## [error]"),
	ROW("###[", CI, "###[", "### ["),
	ROW("#[ and # #[", CI, "#[ # #[", "#[ # #["),
	ROW("##vso[", CI, "a##vso[task.x]##VSO[", "a##vso [task.x]##VSO ["),
	ROW("##teamcity[", CI, "##teamcity[x ##TeamCity[", "##teamcity [x ##TeamCity ["),
	ROW("almost", CI, "##vs[ #vso[ ##teamcit[ vso[ teamcity[",
		"##vs[ #vso[ ##teamcit[ vso[ teamcity["),
	ROW("section_start:", CI, "section_start:1:x section_end:2",
		"section_start :1:x section_end :2"),
	ROW("sections in a line", CI, "\x1b[0Ksection_START:", "\x1b[0Ksection_START :"),
	ROW("almost sections", CI, "section_star: ection_start_: sections_end:",
		"section_star: ection_start_: sections_end:"),
	ROW(":: at the start", CI, "::error::x", ": :error::x"),
	ROW(":: at the start of a line", CI, "a\n::error::x", "a\n: :error::x"),
	ROW(":: behind white space", CI, "a\n \t\v\f::x\n  ::y", "a\n \t\v\f: :x\n  : :y"),
	ROW(":: behind Unicode's white space", CI,
		"\xc2\xa0\xe3\x80\x80\xe2\x80\x83\xef\xbb\xbf::x",
		"\xc2\xa0\xe3\x80\x80\xe2\x80\x83\xef\xbb\xbf: :x"),
	ROW(":: behind a carriage return", CI, "a\r::x\r\n::y", "a\r: :x\r\n: :y"),
	ROW(":: behind Unicode's line breaks", CI, "a\xc2\x85::x\xe2\x80\xa8::y",
		"a\xc2\x85: :x\xe2\x80\xa8: :y"),
	ROW(":: within a line", CI, "a::b \xc3\xa9::c", "a::b \xc3\xa9::c"),
	ROW(": alone at the start", CI, ": :\n:\n:x:", ": :\n:\n:x:"),
	ROW("::: at the start", CI, ":::", ": ::"),
	ROW("a bad byte, then ::", CI, "\xff::x", "\xff::x"),
	ROW("a command begun by a control", ALL, "\x13" "ection_end:", "^Section_end :"),
	ROW("... or another", ALL, "\x13" "ection_start:", "^Section_start :"),
	ROW("other controls begin none", ALL, "\x05" "ction_end:\x05" "ection_end:",
		"^Ection_end:^Eection_end:"),
	ROW("commands and controls", ALL, "##\x1b[\x1b::\n\x1b::", "##^[[^[::\n^[: :"),
	ROW("C0", CONTROLS, "\0\x01\a\b\v\f\r\x1b\x1f", "^@^A^G^H^K^L^M^[^_"),
	ROW("tab and line feed stay", CONTROLS, "a\tb\n", "a\tb\n"),
	ROW("DEL", CONTROLS, "\x7f", "^?"),
	ROW("C1", CONTROLS,
		"\xc2\x80\xc2\x9b"
		"31m\xc2\x9f\xc2\xa0",
		"\xef\xbf\xbd\xef\xbf\xbd"
		"31m\xef\xbf\xbd\xc2\xa0"),
	ROW("raw C1", CONTROLS,
		"\x9b"
		"31m",
		"\xef\xbf\xbd"
		"31m"),
	ROW("bidirectional controls", CONTROLS, "a\xe2\x80\xaez\xe2\x81\xa6\xd8\x9c",
		"a\xef\xbf\xbdz\xef\xbf\xbd\xef\xbf\xbd"),
	ROW("characters stay", CONTROLS, "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80",
		"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"),
	ROW("ill-formed", CONTROLS, "\xe2\x82z\xc3\xc3\xa9\xf0\x9f",
		"\xef\xbf\xbdz\xef\xbf\xbd\xc3\xa9\xef\xbf\xbd"),
	ROW("ill-formed, left alone", CI, "\xe2\x82z\xc3\xc3\xa9\xf0\x9f",
		"\xe2\x82z\xc3\xc3\xa9\xf0\x9f"),
};

static void run(int options, struct span in, size_t first, size_t step, struct buf *out)
{
	struct defuse d;
	bool ok = true;

	buf_clear(out);
	defuse_init(&d, (struct defuse_options){
				.ci = (options & CI) != 0, .controls = (options & CONTROLS) != 0});
	for (size_t at = 0, next = first; at < in.n; at = next, next = at + step)
		ok = ok && defuse_feed(&d, span_cut(in, at, next), out, &err);
	if (!ok || !defuse_finish(&d, out, &err))
		exit(99);
}

static void test_delay(void)
{
	static const char text[] = " ##vso : section_start \xc3\xa9 :";
	struct defuse d;
	struct buf out;
	size_t behind = 0;

	buf_init(&out, 1000, "output");
	defuse_init(&d, (struct defuse_options){true, true});
	for (size_t i = 0; i < sizeof text - 1; i++) {
		if (!defuse_feed(&d, span_of(text + i, 1), &out, &err))
			exit(99);
		if (i + 1 > out.n + behind)
			behind = i + 1 - out.n;
	}
	tap_is_int((long long)behind, 1, "nothing waits but half a character");
	buf_free(&out);
}

static bool defuse_some(struct buf *out, struct err *e)
{
	struct defuse d;

	defuse_init(&d, (struct defuse_options){true, true});
	return defuse_feed(&d, span_str("a##[b\x1b::\xc2\x9b\xc3\xa9\xff\xf0z"), out, e) &&
	       defuse_feed(&d, span_str("\xe2\x82"), out, e) && defuse_finish(&d, out, e);
}

/* Every character that may stand before a command, and its neighbours. */
static void test_spaces(void)
{
	static const uint32_t spaces[] = {0x09, 0x20, 0x7f, 0x85, 0xa0, 0x1680, 0x180e, 0x2000, 0x200f,
		0x2028, 0x2029, 0x202f, 0x205f, 0x2060, 0x3000, 0xfeff};
	static const uint32_t others[] = {0x21, 0x7e, 0xa1, 0x167f, 0x1681, 0x180d, 0x180f, 0x1fff,
		0x2010, 0x202e, 0x2030, 0x205e, 0x2061, 0x2fff, 0x3001, 0xfefe, 0xff00};
	struct buf out;

	buf_init(&out, 100, "output");
	for (size_t i = 0; i < sizeof spaces / sizeof *spaces + sizeof others / sizeof *others; i++) {
		bool space = i < sizeof spaces / sizeof *spaces;
		uint32_t c = space ? spaces[i] : others[i - sizeof spaces / sizeof *spaces];
		unsigned char text[8];
		size_t n = utf8_encode(c, text);

		memcpy(text + n, "::x", 3);
		run(CI, span_of(text, n + 3), n + 3, 1, &out);
		tap_ok(span_ends(buf_span(&out), space ? ": :x" : "::x"), ":: behind U+%04X", (unsigned)c);
	}
	buf_free(&out);
}

int main(void)
{
	struct buf out;

	buf_init(&out, 1000, "output");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct span in = tap_guard(span_of(rows[i].text, rows[i].n));
		bool ok = true;

		run(rows[i].options, in, in.n, 1, &out);
		tap_is_str(buf_span(&out), rows[i].want, rows[i].name);
		for (size_t cut = 1; cut < in.n; cut++) {
			run(rows[i].options, in, cut, in.n, &out);
			ok &= span_equal_str(buf_span(&out), rows[i].want);
		}
		run(rows[i].options, in, 1, 1, &out);
		ok &= span_equal_str(buf_span(&out), rows[i].want);
		tap_ok(ok, "in any cut: %s", rows[i].name);
		tap_unguard(in);
	}
	buf_free(&out);
	test_delay();
	test_spaces();
	tap_ok(ceiling_each(defuse_some), "any byte may be one too many");
	return tap_done();
}
