/*
 * defuse - text from outside on its way to a terminal or to the log of a CI system.
 *
 * ci: what a runner would take for a command is broken by a space before its last character:
 * "##[", "##vso[", "##teamcity[", "section_start:" and "section_end:" anywhere in a line and in
 * either case, "::" at the start of a line after any white space (observed 2026-11 with GitHub,
 * Azure, TeamCity and GitLab).
 *
 * controls: control characters (text_is_control) but line feed and tab are made visible, C0 and
 * DEL in caret notation ("^["), all others as U+FFFD; so are ill-formed bytes, of which a
 * terminal makes what it likes.
 *
 * Nothing is held back but the first bytes of a character that is not complete.
 */
#ifndef BASE_DEFUSE_H
#define BASE_DEFUSE_H

#include "base/utf8.h"

struct defuse_options {
	bool ci;
	bool controls;
};

enum defuse_line {
	DEFUSE_BLANK, /* only white space since the last line break */
	DEFUSE_COLON, /* and then one colon */
	DEFUSE_TEXT,
};

enum { DEFUSE_TAIL = 13 }; /* the longest command without its last character */

struct defuse {
	struct defuse_options options;
	enum defuse_line line;
	unsigned char tail[DEFUSE_TAIL]; /* what came last */
	size_t tail_n;
	struct utf8 utf8;
	unsigned char part[4];           /* a character that is not complete */
	size_t part_n;
};

void defuse_init(struct defuse *d, struct defuse_options options);

/* Appends to out what is safe to pass on. */
MUST bool defuse_feed(struct defuse *d, struct span in, struct buf *out, struct err *e);

/* The text is over: what was held back goes. The next text begins a new line. */
MUST bool defuse_finish(struct defuse *d, struct buf *out, struct err *e);

#endif
