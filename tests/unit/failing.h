/*
 * failing - the n-th call of the C library fails. Linked in with --wrap (Makefile), into the unit
 * tests and the octavo of tests/torture.
 *
 * "alloc" stands for all that takes memory; every other function goes by its name. A function
 * that fails has not been done, but for close. In octavo the environment says what fails:
 *
 *   TORTURE_AT=n      the n-th fails, counted from 1
 *   TORTURE_CALL=c    of this function; alloc
 *   TORTURE_ERRNO=n   in this way; ENOMEM
 *   TORTURE_ON=1      ... and every later one
 *   TORTURE_LOG=f     "function count" lines are appended to f when the process ends
 */
#ifndef FAILING_H
#define FAILING_H

#include <errno.h>
#include <stdbool.h>

#include "base/err.h"

/* The n-th `call` from now on fails with `sys` (of getaddrinfo: returns it), later ones if `on`. */
void failing_start(const char *call, long n, bool on, int sys);

/* Nothing fails any more. True when something did. */
bool failing_stop(void);

/* While it holds, calls neither fail nor count: what a test does for itself. Holds nest. */
void failing_hold(bool hold);

/*
 * Runs it with the n-th `call` failing, n = 1, 2, ... until none does and it is a success. False:
 * it answered a failed call in any other way than with an error of this kind, or, where `mends`,
 * than with success. Prints why.
 */
bool failing_each(const char *call, int sys, enum err_kind kind, bool mends,
                  bool (*run)(struct err *e));

#endif
