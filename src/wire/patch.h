/*
 * patch - is a text one unified diff, and may it touch what it touches?
 *
 * The format is what git-diff(1) calls "generating patch text with -p" (with its extended header
 * lines) and what diff -u writes (POSIX diff, "Diff -u Output Format"), one file or more; read as
 * `git apply -p1` reads it, but strictly: what git would pass over, guess, or take in two ways is
 * refused, so that nothing is touched that is not seen here.
 *
 * - Nothing may stand before, between and behind; the last line's newline may be missing, and one
 *   empty line may follow. The counts of hunks are exact, hunks in order and apart. An empty line
 *   in a hunk is an empty line of context, unless it is the text's last, for newlines at its end must
 *   not matter. CR in front of a line's end is content.
 * - Names: "a/" and "b/" in front, relative, no part empty, "." or "..", no quotes, backslashes or
 *   control characters, no space at either end, well-formed UTF-8, at most PATCH_PATH_MAX bytes; a
 *   tab behind those with spaces, or patch(1) would take them for shorter ones; no part that is ".git", in
 *   any case, nor what a file system takes for it (trailing dots and spaces, a stream, "git~1",
 *   ignored code points: what git's core.protectHFS and core.protectNTFS look for).
 * - Modes are 100644 and 100755: no links, no submodules. No binary hunks, no NUL.
 * - CI configuration, of whatever system and in whatever directory, only if the rules say so; paths
 *   within the rules' globs.
 */
#ifndef WIRE_PATCH_H
#define WIRE_PATCH_H

#include "base/buf.h"

struct patch_rules {
	const char *const *globs; /* wire/glob, valid; borrowed; none: any path */
	size_t globs_n;
	bool ci_files; /* CI configuration may be touched */
};

/*
 * Calls each(ctx, path) with the path of every file that would be read, written, made or removed:
 * the old name and the new one, as they are below the current directory. `path` is borrowed for the
 * call; a false from it ends the walk with its error. Paths may come before a later line turns out
 * to be wrong.
 *
 * ERR_MISFIT with the number of the line and what is wrong, in words that help to mend it;
 * ERR_CEILING over PATCH_MAX bytes.
 */
MUST bool patch_check(struct span text, const struct patch_rules *rules,
	bool (*each)(void *ctx, const char *path, struct err *e), void *ctx, struct err *e);

#endif
