#define _GNU_SOURCE /* prlimit: libc's setrlimit brings along what tells other threads */

#include "app/process.h"

#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>

void process_harden(void)
{
	const struct rlimit none = {0, 0};

	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	prlimit(0, RLIMIT_CORE, &none, NULL);
}
