/*
 * account_policy_told - what came of each key of a policy's documents: kept while they are read,
 * to be told to people and programs.
 */
#ifndef CODEX_ACCOUNT_POLICY_TOLD_H
#define CODEX_ACCOUNT_POLICY_TOLD_H

#include "base/buf.h"

enum policy_note {
	POLICY_DOCUMENT, /* its name; the keys behind it are its own */
	POLICY_OBEYED,
	POLICY_PASSED,   /* without effect here */
	POLICY_REFUSED,
	POLICY_NOTES
};

enum { POLICY_KEY_MAX = 100 };

/*
 * A key as it may be shown: no more of it than a message should hold, what is not printable ASCII as
 * '?'. NUL-terminated.
 */
void policy_show_key(struct span key, char out[POLICY_KEY_MAX + 1]);

/* Appends a note; `text` holds no NUL. */
MUST bool policy_note_add(struct buf *notes, enum policy_note note, const char *text, struct err *e);

/*
 * The note at *at (0 at first), which is moved to the next; false behind the last. *text is borrowed
 * from `notes`.
 */
bool policy_note_next(const struct buf *notes, size_t *at, enum policy_note *note, const char **text);

/* Appends a line a document: "NAME: obeyed: a, b; without effect here: c; refused: d". */
MUST bool policy_notes_describe(const struct buf *notes, struct buf *out, struct err *e);

#endif
