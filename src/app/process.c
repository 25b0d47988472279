#include "app/process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

bool process_guard_descriptors(bool open[3])
{
	for (int i = 0; i < 3; i++)
		open[i] = fcntl(i, F_GETFD) != -1 || errno != EBADF;
	for (int i = 0; i < 3; i++) {
		/*
		 * An unconnected socket reads nothing and takes nothing; the lowest free number is
		 * given.
		 */
		if (!open[i] && socket(AF_UNIX, SOCK_STREAM, 0) != i)
			return false;
	}
	return true;
}

_Noreturn void process_end_by_signal(int n)
{
	sigset_t only;

	signal(n, SIG_DFL);
	sigemptyset(&only);
	sigaddset(&only, n);
	sigprocmask(SIG_UNBLOCK, &only, NULL);
	raise(n);
	/* Process 1 is not ended by default actions. */
	_exit(128 + n);
}

void process_handle_signals(void)
{
	static const int ending[] = {SIGINT, SIGTERM, SIGHUP};
	struct sigaction now, end = {.sa_handler = process_end_by_signal};

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&end.sa_mask);
	for (unsigned i = 0; i < sizeof ending / sizeof ending[0]; i++)
		if (sigaction(ending[i], NULL, &now) == 0 && now.sa_handler != SIG_IGN)
			sigaction(ending[i], &end, NULL);
}
