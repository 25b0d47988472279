/*
 * assert - as <assert.h>'s, but on in every build, and small: it names file and line, and brings no
 * stdio along.
 */
#ifndef BASE_ASSERT_H
#define BASE_ASSERT_H

#define assert(true_) ((true_) ? (void)0 : assert_failed(__FILE__, __LINE__))

/*
 * "octavo: bug at <file>:<line>" on stderr, then abort(3). Past the log: it may be what is broken.
 */
_Noreturn void assert_failed(const char *file, int line);

#endif
