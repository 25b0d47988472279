/*
 * glob - which paths a pattern of --patch-paths means. As in a .gitignore file, but always from the
 * top: a pattern is an allowance, and must not mean more places than it names.
 *
 *   ?           one character, and never '/'
 *   *           any number of them
 *   [a-z_]      one of these (ASCII); [!a-z] and [^a-z]: one of the others
 *   \x          x itself
 *   **          between slashes, at the beginning or at the end: any number of directories
 *   docs/       everything below docs, as if ** stood behind it
 *   docs        the file docs, or everything below; only a last part without ? * [ means that
 *
 * Letters are told apart by case. The time taken is at most the product of both lengths.
 */
#ifndef WIRE_GLOB_H
#define WIRE_GLOB_H

#include "base/buf.h"

/* ERR_USAGE with what is wrong: also of what could never match, or is easily meant otherwise. */
MUST bool glob_is_valid(const char *glob, struct err *e);

/* A valid glob; a relative path of non-empty parts. */
bool glob_matches(const char *glob, struct span path);

#endif
