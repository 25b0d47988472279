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

static const unsigned char ending[] = {
	SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGALRM, SIGUSR1, SIGUSR2, SIGXCPU,
};
enum { ENDING = sizeof ending / sizeof ending[0] };

void process_handle_signals(void (*end)(int))
{
	struct sigaction now, act = {.sa_handler = end};

	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	sigemptyset(&act.sa_mask);
	for (int i = 0; i < ENDING; i++)
		if (sigaction(ending[i], NULL, &now) == 0 && now.sa_handler != SIG_IGN)
			sigaction(ending[i], &act, NULL);
}

void process_hold_signals(bool hold)
{
	sigset_t set;

	sigemptyset(&set);
	for (int i = 0; i < ENDING; i++)
		sigaddset(&set, ending[i]);
	sigprocmask(hold ? SIG_BLOCK : SIG_UNBLOCK, &set, NULL);
}
