/*
 * fmt - the part of printf that octavo uses, a tenth of libc's in size and without floats, locales
 * or streams.
 *
 *   %[0][width][.precision][l|ll|z]conversion    s d u x c, %%; precision (also .*) with s only
 *
 * Anything else is our own mistake and asserted. The compiler checks arguments as it does for
 * printf.
 */
#ifndef BASE_FMT_H
#define BASE_FMT_H

#include <stdarg.h>
#include <stddef.h>

#include "base/attr.h"

/*
 * Writes at most n - 1 bytes and a NUL (nothing when n is 0) and returns the length the whole text
 * has, so that a result >= n says "cut".
 */
size_t fmt_into(char *out, size_t n, const char *fmt, ...) PRINTF(3, 4);
size_t fmt_into_list(char *out, size_t n, const char *fmt, va_list ap) PRINTF(3, 0);

#endif
