/* Unit tests of app/process: descriptors and signals, each in a child of its own. */
#include "app/process.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

#include "fakes.h"

/* The child's status as the shell tells it: 0 to 255, or 128 + signal. */
static int run(int (*child)(int), int arg)
{
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0)
		_exit(child(arg));
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		exit(99);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* ----------------------------------------------------------------- descriptors */

/* `arg`: a bit for each of 0, 1, 2 that is closed. */
static int guard(int arg)
{
	bool open_[3];
	char c = 'x';

	signal(SIGPIPE, SIG_IGN);
	for (int fd = 0; fd < 3; fd++)
		if (arg & 1 << fd)
			close(fd);
	if (!process_guard_descriptors(open_))
		return 1;
	for (int fd = 0; fd < 3; fd++) {
		if (open_[fd] != ((arg & 1 << fd) == 0))
			return 2;
		if (fcntl(fd, F_GETFD) < 0)
			return 3;
		/* What takes the place of a closed one neither gives nor takes. */
		if (!open_[fd] && (read(fd, &c, 1) >= 0 || write(fd, &c, 1) >= 0))
			return 4;
	}
	return open("/dev/null", O_RDONLY) > 2 ? 0 : 5;
}

static int guard_without_any(int arg)
{
	const struct rlimit none = {(rlim_t)arg, (rlim_t)arg};
	bool open_[3];

	for (int fd = 0; fd < 64; fd++)
		close(fd);
	if (setrlimit(RLIMIT_NOFILE, &none) != 0)
		return 0; /* valgrind keeps some for itself */
	return process_guard_descriptors(open_) ? 2 : 0;
}

/* --------------------------------------------------------------------- signals */

static int end_by(int n)
{
	process_handle_signals(process_end_by_signal);
	raise(n);
	return 1;
}

static int end_by_ignored(int n)
{
	signal(n, SIG_IGN);
	process_handle_signals(process_end_by_signal);
	raise(n);
	return 7;
}

static int end_by_blocked(int n)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	process_end_by_signal(n);
}

static int write_to_nobody(int arg)
{
	int ends[2];

	(void)arg;
	process_handle_signals(process_end_by_signal);
	if (pipe(ends) != 0 || close(ends[0]) != 0)
		return 1;
	return write(ends[1], "x", 1) < 0 ? 7 : 1;
}

/* It comes through when it is held back no more. */
static int end_held(int n)
{
	process_handle_signals(process_end_by_signal);
	process_hold_signals(true);
	raise(n);
	process_hold_signals(false);
	return 7;
}

/* More than a file may hold. */
static int write_too_much(int arg)
{
	const struct rlimit none = {0, 0};
	FILE *f = tmpfile();

	(void)arg;
	process_handle_signals(process_end_by_signal);
	if (f == NULL || setrlimit(RLIMIT_FSIZE, &none) != 0)
		return 1;
	return write(fileno(f), "x", 1) < 0 ? 7 : 1;
}

/* Blocked in a write that nobody takes. */
static int end_in_write(int n)
{
	static char much[1 << 20];
	int ends[2];

	if (pipe(ends) != 0)
		return 1;
	process_handle_signals(process_end_by_signal);
	if (fork() == 0) {
		const struct timespec soon = {.tv_nsec = 50 * 1000 * 1000};

		nanosleep(&soon, NULL);
		_exit(kill(getppid(), n));
	}
	alarm(10);
	return write(ends[1], much, sizeof much) < 0 ? 2 : 3;
}

static int harden(int arg)
{
	struct rlimit core;

	(void)arg;
	process_harden();
	return getrlimit(RLIMIT_CORE, &core) == 0 && core.rlim_cur == 0 && core.rlim_max == 0 ? 0 : 1;
}

int main(void)
{
	static const int ending[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGALRM, SIGUSR1, SIGUSR2, SIGXCPU};

	/* Whoever started the tests may have ignored some, as nohup and a shell's background do. */
	for (size_t i = 0; i < sizeof ending / sizeof ending[0]; i++)
		signal(ending[i], SIG_DFL);

	for (int closed = 0; closed < 8; closed++)
		tap_is_int(run(guard, closed), 0, "descriptors 0 to 2 are taken, whichever were closed");
	tap_is_int(run(guard_without_any, 0), 0, "no descriptor to be had");
	for (size_t i = 0; i < sizeof ending / sizeof ending[0]; i++) {
		tap_is_int(run(end_by, ending[i]), 128 + ending[i], "ends as the signal ends");
		tap_is_int(run(end_by_ignored, ending[i]), 7, "... but one that was ignored stays so");
		tap_is_int(run(end_by_blocked, ending[i]), 128 + ending[i], "... and one that is blocked ends us when we say so");
		tap_is_int(run(end_held, ending[i]), 128 + ending[i], "... and one that was held back, then");
		tap_is_int(run(end_in_write, ending[i]), 128 + ending[i], "... and one that comes in a blocked write");
	}
	tap_is_int(run(write_too_much, 0), 7, "a file that may grow no more is an error of write");
	tap_is_int(run(write_to_nobody, 0), 7, "a pipe without reader is an error of write");
	tap_is_int(run(end_by_blocked, SIGPIPE), 128 + SIGPIPE, "ends as the shell expects of a pipe without reader");
	tap_is_int(run(harden, 0), 0, "no core is written");
	return tap_done();
}
