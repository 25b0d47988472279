/*
 * patch_parts - the inside of wire/patch: the lines (patch.c), the names of a file (patch_names.c),
 * git's header of it (patch_header.c), its hunks (patch_hunk.c), and the paths that may be touched
 * (patch_path.c).
 */
#ifndef WIRE_PATCH_PARTS_H
#define WIRE_PATCH_PARTS_H

#include "wire/patch.h"

struct patch_reader {
	struct span s;
	struct span line; /* the one in hand, without its newline */
	size_t next;      /* where the one behind it begins */
	size_t number;    /* from 1 */
	bool over;        /* no line is left; `line` is empty */
	const struct patch_rules *rules;
	bool (*each)(void *ctx, const char *path, struct err *e);
	void *ctx;
	struct err *e;
};

/* ---- lines ---- */

void patch_advance(struct patch_reader *r);

/* False at the end, too. */
bool patch_starts(const struct patch_reader *r, const char *prefix);

/* Of the line in hand, or of another; return false. */
bool patch_fail(struct patch_reader *r, const char *what);
bool patch_fail_at(struct patch_reader *r, size_t number, const char *what);

bool patch_fail_crlf(struct patch_reader *r);

/* Takes it off the front of s, when it is there. */
bool patch_take(struct span *s, const char *word);

/* Takes hexadecimal digits off the front, and says how many. */
size_t patch_take_hex(struct span *s);

/* ---- parts; each begins at the line in hand and ends behind its own last one ---- */

/* "diff --git ", and all that belongs to that file. */
MUST bool patch_read_git(struct patch_reader *r);

/* "--- " without such a line. */
MUST bool patch_read_plain(struct patch_reader *r);

/* What a "--- " or "+++ " line says: a name without its "a/" or "b/", or /dev/null. */
struct patch_named {
	struct span name;
	bool none;
	size_t number; /* of the line */
};

/* Both lines. */
MUST bool patch_read_names(
	struct patch_reader *r, struct patch_named *old, struct patch_named *new);

enum patch_fate { PATCH_CHANGED, PATCH_CREATED, PATCH_DELETED };

/* One hunk or more. */
MUST bool patch_read_hunks(struct patch_reader *r, enum patch_fate fate);

/* Judges the path that line `number` names, and hands it on. */
MUST bool patch_use_path(struct patch_reader *r, size_t number, struct span path);

#endif
