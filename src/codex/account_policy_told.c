#include "codex/account_policy_told.h"

#include <string.h>

void policy_show_key(struct span key, char out[POLICY_KEY_MAX + 1])
{
	size_t n = key.n < POLICY_KEY_MAX ? key.n : POLICY_KEY_MAX;

	for (size_t i = 0; i < n; i++)
		out[i] = (char)(key.p[i] < 0x20 || key.p[i] > 0x7e ? '?' : key.p[i]);
	out[n] = '\0';
}

/* A byte for what it is, the text, a NUL. */
bool policy_note_add(struct buf *notes, enum policy_note note, const char *text, struct err *e)
{
	return buf_add_byte(notes, (unsigned char)note, e) && buf_add_str(notes, text, e) &&
	       buf_add_byte(notes, '\0', e);
}

bool policy_note_next(const struct buf *notes, size_t *at, enum policy_note *note, const char **text)
{
	if (*at >= notes->n)
		return false;
	*note = (enum policy_note)notes->p[*at];
	*text = (const char *)notes->p + *at + 1;
	*at += strlen(*text) + 2;
	return true;
}

/* What stands between two notes, POLICY_DOCUMENT also for the end. */
static const char *between(enum policy_note before, enum policy_note note)
{
	static const char *const words[POLICY_NOTES][2] = {
		[POLICY_DOCUMENT] = {": obeyed: nothing\n", "\n"},
		[POLICY_OBEYED] = {": obeyed: ", ""},
		[POLICY_PASSED] = {": obeyed: nothing; without effect here: ",
			"; without effect here: "},
		[POLICY_REFUSED] = {": obeyed: nothing; refused: ", "; refused: "},
	};

	if (before == POLICY_NOTES)
		return "";
	return before == note && note != POLICY_DOCUMENT ? ", "
	                                                 : words[note][before != POLICY_DOCUMENT];
}

bool policy_notes_describe(const struct buf *notes, struct buf *out, struct err *e)
{
	enum policy_note note, before = POLICY_NOTES;
	const char *text;
	size_t at = 0;

	for (; policy_note_next(notes, &at, &note, &text); before = note)
		if (!buf_add_strs(out, (const char *const[]){between(before, note), text, NULL}, e))
			return false;
	return buf_add_str(out, between(before, POLICY_DOCUMENT), e);
}
