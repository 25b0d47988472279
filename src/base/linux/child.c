#define _GNU_SOURCE /* syscall */

#include "base/child.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { FDS_SWEPT = 65536 };

static void close_from(int first)
{
#ifdef SYS_close_range
	if (syscall(SYS_close_range, (unsigned)first, ~0U, 0U) == 0)
		return;
#endif
	for (int fd = first; fd < FDS_SWEPT; fd++)
		close(fd);
}

static void reset_signals(void)
{
	sigset_t none;

	for (int i = 1; i < NSIG; i++)
		(void)signal(i, SIG_DFL);
	sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

void child_end_with(pid_t parent)
{
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
}

void child_settle(pid_t parent, int first)
{
	close_from(first);
	reset_signals();
	child_end_with(parent);
	(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}
