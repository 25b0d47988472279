/*
 * A process that leaves by _exit (the resolver's helper, a signal) or abort (a failed assertion)
 * counts too: linked with --wrap.
 */
#include <stdbool.h>

#include "failing.h"

void __gcov_dump(void);
_Noreturn void __real__exit(int status);
_Noreturn void __wrap__exit(int status);
_Noreturn void __real_abort(void);
_Noreturn void __wrap_abort(void);

#pragma weak failing_stop

/* Where calls can fail, those that write the counts do not. */
static void dump(void)
{
	if (failing_stop != 0)
		failing_stop();
	__gcov_dump();
}

void __wrap__exit(int status)
{
	dump();
	__real__exit(status);
}

void __wrap_abort(void)
{
	dump();
	__real_abort();
}
