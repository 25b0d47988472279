/* Unit tests of codex/account_policy_told: notes in, lines out, at any length and without memory. */
#include "codex/account_policy_told.h"

#include "failing.h"
#include "tap.h"

struct note {
	enum policy_note note;
	const char *text;
};

/* Until the first without text. */
static bool add_all(struct buf *notes, const struct note *row, struct err *e)
{
	for (; row->text != NULL; row++)
		if (!policy_note_add(notes, row->note, row->text, e))
			return false;
	return true;
}

#define D(name) {POLICY_DOCUMENT, name}
#define O(key) {POLICY_OBEYED, key}
#define P(key) {POLICY_PASSED, key}
#define R(key) {POLICY_REFUSED, key}

static const struct row {
	const char *name;
	struct note notes[10];
	const char *lines;
} rows[] = {
	{"nothing", {{0, NULL}}, ""},
	{"an empty document", {D("d")}, "d: obeyed: nothing\n"},
	{"two of them", {D("d"), D("e")}, "d: obeyed: nothing\ne: obeyed: nothing\n"},
	{"two of one name", {D("d"), O("a"), D("d"), O("a")}, "d: obeyed: a\nd: obeyed: a\n"},
	{"all that is obeyed", {D("d"), O("a"), O("b")}, "d: obeyed: a, b\n"},
	{"nothing but without effect", {D("d"), P("a"), P("b")}, "d: obeyed: nothing; without effect here: a, b\n"},
	{"nothing but refused", {D("d"), R("a")}, "d: obeyed: nothing; refused: a\n"},
	{"one of each", {D("d"), O("a"), P("b"), R("c"), D("e")},
	 "d: obeyed: a; without effect here: b; refused: c\ne: obeyed: nothing\n"},
	{"obeyed and refused", {D("d"), O("a"), R("b"), R("c"), D("e"), P("f")},
	 "d: obeyed: a; refused: b, c\ne: obeyed: nothing; without effect here: f\n"},
	{"an empty key", {D("d"), O(""), P("")}, "d: obeyed: ; without effect here: \n"},
};

static void check_lines(void)
{
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct buf notes, out;
		struct err e;
		size_t at = 0, n = 0;
		enum policy_note note;
		const char *text;
		bool same = true;

		buf_init(&notes, 4096, "notes");
		buf_init(&out, 4096, "lines");
		if (!add_all(&notes, rows[i].notes, &e) || !policy_notes_describe(&notes, &out, &e))
			exit(99);
		tap_is_str(buf_span(&out), rows[i].lines, rows[i].name);
		for (; policy_note_next(&notes, &at, &note, &text); n++)
			same = same && note == rows[i].notes[n].note && strcmp(text, rows[i].notes[n].text) == 0;
		tap_ok(same && rows[i].notes[n].text == NULL, "... each note is given as it was added");
		buf_free(&notes);
		buf_free(&out);
	}
}

static void check_keys(void)
{
	static const struct {
		const char *key, *shown;
	} table[] = {
		{"", ""}, {"hooks.Stop", "hooks.Stop"}, {"a b", "a b"}, {"a\nb\x7f", "a?b?"},
		{"\xc3\xa4", "??"}, {"~!", "~!"},
	};
	char shown[POLICY_KEY_MAX + 1], longer[POLICY_KEY_MAX + 2];

	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		policy_show_key(tap_guard(span_str(table[i].key)), shown);
		tap_is_str(span_str(shown), table[i].shown, "a key is shown");
	}
	policy_show_key(span_of("a\0b", 3), shown);
	tap_is_str(span_str(shown), "a?b", "a NUL does not end it");
	memset(longer, 'k', sizeof longer - 1);
	longer[sizeof longer - 1] = '\0';
	policy_show_key(span_str(longer), shown);
	tap_is_int((long long)strlen(shown), POLICY_KEY_MAX, "one too long is cut");
}

static bool once(struct err *e)
{
	struct buf notes, out;
	bool ok;

	buf_init(&notes, 4096, "notes");
	buf_init(&out, 4096, "lines");
	ok = add_all(&notes, rows[sizeof rows / sizeof rows[0] - 2].notes, e) &&
	     policy_notes_describe(&notes, &out, e);
	buf_free(&notes);
	buf_free(&out);
	return ok;
}

/* Less room than the lines need, at each of their parts. */
static void check_ceilings(void)
{
	const struct row *row = &rows[sizeof rows / sizeof rows[0] - 2];
	struct buf notes, out;
	struct err e;
	size_t bad = 0;

	buf_init(&notes, 4096, "notes");
	if (!add_all(&notes, row->notes, &e))
		exit(99);
	for (size_t max = 0; max < strlen(row->lines); max++) {
		buf_init(&out, max, "lines");
		bad += policy_notes_describe(&notes, &out, &e) || e.kind != ERR_CEILING;
		buf_free(&out);
	}
	tap_is_int((long long)bad, 0, "lines with less room than they need");
	buf_free(&notes);
}

int main(void)
{
	check_lines();
	check_keys();
	check_ceilings();
	tap_ok(failing_each("alloc", ENOMEM, ERR_MEMORY, false, once), "notes without memory");
	return tap_done();
}
