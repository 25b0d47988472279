#define _GNU_SOURCE /* _Fork: we have no threads to tell */

#include "app/patch_git.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/process.h"
#include "base/child.h"

enum { STANDARD_FDS = 3, REST_MS = 5, PIECE = 4096 };

/* One socket is all three standard descriptors of the child: it reads from and writes to us. */
struct talk {
	int fd;             /* -1 once nothing more comes */
	pid_t pid;          /* 0 once it has ended */
	struct span put[2]; /* what it has not read yet: the text and a newline, or nothing */
	struct buf *said;
};

/* ---- the child ---- */

/*
 * What it can see: the patch, the files that the user's own git could see, and these variables. The
 * token is not among them: its page is not inherited by a fork (base/page), the environment that it
 * came in has been overwritten and is not handed on, and of our memory nothing is left behind exec.
 */
static _Noreturn void become(int fd, pid_t parent, const char *program, const char *path)
{
	const char *const args[] = {
		"git", "apply", "--check", "-p1", "--whitespace=nowarn", "-", NULL};
	const char *const environment[] = {"LC_ALL=C", "GIT_CONFIG_NOSYSTEM=1",
		"GIT_CONFIG_GLOBAL=/dev/null", "GIT_ATTR_NOSYSTEM=1", "GIT_TERMINAL_PROMPT=0",
		"GIT_DIR=/dev/null", path, NULL};

	for (int i = 0; i < STANDARD_FDS; i++)
		if (dup2(fd, i) < 0)
			_exit(PATCH_GIT_NOT_RUN);
	child_settle(parent, STANDARD_FDS);
	execve(program, (char *const *)args, (char *const *)environment);
	_exit(PATCH_GIT_NOT_RUN);
}

/* Our handlers, which tidy up, must not run in the child before it has its own. */
static pid_t start(int fd, const char *program, const char *path, int *sys)
{
	pid_t self = getpid(), pid;

	process_hold_signals(true);
	pid = _Fork();
	*sys = errno;
	if (pid == 0)
		become(fd, self, program, path);
	process_hold_signals(false);
	return pid;
}

static bool begin(struct talk *t, const char *program, const char *path_env, struct err *e)
{
	struct buf path;
	int pair[2], sys;

	buf_init(&path, 1 << 20, "PATH");
	if (!buf_add_strs(&path, (const char *const[]){"PATH=", path_env, NULL}, e) ||
		!buf_add_byte(&path, '\0', e)) {
		buf_free(&path);
		return false;
	}
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) {
		buf_free(&path);
		return err_set(e, ERR_BUG, errno, "no socket for git");
	}
	t->fd = pair[0];
	t->pid = start(pair[1], program, (const char *)path.p, &sys);
	close(pair[1]);
	buf_free(&path);
	if (t->pid < 0) {
		t->pid = 0;
		return err_set(e, ERR_BUG, sys, "cannot start git");
	}
	return true;
}

/* ---- both directions at once, so that neither waits for the other ---- */

/* A child that does not want to read more has its reasons, and its exit status tells them. */
static void give(struct talk *t)
{
	for (int i = 0; i < 2; i++)
		while (t->put[i].n > 0) {
			ssize_t n = send(t->fd, t->put[i].p, t->put[i].n, MSG_NOSIGNAL | MSG_DONTWAIT);

			if (n < 0 && (errno == EAGAIN || errno == EINTR))
				return;
			t->put[i] = span_cut(t->put[i], n < 0 ? t->put[i].n : (size_t)n, t->put[i].n);
		}
	(void)shutdown(t->fd, SHUT_WR);
}

/* All that is there now. What is over the ceiling is read and dropped. */
static bool take(struct talk *t, struct err *e)
{
	unsigned char piece[PIECE];

	while (t->fd >= 0) {
		ssize_t n = recv(t->fd, piece, sizeof piece, MSG_DONTWAIT);
		size_t room = t->said->max - t->said->n;

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return true;
		if (n <= 0) {
			close(t->fd);
			t->fd = -1;
		} else if (!buf_add(t->said, span_cut(span_of(piece, (size_t)n), 0, room), e)) {
			return false;
		}
	}
	return true;
}

static bool rest(struct talk *t, struct err *e)
{
	bool more = t->put[0].n + t->put[1].n > 0;
	struct pollfd p = {.fd = t->fd, .events = more ? POLLIN | POLLOUT : POLLIN};

	(void)!poll(&p, 1, REST_MS);
	if (t->fd >= 0 && more)
		give(t);
	return take(t, e);
}

/* Its end is what counts, not that of its output: something else may hold that open. */
static bool attend(struct talk *t, const struct patch_options *o, int *status, struct err *e)
{
	for (;;) {
		pid_t ended = waitpid(t->pid, status, WNOHANG);

		if (ended == t->pid) {
			t->pid = 0;
			return take(t, e);
		}
		if (ended < 0 && errno != EINTR)
			return err_set(e, ERR_BUG, errno, "cannot wait for git");
		if (clock_mono_ms(o->clock) >= o->deadline_ms)
			return err_set(e, ERR_TIME, 0,
				"git apply --check: the run's time is over (--timeout)");
		if (!rest(t, e))
			return false;
	}
}

static void end(struct talk *t)
{
	if (t->pid > 0) {
		(void)kill(t->pid, SIGKILL);
		while (waitpid(t->pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	if (t->fd >= 0)
		close(t->fd);
}

bool patch_git_run(const char *program, const struct patch_options *o, struct span text,
	struct buf *said, int *status, struct err *e)
{
	struct talk t = {.fd = -1, .put = {text, span_str(span_ends(text, "\n") ? "" : "\n")},
		.said = said};
	struct sigaction told = {.sa_handler = SIG_DFL}, before;
	bool ok, changed;

	/* Who started us may have had children ignored: then their exit status would be lost. */
	sigemptyset(&told.sa_mask);
	changed = sigaction(SIGCHLD, &told, &before) == 0;
	ok = begin(&t, program, o->path_env, e) && attend(&t, o, status, e);
	end(&t);
	if (changed)
		(void)sigaction(SIGCHLD, &before, NULL);
	return ok;
}
